/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_denyline.h"

#define NEVER AUTH0_DENYLINE_NEVER

typedef struct good_row_t {
    const char *text;
    auth0_reason_t reason;
    const char *value;
    int64_t before;
    int64_t until;
} good_row_t;

static const good_row_t good[] = {
    {"sub auth0|1", AUTH0_DENY_SUB, "auth0|1", NEVER, NEVER},
    {"client abc", AUTH0_DENY_CLIENT, "abc", NEVER, NEVER},
    {"org org_1", AUTH0_DENY_ORG, "org_1", NEVER, NEVER},
    {"jti x", AUTH0_DENY_JTI, "x", NEVER, NEVER},
    {"sid x", AUTH0_DENY_SID, "x", NEVER, NEVER},
    {"kid x", AUTH0_DENY_KID, "x", NEVER, NEVER},
    {"  sub   x  ", AUTH0_DENY_SUB, "x", NEVER, NEVER},
    {"sub x before=0", AUTH0_DENY_SUB, "x", 0, NEVER},
    {"sub x before=007", AUTH0_DENY_SUB, "x", 7, NEVER},
    {"sub x until=1800000000", AUTH0_DENY_SUB, "x", NEVER, 1800000000},
    {"sub x before=1 until=2", AUTH0_DENY_SUB, "x", 1, 2},
    {"sub x  until=2   before=1 ", AUTH0_DENY_SUB, "x", 1, 2},
    {"sub x before=253402300799", AUTH0_DENY_SUB, "x", 253402300799, NEVER},
    {"sub \"x\"", AUTH0_DENY_SUB, "x", NEVER, NEVER},
    {"sub \"a b\" before=5", AUTH0_DENY_SUB, "a b", 5, NEVER},
    {"sub \" \"", AUTH0_DENY_SUB, " ", NEVER, NEVER},
    {"sub \"a\\\"b\\\\c\"", AUTH0_DENY_SUB, "a\"b\\c", NEVER, NEVER},
    {"sub \"\\\\\"", AUTH0_DENY_SUB, "\\", NEVER, NEVER},
    {"sub \"before=1\"", AUTH0_DENY_SUB, "before=1", NEVER, NEVER},
    {"sub \"# x\"", AUTH0_DENY_SUB, "# x", NEVER, NEVER},
    {"sub #x", AUTH0_DENY_SUB, "#x", NEVER, NEVER},
    {"sub AD|DOMAIN\\user", AUTH0_DENY_SUB, "AD|DOMAIN\\user", NEVER, NEVER},
    {"sub a\"b", AUTH0_DENY_SUB, "a\"b", NEVER, NEVER},
    {"sub sub", AUTH0_DENY_SUB, "sub", NEVER, NEVER},
    {"sub J\xc3\xb6rg", AUTH0_DENY_SUB, "J\xc3\xb6rg", NEVER, NEVER},
    {"", AUTH0_OK, "", NEVER, NEVER},
    {"   ", AUTH0_OK, "", NEVER, NEVER},
    {"#", AUTH0_OK, "", NEVER, NEVER},
    {"  # sub x \t\r", AUTH0_OK, "", NEVER, NEVER},
};

static unsigned check_good(const good_row_t *row, apr_pool_t *pool)
{
    auth0_denyline_t line;
    auth0_span_t text = support_copy(support_span(row->text), pool);
    const char *why = auth0_denyline_read(&line, text);

    if (why) {
        print_error("%s: %s\n", row->text, why);
        return 1;
    }
    char *value = apr_pcalloc(pool, line.len + 1);

    auth0_denyline_value(value, &line);
    return support_reason(row->text, line.reason, row->reason) +
           support_text(row->text, value, row->value) +
           support_equal(row->text, line.before, row->before) +
           support_equal(row->text, line.until, row->until);
}

static void good_lines_are_read(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(good); i++) {
        bad += check_good(&good[i], *state);
    }
    assert_int_equal(bad, 0);
}

