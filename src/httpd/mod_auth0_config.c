/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_config.h"

#include <apr_strings.h>

#define DEFAULT_ALG "RS256"
#define DEFAULT_SKEW 5
#define DEFAULT_USER_CLAIM "sub"
#define DEFAULT_REFRESH 300

static apr_array_header_t *sections;

void mod_auth0_sections_reset(apr_pool_t *pool)
{
    sections = apr_array_make(pool, 8, sizeof(mod_auth0_section_t));
}

const apr_array_header_t *mod_auth0_sections(void)
{
    return sections;
}

void mod_auth0_section_record(const cmd_parms *cmd, mod_auth0_dir_t *dir)
{
    if (!dir->is_recorded) {
        dir->is_recorded = true;
        APR_ARRAY_PUSH(sections, mod_auth0_section_t) =
            (mod_auth0_section_t){dir, cmd->server, cmd->directive};
    }
}

void *mod_auth0_dir_create(apr_pool_t *pool, char *path)
{
    mod_auth0_dir_t *dir = apr_pcalloc(pool, sizeof(*dir));

    (void)path;
    dir->skew = -1;
    dir->auth_type = MOD_AUTH0_UNSET;
    return dir;
}

void *mod_auth0_dir_merge(apr_pool_t *pool, void *base, void *add)
{
    const mod_auth0_dir_t *outer = base;
    const mod_auth0_dir_t *inner = add;
    mod_auth0_dir_t *dir = apr_pmemdup(pool, inner, sizeof(*inner));

    if (!inner->issuers) {
        dir->issuers = outer->issuers;
        dir->sources = outer->sources;
    }
    dir->audiences = inner->audiences ? inner->audiences : outer->audiences;
    dir->algs = inner->algs ? inner->algs : outer->algs;
    dir->secret = inner->secret ? inner->secret : outer->secret;
    dir->skew = inner->skew >= 0 ? inner->skew : outer->skew;
    dir->user_claim = inner->user_claim ? inner->user_claim : outer->user_claim;
    if (inner->auth_type == MOD_AUTH0_UNSET) {
        dir->auth_type = outer->auth_type;
    }
    return dir;
}

void *mod_auth0_server_create(apr_pool_t *pool, server_rec *server)
{
    (void)server;
    return apr_pcalloc(pool, sizeof(mod_auth0_server_t));
}

void *mod_auth0_server_merge(apr_pool_t *pool, void *base, void *add)
{
    const mod_auth0_server_t *outer = base;
    const mod_auth0_server_t *inner = add;
    mod_auth0_server_t *server = apr_pmemdup(pool, inner, sizeof(*inner));

    server->ca_pem = inner->ca_pem ? inner->ca_pem : outer->ca_pem;
    server->refresh = inner->refresh ? inner->refresh : outer->refresh;
    return server;
}

const mod_auth0_dir_t *mod_auth0_dir(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &auth0_module);
}

const mod_auth0_server_t *mod_auth0_server(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &auth0_module);
}

int mod_auth0_server_refresh(const server_rec *server)
{
    int refresh = mod_auth0_server(server)->refresh;

    return refresh ? refresh : DEFAULT_REFRESH;
}

bool mod_auth0_policy(auth0_policy_t *policy, const mod_auth0_dir_t *dir)
{
    if (!dir->issuers || !dir->audiences ||
        ((mod_auth0_dir_algs(dir) & auth0_alg_symmetric()) && !dir->secret)) {
        return false;
    }
    policy->issuers = (const auth0_span_t *)dir->issuers->elts;
    policy->issuer_count = (size_t)dir->issuers->nelts;
    policy->audiences = (const auth0_span_t *)dir->audiences->elts;
    policy->audience_count = (size_t)dir->audiences->nelts;
    policy->algs = mod_auth0_dir_algs(dir);
    policy->secret = dir->secret;
    policy->skew = dir->skew >= 0 ? (unsigned)dir->skew : DEFAULT_SKEW;
    policy->user_claim = dir->user_claim ? dir->user_claim : DEFAULT_USER_CLAIM;
    return true;
}

unsigned mod_auth0_dir_algs(const mod_auth0_dir_t *dir)
{
    return dir->algs ? dir->algs
                     : auth0_alg_find(auth0_span_cstr(DEFAULT_ALG))->bit;
}

/* Lists are made once, at configuration time: the same list, the same say. */
bool mod_auth0_policy_same(const auth0_policy_t *a, const auth0_policy_t *b)
{
    return a->issuers == b->issuers && a->audiences == b->audiences &&
           a->algs == b->algs && a->secret == b->secret && a->skew == b->skew &&
           auth0_span_eq(auth0_span_cstr(a->user_claim),
                         auth0_span_cstr(b->user_claim));
}
