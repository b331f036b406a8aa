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
    {"Bearer, Bearer b", AUTH0_REQUEST_MULTIPLE, ""},
};

static void one_token_is_taken_from_the_field(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(bearer_rows); i++) {
        const bearer_row_t *row = &bearer_rows[i];
        const char *name = row->field != NULL ? row->field : "no field";
        auth0_span_t token = auth0_span("poison", 6);
        auth0_scheme_t scheme = AUTH0_SCHEME_DPOP;
        auth0_reason_t got = auth0_bearer_token(&token, &scheme, row->field);
        bad += support_reason(name, got, row->want);
        bad += support_text(name, support_string(token, *state), row->token);
        bad += support_equal(name, scheme == AUTH0_SCHEME_DPOP, false);
        bad += support_equal(
            name, got == AUTH0_OK && scheme != AUTH0_SCHEME_BEARER, false);
    }
    assert_int_equal(bad, 0);
}

/* RFC 9449 section 7.1. */
static const struct {
    const char *field;
    auth0_reason_t want;
    auth0_scheme_t scheme;
    const char *token;
} dpop_rows[] = {
    {"DPoP abc", AUTH0_OK, AUTH0_SCHEME_DPOP, "abc"},
    {"dpop abc", AUTH0_OK, AUTH0_SCHEME_DPOP, "abc"},
    {"DPOP abc", AUTH0_OK, AUTH0_SCHEME_DPOP, "abc"},
    {"DPoP   abc", AUTH0_OK, AUTH0_SCHEME_DPOP, "abc"},
    {"DPoP DPoP", AUTH0_OK, AUTH0_SCHEME_DPOP, "DPoP"},
    {"DPoP Bearer", AUTH0_OK, AUTH0_SCHEME_DPOP, "Bearer"},
    {"Bearer abc", AUTH0_OK, AUTH0_SCHEME_BEARER, "abc"},
    {"bearer DPoP", AUTH0_OK, AUTH0_SCHEME_BEARER, "DPoP"},
    {NULL, AUTH0_REQUEST_NO_TOKEN, AUTH0_SCHEME_NONE, ""},
    {"", AUTH0_REQUEST_NO_TOKEN, AUTH0_SCHEME_NONE, ""},
    {"Basic dTpw", AUTH0_REQUEST_SCHEME, AUTH0_SCHEME_NONE, ""},
    {"DPoPabc", AUTH0_REQUEST_SCHEME, AUTH0_SCHEME_NONE, ""},
    {"DPo abc", AUTH0_REQUEST_SCHEME, AUTH0_SCHEME_NONE, ""},
    {"DPoPs abc", AUTH0_REQUEST_SCHEME, AUTH0_SCHEME_NONE, ""},
    {"abc", AUTH0_REQUEST_SCHEME, AUTH0_SCHEME_NONE, ""},
    {"DPoP", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_DPOP, ""},
    {"DPoP ", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_DPOP, ""},
    {"DPoP a b", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_DPOP, ""},
    {"DPoP a DPoP b", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_DPOP, ""},
    {"DPoP a\tb", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_DPOP, ""},
    {"DPoP ===", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_DPOP, ""},
    {"DPoP \"abc\"", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_DPOP, ""},
    {"Bearer", AUTH0_REQUEST_MALFORMED, AUTH0_SCHEME_BEARER, ""},
    {"DPoP a, DPoP b", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_DPOP, ""},
    {"DPoP a,DPoP a", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_DPOP, ""},
    {"DPoP a, Bearer b", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_DPOP, ""},
    {"Bearer a, DPoP b", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_BEARER, ""},
    {"DPoP a, Basic b", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_DPOP, ""},
    {"DPoP a,", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_DPOP, ""},
    {"Basic a, DPoP b", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_NONE, ""},
    {"Basic a, dpop b", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_NONE, ""},
    {"Basic a, Bearer b", AUTH0_REQUEST_MULTIPLE, AUTH0_SCHEME_NONE, ""},
};

static void dpop_is_a_scheme_too(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(dpop_rows); i++) {
        const char *name = dpop_rows[i].field ? dpop_rows[i].field : "no field";
        auth0_span_t token = auth0_span("poison", 6);
        auth0_scheme_t scheme = AUTH0_SCHEME_DPOP;
        bad += support_reason(
            name, auth0_bearer_token(&token, &scheme, dpop_rows[i].field),
            dpop_rows[i].want);
        bad += support_text(name, support_string(token, *state),
                            dpop_rows[i].token);
        bad += support_equal(name, (long)scheme, (long)dpop_rows[i].scheme);
    }
    assert_int_equal(bad, 0);
}

