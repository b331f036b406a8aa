#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
# configure says in one line what is missing and which Debian package brings
# it. Each case hides one dependency from a copy of the script.
. "$(dirname "$0")/guard.sh"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src/core" "$work/pc"
cp "$srcdir/configure" "$srcdir/Makefile.in" "$srcdir/config.h.in" \
    "$srcdir/mod_auth0.c" "$work"
cp -R "$srcdir/build-aux" "$work"

# says LINE [NAME=VALUE...] [OPTION...]
says()
{
    line=$1
    shift
    looked_at
    (cd "$work" && ./configure "$@") >"$work/log" 2>&1 &&
        wrong "configure does not mind that $line"
    grep -q "^configure: error: $line\$" "$work/log" ||
        wrong "configure does not say: $line ($(tail -n 1 "$work/log"))"
}

# pretend PACKAGE...: pkg-config finds these and no others.
pretend()
{
    rm -f "$work"/pc/*.pc
    for package in "$@"; do
        printf 'Name: %s\nDescription: none\nVersion: 3.5\nLibs:\nCflags:\n' \
            "$package" >"$work/pc/$package.pc"
    done
}

says 'apxs is missing: install the Debian package apache2-dev' \
    --with-apxs=/nonexistent/apxs
pretend
says 'OpenSSL 3.0 or newer is missing: install the Debian package libssl-dev' \
    PKG_CONFIG_LIBDIR="$work/pc"
pretend libcrypto libssl
says 'cjose is missing: install the Debian package libcjose-dev' \
    PKG_CONFIG_LIBDIR="$work/pc"
pretend libcrypto libssl cjose
says 'jansson is missing: install the Debian package libjansson-dev' \
    PKG_CONFIG_LIBDIR="$work/pc"
pretend libcrypto libssl cjose jansson libcurl
says 'libcurl 7.87 or newer is missing: install the Debian package libcurl4-openssl-dev' \
    PKG_CONFIG_LIBDIR="$work/pc"
finish
