/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_fingerprint.h"

#include <apr_strings.h>
#include <openssl/evp.h>

const char *auth0_fingerprint(auth0_span_t token, apr_pool_t *pool)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    size_t len;

    if (token.len == 0 ||
        !EVP_Q_digest(NULL, "SHA256", NULL, token.ptr, token.len, hash, &len)) {
        return "-";
    }
    return apr_psprintf(pool, "%02x%02x%02x%02x", hash[0], hash[1], hash[2],
                        hash[3]);
}
