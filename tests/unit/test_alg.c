/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_alg.h"

/* RFC 7518 section 3.1, written down a second time on purpose. */
static const auth0_alg_t expected[] = {
    {"RS256", AUTH0_KTY_RSA, NULL, "SHA256", 0, 0, 0},
    {"RS384", AUTH0_KTY_RSA, NULL, "SHA384", 0, 0, 0},
    {"RS512", AUTH0_KTY_RSA, NULL, "SHA512", 0, 0, 0},
    {"PS256", AUTH0_KTY_RSA, NULL, "SHA256", 0, 0, 0},
    {"PS384", AUTH0_KTY_RSA, NULL, "SHA384", 0, 0, 0},
    {"PS512", AUTH0_KTY_RSA, NULL, "SHA512", 0, 0, 0},
    {"ES256", AUTH0_KTY_EC, "P-256", "SHA256", 0, 64, 0},
    {"ES384", AUTH0_KTY_EC, "P-384", "SHA384", 0, 96, 0},
    {"ES512", AUTH0_KTY_EC, "P-521", "SHA512", 0, 132, 0},
    {"HS256", AUTH0_KTY_OCT, NULL, "SHA256", 32, 32, 0},
    {"HS384", AUTH0_KTY_OCT, NULL, "SHA384", 48, 48, 0},
    {"HS512", AUTH0_KTY_OCT, NULL, "SHA512", 64, 64, 0},
};

static void each_algorithm_has_its_row(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(expected); i++) {
        const auth0_alg_t *want = &expected[i];
        const auth0_alg_t *got = auth0_alg_find(support_span(want->name));
        assert_non_null(got);
        bad += support_text(want->name, got->name, want->name);
        bad += support_equal(want->name, (long)got->kty, (long)want->kty);
        bad += support_text(want->name, got->curve, want->curve);
        bad += support_equal(want->name,
                             EVP_get_digestbyname(got->digest) ==
                                 EVP_get_digestbyname(want->digest),
                             true);
        bad += support_equal(want->name, (long)got->min_key_bytes,
                             (long)want->min_key_bytes);
        bad += support_equal(want->name, (long)got->signature_len,
                             (long)want->signature_len);
    }
    assert_int_equal(bad, 0);
}

static void the_table_holds_nothing_else(void **state)
{
    size_t rows = 0;
    unsigned all = 0;
    (void)state;
    for (const auth0_alg_t *alg; (alg = auth0_alg_at(rows)) != NULL; rows++) {
        assert_true(alg->bit != 0 && (alg->bit & (alg->bit - 1)) == 0);
        assert_int_equal(alg->bit & all, 0);
        assert_ptr_equal(auth0_alg_find(support_span(alg->name)), alg);
        all |= alg->bit;
    }
    assert_int_equal(rows, COUNT(expected));
    assert_int_equal(auth0_alg_symmetric() & auth0_alg_asymmetric(), 0);
    assert_int_equal(auth0_alg_symmetric() | auth0_alg_asymmetric(), all);
    assert_null(auth0_alg_at((size_t)-1));
}

static void the_masks_follow_the_key_type(void **state)
{
    (void)state;
    for (size_t i = 0; auth0_alg_at(i) != NULL; i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        bool symmetric = alg->kty == AUTH0_KTY_OCT;
        assert_int_equal((alg->bit & auth0_alg_symmetric()) != 0, symmetric);
        assert_int_equal((alg->bit & auth0_alg_asymmetric()) != 0, !symmetric);
    }
}

static const char *const strangers[] = {
    "",       "R",      "RS",       "RS2",          "RS25",   "RS2560",
    "rs256",  "Rs256",  "RS256 ",   " RS256",       "RS-256", "RS1",
    "none",   "None",   "NONE",     "nOnE",         "HS1",    "HS128",
    "ES256K", "ES521",  "EdDSA",    "Ed25519",      "PS",     "dir",
    "A256KW", "RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "*",      "HS256\n",
    "RS257",  "SHA256", "P-256",    "RS256,none",   "RS256/", "HS",
};

static void strangers_have_no_row(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(strangers); i++) {
        const auth0_alg_t *alg = auth0_alg_find(support_span(strangers[i]));
        bad += support_equal(strangers[i], alg != NULL, false);
    }
    bad += support_equal(
        "NUL", auth0_alg_find(auth0_span("RS256\0", 6)) != NULL, false);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(each_algorithm_has_its_row),
        SUPPORT_TEST(the_table_holds_nothing_else),
        SUPPORT_TEST(the_masks_follow_the_key_type),
        SUPPORT_TEST(strangers_have_no_row),
    };
    return SUPPORT_RUN(tests);
}
