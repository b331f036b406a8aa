#!/usr/bin/env bash
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# From a bare Debian 12 to a protected API: install what is missing, build,
# make an offline development tenant, start httpd on the loopback interface
# with the module in front of a small back end, and ask it seven questions.
# All that is made at run time is in quickstart.d/, and is made anew each time.
set -euo pipefail
umask 022
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"

# apache2-bin is the server without Debian's service: nothing is started, and
# nothing will be at the next boot.
packages=(apache2-bin apache2-dev gcc libc6-dev make autoconf automake libtool
    pkg-config libcjose-dev libjansson-dev libcurl4-openssl-dev libssl-dev
    ca-certificates curl)
modules=(mpm_event unixd watchdog log_config authn_core authz_core alias proxy
    proxy_http)

run=$PWD/quickstart.d
api=https://api.example.com/orders
issuer=https://dev.localhost/
port=8080
backend_port=8081
keep=no
action=show
steps=0
differ=0

say() {
    printf '%s\n' "$*"
}

die() {
    printf 'quickstart: %s\n' "$*" >&2
    exit 1
}

misuse() {
    printf 'quickstart: %s; see ./quickstart.sh --help\n' "$*" >&2
    exit 2
}

usage() {
    cat <<'END'
usage: ./quickstart.sh [--port N] [--backend-port N] [--keep]
       ./quickstart.sh --stop

  --port N          where the protected API listens (default 8080)
  --backend-port N  where the back end behind it listens (default 8081)
  --keep            leave the server running after the tour
  --stop            stop the server that --keep left running
END
}

read_port() {
    [[ ${2-} =~ ^[1-9][0-9]{0,4}$ && $2 -le 65535 ]] ||
        misuse "$1 needs a port from 1 to 65535"
    printf '%s' "$2"
}

read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --port)
            port=$(read_port "$@")
            shift
            ;;
        --backend-port)
            backend_port=$(read_port "$@")
            shift
            ;;
        --keep) keep=yes ;;
        --stop) action=stop_and_tell ;;
        --help | -h) action=usage ;;
        *) misuse "there is no option $1" ;;
        esac
        shift
    done
    [ "$port" != "$backend_port" ] ||
        misuse "--port and --backend-port are both $port"
}

# --- the machine ------------------------------------------------------------

