/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_json_block.h"

#include <math.h>

#include <openssl/crypto.h>

#define DATE_MAX 253402300799.0 /* the last second of the year 9999 */

const char *auth0_json_block_text(const auth0_json_t *from, size_t offset)
{
    return (const char *)from + offset;
}

size_t auth0_json_block_offset(const void *what, const auth0_json_t *from)
{
    return (size_t)((const char *)what - (const char *)from);
}

const auth0_json_t *auth0_json_block_first(const auth0_json_t *container)
{
    return container + 1;
}

static bool is_container(const auth0_json_t *value)
{
    return value->type == AUTH0_JSON_OBJECT || value->type == AUTH0_JSON_ARRAY;
}

const auth0_json_t *auth0_json_block_next(const auth0_json_t *value)
{
    return is_container(value)
               ? (const auth0_json_t *)(const void *)auth0_json_block_text(
                     value, value->is.offset)
               : value + 1;
}

bool auth0_json_block_is(const auth0_json_t *json, auth0_json_type_t type)
{
    return json && json->type == type;
}

size_t auth0_json_size(const auth0_json_t *root)
{
    return root->name;
}

static bool is_named(const auth0_json_t *member, auth0_span_t name)
{
    const char *own = auth0_json_block_text(member, member->name);

    /* Many names of claims have three letters, and few of them the same. */
    return member->name_len == name.len && *own == *name.ptr &&
           auth0_span_same(own, name.ptr, name.len);
}

const auth0_json_t *auth0_json_member(const auth0_json_t *object,
                                      const char *name)
{
    if (!auth0_json_block_is(object, AUTH0_JSON_OBJECT)) {
        return NULL;
    }
    const auth0_json_t *member = auth0_json_block_first(object);
    auth0_span_t wanted = auth0_span_cstr(name);

    for (uint32_t i = 0; i < object->len; i++) {
        if (is_named(member, wanted)) {
            return member;
        }
        member = auth0_json_block_next(member);
    }
    return NULL;
}

bool auth0_json_string(auth0_span_t *value, const auth0_json_t *json)
{
    if (!auth0_json_block_is(json, AUTH0_JSON_STRING)) {
        return false;
    }
    *value =
        auth0_span(auth0_json_block_text(json, json->is.offset), json->len);
    return true;
}

static bool is_number(const auth0_json_t *json)
{
    return auth0_json_block_is(json, AUTH0_JSON_INTEGER) ||
           auth0_json_block_is(json, AUTH0_JSON_REAL);
}

bool auth0_json_number(double *value, const auth0_json_t *json)
{
    if (!is_number(json)) {
        return false;
    }
    *value = json->type == AUTH0_JSON_REAL ? json->is.real
                                           : (double)json->is.integer;
    return isfinite(*value);
}

bool auth0_json_date(double *seconds, const auth0_json_t *json)
{
    return auth0_json_number(seconds, json) && *seconds >= 0 &&
           *seconds <= DATE_MAX;
}

bool auth0_json_array(size_t *len, const auth0_json_t *json)
{
    bool is_array = auth0_json_block_is(json, AUTH0_JSON_ARRAY);

    *len = is_array ? json->len : 0;
    return is_array;
}

const auth0_json_t *auth0_json_next(const auth0_json_t *array,
                                    const auth0_json_t *element)
{
    if (!auth0_json_block_is(array, AUTH0_JSON_ARRAY)) {
        return NULL;
    }
    const auth0_json_t *next = element ? auth0_json_block_next(element)
                                       : auth0_json_block_first(array);

    return next == auth0_json_block_next(array) ? NULL : next;
}

const auth0_json_t *auth0_json_at(const auth0_json_t *array, size_t i)
{
    const auth0_json_t *element = auth0_json_next(array, NULL);

    while (element && i-- > 0) {
        element = auth0_json_next(array, element);
    }
    return element;
}

bool auth0_json_is_object(const auth0_json_t *json)
{
    return auth0_json_block_is(json, AUTH0_JSON_OBJECT);
}

bool auth0_json_is_null(const auth0_json_t *json)
{
    return auth0_json_block_is(json, AUTH0_JSON_NULL);
}

static bool are_same_texts(const auth0_json_t *a, const auth0_json_t *b)
{
    return a->len == b->len &&
           CRYPTO_memcmp(auth0_json_block_text(a, a->is.offset),
                         auth0_json_block_text(b, b->is.offset), a->len) == 0;
}

static bool are_same_arrays(const auth0_json_t *a, const auth0_json_t *b)
{
    const auth0_json_t *one = auth0_json_block_first(a);
    const auth0_json_t *other = auth0_json_block_first(b);
    bool is_same = a->len == b->len;

    for (uint32_t i = 0; is_same && i < a->len; i++) {
        is_same = auth0_json_same(one, other);
        one = auth0_json_block_next(one);
        other = auth0_json_block_next(other);
    }
    return is_same;
}

static bool are_same_objects(const auth0_json_t *a, const auth0_json_t *b)
{
    const auth0_json_t *member = auth0_json_block_first(a);
    bool is_same = a->len == b->len;

    for (uint32_t i = 0; is_same && i < a->len; i++) {
        const auth0_json_t *other =
            auth0_json_member(b, auth0_json_block_text(member, member->name));
        is_same = other && auth0_json_same(member, other);
        member = auth0_json_block_next(member);
    }
    return is_same;
}

bool auth0_json_same(const auth0_json_t *a, const auth0_json_t *b)
{
    if (!a || !b || a->type != b->type) {
        return false;
    }
    switch ((auth0_json_type_t)a->type) {
    case AUTH0_JSON_OBJECT:
        return are_same_objects(a, b);
    case AUTH0_JSON_ARRAY:
        return are_same_arrays(a, b);
    case AUTH0_JSON_STRING:
        return are_same_texts(a, b);
    case AUTH0_JSON_INTEGER:
        return a->is.integer == b->is.integer;
    case AUTH0_JSON_REAL:
        return !(a->is.real < b->is.real) && !(a->is.real > b->is.real);
    case AUTH0_JSON_TRUE:
    case AUTH0_JSON_FALSE:
    case AUTH0_JSON_NULL:
        break;
    }
    return true;
}

void auth0_json_each(const auth0_json_t *in, auth0_json_visit_fn *visit,
                     void *baton)
{
    bool is_object = auth0_json_block_is(in, AUTH0_JSON_OBJECT);

    if (!is_object && !auth0_json_block_is(in, AUTH0_JSON_ARRAY)) {
        return;
    }
    const auth0_json_t *value = auth0_json_block_first(in);

    for (uint32_t i = 0; i < in->len; i++) {
        visit(baton,
              is_object ? auth0_json_block_text(value, value->name) : NULL,
              value);
        value = auth0_json_block_next(value);
    }
}
