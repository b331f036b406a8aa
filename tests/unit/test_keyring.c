/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_keyring.h"

/* The fetcher's side of a ring; test_keyring_ask.c has that of requests. */

#define SECOND ((int64_t)1000000)
#define NOW ((int64_t)SUPPORT_NOW_S * SECOND)
#define HOUR (3600 * SECOND)
#define HALF (UINT32_MAX / 2)

static const auth0_keyring_rules_t rules = {
    .refresh = 300 * SECOND,
    .retry_most = 60 * SECOND,
    .max_stale = 24 * HOUR,
    .cooldown = 30 * SECOND,
    .wait = SECOND * 3 / 10,
};

/* A ring that has had its first keys at that time. */
static void fill(auth0_keyring_t *ring, int64_t now)
{
    auth0_keyring_start(ring, now);
    auth0_keyring_begin(ring, now);
    auth0_keyring_succeed(ring, &rules, now, true, 0);
}

static void fail_at(auth0_keyring_t *ring, int64_t now, int64_t retry_after,
                    uint32_t random)
{
    auth0_keyring_begin(ring, now);
    auth0_keyring_fail(ring, &rules, now, retry_after, random);
}

static void a_new_ring_waits_for_its_first_fetch(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    auth0_keyring_start(&ring, NOW + 5);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 5);
    assert_false(auth0_keyring_is_asked(&ring));
    assert_false(auth0_keyring_is_failing(&ring));
    assert_false(auth0_keyring_serves(&ring, &rules, NOW));
    assert_false(auth0_keyring_is_answered(&ring, NOW));
}

typedef struct restore_row_t {
    const char *name;
    int64_t age;
    int64_t first; /* when the ring's first fetch was due, after now */
    bool serves;
    int64_t due; /* after now */
} restore_row_t;

static const restore_row_t restore_rows[] = {
    {"just confirmed", 0, 0, true, 300 * SECOND},
    {"of a future after the clock was set back", -HOUR, 0, true, 300 * SECOND},
    {"of the earliest age", INT64_MIN, 0, true, 300 * SECOND},
    {"a minute old", 60 * SECOND, 0, true, 240 * SECOND},
    {"a minute old, but not before the start", 60 * SECOND, 250 * SECOND, true,
     250 * SECOND},
    {"just due", 300 * SECOND, 0, true, 0},
    {"overdue", HOUR, 0, true, 0},
    {"overdue, but not before the start", HOUR, 7, true, 7},
    {"as old as may be", 24 * HOUR + 300 * SECOND, 0, true, 0},
    {"older", 24 * HOUR + 300 * SECOND + 1, 0, false, 0},
    {"of another century", 876000 * HOUR, 0, false, 0},
    {"older than the clock", 2 * NOW, 0, false, 0},
    {"of the greatest age", INT64_MAX, 0, false, 0},
};

static void kept_keys_serve_and_are_renewed_in_time(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(restore_rows); i++) {
        const restore_row_t *row = &restore_rows[i];
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, NOW + row->first);
        auth0_keyring_restore(&ring, &rules, NOW, row->age, 0);
        bad += support_equal(
            row->name, auth0_keyring_serves(&ring, &rules, NOW), row->serves);
        bad +=
            support_equal(row->name, auth0_keyring_due(&ring) - NOW, row->due);
        bad += support_equal(row->name, auth0_keyring_is_failing(&ring), 0);
        bad += support_equal(row->name, auth0_keyring_is_asked(&ring), 0);
    }
    assert_int_equal(bad, 0);
}

/* Fresh keys can do without a fetch that has failed often enough. */
static void a_fourth_failure_waits_for_the_interval(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    auth0_keyring_start(&ring, NOW);
    auth0_keyring_begin(&ring, NOW);
    auth0_keyring_succeed(&ring, &rules, NOW, true, 0);
    for (int64_t failures = 1; failures <= 3; failures++) {
        fail_at(&ring, NOW + failures * SECOND, 0, 0);
        assert_true(auth0_keyring_due(&ring) < NOW + 10 * SECOND);
    }
    fail_at(&ring, NOW + 4 * SECOND, 0, 0);
    assert_int_equal(auth0_keyring_due(&ring) - NOW, rules.refresh);
}

