/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_json.h"
#include "core/auth0_problem.h"

#define PROBLEM(title, status, detail, reason)                                 \
    "{\"type\":\"about:blank\",\"title\":\"" title "\",\"status\":" status     \
    ",\"detail\":\"" detail "\",\"reason\":\"" reason "\"}"

typedef struct problem_row_t {
    auth0_reason_t reason;
    int status;
    const char *title;
    const char *want;
} problem_row_t;

static const problem_row_t rows[] = {
    {AUTH0_CLAIMS_EXP, 401, "Unauthorized",
     PROBLEM("Unauthorized", "401", "The token has expired", "claims.exp")},
    {AUTH0_REQUEST_MALFORMED, 400, "Bad Request",
     PROBLEM("Bad Request", "400", "The credentials are malformed",
             "request.malformed")},
    {AUTH0_REQUEST_NO_TOKEN, 401, "Unauthorized",
     PROBLEM("Unauthorized", "401", "An access token is required",
             "request.no_token")},
    {AUTH0_REQUIRE_OTHER, 403, "Forbidden",
     PROBLEM("Forbidden", "403", "The token does not allow this request",
             "require.other")},
    {AUTH0_CONFIG_INCOMPLETE, 500, "Internal Server Error",
     PROBLEM("Internal Server Error", "500",
             "The server is not able to judge the request",
             "config.incomplete")},
    {AUTH0_KEY_UNAVAILABLE, 503, "Service Unavailable",
     PROBLEM("Service Unavailable", "503",
             "The server is not able to judge the request now",
             "key.unavailable")},
    {AUTH0_REQUIRE_OTHER, 418, "Teapot",
     PROBLEM("Teapot", "418", "The request is refused", "require.other")},
};

static void a_refusal_is_told_in_full(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = auth0_problem(rows[i].reason, rows[i].status,
                                        rows[i].title, *state);
        bad += support_text(rows[i].title, got, rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static bool has_text(const auth0_json_t *object, const char *name)
{
    auth0_span_t value = auth0_span("", 0);

    return auth0_json_string(&value, auth0_json_member(object, name)) &&
           value.len > 0;
}

static void every_reason_makes_a_json_object(void **state)
{
    for (unsigned i = 0; i < AUTH0_REASON_COUNT; i++) {
        auth0_reason_t reason = (auth0_reason_t)i;
        const char *text = auth0_problem(
            reason, auth0_reason_info(reason)->status, "Title", *state);
        const auth0_json_t *object = NULL;
        assert_true(auth0_json_object(&object, support_span(text),
                                      auth0_json_header_limit, *state));
        assert_true(has_text(object, "detail"));
        assert_true(has_text(object, "reason"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_refusal_is_told_in_full),
        SUPPORT_TEST(every_reason_makes_a_json_object),
    };
    return SUPPORT_RUN(tests);
}
