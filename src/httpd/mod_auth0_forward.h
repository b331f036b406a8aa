/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_FORWARD_H
#define MOD_AUTH0_FORWARD_H

#include "httpd/mod_auth0_request.h"

/*
 * handler hook, behind mod_cache, which asks whose answer it is that it keeps,
 * and before all others: unless the section forwards the token, or only
 * reports, back ends and programs do not see it. The section is that of the
 * nearest request, this one or one that it comes from, that is ours: also for
 * an error document. Where that answers before the section is known, the
 * server's word counts.
 */
int mod_auth0_forward(request_rec *r);

/*
 * create_request and post_read_request hook, before any other: a subrequest or
 * the target of an internal redirect begins with what the client sent, before
 * anybody looks; its own section decides what becomes of it.
 */
int mod_auth0_forward_begin(request_rec *r);

/*
 * Put back what was withheld, once the back end has answered: the request is
 * what the client sent, to caches and logs.
 */
void mod_auth0_forward_end(request_rec *r);

#endif
