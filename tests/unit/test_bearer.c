/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_bearer.h"

typedef struct bearer_row_t {
    const char *field;
    auth0_reason_t want;
    const char *token;
} bearer_row_t;

static const bearer_row_t bearer_rows[] = {
    {"Bearer abc", AUTH0_OK, "abc"},
    {"bearer abc", AUTH0_OK, "abc"},
    {"BEARER abc", AUTH0_OK, "abc"},
    {"bEaReR abc", AUTH0_OK, "abc"},
    {"Bearer   abc", AUTH0_OK, "abc"},
    {"Bearer a", AUTH0_OK, "a"},
    {"Bearer abc==", AUTH0_OK, "abc=="},
    {"Bearer A.b-c_d~e+f/0", AUTH0_OK, "A.b-c_d~e+f/0"},
    {"Bearer Bearer", AUTH0_OK, "Bearer"},
    {NULL, AUTH0_REQUEST_NO_TOKEN, ""},
    {"", AUTH0_REQUEST_NO_TOKEN, ""},
    {" ", AUTH0_REQUEST_NO_TOKEN, ""},
    {"Basic dTpw", AUTH0_REQUEST_SCHEME, ""},
    {"Basic", AUTH0_REQUEST_SCHEME, ""},
    {"DPoP abc", AUTH0_REQUEST_SCHEME, ""},
    {"Bearerabc", AUTH0_REQUEST_SCHEME, ""},
    {"Beare abc", AUTH0_REQUEST_SCHEME, ""},
    {"Bearers abc", AUTH0_REQUEST_SCHEME, ""},
    {"Bear\xc3\xa9r abc", AUTH0_REQUEST_SCHEME, ""},
    {"abc", AUTH0_REQUEST_SCHEME, ""},
    {"Digest username=\"u\", realm=\"r\", uri=\"/\"", AUTH0_REQUEST_SCHEME, ""},
    {"Bearer", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer ", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer    ", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a b", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a Bearer b", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer abc\t", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a\tb", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer =", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer ===", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer =abc", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a=b", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer \"abc\"", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer <abc>", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer abc;", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a%20b", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a:b", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a\\b", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a\x01", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a\x7f", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer \xc3\xa9", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer \xff", AUTH0_REQUEST_MALFORMED, ""},
    {"Bearer a, Bearer b", AUTH0_REQUEST_MULTIPLE, ""},
    {"Bearer a,Bearer b", AUTH0_REQUEST_MULTIPLE, ""},
    {"Bearer a, Basic b", AUTH0_REQUEST_MULTIPLE, ""},
    {"Bearer a, a", AUTH0_REQUEST_MULTIPLE, ""},
    {"Bearer a,", AUTH0_REQUEST_MULTIPLE, ""},
    {"Basic a, Bearer b", AUTH0_REQUEST_MULTIPLE, ""},
    {"Basic a, bearer b", AUTH0_REQUEST_MULTIPLE, ""},
    {"Basic a,Bearer b", AUTH0_REQUEST_MULTIPLE, ""},
    {"DPoP a, Bearer b", AUTH0_REQUEST_MULTIPLE, ""},
    {"Bearer, Bearer b", AUTH0_REQUEST_MULTIPLE, ""},
};

static void one_token_is_taken_from_the_field(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(bearer_rows); i++) {
        const bearer_row_t *row = &bearer_rows[i];
        const char *name = row->field != NULL ? row->field : "no field";
        auth0_span_t token = auth0_span("poison", 6);
        auth0_reason_t got = auth0_bearer_token(&token, row->field);
        bad += support_reason(name, got, row->want);
        bad += support_text(name, support_string(token, *state), row->token);
    }
    assert_int_equal(bad, 0);
}

static void the_token_is_borrowed_from_the_field(void **state)
{
    const char *field = "Bearer abc.def.ghi";
    auth0_span_t token;
    (void)state;
    assert_int_equal(auth0_bearer_token(&token, field), AUTH0_OK);
    assert_ptr_equal(token.ptr, field + 7);
    assert_int_equal(token.len, 11);
}

/* RFC 9110 section 11.2, all 256 bytes. */
static void only_token68_bytes_pass(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz"
                                   "0123456789-._~+/";
    unsigned bad = 0;
    for (int c = 1; c < 256; c++) {
        const char *field = apr_psprintf(*state, "Bearer a%cb", c);
        bool want = strchr(alphabet, c) != NULL;
        auth0_span_t token;
        bool got = auth0_bearer_token(&token, field) == AUTH0_OK;
        bad += support_equal(apr_psprintf(*state, "byte %02x", (unsigned)c),
                             got, want);
    }
    assert_int_equal(bad, 0);
}

typedef struct challenge_row_t {
    const char *name;
    auth0_challenge_t challenge;
    const char *want;
} challenge_row_t;

