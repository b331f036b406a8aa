/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SPAN_H
#define AUTH0_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A borrowed run of bytes: never assumed to be NUL terminated, never freed.
 * It lives as long as what it was borrowed from. All functions are pure.
 */
typedef struct auth0_span_t {
    const char *ptr;
    size_t len;
} auth0_span_t;

/* Make a span; auth0_span_cstr takes NULL as the empty span. */
static inline auth0_span_t auth0_span(const char *ptr, size_t len)
{
    return (auth0_span_t){ptr, len};
}

static inline auth0_span_t auth0_span_cstr(const char *text)
{
    return text ? auth0_span(text, strlen(text)) : auth0_span("", 0);
}

/* True when len bytes are the same, or are but for ASCII case. */
bool auth0_span_same(const char *a, const char *b, size_t len);
bool auth0_span_same_nocase(const char *a, const char *b, size_t len);

/* Whole value, every byte: the only way names and claims are compared. */
static inline bool auth0_span_eq(auth0_span_t a, auth0_span_t b)
{
    return a.len == b.len && auth0_span_same(a.ptr, b.ptr, a.len);
}

static inline bool auth0_span_is(auth0_span_t a, const char *text)
{
    return auth0_span_eq(a, auth0_span_cstr(text));
}

/* The same without regard to ASCII case: schemes, media types, names. */
static inline bool auth0_span_eq_nocase(auth0_span_t a, auth0_span_t b)
{
    return a.len == b.len && auth0_span_same_nocase(a.ptr, b.ptr, a.len);
}

static inline bool auth0_span_is_nocase(auth0_span_t a, const char *text)
{
    return auth0_span_eq_nocase(a, auth0_span_cstr(text));
}

/* True when text begins with prefix. */
bool auth0_span_starts(auth0_span_t text, const char *prefix);

/*
 * Cut the bytes before the first sep into *head and move *rest past it.
 * Without a sep, *head is all of *rest, *rest is empty, and false is returned.
 */
bool auth0_span_cut(auth0_span_t *head, auth0_span_t *rest, char sep);

/*
 * The next word of *rest between single or repeated spaces; false at the end.
 */
bool auth0_span_word(auth0_span_t *word, auth0_span_t *rest);

/* True when word is one of the words of text, as auth0_span_word cuts them. */
bool auth0_span_has_word(auth0_span_t text, auth0_span_t word);

/* True when a byte is a control character: below 0x20, or 0x7f. */
bool auth0_span_has_control(auth0_span_t text);

#endif
