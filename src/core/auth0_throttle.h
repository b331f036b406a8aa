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
 * on. False, with *left_out 0, for those that are to be left out; they are
 * counted.
 */
bool auth0_throttle_admits(auth0_throttle_t *throttle, uint32_t *left_out,
                           uint32_t now);

/*
 * The two halves of that, for those of which it is decided elsewhere: one that
 * goes through in any case, and may be the first of its second; and one that
 * is left out.
 */
bool auth0_throttle_pass(auth0_throttle_t *throttle, uint32_t *left_out,
                         uint32_t now);
void auth0_throttle_leave_out(auth0_throttle_t *throttle);

/* True when one in the second now would be admitted. Counts nothing. */
bool auth0_throttle_is_open(const auth0_throttle_t *throttle, uint32_t now);

/*
 * The number of those left out when none has come for a whole second, which
 * nobody else will tell then; else 0.
 */
uint32_t auth0_throttle_rest(auth0_throttle_t *throttle, uint32_t now);

#endif
