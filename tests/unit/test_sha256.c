/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include <openssl/evp.h>

#include "core/auth0_ascii.h"
#include "core/auth0_sha256.h"

#define MILLION 1000000
#define LONGEST 300 /* bytes: more than four blocks */

typedef struct hash_row_t {
    const char *text;
    const char *want;
} hash_row_t;

/* NIST's examples for FIPS 180-4, and sha256sum for the empty one. */
static const hash_row_t rows[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
     "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static const char *hex_of(auth0_span_t bytes, apr_pool_t *pool)
{
    unsigned char digest[AUTH0_SHA256_BYTES];
    char *text = apr_palloc(pool, 2 * sizeof(digest) + 1);

    assert_true(auth0_sha256(digest, &bytes, 1));
    auth0_ascii_to_hex(text, digest, sizeof(digest));
    return text;
}

static void known_answers(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t text = auth0_span_cstr(rows[i].text);
        bad += support_text(rows[i].text, hex_of(text, *state), rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void a_million_letters(void **state)
{
    char *text = apr_palloc(*state, MILLION);

    memset(text, 'a', MILLION);
    assert_string_equal(
        hex_of(auth0_span(text, MILLION), *state),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Of the same bytes, cut at each place, and what follows in its middle. */
static void check_parts(const unsigned char *want, auth0_span_t bytes)
{
    for (size_t cut = 0; cut <= bytes.len; cut++) {
        size_t middle = (bytes.len - cut) / 2;
        const auth0_span_t parts[] = {
            {bytes.ptr, cut},
            {bytes.ptr + cut, middle},
            {bytes.ptr + cut + middle, bytes.len - cut - middle},
        };
        unsigned char got[AUTH0_SHA256_BYTES] = {0};

        assert_true(auth0_sha256(got, parts, COUNT(parts)));
        assert_memory_equal(got, want, sizeof(got));
    }
}

/* Where padding begins, and where a block ends. */
static void each_length_as_evp_has_it(void **state)
{
    char text[LONGEST];

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (char)(i * 7);
    }
    for (size_t len = 0; len <= sizeof(text); len++) {
        unsigned char want[EVP_MAX_MD_SIZE];
        size_t size = 0;

        assert_int_equal(
            EVP_Q_digest(NULL, "SHA256", NULL, text, len, want, &size), 1);
        assert_int_equal(size, AUTH0_SHA256_BYTES);
        check_parts(want, auth0_span(text, len));
    }
}

static void no_parts_are_the_empty_text(void **state)
{
    const auth0_span_t nothing[] = {{NULL, 0}, {"", 0}, {NULL, 0}};
    unsigned char none[AUTH0_SHA256_BYTES];
    unsigned char empty[AUTH0_SHA256_BYTES];

    assert_string_equal(hex_of(auth0_span(NULL, 0), *state), rows[0].want);
    assert_true(auth0_sha256(none, NULL, 0));
    assert_true(auth0_sha256(empty, nothing, COUNT(nothing)));
    assert_memory_equal(none, empty, sizeof(none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(known_answers),
        SUPPORT_TEST(a_million_letters),
        SUPPORT_TEST(each_length_as_evp_has_it),
        SUPPORT_TEST(no_parts_are_the_empty_text),
    };
    return SUPPORT_RUN(tests);
}
