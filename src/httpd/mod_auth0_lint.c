/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_lint.h"

#include <apr_strings.h>

#include "core/auth0_count.h"
#include "core/auth0_redis_url.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_lint_apis.h"
#include "httpd/mod_auth0_lint_binding.h"
#include "httpd/mod_auth0_lint_requires.h"
#include "httpd/mod_auth0_plain.h"

/* The first Require auth0-... that is in force, and whose it is. */
static const ap_directive_t *auth0_require(const mod_auth0_area_t **whose,
                                           const mod_auth0_lint_t *lint,
                                           const mod_auth0_subject_t *subject)
{
    const ap_directive_t *found = NULL;

    for (int i = 0; !found && i < subject->requires->nelts; i++) {
        *whose = mod_auth0_subject_at(subject, i);
        found =
            mod_auth0_area_find(*whose, mod_auth0_requires_auth0, lint->pool);
    }
    return found;
}

/* An auth0 Require with another AuthType, or none. */
static void look_at_type(const mod_auth0_lint_t *lint,
                         const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *area = subject->area;
    const mod_auth0_area_t *whose = NULL;
    const ap_directive_t *require = auth0_require(&whose, lint, subject);

    if (!require || (whose != area && !area->said[MOD_AUTH0_AUTH_TYPE]) ||
        mod_auth0_subject_may_be_auth0(lint, subject)) {
        return;
    }
    mod_auth0_lint_warn(
        lint, whose == area ? require : area->said[MOD_AUTH0_AUTH_TYPE],
        apr_psprintf(lint->pool,
                     "Require %s needs AuthType Auth0, which is not in force "
                     "here: no token is looked at; add AuthType Auth0",
                     require->args));
}

/* Claims to be sent with another AuthType, or none. */
static void look_at_exports(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject)
{
    static const mod_auth0_fact_t facts[] = {MOD_AUTH0_CLAIM_HEADER,
                                             MOD_AUTH0_CLAIM_ENV};
    const mod_auth0_area_t *area = subject->area;

    for (size_t i = 0; i < AUTH0_COUNT(facts); i++) {
        const ap_directive_t *line = area->said[facts[i]];
        if (line && !mod_auth0_area_says(area, facts[i], "none", lint->pool) &&
            !mod_auth0_lint_in_htaccess(lint, line->directive) &&
            !mod_auth0_subject_may_be_auth0(lint, subject)) {
            mod_auth0_lint_warn(
                lint, line,
                apr_psprintf(lint->pool,
                             "%s sends nothing here, because AuthType Auth0 "
                             "is not in force: add AuthType Auth0",
                             line->directive));
        }
    }
}

/* True when all that is required is required outside, and is nothing. */
static bool requires_nothing(const mod_auth0_lint_t *lint,
                             const mod_auth0_subject_t *subject)
{
    for (int i = 0; i < subject->requires->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_subject_at(subject, i);
        if (area == subject->area ||
            !mod_auth0_requires_admits(area->place.section, lint->pool)) {
            return false;
        }
    }
    return true;
}

/* AuthType Auth0 without a Require. */
static void look_at_nothing(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *area = subject->area;

    if (subject->is_auth0 && mod_auth0_lint_is_auth0(lint, area) &&
        requires_nothing(lint, subject) &&
        !mod_auth0_subject_is_optional(lint, subject) &&
        !mod_auth0_lint_in_htaccess(lint, "Require") &&
        !mod_auth0_lint_elsewhere(lint, area, mod_auth0_lint_has_user)) {
        mod_auth0_lint_warn(
            lint, area->said[MOD_AUTH0_AUTH_TYPE],
            "AuthType Auth0 asks for no token by itself, and no "
            "Require that does is in force here: add Require "
            "valid-user or Require auth0-scope");
    }
}

/* True when the section has a line of this name with this word. */
static bool has_line(const mod_auth0_lint_t *lint, const mod_auth0_area_t *area,
                     const char *name, const char *word)
{
    const ap_directive_t *top = area->place.section;

    for (const ap_directive_t *node = mod_auth0_tree_next(top, top); node;
         node = mod_auth0_tree_next(top, node)) {
        if (mod_auth0_tree_is(node, name) &&
            mod_auth0_lint_has_word(node, word, lint->pool)) {
            return true;
        }
    }
    return false;
}

/* True where Order has an address refused that is not named. */
static bool refuses_by_default(const mod_auth0_lint_t *lint,
                               const mod_auth0_area_t *area)
{
    return has_line(lint, area, "Order", "allow,deny") ||
           has_line(lint, area, "Order", "mutual-failure");
}

