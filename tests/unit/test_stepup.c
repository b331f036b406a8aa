/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_stepup.h"

#define WORDS_MAX 4

static auth0_stepup_t *parse(const char *const *words, apr_pool_t *pool)
{
    auth0_stepup_t *stepup = NULL;
    const char *why = auth0_stepup_parse(
        &stepup, words, support_count_words(words, WORDS_MAX), pool);
    if (why != NULL) {
        fail_msg("step-up %s", why);
    }
    assert_non_null(stepup);
    return stepup;
}

typedef struct good_row_t {
    const char *words[WORDS_MAX];
    const char *acr_values;
    const char *max_age;
    double seconds;
} good_row_t;

static const good_row_t good_rows[] = {
    {{"acr=gold"}, "gold", NULL, 0},
    {{"acr=gold silver"}, "gold silver", NULL, 0},
    {{"acr=  gold   silver "}, "gold silver", NULL, 0},
    {{"acr=gold gold"}, "gold", NULL, 0},
    {{"acr=acr=max_age=1"}, "acr=max_age=1", NULL, 0},
    {{"acr=http://schemas.openid.net/pape/policies/2007/06/multi-factor"},
     "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
     NULL,
     0},
    {{"acr=!#$%&'()*+,-./:;<=>?@[]^_`{|}~"},
     "!#$%&'()*+,-./:;<=>?@[]^_`{|}~",
     NULL,
     0},
    {{"max_age=0"}, NULL, "0", 0},
    {{"max_age=1"}, NULL, "1", 1},
    {{"max_age=300"}, NULL, "300", 300},
    {{"max_age=9999999999"}, NULL, "9999999999", 9999999999.0},
    {{"acr=gold", "max_age=300"}, "gold", "300", 300},
    {{"max_age=300", "acr=gold"}, "gold", "300", 300},
};

static void the_words_are_read(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(good_rows); i++) {
        const good_row_t *row = &good_rows[i];
        const auth0_stepup_t *stepup = parse(row->words, *state);
        bad += support_text(row->words[0], stepup->acr_values, row->acr_values);
        bad += support_text(row->words[0], stepup->max_age, row->max_age);
        bad += support_equal(row->words[0], (long)stepup->max_age_seconds,
                             (long)row->seconds);
    }
    assert_int_equal(bad, 0);
}

typedef struct refused_row_t {
    const char *words[WORDS_MAX];
    const char *about; /* stands in the sentence */
} refused_row_t;

static const refused_row_t refused_rows[] = {
    {{NULL}, "needs"},
    {{""}, "needs"},
    {{"gold"}, "'gold'"},
    {{"acr"}, "'acr'"},
    {{"Acr=gold"}, "'Acr=gold'"},
    {{" acr=gold"}, "' acr=gold'"},
    {{"acr =gold"}, "'acr =gold'"},
    {{"amr=mfa"}, "'amr=mfa'"},
    {{"acr_values=gold"}, "'acr_values=gold'"},
    {{"MAX_AGE=1"}, "'MAX_AGE=1'"},
    {{"max-age=1"}, "'max-age=1'"},
    {{"maxage=1"}, "'maxage=1'"},
    {{"300"}, "'300'"},
    {{"acr=gold", "silver"}, "'silver'"},
    {{"acr=gold", ""}, "needs"},
    {{"acr="}, "empty acr"},
    {{"acr=   "}, "empty acr"},
    {{"acr=a\"b"}, "character"},
    {{"acr=a\\b"}, "character"},
    {{"acr=a\tb"}, "character"},
    {{"acr=a\r\nX: y"}, "character"},
    {{"acr=a\x7f"}, "character"},
    {{"acr=\xc3\xa9"}, "character"},
    {{"acr=gold", "acr=silver"}, "acr twice"},
    {{"acr=gold", "acr=gold"}, "acr twice"},
    {{"acr=gold", "max_age=1", "acr=silver"}, "acr twice"},
    {{"max_age=1", "max_age=2"}, "max_age twice"},
    {{"max_age=0", "max_age=0"}, "max_age twice"},
    {{"max_age=1", "acr=gold", "max_age=1"}, "max_age twice"},
    {{"max_age="}, "max_age=300"},
    {{"max_age= "}, "max_age=300"},
    {{"max_age=-1"}, "max_age=300"},
    {{"max_age=+1"}, "max_age=300"},
    {{"max_age= 1"}, "max_age=300"},
    {{"max_age=1 "}, "max_age=300"},
    {{"max_age=1.5"}, "max_age=300"},
    {{"max_age=1e3"}, "max_age=300"},
    {{"max_age=0x10"}, "max_age=300"},
    {{"max_age=5m"}, "max_age=300"},
    {{"max_age=1:"}, "max_age=300"},
    {{"max_age=1/"}, "max_age=300"},
    {{"max_age=\"1\""}, "max_age=300"},
    {{"max_age=10000000000"}, "max_age=300"},
    {{"max_age=00000000001"}, "max_age=300"},
    {{"max_age=340282366920938463463374607431768211456"}, "max_age=300"},
    {{"max_age=5m", "max_age=1"}, "max_age=300"},
};

