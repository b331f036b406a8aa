/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_pairs.h"

/* "a=1" is named a; case counts, and what has no '=' has no name. */
static bool is_named(auth0_span_t pair, const char *name)
{
    auth0_span_t head;

    return auth0_span_cut(&head, &pair, '=') && auth0_span_is(head, name);
}

static const auth0_pairs_t kind = {'&', ';', is_named};

typedef struct row_t {
    const char *text;
    unsigned count; /* as one pair */
    auth0_reason_t reason;
    const char *pair;    /* NULL: does not count */
    const char *without; /* what is left */
} row_t;

#define NONE AUTH0_REQUEST_NO_TOKEN
#define MANY AUTH0_REQUEST_MULTIPLE
#define HIDDEN AUTH0_REQUEST_MALFORMED

static const row_t rows[] = {
    {"", 0, NONE, "", ""},
    {"&", 0, NONE, "", "&"},
    {"b=1", 0, NONE, "", "b=1"},
    {"a", 0, NONE, "", "a"},
    {"A=1", 0, NONE, "", "A=1"},
    {"aa=1&ba=2", 0, NONE, "", "aa=1&ba=2"},
    {"a=1", 1, AUTH0_OK, "a=1", ""},
    {"a=", 1, AUTH0_OK, "a=", ""},
    {"a=1=2", 1, AUTH0_OK, "a=1=2", ""},
    {"a=1&b=2", 1, AUTH0_OK, "a=1", "b=2"},
    {"b=2&a=1", 0, AUTH0_OK, "a=1", "b=2"},
    {"b=2&a=1&c=3", 0, AUTH0_OK, "a=1", "b=2&c=3"},
    {"&a=1&", 0, AUTH0_OK, "a=1", "&"},
    {"&&a=1", 0, AUTH0_OK, "a=1", "&"},
    {"b=2&&c=3", 0, NONE, "", "b=2&&c=3"},
    {"a=1;b=2", 1, AUTH0_OK, "a=1;b=2", ""},
    {"b=2;a=1", 1, HIDDEN, NULL, ""},
    {"b=2;c=3;a=1", 1, HIDDEN, NULL, ""},
    {"b=2;c=3", 0, NONE, "", "b=2;c=3"},
    {";a=1", 1, HIDDEN, NULL, ""},
    {"c=3&b=2;a=1&d=4", 1, HIDDEN, NULL, "c=3&d=4"},
    {"a=1&a=1", 1, MANY, NULL, ""},
    {"a=1&b=2&a=3", 1, MANY, NULL, "b=2"},
    {"a=1;a=2", 2, MANY, NULL, ""},
    {"a=1&b=2;a=3", 2, MANY, NULL, ""},
    {"b=2;a=1;a=1;a=1&c=3", 3, MANY, NULL, "c=3"},
};

/* Of its own allocation, so that a sanitizer sees a byte too many. */
static auth0_span_t span_of(const row_t *row, apr_pool_t *pool)
{
    return support_copy(support_span(row->text), pool);
}

static void a_pair_bears_names_with_all_that_hides_in_it(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad += support_equal(
            rows[i].text,
            auth0_pairs_count(&kind, span_of(&rows[i], *state), "a"),
            rows[i].count);
    }
    assert_int_equal(bad, 0);
}

static void the_one_pair_is_found(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t text = span_of(&rows[i], *state);
        auth0_span_t pair;
        bad += support_reason(rows[i].text,
                              auth0_pairs_find(&pair, &kind, text, "a"),
                              rows[i].reason);
        if (rows[i].pair) {
            bad += support_text(rows[i].text, support_string(pair, *state),
                                rows[i].pair);
        }
        bad += support_equal(rows[i].text, auth0_pairs_bear(&kind, text, "a"),
                             rows[i].reason != NONE);
    }
    assert_int_equal(bad, 0);
}

static void the_rest_is_left_as_it_was(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t text = span_of(&rows[i], *state);
        char *out = test_malloc(text.len > 0 ? text.len : 1);
        size_t len = auth0_pairs_without(out, &kind, text, "a");
        bad += support_text(rows[i].text,
                            support_string(auth0_span(out, len), *state),
                            rows[i].without);
        test_free(out);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_pair_bears_names_with_all_that_hides_in_it),
        SUPPORT_TEST(the_one_pair_is_found),
        SUPPORT_TEST(the_rest_is_left_as_it_was),
    };
    return SUPPORT_RUN(tests);
}
