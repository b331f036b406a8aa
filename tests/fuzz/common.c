/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>

#include <apr_general.h>

#include "known.h"

void fuzz_broken(const char *law, const char *file, int line)
{
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, law);
    abort();
}

apr_pool_t *fuzz_pool(void)
{
    static bool started;
    apr_pool_t *pool = NULL;
    if (!started) {
        HOLDS(apr_initialize() == APR_SUCCESS);
        started = true;
    }
    HOLDS(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    return pool;
}

auth0_span_t fuzz_span(const uint8_t *data, size_t size)
{
    return auth0_span((const char *)data, size);
}

const auth0_jwks_t *fuzz_known_keys(apr_pool_t *pool)
{
    auth0_jwks_t *set;
    HOLDS(auth0_jwks_parse(&set, auth0_span_cstr(known_jwks), pool) == NULL);
    return set;
}

const auth0_key_t *fuzz_known_secret(apr_pool_t *pool)
{
    return auth0_key_from_secret(auth0_span_cstr(known_secret), pool);
}

static unsigned bit_of(const char *name)
{
    return auth0_alg_find(auth0_span_cstr(name))->bit;
}

auth0_policy_t fuzz_known_policy(const auth0_key_t *secret, apr_pool_t *pool)
{
    static const auth0_span_t audience = {KNOWN_AUDIENCE,
                                          sizeof(KNOWN_AUDIENCE) - 1};
    unsigned asymmetric = bit_of("RS256") | bit_of("PS256") | bit_of("ES256");
    auth0_issuers_t *issuers = auth0_issuers_make(pool);

    auth0_issuers_add(issuers, auth0_span_cstr(KNOWN_ISSUER));
    return (auth0_policy_t){.issuers = issuers,
                            .audiences = &audience,
                            .audience_count = 1,
                            .algs = secret ? bit_of("HS256") : asymmetric,
                            .secret = secret,
                            .user_claim = "sub"};
}

bool fuzz_is_known_token(auth0_span_t token)
{
    for (size_t i = 0; i < sizeof(known_tokens) / sizeof(known_tokens[0]);
         i++) {
        if (auth0_span_is(token, known_tokens[i])) {
            return true;
        }
    }
    return false;
}