/* Half a minute for a fetch that is late; none in an outage. */
static void late_is_no_outage(void **state)
{
    auth0_keyring_rules_t strict = rules;
    int64_t end = NOW + rules.refresh;
    auth0_keyring_t ring;

    (void)state;
    strict.max_stale = 0;
    auth0_keyring_start(&ring, NOW);
    auth0_keyring_begin(&ring, NOW);
    auth0_keyring_succeed(&ring, &strict, NOW, true, 0);
    assert_true(auth0_keyring_serves(&ring, &strict, end + 30 * SECOND));
    assert_false(auth0_keyring_serves(&ring, &strict, end + 30 * SECOND + 1));
    fail_at(&ring, end, 0, 0);
    assert_true(auth0_keyring_serves(&ring, &strict, end));
    assert_false(auth0_keyring_serves(&ring, &strict, end + 1));
}

typedef struct spread_row_t {
    const char *name;
    int64_t age;
    uint32_t random;
    int64_t due; /* from the restart on */
} spread_row_t;

static const spread_row_t spread_rows[] = {
    {"not due yet", 60 * SECOND, UINT32_MAX, 240 * SECOND},
    {"overdue, at the one end", HOUR, 0, 0},
    {"overdue, in the middle", HOUR, HALF, 75 * SECOND},
    {"overdue, at the other end", HOUR, UINT32_MAX, 150 * SECOND},
    {"too old to serve: at once", 48 * HOUR, UINT32_MAX, 0},
};

static void servers_that_start_together_do_not_ask_together(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(spread_rows); i++) {
        const spread_row_t *row = &spread_rows[i];
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, NOW);
        auth0_keyring_restore(&ring, &rules, NOW, row->age, row->random);
        int64_t late = auth0_keyring_due(&ring) - NOW - row->due;
        bad += support_equal(row->name, late >= -1 && late <= 1, true);
    }
    assert_int_equal(bad, 0);
}

typedef struct jitter_row_t {
    uint32_t random;
    int64_t least;
    int64_t most;
} jitter_row_t;

static const jitter_row_t jitter_rows[] = {
    {0, 300 * SECOND, 300 * SECOND},
    {1, 300 * SECOND - 1, 300 * SECOND},
    {UINT32_MAX / 4, 292500000 - 1, 292500000 + 1},
    {HALF, 285 * SECOND - 1, 285 * SECOND + 1},
    {UINT32_MAX - 1, 270 * SECOND, 270 * SECOND + 1},
    {UINT32_MAX, 270 * SECOND, 270 * SECOND},
};

static void up_to_a_tenth_is_taken_off_the_interval(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(jitter_rows); i++) {
        const jitter_row_t *row = &jitter_rows[i];
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, NOW);
        auth0_keyring_begin(&ring, NOW);
        auth0_keyring_succeed(&ring, &rules, NOW, true, row->random);
        assert_in_range(auth0_keyring_due(&ring) - NOW, row->least, row->most);
        assert_true(auth0_keyring_serves(&ring, &rules, NOW));
    }
}

/* What is left of its jitter when gap seconds were the rule. */
static unsigned check_gap(const char *name, int64_t got, int64_t gap,
                          uint32_t random)
{
    double factor = 0.8 + 0.4 * ((double)random / (double)UINT32_MAX);
    int64_t want = (int64_t)((double)gap * factor);

    return support_equal(name, got >= want - 2 && got <= want + 2, true);
}

static const uint32_t randoms[] = {0, 1, HALF / 2, HALF, UINT32_MAX};

