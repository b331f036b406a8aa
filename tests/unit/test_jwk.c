/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include <openssl/err.h>

#include "core/auth0_b64.h"
#include "core/auth0_jwk.h"
#include "vectors/roca_modulus.h"

#define E65537 "AQAB"

static const auth0_json_t *read_json(const char *text, apr_pool_t *pool)
{
    const auth0_json_t *json;
    assert_true(auth0_json_object(&json, support_span(text),
                                  auth0_json_jwks_limit, pool));
    return json;
}

/*
 * Compare the verdict, and that a refusal speaks of the row's cause: several
 * causes share one verdict.
 */
static unsigned judge(const char *row, const char *text,
                      auth0_jwk_verdict_t want, const char *cause,
                      apr_pool_t *pool)
{
    static char poison;
    auth0_key_t *key = (auth0_key_t *)(void *)&poison;
    const char *why = NULL;
    auth0_jwk_verdict_t got =
        auth0_jwk_parse(&key, read_json(text, pool), &why, pool);
    unsigned bad = support_equal(row, (long)got, (long)want);
    bad += support_equal(row, key != NULL, want == AUTH0_JWK_USABLE);
    if (want != AUTH0_JWK_USABLE && (why == NULL || !strstr(why, cause))) {
        print_error("%s: <%s> does not speak of %s\n", row, why ? why : "NULL",
                    cause);
        bad++;
    }
    return bad;
}

/* Not a product of two primes, which no reader of a public key can tell. */
static char *number_of_bits(unsigned bits, apr_pool_t *pool)
{
    size_t len = (bits + 7) / 8;
    unsigned char *bytes = apr_palloc(pool, len);
    unsigned value = bits;
    for (size_t i = 0; i < len; i++) {
        value = value * 1103515245u + 12345u;
        bytes[i] = (unsigned char)(value >> 16);
    }
    unsigned top = (bits - 1) % 8;
    bytes[0] = (unsigned char)((bytes[0] & ((1u << top) - 1)) | 1u << top);
    bytes[len - 1] |= 1;
    return (char *)bytes;
}

typedef struct size_row_t {
    const char *name;
    unsigned bits;
    auth0_jwk_verdict_t want;
    const char *cause;
} size_row_t;

static const size_row_t size_rows[] = {
    {"512 bits", 512, AUTH0_JWK_UNUSABLE, "modulus"},
    {"1024 bits", 1024, AUTH0_JWK_UNUSABLE, "modulus"},
    {"2040 bits", 2040, AUTH0_JWK_UNUSABLE, "modulus"},
    {"2047 bits", 2047, AUTH0_JWK_UNUSABLE, "modulus"},
    {"2048 bits", 2048, AUTH0_JWK_USABLE, ""},
    {"2049 bits", 2049, AUTH0_JWK_USABLE, ""},
    {"3072 bits", 3072, AUTH0_JWK_USABLE, ""},
    {"4096 bits", 4096, AUTH0_JWK_USABLE, ""},
    {"8192 bits", 8192, AUTH0_JWK_USABLE, ""},
    {"8193 bits", 8193, AUTH0_JWK_UNUSABLE, "modulus"},
    {"8200 bits", 8200, AUTH0_JWK_UNUSABLE, "modulus"},
    {"16384 bits", 16384, AUTH0_JWK_UNUSABLE, ""},
};

static void rsa_keys_have_2048_to_8192_bits(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(size_rows); i++) {
        const size_row_t *row = &size_rows[i];
        auth0_span_t n =
            auth0_span(number_of_bits(row->bits, *state), (row->bits + 7) / 8);
        bad += judge(row->name, support_jwk_rsa(n, E65537, "", *state),
                     row->want, row->cause, *state);
    }
    assert_int_equal(bad, 0);
}

