/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DUMP_H
#define MOD_AUTH0_DUMP_H

#include "httpd/mod_auth0.h"

/*
 * httpd -t -D DUMP_AUTH0 and its kin, on standard output; remarks that are no
 * part of a document go to standard error. For the test_config hook.
 */
void mod_auth0_dump(apr_pool_t *pool, server_rec *main_server);

#endif
