/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_WATCH_H
#define MOD_AUTH0_WATCH_H

#include <stdbool.h>

#include "core/auth0_must_use.h"
#include "httpd/mod_auth0_bell.h"

/*
 * A thread in the background, in one process of the server at a time: when
 * that process dies, another takes over at once. mod_watchdog makes the
 * threads, a mutex of httpd's kind ("auth0-refresh") chooses the process.
 */

/* What the thread does, until mod_auth0_watch_is_over. pool is its own. */
typedef void mod_auth0_watch_fn(void *baton, apr_pool_t *pool);

/* In post_config. What is wrong with the mutex or the thread. */
apr_status_t mod_auth0_watch_prepare(mod_auth0_watch_fn *work, void *baton,
                                     const mod_auth0_bell_t *bell,
                                     apr_pool_t *pconf, server_rec *server);

/*
 * In the child: get at the mutex, and see to it that the work ends before the
 * process does.
 */
AUTH0_MUST_USE apr_status_t mod_auth0_watch_start(apr_pool_t *pchild);

/* For the hook child_stopping: tell the two below apart. */
void mod_auth0_watch_stopping(apr_pool_t *pchild, int is_graceful);

/* True when the process is about to end. Thread-safe. */
bool mod_auth0_watch_is_over(void);

/* True when it is to end at once, as httpd is stopped. Thread-safe. */
bool mod_auth0_watch_is_killed(void);

#endif
