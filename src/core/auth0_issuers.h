/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_ISSUERS_H
#define AUTH0_ISSUERS_H

#include <apr_pools.h>

#include "core/auth0_span.h"

/*
 * Issuers in the order in which they were added, compared byte for byte. To
 * find one takes the same time among a thousand as among two. Made at
 * configuration time and then only read: threads may share them.
 */
typedef struct auth0_issuers_t auth0_issuers_t;

/* None yet, allocated from pool. */
auth0_issuers_t *auth0_issuers_make(apr_pool_t *pool);

/* One more, which is not among them, and borrowed for as long as they live. */
void auth0_issuers_add(auth0_issuers_t *issuers, auth0_span_t issuer);

/* NULL stands for none at all. */
size_t auth0_issuers_count(const auth0_issuers_t *issuers);

/* True, with its place from 0 on, when the issuer is among them. */
bool auth0_issuers_find(size_t *place, const auth0_issuers_t *issuers,
                        auth0_span_t issuer);

#endif
