/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_keyring.h"

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2,
               "rings are shared by processes: no hidden locks");

/* Earlier than any time, and far enough from the end to be reckoned with. */
#define NEVER (INT64_MIN / 4)

#define SECOND ((int64_t)1000000)
#define RETRY_FIRST SECOND
#define RETRY_AFTER_MOST (600 * SECOND)
#define DOUBLINGS_MOST 30u

/* Of askings, before the cooldown doubles, and how often it does at most. */
#define FRUITLESS_FREE 2u
#define COOLDOWNS_MOST 4

/* Failures in a row for which a fetch is made again soon in any case. */
#define PROMPT_RETRIES 3u

/* For a fetch that is late although nothing is known to be wrong. */
#define GRACE (30 * SECOND)

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* start, doubled so often, and never more than limit. */
static int64_t doubled(int64_t start, uint32_t times, int64_t limit)
{
    for (; times > 0 && start < limit; times--) {
        start *= 2;
    }
    return least(start, limit);
}

/* Some share of span: all of it for the largest random number. */
static int64_t share(int64_t span, uint32_t random)
{
    return (int64_t)((double)span * ((double)random / (double)UINT32_MAX));
}

static void count_up(_Atomic uint32_t *count)
{
    if (atomic_load(count) < DOUBLINGS_MOST) {
        atomic_fetch_add(count, 1);
    }
}

void auth0_keyring_start(auth0_keyring_t *ring, int64_t due)
{
    atomic_store(&ring->confirmed, NEVER);
    atomic_store(&ring->due, due);
    atomic_store(&ring->not_before, NEVER);
    atomic_store(&ring->begun, NEVER);
    atomic_store(&ring->asked, NEVER);
    atomic_store(&ring->in_hand, NEVER);
    atomic_store(&ring->answered, NEVER);
    atomic_store(&ring->failures, 0);
    atomic_store(&ring->fruitless, 0);
}

void auth0_keyring_restore(auth0_keyring_t *ring,
                           const auth0_keyring_rules_t *rules, int64_t now,
                           int64_t age, uint32_t random)
{
    int64_t confirmed = most(now - most(age, 0), NEVER + 1);
    int64_t due = confirmed + rules->refresh;

    atomic_store(&ring->confirmed, confirmed);
    if (due < now && auth0_keyring_serves(ring, rules, now)) {
        due = now + share(rules->refresh / 2, random);
    }
    atomic_store(&ring->due, most(atomic_load(&ring->due), due));
}

bool auth0_keyring_is_asked(const auth0_keyring_t *ring)
{
    return atomic_load(&ring->asked) != atomic_load(&ring->answered);
}

int64_t auth0_keyring_due(const auth0_keyring_t *ring)
{
    int64_t due = atomic_load(&ring->due);
    int64_t begun = atomic_load(&ring->begun);

    if (auth0_keyring_is_asked(ring)) {
        due = least(due, most(atomic_load(&ring->asked),
                              atomic_load(&ring->not_before)));
    }
    return begun == NEVER ? due : most(due, begun + RETRY_FIRST);
}

void auth0_keyring_begin(auth0_keyring_t *ring, int64_t now)
{
    atomic_store(&ring->in_hand, atomic_load(&ring->asked));
    atomic_store(&ring->begun, now);
}

static bool was_asked(const auth0_keyring_t *ring)
{
    return atomic_load(&ring->in_hand) != atomic_load(&ring->answered);
}

/* Who is answered looks at all the rest, so this comes last. */
static void end(auth0_keyring_t *ring, int64_t answered)
{
    atomic_store(&ring->begun, NEVER);
    atomic_store(&ring->answered, answered);
}

/*
 * Who asked while a fetch was under way may know of a key that it came too
 * early for. But where there were no keys at all, any fetch is what was wanted.
 */
void auth0_keyring_succeed(auth0_keyring_t *ring,
                           const auth0_keyring_rules_t *rules, int64_t now,
                           bool changed, uint32_t random)
{
    bool had_keys = auth0_keyring_serves(ring, rules, now);

    if (changed) {
        atomic_store(&ring->fruitless, 0);
    }
    else if (was_asked(ring)) {
        count_up(&ring->fruitless);
    }
    atomic_store(&ring->failures, 0);
    atomic_store(&ring->not_before, NEVER);
    atomic_store(&ring->due,
                 now + rules->refresh - share(rules->refresh / 10, random));
    atomic_store(&ring->confirmed, now);
    end(ring,
        had_keys ? atomic_load(&ring->in_hand) : atomic_load(&ring->asked));
}

