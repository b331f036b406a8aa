/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_REDIS_URL_H
#define AUTH0_REDIS_URL_H

#include <apr_pools.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/* What redis://[user:password@]host[:port][/db] says; rediss: is over TLS. */
typedef struct auth0_redis_url_t {
    bool is_tls;
    bool is_address;       /* the host is a number, IPv4 or IPv6   */
    bool is_loopback;      /* and nothing leaves this machine      */
    const char *host;      /* an IPv6 address without its brackets */
    const char *port;      /* 6379 unless said                     */
    const char *db;        /* 0 to 65535, 0 unless said            */
    auth0_span_t user;     /* empty: none                          */
    auth0_span_t password; /* empty: none                          */
    const char *shown;     /* the URL without user and password    */
} auth0_redis_url_t;

/*
 * Read such a URL, into memory of pool. User and password may be
 * percent-encoded and are no longer afterwards. Returns NULL, or what is wrong
 * and what would be right, in words that repeat nothing of text.
 */
AUTH0_MUST_USE const char *auth0_redis_url_read(auth0_redis_url_t *url,
                                                const char *text,
                                                apr_pool_t *pool);

#endif
