/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_area.h"

#include "core/auth0_span.h"

static const char *const names[MOD_AUTH0_FACT_COUNT] = {
    [MOD_AUTH0_AUTH_TYPE] = "AuthType",
    [MOD_AUTH0_AUTH_NAME] = "AuthName",
    [MOD_AUTH0_AUDIENCE] = "Auth0Audience",
    [MOD_AUTH0_REQUIRE] = "Require",
    [MOD_AUTH0_MERGING] = "AuthMerging",
    [MOD_AUTH0_SATISFY] = "Satisfy",
    [MOD_AUTH0_ORDER] = "Order",
    [MOD_AUTH0_ALLOW] = "Allow",
    [MOD_AUTH0_DENY] = "Deny",
    [MOD_AUTH0_METHODS] = "AllowMethods",
    [MOD_AUTH0_OVERRIDE] = "AllowOverride",
    [MOD_AUTH0_OVERRIDE_LIST] = "AllowOverrideList",
    [MOD_AUTH0_OPTIONAL] = "Auth0Optional",
    [MOD_AUTH0_TLS_ONLY] = "SSLRequireSSL",
    [MOD_AUTH0_CLAIM_HEADER] = "Auth0ClaimHeader",
    [MOD_AUTH0_CLAIM_ENV] = "Auth0ClaimEnv",
    [MOD_AUTH0_DPOP] = "Auth0DPoP",
    [MOD_AUTH0_TOKEN_SOURCE] = "Auth0TokenSource",
    [MOD_AUTH0_CERTIFICATE] = "Auth0CertificateBound",
    [MOD_AUTH0_VERIFY_CLIENT] = "SSLVerifyClient",
    [MOD_AUTH0_OPENSSL] = "SSLOpenSSLConfCmd"};

static void note(mod_auth0_area_t *area, const ap_directive_t *node)
{
    for (int fact = 0; fact < MOD_AUTH0_FACT_COUNT; fact++) {
        if (mod_auth0_tree_is(node, names[fact])) {
            area->said[fact] = node;
        }
    }
}

static void add_section(apr_array_header_t *areas,
                        const ap_directive_t *section, apr_pool_t *pool)
{
    mod_auth0_area_t *area = apr_array_push(areas);

    area->place = mod_auth0_tree_inside(section, pool);
    for (const ap_directive_t *node = mod_auth0_tree_next(section, section);
         node; node = mod_auth0_tree_next(section, node)) {
        note(area, node);
    }
}

static void add_main_server(apr_array_header_t *areas)
{
    mod_auth0_area_t *area = apr_array_push(areas);

    for (const ap_directive_t *node = ap_conftree; node; node = node->next) {
        note(area, node);
    }
}

static const ap_directive_t *step(const ap_directive_t *node)
{
    if (node->first_child) {
        return node->first_child;
    }
    while (node && !node->next) {
        node = node->parent;
    }
    return node ? node->next : NULL;
}

/* When httpd merges a section: what a virtual host says comes last. */
typedef enum turn_t { TURN_HOST, TURN_MAIN, TURN_IN_HOST, TURNS } turn_t;

static turn_t turn_of(const ap_directive_t *section)
{
    turn_t turn = TURN_HOST;

    while (!mod_auth0_tree_is(section, "<VirtualHost")) {
        if (!section->parent) {
            return TURN_MAIN;
        }
        section = section->parent;
        turn = TURN_IN_HOST;
    }
    return turn;
}

apr_array_header_t *mod_auth0_areas(apr_pool_t *pool)
{
    apr_array_header_t *areas =
        apr_array_make(pool, 16, sizeof(mod_auth0_area_t));

    add_main_server(areas);
    for (turn_t turn = TURN_HOST; turn < TURNS; turn++) {
        for (const ap_directive_t *node = ap_conftree; node;
             node = step(node)) {
            if (mod_auth0_tree_is_section(node) && turn_of(node) == turn) {
                add_section(areas, node, pool);
            }
        }
    }
    return areas;
}

const mod_auth0_area_t *mod_auth0_area_at(const apr_array_header_t *areas,
                                          int i)
{
    return &APR_ARRAY_IDX(areas, i, mod_auth0_area_t);
}

bool mod_auth0_area_covers(const mod_auth0_area_t *outer,
                           const mod_auth0_area_t *inner)
{
    const ap_directive_t *host = outer->place.host;

    if (!outer->place.section) {
        return !host || host == inner->place.host;
    }
    return mod_auth0_tree_covers(&outer->place, &inner->place);
}

const mod_auth0_area_t *mod_auth0_area_of(const apr_array_header_t *areas,
                                          const mod_auth0_area_t *inner,
                                          mod_auth0_fact_t fact)
{
    const mod_auth0_area_t *found = NULL;

    for (int i = 0; i < areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(areas, i);
        if (area->said[fact] && mod_auth0_area_covers(area, inner)) {
            found = area;
        }
    }
    return found;
}

/* True when the area adds to what is required around it. */
static bool merges(const mod_auth0_area_t *area, apr_pool_t *pool)
{
    return mod_auth0_area_says(area, MOD_AUTH0_MERGING, "And", pool) ||
           mod_auth0_area_says(area, MOD_AUTH0_MERGING, "Or", pool);
}

apr_array_header_t *mod_auth0_area_requires(const apr_array_header_t *areas,
                                            const mod_auth0_area_t *inner,
                                            apr_pool_t *pool)
{
    apr_array_header_t *list =
        apr_array_make(pool, 2, sizeof(const mod_auth0_area_t *));

    for (int i = 0; i < areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(areas, i);
        if ((!area->said[MOD_AUTH0_REQUIRE] &&
             !area->said[MOD_AUTH0_MERGING]) ||
            !mod_auth0_area_covers(area, inner)) {
            continue;
        }
        if (!merges(area, pool)) {
            apr_array_clear(list);
        }
        if (area->said[MOD_AUTH0_REQUIRE]) {
            APR_ARRAY_PUSH(list, const mod_auth0_area_t *) = area;
        }
    }
    return list;
}

const ap_directive_t *mod_auth0_area_find(const mod_auth0_area_t *area,
                                          bool (*is_so)(const ap_directive_t *,
                                                        apr_pool_t *),
                                          apr_pool_t *pool)
{
    const ap_directive_t *top = area->place.section;

    for (const ap_directive_t *node = top ? mod_auth0_tree_next(top, top)
                                          : NULL;
         node; node = mod_auth0_tree_next(top, node)) {
        if (is_so(node, pool)) {
            return node;
        }
    }
    return NULL;
}

bool mod_auth0_area_says(const mod_auth0_area_t *area, mod_auth0_fact_t fact,
                         const char *word, apr_pool_t *pool)
{
    const ap_directive_t *line = area->said[fact];

    return line &&
           auth0_span_is_nocase(
               auth0_span_cstr(mod_auth0_tree_word(line, 0, pool)), word);
}