static const challenge_row_t challenge_rows[] = {
    {"no token",
     {.realm = "orders", .reason = AUTH0_REQUEST_NO_TOKEN},
     "Bearer realm=\"orders\""},
    {"another scheme",
     {.realm = "orders", .reason = AUTH0_REQUEST_SCHEME},
     "Bearer realm=\"orders\""},
    {"quote and backslash in the realm",
     {.realm = "a\"b\\c", .reason = AUTH0_REQUEST_NO_TOKEN},
     "Bearer realm=\"a\\\"b\\\\c\""},
    {"empty realm",
     {.realm = "", .reason = AUTH0_REQUEST_NO_TOKEN},
     "Bearer realm=\"\""},
    {"comma and equals sign in the realm",
     {.realm = "a, b=c", .reason = AUTH0_REQUEST_NO_TOKEN},
     "Bearer realm=\"a, b=c\""},
    {"scope beside no error",
     {"orders", AUTH0_REQUEST_NO_TOKEN, "read:orders", NULL, NULL},
     "Bearer realm=\"orders\", scope=\"read:orders\""},
    {"another Require",
     {.realm = "orders", .reason = AUTH0_REQUIRE_ORG},
     "Bearer realm=\"orders\""},
};

static void a_challenge_without_error_is_bare(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(challenge_rows); i++) {
        const challenge_row_t *row = &challenge_rows[i];
        bad += support_text(row->name,
                            auth0_bearer_challenge(&row->challenge, *state),
                            row->want);
    }
    assert_int_equal(bad, 0);
}

static void a_challenge_names_error_and_scope(void **state)
{
    unsigned bad = 0;
    for (unsigned i = 0; i < AUTH0_REASON_COUNT; i++) {
        const auth0_reason_info_t *info = auth0_reason_info((auth0_reason_t)i);
        auth0_challenge_t challenge = {"r", (auth0_reason_t)i, "a b", NULL,
                                       NULL};
        const char *error =
            info->error == NULL
                ? ""
                : apr_psprintf(*state,
                               ", error=\"%s\", error_description=\"%s\"",
                               info->error, info->description);
        const char *want =
            apr_psprintf(*state, "Bearer realm=\"r\"%s, scope=\"a b\"", error);
        bad += support_text(info->code,
                            auth0_bearer_challenge(&challenge, *state), want);
    }
    assert_int_equal(bad, 0);
}

#define STEP_UP                                                                \
    "Bearer realm=\"r\", error=\"insufficient_user_authentication\", "         \
    "error_description=\"A more recent or a stronger authentication is "       \
    "required\""

/* RFC 9470 section 3. */
static const challenge_row_t step_up_rows[] = {
    {"acr",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, "gold", NULL},
     STEP_UP ", acr_values=\"gold\""},
    {"two acr",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, "gold silver", NULL},
     STEP_UP ", acr_values=\"gold silver\""},
    {"age",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, NULL, "300"},
     STEP_UP ", max_age=\"300\""},
    {"no age at all",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, NULL, "0"},
     STEP_UP ", max_age=\"0\""},
    {"both",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, "gold", "300"},
     STEP_UP ", acr_values=\"gold\", max_age=\"300\""},
    {"all",
     {"r", AUTH0_REQUIRE_STEP_UP, "a b", "gold", "300"},
     STEP_UP ", scope=\"a b\", acr_values=\"gold\", max_age=\"300\""},
    {"none", {"r", AUTH0_REQUIRE_STEP_UP, NULL, NULL, NULL}, STEP_UP},
};

static void a_challenge_says_how_to_authenticate(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(step_up_rows); i++) {
        const challenge_row_t *row = &step_up_rows[i];
        bad += support_text(row->name,
                            auth0_bearer_challenge(&row->challenge, *state),
                            row->want);
    }
    assert_int_equal(bad, 0);
}

/* RFC 9110 section 5.5: CR, LF and NUL would start another field. */
static void a_realm_cannot_break_the_field(void **state)
{
    unsigned bad = 0;
    for (int c = 1; c < 256; c++) {
        auth0_challenge_t challenge = {.realm = apr_psprintf(*state, "a%cb", c),
                                       .reason = AUTH0_REQUEST_NO_TOKEN};
        auth0_span_t field =
            support_span(auth0_bearer_challenge(&challenge, *state));
        bad += support_equal(apr_psprintf(*state, "byte %02x", (unsigned)c),
                             auth0_span_has_control(field), false);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(one_token_is_taken_from_the_field),
        SUPPORT_TEST(the_token_is_borrowed_from_the_field),
        SUPPORT_TEST(only_token68_bytes_pass),
        SUPPORT_TEST(a_challenge_without_error_is_bare),
        SUPPORT_TEST(a_challenge_names_error_and_scope),
        SUPPORT_TEST(a_challenge_says_how_to_authenticate),
        SUPPORT_TEST(a_realm_cannot_break_the_field),
    };
    return SUPPORT_RUN(tests);
}
