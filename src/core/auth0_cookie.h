/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_COOKIE_H
#define AUTH0_COOKIE_H

#include <apr_pools.h>

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/*
 * The value of the one cookie of this name (RFC 6265 section 4.2.1), borrowed
 * from field, the value of the Cookie field, which may be NULL. Otherwise
 * *value is empty, with AUTH0_REQUEST_NO_TOKEN when there is none,
 * AUTH0_REQUEST_MULTIPLE when there are several, be they the same, and
 * AUTH0_REQUEST_MALFORMED when it stands behind a comma, by which httpd joins
 * repeated fields. Names are compared byte for byte. Thread-safe.
 */
AUTH0_MUST_USE auth0_reason_t auth0_cookie_find(auth0_span_t *value,
                                                const char *field,
                                                const char *name);

/*
 * The field without all that bears this name: field itself when nothing does,
 * a copy from pool, or NULL when nothing is left.
 */
const char *auth0_cookie_without(const char *field, const char *name,
                                 apr_pool_t *pool);

#endif
