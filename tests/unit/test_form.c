/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_form.h"

#define NAME "access_token"

typedef struct find_row_t {
    const char *text;
    auth0_reason_t want;
    const char *value;
} find_row_t;

static const find_row_t find_rows[] = {
    {NAME "=abc", AUTH0_OK, "abc"},
    {"a=1&" NAME "=abc", AUTH0_OK, "abc"},
    {NAME "=abc&a=1", AUTH0_OK, "abc"},
    {"a&&" NAME "=abc&&b", AUTH0_OK, "abc"},
    {NAME "=", AUTH0_OK, ""},
    {NAME, AUTH0_OK, ""},
    {NAME "=a=b", AUTH0_OK, "a=b"},
    {NAME "=a%2Bb", AUTH0_OK, "a+b"},
    {NAME "=a%2bb", AUTH0_OK, "a+b"},
    {NAME "=a+b", AUTH0_OK, "a b"},
    {NAME "=%61%62%63", AUTH0_OK, "abc"},
    {"%61ccess_token=abc", AUTH0_OK, "abc"},
    {"acc%65ss%5Ftoken=abc", AUTH0_OK, "abc"},
    {"%61%63%63%65%73%73%5f%74%6f%6b%65%6e=abc", AUTH0_OK, "abc"},
    {NAME "=a?b/c", AUTH0_OK, "a?b/c"},
    {"", AUTH0_REQUEST_NO_TOKEN, ""},
    {"&", AUTH0_REQUEST_NO_TOKEN, ""},
    {"=", AUTH0_REQUEST_NO_TOKEN, ""},
    {"=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"Access_Token=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"xaccess_token=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access_tokenx=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access_toke=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access_token%00=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access_token%20=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access_token+=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"+access_token=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"%2561ccess_token=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access_token[]=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access%5ztoken=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access%5", AUTH0_REQUEST_NO_TOKEN, ""},
    {"access_token%3Dabc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"a=" NAME "%3Dabc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"a=" NAME, AUTH0_REQUEST_NO_TOKEN, ""},
    {"a=1%26access_token=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {NAME "=a%", AUTH0_REQUEST_MALFORMED, ""},
    {NAME "=a%4", AUTH0_REQUEST_MALFORMED, ""},
    {NAME "=a%4g", AUTH0_REQUEST_MALFORMED, ""},
    {NAME "=a%g4", AUTH0_REQUEST_MALFORMED, ""},
    {"a=1;" NAME "=abc", AUTH0_REQUEST_MALFORMED, ""},
    {"a=1;acc%65ss_token=abc", AUTH0_REQUEST_MALFORMED, ""},
    {"a;" NAME, AUTH0_REQUEST_MALFORMED, ""},
    {";" NAME "=abc", AUTH0_REQUEST_MALFORMED, ""},
    {NAME ";a=1", AUTH0_REQUEST_MALFORMED, ""},
    {NAME "=abc;a=1", AUTH0_OK, "abc;a=1"},
    {NAME "=a&" NAME "=a", AUTH0_REQUEST_MULTIPLE, ""},
    {NAME "=a&" NAME "=b", AUTH0_REQUEST_MULTIPLE, ""},
    {NAME "=a&" NAME, AUTH0_REQUEST_MULTIPLE, ""},
    {NAME "&" NAME, AUTH0_REQUEST_MULTIPLE, ""},
    {NAME "=a&%61ccess_token=b", AUTH0_REQUEST_MULTIPLE, ""},
    {NAME "=a;" NAME "=b", AUTH0_REQUEST_MULTIPLE, ""},
    {NAME "=a&x=1;" NAME "=b", AUTH0_REQUEST_MULTIPLE, ""},
    {NAME "=%zz&" NAME "=b", AUTH0_REQUEST_MULTIPLE, ""},
};

static void one_value_is_found_by_its_name(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(find_rows); i++) {
        const find_row_t *row = &find_rows[i];
        auth0_span_t text = support_copy(support_span(row->text), *state);
        auth0_span_t value;
        bad += support_reason(
            row->text, auth0_form_find(&value, text, NAME, *state), row->want);
        bad +=
            support_text(row->text, support_string(value, *state), row->value);
    }
    assert_int_equal(bad, 0);
}

/* A value has its length; a NUL in it ends nothing. */
static void a_decoded_nul_is_a_byte(void **state)
{
    auth0_span_t value;
    auth0_span_t text = support_span(NAME "=a%00b");
    assert_int_equal(auth0_form_find(&value, text, NAME, *state), AUTH0_OK);
    assert_int_equal(value.len, 3);
    assert_int_equal(value.ptr[1], '\0');
}

static void every_byte_can_be_written_with_a_percent_sign(void **state)
{
    unsigned bad = 0;
    for (unsigned c = 0; c < 256; c++) {
        const char *text = apr_psprintf(*state, NAME "=%%%02x%%%02X", c, c);
        auth0_span_t value;
        auth0_reason_t reason =
            auth0_form_find(&value, support_span(text), NAME, *state);
        bad += support_reason(text, reason, AUTH0_OK);
        bad += support_equal(text, (long)value.len, 2);
        bad += support_equal(text, (unsigned char)value.ptr[0], (long)c);
        bad += support_equal(text, (unsigned char)value.ptr[1], (long)c);
    }
    assert_int_equal(bad, 0);
}

