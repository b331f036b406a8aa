/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_fingerprint.h"

#include "core/auth0_ascii.h"

#define BYTES_SHOWN ((size_t)4)

const char *auth0_fingerprint(const unsigned char *sha256, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, 2 * BYTES_SHOWN + 1);

    auth0_ascii_to_hex(text, sha256, BYTES_SHOWN);
    return text;
}
