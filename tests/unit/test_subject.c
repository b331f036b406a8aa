/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_subject.h"

#define UNKNOWN AUTH0_SUBJECT_UNKNOWN
#define USER AUTH0_SUBJECT_USER
#define MACHINE AUTH0_SUBJECT_MACHINE
#define AGENT AUTH0_SUBJECT_AGENT
#define ANONYMOUS AUTH0_SUBJECT_ANONYMOUS

typedef struct subject_row_t {
    const char *json;
    auth0_subject_t want;
} subject_row_t;

static unsigned judge_rows(const subject_row_t *rows, size_t count,
                           apr_pool_t *pool)
{
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        auth0_claims_t *claims;
        auth0_span_t text = support_copy(support_span(rows[i].json), pool);
        assert_int_equal(auth0_claims_parse(&claims, text, pool), AUTH0_OK);
        bad += support_equal(rows[i].json, (long)auth0_subject_of(claims),
                             (long)rows[i].want);
    }
    return bad;
}

/* access_token and access_token_authz: azp, and gty for some grants. */
static const subject_row_t auth0_rows[] = {
    {"{\"sub\":\"auth0|1\",\"azp\":\"app\"}", USER},
    {"{\"sub\":\"auth0|1\",\"azp\":\"app\",\"gty\":\"password\"}", USER},
    {"{\"sub\":\"auth0|1\",\"azp\":\"app\",\"gty\":\"refresh_token\"}", USER},
    {"{\"sub\":\"samlp|corp|1\",\"azp\":\"app\"}", USER},
    {"{\"sub\":\"google-oauth2|1\",\"azp\":\"app\",\"permissions\":[]}", USER},
    {"{\"sub\":\"app@clients\",\"azp\":\"app\",\"gty\":\"client-credentials\"}",
     MACHINE},
    {"{\"sub\":\"app@clients\",\"azp\":\"app\"}", MACHINE},
    {"{\"sub\":\"app@clients\"}", MACHINE},
    {"{\"sub\":\"agt_1\",\"azp\":\"app\",\"gty\":\"client-credentials\"}",
     AGENT},
    {"{\"sub\":\"agt_1\",\"azp\":\"app\"}", AGENT},
    {"{\"sub\":\"my-agent\",\"azp\":\"app\",\"gty\":\"client-credentials\"}",
     MACHINE},
    {"{\"sub\":\"anon@1-2-3\",\"azp\":\"app\"}", ANONYMOUS},
};

/* rfc9068_profile and rfc9068_profile_authz: client_id, never gty. */
static const subject_row_t rfc9068_rows[] = {
    {"{\"sub\":\"auth0|1\",\"client_id\":\"app\",\"jti\":\"x\"}", USER},
    {"{\"sub\":\"app@clients\",\"client_id\":\"app\",\"jti\":\"x\"}", MACHINE},
    {"{\"sub\":\"app\",\"client_id\":\"app\",\"jti\":\"x\"}", MACHINE},
    {"{\"sub\":\"tpc_1\",\"client_id\":\"tpc_1\"}", MACHINE},
    {"{\"sub\":\"https://c.example/m\",\"client_id\":\"https://c.example/m\"}",
     MACHINE},
    {"{\"sub\":\"agt_1\",\"client_id\":\"app\"}", AGENT},
    {"{\"sub\":\"my-agent\",\"client_id\":\"app\"}", UNKNOWN},
    {"{\"sub\":\"anon@1-2-3\",\"client_id\":\"app\"}", ANONYMOUS},
};

