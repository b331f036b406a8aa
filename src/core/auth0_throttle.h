/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_THROTTLE_H
#define AUTH0_THROTTLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Lets one a second through, and counts those that it does not. All bytes zero
 * is how it begins. It may lie in memory that processes share: nothing is ever
 * locked, so whoever dies leaves it in order. Lock-free and thread-safe.
 */
typedef struct auth0_throttle_t {
    _Atomic uint64_t word; /* second plus 1 of the last, then the count */
} auth0_throttle_t;

/*
 * True for the first in the second now (of a monotonic clock), with the number
 * of those left out before it in *left_out; it stays at UINT32_MAX from there
 * on. False for those that are to be left out; they are counted.
 */
bool auth0_throttle_admits(auth0_throttle_t *throttle, uint32_t *left_out,
                           uint32_t now);

/* True when one in the second now would be admitted. Counts nothing. */
bool auth0_throttle_is_open(const auth0_throttle_t *throttle, uint32_t now);

/*
 * The number of those left out when none has come for a whole second, which
 * nobody else will tell then; else 0.
 */
uint32_t auth0_throttle_rest(auth0_throttle_t *throttle, uint32_t now);

#endif
