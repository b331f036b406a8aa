/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_alg.h"

#include "core/auth0_count.h"

static const auth0_alg_t algs[] = {
    {"RS256", AUTH0_KTY_RSA, NULL, "SHA256", 0, 0, 1u << 0},
    {"RS384", AUTH0_KTY_RSA, NULL, "SHA384", 0, 0, 1u << 1},
    {"RS512", AUTH0_KTY_RSA, NULL, "SHA512", 0, 0, 1u << 2},
    {"PS256", AUTH0_KTY_RSA, NULL, "SHA256", 0, 0, 1u << 3},
    {"PS384", AUTH0_KTY_RSA, NULL, "SHA384", 0, 0, 1u << 4},
    {"PS512", AUTH0_KTY_RSA, NULL, "SHA512", 0, 0, 1u << 5},
    {"ES256", AUTH0_KTY_EC, "P-256", "SHA256", 0, 64, 1u << 6},
    {"ES384", AUTH0_KTY_EC, "P-384", "SHA384", 0, 96, 1u << 7},
    {"ES512", AUTH0_KTY_EC, "P-521", "SHA512", 0, 132, 1u << 8},
    {"HS256", AUTH0_KTY_OCT, NULL, "SHA256", 32, 32, 1u << 9},
    {"HS384", AUTH0_KTY_OCT, NULL, "SHA384", 48, 48, 1u << 10},
    {"HS512", AUTH0_KTY_OCT, NULL, "SHA512", 64, 64, 1u << 11},
};

#define SYMMETRIC (7u << 9)
#define ASYMMETRIC ((1u << 9) - 1)

const auth0_alg_t *auth0_alg_find(auth0_span_t name)
{
    for (size_t i = 0; i < AUTH0_COUNT(algs); i++) {
        if (auth0_span_is(name, algs[i].name)) {
            return &algs[i];
        }
    }
    return NULL;
}

unsigned auth0_alg_symmetric(void)
{
    return SYMMETRIC;
}

unsigned auth0_alg_asymmetric(void)
{
    return ASYMMETRIC;
}

const auth0_alg_t *auth0_alg_at(size_t i)
{
    return i < AUTH0_COUNT(algs) ? &algs[i] : NULL;
}
