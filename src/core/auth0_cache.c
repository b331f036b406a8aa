/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_cache.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include <apr_thread_mutex.h>

#define ALIGNMENT ((size_t)16) /* of what malloc returns, in bytes */
#define SHARDS_MOST 16
#define SHARD_LEAST 64 /* entries; fewer are not worth a shard of their own */

/* Of a shard's entries, so many in ten may be those that were used again. */
#define PROVEN_TENTHS 8

/* Who finds nothing has seldom looked at the entry of another then. */
#define BUCKETS_PER_ENTRY 2

/* An odd number near 2^64 divided by the golden ratio. */
#define MIX UINT64_C(0x9e3779b97f4a7c15)

typedef struct entry_t entry_t;

/*
 * In a list the newest use comes first. What is looked at of an entry that
 * others push out lies together: it has left the processor's caches by then.
 */
struct entry_t {
    entry_t *next_in_bucket;
    entry_t *newer;
    entry_t *older;
    int64_t until;
    uint64_t hash;     /* of the key                                       */
    uint32_t size;     /* bytes                                            */
    atomic_uint users; /* the shard itself is one while the entry is in it */
    bool is_proven;    /* it was asked for again                           */
    auth0_cached_t cached;
    auth0_cache_key_t key;
};

typedef struct list_t {
    entry_t *newest;
    entry_t *oldest;
    size_t count;
} list_t;

typedef struct shard_t {
    apr_thread_mutex_t *mutex;
    entry_t **buckets;
    size_t mask; /* one less than there are buckets */
    size_t entries_most;
    size_t proven_most;
    size_t bytes_most;
    size_t bytes;
    list_t fresh;
    list_t proven;
} shard_t;

struct auth0_cache_t {
    shard_t *shards;
    size_t count; /* a power of two */
};

/* What is unlinked while a lock is held, and dropped after that. */
typedef struct dead_t {
    entry_t *first; /* by next_in_bucket */
} dead_t;

static void drop(entry_t *entry)
{
    if (atomic_fetch_sub_explicit(&entry->users, 1, memory_order_acq_rel) ==
        1) {
        free(entry);
    }
}

static void bury(const dead_t *dead)
{
    entry_t *next;

    for (entry_t *entry = dead->first; entry; entry = next) {
        next = entry->next_in_bucket;
        drop(entry);
    }
}

static apr_status_t clear(void *data)
{
    auth0_cache_t *cache = data;

    for (size_t i = 0; i < cache->count; i++) {
        shard_t *shard = &cache->shards[i];
        while (shard->fresh.newest || shard->proven.newest) {
            list_t *list = shard->fresh.newest ? &shard->fresh : &shard->proven;
            entry_t *entry = list->newest;
            list->newest = entry->older;
            drop(entry);
        }
    }
    return APR_SUCCESS;
}

static size_t power_of_two(size_t least)
{
    size_t power = 1;

    while (power < least) {
        power *= 2;
    }
    return power;
}

static bool make_shard(shard_t *shard, size_t entries, apr_pool_t *pool)
{
    size_t buckets = power_of_two(entries) * BUCKETS_PER_ENTRY;

    shard->entries_most = entries;
    shard->proven_most = entries * PROVEN_TENTHS / 10;
    shard->bytes_most = entries * AUTH0_CACHE_ENTRY_SHARE;
    shard->mask = buckets - 1;
    shard->buckets = apr_pcalloc(pool, buckets * sizeof(entry_t *));
    return apr_thread_mutex_create(&shard->mutex, APR_THREAD_MUTEX_DEFAULT,
                                   pool) == APR_SUCCESS;
}

/* Rounded down, so that all together are not more than asked for. */
static size_t shards_for(size_t entries)
{
    size_t count = SHARDS_MOST;

    while (count > 1 && entries / count < SHARD_LEAST) {
        count /= 2;
    }
    return count;
}

