/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_CLOCK_H
#define AUTH0_CLOCK_H

#include <stdint.h>

/*
 * Microseconds of a clock that nobody can set, the same for all processes of
 * this machine. Never fails, thread-safe.
 */
int64_t auth0_clock_monotonic(void);

#endif
