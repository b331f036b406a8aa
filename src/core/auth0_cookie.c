/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_cookie.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static auth0_span_t trim(auth0_span_t text)
{
    while (text.len > 0 && is_blank(*text.ptr)) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* A piece without '=' is the value of a cookie that has no name. */
static bool is_named(auth0_span_t piece, const char *name)
{
    auth0_span_t head;

    return auth0_span_cut(&head, &piece, '=') &&
           auth0_span_is(trim(head), name);
}

static unsigned count_named(auth0_span_t pair, const char *name)
{
    unsigned count = 0;
    auth0_span_t piece;

    while (pair.len > 0) {
        (void)auth0_span_cut(&piece, &pair, ',');
        count += is_named(piece, name);
    }
    return count;
}

auth0_reason_t auth0_cookie_find(auth0_span_t *value, const char *field,
                                 const char *name)
{
    unsigned count = 0;
    auth0_span_t rest = auth0_span_cstr(field);
    auth0_span_t found = auth0_span("", 0);
    auth0_span_t pair;

    *value = auth0_span("", 0);
    while (rest.len > 0) {
        (void)auth0_span_cut(&pair, &rest, ';');
        unsigned more = count_named(pair, name);
        found = more ? pair : found;
        count += more;
    }
    if (count != 1) {
        return count ? AUTH0_REQUEST_MULTIPLE : AUTH0_REQUEST_NO_TOKEN;
    }
    if (!is_named(found, name)) {
        return AUTH0_REQUEST_MALFORMED;
    }
    (void)auth0_span_cut(&pair, &found, '=');
    *value = trim(found);
    return AUTH0_OK;
}
