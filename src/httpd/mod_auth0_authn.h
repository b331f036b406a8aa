/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_AUTHN_H
#define MOD_AUTH0_AUTHN_H

#include "httpd/mod_auth0_request.h"

/* check_authn hook: who is it? DECLINED unless AuthType is Auth0. */
int mod_auth0_check_authn(request_rec *r);

/*
 * Find and verify the request's token. Fills in reason, claims and token of
 * state, and returns the reason.
 */
AUTH0_MUST_USE auth0_reason_t mod_auth0_authenticate(mod_auth0_request_t *state,
                                                     request_rec *r);

/* Make the subject of a good token the user of the request. */
void mod_auth0_admit(request_rec *r, const mod_auth0_request_t *state);

#endif
