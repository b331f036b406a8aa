/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

typedef struct reason_row_t {
    auth0_reason_t reason;
    const char *code;
    int status;
    const char *error;
} reason_row_t;

#define TOKEN "invalid_token"
#define REQUEST "invalid_request"
#define PROOF "invalid_dpop_proof"

static const reason_row_t rows[] = {
    {AUTH0_OK, "ok", 200, NULL},
    {AUTH0_CONFIG_INCOMPLETE, "config.incomplete", 500, NULL},
    {AUTH0_REQUEST_NO_TOKEN, "request.no_token", 401, NULL},
    {AUTH0_REQUEST_SCHEME, "request.scheme", 401, NULL},
    {AUTH0_REQUEST_MALFORMED, "request.malformed", 400, REQUEST},
    {AUTH0_REQUEST_MULTIPLE, "request.multiple", 400, REQUEST},
    {AUTH0_REQUEST_TOO_LARGE, "request.too_large", 400, REQUEST},
    {AUTH0_REQUEST_BODY, "request.body", 413, NULL},
    {AUTH0_TOKEN_MALFORMED, "token.malformed", 401, TOKEN},
    {AUTH0_TOKEN_OPAQUE, "token.opaque", 401, TOKEN},
    {AUTH0_TOKEN_ENCRYPTED, "token.encrypted", 401, TOKEN},
    {AUTH0_TOKEN_PLAIN, "token.plain", 401, TOKEN},
    {AUTH0_HEADER_MALFORMED, "header.malformed", 401, TOKEN},
    {AUTH0_HEADER_ALG, "header.alg", 401, TOKEN},
    {AUTH0_HEADER_CRIT, "header.crit", 401, TOKEN},
    {AUTH0_HEADER_TYP, "header.typ", 401, TOKEN},
    {AUTH0_HEADER_FORBIDDEN, "header.forbidden", 401, TOKEN},
    {AUTH0_DECRYPT_MALFORMED, "decrypt.malformed", 401, TOKEN},
    {AUTH0_DECRYPT_ALG, "decrypt.alg", 401, TOKEN},
    {AUTH0_DECRYPT_KEY, "decrypt.key", 401, TOKEN},
    {AUTH0_DECRYPT_FAILED, "decrypt.failed", 401, TOKEN},
    {AUTH0_DECRYPT_NOT_JWS, "decrypt.not_jws", 401, TOKEN},
    {AUTH0_KEY_UNKNOWN, "key.unknown", 401, TOKEN},
    {AUTH0_KEY_UNUSABLE, "key.unusable", 401, TOKEN},
    {AUTH0_KEY_UNAVAILABLE, "key.unavailable", 503, NULL},
    {AUTH0_SIGNATURE_LENGTH, "signature.length", 401, TOKEN},
    {AUTH0_SIGNATURE_INVALID, "signature.invalid", 401, TOKEN},
    {AUTH0_CLAIMS_MALFORMED, "claims.malformed", 401, TOKEN},
    {AUTH0_CLAIMS_TYPE, "claims.type", 401, TOKEN},
    {AUTH0_CLAIMS_MISSING, "claims.missing", 401, TOKEN},
    {AUTH0_CLAIMS_ISS, "claims.iss", 401, TOKEN},
    {AUTH0_CLAIMS_AUD, "claims.aud", 401, TOKEN},
    {AUTH0_CLAIMS_EXP, "claims.exp", 401, TOKEN},
    {AUTH0_CLAIMS_NBF, "claims.nbf", 401, TOKEN},
    {AUTH0_CLAIMS_IAT, "claims.iat", 401, TOKEN},
    {AUTH0_CLAIMS_AGE, "claims.age", 401, TOKEN},
    {AUTH0_CLAIMS_EVENTS, "claims.events", 401, TOKEN},
    {AUTH0_CLAIMS_NONCE, "claims.nonce", 400, REQUEST},
    {AUTH0_CNF_UNKNOWN, "cnf.unknown", 401, TOKEN},
    {AUTH0_CNF_SCHEME, "cnf.scheme", 401, TOKEN},
    {AUTH0_CNF_PROOF_MISSING, "cnf.proof_missing", 401, PROOF},
    {AUTH0_CNF_PROOF_INVALID, "cnf.proof_invalid", 401, PROOF},
    {AUTH0_CNF_NONCE, "cnf.nonce", 401, "use_dpop_nonce"},
    {AUTH0_CNF_JKT, "cnf.jkt", 401, TOKEN},
    {AUTH0_CNF_REPLAY, "cnf.replay", 401, PROOF},
    {AUTH0_CNF_STORE, "cnf.store", 503, NULL},
    {AUTH0_CNF_CERTIFICATE, "cnf.certificate", 401, TOKEN},
    {AUTH0_DENY_UNAVAILABLE, "deny.unavailable", 503, NULL},
    {AUTH0_DENY_SUB, "deny.sub", 401, TOKEN},
    {AUTH0_DENY_CLIENT, "deny.client", 401, TOKEN},
    {AUTH0_DENY_ORG, "deny.org", 401, TOKEN},
    {AUTH0_DENY_JTI, "deny.jti", 401, TOKEN},
    {AUTH0_DENY_SID, "deny.sid", 401, TOKEN},
    {AUTH0_DENY_KID, "deny.kid", 401, TOKEN},
    {AUTH0_LOGOUT_REQUEST, "logout.request", 400, REQUEST},
    {AUTH0_LOGOUT_REPLAY, "logout.replay", 400, REQUEST},
    {AUTH0_LOGOUT_STORE, "logout.store", 503, NULL},
    {AUTH0_REQUIRE_SCOPE, "require.scope", 403, "insufficient_scope"},
    {AUTH0_REQUIRE_PERMISSION, "require.permission", 403, "insufficient_scope"},
    {AUTH0_REQUIRE_CLAIM, "require.claim", 403, NULL},
    {AUTH0_REQUIRE_ORG, "require.org", 403, NULL},
    {AUTH0_REQUIRE_CLIENT, "require.client", 403, NULL},
    {AUTH0_REQUIRE_SUBJECT, "require.subject", 403, NULL},
    {AUTH0_REQUIRE_STEP_UP, "require.step_up", 401,
     "insufficient_user_authentication"},
    {AUTH0_REQUIRE_AUTHORIZATION_DETAILS, "require.authorization_details", 403,
     NULL},
    {AUTH0_REQUIRE_OTHER, "require.other", 403, NULL},
};

