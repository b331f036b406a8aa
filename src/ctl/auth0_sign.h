/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SIGN_H
#define AUTH0_SIGN_H

#include <apr_pools.h>

#include "core/auth0_alg.h"
#include "core/auth0_span.h"

/*
 * What a development tenant signs with: a private key, or, for HS*, a secret.
 * Nothing of this is linked into the module, which only ever verifies.
 */
typedef struct auth0_signer_t {
    struct evp_pkey_st *key; /* RSA or EC, NULL for HS* */
    auth0_span_t secret;
} auth0_signer_t;

/*
 * Make the compact JWS (RFC 7515 section 7.1) of a header and a payload, both
 * JSON texts that are taken as they are, wise or not. The NUL terminated
 * result is allocated from pool; NULL when signing fails.
 */
const char *auth0_sign(const auth0_signer_t *signer, const auth0_alg_t *alg,
                       const char *header, const char *payload,
                       apr_pool_t *pool);

#endif
