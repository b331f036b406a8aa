# Licensed under the Apache License, Version 2.0; see LICENSE.
# shellcheck shell=sh
#
# Read by every guard. A guard looks at things (looked_at), says what is wrong
# with them (wrong) and ends with finish, which fails when something was
# wrong, and also when there was nothing to look at: a law whose subject has
# moved away must not pass in silence.

srcdir=${srcdir:-.}
builddir=${builddir:-.}
guard=$(basename "$0" .sh)
wrongs=0
looked=0

wrong()
{
    wrongs=$((wrongs + 1))
    echo "$guard: $*"
}

looked_at()
{
    looked=$((looked + ${1:-1}))
}

# Each line of a text is something wrong.
wrong_lines()
{
    [ -n "$1" ] || return 0
    wrongs=$((wrongs + $(printf '%s\n' "$1" | wc -l)))
    printf '%s\n' "$1" | sed "s|^|$guard: |"
}

finish()
{
    if [ "$looked" -eq 0 ]; then
        echo "$guard: found nothing to check"
        exit 1
    fi
    if [ "$wrongs" -ne 0 ]; then
        echo "$guard: $wrongs wrong"
        exit 1
    fi
    echo "$guard: $looked checked"
    exit 0
}

need()
{
    command -v "$1" >/dev/null 2>&1 && return 0
    wrong "$1 is missing${2:+: install the Debian package $2}"
    looked_at
    finish
}

# All C files of ours that end up in a program.
sources()
{
    find "$srcdir/src" -name '*.[ch]' | sort
    ls "$srcdir"/mod_auth0.c 2>/dev/null
}

# FILE:LINE:code of C files, comments and the insides of strings left out.
code_of()
{
    awk '
    FNR == 1 { inside = 0 }
    {
        out = ""
        n = length($0)
        quote = ""
        for (i = 1; i <= n; i++) {
            c = substr($0, i, 1)
            two = substr($0, i, 2)
            if (inside) {
                if (two == "*/") { inside = 0; i++ }
            } else if (quote != "") {
                if (c == "\\") i++
                else if (c == quote) { quote = ""; out = out c }
            } else if (two == "/*") {
                inside = 1; i++; out = out " "
            } else if (two == "//") {
                break
            } else {
                if (c == "\"" || c == "\047") quote = c
                out = out c
            }
        }
        print FILENAME ":" FNR ":" out
    }' "$@"
}
