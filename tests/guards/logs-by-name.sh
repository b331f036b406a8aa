#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Who writes to the error log includes mod_auth0_log.h: without it the lines
# are not subject to "LogLevel auth0:...", and those below notice never come.
. "$(dirname "$0")/guard.sh"

for file in "$srcdir"/src/httpd/*.c; do
    [ -e "$file" ] || continue
    code_of "$file" | grep -q 'ap_log_r\?error *(' || continue
    looked_at
    grep -q '^#include "httpd/mod_auth0_log.h"$' "$file" ||
        wrong "$(basename "$file") logs without mod_auth0_log.h"
done
finish
