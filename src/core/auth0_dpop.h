/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_DPOP_H
#define AUTH0_DPOP_H

#include <apr_pools.h>
#include <apr_time.h>

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/* The longest jti of a proof, in bytes. */
#define AUTH0_DPOP_JTI_MAX ((size_t)256)

/* What a proof has to be for. */
typedef struct auth0_dpop_expected_t {
    auth0_span_t method;  /* of the request, in its case                     */
    auth0_span_t url;     /* absolute, the public one; a query is ignored    */
    auth0_span_t token;   /* the access token, as it was sent                */
    auth0_span_t jkt;     /* of its cnf; empty: any key will do              */
    unsigned past;        /* seconds that iat may be behind now...           */
    unsigned future;      /* ...and ahead of it                              */
    bool is_nonce_wanted; /* one is needed; whether it is good is not judged */
} auth0_dpop_expected_t;

/* What a good proof says; allocated from the pool of the check. */
typedef struct auth0_dpop_proof_t {
    auth0_span_t jti;
    auth0_span_t nonce;     /* empty when it has none               */
    const char *thumbprint; /* of its key, RFC 7638                 */
    apr_time_t issued;      /* its iat, to the nearest microsecond  */
    const char *why;        /* NULL when it is good; else a constant
                               sentence for the operator's log      */
} auth0_dpop_proof_t;

/*
 * Judge the value of the DPoP field, NULL when there is none, by RFC 9449
 * section 4.3, in its order. Fields that were repeated arrive joined by commas
 * and are refused. exp and nbf count when the proof has them, to the
 * microsecond and without leeway, as do the edges of the window of iat, which
 * are inside. now is wall clock, microseconds since 1970.
 *
 * AUTH0_OK; AUTH0_CNF_PROOF_MISSING; AUTH0_CNF_NONCE when one is wanted and
 * there is none; AUTH0_CNF_JKT when all is good but the key; otherwise
 * AUTH0_CNF_PROOF_INVALID. Unless AUTH0_OK, *proof is empty but for why.
 * Thread-safe as long as no other thread uses pool.
 *
 * Two things are for the caller to judge afterwards: whether the nonce is one
 * of its own (auth0_nonce_issued), and whether jti was used before.
 */
AUTH0_MUST_USE auth0_reason_t auth0_dpop_check(
    auth0_dpop_proof_t *proof, const char *field,
    const auth0_dpop_expected_t *expected, apr_time_t now, apr_pool_t *pool);

/* The algorithms that proofs may have, joined by spaces, best ones first. */
const char *auth0_dpop_algs(void);

#endif
