/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_BEARER_H
#define AUTH0_BEARER_H

#include <apr_pools.h>

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/* True when the text has the form of a token: b64token of RFC 6750. */
bool auth0_bearer_is_token68(auth0_span_t text);

/*
 * The token in the value of an Authorization field (RFC 6750 section 2.1,
 * RFC 9110 section 11.4); authorization is NULL when the field is absent.
 * AUTH0_OK with *token borrowed from authorization, or a reason of the stage
 * request.
 */
AUTH0_MUST_USE auth0_reason_t auth0_bearer_token(auth0_span_t *token,
                                                 const char *authorization);

/* What a WWW-Authenticate field is made of. */
typedef struct auth0_challenge_t {
    const char *realm;
    auth0_reason_t reason;
    const char *scope;      /* words, or NULL                           */
    const char *acr_values; /* words, or NULL: RFC 9470 section 3       */
    const char *max_age;    /* seconds in digits, or NULL, of the same  */
} auth0_challenge_t;

/*
 * The field's value (RFC 6750 section 3), allocated from pool. The realm is
 * quoted as RFC 9110 section 5.6.4 says; nothing of a request is repeated.
 */
const char *auth0_bearer_challenge(const auth0_challenge_t *challenge,
                                   apr_pool_t *pool);

#endif
