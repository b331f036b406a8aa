/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/auth0_cache.h"

#define NOW SUPPORT_NOW_S
#define LATER (NOW + 3600)

/* A key of its own for each number, spread as hashes are. */
static auth0_cache_key_t key_of(uint64_t number)
{
    auth0_cache_key_t key = {{0}, {0}};
    for (size_t i = 0; i < COUNT(key.token); i++) {
        number += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t z = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        key.token[i] = z ^ (z >> 31);
    }
    return key;
}

static auth0_claims_t *claims_of(const char *payload, apr_pool_t *pool)
{
    auth0_claims_t *claims;
    assert_int_equal(auth0_claims_parse(&claims, support_span(payload), pool),
                     AUTH0_OK);
    return claims;
}

static auth0_claims_t *claims_for(uint64_t number, apr_pool_t *pool)
{
    return claims_of(apr_psprintf(pool,
                                  "{\"sub\":\"user %" APR_UINT64_T_FMT
                                  "\",\"n\":[1,2.5,null,{\"a\":true}]}",
                                  (apr_uint64_t)number),
                     pool);
}

static void keep_until(auth0_cache_t *cache, uint64_t number, int64_t until,
                       apr_pool_t *parent)
{
    apr_pool_t *pool;
    assert_int_equal(apr_pool_create(&pool, parent), APR_SUCCESS);
    auth0_cache_key_t key = key_of(number);
    auth0_cached_t found = {claims_for(number, pool), 0, 1};
    auth0_cache_keep(cache, &key, &found, until, NOW);
    apr_pool_destroy(pool);
}

static void keep(auth0_cache_t *cache, uint64_t number, apr_pool_t *pool)
{
    keep_until(cache, number, LATER, pool);
}

static bool is_known(auth0_cache_t *cache, uint64_t number)
{
    auth0_cache_key_t key = key_of(number);
    const auth0_cached_t *cached = auth0_cache_take(cache, &key, NOW);
    if (cached) {
        auth0_cache_give(cached);
    }
    return cached != NULL;
}

static bool is_user(const auth0_claims_t *claims, uint64_t number)
{
    char text[32];
    auth0_span_t sub;
    apr_snprintf(text, sizeof(text), "user %" APR_UINT64_T_FMT,
                 (apr_uint64_t)number);
    return auth0_claims_string(&sub, claims, "sub") && auth0_span_is(sub, text);
}

static void what_is_kept_is_a_copy(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(64, *state);
    auth0_cache_key_t key = key_of(1);
    apr_pool_t *pool;
    assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
    auth0_claims_t *claims = claims_of(
        "{\"sub\":\"a|b\",\"\":0,\"deep\":{\"list\":[\"x\",-1,1.5,true,"
        "false,null,{}]},\"exp\":1800003600}",
        pool);
    auth0_claims_note_kid(claims, auth0_span("kid-1", 5));
    auth0_cached_t found = {claims, 3, 7};
    auth0_cache_keep(cache, &key, &found, LATER, NOW);
    apr_pool_destroy(pool);

    const auth0_cached_t *cached = auth0_cache_take(cache, &key, NOW);
    assert_non_null(cached);
    assert_int_equal(cached->issuer, 3);
    assert_int_equal(cached->edition, 7);
    assert_true(auth0_span_is(auth0_claims_kid(cached->claims), "kid-1"));
    assert_string_equal(
        auth0_json_text(auth0_claims_member(cached->claims, "deep"), *state),
        "{\"list\":[\"x\",-1,1.5,true,false,null,{}]}");
    assert_non_null(auth0_claims_member(cached->claims, ""));
    double exp;
    assert_true(auth0_claims_number(&exp, cached->claims, "exp"));
    assert_true(exp > 1800003599 && exp < 1800003601);
    auth0_cache_give(cached);
}

/* Each word of the key counts: of the token's hash, and of the policy. */
static void another_token_or_policy_finds_nothing(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(64, *state);
    keep(cache, 1, *state);
    assert_true(is_known(cache, 1));
    for (size_t i = 0; i < COUNT(key_of(1).token); i++) {
        for (unsigned bit = 0; bit < 64; bit++) {
            auth0_cache_key_t key = key_of(1);
            key.token[i] ^= UINT64_C(1) << bit;
            assert_null(auth0_cache_take(cache, &key, NOW));
        }
    }
    for (size_t i = 0; i < AUTH0_CACHE_POLICY_WORDS; i++) {
        for (unsigned bit = 0; bit < 32; bit++) {
            auth0_cache_key_t key = key_of(1);
            key.policy[i] ^= UINT32_C(1) << bit;
            assert_null(auth0_cache_take(cache, &key, NOW));
        }
    }
}

