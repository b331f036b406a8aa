/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_authz.h"

#include <ap_provider.h>
#include <http_core.h>
#include <http_request.h>
#include <mod_auth.h>
#include <apr_strings.h>

#include "core/auth0_fingerprint.h"
#include "httpd/mod_auth0_request.h"

/* One Require auth0-scope line. */
typedef struct requirement_t {
    auth0_scope_req_t *scope;
    bool is_inverted; /* under RequireNone or "not": meeting it refuses */
} requirement_t;

static const char **words_of(size_t *count, apr_pool_t *pool, const char *line)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));

    while (*line) {
        APR_ARRAY_PUSH(words, const char *) = ap_getword_conf(pool, &line);
    }
    *count = (size_t)words->nelts;
    return (const char **)words->elts;
}

static bool begins_with_not(const char *args, apr_pool_t *pool)
{
    return auth0_span_is_nocase(auth0_span_cstr(ap_getword_conf(pool, &args)),
                                "not");
}

static bool is_inverted(const cmd_parms *cmd)
{
    bool inverted = begins_with_not(cmd->directive->args, cmd->temp_pool);

    for (const ap_directive_t *node = cmd->directive->parent; node;
         node = node->parent) {
        if (auth0_span_is_nocase(auth0_span_cstr(node->directive),
                                 "<RequireNone")) {
            inverted = !inverted;
        }
    }
    return inverted;
}

static const char *parse_scope(cmd_parms *cmd, const char *line,
                               const void **parsed)
{
    requirement_t *made = apr_pcalloc(cmd->pool, sizeof(*made));
    size_t count;
    const char **words = words_of(&count, cmd->pool, line);
    const char *why =
        auth0_scope_req_parse(&made->scope, words, count, cmd->pool);

    made->is_inverted = is_inverted(cmd);
    *parsed = made;
    return why ? apr_pstrcat(cmd->pool, "Require auth0-scope ", why, NULL)
               : NULL;
}

static bool holds(const mod_auth0_unmet_t *list, const auth0_scope_req_t *req)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->reqs[i] == req) {
            return true;
        }
    }
    return false;
}

static void add(mod_auth0_unmet_t *list, const auth0_scope_req_t *req)
{
    if (list->count < MOD_AUTH0_UNMET_MAX && !holds(list, req)) {
        list->reqs[list->count++] = req;
    }
}

static bool is_met(const mod_auth0_request_t *state,
                   const auth0_scope_req_t *req)
{
    auth0_span_t granted = auth0_span("", 0);

    (void)auth0_claims_string(&granted, state->claims, "scope");
    return holds(&state->supposed, req) || auth0_scope_satisfied(req, granted);
}

/*
 * httpd asks once before authentication: then the answer is that a user is
 * needed, whatever the Require says.
 */
static authz_status check_scope(request_rec *r, const char *line,
                                const void *parsed)
{
    const requirement_t *required = parsed;
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    (void)line;
    if (!state || !state->claims) {
        return AUTHZ_DENIED_NO_USER;
    }
    if (is_met(state, required->scope)) {
        return AUTHZ_GRANTED;
    }
    if (!required->is_inverted) {
        add(&state->unmet, required->scope);
    }
    return AUTHZ_DENIED;
}

static const authz_provider scope_provider = {check_scope, parse_scope};

void mod_auth0_authz_register(apr_pool_t *pool)
{
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "auth0-scope",
                              AUTHZ_PROVIDER_VERSION, &scope_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
}

static int ask(request_rec *r, mod_auth0_request_t *state)
{
    state->unmet.count = 0;
    state->is_asking = true;
    int status = ap_run_auth_checker(r);

    state->is_asking = false;
    return status;
}

/* A copy to try on: neither log lines nor headers of a trial may remain. */
static request_rec *trial_of(const request_rec *r)
{
    static const struct ap_logconf quiet = {NULL, APLOG_EMERG};
    request_rec *trial = apr_pmemdup(r->pool, r, sizeof(*r));

    trial->log = &quiet;
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
    state->supposed = *supposed;
    int status = ask(trial_of(r), state);

    state->supposed.count = 0;
    return status == OK;
}

/*
 * One after the other in the order of the lines, so that of alternatives the
 * first is completed before the next is thought of.
 */
static bool suppose_enough(mod_auth0_unmet_t *supposed, request_rec *r,
                           mod_auth0_request_t *state)
{
    while (state->unmet.count > 0 && supposed->count < MOD_AUTH0_UNMET_MAX) {
        add(supposed, state->unmet.reqs[0]);
        if (would_pass(r, state, supposed)) {
            return true;
        }
    }
    return false;
}

static mod_auth0_unmet_t without(const mod_auth0_unmet_t *list, size_t left_out)
{
    mod_auth0_unmet_t rest = {{NULL}, 0};

    for (size_t i = 0; i < list->count; i++) {
        if (i != left_out) {
            add(&rest, list->reqs[i]);
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
static const char *missing_scope(request_rec *r, mod_auth0_request_t *state)
{
    mod_auth0_unmet_t supposed = {{NULL}, 0};

    if (!suppose_enough(&supposed, r, state)) {
        return NULL;
    }
    leave_out_the_needless(&supposed, r, state);
    return auth0_scope_words(supposed.reqs, supposed.count, r->pool);
}

static int forbid(request_rec *r, mod_auth0_request_t *state)
{
    const char *scope = missing_scope(r, state);

    state->reason = scope ? AUTH0_REQUIRE_SCOPE : AUTH0_REQUIRE_OTHER;
    mod_auth0_request_note(r, state->reason, state->token);
    return mod_auth0_request_refuse(r, state->reason, scope);
}

int mod_auth0_check_authz(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (!state || !state->claims || state->is_asking) {
        return DECLINED;
    }
    int status = ask(r, state);

    return status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN
               ? forbid(r, state)
               : status;
}
