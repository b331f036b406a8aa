/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_authz.h"

#include <http_core.h>
#include <http_request.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_export.h"
#include "httpd/mod_auth0_refusal.h"
#include "httpd/mod_auth0_throttle.h"
#include "httpd/mod_auth0_unmet.h"
#include "httpd/mod_auth0_verdict.h"

static int ask(request_rec *r, mod_auth0_request_t *state)
{
    mod_auth0_asking_t before = state->asking;

    if (state->weighed) {
        state->weighed->unmet.count = 0;
    }
    state->asking = MOD_AUTH0_ASKED_AGAIN;
    int status = ap_run_auth_checker(r);

    state->asking = before;
    return status;
}

/* A copy to try on: neither log lines nor headers of a trial may remain. */
static request_rec *trial_of(const request_rec *r)
{
    request_rec *trial = apr_pmemdup(r->pool, r, sizeof(*r));

    trial->log = &mod_auth0_quiet;
    trial->notes = apr_table_clone(r->pool, r->notes);
    trial->subprocess_env = apr_table_clone(r->pool, r->subprocess_env);
    trial->headers_in = apr_table_clone(r->pool, r->headers_in);
    trial->headers_out = apr_table_clone(r->pool, r->headers_out);
    trial->err_headers_out = apr_table_clone(r->pool, r->err_headers_out);
    return trial;
}

/* What would be, were more of the requirements met? */
static bool would_pass(const request_rec *r, mod_auth0_request_t *state,
                       const mod_auth0_unmet_t *supposed)
{
    mod_auth0_weighed_t *weighed = mod_auth0_weighed(state, r->pool);

    weighed->supposed = *supposed;
    int status = ask(trial_of(r), state);

    weighed->supposed.count = 0;
    return status == OK;
}

/*
 * One after the other in the order of the lines, so that of alternatives the
 * first is completed before the next is thought of.
 */
static bool suppose_enough(mod_auth0_unmet_t *supposed, request_rec *r,
                           mod_auth0_request_t *state)
{
    const mod_auth0_unmet_t *unmet = &mod_auth0_weighed(state, r->pool)->unmet;

    while (unmet->count > 0 && supposed->count < MOD_AUTH0_UNMET_MAX) {
        mod_auth0_unmet_add(supposed, unmet->list[0]);
        if (would_pass(r, state, supposed)) {
            return true;
        }
    }
    return false;
}

static mod_auth0_unmet_t without(const mod_auth0_unmet_t *all, size_t left_out)
{
    mod_auth0_unmet_t rest = {.count = 0};

    for (size_t i = 0; i < all->count; i++) {
        if (i != left_out) {
            mod_auth0_unmet_add(&rest, all->list[i]);
        }
    }
    return rest;
}

static void leave_out_the_needless(mod_auth0_unmet_t *supposed, request_rec *r,
                                   mod_auth0_request_t *state)
{
    for (size_t i = supposed->count; i-- > 0;) {
        mod_auth0_unmet_t fewer = without(supposed, i);
        if (would_pass(r, state, &fewer)) {
            *supposed = fewer;
        }
    }
}

/*
 * Which requirements, had they been met, would have let the request in? Asking
 * httpd itself again answers that for any nesting of RequireAll and the like,
 * other modules' requirements included. Only refusals pay for it.
 */
static void explain(auth0_challenge_t *challenge, const char **line,
                    request_rec *r, mod_auth0_request_t *state)
{
    mod_auth0_unmet_t supposed = {.count = 0};

    *line = NULL;
    *challenge = (auth0_challenge_t){.reason = AUTH0_REQUIRE_OTHER};
    if (!suppose_enough(&supposed, r, state)) {
        return;
    }
    leave_out_the_needless(&supposed, r, state);
    auth0_require_challenge(challenge, supposed.list, supposed.count, r->pool);
    *line = supposed.list[auth0_require_decisive(supposed.list, supposed.count)]
                .line;
}

/* The lines of mod_authz_core are of level error, one for each refusal. */
static const struct ap_logconf *without_authz_core(const request_rec *r)
{
    const module *other = ap_find_linked_module("mod_authz_core.c");
    struct ap_logconf *log =
        ap_new_log_config(r->pool, r->log ? r->log : &r->server->log);

    if (other) {
        ap_set_module_loglevel(r->pool, log, other->module_index, APLOG_EMERG);
    }
    return log;
}

static bool is_refusal(int status)
{
    return status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN;
}

static int ask_within_limits(request_rec *r, mod_auth0_request_t *state)
{
    const struct ap_logconf *log = r->log;
    bool is_written =
        mod_auth0_throttle_is_open(r, MOD_AUTH0_LINE_OF_AUTHZ_CORE);

    if (!is_written) {
        r->log = without_authz_core(r);
    }
    int status = ask(r, state);

    r->log = log;
    if (is_refusal(status)) {
        mod_auth0_throttle_note(r, MOD_AUTH0_LINE_OF_AUTHZ_CORE, is_written);
    }
    return status;
}

int mod_auth0_authorize(request_rec *r, mod_auth0_request_t *state,
                        auth0_challenge_t *challenge)
{
    bool is_report = mod_auth0_dir(r)->report_only == MOD_AUTH0_ON;
    const char *line;
    int status =
        is_report ? ask(trial_of(r), state) : ask_within_limits(r, state);

    if (is_refusal(status)) {
        explain(challenge, &line, r, state);
    }
    else if ((status == OK || status == DECLINED) &&
             !mod_auth0_export_check(&line, r)) {
        *challenge = (auth0_challenge_t){.reason = AUTH0_REQUIRE_CLAIM};
    }
    else {
        return status;
    }
    state->reason = challenge->reason;
    mod_auth0_verdict_note(r, state->reason, line, state->token);
    return HTTP_FORBIDDEN;
}

int mod_auth0_check_authz(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);
    auth0_challenge_t challenge;

    if (!state || !state->claims || state->asking == MOD_AUTH0_ASKED_AGAIN) {
        return DECLINED;
    }
    int status = mod_auth0_authorize(r, state, &challenge);

    return status == HTTP_FORBIDDEN ? mod_auth0_refuse(r, challenge) : status;
}
