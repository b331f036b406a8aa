/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_TOKEN_H
#define MOD_AUTH0_TOKEN_H

#include "httpd/mod_auth0_request.h"

/*
 * Add a word of Auth0TokenSource, such as "query:token", whose text is
 * borrowed. NULL, or what is wrong with it and what would be right.
 */
const char *mod_auth0_token_source_add(mod_auth0_token_sources_t *sources,
                                       const char *word);

/*
 * The one token of a request (RFC 6750 section 2), put into state->token: from
 * where Auth0TokenSource allows it, and nowhere else is looked. AUTH0_OK, or a
 * reason of the stage request with no token; state->answer is set when httpd
 * itself has to answer, because the body could not be read.
 */
AUTH0_MUST_USE auth0_reason_t mod_auth0_token_find(mod_auth0_request_t *state,
                                                   request_rec *r);

#endif
