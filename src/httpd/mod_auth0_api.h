/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_API_H
#define MOD_AUTH0_API_H

#include <apr_tables.h>

#include "core/auth0_registration.h"
#include "core/auth0_span.h"
#include "httpd/mod_auth0.h"

/*
 * An API as an <Auth0API> section declares it; read-only once the section has
 * ended. What is derived from policies is unsaid in it.
 */
typedef struct mod_auth0_api_t {
    auth0_registration_api_t said;
    const ap_directive_t *place; /* of the section                          */
    apr_array_header_t *scopes;  /* of auth0_registration_scope_t           */
    apr_array_header_t *names;   /* of const char *: the same, values alone */
    apr_array_header_t *grants;  /* of auth0_registration_grant_t           */
    apr_array_header_t *granted; /* of const ap_directive_t *: their lines  */
} mod_auth0_api_t;

/* Forget the APIs of an earlier configuration; pool is pconf. */
void mod_auth0_apis_reset(apr_pool_t *pool);

/* All APIs that are declared, of mod_auth0_api_t *, in order. */
const apr_array_header_t *mod_auth0_apis(void);

/* The API of an identifier, byte for byte; NULL: none is declared. */
const mod_auth0_api_t *mod_auth0_api_find(auth0_span_t identifier);

/* True when the API has a scope of this value. */
bool mod_auth0_api_has_scope(const mod_auth0_api_t *api, const char *value);

/*
 * The sentence, from pool, that a scope is none of the API's; it names the
 * nearest that is.
 */
const char *mod_auth0_api_no_scope(const mod_auth0_api_t *api,
                                   const char *value, apr_pool_t *pool);

/*
 * <Auth0API> and what may stand in it, as httpd calls them: each returns NULL,
 * or a complaint from the pool of the configuration that names the directive
 * and says what would be right. Outside of <Auth0API>, and where something is
 * said twice in one, all of the others complain. conf is not used.
 */
const char *mod_auth0_api_section(cmd_parms *cmd, void *conf, const char *args);
const char *mod_auth0_set_api_name(cmd_parms *cmd, void *conf,
                                   const char *name);
const char *mod_auth0_set_scope(cmd_parms *cmd, void *conf, const char *value,
                                const char *description);
const char *mod_auth0_set_token_lifetime(cmd_parms *cmd, void *conf,
                                         const char *seconds);
const char *mod_auth0_set_offline_access(cmd_parms *cmd, void *conf, int is_on);
const char *mod_auth0_set_skip_consent(cmd_parms *cmd, void *conf, int is_on);
const char *mod_auth0_set_client_grant(cmd_parms *cmd, void *conf,
                                       const char *args);

#endif
