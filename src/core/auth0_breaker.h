/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_BREAKER_H
#define AUTH0_BREAKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A circuit breaker: keeps callers away from something that has failed several
 * times in a row, so that they need not find out themselves. All bytes zero is
 * a closed breaker, that lets everyone through. It may lie in memory that
 * processes share: nothing is ever locked. Times are microseconds of a
 * monotonic clock. Lock-free and thread-safe.
 */
typedef struct auth0_breaker_t {
    _Atomic uint32_t failures; /* in a row                               */
    _Atomic int64_t next;      /* while it is open: when one may try again */
} auth0_breaker_t;

/* So many failures in a row open it. */
#define AUTH0_BREAKER_FAILURES 3

/* It stays open so long at first, twice as long each time, and at most. */
#define AUTH0_BREAKER_PAUSE_LEAST ((int64_t)1000000)
#define AUTH0_BREAKER_PAUSE_MOST ((int64_t)10000000)

typedef enum auth0_breaker_pass_t {
    AUTH0_BREAKER_NO,   /* it is open                                  */
    AUTH0_BREAKER_YES,  /* it is closed                                */
    AUTH0_BREAKER_PROBE /* it is open, and this one shall try for all  */
} auth0_breaker_pass_t;

/*
 * May one try at the time now? Whoever tries tells how it ended, and with which
 * pass: auth0_breaker_failed or auth0_breaker_succeeded. Of many who ask when
 * the pause of an open one is over, one gets AUTH0_BREAKER_PROBE.
 */
auth0_breaker_pass_t auth0_breaker_pass(auth0_breaker_t *breaker, int64_t now);

/* A pass for one who tries anyhow. */
auth0_breaker_pass_t auth0_breaker_pass_always(const auth0_breaker_t *breaker);

/*
 * It failed, at the time now. The last of so many failures in a row opens it;
 * while it is open only those of probes count, each of which makes the pause
 * that begins now longer.
 */
void auth0_breaker_failed(auth0_breaker_t *breaker, auth0_breaker_pass_t pass,
                          int64_t now);

/* It succeeded, with whatever pass: closed, with no failure to its name. */
void auth0_breaker_succeeded(auth0_breaker_t *breaker);

/* True while it keeps callers away, pauses that are over included. */
bool auth0_breaker_is_open(const auth0_breaker_t *breaker);

#endif
