/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_fingerprint.h"

#include <apr_strings.h>
#include <openssl/evp.h>

#define BYTES_SHOWN ((size_t)4)

const char *auth0_fingerprint_text(const unsigned char *sha256,
                                   apr_pool_t *pool)
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

const char *auth0_fingerprint(auth0_span_t token, apr_pool_t *pool)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    size_t len;

    if (token.len == 0 ||
        !EVP_Q_digest(NULL, "SHA256", NULL, token.ptr, token.len, hash, &len)) {
        return "-";
    }
    return auth0_fingerprint_text(hash, pool);
}
