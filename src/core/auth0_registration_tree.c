/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_registration_tree.h"

typedef auth0_registration_tree_t tree_t;
typedef auth0_registration_api_t api_t;
typedef auth0_registration_names_t names_t;

const names_t auth0_registration_names_api = {"value", "alg"};
const names_t auth0_registration_names_hcl = {"name", "algorithm"};

static bool is_empty(const apr_array_header_t *array)
{
    return !array || array->nelts == 0;
}

static auth0_json_draft_t *made(tree_t *tree, auth0_json_draft_t *json)
{
    if (!json) {
        tree->is_broken = true;
    }
    return json;
}

auth0_json_draft_t *auth0_registration_tree_root(tree_t *tree)
{
    return made(tree, auth0_json_new(tree->pool));
}

/* Add to an object, or with NULL for a name to an array. */
static auth0_json_draft_t *add_object(tree_t *tree, auth0_json_draft_t *in,
                                      const char *name)
{
    return made(tree, auth0_json_add_object(in, name));
}

static auth0_json_draft_t *add_array(tree_t *tree, auth0_json_draft_t *in,
                                     const char *name)
{
    return made(tree, auth0_json_add_array(in, name));
}

void auth0_registration_tree_text(tree_t *tree, auth0_json_draft_t *in,
                                  const char *name, const char *text)
{
    if (text && !auth0_json_add_text(in, name, text)) {
        tree->is_broken = true;
    }
}

void auth0_registration_tree_texts(tree_t *tree, auth0_json_draft_t *in,
                                   const char *name,
                                   const apr_array_header_t *texts)
{
    auth0_json_draft_t *array = add_array(tree, in, name);

    for (int i = 0; !is_empty(texts) && i < texts->nelts; i++) {
        auth0_registration_tree_text(tree, array, NULL,
                                     APR_ARRAY_IDX(texts, i, const char *));
    }
}

static void add_flag(tree_t *tree, auth0_json_draft_t *in, const char *name,
                     auth0_registration_said_t said)
{
    if (said != AUTH0_REGISTRATION_UNSAID &&
        !auth0_json_add_flag(in, name, said == AUTH0_REGISTRATION_YES)) {
        tree->is_broken = true;
    }
}

static void add_whole(tree_t *tree, auth0_json_draft_t *in, const char *name,
                      int number)
{
    if (number >= 0 && !auth0_json_add_whole(in, name, number)) {
        tree->is_broken = true;
    }
}

void auth0_registration_tree_head(tree_t *tree, auth0_json_draft_t *in,
                                  const api_t *api)
{
    auth0_registration_tree_text(tree, in, "name",
                                 api->name ? api->name : api->identifier);
    auth0_registration_tree_text(tree, in, "identifier", api->identifier);
}

void auth0_registration_tree_scopes(tree_t *tree, auth0_json_draft_t *in,
                                    const api_t *api, const names_t *names)
{
    if (is_empty(api->scopes)) {
        return;
    }
    auth0_json_draft_t *array = add_array(tree, in, "scopes");

    for (int i = 0; i < api->scopes->nelts; i++) {
        const auth0_registration_scope_t *scope =
            &APR_ARRAY_IDX(api->scopes, i, auth0_registration_scope_t);
        auth0_json_draft_t *object = add_object(tree, array, NULL);

        auth0_registration_tree_text(tree, object, names->scope, scope->value);
        auth0_registration_tree_text(tree, object, "description",
                                     scope->description);
    }
}

/* Auth0 takes mtls from all clients only, and what is required, is of all. */
static void add_proof(tree_t *tree, auth0_json_draft_t *in,
                      const char *mechanism)
{
    if (!mechanism) {
        return;
    }
    auth0_json_draft_t *proof = add_object(tree, in, "proof_of_possession");

    auth0_registration_tree_text(tree, proof, "mechanism", mechanism);
    add_flag(tree, proof, "required", AUTH0_REGISTRATION_YES);
    auth0_registration_tree_text(tree, proof, "required_for", "all_clients");
}

static void add_policy(tree_t *tree, auth0_json_draft_t *in, const char *whose,
                       const char *policy)
{
    if (policy) {
        auth0_registration_tree_text(tree, add_object(tree, in, whose),
                                     "policy", policy);
    }
}

