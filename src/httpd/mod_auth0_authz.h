/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_AUTHZ_H
#define MOD_AUTH0_AUTHZ_H

#include "httpd/mod_auth0.h"

/* Make "Require auth0-scope" known; in the register_hooks phase. */
void mod_auth0_authz_register(apr_pool_t *pool);

/*
 * check_authz hook, first of all: run the others and answer a refusal as
 * RFC 6750 section 3.1 has it. DECLINED unless we authenticated the request.
 */
int mod_auth0_check_authz(request_rec *r);

#endif
