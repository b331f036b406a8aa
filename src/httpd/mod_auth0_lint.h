/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LINT_H
#define MOD_AUTH0_LINT_H

#include "httpd/mod_auth0_lint_subject.h"

/*
 * Warnings of sections that look protected and are not, or that let nobody in,
 * and of what contradicts itself, once the configuration is read: each with its
 * line and the mend, of mod_auth0_warning_t, from pool. What cannot be told
 * from the configuration alone is passed over.
 */
const apr_array_header_t *mod_auth0_lint(apr_pool_t *pool,
                                         const server_rec *main_server);

/* One of them as administrators read it, from pool. */
const char *mod_auth0_lint_text(const mod_auth0_warning_t *warning,
                                apr_pool_t *pool);

#endif