static void the_modulus_is_well_made(void **state)
{
    char *even = number_of_bits(2048, *state);
    even[255] = (char)(even[255] & ~1);
    char *zero = apr_pcalloc(*state, 257);
    memcpy(zero + 1, number_of_bits(2048, *state), 256);
    auth0_span_t roca;
    assert_true(auth0_b64url_decode(&roca, support_span(ROCA_MODULUS), *state));
    unsigned bad = 0;
    bad += judge("even",
                 support_jwk_rsa(auth0_span(even, 256), E65537, "", *state),
                 AUTH0_JWK_UNUSABLE, "even", *state);
    bad += judge("leading zero octet",
                 support_jwk_rsa(auth0_span(zero, 257), E65537, "", *state),
                 AUTH0_JWK_UNUSABLE, "zero", *state);
    bad += judge("zero",
                 support_jwk_rsa(auth0_span(apr_pcalloc(*state, 256), 256),
                                 E65537, "", *state),
                 AUTH0_JWK_UNUSABLE, "zero", *state);
    bad += judge("ROCA", support_jwk_rsa(roca, E65537, "", *state),
                 AUTH0_JWK_UNUSABLE, "ROCA", *state);
    assert_int_equal(bad, 0);
}

typedef struct exponent_row_t {
    const char *name;
    const char *e;
    auth0_jwk_verdict_t want;
    const char *cause;
} exponent_row_t;

static const exponent_row_t exponent_rows[] = {
    {"empty", "", AUTH0_JWK_UNUSABLE, "empty"},
    {"0", "AA", AUTH0_JWK_UNUSABLE, "zero"},
    {"1", "AQ", AUTH0_JWK_UNUSABLE, "exponent"},
    {"2", "Ag", AUTH0_JWK_UNUSABLE, "exponent"},
    {"3", "Aw", AUTH0_JWK_UNUSABLE, "exponent"},
    {"17", "EQ", AUTH0_JWK_UNUSABLE, "exponent"},
    {"65535", "__8", AUTH0_JWK_UNUSABLE, "exponent"},
    {"65536", "AQAA", AUTH0_JWK_UNUSABLE, "exponent"},
    {"65537", E65537, AUTH0_JWK_USABLE, ""},
    {"65538", "AQAC", AUTH0_JWK_UNUSABLE, "exponent"},
    {"65539", "AQAD", AUTH0_JWK_USABLE, ""},
    {"2^32-2", "_____g", AUTH0_JWK_UNUSABLE, "exponent"},
    {"2^32-1", "_____w", AUTH0_JWK_USABLE, ""},
    {"2^32", "AQAAAAA", AUTH0_JWK_UNUSABLE, "exponent"},
    {"2^32+1", "AQAAAAE", AUTH0_JWK_UNUSABLE, "exponent"},
    {"2^64+1", "AQAAAAAAAAAB", AUTH0_JWK_UNUSABLE, "exponent"},
    {"65537 with a leading zero octet", "AAEAAQ", AUTH0_JWK_UNUSABLE, "zero"},
    {"65537 with padding", "AQAB====", AUTH0_JWK_UNUSABLE, "base64url"},
    {"3 with unused bits", "Ax", AUTH0_JWK_UNUSABLE, "base64url"},
    {"standard alphabet", "////", AUTH0_JWK_UNUSABLE, "base64url"},
};

static void the_exponent_is_odd_and_in_range(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(exponent_rows); i++) {
        const exponent_row_t *row = &exponent_rows[i];
        auth0_span_t n = auth0_span(number_of_bits(2048, *state), 256);
        bad += judge(row->name, support_jwk_rsa(n, row->e, "", *state),
                     row->want, row->cause, *state);
    }
    assert_int_equal(bad, 0);
}

typedef struct member_row_t {
    const char *more;
    auth0_jwk_verdict_t want;
    const char *cause;
} member_row_t;