/* After some prompt retries, keys that are fresh enough can do without. */
static int64_t retry_at(const auth0_keyring_t *ring,
                        const auth0_keyring_rules_t *rules, int64_t now,
                        uint32_t random)
{
    uint32_t failures = atomic_load(&ring->failures);
    int64_t gap = doubled(RETRY_FIRST, failures, rules->retry_most);
    int64_t next = now + gap - gap / 5 + share(gap / 5 * 2, random);

    if (failures < PROMPT_RETRIES) {
        return next;
    }
    return most(next, atomic_load(&ring->confirmed) + rules->refresh -
                          share(rules->refresh / 10, random));
}

void auth0_keyring_fail(auth0_keyring_t *ring,
                        const auth0_keyring_rules_t *rules, int64_t now,
                        int64_t retry_after, uint32_t random)
{
    int64_t next = retry_at(ring, rules, now, random);

    if (retry_after > 0) {
        int64_t alone = least(retry_after, RETRY_AFTER_MOST);
        next = most(next, now + alone + share(alone / 10, random));
        atomic_store(&ring->not_before, next);
    }
    if (was_asked(ring) && auth0_keyring_serves(ring, rules, now)) {
        count_up(&ring->fruitless);
    }
    count_up(&ring->failures);
    atomic_store(&ring->due, next);
    end(ring, atomic_load(&ring->asked));
}

bool auth0_keyring_is_failing(const auth0_keyring_t *ring)
{
    return atomic_load(&ring->failures) > 0;
}

bool auth0_keyring_serves(const auth0_keyring_t *ring,
                          const auth0_keyring_rules_t *rules, int64_t now)
{
    int64_t confirmed = atomic_load(&ring->confirmed);
    int64_t beyond = auth0_keyring_is_failing(ring)
                         ? rules->max_stale
                         : most(rules->max_stale, GRACE);

    return confirmed != NEVER && now - confirmed <= rules->refresh + beyond;
}

/* From the time of an asking, as good as any: no two servers have the same. */
static uint32_t scatter(int64_t time)
{
    return (uint32_t)((uint64_t)time * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/*
 * How long after the last asking a request may ask again. Fleets that are
 * flooded all at once fall out of step.
 */
static int64_t gap_of(const auth0_keyring_t *ring,
                      const auth0_keyring_rules_t *rules, int64_t now)
{
    uint32_t fruitless = atomic_load(&ring->fruitless);
    int64_t gap = rules->cooldown;

    if (fruitless <= FRUITLESS_FREE ||
        !auth0_keyring_serves(ring, rules, now)) {
        return gap;
    }
    gap = doubled(gap, fruitless - FRUITLESS_FREE, COOLDOWNS_MOST * gap);
    return gap + share(gap / 4, scatter(atomic_load(&ring->asked)));
}

/* From when on a request may ask again. */
static int64_t open_from(const auth0_keyring_t *ring,
                         const auth0_keyring_rules_t *rules, int64_t now)
{
    return most(atomic_load(&ring->asked) + gap_of(ring, rules, now),
                atomic_load(&ring->not_before));
}

/* To join those who wait, for what is left of their time. */
static bool join(int64_t *asked, const auth0_keyring_t *ring,
                 const auth0_keyring_rules_t *rules, int64_t now)
{
    *asked = atomic_load(&ring->asked);
    return auth0_keyring_is_asked(ring) && now - *asked < rules->wait &&
           now >= atomic_load(&ring->not_before);
}

bool auth0_keyring_ask(int64_t *asked, auth0_keyring_t *ring,
                       const auth0_keyring_rules_t *rules, int64_t now)
{
    int64_t before = atomic_load(&ring->asked);

    if (auth0_keyring_is_asked(ring) || now < open_from(ring, rules, now) ||
        !atomic_compare_exchange_strong(&ring->asked, &before, now)) {
        return join(asked, ring, rules, now);
    }
    *asked = now;
    return true;
}

bool auth0_keyring_may_ask(const auth0_keyring_t *ring,
                           const auth0_keyring_rules_t *rules, int64_t now)
{
    int64_t asked;

    return join(&asked, ring, rules, now) ||
           (!auth0_keyring_is_asked(ring) &&
            now >= open_from(ring, rules, now));
}

bool auth0_keyring_is_answered(const auth0_keyring_t *ring, int64_t asked)
{
    return atomic_load(&ring->answered) >= asked;
}

int auth0_keyring_retry_after(const auth0_keyring_t *ring,
                              const auth0_keyring_rules_t *rules, int64_t now)
{
    int64_t next = least(auth0_keyring_due(ring), open_from(ring, rules, now));
    int64_t seconds = (most(next - now, 0) + SECOND - 1) / SECOND;

    return (int)most(least(seconds, RETRY_AFTER_MOST / SECOND), 1);
}
