/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_api.h"

#include <apr_strings.h>

#include "core/auth0_count.h"
#include "core/auth0_json.h"
#include "core/auth0_nearest.h"
#include "core/auth0_policy.h"
#include "core/auth0_scope.h"
#include "httpd/mod_auth0_argument.h"
#include "httpd/mod_auth0_names.h"
#include "httpd/mod_auth0_tree.h"

/* Auth0's limit for one API. */
#define SCOPES_MAX 1000

#define SECTION "<Auth0API"

static const mod_auth0_range_t lifetime_range = {1, AUTH0_TOKEN_LIFETIME_MAX,
                                                 "seconds"};

static apr_array_header_t *apis;

void mod_auth0_apis_reset(apr_pool_t *pool)
{
    apis = apr_array_make(pool, 2, sizeof(mod_auth0_api_t *));
}

const apr_array_header_t *mod_auth0_apis(void)
{
    return apis;
}

const mod_auth0_api_t *mod_auth0_api_find(auth0_span_t identifier)
{
    for (int i = 0; i < apis->nelts; i++) {
        const mod_auth0_api_t *api = APR_ARRAY_IDX(apis, i, mod_auth0_api_t *);
        if (auth0_span_is(identifier, api->said.identifier)) {
            return api;
        }
    }
    return NULL;
}

bool mod_auth0_api_has_scope(const mod_auth0_api_t *api, const char *value)
{
    return mod_auth0_names_hold(api->names, auth0_span_cstr(value));
}

const char *mod_auth0_api_no_scope(const mod_auth0_api_t *api,
                                   const char *value, apr_pool_t *pool)
{
    const char *nearest = auth0_nearest(value, api->names);
    const char *mend =
        nearest
            ? apr_psprintf(pool, "the nearest one is '%s'", nearest)
            : apr_psprintf(pool, "declare it there by Auth0Scope %s", value);

    return apr_psprintf(pool, "'%s' is no scope of <Auth0API %s>: %s", value,
                        api->said.identifier, mend);
}

/* The section that a directive stands in; it has been read as far as that. */
static mod_auth0_api_t *api_of(const cmd_parms *cmd)
{
    const ap_directive_t *section = cmd->directive->parent;
    int last = apis->nelts - 1;

    if (!section || !mod_auth0_tree_is(section, SECTION)) {
        return NULL;
    }
    return APR_ARRAY_IDX(apis, last, mod_auth0_api_t *);
}

static const char *outside(const cmd_parms *cmd)
{
    return apr_psprintf(cmd->pool,
                        "%s: stands in <Auth0API identifier> sections only",
                        cmd->cmd->name);
}

static const char *twice(const cmd_parms *cmd)
{
    return apr_psprintf(cmd->pool,
                        "%s: is said twice in this section; say it once",
                        cmd->cmd->name);
}

/* The documents are UTF-8, and a line of httpd's may be anything. */
static bool is_text(const cmd_parms *cmd, const char *text)
{
    auth0_json_draft_t *scratch = auth0_json_new(cmd->temp_pool);

    return *text && !auth0_span_has_control(auth0_span_cstr(text)) && scratch &&
           auth0_json_add_text(scratch, "text", text);
}

/* Auth0 refuses names with these. */
static bool is_name(const cmd_parms *cmd, const char *text)
{
    return is_text(cmd, text) && !strpbrk(text, "<>");
}

const char *mod_auth0_set_api_name(cmd_parms *cmd, void *conf, const char *name)
{
    mod_auth0_api_t *api = api_of(cmd);

    (void)conf;
    if (!api) {
        return outside(cmd);
    }
    if (api->said.name) {
        return twice(cmd);
    }
    api->said.name = name;
    return is_name(cmd, name)
               ? NULL
               : mod_auth0_complain(
                     cmd, name,
                     "is no name: it may not be empty, nor have < "
                     "or > or a control character in it, and has to be UTF-8");
}

#define NO_SCOPE                                                               \
    "is no scope: use printable ASCII without space, quote and backslash, "    \
    "such as read:orders"

/* httpd says nothing of an empty word at the end; here it is a slip. */
static bool is_empty_description(const cmd_parms *cmd)
{
    const char *rest = cmd->directive->args;

    (void)ap_getword_conf(cmd->temp_pool, &rest);
    return *rest && !*ap_getword_conf(cmd->temp_pool, &rest);
}

