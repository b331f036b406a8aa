/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_CHECK_H
#define MOD_AUTH0_CHECK_H

#include "httpd/mod_auth0_config.h"

/*
 * Look at the configuration as a whole, in the check_config phase. Returns
 * NULL, or a sentence from pool that begins with the file and the line and
 * says what to mend.
 */
AUTH0_MUST_USE const char *mod_auth0_check(apr_pool_t *pool,
                                           const server_rec *main_server);

/* Mark the sources whose keys some section verifies with. */
void mod_auth0_mark_needed(apr_pool_t *pool);

#endif
