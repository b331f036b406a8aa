/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "core/auth0_jwebox.h"

/* RFC 7518 appendix B.1 and B.3. */
#define IV "1af38c2dc2b96ffdd86694092341bc04"
#define AAD "The second principle of Auguste Kerckhoffs"
#define PLAINTEXT                                                              \
    "A cipher system must not be required to be secret, and it must be able "  \
    "to fall into the hands of the enemy without inconvenience"

typedef struct box_row_t {
    const char *enc;
    const char *ciphertext;
    const char *tag;
} box_row_t;

static const box_row_t rows[] = {
    {"A128CBC-HS256",
     "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9"
     "a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336"
     "09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b"
     "384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5"
     "4b8851ffb598f7f80074b9473c82e2db",
     "652c3fa36b0a7c5b3219fab3a30bc1c4"},
    {"A256CBC-HS512",
     "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd"
     "822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b"
     "36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3"
     "a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b"
     "be2638d09dd7a4930930806d0703b1f6",
     "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"},
};

static auth0_span_t from_hex(const char *hex, apr_pool_t *pool)
{
    size_t len = strlen(hex) / 2;
    char *bytes = apr_palloc(pool, len + 1);
    for (size_t i = 0; i < len; i++) {
        unsigned value;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
        bytes[i] = (char)value;
    }
    return auth0_span(bytes, len);
}

/* 00 01 02 ..., as both appendices have it. */
static const unsigned char *key_bytes(apr_pool_t *pool)
{
    unsigned char *key = apr_palloc(pool, AUTH0_CEK_MAX);
    for (size_t i = 0; i < AUTH0_CEK_MAX; i++) {
        key[i] = (unsigned char)i;
    }
    return key;
}

static auth0_jwebox_t box_of(const box_row_t *row, apr_pool_t *pool)
{
    auth0_jwebox_t box = {auth0_jweenc_find(support_span(row->enc)),
                          support_span(AAD), from_hex(IV, pool),
                          from_hex(row->ciphertext, pool),
                          from_hex(row->tag, pool)};
    assert_non_null(box.enc);
    return box;
}

static void the_examples_of_the_rfc_open(void **state)
{
    auth0_span_t plaintext;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_jwebox_t box = box_of(&rows[i], *state);
        assert_true(auth0_jwebox_fits(&box));
        assert_true(
            auth0_jwebox_open(&plaintext, &box, key_bytes(*state), *state));
        assert_true(auth0_span_is(plaintext, PLAINTEXT));
    }
}

/* A copy with one bit turned. */
static auth0_span_t turned(auth0_span_t bytes, size_t bit, apr_pool_t *pool)
{
    char *copy = apr_pmemdup(pool, bytes.ptr, bytes.len);
    copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
    return auth0_span(copy, bytes.len);
}

static void no_bit_can_be_turned(void **state)
{
    auth0_span_t plaintext;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_jwebox_t good = box_of(&rows[i], *state);
        auth0_jwebox_t box = good;
        auth0_span_t *const parts[] = {&box.aad, &box.iv, &box.ciphertext,
                                       &box.tag};
        for (size_t p = 0; p < COUNT(parts); p++) {
            auth0_span_t part = *parts[p];
            for (size_t bit = 0; bit < part.len * 8; bit++) {
                *parts[p] = turned(part, bit, *state);
                assert_false(auth0_jwebox_open(&plaintext, &box,
                                               key_bytes(*state), *state));
                assert_int_equal(plaintext.len, 0);
            }
            *parts[p] = part;
        }
    }
    ERR_clear_error();
}

/* Bytes must not be able to wander from one part to the next. */
static void parts_cannot_be_moved(void **state)
{
    auth0_jwebox_t box = box_of(&rows[0], *state);
    auth0_span_t plaintext;
    box.aad = support_span(AAD "\x1a");
    box.iv = auth0_span(apr_pstrcat(*state, box.iv.ptr + 1, "\xc8", NULL), 16);
    box.ciphertext = auth0_span(box.ciphertext.ptr + 1, box.ciphertext.len - 1);
    assert_false(
        auth0_jwebox_open(&plaintext, &box, key_bytes(*state), *state));
    ERR_clear_error();
}

