/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LIFE_H
#define MOD_AUTH0_LIFE_H

#include "httpd/mod_auth0.h"

/* From configuration to running children: httpd's life cycle hooks. */
int mod_auth0_pre_config(apr_pool_t *pconf, apr_pool_t *plog,
                         apr_pool_t *ptemp);
int mod_auth0_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *server);
int mod_auth0_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *server);
void mod_auth0_child_init(apr_pool_t *pchild, server_rec *server);

#endif