static const member_row_t member_rows[] = {
    {"", AUTH0_JWK_USABLE, ""},
    {"\"x5c\":[\"x\"],\"x5t\":\"x\",\"unknown\":{},", AUTH0_JWK_USABLE, ""},
    {"\"use\":\"sig\",", AUTH0_JWK_USABLE, ""},
    {"\"use\":\"enc\",", AUTH0_JWK_UNUSABLE, "use"},
    {"\"use\":\"Sig\",", AUTH0_JWK_UNUSABLE, "use"},
    {"\"use\":\"\",", AUTH0_JWK_UNUSABLE, "use"},
    {"\"use\":1,", AUTH0_JWK_UNUSABLE, "use"},
    {"\"use\":null,", AUTH0_JWK_UNUSABLE, "use"},
    {"\"use\":[\"sig\"],", AUTH0_JWK_UNUSABLE, "use"},
    {"\"key_ops\":[\"verify\"],", AUTH0_JWK_USABLE, ""},
    {"\"key_ops\":[\"sign\",\"verify\"],", AUTH0_JWK_USABLE, ""},
    {"\"key_ops\":[\"verify\",\"x\"],", AUTH0_JWK_USABLE, ""},
    {"\"key_ops\":[],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"sign\"],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"encrypt\"],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"Verify\"],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"verify\",\"verify\"],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"verify\",\"x\",\"x\"],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"verify\",1],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[null,\"verify\"],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"verify\",[1]],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\","
     "\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"verify\"],",
     AUTH0_JWK_USABLE, ""},
    {"\"key_ops\":[\"verify\",\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\","
     "\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\"],",
     AUTH0_JWK_UNUSABLE, "more than 16 words"},
    {"\"key_ops\":\"verify\",", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":{\"verify\":1},", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"key_ops\":null,", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"use\":\"enc\",\"key_ops\":[\"verify\"],", AUTH0_JWK_UNUSABLE, "use"},
    {"\"use\":\"sig\",\"key_ops\":[\"sign\"],", AUTH0_JWK_UNUSABLE, "key_ops"},
    {"\"kid\":\"x\",", AUTH0_JWK_USABLE, ""},
    {"\"kid\":\"\",", AUTH0_JWK_USABLE, ""},
    {"\"kid\":1,", AUTH0_JWK_UNUSABLE, "kid"},
    {"\"kid\":null,", AUTH0_JWK_UNUSABLE, "kid"},
    {"\"kid\":[\"x\"],", AUTH0_JWK_UNUSABLE, "kid"},
    {"\"d\":\"AQ\",", AUTH0_JWK_SECRET, "private"},
    {"\"d\":\"AQ\",\"use\":\"enc\",", AUTH0_JWK_SECRET, "private"},
    {"\"p\":\"AQ\",\"q\":\"AQ\",", AUTH0_JWK_SECRET, "private"},
    {"\"k\":\"AQ\",", AUTH0_JWK_SECRET, "private"},
};

static void members_say_what_a_key_is_for(void **state)
{
    static const support_key_t keys[] = {SUPPORT_RSA, SUPPORT_P256};
    unsigned bad = 0;
    for (size_t k = 0; k < COUNT(keys); k++) {
        for (size_t i = 0; i < COUNT(member_rows); i++) {
            const member_row_t *row = &member_rows[i];
            bad += judge(row->more[0] != '\0' ? row->more : "no more",
                         support_jwk(keys[k], NULL, row->more, *state),
                         row->want, row->cause, *state);
        }
    }
    assert_int_equal(bad, 0);
}

static void a_kid_has_at_most_256_bytes(void **state)
{
    const char *kid = support_repeat("k", 256, *state);
    const char *longer = apr_pstrcat(*state, kid, "k", NULL);
    unsigned bad = 0;
    bad += judge("256", support_jwk(SUPPORT_P256, kid, "", *state),
                 AUTH0_JWK_USABLE, "", *state);
    bad += judge("257", support_jwk(SUPPORT_P256, longer, "", *state),
                 AUTH0_JWK_UNUSABLE, "kid", *state);
    assert_int_equal(bad, 0);
}

#define ALL_RSA "RS256 RS384 RS512 PS256 PS384 PS512"
#define STRANGERS                                                              \
    "none RSA-OAEP RSA-OAEP-256 RSA1_5 ECDH-ES dir A128KW EdDSA ES256K rs256 " \
    "RS257 x"

typedef struct alg_row_t {
    support_key_t key;
    const char *good;
    const char *bad;
} alg_row_t;

static const alg_row_t alg_rows[] = {
    {SUPPORT_RSA, ALL_RSA, "ES256 ES384 ES512 HS256 HS384 HS512 " STRANGERS},
    {SUPPORT_P256, "ES256",
     "ES384 ES512 HS256 HS384 HS512 " ALL_RSA " " STRANGERS},
    {SUPPORT_P384, "ES384",
     "ES256 ES512 HS256 HS384 HS512 " ALL_RSA " " STRANGERS},
    {SUPPORT_P521, "ES512",
     "ES256 ES384 HS256 HS384 HS512 " ALL_RSA " " STRANGERS},
};

