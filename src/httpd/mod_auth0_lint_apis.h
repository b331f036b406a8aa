/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LINT_APIS_H
#define MOD_AUTH0_LINT_APIS_H

#include "httpd/mod_auth0_lint_subject.h"

/*
 * Look for a Require of a scope that no <Auth0API> of the audiences in force
 * declares, in the check_config phase. Returns NULL, or a sentence from pool
 * that begins with the file and the line and names the nearest one. Audiences
 * of which one is no declared API, or that cannot be told for certain, are
 * passed over.
 */
const char *mod_auth0_lint_scopes(apr_pool_t *pool,
                                  const server_rec *main_server);

/*
 * Warnings about sections that take tokens of one API by rules that no such
 * token can keep, and about audiences that are one but for a slash.
 */
void mod_auth0_lint_apis(const mod_auth0_lint_t *lint);

#endif
