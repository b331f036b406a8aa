/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_REGISTRATION_H
#define AUTH0_REGISTRATION_H

#include <apr_pools.h>
#include <apr_tables.h>

/*
 * What Auth0 needs to know of APIs, as documents that its tools take. Texts are
 * UTF-8, any text will do; NULL and AUTH0_REGISTRATION_UNSAID stand for what
 * is not said, which is left out. The same input gives the same document, byte
 * for byte.
 */
typedef enum auth0_registration_said_t {
    AUTH0_REGISTRATION_UNSAID = -1,
    AUTH0_REGISTRATION_NO,
    AUTH0_REGISTRATION_YES
} auth0_registration_said_t;

typedef struct auth0_registration_scope_t {
    const char *value;
    const char *description; /* NULL: none */
} auth0_registration_scope_t;

/* An application that may call the API by itself. */
typedef struct auth0_registration_grant_t {
    const char *client;               /* a name or an id              */
    const apr_array_header_t *scopes; /* of const char *              */
} auth0_registration_grant_t;

/* The RSA public key that Auth0 is to encrypt access tokens with. */
typedef struct auth0_registration_key_t {
    const char *name;
    const char *alg; /* RSA-OAEP-256, -384, -512       */
    const char *kid; /* NULL: none                     */
    const char *pem; /* SubjectPublicKeyInfo           */
} auth0_registration_key_t;

/* One API; all of it is borrowed. */
typedef struct auth0_registration_api_t {
    const char *identifier;           /* the audience                     */
    const char *name;                 /* NULL: the identifier             */
    const apr_array_header_t *scopes; /* of auth0_registration_scope_t    */
    const apr_array_header_t *grants; /* of auth0_registration_grant_t    */
    const char *signing_alg;          /* NULL: unsaid                     */
    const char *token_dialect;        /* access_token_authz ..., or NULL  */
    auth0_registration_said_t enforce_policies;
    auth0_registration_said_t allow_offline_access;
    auth0_registration_said_t skip_consent;
    int token_lifetime;        /* seconds; negative: unsaid                */
    const char *pop_mechanism; /* dpop or mtls, required; NULL: unsaid     */
    const auth0_registration_key_t *encryption;    /* NULL: unsaid         */
    const apr_array_header_t *authorization_types; /* of const char *      */
    const char *user_policy;   /* allow_all, deny_all, require_client_grant */
    const char *client_policy; /* deny_all, require_client_grant; or NULL  */
} auth0_registration_api_t;

/*
 * Documents of apis, an array of auth0_registration_api_t, from pool: printable
 * ASCII and ends of lines, the last of which ends the document. NULL when a
 * text is not valid UTF-8, or memory is short.
 */
typedef const char *auth0_registration_fn(const apr_array_header_t *apis,
                                          apr_pool_t *pool);

/* Management API: {"resource_servers":[...],"client_grants":[...]}. */
auth0_registration_fn auth0_registration_json;

/* auth0-deploy-cli: a YAML document. */
auth0_registration_fn auth0_registration_yaml;

/* Terraform, provider auth0/auth0: HCL. */
auth0_registration_fn auth0_registration_hcl;

#endif
