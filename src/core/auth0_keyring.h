/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_KEYRING_H
#define AUTH0_KEYRING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/auth0_must_use.h"

/*
 * When an issuer's keys are fetched, how long they serve, and when a request
 * may ask for a fetch and wait for it: a state machine without a clock. "now"
 * is always microseconds of a monotonic clock that all processes share.
 *
 * A ring has one fetcher at a time and any number of requests in any number of
 * processes. It may lie in shared memory. There is no lock in it, and every
 * field is good by itself, so that a process that dies leaves a ring behind
 * that the next one can go on with.
 */

/* Microseconds, all of them. */
typedef struct auth0_keyring_rules_t {
    int64_t refresh;    /* between two fetches while all is well       */
    int64_t retry_most; /* between two in an outage                    */
    int64_t max_stale;  /* that keys serve in an outage                */
    int64_t cooldown;   /* at least, between fetches asked by requests */
    int64_t wait;       /* how long requests wait for what they asked  */
} auth0_keyring_rules_t;

typedef struct auth0_keyring_t {
    _Atomic int64_t confirmed;  /* when the issuer last vouched for the set */
    _Atomic int64_t due;        /* of the next fetch, if nobody asks        */
    _Atomic int64_t not_before; /* the issuer wants to be left alone        */
    _Atomic int64_t begun;      /* the fetch under way                      */
    _Atomic int64_t asked;      /* when a request last asked for a fetch    */
    _Atomic int64_t in_hand;    /* the asking that the fetch will answer    */
    _Atomic int64_t answered;   /* the asking that was answered last        */
    _Atomic uint32_t failures;  /* in a row                                 */
    _Atomic uint32_t fruitless; /* askings in a row that brought nothing    */
} auth0_keyring_t;

/* A ring without keys, whose first fetch is due then. Before all others. */
void auth0_keyring_start(auth0_keyring_t *ring, int64_t due);

/*
 * Keys of an earlier run serve at once: the issuer vouched for them age
 * microseconds ago. The first fetch is due when it would have been; if that is
 * over and the keys still serve, at some random time within half an interval,
 * so that servers that start together do not ask together. Never before the
 * time that the ring was started with. random is any number.
 */
void auth0_keyring_restore(auth0_keyring_t *ring,
                           const auth0_keyring_rules_t *rules, int64_t now,
                           int64_t age, uint32_t random);

/* When the fetcher has to fetch: in the past if at once. */
int64_t auth0_keyring_due(const auth0_keyring_t *ring);

/* True when the fetch that is due was asked for by a request. */
bool auth0_keyring_is_asked(const auth0_keyring_t *ring);

/*
 * A fetch begins. Should its process die of it, the next one waits a second.
 * A fetch that has begun ends in one of the two functions below.
 */
void auth0_keyring_begin(auth0_keyring_t *ring, int64_t now);

/*
 * The issuer has vouched for a set; changed tells whether it is another one.
 * random is any number: from it comes the jitter, up to a tenth of the
 * interval, which is taken off.
 */
void auth0_keyring_succeed(auth0_keyring_t *ring,
                           const auth0_keyring_rules_t *rules, int64_t now,
                           bool changed, uint32_t random);

/*
 * The fetch has failed, which answers whoever has asked until now: the next
 * one follows after 1, 2, 4 seconds and so on up to rules->retry_most, give or
 * take a fifth. From the fourth failure on it is not made before it would be
 * after a success: nothing is lost until then. retry_after is 0, or the
 * microseconds for which the issuer wants to be left alone (RFC 9110 section
 * 10.2.3): it is obeyed up to 10 minutes, and a random tenth longer, and then
 * requests cannot ask either before the next fetch is due.
 */
void auth0_keyring_fail(auth0_keyring_t *ring,
                        const auth0_keyring_rules_t *rules, int64_t now,
                        int64_t retry_after, uint32_t random);

/* True when the last fetch failed. */
bool auth0_keyring_is_failing(const auth0_keyring_t *ring);

/*
 * True while keys may be used: refresh + max_stale after they were last
 * vouched for, and half a minute beyond refresh at least as long as no fetch
 * has failed. False where there have never been any.
 */
AUTH0_MUST_USE bool auth0_keyring_serves(const auth0_keyring_t *ring,
                                         const auth0_keyring_rules_t *rules,
                                         int64_t now);

/*
 * A request lacks a key. True when it may wait for a fetch, until *asked +
 * rules->wait or until that is answered, whichever comes first; *asked is now
 * when nobody has asked before and the fetcher has to be woken. False within a
 * cooldown, and while the issuer wants to be left alone. While an asking is not
 * answered, nobody can do more than join it.
 *
 * After two askings in a row that brought no other set, or nothing, the
 * cooldown is doubled, and then doubled again, and a random quarter longer, as
 * long as keys serve: made-up kids do not multiply the traffic of a fleet of
 * servers.
 */
AUTH0_MUST_USE bool auth0_keyring_ask(int64_t *asked, auth0_keyring_t *ring,
                                      const auth0_keyring_rules_t *rules,
                                      int64_t now);

/*
 * True when that question would be answered yes, as far as can be told without
 * asking it.
 */
bool auth0_keyring_may_ask(const auth0_keyring_t *ring,
                           const auth0_keyring_rules_t *rules, int64_t now);

/* True when a fetch has ended, well or not, that this asking was meant for. */
bool auth0_keyring_is_answered(const auth0_keyring_t *ring, int64_t asked);

/* In how many seconds, at least 1, a fetch can be hoped for. */
int auth0_keyring_retry_after(const auth0_keyring_t *ring,
                              const auth0_keyring_rules_t *rules, int64_t now);

#endif
