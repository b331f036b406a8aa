/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_b64.h"

typedef struct good_row_t {
    const char *bytes;
    size_t len;
    const char *text;
} good_row_t;

/* RFC 4648 section 10 without padding, and the two letters of section 5. */
static const good_row_t good_rows[] = {
    {"", 0, ""},
    {"f", 1, "Zg"},
    {"fo", 2, "Zm8"},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg"},
    {"fooba", 5, "Zm9vYmE"},
    {"foobar", 6, "Zm9vYmFy"},
    {"\xfb\xff", 2, "-_8"},
    {"\0", 1, "AA"},
    {"\0\0\0", 3, "AAAA"},
    {"\xff\xff\xff", 3, "____"},
    {"{}", 2, "e30"},
};

static void good_texts_decode_and_encode(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(good_rows); i++) {
        const good_row_t *row = &good_rows[i];
        auth0_span_t text = support_copy(support_span(row->text), *state);
        auth0_span_t bytes = auth0_span("poison", 6);
        bad += support_equal(row->text, auth0_b64url_valid(text), true);
        bad += support_equal(row->text, (long)auth0_b64url_decoded_len(text),
                             (long)row->len);
        bad += support_equal(row->text,
                             auth0_b64url_decode(&bytes, text, *state), true);
        bad += support_equal(
            row->text, auth0_span_eq(bytes, auth0_span(row->bytes, row->len)),
            true);
        bad += support_equal(row->text, bytes.ptr[bytes.len], 0);
        bad += support_text(
            row->text,
            auth0_b64url_encode(
                support_copy(auth0_span(row->bytes, row->len), *state), *state),
            row->text);
    }
    assert_int_equal(bad, 0);
}

static void a_text_of_a_known_size_needs_no_pool(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(good_rows); i++) {
        const good_row_t *row = &good_rows[i];
        auth0_span_t text = support_copy(support_span(row->text), *state);
        unsigned char out[8] = {0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5};
        bad += support_equal(row->text,
                             auth0_b64url_decode_into(out, row->len + 1, text),
                             false);
        bad += support_equal(
            row->text,
            row->len > 0 && auth0_b64url_decode_into(out, row->len - 1, text),
            false);
        bad += support_equal(row->text, out[0], 0xa5);
        bad += support_equal(
            row->text, auth0_b64url_decode_into(out, row->len, text), true);
        bad += support_equal(row->text, memcmp(out, row->bytes, row->len), 0);
        bad += support_equal(row->text, out[row->len], 0xa5);
    }
    assert_int_equal(bad, 0);
}

typedef struct bad_row_t {
    const char *name;
    const char *text;
    size_t len;
} bad_row_t;

static const bad_row_t bad_rows[] = {
    {"one character", "A", 1},
    {"five characters", "AAAAA", 5},
    {"padding of two", "Zg==", 4},
    {"padding of one", "Zm8=", 4},
    {"padding of three", "A===", 4},
    {"padding alone", "====", 4},
    {"one padding sign", "=", 1},
    {"padding in front", "=Zg", 3},
    {"text behind padding", "Zg==Zg", 6},
    {"lowest unused bit of two", "Zh", 2},
    {"highest unused bit of two", "Zo", 2},
    {"lowest unused bit of three", "Zm9", 3},
    {"highest unused bit of three", "Zm-", 3},
    {"all unused bits of two", "Zv", 2},
    {"standard alphabet plus", "+_8A", 4},
    {"standard alphabet slash", "-/8A", 4},
    {"space in front", " Zm9", 4},
    {"space inside", "Zm v", 4},
    {"space behind", "Zm9v ", 5},
    {"line feed behind", "Zm9v\n", 5},
    {"line break inside", "Zm9v\r\nYg", 8},
    {"tab", "Zm\tv", 4},
    {"NUL inside", "Zm\0v", 4},
    {"NUL behind two", "Zg\0", 3},
    {"dot", "Zm.v", 4},
    {"tilde", "Zm~v", 4},
    {"high byte", "Zm\xc3\xa9", 4},
    {"byte 0x80", "Zm\x80v", 4},
    {"byte 0xff", "Zm\xffv", 4},
};

