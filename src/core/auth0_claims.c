/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_claims.h"

#include <math.h>
#include <string.h>

#include "core/auth0_cnf.h"
#include "core/auth0_count.h"

#define AUDIENCES_MAX 64
#define LOGOUT_EVENT "http://schemas.openid.net/event/backchannel-logout"

struct auth0_claims_t {
    const auth0_json_t *object;
    auth0_span_t kid;
    /* Looked for once, as they are judged at each request; NAN: none. */
    double exp;
    double nbf;
    double iat;
    bool is_bound; /* there is a cnf, whatever it says */
};

static double date_of(const auth0_json_t *object, const char *name)
{
    double value;

    return auth0_json_number(&value, auth0_json_member(object, name)) ? value
                                                                      : NAN;
}

auth0_claims_t *auth0_claims_of(const auth0_json_t *object, apr_pool_t *pool)
{
    auth0_claims_t *claims = apr_pcalloc(pool, sizeof(*claims));

    claims->object = object;
    claims->kid = auth0_span("", 0);
    claims->exp = date_of(object, "exp");
    claims->nbf = date_of(object, "nbf");
    claims->iat = date_of(object, "iat");
    claims->is_bound = auth0_json_member(object, "cnf") != NULL;
    return claims;
}

auth0_reason_t auth0_claims_parse(auth0_claims_t **claims, auth0_span_t json,
                                  apr_pool_t *pool)
{
    const auth0_json_t *object;

    *claims = NULL;
    if (!auth0_json_object(&object, json, auth0_json_payload_limit, pool)) {
        return AUTH0_CLAIMS_MALFORMED;
    }
    *claims = auth0_claims_of(object, pool);
    return AUTH0_OK;
}

#define ALIGNMENT ((size_t)16)

