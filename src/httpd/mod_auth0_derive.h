/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DERIVE_H
#define MOD_AUTH0_DERIVE_H

#include "httpd/mod_auth0_survey.h"

/*
 * What each <Auth0API> says, together with what follows from the sections that
 * have its identifier as their audience. What they do not agree on is left
 * unsaid, with a remark.
 */
typedef struct mod_auth0_derived_t {
    apr_array_header_t *apis;    /* of auth0_registration_api_t */
    apr_array_header_t *remarks; /* of const char *, sentences  */
} mod_auth0_derived_t;

/* all is what mod_auth0_survey_protected() returns; results from pool. */
mod_auth0_derived_t mod_auth0_derive(const apr_array_header_t *all,
                                     apr_pool_t *pool);

#endif