static void an_entry_dies_with_its_time(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(64, *state);
    auth0_cache_key_t key = key_of(1);
    keep_until(cache, 1, NOW + 10, *state);
    const auth0_cached_t *held = auth0_cache_take(cache, &key, NOW + 9);
    assert_non_null(held);
    assert_null(auth0_cache_take(cache, &key, NOW + 10));
    assert_int_equal(auth0_cache_use(cache).entries, 0);
    assert_int_equal(auth0_cache_use(cache).bytes, 0);
    assert_null(auth0_cache_take(cache, &key, NOW));
    assert_true(is_user(held->claims, 1));
    auth0_cache_give(held);
    keep_until(cache, 2, NOW, *state);
    assert_int_equal(auth0_cache_use(cache).entries, 0);
}

/* Nobody asks for them any more: they go as others come. */
static void the_dead_give_back_their_memory(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(1024, *state);
    for (uint64_t i = 0; i < 500; i++) {
        keep_until(cache, i, NOW + 1 + (int64_t)(i % 7), *state);
        (void)(i % 2 && is_known(cache, i));
    }
    assert_int_equal(auth0_cache_use(cache).entries, 500);
    for (uint64_t i = 1000; i < 1400; i++) {
        auth0_cache_key_t key = key_of(i);
        auth0_cached_t found = {claims_for(i, *state), 0, 1};
        auth0_cache_keep(cache, &key, &found, LATER, NOW + 100);
    }
    assert_int_equal(auth0_cache_use(cache).entries, 400);
}

static void a_newer_finding_takes_the_place(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(64, *state);
    auth0_cache_key_t key = key_of(1);
    keep(cache, 1, *state);
    const auth0_cached_t *former = auth0_cache_take(cache, &key, NOW);
    auth0_cached_t found = {claims_for(2, *state), 0, 2};
    auth0_cache_keep(cache, &key, &found, LATER, NOW);
    const auth0_cached_t *newer = auth0_cache_take(cache, &key, NOW);
    assert_int_equal(auth0_cache_use(cache).entries, 1);
    assert_int_equal(former->edition, 1);
    assert_true(is_user(former->claims, 1));
    assert_int_equal(newer->edition, 2);
    assert_true(is_user(newer->claims, 2));
    auth0_cache_give(former);
    auth0_cache_give(newer);
}

static void what_is_held_outlives_the_cache(void **state)
{
    apr_pool_t *pool;
    assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
    auth0_cache_t *cache = auth0_cache_make(16, pool);
    auth0_cache_key_t key = key_of(1);
    keep(cache, 1, *state);
    const auth0_cached_t *held = auth0_cache_take(cache, &key, NOW);
    auth0_cache_give(auth0_cache_take(cache, &key, NOW));
    for (uint64_t i = 100; i < 200; i++) {
        keep(cache, i, *state);
        (void)is_known(cache, i);
        (void)is_known(cache, i);
    }
    assert_false(is_known(cache, 1));
    assert_true(is_user(held->claims, 1));
    apr_pool_destroy(pool);
    assert_true(is_user(held->claims, 1));
    auth0_cache_give(held);
}

static const size_t sizes[] = {1, 2, 16, 100, 1000, 1024, 5000, 16384};

static void entries_have_a_bound(void **state)
{
    for (size_t i = 0; i < COUNT(sizes); i++) {
        auth0_cache_t *cache = auth0_cache_make(sizes[i], *state);
        for (uint64_t n = 0; n < 2 * sizes[i] + 10; n++) {
            keep(cache, n, *state);
            assert_true(is_known(cache, n));
            assert_in_range(auth0_cache_use(cache).entries, 1, sizes[i]);
        }
        assert_in_range(auth0_cache_use(cache).entries, sizes[i] * 9 / 10,
                        sizes[i]);
    }
}

/* So many bytes of claims, without the quotes around them. */
static auth0_cached_t finding_of(size_t bytes, apr_pool_t *pool)
{
    const char *text = support_repeat("x", bytes, pool);
    return (auth0_cached_t){
        claims_of(apr_pstrcat(pool, "{\"sub\":\"", text, "\"}", NULL), pool), 0,
        1};
}

