/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_unmet.h"

static bool holds(const mod_auth0_unmet_t *unmet,
                  const auth0_require_t *required)
{
    for (size_t i = 0; i < unmet->count; i++) {
        if (unmet->list[i].required == required) {
            return true;
        }
    }
    return false;
}

void mod_auth0_unmet_add(mod_auth0_unmet_t *unmet, auth0_unmet_t one)
{
    if (unmet->count < MOD_AUTH0_UNMET_MAX && !holds(unmet, one.required)) {
        unmet->list[unmet->count++] = one;
    }
}

mod_auth0_weighed_t *mod_auth0_weighed(mod_auth0_request_t *state,
                                       apr_pool_t *pool)
{
    if (!state->weighed) {
        state->weighed = apr_pcalloc(pool, sizeof(*state->weighed));
    }
    return state->weighed;
}

bool mod_auth0_unmet_is_supposed(const mod_auth0_request_t *state,
                                 const auth0_require_t *required)
{
    return state->weighed && holds(&state->weighed->supposed, required);
}
