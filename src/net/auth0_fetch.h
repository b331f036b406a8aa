/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_FETCH_H
#define AUTH0_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/* How to fetch; there is no field that turns verification off. */
typedef struct auth0_fetch_how_t {
    const char *ca_pem; /* authorities, NULL for the system's         */
    const char *proxy;  /* http URL, NULL: none; loopback goes without */
    long connect_ms;    /* milliseconds                               */
    long total_ms;      /* milliseconds                               */
    size_t max_bytes;   /* of the body                                */
} auth0_fetch_how_t;

/* How a fetch has ended. */
typedef struct auth0_fetched_t {
    void *baton;         /* as it was begun with                           */
    const char *why;     /* NULL: good, else a sentence                    */
    bool is_untrusted;   /* by no authority that is known here             */
    auth0_span_t body;   /* empty unless good; NUL terminated beyond it    */
    long status;         /* of HTTP, 0 when no answer came                 */
    int64_t retry_after; /* microseconds, 0 when the answer asked for none */
} auth0_fetched_t;

/*
 * Fetches side by side, for one thread. None of the functions but
 * auth0_fetcher_wait blocks.
 */
typedef struct auth0_fetcher_t auth0_fetcher_t;

/*
 * Checks for the configuration. They return NULL, or a constant sentence that
 * says what is wrong; a proxy's password is never in it.
 */
AUTH0_MUST_USE const char *auth0_fetch_check_proxy(const char *url);
AUTH0_MUST_USE const char *auth0_fetch_check_authorities(const char *pem);

/* Once per process, before its threads start and before the first fetch. */
void auth0_fetch_start(void);

/*
 * A fetcher without fetches; with pool it ends, and so do fetches begun with
 * subpools of it. NULL when memory is short.
 */
auth0_fetcher_t *auth0_fetcher_make(apr_pool_t *pool);

/*
 * Begin to GET url. https with TLS 1.2 or newer and a verified peer (plain
 * http for loopback hosts: the caller has checked the URL), HTTP/1.1, no
 * redirects, status 200 only, a connection of its own. The outcome is allocated
 * from pool, which is not to be used or destroyed until it is there; destroying
 * it earlier gives the fetch up. False when memory is short.
 */
AUTH0_MUST_USE bool auth0_fetcher_begin(auth0_fetcher_t *fetcher,
                                        const auth0_fetch_how_t *how,
                                        const char *url, void *baton,
                                        apr_pool_t *pool);

/*
 * Get on with all fetches, for up to ms milliseconds or until one of them has
 * news or fd can be read; fd may be -1.
 */
void auth0_fetcher_wait(auth0_fetcher_t *fetcher, int fd, int ms);

/* Take out a fetch that has ended; false when there is none. */
AUTH0_MUST_USE bool auth0_fetcher_next(auth0_fetched_t *fetched,
                                       auth0_fetcher_t *fetcher);

#endif
