/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_ORIGIN_H
#define MOD_AUTH0_ORIGIN_H

#include "core/auth0_span.h"
#include "httpd/mod_auth0.h"

/*
 * Scheme, host and port by which clients reach a request's server, with no
 * slash at the end, from the request's pool: Auth0BaseURL, or ServerName with
 * the port that the request came in by. Nothing that a client sends has a say.
 */
const char *mod_auth0_origin(request_rec *r);

/*
 * The URL that the client has asked for, as it was written, perhaps with its
 * query, from the request's pool: RFC 9110 section 7.1. A subrequest or an
 * internal redirect has that of the request it comes from.
 */
const char *mod_auth0_origin_url(request_rec *r);

/* The method of that request, within its request line; empty without one. */
auth0_span_t mod_auth0_origin_method(request_rec *r);

#endif
