/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_REQUEST_H
#define MOD_AUTH0_REQUEST_H

#include <util_filter.h>

#include "core/auth0_bearer.h"
#include "core/auth0_claims.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_digest.h"

/* A refusal that may yet become the answer of the request it belongs to. */
typedef struct mod_auth0_refusal_t {
    auth0_challenge_t challenge; /* reason AUTH0_OK: none */
    int retry_after;
    bool is_problem; /* to be told as problem details */
} mod_auth0_refusal_t;

/* Who asks for authorization, and when: httpd does it more than once. */
typedef enum mod_auth0_asking_t {
    MOD_AUTH0_ASKED_BY_HTTPD,
    MOD_AUTH0_ASKED_EARLY,   /* by us, before authentication             */
    MOD_AUTH0_ASKED_LENIENT, /* the same, with our requirements left out */
    MOD_AUTH0_ASKED_AGAIN    /* by us, after authentication              */
} mod_auth0_asking_t;

/*
 * A search for a token, on which the answer depends: where it was looked for,
 * and whether one was found.
 */
typedef enum mod_auth0_search_t {
    MOD_AUTH0_SEARCH_HEADER = 1,
    MOD_AUTH0_SEARCH_COOKIE = 2,
    MOD_AUTH0_SEARCH_QUERY = 4, /* which is cut: caches do not see it */
    MOD_AUTH0_SEARCH_FOUND = 8,
    MOD_AUTH0_SEARCH_ELSEWHERE = 16 /* found where caches do not heed it */
} mod_auth0_search_t;

/* The DPoP proof that has let a request in; empty: none. */
typedef struct mod_auth0_spent_t {
    auth0_span_t jti;
    auth0_span_t key; /* its thumbprint */
} mod_auth0_spent_t;

/* What a section exports of a token. */
typedef struct mod_auth0_outgoing_t {
    const ap_conf_vector_t *section; /* its configuration             */
    apr_table_t *fields;
    apr_table_t *variables;
    const char *lacking; /* what is required and missing; NULL: none  */
} mod_auth0_outgoing_t;

/* A field of the client's that the back end does not see. */
typedef struct mod_auth0_withheld_t {
    const char *field;
    const char *value;
} mod_auth0_withheld_t;

/* Authorization, DPoP and Cookie. */
#define MOD_AUTH0_WITHHELD_MAX 3

/* What is known of one request; lives in its pool. */
typedef struct mod_auth0_request_t {
    const mod_auth0_dir_t *section;    /* of ours, that it was for; or NULL */
    const ap_conf_vector_t *judged;    /* the one that has judged, or NULL */
    struct mod_auth0_request_t *parts; /* subrequests that were judged   */
    struct mod_auth0_request_t *next;  /* another one of the same request */
    auth0_policy_t policy;
    auth0_reason_t reason;
    const char *detail;            /* of the reason, for the log, or NULL */
    const auth0_claims_t *claims;  /* NULL unless reason is AUTH0_OK */
    auth0_span_t token;            /* what was judged; empty: none   */
    mod_auth0_digest_t digest;     /* of that token, or none yet     */
    auth0_scheme_t scheme;         /* by which the token came        */
    mod_auth0_spent_t proof;       /* of a first request, for all of it */
    const char *args;              /* the query as it came, or NULL: no token */
    bool is_query_left;            /* with a token in it, until it is logged */
    struct mod_auth0_body_t *body; /* that was read, or NULL         */
    int answer;                    /* httpd's own to that body; 0: none */
    int retry_after;               /* seconds, for a 503 */
    bool is_problem;               /* refused, with problem details  */
    mod_auth0_asking_t asking;
    bool is_claim_asked;  /* by the expression under way    */
    bool is_token_wanted; /* to tell whether it is refused  */
    bool is_authn_forced; /* whatever Require says          */
    unsigned search;      /* mask of mod_auth0_search_t     */
    mod_auth0_withheld_t withheld[MOD_AUTH0_WITHHELD_MAX];
    size_t withheld_count;
    const mod_auth0_outgoing_t *outgoing; /* what is exported, or NULL */
    struct mod_auth0_weighed_t *weighed;  /* NULL: nothing was unmet   */
    mod_auth0_refusal_t inner;            /* of a subrequest           */
} mod_auth0_request_t;

/* As the log of a request: nothing is written. */
extern const struct ap_logconf mod_auth0_quiet;

/* The state of this very request, made when first asked for. */
mod_auth0_request_t *mod_auth0_request_make(request_rec *r);

/* The state of this very request, NULL when none was made. */
static inline mod_auth0_request_t *mod_auth0_request_get(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &auth0_module);
}

/* The request that a subrequest or an internal redirect comes from, or NULL. */
request_rec *mod_auth0_request_origin(const request_rec *r);

/* The request that the client has sent, for it and all that comes of it. */
request_rec *mod_auth0_request_first(request_rec *r);

/*
 * post_perdir_config hook, before any other: it is known from here on which
 * section a request is for, and mod_auth0_request_is_placed says so. What is
 * wrong with a URL is often seen before.
 */
int mod_auth0_request_placed(request_rec *r);

bool mod_auth0_request_is_placed(const request_rec *r);

/*
 * True when the input filter is among those that the body is read through. With
 * MultiViews a request goes on with the filters of a subrequest: what was added
 * before is missing then.
 */
bool mod_auth0_request_is_read_by(const request_rec *r,
                                  const ap_filter_rec_t *filter);

/* True when AuthType Auth0 is in force for the request. */
bool mod_auth0_request_is_ours(request_rec *r);

/* To be called before a request is judged, by the section that it is under. */
void mod_auth0_request_judge(mod_auth0_request_t *state, request_rec *r);

/*
 * Whose claims are in force for a request, NULL when there are none: its own,
 * or, where httpd does not ask again because the same configuration is in
 * force, those of the request that it comes from. Where mod_dir or
 * mod_negotiation has put it under the section of a subrequest, that one's.
 */
const mod_auth0_request_t *mod_auth0_request_in_force(const request_rec *r);

#endif
