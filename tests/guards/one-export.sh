#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# The module exports one symbol, by which httpd loads it.
. "$(dirname "$0")/guard.sh"
need nm binutils

module=${MOD_AUTH0_SO:-$builddir/.libs/mod_auth0.so}
if [ -e "$module" ]; then
    looked_at
    exports=$(nm -D --defined-only "$module" | awk '{print $NF}' |
        sed 's/@.*//' | sort | tr '\n' ' ')
    [ "$exports" = "auth0_module " ] ||
        wrong "$module exports: ${exports}instead of auth0_module"
else
    wrong "$module has not been built"
fi
finish