static void pauses_double_up_to_the_longest(void **state)
{
    static const int64_t seconds[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    unsigned bad = 0;

    for (size_t r = 0; r < COUNT(randoms); r++) {
        auth0_keyring_t ring;
        int64_t now = NOW;
        auth0_keyring_start(&ring, now);
        for (size_t i = 0; i < COUNT(seconds); i++) {
            fail_at(&ring, now, 0, randoms[r]);
            int64_t due = auth0_keyring_due(&ring);
            bad += check_gap(apr_psprintf(*state, "failure %d, random %u",
                                          (int)i + 1, randoms[r]),
                             due - now, seconds[i] * SECOND, randoms[r]);
            assert_true(auth0_keyring_is_failing(&ring));
            now = due;
        }
    }
    assert_int_equal(bad, 0);
}

typedef struct longest_row_t {
    const char *name;
    int64_t longest;
    int64_t second; /* pause after the second failure */
} longest_row_t;

static const longest_row_t longest_rows[] = {
    {"half a second", SECOND / 2, SECOND / 2},
    {"a second", SECOND, SECOND},
    {"a second and a half", SECOND * 3 / 2, SECOND * 3 / 2},
    {"an hour", HOUR, 2 * SECOND},
    {"a year", 8766 * HOUR, 2 * SECOND},
};

static void any_longest_pause_will_do(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(longest_rows); i++) {
        auth0_keyring_rules_t other = rules;
        auth0_keyring_t ring;
        other.retry_most = longest_rows[i].longest;
        auth0_keyring_start(&ring, NOW);
        for (int n = 0; n < 2; n++) {
            auth0_keyring_begin(&ring, NOW);
            auth0_keyring_fail(&ring, &other, NOW, 0, HALF);
        }
        bad += check_gap(longest_rows[i].name, auth0_keyring_due(&ring) - NOW,
                         longest_rows[i].second, HALF);
    }
    assert_int_equal(bad, 0);
}

static void a_million_failures_change_nothing_more(void **state)
{
    auth0_keyring_t ring;
    int64_t now = NOW;
    int64_t longest = 0;

    (void)state;
    auth0_keyring_start(&ring, now);
    for (uint32_t i = 0; i < 1000000; i++) {
        fail_at(&ring, now, 0, i * 2654435761u);
        int64_t gap = auth0_keyring_due(&ring) - now;
        longest = gap > longest ? gap : longest;
        now += gap;
    }
    assert_in_range(longest, 71 * SECOND, 72 * SECOND);
    assert_true(auth0_keyring_is_failing(&ring));
}

static void a_success_ends_an_outage(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    for (int i = 0; i < 100; i++) {
        fail_at(&ring, NOW, 600 * SECOND, UINT32_MAX);
    }
    auth0_keyring_begin(&ring, NOW + SECOND);
    auth0_keyring_succeed(&ring, &rules, NOW + SECOND, false, 0);
    assert_false(auth0_keyring_is_failing(&ring));
    assert_int_equal(auth0_keyring_due(&ring), NOW + 301 * SECOND);
    fail_at(&ring, NOW + 2 * SECOND, 0, 0);
    assert_int_equal(auth0_keyring_due(&ring), NOW + SECOND * 28 / 10);
}

typedef struct after_row_t {
    const char *name;
    int64_t retry_after;
    uint32_t random;
    int64_t due; /* after now, a microsecond more or less */
} after_row_t;

/* The first failure alone is a second, less or more a fifth. */
static const after_row_t after_rows[] = {
    {"none", 0, HALF, SECOND},
    {"negative", -5 * SECOND, HALF, SECOND},
    {"the most negative", INT64_MIN, HALF, SECOND},
    {"shorter than the pause", SECOND / 2, HALF, SECOND},
    {"ten seconds", 10 * SECOND, 0, 10 * SECOND},
    {"ten seconds and some", 10 * SECOND, HALF, 10 * SECOND + SECOND / 2},
    {"ten seconds and a tenth", 10 * SECOND, UINT32_MAX, 11 * SECOND},
    {"ten minutes", 600 * SECOND, 0, 600 * SECOND},
    {"more than ten minutes", 600 * SECOND + 1, 0, 600 * SECOND},
    {"an hour", HOUR, 0, 600 * SECOND},
    {"an hour and a tenth", HOUR, UINT32_MAX, 660 * SECOND},
    {"for ever", INT64_MAX, UINT32_MAX, 660 * SECOND},
};

