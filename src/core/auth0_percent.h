/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_PERCENT_H
#define AUTH0_PERCENT_H

#include "core/auth0_span.h"

/* Bytes of a percent-encoded one: "%XX". */
#define AUTH0_PERCENT_LEN ((size_t)3)

/*
 * The byte, 0 to 255, that text begins with in percent-encoding (RFC 3986
 * section 2.1); -1 when it does not begin with a % and two hexadecimal digits
 * of either case. Whoever takes no NUL refuses 0 as well. Pure, thread-safe.
 */
int auth0_percent_byte(auth0_span_t text);

#endif
