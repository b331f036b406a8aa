/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_SCRUB_H
#define MOD_AUTH0_SCRUB_H

#include "httpd/mod_auth0.h"

/* Once, when hooks are registered. */
void mod_auth0_scrub_register(void);

/*
 * post_read_request hook, before any other: what only this module may say of a
 * caller is taken from what the client sent, in all spellings, for all of the
 * virtual host, and so are the module's own variables. Trailers, which come
 * later, are watched: credentials in them are nobody's.
 */
int mod_auth0_scrub_received(request_rec *r);

/* insert_filter hook: watch trailers, if they are not watched by now. */
void mod_auth0_scrub_trailers(request_rec *r);

/*
 * Remove the fields that the module manages from a request, with what httpd has
 * made of them, and their names from the list in its Connection field.
 */
void mod_auth0_scrub_fields(request_rec *r);

/*
 * Take names, of const char *, from the list in the Connection field: a proxy
 * would drop what a client names there, whoever has set it (RFC 9110 7.6.1).
 */
void mod_auth0_scrub_connection(request_rec *r,
                                const apr_array_header_t *names);

/*
 * Remove the variables that the module manages, also those that httpd has kept
 * of the request which an internal redirect comes from.
 */
void mod_auth0_scrub_variables(request_rec *r);

#endif
