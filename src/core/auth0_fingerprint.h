/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_FINGERPRINT_H
#define AUTH0_FINGERPRINT_H

#include <apr_pools.h>

#include "core/auth0_span.h"

/*
 * The name by which a token may appear in a log: the first 8 hex digits of
 * its SHA-256, allocated from pool; "-" for the empty token.
 */
const char *auth0_fingerprint(auth0_span_t token, apr_pool_t *pool);

/* The same of a SHA-256 that is there already. */
const char *auth0_fingerprint_text(const unsigned char *sha256,
                                   apr_pool_t *pool);

#endif
