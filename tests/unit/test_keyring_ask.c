/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_keyring.h"

/* The requests' side of a ring; test_keyring.c has that of the fetcher. */

#define SECOND ((int64_t)1000000)
#define NOW ((int64_t)SUPPORT_NOW_S * SECOND)
#define HOUR (3600 * SECOND)
#define COOLDOWN (30 * SECOND)
#define WAIT (SECOND * 3 / 10)

static const auth0_keyring_rules_t rules = {
    .refresh = 300 * SECOND,
    .retry_most = 60 * SECOND,
    .max_stale = 24 * HOUR,
    .cooldown = COOLDOWN,
    .wait = WAIT,
};

/* A ring that has had its first keys at that time. */
static void fill(auth0_keyring_t *ring, int64_t now)
{
    auth0_keyring_start(ring, now);
    auth0_keyring_begin(ring, now);
    auth0_keyring_succeed(ring, &rules, now, true, 0);
}

static void answer_at(auth0_keyring_t *ring, int64_t now, bool changed)
{
    auth0_keyring_begin(ring, now);
    auth0_keyring_succeed(ring, &rules, now + 1, changed, 0);
}

static void fail_at(auth0_keyring_t *ring, int64_t now, int64_t retry_after)
{
    auth0_keyring_begin(ring, now);
    auth0_keyring_fail(ring, &rules, now + 1, retry_after, 0);
}

/* What an asking comes to. */
typedef enum ask_t { REFUSED, JOINS, WAKES } ask_t;

static ask_t ask(auth0_keyring_t *ring, int64_t now)
{
    int64_t asked = NOW - HOUR;
    bool may_ask = auth0_keyring_may_ask(ring, &rules, now);
    bool done = auth0_keyring_ask(&asked, ring, &rules, now);

    assert_int_equal(may_ask, done);
    if (!done) {
        return REFUSED;
    }
    return asked == now ? WAKES : JOINS;
}

typedef struct ask_row_t {
    const char *name;
    int64_t after; /* the first asking */
    ask_t want;
    int64_t answered; /* after the first asking, 0: it is not */
} ask_row_t;

static const ask_row_t ask_rows[] = {
    {"a microsecond later", 1, JOINS, 0},
    {"at the end of the wait", WAIT - 1, JOINS, 0},
    {"after the wait", WAIT, REFUSED, 0},
    {"at the end of the cooldown", COOLDOWN - 1, REFUSED, 0},
    {"after the cooldown", COOLDOWN, REFUSED, 0},
    {"an hour later", HOUR, REFUSED, 0},
    {"from a clock a little behind", -1, JOINS, 0},
    {"answered", 3, REFUSED, 2},
    {"answered, at the end of the wait", WAIT - 1, REFUSED, 2},
    {"answered, at the end of the cooldown", COOLDOWN - 1, REFUSED, 2},
    {"answered, after the cooldown", COOLDOWN, WAKES, 2},
    {"answered, an hour later", HOUR, WAKES, 2},
};

/* Of a ring with keys, and of one that has none before the answer. */
static unsigned check_ask(const ask_row_t *row, bool has_keys)
{
    const int64_t first = NOW + SECOND;
    auth0_keyring_t ring;
    int64_t asked = 0;

    auth0_keyring_start(&ring, NOW);
    if (has_keys) {
        fill(&ring, NOW);
    }
    unsigned bad = support_equal(row->name, ask(&ring, first), WAKES);

    bad += support_equal(row->name, auth0_keyring_is_asked(&ring), true);
    bad += support_equal(row->name, auth0_keyring_due(&ring) <= first, true);
    if (row->answered) {
        answer_at(&ring, first + row->answered, true);
        bad += support_equal(row->name, auth0_keyring_is_asked(&ring), false);
    }
    bad += support_equal(row->name, auth0_keyring_is_answered(&ring, first),
                         row->answered != 0);
    bad += support_equal(row->name, ask(&ring, first + row->after), row->want);
    if (row->want == JOINS) {
        (void)!auth0_keyring_ask(&asked, &ring, &rules, first + row->after);
        bad += support_equal(row->name, asked - first, 0);
    }
    return bad;
}

static void one_wakes_some_join_and_others_are_refused(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(ask_rows); i++) {
        bad += check_ask(&ask_rows[i], false);
        bad += check_ask(&ask_rows[i], true);
    }
    assert_int_equal(bad, 0);
}

