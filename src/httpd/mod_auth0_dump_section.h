/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DUMP_SECTION_H
#define MOD_AUTH0_DUMP_SECTION_H

#include <apr_file_io.h>

#include "httpd/mod_auth0_survey.h"

/*
 * Print a protected section with all that is in force in it, one line for each
 * setting. No secret and no key is ever printed, and of a URL no query. pool is
 * for scratch.
 */
void mod_auth0_dump_section(apr_file_t *out,
                            const mod_auth0_protected_t *section,
                            apr_pool_t *pool);

#endif
