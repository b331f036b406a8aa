/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0CTL_DEV_SEAL_H
#define AUTH0CTL_DEV_SEAL_H

#include "ctl/auth0_seal.h"

/* To whom a token is encrypted, and how. */
typedef struct auth0ctl_seal_t {
    const char *path; /* of the public key in PEM; NULL: not at all */
    const char *key_alg;
    const auth0_jweenc_t *enc;
} auth0ctl_seal_t;

/*
 * Encrypt a token as Auth0 does; *token is replaced. Returns NULL, or a
 * sentence that says what is wrong. Both are allocated from pool.
 */
const char *auth0ctl_seal_token(const char **token,
                                const auth0ctl_seal_t *wanted,
                                apr_pool_t *pool);

#endif