static void a_failure_is_an_answer_too(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    assert_int_equal(ask(&ring, NOW + SECOND), WAKES);
    fail_at(&ring, NOW + SECOND + 1, 0);
    assert_true(auth0_keyring_is_answered(&ring, NOW + SECOND));
    assert_false(auth0_keyring_is_asked(&ring));
    assert_int_equal(ask(&ring, NOW + SECOND + 3), REFUSED);
}

static void an_asking_makes_the_next_fetch_due(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 300 * SECOND);
    assert_int_equal(ask(&ring, NOW + SECOND), WAKES);
    assert_int_equal(auth0_keyring_due(&ring), NOW + SECOND);
    answer_at(&ring, NOW + 2 * SECOND, false);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 302 * SECOND + 1);
}

static void a_fetch_that_began_too_early_is_no_answer(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    auth0_keyring_begin(&ring, NOW + 300 * SECOND);
    assert_int_equal(ask(&ring, NOW + 300 * SECOND + 5), WAKES);
    auth0_keyring_succeed(&ring, &rules, NOW + 301 * SECOND, false, 0);
    assert_false(auth0_keyring_is_answered(&ring, NOW + 300 * SECOND + 5));
    assert_true(auth0_keyring_is_asked(&ring));
    assert_true(auth0_keyring_due(&ring) <= NOW + 301 * SECOND);
    answer_at(&ring, NOW + 301 * SECOND, false);
    assert_true(auth0_keyring_is_answered(&ring, NOW + 300 * SECOND + 5));
    assert_false(auth0_keyring_is_asked(&ring));
}

static void who_has_no_keys_takes_any_answer(void **state)
{
    (void)state;
    for (int failing = 0; failing < 2; failing++) {
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, NOW);
        auth0_keyring_begin(&ring, NOW);
        assert_int_equal(ask(&ring, NOW + 5), WAKES);
        if (failing) {
            auth0_keyring_fail(&ring, &rules, NOW + SECOND, 0, 0);
        }
        else {
            auth0_keyring_succeed(&ring, &rules, NOW + SECOND, true, 0);
        }
        assert_true(auth0_keyring_is_answered(&ring, NOW + 5));
        assert_false(auth0_keyring_is_asked(&ring));
        assert_true(auth0_keyring_due(&ring) > NOW + SECOND);
    }
}

static void an_asking_outlives_the_fetch_that_died(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    assert_int_equal(ask(&ring, NOW + SECOND), WAKES);
    auth0_keyring_begin(&ring, NOW + SECOND + 1);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 2 * SECOND + 1);
    assert_false(auth0_keyring_is_answered(&ring, NOW + SECOND));
    answer_at(&ring, NOW + 2 * SECOND + 1, false);
    assert_true(auth0_keyring_is_answered(&ring, NOW + SECOND));
}

typedef struct alone_row_t {
    const char *name;
    int64_t retry_after;
    int64_t blocked; /* seconds after the failure */
} alone_row_t;

static const alone_row_t alone_rows[] = {
    {"a minute", 60 * SECOND, 60},
    {"ten minutes", 600 * SECOND, 600},
    {"an hour", HOUR, 600},
    {"less than a cooldown", 10 * SECOND, 10},
};

static void requests_leave_the_issuer_alone_too(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(alone_rows); i++) {
        const alone_row_t *row = &alone_rows[i];
        int64_t end = NOW + 1 + row->blocked * SECOND;
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, NOW);
        fail_at(&ring, NOW, row->retry_after);
        bad += support_equal(row->name, ask(&ring, NOW + 2), REFUSED);
        bad += support_equal(row->name, ask(&ring, end - 1), REFUSED);
        bad += support_equal(row->name, ask(&ring, end), WAKES);
    }
    assert_int_equal(bad, 0);
}

static void a_success_lets_requests_ask_again(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    auth0_keyring_start(&ring, NOW);
    fail_at(&ring, NOW, HOUR);
    answer_at(&ring, NOW + SECOND, true);
    assert_int_equal(ask(&ring, NOW + 2 * SECOND), WAKES);
}

/* Asked in a fetch's time, refused by that fetch: there is nothing to join. */
static void nobody_joins_while_the_issuer_is_left_alone(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    auth0_keyring_begin(&ring, NOW + SECOND);
    assert_int_equal(ask(&ring, NOW + SECOND + 1), WAKES);
    auth0_keyring_fail(&ring, &rules, NOW + SECOND + 2, 60 * SECOND, 0);
    assert_int_equal(ask(&ring, NOW + SECOND + 3), REFUSED);
    assert_in_range(auth0_keyring_due(&ring), NOW + 61 * SECOND,
                    NOW + 62 * SECOND);
    assert_false(auth0_keyring_is_asked(&ring));
}

