/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * EVP of OpenSSL 3.0 takes memory for each hash, and goes a long way to the
 * same function, on each request with a token. What OpenSSL deprecates since
 * 3.0 it has not taken away, and cjose needs others of them. No provider is
 * asked, nor whether it is one of FIPS.
 */
#undef OPENSSL_NO_DEPRECATED
#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#endif
#include "core/auth0_sha256.h"

#include <openssl/sha.h>

_Static_assert(AUTH0_SHA256_BYTES == SHA256_DIGEST_LENGTH, "of one length");

bool auth0_sha256(unsigned char digest[AUTH0_SHA256_BYTES],
                  const auth0_span_t *parts, size_t count)
{
    SHA256_CTX state;
    bool is_good = SHA256_Init(&state);

    for (size_t i = 0; is_good && i < count; i++) {
        is_good = SHA256_Update(&state, parts[i].ptr, parts[i].len);
    }
    return is_good && SHA256_Final(digest, &state);
}
