/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_BEARER_H
#define AUTH0_BEARER_H

#include <apr_pools.h>

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/* True when the text has the form of a token: b64token of RFC 6750. */
bool auth0_bearer_is_token68(auth0_span_t text);

/* How a token came. */
typedef enum auth0_scheme_t {
    AUTH0_SCHEME_NONE = 0, /* in the query, a form or a cookie */
    AUTH0_SCHEME_BEARER,   /* RFC 6750 section 2.1             */
    AUTH0_SCHEME_DPOP      /* RFC 9449 section 7.1             */
} auth0_scheme_t;

/*
 * The token in the value of an Authorization field (RFC 6750 section 2.1,
 * RFC 9449 section 7.1, RFC 9110 section 11.4), and its scheme; authorization
 * is NULL when the field is absent. AUTH0_OK with *token borrowed from
 * authorization, or a reason of the stage request with *token empty; *scheme is
 * the one of the first word even then, or AUTH0_SCHEME_NONE when that is
 * neither of the two.
 */
AUTH0_MUST_USE auth0_reason_t auth0_bearer_token(auth0_span_t *token,
                                                 auth0_scheme_t *scheme,
                                                 const char *authorization);

/*
 * What a WWW-Authenticate field is made of. Where an answer has two of them,
 * only one tells what went wrong: the DPoP challenge when scheme is that, else
 * the Bearer challenge. The other one has its realm, algs and metadata alone.
 */
typedef struct auth0_challenge_t {
    const char *realm;
    auth0_reason_t reason;
    const char *scope;      /* words, or NULL                           */
    const char *acr_values; /* words, or NULL: RFC 9470 section 3       */
    const char *max_age;    /* seconds in digits, or NULL, of the same  */
    auth0_scheme_t scheme;  /* whose challenge tells the error          */
    const char *metadata;   /* URL, or NULL: RFC 9728 section 5.1       */
} auth0_challenge_t;

/*
 * The field's value (RFC 6750 section 3), allocated from pool. The realm is
 * quoted as RFC 9110 section 5.6.4 says; nothing of a request is repeated.
 */
const char *auth0_bearer_challenge(const auth0_challenge_t *challenge,
                                   apr_pool_t *pool);

/* The same of RFC 9449 section 7.1: with the algorithms of proofs, algs. */
const char *auth0_dpop_challenge(const auth0_challenge_t *challenge,
                                 apr_pool_t *pool);

#endif
