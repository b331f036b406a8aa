/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_lanes.h"

#define LONGEST 50 /* three steps of sixteen, and more */

typedef struct range_row_t {
    const char *name;
    auth0_lanes_t (*says)(auth0_lanes_t); /* it holds of 'A' */
    unsigned char first;
    unsigned char last;
} range_row_t;

static auth0_lanes_t are_printable(auth0_lanes_t c)
{
    return auth0_lanes_within(c, ' ', '~');
}

static auth0_lanes_t are_ascii(auth0_lanes_t c)
{
    return auth0_lanes_within(c, 0, 0x7f);
}

static auth0_lanes_t are_letters(auth0_lanes_t c)
{
    return auth0_lanes_within(c, 'A', 'Z');
}

static auth0_lanes_t are_a(auth0_lanes_t c)
{
    return auth0_lanes_within(c, 'A', 'A');
}

static const range_row_t ranges[] = {
    {"printable", are_printable, ' ', '~'},
    {"ASCII", are_ascii, 0, 0x7f},
    {"letters", are_letters, 'A', 'Z'},
    {"A", are_a, 'A', 'A'},
};

/* A text of so many As, but for one byte, which may be any. */
static unsigned check_bytes(const range_row_t *row, size_t len, size_t place)
{
    char text[LONGEST];
    unsigned bad = 0;

    memset(text, 'A', sizeof(text));
    for (unsigned c = 0; c <= UINT8_MAX; c++) {
        bool is_within = c >= row->first && c <= row->last;
        text[place] = (char)c;
        auth0_span_t span = auth0_span(text, len);
        bad += support_equal(row->name, auth0_lanes_every(span, row->says),
                             is_within);
    }
    return bad;
}

static void each_byte_at_each_place(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) {
        for (size_t len = 1; len <= LONGEST; len++) {
            for (size_t place = 0; place < len; place++) {
                bad += check_bytes(&ranges[i], len, place);
            }
        }
    }
    assert_int_equal(bad, 0);
}

/* What stands behind a text, or before it, is none of its own. */
static void of_an_empty_text_all_holds(void **state)
{
    const char text[] = "\r\n";

    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) {
        assert_true(auth0_lanes_every(auth0_span(text, 0), ranges[i].says));
        assert_true(auth0_lanes_every(auth0_span("A\r", 1), ranges[i].says));
    }
}

static auth0_lanes_t are_commas(auth0_lanes_t c)
{
    return (auth0_lanes_t)(c == ',');
}

static void each_is_counted_once(void **state)
{
    char text[LONGEST];

    (void)state;
    for (size_t len = 0; len <= LONGEST; len++) {
        for (size_t count = 0; count <= len; count++) {
            memset(text, ',', sizeof(text));
            memset(text, 'A', len - count);
            assert_int_equal(
                auth0_lanes_count(auth0_span(text, len), are_commas), count);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(each_byte_at_each_place),
        SUPPORT_TEST(of_an_empty_text_all_holds),
        SUPPORT_TEST(each_is_counted_once),
    };
    return SUPPORT_RUN(tests);
}
