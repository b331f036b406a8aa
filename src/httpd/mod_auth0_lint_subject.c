/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_lint_subject.h"

#include <string.h>

#include "core/auth0_span.h"

void mod_auth0_lint_warn(const mod_auth0_lint_t *lint,
                         const ap_directive_t *line, const char *sentence)
{
    APR_ARRAY_PUSH(lint->warnings, mod_auth0_warning_t) =
        (mod_auth0_warning_t){line, sentence};
}

const mod_auth0_area_t *mod_auth0_subject_at(const mod_auth0_subject_t *subject,
                                             int i)
{
    return APR_ARRAY_IDX(subject->requires, i, const mod_auth0_area_t *);
}

bool mod_auth0_lint_is_auth0(const mod_auth0_lint_t *lint,
                             const mod_auth0_area_t *area)
{
    return area &&
           mod_auth0_area_says(area, MOD_AUTH0_AUTH_TYPE, "Auth0", lint->pool);
}

mod_auth0_subject_t mod_auth0_subject(const mod_auth0_lint_t *lint,
                                      const mod_auth0_area_t *area)
{
    return (mod_auth0_subject_t){
        area,
        mod_auth0_lint_is_auth0(
            lint, mod_auth0_area_of(lint->areas, area, MOD_AUTH0_AUTH_TYPE)),
        mod_auth0_area_requires(lint->areas, area, lint->pool)};
}

/* Or what an expression makes of it, for one request and another. */
static bool may_say_auth0(const mod_auth0_lint_t *lint,
                          const mod_auth0_area_t *area)
{
    return mod_auth0_lint_is_auth0(lint, area) ||
           (area && area->said[MOD_AUTH0_AUTH_TYPE] &&
            strstr(area->said[MOD_AUTH0_AUTH_TYPE]->args, "%{"));
}

bool mod_auth0_subject_may_be_auth0(const mod_auth0_lint_t *lint,
                                    const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *said =
        mod_auth0_area_of(lint->areas, subject->area, MOD_AUTH0_AUTH_TYPE);

    return may_say_auth0(lint, said) ||
           mod_auth0_lint_in_htaccess(lint, "AuthType") ||
           mod_auth0_lint_elsewhere(lint, subject->area, may_say_auth0);
}

bool mod_auth0_subject_is_own(const mod_auth0_subject_t *subject)
{
    for (int i = 0; i < subject->requires->nelts; i++) {
        if (mod_auth0_subject_at(subject, i) == subject->area) {
            return true;
        }
    }
    return false;
}

bool mod_auth0_subject_asks(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject,
                            const ap_directive_t *node)
{
    return (mod_auth0_requires_auth0(node, lint->pool) ||
            (subject->is_auth0 && mod_auth0_requires_user(node, lint->pool))) &&
           !mod_auth0_requires_inverted(node, lint->pool);
}

const ap_directive_t *
mod_auth0_subject_first(const mod_auth0_lint_t *lint,
                        const mod_auth0_subject_t *subject)
{
    const ap_directive_t *top = subject->area->place.section;

    for (const ap_directive_t *node = mod_auth0_tree_next(top, top); node;
         node = mod_auth0_tree_next(top, node)) {
        if (mod_auth0_subject_asks(lint, subject, node)) {
            return node;
        }
    }
    return NULL;
}

/* A section of a virtual host counts in it for shared ones of longer paths. */
static bool covers_in_host(const mod_auth0_area_t *other,
                           const mod_auth0_area_t *area)
{
    mod_auth0_place_t place = other->place;

    place.host = NULL;
    return !area->place.host && other->place.host &&
           mod_auth0_tree_covers(&place, &area->place);
}

bool mod_auth0_lint_elsewhere(const mod_auth0_lint_t *lint,
                              const mod_auth0_area_t *area,
                              bool (*says)(const mod_auth0_lint_t *,
                                           const mod_auth0_area_t *))
{
    for (int i = 0; i < lint->areas->nelts; i++) {
        const mod_auth0_area_t *other = mod_auth0_area_at(lint->areas, i);
        if (other != area && other->place.section && says(lint, other) &&
            (mod_auth0_tree_may_meet(&other->place, &area->place) ||
             mod_auth0_area_covers(area, other) ||
             covers_in_host(other, area))) {
            return true;
        }
    }
    return false;
}

bool mod_auth0_lint_has_require(const mod_auth0_lint_t *lint,
                                const mod_auth0_area_t *area)
{
    (void)lint;
    return area->said[MOD_AUTH0_REQUIRE] != NULL;
}

bool mod_auth0_lint_has_user(const mod_auth0_lint_t *lint,
                             const mod_auth0_area_t *area)
{
    return mod_auth0_area_find(area, mod_auth0_requires_user, lint->pool);
}

bool mod_auth0_lint_has_word(const ap_directive_t *line, const char *wanted,
                             apr_pool_t *pool)
{
    for (int i = 0; line; i++) {
        const char *word = mod_auth0_tree_word(line, i, pool);
        if (!*word) {
            return false;
        }
        if (auth0_span_is_nocase(auth0_span_cstr(word), wanted)) {
            return true;
        }
    }
    return false;
}

bool mod_auth0_lint_in_htaccess(const mod_auth0_lint_t *lint, const char *name)
{
    for (int i = 0; i < lint->areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(lint->areas, i);
        const ap_directive_t *classes = area->said[MOD_AUTH0_OVERRIDE];
        if (mod_auth0_lint_has_word(classes, "All", lint->pool) ||
            mod_auth0_lint_has_word(classes, "AuthConfig", lint->pool) ||
            mod_auth0_lint_has_word(area->said[MOD_AUTH0_OVERRIDE_LIST], name,
                                    lint->pool)) {
            return true;
        }
    }
    return false;
}

bool mod_auth0_subject_is_optional(const mod_auth0_lint_t *lint,
                                   const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *area =
        mod_auth0_area_of(lint->areas, subject->area, MOD_AUTH0_OPTIONAL);

    return area &&
           mod_auth0_area_says(area, MOD_AUTH0_OPTIONAL, "On", lint->pool);
}
