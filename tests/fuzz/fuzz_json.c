/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/auth0_json.h"
#include "core/auth0_json_plain.h"

/* The model of nesting; good for well-formed texts only. */
static unsigned depth_of(auth0_span_t text)
{
    unsigned depth = 0;
    unsigned deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
            continue;
        }
        in_string = c == '"';
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

/* Written, it is plain ASCII on one line, and reads as the same again. */
static void write_again(const auth0_json_t *object, unsigned depth,
                        apr_pool_t *pool)
{
    const auth0_json_t *again;
    const char *text = auth0_json_text(object, pool);
    auth0_json_limit_t limit = {SIZE_MAX, depth};
    HOLDS(text != NULL);
    for (const char *c = text; *c != '\0'; c++) {
        HOLDS(*c >= 0x20 && *c < 0x7f);
    }
    HOLDS(auth0_json_object(&again, auth0_span_cstr(text), limit, pool));
    HOLDS(auth0_json_same(again, object));
}

static void a_literal_is_no_more_than_that(auth0_span_t text, apr_pool_t *pool)
{
    const auth0_json_t *literal;
    auth0_span_t string;
    size_t len;
    bool good = auth0_json_literal(&literal, text, pool);
    HOLDS(good == (literal != NULL));
    HOLDS(!good ||
          (!auth0_json_string(&string, literal) &&
           !auth0_json_array(&len, literal) && !auth0_json_is_object(literal) &&
           !auth0_json_is_null(literal)));
    for (size_t i = 0; good && i < text.len; i++) {
        HOLDS(strchr("0123456789+-.eEtrufals", text.ptr[i]) != NULL);
    }
}

static void read_as(auth0_span_t text, auth0_json_limit_t limit,
                    apr_pool_t *pool)
{
    const auth0_json_t *object;
    auth0_span_t string;
    double number;
    size_t len;
    bool good = auth0_json_object(&object, text, limit, pool);
    HOLDS(good == (object != NULL));
    if (!good) {
        return;
    }
    HOLDS(text.len <= limit.bytes);
    HOLDS(depth_of(text) <= limit.depth);
    HOLDS(auth0_json_is_object(object));
    HOLDS(!auth0_json_string(&string, object));
    HOLDS(!auth0_json_number(&number, object));
    HOLDS(!auth0_json_array(&len, object));
    write_again(object, limit.depth, pool);
    if (auth0_json_string(&string, auth0_json_member(object, "a"))) {
        for (size_t i = 0; i < string.len; i++) {
            HOLDS(string.ptr[i] != '\0');
        }
    }
}

/* Two that read a text otherwise would be a hole, so one may decline alone. */
static void plain_is_what_jansson_reads(auth0_span_t text, unsigned depth,
                                        apr_pool_t *pool)
{
    const auth0_json_t *object;
    bool good = auth0_json_plain(&object, text, depth, pool);
    HOLDS(good == (object != NULL));
    if (!good) {
        return;
    }
    HOLDS(depth_of(text) <= depth);
    json_t *wanted =
        json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    HOLDS(wanted != NULL);
    char *dumped = json_dumps(wanted, JSON_COMPACT);
    HOLDS(dumped != NULL && !strcmp(dumped, auth0_json_text(object, pool)));
    free(dumped);
    json_decref(wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t text = fuzz_span(data, size);
    auth0_json_limit_t narrow = {64, 3};
    a_literal_is_no_more_than_that(text, pool);
    plain_is_what_jansson_reads(text, narrow.depth, pool);
    plain_is_what_jansson_reads(text, auth0_json_payload_limit.depth, pool);
    read_as(text, narrow, pool);
    read_as(text, auth0_json_header_limit, pool);
    read_as(text, auth0_json_payload_limit, pool);
    read_as(text, auth0_json_jwks_limit, pool);
    apr_pool_destroy(pool);
    return 0;
}