as_root() {
    if [ "$EUID" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

is_installed() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
        grep -qx installed
}

install_missing() {
    local package missing=()

    command -v apt-get dpkg-query >/dev/null ||
        die "this is no Debian: install what configure asks for, then make"
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$EUID" -eq 0 ] || command -v sudo >/dev/null ||
        die "run this as root, to install: ${missing[*]}"
    say "Installing ${missing[*]}"
    logged install as_root apt-get update
    logged install as_root env DEBIAN_FRONTEND=noninteractive apt-get install \
        -y --no-remove --no-install-recommends "${missing[@]}"
}

# logged STEP COMMAND...: what it prints goes to a file, and is shown when it
# fails.
logged() {
    local step=$1
    shift

    "$@" >>"$run/$step.log" 2>&1 </dev/null && return
    tail -n 20 "$run/$step.log" >&2
    die "step '$step' failed; all it printed is in $run/$step.log"
}

build() {
    say "Building (quickstart.d/build.log)"
    [ -x configure ] || logged build autoreconf -fi
    [ -f Makefile ] || logged build ./configure
    logged build make -j "$(nproc)"
}

# --- the tenant and its tokens ----------------------------------------------

# mint NAME OPTION...: a token in quickstart.d/NAME.token
mint() {
    local name=$1
    shift

    ./auth0ctl dev token "$run/tenant" --audience "$api" "$@" \
        >"$run/$name.token"
}

part() {
    cut -d . -f "$2" "$run/$1.token"
}

make_tenant() {
    say "Making a development tenant and its tokens (quickstart.d/)"
    ./auth0ctl dev init "$run/tenant" --issuer "$issuer" >/dev/null
    ./auth0ctl dev serve-files "$run/tenant" "$run/public"
    mint read --scope read:orders --expires-in 86400
    mint write --scope 'read:orders write:orders' --expires-in 86400
    mint expired --scope read:orders --expires-in -60
    ./auth0ctl dev token "$run/tenant" --scope read:orders \
        --audience https://api.example.com/invoices >"$run/other-api.token"
    # The claims of the one token under the signature of the other.
    say "$(part read 1).$(part write 2).$(part read 3)" >"$run/tampered.token"
}

# --- the server -------------------------------------------------------------

# A variable that configure put into the Makefile.
configured() {
    sed -n "s/^$1 = //p" Makefile
}

print_modules() {
    local name file

    for name in "${modules[@]}"; do
        file=$(configured HTTPD_MODULES)/mod_$name.so
        # What has no file is built into this httpd.
        [ ! -f "$file" ] || say "LoadModule ${name}_module \"$file\""
    done
    say "LoadModule auth0_module \"$PWD/.libs/mod_auth0.so\""
}

print_user() {
    [ "$EUID" -ne 0 ] || printf 'User www-data\nGroup www-data\n'
}

print_config() {
    cat <<END
ServerRoot "$run"
ServerName localhost
PidFile httpd.pid
DefaultRuntimeDir "$run"
Listen 127.0.0.1:$port
Listen 127.0.0.1:$backend_port
ErrorLog logs/error.log
LogLevel warn auth0:info
LogFormat "%m %U %>s %{auth0-reason}n" answers
$(print_user)
$(print_modules)

<Directory />
    Require all denied
</Directory>

# The API as clients see it.
<VirtualHost 127.0.0.1:$port>
    ProxyPass /orders http://127.0.0.1:$backend_port/orders
    CustomLog logs/answers.log answers

    <Location /orders>
        AuthType Auth0
        AuthName orders
        Auth0Issuer $issuer "file:$run/public/.well-known/jwks.json"
        Auth0Audience $api
        <RequireAny>
            <RequireAll>
                Require method GET HEAD
                Require auth0-scope read:orders
            </RequireAll>
            <RequireAll>
                Require method POST
                Require auth0-scope write:orders
            </RequireAll>
        </RequireAny>
    </Location>
</VirtualHost>

# The back end, which knows nothing of tokens.
<VirtualHost 127.0.0.1:$backend_port>
    Redirect 200 /orders
    ErrorDocument 200 "The back end was asked for %{REQUEST_METHOD} %{REQUEST_URI}"
</VirtualHost>
END
}

# The process of our own server; fails when none is running.
server_pid() {
    local pid

    read -r pid 2>/dev/null <"$run/httpd.pid" &&
        grep -qzFx -- "$run/httpd.conf" "/proc/$pid/cmdline" 2>/dev/null &&
        printf '%s' "$pid"
}

stop_server() {
    local pid

    pid=$(server_pid) || return 0
    kill "$pid" || die "process $pid cannot be stopped by this user"
    for _ in {1..100}; do
        server_pid >/dev/null || return 0
        sleep 0.1
    done
    die "process $pid does not stop"
}

stop_and_tell() {
    if server_pid >/dev/null; then
        stop_server
        say "The server is stopped."
    else
        say "No server of this quickstart is running."
    fi
}

# need_port NUMBER OPTION
need_port() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null ||
        die "port $1 is taken by another program; choose one with $2 N"
}

# The children give up root; what they cannot reach, they cannot read again.
note_unreadable() {
    local dir=$run

    [ "$EUID" -eq 0 ] || return 0
    while [ "$dir" != / ]; do
        [[ $(stat -c %A "$dir") == *[xt] ]] ||
            say "Note: $dir is closed to httpd's user www-data, so a change" \
                "of the keys takes a restart."
        dir=$(dirname "$dir")
    done
}