/* A cooldown that has been doubled is up to a quarter longer. */
static int64_t end_of(int64_t asked, int64_t seconds)
{
    return asked + seconds * SECOND +
           (seconds * SECOND > COOLDOWN ? seconds * SECOND / 4 : 0);
}

/*
 * The cooldown in force since an asking, or -1 when it is not that. It has been
 * asked again afterwards, at end_of that.
 */
static int64_t probe(auth0_keyring_t *ring, int64_t asked, int64_t seconds)
{
    return ask(ring, asked + seconds * SECOND - 1) == REFUSED &&
                   ask(ring, end_of(asked, seconds)) == WAKES
               ? seconds
               : -1;
}

typedef enum end_t { SAME_SET, FAILURE } end_t;

/* Askings in a row, each as early as it may be, that bring nothing. */
static unsigned check_fruitless(const char *name, end_t end)
{
    static const int64_t cooldowns[] = {30, 30, 60, 120, 120, 120, 120, 120};
    auth0_keyring_t ring;
    int64_t asked = NOW + SECOND;
    unsigned bad = 0;

    fill(&ring, NOW);
    bad += support_equal(name, ask(&ring, asked), WAKES);
    for (size_t i = 0; i < COUNT(cooldowns); i++) {
        if (end == FAILURE) {
            fail_at(&ring, asked + 1, 0);
        }
        else {
            answer_at(&ring, asked + 1, false);
        }
        bad += support_equal(name, probe(&ring, asked, cooldowns[i]),
                             cooldowns[i]);
        asked = end_of(asked, cooldowns[i]);
    }
    return bad;
}

static void fruitless_askings_become_rare(void **state)
{
    (void)state;
    assert_int_equal(check_fruitless("the same set", SAME_SET), 0);
}

static void failed_askings_are_fruitless_too(void **state)
{
    (void)state;
    assert_int_equal(check_fruitless("a failure", FAILURE), 0);
}

/* The ring after so many fruitless askings; returns when the last one was. */
static int64_t wear_out(auth0_keyring_t *ring, int askings)
{
    int64_t asked = NOW;

    fill(ring, NOW);
    for (int i = 0; i < askings; i++) {
        asked += 300 * SECOND;
        assert_int_equal(ask(ring, asked), WAKES);
        answer_at(ring, asked + 1, false);
    }
    return asked;
}

static void another_set_is_a_fruit(void **state)
{
    auth0_keyring_t ring;
    int64_t asked = wear_out(&ring, 100) + 300 * SECOND;

    (void)state;
    assert_int_equal(ask(&ring, asked), WAKES);
    answer_at(&ring, asked + 1, true);
    assert_int_equal(probe(&ring, asked, 30), 30);
}

static void another_set_is_a_fruit_even_if_nobody_asked(void **state)
{
    auth0_keyring_t ring;
    int64_t asked = wear_out(&ring, 100);

    (void)state;
    answer_at(&ring, asked + 10 * SECOND, true);
    assert_int_equal(probe(&ring, asked, 30), 30);
}

static void the_ordinary_fetch_is_not_fruitless(void **state)
{
    auth0_keyring_t ring;
    int64_t asked = wear_out(&ring, 2);

    (void)state;
    for (int i = 0; i < 10; i++) {
        answer_at(&ring, asked + 10 + i, false);
    }
    assert_int_equal(probe(&ring, asked, 30), 30);
}

static void who_has_no_keys_may_ask_as_ever(void **state)
{
    auth0_keyring_t ring;
    int64_t confirmed = wear_out(&ring, 100) + 2;
    int64_t last = confirmed + rules.refresh + rules.max_stale;

    (void)state;
    assert_int_equal(ask(&ring, last - 10 * SECOND), WAKES);
    fail_at(&ring, last - 10 * SECOND + 1, 0);
    assert_int_equal(ask(&ring, last), REFUSED);
    assert_int_equal(ask(&ring, last + 1), REFUSED);
    assert_int_equal(probe(&ring, last - 10 * SECOND, 30), 30);
}

static void a_cooldown_longer_than_the_interval_is_doubled_too(void **state)
{
    auth0_keyring_rules_t other = rules;
    auth0_keyring_t ring;
    int64_t asked;
    int64_t last = wear_out(&ring, 10);

    (void)state;
    other.cooldown = HOUR;
    assert_false(auth0_keyring_ask(&asked, &ring, &other, last + 4 * HOUR - 1));
    assert_true(auth0_keyring_ask(&asked, &ring, &other, last + 5 * HOUR));
}

typedef struct hope_row_t {
    const char *name;
    int64_t retry_after; /* of the failed fetch */
    bool is_asked;       /* before it */
    int64_t after;       /* the failure */
    int hope;            /* seconds */
} hope_row_t;

