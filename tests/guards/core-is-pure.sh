#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# The core knows no httpd, no clock and no input or output, and draws no random
# numbers but one; nothing knows what stands above it: httpd -> net -> core,
# ctl -> net -> core.
. "$(dirname "$0")/guard.sh"
need nm binutils

objects=$(ls "$builddir"/src/core/.libs/*.o "$builddir"/src/core/*.o \
    2>/dev/null)
wanted=0
for source in "$srcdir"/src/core/*.c; do
    [ -e "$source" ] || continue
    wanted=$((wanted + 1))
    name=$(basename "$source" .c)
    printf '%s\n' "$objects" | grep -q "[/-]$name\.o\$" ||
        wrong "$source has no object in $builddir/src/core"
done
looked_at "$wanted"

outside='ap_.*|apr_time_now|time|gettimeofday|clock_gettime|clock|getenv'
outside="$outside|secure_getenv|apr_env_get|fopen|fopen64|open|open64|read"
outside="$outside|write|socket|connect|apr_file_.*|apr_socket_.*|curl_.*"
outside="$outside|printf|fprintf|puts|fputs|putchar|syslog|exit|abort|rand"
chance='RAND_.*|apr_generate_random_bytes|apr_random_.*|getrandom|getentropy'
for object in $objects; do
    # RFC 7516 section 11.5 wants a key that nobody can foresee.
    case $object in
    *auth0_jwekey.o) here=$outside ;;
    *) here="$outside|$chance" ;;
    esac
    wrong_lines "$(nm --undefined-only "$object" |
        sed -n 's/.* U \([^@]*\).*/\1/p' | grep -E "^($here)\$" |
        sed "s|^|$object uses |")"
    wrong_lines "$(nm "$object" | grep -E ' [bBC] ' |
        sed "s|.* [bBC] \(.*\)|$object has global state: \1|")"
done

httpd='httpd|http_[a-z]*|ap_[a-z_]*|util_[a-z_]*|mod_[a-z_]*|mpm_[a-z]*'
httpd="$httpd|scoreboard|unixd|apache_noprobes"
wrong_lines "$(grep -nE "^[ 	]*#[ 	]*include[ 	]*[<\"]($httpd)\.h[>\"]" \
    "$srcdir"/src/core/*.[ch] "$srcdir"/src/net/*.[ch] 2>/dev/null |
    sed 's/$/ is a header of httpd/')"

# arrow FOLDER ALLOWED...: what the files of a folder may include of ours.
arrow()
{
    folder=$1
    shift
    allowed=$(printf '%s|' "$@")
    for file in "$srcdir/src/$folder"/*.[ch]; do
        [ -e "$file" ] || continue
        looked_at
        wrong_lines "$(grep -nE '^[ 	]*#[ 	]*include[ 	]*"' "$file" |
            grep -vE "\"(${allowed%|})/[^/\"]*\"" |
            sed "s|^|$file:|; s|\$| is against the arrows|")"
    done
}
arrow core core
arrow net net core
arrow ctl ctl net core
arrow httpd httpd net core
finish
