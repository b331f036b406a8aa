/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/auth0_dpop.h"

#define THREADS 8
#define ROUNDS 100

static const char *const algs[] = {"RS256", "PS256", "ES256",
                                   "ES384", "ES512", "HS256"};
#define ALGS COUNT(algs)

/* Made once and then only read, as keys and policies are in a server. */
typedef struct shared_t {
    const auth0_jwks_t *set;
    auth0_policy_t policies[ALGS];
    const char *good[ALGS];
    const char *forged[ALGS];
} shared_t;

typedef struct worker_t {
    pthread_t thread;
    const shared_t *shared;
    unsigned good;
    unsigned refused;
} worker_t;

static const auth0_jwks_t *find_shared(void *baton, size_t issuer)
{
    const shared_t *shared = baton;
    (void)issuer;
    return shared->set;
}

static auth0_reason_t verify_shared(const shared_t *shared, size_t i,
                                    const char *token, apr_pool_t *pool)
{
    auth0_keys_t keys = {find_shared, (void *)(uintptr_t)shared};
    auth0_claims_t *claims;
    return auth0_verify(&claims, auth0_span_cstr(token), &shared->policies[i],
                        keys, SUPPORT_NOW, pool);
}

static void *work(void *baton)
{
    worker_t *worker = baton;
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t i = (round + worker->good) % ALGS;
        worker->good +=
            verify_shared(worker->shared, i, worker->shared->good[i], pool) ==
            AUTH0_OK;
        worker->refused +=
            verify_shared(worker->shared, i, worker->shared->forged[i], pool) ==
            AUTH0_SIGNATURE_INVALID;
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

/* One bit of the signature's first half is turned. */
static const char *forge(const char *token, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, token);
    char *byte = strrchr(copy, '.') + 4;
    *byte = *byte == 'A' ? 'B' : 'A';
    return copy;
}

static void fill(shared_t *shared, apr_pool_t *pool)
{
    shared->set = support_all_keys(pool);
    for (size_t i = 0; i < ALGS; i++) {
        shared->policies[i] = support_policy(support_algs(algs[i]), pool);
        shared->good[i] =
            support_plain(algs[i], support_payload("", pool), pool);
        shared->forged[i] = forge(shared->good[i], pool);
    }
}

static void eight_threads_share_one_key_set(void **state)
{
    shared_t shared;
    worker_t workers[THREADS];
    fill(&shared, *state);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (worker_t){.shared = &shared};
        assert_int_equal(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].good, ROUNDS);
        assert_int_equal(workers[i].refused, ROUNDS);
    }
}

/* Each thread reads sets of its own, as each process of a server does. */
static void *read_sets(void *baton)
{
    const char *document = baton;
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    bool good = true;
    for (unsigned i = 0; i < ROUNDS; i++) {
        auth0_jwks_t *set;
        good = good &&
               auth0_jwks_parse(&set, auth0_span_cstr(document), pool) == NULL;
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return good ? baton : NULL;
}

static void eight_threads_read_key_sets(void **state)
{
    pthread_t threads[THREADS];
    char *document = apr_psprintf(*state, "{\"keys\":[%s,%s]}",
                                  support_jwk(SUPPORT_RSA, "a", "", *state),
                                  support_jwk(SUPPORT_P521, "b", "", *state));
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_sets, document),
                         0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, document);
    }
}

/* The hash is of the token "an.access.token". */
#define PROOF                                                                  \
    "{\"jti\":\"j\",\"htm\":\"GET\",\"htu\":\"https://h/"                      \
    "\",\"iat\":1800000000,"                                                   \
    "\"ath\":\"UkM2b42E54u4hWzuKV_B3zyulUA6vtNYjJUv_ru2Qck\"}"

/* A proof brings a key that no other thread has seen. */
static void *judge_proofs(void *baton)
{
    static const auth0_dpop_expected_t expected = {
        .method = {"GET", 3},
        .url = {"https://h/", 10},
        .token = {"an.access.token", 15},
        .past = 300,
        .future = 30};
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    bool good = true;
    for (unsigned i = 0; i < ROUNDS; i++) {
        auth0_dpop_proof_t proof;
        good = good && auth0_dpop_check(&proof, baton, &expected, SUPPORT_NOW,
                                        pool) == AUTH0_OK;
        good = good &&
               auth0_dpop_check(&proof, forge(baton, pool), &expected,
                                SUPPORT_NOW, pool) == AUTH0_CNF_PROOF_INVALID;
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return good ? baton : NULL;
}

static void eight_threads_judge_proofs(void **state)
{
    pthread_t threads[THREADS];
    char *proofs[2];
    for (size_t i = 0; i < 2; i++) {
        const char *alg = i == 0 ? "RS256" : "ES256";
        const char *header = apr_psprintf(
            *state, "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":%s}", alg,
            support_jwk(i == 0 ? SUPPORT_RSA : SUPPORT_P256, NULL, "", *state));
        proofs[i] =
            apr_pstrdup(*state, support_token(alg, header, PROOF, *state));
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(
            pthread_create(&threads[i], NULL, judge_proofs, proofs[i % 2]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, proofs[i % 2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(eight_threads_share_one_key_set),
        SUPPORT_TEST(eight_threads_read_key_sets),
        SUPPORT_TEST(eight_threads_judge_proofs),
    };
    return SUPPORT_RUN(tests);
}
