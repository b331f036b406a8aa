/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/auth0_jws.h"
#include "core/auth0_memo.h"

#define THREADS 8
#define ROUNDS 2000
#define MANY 1000
#define WRONG 1000000 /* more than there are looks */

static auth0_policy_t policy_with_memo(const char *algs, apr_pool_t *pool)
{
    auth0_policy_t policy = support_policy(support_algs(algs), pool);
    policy.memo = auth0_memo_make(pool);
    assert_non_null(policy.memo);
    return policy;
}

static auth0_span_t header_of(const char *token)
{
    auth0_span_t rest = support_span(token);
    auth0_span_t header;
    assert_true(auth0_span_cut(&header, &rest, '.'));
    return header;
}

static bool is_known(const char *token, const auth0_policy_t *policy,
                     apr_pool_t *pool)
{
    auth0_header_t header;
    return auth0_memo_recall(&header, header_of(token), policy, pool);
}

static const char *forge(const char *token, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, token);
    char *byte = strrchr(copy, '.') + 4;
    *byte = *byte == 'A' ? 'B' : 'A';
    return copy;
}

static void a_header_is_known_once_a_signature_has_held(void **state)
{
    auth0_policy_t policy = policy_with_memo("RS256", *state);
    support_source_t source = {support_all_keys(*state), 0, 0};
    const char *good =
        support_plain("RS256", support_payload("", *state), *state);
    const char *late =
        support_plain("RS256", "{\"iss\":\"" SUPPORT_ISSUER "\"}", *state);
    auth0_header_t header;
    assert_int_equal(
        support_verify(forge(good, *state), &policy, &source, *state),
        AUTH0_SIGNATURE_INVALID);
    assert_false(is_known(good, &policy, *state));
    /* What its claims say is another matter. */
    assert_int_equal(support_verify(late, &policy, &source, *state),
                     AUTH0_CLAIMS_MISSING);
    assert_true(auth0_memo_recall(
        &header, support_copy(header_of(good), *state), &policy, *state));
    assert_ptr_equal(header.alg, auth0_alg_find(support_span("RS256")));
    assert_true(auth0_span_is(header.kid, "rsa"));
    assert_int_equal(support_verify(good, &policy, &source, *state), AUTH0_OK);
    assert_int_equal(
        support_verify(forge(good, *state), &policy, &source, *state),
        AUTH0_SIGNATURE_INVALID);
}

static void a_memo_is_for_one_text_and_its_rules(void **state)
{
    auth0_policy_t policy = policy_with_memo("RS256", *state);
    const auth0_header_t header = {auth0_alg_find(support_span("RS256")),
                                   support_span("a")};
    auth0_span_t text = support_span("abcd");
    auth0_header_t found;
    auth0_memo_keep(&header, text, &policy);
    assert_true(auth0_memo_recall(&found, text, &policy, *state));
    for (size_t i = 0; i < 4; i++) {
        char *other = apr_pstrdup(*state, "abcd");
        other[i] = 'x';
        assert_false(
            auth0_memo_recall(&found, support_span(other), &policy, *state));
        assert_false(
            auth0_memo_recall(&found, auth0_span("abcd", i), &policy, *state));
    }
    assert_false(
        auth0_memo_recall(&found, support_span("abcde"), &policy, *state));
    policy.profile = AUTH0_PROFILE_RFC9068;
    assert_false(auth0_memo_recall(&found, text, &policy, *state));
    policy.profile = AUTH0_PROFILE_ANY;
    policy.algs |= auth0_alg_find(support_span("PS256"))->bit;
    assert_false(auth0_memo_recall(&found, text, &policy, *state));
    policy.algs = auth0_alg_find(support_span("RS256"))->bit;
    assert_true(auth0_memo_recall(&found, text, &policy, *state));
    policy.memo = NULL;
    assert_false(auth0_memo_recall(&found, text, &policy, *state));
    auth0_memo_keep(&header, text, &policy);
}

static void a_header_of_one_policy_is_refused_by_another(void **state)
{
    auth0_policy_t policy = policy_with_memo("RS256 PS256", *state);
    support_source_t source = {support_all_keys(*state), 0, 0};
    const char *token =
        support_plain("PS256", support_payload("", *state), *state);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(support_verify(token, &policy, &source, *state),
                         AUTH0_OK);
    }
    policy.algs = support_algs("RS256");
    assert_int_equal(support_verify(token, &policy, &source, *state),
                     AUTH0_HEADER_ALG);
    policy.algs = support_algs("RS256 PS256");
    policy.profile = AUTH0_PROFILE_RFC9068;
    assert_int_equal(support_verify(token, &policy, &source, *state),
                     AUTH0_HEADER_TYP);
}

