/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_CONFIG_H
#define MOD_AUTH0_CONFIG_H

#include "core/auth0_cnf.h"
#include "core/auth0_export.h"
#include "core/auth0_policy.h"
#include "core/auth0_stepup.h"
#include "httpd/mod_auth0_source.h"

/* A setting that may be unset, so that merging asks "was it said?". */
typedef enum mod_auth0_switch_t {
    MOD_AUTH0_UNSET = -1,
    MOD_AUTH0_OFF,
    MOD_AUTH0_ON
} mod_auth0_switch_t;

/* Where a token may stand in a request; NULL where it may not. */
typedef struct mod_auth0_token_sources_t {
    bool header;
    const char *query;  /* the parameter's name */
    const char *form;   /* the parameter's name */
    const char *cookie; /* the cookie's name    */
} mod_auth0_token_sources_t;

/*
 * What one section says; read-only once the configuration is complete. NULL,
 * 0 or a negative number mean that the section does not say.
 */
typedef struct mod_auth0_dir_t {
    apr_array_header_t *issuers;   /* of auth0_span_t                  */
    auth0_issuers_t *places;       /* of the same, to find one         */
    apr_array_header_t *sources;   /* of mod_auth0_source_t *, the same */
    apr_array_header_t *audiences; /* of auth0_span_t                  */
    apr_array_header_t *clients;   /* of auth0_span_t, for a logout    */
    unsigned algs;                 /* mask of auth0_alg_t.bit          */
    const auth0_key_t *secret;
    int profile; /* auth0_profile_t        */
    int skew;    /* seconds                */
    int max_age; /* seconds; 0: any will do */
    const char *user_claim;
    apr_array_header_t *decryption; /* of const auth0_jwekey_t *       */
    mod_auth0_token_sources_t *token_sources;
    int dpop;                      /* auth0_binding_t              */
    mod_auth0_switch_t dpop_nonce; /* proofs need one of ours      */
    int dpop_past;                 /* seconds                      */
    int dpop_future;               /* seconds                      */
    int certificate;               /* auth0_binding_t              */
    const char *base_url;          /* origin, no slash at its end  */
    mod_auth0_switch_t metadata;   /* Auth0ResourceMetadata        */
    const char *resource;          /* URLs of RFC 9728, checked    */
    const char *audience_url;      /* the first such audience      */
    const char *documentation;
    const char *resource_policy;
    const char *tos;
    const auth0_pointer_t *acr_claim;
    const auth0_pointer_t *auth_time_claim;
    mod_auth0_switch_t optional;       /* no token is fine, too             */
    mod_auth0_switch_t cors_preflight; /* a preflight needs no token        */
    mod_auth0_switch_t report_only;    /* verdicts are written, not obeyed  */
    mod_auth0_switch_t auth_type;      /* AuthType is Auth0, or another     */
    mod_auth0_switch_t logout;         /* SetHandler is auth0-logout, or not */
    mod_auth0_switch_t encrypted_only; /* a plain JWS is refused            */
    mod_auth0_switch_t problem;        /* Auth0ProblemDetails               */
    mod_auth0_switch_t forward_token;  /* the back end sees Authorization   */
    apr_array_header_t *fields;        /* of auth0_export_t, sent as those  */
    apr_array_header_t *variables;     /* of auth0_export_t, set as those   */
    bool speaks;                       /* says any of this                  */
    bool is_recorded;                  /* among the sections of the server  */
} mod_auth0_dir_t;

/* What one server or virtual host says; NULL or a negative number: nothing. */
typedef struct mod_auth0_server_t {
    const char *ca_pem;    /* authorities                */
    const char *proxy;     /* URL                        */
    const char *state_dir; /* absolute path              */
    int store_bytes;       /* of the shared store        */
    /* Where else the store is, and the directive that says so; NULL: here. */
    const struct auth0_redis_url_t *store_redis;
    const ap_directive_t *store_place;
    int refresh;           /* seconds                    */
    int max_stale;         /* seconds                    */
    int cooldown;          /* seconds                    */
    int wait;              /* milliseconds               */
    int connect;           /* seconds, of a fetch        */
    int total;             /* seconds, of a fetch        */
    int token_cache;       /* entries; 0: there is none  */
    const char *deny_file; /* absolute path              */
    /* Names, of const char *, that nobody but this module may set. */
    apr_array_header_t *fields;
    apr_array_header_t *variables;
    /* Made of that file in post_config. */
    struct mod_auth0_denylist_t *deny_list;
} mod_auth0_server_t;

