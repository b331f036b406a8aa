#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Five traps of building a module of httpd with autotools, each avoided.
. "$(dirname "$0")/guard.sh"

ac=$srcdir/configure.ac
am=$srcdir/Makefile.am
for file in "$ac" "$am"; do
    [ -e "$file" ] && looked_at || wrong "$file does not exist"
done

# apxs names an absolute folder: distcheck would install into a live server.
grep -qE 'AC_ARG_WITH\(\[module-dir\]' "$ac" ||
    wrong "configure.ac has no --with-module-dir"
grep -qE "^AM_DISTCHECK_CONFIGURE_FLAGS *=.*--with-module-dir=.*prefix" \
    "$am" || wrong "distcheck is not given --with-module-dir"

# PACKAGE_NAME and its kin collide with httpd's ap_config_auto.h.
# shellcheck disable=SC2046
wrong_lines "$(grep -nE '^[ 	]*#[ 	]*include[ 	]*[<"]config\.h[>"]' \
    $(sources) "$srcdir"/tests/unit/*.[ch] "$srcdir"/tests/fuzz/*.[ch] \
    2>/dev/null)"

# -fvisibility=hidden hides the module from httpd as well.
grep -qF -- "-export-symbols-regex '^auth0_module\$\$'" "$am" ||
    wrong "the module's exports are not limited to auth0_module"
wrong_lines "$(grep -nE 'fvisibility' "$ac" "$am")"

# apxs's CFLAGS may carry -flto, which breaks other compilers.
wrong_lines "$(grep -nE -- '-q +(CFLAGS|EXTRA_CFLAGS|NOTEST_CFLAGS)' \
    "$ac" "$am")"

# The installed .la is removed, so uninstall has to remove the .so itself.
sed -n '/^uninstall-local:/,/^[^	]/p' "$am" | grep -q 'mod_auth0\.so' ||
    wrong "uninstall-local does not remove mod_auth0.so"
finish
