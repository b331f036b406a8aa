/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_PROVIDER_H
#define MOD_AUTH0_PROVIDER_H

#include <mod_auth.h>

#include "httpd/mod_auth0_request.h"

/* Make "Require auth0-..." known; in the register_hooks phase. */
void mod_auth0_provider_register(apr_pool_t *pool);

/* What becomes of a request that meets a requirement. */
typedef enum mod_auth0_polarity_t {
    MOD_AUTH0_ADMITS,
    MOD_AUTH0_REFUSES,      /* under "not" or RequireNone               */
    MOD_AUTH0_MAY_DO_EITHER /* an AuthzProviderAlias: its uses tell     */
} mod_auth0_polarity_t;

/* At configuration time, for the directive that is being read. */
mod_auth0_polarity_t mod_auth0_polarity(const cmd_parms *cmd);

/*
 * What a requirement on the token answers while nobody is authenticated: that
 * a user is needed, or, where ours are left out, nothing that would refuse. One
 * that may refuse makes httpd authenticate the request: taken by itself, "not
 * met" would let it in.
 */
authz_status mod_auth0_unauthenticated(mod_auth0_request_t *state,
                                       mod_auth0_polarity_t polarity);

#endif
