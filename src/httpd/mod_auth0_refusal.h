/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_REFUSAL_H
#define MOD_AUTH0_REFUSAL_H

#include "httpd/mod_auth0_request.h"

/*
 * Make the answer of a refusal: challenge, caching, and the HTTP status that
 * is returned. The realm is filled in here. An error document that is refused
 * itself leaves the answer of what went wrong first.
 */
int mod_auth0_refuse(request_rec *r, auth0_challenge_t challenge);

/*
 * insert_error_filter hook: where a module lets a subrequest decide, as
 * mod_dir does, its refusal is the answer, and carries the challenge. The body
 * is the problem details, where these are wanted.
 */
void mod_auth0_refusal_failed(request_rec *r);

/*
 * insert_filter hook: the same where an error document of this server's
 * answers; and a refusal keeps its status, whatever that says.
 */
void mod_auth0_refusal_redirected(request_rec *r);

#endif
