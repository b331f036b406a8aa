#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# What the documents name between backticks as ours, auth0_... or
# mod_auth0_..., is there: as a file, or as a word of the code. A word of
# comments alone is not, and a name that ends in _ is the beginning of one.
. "$(dirname "$0")/guard.sh"

documents=$(ls "$srcdir"/docs/*.md "$srcdir"/README.md \
    "$srcdir"/CONTRIBUTING.md "$srcdir"/SECURITY.md 2>/dev/null)

# Code between backticks, which may go on in the next line; blocks are none.
quoted()
{
    grep -vE '^(    |```)' "$1" |
        awk 'BEGIN { RS = "" } { gsub(/\n/, " "); print }' |
        grep -oE '`[^`]*`'
}

names_in()
{
    quoted "$1" | grep -oE '\b(mod_)?auth0_[a-z0-9_]*(\.[ch]\b)?' | sort -u
}

code=$(find "$srcdir/src" "$srcdir/tests" -name '*.[ch]' \
    ! -path '*/node_modules/*' 2>/dev/null
    ls "$srcdir"/mod_auth0.c 2>/dev/null)
files=$(printf '%s\n' "$code" | sed 's|.*/||')
# shellcheck disable=SC2086
known=$({
    printf '%s\n' "$files" | sed 's/\.[ch]$//'
    code_of $code | sed 's/^[^:]*:[0-9]*://'
    cat $code "$srcdir"/tests/http/*.py | grep -oE '"[^" ]*"'
} 2>/dev/null | grep -oE '(mod_)?auth0_[a-z0-9_]+' | sort -u)

for document in $documents; do
    for name in $(names_in "$document"); do
        looked_at
        case $name in
        *.[ch]) printf '%s\n' "$files" | grep -qxF "$name" ;;
        *_) printf '%s\n' "$known" | grep -q "^$name" ;;
        *) printf '%s\n' "$known" | grep -qxF "$name" ;;
        esac || wrong "$document names $name, which does not exist"
    done
done
finish
