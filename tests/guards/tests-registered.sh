#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Every test program is built, run and shipped; every fuzz target has seeds,
# and one of them at least gets through.
. "$(dirname "$0")/guard.sh"

am=$srcdir/tests/tests.am
# The words of the variables that decide, continued lines joined.
words_of()
{
    sed -e ':a' -e '/\\$/{N;s/\\\n/ /;ba' -e '}' "$am" 2>/dev/null |
        sed -n "s/^$1 *+*= *//p" | tr -s ' \t' '\n'
}
programs=$(words_of unit_tests; words_of fuzz_targets)
scripts=$(words_of guards)

for variable in unit_tests fuzz_targets; do
    for list in check_PROGRAMS TESTS; do
        words_of "$list" | grep -qxF "\$($variable)" ||
            wrong "$list of tests.am lacks \$($variable)"
    done
done
for list in TESTS EXTRA_DIST; do
    words_of "$list" | grep -qxF '$(guards)' ||
        wrong "$list of tests.am lacks \$(guards)"
done
grep -qE '^[[:space:]]*include[[:space:]]+(\$\(srcdir\)/)?tests/tests\.am' \
    "$srcdir/Makefile.am" || wrong "Makefile.am does not include tests/tests.am"

for source in "$srcdir"/tests/unit/test_*.c "$srcdir"/tests/fuzz/fuzz_*.c; do
    [ -e "$source" ] || continue
    looked_at
    name=${source#"$srcdir"/}
    printf '%s\n' "$programs" | grep -qx "${name%.c}" ||
        wrong "$name is not in tests.am"
done
for source in "$srcdir"/tests/fuzz/fuzz_*.c; do
    [ -e "$source" ] || continue
    name=$(basename "$source" .c)
    ls "$srcdir/tests/fuzz/corpus/${name#fuzz_}"/good* >/dev/null 2>&1 ||
        wrong "$name has no seed good* that gets through"
done
for script in "$srcdir"/tests/guards/*.sh; do
    name=${script#"$srcdir"/}
    [ "$name" = tests/guards/guard.sh ] && continue
    looked_at
    printf '%s\n' "$scripts" | grep -qx "$name" ||
        wrong "$name is not in tests.am"
done
for program in $programs $scripts; do
    [ -e "$srcdir/$program" ] || [ -e "$srcdir/$program.c" ] ||
        wrong "tests.am names $program, which does not exist"
done
# A test function that is not in its program's table never runs.
for source in "$srcdir"/tests/unit/test_*.c; do
    [ -e "$source" ] || continue
    for function in $(sed -n \
        's/^static void \([a-z0-9_]*\)(void \*\*state)$/\1/p' "$source"); do
        grep -qE "SUPPORT_TEST\($function\)" "$source" ||
            wrong "$source: $function is never run"
    done
done
finish
