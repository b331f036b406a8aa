/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_EXPR_H
#define MOD_AUTH0_EXPR_H

#include <ap_expr.h>

#include "httpd/mod_auth0.h"

/*
 * expr_lookup hook: auth0_claim(NAME), a string, and auth0_claims(NAME), a list
 * for -in. NAME is that of "Require auth0-claim". Before authentication, and
 * without a good token, both are empty.
 */
int mod_auth0_expr_lookup(ap_expr_lookup_parms *parms);

/*
 * Stand in front of mod_authz_core's "Require expr"; in the pre_config phase,
 * when that module is there whatever the order of loading. httpd asks every
 * Require once before anybody is authenticated. An expression that wants a
 * claim cannot be answered then, neither way: the answer becomes that a user is
 * needed. All others pass through.
 */
void mod_auth0_expr_register(apr_pool_t *pconf);

#endif
