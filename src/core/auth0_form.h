/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_FORM_H
#define AUTH0_FORM_H

#include <apr_pools.h>

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/*
 * Text of the type application/x-www-form-urlencoded: a query, or the body of
 * a form. Pairs are separated by '&' alone, and names are compared after
 * decoding, byte for byte. Other parsers separate at ';' as well; a name that
 * stands behind one counts, so that nothing is hidden from us that such a
 * parser would find, but it never is a good one. name holds none of "&=;+%".
 * All functions are thread-safe.
 */

/*
 * The decoded value of the one pair of this name, from pool. Otherwise *value
 * is empty, with AUTH0_REQUEST_NO_TOKEN when there is no such pair,
 * AUTH0_REQUEST_MULTIPLE when there are several, and AUTH0_REQUEST_MALFORMED
 * when it stands behind a ';' or has a broken escape.
 */
AUTH0_MUST_USE auth0_reason_t auth0_form_find(auth0_span_t *value,
                                              auth0_span_t text,
                                              const char *name,
                                              apr_pool_t *pool);

/*
 * The text without all that bears this name, from pool; what remains is
 * unchanged byte for byte, in its order. The very span that was given when
 * nothing bears the name.
 */
auth0_span_t auth0_form_without(auth0_span_t text, const char *name,
                                apr_pool_t *pool);

/*
 * The same for the query of a URL, from its first '?' to its first '#'. The '?'
 * goes too when no query is left.
 */
auth0_span_t auth0_form_url_without(auth0_span_t url, const char *name,
                                    apr_pool_t *pool);

#endif
