/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_tree.h"

#include <apr_fnmatch.h>
#include <apr_strings.h>

#include "core/auth0_count.h"
#include "core/auth0_span.h"

bool mod_auth0_tree_is(const ap_directive_t *node, const char *name)
{
    return auth0_span_is_nocase(auth0_span_cstr(node->directive), name);
}

/* The tree keeps the ">" that ends a section's line. */
static const char *without_bracket(const ap_directive_t *node, apr_pool_t *pool)
{
    char *args = apr_pstrdup(pool, node->args ? node->args : "");
    size_t len = strlen(args);

    if (*node->directive == '<' && len > 0 && args[len - 1] == '>') {
        args[len - 1] = '\0';
    }
    return args;
}

const char *mod_auth0_tree_word(const ap_directive_t *node, int count,
                                apr_pool_t *pool)
{
    const char *args = without_bracket(node, pool);
    const char *word = ap_getword_conf(pool, &args);

    while (count-- > 0) {
        word = ap_getword_conf(pool, &args);
    }
    return word;
}

bool mod_auth0_tree_is_section(const ap_directive_t *node)
{
    static const char *const transparent[] = {
        "<Limit", "<LimitExcept", "<RequireAll", "<RequireAny", "<RequireNone"};

    if (*node->directive != '<') {
        return false;
    }
    for (size_t i = 0; i < AUTH0_COUNT(transparent); i++) {
        if (mod_auth0_tree_is(node, transparent[i])) {
            return false;
        }
    }
    return true;
}

const ap_directive_t *mod_auth0_tree_next(const ap_directive_t *top,
                                          const ap_directive_t *node)
{
    if (node->first_child &&
        (node == top || !mod_auth0_tree_is_section(node))) {
        return node->first_child;
    }
    while (node != top && !node->next) {
        node = node->parent;
    }
    return node == top ? NULL : node->next;
}

static const char *find_path(const ap_directive_t *section, apr_pool_t *pool)
{
    if (!section || !mod_auth0_tree_is(section, "<Location")) {
        return NULL;
    }
    const char *path = mod_auth0_tree_word(section, 0, pool);

    return *path == '/' && !apr_fnmatch_test(path) ? path : NULL;
}

mod_auth0_place_t mod_auth0_tree_inside(const ap_directive_t *section,
                                        apr_pool_t *pool)
{
    const ap_directive_t *host = section;

    while (host && !mod_auth0_tree_is(host, "<VirtualHost")) {
        host = host->parent;
    }
    return (mod_auth0_place_t){section == host ? NULL : section, host,
                               find_path(section, pool)};
}

mod_auth0_place_t mod_auth0_tree_place(const ap_directive_t *directive,
                                       apr_pool_t *pool)
{
    const ap_directive_t *node = directive->parent;

    while (node && !mod_auth0_tree_is_section(node)) {
        node = node->parent;
    }
    return mod_auth0_tree_inside(node, pool);
}

static bool is_path_prefix(const char *outer, const char *inner)
{
    auth0_span_t head = auth0_span_cstr(outer);
    auth0_span_t path = auth0_span_cstr(inner);

    return auth0_span_starts(path, outer) &&
           (path.len == head.len || path.ptr[head.len] == '/' ||
            head.ptr[head.len - 1] == '/');
}

static bool is_inside(const ap_directive_t *node,
                      const ap_directive_t *ancestor)
{
    for (; node; node = node->parent) {
        if (node == ancestor) {
            return true;
        }
    }
    return false;
}

bool mod_auth0_tree_covers(const mod_auth0_place_t *outer,
                           const mod_auth0_place_t *inner)
{
    if (!outer->section || (outer->host && outer->host != inner->host)) {
        return false;
    }
    return is_inside(inner->section, outer->section) ||
           (outer->path && inner->path &&
            is_path_prefix(outer->path, inner->path));
}

bool mod_auth0_tree_may_meet(const mod_auth0_place_t *a,
                             const mod_auth0_place_t *b)
{
    return (!a->path || !b->path) &&
           (a->host == b->host || !a->host || !b->host);
}
