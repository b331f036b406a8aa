/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JWS_H
#define AUTH0_JWS_H

#include <apr_pools.h>

#include "core/auth0_policy.h"
#include "core/auth0_reason.h"

/*
 * A compact JWS (RFC 7515 section 7.1), cut and with its header checked, but
 * not yet believed. It borrows the token's bytes and the policy.
 */
typedef struct auth0_jws_t auth0_jws_t;

/*
 * Pass the token through the gate: length, exactly three parts, canonical
 * base64url, and the header's rules under the policy's algorithms and profile,
 * which need not be applied again to a header that the policy's memo knows.
 * Returns AUTH0_OK with *jws allocated from pool, or a reason of the stages
 * request (too_large), token or header.
 */
AUTH0_MUST_USE auth0_reason_t auth0_jws_parse(auth0_jws_t **jws,
                                              auth0_span_t token,
                                              const auth0_policy_t *policy,
                                              apr_pool_t *pool);

/* The algorithm and the kid (empty when absent) that the header names. */
const auth0_alg_t *auth0_jws_alg(const auth0_jws_t *jws);
auth0_span_t auth0_jws_kid(const auth0_jws_t *jws);

/*
 * The key that the header brings along, checked as auth0_jwk_parse does and
 * allocated from pool, and the JWK that it was made of, borrowed. It says
 * nothing about who made the token: whoever asks must know the key by other
 * means, such as its thumbprint. AUTH0_OK, AUTH0_KEY_UNKNOWN when the profile
 * is one that brings no key, or AUTH0_KEY_UNUSABLE when it is private,
 * symmetric, neither RSA nor EC, or not of a size that is accepted.
 */
AUTH0_MUST_USE auth0_reason_t auth0_jws_own_key(auth0_key_t **key,
                                                const auth0_json_t **jwk,
                                                const auth0_jws_t *jws,
                                                apr_pool_t *pool);

/*
 * The iss that the token claims, NOT verified: good only to choose among
 * configured issuers. Returns AUTH0_OK or a reason of the stage claims. What
 * was read of the payload for this is kept in pool, for auth0_jws_open_object.
 */
AUTH0_MUST_USE auth0_reason_t auth0_jws_peek_issuer(auth0_span_t *issuer,
                                                    auth0_jws_t *jws,
                                                    apr_pool_t *pool);

/*
 * Verify the signature with a key that fits the algorithm; only then hand out
 * the payload, allocated from pool, and tell the policy's memo of the header.
 * The thread's OpenSSL error queue is left as it was found. Returns AUTH0_OK,
 * AUTH0_KEY_UNUSABLE, or a reason of the stage signature.
 */
AUTH0_MUST_USE auth0_reason_t auth0_jws_open(auth0_span_t *payload,
                                             const auth0_jws_t *jws,
                                             const auth0_key_t *key,
                                             apr_pool_t *pool);

/*
 * The same, but what is handed out is the payload as one JSON object, within
 * the limits of claims, or else NULL and also AUTH0_CLAIMS_MALFORMED.
 */
AUTH0_MUST_USE auth0_reason_t auth0_jws_open_object(const auth0_json_t **object,
                                                    auth0_jws_t *jws,
                                                    const auth0_key_t *key,
                                                    apr_pool_t *pool);

#endif
