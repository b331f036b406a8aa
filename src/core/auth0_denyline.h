/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_DENYLINE_H
#define AUTH0_DENYLINE_H

#include <stdint.h>

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/* The longest line of a deny list, in bytes: no token has a longer value. */
#define AUTH0_DENYLINE_MAX ((size_t)8192)

/* Stands for a time that is not given: all others are earlier. */
#define AUTH0_DENYLINE_NEVER INT64_MAX

/* One line of a deny list, such as: sub "auth0|a b" before=1800000000 */
typedef struct auth0_denyline_t {
    auth0_reason_t reason; /* the verdict on a token that it names; AUTH0_OK:
                              the line is blank or a comment               */
    auth0_span_t raw;      /* the value as it stands there, without quotes */
    size_t len;            /* of the value, without escapes                */
    int64_t before;        /* seconds since 1970, or AUTH0_DENYLINE_NEVER  */
    int64_t until;         /* the same                                     */
} auth0_denyline_t;

/*
 * Read one line, without its line feed; *line borrows from text. Returns
 * NULL, or a constant sentence that says what is wrong and what would be
 * right.
 */
AUTH0_MUST_USE const char *auth0_denyline_read(auth0_denyline_t *line,
                                               auth0_span_t text);

/* Write the line->len bytes of the value to out. */
void auth0_denyline_value(char *out, const auth0_denyline_t *line);

#endif
