/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_fingerprint.h"

#define BYTES_SHOWN ((size_t)4)

const char *auth0_fingerprint(const unsigned char *sha256, apr_pool_t *pool)
{
    static const char digits[] = "0123456789abcdef";
    char *text = apr_palloc(pool, 2 * BYTES_SHOWN + 1);

    for (size_t i = 0; i < BYTES_SHOWN; i++) {
        text[2 * i] = digits[sha256[i] >> 4];
        text[2 * i + 1] = digits[sha256[i] & 15];
    }
    text[2 * BYTES_SHOWN] = '\0';
    return text;
}
