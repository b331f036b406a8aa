/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_FINGERPRINT_H
#define AUTH0_FINGERPRINT_H

#include <apr_pools.h>

/*
 * The name by which a token may appear in a log: the first 8 hex digits of its
 * SHA-256, which is 32 bytes. Allocated from pool.
 */
const char *auth0_fingerprint(const unsigned char *sha256, apr_pool_t *pool);

#endif
