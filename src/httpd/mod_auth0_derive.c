/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_derive.h"

#include <apr_strings.h>

#include "core/auth0_count.h"
#include "core/auth0_jwekey.h"
#include "core/auth0_registration.h"
#include "httpd/mod_auth0_admits.h"
#include "httpd/mod_auth0_api.h"
#include "httpd/mod_auth0_names.h"

/* One API on its way to Auth0. */
typedef struct derive_t {
    apr_pool_t *pool;
    const mod_auth0_api_t *declared;
    auth0_registration_api_t *api;
    const apr_array_header_t *sections; /* of const mod_auth0_protected_t * */
    apr_array_header_t *remarks;
    apr_array_header_t *types;    /* of const char *: authorization_details */
    apr_array_header_t *required; /* of const char *: scopes, permissions   */
    bool needs_permission;
} derive_t;

static const mod_auth0_protected_t *section_at(const derive_t *derive, int i)
{
    return APR_ARRAY_IDX(derive->sections, i, const mod_auth0_protected_t *);
}

static const mod_auth0_dir_t *dir_at(const derive_t *derive, int i)
{
    return section_at(derive, i)->dir;
}

static void remark(const derive_t *derive, const char *sentence)
{
    APR_ARRAY_PUSH(derive->remarks, const char *) = apr_psprintf(
        derive->pool, "<Auth0API %s> on line %d of %s: %s",
        derive->declared->said.identifier, derive->declared->place->line_num,
        derive->declared->place->filename, sentence);
}

static void note_require(void *baton, const ap_directive_t *require)
{
    derive_t *derive = baton;

    if (mod_auth0_requires_words(require, AUTH0_REQUIRES_PERMISSION,
                                 derive->pool)) {
        derive->needs_permission = true;
    }
    mod_auth0_requires_collect(derive->required, derive->types, require,
                               derive->pool);
}

/* Those that an API may have: Auth0 knows no others. */
static unsigned auth0_algs(void)
{
    static const char *const names[] = {"HS256", "RS256", "RS512", "PS256"};
    unsigned algs = 0;

    for (size_t i = 0; i < AUTH0_COUNT(names); i++) {
        algs |= auth0_alg_find(auth0_span_cstr(names[i]))->bit;
    }
    return algs;
}

static void derive_alg(const derive_t *derive)
{
    unsigned algs = auth0_algs();

    for (int i = 0; i < derive->sections->nelts; i++) {
        algs &= mod_auth0_dir_algs(dir_at(derive, i));
    }
    for (size_t i = 0; auth0_alg_at(i); i++) {
        if (auth0_alg_at(i)->bit == algs) {
            derive->api->signing_alg = auth0_alg_at(i)->name;
            return;
        }
    }
    remark(derive,
           algs ? "signing_alg is left out, because its sections allow more "
                  "than one of HS256, RS256, RS512 and PS256: let "
                  "Auth0Algorithms name the one"
                : "signing_alg is left out, because its sections share none "
                  "of HS256, RS256, RS512 and PS256, of which Auth0 signs "
                  "the tokens of an API with one");
}

static bool has_profile(const derive_t *derive, auth0_profile_t profile)
{
    for (int i = 0; i < derive->sections->nelts; i++) {
        if (dir_at(derive, i)->profile == (int)profile) {
            return true;
        }
    }
    return false;
}

static void derive_dialect(const derive_t *derive)
{
    static const char *const dialects[2][2] = {
        {"access_token", "access_token_authz"},
        {"rfc9068_profile", "rfc9068_profile_authz"}};
    bool is_rfc9068 = has_profile(derive, AUTH0_PROFILE_RFC9068);

    if (derive->needs_permission) {
        derive->api->enforce_policies = AUTH0_REGISTRATION_YES;
    }
    if (is_rfc9068 && has_profile(derive, AUTH0_PROFILE_AUTH0)) {
        remark(derive, "token_dialect is left out, because its sections "
                       "differ in Auth0TokenProfile, auth0 and rfc9068");
        return;
    }
    derive->api->token_dialect = dialects[is_rfc9068][derive->needs_permission];
}

/* In how many sections tokens have to be bound, by DPoP and otherwise. */
static void count_bound(int *by_dpop, int *by_certificate,
                        const derive_t *derive)
{
    *by_dpop = *by_certificate = 0;
    for (int i = 0; i < derive->sections->nelts; i++) {
        mod_auth0_bindings_t bindings =
            mod_auth0_dir_bindings(dir_at(derive, i));
        *by_dpop += bindings.dpop == AUTH0_BINDING_REQUIRED;
        *by_certificate += bindings.certificate == AUTH0_BINDING_REQUIRED;
    }
}

static void derive_binding(const derive_t *derive)
{
    int by_dpop, by_certificate;

    count_bound(&by_dpop, &by_certificate, derive);
    if (by_dpop && by_certificate) {
        remark(derive, "proof_of_possession is left out, because its sections "
                       "require both DPoP and certificates, and Auth0 binds "
                       "the tokens of one API by one of them");
        return;
    }
    if (by_dpop || by_certificate) {
        derive->api->pop_mechanism = by_dpop ? "dpop" : "mtls";
    }
    if (derive->api->pop_mechanism &&
        by_dpop + by_certificate < derive->sections->nelts) {
        remark(derive, "proof_of_possession is required, as some of its "
                       "sections say, so Auth0 binds the tokens for all of "
                       "them: say the same in the others");
    }
}

