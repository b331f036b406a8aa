/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_b64.h"
#include "core/auth0_dpop.h"
#include "core/auth0_memo.h"

typedef struct flip_t flip_t;

/* Asks for a verdict, and counts it when it is not the refusal it must be. */
typedef void judge_t(flip_t *flip, auth0_span_t token, size_t bit);

struct flip_t {
    const char *token;
    judge_t *must_be_refused;
    auth0_policy_t policy;
    support_source_t source;
    apr_pool_t *scratch;
    unsigned flips;
    unsigned bad;
};

/*
 * Nothing of the payload is believed before the signature holds, so no change
 * of any bit may bring out a reason of a later stage either. That the header
 * is known from the good token makes no difference.
 */
static void token_must_be_refused(flip_t *flip, auth0_span_t token, size_t bit)
{
    auth0_reason_t reason = support_verify_at(
        token, &flip->policy, &flip->source, SUPPORT_NOW, flip->scratch);
    if (reason < AUTH0_TOKEN_MALFORMED || reason > AUTH0_SIGNATURE_INVALID) {
        print_error("bit %d: %s\n", (int)bit, auth0_reason_info(reason)->code);
        flip->bad++;
    }
    auth0_policy_t plain = flip->policy;
    plain.memo = NULL;
    flip->bad += support_reason("without a memo",
                                support_verify_at(token, &plain, &flip->source,
                                                  SUPPORT_NOW, flip->scratch),
                                reason);
}

static void must_be_refused(flip_t *flip, auth0_span_t token, size_t bit)
{
    flip->flips++;
    flip->must_be_refused(flip, token, bit);
    apr_pool_clear(flip->scratch);
}

static void flip_text(flip_t *flip, apr_pool_t *pool)
{
    size_t len = strlen(flip->token);
    char *changed = apr_pstrdup(pool, flip->token);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
        must_be_refused(flip, auth0_span(changed, len), bit);
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
    }
    assert_string_equal(changed, flip->token);
}

/* The same behind base64url, where every change is a well-formed token. */
static void flip_part(flip_t *flip, unsigned part, apr_pool_t *pool)
{
    auth0_span_t rest = support_span(flip->token);
    auth0_span_t text[3];
    auth0_span_t bytes;
    for (unsigned i = 0; i < 3; i++) {
        (void)auth0_span_cut(&text[i], &rest, '.');
    }
    assert_true(auth0_b64url_decode(&bytes, text[part], pool));
    char *changed = apr_pmemdup(pool, bytes.ptr, bytes.len);
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
        const char *parts[3];
        for (unsigned i = 0; i < 3; i++) {
            parts[i] = i == part
                           ? auth0_b64url_encode(auth0_span(changed, bytes.len),
                                                 flip->scratch)
                           : support_string(text[i], flip->scratch);
        }
        const char *token = apr_pstrcat(flip->scratch, parts[0], ".", parts[1],
                                        ".", parts[2], NULL);
        must_be_refused(flip, support_span(token), bit);
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
    }
}

static void flip_all(const char *alg, apr_pool_t *pool)
{
    flip_t flip = {.must_be_refused = token_must_be_refused,
                   .policy = support_policy(support_algs(alg), pool),
                   .source = {support_all_keys(pool), 0, 0}};
    flip.policy.memo = auth0_memo_make(pool);
    flip.token = support_plain(alg, support_payload("", pool), pool);
    assert_int_equal(apr_pool_create(&flip.scratch, pool), APR_SUCCESS);
    assert_int_equal(
        support_verify(flip.token, &flip.policy, &flip.source, pool), AUTH0_OK);
    flip_text(&flip, pool);
    for (unsigned part = 0; part < 3; part++) {
        flip_part(&flip, part, pool);
    }
    assert_true(flip.flips > 8 * strlen(flip.token));
    assert_int_equal(flip.bad, 0);
    assert_int_equal(
        support_verify(flip.token, &flip.policy, &flip.source, pool), AUTH0_OK);
}

static void every_bit_of_an_rs256_token_counts(void **state)
{
    flip_all("RS256", *state);
}

static void every_bit_of_a_ps256_token_counts(void **state)
{
    flip_all("PS256", *state);
}

static void every_bit_of_an_es256_token_counts(void **state)
{
    flip_all("ES256", *state);
}

static void every_bit_of_an_hs256_token_counts(void **state)
{
    flip_all("HS256", *state);
}

/* The hash is of the token "an.access.token". */
#define PROOF                                                                  \
    "{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://h/"                      \
    "\",\"iat\":1800000000,"                                                   \
    "\"ath\":\"UkM2b42E54u4hWzuKV_B3zyulUA6vtNYjJUv_ru2Qck\"}"

/* No bit is such that the key in the header might be another one. */
static auth0_reason_t judge_proof(auth0_span_t proof, apr_pool_t *pool)
{
    const auth0_dpop_expected_t expected = {
        .method = auth0_span_cstr("GET"),
        .url = auth0_span_cstr("https://h/"),
        .token = auth0_span_cstr("an.access.token"),
        .past = 300,
        .future = 30};
    auth0_dpop_proof_t says;
    return auth0_dpop_check(&says, support_string(proof, pool), &expected,
                            SUPPORT_NOW, pool);
}

static void proof_must_be_refused(flip_t *flip, auth0_span_t proof, size_t bit)
{
    auth0_reason_t reason = judge_proof(proof, flip->scratch);
    if (reason != AUTH0_CNF_PROOF_INVALID) {
        print_error("bit %d: %s\n", (int)bit, auth0_reason_info(reason)->code);
        flip->bad++;
    }
}

static void flip_proof(const char *alg, apr_pool_t *pool)
{
    flip_t flip = {.must_be_refused = proof_must_be_refused};
    support_key_t key = support_key_of(auth0_alg_find(support_span(alg)));
    const char *header =
        apr_psprintf(pool, "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":%s}",
                     alg, support_jwk(key, NULL, "", pool));
    flip.token = support_token(alg, header, PROOF, pool);
    assert_int_equal(apr_pool_create(&flip.scratch, pool), APR_SUCCESS);
    assert_int_equal(judge_proof(support_span(flip.token), pool), AUTH0_OK);
    flip_text(&flip, pool);
    for (unsigned part = 0; part < 3; part++) {
        flip_part(&flip, part, pool);
    }
    assert_true(flip.flips > 8 * strlen(flip.token));
    assert_int_equal(flip.bad, 0);
}

static void every_bit_of_an_es256_proof_counts(void **state)
{
    flip_proof("ES256", *state);
}

static void every_bit_of_an_rs256_proof_counts(void **state)
{
    flip_proof("RS256", *state);
}

static void every_bit_of_a_ps256_proof_counts(void **state)
{
    flip_proof("PS256", *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(every_bit_of_an_rs256_token_counts),
        SUPPORT_TEST(every_bit_of_a_ps256_token_counts),
        SUPPORT_TEST(every_bit_of_an_es256_token_counts),
        SUPPORT_TEST(every_bit_of_an_hs256_token_counts),
        SUPPORT_TEST(every_bit_of_an_es256_proof_counts),
        SUPPORT_TEST(every_bit_of_an_rs256_proof_counts),
        SUPPORT_TEST(every_bit_of_a_ps256_proof_counts),
    };
    return SUPPORT_RUN(tests);
}
