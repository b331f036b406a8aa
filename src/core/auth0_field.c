/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_field.h"

#include <string.h>

#include "core/auth0_ascii.h"

bool auth0_field_is_name(const char *name)
{
    bool has_alnum = false;

    for (; *name && auth0_ascii_is_token(*name); name++) {
        has_alnum = has_alnum || auth0_ascii_is_alnum(*name);
    }
    return has_alnum && !*name;
}

/* The next letter or digit, in lower case; NUL at the end. */
static char next(auth0_span_t *name)
{
    while (name->len > 0) {
        char c = *name->ptr;
        name->ptr++;
        name->len--;
        if (auth0_ascii_is_alnum(c)) {
            return auth0_ascii_lower(c);
        }
    }
    return '\0';
}

bool auth0_field_same(auth0_span_t a, auth0_span_t b)
{
    char c;

    do {
        c = next(&a);
        if (c != next(&b)) {
            return false;
        }
    } while (c);
    return true;
}

/* Of the fields of a request most begin like none of the names. */
static bool begins_with(const char *name, char first)
{
    while (*name && !auth0_ascii_is_alnum(*name)) {
        name++;
    }
    return auth0_ascii_lower(*name) == first;
}

const char *auth0_field_find(const apr_array_header_t *names, auth0_span_t name)
{
    auth0_span_t rest = name;
    char first = next(&rest);

    for (int i = 0; i < names->nelts; i++) {
        const char *one = APR_ARRAY_IDX(names, i, const char *);
        if (begins_with(one, first) &&
            auth0_field_same(auth0_span_cstr(one), name)) {
            return one;
        }
    }
    return NULL;
}

/*
 * Whatever is no part of a name is between names: mod_proxy takes blanks and
 * semicolons for separators, and knows quotes, too.
 */
static bool next_name(auth0_span_t *name, auth0_span_t *list)
{
    while (list->len > 0 && !auth0_ascii_is_token(*list->ptr)) {
        list->ptr++;
        list->len--;
    }
    *name = auth0_span(list->ptr, 0);
    while (list->len > 0 && auth0_ascii_is_token(*list->ptr)) {
        list->ptr++;
        list->len--;
        name->len++;
    }
    return name->len > 0;
}

/* Into out, which has room for all of list; the length that remains. */
static size_t copy_without(char *out, auth0_span_t list,
                           const apr_array_header_t *names)
{
    size_t len = 0;
    auth0_span_t name;

    while (next_name(&name, &list)) {
        if (auth0_field_find(names, name)) {
            continue;
        }
        if (len > 0) {
            out[len++] = ',';
        }
        memcpy(out + len, name.ptr, name.len);
        len += name.len;
    }
    return len;
}

static bool holds(auth0_span_t list, const apr_array_header_t *names)
{
    auth0_span_t name;

    while (next_name(&name, &list)) {
        if (auth0_field_find(names, name)) {
            return true;
        }
    }
    return false;
}

const char *auth0_field_list_without(const char *list,
                                     const apr_array_header_t *names,
                                     apr_pool_t *pool)
{
    auth0_span_t all = auth0_span_cstr(list);

    if (!holds(all, names)) {
        return list;
    }
    char *rest = apr_palloc(pool, all.len + 1);
    size_t len = copy_without(rest, all, names);

    rest[len] = '\0';
    return len > 0 ? rest : NULL;
}