/* The first failure is retried after 0.8 s; unasked, any request may ask. */
static const hope_row_t hope_rows[] = {
    {"nobody has asked", 0, false, 0, 1},
    {"a retry follows", 0, true, 0, 1},
    {"the retry is overdue", 0, true, HOUR, 1},
    {"ten seconds", 10 * SECOND, false, 0, 10},
    {"ten seconds, asked", 10 * SECOND, true, 0, 10},
    {"a second less", 10 * SECOND, false, SECOND, 9},
    {"a little less", 10 * SECOND, false, 1, 10},
    {"almost all of it", 10 * SECOND, false, 10 * SECOND - 1, 1},
    {"all of it", 10 * SECOND, false, 10 * SECOND, 1},
    {"a bit more than a second", SECOND + 1, false, 0, 2},
    {"ten minutes", HOUR, true, 0, 600},
};

static void clients_are_told_when_to_come_back(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(hope_rows); i++) {
        const hope_row_t *row = &hope_rows[i];
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, NOW);
        if (row->is_asked) {
            bad += support_equal(row->name, ask(&ring, NOW), WAKES);
        }
        auth0_keyring_begin(&ring, NOW);
        auth0_keyring_fail(&ring, &rules, NOW, row->retry_after, 0);
        bad += support_equal(
            row->name,
            auth0_keyring_retry_after(&ring, &rules, NOW + row->after),
            row->hope);
    }
    assert_int_equal(bad, 0);
}

static bool can_be_fetched(auth0_keyring_t ring, int64_t now)
{
    return auth0_keyring_due(&ring) <= now || ask(&ring, now) == WAKES;
}

/* Not a second too late, and not too early either. */
static void check_hope(const auth0_keyring_t *ring, int64_t now)
{
    int hope = auth0_keyring_retry_after(ring, &rules, now);

    assert_true(hope >= 1);
    assert_true(can_be_fetched(*ring, now + hope * SECOND));
    assert_true(hope == 1 || !can_be_fetched(*ring, now + (hope - 1) * SECOND));
}

static void clients_are_told_of_the_pause_of_an_outage(void **state)
{
    auth0_keyring_t ring;
    int64_t now = NOW;

    (void)state;
    auth0_keyring_start(&ring, now);
    for (int i = 0; i < 20; i++) {
        fail_at(&ring, now, 0);
        check_hope(&ring, now + 2);
        now = auth0_keyring_due(&ring);
        check_hope(&ring, now);
        (void)ask(&ring, now);
        check_hope(&ring, now);
    }
}

static void clients_are_told_to_come_back_during_a_fetch(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    auth0_keyring_start(&ring, NOW);
    assert_int_equal(ask(&ring, NOW), WAKES);
    auth0_keyring_begin(&ring, NOW);
    assert_int_equal(auth0_keyring_retry_after(&ring, &rules, NOW + 1), 1);
    assert_int_equal(auth0_keyring_retry_after(&ring, &rules, NOW + 9 * SECOND),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(one_wakes_some_join_and_others_are_refused),
        SUPPORT_TEST(a_failure_is_an_answer_too),
        SUPPORT_TEST(an_asking_makes_the_next_fetch_due),
        SUPPORT_TEST(a_fetch_that_began_too_early_is_no_answer),
        SUPPORT_TEST(who_has_no_keys_takes_any_answer),
        SUPPORT_TEST(an_asking_outlives_the_fetch_that_died),
        SUPPORT_TEST(requests_leave_the_issuer_alone_too),
        SUPPORT_TEST(a_success_lets_requests_ask_again),
        SUPPORT_TEST(nobody_joins_while_the_issuer_is_left_alone),
        SUPPORT_TEST(fruitless_askings_become_rare),
        SUPPORT_TEST(failed_askings_are_fruitless_too),
        SUPPORT_TEST(another_set_is_a_fruit),
        SUPPORT_TEST(another_set_is_a_fruit_even_if_nobody_asked),
        SUPPORT_TEST(the_ordinary_fetch_is_not_fruitless),
        SUPPORT_TEST(who_has_no_keys_may_ask_as_ever),
        SUPPORT_TEST(a_cooldown_longer_than_the_interval_is_doubled_too),
        SUPPORT_TEST(clients_are_told_when_to_come_back),
        SUPPORT_TEST(clients_are_told_of_the_pause_of_an_outage),
        SUPPORT_TEST(clients_are_told_to_come_back_during_a_fetch),
    };
    return SUPPORT_RUN(tests);
}
