/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_problem.h"

#include <http_core.h>
#include <http_protocol.h>
#include <util_filter.h>

#include "core/auth0_problem.h"

#define FILTER "AUTH0_PROBLEM"
#define MEDIA_TYPE "application/problem+json"

/* After filters that encode, before those that count and cut. */
#define FILTER_TYPE ((ap_filter_type)(AP_FTYPE_CONTENT_SET + 1))

typedef struct problem_t {
    const char *text; /* NULL once it is sent */
    bool is_document; /* it takes the place of an error document */
} problem_t;

/* What was said of the former body is not true of the new one. */
static void describe(request_rec *r, const problem_t *problem)
{
    if (problem->is_document) {
        apr_table_clear(r->headers_out);
    }
    r->content_encoding = NULL;
    r->content_languages = NULL;
    ap_set_content_type(r, MEDIA_TYPE);
}

/* The body comes at the first call, and nothing after it. */
static apr_status_t replace_body(ap_filter_t *filter, apr_bucket_brigade *bb)
{
    problem_t *problem = filter->ctx;
    const char *text = problem->text;
    apr_bucket_alloc_t *alloc = filter->c->bucket_alloc;

    apr_brigade_cleanup(bb);
    if (!text) {
        return APR_SUCCESS;
    }
    problem->text = NULL;
    describe(filter->r, problem);
    APR_BRIGADE_INSERT_TAIL(
        bb, apr_bucket_pool_create(text, strlen(text), filter->r->pool, alloc));
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_eos_create(alloc));
    return ap_pass_brigade(filter->next, bb);
}

void mod_auth0_problem_register(void)
{
    ap_register_output_filter(FILTER, replace_body, NULL, FILTER_TYPE);
}

static const char *title_of(int status)
{
    return ap_get_status_line(status) + strlen("401 ");
}

void mod_auth0_problem_prefer(request_rec *r, int status)
{
    ap_custom_response(r, status, title_of(status));
}

void mod_auth0_problem_insert(request_rec *r, const request_rec *refused)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(refused);
    int status = refused->status;
    problem_t *problem = apr_palloc(r->pool, sizeof(*problem));

    problem->text =
        auth0_problem(state->reason, status, title_of(status), r->pool);
    problem->is_document = r != refused;
    ap_add_output_filter(FILTER, problem, r, r->connection);
}
