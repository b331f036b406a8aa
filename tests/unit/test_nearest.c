/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_nearest.h"

typedef struct distance_row_t {
    const char *a;
    const char *b;
    size_t want;
} distance_row_t;

static const distance_row_t rows[] = {
    {"", "", 0},
    {"a", "", 1},
    {"read:orders", "read:orders", 0},
    {"read:order", "read:orders", 1},
    {"read:oders", "read:orders", 1},
    {"reed:orders", "read:orders", 1},
    {"raed:orders", "read:orders", 2},
    {"Read:orders", "read:orders", 1},
    {"kitten", "sitting", 3},
    {"write:orders", "read:orders", 4},
    {"abc", "xyz", 3},
    {"abcdef", "azced", 3},
};

static void the_distance_is_of_single_bytes(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t a = auth0_span_cstr(rows[i].a);
        auth0_span_t b = auth0_span_cstr(rows[i].b);
        bad += support_equal(
            rows[i].a, auth0_nearest_distance(a, b) == rows[i].want, true);
        bad += support_equal(
            rows[i].a, auth0_nearest_distance(b, a) == rows[i].want, true);
    }
    assert_int_equal(bad, 0);
}

static void long_names_are_told_apart(void **state)
{
    char a[300];
    char b[300];
    (void)state;
    memset(a, 'a', sizeof(a));
    memset(b, 'a', sizeof(b));
    b[0] = 'b';
    assert_int_equal(
        auth0_nearest_distance(auth0_span(a, 300), auth0_span(b, 256)), 45);
    assert_int_equal(
        auth0_nearest_distance(auth0_span(a, 256), auth0_span(b, 256)), 1);
    assert_int_equal(
        auth0_nearest_distance(auth0_span(a, 300), auth0_span("", 0)), 300);
}

static const char *nearest(const char *word, const char *const *names,
                           size_t count, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(const char *));

    for (size_t i = 0; i < count; i++) {
        APR_ARRAY_PUSH(list, const char *) = names[i];
    }
    return auth0_nearest(word, list);
}

static void the_nearest_name_is_found(void **state)
{
    static const char *const names[] = {"write:orders", "read:orders",
                                        "read:others", "admin"};

    assert_string_equal(nearest("read:order", names, 4, *state), "read:orders");
    assert_string_equal(nearest("write:oders", names, 4, *state),
                        "write:orders");
    assert_string_equal(nearest("read:otders", names, 4, *state),
                        "read:orders");
    assert_string_equal(nearest("", names, 4, *state), "admin");
    assert_null(nearest("admin", names, 0, *state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_distance_is_of_single_bytes),
        SUPPORT_TEST(long_names_are_told_apart),
        SUPPORT_TEST(the_nearest_name_is_found),
    };
    return SUPPORT_RUN(tests);
}
