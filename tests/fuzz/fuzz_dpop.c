/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_b64.h"
#include "core/auth0_dpop.h"
#include "core/auth0_nonce.h"
#include "known.h"

#define NOW ((apr_time_t)KNOWN_NOW * APR_USEC_PER_SEC)
#define INVALID AUTH0_CNF_PROOF_INVALID

/* What make_seeds.py makes its good proofs for. */
static const auth0_dpop_expected_t wanted = {
    .method = {"GET", 3},
    .url = {"https://api.example.com/orders", 30},
    .token = {"an.access.token", 15},
    .past = 300,
    .future = 30,
};

static auth0_reason_t ask(const char *field,
                          const auth0_dpop_expected_t *expected, apr_time_t now,
                          apr_pool_t *pool)
{
    auth0_dpop_proof_t proof;
    auth0_reason_t reason =
        auth0_dpop_check(&proof, field, expected, now, pool);
    HOLDS((reason == AUTH0_OK) == (proof.why == NULL));
    HOLDS((reason == AUTH0_OK) == (proof.thumbprint != NULL));
    HOLDS((reason == AUTH0_OK) == (proof.jti.len > 0));
    HOLDS(proof.jti.len <= 256);
    HOLDS(reason == AUTH0_OK || (proof.nonce.len == 0 && proof.issued == 0));
    return reason;
}

/* A good proof is good for nothing else. */
static void is_for_one_thing(const char *field, const auth0_dpop_proof_t *proof,
                             apr_pool_t *pool)
{
    auth0_dpop_expected_t other = wanted;
    other.method = auth0_span_cstr("get");
    HOLDS(ask(field, &other, NOW, pool) == INVALID);
    other = wanted;
    other.url = auth0_span_cstr("https://api.example.com/Orders");
    HOLDS(ask(field, &other, NOW, pool) == INVALID);
    other = wanted;
    other.token = auth0_span_cstr("an.access.tokem");
    HOLDS(ask(field, &other, NOW, pool) == INVALID);
    other = wanted;
    other.is_nonce_wanted = true;
    HOLDS(ask(field, &other, NOW, pool) ==
          (proof->nonce.len > 0 ? AUTH0_OK : AUTH0_CNF_NONCE));
    other = wanted;
    other.jkt = auth0_span_cstr(proof->thumbprint);
    HOLDS(ask(field, &other, NOW, pool) == AUTH0_OK);
    other.jkt.len--;
    HOLDS(ask(field, &other, NOW, pool) == AUTH0_CNF_JKT);
    HOLDS(ask(apr_pstrcat(pool, field, ", ", field, NULL), &wanted, NOW,
              pool) == INVALID);
}

static void is_good_for_a_while(const char *field,
                                const auth0_dpop_proof_t *proof,
                                apr_pool_t *pool)
{
    apr_time_t first = proof->issued - 30 * APR_USEC_PER_SEC;
    apr_time_t last = proof->issued + 300 * APR_USEC_PER_SEC;
    HOLDS(strlen(proof->thumbprint) == 43);
    HOLDS(auth0_b64url_valid(auth0_span_cstr(proof->thumbprint)));
    HOLDS(NOW >= first && NOW <= last);
    HOLDS(ask(field, &wanted, first - 1, pool) == INVALID);
    HOLDS(ask(field, &wanted, last + 1, pool) == INVALID);
}

static void judge(const char *field, apr_pool_t *pool)
{
    auth0_dpop_proof_t proof;
    auth0_reason_t reason = auth0_dpop_check(&proof, field, &wanted, NOW, pool);
    HOLDS(reason == ask(field, &wanted, NOW, pool));
    HOLDS(reason == AUTH0_OK || reason == INVALID);
    if (reason == AUTH0_OK) {
        is_for_one_thing(field, &proof, pool);
        is_good_for_a_while(field, &proof, pool);
    }
}

/* Nobody guesses a MAC of 16 bytes. */
static void is_no_nonce_of_ours(auth0_span_t text)
{
    static const unsigned char secret[AUTH0_NONCE_SECRET] = "known to nobody";
    HOLDS(auth0_nonce_issued(text, secret) == -1);
    HOLDS(auth0_nonce_epoch(text, 600) == -1 || text.len == 43);
}

/* The input as a field, as the header of a proof, and as its payload. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char header[] =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7fX0";
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t input = fuzz_span(data, size);
    const char *text = auth0_b64url_encode(input, pool);
    char *zeros = apr_palloc(pool, 86 + 1);
    memset(zeros, 'A', 86);
    zeros[86] = '\0';
    judge(apr_pstrmemdup(pool, input.ptr, input.len), pool);
    HOLDS(ask(apr_pstrcat(pool, text, ".e30.", zeros, NULL), &wanted, NOW,
              pool) == INVALID);
    HOLDS(ask(apr_pstrcat(pool, header, ".", text, ".", zeros, NULL), &wanted,
              NOW, pool) == INVALID);
    is_no_nonce_of_ours(input);
    is_no_nonce_of_ours(auth0_span_cstr(text));
    apr_pool_destroy(pool);
    return 0;
}
