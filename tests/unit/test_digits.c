/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_digits.h"

typedef struct digits_row_t {
    const char *text;
    uint64_t most;
    bool is_good;
    uint64_t want;
} digits_row_t;

#define BAD false, 0

static const digits_row_t rows[] = {
    {"0", 0, true, 0},
    {"1", 0, BAD},
    {"7", 7, true, 7},
    {"8", 7, BAD},
    {"10", 10, true, 10},
    {"11", 10, BAD},
    {"65535", 65535, true, 65535},
    {"65536", 65535, BAD},
    {"100", 99, BAD},
    {"99", 99, true, 99},
    {"1234567890", UINT64_MAX, true, 1234567890},
    {"9223372036854775807", INT64_MAX, true, INT64_MAX},
    {"9223372036854775808", INT64_MAX, BAD},
    {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
    {"18446744073709551616", UINT64_MAX, BAD},
    {"18446744073709551625", UINT64_MAX, BAD},
    {"99999999999999999999", UINT64_MAX, BAD},
    {"184467440737095516150", UINT64_MAX, BAD},
    {"36893488147419103232", UINT64_MAX, BAD},
    {"", UINT64_MAX, BAD},
    {"+1", UINT64_MAX, BAD},
    {"-1", UINT64_MAX, BAD},
    {"-0", UINT64_MAX, BAD},
    {" 1", UINT64_MAX, BAD},
    {"1 ", UINT64_MAX, BAD},
    {"1 2", UINT64_MAX, BAD},
    {"\t1", UINT64_MAX, BAD},
    {"1\n", UINT64_MAX, BAD},
    {"1.0", UINT64_MAX, BAD},
    {"1e3", UINT64_MAX, BAD},
    {"0x1", UINT64_MAX, BAD},
    {"1_000", UINT64_MAX, BAD},
    {"a", UINT64_MAX, BAD},
    {"/", UINT64_MAX, BAD},
    {":", UINT64_MAX, BAD},
    {"\xd9\xa1", UINT64_MAX, BAD},
};

/* Only one of the two takes these. */
static const digits_row_t padded[] = {
    {"00", UINT64_MAX, true, 0},
    {"01", UINT64_MAX, true, 1},
    {"007", 7, true, 7},
    {"000000000000000000000000000000018446744073709551615", UINT64_MAX, true,
     UINT64_MAX},
};

typedef bool read_fn(uint64_t *value, auth0_span_t text, uint64_t most);

static unsigned judge(const digits_row_t *row, read_fn *read, bool is_good)
{
    uint64_t value = 1;
    unsigned bad = support_equal(
        row->text, read(&value, support_span(row->text), row->most), is_good);
    return bad +
           support_equal(row->text, value == (is_good ? row->want : 0), true);
}

static void a_number_is_read_within_its_bounds(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad += judge(&rows[i], auth0_digits_read, rows[i].is_good);
        bad += judge(&rows[i], auth0_digits_read_canonical, rows[i].is_good);
    }
    assert_int_equal(bad, 0);
}

static void zeros_in_front_are_for_some(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(padded); i++) {
        bad += judge(&padded[i], auth0_digits_read, true);
        bad += judge(&padded[i], auth0_digits_read_canonical, false);
    }
    assert_int_equal(bad, 0);
}

static void nothing_is_read_beyond_the_end(void **state)
{
    uint64_t value;
    (void)state;
    assert_true(auth0_digits_read(&value, auth0_span("123", 2), UINT64_MAX));
    assert_int_equal(value, 12);
    assert_false(auth0_digits_read(&value, auth0_span("1", 0), UINT64_MAX));
    assert_false(
        auth0_digits_read_canonical(&value, auth0_span("0", 0), UINT64_MAX));
    assert_false(auth0_digits_read(&value, auth0_span("1\0", 2), UINT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_number_is_read_within_its_bounds),
        SUPPORT_TEST(zeros_in_front_are_for_some),
        SUPPORT_TEST(nothing_is_read_beyond_the_end),
    };
    return SUPPORT_RUN(tests);
}
