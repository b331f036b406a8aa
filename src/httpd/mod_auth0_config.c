/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_config.h"

#include <http_config.h>
#include <apr_strings.h>

#include "core/auth0_memo.h"
#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_names.h"

#define DEFAULT_ALG "RS256"
#define DEFAULT_SKEW 5
#define DEFAULT_USER_CLAIM "sub"
#define DEFAULT_DPOP_PAST 300
#define DEFAULT_DPOP_FUTURE 30
#define DEFAULT_ACR_CLAIM "acr"
#define DEFAULT_AUTH_TIME_CLAIM "auth_time"

/* Seconds, but for the wait, which is milliseconds. */
#define DEFAULT_REFRESH 300
#define DEFAULT_MAX_STALE 86400
#define DEFAULT_COOLDOWN 30
#define DEFAULT_WAIT 300
#define DEFAULT_CONNECT 3
#define DEFAULT_TOTAL 10
#define RETRY_MOST 60

#define DEFAULT_TOKEN_CACHE 16384

#define DEFAULT_STATE_DIR "mod_auth0"

#define SECOND ((int64_t)1000000)

static apr_array_header_t *sections;
static auth0_pointer_t *default_acr;
static auth0_pointer_t *default_auth_time;
static apr_array_header_t *query_names;
static unsigned default_algs;

/* Of all policies; each process that is forked goes on with its own copy. */
static auth0_memo_t *memo;

void mod_auth0_config_reset(apr_pool_t *pool)
{
    sections = apr_array_make(pool, 8, sizeof(mod_auth0_section_t));
    default_acr = auth0_pointer_to(DEFAULT_ACR_CLAIM, pool);
    default_auth_time = auth0_pointer_to(DEFAULT_AUTH_TIME_CLAIM, pool);
    default_algs = auth0_alg_find(auth0_span_cstr(DEFAULT_ALG))->bit;
    query_names = apr_array_make(pool, 1, sizeof(const char *));
    memo = auth0_memo_make(pool);
}

void mod_auth0_query_name_record(const char *name)
{
    mod_auth0_names_add(query_names, auth0_span_cstr(name));
}

const apr_array_header_t *mod_auth0_query_names(void)
{
    return query_names;
}

const apr_array_header_t *mod_auth0_sections(void)
{
    return sections;
}

bool mod_auth0_is_htaccess(cmd_parms *cmd)
{
    return ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL;
}

/* A .htaccess file is read on a request's thread. */
void mod_auth0_section_record(cmd_parms *cmd, mod_auth0_dir_t *dir)
{
    dir->speaks = true;
    if (!dir->is_recorded && !mod_auth0_is_htaccess(cmd)) {
        dir->is_recorded = true;
        APR_ARRAY_PUSH(sections, mod_auth0_section_t) =
            (mod_auth0_section_t){dir, cmd->server, cmd->directive};
    }
}

void *mod_auth0_dir_create(apr_pool_t *pool, char *path)
{
    mod_auth0_dir_t *dir = apr_pcalloc(pool, sizeof(*dir));

    (void)path;
    dir->profile = dir->skew = dir->max_age = -1;
    dir->optional = MOD_AUTH0_UNSET;
    dir->cors_preflight = MOD_AUTH0_UNSET;
    dir->report_only = MOD_AUTH0_UNSET;
    dir->problem = dir->logout = dir->auth_type = MOD_AUTH0_UNSET;
    dir->forward_token = dir->dpop_nonce = MOD_AUTH0_UNSET;
    dir->encrypted_only = dir->metadata = MOD_AUTH0_UNSET;
    dir->dpop = dir->dpop_past = dir->dpop_future = dir->certificate = -1;
    return dir;
}

static void inherit_switch(mod_auth0_switch_t *inner, mod_auth0_switch_t outer)
{
    if (*inner == MOD_AUTH0_UNSET) {
        *inner = outer;
    }
}

