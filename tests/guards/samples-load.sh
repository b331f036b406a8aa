#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Every sample configuration loads with httpd -t and says nothing but OK.
#
# From the environment: HTTPD, HTTPD_MODULES (httpd's own modules) and
# MOD_AUTH0_SO (ours); apxs is asked for what is not set.
. "$(dirname "$0")/guard.sh"

ask_apxs()
{
    for apxs in "${APXS:-apxs}" apxs2; do
        command -v "$apxs" >/dev/null 2>&1 && "$apxs" -q "$1" && return
    done
}
httpd=${HTTPD:-$(ask_apxs SBINDIR)/$(ask_apxs PROGNAME)}
modules=${HTTPD_MODULES:-$(ask_apxs LIBEXECDIR)}
ours=${MOD_AUTH0_SO:-$builddir/.libs/mod_auth0.so}
for file in "$httpd" "$modules" "$ours"; do
    [ -e "$file" ] && continue
    wrong "$file does not exist"
    looked_at
    finish
done
ours=$(cd "$(dirname "$ours")" && pwd)/$(basename "$ours")

# A server root with copies: a sample may name files next to itself.
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
mkdir "$root/modules" "$root/logs" "$root/htdocs"
cp -R "$srcdir/httpd-conf-samples" "$root/httpd-conf-samples"
chmod -R u+rwX "$root/httpd-conf-samples"
chmod 755 "$root"

load()
{
    [ -e "$modules/mod_$1.so" ] &&
        echo "LoadModule $1_module \"$modules/mod_$1.so\""
}

wrap()
{
    echo "ServerRoot \"$root\""
    echo "ServerName localhost"
    echo "Listen 127.0.0.1:8080"
    echo "PidFile \"$root/httpd.pid\""
    echo "DefaultRuntimeDir \"$root\""
    echo "ErrorLog \"$root/logs/error.log\""
    echo "DocumentRoot \"$root/htdocs\""
    for name in mpm_event unixd log_config authn_core authz_core authz_user \
        authz_host alias dir env headers setenvif socache_shmcb ssl rewrite \
        expires mime status watchdog proxy proxy_http proxy_http2 \
        proxy_fcgi proxy_uwsgi http2 cgid macro; do
        load $name
    done
    echo "LoadModule auth0_module \"$ours\""
    # Only root is asked for a user other than itself.
    [ "$(id -u)" -ne 0 ] || printf 'User nobody\nGroup %s\n' "$(id -gn nobody)"
    echo "Include \"$1\""
}

for sample in "$root"/httpd-conf-samples/*.conf; do
    [ -e "$sample" ] || continue
    looked_at
    wrap "$sample" >"$root/wrapper.conf"
    said=$("$httpd" -t -f "$root/wrapper.conf" 2>&1)
    status=$?
    said=$(printf '%s\n' "$said" | grep -v '^Syntax OK$')
    [ "$status" -eq 0 ] && [ -z "$said" ] ||
        wrong "$(basename "$sample") ends with $status and says: $said"
done
finish
