/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_check.h"

#include <apr_strings.h>

struct mod_auth0_check_t {
    apr_pool_t *pool;
    const mod_auth0_place_t *places; /* of each section: compared often */
};

typedef mod_auth0_check_t check_t;

static const mod_auth0_section_t *section_at(int i)
{
    return &APR_ARRAY_IDX(mod_auth0_sections(), i, mod_auth0_section_t);
}

static const mod_auth0_place_t *place_of(const check_t *check,
                                         const mod_auth0_section_t *section)
{
    return &check->places[section - section_at(0)];
}

static check_t begin_check(apr_pool_t *pool)
{
    int count = mod_auth0_sections()->nelts;
    mod_auth0_place_t *places =
        apr_pcalloc(pool, ((size_t)count + 1) * sizeof(*places));

    for (int i = 0; i < count; i++) {
        places[i] = mod_auth0_tree_place(section_at(i)->place, pool);
    }
    return (check_t){pool, places};
}

/* What is in force in a place, as far as that can be told beforehand. */
static const mod_auth0_dir_t *effective_at(const check_t *check,
                                           const mod_auth0_place_t *inner,
                                           const server_rec *server)
{
    void *dir = ap_get_module_config(server->lookup_defaults, &auth0_module);

    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        if (mod_auth0_tree_covers(&check->places[i], inner)) {
            dir = mod_auth0_dir_merge(check->pool, dir,
                                      (void *)section_at(i)->dir);
        }
    }
    return dir;
}

static const mod_auth0_dir_t *effective(const check_t *check,
                                        const mod_auth0_section_t *section)
{
    return effective_at(check, place_of(check, section), section->server);
}

const mod_auth0_check_t *mod_auth0_check_begin(apr_pool_t *pool)
{
    check_t check = begin_check(pool);

    return apr_pmemdup(pool, &check, sizeof(check));
}

const mod_auth0_dir_t *mod_auth0_check_dir(const mod_auth0_check_t *check,
                                           const mod_auth0_place_t *place,
                                           const server_rec *server)
{
    return effective_at(check, place, server);
}

static bool has_issuer(const mod_auth0_dir_t *dir)
{
    return dir->issuers;
}

static bool has_audience(const mod_auth0_dir_t *dir)
{
    return dir->audiences;
}

static bool has_client(const mod_auth0_dir_t *dir)
{
    return dir->clients;
}

static bool has_secret(const mod_auth0_dir_t *dir)
{
    return dir->secret;
}

static bool needs_no_secret(const mod_auth0_dir_t *dir)
{
    return dir->secret || !(mod_auth0_dir_algs(dir) & auth0_alg_symmetric());
}

static bool has_resource(const mod_auth0_dir_t *dir)
{
    return mod_auth0_dir_resource(dir);
}

static bool needs_no_resource(const mod_auth0_dir_t *dir)
{
    return dir->metadata != MOD_AUTH0_ON || has_resource(dir);
}

static bool has_decryption(const mod_auth0_dir_t *dir)
{
    return dir->decryption;
}

static bool needs_no_decryption(const mod_auth0_dir_t *dir)
{
    return dir->decryption || dir->encrypted_only != MOD_AUTH0_ON;
}

/* What a server says outside of sections is no matter of doubt. */
static bool is_in_force(const mod_auth0_place_t *outer,
                        const mod_auth0_place_t *inner)
{
    return !outer->section && (!outer->host || outer->host == inner->host);
}

/* True when another section, whose reach cannot be told, may help out. */
static bool may_come_from_elsewhere(const check_t *check,
                                    const mod_auth0_section_t *section,
                                    bool (*has)(const mod_auth0_dir_t *))
{
    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        const mod_auth0_section_t *other = section_at(i);
        if (other->dir != section->dir && has(other->dir) &&
            !is_in_force(place_of(check, other), place_of(check, section)) &&
            mod_auth0_tree_may_meet(place_of(check, other),
                                    place_of(check, section))) {
            return true;
        }
    }
    return false;
}

/* What a section needs, and what of it another section can bring. */
typedef struct demand_t {
    bool (*is_met)(const mod_auth0_dir_t *effective);
    bool (*is_brought)(const mod_auth0_dir_t *other);
    const char *sentence;
} demand_t;

#define NEEDS_SECRET                                                           \
    "Auth0Algorithms names HS*, which needs the API's secret: add "            \
    "Auth0SigningSecret file:/path/to/secret"

