/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_b64.h"

#include <limits.h>

#define INVALID UCHAR_MAX

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789-_";

static unsigned char value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (unsigned char)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (unsigned char)(c - 'a' + 26);
    }
    if (c >= '0' && c <= '9') {
        return (unsigned char)(c - '0' + 52);
    }
    if (c == '-') {
        return 62;
    }
    return c == '_' ? 63 : INVALID;
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
    for (size_t i = 0; i < text.len; i++) {
        if (value_of(text.ptr[i]) == INVALID) {
            return false;
        }
    }
    return unused_bits_are_zero(text);
}

size_t auth0_b64url_decoded_len(auth0_span_t text)
{
    return text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
}

/* text is valid, and bytes has room for what it stands for. */
static void decode(unsigned char *bytes, auth0_span_t text)
{
    unsigned bits = 0;
    size_t done = 0;

    for (size_t i = 0; i < text.len; i++) {
        bits = (bits << 6 | value_of(text.ptr[i])) & 0xffffff;
        if (i % 4 != 0) {
            bytes[done++] = (unsigned char)(bits >> (6 - 2 * (i % 4)) & 0xff);
        }
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
