/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <apr_strings.h>

#include "core/auth0_b64.h"
#include "core/auth0_jws.h"

/* A signature of nothing but zero bytes is good under no key. */
static void zero_is_no_signature(const auth0_key_t *key, const auth0_alg_t *alg,
                                 apr_pool_t *pool)
{
    size_t len = auth0_key_signature_len(key, alg);
    const char *header = apr_psprintf(pool, "{\"alg\":\"%s\"}", alg->name);
    const char *token = apr_pstrcat(
        pool, auth0_b64url_encode(auth0_span_cstr(header), pool), ".e30.",
        auth0_b64url_encode(auth0_span(apr_pcalloc(pool, len), len), pool),
        NULL);
    auth0_policy_t policy = {.algs = alg->bit};
    auth0_jws_t *jws;
    auth0_span_t payload;
    HOLDS(len >= 64 && len <= 1024);
    HOLDS(auth0_jws_parse(&jws, auth0_span_cstr(token), &policy, pool) ==
          AUTH0_OK);
    HOLDS(auth0_jws_open(&payload, jws, key, pool) == AUTH0_SIGNATURE_INVALID);
}

static void use(const auth0_jwks_t *set, apr_pool_t *pool)
{
    HOLDS(auth0_jwks_count(set) >= 1);
    HOLDS(auth0_jwks_count(set) + auth0_jwks_skipped(set) <= 100);
    HOLDS(auth0_jwks_secrets(set) <= auth0_jwks_skipped(set));
    for (size_t i = 0; auth0_alg_at(i) != NULL; i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        const auth0_key_t *key = NULL;
        auth0_reason_t reason =
            auth0_jwks_find(&key, set, auth0_span("", 0), alg);
        HOLDS((reason == AUTH0_OK) == (key != NULL));
        if (key != NULL) {
            HOLDS(alg->kty != AUTH0_KTY_OCT);
            HOLDS(auth0_key_fits(key, alg));
            HOLDS(auth0_key_secret(key).len == 0);
            zero_is_no_signature(key, alg, pool);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_jwks_t *set;
    const char *why = auth0_jwks_parse(&set, fuzz_span(data, size), pool);
    HOLDS((why == NULL) == (set != NULL));
    if (set != NULL) {
        use(set, pool);
    }
    apr_pool_destroy(pool);
    return 0;
}
