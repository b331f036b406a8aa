/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_authn.h"

#include <http_core.h>
#include <apr_strings.h>

#include "core/auth0_verify.h"
#include "httpd/mod_auth0_denylist.h"
#include "httpd/mod_auth0_keys.h"
#include "httpd/mod_auth0_request.h"
#include "httpd/mod_auth0_token.h"
#include "httpd/mod_auth0_wait.h"

/* A key that is lacking is looked for in so many newer sets. */
#define LOOKS_MOST 3

/* A key set that a verification asked for, held until it is over. */
typedef struct borrowed_t {
    const apr_array_header_t *sources;
    const mod_auth0_source_t *source; /* whose set it is; NULL: none asked */
    mod_auth0_held_t *held;
    uint32_t edition; /* of that set                                   */
    uint32_t lacking; /* the edition that is known to be not enough, 0 */
} borrowed_t;

static const auth0_jwks_t *borrow(void *baton, size_t issuer)
{
    borrowed_t *borrowed = baton;

    borrowed->source =
        APR_ARRAY_IDX(borrowed->sources, issuer, mod_auth0_source_t *);
    borrowed->held = mod_auth0_keys_take(borrowed->source, borrowed->lacking);
    return borrowed->held ? mod_auth0_keys_set(borrowed->held) : NULL;
}

/* The verdict of the request that this one comes from, if it fits this one. */
static const mod_auth0_request_t *earlier(const request_rec *r,
                                          const mod_auth0_request_t *state)
{
    const request_rec *origin = mod_auth0_request_origin(r);
    const mod_auth0_request_t *found =
        origin ? mod_auth0_request_get(origin) : NULL;

    return found && found->claims &&
                   mod_auth0_policy_same(&found->policy, &state->policy) &&
                   auth0_span_eq(found->token, state->token)
               ? found
               : NULL;
}

/* *borrowed tells afterwards whose keys were used; they are given back. */
static auth0_reason_t verify_once(mod_auth0_request_t *state,
                                  borrowed_t *borrowed, request_rec *r,
                                  auth0_span_t token)
{
    auth0_keys_t keys = {borrow, borrowed};
    auth0_claims_t *claims;

    borrowed->held = NULL;
    auth0_reason_t reason = auth0_verify(&claims, token, &state->policy, keys,
                                         r->request_time, r->pool);

    borrowed->edition = mod_auth0_keys_edition(borrowed->held);
    mod_auth0_keys_give(borrowed->held);
    state->claims = claims;
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
static auth0_reason_t look_again(mod_auth0_request_t *state,
                                 borrowed_t *borrowed, request_rec *r,
                                 auth0_span_t token)
{
    auth0_reason_t reason = state->reason;

    for (int i = 0;
         i < LOOKS_MOST && lacks_key(reason) &&
         mod_auth0_wait_for_keys(borrowed->source, borrowed->edition);
         i++) {
        borrowed->lacking = borrowed->edition;
        reason = verify_once(state, borrowed, r, token);
    }
    return reason;
}

static auth0_reason_t verify(mod_auth0_request_t *state, request_rec *r,
                             auth0_span_t token)
{
    borrowed_t borrowed = {.sources = mod_auth0_dir(r)->sources};

    state->reason = verify_once(state, &borrowed, r, token);
    if (lacks_key(state->reason) &&
        auth0_verify_is_worth_asking(token, &state->policy, r->pool)) {
        state->reason = look_again(state, &borrowed, r, token);
    }
    if (state->reason == AUTH0_KEY_UNAVAILABLE) {
        state->retry_after = mod_auth0_wait_retry_after(borrowed.source);
    }
    return state->reason;
}

static auth0_reason_t judge(mod_auth0_request_t *state, request_rec *r)
{
    if (!mod_auth0_policy(&state->policy, mod_auth0_dir(r))) {
        return AUTH0_CONFIG_INCOMPLETE;
    }
    auth0_reason_t reason = mod_auth0_token_find(state, r);

    if (reason != AUTH0_OK) {
        return reason;
    }
    const mod_auth0_request_t *found = earlier(r, state);

    if (found) {
        state->claims = found->claims;
        return AUTH0_OK;
    }
    return verify(state, r, state->token);
}

/* What was good a moment ago may be denied by now. */
static auth0_reason_t judge_again(mod_auth0_request_t *state,
                                  const request_rec *r)
{
    auth0_reason_t reason = mod_auth0_denylist_check(r, state->claims);

    if (reason != AUTH0_OK) {
        state->claims = NULL;
    }
    return reason;
}

auth0_reason_t mod_auth0_authenticate(mod_auth0_request_t *state,
                                      request_rec *r)
{
    state->claims = NULL;
    state->reason = judge(state, r);
    if (state->reason == AUTH0_OK) {
        state->reason = judge_again(state, r);
    }
    return state->reason;
}

/* A token may lack the claim; an empty user is still a verified one. */
void mod_auth0_admit(request_rec *r, const mod_auth0_request_t *state)
{
    auth0_span_t user = auth0_span("", 0);

    (void)auth0_claims_string(&user, state->claims, state->policy.user_claim);
    r->user = apr_pstrmemdup(r->pool, user.ptr, user.len);
    r->ap_auth_type = (char *)"Auth0";
}

int mod_auth0_check_authn(request_rec *r)
{
    if (!mod_auth0_request_is_ours(r)) {
        return DECLINED;
    }
    mod_auth0_request_t *state = mod_auth0_request_make(r);
    auth0_reason_t reason = mod_auth0_authenticate(state, r);

    mod_auth0_request_note(r, reason, NULL, state->token);
    if (reason == AUTH0_OK) {
        mod_auth0_admit(r, state);
        return OK;
    }
    return state->answer ? state->answer
                         : mod_auth0_request_refuse(
                               r, (auth0_challenge_t){.reason = reason});
}
