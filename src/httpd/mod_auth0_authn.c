/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_authn.h"

#include <http_core.h>
#include <apr_strings.h>

#include "core/auth0_bearer.h"
#include "httpd/mod_auth0_request.h"
#include "httpd/mod_auth0_store.h"
#include "httpd/mod_auth0_verify.h"

static bool same_credentials(const char *a, const char *b)
{
    return (!a && !b) ||
           (a && b && auth0_span_eq(auth0_span_cstr(a), auth0_span_cstr(b)));
}

/* The verdict of the request that this one comes from, if it fits this one. */
static const mod_auth0_request_t *earlier(const request_rec *r,
                                          const mod_auth0_request_t *state)
{
    const request_rec *origin = r->main ? r->main : r->prev;
    const mod_auth0_request_t *found =
        origin ? mod_auth0_request_get(origin) : NULL;

    return found && found->claims &&
                   mod_auth0_policy_same(&found->policy, &state->policy) &&
                   same_credentials(found->authorization, state->authorization)
               ? found
               : NULL;
}

/* A good token may have been revoked since it was issued. */
static auth0_reason_t verify(mod_auth0_request_t *state, request_rec *r,
                             auth0_span_t token)
{
    mod_auth0_verdict_t verdict = mod_auth0_verify(r, token, &state->policy);

    if (verdict.reason == AUTH0_OK) {
        verdict.reason = mod_auth0_store_check(verdict.claims, r);
    }
    state->claims = verdict.reason == AUTH0_OK ? verdict.claims : NULL;
    state->retry_after = verdict.retry_after;
    return verdict.reason;
}

static auth0_reason_t judge(mod_auth0_request_t *state, auth0_span_t *token,
                            request_rec *r)
{
    if (!mod_auth0_policy(&state->policy, mod_auth0_dir(r))) {
        return AUTH0_CONFIG_INCOMPLETE;
    }
    state->authorization = apr_table_get(r->headers_in, "Authorization");
    auth0_reason_t reason = auth0_bearer_token(token, state->authorization);

    if (reason != AUTH0_OK) {
        return reason;
    }
    const mod_auth0_request_t *found = earlier(r, state);

    if (found) {
        state->claims = found->claims;
        return AUTH0_OK;
    }
    return verify(state, r, *token);
}

/* A token may lack the claim; an empty user is still a verified one. */
static int admit(request_rec *r, const mod_auth0_request_t *state)
{
    auth0_span_t user = auth0_span("", 0);

    (void)auth0_claims_string(&user, state->claims, state->policy.user_claim);
    r->user = apr_pstrmemdup(r->pool, user.ptr, user.len);
    r->ap_auth_type = (char *)"Auth0";
    return OK;
}

int mod_auth0_check_authn(request_rec *r)
{
    auth0_span_t token = auth0_span("", 0);

    if (!auth0_span_is_nocase(auth0_span_cstr(ap_auth_type(r)), "Auth0")) {
        return DECLINED;
    }
    mod_auth0_request_t *state = mod_auth0_request_make(r);

    state->reason = judge(state, &token, r);
    mod_auth0_request_note(r, state->reason, token);
    return state->reason == AUTH0_OK
               ? admit(r, state)
               : mod_auth0_request_refuse(r, state->reason, NULL);
}
