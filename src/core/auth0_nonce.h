/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_NONCE_H
#define AUTH0_NONCE_H

#include <stdint.h>

#include <apr_pools.h>

#include "core/auth0_span.h"

/*
 * Nonces that a server gives out for DPoP proofs (RFC 9449 sections 8 and 9)
 * without keeping them: the time of issue, random bytes, and an HMAC-SHA-256,
 * cut to 16 bytes, over both. As text they are 43 bytes of base64url, which
 * are all NQCHAR. Times are seconds of wall clock since 1970. All functions are
 * pure; a pool is for one thread at a time.
 */
#define AUTH0_NONCE_SECRET 32
#define AUTH0_NONCE_RANDOM 8

/*
 * Make one, allocated from pool. Nobody can tell it beforehand who does not
 * know both the secret and the random bytes. NULL when now is before 1970 or
 * OpenSSL fails.
 */
const char *auth0_nonce_make(const unsigned char secret[AUTH0_NONCE_SECRET],
                             int64_t now,
                             const unsigned char random[AUTH0_NONCE_RANDOM],
                             apr_pool_t *pool);

/*
 * When a nonce was made under this secret; -1 when it was not. Whether that is
 * too long ago is for the caller to say. The MAC is compared in constant time.
 */
int64_t auth0_nonce_issued(auth0_span_t nonce,
                           const unsigned char secret[AUTH0_NONCE_SECRET]);

/*
 * Where secrets last for one epoch of so many seconds each: the number of the
 * epoch, time / seconds, in which a nonce claims, NOT verified, to have been
 * made. Good only to choose the secret to ask auth0_nonce_issued with; -1 when
 * it cannot be a nonce of ours. seconds is at least 1.
 */
int64_t auth0_nonce_epoch(auth0_span_t nonce, unsigned seconds);

#endif
