/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_request.h"

#include <http_core.h>
#include <util_filter.h>
#include <apr_strings.h>

#include "core/auth0_fingerprint.h"
#include "httpd/mod_auth0_challenge.h"
#include "httpd/mod_auth0_errordoc.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_problem.h"
#include "httpd/mod_auth0_throttle.h"

#define NOTE_REASON "auth0-reason"
#define NOTE_TOKEN "auth0-token"
/* Tables look at the first four letters: those of many a note are "auth". */
#define NOTE_PLACED "placed-auth0"
#define ENV_REASON "AUTH0_REASON"

const struct ap_logconf mod_auth0_quiet = {NULL, APLOG_EMERG};

mod_auth0_request_t *mod_auth0_request_make(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (!state) {
        state = apr_pcalloc(r->pool, sizeof(*state));
        ap_set_module_config(r->request_config, &auth0_module, state);
    }
    return state;
}

mod_auth0_request_t *mod_auth0_request_get(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &auth0_module);
}

request_rec *mod_auth0_request_origin(const request_rec *r)
{
    return r->main ? r->main : r->prev;
}

request_rec *mod_auth0_request_first(request_rec *r)
{
    request_rec *origin;

    while ((origin = mod_auth0_request_origin(r))) {
        r = origin;
    }
    return r;
}

int mod_auth0_request_placed(request_rec *r)
{
    apr_table_setn(r->notes, NOTE_PLACED, "");
    return DECLINED;
}

bool mod_auth0_request_is_read_by(const request_rec *r,
                                  const ap_filter_rec_t *filter)
{
    for (const ap_filter_t *f = r->input_filters; f; f = f->next) {
        if (f->frec == filter) {
            return true;
        }
    }
    return false;
}

bool mod_auth0_request_is_placed(const request_rec *r)
{
    return apr_table_get(r->notes, NOTE_PLACED) != NULL;
}

static const request_rec *same_section(const request_rec *r)
{
    const request_rec *origin = mod_auth0_request_origin(r);

    return origin && origin->per_dir_config == r->per_dir_config ? origin
                                                                 : NULL;
}

/* What a subrequest is part of, however many there are in between. */
static request_rec *whole_of(const request_rec *part)
{
    request_rec *r = part->main;

    while (r->main) {
        r = r->main;
    }
    return r;
}

static apr_status_t take_back(void *subrequest)
{
    const request_rec *r = subrequest;
    mod_auth0_request_t *state = mod_auth0_request_get(r);
    mod_auth0_request_t **link = &mod_auth0_request_get(whole_of(r))->parts;

    while (*link != state) {
        link = &(*link)->next;
    }
    *link = state->next;
    return APR_SUCCESS;
}

/*
 * A subrequest may become the request it belongs to, with its section and
 * without its verdict. Until it is over: an index of a directory has many.
 */
static void lend(mod_auth0_request_t *state, request_rec *r)
{
    mod_auth0_request_t *whole = mod_auth0_request_make(whole_of(r));

    state->next = whole->parts;
    whole->parts = state;
    apr_pool_cleanup_register(r->pool, r, take_back, apr_pool_cleanup_null);
}

void mod_auth0_request_judge(mod_auth0_request_t *state, request_rec *r)
{
    if (r->main && !state->judged) {
        lend(state, r);
    }
    state->judged = r->per_dir_config;
}

/*
 * While authorization is asked for, an <AuthzProviderAlias> may stand in the
 * section's place.
 */
static bool is_judged_here(const mod_auth0_request_t *state,
                           const request_rec *r)
{
    return state && (state->judged == r->per_dir_config ||
                     state->asking != MOD_AUTH0_ASKED_BY_HTTPD);
}

/* The verdict of the section that a request is under by now, or NULL. */
static const mod_auth0_request_t *judged_here(const request_rec *r)
{
    const mod_auth0_request_t *own = mod_auth0_request_get(r);

    if (is_judged_here(own, r)) {
        return own;
    }
    const mod_auth0_request_t *whole =
        r->main ? mod_auth0_request_get(whole_of(r)) : own;
    const mod_auth0_request_t *part = whole ? whole->parts : NULL;

    while (part && part->judged != r->per_dir_config) {
        part = part->next;
    }
    return part;
}

