/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_LANES_H
#define AUTH0_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Sixteen bytes that are compared in one step, by gcc and by clang: all of a
 * token is read several times, so that this has to be fast. What a comparison
 * says is 0xff for each byte of which it holds, else 0.
 */
typedef unsigned char auth0_lanes_t __attribute__((vector_size(16)));

#define AUTH0_LANES (sizeof(auth0_lanes_t))

/* The first len bytes of text, AUTH0_LANES at most, and fill behind them. */
static inline auth0_lanes_t auth0_lanes(const char *text, size_t len, char fill)
{
    auth0_lanes_t lanes;

    memset(&lanes, fill, sizeof(lanes));
    memcpy(&lanes, text, len);
    return lanes;
}

/* Letters and digits of ASCII. */
static inline auth0_lanes_t auth0_lanes_are_alnum(auth0_lanes_t c)
{
    return (auth0_lanes_t)((c | 0x20) - 'a' < 26) |
           (auth0_lanes_t)(c - '0' < 10);
}

/* True when a comparison holds of every byte. */
static inline bool auth0_lanes_all(auth0_lanes_t said)
{
    uint64_t halves[2];

    memcpy(halves, &said, sizeof(halves));
    return (halves[0] & halves[1]) == UINT64_MAX;
}

#endif