/* Where JSON may begin behind the head of a copy, in bytes. */
static size_t object_offset(void)
{
    return (sizeof(auth0_claims_t) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Where the text of the kid stands in a copy, in bytes. */
static size_t kid_offset(const auth0_claims_t *claims)
{
    return object_offset() + auth0_json_size(claims->object);
}

size_t auth0_claims_size(const auth0_claims_t *claims)
{
    return kid_offset(claims) + claims->kid.len;
}

const auth0_claims_t *auth0_claims_copy(void *memory,
                                        const auth0_claims_t *claims)
{
    auth0_claims_t *copy = memory;
    char *object = (char *)memory + object_offset();
    char *kid = (char *)memory + kid_offset(claims);

    memcpy(object, claims->object, auth0_json_size(claims->object));
    memcpy(kid, claims->kid.ptr, claims->kid.len);
    *copy = *claims;
    copy->object = (const auth0_json_t *)(void *)object;
    copy->kid = auth0_span(kid, claims->kid.len);
    return copy;
}

bool auth0_claims_string(auth0_span_t *value, const auth0_claims_t *claims,
                         const char *name)
{
    return auth0_json_string(value, auth0_json_member(claims->object, name));
}

bool auth0_claims_number(double *value, const auth0_claims_t *claims,
                         const char *name)
{
    return auth0_json_number(value, auth0_json_member(claims->object, name));
}

bool auth0_claims_are_bound(const auth0_claims_t *claims)
{
    return claims->is_bound;
}

auth0_span_t auth0_claims_kid(const auth0_claims_t *claims)
{
    return claims->kid;
}

void auth0_claims_note_kid(auth0_claims_t *claims, auth0_span_t kid)
{
    claims->kid = kid;
}

static bool is_text(const auth0_json_t *json)
{
    auth0_span_t value;

    return auth0_json_string(&value, json);
}

/* A name that goes into headers and logs: no control characters. */
static bool is_name(const auth0_json_t *json)
{
    auth0_span_t value;

    return auth0_json_string(&value, json) && !auth0_span_has_control(value);
}

/* A name that says something. */
static bool is_label(const auth0_json_t *json)
{
    auth0_span_t value;

    return is_name(json) && auth0_json_string(&value, json) && value.len > 0;
}

static bool is_date(const auth0_json_t *json)
{
    double seconds;

    return auth0_json_date(&seconds, json);
}

static bool is_texts(const auth0_json_t *json)
{
    const auth0_json_t *element = NULL;
    size_t len;

    while ((element = auth0_json_next(json, element))) {
        if (!is_text(element)) {
            return false;
        }
    }
    return auth0_json_array(&len, json);
}

static bool is_audience(const auth0_json_t *json)
{
    size_t len;

    if (is_text(json)) {
        return true;
    }
    return auth0_json_array(&len, json) && len <= AUDIENCES_MAX &&
           is_texts(json);
}

typedef struct claim_type_t {
    const char *name;
    bool (*is_good)(const auth0_json_t *);
} claim_type_t;

static const claim_type_t claim_types[] = {
    {"iss", is_name},          {"sub", is_name},      {"azp", is_name},
    {"org_id", is_name},       {"org_name", is_name}, {"client_id", is_name},
    {"jti", is_text},          {"scope", is_text},    {"aud", is_audience},
    {"exp", is_date},          {"nbf", is_date},      {"iat", is_date},
    {"permissions", is_texts},
};

/* Who is logged out: section 2.4 of Back-Channel Logout. */
static const claim_type_t logout_types[] = {{"sub", is_label},
                                            {"sid", is_label}};

static bool are_good(const auth0_claims_t *claims, const claim_type_t *types,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const auth0_json_t *claim =
            auth0_json_member(claims->object, types[i].name);
        if (claim && !types[i].is_good(claim)) {
            return false;
        }
    }
    return true;
}

/* A sub is a name, whatever it is used for: see claim_types. */
static bool user_is_good(const auth0_claims_t *claims,
                         const auth0_policy_t *policy)
{
    auth0_span_t user;

    return !policy->user_claim || strcmp(policy->user_claim, "sub") == 0 ||
           !auth0_claims_string(&user, claims, policy->user_claim) ||
           !auth0_span_has_control(user);
}

static bool types_are_good(const auth0_claims_t *claims,
                           const auth0_policy_t *policy)
{
    if (!are_good(claims, claim_types, AUTH0_COUNT(claim_types)) ||
        (auth0_profile_rules(policy->profile)->is_logout &&
         !are_good(claims, logout_types, AUTH0_COUNT(logout_types)))) {
        return false;
    }
    return user_is_good(claims, policy);
}

static bool has_required(const auth0_claims_t *claims,
                         const auth0_policy_t *policy)
{
    const auth0_profile_rules_t *rules = auth0_profile_rules(policy->profile);

    if (!rules->required) {
        return false;
    }
    for (size_t i = 0; rules->required[i]; i++) {
        if (!auth0_json_member(claims->object, rules->required[i])) {
            return false;
        }
    }
    if (rules->is_logout && !auth0_json_member(claims->object, "sub") &&
        !auth0_json_member(claims->object, "sid")) {
        return false;
    }
    return !policy->max_age || auth0_json_member(claims->object, "iat");
}

static bool is_one_of(auth0_span_t value, const auth0_span_t *list,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (auth0_span_eq(value, list[i])) {
            return true;
        }
    }
    return false;
}

static bool issuer_is_good(const auth0_claims_t *claims,
                           const auth0_policy_t *policy)
{
    auth0_span_t iss;
    size_t place;

    return auth0_claims_string(&iss, claims, "iss") &&
           auth0_issuers_find(&place, policy->issuers, iss);
}