/* agent_subject_claims: sub_profile says it outright. */
static const subject_row_t profile_rows[] = {
    {"{\"sub\":\"auth0|1\",\"sub_profile\":\"user\"}", USER},
    {"{\"sub\":\"agt_1\",\"sub_profile\":\"ai_agent\",\"client_id\":\"app\","
     "\"client_profile\":\"service ai_agent\"}",
     AGENT},
    {"{\"sub\":\"my-agent\",\"sub_profile\":\"ai_agent\"}", AGENT},
    {"{\"sub\":\"a|b\",\"sub_profile\":\"ai_agent\"}", AGENT},
    {"{\"sub\":\"anon@bot\",\"sub_profile\":\"ai_agent\"}", AGENT},
    {"{\"sub\":\"bot@clients\",\"sub_profile\":\"ai_agent\"}", AGENT},
    {"{\"sub\":\"agt_1\",\"sub_profile\":\"ai_agent\","
     "\"gty\":\"client-credentials\"}",
     AGENT},
    {"{\"sub\":\"app\",\"sub_profile\":\"service\",\"client_id\":\"app\"}",
     MACHINE},
    {"{\"sub\":\"agt_1\",\"sub_profile\":\"service\"}", MACHINE},
    {"{\"sub\":\"app\",\"sub_profile\":\"browser_app\"}", MACHINE},
    {"{\"sub\":\"app\",\"sub_profile\":\"native_app\"}", MACHINE},
    {"{\"sub\":\"app@clients\",\"sub_profile\":\"user\"}", USER},
    {"{\"sub\":\"agt_1\",\"sub_profile\":\"user\"}", USER},
    {"{\"sub\":\"auth0|1\",\"azp\":\"app\",\"act\":{\"sub\":\"agt_1\","
     "\"sub_profile\":\"ai_agent\",\"client_id\":\"app\"}}",
     USER},
    {"{\"sub\":\"auth0|1\",\"client_id\":\"app\","
     "\"client_profile\":\"service ai_agent\"}",
     USER},
};

/* The profiles have no word for a visitor, so "user" does not tell. */
static const subject_row_t visitor_rows[] = {
    {"{\"sub\":\"anon@1-2-3\",\"sub_profile\":\"user\"}", ANONYMOUS},
    {"{\"sub\":\"anon@1|2\",\"sub_profile\":\"user\"}", USER},
    {"{\"sub\":\"anon@1-2-3\",\"sub_profile\":\"service\"}", MACHINE},
    {"{\"sub\":\"anon@1-2-3\",\"sub_profile\":\"visitor\"}", UNKNOWN},
    {"{\"sub\":\"anon@1-2-3\",\"gty\":\"refresh_token\"}", ANONYMOUS},
    {"{\"sub\":\"anon@1-2-3\",\"gty\":\"password\"}", ANONYMOUS},
    {"{\"sub\":\"anon@1@clients\",\"azp\":\"anon@1\"}", ANONYMOUS},
    {"{\"sub\":\"anon@1\",\"azp\":\"anon@1\"}", ANONYMOUS},
};

/* A profile that is not understood lets the form of sub say nothing. */
static const subject_row_t odd_profile_rows[] = {
    {"{\"sub\":\"auth0|1\",\"sub_profile\":\"\"}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":\"User\"}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":\"users\"}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":\"use\"}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":\"user ai_agent\"}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":\"machine\"}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":null}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":true}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":1}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":{}}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":[]}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"sub_profile\":[\"user\"]}", UNKNOWN},
    {"{\"sub\":\"a@clients\",\"sub_profile\":null,"
     "\"gty\":\"client-credentials\"}",
     UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"Sub_profile\":\"ai_agent\"}", USER},
    {"{\"sub\":\"auth0|1\",\"x\":{\"sub_profile\":\"ai_agent\"}}", USER},
};

static void every_dialect_tells_its_subjects(void **state)
{
    assert_int_equal(judge_rows(auth0_rows, COUNT(auth0_rows), *state), 0);
    assert_int_equal(judge_rows(rfc9068_rows, COUNT(rfc9068_rows), *state), 0);
}

static void a_profile_goes_before_the_form(void **state)
{
    assert_int_equal(judge_rows(profile_rows, COUNT(profile_rows), *state), 0);
    assert_int_equal(
        judge_rows(odd_profile_rows, COUNT(odd_profile_rows), *state), 0);
}

static void a_visitor_is_no_user(void **state)
{
    assert_int_equal(judge_rows(visitor_rows, COUNT(visitor_rows), *state), 0);
}

