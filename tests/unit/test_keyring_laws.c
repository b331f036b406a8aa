/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/auth0_keyring.h"

/* What holds in whatever order things happen, and whoever else is at it. */

#define SECOND ((int64_t)1000000)
#define NOW ((int64_t)SUPPORT_NOW_S * SECOND)
#define HOUR (3600 * SECOND)
#define COOLDOWN (30 * SECOND)

static const auth0_keyring_rules_t rules = {
    .refresh = 300 * SECOND,
    .retry_most = 60 * SECOND,
    .max_stale = 24 * HOUR,
    .cooldown = COOLDOWN,
    .wait = SECOND * 3 / 10,
};

/* A ring, and what is known of it by having looked on. */
typedef struct life_t {
    auth0_keyring_t ring;
    uint32_t random;
    int64_t now;
    int64_t confirmed; /* 0: never */
    int64_t alone;     /* until then the issuer wants to be left alone */
    int64_t begun;     /* 0: no fetch is under way */
    int64_t woken;     /* the last asking, 0: none */
    int64_t answered;  /* the last asking that was, 0: none */
} life_t;

static uint32_t next_random(life_t *life)
{
    life->random ^= life->random << 13;
    life->random ^= life->random >> 17;
    life->random ^= life->random << 5;
    return life->random;
}

static void live_begin(life_t *life)
{
    auth0_keyring_begin(&life->ring, life->now);
    life->begun = life->now;
    assert_true(auth0_keyring_due(&life->ring) >= life->now + SECOND);
}

/* Whoever asked before the fetch began is answered; nobody is forgotten. */
static void check_answers(life_t *life)
{
    const auth0_keyring_t *ring = &life->ring;

    assert_true(auth0_keyring_is_answered(ring, life->answered));
    if (life->woken && life->woken < life->begun) {
        assert_true(auth0_keyring_is_answered(ring, life->woken));
    }
    if (life->woken && auth0_keyring_is_answered(ring, life->woken)) {
        life->answered = life->woken;
    }
    assert_int_equal(auth0_keyring_is_asked(ring),
                     life->woken != life->answered);
    life->begun = 0;
}

static void live_succeed(life_t *life)
{
    bool changed = next_random(life) % 16 == 0 || !life->confirmed;

    auth0_keyring_succeed(&life->ring, &rules, life->now, changed,
                          next_random(life));
    life->confirmed = life->now;
    life->alone = 0;
    check_answers(life);
    assert_false(auth0_keyring_is_failing(&life->ring));
}

static void live_fail(life_t *life)
{
    bool wishes = next_random(life) % 4 == 0;
    int64_t alone = wishes ? (int64_t)(next_random(life) % 700) * SECOND : 0;

    auth0_keyring_fail(&life->ring, &rules, life->now, alone,
                       next_random(life));
    alone = alone > 600 * SECOND ? 600 * SECOND : alone;
    life->alone = alone ? life->now + alone : life->alone;
    check_answers(life);
    assert_true(auth0_keyring_is_failing(&life->ring));
    assert_true(auth0_keyring_due(&life->ring) >= life->alone);
}

static void live_ask(life_t *life)
{
    int64_t asked = -1;
    bool may_wait = auth0_keyring_ask(&asked, &life->ring, &rules, life->now);

    if (!may_wait) {
        return;
    }
    assert_true(life->now >= life->alone);
    if (asked == life->now) {
        assert_true(!life->woken || life->now - life->woken >= COOLDOWN);
        assert_true(auth0_keyring_is_asked(&life->ring));
        assert_false(auth0_keyring_is_answered(&life->ring, asked));
        assert_true(life->begun || auth0_keyring_due(&life->ring) <= life->now);
        life->woken = asked;
        return;
    }
    assert_int_equal(asked, life->woken);
    assert_true(life->now < asked + rules.wait);
    assert_true(life->answered != asked);
}

static void live_on(life_t *life)
{
    static const int64_t steps[] = {1,           1000,     SECOND / 10, SECOND,
                                    10 * SECOND, COOLDOWN, 300 * SECOND};
    uint32_t what = next_random(life) % 1000;

    life->now += what == 0 ? 26 * HOUR : steps[what % COUNT(steps)];
    uint32_t deed = next_random(life) % 8;

    if (deed < 4) {
        live_ask(life);
    }
    else if (auth0_keyring_due(&life->ring) <= life->now &&
             (!life->begun || deed == 4)) {
        live_begin(life); /* the process of the former fetch has died */
    }
    else if (life->begun && deed == 5) {
        live_fail(life);
    }
    else if (life->begun) {
        live_succeed(life);
    }
}

static void promises_hold_whatever_happens(void **state)
{
    life_t life = {.random = 1, .now = NOW};

    (void)state;
    auth0_keyring_start(&life.ring, life.now);
    for (int i = 0; i < 500000; i++) {
        live_on(&life);
        int hope = auth0_keyring_retry_after(&life.ring, &rules, life.now);
        assert_in_range(hope, 1, 660);
        assert_int_equal(auth0_keyring_serves(&life.ring, &rules, life.now),
                         life.confirmed && life.now - life.confirmed <=
                                               rules.refresh + rules.max_stale);
    }
}

#define THREADS 8
#define ASKINGS 10000
#define STEP 1500

typedef struct crowd_t {
    auth0_keyring_t ring;
    auth0_keyring_rules_t rules;
    _Atomic int64_t clock;
    int64_t winners[THREADS * ASKINGS];
    atomic_uint count;
    atomic_uint wrong;
} crowd_t;

