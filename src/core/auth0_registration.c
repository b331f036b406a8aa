/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_registration.h"

#include <apr_strings.h>

#include "core/auth0_registration_tree.h"

const char *auth0_registration_json(const apr_array_header_t *apis,
                                    apr_pool_t *pool)
{
    const auth0_json_t *all = auth0_registration_tree_all(
        apis, "resource_servers", "client_grants", pool);
    const char *text = all ? auth0_json_pretty(all, pool) : NULL;

    return text ? apr_pstrcat(pool, text, "\n", NULL) : NULL;
}
