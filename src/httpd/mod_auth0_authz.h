/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_AUTHZ_H
#define MOD_AUTH0_AUTHZ_H

#include <mod_auth.h>

#include "httpd/mod_auth0_request.h"

/* Make "Require auth0-..." known; in the register_hooks phase. */
void mod_auth0_authz_register(apr_pool_t *pool);

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

/*
 * Is an authenticated request authorized? Asks httpd; state holds the claims.
 * OK or another status of httpd's; where that is a refusal, state->reason and
 * *challenge say what to answer, and the verdict is written down.
 */
AUTH0_MUST_USE int mod_auth0_authorize(request_rec *r,
                                       mod_auth0_request_t *state,
                                       auth0_challenge_t *challenge);

/*
 * check_authz hook, first of all: run the others and answer a refusal as
 * RFC 6750 section 3.1 has it. DECLINED unless we authenticated the request.
 */
int mod_auth0_check_authz(request_rec *r);

#endif
