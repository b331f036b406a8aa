/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_lint_requires.h"

#include <http_protocol.h>
#include <apr_strings.h>

static bool denies_all(const ap_directive_t *node, apr_pool_t *pool)
{
    return mod_auth0_tree_is(node, "Deny") &&
           mod_auth0_lint_has_word(node, "all", pool);
}

/* The methods that a section says something of. */
static mod_auth0_methods_t covered_by(const mod_auth0_area_t *area,
                                      apr_pool_t *pool)
{
    const ap_directive_t *top = area->place.section;
    mod_auth0_methods_t methods = 0;

    for (const ap_directive_t *node = mod_auth0_tree_next(top, top); node;
         node = mod_auth0_tree_next(top, node)) {
        if (mod_auth0_tree_is(node, "Require") || denies_all(node, pool)) {
            methods |= mod_auth0_requires_methods(node, pool);
        }
    }
    return methods;
}

/* The methods that nothing keeps from being answered without a token. */
static mod_auth0_methods_t left_open(const mod_auth0_lint_t *lint,
                                     const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *only =
        mod_auth0_area_of(lint->areas, subject->area, MOD_AUTH0_METHODS);
    mod_auth0_methods_t open = MOD_AUTH0_METHODS_ALL;

    if (only) {
        open =
            mod_auth0_requires_named(only->said[MOD_AUTH0_METHODS], lint->pool);
    }
    for (int i = 0; i < subject->requires->nelts; i++) {
        open &= ~covered_by(mod_auth0_subject_at(subject, i), lint->pool);
    }
    return open;
}

static bool is_limited(const ap_directive_t *node)
{
    for (node = node->parent; node && !mod_auth0_tree_is_section(node);
         node = node->parent) {
        if (mod_auth0_tree_is(node, "<Limit")) {
            return true;
        }
    }
    return false;
}

static const ap_directive_t *limited_require(const mod_auth0_lint_t *lint,
                                             const mod_auth0_subject_t *subject)
{
    const ap_directive_t *top = subject->area->place.section;

    for (const ap_directive_t *node = mod_auth0_tree_next(top, top); node;
         node = mod_auth0_tree_next(top, node)) {
        if (is_limited(node) && mod_auth0_subject_asks(lint, subject, node)) {
            return node;
        }
    }
    return NULL;
}

/* HEAD goes by the number of GET. */
static const char *name_of(int method, apr_pool_t *pool)
{
    return method == M_GET ? "GET" : ap_method_name_of(pool, method);
}

static const char *names_of(mod_auth0_methods_t methods, apr_pool_t *pool)
{
    const char *names = "";

    for (int i = 0; i < METHODS; i++) {
        if (i != M_INVALID && ((methods >> i) & 1)) {
            names = apr_pstrcat(pool, names, *names ? " " : "",
                                name_of(i, pool), NULL);
        }
    }
    return names;
}

/* Methods that httpd does not know share one number, which none is without. */
static const char *open_methods(mod_auth0_methods_t open, apr_pool_t *pool)
{
    if ((open >> M_INVALID) & 1) {
        return apr_pstrcat(pool, "every method but ", names_of(~open, pool),
                           NULL);
    }
    return names_of(open, pool);
}

void mod_auth0_lint_limit(const mod_auth0_lint_t *lint,
                          const mod_auth0_subject_t *subject)
{
    const ap_directive_t *require = limited_require(lint, subject);

    if (!require || !mod_auth0_subject_is_own(subject) ||
        (subject->area->said[MOD_AUTH0_MERGING] &&
         mod_auth0_lint_elsewhere(lint, subject->area,
                                  mod_auth0_lint_has_require))) {
        return;
    }
    mod_auth0_methods_t open = left_open(lint, subject);

    if (open) {
        mod_auth0_lint_warn(
            lint, require->parent,
            apr_psprintf(lint->pool,
                         "the Require lines in <Limit> leave %s open to "
                         "everybody: use <LimitExcept>, or Require method "
                         "with <RequireAll> and <RequireAny>",
                         open_methods(open, lint->pool)));
    }
}

/* A line of group that asks for a token where granted does not. */
static const ap_directive_t *overruled(const mod_auth0_lint_t *lint,
                                       const mod_auth0_subject_t *subject,
                                       const ap_directive_t *group,
                                       const ap_directive_t *granted)
{
    mod_auth0_methods_t methods =
        mod_auth0_requires_methods(granted, lint->pool);

    for (const ap_directive_t *node = mod_auth0_tree_next(group, group); node;
         node = mod_auth0_tree_next(group, node)) {
        if (mod_auth0_subject_asks(lint, subject, node) &&
            !(mod_auth0_requires_methods(node, lint->pool) & ~methods)) {
            return node;
        }
    }
    return NULL;
}

/* From group to group outwards, as long as granted decides over each. */
static const ap_directive_t *alternative(const mod_auth0_lint_t *lint,
                                         const mod_auth0_subject_t *subject,
                                         const ap_directive_t *granted)
{
    const ap_directive_t *group = granted;
    const ap_directive_t *found = NULL;

    while (!found && group != subject->area->place.section) {
        group = mod_auth0_requires_around(group);
        if (mod_auth0_tree_is(group, "<RequireNone") ||
            (mod_auth0_tree_is(group, "<RequireAll") &&
             !mod_auth0_requires_admits(group, lint->pool))) {
            return NULL;
        }
        found = overruled(lint, subject, group, granted);
    }
    return found;
}

void mod_auth0_lint_granted(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject)
{
    const ap_directive_t *top = subject->area->place.section;

    if (mod_auth0_subject_is_optional(lint, subject)) {
        return;
    }
    for (const ap_directive_t *node = mod_auth0_tree_next(top, top); node;
         node = mod_auth0_tree_next(top, node)) {
        const ap_directive_t *other =
            mod_auth0_requires_nothing(node, lint->pool)
                ? alternative(lint, subject, node)
                : NULL;
        if (other) {
            mod_auth0_lint_warn(
                lint, node,
                apr_psprintf(lint->pool,
                             "Require all granted is an alternative to "
                             "Require %s on line %d, so nobody needs a token "
                             "for that: remove one of them",
                             other->args, other->line_num));
        }
    }
}

void mod_auth0_lint_merging(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *own = subject->area;

    if (!mod_auth0_area_says(own, MOD_AUTH0_MERGING, "Or", lint->pool) ||
        !mod_auth0_subject_is_own(subject) ||
        !mod_auth0_subject_first(lint, subject)) {
        return;
    }
    for (int i = 0; i < subject->requires->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_subject_at(subject, i);
        if (area != own && !area->said[MOD_AUTH0_MERGING] &&
            mod_auth0_requires_admits(area->place.section, lint->pool)) {
            mod_auth0_lint_warn(
                lint, own->said[MOD_AUTH0_MERGING],
                apr_psprintf(lint->pool,
                             "AuthMerging Or makes the Require all granted "
                             "of %s %s on line %d an alternative, so nobody "
                             "needs a token: use AuthMerging And",
                             area->place.section->directive,
                             area->place.section->args,
                             area->place.section->line_num));
        }
    }
}