static void long_headers_are_not_remembered(void **state)
{
    auth0_policy_t policy = policy_with_memo("RS256", *state);
    const auth0_header_t header = {auth0_alg_find(support_span("RS256")),
                                   support_span("")};
    const char *text = support_repeat("A", AUTH0_MEMO_TEXT_MAX + 1, *state);
    auth0_header_t found;
    for (size_t less = 0; less < 2; less++) {
        auth0_span_t part =
            support_copy(auth0_span(text, AUTH0_MEMO_TEXT_MAX + less), *state);
        auth0_memo_keep(&header, part, &policy);
        assert_int_equal(auth0_memo_recall(&found, part, &policy, *state),
                         less == 0);
    }
    auth0_memo_keep(&header, auth0_span(text, 0), &policy);
    assert_false(
        auth0_memo_recall(&found, auth0_span(text, 0), &policy, *state));
}

static void a_header_with_a_key_is_not_remembered(void **state)
{
    auth0_policy_t policy = {.algs = support_algs("ES256"),
                             .profile = AUTH0_PROFILE_DPOP,
                             .memo = auth0_memo_make(*state)};
    const char *header = apr_psprintf(
        *state, "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{%s}}",
        "\"k\":1");
    const char *token = support_token("ES256", header, "{}", *state);
    auth0_span_t payload;
    auth0_jws_t *jws;
    assert_int_equal(
        auth0_jws_parse(&jws, support_span(token), &policy, *state), AUTH0_OK);
    assert_int_equal(auth0_jws_open(&payload, jws,
                                    support_key(SUPPORT_P256, *state), *state),
                     AUTH0_OK);
    assert_false(is_known(token, &policy, *state));
}

/* Texts that differ have kids that differ. */
static bool is_right(const auth0_header_t *header, unsigned number)
{
    return auth0_span_eq(header->kid,
                         auth0_span((const char *)&number, sizeof(number)));
}

static unsigned recall_or_keep(const auth0_policy_t *policy, unsigned number,
                               apr_pool_t *pool)
{
    const char *text = apr_psprintf(pool, "header-%u", number);
    auth0_header_t header = {auth0_alg_at(0),
                             auth0_span((const char *)&number, sizeof(number))};
    auth0_header_t found;
    if (!auth0_memo_recall(&found, support_span(text), policy, pool)) {
        auth0_memo_keep(&header, support_span(text), policy);
        return 0;
    }
    return is_right(&found, number) ? 1 : WRONG;
}

/* There is no room for all of them, which costs time and nothing else. */
static void more_than_there_is_room_for(void **state)
{
    auth0_policy_t policy = policy_with_memo("RS256", *state);
    unsigned known = 0;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < MANY; i++) {
            known += recall_or_keep(&policy, i, *state);
        }
    }
    assert_true(known <= AUTH0_MEMO_HEADERS_MAX);
    assert_int_equal(recall_or_keep(&policy, MANY - 1, *state), 1);
}

static void *work(void *baton)
{
    const auth0_policy_t *policy = baton;
    apr_pool_t *pool;
    uintptr_t known = 0;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        known += recall_or_keep(policy, i % (MANY / 4), pool);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    /* None at all, if another thread slept inside the memo meanwhile. */
    return known <= ROUNDS ? baton : NULL;
}

static void threads_share_a_memo(void **state)
{
    auth0_policy_t policy = policy_with_memo("RS256", *state);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, work, &policy), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_header_is_known_once_a_signature_has_held),
        SUPPORT_TEST(a_memo_is_for_one_text_and_its_rules),
        SUPPORT_TEST(a_header_of_one_policy_is_refused_by_another),
        SUPPORT_TEST(long_headers_are_not_remembered),
        SUPPORT_TEST(a_header_with_a_key_is_not_remembered),
        SUPPORT_TEST(more_than_there_is_room_for),
        SUPPORT_TEST(threads_share_a_memo),
    };
    return SUPPORT_RUN(tests);
}
