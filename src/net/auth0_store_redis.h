/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_STORE_REDIS_H
#define AUTH0_STORE_REDIS_H

#include "net/auth0_redis.h"
#include "net/auth0_store.h"

/*
 * A store that a fleet of servers shares. Marks are in the Redis and nowhere
 * else: whoever cannot ask it is refused. Denials are in a stream there, and in
 * the table of each server, which is all that requests look at: the table hears
 * of new ones by auth0_store_pull. A denial that did not get into the stream is
 * refused.
 *
 * In the Redis are:
 *   mod_auth0:1:m:HASH   a mark, "1", that expires by itself
 *   mod_auth0:1:d        a stream of denials, each an "e" with the text
 *                        "KIND HASH BEFORE UNTIL"
 *   mod_auth0:1:s:EPOCH  a secret, that expires by itself
 *   mod_auth0:1:w        written to find out whether it can be; expires as well
 * where HASH is the SHA-256 of kind, issuer and value, without any salt, as the
 * fleet has to agree.
 */
auth0_store_t auth0_store_of_redis(auth0_redis_t *redis, auth0_marks_t *marks,
                                   apr_global_mutex_t *lock);

/* All names in the Redis begin so; the number changes with what they mean. */
#define AUTH0_STORE_PREFIX "mod_auth0:1:"

/* The stream takes no more denials than these. */
#define AUTH0_STORE_STREAM_MOST 100000

/*
 * True when the Redis takes writes, as it has to for marks and denials. One
 * that was a primary answers and takes none, and so does one that is full.
 */
AUTH0_MUST_USE bool auth0_store_takes_writes(const auth0_store_t *store,
                                             apr_pool_t *pool);

/*
 * Settle for the first of these addresses at which it does, within budget
 * microseconds for each.
 */
AUTH0_MUST_USE bool auth0_store_settle(const auth0_store_t *store,
                                       const auth0_found_t *found,
                                       int64_t budget, apr_pool_t *pool);

/* Up to where the stream was read; all zero: nothing of it. */
typedef struct auth0_store_cursor_t {
    uint64_t ms;
    uint64_t seq;
} auth0_store_cursor_t;

/* What a pull has brought. */
typedef struct auth0_store_pulled_t {
    size_t read;      /* entries of the stream                            */
    size_t malformed; /* of them, that were skipped                       */
    size_t refused;   /* of them, that the table has no room for          */
    bool is_more;     /* there may be more: pull again                    */
} auth0_store_pulled_t;

/*
 * Read what the stream has after the cursor into the table. False, with
 * auth0_redis_why, when the Redis is out of reach or its reply makes no sense.
 * One thread of the server at a time.
 */
AUTH0_MUST_USE bool auth0_store_pull(auth0_store_pulled_t *pulled,
                                     auth0_store_cursor_t *cursor,
                                     const auth0_store_t *store, int64_t now,
                                     apr_pool_t *pool);

/*
 * Remove entries from the stream that nobody needs any more. False as above.
 */
AUTH0_MUST_USE bool auth0_store_sweep(const auth0_store_t *store, int64_t now,
                                      apr_pool_t *pool);

#endif