static void bytes_have_a_bound(void **state)
{
    size_t entries = 256;
    auth0_cache_t *cache = auth0_cache_make(entries, *state);
    auth0_cached_t found = finding_of(15000, *state);
    for (uint64_t n = 0; n < 2000; n++) {
        auth0_cache_key_t key = key_of(n);
        auth0_cache_keep(cache, &key, &found, LATER, NOW);
        (void)(n % 3 == 0 && is_known(cache, n));
        assert_true(auth0_cache_use(cache).bytes <=
                    entries * AUTH0_CACHE_ENTRY_SHARE);
    }
    assert_true(auth0_cache_use(cache).entries > 50);
}

static void what_is_too_large_is_not_kept(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(1, *state);
    auth0_cache_key_t key = key_of(2);
    keep(cache, 1, *state);
    auth0_cached_t found = finding_of(AUTH0_CACHE_ENTRY_MAX, *state);
    auth0_cache_keep(cache, &key, &found, LATER, NOW);
    assert_false(is_known(cache, 2));
    assert_true(is_known(cache, 1));
    found = finding_of(AUTH0_CACHE_ENTRY_SHARE, *state);
    auth0_cache_keep(cache, &key, &found, LATER, NOW);
    assert_false(is_known(cache, 2));
    assert_true(is_known(cache, 1));
}

/* Beside the claims' own text: names, strings, and digits of numbers. */
static void an_entry_takes_little_more_than_its_text(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(64, *state);
    auth0_cache_key_t key = key_of(1);
    const char *text =
        "{\"iss\":\"https://tenant.example.auth0.com/\","
        "\"sub\":\"auth0|507f1f77bcf86cd799439011\",\"azp\":\"my_client_id\","
        "\"aud\":[\"https://api.example.com/orders\","
        "\"https://tenant.example.auth0.com/userinfo\"],"
        "\"iat\":1800000000,\"exp\":1800086400,"
        "\"scope\":\"openid profile read:orders\",\"org_id\":\"org_1\","
        "\"permissions\":[\"a:1\",\"a:2\",\"a:3\",\"a:4\",\"a:5\",\"a:6\"]}";
    auth0_cached_t found = {claims_of(text, *state), 0, 1};
    auth0_cache_keep(cache, &key, &found, LATER, NOW);
    size_t bytes = auth0_cache_use(cache).bytes;
    print_message("%u bytes for %u bytes of claims\n", (unsigned)bytes,
                  (unsigned)strlen(text));
    assert_in_range(bytes, 1, strlen(text) + 1024);
}

/* Commas and brackets in strings are text, and not room for more values. */
static void names_of_groups_take_no_more_than_others(void **state)
{
    static const char *const names[] = {",\"CN=a.b.c.d\"", ",\"CN=a,b,c,d\""};
    size_t bytes[COUNT(names)];
    for (size_t i = 0; i < COUNT(names); i++) {
        auth0_cache_t *cache = auth0_cache_make(64, *state);
        auth0_cache_key_t key = key_of(1);
        const char *text =
            apr_pstrcat(*state, "{\"groups\":[\"\"",
                        support_repeat(names[i], 300, *state), "]}", NULL);
        auth0_cached_t found = {claims_of(text, *state), 0, 1};
        auth0_cache_keep(cache, &key, &found, LATER, NOW);
        bytes[i] = auth0_cache_use(cache).bytes;
    }
    assert_in_range(bytes[0], 1, AUTH0_CACHE_ENTRY_MAX);
    assert_int_equal(bytes[0], bytes[1]);
}

#define HOT 8000
#define FLOOD 300000

/* Those that are asked for again and again, while others come just once. */
static void a_flood_of_tokens_used_once_leaves_the_hot_ones(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(16384, *state);
    for (uint64_t i = 0; i < HOT; i++) {
        keep(cache, i, *state);
        assert_true(is_known(cache, i));
    }
    for (uint64_t i = 0; i < FLOOD; i++) {
        keep(cache, HOT + i, *state);
    }
    unsigned lost = 0;
    for (uint64_t i = 0; i < HOT; i++) {
        lost += !is_known(cache, i);
    }
    assert_int_equal(lost, 0);
}

/* What was hot once makes way for what is hot now. */
static void the_hot_ones_may_change(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(1024, *state);
    for (unsigned round = 0; round < 5; round++) {
        for (uint64_t i = 0; i < 600; i++) {
            keep(cache, round * 1000 + i, *state);
            assert_true(is_known(cache, round * 1000 + i));
        }
        unsigned lost = 0;
        for (uint64_t i = 0; i < 600; i++) {
            lost += !is_known(cache, round * 1000 + i);
        }
        assert_int_equal(lost, 0);
    }
}