static unsigned judge_algs(support_key_t which, const char *names,
                           auth0_jwk_verdict_t want, apr_pool_t *pool)
{
    auth0_span_t rest = support_span(names);
    auth0_span_t name;
    unsigned bad = 0;
    while (auth0_span_word(&name, &rest)) {
        const char *more =
            apr_psprintf(pool, "\"alg\":\"%s\",", support_string(name, pool));
        bad += judge(more, support_jwk(which, NULL, more, pool), want, "alg",
                     pool);
    }
    return bad;
}

static void alg_must_not_contradict_the_key(void **state)
{
    static const char *const no_names[] = {
        "\"alg\":\"\",", "\"alg\":1,", "\"alg\":null,", "\"alg\":[\"RS256\"],"};
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(alg_rows); i++) {
        const alg_row_t *row = &alg_rows[i];
        bad += judge_algs(row->key, row->good, AUTH0_JWK_USABLE, *state);
        bad += judge_algs(row->key, row->bad, AUTH0_JWK_UNUSABLE, *state);
    }
    for (size_t i = 0; i < COUNT(no_names); i++) {
        bad += judge(no_names[i],
                     support_jwk(SUPPORT_RSA, NULL, no_names[i], *state),
                     AUTH0_JWK_UNUSABLE, "alg", *state);
    }
    assert_int_equal(bad, 0);
}

typedef struct text_row_t {
    const char *text;
    auth0_jwk_verdict_t want;
    const char *cause;
} text_row_t;

#define X32 "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""

static const text_row_t text_rows[] = {
    {"{}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":1}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":null}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":\"\"}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":\"rsa\"}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":\"ec\"}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":\"RSAx\"}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":\"AKP\"}", AUTH0_JWK_UNUSABLE, "kty"},
    {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" X32 "}", AUTH0_JWK_UNUSABLE,
     "kty"},
    {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" X32 ",\"d\":" X32 "}",
     AUTH0_JWK_SECRET, "private"},
    {"{\"kty\":\"oct\",\"k\":" X32 "}", AUTH0_JWK_SECRET, "symmetric"},
    {"{\"kty\":\"oct\",\"k\":" X32 ",\"alg\":\"HS256\",\"use\":\"enc\"}",
     AUTH0_JWK_SECRET, "symmetric"},
    {"{\"kty\":\"oct\"}", AUTH0_JWK_SECRET, "symmetric"},
    {"{\"kty\":\"RSA\"}", AUTH0_JWK_UNUSABLE, "number"},
    {"{\"kty\":\"RSA\",\"e\":\"AQAB\"}", AUTH0_JWK_UNUSABLE, "number"},
    {"{\"kty\":\"RSA\",\"n\":1,\"e\":\"AQAB\"}", AUTH0_JWK_UNUSABLE, "number"},
    {"{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}", AUTH0_JWK_UNUSABLE,
     "empty"},
    {"{\"kty\":\"EC\"}", AUTH0_JWK_UNUSABLE, "curve"},
    {"{\"kty\":\"EC\",\"crv\":1}", AUTH0_JWK_UNUSABLE, "curve"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\"}", AUTH0_JWK_UNUSABLE, "coordinate"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":" X32 "}", AUTH0_JWK_UNUSABLE,
     "coordinate"},
    {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":" X32 ",\"y\":" X32 "}",
     AUTH0_JWK_UNUSABLE, "curve"},
};

static void strange_keys_are_left_out(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(text_rows); i++) {
        bad += judge(text_rows[i].text, text_rows[i].text, text_rows[i].want,
                     text_rows[i].cause, *state);
    }
    assert_int_equal(bad, 0);
}

static void members_of_a_set_may_be_no_objects(void **state)
{
    const auth0_json_t *array = auth0_json_member(
        read_json("{\"a\":[1,\"x\",null,true,[],[{}]]}", *state), "a");
    size_t len;
    assert_true(auth0_json_array(&len, array));
    for (size_t i = 0; i < len; i++) {
        auth0_key_t *key;
        const char *why;
        assert_int_equal(
            auth0_jwk_parse(&key, auth0_json_at(array, i), &why, *state),
            AUTH0_JWK_UNUSABLE);
        assert_null(key);
        assert_non_null(why);
    }
}

static const char *ec_jwk(const char *crv, const char *x, const char *y,
                          apr_pool_t *pool)
{
    return apr_psprintf(
        pool, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}", crv,
        x, y);
}

