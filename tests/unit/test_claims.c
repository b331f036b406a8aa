/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_claims.h"

#define ISS "\"iss\":\"" SUPPORT_ISSUER "\""
#define AUD "\"aud\":\"" SUPPORT_AUDIENCE "\""
#define EXP "\"exp\":1800000060"
#define GOOD ISS "," AUD "," EXP

static auth0_reason_t check(const char *json, const auth0_policy_t *policy,
                            apr_time_t now, apr_pool_t *pool)
{
    auth0_claims_t *claims = NULL;
    auth0_span_t text = support_copy(support_span(json), pool);
    auth0_reason_t reason = auth0_claims_parse(&claims, text, pool);
    assert_int_equal(reason == AUTH0_OK, claims != NULL);
    return reason == AUTH0_OK ? auth0_claims_check(claims, policy, now)
                              : reason;
}

typedef struct claim_row_t {
    const char *name;
    const char *json;
    auth0_reason_t want;
} claim_row_t;

static unsigned check_rows(const claim_row_t *rows, size_t count,
                           const auth0_policy_t *policy, apr_pool_t *pool)
{
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        bad += support_reason(rows[i].name,
                              check(rows[i].json, policy, SUPPORT_NOW, pool),
                              rows[i].want);
    }
    return bad;
}

static const claim_row_t shape_rows[] = {
    {"the least that is needed", "{" GOOD "}", AUTH0_OK},
    {"unknown members", "{" GOOD ",\"x\":[1,{\"y\":null}],\"\":2}", AUTH0_OK},
    {"white space", " {" GOOD "}\n", AUTH0_OK},
    {"nothing", "", AUTH0_CLAIMS_MALFORMED},
    {"text", "hello", AUTH0_CLAIMS_MALFORMED},
    {"array", "[{" GOOD "}]", AUTH0_CLAIMS_MALFORMED},
    {"string", "\"" SUPPORT_ISSUER "\"", AUTH0_CLAIMS_MALFORMED},
    {"null", "null", AUTH0_CLAIMS_MALFORMED},
    {"trailing bytes", "{" GOOD "}x", AUTH0_CLAIMS_MALFORMED},
    {"two objects", "{" GOOD "}{}", AUTH0_CLAIMS_MALFORMED},
    {"cut off", "{" GOOD, AUTH0_CLAIMS_MALFORMED},
    {"duplicate iss", "{" GOOD "," ISS "}", AUTH0_CLAIMS_MALFORMED},
    {"duplicate sub", "{" GOOD ",\"sub\":\"a\",\"sub\":\"b\"}",
     AUTH0_CLAIMS_MALFORMED},
    {"duplicate by escape", "{" GOOD ",\"\\u0069ss\":\"x\"}",
     AUTH0_CLAIMS_MALFORMED},
    {"duplicate inside", "{" GOOD ",\"x\":{\"a\":1,\"a\":1}}",
     AUTH0_CLAIMS_MALFORMED},
    {"NUL in a string", "{" GOOD ",\"sub\":\"a\\u0000b\"}",
     AUTH0_CLAIMS_MALFORMED},
    {"invalid UTF-8", "{" GOOD ",\"sub\":\"\xff\"}", AUTH0_CLAIMS_MALFORMED},
    {"byte order mark", "\xef\xbb\xbf{" GOOD "}", AUTH0_CLAIMS_MALFORMED},
    {"number beyond double", "{" ISS "," AUD ",\"exp\":1e400}",
     AUTH0_CLAIMS_MALFORMED},
    {"empty object", "{}", AUTH0_CLAIMS_MISSING},
    {"no iss", "{" AUD "," EXP "}", AUTH0_CLAIMS_MISSING},
    {"no aud", "{" ISS "," EXP "}", AUTH0_CLAIMS_MISSING},
    {"no exp", "{" ISS "," AUD "}", AUTH0_CLAIMS_MISSING},
    {"names are exact", "{\"Iss\":\"" SUPPORT_ISSUER "\"," AUD "," EXP "}",
     AUTH0_CLAIMS_MISSING},
    {"claims one level down", "{\"claims\":{" GOOD "}}", AUTH0_CLAIMS_MISSING},
};

static void claims_are_one_object(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    assert_int_equal(check_rows(shape_rows, COUNT(shape_rows), &policy, *state),
                     0);
}