/* Resident memory of this process, in KiB; 0 where it cannot be told. */
static long resident(void)
{
    char line[128];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof(line), file)) {
        if (auth0_span_starts(auth0_span_cstr(line), "VmRSS:")) {
            kib = (long)apr_strtoi64(line + 6, NULL, 10);
        }
    }
    if (file) {
        fclose(file);
    }
    return kib;
}

#define EARLY 100000
#define MANY (SUPPORT_IS_SANITIZED ? 2 * EARLY : 10 * EARLY)

/* Of many sizes, so that holes have to be filled with others. */
static void a_million_tokens_leave_memory_where_it_was(void **state)
{
    auth0_cache_t *cache = auth0_cache_make(16384, *state);
    auth0_cached_t found[64];
    long early = 0;
    for (size_t i = 0; i < COUNT(found); i++) {
        found[i] = finding_of(300 + 37 * i, *state);
    }
    for (uint64_t i = 0; i < MANY; i++) {
        auth0_cache_key_t key = key_of(i);
        auth0_cache_keep(cache, &key, &found[key.token[1] % COUNT(found)],
                         LATER, NOW);
        (void)(i % 5 == 0 && is_known(cache, i));
        early = i + 1 == EARLY ? resident() : early;
    }
    long grown = resident() - early;
    print_message("%ld KiB after %d tokens, %ld KiB more after %d\n", early,
                  EARLY, grown, MANY);
    if (!SUPPORT_IS_SANITIZED) {
        assert_true(grown < 2048);
    }
}

#define THREADS 8
#define ROUNDS 4000
#define SHARED_KEYS 300

typedef struct worker_t {
    pthread_t thread;
    auth0_cache_t *cache;
    auth0_cached_t *found;
    uint64_t seed;
    unsigned wrong;
    unsigned hits;
} worker_t;

/* More keys than there is room for, and each of them asked for by all. */
static void *work(void *baton)
{
    worker_t *worker = baton;
    for (unsigned i = 0; i < ROUNDS; i++) {
        worker->seed =
            worker->seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t number = (worker->seed >> 33) % SHARED_KEYS;
        auth0_cache_key_t key = key_of(number);
        const auth0_cached_t *cached = auth0_cache_take(
            worker->cache, &key, NOW + (number % 50 == 0 ? 5000 : 0));
        if (!cached) {
            auth0_cache_keep(worker->cache, &key, &worker->found[number], LATER,
                             NOW);
            continue;
        }
        worker->hits++;
        worker->wrong += !is_user(cached->claims, number);
        auth0_cache_give(cached);
    }
    return NULL;
}

static void eight_threads_share_a_cache(void **state)
{
    auth0_cached_t found[SHARED_KEYS];
    worker_t workers[THREADS];
    auth0_cache_t *cache = auth0_cache_make(200, *state);
    for (uint64_t i = 0; i < SHARED_KEYS; i++) {
        found[i] = (auth0_cached_t){claims_for(i, *state), 0, 1};
    }
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (worker_t){.cache = cache, .found = found, .seed = i + 1};
        assert_int_equal(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
        assert_true(workers[i].hits > ROUNDS / 10);
    }
    assert_in_range(auth0_cache_use(cache).entries, 1, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(what_is_kept_is_a_copy),
        SUPPORT_TEST(another_token_or_policy_finds_nothing),
        SUPPORT_TEST(an_entry_dies_with_its_time),
        SUPPORT_TEST(the_dead_give_back_their_memory),
        SUPPORT_TEST(a_newer_finding_takes_the_place),
        SUPPORT_TEST(what_is_held_outlives_the_cache),
        SUPPORT_TEST(entries_have_a_bound),
        SUPPORT_TEST(bytes_have_a_bound),
        SUPPORT_TEST(what_is_too_large_is_not_kept),
        SUPPORT_TEST(an_entry_takes_little_more_than_its_text),
        SUPPORT_TEST(names_of_groups_take_no_more_than_others),
        SUPPORT_TEST(a_flood_of_tokens_used_once_leaves_the_hot_ones),
        SUPPORT_TEST(the_hot_ones_may_change),
        SUPPORT_TEST(a_million_tokens_leave_memory_where_it_was),
        SUPPORT_TEST(eight_threads_share_a_cache),
    };
    return SUPPORT_RUN(tests);
}
