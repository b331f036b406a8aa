/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_clock.h"

#include <time.h>

int64_t auth0_clock_monotonic(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
