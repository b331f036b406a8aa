/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SCOPE_H
#define AUTH0_SCOPE_H

#include <apr_pools.h>

#include "core/auth0_json.h"

/*
 * A requirement on scopes or permissions, parsed once and read-only afterwards:
 * a list of alternatives, each a list of words that are all needed.
 */
typedef struct auth0_scope_req_t auth0_scope_req_t;

/*
 * Read the alternatives, each an OAuth scope string (RFC 6749 section 3.3),
 * into *req, allocated from pool. Returns NULL, or a sentence that says what
 * is wrong with which argument and what would be right.
 */
const char *auth0_scope_req_parse(auth0_scope_req_t **req,
                                  const char *const *alternatives, size_t count,
                                  apr_pool_t *pool);

/* True for one word that a scope may be: scope-token of RFC 6749 section 3.3.
 */
bool auth0_scope_is_word(auth0_span_t text);

/* True when the granted scope string holds all words of one alternative. */
bool auth0_scope_satisfied(const auth0_scope_req_t *req, auth0_span_t granted);

/* The same of an array of strings; NULL or another type grants nothing. */
bool auth0_scope_satisfied_by(const auth0_scope_req_t *req,
                              const auth0_json_t *granted);

/*
 * The words for scope="..." in a challenge: of each requirement those of its
 * first alternative, in order, none twice. Allocated from pool.
 */
const char *auth0_scope_words(const auth0_scope_req_t *const *reqs,
                              size_t count, apr_pool_t *pool);

#endif
