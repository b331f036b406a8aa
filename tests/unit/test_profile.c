/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_claims.h"

#define ISS "\"iss\":\"" SUPPORT_ISSUER "\""
#define AUD "\"aud\":\"" SUPPORT_AUDIENCE "\""
#define EXP "\"exp\":1800000060"
#define IAT "\"iat\":1799999900"
#define SUB "\"sub\":\"auth0|1\""
#define CLIENT "\"client_id\":\"c\""
#define JTI "\"jti\":\"j\""

static auth0_reason_t check(const char *json, const auth0_policy_t *policy,
                            apr_time_t now, apr_pool_t *pool)
{
    auth0_claims_t *claims;
    auth0_reason_t reason =
        auth0_claims_parse(&claims, support_span(json), pool);
    return reason == AUTH0_OK ? auth0_claims_check(claims, policy, now)
                              : reason;
}

typedef struct dialect_t {
    const char *name;
    const char *typ;
    const char *claims;
    bool is_rfc9068;
} dialect_t;

#define COMMON ISS "," SUB "," AUD "," IAT "," EXP
#define PERMISSIONS "\"permissions\":[\"read:orders\"]"

/* The four that an API of Auth0 can be set to. */
static const dialect_t dialects[] = {
    {"access_token", "JWT", COMMON ",\"azp\":\"c\"", false},
    {"access_token_authz", "JWT", COMMON ",\"azp\":\"c\"," PERMISSIONS, false},
    {"rfc9068_profile", "at+jwt", COMMON "," CLIENT "," JTI, true},
    {"rfc9068_profile_authz", "at+jwt",
     COMMON "," CLIENT "," JTI "," PERMISSIONS, true},
};

static bool takes(auth0_profile_t profile, const dialect_t *dialect)
{
    return profile == AUTH0_PROFILE_ANY ||
           (profile == AUTH0_PROFILE_RFC9068) == dialect->is_rfc9068;
}

static void each_profile_takes_its_dialects(void **state)
{
    static const auth0_profile_t profiles[] = {
        AUTH0_PROFILE_ANY, AUTH0_PROFILE_AUTH0, AUTH0_PROFILE_RFC9068};
    support_source_t source = {support_all_keys(*state), 0, 0};
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(dialects); i++) {
        const char *header = apr_psprintf(
            *state, "{\"alg\":\"RS256\",\"typ\":\"%s\"}", dialects[i].typ);
        const char *token = support_token(
            "RS256", header,
            apr_pstrcat(*state, "{", dialects[i].claims, "}", NULL), *state);
        for (size_t p = 0; p < COUNT(profiles); p++) {
            policy.profile = profiles[p];
            bad += support_reason(
                apr_psprintf(*state, "%s as %s", dialects[i].name,
                             auth0_profile_rules(profiles[p])->name),
                support_verify(token, &policy, &source, *state),
                takes(profiles[p], &dialects[i]) ? AUTH0_OK : AUTH0_HEADER_TYP);
        }
    }
    assert_int_equal(bad, 0);
}

/* A claim, what may stand in its place, and who cannot do without it. */
static const struct {
    const char *name;
    const char *json;
    const char *wrong;
    bool rfc9068_only;
} claims[] = {
    {"iss", ISS, "\"iss\":1", false},
    {"aud", AUD, "\"aud\":1", false},
    {"exp", EXP, "\"exp\":\"1800000060\"", false},
    {"sub", SUB, "\"sub\":1", true},
    {"client_id", CLIENT, "\"client_id\":[]", true},
    {"iat", IAT, "\"iat\":\"1799999900\"", true},
    {"jti", JTI, "\"jti\":null", true},
};

/* All claims, but one of them replaced, or left out if instead is NULL. */
static const char *with(size_t which, const char *instead, apr_pool_t *pool)
{
    const char *text = "";
    for (size_t i = 0; i < COUNT(claims); i++) {
        const char *member = i == which ? instead : claims[i].json;
        text = member ? apr_pstrcat(pool, text, *text ? "," : "", member, NULL)
                      : text;
    }
    return apr_pstrcat(pool, "{", text, "}", NULL);
}

static void each_profile_has_claims_that_it_needs(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    for (int p = AUTH0_PROFILE_ANY; p <= AUTH0_PROFILE_RFC9068; p++) {
        policy.profile = (auth0_profile_t)p;
        for (size_t i = 0; i < COUNT(claims); i++) {
            bool lax = claims[i].rfc9068_only && p != AUTH0_PROFILE_RFC9068;
            const char *name =
                apr_psprintf(*state, "%s as %s", claims[i].name,
                             auth0_profile_rules(policy.profile)->name);
            bad += support_reason(
                name,
                check(with(i, NULL, *state), &policy, SUPPORT_NOW, *state),
                lax ? AUTH0_OK : AUTH0_CLAIMS_MISSING);
            bad += support_reason(name,
                                  check(with(i, claims[i].wrong, *state),
                                        &policy, SUPPORT_NOW, *state),
                                  AUTH0_CLAIMS_TYPE);
        }
        assert_int_equal(check(with(COUNT(claims), NULL, *state), &policy,
                               SUPPORT_NOW, *state),
                         AUTH0_OK);
    }
    assert_int_equal(bad, 0);
}

