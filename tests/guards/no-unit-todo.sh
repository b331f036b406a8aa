#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Nothing is left to be done, and no code sleeps in comments.
. "$(dirname "$0")/guard.sh"

all()
{
    find "$srcdir/src" "$srcdir/tests" "$srcdir/docs" \
        "$srcdir/httpd-conf-samples" "$srcdir/.ci" -type f \
        ! -path '*/.*' ! -path '*/node_modules/*' ! -path '*/corpus/*' \
        ! -path '*/__pycache__/*' \( -name '*.[ch]' -o -name '*.sh' \
        -o -name '*.py' -o -name '*.am' -o -name '*.md' -o -name '*.conf' \
        -o -name '*.js' -o -name '*.mjs' \) 2>/dev/null
    ls "$srcdir"/*.c "$srcdir"/*.md "$srcdir"/*.sh "$srcdir"/*.am \
        "$srcdir"/*.ac "$srcdir"/CHANGES 2>/dev/null
}

# shellcheck disable=SC2046
set -- $(all | sort)
looked_at $#

# The brackets keep this file from finding itself.
wrong_lines "$(grep -nwE 'T[O]DO|F[I]XME|X[X]X|H[A]CK' "$@" /dev/null)"

for file; do
    case $file in
    *.[ch]) ;;
    *) continue ;;
    esac
    wrong_lines "$(grep -nE '^[ 	]*//|^[ 	]*#[ 	]*if[ 	]+0' "$file" |
        sed "s|^|$file:|")"
    # In a block comment: a line that ends like a statement.
    wrong_lines "$(awk '
        /\/\*/ { inside = 1 }
        inside {
            text = $0
            sub(/^[ \t]*(\/\*|\*)?[ \t]*/, "", text)
            sub(/[ \t]*(\*\/)?[ \t]*$/, "", text)
            if (text ~ /^[A-Za-z_][A-Za-z0-9_>. \t*-]*(\(.*\)|=.*);$/)
                print FILENAME ":" FNR ": commented-out code? " $0
        }
        /\*\// { inside = 0 }' "$file")"
done
finish
