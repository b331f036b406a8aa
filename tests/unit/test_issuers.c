/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_issuers.h"

#define MANY 1000

static auth0_span_t issuer_number(size_t i, apr_pool_t *pool)
{
    return support_copy(support_span(apr_psprintf(
                            pool, "https://tenant-%u.example/", (unsigned)i)),
                        pool);
}

static void each_has_its_place(void **state)
{
    auth0_issuers_t *issuers = auth0_issuers_make(*state);
    size_t place = 7;
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(auth0_issuers_count(issuers), i);
        assert_false(
            auth0_issuers_find(&place, issuers, issuer_number(i, *state)));
        auth0_issuers_add(issuers, issuer_number(i, *state));
    }
    for (size_t i = 0; i < MANY; i++) {
        assert_true(
            auth0_issuers_find(&place, issuers, issuer_number(i, *state)));
        assert_int_equal(place, i);
    }
}

static const char *const others[] = {
    "",
    "h",
    "https://a.example",
    "https://a.example//",
    "https://A.example/",
    "https://b.example/",
    " https://a.example/",
    "https://a.example/ ",
};

static void every_byte_counts(void **state)
{
    auth0_issuers_t *issuers = auth0_issuers_make(*state);
    size_t place;
    auth0_issuers_add(issuers, support_span("https://a.example/"));
    assert_true(auth0_issuers_find(&place, issuers,
                                   support_span("https://a.example/")));
    assert_false(auth0_issuers_find(&place, issuers,
                                    auth0_span("https://a.example/\0", 19)));
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_false(auth0_issuers_find(
            &place, issuers, support_copy(support_span(others[i]), *state)));
        assert_int_equal(place, 0);
    }
}

static void none_are_none(void **state)
{
    auth0_issuers_t *issuers = auth0_issuers_make(*state);
    size_t place;
    assert_int_equal(auth0_issuers_count(NULL), 0);
    assert_int_equal(auth0_issuers_count(issuers), 0);
    assert_false(auth0_issuers_find(&place, NULL, support_span("a")));
    assert_false(auth0_issuers_find(&place, issuers, support_span("a")));
    assert_false(auth0_issuers_find(&place, issuers, support_span("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(each_has_its_place),
        SUPPORT_TEST(every_byte_counts),
        SUPPORT_TEST(none_are_none),
    };
    return SUPPORT_RUN(tests);
}
