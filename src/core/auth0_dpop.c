/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_dpop.h"

#include <math.h>

#include <openssl/crypto.h>

#include "core/auth0_claims.h"
#include "core/auth0_count.h"
#include "core/auth0_htu.h"
#include "core/auth0_jws.h"
#include "core/auth0_thumbprint.h"

/* A proof whose signature holds, with the key in its header. */
typedef struct judged_t {
    auth0_dpop_proof_t *proof;
    const auth0_claims_t *claims;
    const auth0_dpop_expected_t *expected;
    apr_time_t now;
    apr_pool_t *pool;
} judged_t;

const char *auth0_dpop_algs(void)
{
    return "ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512";
}

static bool reads_jti(const judged_t *judged)
{
    auth0_span_t *jti = &judged->proof->jti;

    return auth0_claims_string(jti, judged->claims, "jti") && jti->len > 0 &&
           jti->len <= AUTH0_DPOP_JTI_MAX;
}

static bool reads_iat(const judged_t *judged)
{
    double iat;

    if (!auth0_json_date(&iat, auth0_claims_member(judged->claims, "iat"))) {
        return false;
    }
    judged->proof->issued = llround(iat * APR_USEC_PER_SEC);
    return true;
}

static bool reads_nonce(const judged_t *judged)
{
    return !auth0_claims_member(judged->claims, "nonce") ||
           auth0_claims_string(&judged->proof->nonce, judged->claims, "nonce");
}

/* Constant time, since it may tell of a token or a key. */
static bool is_same_hash(auth0_span_t value, const char *hash)
{
    auth0_span_t right = auth0_span_cstr(hash);

    return right.len == AUTH0_THUMBPRINT_LEN && value.len == right.len &&
           CRYPTO_memcmp(value.ptr, right.ptr, right.len) == 0;
}

static bool is_for_method(const judged_t *judged)
{
    auth0_span_t htm;

    return auth0_claims_string(&htm, judged->claims, "htm") &&
           auth0_span_eq(htm, judged->expected->method);
}

static bool is_for_url(const judged_t *judged)
{
    auth0_span_t htu;

    return auth0_claims_string(&htu, judged->claims, "htu") &&
           auth0_htu_same(htu, judged->expected->url, judged->pool);
}

static bool has_nonce(const judged_t *judged)
{
    return !judged->expected->is_nonce_wanted || judged->proof->nonce.len > 0;
}

static bool is_recent(const judged_t *judged)
{
    apr_time_t issued = judged->proof->issued;

    return issued >= judged->now - apr_time_from_sec(judged->expected->past) &&
           issued <= judged->now + apr_time_from_sec(judged->expected->future);
}

/* The time of a claim in microseconds; absent when there is none. */
static bool read_date(double *date, const judged_t *judged, const char *name,
                      double absent)
{
    *date = absent;
    if (!auth0_claims_member(judged->claims, name)) {
        return true;
    }
    if (!auth0_claims_number(date, judged->claims, name)) {
        return false;
    }
    *date = round(*date * APR_USEC_PER_SEC);
    return true;
}

/* RFC 7519 sections 4.1.4 and 4.1.5 */
static bool is_alive(const judged_t *judged)
{
    double exp;
    double nbf;

    return read_date(&exp, judged, "exp", INFINITY) &&
           read_date(&nbf, judged, "nbf", -INFINITY) &&
           exp > (double)judged->now && nbf <= (double)judged->now;
}

static bool is_for_token(const judged_t *judged)
{
    auth0_span_t ath;

    return auth0_claims_string(&ath, judged->claims, "ath") &&
           is_same_hash(
               ath, auth0_thumbprint_of(judged->expected->token, judged->pool));
}

static bool is_of_key(const judged_t *judged)
{
    auth0_span_t jkt = judged->expected->jkt;

    return jkt.len == 0 || is_same_hash(jkt, judged->proof->thumbprint);
}

typedef struct check_t {
    bool (*passes)(const judged_t *judged);
    auth0_reason_t reason;
    const char *why;
} check_t;

#define INVALID AUTH0_CNF_PROOF_INVALID

