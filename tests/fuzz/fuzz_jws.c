/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <apr_strings.h>

#include "core/auth0_b64.h"
#include "core/auth0_json.h"
#include "core/auth0_jws.h"

#define ALL (auth0_alg_asymmetric() | auth0_alg_symmetric())

static void part_is_canonical(auth0_span_t part, apr_pool_t *pool)
{
    auth0_span_t bytes;
    HOLDS(auth0_b64url_decode(&bytes, part, pool));
    HOLDS(auth0_span_is(part, auth0_b64url_encode(bytes, pool)));
}

static void header_is_harmless(auth0_span_t part, const auth0_jws_t *jws,
                               apr_pool_t *pool)
{
    static const char *const names[] = {"crit", "jku", "jwk", "x5u", "x5c",
                                        "b64",  "zip", "p2c", "p2s"};
    const auth0_json_t *header;
    auth0_span_t text;
    auth0_span_t alg;
    HOLDS(auth0_b64url_decode(&text, part, pool));
    HOLDS(auth0_json_object(&header, text, auth0_json_header_limit, pool));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        HOLDS(auth0_json_member(header, names[i]) == NULL);
    }
    HOLDS(auth0_json_string(&alg, auth0_json_member(header, "alg")));
    HOLDS(auth0_span_is(alg, auth0_jws_alg(jws)->name));
    HOLDS(auth0_jws_kid(jws).len <= 256);
}

static void open_with_known_keys(const auth0_jws_t *jws, auth0_span_t token,
                                 apr_pool_t *pool)
{
    const auth0_key_t *key = NULL;
    auth0_span_t payload;
    if (auth0_jwks_find(&key, fuzz_known_keys(pool), auth0_jws_kid(jws),
                        auth0_jws_alg(jws)) == AUTH0_OK) {
        HOLDS(auth0_jws_open(&payload, jws, key, pool) != AUTH0_OK ||
              fuzz_is_known_token(token));
    }
    HOLDS(auth0_jws_open(&payload, jws, fuzz_known_secret(pool), pool) !=
              AUTH0_OK ||
          fuzz_is_known_token(token));
}

static void pass(auth0_span_t token, apr_pool_t *pool)
{
    auth0_jws_t *jws;
    auth0_span_t rest = token;
    auth0_span_t parts[3];
    auth0_span_t issuer;
    auth0_policy_t policy = {.algs = ALL};
    auth0_reason_t reason = auth0_jws_parse(&jws, token, &policy, pool);
    HOLDS((reason == AUTH0_OK) == (jws != NULL));
    if (reason != AUTH0_OK) {
        HOLDS(reason == AUTH0_REQUEST_TOO_LARGE ||
              (reason >= AUTH0_TOKEN_MALFORMED &&
               reason <= AUTH0_HEADER_FORBIDDEN));
        return;
    }
    HOLDS(auth0_span_cut(&parts[0], &rest, '.'));
    HOLDS(auth0_span_cut(&parts[1], &rest, '.'));
    HOLDS(!auth0_span_cut(&parts[2], &rest, '.'));
    for (size_t i = 0; i < 3; i++) {
        part_is_canonical(parts[i], pool);
    }
    header_is_harmless(parts[0], jws, pool);
    (void)!auth0_jws_peek_issuer(&issuer, jws, pool);
    open_with_known_keys(jws, token, pool);
}

/* The input as a token, as the header of one, and as a signature. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t input = fuzz_span(data, size);
    const char *text = auth0_b64url_encode(input, pool);
    pass(input, pool);
    pass(auth0_span_cstr(apr_pstrcat(pool, text, ".e30.", text, NULL)), pool);
    pass(auth0_span_cstr(
             apr_pstrcat(pool, "eyJhbGciOiJSUzI1NiJ9.e30.", text, NULL)),
         pool);
    pass(auth0_span_cstr(
             apr_pstrcat(pool, "eyJhbGciOiJFUzI1NiJ9.e30.", text, NULL)),
         pool);
    apr_pool_destroy(pool);
    return 0;
}
