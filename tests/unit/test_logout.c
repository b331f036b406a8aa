/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_logout.h"

static auth0_claims_t *parse(const char *json, apr_pool_t *pool)
{
    auth0_claims_t *claims;
    assert_int_equal(auth0_claims_parse(&claims, support_span(json), pool),
                     AUTH0_OK);
    return claims;
}

static const char *text_of(const auth0_mark_name_t *name, apr_pool_t *pool)
{
    static const char *const kinds[] = {[AUTH0_MARK_LOGOUT] = "logout",
                                        [AUTH0_MARK_SID] = "sid",
                                        [AUTH0_MARK_SUB] = "sub",
                                        [AUTH0_MARK_SUB_SESSIONLESS] =
                                            "sub without sid"};
    return apr_psprintf(pool, "%s %s %s", kinds[name->kind],
                        support_string(name->issuer, pool),
                        support_string(name->value, pool));
}

#define COMMON "\"iss\":\"i\",\"jti\":\"j\",\"iat\":100,\"exp\":220"

/* What is denied, and before when (0: whenever). */
static const struct {
    const char *json;
    const char *names[AUTH0_LOGOUT_DENIALS];
    int64_t before[AUTH0_LOGOUT_DENIALS];
} logouts[] = {
    {"{" COMMON ",\"sub\":\"u\"}", {"sub i u", NULL}, {100, 0}},
    {"{" COMMON ",\"sid\":\"s\"}", {"sid i s", NULL}, {INT64_MAX, 0}},
    {"{" COMMON ",\"sid\":\"s\",\"sub\":\"u\"}",
     {"sid i s", "sub without sid i u"},
     {INT64_MAX, 100}},
    {"{\"iss\":\"i\",\"jti\":\"j\",\"iat\":99.5,\"exp\":219.2,\"sub\":\"u\"}",
     {"sub i u", NULL},
     {100, 0}},
};

static void a_logout_denies_sessions_and_users(void **state)
{
    for (size_t i = 0; i < COUNT(logouts); i++) {
        auth0_logout_t logout;
        size_t count = 0;
        auth0_logout_read(&logout, parse(logouts[i].json, *state));
        assert_string_equal(text_of(&logout.token, *state), "logout i j");
        assert_int_equal(logout.until, 220);
        for (; count < AUTH0_LOGOUT_DENIALS && logouts[i].names[count];
             count++) {
            assert_true(count < logout.count);
            assert_string_equal(text_of(&logout.denials[count].name, *state),
                                logouts[i].names[count]);
            assert_true(logout.denials[count].before ==
                        logouts[i].before[count]);
        }
        assert_int_equal(logout.count, count);
    }
}

static const struct {
    const char *json;
    const char *names[AUTH0_LOGOUT_QUESTIONS];
} access_tokens[] = {
    {"{\"iss\":\"i\",\"sub\":\"u\"}", {"sub i u", "sub without sid i u"}},
    {"{\"iss\":\"i\",\"sub\":\"u\",\"sid\":\"s\"}", {"sub i u", "sid i s"}},
    {"{\"iss\":\"i\",\"sid\":\"s\"}", {"sid i s", NULL}},
    {"{\"iss\":\"i\"}", {NULL, NULL}},
    {"{\"iss\":\"i\",\"sub\":\"u\",\"sid\":1}",
     {"sub i u", "sub without sid i u"}},
    {"{\"iss\":\"i\",\"sub\":\"u\",\"sid\":\"\"}",
     {"sub i u", "sub without sid i u"}},
    {"{\"iss\":\"i\",\"sub\":\"u\",\"sid\":null}",
     {"sub i u", "sub without sid i u"}},
};

static void a_token_is_asked_for_all_that_it_names(void **state)
{
    for (size_t i = 0; i < COUNT(access_tokens); i++) {
        auth0_logout_question_t questions[AUTH0_LOGOUT_QUESTIONS];
        size_t count = auth0_logout_questions(
            questions, parse(access_tokens[i].json, *state));
        for (size_t k = 0; k < AUTH0_LOGOUT_QUESTIONS; k++) {
            assert_int_equal(access_tokens[i].names[k] != NULL, k < count);
            if (k < count) {
                assert_string_equal(text_of(&questions[k].name, *state),
                                    access_tokens[i].names[k]);
                assert_int_equal(questions[k].reason,
                                 questions[k].name.kind == AUTH0_MARK_SID
                                     ? AUTH0_DENY_SID
                                     : AUTH0_DENY_SUB);
            }
        }
    }
}

static const struct {
    const char *json;
    int64_t before;
    bool want;
} times[] = {
    {"{\"iat\":99}", 100, true},
    {"{\"iat\":100}", 100, true},
    {"{\"iat\":100.5}", 100, false},
    {"{\"iat\":101}", 100, false},
    {"{\"iat\":253402300799}", INT64_MAX, true},
    {"{}", 0, true},
    {"{}", INT64_MAX, true},
};

static void a_token_without_iat_may_be_of_any_time(void **state)
{
    for (size_t i = 0; i < COUNT(times); i++) {
        assert_int_equal(auth0_logout_concerns(parse(times[i].json, *state),
                                               times[i].before),
                         times[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_logout_denies_sessions_and_users),
        SUPPORT_TEST(a_token_is_asked_for_all_that_it_names),
        SUPPORT_TEST(a_token_without_iat_may_be_of_any_time),
    };
    return SUPPORT_RUN(tests);
}