static void claims_have_limits(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    const char *deep[2];
    for (size_t i = 0; i < 2; i++) {
        deep[i] = apr_pstrcat(
            *state, "{" GOOD ",\"x\":", support_repeat("[", 31 + i, *state),
            support_repeat("]", 31 + i, *state), "}", NULL);
    }
    const char *large = apr_pstrcat(*state, "{" GOOD "}",
                                    support_repeat(" ", 65536, *state), NULL);
    assert_int_equal(check(deep[0], &policy, SUPPORT_NOW, *state), AUTH0_OK);
    assert_int_equal(check(deep[1], &policy, SUPPORT_NOW, *state),
                     AUTH0_CLAIMS_MALFORMED);
    assert_int_equal(check(large, &policy, SUPPORT_NOW, *state),
                     AUTH0_CLAIMS_MALFORMED);
}

#define WITH_ISS(value) "{\"iss\":" value "," AUD "," EXP "}"
#define WITH_AUD(value) "{" ISS ",\"aud\":" value "," EXP "}"
#define Q(text) "\"" text "\""
#define OWN Q(SUPPORT_AUDIENCE)

static const claim_row_t iss_rows[] = {
    {"exact", WITH_ISS(Q(SUPPORT_ISSUER)), AUTH0_OK},
    {"escaped", WITH_ISS(Q("https:\\/\\/tenant.example.auth0.com\\u002f")),
     AUTH0_OK},
    {"slash missing", WITH_ISS(Q("https://tenant.example.auth0.com")),
     AUTH0_CLAIMS_ISS},
    {"second slash", WITH_ISS(Q(SUPPORT_ISSUER "/")), AUTH0_CLAIMS_ISS},
    {"case", WITH_ISS(Q("https://Tenant.example.auth0.com/")),
     AUTH0_CLAIMS_ISS},
    {"http", WITH_ISS(Q("http://tenant.example.auth0.com/")), AUTH0_CLAIMS_ISS},
    {"port", WITH_ISS(Q("https://tenant.example.auth0.com:443/")),
     AUTH0_CLAIMS_ISS},
    {"more behind", WITH_ISS(Q(SUPPORT_ISSUER "evil")), AUTH0_CLAIMS_ISS},
    {"prefix", WITH_ISS(Q("https://")), AUTH0_CLAIMS_ISS},
    {"space in front", WITH_ISS(Q(" " SUPPORT_ISSUER)), AUTH0_CLAIMS_ISS},
    {"space behind", WITH_ISS(Q(SUPPORT_ISSUER " ")), AUTH0_CLAIMS_ISS},
    {"empty", WITH_ISS(Q("")), AUTH0_CLAIMS_ISS},
    {"another", WITH_ISS(Q("https://evil.example/")), AUTH0_CLAIMS_ISS},
    {"the audience", WITH_ISS(OWN), AUTH0_CLAIMS_ISS},
    {"null", WITH_ISS("null"), AUTH0_CLAIMS_TYPE},
    {"number", WITH_ISS("1"), AUTH0_CLAIMS_TYPE},
    {"true", WITH_ISS("true"), AUTH0_CLAIMS_TYPE},
    {"array", WITH_ISS("[" Q(SUPPORT_ISSUER) "]"), AUTH0_CLAIMS_TYPE},
    {"object", WITH_ISS("{}"), AUTH0_CLAIMS_TYPE},
};

static void iss_is_compared_byte_for_byte(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    assert_int_equal(check_rows(iss_rows, COUNT(iss_rows), &policy, *state), 0);
}

