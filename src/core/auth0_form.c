/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_form.h"

#include <string.h>

#include "core/auth0_pairs.h"
#include "core/auth0_percent.h"

/* False at the end, and where an escape is broken. */
static bool next_byte(char *byte, auth0_span_t *rest)
{
    size_t used = 1;

    if (rest->len == 0) {
        return false;
    }
    *byte = *rest->ptr;
    if (*byte == '+') {
        *byte = ' ';
    }
    else if (*byte == '%') {
        int escaped = auth0_percent_byte(*rest);
        if (escaped < 0) {
            return false;
        }
        *byte = (char)escaped;
        used = AUTH0_PERCENT_LEN;
    }
    rest->ptr += used;
    rest->len -= used;
    return true;
}

/* piece is "name=value", "name" or nothing. */
static bool is_named(auth0_span_t piece, const char *name)
{
    auth0_span_t encoded;
    char byte;

    (void)auth0_span_cut(&encoded, &piece, '=');
    for (; *name != '\0'; name++) {
        if (!next_byte(&byte, &encoded) || byte != *name) {
            return false;
        }
    }
    return encoded.len == 0;
}

static const auth0_pairs_t form = {'&', ';', is_named};

static bool decode(auth0_span_t *value, auth0_span_t text, apr_pool_t *pool)
{
    char *decoded = apr_palloc(pool, text.len + 1);
    size_t len = 0;

    while (text.len > 0) {
        if (!next_byte(&decoded[len], &text)) {
            return false;
        }
        len++;
    }
    *value = auth0_span(decoded, len);
    return true;
}

auth0_reason_t auth0_form_find(auth0_span_t *value, auth0_span_t text,
                               const char *name, apr_pool_t *pool)
{
    auth0_span_t head;
    auth0_span_t pair;
    auth0_reason_t reason = auth0_pairs_find(&pair, &form, text, name);

    *value = auth0_span("", 0);
    if (reason != AUTH0_OK) {
        return reason;
    }
    (void)auth0_span_cut(&head, &pair, '=');
    return decode(value, pair, pool) ? AUTH0_OK : AUTH0_REQUEST_MALFORMED;
}

auth0_span_t auth0_form_without(auth0_span_t text, const char *name,
                                apr_pool_t *pool)
{
    if (!auth0_pairs_bear(&form, text, name)) {
        return text;
    }
    char *rest = apr_palloc(pool, text.len);

    return auth0_span(rest, auth0_pairs_without(rest, &form, text, name));
}

auth0_span_t auth0_form_url_without(auth0_span_t url, const char *name,
                                    apr_pool_t *pool)
{
    auth0_span_t path;
    auth0_span_t query;
    auth0_span_t rest = url;

    (void)auth0_span_cut(&query, &rest, '#');
    if (!auth0_span_cut(&path, &query, '?') ||
        !auth0_pairs_bear(&form, query, name)) {
        return url;
    }
    char *out = apr_palloc(pool, url.len);
    size_t len = path.len + 1;

    memcpy(out, url.ptr, len);
    len += auth0_pairs_without(out + len, &form, query, name);
    if (len == path.len + 1) {
        len = path.len;
    }
    size_t behind = path.len + 1 + query.len;

    memcpy(out + len, url.ptr + behind, url.len - behind);
    return auth0_span(out, len + url.len - behind);
}
