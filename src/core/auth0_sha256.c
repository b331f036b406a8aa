/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * EVP of OpenSSL 3.0 takes memory for each hash, and goes a long way to the
 * same function: a request with a known token is mostly its hash. What OpenSSL
 * deprecates since 3.0 it has not taken away, and cjose needs it as well.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/auth0_sha256.h"

#include <openssl/sha.h>

_Static_assert(AUTH0_SHA256_BYTES == SHA256_DIGEST_LENGTH, "of one length");

bool auth0_sha256(unsigned char digest[AUTH0_SHA256_BYTES], auth0_span_t bytes)
{
    SHA256_CTX state;

    return SHA256_Init(&state) && SHA256_Update(&state, bytes.ptr, bytes.len) &&
           SHA256_Final(digest, &state);
}
