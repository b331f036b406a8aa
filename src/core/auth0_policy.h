/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_POLICY_H
#define AUTH0_POLICY_H

#include "core/auth0_issuers.h"
#include "core/auth0_jwekey.h"
#include "core/auth0_jwks.h"
#include "core/auth0_profile.h"

/* Room for one token, in bytes, RFC 6750 leaves the limit to us. */
#define AUTH0_TOKEN_MAX ((size_t)8192)

/* Seconds: no access token of Auth0 lives longer, which is 30 days. */
#define AUTH0_TOKEN_LIFETIME_MAX 2592000

/*
 * What a deployment demands of any token: plain data, made at configuration
 * time and read-only ever after, but for the memo, which has no say in what is
 * demanded.
 */
typedef struct auth0_policy_t {
    const auth0_issuers_t *issuers; /* one must equal iss, byte for byte    */
    const auth0_span_t *audiences;  /* one must stand in aud, byte for byte  */
    size_t audience_count;
    unsigned algs;             /* mask of auth0_alg_t.bit                   */
    const auth0_key_t *secret; /* for HS* algorithms, otherwise NULL        */
    auth0_profile_t profile;   /* the kind of token                         */
    unsigned skew;             /* seconds                                   */
    unsigned max_age;          /* seconds since iat; 0: without bound       */
    const char *user_claim;    /* becomes the user: no control characters   */
    const auth0_jwekey_t *const *decryption; /* for encrypted tokens        */
    size_t decryption_count;                 /* 0: they are refused         */
    bool is_encrypted_only;                  /* a plain JWS is refused      */
    struct auth0_memo_t *memo; /* of headers that were accepted, or NULL    */
} auth0_policy_t;

/*
 * Where an issuer's keys are. find answers with the set of the issuer of that
 * place among policy->issuers, or NULL while there is none; the set must stay
 * valid for as long as the verification lasts.
 */
typedef const auth0_jwks_t *auth0_keys_fn(void *baton, size_t issuer);
typedef struct auth0_keys_t {
    auth0_keys_fn *find;
    void *baton;
} auth0_keys_t;

#endif
