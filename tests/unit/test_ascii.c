/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_ascii.h"

static void hexadecimal_digits_are_of_either_case(void **state)
{
    static const char lower[] = "0123456789abcdef";
    static const char upper[] = "0123456789ABCDEF";
    (void)state;
    for (int i = 0; i < 16; i++) {
        assert_int_equal(auth0_ascii_hex(lower[i]), i);
        assert_int_equal(auth0_ascii_hex(upper[i]), i);
    }
}

static void no_other_byte_is_a_hexadecimal_digit(void **state)
{
    unsigned digits = 0;
    (void)state;
    for (int c = 0; c < 256; c++) {
        digits += auth0_ascii_hex((char)c) >= 0;
    }
    assert_int_equal(digits, 10 + 6 + 6);
}

static void bytes_are_written_with_two_digits_each(void **state)
{
    static const unsigned char bytes[] = {0x00, 0x0f, 0x10, 0x9a, 0xff};
    char text[2 * sizeof(bytes) + 1];
    (void)state;
    memset(text, 'x', sizeof(text));
    auth0_ascii_to_hex(text, bytes, sizeof(bytes));
    assert_string_equal(text, "000f109aff");
    auth0_ascii_to_hex(text, bytes, 0);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(hexadecimal_digits_are_of_either_case),
        SUPPORT_TEST(no_other_byte_is_a_hexadecimal_digit),
        SUPPORT_TEST(bytes_are_written_with_two_digits_each),
    };
    return SUPPORT_RUN(tests);
}
