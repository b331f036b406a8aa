/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_compact.h"

typedef struct compact_row_t {
    const char *token;
    auth0_reason_t want;
    size_t count;
} compact_row_t;

static const compact_row_t rows[] = {
    {"AAAA.BBBB.CCCC", AUTH0_OK, 3},
    {"AAAA.BBBB.CCCC.DDDD.EEEE", AUTH0_OK, 5},
    {"..", AUTH0_OK, 3},
    {"....", AUTH0_OK, 5},
    {"", AUTH0_TOKEN_MALFORMED, 0},
    {"a", AUTH0_TOKEN_OPAQUE, 0},
    {"a~+/=", AUTH0_TOKEN_OPAQUE, 0},
    {"AAAA.BBBB", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BBBB.CCCC.DDDD", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BBBB.CCCC.DDDD.EEEE.", AUTH0_TOKEN_MALFORMED, 0},
    {".....", AUTH0_TOKEN_MALFORMED, 0},
    {"A===.BBBB.CCCC", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BBBB.A", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BBBB.AB", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BBBB.CCCC.DDDD.AB", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BB+B.CCCC.DDDD.EEEE", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BBBB.CC/C.DDDD.EEEE", AUTH0_TOKEN_MALFORMED, 0},
    {"AAAA.BBBB.CCCC.DD D.EEEE", AUTH0_TOKEN_MALFORMED, 0},
};

static void dots_are_counted(void **state)
{
    unsigned bad = 0;
    auth0_compact_t compact;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t token = support_copy(support_span(rows[i].token), *state);
        auth0_reason_t reason = auth0_compact_cut(&compact, token);
        bad += support_reason(rows[i].token, reason, rows[i].want);
        if (reason == AUTH0_OK) {
            bad += support_equal(rows[i].token, (long)compact.count,
                                 (long)rows[i].count);
        }
    }
    assert_int_equal(bad, 0);
}

static void parts_are_what_stands_between(void **state)
{
    static const char *const parts[] = {"AAAA", "", "CCCC", "DDDD", "EE"};
    auth0_compact_t compact;
    (void)state;
    assert_int_equal(
        auth0_compact_cut(&compact, support_span("AAAA..CCCC.DDDD.EA")),
        AUTH0_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_true(auth0_span_is(compact.parts[i], parts[i]));
    }
}

static void size_is_judged_first(void **state)
{
    auth0_compact_t compact;
    const char *most = support_repeat("A", 8190, *state);
    assert_int_equal(
        auth0_compact_cut(&compact,
                          support_span(apr_pstrcat(*state, most, "..", NULL))),
        AUTH0_OK);
    most = support_repeat("A", 8188, *state);
    assert_int_equal(
        auth0_compact_cut(
            &compact, support_span(apr_pstrcat(*state, most, "....", NULL))),
        AUTH0_OK);
    assert_int_equal(
        auth0_compact_cut(
            &compact, support_span(apr_pstrcat(*state, most, ".....", NULL))),
        AUTH0_REQUEST_TOO_LARGE);
}

/* A part of any length may be the one that is wrong, at any place of it. */
static unsigned try_part(size_t part, size_t len, apr_pool_t *pool)
{
    const char *text = support_repeat("A", len, pool);
    const char *before = support_repeat("AAAA.", part, pool);
    const char *behind = support_repeat(".AAAA", 2 - part, pool);
    char *token = apr_pstrcat(pool, before, text, behind, NULL);
    char *at = token + strlen(before);
    auth0_compact_t compact;
    unsigned bad = 0;
    bad += auth0_compact_cut(&compact, support_span(token)) !=
           (len % 4 == 1 ? AUTH0_TOKEN_MALFORMED : AUTH0_OK);
    bad += compact.count != 3 || compact.parts[part].ptr != at ||
           compact.parts[part].len != len;
    for (size_t i = 0; i < len; i++) {
        at[i] = '=';
        bad += auth0_compact_cut(&compact, support_span(token)) !=
               AUTH0_TOKEN_MALFORMED;
        at[i] = 'A';
    }
    return bad;
}

static void parts_of_any_length_are_judged(void **state)
{
    for (size_t part = 0; part < 3; part++) {
        for (size_t len = 0; len <= 70; len++) {
            assert_int_equal(try_part(part, len, *state), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(dots_are_counted),
        SUPPORT_TEST(parts_are_what_stands_between),
        SUPPORT_TEST(size_is_judged_first),
        SUPPORT_TEST(parts_of_any_length_are_judged),
    };
    return SUPPORT_RUN(tests);
}