/* The same set again; for this crowd, no reason to grow tired. */
static void answer(crowd_t *crowd, int64_t now)
{
    auth0_keyring_begin(&crowd->ring, now);
    auth0_keyring_succeed(&crowd->ring, &crowd->rules, now, true, 0);
}

/* Each asking has a time of its own: who is told it has to wake. */
static void *ask_often(void *baton)
{
    crowd_t *crowd = baton;

    for (int i = 0; i < ASKINGS; i++) {
        int64_t now = atomic_fetch_add(&crowd->clock, STEP);
        int64_t asked;
        if (auth0_keyring_ask(&asked, &crowd->ring, &crowd->rules, now) &&
            asked == now) {
            crowd->winners[atomic_fetch_add(&crowd->count, 1)] = now;
            answer(crowd, now);
        }
    }
    return NULL;
}

static void run_crowd(crowd_t *crowd, void *(*work)(void *))
{
    pthread_t threads[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, work, crowd), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
}

static int by_time(const void *a, const void *b)
{
    const int64_t *first = a;
    const int64_t *second = b;

    return (*first > *second) - (*first < *second);
}

/* How many were told, after it was seen that no two were within a cooldown. */
static unsigned count_winners(int64_t cooldown)
{
    static crowd_t crowd;

    crowd = (crowd_t){.rules = rules};
    crowd.rules.cooldown = cooldown;
    auth0_keyring_start(&crowd.ring, NOW);
    atomic_store(&crowd.clock, NOW);
    run_crowd(&crowd, ask_often);
    unsigned count = atomic_load(&crowd.count);

    qsort(crowd.winners, count, sizeof(crowd.winners[0]), by_time);
    for (unsigned i = 1; i < count; i++) {
        assert_true(crowd.winners[i] - crowd.winners[i - 1] >= cooldown);
    }
    return count;
}

static void one_of_eight_threads_wakes_in_each_cooldown(void **state)
{
    const int64_t all = (int64_t)THREADS * ASKINGS * STEP;

    (void)state;
    assert_int_equal(count_winners(COOLDOWN), all / COOLDOWN);
}

static void cooldowns_hold_in_a_crowd(void **state)
{
    (void)state;
    assert_in_range(count_winners(16 * STEP), 100, THREADS * ASKINGS / 16);
}

/* All at the same microsecond, which clocks do not tell apart. */
static void *ask_at_once(void *baton)
{
    crowd_t *crowd = baton;

    for (int i = 0; i < ASKINGS; i++) {
        int64_t asked;
        if (auth0_keyring_ask(&asked, &crowd->ring, &crowd->rules, NOW)) {
            atomic_fetch_add(&crowd->count, 1);
            atomic_fetch_add(&crowd->wrong, asked != NOW);
        }
    }
    return NULL;
}

static void who_asks_at_the_same_time_waits_as_well(void **state)
{
    static crowd_t crowd;

    (void)state;
    crowd.rules = rules;
    auth0_keyring_start(&crowd.ring, NOW);
    run_crowd(&crowd, ask_at_once);
    assert_int_equal(atomic_load(&crowd.count), THREADS * ASKINGS);
    assert_int_equal(atomic_load(&crowd.wrong), 0);
}

#define RINGS 5000

typedef struct row_t {
    auth0_keyring_t rings[RINGS];
    atomic_uint reached;
    atomic_uint empty_handed;
} row_t;

/* Rarely, to be there when it happens; but there may be one processor. */
static void look_away(unsigned looks)
{
    if (looks % 200 == 0) {
        sched_yield();
    }
}

static bool is_answered_in_time(const auth0_keyring_t *ring)
{
    for (unsigned looks = 1; looks < 100000000; looks++) {
        if (auth0_keyring_is_answered(ring, NOW)) {
            return true;
        }
        look_away(looks);
    }
    return false;
}

/* A request that waits for the first keys of one ring after another. */
static void *wait_for_keys(void *baton)
{
    row_t *row = baton;
    bool goes_on = true;

    for (unsigned i = 0; i < RINGS; i++) {
        atomic_store(&row->reached, i + 1);
        goes_on = goes_on && is_answered_in_time(&row->rings[i]);
        if (!goes_on || !auth0_keyring_serves(&row->rings[i], &rules, NOW)) {
            atomic_fetch_add(&row->empty_handed, 1);
        }
    }
    return NULL;
}

static void who_is_answered_has_the_keys(void **state)
{
    static row_t row;
    pthread_t waiter;
    int64_t asked;

    (void)state;
    for (size_t i = 0; i < RINGS; i++) {
        auth0_keyring_start(&row.rings[i], NOW);
        assert_true(auth0_keyring_ask(&asked, &row.rings[i], &rules, NOW));
        auth0_keyring_begin(&row.rings[i], NOW);
    }
    assert_int_equal(pthread_create(&waiter, NULL, wait_for_keys, &row), 0);
    for (unsigned i = 0; i < RINGS; i++) {
        for (unsigned n = 1; atomic_load(&row.reached) <= i; n++) {
            look_away(n);
        }
        auth0_keyring_succeed(&row.rings[i], &rules, NOW, true, 0);
    }
    assert_int_equal(pthread_join(waiter, NULL), 0);
    assert_int_equal(atomic_load(&row.empty_handed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(promises_hold_whatever_happens),
        SUPPORT_TEST(one_of_eight_threads_wakes_in_each_cooldown),
        SUPPORT_TEST(cooldowns_hold_in_a_crowd),
        SUPPORT_TEST(who_asks_at_the_same_time_waits_as_well),
        SUPPORT_TEST(who_is_answered_has_the_keys),
    };
    return SUPPORT_RUN(tests);
}
