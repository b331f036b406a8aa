/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_lint_apis.h"

#include <apr_strings.h>

#include "core/auth0_count.h"
#include "httpd/mod_auth0_api.h"
#include "httpd/mod_auth0_survey.h"

static bool has_audience(const mod_auth0_dir_t *dir)
{
    return dir->audiences;
}

/* The APIs whose tokens a section takes; NULL when that is not all of them. */
static apr_array_header_t *apis_of(const mod_auth0_survey_t *survey,
                                   const mod_auth0_protected_t *section)
{
    const apr_array_header_t *audiences = section->dir->audiences;
    apr_array_header_t *apis =
        apr_array_make(survey->pool, 1, sizeof(const mod_auth0_api_t *));

    if (!audiences || mod_auth0_survey_may_have(survey, &section->area->place,
                                                has_audience)) {
        return NULL;
    }
    for (int i = 0; i < audiences->nelts; i++) {
        const mod_auth0_api_t *api =
            mod_auth0_api_find(APR_ARRAY_IDX(audiences, i, auth0_span_t));
        if (!api) {
            return NULL;
        }
        APR_ARRAY_PUSH(apis, const mod_auth0_api_t *) = api;
    }
    return apis;
}

typedef struct scopes_t {
    apr_pool_t *pool;
    const apr_array_header_t *apis; /* of const mod_auth0_api_t * */
    const char *why;
} scopes_t;

static bool is_declared(const scopes_t *scopes, const char *word)
{
    for (int i = 0; i < scopes->apis->nelts; i++) {
        if (mod_auth0_api_has_scope(
                APR_ARRAY_IDX(scopes->apis, i, const mod_auth0_api_t *),
                word)) {
            return true;
        }
    }
    return false;
}

/* OpenID Connect Core 1.0 sections 3.1.2.1, 5.4 and 11: they are no API's. */
static bool is_standard(const char *word)
{
    static const char *const known[] = {"openid",  "profile", "email",
                                        "address", "phone",   "offline_access"};

    for (size_t i = 0; i < AUTH0_COUNT(known); i++) {
        if (auth0_span_is(auth0_span_cstr(word), known[i])) {
            return true;
        }
    }
    return false;
}

/* One argument may be several words, which are then all needed. */
static const char *undeclared(const scopes_t *scopes, const char *argument,
                              bool may_be_standard)
{
    auth0_span_t rest = auth0_span_cstr(argument);
    auth0_span_t word;

    while (auth0_span_word(&word, &rest)) {
        const char *name = apr_pstrmemdup(scopes->pool, word.ptr, word.len);
        if (!is_declared(scopes, name) &&
            !(may_be_standard && is_standard(name))) {
            return name;
        }
    }
    return NULL;
}

static void look_at_words(scopes_t *scopes, const ap_directive_t *require,
                          auth0_require_kind_t kind, bool may_be_standard)
{
    const apr_array_header_t *words =
        mod_auth0_requires_words(require, kind, scopes->pool);

    for (int i = 0; words && !scopes->why && i < words->nelts; i++) {
        const char *wrong = undeclared(
            scopes, APR_ARRAY_IDX(words, i, const char *), may_be_standard);
        if (wrong) {
            scopes->why = apr_psprintf(
                scopes->pool, "Syntax error on line %d of %s: Require %s: %s",
                require->line_num, require->filename, auth0_require_name(kind),
                mod_auth0_api_no_scope(
                    APR_ARRAY_IDX(scopes->apis, 0, const mod_auth0_api_t *),
                    wrong, scopes->pool));
        }
    }
}

static void look_at_scopes(void *baton, const ap_directive_t *require)
{
    look_at_words(baton, require, AUTH0_REQUIRES_SCOPE, true);
    look_at_words(baton, require, AUTH0_REQUIRES_PERMISSION, false);
}

const char *mod_auth0_lint_scopes(apr_pool_t *pool,
                                  const server_rec *main_server)
{
    scopes_t scopes = {pool, NULL, NULL};

    if (mod_auth0_apis()->nelts == 0) {
        return NULL;
    }
    mod_auth0_survey_t survey = mod_auth0_survey(pool);
    const apr_array_header_t *all =
        mod_auth0_survey_protected(&survey, mod_auth0_areas(pool), main_server);

    for (int i = 0; i < all->nelts && !scopes.why; i++) {
        scopes.apis = apis_of(&survey, mod_auth0_protected_at(all, i));
        if (scopes.apis) {
            mod_auth0_protected_requires(mod_auth0_protected_at(all, i),
                                         look_at_scopes, &scopes);
        }
    }
    return scopes.why;
}

