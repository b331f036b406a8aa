/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JSON_H
#define AUTH0_JSON_H

#include <apr_pools.h>

#include "core/auth0_span.h"

/*
 * A JSON value (RFC 8259) that passed the door: one object, valid UTF-8 without
 * half a surrogate pair, no duplicate member, no NUL, no whole number that 64
 * bits do not hold, within limits of size and depth. A root and all
 * that is in it are one block of memory without pointers, read-only: threads
 * may share it, and a copy of its bytes is as good as the block itself.
 * Borrowed values live as long as that block, which is the pool's that the
 * root was parsed into unless it was copied. Strings end with a NUL as well.
 */
typedef struct auth0_json_t auth0_json_t;

/* The deepest nesting and the largest text that are accepted. */
typedef struct auth0_json_limit_t {
    size_t bytes;
    unsigned depth;
} auth0_json_limit_t;

extern const auth0_json_limit_t auth0_json_header_limit;  /* 2 KiB, 16   */
extern const auth0_json_limit_t auth0_json_payload_limit; /* 64 KiB, 32  */
extern const auth0_json_limit_t auth0_json_jwks_limit;    /* 256 KiB, 16 */

/*
 * Parse text as one JSON object, allocated from pool. False, with *object
 * NULL, when the text is refused or memory is short.
 */
bool auth0_json_object(const auth0_json_t **object, auth0_span_t text,
                       auth0_json_limit_t limit, apr_pool_t *pool);

/*
 * The size of a root's block, in bytes. Such a block is to be aligned as
 * memory of malloc or of a pool is.
 */
size_t auth0_json_size(const auth0_json_t *root);

/* The member of an object by its exact name, NULL when absent. */
const auth0_json_t *auth0_json_member(const auth0_json_t *object,
                                      const char *name);

/* True, with the borrowed bytes in *value, when json is a string. */
bool auth0_json_string(auth0_span_t *value, const auth0_json_t *json);

/* True when json is a number, whole or not, and finite. */
bool auth0_json_number(double *value, const auth0_json_t *json);

/* True when it is one of seconds since 1970 until the end of the year 9999. */
bool auth0_json_date(double *seconds, const auth0_json_t *json);

/* True when json is an array, with its length; elements are borrowed. */
bool auth0_json_array(size_t *len, const auth0_json_t *json);

/*
 * The element of array that comes after element, which is one of its own; the
 * first one after NULL. NULL after the last, and when array is empty, absent or
 * no array.
 */
const auth0_json_t *auth0_json_next(const auth0_json_t *array,
                                    const auth0_json_t *element);

/* The one at i, NULL when there are fewer. It walks there: not for loops. */
const auth0_json_t *auth0_json_at(const auth0_json_t *array, size_t i);

bool auth0_json_is_object(const auth0_json_t *json);
bool auth0_json_is_null(const auth0_json_t *json);

/*
 * True, with a value of its own in *literal, when text alone, without white
 * space, is the JSON text of a number, true or false. The value is released
 * with pool. False, with *literal NULL, otherwise.
 */
bool auth0_json_literal(const auth0_json_t **literal, auth0_span_t text,
                        apr_pool_t *pool);

/* True when both are the same value of the same type: 1 is not 1.0. */
bool auth0_json_same(const auth0_json_t *a, const auth0_json_t *b);

/*
 * The JSON text of a value: compact, printable ASCII only, members in their
 * order, and all numbers that are not whole in 15 digits, or as many more as
 * give each of them back. Allocated from pool; NULL when memory is short.
 */
const char *auth0_json_text(const auth0_json_t *json, apr_pool_t *pool);

/* The same for people to read: one member a line, indented by two. */
const char *auth0_json_pretty(const auth0_json_t *json, apr_pool_t *pool);

/*
 * A value that is being made. It is released with the pool of its root, and is
 * for one thread at a time.
 */
typedef struct auth0_json_draft_t auth0_json_draft_t;

/* An empty object to add to, released with pool; NULL when memory is short. */
auth0_json_draft_t *auth0_json_new(apr_pool_t *pool);

/*
 * Add an empty object or array to an object, under a name that it has not, or
 * to an array, with NULL for a name. What is added is a part of it, and
 * borrowed. NULL when in is NULL, or memory is short.
 */
auth0_json_draft_t *auth0_json_add_object(auth0_json_draft_t *in,
                                          const char *name);
auth0_json_draft_t *auth0_json_add_array(auth0_json_draft_t *in,
                                         const char *name);

/* The same for values; false also when a text is not valid UTF-8. */
bool auth0_json_add_text(auth0_json_draft_t *in, const char *name,
                         const char *text);
bool auth0_json_add_whole(auth0_json_draft_t *in, const char *name, int number);
bool auth0_json_add_flag(auth0_json_draft_t *in, const char *name, bool flag);

/* What a draft is by now, from pool; NULL when draft is. */
const auth0_json_t *auth0_json_of(auth0_json_draft_t *draft, apr_pool_t *pool);

/*
 * Show each member of an object, or each element of an array with NULL for a
 * name, in their order. The order of an object's members is that in which they
 * were added or read.
 */
typedef void auth0_json_visit_fn(void *baton, const char *name,
                                 const auth0_json_t *value);
void auth0_json_each(const auth0_json_t *in, auth0_json_visit_fn *visit,
                     void *baton);

#endif
