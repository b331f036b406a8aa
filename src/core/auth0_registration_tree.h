/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_REGISTRATION_TREE_H
#define AUTH0_REGISTRATION_TREE_H

#include "core/auth0_json.h"
#include "core/auth0_registration.h"

/*
 * What the three documents have in common: registrations as JSON values, which
 * each document then writes in a notation of its own. Whatever cannot be added
 * breaks the tree for good, so that only the end of it has to be asked.
 */
typedef struct auth0_registration_tree_t {
    apr_pool_t *pool;
    bool is_broken;
} auth0_registration_tree_t;

/* The names that Terraform has others for. */
typedef struct auth0_registration_names_t {
    const char *scope; /* what a scope is, beside its description */
    const char *alg;   /* of an encryption key                    */
} auth0_registration_names_t;

extern const auth0_registration_names_t auth0_registration_names_api;
extern const auth0_registration_names_t auth0_registration_names_hcl;

/* An object to add to, released with the tree's pool. */
auth0_json_draft_t *
auth0_registration_tree_root(auth0_registration_tree_t *tree);

/*
 * Add to an object, or with NULL for a name to an array. A text of NULL is left
 * out; texts, an array of const char *, are not.
 */
void auth0_registration_tree_text(auth0_registration_tree_t *tree,
                                  auth0_json_draft_t *in, const char *name,
                                  const char *text);
void auth0_registration_tree_texts(auth0_registration_tree_t *tree,
                                   auth0_json_draft_t *in, const char *name,
                                   const apr_array_header_t *texts);

/* The members of an API: what it is called, its scopes, and all else. */
void auth0_registration_tree_head(auth0_registration_tree_t *tree,
                                  auth0_json_draft_t *in,
                                  const auth0_registration_api_t *api);
void auth0_registration_tree_scopes(auth0_registration_tree_t *tree,
                                    auth0_json_draft_t *in,
                                    const auth0_registration_api_t *api,
                                    const auth0_registration_names_t *names);
void auth0_registration_tree_rest(auth0_registration_tree_t *tree,
                                  auth0_json_draft_t *in,
                                  const auth0_registration_api_t *api,
                                  const auth0_registration_names_t *names);

/*
 * All of apis under these two names, as the Management API and the deploy tool
 * have it; NULL when the tree is broken.
 */
const auth0_json_t *auth0_registration_tree_all(const apr_array_header_t *apis,
                                                const char *servers,
                                                const char *grants,
                                                apr_pool_t *pool);

#endif