/* What Order, Allow and Deny make of an address that they do not name. */
static bool lets_all_in(const mod_auth0_lint_t *lint,
                        const mod_auth0_area_t *area)
{
    bool allows = has_line(lint, area, "Allow", "all");
    bool denies = has_line(lint, area, "Deny", "all");

    return refuses_by_default(lint, area) ? allows && !denies
                                          : allows || !denies;
}

static bool lets_some_in(const mod_auth0_lint_t *lint,
                         const mod_auth0_area_t *area)
{
    bool denies =
        refuses_by_default(lint, area) && has_line(lint, area, "Deny", "all");

    return lets_all_in(lint, area) || (area->said[MOD_AUTH0_ALLOW] && !denies);
}

/* True for a section that is there to open a part of what is protected. */
static bool opens_on_purpose(const mod_auth0_lint_t *lint,
                             const mod_auth0_area_t *area)
{
    return !area->said[MOD_AUTH0_AUTH_TYPE] && !area->said[MOD_AUTH0_REQUIRE] &&
           has_line(lint, area, "Allow", "all");
}

/* The area whose Satisfy is in force: mod_access_compat merges nothing. */
static const mod_auth0_area_t *satisfied_by(const mod_auth0_lint_t *lint,
                                            const mod_auth0_area_t *inner)
{
    static const mod_auth0_fact_t facts[] = {MOD_AUTH0_SATISFY, MOD_AUTH0_ORDER,
                                             MOD_AUTH0_ALLOW, MOD_AUTH0_DENY};
    const mod_auth0_area_t *last = NULL;

    for (size_t i = 0; i < AUTH0_COUNT(facts); i++) {
        const mod_auth0_area_t *area =
            mod_auth0_area_of(lint->areas, inner, facts[i]);
        last = area > last ? area : last;
    }
    return last;
}

static bool asks_for_token(const mod_auth0_lint_t *lint,
                           const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *whose = NULL;

    if (auth0_require(&whose, lint, subject)) {
        return true;
    }
    for (int i = 0; i < subject->requires->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_subject_at(subject, i);
        if (mod_auth0_requires_admits(area->place.section, lint->pool)) {
            return false;
        }
    }
    return subject->is_auth0;
}

static bool welcomes_token(const mod_auth0_lint_t *lint,
                           const mod_auth0_subject_t *subject)
{
    return subject->is_auth0 && mod_auth0_subject_is_optional(lint, subject);
}

/* What Satisfy Any undoes: whom it lets in, and where that matters. */
typedef struct undone_t {
    bool (*lets_in)(const mod_auth0_lint_t *, const mod_auth0_area_t *);
    bool (*matters)(const mod_auth0_lint_t *, const mod_auth0_subject_t *);
    const char *sentence;
} undone_t;

static const undone_t undone[] = {
    {lets_all_in, asks_for_token,
     "Satisfy Any lets in whatever Order, Allow and Deny do not refuse, which "
     "here is everybody, without a token: remove it"},
    {lets_some_in, welcomes_token,
     "Satisfy Any lets in whatever Order, Allow and Deny do not refuse, and no "
     "token of theirs is looked at, Auth0Optional or not: a bad one passes as "
     "nobody; remove it, and let Require ip and the like say whom it is for"}};

/* True when the area's Satisfy is in force where it matters. */
static bool undoes(const mod_auth0_lint_t *lint, const mod_auth0_area_t *area,
                   const undone_t *one)
{
    for (int i = 0; i < lint->areas->nelts; i++) {
        const mod_auth0_area_t *inner = mod_auth0_area_at(lint->areas, i);
        mod_auth0_subject_t subject = mod_auth0_subject(lint, inner);
        if (satisfied_by(lint, inner) == area && one->matters(lint, &subject)) {
            return true;
        }
    }
    return false;
}

static void look_at_satisfy(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *area = subject->area;

    if (!mod_auth0_area_says(area, MOD_AUTH0_SATISFY, "Any", lint->pool) ||
        opens_on_purpose(lint, area)) {
        return;
    }
    for (size_t i = 0; i < AUTH0_COUNT(undone); i++) {
        if (undone[i].lets_in(lint, area) && undoes(lint, area, &undone[i])) {
            mod_auth0_lint_warn(lint, area->said[MOD_AUTH0_SATISFY],
                                undone[i].sentence);
            return;
        }
    }
}

static bool is_for_tls_only(const mod_auth0_lint_t *lint,
                            const mod_auth0_area_t *area)
{
    return area->said[MOD_AUTH0_TLS_ONLY] ||
           has_line(lint, area, "Require", "ssl");
}

