/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_access.h"

#include <http_core.h>
#include <http_request.h>

#include "httpd/mod_auth0_authn.h"
#include "httpd/mod_auth0_authz.h"
#include "httpd/mod_auth0_token.h"
#include "httpd/mod_auth0_verdict.h"

/* What the others say without knowing who it is; asking tells ours how. */
static int ask(request_rec *r, mod_auth0_request_t *state,
               mod_auth0_asking_t asking)
{
    state->asking = asking;
    state->is_token_wanted = false;
    int status = ap_run_access_checker_ex(r);

    state->asking = MOD_AUTH0_ASKED_BY_HTTPD;
    return status;
}

/* A refusal of which nothing may come shall not stand in the error log. */
static int ask_quietly(request_rec *r, mod_auth0_request_t *state,
                       mod_auth0_asking_t asking)
{
    const struct ap_logconf *loud = r->log;

    r->log = &mod_auth0_quiet;
    int status = ask(r, state, asking);

    r->log = loud;
    return status;
}

/* Nothing but the section's other requirements decides. */
static int pass_without_token(request_rec *r, mod_auth0_request_t *state)
{
    int status = ask_quietly(r, state, MOD_AUTH0_ASKED_LENIENT);

    return status == OK || status == DECLINED
               ? OK
               : ask(r, state, MOD_AUTH0_ASKED_LENIENT);
}

/* WHATWG Fetch, "CORS-preflight fetch": these two fields, and no body. */
static bool is_preflight(const request_rec *r)
{
    return r->method_number == M_OPTIONS &&
           apr_table_get(r->headers_in, "Origin") &&
           apr_table_get(r->headers_in, "Access-Control-Request-Method") &&
           !ap_request_has_body((request_rec *)r);
}

static auth0_reason_t verdict(mod_auth0_request_t *state, request_rec *r)
{
    auth0_challenge_t challenge;
    auth0_reason_t reason = mod_auth0_authenticate(state, r);

    if (reason != AUTH0_OK) {
        mod_auth0_verdict_note(r, reason, state->detail, state->token);
        return reason;
    }
    mod_auth0_verdict_note(r, AUTH0_OK, NULL, state->token);
    mod_auth0_admit(r, state);
    int status = mod_auth0_authorize(r, state, &challenge);

    if (status != OK && state->reason == AUTH0_OK) {
        state->reason = AUTH0_REQUIRE_OTHER;
        mod_auth0_verdict_note(r, state->reason, NULL, state->token);
    }
    return state->reason;
}

/* Credentials of ours are judged, however wrong they look. */
static bool is_anonymous(request_rec *r, mod_auth0_request_t *state)
{
    auth0_reason_t found = mod_auth0_token_find(state, r);

    return found == AUTH0_REQUEST_NO_TOKEN || found == AUTH0_REQUEST_SCHEME;
}

static int authenticate(mod_auth0_request_t *state)
{
    state->is_authn_forced = true;
    return OK;
}

/* OK, with is_authn_forced for what only a token can decide; or a refusal. */
static int decide(request_rec *r, mod_auth0_request_t *state)
{
    int status = ask_quietly(r, state, MOD_AUTH0_ASKED_EARLY);

    if (status == DECLINED) {
        return authenticate(state);
    }
    if (status != OK) {
        return status;
    }
    if (mod_auth0_dir(r)->optional == MOD_AUTH0_ON) {
        return is_anonymous(r, state) ? OK : authenticate(state);
    }
    return state->is_token_wanted ? authenticate(state) : OK;
}

static int judge(request_rec *r, mod_auth0_request_t *state)
{
    return decide(r, state) == OK ? OK : ask(r, state, MOD_AUTH0_ASKED_EARLY);
}

/* Only who would have been let in is known to those who come after us. */
static int report(request_rec *r, mod_auth0_request_t *state)
{
    (void)decide(r, state);
    if (state->is_authn_forced && verdict(state, r) != AUTH0_OK) {
        r->user = NULL;
        r->ap_auth_type = NULL;
        state->claims = NULL;
        state->reason = AUTH0_OK;
    }
    state->is_authn_forced = false;
    return pass_without_token(r, state);
}

int mod_auth0_check_access(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if ((state && state->asking != MOD_AUTH0_ASKED_BY_HTTPD) ||
        !mod_auth0_request_is_ours(r)) {
        return DECLINED;
    }
    const mod_auth0_dir_t *dir = mod_auth0_dir(r);

    state = mod_auth0_request_make(r);
    state->section = dir;
    if (dir->cors_preflight == MOD_AUTH0_ON && is_preflight(r)) {
        return pass_without_token(r, state);
    }
    return dir->report_only == MOD_AUTH0_ON ? report(r, state)
                                            : judge(r, state);
}

int mod_auth0_force_authn(request_rec *r)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(r);

    return state && state->is_authn_forced ? OK : DECLINED;
}