static bool audience_is_good(const auth0_claims_t *claims,
                             const auth0_policy_t *policy)
{
    const auth0_json_t *aud = auth0_json_member(claims->object, "aud");
    const auth0_json_t *element = NULL;
    auth0_span_t value;

    if (auth0_json_string(&value, aud)) {
        return is_one_of(value, policy->audiences, policy->audience_count);
    }
    while ((element = auth0_json_next(aud, element))) {
        if (auth0_json_string(&value, element) &&
            is_one_of(value, policy->audiences, policy->audience_count)) {
            return true;
        }
    }
    return false;
}

/* NAN is neither later nor young enough. Whoever bounds the age is exact. */
static auth0_reason_t check_times(const auth0_claims_t *claims,
                                  const auth0_policy_t *policy, double now)
{
    double skew = policy->skew;

    if (!(claims->exp > now - skew)) {
        return AUTH0_CLAIMS_EXP;
    }
    if (claims->nbf > now + skew) {
        return AUTH0_CLAIMS_NBF;
    }
    if (claims->iat > now + skew) {
        return AUTH0_CLAIMS_IAT;
    }
    return policy->max_age && !(now - claims->iat <= policy->max_age)
               ? AUTH0_CLAIMS_AGE
               : AUTH0_OK;
}

/* Section 2.6: events says what it is, a nonce would make it an ID token. */
static auth0_reason_t check_event(const auth0_claims_t *claims)
{
    const auth0_json_t *events = auth0_json_member(claims->object, "events");

    if (!auth0_json_is_object(events) ||
        !auth0_json_is_object(auth0_json_member(events, LOGOUT_EVENT))) {
        return AUTH0_CLAIMS_EVENTS;
    }
    return auth0_json_member(claims->object, "nonce") ? AUTH0_CLAIMS_NONCE
                                                      : AUTH0_OK;
}

/* Nothing else tells a logout token of Auth0 from an access token. */
static auth0_reason_t check_no_event(const auth0_claims_t *claims)
{
    const auth0_json_t *events = auth0_json_member(claims->object, "events");

    return auth0_json_member(events, LOGOUT_EVENT) ? AUTH0_CLAIMS_EVENTS
                                                   : AUTH0_OK;
}

auth0_reason_t auth0_claims_check(const auth0_claims_t *claims,
                                  const auth0_policy_t *policy, apr_time_t now)
{
    auth0_cnf_t cnf;
    auth0_reason_t binding = auth0_cnf_read(&cnf, claims);

    if (!types_are_good(claims, policy) || binding == AUTH0_CLAIMS_TYPE) {
        return AUTH0_CLAIMS_TYPE;
    }
    if (!has_required(claims, policy)) {
        return AUTH0_CLAIMS_MISSING;
    }
    if (!issuer_is_good(claims, policy)) {
        return AUTH0_CLAIMS_ISS;
    }
    if (!audience_is_good(claims, policy)) {
        return AUTH0_CLAIMS_AUD;
    }
    bool is_logout = auth0_profile_rules(policy->profile)->is_logout;
    auth0_reason_t reason =
        check_times(claims, policy, (double)now / APR_USEC_PER_SEC);

    if (reason == AUTH0_OK) {
        reason = is_logout ? check_event(claims) : check_no_event(claims);
    }
    if (reason != AUTH0_OK) {
        return reason;
    }
    /* Nobody proves anything with a logout token. */
    return is_logout && cnf.is_present ? AUTH0_CNF_UNKNOWN : binding;
}

auth0_reason_t auth0_claims_check_again(const auth0_claims_t *claims,
                                        const auth0_policy_t *policy,
                                        apr_time_t now)
{
    return user_is_good(claims, policy)
               ? check_times(claims, policy, (double)now / APR_USEC_PER_SEC)
               : AUTH0_CLAIMS_TYPE;
}

const auth0_json_t *auth0_claims_member(const auth0_claims_t *claims,
                                        const char *name)
{
    return auth0_json_member(claims->object, name);
}

const auth0_json_t *auth0_claims_find(const auth0_claims_t *claims,
                                      const auth0_pointer_t *pointer)
{
    return auth0_pointer_find(pointer, claims->object);
}