/* The first section of a server, or shared by it, that takes tokens. */
static const mod_auth0_area_t *takes_tokens(const mod_auth0_lint_t *lint,
                                            const ap_directive_t *host)
{
    for (int i = 0; i < lint->areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(lint->areas, i);
        if ((!area->place.host || area->place.host == host) &&
            mod_auth0_lint_is_auth0(lint, area) &&
            !is_for_tls_only(lint, area)) {
            return area;
        }
    }
    return NULL;
}

static void look_at_server(const mod_auth0_lint_t *lint,
                           const server_rec *server)
{
    const ap_directive_t *host = mod_auth0_plain_host(server);
    const mod_auth0_area_t *area = takes_tokens(lint, host);
    const char *address =
        area ? mod_auth0_plain_address(server, lint->main_server, lint->pool)
             : NULL;

    if (address) {
        mod_auth0_lint_warn(
            lint, host ? host : area->said[MOD_AUTH0_AUTH_TYPE],
            apr_psprintf(lint->pool,
                         "tokens come to this server by plain HTTP at %s and "
                         "can be read on the way: say SSLEngine on, listen on "
                         "loopback only or, where TLS ends in front of httpd, "
                         "say so by ServerName https://api.example.com",
                         address));
    }
}

static void (*const looks[])(const mod_auth0_lint_t *,
                             const mod_auth0_subject_t *) = {
    mod_auth0_lint_limit, mod_auth0_lint_granted, mod_auth0_lint_merging,
    look_at_satisfy,      look_at_type,           look_at_exports,
    look_at_nothing,      mod_auth0_lint_dpop,    mod_auth0_lint_certificate};

static void look_at_section(const mod_auth0_lint_t *lint,
                            const mod_auth0_area_t *area)
{
    mod_auth0_subject_t subject = mod_auth0_subject(lint, area);

    for (size_t i = 0; i < AUTH0_COUNT(looks); i++) {
        looks[i](lint, &subject);
    }
}

/* Most sections do not, and looking takes its time. */
static bool speaks_of_access(const mod_auth0_area_t *area)
{
    static const mod_auth0_fact_t facts[] = {
        MOD_AUTH0_AUTH_TYPE,   MOD_AUTH0_REQUIRE,      MOD_AUTH0_SATISFY,
        MOD_AUTH0_CLAIM_ENV,   MOD_AUTH0_CLAIM_HEADER, MOD_AUTH0_DPOP,
        MOD_AUTH0_CERTIFICATE, MOD_AUTH0_TOKEN_SOURCE};

    for (size_t i = 0; i < AUTH0_COUNT(facts); i++) {
        if (area->said[facts[i]]) {
            return area->place.section != NULL;
        }
    }
    return false;
}

/* Who listens on the way may deny tokens, and forge nonces. */
static void look_at_store(const mod_auth0_lint_t *lint,
                          const server_rec *main_server)
{
    const mod_auth0_server_t *settings = mod_auth0_settings(main_server);
    const auth0_redis_url_t *url = settings->store_redis;

    if (!url || url->is_tls || url->is_loopback) {
        return;
    }
    mod_auth0_lint_warn(
        lint, settings->store_place,
        apr_psprintf(lint->pool,
                     "Auth0SharedStore %s sends %swhat the "
                     "servers remember in the clear: use "
                     "rediss://",
                     url->shown,
                     url->password.len > 0 ? "the password and " : ""));
}

const char *mod_auth0_lint_text(const mod_auth0_warning_t *warning,
                                apr_pool_t *pool)
{
    return apr_psprintf(pool, "Warning on line %d of %s: %s",
                        warning->line->line_num, warning->line->filename,
                        warning->sentence);
}

const apr_array_header_t *mod_auth0_lint(apr_pool_t *pool,
                                         const server_rec *main_server)
{
    mod_auth0_lint_t lint = {
        pool, apr_array_make(pool, 4, sizeof(mod_auth0_warning_t)), main_server,
        mod_auth0_areas(pool)};

    for (int i = 0; i < lint.areas->nelts; i++) {
        if (speaks_of_access(mod_auth0_area_at(lint.areas, i))) {
            look_at_section(&lint, mod_auth0_area_at(lint.areas, i));
        }
    }
    for (const server_rec *server = main_server; server;
         server = server->next) {
        look_at_server(&lint, server);
    }
    look_at_store(&lint, main_server);
    mod_auth0_lint_apis(&lint);
    return lint.warnings;
}
