#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Every reason code is brought about by a test and explained to its reader.
# The unit tests name reasons by their constants; test_reason.c, which merely
# lists them all, does not count.
. "$(dirname "$0")/guard.sh"

codes=$(code=$(cat "$srcdir"/src/core/auth0_reason.c 2>/dev/null) &&
    printf '%s\n' "$code" | grep -oE '"[a-z0-9]+\.[a-z0-9_]+"' | tr -d '"' |
    sort -u)
unit=$(ls "$srcdir"/tests/unit/*.c 2>/dev/null | grep -v '/test_reason\.c$')

for code in $codes; do
    looked_at
    name=AUTH0_$(echo "$code" | tr 'a-z.' 'A-Z_')
    literal=$(echo "$code" | sed 's/\./\\./')
    # shellcheck disable=SC2086
    grep -qE "(^|[^a-z_.])$literal([^a-z_]|\$)" "$srcdir"/tests/http/*.py \
        2>/dev/null || grep -qw "$name" $unit /dev/null ||
        wrong "$code is brought about by no test"
    grep -qrE "(^|[^a-z_.])$literal([^a-z_]|\$)" "$srcdir"/README.md \
        "$srcdir"/docs 2>/dev/null ||
        wrong "$code is explained neither in README.md nor in docs"
done
finish