const char *mod_auth0_set_scope(cmd_parms *cmd, void *conf, const char *value,
                                const char *description)
{
    mod_auth0_api_t *api = api_of(cmd);

    (void)conf;
    if (!api) {
        return outside(cmd);
    }
    if (!auth0_scope_is_word(auth0_span_cstr(value))) {
        return mod_auth0_complain(cmd, value, NO_SCOPE);
    }
    if (mod_auth0_api_has_scope(api, value)) {
        return mod_auth0_complain(cmd, value,
                                  "is declared twice; once will do");
    }
    if (is_empty_description(cmd) ||
        (description && !is_text(cmd, description))) {
        return mod_auth0_complain(cmd, value,
                                  "has a description that is empty, is not "
                                  "UTF-8 or has a control character in it; "
                                  "leave it out or say what the scope lets one "
                                  "do");
    }
    if (api->names->nelts >= SCOPES_MAX) {
        return mod_auth0_complain(cmd, value,
                                  "is one too many: an API has 1000 scopes at "
                                  "most");
    }
    APR_ARRAY_PUSH(api->names, const char *) = value;
    APR_ARRAY_PUSH(api->scopes, auth0_registration_scope_t) =
        (auth0_registration_scope_t){value, description};
    return NULL;
}

const char *mod_auth0_set_token_lifetime(cmd_parms *cmd, void *conf,
                                         const char *seconds)
{
    mod_auth0_api_t *api = api_of(cmd);

    (void)conf;
    if (!api) {
        return outside(cmd);
    }
    return api->said.token_lifetime >= 0
               ? twice(cmd)
               : mod_auth0_read_number(&api->said.token_lifetime, cmd, seconds,
                                       &lifetime_range);
}

static const char *set_said(const cmd_parms *cmd,
                            auth0_registration_said_t *said, int is_on)
{
    if (*said != AUTH0_REGISTRATION_UNSAID) {
        return twice(cmd);
    }
    *said = is_on ? AUTH0_REGISTRATION_YES : AUTH0_REGISTRATION_NO;
    return NULL;
}

const char *mod_auth0_set_offline_access(cmd_parms *cmd, void *conf, int is_on)
{
    mod_auth0_api_t *api = api_of(cmd);

    (void)conf;
    return api ? set_said(cmd, &api->said.allow_offline_access, is_on)
               : outside(cmd);
}

const char *mod_auth0_set_skip_consent(cmd_parms *cmd, void *conf, int is_on)
{
    mod_auth0_api_t *api = api_of(cmd);

    (void)conf;
    return api ? set_said(cmd, &api->said.skip_consent, is_on) : outside(cmd);
}

static bool has_grant(const mod_auth0_api_t *api, const char *client)
{
    for (int i = 0; i < api->grants->nelts; i++) {
        const auth0_registration_grant_t *grant =
            &APR_ARRAY_IDX(api->grants, i, auth0_registration_grant_t);
        if (auth0_span_is(auth0_span_cstr(client), grant->client)) {
            return true;
        }
    }
    return false;
}

/* Whether they are declared is asked when the section ends. */
static const char *read_granted(apr_array_header_t *scopes,
                                const cmd_parms *cmd, const char *args)
{
    while (*args) {
        const char *scope = ap_getword_conf(cmd->pool, &args);
        if (!auth0_scope_is_word(auth0_span_cstr(scope))) {
            return mod_auth0_complain(cmd, scope, NO_SCOPE);
        }
        if (mod_auth0_names_hold(scopes, auth0_span_cstr(scope))) {
            return mod_auth0_complain(cmd, scope,
                                      "is granted twice; once will do");
        }
        APR_ARRAY_PUSH(scopes, const char *) = scope;
    }
    return NULL;
}

static const char *check_client(const cmd_parms *cmd,
                                const mod_auth0_api_t *api, const char *client)
{
    if (!is_name(cmd, client)) {
        return mod_auth0_complain(cmd, client,
                                  "is no application: it may not be empty, nor "
                                  "have < or > or a control character in it, "
                                  "and has to be UTF-8");
    }
    return has_grant(api, client)
               ? mod_auth0_complain(cmd, client,
                                    "has a grant already; name all of its "
                                    "scopes in one line")
               : NULL;
}

/* Of TAKE_ARGV httpd would drop what comes after 64 words. */
const char *mod_auth0_set_client_grant(cmd_parms *cmd, void *conf,
                                       const char *args)
{
    mod_auth0_api_t *api = api_of(cmd);
    apr_array_header_t *scopes =
        apr_array_make(cmd->pool, 2, sizeof(const char *));

    (void)conf;
    if (!api) {
        return outside(cmd);
    }
    const char *client = ap_getword_conf(cmd->pool, &args);
    const char *why = check_client(cmd, api, client);

    why = why ? why : read_granted(scopes, cmd, args);
    if (!why && scopes->nelts == 0) {
        why = mod_auth0_complain(cmd, client,
                                 "is granted nothing: name the scopes, such as "
                                 "\"Nightly batch\" read:orders");
    }
    APR_ARRAY_PUSH(api->granted, const ap_directive_t *) = cmd->directive;
    APR_ARRAY_PUSH(api->grants, auth0_registration_grant_t) =
        (auth0_registration_grant_t){client, scopes};
    return why;
}

