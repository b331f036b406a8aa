/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_verify.h"

#include "core/auth0_verify.h"
#include "httpd/mod_auth0_cache.h"
#include "httpd/mod_auth0_keys.h"
#include "httpd/mod_auth0_wait.h"

/* A key that is lacking is looked for in so many newer sets. */
#define LOOKS_MOST 3

/* One token's way to a verdict. */
typedef struct trial_t {
    request_rec *r;
    auth0_span_t token;
    const auth0_policy_t *policy;
    const auth0_claims_t *claims;     /* NULL unless it is good */
    const mod_auth0_source_t *source; /* whose set it is; NULL: none asked */
    uint32_t issuer;                  /* its place among the policy's       */
    mod_auth0_held_t *held;
    uint32_t edition; /* of that set                                   */
    uint32_t lacking; /* the edition that is known to be not enough, 0 */
} trial_t;

static const auth0_jwks_t *borrow(void *baton, size_t issuer)
{
    trial_t *trial = baton;

    trial->issuer = (uint32_t)issuer;
    trial->source = APR_ARRAY_IDX(mod_auth0_dir(trial->r)->sources, issuer,
                                  mod_auth0_source_t *);
    trial->held = mod_auth0_keys_take(trial->source, trial->lacking);
    return trial->held ? mod_auth0_keys_set(trial->held) : NULL;
}

/* The trial tells afterwards whose keys were used; they are given back. */
static auth0_reason_t attempt(trial_t *trial)
{
    auth0_keys_t keys = {borrow, trial};
    auth0_claims_t *claims;

    trial->held = NULL;
    /* A token in a form may come long after the request began. */
    auth0_reason_t reason = auth0_verify(&claims, trial->token, trial->policy,
                                         keys, apr_time_now(), trial->r->pool);

    trial->edition = mod_auth0_keys_edition(trial->held);
    mod_auth0_keys_give(trial->held);
    trial->claims = claims;
    return reason;
}

static bool lacks_key(auth0_reason_t reason)
{
    return reason == AUTH0_KEY_UNKNOWN || reason == AUTH0_KEY_UNAVAILABLE;
}

/*
 * A key that is not there may have come into the world a moment ago: into the
 * newer set that this process has yet to look at, or into one yet to come.
 */
static auth0_reason_t look_again(trial_t *trial, auth0_reason_t reason)
{
    for (int i = 0; i < LOOKS_MOST && lacks_key(reason) &&
                    mod_auth0_wait_for_keys(trial->source, trial->edition);
         i++) {
        trial->lacking = trial->edition;
        reason = attempt(trial);
    }
    return reason;
}

static mod_auth0_verdict_t verify(trial_t *trial)
{
    auth0_reason_t reason = attempt(trial);
    int retry_after = 0;

    if (lacks_key(reason) &&
        mod_auth0_wait_may_help(trial->source, trial->edition) &&
        auth0_verify_is_worth_asking(trial->token, trial->policy,
                                     trial->r->pool)) {
        reason = look_again(trial, reason);
    }
    if (reason == AUTH0_KEY_UNAVAILABLE) {
        retry_after = mod_auth0_wait_retry_after(trial->source);
    }
    return (mod_auth0_verdict_t){reason, trial->claims, retry_after};
}

mod_auth0_verdict_t mod_auth0_verify(request_rec *r, auth0_span_t token,
                                     const auth0_policy_t *policy)
{
    trial_t trial = {.r = r, .token = token, .policy = policy};

    return verify(&trial);
}

/* The moment comes after those that the verification may have waited for. */
static mod_auth0_verdict_t verify_and_keep(trial_t *trial,
                                           const auth0_cache_key_t *key)
{
    mod_auth0_verdict_t verdict = verify(trial);
    auth0_cached_t found = {verdict.claims, trial->issuer, trial->edition};

    if (verdict.reason == AUTH0_OK) {
        mod_auth0_cache_keep(key, &found, trial->policy, apr_time_now());
    }
    return verdict;
}

/* Of a token in the cache, what time may have changed is judged again. */
static mod_auth0_verdict_t judge_known(const auth0_claims_t *claims,
                                       const auth0_policy_t *policy,
                                       apr_time_t now)
{
    auth0_reason_t reason = auth0_claims_check_again(claims, policy, now);

    return (mod_auth0_verdict_t){reason, reason == AUTH0_OK ? claims : NULL, 0};
}

mod_auth0_verdict_t mod_auth0_verify_once(request_rec *r,
                                          mod_auth0_request_t *state)
{
    trial_t trial = {.r = r, .token = state->token, .policy = &state->policy};
    apr_time_t now = apr_time_now();
    auth0_cache_key_t key;

    if (!mod_auth0_digest_make(&state->digest, state->token) ||
        !mod_auth0_cache_key(&key, state->digest.bytes, mod_auth0_dir(r),
                             &state->policy)) {
        return verify(&trial);
    }
    const auth0_claims_t *known = mod_auth0_cache_recall(r, &key, now);

    return known ? judge_known(known, &state->policy, now)
                 : verify_and_keep(&trial, &key);
}
