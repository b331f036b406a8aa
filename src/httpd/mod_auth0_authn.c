/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_authn.h"

#include <http_core.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_binding.h"
#include "httpd/mod_auth0_denylist.h"
#include "httpd/mod_auth0_refusal.h"
#include "httpd/mod_auth0_store.h"
#include "httpd/mod_auth0_token.h"
#include "httpd/mod_auth0_verdict.h"
#include "httpd/mod_auth0_verify.h"

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

/* A good token may have been revoked since it was issued. */
static auth0_reason_t verify(mod_auth0_request_t *state, request_rec *r)
{
    mod_auth0_verdict_t verdict = mod_auth0_verify_once(r, state);

    state->claims = verdict.claims;
    state->retry_after = verdict.retry_after;
    return verdict.reason;
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
    return verify(state, r);
}

/*
 * Whatever was found earlier: a token may be in the wrong hands, and what was
 * good a moment ago may be denied by now.
 */
static auth0_reason_t judge_again(mod_auth0_request_t *state, request_rec *r)
{
    auth0_reason_t reason = mod_auth0_binding_check(state, r);

    if (reason == AUTH0_OK) {
        reason = mod_auth0_denylist_check(r, state->claims);
    }
    if (reason == AUTH0_OK) {
        reason = mod_auth0_store_check(state->claims, r);
    }
    if (reason != AUTH0_OK) {
        state->claims = NULL;
    }
    return reason;
}

auth0_reason_t mod_auth0_authenticate(mod_auth0_request_t *state,
                                      request_rec *r)
{
    mod_auth0_request_judge(state, r);
    state->claims = NULL;
    state->detail = NULL;
    state->reason = judge(state, r);
    if (state->reason == AUTH0_OK) {
        state->reason = judge_again(state, r);
    }
    return state->reason;
}

/* A token may lack the claim; an empty user is still a verified one. */
static char *user_of(const mod_auth0_request_t *state, apr_pool_t *pool)
{
    const auth0_json_t *claim =
        auth0_claims_member(state->claims, state->policy.user_claim);
    auth0_span_t text = auth0_span("", 0);
    size_t len;

    if (claim && !auth0_json_string(&text, claim) &&
        !auth0_json_is_null(claim) && !auth0_json_is_object(claim) &&
        !auth0_json_array(&len, claim)) {
        text = auth0_span_cstr(auth0_json_text(claim, pool));
    }
    return apr_pstrmemdup(pool, text.ptr, text.len);
}

void mod_auth0_admit(request_rec *r, const mod_auth0_request_t *state)
{
    r->user = user_of(state, r->pool);
    r->ap_auth_type = (char *)"Auth0";
}

int mod_auth0_check_authn(request_rec *r)
{
    if (!mod_auth0_request_is_ours(r)) {
        return DECLINED;
    }
    mod_auth0_request_t *state = mod_auth0_request_make(r);
    auth0_reason_t reason = mod_auth0_authenticate(state, r);

    mod_auth0_verdict_note(r, reason, state->detail, state->token);
    if (reason == AUTH0_OK) {
        mod_auth0_admit(r, state);
        return OK;
    }
    return state->answer
               ? state->answer
               : mod_auth0_refuse(r, (auth0_challenge_t){.reason = reason});
}
