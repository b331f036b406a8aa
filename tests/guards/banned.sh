#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# Functions that compare too little, write too much or read numbers too
# kindly. Use spans, CRYPTO_memcmp, apr_psprintf, apr_strtoi64.
. "$(dirname "$0")/guard.sh"

banned='strncmp|memcmp|strcpy|strcat|sprintf|vsprintf|atoi|atol|strtok|gets'

# shellcheck disable=SC2046
set -- $(sources)
looked_at $#
[ $# -gt 0 ] && wrong_lines "$(code_of "$@" |
    grep -E "^[^:]*:[0-9]*:(.*[^A-Za-z0-9_])?($banned)([^A-Za-z0-9_]|\$)")"
finish
