/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LOGOUT_H
#define MOD_AUTH0_LOGOUT_H

#include "httpd/mod_auth0.h"

/* The handler's name, as SetHandler has it. */
#define MOD_AUTH0_LOGOUT_HANDLER "auth0-logout"

/*
 * handler hook: OpenID Connect Back-Channel Logout 1.0. A logout token that is
 * posted here ends a session, or all those of a user: access tokens that were
 * issued for it are denied from then on. DECLINED for other handlers.
 */
int mod_auth0_logout(request_rec *r);

#endif
