/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_b64.h"
#include "core/auth0_thumbprint.h"

#define N                                                                      \
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7a"  \
    "PFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArw"  \
    "l93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0z"  \
    "gdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2Nc"  \
    "Rwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
#define X "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"
#define Y "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"
#define RSA_PRINT "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
#define EC_PRINT "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

static const struct {
    const char *name;
    const char *jwk;
    const char *want;
} rows[] = {
    {"RFC 7638 section 3.1",
     "{\"kty\":\"RSA\",\"n\":\"" N
     "\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
     RSA_PRINT},
    {"in another order", "{\"e\":\"AQAB\", \"n\" : \"" N "\", \"kty\":\"RSA\"}",
     RSA_PRINT},
    {"140 RFC 9449 section 6.1",
     "{\"kty\":\"EC\",\"x\":\"" X "\",\"y\":\"" Y "\",\"crv\":\"P-256\"}",
     EC_PRINT},
    {"140 members that do not count",
     "{\"kty\":\"EC\",\"x\":\"" X "\",\"y\":\"" Y
     "\",\"crv\":\"P-256\",\"use\":\"sig\",\"n\":\"AA\",\"e\":1,\"x5c\":[]}",
     EC_PRINT},
    {"140 written with escapes",
     "{\"kt\\u0079\":\"E\\u0043\",\"x\":\"" X "\",\"y\":\"" Y
     "\",\"crv\":\"P-25\\u0036\"}",
     EC_PRINT},
    {"no kty", "{\"x\":\"" X "\",\"y\":\"" Y "\",\"crv\":\"P-256\"}", NULL},
    {"kty in lower case", "{\"kty\":\"rsa\",\"n\":\"AQ\",\"e\":\"AQAB\"}",
     NULL},
    {"kty number", "{\"kty\":1,\"n\":\"AQ\",\"e\":\"AQAB\"}", NULL},
    {"a secret", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", NULL},
    {"OKP", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}", NULL},
    {"no n", "{\"kty\":\"RSA\",\"e\":\"AQAB\"}", NULL},
    {"no e", "{\"kty\":\"RSA\",\"n\":\"AQ\"}", NULL},
    {"n number", "{\"kty\":\"RSA\",\"n\":1,\"e\":\"AQAB\"}", NULL},
    {"n empty", "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}", NULL},
    {"no crv", "{\"kty\":\"EC\",\"x\":\"AQ\",\"y\":\"AQ\"}", NULL},
    {"no x", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"y\":\"AQ\"}", NULL},
    {"no y", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\"}", NULL},
    {"a quote that would end a value",
     "{\"kty\":\"RSA\",\"n\":\"AQ\\\",\\\"o\\\":\\\"\",\"e\":\"AQAB\"}", NULL},
    {"a backslash", "{\"kty\":\"RSA\",\"n\":\"A\\\\Q\",\"e\":\"AQAB\"}", NULL},
    {"padding", "{\"kty\":\"RSA\",\"n\":\"AQ==\",\"e\":\"AQAB\"}", NULL},
    {"not ASCII", "{\"kty\":\"RSA\",\"n\":\"\xc3\xa4\",\"e\":\"AQAB\"}", NULL},
    {"nothing", "{}", NULL},
};

static void a_thumbprint_is_of_what_makes_the_key(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const auth0_json_t *jwk;
        assert_true(auth0_json_object(&jwk, support_span(rows[i].jwk),
                                      auth0_json_header_limit, *state));
        bad += support_text(rows[i].name, auth0_thumbprint(jwk, *state),
                            rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void other_keys_have_other_thumbprints(void **state)
{
    const char *prints[SUPPORT_KEY_COUNT];
    for (size_t i = 0; i < SUPPORT_KEY_COUNT; i++) {
        const auth0_json_t *jwk;
        const char *text = support_jwk((support_key_t)i, "k", "", *state);
        assert_true(auth0_json_object(&jwk, support_span(text),
                                      auth0_json_header_limit, *state));
        prints[i] = auth0_thumbprint(jwk, *state);
        assert_int_equal(strlen(prints[i]), AUTH0_THUMBPRINT_LEN);
        assert_true(auth0_b64url_valid(support_span(prints[i])));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(prints[i], prints[j]);
        }
    }
}

/* RFC 9449 section 7.1: the ath of its example. */
static void any_bytes_have_a_hash(void **state)
{
    assert_string_equal(
        auth0_thumbprint_of(
            support_span("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"),
            *state),
        "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    assert_string_equal(auth0_thumbprint_of(support_span(""), *state),
                        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    assert_string_equal(auth0_thumbprint_of(auth0_span("\0", 1), *state),
                        "bjQLnP-zepicpUTmu3gKLHiQHT-zNzh2hRGjBhevoB0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_thumbprint_is_of_what_makes_the_key),
        SUPPORT_TEST(other_keys_have_other_thumbprints),
        SUPPORT_TEST(any_bytes_have_a_hash),
    };
    return SUPPORT_RUN(tests);
}