static const claim_row_t aud_rows[] = {
    {"string", WITH_AUD(OWN), AUTH0_OK},
    {"array of one", WITH_AUD("[" OWN "]"), AUTH0_OK},
    {"first of two", WITH_AUD("[" OWN ",\"x\"]"), AUTH0_OK},
    {"last of two", WITH_AUD("[\"https://t/userinfo\"," OWN "]"), AUTH0_OK},
    {"twice", WITH_AUD("[" OWN "," OWN "]"), AUTH0_OK},
    {"another", WITH_AUD(Q("https://api.example.com/other")), AUTH0_CLAIMS_AUD},
    {"empty", WITH_AUD(Q("")), AUTH0_CLAIMS_AUD},
    {"slash behind", WITH_AUD(Q(SUPPORT_AUDIENCE "/")), AUTH0_CLAIMS_AUD},
    {"prefix", WITH_AUD(Q("https://api.example.com/order")), AUTH0_CLAIMS_AUD},
    {"case", WITH_AUD(Q("https://API.example.com/orders")), AUTH0_CLAIMS_AUD},
    {"space-separated", WITH_AUD(Q("x " SUPPORT_AUDIENCE)), AUTH0_CLAIMS_AUD},
    {"the star", WITH_AUD(Q("*")), AUTH0_CLAIMS_AUD},
    {"empty array", WITH_AUD("[]"), AUTH0_CLAIMS_AUD},
    {"array of others", WITH_AUD("[\"a\",\"b\"]"), AUTH0_CLAIMS_AUD},
    {"number", WITH_AUD("1"), AUTH0_CLAIMS_TYPE},
    {"null", WITH_AUD("null"), AUTH0_CLAIMS_TYPE},
    {"true", WITH_AUD("true"), AUTH0_CLAIMS_TYPE},
    {"object", WITH_AUD("{" OWN ":1}"), AUTH0_CLAIMS_TYPE},
    {"number in front", WITH_AUD("[1," OWN "]"), AUTH0_CLAIMS_TYPE},
    {"number behind", WITH_AUD("[" OWN ",1]"), AUTH0_CLAIMS_TYPE},
    {"null inside", WITH_AUD("[" OWN ",null]"), AUTH0_CLAIMS_TYPE},
    {"array inside", WITH_AUD("[[" OWN "]]"), AUTH0_CLAIMS_TYPE},
};

static void aud_names_this_api(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    assert_int_equal(check_rows(aud_rows, COUNT(aud_rows), &policy, *state), 0);
}

static void aud_has_at_most_64_entries(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    for (size_t others = 62; others <= 64; others++) {
        const char *list = support_repeat("\"x\",", others, *state);
        const char *json = apr_pstrcat(*state, "{" ISS "," EXP ",\"aud\":[",
                                       list, Q(SUPPORT_AUDIENCE) "]}", NULL);
        auth0_reason_t want = others < 64 ? AUTH0_OK : AUTH0_CLAIMS_TYPE;
        assert_int_equal(check(json, &policy, SUPPORT_NOW, *state), want);
    }
}

#define SPAN(text)                                                             \
    {                                                                          \
        text, sizeof(text) - 1                                                 \
    }

static void several_issuers_and_audiences_are_alternatives(void **state)
{
    static const auth0_span_t audiences[] = {SPAN("x"), SPAN("y")};
    static const claim_row_t rows[] = {
        {"a x", "{\"iss\":\"https://a/\",\"aud\":\"x\"," EXP "}", AUTH0_OK},
        {"b y", "{\"iss\":\"https://b/\",\"aud\":[\"y\"]," EXP "}", AUTH0_OK},
        {"c", "{\"iss\":\"https://c/\",\"aud\":\"x\"," EXP "}",
         AUTH0_CLAIMS_ISS},
        {"z", "{\"iss\":\"https://a/\",\"aud\":\"z\"," EXP "}",
         AUTH0_CLAIMS_AUD},
        {"exchanged", "{\"iss\":\"x\",\"aud\":\"https://a/\"," EXP "}",
         AUTH0_CLAIMS_ISS},
        {"joined", "{\"iss\":\"https://a/\",\"aud\":\"xy\"," EXP "}",
         AUTH0_CLAIMS_AUD},
    };
    auth0_policy_t policy = support_policy(0, *state);
    auth0_issuers_t *issuers = auth0_issuers_make(*state);
    auth0_issuers_add(issuers, support_span("https://a/"));
    auth0_issuers_add(issuers, support_span("https://b/"));
    policy.issuers = issuers;
    policy.audiences = audiences;
    policy.audience_count = 2;
    assert_int_equal(check_rows(rows, COUNT(rows), &policy, *state), 0);
}

/* A policy that was never filled in must not let anybody in. */
static void an_empty_policy_accepts_nothing(void **state)
{
    auth0_policy_t no_issuer = support_policy(0, *state);
    auth0_policy_t no_audience = no_issuer;
    no_issuer.issuers = NULL;
    no_audience.audience_count = 0;
    assert_int_equal(check("{" GOOD "}", &no_issuer, SUPPORT_NOW, *state),
                     AUTH0_CLAIMS_ISS);
    assert_int_equal(check("{" GOOD "}", &no_audience, SUPPORT_NOW, *state),
                     AUTH0_CLAIMS_AUD);
}

#define WITH(member) "{" GOOD "," member "}"

