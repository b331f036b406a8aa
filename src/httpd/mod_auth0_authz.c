/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_authz.h"

#include <string.h>

#include <ap_provider.h>
#include <http_config.h>
#include <http_core.h>
#include <http_request.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_argument.h"
#include "httpd/mod_auth0_export.h"
#include "httpd/mod_auth0_refusal.h"
#include "httpd/mod_auth0_requires.h"
#include "httpd/mod_auth0_throttle.h"
#include "httpd/mod_auth0_verdict.h"

/* One Require auth0-... line. */
typedef struct requirement_t {
    auth0_require_t *required;
    const char *line; /* as it stands in the configuration */
    mod_auth0_polarity_t polarity;
} requirement_t;

/* name="some words": httpd's own rule knows quotes around whole words only. */
static const char *next_word(apr_pool_t *pool, const char **line)
{
    size_t name = strcspn(*line, "=\" \t");

    if ((*line)[name] != '=' || (*line)[name + 1] != '"') {
        return ap_getword_conf(pool, line);
    }
    const char *head = apr_pstrmemdup(pool, *line, name + 1);

    *line += name + 1;
    return apr_pstrcat(pool, head, ap_getword_conf(pool, line), NULL);
}

static const char **words_of(size_t *count, auth0_require_kind_t kind,
                             const char *line, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));

    while (*line) {
        APR_ARRAY_PUSH(words, const char *) =
            kind == AUTH0_REQUIRES_STEP_UP ? next_word(pool, &line)
                                           : ap_getword_conf(pool, &line);
    }
    *count = (size_t)words->nelts;
    return (const char **)words->elts;
}

mod_auth0_polarity_t mod_auth0_polarity(const cmd_parms *cmd)
{
    if (mod_auth0_tree_is(cmd->directive, "<AuthzProviderAlias")) {
        return MOD_AUTH0_MAY_DO_EITHER;
    }
    return mod_auth0_requires_inverted(cmd->directive, cmd->temp_pool)
               ? MOD_AUTH0_REFUSES
               : MOD_AUTH0_ADMITS;
}

/* The value of a claim may be anything, but hardly this and words behind it. */
static const char *stray(auth0_require_kind_t kind, const char *word)
{
    return kind == AUTH0_REQUIRES_CLAIM && strcmp(word, "#") != 0
               ? NULL
               : mod_auth0_stray(word);
}

static const char *check_words(auth0_require_kind_t kind,
                               const char *const *words, size_t count,
                               apr_pool_t *pool)
{
    for (size_t i = 0; i < count; i++) {
        const char *why = stray(kind, words[i]);
        if (why) {
            return apr_psprintf(pool, "'%s' %s", words[i], why);
        }
    }
    return NULL;
}

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed,
                         auth0_require_kind_t kind)
{
    requirement_t *made = apr_pcalloc(cmd->pool, sizeof(*made));
    const char *name = auth0_require_name(kind);
    size_t count;
    const char **words = words_of(&count, kind, line, cmd->pool);
    const char *why = check_words(kind, words, count, cmd->pool);

    if (!why) {
        why =
            auth0_require_parse(&made->required, kind, words, count, cmd->pool);
    }
    made->line = apr_pstrcat(cmd->pool, name, " ", line, NULL);
    made->polarity = mod_auth0_polarity(cmd);
    *parsed = made;
    return why ? apr_pstrcat(cmd->pool, "Require ", name, " ", why, NULL)
               : NULL;
}

static const auth0_unmet_t *find(const mod_auth0_unmet_t *unmet,
                                 const auth0_require_t *required)
{
    for (size_t i = 0; i < unmet->count; i++) {
        if (unmet->list[i].required == required) {
            return &unmet->list[i];
        }
    }
    return NULL;
}

static void add(mod_auth0_unmet_t *unmet, auth0_unmet_t one)
{
    if (unmet->count < MOD_AUTH0_UNMET_MAX && !find(unmet, one.required)) {
        unmet->list[unmet->count++] = one;
    }
}

static mod_auth0_weighed_t *weighed_of(mod_auth0_request_t *state,
                                       apr_pool_t *pool)
{
    if (!state->weighed) {
        state->weighed = apr_pcalloc(pool, sizeof(*state->weighed));
    }
    return state->weighed;
}

static bool is_supposed(const mod_auth0_request_t *state,
                        const auth0_require_t *required)
{
    return state->weighed && find(&state->weighed->supposed, required);
}

