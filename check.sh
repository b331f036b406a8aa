#!/usr/bin/env bash
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Install the test tools, build, and run everything: unit tests, guards and
# fuzz replay (make check), the same under sanitizers with clang, distcheck as
# an unprivileged user, the apxs build, and the HTTP tests. The last line
# counts what passed and what failed.
set -u
cd "$(dirname "$0")" || exit 1

packages=(
    apache2 apache2-dev apache2-utils autoconf automake clang clang-format
    curl faketime gcc libcjose-dev libclang-rt-14-dev libcmocka-dev
    libcurl4-openssl-dev libjansson-dev libssl-dev libtool make
    nghttp2-client nodejs npm openssl pkg-config procps python3
    php8.2-fpm python3-cryptography python3-h2 python3-jsonschema
    python3-jwcrypto python3-pytest python3-pytest-xdist python3-websockets
    python3-yaml redis-server
    universal-ctags uwsgi-core uwsgi-plugin-python3
    valgrind
)
passed=0
failed=0
begun=()
# For what runs two at a time.
half=$((($(nproc) + 1) / 2))
logs=$(mktemp -d)
scratch=$(mktemp -d)
chmod 755 "$scratch"
trap clean_up EXIT

say() { printf '\n== %s\n' "$*"; }

have() {
    case $1 in
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    *) dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q ' installed$' ;;
    esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The server comes without being started: the tests run their own.
