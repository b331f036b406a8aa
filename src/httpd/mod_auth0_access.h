/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_ACCESS_H
#define MOD_AUTH0_ACCESS_H

#include "httpd/mod_auth0.h"

/*
 * check_access_ex hook, first of all: does the request need a token at all?
 * Asks the other hooks, and decides over preflights, Auth0Optional,
 * Auth0ReportOnly and expressions that want a claim. DECLINED unless AuthType
 * is Auth0.
 */
int mod_auth0_check_access(request_rec *r);

/* force_authn hook: OK when check_access decided for authentication. */
int mod_auth0_force_authn(request_rec *r);

#endif
