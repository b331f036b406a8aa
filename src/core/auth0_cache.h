/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_CACHE_H
#define AUTH0_CACHE_H

#include <stdint.h>

#include "core/auth0_claims.h"
#include "core/auth0_sha256.h"

/*
 * Tokens that were found good, with their claims, so that each is verified
 * once. Bounded in entries and in bytes. Any number of threads may use it at
 * once: it is cut into shards, whose locks are held to look up and to link,
 * and never to verify, to copy or to free.
 *
 * Who is new has to be asked for once more before it may push out those that
 * are asked for again and again: tokens that are used once, as many as there
 * may be, take turns in the least part of the room.
 */
typedef struct auth0_cache_t auth0_cache_t;

/* What a policy says, in numbers: the same numbers, the same policy. */
#define AUTH0_CACHE_POLICY_WORDS 8

/*
 * What an entry is found by: the SHA-256 of the token, and the policy's own
 * numbers next to it. Two pairs are one only if policies and tokens are, as
 * with one hash over both; but a policy cannot collide with another at all,
 * and the hash of the token serves the log as well.
 */
typedef struct auth0_cache_key_t {
    uint64_t token[AUTH0_SHA256_BYTES / sizeof(uint64_t)];
    uint32_t policy[AUTH0_CACHE_POLICY_WORDS];
} auth0_cache_key_t;

/* What is known of a good token. Read-only, and valid while it is held. */
typedef struct auth0_cached_t {
    const auth0_claims_t *claims;
    uint32_t issuer;  /* its place in the policy                           */
    uint32_t edition; /* of the key set that verified it; 0: a secret did  */
} auth0_cached_t;

/* The largest entry, in bytes; claims that need more are not kept. */
#define AUTH0_CACHE_ENTRY_MAX ((size_t)16384)

/* All entries together take no more bytes than so many for each. */
#define AUTH0_CACHE_ENTRY_SHARE ((size_t)4096)

/*
 * A cache with room for so many entries, at least 1. It goes with pool, whose
 * end finds nothing held; entries are of malloc. NULL when memory is short.
 */
auth0_cache_t *auth0_cache_make(size_t entries, apr_pool_t *pool);

/*
 * What is known of a token; NULL when nothing is, or it has died by now, which
 * is in seconds since 1970. Held until it is given back.
 */
const auth0_cached_t *auth0_cache_take(auth0_cache_t *cache,
                                       const auth0_cache_key_t *key,
                                       int64_t now);

/* Give back what was taken. */
void auth0_cache_give(const auth0_cached_t *cached);

/*
 * Keep a copy of what was found out, in the place of what was known before,
 * until the time comes, in seconds since 1970. It may be forgotten earlier, or
 * at once. key is all zeros where the caller has not said otherwise.
 */
void auth0_cache_keep(auth0_cache_t *cache, const auth0_cache_key_t *key,
                      const auth0_cached_t *found, int64_t until, int64_t now);

/* For tests: how much is kept, which nothing else shows. Thread-safe. */
typedef struct auth0_cache_use_t {
    size_t entries;
    size_t bytes;
} auth0_cache_use_t;

auth0_cache_use_t auth0_cache_use(auth0_cache_t *cache);

#endif
