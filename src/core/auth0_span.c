/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_span.h"

#include <stdint.h>
#include <string.h>

#include "core/auth0_ascii.h"
#include "core/auth0_lanes.h"

static bool are_same_eight(const char *a, const char *b)
{
    uint64_t words[2];

    memcpy(&words[0], a, sizeof(words[0]));
    memcpy(&words[1], b, sizeof(words[1]));
    return words[0] == words[1];
}

bool auth0_span_same(const char *a, const char *b, size_t len)
{
    size_t i = 0;

    while (i + sizeof(uint64_t) <= len && are_same_eight(a + i, b + i)) {
        i += sizeof(uint64_t);
    }
    while (i < len && a[i] == b[i]) {
        i++;
    }
    return i == len;
}

bool auth0_span_same_nocase(const char *a, const char *b, size_t len)
{
    size_t i = 0;

    while (i < len && (a[i] == b[i] ||
                       auth0_ascii_lower(a[i]) == auth0_ascii_lower(b[i]))) {
        i++;
    }
    return i == len;
}

bool auth0_span_starts(auth0_span_t text, const char *prefix)
{
    auth0_span_t head = auth0_span_cstr(prefix);

    return text.len >= head.len &&
           auth0_span_eq(auth0_span(text.ptr, head.len), head);
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

bool auth0_span_has_word(auth0_span_t text, auth0_span_t word)
{
    auth0_span_t next;

    while (auth0_span_word(&next, &text)) {
        if (auth0_span_eq(next, word)) {
            return true;
        }
    }
    return false;
}

static auth0_lanes_t are_no_controls(auth0_lanes_t c)
{
    return (auth0_lanes_t)(c >= 0x20) & (auth0_lanes_t)(c != 0x7f);
}

bool auth0_span_has_control(auth0_span_t text)
{
    return !auth0_lanes_every(text, are_no_controls);
}
