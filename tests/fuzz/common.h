/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef COMMON_H
#define COMMON_H

#include <stdint.h>

#include <apr_pools.h>

#include "core/auth0_policy.h"

/* The entry that libFuzzer and the replayer call. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law that holds for every input; the process ends when one is broken. */
#define HOLDS(law)                                                             \
    do {                                                                       \
        if (!(law)) {                                                          \
            fuzz_broken(#law, __FILE__, __LINE__);                             \
        }                                                                      \
    } while (0)
void fuzz_broken(const char *law, const char *file, int line)
    __attribute__((noreturn));

/* A pool for one input, to be destroyed by the caller. */
apr_pool_t *fuzz_pool(void);

auth0_span_t fuzz_span(const uint8_t *data, size_t size);

/*
 * What known.h holds, made anew for each input: kept for good it would look
 * like a leak, since leak checkers do not see the memory of pools.
 */
const auth0_jwks_t *fuzz_known_keys(apr_pool_t *pool);
const auth0_key_t *fuzz_known_secret(apr_pool_t *pool);
bool fuzz_is_known_token(auth0_span_t token);

/* Of RS256, PS256 and ES256, or of HS256 when there is a secret. */
auth0_policy_t fuzz_known_policy(const auth0_key_t *secret, apr_pool_t *pool);

#endif
