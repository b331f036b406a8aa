/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_COMPACT_H
#define AUTH0_COMPACT_H

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

#define AUTH0_COMPACT_JWS ((size_t)3)
#define AUTH0_COMPACT_JWE ((size_t)5)

/*
 * A token cut at its dots. The number of parts alone tells a JWS from a JWE
 * (RFC 7516 section 9), whatever the header says. It borrows the token's bytes.
 */
typedef struct auth0_compact_t {
    auth0_span_t parts[AUTH0_COMPACT_JWE];
    size_t count; /* AUTH0_COMPACT_JWS or AUTH0_COMPACT_JWE */
} auth0_compact_t;

/*
 * AUTH0_OK for three or five parts of canonical base64url in at most
 * AUTH0_TOKEN_MAX bytes; parts may be empty. Else AUTH0_REQUEST_TOO_LARGE,
 * AUTH0_TOKEN_OPAQUE for a single part, or AUTH0_TOKEN_MALFORMED.
 */
AUTH0_MUST_USE auth0_reason_t auth0_compact_cut(auth0_compact_t *compact,
                                                auth0_span_t token);

#endif
