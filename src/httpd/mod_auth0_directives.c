/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_directives.h"

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_metadata.h"
#include "core/auth0_pointer.h"
#include "core/auth0_url.h"
#include "httpd/mod_auth0_api.h"
#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_decryption.h"
#include "httpd/mod_auth0_directives_binding.h"
#include "httpd/mod_auth0_directives_export.h"
#include "httpd/mod_auth0_directives_metadata.h"
#include "httpd/mod_auth0_directives_server.h"
#include "httpd/mod_auth0_logout.h"
#include "httpd/mod_auth0_secret.h"
#include "httpd/mod_auth0_token.h"
#include "net/auth0_file.h"

#define TWICE "is named twice in this section; name each issuer once"

static const mod_auth0_range_t skew_range = {0, 300, "seconds"};
static const mod_auth0_range_t age_range = {1, 31536000, "seconds"};

/* NULL when the section has the issuer already. */
static mod_auth0_source_t *add_issuer(cmd_parms *cmd, mod_auth0_dir_t *dir,
                                      const char *issuer)
{
    auth0_span_t text = auth0_span_cstr(issuer);
    size_t place;

    if (auth0_issuers_find(&place, dir->places, text)) {
        return NULL;
    }
    mod_auth0_source_t *source =
        mod_auth0_source_add(cmd->pool, cmd->server, issuer);

    mod_auth0_section_record(cmd, dir);
    if (!dir->issuers) {
        dir->issuers = apr_array_make(cmd->pool, 1, sizeof(auth0_span_t));
        dir->places = auth0_issuers_make(cmd->pool);
        dir->sources =
            apr_array_make(cmd->pool, 1, sizeof(mod_auth0_source_t *));
    }
    APR_ARRAY_PUSH(dir->issuers, auth0_span_t) = text;
    auth0_issuers_add(dir->places, text);
    APR_ARRAY_PUSH(dir->sources, mod_auth0_source_t *) = source;
    return source;
}

static const char *in_lower_case(const char *host, apr_pool_t *pool)
{
    char *lower = apr_pstrdup(pool, host);

    for (char *c = lower; *c; c++) {
        *c = auth0_ascii_lower(*c);
    }
    return lower;
}

static const char *set_domain(cmd_parms *cmd, void *conf, const char *host)
{
    const char *why = auth0_host_check(host);

    if (why) {
        return mod_auth0_complain(cmd, host, why);
    }
    const char *issuer = apr_pstrcat(cmd->pool, "https://",
                                     in_lower_case(host, cmd->pool), "/", NULL);

    return add_issuer(cmd, conf, issuer) ? NULL
                                         : mod_auth0_complain(cmd, host, TWICE);
}

static const char *set_file(const cmd_parms *cmd, mod_auth0_source_t *source,
                            const char *name)
{
    auth0_span_t document;
    auth0_jwks_t *set;

    source->file = mod_auth0_path(cmd, name);
    if (!source->file) {
        return mod_auth0_complain(cmd, name, "is not a path");
    }
    const char *why = auth0_file_read(&document, source->file,
                                      MOD_AUTH0_DOCUMENT_MAX, cmd->temp_pool);

    why = why ? why : auth0_jwks_parse(&set, document, cmd->temp_pool);
    return why ? apr_psprintf(cmd->pool,
                              "%s: the key file %s: %s; it has to hold a JWK "
                              "set with at least one RSA or EC public key",
                              cmd->cmd->name, source->file, why)
               : NULL;
}

static const char *set_keys(const cmd_parms *cmd, mod_auth0_source_t *source,
                            const char *where)
{
    if (auth0_span_starts(auth0_span_cstr(where), "file:")) {
        return set_file(cmd, source, where + strlen("file:"));
    }
    const char *why = auth0_url_check(where, cmd->temp_pool);

    source->jwks_url = where;
    return why ? mod_auth0_complain(cmd, where, why) : NULL;
}

static const char *set_issuer(cmd_parms *cmd, void *conf, const char *url,
                              const char *where)
{
    const char *why = auth0_url_check(url, cmd->temp_pool);

    if (why) {
        return mod_auth0_complain(cmd, url, why);
    }
    if (strchr(url, '?')) {
        return mod_auth0_complain(cmd, url, "has a query; an issuer has none");
    }
    mod_auth0_source_t *source = add_issuer(cmd, conf, url);

    if (!source) {
        return mod_auth0_complain(cmd, url, TWICE);
    }
    return where ? set_keys(cmd, source, where) : NULL;
}

