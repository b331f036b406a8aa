/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_CHALLENGE_H
#define MOD_AUTH0_CHALLENGE_H

#include "httpd/mod_auth0_request.h"

/*
 * The WWW-Authenticate fields of a refusal, in place of all others. Errors are
 * told in the scheme of the request; a client that has shown nothing yet is
 * told of each scheme that is good here, Bearer first. realm, scheme and
 * metadata are filled in. Where a nonce is wanted, one is sent along.
 */
void mod_auth0_challenge(request_rec *r, const auth0_challenge_t *challenge);

#endif
