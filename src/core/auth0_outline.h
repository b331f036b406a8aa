/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_OUTLINE_H
#define AUTH0_OUTLINE_H

#include <apr_tables.h>

#include "core/auth0_json.h"

/*
 * A text that is written line by line, indented by two for each level. For one
 * thread at a time, as its pool is.
 */
typedef struct auth0_outline_t {
    apr_array_header_t *pieces; /* of const char *                */
    unsigned depth;             /* in levels; its writer moves it */
} auth0_outline_t;

/* An empty one, whose pieces are kept in pool. */
auth0_outline_t auth0_outline_make(apr_pool_t *pool);

/* Go on with the line; text is borrowed until auth0_outline_text. */
void auth0_outline_add(auth0_outline_t *outline, const char *text);

/* Begin the next line, at the depth that it has by now. */
void auth0_outline_line(auth0_outline_t *outline);

/* All that was written, and an end of line if that is anything, from pool. */
const char *auth0_outline_text(const auth0_outline_t *outline,
                               apr_pool_t *pool);

/*
 * What a notation reads otherwise than JSON does inside a string, and what to
 * write instead of the first taken bytes of it. The last row has seen NULL.
 */
typedef struct auth0_outline_escape_t {
    const char *seen;
    size_t taken;
    const char *instead;
} auth0_outline_escape_t;

/*
 * A string, number or boolean for notations whose strings are those of JSON,
 * but that know \U with eight digits and no surrogates: YAML and HCL. Printable
 * ASCII, from pool; empty when memory is short.
 */
const char *auth0_outline_scalar(const auth0_json_t *value,
                                 const auth0_outline_escape_t *escapes,
                                 apr_pool_t *pool);

#endif