auth0_cache_t *auth0_cache_make(size_t entries, apr_pool_t *pool)
{
    auth0_cache_t *cache = apr_pcalloc(pool, sizeof(*cache));

    cache->count = shards_for(entries);
    cache->shards = apr_pcalloc(pool, cache->count * sizeof(shard_t));
    for (size_t i = 0; i < cache->count; i++) {
        if (!make_shard(&cache->shards[i], entries / cache->count, pool)) {
            return NULL;
        }
    }
    apr_pool_cleanup_register(pool, cache, clear, apr_pool_cleanup_null);
    return cache;
}

/* The hash is as good as random already; the policy is not. */
static uint64_t mixed(const auth0_cache_key_t *key)
{
    uint64_t hash = key->token[0];

    for (size_t i = 0; i < AUTH0_CACHE_POLICY_WORDS; i++) {
        hash = (hash ^ key->policy[i]) * MIX;
    }
    return hash ^ (hash >> 32);
}

static bool is_same(const auth0_cache_key_t *a, const auth0_cache_key_t *b)
{
    uint64_t difference = 0;

    for (size_t i = 0; i < AUTH0_SHA256_BYTES / sizeof(uint64_t); i++) {
        difference |= a->token[i] ^ b->token[i];
    }
    for (size_t i = 0; i < AUTH0_CACHE_POLICY_WORDS; i++) {
        difference |= a->policy[i] ^ b->policy[i];
    }
    return difference == 0;
}

static shard_t *shard_of(const auth0_cache_t *cache, uint64_t hash)
{
    return &cache->shards[hash & (cache->count - 1)];
}

/* The lowest bits have chosen the shard. */
static entry_t **bucket_of(const shard_t *shard, uint64_t hash)
{
    return &shard->buckets[(hash >> 8) & shard->mask];
}

static list_t *list_of(shard_t *shard, const entry_t *entry)
{
    return entry->is_proven ? &shard->proven : &shard->fresh;
}

static void link_newest(list_t *list, entry_t *entry)
{
    entry->newer = NULL;
    entry->older = list->newest;
    if (list->newest) {
        list->newest->newer = entry;
    }
    else {
        list->oldest = entry;
    }
    list->newest = entry;
    list->count++;
}

static void unlink_from(list_t *list, const entry_t *entry)
{
    if (entry->newer) {
        entry->newer->older = entry->older;
    }
    else {
        list->newest = entry->older;
    }
    if (entry->older) {
        entry->older->newer = entry->newer;
    }
    else {
        list->oldest = entry->newer;
    }
    list->count--;
}

static void move(shard_t *shard, entry_t *entry, bool is_proven)
{
    unlink_from(list_of(shard, entry), entry);
    entry->is_proven = is_proven;
    link_newest(list_of(shard, entry), entry);
}

/* Out of the shard, and on to those that are to be dropped. */
static void forget(dead_t *dead, shard_t *shard, entry_t *entry)
{
    entry_t **link = bucket_of(shard, entry->hash);

    while (*link != entry) {
        link = &(*link)->next_in_bucket;
    }
    *link = entry->next_in_bucket;
    unlink_from(list_of(shard, entry), entry);
    shard->bytes -= entry->size;
    entry->next_in_bucket = dead->first;
    dead->first = entry;
}

static entry_t *find(const shard_t *shard, const auth0_cache_key_t *key,
                     uint64_t hash)
{
    entry_t *entry = *bucket_of(shard, hash);

    while (entry && (entry->hash != hash || !is_same(&entry->key, key))) {
        entry = entry->next_in_bucket;
    }
    return entry;
}

/* Who falls out of the proven has another chance among the fresh. */
static void use(shard_t *shard, entry_t *entry)
{
    move(shard, entry, true);
    while (shard->proven.count > shard->proven_most) {
        move(shard, shard->proven.oldest, false);
    }
}

static entry_t *entry_of(const auth0_cached_t *cached)
{
    return (entry_t *)(void *)((uintptr_t)cached - offsetof(entry_t, cached));
}