static const claim_row_t type_rows[] = {
    {"sub", WITH("\"sub\":\"auth0|1\""), AUTH0_OK},
    {"sub non-ASCII", WITH("\"sub\":\"\xc3\xa9\""), AUTH0_OK},
    {"sub number", WITH("\"sub\":1"), AUTH0_CLAIMS_TYPE},
    {"sub null", WITH("\"sub\":null"), AUTH0_CLAIMS_TYPE},
    {"sub array", WITH("\"sub\":[\"a\"]"), AUTH0_CLAIMS_TYPE},
    {"sub object", WITH("\"sub\":{}"), AUTH0_CLAIMS_TYPE},
    {"sub true", WITH("\"sub\":true"), AUTH0_CLAIMS_TYPE},
    {"jti", WITH("\"jti\":\"x\""), AUTH0_OK},
    {"jti number", WITH("\"jti\":1"), AUTH0_CLAIMS_TYPE},
    {"azp number", WITH("\"azp\":1"), AUTH0_CLAIMS_TYPE},
    {"client_id number", WITH("\"client_id\":1"), AUTH0_CLAIMS_TYPE},
    {"org_id array", WITH("\"org_id\":[]"), AUTH0_CLAIMS_TYPE},
    {"org_name", WITH("\"org_name\":\"corp\""), AUTH0_OK},
    {"org_name empty", WITH("\"org_name\":\"\""), AUTH0_OK},
    {"org_name number", WITH("\"org_name\":1"), AUTH0_CLAIMS_TYPE},
    {"org_name null", WITH("\"org_name\":null"), AUTH0_CLAIMS_TYPE},
    {"org_name array", WITH("\"org_name\":[\"corp\"]"), AUTH0_CLAIMS_TYPE},
    {"org_name object", WITH("\"org_name\":{}"), AUTH0_CLAIMS_TYPE},
    {"org_name false", WITH("\"org_name\":false"), AUTH0_CLAIMS_TYPE},
    {"scope", WITH("\"scope\":\"a b\""), AUTH0_OK},
    {"scope empty", WITH("\"scope\":\"\""), AUTH0_OK},
    {"scope array", WITH("\"scope\":[\"a\",\"b\"]"), AUTH0_CLAIMS_TYPE},
    {"scope empty array", WITH("\"scope\":[]"), AUTH0_CLAIMS_TYPE},
    {"scope null", WITH("\"scope\":null"), AUTH0_CLAIMS_TYPE},
    {"scope number", WITH("\"scope\":1"), AUTH0_CLAIMS_TYPE},
    {"scope object", WITH("\"scope\":{\"a\":1}"), AUTH0_CLAIMS_TYPE},
    {"permissions", WITH("\"permissions\":[\"a\",\"b\"]"), AUTH0_OK},
    {"permissions empty", WITH("\"permissions\":[]"), AUTH0_OK},
    {"permissions string", WITH("\"permissions\":\"a\""), AUTH0_CLAIMS_TYPE},
    {"permissions null", WITH("\"permissions\":null"), AUTH0_CLAIMS_TYPE},
    {"permissions object", WITH("\"permissions\":{}"), AUTH0_CLAIMS_TYPE},
    {"permission number", WITH("\"permissions\":[\"a\",1]"), AUTH0_CLAIMS_TYPE},
    {"permission null", WITH("\"permissions\":[null]"), AUTH0_CLAIMS_TYPE},
    {"permission array", WITH("\"permissions\":[[\"a\"]]"), AUTH0_CLAIMS_TYPE},
    {"cnf jkt", WITH("\"cnf\":{\"jkt\":\"x\"}"), AUTH0_CLAIMS_TYPE},
    {"cnf x5t#S256", WITH("\"cnf\":{\"x5t#S256\":\"x\"}"), AUTH0_CLAIMS_TYPE},
    {"cnf of a kind unknown", WITH("\"cnf\":{\"kid\":\"x\"}"),
     AUTH0_CNF_UNKNOWN},
    {"cnf empty", WITH("\"cnf\":{}"), AUTH0_CNF_UNKNOWN},
    {"cnf null", WITH("\"cnf\":null"), AUTH0_CLAIMS_TYPE},
    {"cnf string", WITH("\"cnf\":\"x\""), AUTH0_CLAIMS_TYPE},
    {"cnf one level down", WITH("\"x\":{\"cnf\":{}}"), AUTH0_OK},
};

