/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_NEAREST_H
#define AUTH0_NEAREST_H

#include <apr_tables.h>

#include "core/auth0_span.h"

/*
 * For tests, and the measure of auth0_nearest: how many bytes have to be put
 * in, taken out or replaced to make one of the other (Levenshtein). What is
 * beyond the first 256 bytes of either counts as different, byte by byte. Pure,
 * thread-safe.
 */
size_t auth0_nearest_distance(auth0_span_t a, auth0_span_t b);

/*
 * The name, out of those of const char *, that word is most likely a slip of:
 * the first of the least distance. NULL when there is none at all.
 */
const char *auth0_nearest(const char *word, const apr_array_header_t *names);

#endif
