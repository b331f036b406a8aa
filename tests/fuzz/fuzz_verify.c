/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include "core/auth0_memo.h"
#include "core/auth0_verify.h"
#include "known.h"

static const auth0_jwks_t *find(void *baton, size_t issuer)
{
    HOLDS(issuer == 0);
    return fuzz_known_keys(baton);
}

static auth0_reason_t verify(auth0_span_t token, const auth0_policy_t *policy,
                             apr_pool_t *pool)
{
    auth0_keys_t keys = {find, pool};
    auth0_claims_t *claims;
    auth0_reason_t reason =
        auth0_verify(&claims, token, policy, keys,
                     apr_time_from_sec((apr_time_t)KNOWN_NOW), pool);
    HOLDS((reason == AUTH0_OK) == (claims != NULL));
    HOLDS(reason < AUTH0_REASON_COUNT);
    return reason;
}

/* Of all inputs so far, and of all headers that are known to be good. */
static auth0_memo_t *memo(apr_pool_t *pool)
{
    static auth0_memo_t *made;
    if (made) {
        return made;
    }
    made = auth0_memo_make(fuzz_pool());
    HOLDS(made != NULL);
    for (int is_symmetric = 0; is_symmetric < 2; is_symmetric++) {
        auth0_policy_t policy = fuzz_known_policy(
            is_symmetric ? fuzz_known_secret(pool) : NULL, pool);
        policy.memo = made;
        for (size_t i = 0; i < sizeof(known_tokens) / sizeof(known_tokens[0]);
             i++) {
            (void)!verify(auth0_span_cstr(known_tokens[i]), &policy, pool);
        }
    }
    return made;
}

/* The same answer, whether or not the header is known. */
static auth0_reason_t ask(auth0_span_t token, const auth0_key_t *secret,
                          apr_pool_t *pool)
{
    auth0_policy_t policy = fuzz_known_policy(secret, pool);
    auth0_reason_t reason = verify(token, &policy, pool);
    policy.memo = memo(pool);
    HOLDS(verify(token, &policy, pool) == reason);
    return reason;
}

/* Exactly the known tokens are good, each under one of the two policies. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t token = fuzz_span(data, size);
    bool asymmetric = ask(token, NULL, pool) == AUTH0_OK;
    bool symmetric = ask(token, fuzz_known_secret(pool), pool) == AUTH0_OK;
    HOLDS(!(asymmetric && symmetric));
    HOLDS((asymmetric || symmetric) == fuzz_is_known_token(token));
    apr_pool_destroy(pool);
    return 0;
}
