/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JWE_H
#define AUTH0_JWE_H

#include <apr_pools.h>

#include "core/auth0_compact.h"
#include "core/auth0_policy.h"

/*
 * Take the JWS out of a compact JWE (RFC 7516) by the policy's keys: RSA-OAEP,
 * RSA-OAEP-256, -384 or -512 with an enc of auth0_jwebox.h. compact has
 * AUTH0_COMPACT_JWE parts. Header, names and lengths are judged before any
 * cryptography; after it there is one reason for whatever was wrong, reached in
 * one way (RFC 7516 section 11.5).
 *
 * A kid that one of the keys bears chooses that key. Else all keys that may be
 * meant are tried, always all: the unnamed ones, and without a kid the named
 * ones as well.
 *
 * Returns AUTH0_OK with *jws, three parts of canonical base64url, allocated
 * from pool, and as little believed as any other token; AUTH0_TOKEN_OPAQUE when
 * alg is dir; or a reason of the stage decrypt. *jws is empty then. The
 * thread's OpenSSL error queue is left as it was found. Thread-safe as long as
 * no other thread uses pool.
 */
AUTH0_MUST_USE auth0_reason_t auth0_jwe_open(auth0_span_t *jws,
                                             const auth0_compact_t *compact,
                                             const auth0_policy_t *policy,
                                             apr_pool_t *pool);

#endif
