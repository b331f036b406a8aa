#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# A directive is in the code, the manual, a sample and a test, or nowhere.
. "$(dirname "$0")/guard.sh"

manual=$srcdir/docs/directives.md
in_code=$(cat "$srcdir"/src/httpd/*.c 2>/dev/null | tr '\n' ' ' |
    grep -oE 'AP_INIT_[A-Z0-9_]+\( *"<?Auth0[A-Za-z0-9]*' |
    sed 's/.*"<*//' | sort -u)
in_manual=$(sed -n 's/^##* *`*<*\(Auth0[A-Za-z0-9]*\).*/\1/p' "$manual" \
    2>/dev/null | sort -u)

[ -n "$in_manual" ] || wrong "$manual has no heading '## Auth0...'"
for name in $in_code; do
    looked_at
    printf '%s\n' "$in_manual" | grep -qx "$name" ||
        wrong "$name has no heading '## $name' in docs/directives.md"
    grep -qrwE "^ *<?$name" "$srcdir"/httpd-conf-samples 2>/dev/null ||
        wrong "$name is in no file of httpd-conf-samples"
    grep -qwE "$name" "$srcdir"/tests/http/*.py 2>/dev/null ||
        wrong "$name is in no test of tests/http"
done
for name in $in_manual; do
    printf '%s\n' "$in_code" | grep -qx "$name" ||
        wrong "$name is in docs/directives.md, but not in the code"
done
finish