static void what_cannot_be_asked_for_is_refused(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(refused_rows); i++) {
        const refused_row_t *row = &refused_rows[i];
        static char poison;
        auth0_stepup_t *stepup = (auth0_stepup_t *)(void *)&poison;
        const char *why = auth0_stepup_parse(
            &stepup, row->words, support_count_words(row->words, WORDS_MAX),
            *state);
        const char *name = row->words[0] ? row->words[0] : "no words";
        assert_null(stepup);
        bad += support_equal(name, why && strstr(why, row->about), true);
    }
    assert_int_equal(bad, 0);
}

static void a_requirement_outlives_its_words(void **state)
{
    char acr[] = "acr=gold silver";
    char max_age[] = "max_age=300";
    const char *const words[] = {acr, max_age, NULL};
    const auth0_stepup_t *stepup = parse(words, *state);
    memset(acr, 'x', sizeof(acr) - 1);
    memset(max_age, 'x', sizeof(max_age) - 1);
    assert_string_equal(stepup->acr_values, "gold silver");
    assert_string_equal(stepup->max_age, "300");
}

/* The facts stand where Auth0's defaults say, or somewhere else. */
typedef struct places_t {
    const char *acr;
    const char *auth_time;
} places_t;

static const places_t usual = {"acr", "auth_time"};

typedef struct moment_t {
    apr_time_t after; /* microseconds after SUPPORT_NOW */
    unsigned skew;
} moment_t;

static auth0_reason_t check(const char *const *words, const char *json,
                            places_t places, moment_t moment, apr_pool_t *pool)
{
    auth0_claims_t *claims;
    auth0_pointer_t *acr;
    auth0_pointer_t *auth_time;
    auth0_span_t text = support_copy(support_span(json), pool);
    assert_int_equal(auth0_claims_parse(&claims, text, pool), AUTH0_OK);
    assert_null(auth0_pointer_parse(&acr, places.acr, pool));
    assert_null(auth0_pointer_parse(&auth_time, places.auth_time, pool));
    auth0_stepup_facts_t facts = {acr, auth_time, SUPPORT_NOW + moment.after,
                                  moment.skew};
    return auth0_stepup_check(parse(words, pool), claims, &facts);
}

typedef struct acr_row_t {
    const char *wanted;
    const char *json;
    bool good;
} acr_row_t;

