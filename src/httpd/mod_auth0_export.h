/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_EXPORT_H
#define MOD_AUTH0_EXPORT_H

#include "httpd/mod_auth0_request.h"

/*
 * True when all that the section requires of the claims in force can be sent to
 * a back end; else *lacking, from the request's pool, tells what cannot, and
 * why.
 */
AUTH0_MUST_USE bool mod_auth0_export_check(const char **lacking,
                                           request_rec *r);

/*
 * fixups hook, before any other: fields and variables that the module manages
 * are set to what the section exports of the claims in force, or removed.
 */
int mod_auth0_export(request_rec *r);

/*
 * handler hook, before all that answer: variables once more, whatever the
 * configuration has set in their place meanwhile; and fields, too, where the
 * request has come under another section since, as mod_dir brings about.
 */
int mod_auth0_export_again(request_rec *r);

#endif
