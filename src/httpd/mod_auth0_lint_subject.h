/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LINT_SUBJECT_H
#define MOD_AUTH0_LINT_SUBJECT_H

#include "httpd/mod_auth0_area.h"

/* One warning: a directive, and a sentence about it. */
typedef struct mod_auth0_warning_t {
    const ap_directive_t *line;
    const char *sentence;
} mod_auth0_warning_t;

/* For warnings: the configuration, and what is in force in one section. */
typedef struct mod_auth0_lint_t {
    apr_pool_t *pool;             /* for warnings, and for scratch */
    apr_array_header_t *warnings; /* of mod_auth0_warning_t        */
    const server_rec *main_server;
    const apr_array_header_t *areas; /* of mod_auth0_area_t */
} mod_auth0_lint_t;

typedef struct mod_auth0_subject_t {
    const mod_auth0_area_t *area;
    bool is_auth0;                      /* AuthType Auth0, as far as known */
    const apr_array_header_t *requires; /* of const mod_auth0_area_t *     */
} mod_auth0_subject_t;

/* Add a warning, with the place of a directive and a sentence. */
void mod_auth0_lint_warn(const mod_auth0_lint_t *lint,
                         const ap_directive_t *line, const char *sentence);

mod_auth0_subject_t mod_auth0_subject(const mod_auth0_lint_t *lint,
                                      const mod_auth0_area_t *area);

/* The i-th of the sections whose Require lines are in force. */
const mod_auth0_area_t *mod_auth0_subject_at(const mod_auth0_subject_t *subject,
                                             int i);

/* True when the section's own Require lines are in force in it. */
bool mod_auth0_subject_is_own(const mod_auth0_subject_t *subject);

/* True for a Require that asks for a good token. */
bool mod_auth0_subject_asks(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject,
                            const ap_directive_t *node);

/* The first line of the subject's own section that asks for a good token. */
const ap_directive_t *
mod_auth0_subject_first(const mod_auth0_lint_t *lint,
                        const mod_auth0_subject_t *subject);

/* True where Auth0Optional is On. */
bool mod_auth0_subject_is_optional(const mod_auth0_lint_t *lint,
                                   const mod_auth0_subject_t *subject);

/*
 * True when AuthType Auth0 may be in force in the subject for some requests: it
 * is, or an expression says what is, or another section or .htaccess file can.
 */
bool mod_auth0_subject_may_be_auth0(const mod_auth0_lint_t *lint,
                                    const mod_auth0_subject_t *subject);

/* True for AuthType Auth0 in an area itself; area may be NULL. */
bool mod_auth0_lint_is_auth0(const mod_auth0_lint_t *lint,
                             const mod_auth0_area_t *area);

/* True when an area has a Require, or one that may ask for a user. */
bool mod_auth0_lint_has_require(const mod_auth0_lint_t *lint,
                                const mod_auth0_area_t *area);
bool mod_auth0_lint_has_user(const mod_auth0_lint_t *lint,
                             const mod_auth0_area_t *area);

/*
 * True when another section says so that is inside of area, or around it, be it
 * in one virtual host only, or of which nobody can tell whether it meets area.
 */
bool mod_auth0_lint_elsewhere(const mod_auth0_lint_t *lint,
                              const mod_auth0_area_t *area,
                              bool (*says)(const mod_auth0_lint_t *,
                                           const mod_auth0_area_t *));

/* True when a .htaccess file may hold a directive of this name. */
bool mod_auth0_lint_in_htaccess(const mod_auth0_lint_t *lint, const char *name);

/* True when one of a directive's words is this one, whatever its case. */
bool mod_auth0_lint_has_word(const ap_directive_t *line, const char *wanted,
                             apr_pool_t *pool);

#endif
