/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_span.h"

#include <string.h>

#include "core/auth0_ascii.h"

static bool same_byte(char a, char b)
{
    return a == b;
}

static bool same_letter(char a, char b)
{
    return auth0_ascii_lower(a) == auth0_ascii_lower(b);
}

static bool same(auth0_span_t a, auth0_span_t b, bool (*equal)(char, char))
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (!equal(a.ptr[i], b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool auth0_span_eq(auth0_span_t a, auth0_span_t b)
{
    return same(a, b, same_byte);
}

bool auth0_span_is(auth0_span_t a, const char *text)
{
    return same(a, auth0_span_cstr(text), same_byte);
}

bool auth0_span_is_nocase(auth0_span_t a, const char *text)
{
    return same(a, auth0_span_cstr(text), same_letter);
}

bool auth0_span_eq_nocase(auth0_span_t a, auth0_span_t b)
{
    return same(a, b, same_letter);
}

bool auth0_span_starts(auth0_span_t text, const char *prefix)
{
    auth0_span_t head = auth0_span_cstr(prefix);

    return text.len >= head.len &&
           same(auth0_span(text.ptr, head.len), head, same_byte);
}

bool auth0_span_cut(auth0_span_t *head, auth0_span_t *rest, char sep)
{
    const char *at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
    size_t len = at ? (size_t)(at - rest->ptr) : rest->len;
    size_t used = at ? len + 1 : len;

    *head = auth0_span(rest->ptr, len);
    *rest = auth0_span(rest->ptr + used, rest->len - used);
    return at != NULL;
}

bool auth0_span_word(auth0_span_t *word, auth0_span_t *rest)
{
    while (rest->len > 0 && *rest->ptr == ' ') {
        rest->ptr++;
        rest->len--;
    }
    if (rest->len == 0) {
        return false;
    }
    (void)auth0_span_cut(word, rest, ' ');
    return true;
}

bool auth0_span_has_control(auth0_span_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (auth0_ascii_is_control(text.ptr[i])) {
            return true;
        }
    }
    return false;
}