static const subject_row_t prefix_rows[] = {
    {"{\"sub\":\"anon@\"}", ANONYMOUS},  {"{\"sub\":\"anon\"}", UNKNOWN},
    {"{\"sub\":\"anon1\"}", UNKNOWN},    {"{\"sub\":\"Anon@1\"}", UNKNOWN},
    {"{\"sub\":\" anon@1\"}", UNKNOWN},  {"{\"sub\":\"xanon@1\"}", UNKNOWN},
    {"{\"sub\":\"anon@x|1\"}", USER},    {"{\"sub\":\"auth0|anon@1\"}", USER},
    {"{\"sub\":\"agt_\"}", AGENT},       {"{\"sub\":\"agt\"}", UNKNOWN},
    {"{\"sub\":\"agt-1\"}", UNKNOWN},    {"{\"sub\":\"AGT_1\"}", UNKNOWN},
    {"{\"sub\":\"xagt_1\"}", UNKNOWN},   {"{\"sub\":\"agt_x|1\"}", USER},
    {"{\"sub\":\"auth0|agt_1\"}", USER}, {"{\"sub\":\"agt_1@clients\"}", AGENT},
};

/* Who may choose an identifier must not become a machine by it. */
static const subject_row_t suffix_rows[] = {
    {"{\"sub\":\"@clients\"}", UNKNOWN},
    {"{\"sub\":\"a@clients\"}", MACHINE},
    {"{\"sub\":\"a@Clients\"}", UNKNOWN},
    {"{\"sub\":\"a@clients \"}", UNKNOWN},
    {"{\"sub\":\"a@clientsx\"}", UNKNOWN},
    {"{\"sub\":\"a@clients@x\"}", UNKNOWN},
    {"{\"sub\":\"a@client\"}", UNKNOWN},
    {"{\"sub\":\"aclients\"}", UNKNOWN},
    {"{\"sub\":\"a@x@clients\"}", MACHINE},
    {"{\"sub\":\"auth0|a@clients\"}", USER},
    {"{\"sub\":\"auth0|a@clients\",\"azp\":\"a\"}", USER},
    {"{\"sub\":\"auth0|app\",\"azp\":\"app\"}", USER},
    {"{\"sub\":\"|\"}", USER},
    {"{\"sub\":\"|a@clients\"}", USER},
    {"{\"sub\":\"\xc3\xa9@clients\"}", MACHINE},
};

/* A client's name may be a URL of its own choice, with a bar in it. */
static const subject_row_t client_rows[] = {
    {"{\"sub\":\"app\",\"azp\":\"app\"}", MACHINE},
    {"{\"sub\":\"app\",\"azp\":\"App\"}", UNKNOWN},
    {"{\"sub\":\"app\",\"azp\":\"ap\"}", UNKNOWN},
    {"{\"sub\":\"app\",\"azp\":\"apps\"}", UNKNOWN},
    {"{\"sub\":\"app\",\"azp\":\"x\",\"client_id\":\"app\"}", MACHINE},
    {"{\"sub\":\"app\",\"azp\":\"app\",\"client_id\":\"x\"}", MACHINE},
    {"{\"sub\":\"app\",\"azp\":1,\"client_id\":[\"app\"]}", UNKNOWN},
    {"{\"sub\":\"https://c.example/a|b\","
     "\"client_id\":\"https://c.example/a|b\"}",
     MACHINE},
    {"{\"sub\":\"https://c.example/a|b@clients\","
     "\"client_id\":\"https://c.example/a|b\"}",
     MACHINE},
    {"{\"sub\":\"https://c.example/a|b@clients\","
     "\"azp\":\"https://c.example/a|b\"}",
     MACHINE},
    {"{\"sub\":\"https://c.example/a|b@clients\","
     "\"azp\":\"https://c.example/a|b@clients\"}",
     MACHINE},
    {"{\"sub\":\"https://c.example/a|b\",\"azp\":\"https://c.example/a\"}",
     USER},
    {"{\"sub\":\"a|b@clients\",\"azp\":\"b\"}", USER},
    {"{\"sub\":\"@clients\",\"azp\":\"\"}", UNKNOWN},
    {"{\"sub\":\"@clients\",\"azp\":\"@clients\"}", MACHINE},
};

static void the_form_of_sub_is_taken_whole(void **state)
{
    assert_int_equal(judge_rows(prefix_rows, COUNT(prefix_rows), *state), 0);
    assert_int_equal(judge_rows(suffix_rows, COUNT(suffix_rows), *state), 0);
    assert_int_equal(judge_rows(client_rows, COUNT(client_rows), *state), 0);
}