typedef struct without_row_t {
    const char *text;
    const char *rest;
} without_row_t;

static const without_row_t without_rows[] = {
    {NAME "=T", ""},
    {NAME, ""},
    {NAME "=T&a=1", "a=1"},
    {"a=1&" NAME "=T", "a=1"},
    {"a=1&" NAME "=T&b=2", "a=1&b=2"},
    {"a=%41+%zz&" NAME "=T&b=%00", "a=%41+%zz&b=%00"},
    {"a=1&&" NAME "=T&&b", "a=1&&&b"},
    {NAME "=T&", ""},
    {NAME "=T&a=1&", "a=1&"},
    {"&a=1&" NAME "=T", "&a=1"},
    {NAME "=T&a=1&%61ccess_token=T&b=2&" NAME, "a=1&b=2"},
    {"a=1&x=1;" NAME "=T&b=2", "a=1&b=2"},
    {"a=1&" NAME "=T;x=1", "a=1"},
    {NAME "=%zz&b", "b"},
};

static void the_rest_is_what_it_was(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(without_rows); i++) {
        const without_row_t *row = &without_rows[i];
        auth0_span_t text = support_copy(support_span(row->text), *state);
        auth0_span_t rest = auth0_form_without(text, NAME, *state);
        bad += support_text(row->text, support_string(rest, *state), row->rest);
    }
    assert_int_equal(bad, 0);
}

static void what_does_not_bear_the_name_is_the_same_span(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(find_rows); i++) {
        const find_row_t *row = &find_rows[i];
        auth0_span_t text = support_span(row->text);
        auth0_span_t rest = auth0_form_without(text, NAME, *state);
        bool same = rest.ptr == text.ptr && rest.len == text.len;
        bad +=
            support_equal(row->text, same, row->want == AUTH0_REQUEST_NO_TOKEN);
    }
    assert_int_equal(bad, 0);
}

static const without_row_t url_rows[] = {
    {"/a?" NAME "=T", "/a"},
    {"/a?" NAME "=T&b=1", "/a?b=1"},
    {"/a?b=1&" NAME "=T", "/a?b=1"},
    {"/a?" NAME "=T#f", "/a#f"},
    {"/a?b&" NAME "=T#f?g", "/a?b#f?g"},
    {"/a?b=?&" NAME "=T?&c", "/a?b=?&c"},
    {"http://h/a?" NAME "=T", "http://h/a"},
    {"/a#b?" NAME "=T", "/a#b?" NAME "=T"},
    {"/a?" NAME "=T#b?" NAME "=T", "/a#b?" NAME "=T"},
    {"?" NAME "=T", ""},
    {"/a", "/a"},
    {"", ""},
    {"/a?", "/a?"},
    {"/a?b=1", "/a?b=1"},
    {"/" NAME "=T?b=1", "/" NAME "=T?b=1"},
    {"/a;" NAME "=T?b=1", "/a;" NAME "=T?b=1"},
    {"/a?b#" NAME "=T", "/a?b#" NAME "=T"},
};

static void a_url_loses_it_in_its_query_alone(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(url_rows); i++) {
        const without_row_t *row = &url_rows[i];
        auth0_span_t url = support_copy(support_span(row->text), *state);
        auth0_span_t rest = auth0_form_url_without(url, NAME, *state);
        bad += support_text(row->text, support_string(rest, *state), row->rest);
    }
    assert_int_equal(bad, 0);
}

static void a_name_may_have_one_letter(void **state)
{
    static const char *const texts[] = {"a", "b&a", "b;c&a", "a&b"};
    auth0_span_t value;
    for (size_t i = 0; i < COUNT(texts); i++) {
        auth0_span_t text = support_span(texts[i]);
        assert_int_equal(auth0_form_find(&value, text, "a", *state), AUTH0_OK);
        assert_int_equal(value.len, 0);
    }
    auth0_span_t hidden = support_span("b;a");
    assert_int_equal(auth0_form_find(&value, hidden, "a", *state),
                     AUTH0_REQUEST_MALFORMED);
    assert_int_equal(auth0_form_without(hidden, "a", *state).len, 0);
    assert_true(auth0_span_is(
        auth0_form_without(support_span("b&a"), "a", *state), "b"));
}

static void many_pairs_are_no_burden(void **state)
{
    const char *many = support_repeat("a=1&", 16384, *state);
    const char *text = apr_pstrcat(*state, many, NAME "=T&", many, NULL);
    auth0_span_t value;
    assert_int_equal(auth0_form_find(&value, support_span(text), NAME, *state),
                     AUTH0_OK);
    assert_true(auth0_span_is(value, "T"));
    auth0_span_t rest = auth0_form_without(support_span(text), NAME, *state);
    assert_true(auth0_span_is(rest, apr_pstrcat(*state, many, many, NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(one_value_is_found_by_its_name),
        SUPPORT_TEST(a_decoded_nul_is_a_byte),
        SUPPORT_TEST(every_byte_can_be_written_with_a_percent_sign),
        SUPPORT_TEST(the_rest_is_what_it_was),
        SUPPORT_TEST(what_does_not_bear_the_name_is_the_same_span),
        SUPPORT_TEST(a_url_loses_it_in_its_query_alone),
        SUPPORT_TEST(a_name_may_have_one_letter),
        SUPPORT_TEST(many_pairs_are_no_burden),
    };
    return SUPPORT_RUN(tests);
}