/* RFC 9449 section 4.3: what number 3 leaves, and from number 8 on. */
static const check_t checks[] = {
    {reads_jti, INVALID, "its jti is no string of 1 to 256 bytes"},
    {reads_iat, INVALID, "its iat is no number of seconds since 1970"},
    {reads_nonce, INVALID, "its nonce is no string"},
    {is_for_method, INVALID, "its htm is not the method of the request"},
    {is_for_url, INVALID, "its htu is not the URL of the request"},
    {has_nonce, AUTH0_CNF_NONCE, "it has no nonce"},
    {is_recent, INVALID, "its iat is outside Auth0DPoPWindow"},
    {is_alive, INVALID, "its exp is past, or its nbf ahead"},
    {is_for_token, INVALID, "its ath is not the hash of the token"},
    {is_of_key, AUTH0_CNF_JKT, "its key is not the one of the token's jkt"},
};

static auth0_reason_t judge(const judged_t *judged)
{
    for (size_t i = 0; i < AUTH0_COUNT(checks); i++) {
        if (!checks[i].passes(judged)) {
            judged->proof->why = checks[i].why;
            return checks[i].reason;
        }
    }
    return AUTH0_OK;
}

/* The thumbprint is of the very members that the key was made of. */
static auth0_reason_t open_with_own_key(auth0_span_t *payload,
                                        const char **thumbprint,
                                        const auth0_jws_t *jws,
                                        apr_pool_t *pool)
{
    auth0_key_t *key;
    const auth0_json_t *jwk;
    auth0_reason_t reason = auth0_jws_own_key(&key, &jwk, jws, pool);

    if (reason != AUTH0_OK) {
        return reason;
    }
    *thumbprint = auth0_thumbprint(jwk, pool);
    return *thumbprint ? auth0_jws_open(payload, jws, key, pool)
                       : AUTH0_KEY_UNUSABLE;
}

/* Numbers 2 to 7, and that no claim counts before the signature holds. */
static auth0_reason_t open_proof(auth0_claims_t **claims,
                                 const char **thumbprint, auth0_span_t text,
                                 apr_pool_t *pool)
{
    auth0_policy_t policy = {.algs = auth0_alg_asymmetric(),
                             .profile = AUTH0_PROFILE_DPOP};
    auth0_span_t payload;
    auth0_jws_t *jws;
    auth0_reason_t reason = auth0_jws_parse(&jws, text, &policy, pool);

    if (reason == AUTH0_OK) {
        reason = open_with_own_key(&payload, thumbprint, jws, pool);
    }
    return reason == AUTH0_OK ? auth0_claims_parse(claims, payload, pool)
                              : reason;
}

/* By stage, for the words of other reasons are about access tokens. */
static const struct {
    const char *stage;
    const char *why;
} unopened[] = {
    {"header", "its header lacks the typ dpop+jwt, an alg that is accepted or "
               "a jwk, or has a member that proofs never have"},
    {"key", "its jwk is private, or of a kind or size that is not accepted"},
    {"signature", "its signature does not belong to this text and its jwk"},
    {"claims", "its payload is not one JSON object without duplicates"},
};

static const char *why_not_open(auth0_reason_t reason)
{
    auth0_span_t stage = auth0_reason_stage(reason);

    for (size_t i = 0; i < AUTH0_COUNT(unopened); i++) {
        if (auth0_span_is(stage, unopened[i].stage)) {
            return unopened[i].why;
        }
    }
    return "it is not one signed JSON Web Token";
}

auth0_reason_t auth0_dpop_check(auth0_dpop_proof_t *proof, const char *field,
                                const auth0_dpop_expected_t *expected,
                                apr_time_t now, apr_pool_t *pool)
{
    const auth0_dpop_proof_t none = {auth0_span("", 0), auth0_span("", 0), NULL,
                                     0, "there is none"};
    auth0_dpop_proof_t read = none;
    auth0_claims_t *claims;

    *proof = none;
    if (!field) {
        return AUTH0_CNF_PROOF_MISSING;
    }
    auth0_reason_t reason =
        open_proof(&claims, &read.thumbprint, auth0_span_cstr(field), pool);

    if (reason != AUTH0_OK) {
        proof->why = why_not_open(reason);
        return AUTH0_CNF_PROOF_INVALID;
    }
    judged_t judged = {&read, claims, expected, now, pool};

    read.why = NULL;
    reason = judge(&judged);
    proof->why = read.why;
    if (reason == AUTH0_OK) {
        *proof = read;
    }
    return reason;
}
