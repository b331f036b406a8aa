/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_UNMET_H
#define MOD_AUTH0_UNMET_H

#include "core/auth0_require.h"
#include "httpd/mod_auth0_request.h"

/* So many unmet requirements are weighed for a challenge, and no more. */
#define MOD_AUTH0_UNMET_MAX 16

/* Requirements, in the order in which they were asked. */
typedef struct mod_auth0_unmet_t {
    auth0_unmet_t list[MOD_AUTH0_UNMET_MAX];
    size_t count;
} mod_auth0_unmet_t;

/* What is weighed to explain a refusal; most requests have none. */
typedef struct mod_auth0_weighed_t {
    mod_auth0_unmet_t unmet;    /* in the evaluation under way */
    mod_auth0_unmet_t supposed; /* taken for met, for trial    */
} mod_auth0_weighed_t;

/* Add one, unless it is there or there are too many. */
void mod_auth0_unmet_add(mod_auth0_unmet_t *unmet, auth0_unmet_t one);

/* What is weighed for a request, made in its pool when first asked for. */
mod_auth0_weighed_t *mod_auth0_weighed(mod_auth0_request_t *state,
                                       apr_pool_t *pool);

/* True when a requirement is taken for met in the evaluation under way. */
bool mod_auth0_unmet_is_supposed(const mod_auth0_request_t *state,
                                 const auth0_require_t *required);

#endif
