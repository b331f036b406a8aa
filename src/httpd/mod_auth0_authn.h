/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_AUTHN_H
#define MOD_AUTH0_AUTHN_H

#include "httpd/mod_auth0.h"

/* check_authn hook: who is it? DECLINED unless AuthType is Auth0. */
int mod_auth0_check_authn(request_rec *r);

#endif