const auth0_cached_t *auth0_cache_take(auth0_cache_t *cache,
                                       const auth0_cache_key_t *key,
                                       int64_t now)
{
    uint64_t hash = mixed(key);
    shard_t *shard = shard_of(cache, hash);
    dead_t dead = {NULL};

    apr_thread_mutex_lock(shard->mutex);
    entry_t *entry = find(shard, key, hash);

    if (entry && entry->until <= now) {
        forget(&dead, shard, entry);
        entry = NULL;
    }
    if (entry) {
        use(shard, entry);
        atomic_fetch_add_explicit(&entry->users, 1, memory_order_relaxed);
    }
    apr_thread_mutex_unlock(shard->mutex);
    bury(&dead);
    return entry ? &entry->cached : NULL;
}

void auth0_cache_give(const auth0_cached_t *cached)
{
    drop(entry_of(cached));
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* NULL when it is too large to be kept, or memory is short. */
static entry_t *make_entry(const auth0_cache_key_t *key, uint64_t hash,
                           const auth0_cached_t *found, int64_t until,
                           size_t most)
{
    size_t head = (sizeof(entry_t) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t size = head + auth0_claims_size(found->claims);
    entry_t *entry = size <= most ? malloc(size) : NULL;

    if (!entry) {
        return NULL;
    }
    entry->cached = *found;
    entry->cached.claims =
        auth0_claims_copy((char *)entry + head, found->claims);
    entry->key = *key;
    entry->hash = hash;
    atomic_init(&entry->users, 1);
    entry->is_proven = false;
    entry->size = (uint32_t)size;
    entry->until = until;
    return entry;
}

/* The dead are at the end of a list sooner or later, as nobody uses them. */
static void forget_the_dead(dead_t *dead, shard_t *shard, list_t *list,
                            int64_t now)
{
    while (list->oldest && list->oldest->until <= now) {
        forget(dead, shard, list->oldest);
    }
}

static bool has_room(const shard_t *shard, size_t size)
{
    return shard->fresh.count + shard->proven.count < shard->entries_most &&
           shard->bytes + size <= shard->bytes_most;
}

/* No entry is larger than the room, so there are others while it lacks. */
static void make_room(dead_t *dead, shard_t *shard, size_t size)
{
    while (!has_room(shard, size)) {
        forget(dead, shard,
               shard->fresh.oldest ? shard->fresh.oldest
                                   : shard->proven.oldest);
    }
}

static void add(shard_t *shard, entry_t *entry)
{
    entry_t **bucket = bucket_of(shard, entry->hash);

    entry->next_in_bucket = *bucket;
    *bucket = entry;
    link_newest(list_of(shard, entry), entry);
    shard->bytes += entry->size;
}

/* Whoever is known under the key is replaced, and was not asked for in vain. */
static void replace(dead_t *dead, shard_t *shard, entry_t *entry)
{
    entry_t *former = find(shard, &entry->key, entry->hash);

    if (former) {
        entry->is_proven = former->is_proven;
        forget(dead, shard, former);
    }
}

void auth0_cache_keep(auth0_cache_t *cache, const auth0_cache_key_t *key,
                      const auth0_cached_t *found, int64_t until, int64_t now)
{
    uint64_t hash = mixed(key);
    shard_t *shard = shard_of(cache, hash);
    size_t most = least(AUTH0_CACHE_ENTRY_MAX, shard->bytes_most);
    entry_t *entry =
        until > now ? make_entry(key, hash, found, until, most) : NULL;
    dead_t dead = {NULL};

    if (!entry) {
        return;
    }
    apr_thread_mutex_lock(shard->mutex);
    replace(&dead, shard, entry);
    forget_the_dead(&dead, shard, &shard->fresh, now);
    forget_the_dead(&dead, shard, &shard->proven, now);
    make_room(&dead, shard, entry->size);
    add(shard, entry);
    apr_thread_mutex_unlock(shard->mutex);
    bury(&dead);
}

auth0_cache_use_t auth0_cache_use(auth0_cache_t *cache)
{
    auth0_cache_use_t all = {0, 0};

    for (size_t i = 0; i < cache->count; i++) {
        shard_t *shard = &cache->shards[i];
        apr_thread_mutex_lock(shard->mutex);
        all.entries += shard->fresh.count + shard->proven.count;
        all.bytes += shard->bytes;
        apr_thread_mutex_unlock(shard->mutex);
    }
    return all;
}
