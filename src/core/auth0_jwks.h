/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JWKS_H
#define AUTH0_JWKS_H

#include "core/auth0_jwk.h"
#include "core/auth0_reason.h"

/*
 * A JWK set (RFC 7517 section 5), keyed by kid, immutable once parsed: any
 * number of threads may use it at once.
 */
typedef struct auth0_jwks_t auth0_jwks_t;

/*
 * Read a document into a set allocated from pool, which must not be used by
 * another thread meanwhile. The set is taken or refused as a whole: no "keys"
 * array, more than 100 members, no usable key, or one kid with two materials
 * refuse it, with *set NULL. Returns NULL, or a constant sentence.
 */
AUTH0_MUST_USE const char *
auth0_jwks_parse(auth0_jwks_t **set, auth0_span_t document, apr_pool_t *pool);

/*
 * The key for a token's kid and algorithm. An empty kid stands for none and
 * finds a key only when exactly one fits. AUTH0_OK with *key set,
 * AUTH0_KEY_UNKNOWN, or AUTH0_KEY_UNUSABLE when the kid's key does not fit.
 */
AUTH0_MUST_USE auth0_reason_t auth0_jwks_find(const auth0_key_t **key,
                                              const auth0_jwks_t *set,
                                              auth0_span_t kid,
                                              const auth0_alg_t *alg);

/* How many keys the set holds, and how many members were left out. */
size_t auth0_jwks_count(const auth0_jwks_t *set);
size_t auth0_jwks_skipped(const auth0_jwks_t *set);

/* How many of those left out were private or symmetric: worth an alarm. */
size_t auth0_jwks_secrets(const auth0_jwks_t *set);

/*
 * True when a kid of former stands for other material in set; *kid borrows
 * from set.
 */
bool auth0_jwks_replaced(auth0_span_t *kid, const auth0_jwks_t *former,
                         const auth0_jwks_t *set);

#endif
