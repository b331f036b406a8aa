/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_json.h"
#include "core/auth0_registration.h"

static const auth0_json_limit_t any = {(size_t)-1, 16};

/* The next line, without NUL, which no text can hold. */
static const char *line(auth0_span_t *left, apr_pool_t *pool)
{
    auth0_span_t head;

    (void)auth0_span_cut(&head, left, '\n');
    return apr_pstrmemdup(pool, head.ptr, strnlen(head.ptr, head.len));
}

static apr_array_header_t *lines(auth0_span_t *left, apr_pool_t *pool)
{
    apr_array_header_t *array = apr_array_make(pool, 2, sizeof(const char *));

    APR_ARRAY_PUSH(array, const char *) = line(left, pool);
    APR_ARRAY_PUSH(array, const char *) = line(left, pool);
    return array;
}

static auth0_registration_api_t api_of(auth0_span_t *left, apr_pool_t *pool)
{
    apr_array_header_t *scopes =
        apr_array_make(pool, 1, sizeof(auth0_registration_scope_t));
    apr_array_header_t *grants =
        apr_array_make(pool, 1, sizeof(auth0_registration_grant_t));
    auth0_registration_api_t api = {.identifier = line(left, pool),
                                    .name = line(left, pool),
                                    .scopes = scopes,
                                    .grants = grants,
                                    .token_lifetime = (int)left->len};
    auth0_registration_scope_t scope = {line(left, pool), line(left, pool)};
    auth0_registration_grant_t grant = {line(left, pool), lines(left, pool)};
    auth0_registration_key_t *key = apr_palloc(pool, sizeof(*key));

    APR_ARRAY_PUSH(scopes, auth0_registration_scope_t) = scope;
    APR_ARRAY_PUSH(grants, auth0_registration_grant_t) = grant;
    *key = (auth0_registration_key_t){line(left, pool), "RSA-OAEP-256", NULL,
                                      line(left, pool)};
    api.encryption = key;
    api.authorization_types = lines(left, pool);
    return api;
}

/* Whole lines of printable ASCII, as nothing else is safe anywhere. */
static void is_plain(const char *text)
{
    size_t len = strlen(text);

    HOLDS(len > 0 && text[len - 1] == '\n');
    for (; *text; text++) {
        HOLDS(*text == '\n' || (*text >= 0x20 && *text < 0x7f));
    }
}

/* In each line, quotes that are not escaped come in pairs. */
static void closes_quotes(const char *text)
{
    bool quoted = false;

    for (; *text; text++) {
        if (*text == '\\') {
            HOLDS(quoted && strchr("\"\\/nrtbfuU", text[1]));
            text++;
        }
        else if (*text == '"') {
            quoted = !quoted;
        }
        HOLDS(*text != '\n' || !quoted);
    }
}

static bool is(const auth0_json_t *object, const char *name, const char *want)
{
    auth0_span_t text;

    return auth0_json_string(&text, auth0_json_member(object, name)) &&
           auth0_span_is(text, want);
}

static const auth0_json_t *first(const auth0_json_t *object, const char *name)
{
    return auth0_json_at(auth0_json_member(object, name), 0);
}

/* The texts come back as they were. */
static void reads_as(const char *text, const auth0_registration_api_t *api,
                     apr_pool_t *pool)
{
    const auth0_registration_scope_t *scope =
        &APR_ARRAY_IDX(api->scopes, 0, auth0_registration_scope_t);
    const auth0_registration_grant_t *grant =
        &APR_ARRAY_IDX(api->grants, 0, auth0_registration_grant_t);
    const auth0_json_t *all;

    HOLDS(auth0_json_object(&all, auth0_span_cstr(text), any, pool));
    const auth0_json_t *server = first(all, "resource_servers");

    HOLDS(is(server, "identifier", api->identifier));
    HOLDS(is(server, "name", api->name));
    HOLDS(is(first(server, "scopes"), "value", scope->value));
    HOLDS(is(first(server, "scopes"), "description", scope->description));
    HOLDS(is(first(all, "client_grants"), "client_id", grant->client));
    HOLDS(is(first(all, "client_grants"), "audience", api->identifier));
}

static void judge(const apr_array_header_t *apis, apr_pool_t *pool)
{
    const char *json = auth0_registration_json(apis, pool);
    const char *yaml = auth0_registration_yaml(apis, pool);
    const char *hcl = auth0_registration_hcl(apis, pool);

    HOLDS((json == NULL) == (yaml == NULL));
    HOLDS((json == NULL) == (hcl == NULL));
    if (!json) {
        return;
    }
    reads_as(json, &APR_ARRAY_IDX(apis, 0, auth0_registration_api_t), pool);
    is_plain(json);
    is_plain(yaml);
    is_plain(hcl);
    closes_quotes(yaml);
    closes_quotes(hcl);
    HOLDS(!strstr(yaml, "##") && !strstr(yaml, "@@"));
    HOLDS(!strstr(hcl, "${") && !strstr(hcl, "%{"));
    HOLDS(strcmp(hcl, auth0_registration_hcl(apis, pool)) == 0);
}

/* Texts, one a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t left = fuzz_span(data, size);
    apr_array_header_t *apis =
        apr_array_make(pool, 2, sizeof(auth0_registration_api_t));

    APR_ARRAY_PUSH(apis, auth0_registration_api_t) = api_of(&left, pool);
    APR_ARRAY_PUSH(apis, auth0_registration_api_t) = api_of(&left, pool);
    judge(apis, pool);
    apr_pool_destroy(pool);
    return 0;
}
