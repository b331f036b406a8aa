/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LINT_H
#define MOD_AUTH0_LINT_H

#include "httpd/mod_auth0.h"

/*
 * Warn of sections that look protected and are not, or that let nobody in, in
 * the check_config phase: one line each, with file, line and the mend. What
 * cannot be told from the configuration alone is passed over. pool is for
 * scratch.
 */
void mod_auth0_lint(apr_pool_t *pool, server_rec *main_server);

#endif
