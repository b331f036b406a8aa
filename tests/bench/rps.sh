#!/usr/bin/env bash
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Requests per second of "Require all granted" and of "Require auth0-scope"
# with one token, in interleaved rounds of one run. Usage:
#   tests/bench/rps.sh [ROUNDS [REQUESTS]]
# Needs a built tree and apache2-utils (ab).
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-7}
requests=${2:-40000}
port=8097
modules=$(apxs -q LIBEXECDIR)
httpd=$(apxs -q SBINDIR)/$(apxs -q PROGNAME)
work=$(mktemp -d)

cleanup() {
    [ -s "$work/pid" ] && kill "$(cat "$work/pid")" && sleep 1
    rm -rf "$work"
}
trap cleanup EXIT

load() {
    local m
    for m in "$@"; do
        echo "LoadModule ${m}_module $modules/mod_$m.so"
    done
}

configure() {
    load mpm_event authn_core authz_core
    cat <<CONF
LoadModule auth0_module $PWD/.libs/mod_auth0.so
ServerRoot $work
ServerName bench.example
Listen 127.0.0.1:$port
PidFile $work/pid
ErrorLog $work/error.log
DocumentRoot $work/docs
User www-data
Group www-data
KeepAlive On
MaxKeepAliveRequests 0
<Location /open>
    Require all granted
</Location>
<Location /api>
    AuthType Auth0
    Auth0Issuer https://dev.localhost/ file:tenant/jwks.json
    Auth0Audience https://api.example.com/orders
    Require auth0-scope read:orders
</Location>
CONF
}

measure() {
    ab -q -k -n "$requests" -c 8 -H "Authorization: Bearer $token" \
        "http://127.0.0.1:$port/$1/index.html" 2>/dev/null |
        awk '/^Requests per second/ {rate = $4}
             /^Complete requests/ {complete = $3}
             /^Non-2xx/ {bad = $3}
             END {if (bad || !complete) exit 1; print rate}'
}

median() { sort -n "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

./auth0ctl dev init "$work/tenant" >/dev/null
chmod 755 "$work" "$work/tenant"
mkdir -p "$work/docs/open" "$work/docs/api"
echo hello >"$work/docs/open/index.html"
echo hello >"$work/docs/api/index.html"
token=$(./auth0ctl dev token "$work/tenant" \
    --audience https://api.example.com/orders --scope read:orders)
configure >"$work/httpd.conf"
"$httpd" -f "$work/httpd.conf"
sleep 1
measure open >/dev/null
measure api >/dev/null
for ((i = 0; i < rounds; i++)); do
    measure open >>"$work/open"
    measure api >>"$work/api"
done
open=$(median "$work/open")
api=$(median "$work/api")
echo "Require all granted:  $open requests/s (median of $rounds rounds)"
echo "Require auth0-scope:  $api requests/s"
awk -v a="$api" -v o="$open" 'BEGIN {
    printf "ratio:                %.3f\n", a / o
    printf "per request:          %.1f us more\n", 1e6 / a - 1e6 / o}'
