/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_HTU_H
#define AUTH0_HTU_H

#include <apr_pools.h>

#include "core/auth0_span.h"

/*
 * The URL that a DPoP proof is for (RFC 9449 section 4.2) in a form in which
 * equal ones are equal bytes: without query and fragment, and normalized by
 * syntax and scheme (RFC 3986 sections 6.2.2 and 6.2.3). Case counts in the
 * path and nowhere before it; %2F is not a slash; a dot that ends the host
 * stays. Allocated from pool; NULL unless the text is an absolute http or
 * https URL of printable ASCII, without user name, backslash, %00, or two dots
 * that take an empty segment away, which servers disagree about. Time grows
 * with the length alone. Pure; a pool is for one thread at a time.
 */
const char *auth0_htu_normal(auth0_span_t url, apr_pool_t *pool);

/* True when both have such a form, and it is the same. */
bool auth0_htu_same(auth0_span_t htu, auth0_span_t url, apr_pool_t *pool);

#endif
