/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_breaker.h"

#define S ((int64_t)1000000)

static void trip(auth0_breaker_t *breaker, int times, int64_t now)
{
    for (int i = 0; i < times; i++) {
        auth0_breaker_failed(breaker, AUTH0_BREAKER_YES, now);
    }
}

static void three_failures_in_a_row_open_it(void **state)
{
    auth0_breaker_t breaker = {0};
    (void)state;
    trip(&breaker, 2, 0);
    assert_int_equal(auth0_breaker_pass(&breaker, 0), AUTH0_BREAKER_YES);
    auth0_breaker_succeeded(&breaker);
    trip(&breaker, 2, 0);
    assert_false(auth0_breaker_is_open(&breaker));
    trip(&breaker, 1, 0);
    assert_true(auth0_breaker_is_open(&breaker));
    assert_int_equal(auth0_breaker_pass(&breaker, S - 1), AUTH0_BREAKER_NO);
}

static void one_at_a_time_tries_again(void **state)
{
    auth0_breaker_t breaker = {0};
    (void)state;
    trip(&breaker, 3, 0);
    assert_int_equal(auth0_breaker_pass(&breaker, S), AUTH0_BREAKER_PROBE);
    assert_int_equal(auth0_breaker_pass(&breaker, S), AUTH0_BREAKER_NO);
    auth0_breaker_succeeded(&breaker);
    assert_int_equal(auth0_breaker_pass(&breaker, S), AUTH0_BREAKER_YES);
    trip(&breaker, 3, S);
    assert_int_equal(auth0_breaker_pass(&breaker, 2 * S - 1), AUTH0_BREAKER_NO);
}

/* It is lost with its process: then the next one tries when its time is up. */
static void a_probe_that_never_ends_is_followed_by_another(void **state)
{
    auth0_breaker_t breaker = {0};
    (void)state;
    trip(&breaker, 3, 0);
    assert_int_equal(auth0_breaker_pass(&breaker, S), AUTH0_BREAKER_PROBE);
    assert_int_equal(auth0_breaker_pass(&breaker, 2 * S), AUTH0_BREAKER_PROBE);
}

static void the_pause_doubles_up_to_ten_seconds(void **state)
{
    static const int64_t pauses[] = {2 * S, 4 * S, 8 * S, 10 * S, 10 * S};
    auth0_breaker_t breaker = {0};
    int64_t now = S;
    (void)state;
    trip(&breaker, 3, 0);
    for (size_t i = 0; i < COUNT(pauses); i++) {
        assert_int_equal(auth0_breaker_pass(&breaker, now),
                         AUTH0_BREAKER_PROBE);
        auth0_breaker_failed(&breaker, AUTH0_BREAKER_PROBE, now);
        assert_int_equal(auth0_breaker_pass(&breaker, now + pauses[i] - 1),
                         AUTH0_BREAKER_NO);
        now += pauses[i];
    }
}

/* Those who were under way when it opened. */
static void stragglers_do_not_count(void **state)
{
    auth0_breaker_t breaker = {0};
    (void)state;
    trip(&breaker, 50, 0);
    assert_int_equal(auth0_breaker_pass(&breaker, S), AUTH0_BREAKER_PROBE);
}

static void who_tries_anyhow_may(void **state)
{
    auth0_breaker_t breaker = {0};
    (void)state;
    assert_int_equal(auth0_breaker_pass_always(&breaker), AUTH0_BREAKER_YES);
    trip(&breaker, 3, 0);
    assert_int_equal(auth0_breaker_pass_always(&breaker), AUTH0_BREAKER_PROBE);
    assert_int_equal(auth0_breaker_pass_always(&breaker), AUTH0_BREAKER_PROBE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(three_failures_in_a_row_open_it),
        SUPPORT_TEST(one_at_a_time_tries_again),
        SUPPORT_TEST(a_probe_that_never_ends_is_followed_by_another),
        SUPPORT_TEST(the_pause_doubles_up_to_ten_seconds),
        SUPPORT_TEST(stragglers_do_not_count),
        SUPPORT_TEST(who_tries_anyhow_may),
    };
    return SUPPORT_RUN(tests);
}
