/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_ERRQUEUE_H
#define AUTH0_ERRQUEUE_H

#include <apr_pools.h>

/*
 * The errors that stand in this thread's OpenSSL queue. cjose drains the
 * whole queue when something fails, and leaves entries of its own behind; a
 * TLS layer that reads the queue afterwards would draw wrong conclusions.
 * Entries are kept, marks (ERR_set_mark) are not.
 */
typedef struct auth0_errqueue_t auth0_errqueue_t;

/* Empty the queue and keep what it held; NULL when it was empty. */
auth0_errqueue_t *auth0_errqueue_take(apr_pool_t *pool);

/* Make the queue again what it was; kept may be NULL. */
void auth0_errqueue_restore(const auth0_errqueue_t *kept);

#endif
