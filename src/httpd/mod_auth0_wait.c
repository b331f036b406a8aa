/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_wait.h"

#include <stdatomic.h>

#include <ap_mpm.h>
#include <apr_shm.h>

#include "net/auth0_clock.h"

#define SEATS_MOST 64
#define LOOK_AGAIN 5000 /* microseconds */

/*
 * A seat is taken until a time, so that one whose process has died becomes
 * free by itself.
 */
static struct {
    const mod_auth0_board_t *board;
    const mod_auth0_bell_t *bell;
    _Atomic int64_t *seats;
    int seat_count;
} waiting;

static int workers(void)
{
    int daemons = 1;
    int threads = 1;

    (void)ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &daemons);
    (void)ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    return (daemons > 0 ? daemons : 1) * (threads > 0 ? threads : 1);
}

bool mod_auth0_wait_prepare(const mod_auth0_board_t *board,
                            const mod_auth0_bell_t *bell, apr_pool_t *pconf)
{
    apr_shm_t *shm;
    int half = (workers() + 1) / 2;

    waiting.board = board;
    waiting.bell = bell;
    waiting.seat_count = half < SEATS_MOST ? half : SEATS_MOST;
    if (apr_shm_create(&shm, SEATS_MOST * sizeof(*waiting.seats), NULL,
                       pconf) != APR_SUCCESS) {
        return false;
    }
    waiting.seats = apr_shm_baseaddr_get(shm);
    return true;
}

static _Atomic int64_t *sit_down(int64_t now, int64_t until)
{
    for (int i = 0; i < waiting.seat_count; i++) {
        int64_t taken_until = atomic_load(&waiting.seats[i]);
        if (taken_until < now && atomic_compare_exchange_strong(
                                     &waiting.seats[i], &taken_until, until)) {
            return &waiting.seats[i];
        }
    }
    return NULL;
}

/* Who overslept may find the seat taken by another. */
static void stand_up(_Atomic int64_t *seat, int64_t until)
{
    (void)atomic_compare_exchange_strong(seat, &until, 0);
}

static bool is_newer(const mod_auth0_source_t *source, uint32_t edition,
                     int64_t now)
{
    return mod_auth0_board_edition(waiting.board, source->slot) != edition &&
           auth0_keyring_serves(
               mod_auth0_board_ring(waiting.board, source->slot),
               &source->rules, now);
}

static bool wait_until(const mod_auth0_source_t *source, uint32_t edition,
                       int64_t asked)
{
    const auth0_keyring_t *ring =
        mod_auth0_board_ring(waiting.board, source->slot);
    int64_t until = asked + source->rules.wait;

    for (int64_t now = asked; now < until; now = auth0_clock_monotonic()) {
        if (auth0_keyring_is_answered(ring, asked) ||
            is_newer(source, edition, now)) {
            return true;
        }
        apr_sleep(LOOK_AGAIN);
    }
    return false;
}

bool mod_auth0_wait_may_help(const mod_auth0_source_t *source, uint32_t edition)
{
    int64_t now = auth0_clock_monotonic();

    return is_newer(source, edition, now) ||
           auth0_keyring_may_ask(
               mod_auth0_board_ring(waiting.board, source->slot),
               &source->rules, now);
}

bool mod_auth0_wait_for_keys(const mod_auth0_source_t *source, uint32_t edition)
{
    auth0_keyring_t *ring = mod_auth0_board_ring(waiting.board, source->slot);
    int64_t now = auth0_clock_monotonic();
    int64_t asked;

    if (is_newer(source, edition, now)) {
        return true;
    }
    if (!auth0_keyring_ask(&asked, ring, &source->rules, now)) {
        return false;
    }
    if (asked == now) {
        mod_auth0_bell_ring(waiting.bell);
    }
    int64_t until = asked + source->rules.wait;
    _Atomic int64_t *seat = sit_down(now, until);

    if (!seat) {
        return false;
    }
    bool is_worth_a_look = wait_until(source, edition, asked);

    stand_up(seat, until);
    return is_worth_a_look;
}

int mod_auth0_wait_retry_after(const mod_auth0_source_t *source)
{
    return auth0_keyring_retry_after(
        mod_auth0_board_ring(waiting.board, source->slot), &source->rules,
        auth0_clock_monotonic());
}
