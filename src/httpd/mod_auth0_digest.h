/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DIGEST_H
#define MOD_AUTH0_DIGEST_H

#include "core/auth0_cache.h"
#include "httpd/mod_auth0.h"

/* The SHA-256 of a token: its name in the cache and, in part, in the log. */
typedef struct mod_auth0_digest_t {
    auth0_span_t of; /* the token that was hashed; empty: none yet */
    unsigned char bytes[AUTH0_CACHE_DIGEST];
} mod_auth0_digest_t;

/* In the child, before its threads start; pool lives as long as the child. */
void mod_auth0_digest_start(apr_pool_t *pool);

/*
 * Hash a token that is not empty, unless it is the one that was hashed before.
 * False when OpenSSL fails. Each thread has a context that it uses again, so
 * that nothing is fetched or allocated. Thread-safe.
 */
bool mod_auth0_digest_make(mod_auth0_digest_t *digest, auth0_span_t token);

#endif
