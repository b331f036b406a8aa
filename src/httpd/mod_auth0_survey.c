/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_survey.h"

#include "httpd/mod_auth0_plain.h"

const mod_auth0_section_t *mod_auth0_survey_section(int i)
{
    return &APR_ARRAY_IDX(mod_auth0_sections(), i, mod_auth0_section_t);
}

const mod_auth0_place_t *
mod_auth0_survey_place(const mod_auth0_survey_t *survey,
                       const mod_auth0_section_t *section)
{
    return &survey->places[section - mod_auth0_survey_section(0)];
}

/* Places are compared often, so they are found once. */
mod_auth0_survey_t mod_auth0_survey(apr_pool_t *pool)
{
    int count = mod_auth0_sections()->nelts;
    mod_auth0_place_t *places =
        apr_pcalloc(pool, ((size_t)count + 1) * sizeof(*places));

    for (int i = 0; i < count; i++) {
        places[i] =
            mod_auth0_tree_place(mod_auth0_survey_section(i)->place, pool);
    }
    return (mod_auth0_survey_t){pool, places};
}

const mod_auth0_dir_t *
mod_auth0_survey_effective(const mod_auth0_survey_t *survey,
                           const server_rec *server,
                           const mod_auth0_place_t *place)
{
    void *dir = ap_get_module_config(server->lookup_defaults, &auth0_module);

    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        if (mod_auth0_tree_covers(&survey->places[i], place)) {
            dir = mod_auth0_dir_merge(survey->pool, dir,
                                      (void *)mod_auth0_survey_section(i)->dir);
        }
    }
    return dir;
}

/* What it says is in force anyway, and known to be. */
static bool is_known(const mod_auth0_place_t *other,
                     const mod_auth0_place_t *place)
{
    if (!other->section) {
        return !other->host || other->host == place->host;
    }
    return mod_auth0_tree_covers(other, place);
}

bool mod_auth0_survey_may_have(const mod_auth0_survey_t *survey,
                               const mod_auth0_place_t *place,
                               bool (*has)(const mod_auth0_dir_t *))
{
    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        const mod_auth0_place_t *other = &survey->places[i];
        if (!is_known(other, place) && has(mod_auth0_survey_section(i)->dir) &&
            mod_auth0_tree_may_meet(other, place)) {
            return true;
        }
    }
    return false;
}

static const server_rec *server_of(const server_rec *main_server,
                                   const ap_directive_t *host)
{
    for (const server_rec *server = main_server; host && server;
         server = server->next) {
        if (mod_auth0_plain_host(server) == host) {
            return server;
        }
    }
    return main_server;
}

/* Other sections say nothing that those around them do not. */
static bool speaks(const mod_auth0_survey_t *survey,
                   const mod_auth0_area_t *area)
{
    if (!area->place.section) {
        return false;
    }
    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        if (survey->places[i].section == area->place.section) {
            return true;
        }
    }
    return area->said[MOD_AUTH0_AUTH_TYPE] || area->said[MOD_AUTH0_REQUIRE];
}

apr_array_header_t *mod_auth0_survey_protected(const mod_auth0_survey_t *survey,
                                               const apr_array_header_t *areas,
                                               const server_rec *main_server)
{
    apr_array_header_t *all =
        apr_array_make(survey->pool, 8, sizeof(mod_auth0_protected_t));

    for (int i = 0; i < areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(areas, i);
        if (!speaks(survey, area)) {
            continue;
        }
        const server_rec *server = server_of(main_server, area->place.host);
        const mod_auth0_dir_t *dir =
            mod_auth0_survey_effective(survey, server, &area->place);
        if (dir->auth_type == MOD_AUTH0_ON) {
            APR_ARRAY_PUSH(all, mod_auth0_protected_t) =
                (mod_auth0_protected_t){
                    area, server, dir,
                    mod_auth0_area_requires(areas, area, survey->pool)};
        }
    }
    return all;
}

const mod_auth0_protected_t *
mod_auth0_protected_at(const apr_array_header_t *all, int i)
{
    return &APR_ARRAY_IDX(all, i, mod_auth0_protected_t);
}

bool mod_auth0_protected_takes(const mod_auth0_protected_t *section,
                               auth0_span_t audience)
{
    const apr_array_header_t *all = section->dir->audiences;

    for (int i = 0; all && i < all->nelts; i++) {
        if (auth0_span_eq(APR_ARRAY_IDX(all, i, auth0_span_t), audience)) {
            return true;
        }
    }
    return false;
}

void mod_auth0_protected_requires(const mod_auth0_protected_t *section,
                                  mod_auth0_visit_t *visit, void *baton)
{
    for (int i = 0; i < section->requires->nelts; i++) {
        const ap_directive_t *top =
            APR_ARRAY_IDX(section->requires, i, const mod_auth0_area_t *)
                ->place.section;
        for (const ap_directive_t *node = top ? mod_auth0_tree_next(top, top)
                                              : NULL;
             node; node = mod_auth0_tree_next(top, node)) {
            if (mod_auth0_tree_is(node, "Require")) {
                visit(baton, node);
            }
        }
    }
}