/* One section that speaks of Auth0, for checks over the whole. */
typedef struct mod_auth0_section_t {
    const mod_auth0_dir_t *dir;
    server_rec *server;
    const ap_directive_t *place; /* its first directive of ours */
} mod_auth0_section_t;

/*
 * httpd's hooks for the configuration of sections, mod_auth0_dir_t, and of
 * servers, mod_auth0_server_t. One that is created says nothing yet. One that
 * is merged says what add says, and what base says of the rest; it is new, from
 * pool, and borrows texts and lists, or, of sections, base or add itself where
 * the other does not speak. The store and the token cache are the main server's
 * and are not merged. Sections are merged on the threads of requests, too.
 */
void *mod_auth0_dir_create(apr_pool_t *pool, char *path);
void *mod_auth0_dir_merge(apr_pool_t *pool, void *base, void *add);
void *mod_auth0_server_create(apr_pool_t *pool, server_rec *server);
void *mod_auth0_server_merge(apr_pool_t *pool, void *base, void *add);

/* The configuration of sections in force for a request. */
const mod_auth0_dir_t *mod_auth0_dir(const request_rec *r);

/* To be written to, by directives and in the post_config phase alone. */
static inline mod_auth0_server_t *mod_auth0_settings_edit(server_rec *server)
{
    return ap_get_module_config(server->module_config, &auth0_module);
}

/* What a server says; what it does not say is merged from the main server. */
static inline const mod_auth0_server_t *
mod_auth0_settings(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &auth0_module);
}

/*
 * Tell a source what its server says of fetching and keeping keys, with
 * defaults. To be called once virtual hosts are merged; text from pconf.
 */
void mod_auth0_source_complete(mod_auth0_source_t *source, apr_pool_t *pconf);

/* How many tokens this server's processes remember each, with the default. */
size_t mod_auth0_server_token_cache(const server_rec *server);

/* The policy, with defaults; it borrows from dir. False when incomplete. */
bool mod_auth0_policy(auth0_policy_t *policy, const mod_auth0_dir_t *dir);

/* How tokens may or must be bound to their clients, with defaults. */
typedef struct mod_auth0_bindings_t {
    auth0_binding_t dpop;
    auth0_binding_t certificate;
    bool is_nonce_wanted;
    unsigned past;   /* seconds */
    unsigned future; /* seconds */
} mod_auth0_bindings_t;

mod_auth0_bindings_t mod_auth0_dir_bindings(const mod_auth0_dir_t *dir);

/* What step-up requirements are judged by at a request, with defaults. */
auth0_stepup_facts_t mod_auth0_stepup_facts(const request_rec *r);

/*
 * The same for logout tokens: of the issuers, algorithms and keys in force, for
 * the clients of Auth0LogoutClient. They are never encrypted.
 */
bool mod_auth0_policy_logout(auth0_policy_t *policy,
                             const mod_auth0_dir_t *dir);

/* True when both say the same of a token. */
bool mod_auth0_policy_same(const auth0_policy_t *a, const auth0_policy_t *b);

/* The claim that is the user, with the default. */
const char *mod_auth0_dir_user_claim(const mod_auth0_dir_t *dir);

/* The mask of algorithms, with the default. */
unsigned mod_auth0_dir_algs(const mod_auth0_dir_t *dir);

/*
 * What an area calls itself in its metadata: Auth0Resource, or the first
 * audience that is such a URL; NULL when it cannot.
 */
const char *mod_auth0_dir_resource(const mod_auth0_dir_t *dir);

/* Begin a new configuration and forget the earlier one; pool is pconf. */
void mod_auth0_config_reset(apr_pool_t *pool);

/* Where tokens may stand, with the default. */
const mod_auth0_token_sources_t *
mod_auth0_dir_token_sources(const mod_auth0_dir_t *dir);

/*
 * True where tokens are left as they came: a report is for APIs that look at
 * them themselves so far, unless Auth0ForwardToken says what becomes of them.
 */
bool mod_auth0_dir_leaves_tokens(const mod_auth0_dir_t *dir);

/* Remember that a query may bear a token under this name. */
void mod_auth0_query_name_record(const char *name);

/* The names that are so recorded, of const char *; empty: none. */
const apr_array_header_t *mod_auth0_query_names(void);

/*
 * To be called by each directive of sections: that this one speaks, and, unless
 * it is a .htaccess file, where it is.
 */
void mod_auth0_section_record(cmd_parms *cmd, mod_auth0_dir_t *dir);

/* True for a directive of a .htaccess file. */
bool mod_auth0_is_htaccess(cmd_parms *cmd);

/* All sections that speak of Auth0, of mod_auth0_section_t, in order. */
const apr_array_header_t *mod_auth0_sections(void);

#endif
