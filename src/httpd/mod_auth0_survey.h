/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_SURVEY_H
#define MOD_AUTH0_SURVEY_H

#include "httpd/mod_auth0_area.h"
#include "httpd/mod_auth0_config.h"

/*
 * The configuration as a whole: what is in force where, as far as that can be
 * told from the sections around. All of this is for configuration time, once
 * everything is read; results live in the survey's pool.
 */
typedef struct mod_auth0_survey_t {
    apr_pool_t *pool;
    const mod_auth0_place_t *places; /* of each of mod_auth0_sections() */
} mod_auth0_survey_t;

mod_auth0_survey_t mod_auth0_survey(apr_pool_t *pool);

/* The i-th of mod_auth0_sections(), and where it is in force. */
const mod_auth0_section_t *mod_auth0_survey_section(int i);
const mod_auth0_place_t *
mod_auth0_survey_place(const mod_auth0_survey_t *survey,
                       const mod_auth0_section_t *section);

/* What is in force in a place of a server. */
const mod_auth0_dir_t *
mod_auth0_survey_effective(const mod_auth0_survey_t *survey,
                           const server_rec *server,
                           const mod_auth0_place_t *place);

/*
 * True when a section whose reach cannot be told, and which may thus be in
 * force in place as well, has what is asked for.
 */
bool mod_auth0_survey_may_have(const mod_auth0_survey_t *survey,
                               const mod_auth0_place_t *place,
                               bool (*has)(const mod_auth0_dir_t *));

/* A section in which AuthType Auth0 is in force, and what else is. */
typedef struct mod_auth0_protected_t {
    const mod_auth0_area_t *area;
    const server_rec *server;
    const mod_auth0_dir_t *dir;
    const apr_array_header_t *requires; /* of const mod_auth0_area_t *: whose
                                           Require lines are in force      */
} mod_auth0_protected_t;

/*
 * All protected sections that speak of access or of Auth0, of
 * mod_auth0_protected_t, in the order of areas, which are those of
 * mod_auth0_areas().
 */
apr_array_header_t *mod_auth0_survey_protected(const mod_auth0_survey_t *survey,
                                               const apr_array_header_t *areas,
                                               const server_rec *main_server);

/* The i-th of them. */
const mod_auth0_protected_t *
mod_auth0_protected_at(const apr_array_header_t *all, int i);

/* True when tokens for an audience are good in a section. */
bool mod_auth0_protected_takes(const mod_auth0_protected_t *section,
                               auth0_span_t audience);

/* Call visit for each Require line that is in force in a section. */
typedef void mod_auth0_visit_t(void *baton, const ap_directive_t *require);
void mod_auth0_protected_requires(const mod_auth0_protected_t *section,
                                  mod_auth0_visit_t *visit, void *baton);

#endif
