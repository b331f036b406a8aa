/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_require.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include "core/auth0_scope.h"
#include "core/auth0_subject.h"

/* A value that a claim may have, as text and, if it reads so, as JSON. */
typedef struct value_t {
    auth0_span_t text;
    const auth0_json_t *literal; /* a number or a boolean, or NULL */
} value_t;

struct auth0_require_t {
    auth0_require_kind_t kind;
    auth0_scope_req_t *scope;
    auth0_pointer_t *name;
    value_t *values;
    size_t count;
    unsigned subjects; /* mask of auth0_subject_t */
    auth0_stepup_t *stepup;
};

typedef const char *parse_fn(auth0_require_t *required,
                             const char *const *words, size_t count,
                             apr_pool_t *pool);
typedef bool meets_fn(const auth0_require_t *required,
                      const auth0_claims_t *claims);

static const char *parse_scope(auth0_require_t *required,
                               const char *const *words, size_t count,
                               apr_pool_t *pool)
{
    return auth0_scope_req_parse(&required->scope, words, count, pool);
}

static const char *read_values(auth0_require_t *required,
                               const char *const *words, size_t count,
                               apr_pool_t *pool)
{
    required->values = apr_pcalloc(pool, count * sizeof(value_t));
    required->count = count;
    for (size_t i = 0; i < count; i++) {
        value_t *value = &required->values[i];
        value->text = auth0_span_cstr(apr_pstrdup(pool, words[i]));
        (void)auth0_json_literal(&value->literal, value->text, pool);
    }
    return NULL;
}

static const char *parse_claim(auth0_require_t *required,
                               const char *const *words, size_t count,
                               apr_pool_t *pool)
{
    if (count == 0) {
        return "needs the name of a claim, and values if its presence is not "
               "enough";
    }
    const char *why = auth0_pointer_parse(&required->name, words[0], pool);

    return why ? apr_psprintf(pool, "'%s' %s", words[0], why)
               : read_values(required, words + 1, count - 1, pool);
}

static bool is_text(const char *word)
{
    return *word && !auth0_span_has_control(auth0_span_cstr(word));
}

static const char *parse_names(auth0_require_t *required,
                               const char *const *words, size_t count,
                               apr_pool_t *pool)
{
    if (count == 0) {
        return "needs at least one value";
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_text(words[i])) {
            return "has a value that is empty or holds a control character";
        }
    }
    return read_values(required, words, count, pool);
}

static const char *parse_subject(auth0_require_t *required,
                                 const char *const *words, size_t count,
                                 apr_pool_t *pool)
{
    for (size_t i = 0; i < count; i++) {
        auth0_subject_t subject =
            auth0_subject_named(auth0_span_cstr(words[i]));
        if (subject == AUTH0_SUBJECT_UNKNOWN) {
            return apr_psprintf(pool,
                                "'%s' is none of user, machine, agent, "
                                "anonymous",
                                words[i]);
        }
        required->subjects |= subject;
    }
    return count ? NULL : "needs one of user, machine, agent, anonymous";
}

static const char *parse_stepup(auth0_require_t *required,
                                const char *const *words, size_t count,
                                apr_pool_t *pool)
{
    return auth0_stepup_parse(&required->stepup, words, count, pool);
}

static bool meets_scope(const auth0_require_t *required,
                        const auth0_claims_t *claims)
{
    auth0_span_t granted = auth0_span("", 0);

    (void)auth0_claims_string(&granted, claims, "scope");
    return auth0_scope_satisfied(required->scope, granted);
}

static bool meets_permission(const auth0_require_t *required,
                             const auth0_claims_t *claims)
{
    return auth0_scope_satisfied_by(required->scope,
                                    auth0_claims_member(claims, "permissions"));
}

static bool is_value(const auth0_json_t *json, const value_t *value)
{
    auth0_span_t text;

    return auth0_json_string(&text, json)
               ? auth0_span_eq(text, value->text)
               : value->literal && auth0_json_same(json, value->literal);
}

static bool is_or_holds(const auth0_json_t *claim, const value_t *value)
{
    const auth0_json_t *element = NULL;
    size_t len;

    if (!auth0_json_array(&len, claim)) {
        return is_value(claim, value);
    }
    while ((element = auth0_json_next(claim, element))) {
        if (is_value(element, value)) {
            return true;
        }
    }
    return false;
}

static bool meets_claim(const auth0_require_t *required,
                        const auth0_claims_t *claims)
{
    const auth0_json_t *claim = auth0_claims_find(claims, required->name);

    for (size_t i = 0; claim && i < required->count; i++) {
        if (is_or_holds(claim, &required->values[i])) {
            return true;
        }
    }
    return claim && required->count == 0;
}

/* Auth0 gives every identifier this prefix, and no name may have it. */
static bool is_org(auth0_span_t id, auth0_span_t name, auth0_span_t wanted)
{
    return auth0_span_starts(wanted, "org_")
               ? auth0_span_eq(id, wanted)
               : auth0_span_eq_nocase(name, wanted);
}

static bool meets_org(const auth0_require_t *required,
                      const auth0_claims_t *claims)
{
    auth0_span_t id = auth0_span("", 0);
    auth0_span_t name = auth0_span("", 0);

    (void)auth0_claims_string(&id, claims, "org_id");
    (void)auth0_claims_string(&name, claims, "org_name");
    for (size_t i = 0; i < required->count; i++) {
        if (is_org(id, name, required->values[i].text)) {
            return true;
        }
    }
    return false;
}

static bool is_listed(const auth0_require_t *required, auth0_span_t value)
{
    for (size_t i = 0; i < required->count; i++) {
        if (auth0_span_eq(value, required->values[i].text)) {
            return true;
        }
    }
    return false;
}