static void each_reason_means_what_the_manual_says(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const auth0_reason_info_t *info = auth0_reason_info(rows[i].reason);
        assert_non_null(info);
        bad += support_text(rows[i].code, info->code, rows[i].code);
        bad += support_equal(rows[i].code, info->status, rows[i].status);
        bad += support_text(rows[i].code, info->error, rows[i].error);
    }
    assert_int_equal(bad, 0);
}

/* A new reason needs a row here. */
static void no_reason_is_left_out(void **state)
{
    unsigned seen[AUTH0_REASON_COUNT] = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        seen[rows[i].reason]++;
    }
    for (size_t i = 0; i < AUTH0_REASON_COUNT; i++) {
        assert_int_equal(seen[i], 1);
    }
}

/* RFC 7516 section 11.5: the answer does not tell what was wrong. */
static void failures_to_decrypt_look_alike(void **state)
{
    const auth0_reason_info_t *failed = auth0_reason_info(AUTH0_DECRYPT_FAILED);
    (void)state;
    for (auth0_reason_t i = AUTH0_OK; i < AUTH0_REASON_COUNT; i++) {
        if (!auth0_span_is(auth0_reason_stage(i), "decrypt")) {
            continue;
        }
        assert_int_equal(auth0_reason_info(i)->status, failed->status);
        assert_string_equal(auth0_reason_info(i)->error, failed->error);
        assert_string_equal(auth0_reason_info(i)->description,
                            failed->description);
    }
}

static void a_stage_is_the_first_word_of_a_code(void **state)
{
    (void)state;
    assert_true(auth0_span_is(auth0_reason_stage(AUTH0_CLAIMS_AUD), "claims"));
    assert_true(
        auth0_span_is(auth0_reason_stage(AUTH0_REQUEST_TOO_LARGE), "request"));
    assert_true(auth0_span_is(auth0_reason_stage(AUTH0_OK), "ok"));
    assert_true(
        auth0_span_is(auth0_reason_stage(AUTH0_REASON_COUNT), "config"));
}

static void codes_are_unique(void **state)
{
    (void)state;
    for (unsigned a = 0; a < AUTH0_REASON_COUNT; a++) {
        for (unsigned b = 0; b < a; b++) {
            assert_string_not_equal(auth0_reason_info((auth0_reason_t)a)->code,
                                    auth0_reason_info((auth0_reason_t)b)->code);
        }
    }
}

/* RFC 6750 section 3: %x20-21 / %x23-5B / %x5D-7E */
static bool is_rfc6750_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e || *text == '"' || *text == '\\') {
            return false;
        }
    }
    return true;
}

static void words_are_fit_for_their_readers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < AUTH0_REASON_COUNT; i++) {
        const auth0_reason_info_t *info = auth0_reason_info((auth0_reason_t)i);
        assert_non_null(info->hint);
        assert_true(strlen(info->hint) > 0);
        assert_int_equal(info->error == NULL, info->description == NULL);
        assert_true(info->error == NULL || is_rfc6750_text(info->error));
        assert_true(info->description == NULL ||
                    is_rfc6750_text(info->description));
    }
}

static void a_number_that_is_no_reason_lets_nobody_in(void **state)
{
    static const unsigned strangers[] = {AUTH0_REASON_COUNT, 1000, 0x7fffffffu,
                                         0xffffffffu};
    (void)state;
    for (size_t i = 0; i < COUNT(strangers); i++) {
        const auth0_reason_info_t *info =
            auth0_reason_info((auth0_reason_t)strangers[i]);
        assert_non_null(info);
        assert_true(info->status >= 400);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(each_reason_means_what_the_manual_says),
        SUPPORT_TEST(no_reason_is_left_out),
        SUPPORT_TEST(failures_to_decrypt_look_alike),
        SUPPORT_TEST(a_stage_is_the_first_word_of_a_code),
        SUPPORT_TEST(codes_are_unique),
        SUPPORT_TEST(words_are_fit_for_their_readers),
        SUPPORT_TEST(a_number_that_is_no_reason_lets_nobody_in),
    };
    return SUPPORT_RUN(tests);
}