/* What is a token as Bearer is one as DPoP, and the other way round. */
static void both_schemes_have_the_same_grammar(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(bearer_rows); i++) {
        const bearer_row_t *row = &bearer_rows[i];
        if (!row->field ||
            !auth0_span_starts(support_span(row->field), "Bearer")) {
            continue;
        }
        const char *field = apr_pstrcat(*state, "DPoP", row->field + 6, NULL);
        auth0_span_t token;
        auth0_scheme_t scheme;
        bad += support_reason(field, auth0_bearer_token(&token, &scheme, field),
                              row->want);
        bad += support_text(field, support_string(token, *state), row->token);
    }
    assert_int_equal(bad, 0);
}

static void the_token_is_borrowed_from_the_field(void **state)
{
    const char *field = "Bearer abc.def.ghi";
    auth0_span_t token;
    auth0_scheme_t scheme;
    (void)state;
    assert_int_equal(auth0_bearer_token(&token, &scheme, field), AUTH0_OK);
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
        auth0_scheme_t scheme;
        bool got = auth0_bearer_token(&token, &scheme, field) == AUTH0_OK;
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
     {.realm = "orders",
      .reason = AUTH0_REQUEST_NO_TOKEN,
      .scope = "read:orders"},
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

#define ALGS "algs=\"ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512\""

static void a_challenge_names_error_and_scope(void **state)
{
    unsigned bad = 0;
    for (unsigned i = 0; i < AUTH0_REASON_COUNT; i++) {
        const auth0_reason_info_t *info = auth0_reason_info((auth0_reason_t)i);
        auth0_challenge_t challenge = {
            .realm = "r", .reason = (auth0_reason_t)i, .scope = "a b"};
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
        want = apr_psprintf(*state, "DPoP%s, " ALGS, want + strlen("Bearer"));
        challenge.scheme = AUTH0_SCHEME_DPOP;
        bad += support_text(info->code,
                            auth0_dpop_challenge(&challenge, *state), want);
    }
    assert_int_equal(bad, 0);
}

#define WRONG                                                                  \
    ", error=\"invalid_token\", error_description=\"The token has expired\", " \
    "scope=\"a\", acr_values=\"b\", max_age=\"1\""

/* 143 and 144: of two challenges, one tells what went wrong. */
static void the_scheme_of_the_request_tells_the_error(void **state)
{
    static const struct {
        auth0_scheme_t scheme;
        const char *bearer;
        const char *dpop;
    } rows[] = {
        {AUTH0_SCHEME_NONE, "Bearer realm=\"r\"" WRONG,
         "DPoP realm=\"r\", " ALGS},
        {AUTH0_SCHEME_BEARER, "Bearer realm=\"r\"" WRONG,
         "DPoP realm=\"r\", " ALGS},
        {AUTH0_SCHEME_DPOP, "Bearer realm=\"r\"",
         "DPoP realm=\"r\"" WRONG ", " ALGS},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_challenge_t challenge = {"r", AUTH0_CLAIMS_EXP, "a", "b",
                                       "1", rows[i].scheme,   NULL};
        bad += support_text("143 144 Bearer",
                            auth0_bearer_challenge(&challenge, *state),
                            rows[i].bearer);
        bad += support_text("143 144 DPoP",
                            auth0_dpop_challenge(&challenge, *state),
                            rows[i].dpop);
    }
    assert_int_equal(bad, 0);
}

#define DPOP_SAYS(error, description)                                          \
    "DPoP realm=\"r\", error=\"" error "\", error_description=\"" description  \
    "\", " ALGS

/* 144 and 145, and that a store that is out of reach is nobody's fault. */
static const struct {
    auth0_reason_t reason;
    const char *want;
} proof_rows[] = {
    {AUTH0_CNF_SCHEME,
     DPOP_SAYS("invalid_token", "The token does not go with this scheme")},
    {AUTH0_CNF_PROOF_MISSING,
     DPOP_SAYS("invalid_dpop_proof", "The DPoP proof is missing")},
    {AUTH0_CNF_PROOF_INVALID,
     DPOP_SAYS("invalid_dpop_proof", "The DPoP proof is not valid")},
    {AUTH0_CNF_NONCE, DPOP_SAYS("use_dpop_nonce",
                                "The DPoP proof needs a nonce of this server")},
    {AUTH0_CNF_JKT,
     DPOP_SAYS("invalid_token", "The token is bound to another key")},
    {AUTH0_CNF_REPLAY,
     DPOP_SAYS("invalid_dpop_proof", "The DPoP proof was used before")},
    {AUTH0_CNF_STORE, "DPoP realm=\"r\", " ALGS},
    {AUTH0_CNF_CERTIFICATE,
     DPOP_SAYS("invalid_token", "The token is bound to another certificate")},
    {AUTH0_REQUEST_NO_TOKEN, "DPoP realm=\"r\", " ALGS},
    {AUTH0_REQUIRE_SCOPE,
     DPOP_SAYS("insufficient_scope", "The token lacks a required scope")},
};

static void a_dpop_challenge_says_what_is_wrong(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(proof_rows); i++) {
        auth0_challenge_t challenge = {.realm = "r",
                                       .reason = proof_rows[i].reason,
                                       .scheme = AUTH0_SCHEME_DPOP};
        bad += support_text(auth0_reason_info(challenge.reason)->code,
                            auth0_dpop_challenge(&challenge, *state),
                            proof_rows[i].want);
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
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, "gold", NULL, AUTH0_SCHEME_NONE, NULL},
     STEP_UP ", acr_values=\"gold\""},
    {"two acr",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, "gold silver", NULL, AUTH0_SCHEME_NONE,
      NULL},
     STEP_UP ", acr_values=\"gold silver\""},
    {"age",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, NULL, "300", AUTH0_SCHEME_NONE, NULL},
     STEP_UP ", max_age=\"300\""},
    {"no age at all",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, NULL, "0", AUTH0_SCHEME_NONE, NULL},
     STEP_UP ", max_age=\"0\""},
    {"both",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, "gold", "300", AUTH0_SCHEME_NONE, NULL},
     STEP_UP ", acr_values=\"gold\", max_age=\"300\""},
    {"all",
     {"r", AUTH0_REQUIRE_STEP_UP, "a b", "gold", "300", AUTH0_SCHEME_NONE,
      NULL},
     STEP_UP ", scope=\"a b\", acr_values=\"gold\", max_age=\"300\""},
    {"none",
     {"r", AUTH0_REQUIRE_STEP_UP, NULL, NULL, NULL, AUTH0_SCHEME_NONE, NULL},
     STEP_UP},
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

