/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_nearest.h"

#include <stdint.h>

#define LONGEST ((size_t)256)

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* From the row of a's first i bytes to that of one more. */
static void step(size_t *row, char next, auth0_span_t b)
{
    size_t corner = row[0]++;

    for (size_t j = 0; j < b.len; j++) {
        size_t kept = corner + (next != b.ptr[j]);
        corner = row[j + 1];
        row[j + 1] = least(kept, least(row[j], row[j + 1]) + 1);
    }
}

size_t auth0_nearest_distance(auth0_span_t a, auth0_span_t b)
{
    auth0_span_t x = {a.ptr, least(a.len, LONGEST)};
    auth0_span_t y = {b.ptr, least(b.len, LONGEST)};
    size_t beyond_a = a.len - x.len;
    size_t beyond_b = b.len - y.len;
    size_t row[LONGEST + 1];

    for (size_t j = 0; j <= y.len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; i < x.len; i++) {
        step(row, x.ptr[i], y);
    }
    return row[y.len] + (beyond_a > beyond_b ? beyond_a : beyond_b);
}

const char *auth0_nearest(const char *word, const apr_array_header_t *names)
{
    const char *nearest = NULL;
    size_t shortest = SIZE_MAX;

    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        size_t distance = auth0_nearest_distance(auth0_span_cstr(word),
                                                 auth0_span_cstr(name));
        if (distance < shortest) {
            shortest = distance;
            nearest = name;
        }
    }
    return nearest;
}