static void add_subjects(tree_t *tree, auth0_json_draft_t *in, const api_t *api)
{
    if (!api->user_policy && !api->client_policy) {
        return;
    }
    auth0_json_draft_t *subjects =
        add_object(tree, in, "subject_type_authorization");

    add_policy(tree, subjects, "user", api->user_policy);
    add_policy(tree, subjects, "client", api->client_policy);
}

static void add_details(tree_t *tree, auth0_json_draft_t *in, const api_t *api)
{
    if (is_empty(api->authorization_types)) {
        return;
    }
    auth0_json_draft_t *array = add_array(tree, in, "authorization_details");

    for (int i = 0; i < api->authorization_types->nelts; i++) {
        auth0_registration_tree_text(
            tree, add_object(tree, array, NULL), "type",
            APR_ARRAY_IDX(api->authorization_types, i, const char *));
    }
}

static void add_encryption(tree_t *tree, auth0_json_draft_t *in,
                           const auth0_registration_key_t *key,
                           const names_t *names)
{
    if (!key) {
        return;
    }
    auth0_json_draft_t *encryption = add_object(tree, in, "token_encryption");

    auth0_registration_tree_text(tree, encryption, "format",
                                 "compact-nested-jwe");
    auth0_json_draft_t *object = add_object(tree, encryption, "encryption_key");

    auth0_registration_tree_text(tree, object, "name", key->name);
    auth0_registration_tree_text(tree, object, names->alg, key->alg);
    auth0_registration_tree_text(tree, object, "kid", key->kid);
    auth0_registration_tree_text(tree, object, "pem", key->pem);
}

void auth0_registration_tree_rest(tree_t *tree, auth0_json_draft_t *in,
                                  const api_t *api, const names_t *names)
{
    auth0_registration_tree_text(tree, in, "signing_alg", api->signing_alg);
    auth0_registration_tree_text(tree, in, "token_dialect", api->token_dialect);
    add_flag(tree, in, "enforce_policies", api->enforce_policies);
    add_flag(tree, in, "allow_offline_access", api->allow_offline_access);
    add_whole(tree, in, "token_lifetime", api->token_lifetime);
    add_flag(tree, in, "skip_consent_for_verifiable_first_party_clients",
             api->skip_consent);
    add_proof(tree, in, api->pop_mechanism);
    add_subjects(tree, in, api);
    add_details(tree, in, api);
    add_encryption(tree, in, api->encryption, names);
}

static void add_grants(tree_t *tree, auth0_json_draft_t *in, const api_t *api)
{
    for (int i = 0; api->grants && i < api->grants->nelts; i++) {
        const auth0_registration_grant_t *grant =
            &APR_ARRAY_IDX(api->grants, i, auth0_registration_grant_t);
        auth0_json_draft_t *object = add_object(tree, in, NULL);

        auth0_registration_tree_text(tree, object, "client_id", grant->client);
        auth0_registration_tree_text(tree, object, "audience", api->identifier);
        auth0_registration_tree_texts(tree, object, "scope", grant->scopes);
        auth0_registration_tree_text(tree, object, "subject_type", "client");
    }
}

static void add_server(tree_t *tree, auth0_json_draft_t *in, const api_t *api)
{
    const names_t *names = &auth0_registration_names_api;
    auth0_json_draft_t *server = add_object(tree, in, NULL);

    auth0_registration_tree_head(tree, server, api);
    auth0_registration_tree_scopes(tree, server, api, names);
    auth0_registration_tree_rest(tree, server, api, names);
}

const auth0_json_t *auth0_registration_tree_all(const apr_array_header_t *apis,
                                                const char *servers,
                                                const char *grants,
                                                apr_pool_t *pool)
{
    tree_t tree = {pool, false};
    auth0_json_draft_t *root = auth0_registration_tree_root(&tree);
    auth0_json_draft_t *all_servers = add_array(&tree, root, servers);
    auth0_json_draft_t *all_grants = add_array(&tree, root, grants);

    for (int i = 0; i < apis->nelts; i++) {
        const api_t *api = &APR_ARRAY_IDX(apis, i, api_t);

        add_server(&tree, all_servers, api);
        add_grants(&tree, all_grants, api);
    }
    return tree.is_broken ? NULL : auth0_json_of(root, pool);
}
