/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_verify.h"

#include "core/auth0_verify.h"
#include "httpd/mod_auth0_config.h"
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
    mod_auth0_held_t *held;
    uint32_t edition; /* of that set                                   */
    uint32_t lacking; /* the edition that is known to be not enough, 0 */
} trial_t;

static const auth0_jwks_t *borrow(void *baton, size_t issuer)
{
    trial_t *trial = baton;

    trial->source = APR_ARRAY_IDX(mod_auth0_dir(trial->r)->sources, issuer,
                                  mod_auth0_source_t *);
    trial->held = mod_auth0_keys_take(trial->source, trial->lacking);
    return trial->held ? mod_auth0_keys_set(trial->held) : NULL;
}

/* The trial tells afterwards whose keys were used; they are given back. */
static auth0_reason_t verify_once(trial_t *trial)
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
        reason = verify_once(trial);
    }
    return reason;
}

mod_auth0_verdict_t mod_auth0_verify(request_rec *r, auth0_span_t token,
                                     const auth0_policy_t *policy)
{
    trial_t trial = {.r = r, .token = token, .policy = policy};
    auth0_reason_t reason = verify_once(&trial);
    int retry_after = 0;

    if (lacks_key(reason) &&
        auth0_verify_is_worth_asking(token, policy, r->pool)) {
        reason = look_again(&trial, reason);
    }
    if (reason == AUTH0_KEY_UNAVAILABLE) {
        retry_after = mod_auth0_wait_retry_after(trial.source);
    }
    return (mod_auth0_verdict_t){reason, trial.claims, retry_after};
}
