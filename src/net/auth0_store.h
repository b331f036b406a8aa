/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_STORE_H
#define AUTH0_STORE_H

#include <apr_global_mutex.h>

#include "core/auth0_marks.h"

/*
 * What the processes of a server, or the servers of a fleet, have to remember
 * together: which one-time tokens were seen, and which tokens are denied. All
 * functions are thread-safe as long as no other thread uses pool, which is for
 * scratch. now is wall clock, seconds since 1970.
 */
typedef struct auth0_store_t auth0_store_t;

/* A kind of store. See the functions below for what each has to do. */
typedef struct auth0_store_ops_t {
    auth0_mark_said_t (*mark)(const auth0_store_t *store,
                              const auth0_mark_name_t *name, int64_t until,
                              int64_t now, apr_pool_t *pool);
    auth0_mark_said_t (*deny)(const auth0_store_t *store,
                              const auth0_mark_name_t *name,
                              auth0_mark_terms_t terms, int64_t now,
                              apr_pool_t *pool);
    bool (*is_denying)(const auth0_store_t *store, int64_t now);
    bool (*find)(int64_t *before, const auth0_store_t *store,
                 const auth0_mark_name_t *name, int64_t now, apr_pool_t *pool);
} auth0_store_ops_t;

struct auth0_store_t {
    const auth0_store_ops_t *ops;
    auth0_marks_t *marks;
    apr_global_mutex_t *lock;
    struct auth0_redis_t *redis; /* NULL when the server is on its own */
};

/*
 * Seconds that a denial lasts at most, which is 31 days: no token of Auth0
 * lives for 30 days and the skew.
 */
#define AUTH0_STORE_DENIED_MOST ((int64_t)2678400)

/* The marks that a store in shared memory has room for: 32 MiB. */
#define AUTH0_STORE_MARKS ((size_t)1048576)

/*
 * A table in anonymous shared memory, inherited over fork and released with
 * pool. The memory is taken up as it is used. NULL when it is refused.
 */
auth0_marks_t *auth0_store_make_marks(size_t marks, apr_pool_t *pool);

/*
 * The store that such a table makes. The lock is for writers, of all processes
 * and threads; one that dies must not keep it.
 */
auth0_store_t auth0_store_of_marks(auth0_marks_t *marks,
                                   apr_global_mutex_t *lock);

/*
 * Leave a mark, unless it is there already: of many that ask at once, one is
 * told AUTH0_MARK_NEW. May wait for other writers.
 */
AUTH0_MUST_USE auth0_mark_said_t auth0_store_mark(const auth0_store_t *store,
                                                  const auth0_mark_name_t *name,
                                                  int64_t until, int64_t now,
                                                  apr_pool_t *pool);

/*
 * Deny tokens, or deny more of them for longer: the later of both terms count.
 * Anything but AUTH0_MARK_REFUSED is success. May wait for other writers.
 */
AUTH0_MUST_USE auth0_mark_said_t auth0_store_deny(const auth0_store_t *store,
                                                  const auth0_mark_name_t *name,
                                                  auth0_mark_terms_t terms,
                                                  int64_t now,
                                                  apr_pool_t *pool);

/* False when certainly nothing is denied; next to free. Never waits. */
bool auth0_store_is_denying(const auth0_store_t *store, int64_t now);

/*
 * True when the name is denied, with the terms' before. Closed on error: then
 * it is denied whatever the time of issue. Never waits.
 */
bool auth0_store_find(int64_t *before, const auth0_store_t *store,
                      const auth0_mark_name_t *name, int64_t now,
                      apr_pool_t *pool);

#endif
