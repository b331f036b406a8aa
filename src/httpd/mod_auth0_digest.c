/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_digest.h"

bool mod_auth0_digest_make(mod_auth0_digest_t *digest, auth0_span_t token)
{
    if (digest->of.ptr == token.ptr && digest->of.len == token.len) {
        return true;
    }
    bool done = auth0_sha256(digest->bytes, &token, 1);

    digest->of = done ? token : auth0_span("", 0);
    return done;
}
