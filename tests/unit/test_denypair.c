/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/auth0_denypair.h"

#define ROOM ((size_t)4096)
#define VERSIONS 20000

static auth0_denypair_t *make_pair(apr_pool_t *pool)
{
    auth0_denypair_t *pair = apr_pcalloc(pool, auth0_denypair_bytes(ROOM));

    auth0_denypair_start(pair, ROOM);
    return pair;
}

static void fill(void *image, const char *text)
{
    auth0_deny_plan_t plan;
    auth0_siphash_key_t key = {3, 4};

    assert_null(auth0_deny_plan(&plan, support_span(text)));
    assert_true(plan.bytes <= ROOM);
    auth0_deny_build(image, &plan, support_span(text), key);
}

static void publish(auth0_denypair_t *pair, const char *text)
{
    fill(auth0_denypair_begin(pair), text);
    auth0_denypair_end(pair);
}

static const auth0_claims_t *claims_of(const char *json, apr_pool_t *pool)
{
    auth0_claims_t *claims;

    assert_int_equal(auth0_claims_parse(&claims, support_span(json), pool),
                     AUTH0_OK);
    return claims;
}

static void the_last_version_is_in_force(void **state)
{
    auth0_denypair_t *pair = make_pair(*state);
    const auth0_claims_t *a = claims_of("{\"sub\":\"a\"}", *state);
    const auth0_claims_t *b = claims_of("{\"sub\":\"b\"}", *state);

    assert_int_equal(auth0_denypair_check(pair, a, SUPPORT_NOW),
                     AUTH0_DENY_UNAVAILABLE);
    for (int i = 0; i < 4; i++) {
        publish(pair, i % 2 ? "sub a\n" : "sub b\n");
        assert_int_equal(auth0_denypair_check(pair, a, SUPPORT_NOW),
                         i % 2 ? AUTH0_DENY_SUB : AUTH0_OK);
        assert_int_equal(auth0_denypair_check(pair, b, SUPPORT_NOW),
                         i % 2 ? AUTH0_OK : AUTH0_DENY_SUB);
    }
}

/* A writer dies half way: the former list is in force, the next one goes on. */
static void a_version_that_is_not_done_does_not_count(void **state)
{
    auth0_denypair_t *pair = make_pair(*state);
    const auth0_claims_t *a = claims_of("{\"sub\":\"a\"}", *state);

    publish(pair, "sub a\n");
    memset(auth0_denypair_begin(pair), 0xff, ROOM);
    assert_int_equal(auth0_denypair_check(pair, a, SUPPORT_NOW),
                     AUTH0_DENY_SUB);
    publish(pair, "sub b\n");
    assert_int_equal(auth0_denypair_check(pair, a, SUPPORT_NOW), AUTH0_OK);
}

/* Whoever is overtaken each time lets nobody in. */
static void a_reader_that_is_overtaken_refuses(void **state)
{
    auth0_denypair_t *pair = make_pair(*state);
    const auth0_claims_t *b = claims_of("{\"sub\":\"b\"}", *state);

    publish(pair, "sub a\n");
    atomic_store(&pair->begun, atomic_load(&pair->done) + 2);
    assert_int_equal(auth0_denypair_check(pair, b, SUPPORT_NOW),
                     AUTH0_DENY_UNAVAILABLE);
}

typedef struct reader_t {
    pthread_t thread;
    const auth0_denypair_t *pair;
    const auth0_claims_t *always;
    const auth0_claims_t *never;
    atomic_bool *is_over;
    unsigned wrong;
} reader_t;

/* A lookup that is overtaken may refuse; what stands in all versions is there,
 * and what stands in none is not. */
static void *read_on(void *baton)
{
    reader_t *reader = baton;

    while (!atomic_load(reader->is_over)) {
        auth0_reason_t always =
            auth0_denypair_check(reader->pair, reader->always, SUPPORT_NOW);
        auth0_reason_t never =
            auth0_denypair_check(reader->pair, reader->never, SUPPORT_NOW);
        reader->wrong +=
            always != AUTH0_DENY_SUB && always != AUTH0_DENY_UNAVAILABLE;
        reader->wrong += never != AUTH0_OK && never != AUTH0_DENY_UNAVAILABLE;
    }
    return NULL;
}

static void readers_beside_a_writer_see_whole_lists(void **state)
{
    static const char *const texts[] = {
        "sub always\n", "jti x\norg y\nclient z\nsub q\nsub always\n",
        "sub 1\nsub 2\nsub 3\nsub always\nsub 4\nsub 5\n"};
    auth0_denypair_t *pair = make_pair(*state);
    atomic_bool is_over = false;
    reader_t reader = {
        .pair = pair,
        .always = claims_of("{\"sub\":\"always\",\"jti\":\"n\"}", *state),
        .never = claims_of("{\"sub\":\"never\",\"jti\":\"n\"}", *state),
        .is_over = &is_over};

    publish(pair, texts[0]);
    assert_int_equal(pthread_create(&reader.thread, NULL, read_on, &reader), 0);
    for (size_t i = 0; i < VERSIONS; i++) {
        publish(pair, texts[i % COUNT(texts)]);
    }
    atomic_store(&is_over, true);
    pthread_join(reader.thread, NULL);
    assert_int_equal(reader.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_last_version_is_in_force),
        SUPPORT_TEST(a_version_that_is_not_done_does_not_count),
        SUPPORT_TEST(a_reader_that_is_overtaken_refuses),
        SUPPORT_TEST(readers_beside_a_writer_see_whole_lists),
    };
    return SUPPORT_RUN(tests);
}
