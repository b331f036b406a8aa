/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_refusal.h"

#include <http_core.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_challenge.h"
#include "httpd/mod_auth0_errordoc.h"
#include "httpd/mod_auth0_problem.h"
#include "httpd/mod_auth0_verdict.h"

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
    /* mod_dir may give the whole of a refusal to the request it belongs to. */
    bool given = mod_auth0_verdict_is(r, state->inner.challenge.reason);

    if (!given && !has_no_other_challenge(r)) {
        return;
    }
    state->reason = state->inner.challenge.reason;
    state->retry_after = state->inner.retry_after;
    state->is_problem = state->inner.is_problem && !is_error_document(r);
    if (!given) {
        mod_auth0_verdict_note(r, state->reason, NULL, auth0_span("", 0));
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

void mod_auth0_refusal_failed(request_rec *r)
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

void mod_auth0_refusal_redirected(request_rec *r)
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

int mod_auth0_refuse(request_rec *r, auth0_challenge_t challenge)
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