static void good_points_are_taken(void **state)
{
    unsigned bad = 0;
    bad += judge("P-256", support_jwk(SUPPORT_P256, NULL, "", *state),
                 AUTH0_JWK_USABLE, "", *state);
    bad += judge("P-384", support_jwk(SUPPORT_P384, NULL, "", *state),
                 AUTH0_JWK_USABLE, "", *state);
    bad += judge("P-521", support_jwk(SUPPORT_P521, NULL, "", *state),
                 AUTH0_JWK_USABLE, "", *state);
    assert_int_equal(bad, 0);
}

static void curves_are_named_exactly(void **state)
{
    static const char *const names[] = {
        "",          "p-256",      "P-2",   "P-2566", "P256",   "P-224",
        "secp256k1", "prime256v1", "P-192", "X25519", "Ed25519"};
    const char *x = support_member(SUPPORT_P256, "x", *state);
    const char *y = support_member(SUPPORT_P256, "y", *state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(names); i++) {
        bad += judge(names[i], ec_jwk(names[i], x, y, *state),
                     AUTH0_JWK_UNUSABLE, "curve", *state);
    }
    bad += judge("P-384 of 32 bytes", ec_jwk("P-384", x, y, *state),
                 AUTH0_JWK_UNUSABLE, "coordinate", *state);
    bad += judge("P-521 of 32 bytes", ec_jwk("P-521", x, y, *state),
                 AUTH0_JWK_UNUSABLE, "coordinate", *state);
    assert_int_equal(bad, 0);
}

/* RFC 7518 section 6.2.1.2: as long as the curve, leading zeros included. */
static void coordinates_have_the_curves_length(void **state)
{
    static const struct {
        support_key_t key;
        const char *crv;
    } keys[] = {{SUPPORT_P256, "P-256"},
                {SUPPORT_P384, "P-384"},
                {SUPPORT_P521, "P-521"}};
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(keys); i++) {
        const char *crv = keys[i].crv;
        auth0_span_t x = support_number(keys[i].key, "x", *state);
        const char *good = support_member(keys[i].key, "y", *state);
        char *longer = apr_pcalloc(*state, x.len + 1);
        memcpy(longer + 1, x.ptr, x.len);
        const char *one_less =
            auth0_b64url_encode(auth0_span(x.ptr + 1, x.len - 1), *state);
        const char *one_more =
            auth0_b64url_encode(auth0_span(longer, x.len + 1), *state);
        bad += judge(crv, ec_jwk(crv, one_less, good, *state),
                     AUTH0_JWK_UNUSABLE, "coordinate", *state);
        bad += judge(crv, ec_jwk(crv, one_more, good, *state),
                     AUTH0_JWK_UNUSABLE, "coordinate", *state);
        bad += judge(crv, ec_jwk(crv, good, one_less, *state),
                     AUTH0_JWK_UNUSABLE, "coordinate", *state);
        bad += judge(crv, ec_jwk(crv, good, one_more, *state),
                     AUTH0_JWK_UNUSABLE, "coordinate", *state);
        bad += judge(crv, ec_jwk(crv, "", good, *state), AUTH0_JWK_UNUSABLE,
                     "coordinate", *state);
    }
    assert_int_equal(bad, 0);
}

static void points_lie_on_the_curve(void **state)
{
    static const char ones[] = "\xff\xff\xff\xff\xff\xff\xff\xff"
                               "\xff\xff\xff\xff\xff\xff\xff\xff"
                               "\xff\xff\xff\xff\xff\xff\xff\xff"
                               "\xff\xff\xff\xff\xff\xff\xff\xff";
    const char *x = support_member(SUPPORT_P256, "x", *state);
    const char *y = support_member(SUPPORT_P256, "y", *state);
    const char *other = support_member(SUPPORT_P256_OTHER, "y", *state);
    const char *huge = auth0_b64url_encode(auth0_span(ones, 32), *state);
    unsigned bad = 0;
    bad += judge("x and y exchanged", ec_jwk("P-256", y, x, *state),
                 AUTH0_JWK_UNUSABLE, "on the curve", *state);
    bad += judge("y of another point", ec_jwk("P-256", x, other, *state),
                 AUTH0_JWK_UNUSABLE, "on the curve", *state);
    bad += judge("x twice", ec_jwk("P-256", x, x, *state), AUTH0_JWK_UNUSABLE,
                 "on the curve", *state);
    bad += judge("x beyond the field", ec_jwk("P-256", huge, y, *state),
                 AUTH0_JWK_UNUSABLE, "on the curve", *state);
    bad += judge("y beyond the field", ec_jwk("P-256", x, huge, *state),
                 AUTH0_JWK_UNUSABLE, "on the curve", *state);
    assert_int_equal(bad, 0);
}

