/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_KEYFILE_H
#define AUTH0_KEYFILE_H

#include <apr_pools.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * The text in which a key set is kept across restarts: a checksum, then the
 * issuer, the place that the set was fetched from, and the document as it was.
 */
typedef struct auth0_keyfile_t {
    auth0_span_t issuer;   /* without line breaks */
    auth0_span_t jwks_url; /* without line breaks */
    auth0_span_t document;
} auth0_keyfile_t;

/* The text of a file, allocated from pool. */
auth0_span_t auth0_keyfile_text(const auth0_keyfile_t *file, apr_pool_t *pool);

/*
 * Take a text apart; *file borrows from it. A text in which a single bit is
 * not as it was written is refused. Returns NULL, or a constant sentence.
 */
AUTH0_MUST_USE const char *
auth0_keyfile_read(auth0_keyfile_t *file, auth0_span_t text, apr_pool_t *pool);

/*
 * A file name for a key set, from all that tells it from others: names of the
 * same count parts are equal when all parts are, and NULL is not "". NULL when
 * OpenSSL cannot make a digest.
 */
const char *auth0_keyfile_name(const char *const *parts, size_t count,
                               apr_pool_t *pool);

#endif
