/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JWK_H
#define AUTH0_JWK_H

#include <apr_pools.h>

#include "core/auth0_alg.h"
#include "core/auth0_json.h"
#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * One verification key, checked and immutable: any number of threads may use
 * it at once. It lives as long as the pool that it was made from.
 */
typedef struct auth0_key_t auth0_key_t;

/* How one member of a key set was received. */
typedef enum auth0_jwk_verdict_t {
    AUTH0_JWK_USABLE,   /* *key is set                                     */
    AUTH0_JWK_UNUSABLE, /* not for our use: left out, RFC 7517 section 5   */
    AUTH0_JWK_SECRET    /* private or symmetric: left out, worth an alarm  */
} auth0_jwk_verdict_t;

/*
 * Read one JWK (RFC 7517 section 4). Demands: RSA with an odd modulus of 2048
 * to 8192 bits without the ROCA fingerprint and an odd exponent from 65537 to
 * 2^32, or a point on P-256, P-384 or P-521; "use" sig, "key_ops" with
 * verify, an "alg" that fits the key. *why is a constant sentence unless the
 * key is usable.
 */
AUTH0_MUST_USE auth0_jwk_verdict_t auth0_jwk_parse(auth0_key_t **key,
                                                   const auth0_json_t *jwk,
                                                   const char **why,
                                                   apr_pool_t *pool);

/*
 * A symmetric key of these bytes, which are copied and wiped with the pool.
 * Whether they are long enough is a question per algorithm: auth0_key_fits.
 */
auth0_key_t *auth0_key_from_secret(auth0_span_t secret, apr_pool_t *pool);

/* True when the key's type, curve and size allow this algorithm. */
bool auth0_key_fits(const auth0_key_t *key, const auth0_alg_t *alg);

/* Same material, whatever the metadata says. */
bool auth0_key_same(const auth0_key_t *a, const auth0_key_t *b);

/* The key's identifier, empty when it has none. */
auth0_span_t auth0_key_kid(const auth0_key_t *key);

/* Bytes of a signature made with the key by alg, RFC 7518 section 3. */
size_t auth0_key_signature_len(const auth0_key_t *key, const auth0_alg_t *alg);

/* For the verifier only: the bytes of a symmetric key, else empty. */
auth0_span_t auth0_key_secret(const auth0_key_t *key);

/* For the verifier only: the library's handle, NULL for a symmetric key. */
const struct _cjose_jwk_int *auth0_key_handle(const auth0_key_t *key);

#endif
