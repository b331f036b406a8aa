/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_verify.h"

#include <apr_strings.h>

#include "core/auth0_jwe.h"
#include "core/auth0_jws.h"

static auth0_reason_t match_issuer(size_t *issuer, auth0_jws_t *jws,
                                   const auth0_policy_t *policy,
                                   apr_pool_t *pool)
{
    auth0_span_t claimed;
    auth0_reason_t reason = auth0_jws_peek_issuer(&claimed, jws, pool);

    if (reason != AUTH0_OK) {
        return reason;
    }
    return auth0_issuers_find(issuer, policy->issuers, claimed)
               ? AUTH0_OK
               : AUTH0_CLAIMS_ISS;
}

/* RFC 8725 section 3.8: a key speaks for its own issuer only. */
static auth0_reason_t choose_issuer(size_t *issuer, auth0_jws_t *jws,
                                    const auth0_policy_t *policy,
                                    apr_pool_t *pool)
{
    *issuer = 0;
    return auth0_issuers_count(policy->issuers) == 1
               ? AUTH0_OK
               : match_issuer(issuer, jws, policy, pool);
}

static auth0_reason_t find_published(const auth0_key_t **key, auth0_jws_t *jws,
                                     const auth0_policy_t *policy,
                                     auth0_keys_t keys, apr_pool_t *pool)
{
    size_t issuer;
    auth0_reason_t reason = choose_issuer(&issuer, jws, policy, pool);

    if (reason != AUTH0_OK) {
        return reason;
    }
    const auth0_jwks_t *set = keys.find(keys.baton, issuer);

    return set ? auth0_jwks_find(key, set, auth0_jws_kid(jws),
                                 auth0_jws_alg(jws))
               : AUTH0_KEY_UNAVAILABLE;
}

static auth0_reason_t find_key(const auth0_key_t **key, auth0_jws_t *jws,
                               const auth0_policy_t *policy, auth0_keys_t keys,
                               apr_pool_t *pool)
{
    if (auth0_jws_alg(jws)->kty != AUTH0_KTY_OCT) {
        return find_published(key, jws, policy, keys, pool);
    }
    *key = policy->secret;
    return *key ? AUTH0_OK : AUTH0_KEY_UNUSABLE;
}

/* A key may be gone before its tokens are. */
static void note_kid(auth0_claims_t *claims, const auth0_key_t *key,
                     apr_pool_t *pool)
{
    auth0_span_t kid = auth0_key_kid(key);

    auth0_claims_note_kid(
        claims, auth0_span(apr_pstrmemdup(pool, kid.ptr, kid.len), kid.len));
}

static auth0_reason_t open_claims(auth0_claims_t **claims, auth0_jws_t *jws,
                                  const auth0_key_t *key, apr_pool_t *pool)
{
    const auth0_json_t *object;
    auth0_reason_t reason = auth0_jws_open_object(&object, jws, key, pool);

    if (reason == AUTH0_OK) {
        *claims = auth0_claims_of(object, pool);
        note_kid(*claims, key, pool);
    }
    return reason;
}

/* RFC 7516 section 9. What is wrong with a token's shape is told by its JWS. */
static auth0_reason_t unwrap(auth0_span_t *jws, auth0_span_t token,
                             const auth0_policy_t *policy, apr_pool_t *pool)
{
    auth0_compact_t compact;

    *jws = token;
    if (policy->decryption_count == 0 && !policy->is_encrypted_only) {
        return AUTH0_OK;
    }
    if (auth0_compact_cut(&compact, token) != AUTH0_OK) {
        return AUTH0_OK;
    }
    if (compact.count == AUTH0_COMPACT_JWE && policy->decryption_count > 0) {
        return auth0_jwe_open(jws, &compact, policy, pool);
    }
    return compact.count == AUTH0_COMPACT_JWS && policy->is_encrypted_only
               ? AUTH0_TOKEN_PLAIN
               : AUTH0_OK;
}

static auth0_reason_t parse(auth0_jws_t **jws, auth0_span_t token,
                            const auth0_policy_t *policy, apr_pool_t *pool)
{
    auth0_span_t text;
    auth0_reason_t reason = unwrap(&text, token, policy, pool);

    return reason == AUTH0_OK ? auth0_jws_parse(jws, text, policy, pool)
                              : reason;
}

auth0_reason_t auth0_verify(auth0_claims_t **claims, auth0_span_t token,
                            const auth0_policy_t *policy, auth0_keys_t keys,
                            apr_time_t now, apr_pool_t *pool)
{
    auth0_claims_t *opened = NULL;
    const auth0_key_t *key = NULL;
    auth0_jws_t *jws;

    *claims = NULL;
    auth0_reason_t reason = parse(&jws, token, policy, pool);

    if (reason == AUTH0_OK) {
        reason = find_key(&key, jws, policy, keys, pool);
    }
    if (reason == AUTH0_OK) {
        reason = open_claims(&opened, jws, key, pool);
    }
    if (reason == AUTH0_OK) {
        reason = auth0_claims_check(opened, policy, now);
    }
    *claims = reason == AUTH0_OK ? opened : NULL;
    return reason;
}

bool auth0_verify_is_worth_asking(auth0_span_t token,
                                  const auth0_policy_t *policy,
                                  apr_pool_t *pool)
{
    auth0_jws_t *jws;
    size_t issuer;

    return parse(&jws, token, policy, pool) == AUTH0_OK &&
           match_issuer(&issuer, jws, policy, pool) == AUTH0_OK;
}
