/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_requires.h"

#include <http_protocol.h>

#include "core/auth0_count.h"
#include "httpd/mod_auth0_names.h"

static bool is_limit(const ap_directive_t *node)
{
    return mod_auth0_tree_is(node, "<Limit") ||
           mod_auth0_tree_is(node, "<LimitExcept");
}

mod_auth0_methods_t mod_auth0_requires_named(const ap_directive_t *directive,
                                             apr_pool_t *pool)
{
    mod_auth0_methods_t methods = 0;

    for (int i = 0;; i++) {
        const char *name = mod_auth0_tree_word(directive, i, pool);
        if (!*name) {
            return methods;
        }
        methods |= (mod_auth0_methods_t)1 << ap_method_number_of(name);
    }
}

mod_auth0_methods_t mod_auth0_requires_methods(const ap_directive_t *directive,
                                               apr_pool_t *pool)
{
    mod_auth0_methods_t methods = MOD_AUTH0_METHODS_ALL;

    for (const ap_directive_t *node = directive->parent; node;
         node = node->parent) {
        if (mod_auth0_tree_is(node, "<Limit")) {
            methods &= mod_auth0_requires_named(node, pool);
        }
        if (mod_auth0_tree_is(node, "<LimitExcept")) {
            methods &= ~mod_auth0_requires_named(node, pool);
        }
    }
    return methods;
}

static bool begins_with_not(const ap_directive_t *node, apr_pool_t *pool)
{
    const char *word = mod_auth0_tree_word(node, 0, pool);

    return auth0_span_is_nocase(auth0_span_cstr(word), "not");
}

/* The count-th word of a Require line after its "not". */
static auth0_span_t word_of(const ap_directive_t *node, int count,
                            apr_pool_t *pool)
{
    int skip = begins_with_not(node, pool) ? 1 : 0;

    return auth0_span_cstr(mod_auth0_tree_word(node, count + skip, pool));
}

bool mod_auth0_requires_auth0(const ap_directive_t *node, apr_pool_t *pool)
{
    return mod_auth0_tree_is(node, "Require") &&
           auth0_span_starts(word_of(node, 0, pool), "auth0-");
}

const apr_array_header_t *mod_auth0_requires_words(const ap_directive_t *node,
                                                   auth0_require_kind_t kind,
                                                   apr_pool_t *pool)
{
    const char *args = node->args;

    if (!mod_auth0_tree_is(node, "Require") ||
        !auth0_span_is(word_of(node, 0, pool), auth0_require_name(kind))) {
        return NULL;
    }
    apr_array_header_t *words = apr_array_make(pool, 2, sizeof(const char *));

    if (begins_with_not(node, pool)) {
        (void)ap_getword_conf(pool, &args);
    }
    (void)ap_getword_conf(pool, &args);
    while (*args) {
        APR_ARRAY_PUSH(words, const char *) = ap_getword_conf(pool, &args);
    }
    return words;
}

static void add_scopes(apr_array_header_t *scopes,
                       const apr_array_header_t *words)
{
    for (int i = 0; words && i < words->nelts; i++) {
        mod_auth0_names_add_words(scopes,
                                  APR_ARRAY_IDX(words, i, const char *));
    }
}

/* A type may have blanks in it. */
static void add_types(apr_array_header_t *types,
                      const apr_array_header_t *words)
{
    for (int i = 0; words && i < words->nelts; i++) {
        mod_auth0_names_add(
            types, auth0_span_cstr(APR_ARRAY_IDX(words, i, const char *)));
    }
}

void mod_auth0_requires_collect(apr_array_header_t *scopes,
                                apr_array_header_t *types,
                                const ap_directive_t *node, apr_pool_t *pool)
{
    add_scopes(scopes,
               mod_auth0_requires_words(node, AUTH0_REQUIRES_SCOPE, pool));
    add_scopes(scopes,
               mod_auth0_requires_words(node, AUTH0_REQUIRES_PERMISSION, pool));
    add_types(types, mod_auth0_requires_words(
                         node, AUTH0_REQUIRES_AUTHORIZATION_DETAILS, pool));
}

bool mod_auth0_requires_user(const ap_directive_t *node, apr_pool_t *pool)
{
    static const char *const others[] = {"all",    "env", "forward-dns",
                                         "host",   "ip",  "local",
                                         "method", "ssl", "ssl-verify-client"};

    if (!mod_auth0_tree_is(node, "Require")) {
        return false;
    }
    for (size_t i = 0; i < AUTH0_COUNT(others); i++) {
        if (auth0_span_is(word_of(node, 0, pool), others[i])) {
            return false;
        }
    }
    return true;
}

bool mod_auth0_requires_inverted(const ap_directive_t *node, apr_pool_t *pool)
{
    bool inverted = begins_with_not(node, pool);

    for (node = node->parent; node; node = node->parent) {
        if (mod_auth0_tree_is(node, "<RequireNone")) {
            inverted = !inverted;
        }
    }
    return inverted;
}

bool mod_auth0_requires_nothing(const ap_directive_t *node, apr_pool_t *pool)
{
    return mod_auth0_tree_is(node, "Require") &&
           auth0_span_is(word_of(node, 0, pool), "all") &&
           auth0_span_is_nocase(word_of(node, 1, pool), "granted") &&
           !begins_with_not(node, pool);
}

const ap_directive_t *mod_auth0_requires_around(const ap_directive_t *node)
{
    node = node->parent;
    while (node && is_limit(node)) {
        node = node->parent;
    }
    return node;
}

bool mod_auth0_requires_counts(const ap_directive_t *node)
{
    return mod_auth0_tree_is(node, "Require") ||
           (*node->directive == '<' && !mod_auth0_tree_is_section(node));
}

bool mod_auth0_requires_admits(const ap_directive_t *node, apr_pool_t *pool)
{
    bool needs_all = mod_auth0_tree_is(node, "<RequireAll");
    bool has_one = false;

    if (mod_auth0_tree_is(node, "Require")) {
        return mod_auth0_requires_nothing(node, pool);
    }
    if (mod_auth0_tree_is(node, "<RequireNone") || is_limit(node)) {
        return false;
    }
    for (node = node->first_child; node; node = node->next) {
        if (mod_auth0_requires_counts(node)) {
            has_one = mod_auth0_requires_admits(node, pool);
            if (has_one != needs_all) {
                return has_one;
            }
        }
    }
    return has_one;
}