static void the_issuer_is_left_alone_when_it_wants(void **state)
{
    unsigned bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(after_rows); i++) {
        const after_row_t *row = &after_rows[i];
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, NOW);
        fail_at(&ring, NOW, row->retry_after, row->random);
        int64_t off = auth0_keyring_due(&ring) - NOW - row->due;
        bad += support_equal(row->name, off >= -2 && off <= 2, true);
    }
    assert_int_equal(bad, 0);
}

static void a_long_pause_outlasts_a_short_wish(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    auth0_keyring_start(&ring, NOW);
    for (int i = 0; i < 10; i++) {
        fail_at(&ring, NOW, 10 * SECOND, 0);
    }
    assert_int_equal(auth0_keyring_due(&ring), NOW + 48 * SECOND);
}

static void keys_serve_until_the_last_microsecond(void **state)
{
    const int64_t last = NOW + rules.refresh + rules.max_stale;
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    assert_true(auth0_keyring_serves(&ring, &rules, NOW - 1));
    assert_true(auth0_keyring_serves(&ring, &rules, last - 1));
    assert_true(auth0_keyring_serves(&ring, &rules, last));
    assert_false(auth0_keyring_serves(&ring, &rules, last + 1));
    fail_at(&ring, last, 0, 0);
    assert_false(auth0_keyring_serves(&ring, &rules, last + 1));
    auth0_keyring_begin(&ring, last + 1);
    auth0_keyring_succeed(&ring, &rules, last + 2, false, 0);
    assert_true(auth0_keyring_serves(&ring, &rules, last + 2));
}

static void failures_do_not_shorten_what_serves(void **state)
{
    const int64_t last = NOW + rules.refresh + rules.max_stale;
    auth0_keyring_t ring;

    (void)state;
    fill(&ring, NOW);
    for (int64_t now = NOW; now <= last; now += HOUR) {
        fail_at(&ring, now, 0, 0);
    }
    assert_true(auth0_keyring_serves(&ring, &rules, last));
}

static void a_fetch_that_died_is_followed_by_another(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    auth0_keyring_start(&ring, NOW);
    auth0_keyring_begin(&ring, NOW + 7);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 7 + SECOND);
    auth0_keyring_begin(&ring, NOW + 7 + SECOND);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 7 + 2 * SECOND);
    assert_false(auth0_keyring_is_failing(&ring));
    auth0_keyring_succeed(&ring, &rules, NOW + 2 * SECOND, true, 0);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 302 * SECOND);
}

static void a_fetch_that_died_keeps_the_wish_of_the_issuer(void **state)
{
    auth0_keyring_t ring;

    (void)state;
    auth0_keyring_start(&ring, NOW);
    fail_at(&ring, NOW, 60 * SECOND, 0);
    auth0_keyring_begin(&ring, NOW + SECOND);
    assert_int_equal(auth0_keyring_due(&ring), NOW + 60 * SECOND);
}

/* Answers and times after base, of a life with a bit of everything. */
static size_t live(int64_t *trace, int64_t base)
{
    auth0_keyring_t ring;
    int64_t asked = base;
    size_t n = 0;

    auth0_keyring_start(&ring, base);
    trace[n++] = auth0_keyring_serves(&ring, &rules, base);
    trace[n++] = auth0_keyring_retry_after(&ring, &rules, base);
    trace[n++] = auth0_keyring_ask(&asked, &ring, &rules, base);
    trace[n++] = asked - base;
    fail_at(&ring, base, HOUR, UINT32_MAX);
    trace[n++] = auth0_keyring_due(&ring) - base;
    trace[n++] = auth0_keyring_is_answered(&ring, base);
    trace[n++] = auth0_keyring_retry_after(&ring, &rules, base);
    trace[n++] = auth0_keyring_ask(&asked, &ring, &rules, base + 31 * SECOND);
    fail_at(&ring, base + 32 * SECOND, 0, UINT32_MAX);
    trace[n++] = auth0_keyring_due(&ring) - base;
    auth0_keyring_begin(&ring, base + HOUR);
    auth0_keyring_succeed(&ring, &rules, base + HOUR, true, 1);
    trace[n++] = auth0_keyring_due(&ring) - base;
    trace[n++] = auth0_keyring_serves(&ring, &rules, base + 2 * HOUR);
    trace[n++] = auth0_keyring_serves(&ring, &rules, base + 26 * HOUR);
    trace[n++] = auth0_keyring_ask(&asked, &ring, &rules, base + 26 * HOUR);
    trace[n++] = asked - base;
    auth0_keyring_restore(&ring, &rules, base + 26 * HOUR, HOUR, 0);
    trace[n++] = auth0_keyring_serves(&ring, &rules, base + 26 * HOUR);
    trace[n++] = auth0_keyring_due(&ring) - base;
    trace[n++] = auth0_keyring_retry_after(&ring, &rules, base + 26 * HOUR);
    return n;
}

