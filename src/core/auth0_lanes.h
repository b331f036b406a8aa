/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_LANES_H
#define AUTH0_LANES_H

#include <stdint.h>

#include "core/auth0_span.h"

/*
 * SIMD by the vector extensions of gcc and clang: sixteen bytes that are
 * compared in one step, for all of a token is read several times, so that this
 * has to be fast. What a comparison says is 0xff for each byte of which it
 * holds, else 0.
 */
typedef unsigned char auth0_lanes_t __attribute__((vector_size(16)));

/* The same bytes, below zero from 0x80 on. */
typedef signed char auth0_signed_lanes_t __attribute__((vector_size(16)));

#define AUTH0_LANES (sizeof(auth0_lanes_t))

/* The first len bytes of text, AUTH0_LANES at most, and fill behind them. */
static inline auth0_lanes_t auth0_lanes(const char *text, size_t len, char fill)
{
    auth0_lanes_t lanes;

    memset(&lanes, fill, sizeof(lanes));
    memcpy(&lanes, text, len);
    return lanes;
}

/*
 * From first to last, both of ASCII. Moved so that last is the greatest number
 * there is, for processors compare lanes with a sign only.
 */
static inline auth0_lanes_t
auth0_lanes_within(auth0_lanes_t c, unsigned char first, unsigned char last)
{
    const unsigned char move = (unsigned char)(INT8_MAX - last);
    const signed char least = (signed char)(first + move);

    return (auth0_lanes_t)((auth0_signed_lanes_t)(c + move) >= least);
}

/* Letters and digits of ASCII. */
static inline auth0_lanes_t auth0_lanes_are_alnum(auth0_lanes_t c)
{
    return auth0_lanes_within(c | 0x20, 'a', 'z') |
           auth0_lanes_within(c, '0', '9');
}

/* True when a comparison holds of every byte. */
static inline bool auth0_lanes_all(auth0_lanes_t said)
{
    uint64_t halves[2];

    memcpy(halves, &said, sizeof(halves));
    return (halves[0] & halves[1]) == UINT64_MAX;
}

/* How many bytes a comparison holds of. */
static inline size_t auth0_lanes_sum(auth0_lanes_t said)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t halves[2];

    memcpy(halves, &said, sizeof(halves));
    /* A product by ones has the sum of all bytes in its highest one. */
    return (((halves[0] & ones) + (halves[1] & ones)) * ones) >> 56;
}

/* How many bytes of text a comparison holds of, which does not of 'A'. */
static inline size_t auth0_lanes_count(auth0_span_t text,
                                       auth0_lanes_t (*says)(auth0_lanes_t))
{
    size_t tail = text.len % AUTH0_LANES;
    const char *end = text.ptr + text.len - tail;
    size_t count = auth0_lanes_sum(says(auth0_lanes(end, tail, 'A')));

    for (const char *at = text.ptr; at < end; at += AUTH0_LANES) {
        count += auth0_lanes_sum(says(auth0_lanes(at, AUTH0_LANES, 'A')));
    }
    return count;
}

/* True when a comparison, which has to hold of 'A', holds of all of text. */
static inline bool auth0_lanes_every(auth0_span_t text,
                                     auth0_lanes_t (*says)(auth0_lanes_t))
{
    size_t tail = text.len % AUTH0_LANES;
    const char *end = text.ptr + text.len - tail;
    auth0_lanes_t good = says(auth0_lanes(end, tail, 'A'));

    for (const char *at = text.ptr; at < end; at += AUTH0_LANES) {
        good &= says(auth0_lanes(at, AUTH0_LANES, 'A'));
    }
    return auth0_lanes_all(good);
}

#endif