const mod_auth0_request_t *mod_auth0_request_in_force(const request_rec *r)
{
    for (; r; r = same_section(r)) {
        const mod_auth0_request_t *state = judged_here(r);
        if (state && state->claims) {
            return state;
        }
    }
    return NULL;
}

/* What is said in so many words need not be asked for; an expression must. */
bool mod_auth0_request_is_ours(request_rec *r)
{
    return mod_auth0_dir(r)->auth_type == MOD_AUTH0_ON ||
           auth0_span_is_nocase(auth0_span_cstr(ap_auth_type(r)), "Auth0");
}

/* Why keys are lacking is told once, as an error, by who fetches them. */
static int level_of(auth0_reason_t reason)
{
    if (reason == AUTH0_OK) {
        return APLOG_DEBUG;
    }
    return auth0_reason_info(reason)->status >= 500 &&
                   reason != AUTH0_KEY_UNAVAILABLE
               ? APLOG_ERR
               : APLOG_INFO;
}

/* The name of a token in the log; "-": none. */
static const char *fingerprint_of(request_rec *r, auth0_span_t token)
{
    mod_auth0_digest_t *digest = &mod_auth0_request_make(r)->digest;

    return token.len > 0 && mod_auth0_digest_make(digest, token)
               ? auth0_fingerprint(digest->bytes, r->pool)
               : "-";
}

void mod_auth0_request_note(request_rec *r, auth0_reason_t reason,
                            const char *detail, auth0_span_t token)
{
    const auth0_reason_info_t *info = auth0_reason_info(reason);
    const char *fingerprint = fingerprint_of(r, token);
    const char *more;
    int level = mod_auth0_throttle(&more, r, (int)reason, level_of(reason));

    apr_table_setn(r->notes, NOTE_REASON, info->code);
    apr_table_setn(r->notes, NOTE_TOKEN, fingerprint);
    apr_table_setn(r->subprocess_env, ENV_REASON, info->code);
    ap_log_rerror(APLOG_MARK, level, 0, r, "%s: %s%s%s [token %s]%s",
                  info->code, info->hint, detail ? ": " : "",
                  detail ? detail : "", fingerprint, more);
}

static bool is_challenged(const auth0_reason_info_t *info)
{
    return info->error || info->status == HTTP_UNAUTHORIZED;
}

/* Seconds, at least 1. */
static int retry_after_of(const request_rec *r)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(r);

    return state && state->retry_after > 1 ? state->retry_after : 1;
}

/* What a look-ahead is refused is no answer to a request yet to be placed. */
static void tell_main(const request_rec *r, const auth0_challenge_t *challenge)
{
    for (request_rec *main = r->main; main && mod_auth0_request_is_placed(main);
         main = main->main) {
        mod_auth0_request_t *state = mod_auth0_request_make(main);
        state->inner.challenge = *challenge;
        state->inner.challenge.scope =
            apr_pstrdup(main->pool, challenge->scope);
        state->inner.retry_after = retry_after_of(r);
        state->inner.is_problem = mod_auth0_request_get(r)->is_problem;
    }
}

static bool fails_like_inner(const request_rec *r,
                             const mod_auth0_request_t *state)
{
    return state && state->reason == AUTH0_OK &&
           state->inner.challenge.reason != AUTH0_OK &&
           r->status ==
               auth0_reason_info(state->inner.challenge.reason)->status;
}

/* mod_dir may give the whole of a refusal to the request it belongs to. */
static bool is_given(const request_rec *r, const mod_auth0_request_t *state)
{
    const char *code = apr_table_get(r->notes, NOTE_REASON);

    return auth0_span_is(
        auth0_span_cstr(code),
        auth0_reason_info(state->inner.challenge.reason)->code);
}

/* Not where another module asks for credentials of its own kind. */
static bool has_no_other_challenge(request_rec *r)
{
    const char *type = ap_auth_type(r);

    return (!type || auth0_span_is_nocase(auth0_span_cstr(type), "Auth0")) &&
           !apr_table_get(r->err_headers_out, "WWW-Authenticate");
}

/* True when this request is the error document of one that failed. */
static bool is_error_document(const request_rec *r)
{
    for (r = r->prev; r; r = r->prev) {
        const mod_auth0_request_t *state = mod_auth0_request_get(r);
        if (ap_is_HTTP_ERROR(r->status) ||
            (state && state->reason != AUTH0_OK)) {
            return true;
        }
    }
    return false;
}

