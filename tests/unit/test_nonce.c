/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_b64.h"
#include "core/auth0_nonce.h"

static const unsigned char secret[AUTH0_NONCE_SECRET] =
    "0123456789abcdef0123456789abcde";
static const unsigned char other[AUTH0_NONCE_SECRET] =
    "1123456789abcdef0123456789abcde";
static const unsigned char bytes[AUTH0_NONCE_RANDOM] = {1, 2, 3, 4,
                                                        5, 6, 7, 255};

/* Made by the modules hmac and base64 of Python. */
#define KNOWN_NONCE "AAAAAGtJ0gABAgMEBQYH_-pdATm0xCLR4BoiRR-au5A"

static void a_nonce_is_what_the_header_says(void **state)
{
    const char *nonce = auth0_nonce_make(secret, SUPPORT_NOW_S, bytes, *state);
    assert_string_equal(nonce, KNOWN_NONCE);
    assert_int_equal(auth0_nonce_issued(support_span(nonce), secret),
                     SUPPORT_NOW_S);
}

static void a_nonce_tells_when_it_was_made(void **state)
{
    static const int64_t times[] = {
        0, 1, 255, 256, 1800000000, INT32_MAX, 1LL << 40, INT64_MAX};
    for (size_t i = 0; i < COUNT(times); i++) {
        const char *nonce = auth0_nonce_make(secret, times[i], bytes, *state);
        auth0_span_t text = support_copy(support_span(nonce), *state);
        assert_true(auth0_nonce_issued(text, secret) == times[i]);
        assert_true(auth0_nonce_issued(text, other) == -1);
        assert_true(auth0_nonce_epoch(text, 1) == times[i]);
        assert_true(auth0_nonce_epoch(text, 600) == times[i] / 600);
    }
}

static void there_is_no_time_before_1970(void **state)
{
    assert_null(auth0_nonce_make(secret, -1, bytes, *state));
    assert_null(auth0_nonce_make(secret, INT64_MIN, bytes, *state));
}

/* 146: RFC 9449 section 8.1, NQCHAR is %x21 / %x23-5B / %x5D-7E. */
static void a_nonce_is_nqchar(void **state)
{
    for (unsigned i = 0; i < 256; i++) {
        unsigned char random[AUTH0_NONCE_RANDOM];
        memset(random, (int)i, sizeof(random));
        const char *nonce =
            auth0_nonce_make(secret, SUPPORT_NOW_S + i, random, *state);
        assert_int_equal(strlen(nonce), 43);
        for (; *nonce != '\0'; nonce++) {
            assert_true(*nonce > 0x20 && *nonce < 0x7f && *nonce != '"' &&
                        *nonce != '\\');
        }
    }
}

/* 146: it follows from neither the time nor the random bytes alone. */
static void all_that_goes_in_counts(void **state)
{
    static const unsigned char more[AUTH0_NONCE_RANDOM] = {1, 2, 3, 4,
                                                           5, 6, 7, 254};
    const char *one = auth0_nonce_make(secret, 1, bytes, *state);
    assert_string_equal(one, auth0_nonce_make(secret, 1, bytes, *state));
    assert_string_not_equal(one, auth0_nonce_make(secret, 2, bytes, *state));
    assert_string_not_equal(one, auth0_nonce_make(secret, 1, more, *state));
    assert_string_not_equal(one, auth0_nonce_make(other, 1, bytes, *state));
}

static void every_bit_counts(void **state)
{
    const char *nonce = auth0_nonce_make(secret, SUPPORT_NOW_S, bytes, *state);
    auth0_span_t raw;
    assert_true(auth0_b64url_decode(&raw, support_span(nonce), *state));
    char *changed = apr_pmemdup(*state, raw.ptr, raw.len);
    for (size_t bit = 0; bit < 8 * raw.len; bit++) {
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
        const char *text =
            auth0_b64url_encode(auth0_span(changed, raw.len), *state);
        assert_true(auth0_nonce_issued(support_span(text), secret) == -1);
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
    }
    char *text = apr_pstrdup(*state, nonce);
    for (size_t bit = 0; bit < 8 * strlen(nonce); bit++) {
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
        assert_true(auth0_nonce_issued(auth0_span(text, 43), secret) == -1);
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
    }
    assert_true(auth0_nonce_issued(support_span(text), secret) >= 0);
}

static void what_is_not_ours_is_refused(void **state)
{
    const char *nonce = auth0_nonce_make(secret, SUPPORT_NOW_S, bytes, *state);
    const char *const rows[] = {
        "",
        "a",
        "eyJ7S_zG.eyJH0-Z.HX4w-7v",
        apr_pstrmemdup(*state, nonce, 42),
        apr_pstrmemdup(*state, nonce, 40),
        apr_pstrcat(*state, nonce, "A", NULL),
        apr_pstrcat(*state, nonce, "=", NULL),
        apr_pstrcat(*state, nonce, " ", NULL),
        apr_pstrcat(*state, " ", nonce, NULL),
        apr_pstrcat(*state, nonce, nonce, NULL),
        support_repeat("A", 43, *state),
        support_repeat("_", 43, *state),
        support_repeat("A", 100000, *state),
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t text = support_copy(support_span(rows[i]), *state);
        bad += support_equal(rows[i], auth0_nonce_issued(text, secret), -1);
    }
    assert_int_equal(bad, 0);
}

static void an_epoch_is_told_of_what_might_be_ours(void **state)
{
    const char *zeros = support_repeat("A", 43, *state);
    const char *one_bit = apr_pstrcat(*state, "g", zeros + 1, NULL);
    const char *ones =
        apr_pstrcat(*state, support_repeat("_", 42, *state), "8", NULL);
    assert_int_equal(auth0_nonce_epoch(support_span(zeros), 60), 0);
    assert_int_equal(auth0_nonce_epoch(support_span(ones), 60), -1);
    assert_int_equal(auth0_nonce_epoch(support_span(one_bit), 60), -1);
    assert_int_equal(auth0_nonce_issued(support_span(ones), secret), -1);
    assert_int_equal(auth0_nonce_epoch(support_span(""), 60), -1);
    assert_int_equal(auth0_nonce_epoch(support_span("AAAA"), 60), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_nonce_is_what_the_header_says),
        SUPPORT_TEST(a_nonce_tells_when_it_was_made),
        SUPPORT_TEST(there_is_no_time_before_1970),
        SUPPORT_TEST(a_nonce_is_nqchar),
        SUPPORT_TEST(all_that_goes_in_counts),
        SUPPORT_TEST(every_bit_counts),
        SUPPORT_TEST(what_is_not_ours_is_refused),
        SUPPORT_TEST(an_epoch_is_told_of_what_might_be_ours),
    };
    return SUPPORT_RUN(tests);
}
