/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_BINDING_H
#define MOD_AUTH0_BINDING_H

#include "httpd/mod_auth0_request.h"

/*
 * Is the token, whose claims are in state, with the client it was issued to?
 * Judges the scheme, the TLS connection's certificate (RFC 8705) and the DPoP
 * proof (RFC 9449), which counts once for all of a request and never again.
 * AUTH0_OK, or a reason of the stages request or cnf.
 */
AUTH0_MUST_USE auth0_reason_t
mod_auth0_binding_check(mod_auth0_request_t *state, request_rec *r);

#endif
