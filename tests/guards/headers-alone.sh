#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Each header of the core and of the network compiles alone and without httpd's
# folder on the include path, and may be included twice.
. "$(dirname "$0")/guard.sh"

cc=${CC:-cc}
need "${cc%% *}" gcc
flags=${AUTH0_CPPFLAGS:-"-I$srcdir/src $(apr-1-config --cppflags --includes) \
    $(pkg-config --cflags libcrypto cjose jansson libcurl)"}

for header in "$srcdir"/src/core/*.h "$srcdir"/src/net/*.h; do
    [ -e "$header" ] || continue
    looked_at
    name=${header#"$srcdir"/src/}
    once=$(basename "$name" .h | tr 'a-z' 'A-Z')_H
    grep -qx "#ifndef $once" "$header" || wrong "$name has no #ifndef $once"
    # shellcheck disable=SC2086
    said=$(printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
        $cc $flags -std=c11 -Wall -Wextra -Werror -fsyntax-only -x c - 2>&1) ||
        wrong "$name does not compile alone:
$said"
done
finish