/* now is SUPPORT_NOW and micro microseconds. */
static const struct {
    const char *iat;
    unsigned max_age;
    apr_time_t micro;
    auth0_reason_t want;
} ages[] = {
    {NULL, 0, 0, AUTH0_OK},
    {NULL, 1, 0, AUTH0_CLAIMS_MISSING},
    {NULL, 31536000, 0, AUTH0_CLAIMS_MISSING},
    {"1800000000", 1, 0, AUTH0_OK},
    {"1799999940", 60, 0, AUTH0_OK},
    {"1799999940", 60, -1, AUTH0_OK},
    {"1799999940", 60, 1, AUTH0_CLAIMS_AGE},
    {"1799999939", 60, 0, AUTH0_CLAIMS_AGE},
    {"1799999939.5", 60, -500000, AUTH0_OK},
    {"1799999939.5", 60, -499999, AUTH0_CLAIMS_AGE},
    {"1799999939", 0, 0, AUTH0_OK},
    {"0", 0, 0, AUTH0_OK},
    {"0", 31536000, 0, AUTH0_CLAIMS_AGE},
    {"1768464000", 31536000, 0, AUTH0_OK},
    {"1768463999", 31536000, 0, AUTH0_CLAIMS_AGE},
    {"1800000005", 1, 0, AUTH0_OK},
    {"1800000006", 1, 0, AUTH0_CLAIMS_IAT},
};

/* The skew is for other clocks; it does not add to the age. */
static void an_age_is_exact(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    policy.skew = 5;
    for (size_t i = 0; i < COUNT(ages); i++) {
        const char *iat =
            ages[i].iat ? apr_pstrcat(*state, ",\"iat\":", ages[i].iat, NULL)
                        : "";
        const char *json =
            apr_pstrcat(*state, "{" ISS "," AUD "," EXP, iat, "}", NULL);
        policy.max_age = ages[i].max_age;
        bad += support_reason(
            apr_psprintf(*state, "%s within %u", json, policy.max_age),
            check(json, &policy, SUPPORT_NOW + ages[i].micro, *state),
            ages[i].want);
    }
    assert_int_equal(bad, 0);
}

static void expiry_comes_before_age(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    policy.max_age = 1;
    assert_int_equal(check("{" ISS "," AUD ",\"exp\":1,\"iat\":1}", &policy,
                           SUPPORT_NOW, *state),
                     AUTH0_CLAIMS_EXP);
    assert_int_equal(check("{" ISS "," AUD "," EXP ",\"iat\":1,\"cnf\":{}}",
                           &policy, SUPPORT_NOW, *state),
                     AUTH0_CLAIMS_AGE);
}

#define EVENT "http://schemas.openid.net/event/backchannel-logout"
#define EVENTS "\"events\":{\"" EVENT "\":{}}"
#define LOGOUT ISS "," AUD "," EXP "," IAT "," JTI
#define SID "\"sid\":\"s\""

