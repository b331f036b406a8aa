/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_field.h"

typedef struct name_row_t {
    const char *name;
    bool want;
} name_row_t;

static const name_row_t names[] = {
    {"X-Auth0-Sub", true},
    {"x_auth0.sub", true},
    {"7", true},
    {"a!#$%&'*+-.^_`|~", true},
    {"", false},
    {"-", false},
    {"_.-", false},
    {"X Auth0", false},
    {"X-Auth0:", false},
    {"X-Auth0\r", false},
    {"X-Auth\xc3\xb6", false},
    {"X(Y)", false},
    {"X/Y", false},
    {"\"X\"", false},
    {"X,Y", false},
    {"X=Y", false},
    {"X@Y", false},
    {"X\x7f", false},
    {" X", false},
    {"X ", false},
};

static void a_name_is_a_token_with_a_letter_or_digit(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        bad += support_equal(names[i].name, auth0_field_is_name(names[i].name),
                             names[i].want);
    }
    assert_int_equal(bad, 0);
}

typedef struct same_row_t {
    const char *a;
    const char *b;
    bool want;
} same_row_t;

static const same_row_t pairs[] = {
    {"X-Auth0-Sub", "X-Auth0-Sub", true},
    {"X-Auth0-Sub", "x-auth0-sub", true},
    {"X-Auth0-Sub", "X_Auth0_Sub", true},
    {"X-Auth0-Sub", "X.Auth0.Sub", true},
    {"X-Auth0-Sub", "xauth0sub", true},
    {"X-Auth0-Sub", "X--Auth0__Sub", true},
    {"X-Auth0-Sub", "-X-Auth0-Sub-", true},
    {"X-Auth0-Sub", " X-Auth0-Sub\t", true},
    {"X-Auth0-Sub", "X!Auth0~Sub", true},
    {"X-Auth0-Sub",
     "X\xff"
     "Auth0\x80Sub",
     true},
    {"X-Auth0-Sub", "X-Auth0-Su", false},
    {"X-Auth0-Sub", "X-Auth0-Subs", false},
    {"X-Auth0-Sub", "X-Auth-Sub", false},
    {"X-Auth0-Sub", "", false},
    {"X-Auth0-Sub", "---", false},
    {"X-Auth0-Sub", "X-Auth0", false},
    {"X-Auth0-Sub", "Y-Auth0-Sub", false},
    {"X-Auth0-Sub", "X-\xc3\xa0uth0-Sub", false},
};

static void names_are_one_but_for_case_and_punctuation(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        auth0_span_t a = support_span(pairs[i].a);
        auth0_span_t b = support_span(pairs[i].b);
        bad += support_equal(pairs[i].b, auth0_field_same(a, b), pairs[i].want);
        bad += support_equal(pairs[i].b, auth0_field_same(b, a), pairs[i].want);
    }
    assert_int_equal(bad, 0);
}

static void a_nul_byte_hides_nothing(void **state)
{
    auth0_span_t name = auth0_span("X\0Auth0\0Sub", 11);
    (void)state;
    assert_true(auth0_field_same(name, support_span("X-Auth0-Sub")));
    assert_false(auth0_field_same(name, support_span("X")));
}

typedef struct list_row_t {
    const char *list;
    const char *want; /* NULL: nothing is left */
} list_row_t;

static const list_row_t lists[] = {
    {"close", "close"},
    {"", ""},
    {"close, X-Auth0-Org", "close"},
    {"X-Auth0-Org, close", "close"},
    {"X-Auth0-Org", NULL},
    {"X-Auth0-Org,X-Auth0-Sub", NULL},
    {"x_auth0_sub , keep-alive,\tX.Auth0.Org, Upgrade", "keep-alive,Upgrade"},
    {"close,,X-Auth0-Sub,,", "close"},
    {"close, X-Auth0-Subs", "close, X-Auth0-Subs"},
    {",,X-Auth0-Sub", NULL},
    {"X-Auth0-Sub,a", "a"},
    {"a,X-Auth0-Sub,b", "a,b"},
    {"close; X-Auth0-Subs", "close; X-Auth0-Subs"},
    {"X-Auth0-Sub;q, close", "q,close"},
    {"close;X-Auth0-Sub", "close"},
    {"close X-Auth0-Sub", "close"},
    {"close\tX-Auth0-Sub\v", "close"},
    {"\"a, X-Auth0-Sub", "a"},
    {"a=\"b\" X-Auth0-Sub\xFFTE", "a,b,TE"},
    {";;X-Auth0-Sub=;", NULL},
};

static const apr_array_header_t *managed(apr_pool_t *pool)
{
    apr_array_header_t *made = apr_array_make(pool, 2, sizeof(const char *));
    APR_ARRAY_PUSH(made, const char *) = "X-Auth0-Sub";
    APR_ARRAY_PUSH(made, const char *) = "X-Auth0-Org";
    return made;
}

static void what_is_managed_is_taken_off_a_list(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(lists); i++) {
        apr_pool_t *pool = support_dirty_pool(*state);
        bad += support_text(
            lists[i].list,
            auth0_field_list_without(lists[i].list, managed(pool), pool),
            lists[i].want);
    }
    assert_int_equal(bad, 0);
}

static void a_name_may_have_one_letter(void **state)
{
    apr_array_header_t *names_of =
        apr_array_make(*state, 1, sizeof(const char *));
    APR_ARRAY_PUSH(names_of, const char *) = "X";
    assert_string_equal(auth0_field_list_without("a,x", names_of, *state), "a");
    assert_null(auth0_field_list_without("x", names_of, *state));
}

static void a_list_without_them_is_not_copied(void **state)
{
    const char *list = "close, TE";
    assert_ptr_equal(auth0_field_list_without(list, managed(*state), *state),
                     list);
}

static void a_name_is_found_as_it_was_written(void **state)
{
    const apr_array_header_t *names_of = managed(*state);
    assert_string_equal(auth0_field_find(names_of, support_span("x.auth0.org")),
                        "X-Auth0-Org");
    assert_null(auth0_field_find(names_of, support_span("X-Org")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_name_is_a_token_with_a_letter_or_digit),
        SUPPORT_TEST(names_are_one_but_for_case_and_punctuation),
        SUPPORT_TEST(a_nul_byte_hides_nothing),
        SUPPORT_TEST(what_is_managed_is_taken_off_a_list),
        SUPPORT_TEST(a_name_may_have_one_letter),
        SUPPORT_TEST(a_list_without_them_is_not_copied),
        SUPPORT_TEST(a_name_is_found_as_it_was_written),
    };
    return SUPPORT_RUN(tests);
}
