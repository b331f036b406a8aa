/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_compact.h"

#include "core/auth0_b64.h"
#include "core/auth0_policy.h"

/* How many parts there are between the dots; 0 when there are too many. */
static size_t cut(auth0_span_t parts[AUTH0_COMPACT_JWE], auth0_span_t token)
{
    for (size_t count = 0; count < AUTH0_COMPACT_JWE; count++) {
        if (!auth0_span_cut(&parts[count], &token, '.')) {
            return count + 1;
        }
    }
    return 0;
}

static bool all_canonical(const auth0_compact_t *compact)
{
    for (size_t i = 0; i < compact->count; i++) {
        if (!auth0_b64url_valid(compact->parts[i])) {
            return false;
        }
    }
    return true;
}

auth0_reason_t auth0_compact_cut(auth0_compact_t *compact, auth0_span_t token)
{
    compact->count = 0;
    if (token.len > AUTH0_TOKEN_MAX) {
        return AUTH0_REQUEST_TOO_LARGE;
    }
    compact->count = cut(compact->parts, token);
    if (compact->count == 1 && token.len > 0) {
        return AUTH0_TOKEN_OPAQUE;
    }
    return (compact->count == AUTH0_COMPACT_JWS ||
            compact->count == AUTH0_COMPACT_JWE) &&
                   all_canonical(compact)
               ? AUTH0_OK
               : AUTH0_TOKEN_MALFORMED;
}
