/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_denypair.h"

#define TRIES 3

/* Images begin where a line of the cache does. */
#define LINE ((size_t)64)

static size_t whole_lines(size_t bytes)
{
    return (bytes + LINE - 1) / LINE * LINE;
}

size_t auth0_denypair_bytes(size_t room)
{
    return whole_lines(sizeof(auth0_denypair_t)) + 2 * whole_lines(room);
}

void auth0_denypair_start(auth0_denypair_t *pair, size_t room)
{
    atomic_store(&pair->begun, 0);
    atomic_store(&pair->done, 0);
    pair->room = room;
}

static size_t place_of(const auth0_denypair_t *pair, uint64_t version)
{
    return whole_lines(sizeof(*pair)) + (version & 1) * whole_lines(pair->room);
}

/* Nothing of the image may be written before readers can know of it. */
void *auth0_denypair_begin(auth0_denypair_t *pair)
{
    uint64_t version = atomic_load(&pair->done) + 1;

    atomic_store(&pair->begun, version);
    atomic_thread_fence(memory_order_seq_cst);
    return (char *)pair + place_of(pair, version);
}

void auth0_denypair_end(auth0_denypair_t *pair)
{
    atomic_store(&pair->done, atomic_load(&pair->begun));
}

/* The image of a version is written to again two versions later. */
static bool is_untouched(const auth0_denypair_t *pair, uint64_t version)
{
    atomic_thread_fence(memory_order_seq_cst);
    return atomic_load(&pair->begun) - version < 2;
}

auth0_reason_t auth0_denypair_check(const auth0_denypair_t *pair,
                                    const auth0_claims_t *claims,
                                    apr_time_t now)
{
    for (int i = 0; i < TRIES; i++) {
        uint64_t version = atomic_load(&pair->done);
        if (version == 0) {
            return AUTH0_DENY_UNAVAILABLE;
        }
        auth0_reason_t reason =
            auth0_deny_check((const char *)pair + place_of(pair, version),
                             pair->room, claims, now);
        if (is_untouched(pair, version)) {
            return reason;
        }
    }
    return AUTH0_DENY_UNAVAILABLE;
}
