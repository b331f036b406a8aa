/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_export.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "core/auth0_b64.h"
#include "core/auth0_lanes.h"

const char auth0_export_absent[] = "is absent";

#define NOT_ASCII                                                              \
    "holds bytes outside printable ASCII, or begins or ends with a space; "    \
    "json or base64url can send it"
#define NOT_PLAIN                                                              \
    "is an object, or an array of other than strings; json or base64url can "  \
    "send it"
#define NOT_WORDS                                                              \
    "is an array with an element that is empty or holds a space; json or "     \
    "base64url can send it"
#define TOO_LONG "is longer than 4096 bytes"
#define TOO_MUCH "comes to more than 16384 bytes with the claims before it"

static const char *copy(auth0_span_t text, apr_pool_t *pool)
{
    return apr_pstrmemdup(pool, text.ptr, text.len);
}

static auth0_lanes_t are_printable(auth0_lanes_t c)
{
    return auth0_lanes_within(c, ' ', '~');
}

static bool is_printable(auth0_span_t text)
{
    return auth0_lanes_every(text, are_printable);
}

/* Blanks at the ends are not part of a field's value: RFC 9110 5.5. */
static bool is_sendable(auth0_span_t text)
{
    return is_printable(text) &&
           (text.len == 0 ||
            (text.ptr[0] != ' ' && text.ptr[text.len - 1] != ' '));
}

static const char *plain_string(const char **value, auth0_span_t text,
                                apr_pool_t *pool)
{
    if (!is_sendable(text)) {
        return NOT_ASCII;
    }
    *value = copy(text, pool);
    return NULL;
}

static bool is_word(auth0_span_t text)
{
    return text.len > 0 && !memchr(text.ptr, ' ', text.len);
}

static const char *plain_array(const char **value, const auth0_json_t *array,
                               apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));
    const auth0_json_t *element = NULL;
    auth0_span_t word;

    while ((element = auth0_json_next(array, element))) {
        if (!auth0_json_string(&word, element)) {
            return NOT_PLAIN;
        }
        if (!is_word(word)) {
            return NOT_WORDS;
        }
        if (!is_printable(word)) {
            return NOT_ASCII;
        }
        APR_ARRAY_PUSH(words, const char *) = copy(word, pool);
    }
    *value = apr_array_pstrcat(pool, words, ' ');
    return NULL;
}

static const char *plain(const char **value, const auth0_json_t *json,
                         apr_pool_t *pool)
{
    auth0_span_t text;
    size_t len;

    if (auth0_json_string(&text, json)) {
        return plain_string(value, text, pool);
    }
    if (auth0_json_array(&len, json)) {
        return plain_array(value, json, pool);
    }
    if (auth0_json_is_object(json)) {
        return NOT_PLAIN;
    }
    *value = auth0_json_text(json, pool);
    return NULL;
}

static const char *as_json(const char **value, const auth0_json_t *json,
                           apr_pool_t *pool)
{
    *value = auth0_json_text(json, pool);
    return NULL;
}

static const char *as_base64url(const char **value, const auth0_json_t *json,
                                apr_pool_t *pool)
{
    auth0_span_t text;

    if (!auth0_json_string(&text, json)) {
        const char *dumped = auth0_json_text(json, pool);
        if (!dumped) {
            return NULL;
        }
        text = auth0_span_cstr(dumped);
    }
    *value = auth0_b64url_encode(text, pool);
    return NULL;
}

typedef struct encoder_t {
    const char *name;
    const char *(*encode)(const char **value, const auth0_json_t *json,
                          apr_pool_t *pool);
} encoder_t;

static const encoder_t encoders[] = {
    [AUTH0_ENCODING_PLAIN] = {"plain", plain},
    [AUTH0_ENCODING_JSON] = {"json", as_json},
    [AUTH0_ENCODING_BASE64URL] = {"base64url", as_base64url},
};

const char *auth0_encoding_name(auth0_encoding_t encoding)
{
    return encoders[encoding].name;
}

static bool read_encoding(auth0_encoding_t *encoding, const char *word)
{
    for (int i = 0; i < AUTH0_ENCODING_COUNT; i++) {
        if (auth0_span_is_nocase(auth0_span_cstr(word), encoders[i].name)) {
            *encoding = (auth0_encoding_t)i;
            return true;
        }
    }
    return false;
}

size_t auth0_export_read(auth0_export_t *made, const char *const *words,
                         size_t count)
{
    size_t used = 0;

    made->encoding = AUTH0_ENCODING_PLAIN;
    if (used < count && read_encoding(&made->encoding, words[used])) {
        used++;
    }
    made->is_required =
        used < count &&
        auth0_span_is_nocase(auth0_span_cstr(words[used]), "required");
    return used + made->is_required;
}

const char *auth0_export_value(const char **value, size_t *room,
                               const auth0_export_t *wanted,
                               const auth0_claims_t *claims, apr_pool_t *pool)
{
    const auth0_json_t *json = auth0_claims_find(claims, wanted->pointer);
    const char *text = NULL;

    *value = NULL;
    if (!json) {
        return auth0_export_absent;
    }
    const char *why = encoders[wanted->encoding].encode(&text, json, pool);

    if (why || !text) {
        return why ? why : "cannot be encoded: memory is short";
    }
    size_t len = auth0_span_cstr(text).len;

    if (len > AUTH0_EXPORT_MAX || len > *room) {
        return len > AUTH0_EXPORT_MAX ? TOO_LONG : TOO_MUCH;
    }
    *room -= len;
    *value = text;
    return NULL;
}