install_tools() {
    local missing=() p
    for p in "${packages[@]}"; do have "$p" || missing+=("$p"); done
    [ ${#missing[@]} = 0 ] && return 0
    echo "installing: ${missing[*]}"
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        made=1
    fi
    { as_root apt-get update -q &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
            --no-install-recommends "${missing[@]}"; } >"$logs/apt" 2>&1
    local status=$?
    [ -n "$made" ] && as_root rm -f "$policy"
    return $status
}

# attempt NAME COMMAND...: leaves a log, the status and the seconds behind. The
# command runs in a shell of its own, and leaves no other folder behind.
attempt() {
    local name=$1 started=$SECONDS status
    shift
    ("$@") >"$logs/$name" 2>&1
    status=$?
    echo "$status $((SECONDS - started))" >"$logs/$name.status"
}

# One more that passed or failed; its log is shown then. An attempt that has
# left no status has not come to its end, so it failed.
count() {
    local name=$1 status=none seconds
    [ ! -e "$logs/$name.status" ] || read -r status seconds <"$logs/$name.status"
    if [ "$status" = 0 ]; then
        passed=$((passed + 1))
        echo "ok   $name ($seconds s)"
        return 0
    fi
    failed=$((failed + 1))
    echo "FAIL $name"
    grep -E '^(FAIL|ERROR): ' "$logs/$name"
    tail -n 60 "$logs/$name"
    return 1
}

step() {
    attempt "$@"
    count "$1"
}

# aside NAME COMMAND...: a step in the background, once no more than one other
# is there. It has a process group of its own, to be ended as a whole.
aside() {
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    set -m
    attempt "$@" </dev/null &
    set +m
    begun+=("$1")
}

# Wait for all that was put aside, and count it in the order of its begin.
join() {
    local name
    wait
    for name in "${begun[@]}"; do count "$name"; done
    begun=()
}

clean_up() {
    local group
    for group in $(jobs -rp); do kill -- "-$group"; done 2>/dev/null
    wait
    rm -rf "$scratch"
}

# Add what an automake test log says to the counts.
count_automake() {
    local log=$1 p f
    p=$(sed -n 's/^# PASS: *//p' "$log" | awk '{s+=$1} END {print s+0}')
    f=$(sed -n 's/^# \(FAIL\|ERROR\|XPASS\): *//p' "$log" |
        awk '{s+=$1} END {print s+0}')
    passed=$((passed + p))
    failed=$((failed + f))
    [ "$p" -gt 0 ] || failed=$((failed + 1))
    echo "     $p passed, $f failed"
}

build() {
    autoreconf -fi && ./configure --enable-werror && make -j"$(nproc)"
}

format() {
    local files
    files=$(find mod_auth0.c src tests -name '*.[ch]' ! -path '*/vectors/*' \
        ! -path '*/node_modules/*')
    # shellcheck disable=SC2086
    clang-format --dry-run -Werror $files
}

unpack_dist() {
    make dist && mkdir -p "$scratch/dist" &&
        tar xzf mod_auth0-*.tar.gz --strip-components=1 -C "$scratch/dist"
}

configure_sanitized() {
    cp -r "$scratch/dist" "$scratch/$1" && cd "$scratch/$1" &&
        ./configure CC=clang --enable-werror --enable-sanitizers="$2" \
            CFLAGS='-g1 -O1'
}

# All is built, for clang to warn of. httpd loads no sanitized module, though,
# so only the programs are run.
sanitize_address() {
    local programs=(tests/unit/test_*.c tests/fuzz/fuzz_*.c)
    configure_sanitized asan address,undefined &&
        make -j"$half" check TESTS="${programs[*]%.c}"
}

# Of all programs, those that make threads are built and run; but for one, of
# which readers look at what is being written, and throw it away then.
sanitize_thread() {
    local programs
    mapfile -t programs < <(grep -l pthread_create tests/unit/test_*.c |
        grep -v test_denypair)
    configure_sanitized tsan thread &&
        make -j"$half" check-TESTS check_PROGRAMS="${programs[*]%.c}" \
            TESTS="${programs[*]%.c}"
}

valgrind_clean() {
    local program
    for program in tests/fuzz/fuzz_verify tests/fuzz/fuzz_jwks \
        tests/fuzz/fuzz_jws tests/fuzz/fuzz_jwe tests/unit/test_claims \
        tests/unit/test_errqueue; do
        ./libtool --mode=execute valgrind -q --error-exitcode=9 \
            --leak-check=full --errors-for-leak-kinds=definite \
            "$program" || return 1
    done
}

distcheck() {
    local nobody=()
    cp -r "$scratch/dist" "$scratch/distcheck" || return 1
    if [ "$(id -u)" = 0 ]; then
        chown -R nobody "$scratch/distcheck" || return 1
        nobody=(runuser -u nobody -- env HOME="$scratch/distcheck")
    fi
    "${nobody[@]}" sh -c \
        "cd '$scratch/distcheck' && ./configure && make -j$half distcheck"
}

apxs_build() {
    cp -r "$scratch/dist" "$scratch/apxs" && cd "$scratch/apxs" &&
        apxs -c -I src mod_auth0.c src/core/*.c src/net/*.c src/httpd/*.c \
            -lcjose -ljansson -lcurl -lssl -lcrypto -lm &&
        MOD_AUTH0_SO=$PWD/.libs/mod_auth0.so srcdir=$PWD \
            sh tests/guards/samples-load.sh
}

# Run pytest, and add what it says to the counts.
pytest_with() {
    local log p f
    log=$(mktemp "$logs/pytest-XXXX")
    /usr/bin/python3 -m pytest -q -p no:cacheprovider "$@" 2>&1 |
        tee "$log" | tail -n 60
    local status=${PIPESTATUS[0]}
    p=$(sed -n 's/.*[^0-9]\?\b\([0-9]\+\) passed.*/\1/p' "$log" | tail -1)
    f=$(grep -oE '[0-9]+ (failed|errors?)' "$log" | tail -2 |
        awk '{s+=$1} END {print s+0}')
    passed=$((passed + ${p:-0}))
    failed=$((failed + ${f:-0}))
    [ "${f:-0}" -gt 0 ] || [ "$status" = 0 ] || failed=$((failed + 1))
}

# Most tests wait most of the time, so four files are run side by side. Those
# that measure, or need the machine to themselves, follow one by one.
alone=(tests/http/test_survival.py tests/http/test_survival_processes.py)

http_tests() {
    local file others=()
    for file in "${alone[@]}"; do others+=("--ignore=$file"); done
    pytest_with -n 4 --dist loadfile "${others[@]}" tests/http
    pytest_with "${alone[@]}"
}

finish() {
    printf '\n%d s in all\n%d passed, %d failed\n' "$SECONDS" "$passed" \
        "$failed"
    [ "$failed" = 0 ]
    exit
}

say "tools"
step tools install_tools || { cat "$logs/apt"; finish; }
say "build"
step build build || finish
step format format
say "unit tests, guards, fuzz replay, and other builds"
rm -f test-suite.log
step programs make -j"$(nproc)" check TESTS=
step dist unpack_dist || finish
# Much of this uses one processor, so two go side by side; the longest first.
# No unit test has more than one other beside it: some of them measure.
aside sanitize-address sanitize_address
aside distcheck distcheck
aside check make check
aside sanitize-thread sanitize_thread
aside apxs apxs_build
aside valgrind valgrind_clean
join
count_automake test-suite.log
say "HTTP tests"
http_tests
finish