static auth0_reason_t judge(const request_rec *r,
                            const mod_auth0_request_t *state,
                            const auth0_require_t *required)
{
    auth0_stepup_facts_t facts = mod_auth0_stepup_facts(r);

    return auth0_require_check(required, state->claims, &facts);
}

/* That a user is needed refuses nobody, behind a "not" or before it. */
static const authz_status lenient[] = {
    [MOD_AUTH0_ADMITS] = AUTHZ_GRANTED,
    [MOD_AUTH0_REFUSES] = AUTHZ_DENIED,
    [MOD_AUTH0_MAY_DO_EITHER] = AUTHZ_DENIED_NO_USER,
};

authz_status mod_auth0_unauthenticated(mod_auth0_request_t *state,
                                       mod_auth0_polarity_t polarity)
{
    if (state && state->asking == MOD_AUTH0_ASKED_LENIENT) {
        return lenient[polarity];
    }
    if (state && polarity != MOD_AUTH0_ADMITS) {
        state->is_token_wanted = true;
    }
    return AUTHZ_DENIED_NO_USER;
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const requirement_t *requirement = parsed;
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    (void)line;
    if (!state || !state->claims || state->asking == MOD_AUTH0_ASKED_LENIENT) {
        return mod_auth0_unauthenticated(state, requirement->polarity);
    }
    auth0_reason_t reason = judge(r, state, requirement->required);

    if (reason == AUTH0_OK || is_supposed(state, requirement->required)) {
        return AUTHZ_GRANTED;
    }
    if (requirement->polarity != MOD_AUTH0_REFUSES) {
        add(&weighed_of(state, r->pool)->unmet,
            (auth0_unmet_t){requirement->required, requirement->line, reason});
    }
    return AUTHZ_DENIED;
}

/* httpd does not tell a parser which name it was called by. */
#define PROVIDER(kind)                                                         \
    static const char *parse_##kind(cmd_parms *cmd, const char *line,          \
                                    const void **parsed)                       \
    {                                                                          \
        return parse(cmd, line, parsed, AUTH0_REQUIRES_##kind);                \
    }                                                                          \
    static const authz_provider provider_##kind = {check, parse_##kind}

PROVIDER(SCOPE);
PROVIDER(PERMISSION);
PROVIDER(CLAIM);
PROVIDER(ORG);
PROVIDER(CLIENT);
PROVIDER(SUBJECT);
PROVIDER(STEP_UP);
PROVIDER(AUTHORIZATION_DETAILS);

static const authz_provider *const providers[] = {
    [AUTH0_REQUIRES_SCOPE] = &provider_SCOPE,
    [AUTH0_REQUIRES_PERMISSION] = &provider_PERMISSION,
    [AUTH0_REQUIRES_CLAIM] = &provider_CLAIM,
    [AUTH0_REQUIRES_ORG] = &provider_ORG,
    [AUTH0_REQUIRES_CLIENT] = &provider_CLIENT,
    [AUTH0_REQUIRES_SUBJECT] = &provider_SUBJECT,
    [AUTH0_REQUIRES_STEP_UP] = &provider_STEP_UP,
    [AUTH0_REQUIRES_AUTHORIZATION_DETAILS] = &provider_AUTHORIZATION_DETAILS,
};

void mod_auth0_authz_register(apr_pool_t *pool)
{
    for (auth0_require_kind_t kind = 0; kind < AUTH0_REQUIRES_COUNT; kind++) {
        ap_register_auth_provider(
            pool, AUTHZ_PROVIDER_GROUP, auth0_require_name(kind),
            AUTHZ_PROVIDER_VERSION, providers[kind], AP_AUTH_INTERNAL_PER_CONF);
    }
}

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
    mod_auth0_weighed_t *weighed = weighed_of(state, r->pool);

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
    const mod_auth0_unmet_t *unmet = &weighed_of(state, r->pool)->unmet;

    while (unmet->count > 0 && supposed->count < MOD_AUTH0_UNMET_MAX) {
        add(supposed, unmet->list[0]);
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
            add(&rest, all->list[i]);
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

    if (status == HTTP_FORBIDDEN) {
        return mod_auth0_refuse(r, challenge);
    }
    mod_auth0_verdict_note(r, AUTH0_OK, NULL, state->token);
    return status;
}
