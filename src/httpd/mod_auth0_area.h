/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_AREA_H
#define MOD_AUTH0_AREA_H

#include "httpd/mod_auth0_requires.h"

/* What a section may say of access, in directives of whatever module. */
typedef enum mod_auth0_fact_t {
    MOD_AUTH0_AUTH_TYPE,
    MOD_AUTH0_AUTH_NAME,
    MOD_AUTH0_AUDIENCE,
    MOD_AUTH0_REQUIRE,
    MOD_AUTH0_MERGING,
    MOD_AUTH0_SATISFY,
    MOD_AUTH0_ORDER,
    MOD_AUTH0_ALLOW,
    MOD_AUTH0_DENY,
    MOD_AUTH0_METHODS,
    MOD_AUTH0_OVERRIDE,
    MOD_AUTH0_OVERRIDE_LIST,
    MOD_AUTH0_OPTIONAL,
    MOD_AUTH0_TLS_ONLY,
    MOD_AUTH0_CLAIM_HEADER,
    MOD_AUTH0_CLAIM_ENV,
    MOD_AUTH0_DPOP,
    MOD_AUTH0_TOKEN_SOURCE,
    MOD_AUTH0_CERTIFICATE,
    MOD_AUTH0_VERIFY_CLIENT,
    MOD_AUTH0_OPENSSL,
    MOD_AUTH0_FACT_COUNT
} mod_auth0_fact_t;

/*
 * A section and the last line of each kind in it, NULL for what it does not
 * say. A server's own level is one too; its place has no section.
 */
typedef struct mod_auth0_area_t {
    mod_auth0_place_t place;
    const ap_directive_t *said[MOD_AUTH0_FACT_COUNT];
} mod_auth0_area_t;

/*
 * All of the configuration, in the order in which httpd merges what covers one
 * another; in pool, of mod_auth0_area_t. At configuration time only.
 */
apr_array_header_t *mod_auth0_areas(apr_pool_t *pool);

/* The i-th of them. */
const mod_auth0_area_t *mod_auth0_area_at(const apr_array_header_t *areas,
                                          int i);

/* True when what outer says is in force in inner, unless replaced. */
bool mod_auth0_area_covers(const mod_auth0_area_t *outer,
                           const mod_auth0_area_t *inner);

/* The area that decides on a fact in inner, as far as can be told, or NULL. */
const mod_auth0_area_t *mod_auth0_area_of(const apr_array_header_t *areas,
                                          const mod_auth0_area_t *inner,
                                          mod_auth0_fact_t fact);

/*
 * The areas whose Require lines are in force in inner, by the rules of
 * AuthMerging; in pool, of const mod_auth0_area_t *.
 */
apr_array_header_t *mod_auth0_area_requires(const apr_array_header_t *areas,
                                            const mod_auth0_area_t *inner,
                                            apr_pool_t *pool);

/* The first line of an area that is so, itself not in a further section. */
const ap_directive_t *mod_auth0_area_find(const mod_auth0_area_t *area,
                                          bool (*is_so)(const ap_directive_t *,
                                                        apr_pool_t *),
                                          apr_pool_t *pool);

/* True when the area has a line of this name with this as its first word. */
bool mod_auth0_area_says(const mod_auth0_area_t *area, mod_auth0_fact_t fact,
                         const char *word, apr_pool_t *pool);

#endif