/* why is what is said of one that cannot be. */
static const char *add_identifier(cmd_parms *cmd, mod_auth0_dir_t *dir,
                                  apr_array_header_t **list, const char *id,
                                  const char *why)
{
    const char *stray = mod_auth0_stray(id);

    if (stray || !*id || auth0_span_has_control(auth0_span_cstr(id))) {
        return mod_auth0_complain(cmd, id, stray ? stray : why);
    }
    mod_auth0_section_record(cmd, dir);
    if (!*list) {
        *list = apr_array_make(cmd->pool, 1, sizeof(auth0_span_t));
    }
    APR_ARRAY_PUSH(*list, auth0_span_t) = auth0_span_cstr(id);
    return NULL;
}

static const char *set_audience(cmd_parms *cmd, void *conf, const char *id)
{
    mod_auth0_dir_t *dir = conf;

    if (!dir->audience_url && !auth0_metadata_check(id, cmd->temp_pool)) {
        dir->audience_url = id;
    }
    return add_identifier(cmd, dir, &dir->audiences, id,
                          "is no API identifier; copy it from the API's "
                          "settings, such as https://api.example.com/orders");
}

static const char *set_logout_client(cmd_parms *cmd, void *conf, const char *id)
{
    mod_auth0_dir_t *dir = conf;

    return add_identifier(cmd, dir, &dir->clients, id,
                          "is no client id; copy it from the settings of the "
                          "application that users log in to");
}

static const char *all_algs(apr_pool_t *pool)
{
    const char *names = "";

    for (size_t i = 0; auth0_alg_at(i); i++) {
        names =
            apr_pstrcat(pool, names, i ? " " : "", auth0_alg_at(i)->name, NULL);
    }
    return names;
}

static const char *set_algorithm(cmd_parms *cmd, void *conf, const char *name)
{
    mod_auth0_dir_t *dir = conf;
    const auth0_alg_t *alg = auth0_alg_find(auth0_span_cstr(name));

    if (!alg) {
        return mod_auth0_complain(
            cmd, name,
            apr_pstrcat(cmd->pool, "is none of ", all_algs(cmd->pool), NULL));
    }
    mod_auth0_section_record(cmd, dir);
    dir->algs |= alg->bit;
    if ((dir->algs & auth0_alg_symmetric()) &&
        (dir->algs & auth0_alg_asymmetric())) {
        return mod_auth0_complain(
            cmd, name,
            "cannot share a list with the algorithms before it: "
            "HS* and asymmetric algorithms never go together");
    }
    return NULL;
}

static const char *set_secret(cmd_parms *cmd, void *conf, const char *where)
{
    mod_auth0_dir_t *dir = conf;
    const char *why = mod_auth0_secret_read(&dir->secret, where, cmd->pool);

    mod_auth0_section_record(cmd, dir);
    return why ? apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, why) : NULL;
}

static const char *set_skew(cmd_parms *cmd, void *conf, const char *text)
{
    mod_auth0_dir_t *dir = conf;

    mod_auth0_section_record(cmd, dir);
    return mod_auth0_read_number(&dir->skew, cmd, text, &skew_range);
}

static const char *set_profile(cmd_parms *cmd, void *conf, const char *name)
{
    mod_auth0_dir_t *dir = conf;
    auth0_span_t wanted = auth0_span_cstr(name);

    mod_auth0_section_record(cmd, dir);
    for (int i = 0; i < AUTH0_PROFILE_COUNT; i++) {
        const auth0_profile_rules_t *rules =
            auth0_profile_rules((auth0_profile_t)i);
        if (rules->is_access && auth0_span_is_nocase(wanted, rules->name)) {
            dir->profile = i;
            return NULL;
        }
    }
    return mod_auth0_complain(cmd, name, "is none of any, auth0 and rfc9068");
}

static const char *set_max_age(cmd_parms *cmd, void *conf, const char *text)
{
    mod_auth0_dir_t *dir = conf;

    mod_auth0_section_record(cmd, dir);
    if (auth0_span_is_nocase(auth0_span_cstr(text), "off")) {
        dir->max_age = 0;
        return NULL;
    }
    return mod_auth0_read_number(&dir->max_age, cmd, text, &age_range);
}

#define DIR_MEMBER(member) ((void *)offsetof(mod_auth0_dir_t, member))

static const char *set_switch(cmd_parms *cmd, void *conf, int is_on)
{
    mod_auth0_switch_t *member = mod_auth0_member(cmd, conf);

    mod_auth0_section_record(cmd, conf);
    *member = is_on ? MOD_AUTH0_ON : MOD_AUTH0_OFF;
    return NULL;
}

