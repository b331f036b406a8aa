#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Functions of at most 60 lines (or a comment above that says why so many
# "lines"), files of at most 500, and at most 5 parameters.
. "$(dirname "$0")/guard.sh"
need ctags universal-ctags
ctags --version 2>/dev/null | grep -q 'Universal Ctags' || {
    wrong "ctags is not Universal Ctags: install universal-ctags"
    looked_at
    finish
}

# A reader should see at a glance all that this answer depends on.
more_parameters='auth0_verify'

# shellcheck disable=SC2046
set -- $(sources)
for file; do
    looked_at
    lines=$(wc -l <"$file")
    [ "$lines" -le 500 ] || wrong "$file has $lines lines"
done

functions=$(ctags -f - --sort=no --language-force=C --kinds-C=f \
    --fields=+neS --output-format=u-ctags "$@" | grep -v '^!_')
count=$(printf '%s\n' "$functions" | grep -c .)
[ "$count" -gt 0 ] || wrong "ctags found no function"
looked_at "$count"

# name <tab> file <tab> first line <tab> last line <tab> parameters
table=$(printf '%s\n' "$functions" | awk -F '\t' '
{
    first = last = 0
    signature = ""
    for (i = 4; i <= NF; i++) {
        if ($i ~ /^line:/) first = substr($i, 6)
        if ($i ~ /^end:/) last = substr($i, 5)
        if ($i ~ /^signature:/) signature = substr($i, 11)
    }
    depth = 0
    commas = 0
    n = length(signature)
    for (i = 1; i <= n; i++) {
        c = substr(signature, i, 1)
        depth += c == "("
        depth -= c == ")"
        commas += c == "," && depth == 1
    }
    print $1 "\t" $2 "\t" first "\t" last "\t" commas + 1
}')

wrong_lines "$(printf '%s\n' "$table" | awk -F '\t' -v more="$more_parameters" '
    $5 > 5 && $1 !~ "^(" more ")$" {
        print $2 ":" $3 ": " $1 " has " $5 " parameters"
    }')"

# The comment block that ends in the line above a function.
comment_above()
{
    head -n "$(($2 - 1))" "$1" | awk '
        /^\/\*/ { block = "" }
        { block = block " " $0 }
        END { if ($0 ~ /\*\/ *$/) print block }'
}

long=$(printf '%s\n' "$table" |
    awk -F '\t' '$4 - $3 + 1 > 60 { print $2 ":" $3 ":" $1 ":" $4 - $3 + 1 }')
for entry in $long; do
    file=${entry%%:*}
    rest=${entry#*:}
    line=${rest%%:*}
    comment_above "$file" "$line" | grep -qw lines ||
        wrong "$entry lines, and no comment above says why"
done
finish
