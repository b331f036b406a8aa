/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_REFRESH_H
#define MOD_AUTH0_REFRESH_H

#include "httpd/mod_auth0_bell.h"
#include "httpd/mod_auth0_board.h"

/*
 * Keep the board, and the deny lists, up to date from a background thread,
 * never on a request's.
 * One process of the server does it; when it dies another takes over.
 */

/*
 * True when there is something to keep up to date: a section, a deny list, or a
 * Redis. Told from the configuration alone.
 */
bool mod_auth0_refresh_is_needed(const server_rec *main_server);

/*
 * In post_config, once sources are numbered: pin what file: sources and
 * earlier runs hold, and prepare the thread. An HTTP status, logged, on error.
 */
int mod_auth0_refresh_prepare(mod_auth0_board_t *board, size_t slots,
                              const mod_auth0_bell_t *bell, apr_pool_t *pconf,
                              server_rec *server);

#endif
