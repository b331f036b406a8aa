/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>

#include "core/auth0_throttle.h"

typedef struct step_t {
    uint32_t now;
    bool is_admitted;
    uint32_t left_out; /* told by those that are admitted */
} step_t;

static const step_t steps[] = {
    {0, true, 0},   {0, false, 0},          {0, false, 0},  {1, true, 2},
    {2, true, 0},   {2, false, 0},          {9, true, 1},   {9, false, 0},
    {8, false, 0},  {10, true, 2},          {10, false, 0}, {9, false, 0},
    {10, false, 0}, {4000000000u, true, 3}, {3, false, 0},
};

static void one_a_second_is_admitted(void **state)
{
    auth0_throttle_t throttle = {0};
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        uint32_t left_out = 0;
        bool is_open = auth0_throttle_is_open(&throttle, steps[i].now);
        bool is_admitted =
            auth0_throttle_admits(&throttle, &left_out, steps[i].now);
        const char *row = "step";
        bad += support_equal(row, is_open, steps[i].is_admitted);
        bad += support_equal(row, is_admitted, steps[i].is_admitted);
        if (is_admitted) {
            bad += support_equal(row, left_out, steps[i].left_out);
        }
    }
    assert_int_equal(bad, 0);
}

static void the_count_stays_at_its_end(void **state)
{
    auth0_throttle_t throttle = {((uint64_t)6 << 32) | (UINT32_MAX - 1)};
    uint32_t left_out;
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_false(auth0_throttle_admits(&throttle, &left_out, 5));
    }
    assert_true(auth0_throttle_admits(&throttle, &left_out, 6));
    assert_int_equal(left_out, UINT32_MAX);
}

static void the_rest_is_told_once_and_late(void **state)
{
    auth0_throttle_t throttle = {0};
    uint32_t left_out;
    (void)state;
    assert_int_equal(auth0_throttle_rest(&throttle, 7), 0);
    for (int i = 0; i < 4; i++) {
        (void)auth0_throttle_admits(&throttle, &left_out, 7);
    }
    assert_int_equal(auth0_throttle_rest(&throttle, 7), 0);
    assert_int_equal(auth0_throttle_rest(&throttle, 8), 0);
    assert_int_equal(auth0_throttle_rest(&throttle, 9), 3);
    assert_int_equal(auth0_throttle_rest(&throttle, 9), 0);
    assert_true(auth0_throttle_admits(&throttle, &left_out, 9));
    assert_int_equal(left_out, 0);
}

static void what_goes_through_anyway_is_not_counted(void **state)
{
    auth0_throttle_t throttle = {0};
    uint32_t left_out = 9;
    (void)state;
    assert_true(auth0_throttle_pass(&throttle, &left_out, 5));
    assert_int_equal(left_out, 0);
    assert_false(auth0_throttle_pass(&throttle, &left_out, 5));
    assert_false(auth0_throttle_is_open(&throttle, 5));
    auth0_throttle_leave_out(&throttle);
    auth0_throttle_leave_out(&throttle);
    assert_true(auth0_throttle_pass(&throttle, &left_out, 6));
    assert_int_equal(left_out, 2);
    assert_int_equal(auth0_throttle_rest(&throttle, 9), 0);
}

/* One left out is as many as there may be. */
static void a_rest_of_one_is_told(void **state)
{
    auth0_throttle_t throttle = {0};
    uint32_t left_out;
    (void)state;
    for (int i = 0; i < 2; i++) {
        (void)auth0_throttle_admits(&throttle, &left_out, 7);
    }
    assert_int_equal(auth0_throttle_rest(&throttle, 9), 1);
    assert_int_equal(auth0_throttle_rest(&throttle, 9), 0);
}

#define THREADS 4
#define TURNS 20000

typedef struct turn_t {
    auth0_throttle_t *throttle;
    uint64_t admitted;
    uint64_t left_out;
} turn_t;

static void *run(void *baton)
{
    turn_t *turn = baton;
    for (uint32_t i = 0; i < TURNS; i++) {
        uint32_t left_out;
        if (auth0_throttle_admits(turn->throttle, &left_out, i / 100)) {
            turn->admitted++;
            turn->left_out += left_out;
        }
        turn->left_out += auth0_throttle_rest(turn->throttle, i / 100);
    }
    return NULL;
}

/* Whatever comes in between, each is either admitted or told of, once. */
static void nothing_is_lost_between_threads(void **state)
{
    auth0_throttle_t throttle = {0};
    turn_t turns[THREADS] = {{NULL, 0, 0}};
    pthread_t threads[THREADS];
    uint64_t admitted = 0;
    uint64_t left_out = 0;
    (void)state;
    for (size_t i = 0; i < THREADS; i++) {
        turns[i].throttle = &throttle;
        assert_int_equal(pthread_create(&threads[i], NULL, run, &turns[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        admitted += turns[i].admitted;
        left_out += turns[i].left_out;
    }
    left_out += auth0_throttle_rest(&throttle, UINT32_MAX - 1);
    assert_int_equal(admitted + left_out, THREADS * TURNS);
    assert_true(admitted <= TURNS / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(one_a_second_is_admitted),
        SUPPORT_TEST(the_count_stays_at_its_end),
        SUPPORT_TEST(the_rest_is_told_once_and_late),
        SUPPORT_TEST(what_goes_through_anyway_is_not_counted),
        SUPPORT_TEST(a_rest_of_one_is_told),
        SUPPORT_TEST(nothing_is_lost_between_threads),
    };
    return SUPPORT_RUN(tests);
}