static auth0_key_t *parse(const char *text, apr_pool_t *pool)
{
    auth0_key_t *key;
    const char *why;
    assert_int_equal(auth0_jwk_parse(&key, read_json(text, pool), &why, pool),
                     AUTH0_JWK_USABLE);
    return key;
}

typedef struct fit_row_t {
    support_key_t key;
    const char *algs;
    size_t signature_len;
} fit_row_t;

static const fit_row_t fit_rows[] = {{SUPPORT_RSA, ALL_RSA, 256},
                                     {SUPPORT_P256, "ES256", 64},
                                     {SUPPORT_P384, "ES384", 96},
                                     {SUPPORT_P521, "ES512", 132}};

static void a_key_fits_its_own_algorithms_only(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(fit_rows); i++) {
        const fit_row_t *row = &fit_rows[i];
        auth0_key_t *key =
            parse(support_jwk(row->key, "k", "", *state), *state);
        unsigned mask = support_algs(row->algs);
        for (size_t a = 0; auth0_alg_at(a) != NULL; a++) {
            const auth0_alg_t *alg = auth0_alg_at(a);
            bool fits = (alg->bit & mask) != 0;
            bad += support_equal(alg->name, auth0_key_fits(key, alg), fits);
            if (fits) {
                bad += support_equal(alg->name,
                                     (long)auth0_key_signature_len(key, alg),
                                     (long)row->signature_len);
            }
        }
        assert_true(auth0_span_is(auth0_key_kid(key), "k"));
        assert_int_equal(auth0_key_secret(key).len, 0);
        assert_non_null(auth0_key_handle(key));
    }
    assert_int_equal(bad, 0);
}

static void rsa_signatures_are_as_long_as_the_modulus(void **state)
{
    static const struct {
        unsigned bits;
        size_t bytes;
    } rows[] = {{2048, 256}, {2049, 257}, {2056, 257}, {4096, 512}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t n = auth0_span(number_of_bits(rows[i].bits, *state),
                                    (rows[i].bits + 7) / 8);
        auth0_key_t *key =
            parse(support_jwk_rsa(n, E65537, "", *state), *state);
        assert_int_equal(
            auth0_key_signature_len(key, auth0_alg_find(support_span("PS512"))),
            rows[i].bytes);
    }
}

static void a_secret_must_be_as_long_as_the_hash(void **state)
{
    static const size_t lengths[] = {0,  1,  16, 31, 32, 33,
                                     47, 48, 49, 63, 64, 65};
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const char *text = support_repeat("s", lengths[i], *state);
        auth0_key_t *key = auth0_key_from_secret(
            support_copy(auth0_span(text, lengths[i]), *state), *state);
        for (size_t a = 0; auth0_alg_at(a) != NULL; a++) {
            const auth0_alg_t *alg = auth0_alg_at(a);
            bool fits =
                alg->kty == AUTH0_KTY_OCT && lengths[i] >= alg->signature_len;
            bad += support_equal(alg->name, auth0_key_fits(key, alg), fits);
        }
        assert_true(auth0_span_is(auth0_key_secret(key), text));
        assert_null(auth0_key_handle(key));
        assert_int_equal(auth0_key_kid(key).len, 0);
    }
    assert_int_equal(bad, 0);
}

static void material_decides_over_sameness(void **state)
{
    auth0_key_t *rsa = parse(support_jwk(SUPPORT_RSA, "a", "", *state), *state);
    auth0_key_t *again =
        parse(support_jwk(SUPPORT_RSA, "b",
                          "\"use\":\"sig\",\"alg\":\"PS512\",", *state),
              *state);
    auth0_key_t *other =
        parse(support_jwk(SUPPORT_RSA_OTHER, "a", "", *state), *state);
    auth0_key_t *e =
        parse(support_jwk_rsa(support_number(SUPPORT_RSA, "n", *state),
                              "_____w", "", *state),
              *state);
    auth0_key_t *ec = parse(support_jwk(SUPPORT_P256, "a", "", *state), *state);
    auth0_key_t *secret =
        auth0_key_from_secret(support_span(support_secret), *state);
    auth0_key_t *copy =
        auth0_key_from_secret(support_span(support_secret), *state);
    auth0_key_t *shorter =
        auth0_key_from_secret(auth0_span(support_secret, 63), *state);
    assert_true(auth0_key_same(rsa, rsa));
    assert_true(auth0_key_same(rsa, again));
    assert_false(auth0_key_same(rsa, other));
    assert_false(auth0_key_same(rsa, e));
    assert_false(auth0_key_same(rsa, ec));
    assert_false(auth0_key_same(ec, secret));
    assert_true(auth0_key_same(secret, copy));
    assert_false(auth0_key_same(secret, shorter));
}

