/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_percent.h"

static const struct {
    const char *text;
    int want;
} rows[] = {
    {"%41", 'A'},      {"%7e", '~'},  {"%7E", '~'},  {"%00", 0},   {"%ff", 255},
    {"%Ff", 255},      {"%2F/", '/'}, {"%252", '%'}, {"", -1},     {"%", -1},
    {"%4", -1},        {"41", -1},    {"A41", -1},   {"%%41", -1}, {"%4g", -1},
    {"%g4", -1},       {"%-1", -1},   {"%+1", -1},   {"% 1", -1},  {"%1 ", -1},
    {"%0x41", -1},     {"%:0", -1},   {"%/0", -1},   {"%@0", -1},  {"%`0", -1},
    {"%\xc3\xa9", -1},
};

static void two_digits_of_either_case_are_a_byte(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad += support_equal(rows[i].text,
                             auth0_percent_byte(support_span(rows[i].text)),
                             rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void every_byte_has_an_escape(void **state)
{
    for (int byte = 0; byte < 256; byte++) {
        assert_int_equal(auth0_percent_byte(support_span(
                             apr_psprintf(*state, "%%%02x", byte))),
                         byte);
        assert_int_equal(auth0_percent_byte(support_span(
                             apr_psprintf(*state, "%%%02X", byte))),
                         byte);
    }
}

static void nothing_is_read_beyond_the_end(void **state)
{
    (void)state;
    for (size_t len = 0; len < AUTH0_PERCENT_LEN; len++) {
        assert_int_equal(auth0_percent_byte(auth0_span("%41", len)), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(two_digits_of_either_case_are_a_byte),
        SUPPORT_TEST(every_byte_has_an_escape),
        SUPPORT_TEST(nothing_is_read_beyond_the_end),
    };
    return SUPPORT_RUN(tests);
}
