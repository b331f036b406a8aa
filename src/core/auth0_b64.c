/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_b64.h"

#include <limits.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789-_";

/* What a character stands for, and a bit that says that it does. */
#define VALID 0x40u
#define VALUE 0x3fu
static const unsigned char values[UCHAR_MAX + 1] = {
    ['A'] = 64,  ['B'] = 65,  ['C'] = 66,  ['D'] = 67,  ['E'] = 68,
    ['F'] = 69,  ['G'] = 70,  ['H'] = 71,  ['I'] = 72,  ['J'] = 73,
    ['K'] = 74,  ['L'] = 75,  ['M'] = 76,  ['N'] = 77,  ['O'] = 78,
    ['P'] = 79,  ['Q'] = 80,  ['R'] = 81,  ['S'] = 82,  ['T'] = 83,
    ['U'] = 84,  ['V'] = 85,  ['W'] = 86,  ['X'] = 87,  ['Y'] = 88,
    ['Z'] = 89,  ['a'] = 90,  ['b'] = 91,  ['c'] = 92,  ['d'] = 93,
    ['e'] = 94,  ['f'] = 95,  ['g'] = 96,  ['h'] = 97,  ['i'] = 98,
    ['j'] = 99,  ['k'] = 100, ['l'] = 101, ['m'] = 102, ['n'] = 103,
    ['o'] = 104, ['p'] = 105, ['q'] = 106, ['r'] = 107, ['s'] = 108,
    ['t'] = 109, ['u'] = 110, ['v'] = 111, ['w'] = 112, ['x'] = 113,
    ['y'] = 114, ['z'] = 115, ['0'] = 116, ['1'] = 117, ['2'] = 118,
    ['3'] = 119, ['4'] = 120, ['5'] = 121, ['6'] = 122, ['7'] = 123,
    ['8'] = 124, ['9'] = 125, ['-'] = 126, ['_'] = 127,
};

static unsigned value_of(char c)
{
    return values[(unsigned char)c] & VALUE;
}

static bool unused_bits_are_zero(auth0_span_t text)
{
    static const unsigned char unused[] = {0, 0, 0x0f, 0x03};

    return text.len % 4 == 0 ||
           (value_of(text.ptr[text.len - 1]) & unused[text.len % 4]) == 0;
}

bool auth0_b64url_valid(auth0_span_t text)
{
    if (text.len % 4 == 1) {
        return false;
    }
    unsigned all = VALID;

    for (size_t i = 0; i < text.len; i++) {
        all &= values[(unsigned char)text.ptr[i]];
    }
    return all && unused_bits_are_zero(text);
}

size_t auth0_b64url_decoded_len(auth0_span_t text)
{
    return text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
}

/* Of up to four characters, the last of which may be lacking. */
static unsigned bits_of(const char *text, size_t count)
{
    unsigned bits = 0;

    for (size_t i = 0; i < 4; i++) {
        bits = bits << 6 | (i < count ? value_of(text[i]) : 0);
    }
    return bits;
}

/* text is valid, and bytes has room for what it stands for. */
static void decode(unsigned char *bytes, auth0_span_t text)
{
    size_t i = 0;

    for (; i + 4 <= text.len; i += 4) {
        unsigned bits = bits_of(text.ptr + i, 4);
        *bytes++ = (unsigned char)(bits >> 16);
        *bytes++ = (unsigned char)(bits >> 8 & 0xff);
        *bytes++ = (unsigned char)(bits & 0xff);
    }
    for (size_t at = 1; i + at < text.len; at++) {
        unsigned bits = bits_of(text.ptr + i, text.len - i);
        *bytes++ = (unsigned char)(bits >> (24 - 8 * at) & 0xff);
    }
}

bool auth0_b64url_decode(auth0_span_t *out, auth0_span_t text, apr_pool_t *pool)
{
    *out = auth0_span("", 0);
    if (!auth0_b64url_valid(text)) {
        return false;
    }
    size_t len = auth0_b64url_decoded_len(text);
    unsigned char *bytes = apr_palloc(pool, len + 1);

    decode(bytes, text);
    bytes[len] = '\0';
    *out = auth0_span((const char *)bytes, len);
    return true;
}

bool auth0_b64url_decode_into(unsigned char *out, size_t len, auth0_span_t text)
{
    if (!auth0_b64url_valid(text) || auth0_b64url_decoded_len(text) != len) {
        return false;
    }
    decode(out, text);
    return true;
}

const char *auth0_b64url_encode(auth0_span_t bytes, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, bytes.len / 3 * 4 + 4);
    size_t done = 0;
    unsigned bits = 0;
    unsigned held = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | (unsigned char)bytes.ptr[i];
        for (held += 8; held >= 6; held -= 6) {
            text[done++] = alphabet[bits >> (held - 6) & 0x3f];
        }
    }
    if (held > 0) {
        text[done++] = alphabet[bits << (6 - held) & 0x3f];
    }
    text[done] = '\0';
    return text;
}