static const subject_row_t grant_rows[] = {
    {"{\"sub\":\"x\",\"gty\":\"client-credentials\"}", MACHINE},
    {"{\"sub\":\"auth0|1\",\"gty\":\"client-credentials\"}", MACHINE},
    {"{\"sub\":\"x\",\"gty\":\"password\"}", USER},
    {"{\"sub\":\"x\",\"gty\":\"refresh_token\"}", USER},
    {"{\"sub\":\"x\",\"gty\":\"client_credentials\"}", UNKNOWN},
    {"{\"sub\":\"x\",\"gty\":\"Password\"}", UNKNOWN},
    {"{\"sub\":\"x\",\"gty\":\"refresh_token password\"}", UNKNOWN},
    {"{\"sub\":\"x\",\"gty\":\"\"}", UNKNOWN},
    {"{\"sub\":\"x\",\"gty\":null}", UNKNOWN},
    {"{\"sub\":\"x\",\"gty\":[\"client-credentials\"]}", UNKNOWN},
    {"{\"sub\":\"auth0|1\",\"gty\":\"other\"}", USER},
    {"{\"sub\":\"auth0|1\",\"gty\":[\"client-credentials\"]}", USER},
    {"{\"sub\":\"a@clients\",\"gty\":1}", MACHINE},
    {"{\"sub\":\"a@clients\",\"azp\":\"a\",\"gty\":\"other\"}", MACHINE},
    {"{\"sub\":\"agt_1\",\"gty\":\"refresh_token\"}", AGENT},
};

static void a_grant_goes_before_the_form(void **state)
{
    assert_int_equal(judge_rows(grant_rows, COUNT(grant_rows), *state), 0);
}

static const subject_row_t nobody_rows[] = {
    {"{}", UNKNOWN},
    {"{\"azp\":\"app\"}", UNKNOWN},
    {"{\"gty\":\"client-credentials\"}", UNKNOWN},
    {"{\"sub_profile\":\"user\"}", UNKNOWN},
    {"{\"sub\":\"\"}", UNKNOWN},
    {"{\"sub\":\"\",\"azp\":\"\"}", UNKNOWN},
    {"{\"sub\":\"\",\"sub_profile\":\"user\"}", UNKNOWN},
    {"{\"sub\":\"\",\"gty\":\"password\"}", UNKNOWN},
    {"{\"sub\":null,\"sub_profile\":\"user\"}", UNKNOWN},
    {"{\"sub\":1,\"azp\":1}", UNKNOWN},
    {"{\"sub\":true,\"gty\":\"password\"}", UNKNOWN},
    {"{\"sub\":[\"auth0|1\"]}", UNKNOWN},
    {"{\"sub\":{\"auth0|1\":1}}", UNKNOWN},
    {"{\"sub\":\"x\"}", UNKNOWN},
    {"{\"Sub\":\"auth0|1\"}", UNKNOWN},
};

static void nobody_is_of_no_type(void **state)
{
    assert_int_equal(judge_rows(nobody_rows, COUNT(nobody_rows), *state), 0);
}

static void types_have_exact_names(void **state)
{
    static const struct {
        const char *name;
        auth0_subject_t want;
    } rows[] = {
        {"user", USER},           {"machine", MACHINE}, {"agent", AGENT},
        {"anonymous", ANONYMOUS}, {"", UNKNOWN},        {"User", UNKNOWN},
        {"users", UNKNOWN},       {"use", UNKNOWN},     {"user ", UNKNOWN},
        {"ai_agent", UNKNOWN},    {"service", UNKNOWN}, {"unknown", UNKNOWN},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t name = support_copy(support_span(rows[i].name), *state);
        bad += support_equal(rows[i].name, (long)auth0_subject_named(name),
                             (long)rows[i].want);
    }
    assert_int_equal(bad, 0);
    assert_int_equal(USER | MACHINE | AGENT | ANONYMOUS,
                     USER + MACHINE + AGENT + ANONYMOUS);
    assert_int_equal(UNKNOWN, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(every_dialect_tells_its_subjects),
        SUPPORT_TEST(a_profile_goes_before_the_form),
        SUPPORT_TEST(a_visitor_is_no_user),
        SUPPORT_TEST(the_form_of_sub_is_taken_whole),
        SUPPORT_TEST(a_grant_goes_before_the_form),
        SUPPORT_TEST(nobody_is_of_no_type),
        SUPPORT_TEST(types_have_exact_names),
    };
    return SUPPORT_RUN(tests);
}
