/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_THUMBPRINT_H
#define AUTH0_THUMBPRINT_H

#include <apr_pools.h>

#include "core/auth0_json.h"

/* The length of base64url of a SHA-256. */
#define AUTH0_THUMBPRINT_LEN ((size_t)43)

/*
 * The SHA-256 thumbprint of a public JWK (RFC 7638), base64url, allocated from
 * pool. NULL when it is neither RSA nor EC, or when a member that counts is
 * absent, is no string, or has a byte that base64url has not. Whether it is a
 * good key is for auth0_jwk_parse to say. Pure; a pool is for one thread at a
 * time.
 */
const char *auth0_thumbprint(const auth0_json_t *jwk, apr_pool_t *pool);

/* base64url of the SHA-256 of any bytes; NULL when OpenSSL fails. */
const char *auth0_thumbprint_of(auth0_span_t bytes, apr_pool_t *pool);

#endif