/* A token that names two clients has to be good by either name. */
static bool meets_client(const auth0_require_t *required,
                         const auth0_claims_t *claims)
{
    auth0_span_t azp;
    auth0_span_t client_id;
    bool has_azp = auth0_claims_string(&azp, claims, "azp");
    bool has_client_id = auth0_claims_string(&client_id, claims, "client_id");

    return (has_azp || has_client_id) &&
           (!has_azp || is_listed(required, azp)) &&
           (!has_client_id || is_listed(required, client_id));
}

static bool meets_subject(const auth0_require_t *required,
                          const auth0_claims_t *claims)
{
    return auth0_subject_of(claims) & required->subjects;
}

/* RFC 9396 section 2: an array of objects, each with a type. */
static bool meets_authorization_details(const auth0_require_t *required,
                                        const auth0_claims_t *claims)
{
    const auth0_json_t *details =
        auth0_claims_member(claims, "authorization_details");
    const auth0_json_t *detail = NULL;
    auth0_span_t type;

    while ((detail = auth0_json_next(details, detail))) {
        if (auth0_json_string(&type, auth0_json_member(detail, "type")) &&
            is_listed(required, type)) {
            return true;
        }
    }
    return false;
}

typedef struct kind_t {
    const char *name;
    parse_fn *parse;
    meets_fn *meets; /* NULL for step-up, which has more than two answers */
    auth0_reason_t reason;
    bool is_mendable; /* by more scopes, or by a newer login */
} kind_t;

static const kind_t kinds[] = {
    [AUTH0_REQUIRES_SCOPE] = {"auth0-scope", parse_scope, meets_scope,
                              AUTH0_REQUIRE_SCOPE, true},
    [AUTH0_REQUIRES_PERMISSION] = {"auth0-permission", parse_scope,
                                   meets_permission, AUTH0_REQUIRE_PERMISSION,
                                   true},
    [AUTH0_REQUIRES_CLAIM] = {"auth0-claim", parse_claim, meets_claim,
                              AUTH0_REQUIRE_CLAIM, false},
    [AUTH0_REQUIRES_ORG] = {"auth0-org", parse_names, meets_org,
                            AUTH0_REQUIRE_ORG, false},
    [AUTH0_REQUIRES_CLIENT] = {"auth0-client", parse_names, meets_client,
                               AUTH0_REQUIRE_CLIENT, false},
    [AUTH0_REQUIRES_SUBJECT] = {"auth0-subject", parse_subject, meets_subject,
                                AUTH0_REQUIRE_SUBJECT, false},
    [AUTH0_REQUIRES_STEP_UP] = {"auth0-step-up", parse_stepup, NULL,
                                AUTH0_REQUIRE_STEP_UP, true},
    [AUTH0_REQUIRES_AUTHORIZATION_DETAILS] =
        {"auth0-authorization-details", parse_names,
         meets_authorization_details, AUTH0_REQUIRE_AUTHORIZATION_DETAILS,
         false},
};

const char *auth0_require_name(auth0_require_kind_t kind)
{
    return kinds[kind].name;
}

const char *auth0_require_parse(auth0_require_t **required,
                                auth0_require_kind_t kind,
                                const char *const *words, size_t count,
                                apr_pool_t *pool)
{
    auth0_require_t *made = apr_pcalloc(pool, sizeof(*made));
    const char *why = kinds[kind].parse(made, words, count, pool);

    made->kind = kind;
    *required = why ? NULL : made;
    return why;
}

auth0_reason_t auth0_require_check(const auth0_require_t *required,
                                   const auth0_claims_t *claims,
                                   const auth0_stepup_facts_t *facts)
{
    const kind_t *kind = &kinds[required->kind];

    if (!kind->meets) {
        return auth0_stepup_check(required->stepup, claims, facts);
    }
    return kind->meets(required, claims) ? AUTH0_OK : kind->reason;
}

/* Not where a claim could not be judged at all. */
static bool can_be_mended(const auth0_unmet_t *unmet)
{
    const kind_t *kind = &kinds[unmet->required->kind];

    return kind->is_mendable && unmet->reason == kind->reason;
}

size_t auth0_require_decisive(const auth0_unmet_t *unmet, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!can_be_mended(&unmet[i])) {
            return i;
        }
    }
    return 0;
}

static const char *scope_words(const auth0_unmet_t *unmet, size_t count,
                               apr_pool_t *pool)
{
    apr_array_header_t *scopes =
        apr_array_make(pool, (int)count, sizeof(const auth0_scope_req_t *));

    for (size_t i = 0; i < count; i++) {
        if (unmet[i].required->scope) {
            APR_ARRAY_PUSH(scopes, const auth0_scope_req_t *) =
                unmet[i].required->scope;
        }
    }
    return auth0_scope_words((const auth0_scope_req_t *const *)scopes->elts,
                             (size_t)scopes->nelts, pool);
}

void auth0_require_challenge(auth0_challenge_t *challenge,
                             const auth0_unmet_t *unmet, size_t count,
                             apr_pool_t *pool)
{
    const auth0_unmet_t *decisive =
        &unmet[auth0_require_decisive(unmet, count)];

    challenge->reason = decisive->reason;
    if (!can_be_mended(decisive)) {
        return;
    }
    if (decisive->required->stepup) {
        challenge->acr_values = decisive->required->stepup->acr_values;
        challenge->max_age = decisive->required->stepup->max_age;
    }
    if (decisive->required->scope) {
        challenge->scope = scope_words(unmet, count, pool);
    }
}
