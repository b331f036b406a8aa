/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <stdlib.h>
#include <time.h>

#include "core/auth0_deny.h"

/*
 * What a list of a million lines costs. The figures are printed; the bounds
 * are far from them, for slow machines and sanitizers.
 */
#define LINES 1000000
#define LINE_ROOM 64
#define LOOKUPS 200000
#define CLAIMS 16384
#define LOOKUP_MOST_NS 50000
#define BUILD_MOST_NS 60e9

static const auth0_siphash_key_t key = {5, 6};

static double now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

typedef struct list_t {
    uint64_t *image;
    auth0_deny_plan_t plan;
} list_t;

/* format has one number, which counts the lines. */
static auth0_span_t make_text(const char *const *formats, size_t count,
                              apr_pool_t *pool)
{
    char *text = apr_palloc(pool, (size_t)LINES * LINE_ROOM);
    size_t len = 0;

    for (int i = 0; i < LINES; i++) {
        const char *format = formats[(size_t)i % count];
        len += (size_t)apr_snprintf(text + len, LINE_ROOM, format, i);
    }
    return auth0_span(text, len);
}

static list_t build(const char *const *formats, size_t count, apr_pool_t *pool)
{
    auth0_span_t text = make_text(formats, count, pool);
    list_t list = {NULL, {0, 0, 0}};
    double begin = now_ns();

    assert_null(auth0_deny_plan(&list.plan, text));
    double planned = now_ns();

    list.image = apr_palloc(pool, list.plan.bytes);
    auth0_deny_build(list.image, &list.plan, text, key);
    double built = now_ns();

    print_message("%d bytes of text: read in %.0f ms, image of %d bytes "
                  "written in %.0f ms\n",
                  (int)text.len, (planned - begin) / 1e6, (int)list.plan.bytes,
                  (built - planned) / 1e6);
    assert_true(built - begin < BUILD_MOST_NS);
    return list;
}

/* Who asks has just read the claims; the list may be anywhere. */
static double one_lookup_ns(const list_t *list, const auth0_claims_t *claims,
                            auth0_reason_t want)
{
    static const char *const names[] = {
        "sub", "azp", "client_id", "org_id", "org_name", "jti", "sid", "iat"};
    auth0_span_t value;

    for (size_t i = 0; i < COUNT(names); i++) {
        (void)auth0_claims_string(&value, claims, names[i]);
    }
    double begin = now_ns();
    auth0_reason_t got =
        auth0_deny_check(list->image, list->plan.bytes, claims, SUPPORT_NOW);
    double ns = now_ns() - begin;

    assert_int_equal(got, want);
    return ns;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/*
 * Other claims each time, so that not all of the list is in the cache. Half of
 * the lookups are quicker than the median, whatever else the machine does.
 */
static void measure(const list_t *list, const char *what,
                    const auth0_claims_t **claims, auth0_reason_t want)
{
    double *ns = test_malloc(LOOKUPS * sizeof(*ns));

    for (int i = 0; i < LOOKUPS; i++) {
        ns[i] = one_lookup_ns(list, claims[i % CLAIMS], want);
    }
    qsort(ns, LOOKUPS, sizeof(*ns), compare);
    print_message("%s: median %.0f ns, 99 of 100 within %.0f ns\n", what,
                  ns[LOOKUPS / 2], ns[LOOKUPS / 100 * 99]);
    assert_true(ns[LOOKUPS / 2] < LOOKUP_MOST_NS);
    test_free(ns);
}

static const char *const all_kinds[] = {
    "sub auth0|5f7c8ec7c33c6c00%08d\n", "client AaBbCcDdEeFfGgHhIiJjKk%08d\n",
    "org org_0123456789%08d\n",         "jti 0123456789abcdef%08d\n",
    "sid abcdef0123456789%08d\n",       "kid NjVBRjY5MDlCMUIwNzU4%08d\n",
};

static void six_misses_and_a_hit(void **state)
{
    list_t list = build(all_kinds, COUNT(all_kinds), *state);
    const auth0_claims_t **misses = apr_palloc(*state, CLAIMS * sizeof(void *));
    const auth0_claims_t **hits = apr_palloc(*state, CLAIMS * sizeof(void *));

    assert_int_equal(list.plan.entries, LINES);
    for (int i = 0; i < CLAIMS; i++) {
        misses[i] = support_claims(
            apr_psprintf(*state,
                         "{\"iss\":\"x\",\"sub\":\"auth0|%d\",\"azp\":\"a%d\","
                         "\"org_id\":\"org_%d\",\"org_name\":\"acme%d\","
                         "\"jti\":\"j%d\",\"sid\":\"s%d\",\"iat\":1}",
                         i, i, i, i, i, i),
            apr_psprintf(*state, "kid%d", i), *state);
        hits[i] = support_claims(
            apr_psprintf(*state, "{\"sub\":\"auth0|5f7c8ec7c33c6c00%08d\"}",
                         i * (LINES / CLAIMS) / 6 * 6),
            "", *state);
    }
    measure(&list, "misses on all six kinds", misses, AUTH0_OK);
    measure(&list, "a hit", hits, AUTH0_DENY_SUB);
}

static const char *const only_sub[] = {"sub auth0|5f7c8ec7c33c6c00%08d\n"};

static void kinds_that_are_not_there_cost_nothing(void **state)
{
    list_t list = build(only_sub, 1, *state);
    const auth0_claims_t **misses = apr_palloc(*state, CLAIMS * sizeof(void *));

    for (int i = 0; i < CLAIMS; i++) {
        misses[i] = support_claims(
            apr_psprintf(*state,
                         "{\"sub\":\"auth0|%d\",\"azp\":\"a\",\"jti\":\"j\"}",
                         i),
            "kid", *state);
    }
    measure(&list, "a miss where only subjects are listed", misses, AUTH0_OK);
}

/* An entry for each logout of one user, the usual way to make equal keys. */
static const char *const same_later[] = {"sub auth0|1 before=%d\n"};

/* The way that is left: each line says something that no other one does. */
static const char *const same_other[] = {"sub auth0|1 before=%d until=1\n",
                                         "sub auth0|1 until=%d before=1\n"};

/* One organization, written in another case each time. */
static const char *const other_case[] = {"org ACME%d\n", "org acme%d\n",
                                         "org Acme%d\n"};

static void equal_values_do_not_make_it_slow(void **state)
{
    const auth0_claims_t **claims = apr_palloc(*state, CLAIMS * sizeof(void *));
    list_t list = build(same_later, 1, *state);

    for (int i = 0; i < CLAIMS; i++) {
        claims[i] =
            support_claims("{\"sub\":\"auth0|1\",\"iat\":999998}", "", *state);
    }
    measure(&list, "the last of a million for one value", claims,
            AUTH0_DENY_SUB);
    (void)build(same_other, COUNT(same_other), *state);
    (void)build(other_case, COUNT(other_case), *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(six_misses_and_a_hit),
        SUPPORT_TEST(kinds_that_are_not_there_cost_nothing),
        SUPPORT_TEST(equal_values_do_not_make_it_slow),
    };
    return SUPPORT_RUN(tests);
}