static const demand_t access_demands[] = {
    {has_issuer, has_issuer,
     "AuthType Auth0 needs an issuer, and none is in force here: add "
     "Auth0Domain with your tenant's domain, such as Auth0Domain "
     "tenant.eu.auth0.com (or Auth0Issuer)"},
    {has_audience, has_audience,
     "AuthType Auth0 needs Auth0Audience, and none is in force here: add the "
     "API's identifier, such as Auth0Audience "
     "https://api.example.com/orders"},
    {needs_no_secret, has_secret, NEEDS_SECRET},
    {needs_no_decryption, has_decryption,
     "Auth0EncryptedTokens required needs the API's private key, and none is "
     "in "
     "force here: add Auth0DecryptionKey /path/to/key.pem"},
    {needs_no_resource, has_resource,
     "Auth0ResourceMetadata On needs Auth0Resource, because no audience in "
     "force here is a URL that could be it: add the URL by which clients reach "
     "the API, such as Auth0Resource https://api.example.com/orders"},
    {NULL, NULL, NULL}};

static const demand_t logout_demands[] = {
    {has_issuer, has_issuer,
     "SetHandler auth0-logout needs an issuer, and none is in force here: add "
     "Auth0Domain with your tenant's domain, such as Auth0Domain "
     "tenant.eu.auth0.com (or Auth0Issuer)"},
    {has_client, has_client,
     "SetHandler auth0-logout needs Auth0LogoutClient, and none is in force "
     "here: add the client id of the application that users log in to"},
    {needs_no_secret, has_secret, NEEDS_SECRET},
    {NULL, NULL, NULL}};

static const char *check_demands(const check_t *check,
                                 const mod_auth0_section_t *section,
                                 const mod_auth0_dir_t *dir,
                                 const demand_t *demands)
{
    for (size_t i = 0; demands[i].sentence; i++) {
        if (!demands[i].is_met(dir) &&
            !may_come_from_elsewhere(check, section, demands[i].is_brought)) {
            return demands[i].sentence;
        }
    }
    return NULL;
}

/* RFC 7518 section 3.2: a secret is at least as long as the hash. */
static const char *check_secret(const check_t *check,
                                const mod_auth0_dir_t *dir)
{
    unsigned algs = mod_auth0_dir_algs(dir) & auth0_alg_symmetric();

    for (size_t i = 0; dir->secret && auth0_alg_at(i); i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        if ((algs & alg->bit) && !auth0_key_fits(dir->secret, alg)) {
            return apr_psprintf(check->pool,
                                "Auth0SigningSecret is too short for %s: it "
                                "has to have at least %" APR_SIZE_T_FMT
                                " bytes",
                                alg->name, alg->min_key_bytes);
        }
    }
    return NULL;
}

static const char *check_section(const check_t *check,
                                 const mod_auth0_section_t *section)
{
    const mod_auth0_dir_t *dir = effective(check, section);
    const char *why = check_secret(check, dir);

    if (!why && dir->auth_type == MOD_AUTH0_ON) {
        why = check_demands(check, section, dir, access_demands);
    }
    if (!why && dir->logout == MOD_AUTH0_ON) {
        why = check_demands(check, section, dir, logout_demands);
    }
    return why ? apr_psprintf(check->pool, "Syntax error on line %d of %s: %s",
                              section->place->line_num,
                              section->place->filename, why)
               : NULL;
}

/* Without these, AuthType and Require would be words without effect. */
static const char *check_modules(void)
{
    if (mod_auth0_sections()->nelts == 0) {
        return NULL;
    }
    if (!ap_find_linked_module("mod_authn_core.c")) {
        return "AuthType needs mod_authn_core: load it";
    }
    return ap_find_linked_module("mod_authz_core.c")
               ? NULL
               : "Require needs mod_authz_core: load it";
}

const char *mod_auth0_check(apr_pool_t *pool)
{
    check_t check = begin_check(pool);
    const char *missing = check_modules();

    if (missing) {
        return missing;
    }

    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        const char *why = check_section(&check, section_at(i));
        if (why) {
            return why;
        }
    }
    return NULL;
}

static void mark(const apr_array_header_t *sources)
{
    for (int i = 0; i < sources->nelts; i++) {
        APR_ARRAY_IDX(sources, i, mod_auth0_source_t *)->needed = 1;
    }
}

/*
 * With an HS* policy no key set is used, so none is fetched for it. A section
 * that names no issuer itself may, at run time, get those of any other.
 */
void mod_auth0_mark_needed(apr_pool_t *pool)
{
    check_t check = begin_check(pool);

    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        const mod_auth0_section_t *section = section_at(i);
        const mod_auth0_dir_t *dir = effective(&check, section);
        const apr_array_header_t *own = section->dir->sources;
        if (mod_auth0_dir_algs(dir) & auth0_alg_asymmetric()) {
            mark(own ? own : mod_auth0_sources());
        }
    }
}