typedef struct length_row_t {
    const char *enc;
    size_t iv;
    size_t ciphertext;
    size_t tag;
    bool want;
} length_row_t;

static const length_row_t lengths[] = {
    {"A128GCM", 12, 1, 16, true},         {"A256GCM", 12, 1, 16, true},
    {"A256GCM", 12, 17, 16, true},        {"A256GCM", 0, 1, 16, false},
    {"A256GCM", 1, 1, 16, false},         {"A256GCM", 11, 1, 16, false},
    {"A256GCM", 13, 1, 16, false},        {"A256GCM", 16, 1, 16, false},
    {"A256GCM", 12, 0, 16, false},        {"A256GCM", 12, 1, 0, false},
    {"A256GCM", 12, 1, 4, false},         {"A256GCM", 12, 1, 12, false},
    {"A256GCM", 12, 1, 15, false},        {"A256GCM", 12, 1, 17, false},
    {"A128CBC-HS256", 16, 16, 16, true},  {"A128CBC-HS256", 16, 32, 16, true},
    {"A128CBC-HS256", 12, 16, 16, false}, {"A128CBC-HS256", 15, 16, 16, false},
    {"A128CBC-HS256", 17, 16, 16, false}, {"A128CBC-HS256", 16, 0, 16, false},
    {"A128CBC-HS256", 16, 15, 16, false}, {"A128CBC-HS256", 16, 17, 16, false},
    {"A128CBC-HS256", 16, 16, 0, false},  {"A128CBC-HS256", 16, 16, 15, false},
    {"A128CBC-HS256", 16, 16, 32, false}, {"A256CBC-HS512", 16, 16, 32, true},
    {"A256CBC-HS512", 16, 16, 16, false}, {"A256CBC-HS512", 16, 16, 31, false},
    {"A256CBC-HS512", 16, 16, 33, false}, {"A256CBC-HS512", 16, 16, 64, false},
};

static void parts_have_exactly_their_lengths(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const length_row_t *row = &lengths[i];
        auth0_jwebox_t box = {auth0_jweenc_find(support_span(row->enc)),
                              support_span("x"), auth0_span("", row->iv),
                              auth0_span("", row->ciphertext),
                              auth0_span("", row->tag)};
        bad += support_equal(apr_psprintf(*state, "row %u", (unsigned)i),
                             auth0_jwebox_fits(&box), row->want);
    }
    assert_int_equal(bad, 0);
}

static void names_are_compared_whole_and_with_case(void **state)
{
    static const char *const names[] = {"",
                                        "a256gcm",
                                        "A256GCM ",
                                        "A256GC",
                                        "A192GCM",
                                        "A192CBC-HS384",
                                        "A128CBC-HS512",
                                        "A256CBC-HS256",
                                        "A128CBC+HS256",
                                        "dir",
                                        "RSA-OAEP-256",
                                        "none"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_null(auth0_jweenc_find(support_span(names[i])));
    }
    assert_null(auth0_jweenc_find(auth0_span("A256GCM\0", 8)));
    for (size_t i = 0; auth0_jweenc_at(i) != NULL; i++) {
        const auth0_jweenc_t *enc = auth0_jweenc_at(i);
        assert_ptr_equal(auth0_jweenc_find(support_span(enc->name)), enc);
        assert_true(enc->cek_len <= AUTH0_CEK_MAX);
    }
    assert_null(auth0_jweenc_at(4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_examples_of_the_rfc_open),
        SUPPORT_TEST(no_bit_can_be_turned),
        SUPPORT_TEST(parts_cannot_be_moved),
        SUPPORT_TEST(parts_have_exactly_their_lengths),
        SUPPORT_TEST(names_are_compared_whole_and_with_case),
    };
    return SUPPORT_RUN(tests);
}
