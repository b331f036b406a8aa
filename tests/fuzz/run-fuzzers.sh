#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# run-fuzzers.sh SECONDS [target...]
#
# Builds each target with clang's libFuzzer, AddressSanitizer and UBSan and
# runs it for SECONDS. The seeds are read; what is found and what was learnt
# goes to a folder of its own (FUZZ_OUT, by default a new temporary one).
# Ends with 1 when any target found something.
set -eu

seconds=${1:-}
case $seconds in
'' | *[!0-9]*)
    echo "usage: $0 SECONDS [target...], such as: $0 60 verify jwks" >&2
    exit 2
    ;;
esac
shift

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cc=${CLANG:-clang}
out=${FUZZ_OUT:-$(mktemp -d)}
command -v "$cc" >/dev/null || {
    echo "run-fuzzers: $cc is missing: install the Debian package clang" >&2
    exit 2
}
if [ $# -eq 0 ]; then
    set -- $(cd "$here" && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')
fi

cppflags="-I$top/src $(apr-1-config --cppflags) \
    -isystem $(apr-1-config --includedir) \
    $(pkg-config --cflags libcrypto cjose jansson)"
libs="$(apr-1-config --link-ld) $(apu-1-config --link-ld) \
    $(pkg-config --libs cjose jansson libcrypto)"
flags="-std=c11 -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all"
sanitize="-fsanitize=address,undefined"

mkdir -p "$out/o"
objects=
for source in "$top"/src/core/*.c "$here/common.c"; do
    object=$out/o/$(basename "$source" .c).o
    # shellcheck disable=SC2086
    "$cc" $flags $sanitize,fuzzer-no-link $cppflags -c -o "$object" "$source"
    objects="$objects $object"
done

found=0
for name; do
    # shellcheck disable=SC2086
    "$cc" $flags $sanitize,fuzzer $cppflags -o "$out/fuzz_$name" \
        "$here/fuzz_$name.c" $objects $libs
    mkdir -p "$out/corpus/$name" "$out/findings/$name"
    log=$out/$name.log
    status=0
    "$out/fuzz_$name" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len="${FUZZ_MAX_LEN:-16384}" -print_final_stats=1 \
        -artifact_prefix="$out/findings/$name/" \
        "$out/corpus/$name" "$here/corpus/$name" >"$log" 2>&1 || status=$?
    units=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
    if [ "$status" -eq 0 ]; then
        echo "fuzz_$name: ${units:-?} inputs, ${coverage:-?} edges," \
            "nothing found"
        continue
    fi
    found=1
    echo "fuzz_$name: FOUND something, see $log and $out/findings/$name"
    grep -E 'broken:|ERROR: |runtime error' "$log" | head -3 || :
done
exit $found