static void claims_have_exact_types(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    assert_int_equal(check_rows(type_rows, COUNT(type_rows), &policy, *state),
                     0);
}

static const char *const names_of_people[] = {
    "sub",    "azp",      "client_id",
    "org_id", "org_name", "https://example.com/user"};

/* These names go into headers, logs and r->user. */
static void names_hold_no_control_characters(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    policy.user_claim = "https://example.com/user";
    for (size_t i = 0; i < COUNT(names_of_people); i++) {
        for (unsigned c = 1; c < 0x81; c++) {
            const char *json =
                apr_psprintf(*state, "{" GOOD ",\"%s\":\"a\\u%04xb\"}",
                             names_of_people[i], c);
            bool control = c < 0x20 || c == 0x7f;
            bad +=
                support_reason(json, check(json, &policy, SUPPORT_NOW, *state),
                               control ? AUTH0_CLAIMS_TYPE : AUTH0_OK);
        }
    }
    assert_int_equal(bad, 0);
}

static void control_characters_elsewhere_are_the_claims_own(void **state)
{
    static const claim_row_t rows[] = {
        {"custom", WITH("\"x\":\"a\\nb\""), AUTH0_OK},
        {"iss", WITH_ISS(Q("https://a/\\n")), AUTH0_CLAIMS_TYPE},
        {"user claim is a number", WITH("\"user\":1"), AUTH0_OK},
        {"user claim is absent", "{" GOOD "}", AUTH0_OK},
        {"user claim", WITH("\"user\":\"a\\r\\nb\""), AUTH0_CLAIMS_TYPE},
    };
    auth0_policy_t policy = support_policy(0, *state);
    policy.user_claim = "user";
    assert_int_equal(check_rows(rows, COUNT(rows), &policy, *state), 0);
    policy.user_claim = NULL;
    assert_int_equal(check(rows[4].json, &policy, SUPPORT_NOW, *state),
                     AUTH0_OK);
}

static const char *const not_dates[] = {"\"1800000060\"",
                                        "\"\"",
                                        "true",
                                        "false",
                                        "null",
                                        "[]",
                                        "[1800000060]",
                                        "{}",
                                        "-1",
                                        "-0.5",
                                        "-1e308",
                                        "1e308",
                                        "253402300800",
                                        "1e12",
                                        "253402300799.5",
                                        "9223372036854775807",
                                        "-9223372036854775808"};

static void dates_have_a_type_and_a_range(void **state)
{
    static const char *const names[] = {"exp", "nbf", "iat"};
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    for (size_t n = 0; n < COUNT(names); n++) {
        for (size_t i = 0; i < COUNT(not_dates); i++) {
            const char *more = n == 0 ? "" : "," EXP;
            const char *json =
                apr_psprintf(*state, "{" ISS "," AUD "%s,\"%s\":%s}", more,
                             names[n], not_dates[i]);
            bad +=
                support_reason(json, check(json, &policy, SUPPORT_NOW, *state),
                               AUTH0_CLAIMS_TYPE);
        }
    }
    assert_int_equal(bad, 0);
}

typedef struct time_row_t {
    const char *claims;
    unsigned skew;
    apr_time_t after; /* microseconds after SUPPORT_NOW */
    auth0_reason_t want;
} time_row_t;

#define S(seconds) ((seconds)*APR_USEC_PER_SEC)
#define E "\"exp\":1800000000"
#define N EXP ",\"nbf\":1800000000"
#define I EXP ",\"iat\":1800000000"

