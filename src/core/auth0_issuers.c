/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_issuers.h"

#include <apr_hash.h>

struct auth0_issuers_t {
    apr_hash_t *places; /* size_t, by issuer */
};

auth0_issuers_t *auth0_issuers_make(apr_pool_t *pool)
{
    auth0_issuers_t *issuers = apr_palloc(pool, sizeof(*issuers));

    issuers->places = apr_hash_make(pool);
    return issuers;
}

void auth0_issuers_add(auth0_issuers_t *issuers, auth0_span_t issuer)
{
    size_t *place =
        apr_palloc(apr_hash_pool_get(issuers->places), sizeof(*place));

    *place = auth0_issuers_count(issuers);
    apr_hash_set(issuers->places, issuer.ptr, (apr_ssize_t)issuer.len, place);
}

size_t auth0_issuers_count(const auth0_issuers_t *issuers)
{
    return issuers ? apr_hash_count(issuers->places) : 0;
}

bool auth0_issuers_find(size_t *place, const auth0_issuers_t *issuers,
                        auth0_span_t issuer)
{
    const size_t *found = issuers ? apr_hash_get(issuers->places, issuer.ptr,
                                                 (apr_ssize_t)issuer.len)
                                  : NULL;

    *place = found ? *found : 0;
    return found != NULL;
}
