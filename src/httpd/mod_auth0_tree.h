/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_TREE_H
#define MOD_AUTH0_TREE_H

#include <stdbool.h>

#include "httpd/mod_auth0.h"

/*
 * httpd's tree of directives, as it stands once the configuration is read. It
 * is borrowed and never changed; all of this is for configuration time.
 */

/* Where a directive is in force; section and host are NULL for "everywhere". */
typedef struct mod_auth0_place_t {
    const ap_directive_t *section; /* <Location> and the like             */
    const ap_directive_t *host;    /* its <VirtualHost>, or main server   */
    const char *path; /* of a plain <Location>, else NULL: reach untold   */
} mod_auth0_place_t;

/* True for a directive of this name; a section's begins with "<". */
bool mod_auth0_tree_is(const ap_directive_t *node, const char *name);

/* The count-th argument, from 0, without quotes; "" when there are fewer. */
const char *mod_auth0_tree_word(const ap_directive_t *node, int count,
                                apr_pool_t *pool);

/* True for a container that is in force for requests of its own. */
bool mod_auth0_tree_is_section(const ap_directive_t *node);

/*
 * The directive after node in the order of the lines, inside of top; NULL at
 * the end. Sections inside of top are seen, but not entered.
 */
const ap_directive_t *mod_auth0_tree_next(const ap_directive_t *top,
                                          const ap_directive_t *node);

/* Where a directive stands; path is made in pool. */
mod_auth0_place_t mod_auth0_tree_place(const ap_directive_t *directive,
                                       apr_pool_t *pool);

/* The same for what a section itself holds. */
mod_auth0_place_t mod_auth0_tree_inside(const ap_directive_t *section,
                                        apr_pool_t *pool);

/* True when a request for inner is certainly one for outer too. */
bool mod_auth0_tree_covers(const mod_auth0_place_t *outer,
                           const mod_auth0_place_t *inner);

/* True when a request may be one for both, and nobody can tell beforehand. */
bool mod_auth0_tree_may_meet(const mod_auth0_place_t *a,
                             const mod_auth0_place_t *b);

#endif
