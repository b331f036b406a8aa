#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# cjose and jansson stand behind one door each, and no header opens another.
. "$(dirname "$0")/guard.sh"

including()
{
    library=$1
    shift
    grep -lE "^[ 	]*#[ 	]*include[ 	]*[<\"]$library" "$@" 2>/dev/null |
        sed "s|^$srcdir/||" | sort | tr '\n' ' '
}

# shellcheck disable=SC2046
set -- $(sources)
looked_at $#

by=$(including 'cjose/' "$@")
[ "$by" = "src/core/auth0_jwk.c src/core/auth0_jws.c " ] ||
    wrong "cjose is included by: $by"

by=$(including 'jansson' "$@" | tr ' ' '\n' | grep '[a-z]' |
    grep -v '^src/ctl/')
[ "$by" = src/core/auth0_json.c ] ||
    wrong "jansson is included by: $(echo "$by" | tr '\n' ' ')"

for header; do
    case $header in
    *.h)
        wrong_lines "$(grep -nE \
            '^[ 	]*#[ 	]*include[ 	]*[<"](cjose|jansson|curl|openssl)' \
            "$header" | sed "s|^|$header:|")"
        ;;
    esac
done
finish