/* Back-Channel Logout 1.0 section 2.6, from 4 to 7. */
static const struct {
    const char *name;
    const char *json;
    auth0_reason_t want;
} logouts[] = {
    {"sub", "{" LOGOUT "," EVENTS "," SUB "}", AUTH0_OK},
    {"sid", "{" LOGOUT "," EVENTS "," SID "}", AUTH0_OK},
    {"both", "{" LOGOUT "," EVENTS "," SUB "," SID "}", AUTH0_OK},
    {"unknown members",
     "{" LOGOUT "," SUB ",\"trace_id\":1,\"events\":{\"" EVENT
     "\":{\"x\":1},\"y\":2}}",
     AUTH0_OK},
    {"neither", "{" LOGOUT "," EVENTS "}", AUTH0_CLAIMS_MISSING},
    {"no iss", "{" AUD "," EXP "," IAT "," JTI "," EVENTS "," SUB "}",
     AUTH0_CLAIMS_MISSING},
    {"no aud", "{" ISS "," EXP "," IAT "," JTI "," EVENTS "," SUB "}",
     AUTH0_CLAIMS_MISSING},
    {"no exp", "{" ISS "," AUD "," IAT "," JTI "," EVENTS "," SUB "}",
     AUTH0_CLAIMS_MISSING},
    {"no iat", "{" ISS "," AUD "," EXP "," JTI "," EVENTS "," SUB "}",
     AUTH0_CLAIMS_MISSING},
    {"no jti", "{" ISS "," AUD "," EXP "," IAT "," EVENTS "," SUB "}",
     AUTH0_CLAIMS_MISSING},
    {"no events", "{" LOGOUT "," SUB "}", AUTH0_CLAIMS_MISSING},
    {"sub empty", "{" LOGOUT "," EVENTS ",\"sub\":\"\"," SID "}",
     AUTH0_CLAIMS_TYPE},
    {"sid empty", "{" LOGOUT "," EVENTS ",\"sid\":\"\"," SUB "}",
     AUTH0_CLAIMS_TYPE},
    {"sid number", "{" LOGOUT "," EVENTS ",\"sid\":1," SUB "}",
     AUTH0_CLAIMS_TYPE},
    {"sid null", "{" LOGOUT "," EVENTS ",\"sid\":null," SUB "}",
     AUTH0_CLAIMS_TYPE},
    {"sid with a control character",
     "{" LOGOUT "," EVENTS ",\"sid\":\"a\\nb\"," SUB "}", AUTH0_CLAIMS_TYPE},
    {"jti number",
     "{" ISS "," AUD "," EXP "," IAT ",\"jti\":1," EVENTS "," SUB "}",
     AUTH0_CLAIMS_TYPE},
    {"events null", "{" LOGOUT "," SUB ",\"events\":null}",
     AUTH0_CLAIMS_EVENTS},
    {"events string", "{" LOGOUT "," SUB ",\"events\":\"" EVENT "\"}",
     AUTH0_CLAIMS_EVENTS},
    {"events array", "{" LOGOUT "," SUB ",\"events\":[\"" EVENT "\"]}",
     AUTH0_CLAIMS_EVENTS},
    {"events empty", "{" LOGOUT "," SUB ",\"events\":{}}", AUTH0_CLAIMS_EVENTS},
    {"another event", "{" LOGOUT "," SUB ",\"events\":{\"" EVENT "x\":{}}}",
     AUTH0_CLAIMS_EVENTS},
    {"event null", "{" LOGOUT "," SUB ",\"events\":{\"" EVENT "\":null}}",
     AUTH0_CLAIMS_EVENTS},
    {"event string", "{" LOGOUT "," SUB ",\"events\":{\"" EVENT "\":\"\"}}",
     AUTH0_CLAIMS_EVENTS},
    {"event array", "{" LOGOUT "," SUB ",\"events\":{\"" EVENT "\":[]}}",
     AUTH0_CLAIMS_EVENTS},
    {"nonce", "{" LOGOUT "," EVENTS "," SUB ",\"nonce\":\"n\"}",
     AUTH0_CLAIMS_NONCE},
    {"nonce null", "{" LOGOUT "," EVENTS "," SUB ",\"nonce\":null}",
     AUTH0_CLAIMS_NONCE},
    {"events before nonce",
     "{" LOGOUT "," SUB ",\"events\":{},\"nonce\":\"n\"}", AUTH0_CLAIMS_EVENTS},
    {"expired",
     "{" ISS "," AUD ",\"exp\":1," IAT "," JTI "," EVENTS "," SUB "}",
     AUTH0_CLAIMS_EXP},
    {"of the future",
     "{" ISS "," AUD "," EXP ",\"iat\":1800000001," JTI "," EVENTS "," SUB "}",
     AUTH0_CLAIMS_IAT},
};

static void a_logout_token_is_nothing_else(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    policy.profile = AUTH0_PROFILE_LOGOUT;
    policy.user_claim = NULL;
    for (size_t i = 0; i < COUNT(logouts); i++) {
        bad +=
            support_reason(logouts[i].name,
                           check(logouts[i].json, &policy, SUPPORT_NOW, *state),
                           logouts[i].want);
    }
    assert_int_equal(bad, 0);
}

/* Whatever it has: auth0_dpop_check is who judges proofs. */
static void a_proof_never_passes_as_a_token(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    const char *json =
        "{" ISS "," AUD "," EXP "," IAT "," JTI ",\"htm\":\"GET\","
        "\"htu\":\"https://a/\",\"ath\":\"x\"}";
    assert_int_equal(check(json, &policy, SUPPORT_NOW, *state), AUTH0_OK);
    policy.profile = AUTH0_PROFILE_DPOP;
    assert_int_equal(check(json, &policy, SUPPORT_NOW, *state),
                     AUTH0_CLAIMS_MISSING);
}

/* The strictest of them, for want of a better answer. */
static void a_number_that_is_no_profile_is_strict(void **state)
{
    (void)state;
    assert_string_equal(auth0_profile_rules(AUTH0_PROFILE_COUNT)->name,
                        "rfc9068");
    assert_string_equal(auth0_profile_rules((auth0_profile_t)1000)->name,
                        "rfc9068");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(each_profile_takes_its_dialects),
        SUPPORT_TEST(each_profile_has_claims_that_it_needs),
        SUPPORT_TEST(an_age_is_exact),
        SUPPORT_TEST(a_logout_token_is_nothing_else),
        SUPPORT_TEST(a_proof_never_passes_as_a_token),
        SUPPORT_TEST(expiry_comes_before_age),
        SUPPORT_TEST(a_number_that_is_no_profile_is_strict),
    };
    return SUPPORT_RUN(tests);
}
