/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_REQUEST_H
#define MOD_AUTH0_REQUEST_H

#include "core/auth0_claims.h"
#include "core/auth0_scope.h"
#include "httpd/mod_auth0_config.h"

/* So many unmet requirements are weighed for a challenge, and no more. */
#define MOD_AUTH0_UNMET_MAX 16

/* Requirements, in the order in which they were asked. */
typedef struct mod_auth0_unmet_t {
    const auth0_scope_req_t *reqs[MOD_AUTH0_UNMET_MAX];
    size_t count;
} mod_auth0_unmet_t;

/* A refusal that may yet become the answer of the request it belongs to. */
typedef struct mod_auth0_refusal_t {
    auth0_reason_t reason; /* AUTH0_OK: none */
    const char *scope;
    int retry_after;
    bool is_problem; /* to be told as problem details */
} mod_auth0_refusal_t;

/* What is known of one request; lives in its pool. */
typedef struct mod_auth0_request_t {
    auth0_policy_t policy;
    auth0_reason_t reason;
    const auth0_claims_t *claims; /* NULL unless reason is AUTH0_OK */
    const char *authorization;    /* what was judged, may be NULL   */
    int retry_after;              /* seconds, for a 503 */
    bool is_problem;              /* refused, with problem details  */
    bool is_asking;               /* authorization runs on our call */
    mod_auth0_unmet_t unmet;      /* in the evaluation under way    */
    mod_auth0_unmet_t supposed;   /* taken for met, for trial       */
    mod_auth0_refusal_t inner;    /* of a subrequest                */
} mod_auth0_request_t;

/* A state for the request, replacing an earlier one. */
mod_auth0_request_t *mod_auth0_request_make(request_rec *r);

/* The state of this very request, NULL when none was made. */
mod_auth0_request_t *mod_auth0_request_get(const request_rec *r);

/*
 * Write down a verdict in the notes, the environment and, for a refusal, the
 * error log. token is empty when there was none.
 */
void mod_auth0_request_note(request_rec *r, auth0_reason_t reason,
                            auth0_span_t token);

/*
 * Make the answer of a refusal: challenge, caching, and the HTTP status that
 * is returned. scope is NULL, or the words for the challenge. An error document
 * that is refused itself leaves the answer of what went wrong first.
 */
int mod_auth0_request_refuse(request_rec *r, auth0_reason_t reason,
                             const char *scope);

/*
 * insert_error_filter hook: where a module lets a subrequest decide, as
 * mod_dir does, its refusal is the answer, and carries the challenge. The body
 * is the problem details, where these are wanted.
 */
void mod_auth0_request_failed(request_rec *r);

/* insert_filter hook: the same where a local error document answers. */
void mod_auth0_request_redirected(request_rec *r);

/*
 * log_transaction hook, before the loggers: whatever internal redirects came
 * in between, the verdict that explains the answer stands in the notes of the
 * request that is logged.
 */
int mod_auth0_request_logged(request_rec *r);

#endif
