/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_WATCH_H
#define MOD_AUTH0_WATCH_H

#include <stdbool.h>

#include "httpd/mod_auth0_bell.h"

/*
 * A thread in the background, in one process of the server at a time: when
 * that process dies, another takes over. mod_watchdog makes the thread and
 * chooses the process.
 */

/* What the thread does, until mod_auth0_watch_is_over. pool is its own. */
typedef void mod_auth0_watch_fn(void *baton, apr_pool_t *pool);

/* In post_config. Not APR_SUCCESS when mod_watchdog is missing or refuses. */
apr_status_t mod_auth0_watch_prepare(mod_auth0_watch_fn *work, void *baton,
                                     const mod_auth0_bell_t *bell,
                                     apr_pool_t *pconf);

/* In the child: see to it that the work ends before the process does. */
void mod_auth0_watch_start(apr_pool_t *pchild);

/* True when the process is about to end. Thread-safe. */
bool mod_auth0_watch_is_over(void);

#endif
