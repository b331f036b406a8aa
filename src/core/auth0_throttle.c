/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_throttle.h"

static uint32_t second_of(uint64_t word)
{
    return (uint32_t)(word >> 32);
}

static uint32_t count_of(uint64_t word)
{
    return (uint32_t)word;
}

static uint64_t word_of(uint32_t second, uint32_t count)
{
    return (uint64_t)second << 32 | count;
}

static uint32_t one_more(uint32_t count)
{
    return count == UINT32_MAX ? count : count + 1;
}

/* Another thread may have read the clock a little later. */
static bool is_taken(uint64_t word, uint32_t second)
{
    return second_of(word) >= second;
}

bool auth0_throttle_pass(auth0_throttle_t *throttle, uint32_t *left_out,
                         uint32_t now)
{
    uint64_t old = atomic_load(&throttle->word);
    uint32_t second = one_more(now);

    *left_out = 0;
    do {
        if (is_taken(old, second)) {
            return false;
        }
    } while (!atomic_compare_exchange_weak(&throttle->word, &old,
                                           word_of(second, 0)));
    *left_out = count_of(old);
    return true;
}

void auth0_throttle_leave_out(auth0_throttle_t *throttle)
{
    uint64_t old = atomic_load(&throttle->word);

    while (!atomic_compare_exchange_weak(
        &throttle->word, &old,
        word_of(second_of(old), one_more(count_of(old))))) {
    }
}

bool auth0_throttle_admits(auth0_throttle_t *throttle, uint32_t *left_out,
                           uint32_t now)
{
    if (auth0_throttle_pass(throttle, left_out, now)) {
        return true;
    }
    auth0_throttle_leave_out(throttle);
    return false;
}

bool auth0_throttle_is_open(const auth0_throttle_t *throttle, uint32_t now)
{
    return !is_taken(atomic_load(&throttle->word), one_more(now));
}

uint32_t auth0_throttle_rest(auth0_throttle_t *throttle, uint32_t now)
{
    uint64_t old = atomic_load(&throttle->word);

    do {
        if (count_of(old) == 0 || is_taken(old, now)) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak(&throttle->word, &old,
                                           word_of(second_of(old), 0)));
    return count_of(old);
}
