/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_stepup.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_count.h"
#include "core/auth0_digits.h"
#include "core/auth0_scope.h"

/* Ten digits are three centuries. */
#define MAX_AGE_DIGITS 10

/* They are sent in a quoted-string, with single spaces between them. */
static const char *read_acr(auth0_stepup_t *stepup, const char *value,
                            apr_pool_t *pool)
{
    auth0_scope_req_t *words;

    if (stepup->acr_values) {
        return "has acr twice: name all values in one, acr=\"a b\"";
    }
    if (value[strspn(value, " ")] == '\0') {
        return "has an empty acr: name a value, such as "
               "acr=http://schemas.openid.net/pape/policies/2007/06/"
               "multi-factor";
    }
    if (auth0_scope_req_parse(&words, &value, 1, pool)) {
        return "has an acr with a character that cannot be sent: use printable "
               "ASCII without quote and backslash";
    }
    stepup->acr_values =
        auth0_scope_words((const auth0_scope_req_t *const *)&words, 1, pool);
    return NULL;
}

static const char *read_max_age(auth0_stepup_t *stepup, const char *value,
                                apr_pool_t *pool)
{
    auth0_span_t digits = auth0_span_cstr(value);
    uint64_t seconds;

    if (stepup->max_age) {
        return "has max_age twice";
    }
    if (digits.len > MAX_AGE_DIGITS ||
        !auth0_digits_read(&seconds, digits, UINT64_MAX)) {
        return "has a max_age that is no whole number of seconds, such as "
               "max_age=300";
    }
    stepup->max_age = apr_pstrdup(pool, value);
    stepup->max_age_seconds = (double)seconds;
    return NULL;
}

typedef struct parameter_t {
    const char *prefix;
    const char *(*read)(auth0_stepup_t *, const char *value, apr_pool_t *);
} parameter_t;

static const parameter_t parameters[] = {
    {"acr=", read_acr},
    {"max_age=", read_max_age},
};

#define USAGE "needs acr=\"VALUE ...\", max_age=SECONDS or both"

static const char *read_word(auth0_stepup_t *stepup, const char *word,
                             apr_pool_t *pool)
{
    for (size_t i = 0; i < AUTH0_COUNT(parameters); i++) {
        const parameter_t *parameter = &parameters[i];
        if (auth0_span_starts(auth0_span_cstr(word), parameter->prefix)) {
            return parameter->read(stepup, word + strlen(parameter->prefix),
                                   pool);
        }
    }
    return apr_psprintf(pool, USAGE ", and knows no '%s'", word);
}

const char *auth0_stepup_parse(auth0_stepup_t **stepup,
                               const char *const *words, size_t count,
                               apr_pool_t *pool)
{
    auth0_stepup_t *made = apr_pcalloc(pool, sizeof(*made));
    const char *why = count == 0 ? USAGE : NULL;

    for (size_t i = 0; !why && i < count; i++) {
        why = read_word(made, words[i], pool);
    }
    *stepup = why ? NULL : made;
    return why;
}

static bool acr_is_good(const auth0_stepup_t *stepup,
                        const auth0_claims_t *claims,
                        const auth0_stepup_facts_t *facts)
{
    auth0_span_t acr;

    return !stepup->acr_values ||
           (auth0_json_string(&acr, auth0_claims_find(claims, facts->acr)) &&
            auth0_span_has_word(auth0_span_cstr(stepup->acr_values), acr));
}

static auth0_reason_t check_age(const auth0_stepup_t *stepup,
                                const auth0_claims_t *claims,
                                const auth0_stepup_facts_t *facts)
{
    double now = (double)facts->now / APR_USEC_PER_SEC;
    const auth0_json_t *claim = auth0_claims_find(claims, facts->auth_time);
    double auth_time;

    if (!claim) {
        return AUTH0_REQUIRE_STEP_UP;
    }
    if (!auth0_json_number(&auth_time, claim) || auth_time < 0 ||
        auth_time > now + facts->skew) {
        return AUTH0_CLAIMS_TYPE;
    }
    return now - auth_time > stepup->max_age_seconds ? AUTH0_REQUIRE_STEP_UP
                                                     : AUTH0_OK;
}

auth0_reason_t auth0_stepup_check(const auth0_stepup_t *stepup,
                                  const auth0_claims_t *claims,
                                  const auth0_stepup_facts_t *facts)
{
    auth0_reason_t age =
        stepup->max_age ? check_age(stepup, claims, facts) : AUTH0_OK;

    if (age == AUTH0_OK && !acr_is_good(stepup, claims, facts)) {
        return AUTH0_REQUIRE_STEP_UP;
    }
    return age;
}