typedef struct bad_row_t {
    const char *text;
    const char *word; /* of the complaint */
} bad_row_t;

static const bad_row_t bad_rows[] = {
    {"subject x", "sub, client, org, jti, sid or kid"},
    {"SUB x", "sub, client"},
    {"subx", "sub, client"},
    {"auth0|1", "sub, client"},
    {"\"sub\" x", "sub, client"},
    {"\xef\xbb\xbfsub x", "sub, client"},
    {"sub", "lacks the value"},
    {"sub ", "lacks the value"},
    {"sub before=1", "lacks the value"},
    {"sub until=1 before=1", "lacks the value"},
    {"sub \"\"", "empty value"},
    {"sub \"x", "no closing quote"},
    {"sub \"", "no closing quote"},
    {"sub \"x\\\"", "no closing quote"},
    {"sub \"x\\", "backslash"},
    {"sub \"x\\n\"", "backslash"},
    {"sub \"x\"y", "space"},
    {"sub \"x\"before=1", "space"},
    {"sub x y", "quotes"},
    {"sub x # why", "quotes"},
    {"sub x until", "quotes"},
    {"sub x since=1", "quotes"},
    {"sub x Before=1", "quotes"},
    {"sub x before = 1", "before=UNIXTIME"},
    {"sub x before=", "whole number"},
    {"sub x before=-1", "whole number"},
    {"sub x before=+1", "whole number"},
    {"sub x before=1.5", "whole number"},
    {"sub x before=0x10", "whole number"},
    {"sub x before=1e9", "whole number"},
    {"sub x until=tomorrow", "whole number"},
    {"sub x until=2026-11-24", "whole number"},
    {"sub x until=\"1\"", "whole number"},
    {"sub x before=253402300800", "whole number"},
    {"sub x before=1800000000000", "whole number"},
    {"sub x before=18446744073709551617", "whole number"},
    {"sub x before=99999999999999999999999999999999", "whole number"},
    {"sub x before=1 before=2", "twice"},
    {"sub x until=1 before=2 until=1", "twice"},
    {"sub\tx", "control"},
    {"sub x\r", "control"},
    {"\r", "control"},
    {"sub \"a\x01\"", "control"},
    {"sub a\x7f", "control"},
};

static void bad_lines_are_refused_with_a_cure(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(bad_rows); i++) {
        const bad_row_t *row = &bad_rows[i];
        auth0_denyline_t line;
        auth0_span_t text = support_copy(support_span(row->text), *state);
        const char *why = auth0_denyline_read(&line, text);
        bad += support_equal(row->text, why && strstr(why, row->word), true);
    }
    assert_int_equal(bad, 0);
}

static void a_nul_is_refused(void **state)
{
    static const char text[] = "sub a\0b";
    auth0_denyline_t line;

    (void)state;
    assert_non_null(
        auth0_denyline_read(&line, auth0_span(text, sizeof(text) - 1)));
}

static void a_line_has_8192_bytes_at_most(void **state)
{
    const char *longest =
        apr_pstrcat(*state, "sub ", support_repeat("x", 8188, *state), NULL);
    const char *longer = apr_pstrcat(*state, longest, "x", NULL);
    const char *comment =
        apr_pstrcat(*state, "#", support_repeat("x", 8192, *state), NULL);
    auth0_denyline_t line;

    assert_null(auth0_denyline_read(&line, support_span(longest)));
    assert_int_equal(line.len, 8188);
    assert_non_null(
        strstr(auth0_denyline_read(&line, support_span(longer)), "8192"));
    assert_non_null(auth0_denyline_read(&line, support_span(comment)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(good_lines_are_read),
        SUPPORT_TEST(bad_lines_are_refused_with_a_cure),
        SUPPORT_TEST(a_nul_is_refused),
        SUPPORT_TEST(a_line_has_8192_bytes_at_most),
    };
    return SUPPORT_RUN(tests);
}