static const char *set_claim(cmd_parms *cmd, void *conf, const char *name)
{
    auth0_pointer_t *pointer;
    const char *why = auth0_pointer_parse(&pointer, name, cmd->pool);
    const auth0_pointer_t **member = mod_auth0_member(cmd, conf);

    mod_auth0_section_record(cmd, conf);
    *member = pointer;
    return why ? mod_auth0_complain(cmd, name, why) : NULL;
}

static const char *set_token_source(cmd_parms *cmd, void *conf,
                                    const char *word)
{
    mod_auth0_dir_t *dir = conf;

    mod_auth0_section_record(cmd, dir);
    if (!dir->token_sources) {
        dir->token_sources =
            apr_pcalloc(cmd->pool, sizeof(*dir->token_sources));
    }
    const char *why = mod_auth0_token_source_add(dir->token_sources, word);

    if (!why && dir->token_sources->query) {
        mod_auth0_query_name_record(dir->token_sources->query);
    }
    return why ? mod_auth0_complain(cmd, word, why) : NULL;
}

/*
 * httpd hands a directive to every module that knows it. Watching AuthType go
 * by tells at configuration time which sections are ours to check.
 */
static const char *watch_auth_type(cmd_parms *cmd, void *conf, const char *type)
{
    mod_auth0_dir_t *dir = conf;

    dir->speaks = true;
    if (!auth0_span_is_nocase(auth0_span_cstr(type), "Auth0")) {
        dir->auth_type = MOD_AUTH0_OFF;
        return NULL;
    }
    dir->auth_type = MOD_AUTH0_ON;
    mod_auth0_section_record(cmd, dir);
    return NULL;
}

/* The same for SetHandler: a logout needs an issuer's keys, and a client. */
static const char *watch_handler(cmd_parms *cmd, void *conf, const char *name,
                                 const char *more)
{
    mod_auth0_dir_t *dir = conf;

    (void)more;
    dir->speaks = true;
    if (!auth0_span_is(auth0_span_cstr(name), MOD_AUTH0_LOGOUT_HANDLER)) {
        dir->logout = MOD_AUTH0_OFF;
        return NULL;
    }
    dir->logout = MOD_AUTH0_ON;
    mod_auth0_section_record(cmd, dir);
    return NULL;
}

static const command_rec *find_directive(const char *name)
{
    const command_rec *directive = mod_auth0_directives;

    while (directive->name &&
           !auth0_span_is_nocase(auth0_span_cstr(name), directive->name)) {
        directive++;
    }
    return directive->name ? directive : NULL;
}

/* Of ours alone it is told that they may stand outside of sections. */
static bool is_for_administrators(const command_rec *directive)
{
    return (directive->req_override & (RSRC_CONF | OR_AUTHCFG)) == RSRC_CONF;
}

/*
 * httpd takes from .htaccess whatever is listed: on a request's thread, and
 * written by somebody whom the API may not belong to.
 */
static const char *watch_override_list(cmd_parms *cmd, void *conf,
                                       const char *name)
{
    const command_rec *directive = find_directive(name);

    (void)conf;
    return directive && is_for_administrators(directive)
               ? mod_auth0_complain(cmd, name,
                                    "must not stand in .htaccess: take it off "
                                    "this list")
               : NULL;
}

#define IN_SECTIONS (RSRC_CONF | ACCESS_CONF)
#define ALSO_IN_HTACCESS (RSRC_CONF | OR_AUTHCFG)