start_server() {
    mkdir "$run/logs"
    print_config >"$run/httpd.conf"
    say "Starting httpd on 127.0.0.1:$port (quickstart.d/httpd.conf)"
    note_unreadable
    logged start "$(configured HTTPD)" -f "$run/httpd.conf" -k start
    for _ in {1..100}; do
        curl -sf -o /dev/null "http://127.0.0.1:$backend_port/orders" && return
        sleep 0.1
    done
    die "httpd does not answer; see $run/logs/error.log"
}

# --- the tour ---------------------------------------------------------------

# The reason of the last answer; the log is written just after the answer.
last_reason() {
    for _ in {1..50}; do
        [ "$(grep -c ' /orders ' "$run/logs/answers.log")" -lt "$steps" ] ||
            break
        sleep 0.1
    done
    sed -n '$s/.* //p' "$run/logs/answers.log"
}

# step TITLE TOKEN METHOD STATUS CHALLENGE REASON: the challenge is a pattern.
step() {
    local title=$1 token=$2 method=$3 expected="$4|$5|$6"
    local line='curl -i' answer status challenge reason

    [ "$method" = GET ] || line+=" -d item=tea"
    [ -z "$token" ] ||
        line+=" -H \"Authorization: Bearer \$(cat quickstart.d/$token.token)\""
    line+=" http://127.0.0.1:$port/orders"
    steps=$((steps + 1))

    # What is printed is what is run.
    answer=$(eval "$line -sS" | tr -d '\r') ||
        die "httpd does not answer; see $run/logs/error.log"
    status=$(sed -n 1p <<<"$answer")
    challenge=$(sed -n 's/^WWW-Authenticate: //p' <<<"$answer")
    reason=$(last_reason)
    printf '\n%d. %s\n   %s\n   -> %s\n' "$steps" "$title" "$line" "$status"
    [ -z "$challenge" ] ||
        sed 's/^/      WWW-Authenticate: /' <<<"$challenge"
    say "      reason: $reason"
    # shellcheck disable=SC2053  # the right side is a pattern
    if [[ "$(cut -d ' ' -f 2 <<<"$status")|$challenge|$reason" != $expected ]]
    then
        differ=$((differ + 1))
        say "      DIFFERS from what it should be: $expected"
    fi
}

tour() {
    local realm='Bearer realm="orders"'
    local invalid="$realm*error=\"invalid_token\"*"

    step 'No token' '' GET 401 "$realm*DPoP realm=\"orders\", algs=*" \
        request.no_token
    step 'A token that may read, reading' read GET 200 '' ok
    step 'The same token, writing' read POST \
        403 "$realm*error=\"insufficient_scope\"*scope=\"write:orders\"*" \
        require.scope
    step 'A token that may write, writing' write POST 200 '' ok
    step 'An expired token' expired GET 401 "$invalid" claims.exp
    step 'A token for another API' other-api GET 401 "$invalid" claims.aud
    step 'A tampered token' tampered GET 401 "$invalid" signature.invalid
    say ''
    [ "$differ" -eq 0 ] ||
        die "$differ of $steps answers differ; see $run/logs/error.log"
    say "All $steps answers are as they should be."
}

farewell() {
    if [ "$keep" = yes ]; then
        trap - EXIT
        say "The server keeps running: the lines above can be repeated here." \
            "Stop it with: ./quickstart.sh --stop"
    else
        stop_server
        say "The server is stopped. With --keep it stays, for the lines above" \
            "to be repeated."
    fi
}

show() {
    stop_server
    need_port "$port" --port
    need_port "$backend_port" --backend-port
    rm -rf "$run"
    mkdir "$run"
    install_missing
    build
    make_tenant
    trap stop_server EXIT
    start_server
    tour
    farewell
}

read_options "$@"
[ -r /proc/self/cmdline ] || die "/proc is not mounted: mount -t proc proc /proc"
"$action"