static const time_row_t time_rows[] = {
    {E, 0, -S(1), AUTH0_OK},
    {E, 0, -1, AUTH0_OK},
    {E, 0, 0, AUTH0_CLAIMS_EXP},
    {E, 0, 1, AUTH0_CLAIMS_EXP},
    {E, 5, 0, AUTH0_OK},
    {E, 5, S(5) - 1, AUTH0_OK},
    {E, 5, S(5), AUTH0_CLAIMS_EXP},
    {E, 5, S(5) + 1, AUTH0_CLAIMS_EXP},
    {E, 300, S(300) - 1, AUTH0_OK},
    {E, 300, S(300), AUTH0_CLAIMS_EXP},
    {"\"exp\":1800000000.0", 0, -1, AUTH0_OK},
    {"\"exp\":1800000000.0", 0, 0, AUTH0_CLAIMS_EXP},
    {"\"exp\":1800000000.5", 0, S(1) / 2 - 1, AUTH0_OK},
    {"\"exp\":1800000000.5", 0, S(1) / 2, AUTH0_CLAIMS_EXP},
    {"\"exp\":1800000000.5", 5, S(5) + S(1) / 2 - 1, AUTH0_OK},
    {"\"exp\":1800000000.5", 5, S(5) + S(1) / 2, AUTH0_CLAIMS_EXP},
    {"\"exp\":1.8e9", 0, -1, AUTH0_OK},
    {"\"exp\":1.8e9", 0, 0, AUTH0_CLAIMS_EXP},
    {"\"exp\":253402300799", 0, 0, AUTH0_OK},
    {"\"exp\":253402300799.0", 0, 0, AUTH0_OK},
    {"\"exp\":2147483648", 0, 0, AUTH0_OK},
    {"\"exp\":4294967296", 0, 0, AUTH0_OK},
    {"\"exp\":0", 0, 0, AUTH0_CLAIMS_EXP},
    {"\"exp\":0", 300, 0, AUTH0_CLAIMS_EXP},
    {"\"exp\":0.0", 5, 0, AUTH0_CLAIMS_EXP},
    {"\"exp\":1", 0, 0, AUTH0_CLAIMS_EXP},
    {N, 0, 0, AUTH0_OK},
    {N, 0, 1, AUTH0_OK},
    {N, 0, -1, AUTH0_CLAIMS_NBF},
    {N, 5, -S(5), AUTH0_OK},
    {N, 5, -S(5) - 1, AUTH0_CLAIMS_NBF},
    {EXP ",\"nbf\":1800000000.25", 0, S(1) / 4, AUTH0_OK},
    {EXP ",\"nbf\":1800000000.25", 0, S(1) / 4 - 1, AUTH0_CLAIMS_NBF},
    {EXP ",\"nbf\":0", 0, 0, AUTH0_OK},
    {EXP ",\"nbf\":253402300799", 300, 0, AUTH0_CLAIMS_NBF},
    {I, 0, 0, AUTH0_OK},
    {I, 0, -1, AUTH0_CLAIMS_IAT},
    {I, 5, -S(5), AUTH0_OK},
    {I, 5, -S(5) - 1, AUTH0_CLAIMS_IAT},
    {EXP ",\"iat\":1799999999.75", 0, -S(1) / 4, AUTH0_OK},
    {EXP ",\"iat\":1799999999.75", 0, -S(1) / 4 - 1, AUTH0_CLAIMS_IAT},
    {EXP ",\"iat\":0", 0, 0, AUTH0_OK},
    {EXP ",\"iat\":253402300799", 300, 0, AUTH0_CLAIMS_IAT},
};

static void dates_are_judged_to_the_microsecond(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(time_rows); i++) {
        const time_row_t *row = &time_rows[i];
        const char *json =
            apr_psprintf(*state, "{" ISS "," AUD ",%s}", row->claims);
        policy.skew = row->skew;
        bad += support_reason(
            apr_psprintf(*state, "%s skew %u at %+" APR_TIME_T_FMT, row->claims,
                         row->skew, row->after),
            check(json, &policy, SUPPORT_NOW + row->after, *state), row->want);
    }
    assert_int_equal(bad, 0);
}

static void odd_clocks_do_no_harm(void **state)
{
    static const struct {
        apr_time_t now;
        auth0_reason_t want;
    } rows[] = {
        {0, AUTH0_OK},
        {-1, AUTH0_OK},
        {INT64_MIN, AUTH0_OK},
        {INT64_MAX, AUTH0_CLAIMS_EXP},
    };
    auth0_policy_t policy = support_policy(0, *state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(check("{" GOOD "}", &policy, rows[i].now, *state),
                         rows[i].want);
    }
}

