/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include <apr_hash.h>
#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_count.h"
#include "core/auth0_outline.h"
#include "core/auth0_registration_tree.h"

typedef auth0_registration_tree_t tree_t;
typedef auth0_registration_api_t api_t;

/*
 * HCL has no \b and no \f. The first byte of what would begin a template is
 * written by its number rather than twice: so it does not matter what stands
 * before it.
 */
static const auth0_outline_escape_t escapes[] = {{"${", 1, "\\u0024"},
                                                 {"%{", 1, "\\u0025"},
                                                 {"\\b", 2, "\\u0008"},
                                                 {"\\f", 2, "\\u000c"},
                                                 {NULL, 0, NULL}};

typedef struct hcl_t {
    auth0_outline_t outline;
    apr_hash_t *taken;   /* labels, by kind and name          */
    apr_hash_t *clients; /* labels of data sources, by client */
    tree_t tree;
    apr_pool_t *pool;
} hcl_t;

static const char *scalar(const hcl_t *hcl, const auth0_json_t *value)
{
    return auth0_outline_scalar(value, escapes, hcl->pool);
}

static void open_block(hcl_t *hcl, const char *head)
{
    auth0_outline_line(&hcl->outline);
    auth0_outline_add(&hcl->outline, head);
    auth0_outline_add(&hcl->outline, " {");
    hcl->outline.depth++;
}

static void close_block(hcl_t *hcl)
{
    hcl->outline.depth--;
    auth0_outline_line(&hcl->outline);
    auth0_outline_add(&hcl->outline, "}");
}

static void write_argument(hcl_t *hcl, const char *name, const char *expression)
{
    auth0_outline_line(&hcl->outline);
    auth0_outline_add(&hcl->outline, name);
    auth0_outline_add(&hcl->outline, " = ");
    auth0_outline_add(&hcl->outline, expression);
}

static const char *tuple(const hcl_t *hcl, const auth0_json_t *array)
{
    apr_array_header_t *texts =
        apr_array_make(hcl->pool, 4, sizeof(const char *));
    const auth0_json_t *element = NULL;

    while ((element = auth0_json_next(array, element))) {
        const char *comma = texts->nelts > 0 ? ", " : "";
        APR_ARRAY_PUSH(texts, const char *) =
            apr_pstrcat(hcl->pool, comma, scalar(hcl, element), NULL);
    }
    return apr_pstrcat(hcl->pool, "[", apr_array_pstrcat(hcl->pool, texts, 0),
                       "]", NULL);
}

static void write_member(void *baton, const char *name,
                         const auth0_json_t *value);

static void write_block(hcl_t *hcl, const char *name,
                        const auth0_json_t *object)
{
    open_block(hcl, name);
    auth0_json_each(object, write_member, hcl);
    close_block(hcl);
}

/* Objects of a list are blocks of the same name, one after the other. */
static void write_member(void *baton, const char *name,
                         const auth0_json_t *value)
{
    hcl_t *hcl = baton;
    const auth0_json_t *element = NULL;
    size_t len;

    if (auth0_json_is_object(value)) {
        write_block(hcl, name, value);
        return;
    }
    if (!auth0_json_array(&len, value)) {
        write_argument(hcl, name, scalar(hcl, value));
        return;
    }
    if (!auth0_json_is_object(auth0_json_next(value, NULL))) {
        write_argument(hcl, name, tuple(hcl, value));
        return;
    }
    while ((element = auth0_json_next(value, element))) {
        write_block(hcl, name, element);
    }
}

static const char *without_scheme(const char *text)
{
    static const char *const schemes[] = {"https://", "http://"};

    for (size_t i = 0; i < AUTH0_COUNT(schemes); i++) {
        if (auth0_span_starts(auth0_span_cstr(text), schemes[i])) {
            return text + strlen(schemes[i]);
        }
    }
    return text;
}

/* Words of small letters and digits, joined by _; a letter comes first. */
static const char *words_of(const char *text, const char *otherwise,
                            apr_pool_t *pool)
{
    char *words = apr_palloc(pool, strlen(text) + 1);
    size_t len = 0;

    for (text = without_scheme(text); *text; text++) {
        if (auth0_ascii_is_alnum(*text)) {
            words[len++] = auth0_ascii_lower(*text);
        }
        else if (len > 0 && words[len - 1] != '_') {
            words[len++] = '_';
        }
    }
    len -= len > 0 && words[len - 1] == '_';
    words[len] = '\0';
    if (len == 0) {
        return otherwise;
    }
    return auth0_ascii_is_digit(*words)
               ? apr_pstrcat(pool, otherwise, "_", words, NULL)
               : words;
}

/* The first to come keeps its name when others of its kind come to be added. */
static const char *label(hcl_t *hcl, const char *kind, const char *words)
{
    const char *name = words;
    const char *key = apr_pstrcat(hcl->pool, kind, " ", name, NULL);

    for (int i = 2; apr_hash_get(hcl->taken, key, APR_HASH_KEY_STRING); i++) {
        name = apr_psprintf(hcl->pool, "%s_%d", words, i);
        key = apr_pstrcat(hcl->pool, kind, " ", name, NULL);
    }
    apr_hash_set(hcl->taken, key, APR_HASH_KEY_STRING, name);
    return name;
}

static void open_resource(hcl_t *hcl, const char *block, const char *kind,
                          const char *name)
{
    if (hcl->outline.pieces->nelts > 0) {
        auth0_outline_add(&hcl->outline, "\n");
    }
    open_block(hcl,
               apr_psprintf(hcl->pool, "%s \"%s\" \"%s\"", block, kind, name));
}