static void bad_texts_are_refused(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(bad_rows); i++) {
        const bad_row_t *row = &bad_rows[i];
        auth0_span_t text =
            support_copy(auth0_span(row->text, row->len), *state);
        auth0_span_t bytes = auth0_span("poison", 6);
        bad += support_equal(row->name, auth0_b64url_valid(text), false);
        bad += support_equal(row->name,
                             auth0_b64url_decode(&bytes, text, *state), false);
        bad += support_equal(row->name, (long)bytes.len, 0);
        for (size_t len = 0; len < 8; len++) {
            unsigned char out[8];
            bad += support_equal(
                row->name, auth0_b64url_decode_into(out, len, text), false);
        }
    }
    assert_int_equal(bad, 0);
}

/* Of all two-character texts exactly 256 are canonical, one for each byte. */
static void one_value_has_one_text(void **state)
{
    unsigned seen[256] = {0};
    char text[2];
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        auth0_span_t bytes;
        text[0] = (char)(i & 0xff);
        text[1] = (char)(i >> 8);
        if (auth0_b64url_decode(&bytes, auth0_span(text, 2), *state)) {
            seen[(unsigned char)bytes.ptr[0]]++;
        }
    }
    for (size_t i = 0; i < 256; i++) {
        assert_int_equal(seen[i], 1);
    }
}

static void every_length_survives_the_round_trip(void **state)
{
    unsigned char bytes[260];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)(i * 151 + 7);
    }
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        auth0_span_t in =
            support_copy(auth0_span((const char *)bytes, len), *state);
        auth0_span_t text = support_span(auth0_b64url_encode(in, *state));
        auth0_span_t out;
        assert_true(auth0_b64url_valid(text));
        assert_int_equal(auth0_b64url_decoded_len(text), len);
        assert_true(auth0_b64url_decode(&out, text, *state));
        assert_true(auth0_span_eq(in, out));
    }
}

/* What one character stands for; 64: nothing. */
static unsigned value_of(int c)
{
    static const char order[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(order, c) : NULL;
    return at ? (unsigned)(at - order) : 64;
}

/* Of a text whose other characters are all A. */
static bool is_good_at(unsigned value, size_t at, size_t len)
{
    static const unsigned step[] = {1, 64, 16, 4};
    if (value == 64 || len % 4 == 1) {
        return false;
    }
    return at + 1 < len || value % step[len % 4] == 0;
}

static unsigned try_all_bytes(char *text, size_t at, size_t len)
{
    unsigned bad = 0;
    for (int byte = 0; byte < 256; byte++) {
        text[at] = (char)byte;
        bad += auth0_b64url_valid(auth0_span(text, len)) !=
               is_good_at(value_of(byte), at, len);
    }
    text[at] = 'A';
    return bad;
}

/* Whatever is read in one step, and wherever it begins in memory. */
static void every_byte_counts_at_every_place(void **state)
{
    const char *most = support_repeat("A", 70, *state);
    for (size_t len = 0; len <= 70; len++) {
        auth0_span_t text = support_copy(auth0_span(most, len), *state);
        assert_int_equal(auth0_b64url_valid(text), len % 4 != 1);
        for (size_t at = 0; at < len; at++) {
            assert_int_equal(try_all_bytes((char *)(intptr_t)text.ptr, at, len),
                             0);
        }
    }
}

/* What stands around a text is none of its business. */
static void only_the_text_counts(void **state)
{
    char *around = apr_palloc(*state, 128);
    memset(around, '=', 128);
    for (size_t from = 1; from <= 17; from++) {
        for (size_t len = 0; len <= 70; len++) {
            memset(around + from, 'A', len);
            assert_int_equal(auth0_b64url_valid(auth0_span(around + from, len)),
                             len % 4 != 1);
            memset(around + from, '=', len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(good_texts_decode_and_encode),
        SUPPORT_TEST(a_text_of_a_known_size_needs_no_pool),
        SUPPORT_TEST(bad_texts_are_refused),
        SUPPORT_TEST(one_value_has_one_text),
        SUPPORT_TEST(every_length_survives_the_round_trip),
        SUPPORT_TEST(every_byte_counts_at_every_place),
        SUPPORT_TEST(only_the_text_counts),
    };
    return SUPPORT_RUN(tests);
}