static bool opens(const mod_auth0_dir_t *dir, const auth0_jwekey_t *key)
{
    for (int i = 0; dir->decryption && i < dir->decryption->nelts; i++) {
        if (auth0_jwekey_same(key, APR_ARRAY_IDX(dir->decryption, i,
                                                 const auth0_jwekey_t *))) {
            return true;
        }
    }
    return false;
}

static bool all_open(const derive_t *derive, const auth0_jwekey_t *key)
{
    for (int i = 0; i < derive->sections->nelts; i++) {
        if (!opens(dir_at(derive, i), key)) {
            return false;
        }
    }
    return true;
}

static bool has_keys(const derive_t *derive)
{
    for (int i = 0; i < derive->sections->nelts; i++) {
        if (dir_at(derive, i)->decryption) {
            return true;
        }
    }
    return false;
}

/* The last one that all have: a new key is named after the old one. */
static const auth0_jwekey_t *shared_key(const derive_t *derive)
{
    const apr_array_header_t *keys = dir_at(derive, 0)->decryption;

    for (int i = keys ? keys->nelts - 1 : -1; i >= 0; i--) {
        const auth0_jwekey_t *key =
            APR_ARRAY_IDX(keys, i, const auth0_jwekey_t *);
        if (all_open(derive, key)) {
            return key;
        }
    }
    return NULL;
}

static void derive_encryption(const derive_t *derive)
{
    const auth0_jwekey_t *key = shared_key(derive);

    if (!key) {
        if (has_keys(derive)) {
            remark(derive, "token_encryption is left out, because no "
                           "Auth0DecryptionKey is in all of its sections");
        }
        return;
    }
    auth0_span_t kid = auth0_jwekey_kid(key);
    auth0_registration_key_t *made = apr_pcalloc(derive->pool, sizeof(*made));

    made->name = "httpd";
    made->alg = "RSA-OAEP-256";
    made->kid =
        kid.len > 0 ? apr_pstrmemdup(derive->pool, kid.ptr, kid.len) : NULL;
    made->pem = auth0_jwekey_public(key, derive->pool);
    derive->api->encryption = made->pem ? made : NULL;
}

static void derive_subjects(const derive_t *derive)
{
    unsigned subjects = 0;

    for (int i = 0; i < derive->sections->nelts; i++) {
        subjects |= mod_auth0_admits(section_at(derive, i), derive->pool);
    }
    if (subjects == AUTH0_SUBJECT_MACHINE) {
        derive->api->user_policy = "deny_all";
        derive->api->client_policy = "require_client_grant";
    }
    if (subjects == AUTH0_SUBJECT_USER) {
        derive->api->user_policy = "require_client_grant";
        derive->api->client_policy = "deny_all";
    }
    if (subjects == AUTH0_SUBJECT_USER && derive->declared->grants->nelts > 0) {
        remark(derive, "Auth0ClientGrant is of no use, because all of its "
                       "sections are for users only");
    }
}

static void remark_on_scopes(const derive_t *derive)
{
    const apr_array_header_t *names = derive->declared->names;

    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (!mod_auth0_names_hold(derive->required, auth0_span_cstr(name))) {
            remark(derive,
                   apr_psprintf(derive->pool,
                                "'%s' is declared, and no Require auth0-scope "
                                "or auth0-permission names it",
                                name));
        }
    }
}

static const apr_array_header_t *sections_of(const mod_auth0_api_t *declared,
                                             const apr_array_header_t *all,
                                             apr_pool_t *pool)
{
    apr_array_header_t *sections =
        apr_array_make(pool, 4, sizeof(const mod_auth0_protected_t *));
    auth0_span_t audience = auth0_span_cstr(declared->said.identifier);

    for (int i = 0; i < all->nelts; i++) {
        const mod_auth0_protected_t *section = mod_auth0_protected_at(all, i);
        if (mod_auth0_protected_takes(section, audience)) {
            APR_ARRAY_PUSH(sections, const mod_auth0_protected_t *) = section;
        }
    }
    return sections;
}

static void derive_from_sections(derive_t *derive)
{
    for (int i = 0; i < derive->sections->nelts; i++) {
        mod_auth0_protected_requires(section_at(derive, i), note_require,
                                     derive);
    }
    derive_alg(derive);
    derive_dialect(derive);
    derive_binding(derive);
    derive_encryption(derive);
    derive_subjects(derive);
    remark_on_scopes(derive);
    if (derive->types->nelts > 0) {
        derive->api->authorization_types = derive->types;
    }
}

static void derive_one(const mod_auth0_derived_t *derived,
                       const mod_auth0_api_t *declared,
                       const apr_array_header_t *all, apr_pool_t *pool)
{
    derive_t derive = {pool,
                       declared,
                       apr_array_push(derived->apis),
                       sections_of(declared, all, pool),
                       derived->remarks,
                       apr_array_make(pool, 2, sizeof(const char *)),
                       apr_array_make(pool, 8, sizeof(const char *)),
                       false};

    *derive.api = declared->said;
    if (derive.sections->nelts == 0) {
        remark(&derive, "no section has this audience, so nothing is derived "
                        "from any");
        return;
    }
    derive_from_sections(&derive);
}

mod_auth0_derived_t mod_auth0_derive(const apr_array_header_t *all,
                                     apr_pool_t *pool)
{
    const apr_array_header_t *declared = mod_auth0_apis();
    mod_auth0_derived_t derived = {
        apr_array_make(pool, declared->nelts, sizeof(auth0_registration_api_t)),
        apr_array_make(pool, 4, sizeof(const char *))};

    for (int i = 0; i < declared->nelts; i++) {
        derive_one(&derived, APR_ARRAY_IDX(declared, i, mod_auth0_api_t *), all,
                   pool);
    }
    return derived;
}
