/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_POINTER_H
#define AUTH0_POINTER_H

#include "core/auth0_json.h"
#include "core/auth0_must_use.h"

/*
 * The name of a claim, parsed once and read-only afterwards: the exact name of
 * a top-level member, or, where it begins with a slash, a JSON Pointer
 * (RFC 6901) into the claims.
 */
typedef struct auth0_pointer_t auth0_pointer_t;

/*
 * Read name into *pointer, allocated from pool. Returns NULL, or, with *pointer
 * NULL, a sentence that goes on after the name and says what is wrong with it.
 */
AUTH0_MUST_USE const char *auth0_pointer_parse(auth0_pointer_t **pointer,
                                               const char *name,
                                               apr_pool_t *pool);

/* To a top-level member by its exact name; name and result live in pool. */
auth0_pointer_t *auth0_pointer_to(const char *name, apr_pool_t *pool);

/*
 * What stands there, borrowed from object; NULL when nothing does. A null
 * counts as nothing.
 */
const auth0_json_t *auth0_pointer_find(const auth0_pointer_t *pointer,
                                       const auth0_json_t *object);

#endif
