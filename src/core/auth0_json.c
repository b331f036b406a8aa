/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_json.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#include "core/auth0_ascii.h"
#include "core/auth0_json_block.h"
#include "core/auth0_json_plain.h"

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

/*
 * What jansson has read is copied into one block: its own tree takes an
 * allocation for each value, counts who uses it, and cannot be measured.
 */

/* Of the values below and including json, and of their texts, in bytes. */
typedef struct amount_t {
    size_t values;
    size_t text;
} amount_t;

/* Where the next ones of them go. */
typedef struct room_t {
    auth0_json_t *value;
    char *text;
} room_t;

static void count(amount_t *amount, json_t *json)
{
    const char *name;
    json_t *inner;
    size_t i;

    amount->values++;
    if (json_is_string(json)) {
        amount->text += json_string_length(json) + 1;
    }
    json_object_foreach(json, name, inner)
    {
        amount->text += strlen(name) + 1;
        count(amount, inner);
    }
    json_array_foreach(json, i, inner)
    {
        count(amount, inner);
    }
}

static size_t put_text(room_t *room, const auth0_json_t *from, const char *text,
                       size_t len)
{
    size_t offset = auth0_json_block_offset(room->text, from);

    memcpy(room->text, text, len);
    room->text[len] = '\0';
    room->text += len + 1;
    return offset;
}

static void put_string(auth0_json_t *value, room_t *room, json_t *json)
{
    value->len = (uint32_t)json_string_length(json);
    value->is.offset =
        put_text(room, value, json_string_value(json), value->len);
}

static void put(room_t *room, json_t *json);

static void put_object(auth0_json_t *value, room_t *room, json_t *json)
{
    const char *name;
    json_t *inner;

    value->len = (uint32_t)json_object_size(json);
    json_object_foreach(json, name, inner)
    {
        auth0_json_t *member = room->value;
        put(room, inner);
        member->name_len = (uint32_t)strlen(name);
        member->name = (uint32_t)put_text(room, member, name, member->name_len);
    }
    value->is.offset = auth0_json_block_offset(room->value, value);
}

static void put_array(auth0_json_t *value, room_t *room, json_t *json)
{
    json_t *inner;
    size_t i;

    value->len = (uint32_t)json_array_size(json);
    json_array_foreach(json, i, inner)
    {
        put(room, inner);
    }
    value->is.offset = auth0_json_block_offset(room->value, value);
}

static void put_integer(auth0_json_t *value, room_t *room, json_t *json)
{
    (void)room;
    value->is.integer = json_integer_value(json);
}

static void put_real(auth0_json_t *value, room_t *room, json_t *json)
{
    (void)room;
    value->is.real = json_real_value(json);
}

typedef void put_fn(auth0_json_t *value, room_t *room, json_t *json);

/* How each type of jansson's is kept. */
static const struct {
    auth0_json_type_t type;
    put_fn *put; /* NULL: the type says it all */
} kept[] = {
    [JSON_OBJECT] = {AUTH0_JSON_OBJECT, put_object},
    [JSON_ARRAY] = {AUTH0_JSON_ARRAY, put_array},
    [JSON_STRING] = {AUTH0_JSON_STRING, put_string},
    [JSON_INTEGER] = {AUTH0_JSON_INTEGER, put_integer},
    [JSON_REAL] = {AUTH0_JSON_REAL, put_real},
    [JSON_TRUE] = {AUTH0_JSON_TRUE, NULL},
    [JSON_FALSE] = {AUTH0_JSON_FALSE, NULL},
    [JSON_NULL] = {AUTH0_JSON_NULL, NULL},
};

/* No deeper than the text, whose depth is limited. */
static void put(room_t *room, json_t *json)
{
    auth0_json_t *value = room->value++;

    value->type = kept[json_typeof(json)].type;
    if (kept[json_typeof(json)].put) {
        kept[json_typeof(json)].put(value, room, json);
    }
}

/* Takes json, which may be NULL, over. */
static const auth0_json_t *keep(json_t *json, apr_pool_t *pool)
{
    amount_t amount = {0, 0};

    if (!json) {
        return NULL;
    }
    count(&amount, json);
    size_t size = amount.values * sizeof(auth0_json_t) + amount.text;
    auth0_json_t *root = apr_pcalloc(pool, size);
    room_t room = {root, (char *)(root + amount.values)};

    put(&room, json);
    root->name = (uint32_t)size;
    json_decref(json);
    return root;
}

bool auth0_json_object(const auth0_json_t **object, auth0_span_t text,
                       auth0_json_limit_t limit, apr_pool_t *pool)
{
    *object = NULL;
    if (text.len > limit.bytes) {
        return false;
    }
    if (auth0_json_plain(object, text, limit.depth, pool)) {
        return true;
    }
    if (!within_depth(text, limit.depth)) {
        return false;
    }
    json_t *json = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);

    if (json && !json_is_object(json)) {
        json_decref(json);
        return false;
    }
    *object = keep(json, pool);
    return *object != NULL;
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

static bool is_literal(const auth0_json_t *json)
{
    return auth0_json_block_is(json, AUTH0_JSON_INTEGER) ||
           auth0_json_block_is(json, AUTH0_JSON_REAL) ||
           auth0_json_block_is(json, AUTH0_JSON_TRUE) ||
           auth0_json_block_is(json, AUTH0_JSON_FALSE);
}

