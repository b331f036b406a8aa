/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_resp.h"

static void a_command_is_written_byte_for_byte(void **state)
{
    const auth0_span_t words[] = {auth0_span("a\r\n\0b", 5), auth0_span("", 0),
                                  auth0_span("SET", 3)};
    auth0_span_t got = auth0_resp_command(words, 3, *state);
    const char want[] = "*3\r\n$5\r\na\r\n\0b\r\n$0\r\n\r\n$3\r\nSET\r\n";
    assert_true(auth0_span_eq(got, auth0_span(want, sizeof(want) - 1)));
}

typedef struct row_t {
    const char *text;
    auth0_resp_found_t found;
    size_t rest; /* bytes after the reply */
} row_t;

static const row_t rows[] = {
    {"+OK\r\n", AUTH0_RESP_FOUND, 0},
    {"+\r\n", AUTH0_RESP_FOUND, 0},
    {"+OK\r\n+", AUTH0_RESP_FOUND, 1},
    {"-ERR no\r\n", AUTH0_RESP_FOUND, 0},
    {":0\r\n", AUTH0_RESP_FOUND, 0},
    {":-12\r\n", AUTH0_RESP_FOUND, 0},
    {":123456789012345678\r\n", AUTH0_RESP_FOUND, 0},
    {"$0\r\n\r\n", AUTH0_RESP_FOUND, 0},
    {"$2\r\n\r\n\r\n", AUTH0_RESP_FOUND, 0},
    {"$-1\r\n", AUTH0_RESP_FOUND, 0},
    {"*-1\r\n", AUTH0_RESP_FOUND, 0},
    {"*0\r\n", AUTH0_RESP_FOUND, 0},
    {"*2\r\n$1\r\na\r\n*1\r\n:1\r\n", AUTH0_RESP_FOUND, 0},
    {"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*0\r\n:", AUTH0_RESP_FOUND, 1},
    {"", AUTH0_RESP_MORE, 0},
    {"+", AUTH0_RESP_MORE, 0},
    {"+OK", AUTH0_RESP_MORE, 0},
    {"+OK\r", AUTH0_RESP_MORE, 0},
    {"$3\r\n", AUTH0_RESP_MORE, 0},
    {"$3\r\nab", AUTH0_RESP_MORE, 0},
    {"$3\r\nabc\r", AUTH0_RESP_MORE, 0},
    {"*2\r\n:1\r\n", AUTH0_RESP_MORE, 0},
    {"*1\r\n*1\r\n", AUTH0_RESP_MORE, 0},
    {"OK\r\n", AUTH0_RESP_BROKEN, 0},
    {"\r\n", AUTH0_RESP_BROKEN, 0},
    {"%1\r\n", AUTH0_RESP_BROKEN, 0},
    {"HTTP/1.1 400 Bad Request\r\n", AUTH0_RESP_BROKEN, 0},
    {"+OK\r+", AUTH0_RESP_BROKEN, 0},
    {":\r\n", AUTH0_RESP_BROKEN, 0},
    {":-\r\n", AUTH0_RESP_BROKEN, 0},
    {":-0\r\n", AUTH0_RESP_BROKEN, 0},
    {":01\r\n", AUTH0_RESP_BROKEN, 0},
    {":+1\r\n", AUTH0_RESP_BROKEN, 0},
    {": 1\r\n", AUTH0_RESP_BROKEN, 0},
    {":1x\r\n", AUTH0_RESP_BROKEN, 0},
    {":1234567890123456789\r\n", AUTH0_RESP_BROKEN, 0},
    {"$-2\r\n", AUTH0_RESP_BROKEN, 0},
    {"$65537\r\n", AUTH0_RESP_BROKEN, 0},
    {"$1\r\nab\r\n", AUTH0_RESP_BROKEN, 0},
    {"$1\r\na\rb", AUTH0_RESP_BROKEN, 0},
    {"*-2\r\n", AUTH0_RESP_BROKEN, 0},
    {"*8193\r\n", AUTH0_RESP_BROKEN, 0},
    {"*4294967297\r\n", AUTH0_RESP_BROKEN, 0},
    {"*8191\r\n*8191\r\n", AUTH0_RESP_BROKEN, 0},
    {"*1\r\nx\r\n", AUTH0_RESP_BROKEN, 0},
};

static void a_reply_is_whole_unfinished_or_broken(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t text = support_span(rows[i].text);
        auth0_span_t rest = text;
        auth0_span_t reply = {0};
        auth0_resp_found_t found = auth0_resp_reply(&reply, &rest);
        wrong += support_equal(rows[i].text, found, rows[i].found);
        wrong += support_equal(rows[i].text, (long)(reply.len + rest.len),
                               (long)text.len);
        if (found == AUTH0_RESP_FOUND) {
            wrong +=
                support_equal(rows[i].text, (long)rest.len, (long)rows[i].rest);
        }
    }
    assert_int_equal(wrong, 0);
}

/* Of a whole reply no beginning is whole, and none is broken. */
static void what_is_cut_off_is_unfinished(void **state)
{
    const char *text =
        "*2\r\n$12\r\nabc\r\n\r\ndef\r\n\r\n*2\r\n:-7\r\n+OK\r\n";
    (void)state;
    for (size_t len = 0; len <= strlen(text); len++) {
        auth0_span_t rest = auth0_span(text, len);
        auth0_span_t reply;
        assert_int_equal(auth0_resp_reply(&reply, &rest),
                         len < strlen(text) ? AUTH0_RESP_MORE
                                            : AUTH0_RESP_FOUND);
    }
}

static void a_line_without_an_end_is_broken(void **state)
{
    auth0_span_t rest = support_span(support_repeat("+", 600, *state));
    auth0_span_t reply;
    assert_int_equal(auth0_resp_reply(&reply, &rest), AUTH0_RESP_BROKEN);
}

static void items_are_taken_one_by_one(void **state)
{
    auth0_span_t rest =
        support_span("*4\r\n$3\r\na\r\n\r\n:-7\r\n$-1\r\n+OK\r\n");
    auth0_resp_item_t item;
    (void)state;
    assert_true(auth0_resp_take(&item, &rest, AUTH0_RESP_ARRAY));
    assert_true(item.number == 4);
    assert_true(auth0_resp_take(&item, &rest, AUTH0_RESP_TEXT));
    assert_true(auth0_span_is(item.text, "a\r\n"));
    assert_true(auth0_resp_take(&item, &rest, AUTH0_RESP_INTEGER));
    assert_true(item.number == -7);
    assert_true(auth0_resp_take(&item, &rest, AUTH0_RESP_NIL));
    assert_false(auth0_resp_take(&item, &rest, AUTH0_RESP_ERROR));
    assert_true(auth0_span_is(item.text, "OK"));
    assert_false(auth0_resp_take(&item, &rest, AUTH0_RESP_STATUS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_command_is_written_byte_for_byte),
        SUPPORT_TEST(a_reply_is_whole_unfinished_or_broken),
        SUPPORT_TEST(what_is_cut_off_is_unfinished),
        SUPPORT_TEST(a_line_without_an_end_is_broken),
        SUPPORT_TEST(items_are_taken_one_by_one),
    };
    return SUPPORT_RUN(tests);
}
