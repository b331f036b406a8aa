/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_jose.h"

static const auth0_json_t *object_of(const char *text, apr_pool_t *pool)
{
    const auth0_json_t *object;
    assert_true(auth0_json_object(&object, support_span(text),
                                  auth0_json_header_limit, pool));
    return object;
}

static void a_kid_is_a_string_or_absent(void **state)
{
    static const struct {
        const char *text;
        bool is_good;
        const char *want;
    } rows[] = {
        {"{}", true, ""},
        {"{\"kid\":\"k\"}", true, "k"},
        {"{\"kid\":\"\"}", true, ""},
        {"{\"alg\":\"RS256\",\"kid\":\"a b\"}", true, "a b"},
        {"{\"KID\":\"k\"}", true, ""},
        {"{\"kid\":null}", false, ""},
        {"{\"kid\":1}", false, ""},
        {"{\"kid\":true}", false, ""},
        {"{\"kid\":[\"k\"]}", false, ""},
        {"{\"kid\":{}}", false, ""},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t kid = support_span("left over");
        bad += support_equal(
            rows[i].text, auth0_jose_kid(&kid, object_of(rows[i].text, *state)),
            rows[i].is_good);
        bad += support_text(rows[i].text, support_string(kid, *state),
                            rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void a_kid_has_an_end(void **state)
{
    for (size_t len = AUTH0_KID_MAX - 1; len <= AUTH0_KID_MAX + 1; len++) {
        const char *text =
            apr_pstrcat(*state, "{\"kid\":\"", support_repeat("k", len, *state),
                        "\"}", NULL);
        auth0_span_t kid;
        assert_int_equal(auth0_jose_kid(&kid, object_of(text, *state)),
                         len <= AUTH0_KID_MAX);
        assert_int_equal(kid.len, len <= AUTH0_KID_MAX ? len : 0);
    }
}

static void members_are_looked_for_by_their_names(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const names[] = {"jku", "x5u", NULL};
    static const struct {
        const char *text;
        bool want;
    } rows[] = {
        {"{}", false},
        {"{\"jku\":\"u\"}", true},
        {"{\"alg\":\"RS256\",\"x5u\":null}", true},
        {"{\"JKU\":1,\"x5c\":[]}", false},
        {"{\"a\":{\"jku\":1}}", false},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const auth0_json_t *object = object_of(rows[i].text, *state);
        bad += support_equal(rows[i].text, auth0_jose_has_any(object, names),
                             rows[i].want);
        bad += support_equal(rows[i].text, auth0_jose_has_any(object, none),
                             false);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_kid_is_a_string_or_absent),
        SUPPORT_TEST(a_kid_has_an_end),
        SUPPORT_TEST(members_are_looked_for_by_their_names),
    };
    return SUPPORT_RUN(tests);
}
