/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_PROBLEM_H
#define AUTH0_PROBLEM_H

#include <apr_pools.h>

#include "core/auth0_reason.h"

/*
 * A refusal as problem details, RFC 9457 section 3: a JSON object from pool,
 * never NULL. status is the HTTP status of the answer, title its phrase, which
 * must not need escaping. Nothing but constants comes in. Thread-safe.
 */
const char *auth0_problem(auth0_reason_t reason, int status, const char *title,
                          apr_pool_t *pool);

#endif