static const char *check_grant(cmd_parms *cmd, const mod_auth0_api_t *api,
                               int i)
{
    const apr_array_header_t *scopes =
        APR_ARRAY_IDX(api->grants, i, auth0_registration_grant_t).scopes;

    for (int k = 0; k < scopes->nelts; k++) {
        const char *scope = APR_ARRAY_IDX(scopes, k, const char *);
        if (!mod_auth0_api_has_scope(api, scope)) {
            cmd->err_directive =
                APR_ARRAY_IDX(api->granted, i, const ap_directive_t *);
            return apr_pstrcat(cmd->pool, "Auth0ClientGrant: ",
                               mod_auth0_api_no_scope(api, scope, cmd->pool),
                               NULL);
        }
    }
    return NULL;
}

static const char *check_grants(cmd_parms *cmd, const mod_auth0_api_t *api)
{
    const char *why = NULL;

    for (int i = 0; !why && i < api->grants->nelts; i++) {
        why = check_grant(cmd, api, i);
    }
    return why;
}

/* Everything else would be in force outside of the section, too. */
static const char *check_inside(cmd_parms *cmd, const ap_directive_t *section)
{
    static const char *const known[] = {
        "Auth0APIName",       "Auth0Scope",       "Auth0TokenLifetime",
        "Auth0OfflineAccess", "Auth0SkipConsent", "Auth0ClientGrant"};

    for (const ap_directive_t *node = section->first_child; node;
         node = node->next) {
        bool is_known = false;
        for (size_t i = 0; i < AUTH0_COUNT(known); i++) {
            is_known = is_known || mod_auth0_tree_is(node, known[i]);
        }
        if (!is_known) {
            cmd->err_directive = node;
            return apr_psprintf(
                cmd->pool,
                "%s%s cannot stand in <Auth0API>, which takes Auth0APIName, "
                "Auth0Scope, Auth0TokenLifetime, Auth0OfflineAccess, "
                "Auth0SkipConsent and Auth0ClientGrant",
                node->directive, *node->directive == '<' ? ">" : "");
        }
    }
    return NULL;
}

static mod_auth0_api_t *begin_api(const char *identifier,
                                  const ap_directive_t *place, apr_pool_t *pool)
{
    mod_auth0_api_t *api = apr_pcalloc(pool, sizeof(*api));

    api->place = place;
    api->scopes = apr_array_make(pool, 8, sizeof(auth0_registration_scope_t));
    api->names = apr_array_make(pool, 8, sizeof(const char *));
    api->grants = apr_array_make(pool, 2, sizeof(auth0_registration_grant_t));
    api->granted = apr_array_make(pool, 2, sizeof(const ap_directive_t *));
    api->said.identifier = identifier;
    api->said.scopes = api->scopes;
    api->said.grants = api->grants;
    api->said.enforce_policies = AUTH0_REGISTRATION_UNSAID;
    api->said.allow_offline_access = AUTH0_REGISTRATION_UNSAID;
    api->said.skip_consent = AUTH0_REGISTRATION_UNSAID;
    api->said.token_lifetime = -1;
    APR_ARRAY_PUSH(apis, mod_auth0_api_t *) = api;
    return api;
}

static const char *check_identifier(cmd_parms *cmd, const char *identifier,
                                    const char *more)
{
    const mod_auth0_api_t *other =
        mod_auth0_api_find(auth0_span_cstr(identifier));

    if (!is_text(cmd, identifier) || *more) {
        return "<Auth0API> needs one identifier, that of Auth0Audience, such "
               "as <Auth0API https://api.example.com/orders>";
    }
    if (other) {
        return apr_psprintf(cmd->pool,
                            "<Auth0API %s> is there already, on line %d of "
                            "%s; declare each API once",
                            identifier, other->place->line_num,
                            other->place->filename);
    }
    return NULL;
}

const char *mod_auth0_api_section(cmd_parms *cmd, void *conf, const char *args)
{
    ap_directive_t *section = cmd->directive;
    const char *why = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);
    const char *end = ap_strrchr_c(args, '>');
    const char *rest =
        end ? apr_pstrmemdup(cmd->pool, args, (size_t)(end - args)) : "";

    (void)conf;
    if (why) {
        return why;
    }
    if (!end || end[1]) {
        return "<Auth0API> has to end with >";
    }
    const char *identifier = ap_getword_conf(cmd->pool, &rest);

    why = check_identifier(cmd, identifier, rest);
    why = why ? why : check_inside(cmd, section);
    if (why) {
        return why;
    }
    const mod_auth0_api_t *api = begin_api(identifier, section, cmd->pool);

    why = ap_walk_config(section->first_child, cmd, cmd->context);
    cmd->directive = section;
    return why ? why : check_grants(cmd, api);
}
