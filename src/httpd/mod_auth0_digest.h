/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DIGEST_H
#define MOD_AUTH0_DIGEST_H

#include "core/auth0_sha256.h"

/* The SHA-256 of a token: its name in the cache and, in part, in the log. */
typedef struct mod_auth0_digest_t {
    auth0_span_t of; /* the token that was hashed; empty: none yet */
    unsigned char bytes[AUTH0_SHA256_BYTES];
} mod_auth0_digest_t;

/*
 * Hash a token that is not empty, unless it is the one that was hashed before.
 * False when OpenSSL fails. Allocates nothing. Thread-safe.
 */
AUTH0_MUST_USE bool mod_auth0_digest_make(mod_auth0_digest_t *digest,
                                          auth0_span_t token);

#endif