static const acr_row_t acr_rows[] = {
    {"acr=gold", "{\"acr\":\"gold\"}", true},
    {"acr=gold silver", "{\"acr\":\"gold\"}", true},
    {"acr=gold silver", "{\"acr\":\"silver\"}", true},
    {"acr=a b c", "{\"acr\":\"b\"}", true},
    {"acr= gold ", "{\"acr\":\"gold\"}", true},
    {"acr=0", "{\"acr\":\"0\"}", true},
    {"acr=gold", "{}", false},
    {"acr=gold", "{\"acr\":\"\"}", false},
    {"acr=gold", "{\"acr\":\"silver\"}", false},
    {"acr=gold", "{\"acr\":\"Gold\"}", false},
    {"acr=gold", "{\"acr\":\"golden\"}", false},
    {"acr=golden", "{\"acr\":\"gold\"}", false},
    {"acr=gold", "{\"acr\":\" gold\"}", false},
    {"acr=gold", "{\"acr\":\"gold \"}", false},
    {"acr=gold", "{\"acr\":\"gold silver\"}", false},
    {"acr=gold silver", "{\"acr\":\"gold silver\"}", false},
    {"acr=gold silver", "{\"acr\":\"goldsilver\"}", false},
    {"acr=gold silver", "{\"acr\":\"d s\"}", false},
    {"acr=gold silver", "{\"acr\":\" \"}", false},
    {"acr=gold", "{\"acr\":null}", false},
    {"acr=true", "{\"acr\":true}", false},
    {"acr=0", "{\"acr\":0}", false},
    {"acr=1", "{\"acr\":1}", false},
    {"acr=gold", "{\"acr\":{\"gold\":1}}", false},
    {"acr=gold", "{\"acr\":[]}", false},
    {"acr=gold", "{\"acr\":[\"gold\"]}", false},
    {"acr=gold", "{\"Acr\":\"gold\"}", false},
    {"acr=gold", "{\"amr\":\"gold\"}", false},
    {"acr=gold", "{\"x\":{\"acr\":\"gold\"}}", false},
};

static void acr_is_one_of_the_values(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(acr_rows); i++) {
        const acr_row_t *row = &acr_rows[i];
        const char *const words[] = {row->wanted, NULL};
        bad += support_reason(
            apr_psprintf(*state, "%s %s", row->wanted, row->json),
            check(words, row->json, usual, (moment_t){0, 0}, *state),
            row->good ? AUTH0_OK : AUTH0_REQUIRE_STEP_UP);
    }
    assert_int_equal(bad, 0);
}

typedef struct age_row_t {
    const char *auth_time;
    const char *max_age;
    apr_time_t after; /* microseconds after SUPPORT_NOW */
    unsigned skew;
    auth0_reason_t want;
} age_row_t;

#define S(seconds) ((seconds)*APR_USEC_PER_SEC)
#define OLD AUTH0_REQUIRE_STEP_UP
#define BAD AUTH0_CLAIMS_TYPE

