/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_AUTHZ_H
#define MOD_AUTH0_AUTHZ_H

#include "httpd/mod_auth0_request.h"

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