/* Each is wrong in two ways; the earlier stage names the reason. */
static const claim_row_t order_rows[] = {
    {"type before missing", "{\"sub\":1}", AUTH0_CLAIMS_TYPE},
    {"missing before iss", "{\"iss\":\"x\"," AUD "}", AUTH0_CLAIMS_MISSING},
    {"type before iss", "{\"iss\":\"x\"," AUD "," EXP ",\"nbf\":\"x\"}",
     AUTH0_CLAIMS_TYPE},
    {"iss before aud", "{\"iss\":\"x\",\"aud\":\"x\"," EXP "}",
     AUTH0_CLAIMS_ISS},
    {"iss before exp", "{\"iss\":\"x\"," AUD ",\"exp\":1}", AUTH0_CLAIMS_ISS},
    {"aud before exp", "{" ISS ",\"aud\":\"x\",\"exp\":1}", AUTH0_CLAIMS_AUD},
    {"exp before nbf", "{" ISS "," AUD ",\"exp\":1,\"nbf\":1900000000}",
     AUTH0_CLAIMS_EXP},
    {"nbf before iat", WITH("\"nbf\":1900000000,\"iat\":1900000000"),
     AUTH0_CLAIMS_NBF},
    {"iat before cnf", WITH("\"iat\":1900000000,\"cnf\":{}"), AUTH0_CLAIMS_IAT},
    {"exp before cnf", "{" ISS "," AUD ",\"exp\":1,\"cnf\":{}}",
     AUTH0_CLAIMS_EXP},
};

static void the_earlier_check_names_the_reason(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    assert_int_equal(check_rows(order_rows, COUNT(order_rows), &policy, *state),
                     0);
}

static void strings_are_read_by_exact_name(void **state)
{
    auth0_claims_t *claims;
    auth0_span_t value;
    assert_int_equal(
        auth0_claims_parse(
            &claims,
            support_span("{\"sub\":\"a\",\"n\":1,\"x/y\":\"b\",\"e\":\"\"}"),
            *state),
        AUTH0_OK);
    assert_true(auth0_claims_string(&value, claims, "sub"));
    assert_true(auth0_span_is(value, "a"));
    assert_true(auth0_claims_string(&value, claims, "x/y"));
    assert_true(auth0_span_is(value, "b"));
    assert_true(auth0_claims_string(&value, claims, "e"));
    assert_int_equal(value.len, 0);
    assert_false(auth0_claims_string(&value, claims, "n"));
    assert_false(auth0_claims_string(&value, claims, "Sub"));
    assert_false(auth0_claims_string(&value, claims, "absent"));
}

static void any_claim_is_found_by_name_or_pointer(void **state)
{
    auth0_claims_t *claims;
    auth0_pointer_t *pointer;
    auth0_span_t text =
        support_span("{\"n\":null,\"/a/b\":1,\"a\":{\"b\":\"c\"}}");
    assert_int_equal(auth0_claims_parse(&claims, text, *state), AUTH0_OK);
    const auth0_json_t *a = auth0_claims_member(claims, "a");
    assert_true(auth0_json_is_object(a));
    assert_true(auth0_json_is_null(auth0_claims_member(claims, "n")));
    assert_true(
        auth0_json_number(&(double){0}, auth0_claims_member(claims, "/a/b")));
    assert_null(auth0_claims_member(claims, "A"));
    assert_null(auth0_claims_member(claims, "b"));
    assert_null(auth0_claims_member(claims, ""));
    assert_null(auth0_pointer_parse(&pointer, "/a/b", *state));
    assert_ptr_equal(auth0_claims_find(claims, pointer),
                     auth0_json_member(a, "b"));
    assert_null(auth0_pointer_parse(&pointer, "a", *state));
    assert_ptr_equal(auth0_claims_find(claims, pointer), a);
    assert_null(auth0_pointer_parse(&pointer, "n", *state));
    assert_null(auth0_claims_find(claims, pointer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(claims_are_one_object),
        SUPPORT_TEST(claims_have_limits),
        SUPPORT_TEST(iss_is_compared_byte_for_byte),
        SUPPORT_TEST(aud_names_this_api),
        SUPPORT_TEST(aud_has_at_most_64_entries),
        SUPPORT_TEST(several_issuers_and_audiences_are_alternatives),
        SUPPORT_TEST(an_empty_policy_accepts_nothing),
        SUPPORT_TEST(claims_have_exact_types),
        SUPPORT_TEST(names_hold_no_control_characters),
        SUPPORT_TEST(control_characters_elsewhere_are_the_claims_own),
        SUPPORT_TEST(dates_have_a_type_and_a_range),
        SUPPORT_TEST(dates_are_judged_to_the_microsecond),
        SUPPORT_TEST(odd_clocks_do_no_harm),
        SUPPORT_TEST(the_earlier_check_names_the_reason),
        SUPPORT_TEST(strings_are_read_by_exact_name),
        SUPPORT_TEST(any_claim_is_found_by_name_or_pointer),
    };
    return SUPPORT_RUN(tests);
}