static void inherit_number(int *inner, int outer)
{
    if (*inner < 0) {
        *inner = outer;
    }
}

static void inherit_text(const char **inner, const char *outer)
{
    if (!*inner) {
        *inner = outer;
    }
}

static void inherit_metadata(mod_auth0_dir_t *dir, const mod_auth0_dir_t *outer)
{
    inherit_switch(&dir->metadata, outer->metadata);
    inherit_text(&dir->resource, outer->resource);
    inherit_text(&dir->documentation, outer->documentation);
    inherit_text(&dir->resource_policy, outer->resource_policy);
    inherit_text(&dir->tos, outer->tos);
}

static void inherit_lists(mod_auth0_dir_t *dir, const mod_auth0_dir_t *outer)
{
    if (!dir->issuers) {
        dir->issuers = outer->issuers;
        dir->places = outer->places;
        dir->sources = outer->sources;
    }
    if (!dir->audiences) {
        dir->audiences = outer->audiences;
        dir->audience_url = outer->audience_url;
    }
}

static mod_auth0_dir_t *merge(const mod_auth0_dir_t *outer,
                              const mod_auth0_dir_t *inner, apr_pool_t *pool)
{
    mod_auth0_dir_t *dir = apr_pmemdup(pool, inner, sizeof(*inner));

    inherit_lists(dir, outer);
    dir->clients = inner->clients ? inner->clients : outer->clients;
    dir->algs = inner->algs ? inner->algs : outer->algs;
    dir->secret = inner->secret ? inner->secret : outer->secret;
    dir->decryption = inner->decryption ? inner->decryption : outer->decryption;
    inherit_switch(&dir->encrypted_only, outer->encrypted_only);
    inherit_number(&dir->profile, outer->profile);
    inherit_number(&dir->skew, outer->skew);
    inherit_number(&dir->max_age, outer->max_age);
    dir->user_claim = inner->user_claim ? inner->user_claim : outer->user_claim;
    dir->acr_claim = inner->acr_claim ? inner->acr_claim : outer->acr_claim;
    dir->auth_time_claim = inner->auth_time_claim ? inner->auth_time_claim
                                                  : outer->auth_time_claim;
    dir->token_sources =
        inner->token_sources ? inner->token_sources : outer->token_sources;
    inherit_number(&dir->dpop, outer->dpop);
    inherit_switch(&dir->dpop_nonce, outer->dpop_nonce);
    inherit_number(&dir->dpop_past, outer->dpop_past);
    inherit_number(&dir->dpop_future, outer->dpop_future);
    inherit_number(&dir->certificate, outer->certificate);
    dir->base_url = inner->base_url ? inner->base_url : outer->base_url;
    inherit_metadata(dir, outer);
    inherit_switch(&dir->optional, outer->optional);
    inherit_switch(&dir->cors_preflight, outer->cors_preflight);
    inherit_switch(&dir->report_only, outer->report_only);
    inherit_switch(&dir->auth_type, outer->auth_type);
    inherit_switch(&dir->logout, outer->logout);
    inherit_switch(&dir->problem, outer->problem);
    inherit_switch(&dir->forward_token, outer->forward_token);
    dir->fields = inner->fields ? inner->fields : outer->fields;
    dir->variables = inner->variables ? inner->variables : outer->variables;
    return dir;
}

/* Most requests go through one section that speaks of us, and those around. */
void *mod_auth0_dir_merge(apr_pool_t *pool, void *base, void *add)
{
    const mod_auth0_dir_t *outer = base;
    const mod_auth0_dir_t *inner = add;

    if (!outer->speaks) {
        return add;
    }
    return inner->speaks ? merge(outer, inner, pool) : base;
}

void *mod_auth0_server_create(apr_pool_t *pool, server_rec *server)
{
    mod_auth0_server_t *made = apr_pcalloc(pool, sizeof(*made));

    (void)server;
    made->refresh = made->max_stale = made->cooldown = made->wait = -1;
    made->connect = made->total = made->store_bytes = made->token_cache = -1;
    made->fields = apr_array_make(pool, 0, sizeof(const char *));
    made->variables = apr_array_make(pool, 0, sizeof(const char *));
    return made;
}