typedef struct witness_t {
    auth0_key_t *key;
    unsigned sum;
} witness_t;

static apr_status_t add_up_secret(void *data)
{
    witness_t *witness = data;
    auth0_span_t secret = auth0_key_secret(witness->key);
    witness->sum = 0;
    for (size_t i = 0; i < secret.len; i++) {
        witness->sum += (unsigned char)secret.ptr[i];
    }
    return APR_SUCCESS;
}

/* Cleanups run last in, first out: what is registered first looks last. */
static void a_secret_is_copied_and_wiped(void **state)
{
    char text[] = "0123456789abcdef0123456789abcdef";
    witness_t witness = {NULL, 0};
    apr_pool_t *pool;
    assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
    apr_pool_cleanup_register(pool, &witness, add_up_secret,
                              apr_pool_cleanup_null);
    witness.key = auth0_key_from_secret(support_span(text), pool);
    memset(text, 'x', sizeof(text) - 1);
    assert_true(auth0_span_is(auth0_key_secret(witness.key),
                              "0123456789abcdef0123456789abcdef"));
    (void)add_up_secret(&witness);
    assert_int_not_equal(witness.sum, 0);
    apr_pool_destroy(pool);
    assert_int_equal(witness.sum, 0);
}

static void an_import_leaves_the_error_queue_alone(void **state)
{
    const char *x = support_member(SUPPORT_P256, "x", *state);
    const char *rows[] = {
        support_jwk(SUPPORT_RSA, NULL, "", *state),
        support_jwk(SUPPORT_P521, NULL, "", *state),
        ec_jwk("P-256", x, x, *state),
        ec_jwk("P-256", "", "", *state),
        ec_jwk("secp256k1", x, x, *state),
        support_jwk_rsa(support_span("short"), E65537, "", *state),
        "{\"kty\":\"oct\",\"k\":\"AQ\"}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_key_t *key;
        const char *why;
        const auth0_json_t *jwk = read_json(rows[i], *state);
        ERR_clear_error();
        (void)!auth0_jwk_parse(&key, jwk, &why, *state);
        assert_int_equal(ERR_peek_error(), 0);
        ERR_raise(ERR_LIB_USER, 42);
        (void)!auth0_jwk_parse(&key, jwk, &why, *state);
        assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
        assert_int_equal(ERR_get_error(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(rsa_keys_have_2048_to_8192_bits),
        SUPPORT_TEST(the_modulus_is_well_made),
        SUPPORT_TEST(the_exponent_is_odd_and_in_range),
        SUPPORT_TEST(members_say_what_a_key_is_for),
        SUPPORT_TEST(a_kid_has_at_most_256_bytes),
        SUPPORT_TEST(alg_must_not_contradict_the_key),
        SUPPORT_TEST(strange_keys_are_left_out),
        SUPPORT_TEST(members_of_a_set_may_be_no_objects),
        SUPPORT_TEST(good_points_are_taken),
        SUPPORT_TEST(curves_are_named_exactly),
        SUPPORT_TEST(coordinates_have_the_curves_length),
        SUPPORT_TEST(points_lie_on_the_curve),
        SUPPORT_TEST(a_key_fits_its_own_algorithms_only),
        SUPPORT_TEST(rsa_signatures_are_as_long_as_the_modulus),
        SUPPORT_TEST(a_secret_must_be_as_long_as_the_hash),
        SUPPORT_TEST(material_decides_over_sameness),
        SUPPORT_TEST(a_secret_is_copied_and_wiped),
        SUPPORT_TEST(an_import_leaves_the_error_queue_alone),
    };
    return SUPPORT_RUN(tests);
}
