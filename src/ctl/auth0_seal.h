/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SEAL_H
#define AUTH0_SEAL_H

#include "core/auth0_jwebox.h"

/*
 * How a development tenant encrypts. Nothing of this is linked into the module,
 * which only ever decrypts.
 */
typedef struct auth0_sealer_t {
    struct evp_pkey_st *key; /* RSA; its public half is enough            */
    const char *digest;      /* of RSAES-OAEP, by OpenSSL's name          */
    const auth0_jweenc_t *enc;
    /*
     * The content encryption key, or empty for a random one. Of any length, so
     * that a test can be wrong; the content is encrypted with its first bytes,
     * zeros behind them.
     */
    auth0_span_t cek;
} auth0_sealer_t;

/* The digest that an alg of RFC 7518 section 4.3 or its kin means, or NULL. */
const char *auth0_seal_digest(auth0_span_t alg);

/*
 * Make the compact JWE (RFC 7516 section 7.1) of a header, a JSON text that is
 * taken as it is, wise or not, and a plaintext. The NUL terminated result is
 * allocated from pool; NULL when encrypting fails.
 */
const char *auth0_seal(const auth0_sealer_t *sealer, const char *header,
                       auth0_span_t plaintext, apr_pool_t *pool);

#endif
