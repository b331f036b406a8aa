/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_MEMO_H
#define AUTH0_MEMO_H

#include <apr_pools.h>

#include "core/auth0_policy.h"

/*
 * The tokens of one key have the same header, letter for letter. A memo knows
 * what such texts say, for as many as there is room for, so that they need not
 * be read at each token. It never changes a verdict: what it knows, it was told
 * after the same text had been accepted under the same algorithms and profile.
 * Threads may share it; none of them ever waits.
 */
typedef struct auth0_memo_t auth0_memo_t;

/* A longer header is not remembered. In bytes of base64url. */
#define AUTH0_MEMO_TEXT_MAX ((size_t)256)

/* How many headers are remembered at most. */
#define AUTH0_MEMO_HEADERS_MAX ((size_t)128)

/* What counts of a header that was accepted; kid is empty when absent. */
typedef struct auth0_header_t {
    const auth0_alg_t *alg;
    auth0_span_t kid;
} auth0_header_t;

/* An empty memo, allocated from pool; NULL when memory is short. */
auth0_memo_t *auth0_memo_make(apr_pool_t *pool);

/*
 * True, with *header allocated from pool, when policy->memo knows the text,
 * which is the protected header's base64url. A policy need not have a memo.
 */
bool auth0_memo_recall(auth0_header_t *header, auth0_span_t text,
                       const auth0_policy_t *policy, apr_pool_t *pool);

/*
 * Remember what the text says. Only for headers that were accepted under the
 * policy, have no jwk, and belong to a token whose signature holds: others
 * could be made up, to push out those that count.
 */
void auth0_memo_keep(const auth0_header_t *header, auth0_span_t text,
                     const auth0_policy_t *policy);

#endif