static const int64_t bases[] = {
    0,
    1,
    SECOND,
    90 * SECOND,
    INT32_MAX,
    (int64_t)INT32_MAX *SECOND - HOUR,
    (int64_t)INT32_MAX *SECOND,
    (int64_t)UINT32_MAX *SECOND,
    INT64_MAX / 4 - 48 * HOUR,
    INT64_MAX / 4,
};

static void the_clock_may_stand_anywhere(void **state)
{
    unsigned bad = 0;
    int64_t want[32];
    size_t count = live(want, NOW);

    assert_in_range(count, 1, COUNT(want));
    for (size_t i = 0; i < COUNT(bases); i++) {
        int64_t got[32];
        assert_int_equal(live(got, bases[i]), count);
        for (size_t n = 0; n < count; n++) {
            bad += support_equal(
                apr_psprintf(*state, "clock %" APR_INT64_T_FMT ", answer %d",
                             bases[i], (int)n),
                got[n], want[n]);
        }
    }
    assert_int_equal(bad, 0);
}

static void keys_of_any_age_are_restored_at_any_time(void **state)
{
    static const int64_t ages[] = {
        0, -1, 1, HOUR, 876000 * HOUR, INT64_MAX / 4, INT64_MAX, INT64_MIN};

    (void)state;
    for (size_t i = 0; i < COUNT(bases) * COUNT(ages); i++) {
        int64_t base = bases[i / COUNT(ages)];
        int64_t age = ages[i % COUNT(ages)];
        auth0_keyring_t ring;
        auth0_keyring_start(&ring, base);
        auth0_keyring_restore(&ring, &rules, base, age, 0);
        assert_int_equal(auth0_keyring_serves(&ring, &rules, base),
                         age <= rules.refresh + rules.max_stale);
        assert_in_range(auth0_keyring_due(&ring) - base, 0, rules.refresh);
        assert_int_equal(auth0_keyring_retry_after(&ring, &rules, base), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_new_ring_waits_for_its_first_fetch),
        SUPPORT_TEST(kept_keys_serve_and_are_renewed_in_time),
        SUPPORT_TEST(a_fourth_failure_waits_for_the_interval),
        SUPPORT_TEST(late_is_no_outage),
        SUPPORT_TEST(servers_that_start_together_do_not_ask_together),
        SUPPORT_TEST(up_to_a_tenth_is_taken_off_the_interval),
        SUPPORT_TEST(pauses_double_up_to_the_longest),
        SUPPORT_TEST(any_longest_pause_will_do),
        SUPPORT_TEST(a_million_failures_change_nothing_more),
        SUPPORT_TEST(a_success_ends_an_outage),
        SUPPORT_TEST(the_issuer_is_left_alone_when_it_wants),
        SUPPORT_TEST(a_long_pause_outlasts_a_short_wish),
        SUPPORT_TEST(keys_serve_until_the_last_microsecond),
        SUPPORT_TEST(failures_do_not_shorten_what_serves),
        SUPPORT_TEST(a_fetch_that_died_is_followed_by_another),
        SUPPORT_TEST(a_fetch_that_died_keeps_the_wish_of_the_issuer),
        SUPPORT_TEST(the_clock_may_stand_anywhere),
        SUPPORT_TEST(keys_of_any_age_are_restored_at_any_time),
    };
    return SUPPORT_RUN(tests);
}
