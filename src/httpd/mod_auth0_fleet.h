/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_FLEET_H
#define MOD_AUTH0_FLEET_H

#include <stdbool.h>

#include "httpd/mod_auth0.h"

/*
 * What the store needs done in the background: hear of the denials of other
 * servers, have secrets ready for the epochs to come, and tell when the Redis
 * goes away and when it is back. One process of the server does it, on a thread
 * of its own, as names may have to be looked up.
 */

/*
 * In post_config, after the store is there: do it once, so that the first
 * request finds all of it. A Redis that is out of reach is told in the log, and
 * no reason not to start. An HTTP status, logged, on error.
 */
int mod_auth0_fleet_prepare(apr_pool_t *pconf, server_rec *server);

/* Begin, in the refreshing process. pool is for the thread itself. */
void mod_auth0_fleet_start(apr_pool_t *pool);

/* End, and wait until it has ended. */
void mod_auth0_fleet_stop(void);

#endif