static bool says_algs(const mod_auth0_dir_t *dir)
{
    return dir->algs;
}

static bool says_profile(const mod_auth0_dir_t *dir)
{
    return dir->profile >= 0;
}

static bool says_dpop(const mod_auth0_dir_t *dir)
{
    return dir->dpop >= 0;
}

static bool says_encryption(const mod_auth0_dir_t *dir)
{
    return dir->decryption || dir->encrypted_only != MOD_AUTH0_UNSET;
}

static bool share_no_alg(const mod_auth0_dir_t *a, const mod_auth0_dir_t *b)
{
    return !(mod_auth0_dir_algs(a) & mod_auth0_dir_algs(b));
}

static bool are_of_two_dialects(const mod_auth0_dir_t *a,
                                const mod_auth0_dir_t *b)
{
    return a->profile == AUTH0_PROFILE_AUTH0 &&
           b->profile == AUTH0_PROFILE_RFC9068;
}

static bool demand_and_refuse_dpop(const mod_auth0_dir_t *a,
                                   const mod_auth0_dir_t *b)
{
    return mod_auth0_dir_bindings(a).dpop == AUTH0_BINDING_REQUIRED &&
           mod_auth0_dir_bindings(b).dpop == AUTH0_BINDING_DISABLED;
}

static bool demand_and_cannot_decrypt(const mod_auth0_dir_t *a,
                                      const mod_auth0_dir_t *b)
{
    return a->encrypted_only == MOD_AUTH0_ON && !b->decryption;
}

/* What no token of one API can be to both of two sections. */
typedef struct clash_t {
    bool (*is_so)(const mod_auth0_dir_t *a, const mod_auth0_dir_t *b);
    bool (*says)(const mod_auth0_dir_t *dir);
    const char *sentence;
} clash_t;

static const clash_t clashes[] = {
    {share_no_alg, says_algs,
     "share no algorithm, and Auth0 signs the tokens of one API with one: let "
     "Auth0Algorithms name that in both"},
    {are_of_two_dialects, says_profile,
     "differ in Auth0TokenProfile, auth0 and rfc9068, and the tokens of one "
     "API are all of one: let both name that"},
    {demand_and_refuse_dpop, says_dpop,
     "one has Auth0DPoP required and the other has it disabled, where a bound "
     "token is refused: let both have it required, or the other allowed"},
    {demand_and_cannot_decrypt, says_encryption,
     "one has Auth0EncryptedTokens required and the other has no "
     "Auth0DecryptionKey, where an encrypted token is refused: add it there"}};

static bool share(const apr_array_header_t *a, const apr_array_header_t *b,
                  auth0_span_t *shared)
{
    for (int i = 0; a && b && i < a->nelts; i++) {
        for (int k = 0; k < b->nelts; k++) {
            *shared = APR_ARRAY_IDX(a, i, auth0_span_t);
            if (auth0_span_eq(*shared, APR_ARRAY_IDX(b, k, auth0_span_t))) {
                return true;
            }
        }
    }
    return false;
}

static bool clash(const clash_t *kind, const mod_auth0_survey_t *survey,
                  const mod_auth0_protected_t *a,
                  const mod_auth0_protected_t *b)
{
    return (kind->is_so(a->dir, b->dir) || kind->is_so(b->dir, a->dir)) &&
           !mod_auth0_survey_may_have(survey, &a->area->place, kind->says) &&
           !mod_auth0_survey_may_have(survey, &b->area->place, kind->says);
}

static const char *head_of(const ap_directive_t *section, apr_pool_t *pool)
{
    return apr_pstrcat(pool, section->directive, " ", section->args, NULL);
}

/* One is enough of each kind: the others are most likely the same slip. */
static void look_at_clash(const mod_auth0_lint_t *lint, const clash_t *kind,
                          const mod_auth0_survey_t *survey,
                          const apr_array_header_t *all)
{
    auth0_span_t issuer, audience;

    for (int i = 1; i < all->nelts; i++) {
        const mod_auth0_protected_t *b = mod_auth0_protected_at(all, i);
        for (int k = 0; k < i; k++) {
            const mod_auth0_protected_t *a = mod_auth0_protected_at(all, k);
            const ap_directive_t *first = a->area->place.section;
            if (share(a->dir->audiences, b->dir->audiences, &audience) &&
                share(a->dir->issuers, b->dir->issuers, &issuer) &&
                clash(kind, survey, a, b)) {
                mod_auth0_lint_warn(
                    lint, b->area->place.section,
                    apr_psprintf(lint->pool,
                                 "this section and %s on line %d of %s take "
                                 "tokens for %.*s, but %s",
                                 head_of(first, lint->pool), first->line_num,
                                 first->filename, (int)audience.len,
                                 audience.ptr, kind->sentence));
                return;
            }
        }
    }
}