static const char *identifier_of(const hcl_t *hcl, const char *server)
{
    return apr_psprintf(hcl->pool, "auth0_resource_server.%s.identifier",
                        server);
}

static void write_server(hcl_t *hcl, const api_t *api, const char *server)
{
    auth0_json_draft_t *body = auth0_registration_tree_root(&hcl->tree);

    auth0_registration_tree_head(&hcl->tree, body, api);
    auth0_registration_tree_rest(&hcl->tree, body, api,
                                 &auth0_registration_names_hcl);
    open_resource(hcl, "resource", "auth0_resource_server", server);
    auth0_json_each(auth0_json_of(body, hcl->tree.pool), write_member, hcl);
    close_block(hcl);
}

static bool has_scopes(const api_t *api)
{
    return api->scopes && api->scopes->nelts > 0;
}

static void write_scopes(hcl_t *hcl, const api_t *api, const char *server)
{
    auth0_json_draft_t *body = auth0_registration_tree_root(&hcl->tree);

    if (!has_scopes(api)) {
        return;
    }
    auth0_registration_tree_scopes(&hcl->tree, body, api,
                                   &auth0_registration_names_hcl);
    open_resource(hcl, "resource", "auth0_resource_server_scopes", server);
    write_argument(hcl, "resource_server_identifier",
                   identifier_of(hcl, server));
    auth0_json_each(auth0_json_of(body, hcl->tree.pool), write_member, hcl);
    close_block(hcl);
}

#define ID_LEN 32

/*
 * Whether a client is an id: 32 letters and digits, as Auth0 makes them, tpc_
 * in front for one that registered itself, or the URL of its metadata.
 */
static bool is_id(const char *client)
{
    auth0_span_t text = auth0_span_cstr(client);
    size_t i = 0;

    if (auth0_span_starts(text, "tpc_") || without_scheme(client) != client) {
        return true;
    }
    while (auth0_ascii_is_alnum(client[i])) {
        i++;
    }
    return i == ID_LEN && text.len == ID_LEN;
}

/* The data source of a client, which is written when it is first needed. */
static const char *client_label(hcl_t *hcl, const char *client)
{
    const char *known = apr_hash_get(hcl->clients, client, APR_HASH_KEY_STRING);

    if (known) {
        return known;
    }
    auth0_json_draft_t *body = auth0_registration_tree_root(&hcl->tree);
    const char *name =
        label(hcl, "auth0_client", words_of(client, "client", hcl->pool));

    auth0_registration_tree_text(&hcl->tree, body,
                                 is_id(client) ? "client_id" : "name", client);
    open_resource(hcl, "data", "auth0_client", name);
    auth0_json_each(auth0_json_of(body, hcl->tree.pool), write_member, hcl);
    close_block(hcl);
    apr_hash_set(hcl->clients, client, APR_HASH_KEY_STRING, name);
    return name;
}

/* Auth0 grants no scope that the API has not got yet. */
static void write_grant_body(hcl_t *hcl, const api_t *api, const char *server,
                             const auth0_registration_grant_t *grant)
{
    auth0_json_draft_t *body = auth0_registration_tree_root(&hcl->tree);

    auth0_registration_tree_texts(&hcl->tree, body, "scopes", grant->scopes);
    auth0_registration_tree_text(&hcl->tree, body, "subject_type", "client");
    auth0_json_each(auth0_json_of(body, hcl->tree.pool), write_member, hcl);
    if (has_scopes(api)) {
        write_argument(hcl, "depends_on",
                       apr_psprintf(hcl->pool,
                                    "[auth0_resource_server_scopes.%s]",
                                    server));
    }
}

static void write_grant(hcl_t *hcl, const api_t *api, const char *server,
                        const auth0_registration_grant_t *grant)
{
    const char *client = client_label(hcl, grant->client);
    const char *name = label(hcl, "auth0_client_grant",
                             apr_pstrcat(hcl->pool, server, "_", client, NULL));

    open_resource(hcl, "resource", "auth0_client_grant", name);
    write_argument(
        hcl, "client_id",
        apr_psprintf(hcl->pool, "data.auth0_client.%s.client_id", client));
    write_argument(hcl, "audience", identifier_of(hcl, server));
    write_grant_body(hcl, api, server, grant);
    close_block(hcl);
}

static void write_api(hcl_t *hcl, const api_t *api)
{
    const char *server = label(hcl, "auth0_resource_server",
                               words_of(api->identifier, "api", hcl->pool));

    write_server(hcl, api, server);
    write_scopes(hcl, api, server);
    for (int i = 0; api->grants && i < api->grants->nelts; i++) {
        write_grant(hcl, api, server,
                    &APR_ARRAY_IDX(api->grants, i, auth0_registration_grant_t));
    }
}

const char *auth0_registration_hcl(const apr_array_header_t *apis,
                                   apr_pool_t *pool)
{
    hcl_t hcl = {auth0_outline_make(pool),
                 apr_hash_make(pool),
                 apr_hash_make(pool),
                 {pool, false},
                 pool};

    for (int i = 0; i < apis->nelts; i++) {
        write_api(&hcl, &APR_ARRAY_IDX(apis, i, api_t));
    }
    return hcl.tree.is_broken ? NULL : auth0_outline_text(&hcl.outline, pool);
}