#define URL "https://h/.well-known/oauth-protected-resource"

/* RFC 9728 section 5.1: whatever else is said, and by whichever scheme. */
static void a_challenge_names_the_metadata(void **state)
{
    auth0_challenge_t challenge = {.realm = "r",
                                   .reason = AUTH0_REQUEST_NO_TOKEN,
                                   .metadata = URL "?a=\"\\\n"};
    unsigned bad = 0;

    bad += support_text("quoted", auth0_bearer_challenge(&challenge, *state),
                        "Bearer realm=\"r\", resource_metadata=\"" URL
                        "?a=\\\"\\\\ \"");
    challenge.metadata = URL;
    bad += support_text("DPoP", auth0_dpop_challenge(&challenge, *state),
                        "DPoP realm=\"r\", " ALGS ", resource_metadata=\"" URL
                        "\"");
    challenge = (auth0_challenge_t){"r", AUTH0_CLAIMS_EXP,    "a", "b",
                                    "1", AUTH0_SCHEME_BEARER, URL};
    bad += support_text("error", auth0_bearer_challenge(&challenge, *state),
                        "Bearer realm=\"r\"" WRONG ", resource_metadata=\"" URL
                        "\"");
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
        field = support_span(auth0_dpop_challenge(&challenge, *state));
        bad += support_equal(apr_psprintf(*state, "byte %02x", (unsigned)c),
                             auth0_span_has_control(field), false);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(one_token_is_taken_from_the_field),
        SUPPORT_TEST(dpop_is_a_scheme_too),
        SUPPORT_TEST(both_schemes_have_the_same_grammar),
        SUPPORT_TEST(the_token_is_borrowed_from_the_field),
        SUPPORT_TEST(only_token68_bytes_pass),
        SUPPORT_TEST(a_challenge_without_error_is_bare),
        SUPPORT_TEST(a_challenge_names_error_and_scope),
        SUPPORT_TEST(the_scheme_of_the_request_tells_the_error),
        SUPPORT_TEST(a_dpop_challenge_says_what_is_wrong),
        SUPPORT_TEST(a_challenge_says_how_to_authenticate),
        SUPPORT_TEST(a_challenge_names_the_metadata),
        SUPPORT_TEST(a_realm_cannot_break_the_field),
    };
    return SUPPORT_RUN(tests);
}