static const age_row_t age_rows[] = {
    {"1799999700", "max_age=300", 0, 0, AUTH0_OK},
    {"1799999700", "max_age=300", -1, 0, AUTH0_OK},
    {"1799999700", "max_age=300", 1, 0, OLD},
    {"1799999700", "max_age=300", S(1) - 1, 0, OLD},
    {"1799999700", "max_age=300", S(1), 0, OLD},
    {"1799999701", "max_age=300", S(1), 0, AUTH0_OK},
    {"1799999699", "max_age=300", 0, 0, OLD},
    {"1799999700.0", "max_age=300", 0, 0, AUTH0_OK},
    {"1799999700.0", "max_age=300", 1, 0, OLD},
    {"1799999700.25", "max_age=300", S(1) / 4, 0, AUTH0_OK},
    {"1799999700.25", "max_age=300", S(1) / 4 + 1, 0, OLD},
    {"1.7999997e9", "max_age=300", 0, 0, AUTH0_OK},
    {"1799999699", "max_age=300", 0, 300, OLD},
    {"1799999999", "max_age=1", 0, 0, AUTH0_OK},
    {"1799999998", "max_age=1", 0, 0, OLD},
    {"1800000000", "max_age=0", 0, 0, AUTH0_OK},
    {"1800000000", "max_age=0", 1, 0, OLD},
    {"1799999999", "max_age=0", 0, 0, OLD},
    {"1800000001", "max_age=0", 0, 5, AUTH0_OK},
    {"0", "max_age=300", 0, 0, OLD},
    {"0.0", "max_age=300", 0, 0, OLD},
    {"0", "max_age=1800000000", 0, 0, AUTH0_OK},
    {"0", "max_age=1799999999", 0, 0, OLD},
    {"0", "max_age=9999999999", 0, 0, AUTH0_OK},
    {"1799999699", "max_age=4294967596", 0, 0, AUTH0_OK},
    {"1800000000", "max_age=300", 0, 0, AUTH0_OK},
    {"1800000000", "max_age=300", -1, 0, BAD},
    {"1800000001", "max_age=300", 0, 0, BAD},
    {"1800000000.5", "max_age=300", S(1) / 2, 0, AUTH0_OK},
    {"1800000000.5", "max_age=300", S(3) / 4, 0, AUTH0_OK},
    {"1800000000.5", "max_age=300", S(1) / 4, 0, BAD},
    {"1800000005", "max_age=300", 0, 5, AUTH0_OK},
    {"1800000005", "max_age=300", -1, 5, BAD},
    {"1800000005.5", "max_age=300", 0, 5, BAD},
    {"1800000005.5", "max_age=300", S(1) / 2, 5, AUTH0_OK},
    {"1800000006", "max_age=300", 0, 5, BAD},
    {"1800000300", "max_age=300", 0, 300, AUTH0_OK},
    {"1800000301", "max_age=9999999999", 0, 300, BAD},
    {"253402300799", "max_age=300", 0, 300, BAD},
    {"9223372036854775807", "max_age=300", 0, 300, BAD},
    {"1e308", "max_age=300", 0, 300, BAD},
    {"9007199254740993", "max_age=300", 0, 300, BAD},
    {"1800000000000", "max_age=300", 0, 300, BAD},
    {"-1", "max_age=300", 0, 0, BAD},
    {"-0.5", "max_age=9999999999", 0, 0, BAD},
    {"-1800000000", "max_age=9999999999", 0, 0, BAD},
    {"-1e308", "max_age=300", 0, 0, BAD},
    {"-9223372036854775808", "max_age=300", 0, 0, BAD},
    {"null", "max_age=300", 0, 0, OLD},
    {"\"1800000000\"", "max_age=300", 0, 0, BAD},
    {"\"\"", "max_age=300", 0, 0, BAD},
    {"true", "max_age=300", 0, 0, BAD},
    {"false", "max_age=300", 0, 0, BAD},
    {"[]", "max_age=300", 0, 0, BAD},
    {"[1800000000]", "max_age=300", 0, 0, BAD},
    {"{}", "max_age=300", 0, 0, BAD},
};

static void the_age_is_judged_to_the_microsecond(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(age_rows); i++) {
        const age_row_t *row = &age_rows[i];
        const char *const words[] = {row->max_age, NULL};
        const char *json =
            apr_psprintf(*state, "{\"auth_time\":%s}", row->auth_time);
        moment_t moment = {row->after, row->skew};
        bad += support_reason(
            apr_psprintf(*state, "%s %s skew %u at %+" APR_TIME_T_FMT,
                         row->auth_time, row->max_age, row->skew, row->after),
            check(words, json, usual, moment, *state), row->want);
    }
    assert_int_equal(bad, 0);
}

typedef struct both_row_t {
    const char *words[WORDS_MAX];
    const char *json;
    auth0_reason_t want;
} both_row_t;

#define MFA "\"acr\":\"mfa\""
#define NEW "\"auth_time\":1800000000"