void *mod_auth0_server_merge(apr_pool_t *pool, void *base, void *add)
{
    const mod_auth0_server_t *outer = base;
    const mod_auth0_server_t *inner = add;
    mod_auth0_server_t *server = apr_pmemdup(pool, inner, sizeof(*inner));

    server->ca_pem = inner->ca_pem ? inner->ca_pem : outer->ca_pem;
    server->proxy = inner->proxy ? inner->proxy : outer->proxy;
    server->state_dir = inner->state_dir ? inner->state_dir : outer->state_dir;
    server->deny_file = inner->deny_file ? inner->deny_file : outer->deny_file;
    inherit_number(&server->refresh, outer->refresh);
    inherit_number(&server->max_stale, outer->max_stale);
    inherit_number(&server->cooldown, outer->cooldown);
    inherit_number(&server->wait, outer->wait);
    inherit_number(&server->connect, outer->connect);
    inherit_number(&server->total, outer->total);
    server->fields = apr_array_append(pool, outer->fields, inner->fields);
    server->variables =
        apr_array_append(pool, outer->variables, inner->variables);
    return server;
}

const mod_auth0_dir_t *mod_auth0_dir(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &auth0_module);
}

static int or_default(int number, int by_default)
{
    return number >= 0 ? number : by_default;
}

/* A file is looked at every second, whatever is said of issuers. */
static auth0_keyring_rules_t rules_of(const mod_auth0_server_t *server,
                                      bool is_file)
{
    int refresh = or_default(server->refresh, DEFAULT_REFRESH);

    return (auth0_keyring_rules_t){
        (is_file ? 1 : refresh) * SECOND, (is_file ? 1 : RETRY_MOST) * SECOND,
        or_default(server->max_stale, DEFAULT_MAX_STALE) * SECOND,
        or_default(server->cooldown, DEFAULT_COOLDOWN) * SECOND,
        or_default(server->wait, DEFAULT_WAIT) * (SECOND / 1000)};
}

void mod_auth0_source_complete(mod_auth0_source_t *source, apr_pool_t *pconf)
{
    const mod_auth0_server_t *server = mod_auth0_settings(source->server);

    source->rules = rules_of(server, source->file != NULL);
    source->how = (auth0_fetch_how_t){
        server->ca_pem, server->proxy,
        or_default(server->connect, DEFAULT_CONNECT) * 1000L,
        or_default(server->total, DEFAULT_TOTAL) * 1000L,
        MOD_AUTH0_DOCUMENT_MAX};
    source->state_dir = server->state_dir
                            ? server->state_dir
                            : ap_runtime_dir_relative(pconf, DEFAULT_STATE_DIR);
}

size_t mod_auth0_server_token_cache(const server_rec *server)
{
    return (size_t)or_default(mod_auth0_settings(server)->token_cache,
                              DEFAULT_TOKEN_CACHE);
}

static unsigned skew_of(const mod_auth0_dir_t *dir)
{
    return (unsigned)or_default(dir->skew, DEFAULT_SKEW);
}

auth0_stepup_facts_t mod_auth0_stepup_facts(const request_rec *r)
{
    const mod_auth0_dir_t *dir = mod_auth0_dir(r);

    return (auth0_stepup_facts_t){dir->acr_claim ? dir->acr_claim : default_acr,
                                  dir->auth_time_claim ? dir->auth_time_claim
                                                       : default_auth_time,
                                  apr_time_now(), skew_of(dir)};
}

