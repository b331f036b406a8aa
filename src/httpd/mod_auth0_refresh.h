/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_REFRESH_H
#define MOD_AUTH0_REFRESH_H

#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_source.h"

/*
 * Keep the board up to date from a background thread, never on a request's.
 * One process of the server does it; when it dies another takes over.
 */

/*
 * In post_config, once sources are numbered: pin what file: sources hold and
 * register the callback with mod_watchdog. An HTTP status, logged, on error.
 */
int mod_auth0_refresh_plan(mod_auth0_board_t *board, size_t slots,
                           apr_pool_t *pconf, server_rec *server);

/* In the child: see to it that a refresh ends before the process does. */
void mod_auth0_refresh_start(apr_pool_t *pchild);

#endif
