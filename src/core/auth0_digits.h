/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_DIGITS_H
#define AUTH0_DIGITS_H

#include <stdint.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * A decimal number from 0 to most: ASCII digits alone, one at least, any number
 * of zeros in front. False, with *value 0, when text is anything else, such as
 * one with a sign or a space, or the number is larger. Pure, thread-safe.
 */
AUTH0_MUST_USE bool auth0_digits_read(uint64_t *value, auth0_span_t text,
                                      uint64_t most);

/* The same, but false as well when there is a zero in front of other digits. */
AUTH0_MUST_USE bool
auth0_digits_read_canonical(uint64_t *value, auth0_span_t text, uint64_t most);

#endif
