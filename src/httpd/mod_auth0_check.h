/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_CHECK_H
#define MOD_AUTH0_CHECK_H

#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_tree.h"

/*
 * Look at the configuration as a whole, in the check_config phase. Returns
 * NULL, or a sentence from pool that begins with the file and the line and
 * says what to mend.
 */
AUTH0_MUST_USE const char *mod_auth0_check(apr_pool_t *pool);

/* The sections of the configuration, to ask what is in force where. */
typedef struct mod_auth0_check_t mod_auth0_check_t;

const mod_auth0_check_t *mod_auth0_check_begin(apr_pool_t *pool);

/*
 * What is in force in a place of a server, as far as that can be told
 * beforehand; from the pool that it was begun with. The place's host is the
 * server's.
 */
const mod_auth0_dir_t *mod_auth0_check_dir(const mod_auth0_check_t *check,
                                           const mod_auth0_place_t *place,
                                           const server_rec *server);

/* Mark the sources whose keys some section verifies with. */
void mod_auth0_mark_needed(apr_pool_t *pool);

#endif
