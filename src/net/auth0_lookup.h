/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_LOOKUP_H
#define AUTH0_LOOKUP_H

#include <stddef.h>

#include "net/auth0_link.h"

/*
 * The addresses of a host. A name server may not answer for many seconds, and
 * nothing can make the system's resolver give up. Whoever must not wait for it
 * has it asked by a process or by a thread that can be left behind.
 */
#define AUTH0_FOUND_MOST 16

typedef struct auth0_found_t {
    size_t count;
    auth0_address_t addresses[AUTH0_FOUND_MOST];
} auth0_found_t;

/*
 * Ask in this thread, for as long as it takes: no time at all when the host is
 * a number. False when there are no addresses, as below.
 */
AUTH0_MUST_USE bool auth0_lookup(auth0_found_t *found, const char *host,
                                 const char *port);

/*
 * By a process that is ended after budget microseconds. It is forked: for
 * processes without threads that could hold locks of the resolver.
 */
AUTH0_MUST_USE bool auth0_lookup_by_process(auth0_found_t *found,
                                            const char *host, const char *port,
                                            int64_t budget);

/*
 * By a thread with memory of its own that nobody waits for. It runs this code
 * until the resolver returns, so until then this code must not be unloaded.
 * NULL when there is no memory or no thread.
 */
typedef struct auth0_lookup_t auth0_lookup_t;

auth0_lookup_t *auth0_lookup_begin(const char *host, const char *port);

/* True when there is nothing more to wait for. */
bool auth0_lookup_is_over(const auth0_lookup_t *lookup);

/* What it has found, if it is over. Ends lookup for the caller either way. */
bool auth0_lookup_end(auth0_found_t *found, auth0_lookup_t *lookup);

#endif