static const both_row_t both_rows[] = {
    {{"acr=mfa", "max_age=9"}, "{" MFA "," NEW "}", AUTH0_OK},
    {{"max_age=9", "acr=mfa"}, "{" MFA "," NEW "}", AUTH0_OK},
    {{"acr=mfa", "max_age=9"}, "{" MFA "}", OLD},
    {{"acr=mfa", "max_age=9"}, "{" NEW "}", OLD},
    {{"acr=mfa", "max_age=9"}, "{}", OLD},
    {{"acr=mfa", "max_age=9"}, "{" MFA ",\"auth_time\":1}", OLD},
    {{"acr=mfa", "max_age=9"}, "{\"acr\":\"pwd\"," NEW "}", OLD},
    {{"acr=mfa", "max_age=9"}, "{" MFA ",\"auth_time\":\"x\"}", BAD},
    {{"acr=mfa", "max_age=9"}, "{\"acr\":1,\"auth_time\":\"x\"}", BAD},
    {{"acr=mfa", "max_age=9"}, "{\"acr\":1," NEW "}", OLD},
    {{"acr=mfa"}, "{" MFA "}", AUTH0_OK},
    {{"acr=mfa"}, "{" MFA ",\"auth_time\":\"x\"}", AUTH0_OK},
    {{"acr=mfa"}, "{" MFA ",\"auth_time\":1900000000}", AUTH0_OK},
    {{"max_age=9"}, "{" NEW "}", AUTH0_OK},
    {{"max_age=9"}, "{" NEW ",\"acr\":[]}", AUTH0_OK},
    {{"max_age=9"}, "{}", OLD},
    {{"max_age=9"}, "{\"iat\":1800000000}", OLD},
};

static void both_are_needed_when_both_are_named(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(both_rows); i++) {
        const both_row_t *row = &both_rows[i];
        bad += support_reason(
            apr_psprintf(*state, "%s %s", row->words[0], row->json),
            check(row->words, row->json, usual, (moment_t){0, 0}, *state),
            row->want);
    }
    assert_int_equal(bad, 0);
}

typedef struct place_row_t {
    places_t places;
    const char *json;
    auth0_reason_t want;
} place_row_t;

#define ACR "https://example.com/acr"
#define TIME "https://example.com/auth_time"

static const place_row_t place_rows[] = {
    {{ACR, TIME}, "{\"" ACR "\":\"mfa\",\"" TIME "\":1800000000}", AUTH0_OK},
    {{ACR, TIME}, "{" MFA "," NEW "}", OLD},
    {{"acr", TIME}, "{" MFA ",\"" TIME "\":1800000000}", AUTH0_OK},
    {{"acr", TIME}, "{" MFA ",\"" TIME "\":\"x\"}", BAD},
    {{"/login/acr", "/login/time"},
     "{\"login\":{\"acr\":\"mfa\",\"time\":1800000000}}",
     AUTH0_OK},
    {{"/login/acr", "/login/time"},
     "{\"login\":{\"acr\":\"mfa\",\"time\":null}}",
     OLD},
    {{"/login/acr", "/login/time"}, "{\"login\":null}", OLD},
    {{"/amr/0", "auth_time"}, "{\"amr\":[\"mfa\"]," NEW "}", AUTH0_OK},
    {{"/amr/0", "auth_time"}, "{\"amr\":[\"pwd\",\"mfa\"]," NEW "}", OLD},
};

static void the_facts_stand_where_the_policy_says(void **state)
{
    static const char *const words[] = {"acr=mfa", "max_age=9", NULL};
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(place_rows); i++) {
        const place_row_t *row = &place_rows[i];
        bad += support_reason(
            row->json,
            check(words, row->json, row->places, (moment_t){0, 0}, *state),
            row->want);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_words_are_read),
        SUPPORT_TEST(what_cannot_be_asked_for_is_refused),
        SUPPORT_TEST(a_requirement_outlives_its_words),
        SUPPORT_TEST(acr_is_one_of_the_values),
        SUPPORT_TEST(the_age_is_judged_to_the_microsecond),
        SUPPORT_TEST(both_are_needed_when_both_are_named),
        SUPPORT_TEST(the_facts_stand_where_the_policy_says),
    };
    return SUPPORT_RUN(tests);
}
