/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_b64.h"

#include <limits.h>
#include <string.h>

#include "core/auth0_lanes.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789-_";

/* What a character of the alphabet stands for. */
static const unsigned char values[UCHAR_MAX + 1] = {
    ['A'] = 0,  ['B'] = 1,  ['C'] = 2,  ['D'] = 3,  ['E'] = 4,  ['F'] = 5,
    ['G'] = 6,  ['H'] = 7,  ['I'] = 8,  ['J'] = 9,  ['K'] = 10, ['L'] = 11,
    ['M'] = 12, ['N'] = 13, ['O'] = 14, ['P'] = 15, ['Q'] = 16, ['R'] = 17,
    ['S'] = 18, ['T'] = 19, ['U'] = 20, ['V'] = 21, ['W'] = 22, ['X'] = 23,
    ['Y'] = 24, ['Z'] = 25, ['a'] = 26, ['b'] = 27, ['c'] = 28, ['d'] = 29,
    ['e'] = 30, ['f'] = 31, ['g'] = 32, ['h'] = 33, ['i'] = 34, ['j'] = 35,
    ['k'] = 36, ['l'] = 37, ['m'] = 38, ['n'] = 39, ['o'] = 40, ['p'] = 41,
    ['q'] = 42, ['r'] = 43, ['s'] = 44, ['t'] = 45, ['u'] = 46, ['v'] = 47,
    ['w'] = 48, ['x'] = 49, ['y'] = 50, ['z'] = 51, ['0'] = 52, ['1'] = 53,
    ['2'] = 54, ['3'] = 55, ['4'] = 56, ['5'] = 57, ['6'] = 58, ['7'] = 59,
    ['8'] = 60, ['9'] = 61, ['-'] = 62, ['_'] = 63,
};

static unsigned value_of(char c)
{
    return values[(unsigned char)c];
}

static auth0_lanes_t are_of_alphabet(auth0_lanes_t c)
{
    return auth0_lanes_are_alnum(c) | (auth0_lanes_t)(c == '-') |
           (auth0_lanes_t)(c == '_');
}

static bool unused_bits_are_zero(auth0_span_t text)
{
    static const unsigned char unused[] = {0, 0, 0x0f, 0x03};

    return text.len % 4 == 0 ||
           (value_of(text.ptr[text.len - 1]) & unused[text.len % 4]) == 0;
}

bool auth0_b64url_valid(auth0_span_t text)
{
    return text.len % 4 != 1 && auth0_lanes_every(text, are_of_alphabet) &&
           unused_bits_are_zero(text);
}

size_t auth0_b64url_decoded_len(auth0_span_t text)
{
    return text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
}

static unsigned bits_of(const char *four)
{
    return value_of(four[0]) << 18 | value_of(four[1]) << 12 |
           value_of(four[2]) << 6 | value_of(four[3]);
}

/* text is valid, and bytes has room for what it stands for. */
static void decode(unsigned char *bytes, auth0_span_t text)
{
    char last[] = {'A', 'A', 'A', 'A'};
    size_t i = 0;

    for (; i + 4 <= text.len; i += 4) {
        unsigned bits = bits_of(text.ptr + i);
        *bytes++ = (unsigned char)(bits >> 16);
        *bytes++ = (unsigned char)(bits >> 8 & 0xff);
        *bytes++ = (unsigned char)(bits & 0xff);
    }
    memcpy(last, text.ptr + i, text.len - i);
    for (size_t at = 1; i + at < text.len; at++) {
        *bytes++ = (unsigned char)(bits_of(last) >> (24 - 8 * at) & 0xff);
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
