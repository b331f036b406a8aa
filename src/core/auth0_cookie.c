/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_cookie.h"

#include "core/auth0_pairs.h"

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

static const auth0_pairs_t cookies = {';', ',', is_named};

auth0_reason_t auth0_cookie_find(auth0_span_t *value, const char *field,
                                 const char *name)
{
    auth0_span_t head;
    auth0_span_t pair;
    auth0_reason_t reason =
        auth0_pairs_find(&pair, &cookies, auth0_span_cstr(field), name);

    *value = auth0_span("", 0);
    if (reason == AUTH0_OK) {
        (void)auth0_span_cut(&head, &pair, '=');
        *value = trim(pair);
    }
    return reason;
}

const char *auth0_cookie_without(const char *field, const char *name,
                                 apr_pool_t *pool)
{
    auth0_span_t all = auth0_span_cstr(field);

    if (!auth0_pairs_bear(&cookies, all, name)) {
        return field;
    }
    char *rest = apr_palloc(pool, all.len + 1);
    size_t len = auth0_pairs_without(rest, &cookies, all, name);

    rest[len] = '\0';
    while (is_blank(*rest)) {
        rest++;
    }
    return *rest ? rest : NULL;
}