mod_auth0_bindings_t mod_auth0_dir_bindings(const mod_auth0_dir_t *dir)
{
    return (mod_auth0_bindings_t){
        (auth0_binding_t)or_default(dir->dpop, AUTH0_BINDING_ALLOWED),
        (auth0_binding_t)or_default(dir->certificate, AUTH0_BINDING_ALLOWED),
        dir->dpop_nonce == MOD_AUTH0_ON,
        (unsigned)or_default(dir->dpop_past, DEFAULT_DPOP_PAST),
        (unsigned)or_default(dir->dpop_future, DEFAULT_DPOP_FUTURE)};
}

const char *mod_auth0_dir_user_claim(const mod_auth0_dir_t *dir)
{
    return dir->user_claim ? dir->user_claim : DEFAULT_USER_CLAIM;
}

static bool make_policy(auth0_policy_t *policy, const mod_auth0_dir_t *dir,
                        const apr_array_header_t *audiences)
{
    if (!dir->issuers || !audiences ||
        ((mod_auth0_dir_algs(dir) & auth0_alg_symmetric()) && !dir->secret)) {
        return false;
    }
    policy->issuers = dir->places;
    policy->audiences = (const auth0_span_t *)audiences->elts;
    policy->audience_count = (size_t)audiences->nelts;
    policy->algs = mod_auth0_dir_algs(dir);
    policy->secret = dir->secret;
    policy->profile =
        (auth0_profile_t)or_default(dir->profile, AUTH0_PROFILE_ANY);
    policy->skew = skew_of(dir);
    policy->max_age = (unsigned)or_default(dir->max_age, 0);
    policy->user_claim = mod_auth0_dir_user_claim(dir);
    policy->decryption = NULL;
    policy->decryption_count = 0;
    policy->is_encrypted_only = false;
    policy->memo = memo;
    return true;
}

bool mod_auth0_policy(auth0_policy_t *policy, const mod_auth0_dir_t *dir)
{
    if (!make_policy(policy, dir, dir->audiences)) {
        return false;
    }
    policy->is_encrypted_only = dir->encrypted_only == MOD_AUTH0_ON;
    if (dir->decryption) {
        policy->decryption =
            (const auth0_jwekey_t *const *)(void *)dir->decryption->elts;
        policy->decryption_count = (size_t)dir->decryption->nelts;
    }
    return !policy->is_encrypted_only || dir->decryption;
}

bool mod_auth0_policy_logout(auth0_policy_t *policy, const mod_auth0_dir_t *dir)
{
    if (!make_policy(policy, dir, dir->clients)) {
        return false;
    }
    policy->profile = AUTH0_PROFILE_LOGOUT;
    policy->max_age = 0;
    policy->user_claim = NULL;
    return true;
}

unsigned mod_auth0_dir_algs(const mod_auth0_dir_t *dir)
{
    return dir->algs ? dir->algs : default_algs;
}

const char *mod_auth0_dir_resource(const mod_auth0_dir_t *dir)
{
    return dir->resource ? dir->resource : dir->audience_url;
}

const mod_auth0_token_sources_t *
mod_auth0_dir_token_sources(const mod_auth0_dir_t *dir)
{
    static const mod_auth0_token_sources_t by_default = {.header = true};

    return dir->token_sources ? dir->token_sources : &by_default;
}

bool mod_auth0_dir_leaves_tokens(const mod_auth0_dir_t *dir)
{
    return dir->report_only == MOD_AUTH0_ON &&
           dir->forward_token == MOD_AUTH0_UNSET;
}

/* Lists are made once, at configuration time: the same list, the same say. */
bool mod_auth0_policy_same(const auth0_policy_t *a, const auth0_policy_t *b)
{
    return a->issuers == b->issuers && a->audiences == b->audiences &&
           a->algs == b->algs && a->secret == b->secret &&
           a->decryption == b->decryption &&
           a->is_encrypted_only == b->is_encrypted_only &&
           a->profile == b->profile && a->skew == b->skew &&
           a->max_age == b->max_age &&
           auth0_span_eq(auth0_span_cstr(a->user_claim),
                         auth0_span_cstr(b->user_claim));
}
