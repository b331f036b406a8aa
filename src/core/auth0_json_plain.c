/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_json_plain.h"

#include "core/auth0_ascii.h"
#include "core/auth0_count.h"
#include "core/auth0_digits.h"
#include "core/auth0_json_block.h"
#include "core/auth0_lanes.h"

/* Each is compared with all before it. */
#define MEMBERS_MAX 48

/* Fifteen digits, which 64 bits hold, and a double as well. */
#define INTEGER_MAX 999999999999999

/*
 * What is read is the block's own copy of the text, in which strings stay where
 * they are and only have their closing quotes overwritten. The NUL behind it
 * ends whatever is read.
 */
typedef struct reader_t {
    char *at;            /* the next byte                 */
    const char *end;     /* behind the last one           */
    auth0_json_t *value; /* where the next value goes     */
    unsigned depth;      /* of containers that may follow */
} reader_t;

/* Spaces are all of the white space that is plain. */
static void skip_space(reader_t *in)
{
    while (*in->at == ' ') {
        in->at++;
    }
}

/* One character of the grammar, and the white space behind it. */
static bool take(reader_t *in, char c)
{
    if (*in->at != c) {
        return false;
    }
    in->at++;
    skip_space(in);
    return true;
}

static bool read_text(auth0_span_t *text, reader_t *in)
{
    if (*in->at != '"') {
        return false;
    }
    char *from = in->at + 1;
    char *to = memchr(from, '"', (size_t)(in->end - from));

    if (!to) {
        return false;
    }
    *to = '\0';
    *text = auth0_span(from, (size_t)(to - from));
    in->at = to + 1;
    skip_space(in);
    return true;
}

static bool read_string(reader_t *in, auth0_json_t *value)
{
    auth0_span_t text;

    if (!read_text(&text, in)) {
        return false;
    }
    value->type = AUTH0_JSON_STRING;
    value->len = (uint32_t)text.len;
    value->is.offset = auth0_json_block_offset(text.ptr, value);
    return true;
}

/* Letters, or digits. */
static auth0_span_t read_word(reader_t *in)
{
    const char *from = in->at;

    while (auth0_ascii_is_alnum(*in->at)) {
        in->at++;
    }
    auth0_span_t word = auth0_span(from, (size_t)(in->at - from));

    skip_space(in);
    return word;
}

static bool read_integer(auth0_json_t *value, auth0_span_t word)
{
    uint64_t number;

    if (!auth0_digits_read_canonical(&number, word, INTEGER_MAX)) {
        return false;
    }
    value->type = AUTH0_JSON_INTEGER;
    value->is.integer = (int64_t)number;
    return true;
}

static bool read_word_value(reader_t *in, auth0_json_t *value)
{
    static const struct {
        const char *word;
        auth0_json_type_t type;
    } names[] = {
        {"true", AUTH0_JSON_TRUE},
        {"false", AUTH0_JSON_FALSE},
        {"null", AUTH0_JSON_NULL},
    };
    auth0_span_t word = read_word(in);

    for (size_t i = 0; i < AUTH0_COUNT(names); i++) {
        if (auth0_span_is(word, names[i].word)) {
            value->type = names[i].type;
            return true;
        }
    }
    return read_integer(value, word);
}

static bool read_name(reader_t *in, const auth0_json_t *object)
{
    auth0_json_t *member = in->value;
    auth0_span_t name;

    if (!read_text(&name, in) || object->len == MEMBERS_MAX ||
        auth0_json_member(object, name.ptr)) {
        return false;
    }
    member->name = (uint32_t)auth0_json_block_offset(name.ptr, member);
    member->name_len = (uint32_t)name.len;
    return take(in, ':');
}

static bool read_value(reader_t *in);

static bool read_members(reader_t *in, auth0_json_t *object)
{
    object->type = AUTH0_JSON_OBJECT;
    if (take(in, '}')) {
        return true;
    }
    do {
        if (!read_name(in, object) || !read_value(in)) {
            return false;
        }
        object->len++;
    } while (take(in, ','));
    return take(in, '}');
}

static bool read_elements(reader_t *in, auth0_json_t *array)
{
    array->type = AUTH0_JSON_ARRAY;
    if (take(in, ']')) {
        return true;
    }
    do {
        if (!read_value(in)) {
            return false;
        }
        array->len++;
    } while (take(in, ','));
    return take(in, ']');
}

static bool read_container(reader_t *in, auth0_json_t *value)
{
    if (in->depth == 0) {
        return false;
    }
    in->depth--;
    bool done = take(in, '{') ? read_members(in, value)
                              : take(in, '[') && read_elements(in, value);

    in->depth++;
    value->is.offset = auth0_json_block_offset(in->value, value);
    return done;
}

/* No deeper than the depth that is allowed. */
static bool read_value(reader_t *in)
{
    auth0_json_t *value = in->value++;

    switch (*in->at) {
    case '"':
        return read_string(in, value);
    case '{':
    case '[':
        return read_container(in, value);
    default:
        return read_word_value(in, value);
    }
}

static auth0_lanes_t are_plain(auth0_lanes_t c)
{
    return auth0_lanes_within(c, ' ', '~') & (auth0_lanes_t)(c != '\\');
}

/*
 * Each value but the root follows one of these, a member by way of its name.
 * They stand in strings too, so there are values at most as many and one more.
 */
static auth0_lanes_t are_before_values(auth0_lanes_t c)
{
    return (auth0_lanes_t)(c == ',') | (auth0_lanes_t)(c == '{') |
           (auth0_lanes_t)(c == '[');
}

/* The text moves up to the values, where room was left for more of them. */
static void close_gap(auth0_json_t *root, auth0_json_t *end, const char *text,
                      size_t len)
{
    size_t gap = auth0_json_block_offset(text, end);

    if (gap == 0) {
        return;
    }
    for (auth0_json_t *value = root; value < end; value++) {
        value->name -= value->name > 0 ? (uint32_t)gap : 0;
        value->is.offset -= value->type == AUTH0_JSON_STRING ? gap : 0;
    }
    memmove(end, text, len);
}

bool auth0_json_plain(const auth0_json_t **object, auth0_span_t text,
                      unsigned depth, apr_pool_t *pool)
{
    *object = NULL;
    if (!auth0_lanes_every(text, are_plain)) {
        return false;
    }
    size_t most = 1 + auth0_lanes_count(text, are_before_values);
    size_t text_size = text.len + 1;
    auth0_json_t *root =
        apr_pcalloc(pool, most * sizeof(auth0_json_t) + text_size);
    char *copy = memcpy(root + most, text.ptr, text.len);
    reader_t in = {copy, copy + text.len, root, depth};

    skip_space(&in);
    if (*in.at != '{' || !read_value(&in) || in.at != in.end) {
        return false;
    }
    close_gap(root, in.value, copy, text_size);
    root->name =
        (uint32_t)(auth0_json_block_offset(in.value, root) + text_size);
    *object = root;
    return true;
}
