/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_breaker.h"

static int64_t pause_after(uint32_t failures)
{
    int64_t pause = AUTH0_BREAKER_PAUSE_LEAST;

    for (uint32_t i = AUTH0_BREAKER_FAILURES; i < failures; i++) {
        pause *= 2;
        if (pause >= AUTH0_BREAKER_PAUSE_MOST) {
            return AUTH0_BREAKER_PAUSE_MOST;
        }
    }
    return pause;
}

bool auth0_breaker_is_open(const auth0_breaker_t *breaker)
{
    return atomic_load(&breaker->failures) >= AUTH0_BREAKER_FAILURES;
}

/* Whoever moves the time ahead tries; should he die, the next one does then. */
auth0_breaker_pass_t auth0_breaker_pass(auth0_breaker_t *breaker, int64_t now)
{
    uint32_t failures = atomic_load(&breaker->failures);
    int64_t next = atomic_load(&breaker->next);

    if (failures < AUTH0_BREAKER_FAILURES) {
        return AUTH0_BREAKER_YES;
    }
    return now >= next &&
                   atomic_compare_exchange_strong(&breaker->next, &next,
                                                  now + pause_after(failures))
               ? AUTH0_BREAKER_PROBE
               : AUTH0_BREAKER_NO;
}

auth0_breaker_pass_t auth0_breaker_pass_always(const auth0_breaker_t *breaker)
{
    return auth0_breaker_is_open(breaker) ? AUTH0_BREAKER_PROBE
                                          : AUTH0_BREAKER_YES;
}

/*
 * Those who were under way when it opened do not count: only probes make it
 * stay open for longer.
 */
void auth0_breaker_failed(auth0_breaker_t *breaker, auth0_breaker_pass_t pass,
                          int64_t now)
{
    uint32_t old = atomic_load(&breaker->failures);

    do {
        bool is_open = old >= AUTH0_BREAKER_FAILURES;
        if ((is_open && pass != AUTH0_BREAKER_PROBE) || old == UINT32_MAX) {
            return;
        }
        if (old + 1 >= AUTH0_BREAKER_FAILURES) {
            atomic_store(&breaker->next, now + pause_after(old + 1));
        }
    } while (!atomic_compare_exchange_weak(&breaker->failures, &old, old + 1));
}

void auth0_breaker_succeeded(auth0_breaker_t *breaker)
{
    if (atomic_load(&breaker->failures) > 0) {
        atomic_store(&breaker->failures, 0);
    }
}
