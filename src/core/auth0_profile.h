/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_PROFILE_H
#define AUTH0_PROFILE_H

#include "core/auth0_span.h"

/* The kinds of token that can be asked for. */
typedef enum auth0_profile_t {
    AUTH0_PROFILE_ANY = 0, /* an access token of Auth0, whatever its dialect */
    AUTH0_PROFILE_AUTH0,   /* its own dialect: typ JWT                       */
    AUTH0_PROFILE_RFC9068, /* RFC 9068: typ at+jwt                           */
    AUTH0_PROFILE_LOGOUT,  /* no access token: OpenID Connect Back-Channel
                              Logout 1.0 section 2.4                         */
    AUTH0_PROFILE_DPOP,    /* no access token: a proof, RFC 9449 section 4.2,
                              whose claims auth0_dpop_check judges           */
    AUTH0_PROFILE_COUNT
} auth0_profile_t;

/* What a profile demands; lists end with NULL, all strings are constants. */
typedef struct auth0_profile_rules_t {
    const char *name;            /* as administrators write it          */
    const char *const *typs;     /* allowed, compared without case      */
    bool typ_may_be_absent;      /* from the header                     */
    const char *const *required; /* claims without which nothing passes;
                                    NULL: auth0_claims_check lets no such
                                    token pass, others judge its claims */
    bool is_access;              /* one that administrators may ask for */
    bool is_logout;              /* section 2.6 of that, too            */
    bool brings_key;             /* its header has the jwk it is signed
                                    with, which all others must not     */
} auth0_profile_rules_t;

/* The row of a profile; never NULL. Thread-safe, static storage. */
const auth0_profile_rules_t *auth0_profile_rules(auth0_profile_t profile);

#endif
