/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_FIELD_H
#define AUTH0_FIELD_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/auth0_span.h"

/*
 * The names of HTTP fields (RFC 9110 section 5.1), by the rule that two names
 * are one when they differ in case, or in what is neither letter nor digit,
 * only: programs that fields reach as variables cannot tell X-User, x_user and
 * X.User apart. All functions are thread-safe.
 */

/* True for a token (RFC 9110 section 5.6.2) with a letter or digit in it. */
bool auth0_field_is_name(const char *name);

bool auth0_field_same(auth0_span_t a, auth0_span_t b);

/* The one of names, of const char *, that is the same; NULL when none is. */
const char *auth0_field_find(const apr_array_header_t *names,
                             auth0_span_t name);

/*
 * A list of names, such as the value of Connection (RFC 9110 section 7.6.1),
 * without those that are the same as one of names: list itself when it holds
 * none, what remains from pool, or NULL when nothing does. Whatever may stand
 * between the names, they are found: receivers differ in that.
 */
const char *auth0_field_list_without(const char *list,
                                     const apr_array_header_t *names,
                                     apr_pool_t *pool);

#endif
