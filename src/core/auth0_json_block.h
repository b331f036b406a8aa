/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JSON_BLOCK_H
#define AUTH0_JSON_BLOCK_H

#include <stdint.h>

#include "core/auth0_json.h"

/*
 * What a JSON value is made of, for auth0_json and auth0_json_plain alone,
 * which read texts, and auth0_json_block, which reads values.
 */
typedef enum auth0_json_type_t {
    AUTH0_JSON_NULL,
    AUTH0_JSON_FALSE,
    AUTH0_JSON_TRUE,
    AUTH0_JSON_INTEGER,
    AUTH0_JSON_REAL,
    AUTH0_JSON_STRING,
    AUTH0_JSON_ARRAY,
    AUTH0_JSON_OBJECT
} auth0_json_type_t;

/*
 * Values lie in the order of the text, so the first in a container is the next
 * behind it. Offsets count bytes from the value in which they stand.
 */
struct auth0_json_t {
    uint32_t type;     /* auth0_json_type_t                               */
    uint32_t len;      /* members, elements, or bytes of a string         */
    uint32_t name;     /* offset of a member's name; the size of a root   */
    uint32_t name_len; /* bytes                                           */
    union {
        size_t offset; /* of a string's first byte, or behind a container */
        int64_t integer;
        double real;
    } is;
};

/* What stands so many bytes behind the beginning of a value. */
const char *auth0_json_block_text(const auth0_json_t *from, size_t offset);

/* From a value to something behind it, in bytes. */
size_t auth0_json_block_offset(const void *what, const auth0_json_t *from);

/* Where the first member or element is, if there is one. */
const auth0_json_t *auth0_json_block_first(const auth0_json_t *container);

/* Where the next one is, if there is one. */
const auth0_json_t *auth0_json_block_next(const auth0_json_t *value);

/* True when json is there, and of that type. */
bool auth0_json_block_is(const auth0_json_t *json, auth0_json_type_t type);

#endif
