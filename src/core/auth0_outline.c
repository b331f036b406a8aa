/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_outline.h"

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_span.h"

auth0_outline_t auth0_outline_make(apr_pool_t *pool)
{
    enum { PIECES = 256 };
    return (auth0_outline_t){apr_array_make(pool, PIECES, sizeof(const char *)),
                             0};
}

void auth0_outline_add(auth0_outline_t *outline, const char *text)
{
    APR_ARRAY_PUSH(outline->pieces, const char *) = text;
}

void auth0_outline_line(auth0_outline_t *outline)
{
    if (outline->pieces->nelts > 0) {
        auth0_outline_add(outline, "\n");
    }
    for (unsigned i = 0; i < outline->depth; i++) {
        auth0_outline_add(outline, "  ");
    }
}

const char *auth0_outline_text(const auth0_outline_t *outline, apr_pool_t *pool)
{
    const char *text = apr_array_pstrcat(pool, outline->pieces, '\0');

    return *text ? apr_pstrcat(pool, text, "\n", NULL) : text;
}

#define ESCAPE_LEN 6 /* of \u and four digits */
#define PAIR_LEN (2 * ESCAPE_LEN)

static unsigned hex4(const char *digits)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++) {
        value = value * 16 + (unsigned)auth0_ascii_hex(digits[i]);
    }
    return value;
}

/* A high surrogate; in JSON that was written here a low one follows. */
static bool is_pair(auth0_span_t text)
{
    return text.len >= PAIR_LEN && auth0_span_starts(text, "\\u") &&
           (hex4(text.ptr + 2) & 0xfc00) == 0xd800;
}

static const char *wide(auth0_span_t pair, apr_pool_t *pool)
{
    unsigned high = hex4(pair.ptr + 2) & 0x3ff;
    unsigned low = hex4(pair.ptr + ESCAPE_LEN + 2) & 0x3ff;

    return apr_psprintf(pool, "\\U%08X", 0x10000 + (high << 10) + low);
}

static const auth0_outline_escape_t *
escape_of(auth0_span_t text, const auth0_outline_escape_t *escapes)
{
    while (escapes->seen && !auth0_span_starts(text, escapes->seen)) {
        escapes++;
    }
    return escapes->seen ? escapes : NULL;
}

/* What the next bytes of a JSON text are to be; *taken of them. */
static const char *next(size_t *taken, auth0_span_t text,
                        const auth0_outline_escape_t *escapes, apr_pool_t *pool)
{
    const auth0_outline_escape_t *escape = escape_of(text, escapes);

    if (escape) {
        *taken = escape->taken;
        return escape->instead;
    }
    if (is_pair(text)) {
        *taken = PAIR_LEN;
        return wide(text, pool);
    }
    *taken = *text.ptr == '\\' ? 2 : 1;
    return apr_pstrmemdup(pool, text.ptr, *taken);
}

/* Bytes that mean the same in any notation are most of them. */
static size_t plain_len(const char *text)
{
    size_t len = 0;

    while (auth0_ascii_is_alnum(text[len])) {
        len++;
    }
    return len;
}

const char *auth0_outline_scalar(const auth0_json_t *value,
                                 const auth0_outline_escape_t *escapes,
                                 apr_pool_t *pool)
{
    auth0_span_t left = auth0_span_cstr(auth0_json_text(value, pool));
    auth0_outline_t out = auth0_outline_make(pool);

    while (left.len > 0) {
        size_t taken = plain_len(left.ptr);
        auth0_outline_add(&out, taken > 0
                                    ? apr_pstrmemdup(pool, left.ptr, taken)
                                    : next(&taken, left, escapes, pool));
        left = auth0_span(left.ptr + taken, left.len - taken);
    }
    return apr_array_pstrcat(pool, out.pieces, '\0');
}
