/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_check.h"

#include <apr_strings.h>

#include "httpd/mod_auth0_mutex.h"
#include "httpd/mod_auth0_refresh.h"
#include "httpd/mod_auth0_survey.h"

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

static bool has_decryption(const mod_auth0_dir_t *dir)
{
    return dir->decryption;
}

static bool needs_no_decryption(const mod_auth0_dir_t *dir)
{
    return dir->decryption || dir->encrypted_only != MOD_AUTH0_ON;
}

static bool has_resource(const mod_auth0_dir_t *dir)
{
    return mod_auth0_dir_resource(dir);
}

static bool needs_no_resource(const mod_auth0_dir_t *dir)
{
    return dir->metadata != MOD_AUTH0_ON || mod_auth0_dir_resource(dir);
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

static const char *check_demands(const mod_auth0_survey_t *survey,
                                 const mod_auth0_section_t *section,
                                 const mod_auth0_dir_t *dir,
                                 const demand_t *demands)
{
    for (size_t i = 0; demands[i].sentence; i++) {
        if (!demands[i].is_met(dir) &&
            !mod_auth0_survey_may_have(survey,
                                       mod_auth0_survey_place(survey, section),
                                       demands[i].is_brought)) {
            return demands[i].sentence;
        }
    }
    return NULL;
}

/* RFC 7518 section 3.2: a secret is at least as long as the hash. */
static const char *check_secret(const mod_auth0_survey_t *survey,
                                const mod_auth0_dir_t *dir)
{
    unsigned algs = mod_auth0_dir_algs(dir) & auth0_alg_symmetric();

    for (size_t i = 0; dir->secret && auth0_alg_at(i); i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        if ((algs & alg->bit) && !auth0_key_fits(dir->secret, alg)) {
            return apr_psprintf(survey->pool,
                                "Auth0SigningSecret is too short for %s: it "
                                "has to have at least %" APR_SIZE_T_FMT
                                " bytes",
                                alg->name, alg->min_key_bytes);
        }
    }
    return NULL;
}

static const mod_auth0_dir_t *effective(const mod_auth0_survey_t *survey,
                                        const mod_auth0_section_t *section)
{
    return mod_auth0_survey_effective(survey, section->server,
                                      mod_auth0_survey_place(survey, section));
}

static const char *check_section(const mod_auth0_survey_t *survey,
                                 const mod_auth0_section_t *section)
{
    const mod_auth0_dir_t *dir = effective(survey, section);
    const char *why = check_secret(survey, dir);

    if (!why && dir->auth_type == MOD_AUTH0_ON) {
        why = check_demands(survey, section, dir, access_demands);
    }
    if (!why && dir->logout == MOD_AUTH0_ON) {
        why = check_demands(survey, section, dir, logout_demands);
    }
    return why ? apr_psprintf(survey->pool, "Syntax error on line %d of %s: %s",
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

/* What is kept up to date, also where no section is, needs these. */
static const char *check_background(const server_rec *main_server,
                                    apr_pool_t *pool)
{
    if (!mod_auth0_refresh_is_needed(main_server)) {
        return NULL;
    }
    return ap_find_linked_module("mod_watchdog.c")
               ? mod_auth0_mutex_check(pool)
               : "keys, Auth0DenyList and a Redis need mod_watchdog: load it";
}

const char *mod_auth0_check(apr_pool_t *pool, const server_rec *main_server)
{
    mod_auth0_survey_t survey = mod_auth0_survey(pool);
    const char *why = check_modules();

    why = why ? why : check_background(main_server, pool);
    for (int i = 0; !why && i < mod_auth0_sections()->nelts; i++) {
        why = check_section(&survey, mod_auth0_survey_section(i));
    }
    return why;
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
    mod_auth0_survey_t survey = mod_auth0_survey(pool);

    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        const mod_auth0_section_t *section = mod_auth0_survey_section(i);
        const mod_auth0_dir_t *dir = effective(&survey, section);
        const apr_array_header_t *own = section->dir->sources;
        if (mod_auth0_dir_algs(dir) & auth0_alg_asymmetric()) {
            mark(own ? own : mod_auth0_sources());
        }
    }
}