/* An audience, and who says it: a section, or an API where that is NULL. */
typedef struct said_t {
    auth0_span_t audience;
    const ap_directive_t *line;
    const mod_auth0_protected_t *section;
} said_t;

static void add_said(apr_array_header_t *list, auth0_span_t audience,
                     const ap_directive_t *line,
                     const mod_auth0_protected_t *section)
{
    for (int i = 0; i < list->nelts; i++) {
        const said_t *other = &APR_ARRAY_IDX(list, i, said_t);
        if (other->line == line && auth0_span_eq(other->audience, audience)) {
            return;
        }
    }
    APR_ARRAY_PUSH(list, said_t) = (said_t){audience, line, section};
}

static const ap_directive_t *audience_line(const mod_auth0_lint_t *lint,
                                           const mod_auth0_area_t *area)
{
    const mod_auth0_area_t *whose =
        mod_auth0_area_of(lint->areas, area, MOD_AUTH0_AUDIENCE);

    return whose ? whose->said[MOD_AUTH0_AUDIENCE] : area->place.section;
}

static apr_array_header_t *all_said(const mod_auth0_lint_t *lint,
                                    const apr_array_header_t *all)
{
    apr_array_header_t *list = apr_array_make(lint->pool, 4, sizeof(said_t));

    for (int i = 0; i < mod_auth0_apis()->nelts; i++) {
        const mod_auth0_api_t *api =
            APR_ARRAY_IDX(mod_auth0_apis(), i, mod_auth0_api_t *);
        add_said(list, auth0_span_cstr(api->said.identifier), api->place, NULL);
    }
    for (int i = 0; i < all->nelts; i++) {
        const mod_auth0_protected_t *section = mod_auth0_protected_at(all, i);
        const apr_array_header_t *audiences = section->dir->audiences;
        for (int k = 0; audiences && k < audiences->nelts; k++) {
            add_said(list, APR_ARRAY_IDX(audiences, k, auth0_span_t),
                     audience_line(lint, section->area), section);
        }
    }
    return list;
}

static bool is_but_for_slash(auth0_span_t longer, auth0_span_t shorter)
{
    return longer.len == shorter.len + 1 && longer.ptr[shorter.len] == '/' &&
           auth0_span_eq(auth0_span(longer.ptr, shorter.len), shorter);
}

/* Who names both in one section means it. */
static bool are_twins(const said_t *a, const said_t *b)
{
    auth0_span_t issuer;

    return (is_but_for_slash(a->audience, b->audience) ||
            is_but_for_slash(b->audience, a->audience)) &&
           !(a->section &&
             mod_auth0_protected_takes(a->section, b->audience)) &&
           !(b->section &&
             mod_auth0_protected_takes(b->section, a->audience)) &&
           (!a->section || !b->section ||
            share(a->section->dir->issuers, b->section->dir->issuers, &issuer));
}

static void look_at_twins(const mod_auth0_lint_t *lint,
                          const apr_array_header_t *all)
{
    const apr_array_header_t *list = all_said(lint, all);

    for (int i = 1; i < list->nelts; i++) {
        const said_t *b = &APR_ARRAY_IDX(list, i, said_t);
        for (int k = 0; k < i; k++) {
            const said_t *a = &APR_ARRAY_IDX(list, k, said_t);
            if (are_twins(a, b)) {
                mod_auth0_lint_warn(
                    lint, b->line,
                    apr_psprintf(lint->pool,
                                 "%.*s is another API to Auth0 than %.*s on "
                                 "line %d of %s, since the slash at the end "
                                 "counts: name the API's identifier as it "
                                 "stands in its settings",
                                 (int)b->audience.len, b->audience.ptr,
                                 (int)a->audience.len, a->audience.ptr,
                                 a->line->line_num, a->line->filename));
                return;
            }
        }
    }
}

void mod_auth0_lint_apis(const mod_auth0_lint_t *lint)
{
    mod_auth0_survey_t survey = mod_auth0_survey(lint->pool);
    const apr_array_header_t *all =
        mod_auth0_survey_protected(&survey, lint->areas, lint->main_server);

    for (size_t i = 0; i < AUTH0_COUNT(clashes); i++) {
        look_at_clash(lint, &clashes[i], &survey, all);
    }
    look_at_twins(lint, all);
}
