/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_logout.h"

#include <http_protocol.h>
#include <http_request.h>

#include "core/auth0_form.h"
#include "core/auth0_logout.h"
#include "core/auth0_policy.h"
#include "httpd/mod_auth0_body.h"
#include "httpd/mod_auth0_refusal.h"
#include "httpd/mod_auth0_store.h"
#include "httpd/mod_auth0_verdict.h"
#include "httpd/mod_auth0_verify.h"

#define STORE_RETRY 60

/* The clock skew is minutes, and a store may round up to the hour. */
_Static_assert(AUTH0_STORE_DENIED_MOST >= AUTH0_TOKEN_LIFETIME_MAX + 86400,
               "a denial may last as long as a token, and a day more");

/* Exactly one, that is not empty. */
static bool read_token(auth0_span_t *token, request_rec *r)
{
    if (!mod_auth0_body_is_form(r)) {
        return false;
    }
    const mod_auth0_body_t *body = mod_auth0_body_read(r);

    return body->reason == AUTH0_OK &&
           auth0_form_find(token, body->text, "logout_token", r->pool) ==
               AUTH0_OK &&
           token->len > 0;
}

/*
 * First what the token asks for, which may be done twice without harm, and only
 * then that it was seen: whoever is told to try again finds nothing half done.
 */
static auth0_reason_t carry_out(const auth0_claims_t *claims, unsigned skew,
                                request_rec *r)
{
    int64_t now = apr_time_sec(apr_time_now());
    auth0_logout_t logout;

    auth0_logout_read(&logout, claims);
    for (size_t i = 0; i < logout.count; i++) {
        auth0_mark_terms_t terms = {logout.denials[i].before,
                                    now + AUTH0_TOKEN_LIFETIME_MAX + skew};
        if (auth0_store_deny(mod_auth0_store(), &logout.denials[i].name, terms,
                             now, r->pool) == AUTH0_MARK_REFUSED) {
            return AUTH0_LOGOUT_STORE;
        }
    }
    auth0_mark_said_t said = auth0_store_mark(
        mod_auth0_store(), &logout.token, logout.until + skew, now, r->pool);

    if (said == AUTH0_MARK_REFUSED) {
        return AUTH0_LOGOUT_STORE;
    }
    return said == AUTH0_MARK_NEW ? AUTH0_OK : AUTH0_LOGOUT_REPLAY;
}

static auth0_reason_t judge(mod_auth0_request_t *state, auth0_span_t *token,
                            request_rec *r)
{
    auth0_policy_t policy;

    if (!mod_auth0_policy_logout(&policy, mod_auth0_dir(r))) {
        return AUTH0_CONFIG_INCOMPLETE;
    }
    if (!read_token(token, r)) {
        return AUTH0_LOGOUT_REQUEST;
    }
    mod_auth0_verdict_t verdict = mod_auth0_verify(r, *token, &policy);

    state->retry_after = verdict.retry_after;
    if (verdict.reason != AUTH0_OK) {
        return verdict.reason;
    }
    auth0_reason_t reason = carry_out(verdict.claims, policy.skew, r);

    if (reason == AUTH0_LOGOUT_STORE) {
        state->retry_after = STORE_RETRY;
    }
    return reason;
}

/* Section 2.8: one error, whatever is wrong. */
static int refuse(request_rec *r, auth0_reason_t reason)
{
    bool is_other = reason == AUTH0_HEADER_TYP || reason == AUTH0_CLAIMS_EVENTS;
    const char *description = is_other ? "The token is not a logout token"
                                       : auth0_reason_info(reason)->description;

    r->status = HTTP_BAD_REQUEST;
    ap_set_content_type(r, "application/json");
    (void)ap_rprintf(r,
                     "{\"error\":\"invalid_request\","
                     "\"error_description\":\"%s\"}\n",
                     description);
    return OK;
}

static int answer(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_make(r);
    auth0_span_t token = auth0_span("", 0);

    state->reason = judge(state, &token, r);
    mod_auth0_verdict_note(r, state->reason, NULL, token);
    if (state->reason == AUTH0_OK) {
        return OK;
    }
    return auth0_reason_info(state->reason)->status < 500
               ? refuse(r, state->reason)
               : mod_auth0_refuse(r,
                                  (auth0_challenge_t){.reason = state->reason});
}

int mod_auth0_logout(request_rec *r)
{
    if (!auth0_span_is(auth0_span_cstr(r->handler), MOD_AUTH0_LOGOUT_HANDLER)) {
        return DECLINED;
    }
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    if (r->method_number != M_POST) {
        ap_allow_methods(r, REPLACE_ALLOW, "POST", NULL);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    return answer(r);
}