/* jansson would pass over white space. */
bool auth0_json_literal(const auth0_json_t **literal, auth0_span_t text,
                        apr_pool_t *pool)
{
    *literal = NULL;
    if (!is_graph(text)) {
        return false;
    }
    const auth0_json_t *json =
        keep(json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL), pool);

    *literal = is_literal(json) ? json : NULL;
    return *literal != NULL;
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

static const char *dump(const json_t *json, size_t flags, apr_pool_t *pool)
{
    char *dumped = json_dumps(json, TEXT_FLAGS | flags);
    const char *text = dumped ? escape_delete(dumped, pool) : NULL;

    free(dumped);
    return text;
}

static bool gives_back(const char *text, const json_t *json)
{
    json_t *again = json_loads(text, JSON_DECODE_ANY, NULL);
    bool is_same = json_equal(again, json);

    json_decref(again);
    return is_same;
}

static json_t *give(const auth0_json_t *value);

static json_t *give_object(const auth0_json_t *value)
{
    const auth0_json_t *member = auth0_json_block_first(value);
    json_t *object = json_object();

    for (uint32_t i = 0; i < value->len; i++) {
        (void)json_object_set_new_nocheck(
            object, auth0_json_block_text(member, member->name), give(member));
        member = auth0_json_block_next(member);
    }
    return object;
}

static json_t *give_array(const auth0_json_t *value)
{
    const auth0_json_t *element = auth0_json_block_first(value);
    json_t *array = json_array();

    for (uint32_t i = 0; i < value->len; i++) {
        (void)json_array_append_new(array, give(element));
        element = auth0_json_block_next(element);
    }
    return array;
}

/* A value of jansson's again; what memory is short for is left out. */
static json_t *give(const auth0_json_t *value)
{
    switch ((auth0_json_type_t)value->type) {
    case AUTH0_JSON_OBJECT:
        return give_object(value);
    case AUTH0_JSON_ARRAY:
        return give_array(value);
    case AUTH0_JSON_STRING:
        return json_stringn_nocheck(
            auth0_json_block_text(value, value->is.offset), value->len);
    case AUTH0_JSON_INTEGER:
        return json_integer(value->is.integer);
    case AUTH0_JSON_REAL:
        return json_real(value->is.real);
    case AUTH0_JSON_TRUE:
        return json_true();
    case AUTH0_JSON_FALSE:
        return json_false();
    case AUTH0_JSON_NULL:
        break;
    }
    return json_null();
}

/* 17 digits give back any number, but make 0.1 look like an accident. */
static const char *dump_exactly(const json_t *json, size_t flags,
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

static const char *write_text(const auth0_json_t *json, size_t flags,
                              apr_pool_t *pool)
{
    json_t *given = json ? give(json) : NULL;
    const char *text = given ? dump_exactly(given, flags, pool) : NULL;

    json_decref(given);
    return text;
}

const char *auth0_json_text(const auth0_json_t *json, apr_pool_t *pool)
{
    /* Asked for at requests: no tree of jansson's has to be made. */
    if (auth0_json_block_is(json, AUTH0_JSON_INTEGER)) {
        return apr_psprintf(pool, "%" APR_INT64_T_FMT,
                            (apr_int64_t)json->is.integer);
    }
    if (auth0_json_block_is(json, AUTH0_JSON_TRUE)) {
        return "true";
    }
    if (auth0_json_block_is(json, AUTH0_JSON_FALSE)) {
        return "false";
    }
    return write_text(json, JSON_COMPACT, pool);
}

const char *auth0_json_pretty(const auth0_json_t *json, apr_pool_t *pool)
{
    return write_text(json, PRETTY_FLAGS, pool);
}

static apr_status_t release(void *json)
{
    json_decref(json);
    return APR_SUCCESS;
}

/* jansson's values are the drafts. */
static json_t *inside(auth0_json_draft_t *draft)
{
    return (json_t *)(void *)draft;
}

auth0_json_draft_t *auth0_json_new(apr_pool_t *pool)
{
    json_t *object = json_object();

    if (object) {
        apr_pool_cleanup_register(pool, object, release, apr_pool_cleanup_null);
    }
    return (auth0_json_draft_t *)(void *)object;
}

/* jansson takes the value over in any case, and has nothing against NULL. */
static auth0_json_draft_t *add(auth0_json_draft_t *in, const char *name,
                               json_t *value)
{
    int failed = name ? json_object_set_new(inside(in), name, value)
                      : json_array_append_new(inside(in), value);

    return failed ? NULL : (auth0_json_draft_t *)(void *)value;
}

auth0_json_draft_t *auth0_json_add_object(auth0_json_draft_t *in,
                                          const char *name)
{
    return add(in, name, json_object());
}

auth0_json_draft_t *auth0_json_add_array(auth0_json_draft_t *in,
                                         const char *name)
{
    return add(in, name, json_array());
}

bool auth0_json_add_text(auth0_json_draft_t *in, const char *name,
                         const char *text)
{
    return add(in, name, json_string(text));
}

bool auth0_json_add_whole(auth0_json_draft_t *in, const char *name, int number)
{
    return add(in, name, json_integer(number));
}

bool auth0_json_add_flag(auth0_json_draft_t *in, const char *name, bool flag)
{
    return add(in, name, json_boolean(flag));
}

const auth0_json_t *auth0_json_of(auth0_json_draft_t *draft, apr_pool_t *pool)
{
    return keep(json_incref(inside(draft)), pool);
}
