/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DENYLIST_H
#define MOD_AUTH0_DENYLIST_H

#include "core/auth0_claims.h"
#include "httpd/mod_auth0.h"

/*
 * The lists of Auth0DenyList: one for each file, in memory that all processes
 * share, read again when the file changes by the one process that refreshes
 * keys.
 */
typedef struct mod_auth0_denylist_t mod_auth0_denylist_t;

/*
 * At configuration time: read a file and let go of it. Returns NULL, or a
 * sentence from pool that names the file and the line in it.
 */
AUTH0_MUST_USE const char *mod_auth0_denylist_try(const char *path,
                                                  apr_pool_t *pool);

/*
 * In post_config: put the lists of all servers in force. An HTTP status,
 * logged, on error.
 */
int mod_auth0_denylist_prepare(apr_pool_t *pconf, server_rec *server);

/*
 * In the refreshing process, often: see whether files have changed, at most
 * every 300 ms, and read those that have. What goes wrong is logged, once for
 * each change, and leaves the former list in force.
 */
void mod_auth0_denylist_look(void);

/*
 * Ask the list that is in force for the request's server: AUTH0_OK where there
 * is none, or a reason of the stage deny. Thread-safe.
 */
AUTH0_MUST_USE auth0_reason_t
mod_auth0_denylist_check(const request_rec *r, const auth0_claims_t *claims);

#endif
