/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_FETCH_H
#define AUTH0_FETCH_H

#include <apr_pools.h>

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/* How to fetch; there is no field that turns verification off. */
typedef struct auth0_fetch_t {
    const char *ca_pem;      /* authorities, NULL for the system's  */
    long connect_ms;         /* milliseconds                     */
    long total_ms;           /* milliseconds                     */
    size_t max_bytes;        /* of the body                      */
    bool (*cancelled)(void); /* asked meanwhile: true gives up   */
} auth0_fetch_t;

/* Once per process, before its threads start and before the first fetch. */
void auth0_fetch_start(void);

/*
 * GET url. https with TLS 1.2 or newer and a verified peer (plain http for
 * loopback hosts), no redirects, status 200 only. Blocks up to how->total_ms.
 * Returns NULL with *body allocated from pool and NUL terminated beyond its
 * length, or a sentence from pool that says what failed. Thread-safe.
 */
AUTH0_MUST_USE const char *auth0_fetch(auth0_span_t *body,
                                       const auth0_fetch_t *how,
                                       const char *url, apr_pool_t *pool);

#endif
