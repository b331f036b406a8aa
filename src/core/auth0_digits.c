/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_digits.h"

#include "core/auth0_ascii.h"

bool auth0_digits_read(uint64_t *value, auth0_span_t text, uint64_t most)
{
    uint64_t number = 0;

    *value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!auth0_ascii_is_digit(text.ptr[i])) {
            return false;
        }
        uint64_t digit = (uint64_t)(text.ptr[i] - '0');
        if (digit > most || number > (most - digit) / 10) {
            return false;
        }
        number = 10 * number + digit;
    }
    *value = number;
    return text.len > 0;
}

bool auth0_digits_read_canonical(uint64_t *value, auth0_span_t text,
                                 uint64_t most)
{
    *value = 0;
    return (text.len == 1 || !auth0_span_starts(text, "0")) &&
           auth0_digits_read(value, text, most);
}
