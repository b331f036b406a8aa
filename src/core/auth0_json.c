/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <apr_strings.h>
#include <jansson.h>

#include "core/auth0_ascii.h"

const auth0_json_limit_t auth0_json_header_limit = {2048, 16};
const auth0_json_limit_t auth0_json_payload_limit = {65536, 32};
const auth0_json_limit_t auth0_json_jwks_limit = {262144, 16};

/* Where a string that starts at text[i] ends: at its closing quote. */
static size_t skip_string(auth0_span_t text, size_t i)
{
    for (i++; i < text.len && text.ptr[i] != '"'; i++) {
        if (text.ptr[i] == '\\') {
            i++;
        }
    }
    return i;
}

/* Counted beforehand, so that no parser recurses deeper than the limit. */
static bool within_depth(auth0_span_t text, unsigned limit)
{
    unsigned depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"') {
            i = skip_string(text, i);
        }
        if ((c == '{' || c == '[') && ++depth > limit) {
            return false;
        }
        if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

static apr_status_t release(void *json)
{
    json_decref(json);
    return APR_SUCCESS;
}

bool auth0_json_object(const auth0_json_t **object, auth0_span_t text,
                       auth0_json_limit_t limit, apr_pool_t *pool)
{
    *object = NULL;
    if (text.len > limit.bytes || !within_depth(text, limit.depth)) {
        return false;
    }
    json_t *json = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);

    if (!json) {
        return false;
    }
    apr_pool_cleanup_register(pool, json, release, apr_pool_cleanup_null);
    if (!json_is_object(json)) {
        return false;
    }
    *object = json;
    return true;
}

const auth0_json_t *auth0_json_member(const auth0_json_t *object,
                                      const char *name)
{
    return json_object_get(object, name);
}

bool auth0_json_string(auth0_span_t *value, const auth0_json_t *json)
{
    if (!json_is_string(json)) {
        return false;
    }
    *value = auth0_span(json_string_value(json), json_string_length(json));
    return true;
}

bool auth0_json_number(double *value, const auth0_json_t *json)
{
    if (!json_is_number(json)) {
        return false;
    }
    *value = json_number_value(json);
    return isfinite(*value);
}

bool auth0_json_array(size_t *len, const auth0_json_t *json)
{
    *len = json_array_size(json);
    return json_is_array(json);
}

const auth0_json_t *auth0_json_at(const auth0_json_t *array, size_t i)
{
    return json_array_get(array, i);
}

bool auth0_json_is_object(const auth0_json_t *json)
{
    return json_is_object(json);
}

bool auth0_json_is_null(const auth0_json_t *json)
{
    return json_is_null(json);
}

static bool is_graph(auth0_span_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!auth0_ascii_is_graph(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* jansson would pass over white space. */
bool auth0_json_literal(const auth0_json_t **literal, auth0_span_t text,
                        apr_pool_t *pool)
{
    *literal = NULL;
    if (!is_graph(text)) {
        return false;
    }
    json_t *json = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);

    if (!json) {
        return false;
    }
    apr_pool_cleanup_register(pool, json, release, apr_pool_cleanup_null);
    if (!json_is_number(json) && !json_is_boolean(json)) {
        return false;
    }
    *literal = json;
    return true;
}

bool auth0_json_same(const auth0_json_t *a, const auth0_json_t *b)
{
    return json_equal(a, b);
}

#define DIGITS_MIN 15
#define DIGITS_MAX 17

#define TEXT_FLAGS ((size_t)(JSON_ENCODE_ANY | JSON_ENSURE_ASCII))
#define PRETTY_FLAGS ((size_t)JSON_INDENT(2))

#define DELETE '\x7f'
#define DELETE_ESCAPED "\\u007f"

/* ASCII to jansson, but a control character; it stands in strings only. */
static const char *escape_delete(const char *dumped, apr_pool_t *pool)
{
    size_t size = 1;

    for (const char *c = dumped; *c; c++) {
        size += *c == DELETE ? sizeof(DELETE_ESCAPED) - 1 : 1;
    }
    char *text = apr_palloc(pool, size);
    char *out = text;

    for (; *dumped; dumped++) {
        if (*dumped == DELETE) {
            out = apr_cpystrn(out, DELETE_ESCAPED, sizeof(DELETE_ESCAPED));
            continue;
        }
        *out++ = *dumped;
    }
    *out = '\0';
    return text;
}

static const char *dump(const auth0_json_t *json, size_t flags,
                        apr_pool_t *pool)
{
    char *dumped = json_dumps(json, TEXT_FLAGS | flags);
    const char *text = dumped ? escape_delete(dumped, pool) : NULL;

    free(dumped);
    return text;
}

static bool gives_back(const char *text, const auth0_json_t *json)
{
    json_t *again = json_loads(text, JSON_DECODE_ANY, NULL);
    bool is_same = json_equal(again, json);

    json_decref(again);
    return is_same;
}

/* 17 digits give back any number, but make 0.1 look like an accident. */
static const char *shortest(const auth0_json_t *json, size_t flags,
                            apr_pool_t *pool)
{
    const char *text =
        dump(json, flags | JSON_REAL_PRECISION(DIGITS_MIN), pool);

    for (size_t digits = DIGITS_MIN + 1;
         text && digits <= DIGITS_MAX && !gives_back(text, json); digits++) {
        text = dump(json, flags | JSON_REAL_PRECISION(digits), pool);
    }
    return text;
}

const char *auth0_json_text(const auth0_json_t *json, apr_pool_t *pool)
{
    return shortest(json, JSON_COMPACT, pool);
}

const char *auth0_json_pretty(const auth0_json_t *json, apr_pool_t *pool)
{
    return shortest(json, PRETTY_FLAGS, pool);
}

auth0_json_t *auth0_json_new(apr_pool_t *pool)
{
    json_t *object = json_object();

    if (object) {
        apr_pool_cleanup_register(pool, object, release, apr_pool_cleanup_null);
    }
    return object;
}

/* jansson takes the value over in any case, and has nothing against NULL. */
static auth0_json_t *add(auth0_json_t *in, const char *name, json_t *value)
{
    int failed = name ? json_object_set_new(in, name, value)
                      : json_array_append_new(in, value);

    return failed ? NULL : value;
}

auth0_json_t *auth0_json_add_object(auth0_json_t *in, const char *name)
{
    return add(in, name, json_object());
}

auth0_json_t *auth0_json_add_array(auth0_json_t *in, const char *name)
{
    return add(in, name, json_array());
}

bool auth0_json_add_text(auth0_json_t *in, const char *name, const char *text)
{
    return add(in, name, json_string(text));
}

bool auth0_json_add_whole(auth0_json_t *in, const char *name, int number)
{
    return add(in, name, json_integer(number));
}

bool auth0_json_add_flag(auth0_json_t *in, const char *name, bool flag)
{
    return add(in, name, json_boolean(flag));
}

void auth0_json_each(const auth0_json_t *in, auth0_json_visit_fn *visit,
                     void *baton)
{
    json_t *object = (json_t *)(uintptr_t)in; /* asked only, not changed */

    for (size_t i = 0; i < json_array_size(in); i++) {
        visit(baton, NULL, json_array_get(in, i));
    }
    for (void *at = json_object_iter(object); at;
         at = json_object_iter_next(object, at)) {
        visit(baton, json_object_iter_key(at), json_object_iter_value(at));
    }
}
