/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_admits.h"

static unsigned by_require(const ap_directive_t *require, apr_pool_t *pool)
{
    const apr_array_header_t *words =
        mod_auth0_requires_words(require, AUTH0_REQUIRES_SUBJECT, pool);
    unsigned subjects = 0;

    if (!words || mod_auth0_requires_inverted(require, pool)) {
        return MOD_AUTH0_ADMITS_ALL;
    }
    for (int i = 0; i < words->nelts; i++) {
        subjects |= auth0_subject_named(
            auth0_span_cstr(APR_ARRAY_IDX(words, i, const char *)));
    }
    return subjects;
}

static bool is_group(const ap_directive_t *node)
{
    return mod_auth0_tree_is(node, "<RequireAll") ||
           mod_auth0_tree_is(node, "<RequireAny");
}

/* A leaf, or a group whose insides are not told apart. */
static unsigned by_leaf(const ap_directive_t *node, apr_pool_t *pool)
{
    return mod_auth0_tree_is(node, "Require") ? by_require(node, pool)
                                              : MOD_AUTH0_ADMITS_ALL;
}

/*
 * By a group, or a section, which is a RequireAny. It calls itself for groups
 * in it, which are as deep as an administrator has written them.
 */
static unsigned by_group(const ap_directive_t *group, apr_pool_t *pool)
{
    bool needs_all = mod_auth0_tree_is(group, "<RequireAll");
    unsigned all = MOD_AUTH0_ADMITS_ALL;
    unsigned any = 0;

    for (const ap_directive_t *node = group->first_child; node;
         node = node->next) {
        if (mod_auth0_requires_counts(node)) {
            unsigned subjects =
                is_group(node) ? by_group(node, pool) : by_leaf(node, pool);
            all &= subjects;
            any |= subjects;
        }
    }
    return needs_all ? all : any;
}

static bool admits_everybody(const mod_auth0_protected_t *section,
                             apr_pool_t *pool)
{
    for (int i = 0; i < section->requires->nelts; i++) {
        const mod_auth0_area_t *area =
            APR_ARRAY_IDX(section->requires, i, const mod_auth0_area_t *);
        if (!mod_auth0_requires_admits(area->place.section, pool)) {
            return false;
        }
    }
    return true;
}

/* From the outermost section whose lines are in force, by AuthMerging. */
unsigned mod_auth0_admits(const mod_auth0_protected_t *section,
                          apr_pool_t *pool)
{
    unsigned subjects = 0;

    if (admits_everybody(section, pool)) {
        return 0;
    }
    for (int i = 0; i < section->requires->nelts; i++) {
        const mod_auth0_area_t *area =
            APR_ARRAY_IDX(section->requires, i, const mod_auth0_area_t *);
        unsigned own = by_group(area->place.section, pool);
        bool is_and = mod_auth0_area_says(area, MOD_AUTH0_MERGING, "And", pool);
        subjects = i > 0 && is_and ? subjects & own : subjects | own;
    }
    return subjects;
}
