/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_b64.h"

typedef struct flip_t {
    const char *token;
    auth0_policy_t policy;
    support_source_t source;
    apr_pool_t *scratch;
    unsigned flips;
    unsigned bad;
} flip_t;

/*
 * Nothing of the payload is believed before the signature holds, so no change
 * of any bit may bring out a reason of a later stage either.
 */
static void must_be_refused(flip_t *flip, auth0_span_t token, size_t bit)
{
    auth0_reason_t reason = support_verify_at(
        token, &flip->policy, &flip->source, SUPPORT_NOW, flip->scratch);
    flip->flips++;
    if (reason < AUTH0_TOKEN_MALFORMED || reason > AUTH0_SIGNATURE_INVALID) {
        print_error("bit %d: %s\n", (int)bit, auth0_reason_info(reason)->code);
        flip->bad++;
    }
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
    flip_t flip = {.policy = support_policy(support_algs(alg), pool),
                   .source = {support_all_keys(pool), 0, 0}};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(every_bit_of_an_rs256_token_counts),
        SUPPORT_TEST(every_bit_of_a_ps256_token_counts),
        SUPPORT_TEST(every_bit_of_an_es256_token_counts),
        SUPPORT_TEST(every_bit_of_an_hs256_token_counts),
    };
    return SUPPORT_RUN(tests);
}