const command_rec mod_auth0_directives[] = {
    AP_INIT_ITERATE("Auth0Domain", set_domain, NULL, IN_SECTIONS,
                    "tenant or custom domains of Auth0"),
    AP_INIT_TAKE12("Auth0Issuer", set_issuer, NULL, IN_SECTIONS,
                   "an issuer, and where its keys are: a URL or file:PATH"),
    AP_INIT_ITERATE("Auth0Audience", set_audience, NULL, IN_SECTIONS,
                    "identifiers of the API"),
    AP_INIT_ITERATE("Auth0Algorithms", set_algorithm, NULL, IN_SECTIONS,
                    "allowed signature algorithms, RS256 by default"),
    AP_INIT_TAKE1("Auth0SigningSecret", set_secret, NULL, IN_SECTIONS,
                  "the secret for HS* algorithms: file:PATH or exec:PROGRAM"),
    AP_INIT_ITERATE("Auth0DecryptionKey", mod_auth0_set_decryption_key, NULL,
                    IN_SECTIONS,
                    "PEM files of private keys for encrypted tokens: path or "
                    "kid=path"),
    AP_INIT_TAKE1("Auth0EncryptedTokens", mod_auth0_set_encrypted_tokens, NULL,
                  IN_SECTIONS, "allowed (the default) or required"),
    AP_INIT_TAKE1("Auth0TokenProfile", set_profile, NULL, IN_SECTIONS,
                  "the kind of token: any, auth0 or rfc9068"),
    AP_INIT_TAKE1("Auth0ClockSkew", set_skew, NULL, IN_SECTIONS,
                  "seconds that clocks may differ, 5 by default"),
    AP_INIT_TAKE1("Auth0MaxTokenAge", set_max_age, NULL, IN_SECTIONS,
                  "seconds since a token was issued, off by default"),
    AP_INIT_TAKE1("Auth0RemoteUser", mod_auth0_set_remote_user, NULL,
                  ALSO_IN_HTACCESS,
                  "the claim that becomes REMOTE_USER, sub by default"),
    AP_INIT_TAKE_ARGV("Auth0ClaimHeader", mod_auth0_set_claim_header, NULL,
                      ALSO_IN_HTACCESS,
                      "a header field for the back end, the claim to send in "
                      "it, plain, json or base64url, and required"),
    AP_INIT_TAKE_ARGV("Auth0ClaimEnv", mod_auth0_set_claim_env, NULL,
                      ALSO_IN_HTACCESS,
                      "an environment variable, the claim to set it to, plain, "
                      "json or base64url, and required"),
    AP_INIT_FLAG("Auth0ForwardToken", set_switch, DIR_MEMBER(forward_token),
                 IN_SECTIONS, "On: the back end is given the token"),
    AP_INIT_TAKE12("Auth0DPoP", mod_auth0_set_dpop, NULL, IN_SECTIONS,
                   "tokens bound by DPoP: disabled, allowed (the default) or "
                   "required; then nonce, to demand nonces of the server"),
    AP_INIT_TAKE2("Auth0DPoPWindow", mod_auth0_set_dpop_window, NULL,
                  IN_SECTIONS,
                  "seconds that a proof may be old, and from the future: 300 "
                  "and 30 by default"),
    AP_INIT_TAKE1("Auth0CertificateBound", mod_auth0_set_certificate_bound,
                  NULL, IN_SECTIONS,
                  "tokens bound to a client certificate: allowed (the "
                  "default) or required"),
    AP_INIT_TAKE1("Auth0BaseURL", mod_auth0_set_base_url, NULL, IN_SECTIONS,
                  "the public origin, where it is not that of ServerName"),
    AP_INIT_FLAG("Auth0ResourceMetadata", set_switch, DIR_MEMBER(metadata),
                 IN_SECTIONS,
                 "On: clients find out here what they need for a token"),
    AP_INIT_TAKE1("Auth0Resource", mod_auth0_set_resource, NULL, IN_SECTIONS,
                  "the URL of the resource in its metadata, the audience by "
                  "default"),
    AP_INIT_TAKE1("Auth0ResourceDocumentation", mod_auth0_set_link,
                  DIR_MEMBER(documentation), IN_SECTIONS,
                  "URL of the documentation for developers"),
    AP_INIT_TAKE1("Auth0ResourcePolicy", mod_auth0_set_link,
                  DIR_MEMBER(resource_policy), IN_SECTIONS,
                  "URL of the rules for the use of data"),
    AP_INIT_TAKE1("Auth0ResourceTOS", mod_auth0_set_link, DIR_MEMBER(tos),
                  IN_SECTIONS, "URL of the terms of service"),
    AP_INIT_TAKE1("Auth0ACRClaim", set_claim, DIR_MEMBER(acr_claim),
                  IN_SECTIONS,
                  "the claim that says how the user was authenticated, acr by "
                  "default"),
    AP_INIT_TAKE1("Auth0AuthTimeClaim", set_claim, DIR_MEMBER(auth_time_claim),
                  IN_SECTIONS,
                  "the claim that says when the user was authenticated, "
                  "auth_time by default"),
    AP_INIT_FLAG("Auth0Optional", set_switch, DIR_MEMBER(optional), IN_SECTIONS,
                 "On: requests without a token go on as anonymous"),
    AP_INIT_FLAG("Auth0CORSPreflight", set_switch, DIR_MEMBER(cors_preflight),
                 IN_SECTIONS, "On: a CORS preflight needs no token"),
    AP_INIT_FLAG("Auth0ReportOnly", set_switch, DIR_MEMBER(report_only),
                 IN_SECTIONS, "On: verdicts are written down, not obeyed"),
    AP_INIT_ITERATE("Auth0TokenSource", set_token_source, NULL, IN_SECTIONS,
                    "where tokens may stand: header (the default), "
                    "query[:name], form[:name], cookie:name"),
    AP_INIT_FLAG("Auth0ProblemDetails", set_switch, DIR_MEMBER(problem),
                 IN_SECTIONS, "On: refusals carry a body for programs"),
    AP_INIT_TAKE1("Auth0CACertificateFile", mod_auth0_set_ca_file, NULL,
                  RSRC_CONF,
                  "PEM file of the authorities that vouch for the issuers"),
    AP_INIT_TAKE1("Auth0KeyRefresh", mod_auth0_set_number,
                  (void *)(uintptr_t)&mod_auth0_key_refresh, RSRC_CONF,
                  "seconds between refreshes of the keys, 300 by default"),
    AP_INIT_TAKE1("Auth0KeyMaxStale", mod_auth0_set_number,
                  (void *)(uintptr_t)&mod_auth0_key_max_stale, RSRC_CONF,
                  "seconds that keys serve in an outage, 86400 by default"),
    AP_INIT_TAKE1("Auth0KeyCooldown", mod_auth0_set_number,
                  (void *)(uintptr_t)&mod_auth0_key_cooldown, RSRC_CONF,
                  "seconds between fetches that requests ask for, 30 by "
                  "default"),
    AP_INIT_TAKE1("Auth0KeyWait", mod_auth0_set_number,
                  (void *)(uintptr_t)&mod_auth0_key_wait, RSRC_CONF,
                  "milliseconds that a request may wait for keys, 300 by "
                  "default"),
    AP_INIT_TAKE2("Auth0KeyTimeout", mod_auth0_set_timeout, NULL, RSRC_CONF,
                  "seconds to connect and for the whole of a fetch, 3 and 10 "
                  "by default"),
    AP_INIT_TAKE1("Auth0OutgoingProxy", mod_auth0_set_proxy, NULL, RSRC_CONF,
                  "URL of the proxy that issuers are reached by"),
    AP_INIT_TAKE1("Auth0StateDir", mod_auth0_set_state_dir, NULL, RSRC_CONF,
                  "where the last good keys are kept across restarts"),
    AP_INIT_TAKE1("Auth0DenyList", mod_auth0_set_deny_list, NULL, RSRC_CONF,
                  "file of subjects, applications and the like to refuse"),
    AP_INIT_ITERATE("Auth0LogoutClient", set_logout_client, NULL, IN_SECTIONS,
                    "applications whose logouts are taken"),
    AP_INIT_RAW_ARGS("<Auth0API", mod_auth0_api_section, NULL, RSRC_CONF,
                     "an API as Auth0 knows it: its identifier"),
    AP_INIT_TAKE1("Auth0APIName", mod_auth0_set_api_name, NULL, RSRC_CONF,
                  "the name of the API"),
    AP_INIT_TAKE12("Auth0Scope", mod_auth0_set_scope, NULL, RSRC_CONF,
                   "a scope of the API, and what it lets one do"),
    AP_INIT_TAKE1("Auth0TokenLifetime", mod_auth0_set_token_lifetime, NULL,
                  RSRC_CONF, "seconds that tokens for the API are good"),
    AP_INIT_FLAG("Auth0OfflineAccess", mod_auth0_set_offline_access, NULL,
                 RSRC_CONF, "On: applications may have refresh tokens"),
    AP_INIT_FLAG("Auth0SkipConsent", mod_auth0_set_skip_consent, NULL,
                 RSRC_CONF, "On: users are not asked for first-party ones"),
    AP_INIT_RAW_ARGS("Auth0ClientGrant", mod_auth0_set_client_grant, NULL,
                     RSRC_CONF,
                     "an application, and the scopes that it is granted"),
    AP_INIT_TAKE12("SetHandler", watch_handler, NULL, OR_FILEINFO,
                   "auth0-logout"),
    AP_INIT_TAKE1("Auth0SharedStore", mod_auth0_set_store, NULL, RSRC_CONF,
                  "where logouts and used DPoP proofs are remembered: shm, "
                  "shm:BYTES or a URL of a Redis"),
    AP_INIT_TAKE1("Auth0TokenCache", mod_auth0_set_token_cache, NULL, RSRC_CONF,
                  "how many verified tokens each process remembers, 16384 by "
                  "default, or off"),
    AP_INIT_TAKE1("AuthType", watch_auth_type, NULL, OR_AUTHCFG, "Auth0"),
    AP_INIT_ITERATE("AllowOverrideList", watch_override_list, NULL, ACCESS_CONF,
                    "what of Auth0 may stand in .htaccess"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL}};