/* What of the answer does not depend on its body. */
static void answer(request_rec *r, auth0_challenge_t challenge)
{
    const auth0_reason_info_t *info = auth0_reason_info(challenge.reason);

    tell_main(r, &challenge);
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    apr_table_unset(r->err_headers_out, "WWW-Authenticate");
    if (is_challenged(info)) {
        mod_auth0_challenge(r, &challenge);
    }
    if (info->status == HTTP_SERVICE_UNAVAILABLE) {
        apr_table_setn(r->err_headers_out, "Retry-After",
                       apr_itoa(r->pool, retry_after_of(r)));
    }
}

static void answer_for_inner(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (!fails_like_inner(r, state)) {
        return;
    }
    bool given = is_given(r, state);

    if (!given && !has_no_other_challenge(r)) {
        return;
    }
    state->reason = state->inner.challenge.reason;
    state->retry_after = state->inner.retry_after;
    state->is_problem = state->inner.is_problem && !is_error_document(r);
    if (!given) {
        mod_auth0_request_note(r, state->reason, NULL, auth0_span("", 0));
    }
    if (!given && !is_error_document(r)) {
        answer(r, state->inner.challenge);
    }
}

static bool is_problem(const request_rec *r)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(r);

    return state && state->is_problem;
}

void mod_auth0_request_failed(request_rec *r)
{
    answer_for_inner(r);
    if (is_problem(r)) {
        mod_auth0_problem_insert(r, r);
    }
}

/* What of a chain of redirects was refused by us first, or NULL. */
static request_rec *refused_before(const request_rec *r)
{
    request_rec *refused = NULL;

    for (request_rec *prev = r->prev; prev; prev = prev->prev) {
        const mod_auth0_request_t *state = mod_auth0_request_get(prev);
        if (state && state->reason != AUTH0_OK &&
            ap_is_HTTP_ERROR(prev->status)) {
            refused = prev;
        }
    }
    return refused;
}

static void keep_refused(request_rec *r)
{
    request_rec *refused = refused_before(r);

    if (refused && !r->main) {
        mod_auth0_errordoc_keep_status(r, refused);
    }
}

void mod_auth0_request_redirected(request_rec *r)
{
    if (!r->prev) {
        return;
    }
    answer_for_inner(r->prev);
    keep_refused(r);
    for (const request_rec *prev = r->prev; prev; prev = prev->prev) {
        if (is_problem(prev)) {
            mod_auth0_problem_insert(r, prev);
            return;
        }
    }
}

int mod_auth0_request_refuse(request_rec *r, auth0_challenge_t challenge)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);
    int status = auth0_reason_info(challenge.reason)->status;

    if (is_error_document(r)) {
        return status;
    }
    challenge.scheme = state->scheme;
    state->is_problem = mod_auth0_dir(r)->problem == MOD_AUTH0_ON;
    if (state->is_problem) {
        mod_auth0_problem_prefer(r, status);
    }
    answer(r, challenge);
    return status;
}

static const request_rec *first_refused(const request_rec *r)
{
    for (; r; r = r->next) {
        const mod_auth0_request_t *state = mod_auth0_request_get(r);
        if (state && state->reason != AUTH0_OK) {
            return r;
        }
    }
    return NULL;
}

static void copy_note(request_rec *to, const request_rec *from,
                      const char *name)
{
    const char *value = apr_table_get(from->notes, name);

    if (value) {
        apr_table_setn(to->notes, name, value);
    }
}

/* The request whose verdict explains the answer. */
static const request_rec *decisive(const request_rec *last,
                                   const request_rec *first)
{
    const request_rec *refused = first_refused(first);

    if (refused) {
        return refused;
    }
    while (last->prev && !apr_table_get(last->notes, NOTE_REASON)) {
        last = last->prev;
    }
    return last;
}

int mod_auth0_request_logged(request_rec *r)
{
    request_rec *last = r;

    while (last->next) {
        last = last->next;
    }
    const request_rec *from = decisive(last, r);

    if (from != last) {
        copy_note(last, from, NOTE_REASON);
        copy_note(last, from, NOTE_TOKEN);
    }
    return DECLINED;
}
