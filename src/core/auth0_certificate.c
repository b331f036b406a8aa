/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

/* It is not read any further: to make an X509 of it takes much longer. */
static bool digest_block(unsigned char *digest, BIO *bio)
{
    char *name = NULL;
    char *header = NULL;
    unsigned char *der = NULL;
    long len = 0;
    bool good =
        PEM_read_bio(bio, &name, &header, &der, &len) == 1 &&
        auth0_span_is(auth0_span_cstr(name), PEM_STRING_X509) && len > 0 &&
        auth0_sha256(digest, &(auth0_span_t){(const char *)der, (size_t)len},
                     1);

    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
    return good;
}

bool auth0_certificate_digest(unsigned char digest[AUTH0_SHA256_BYTES],
                              const char *pem)
{
    (void)ERR_set_mark();
    BIO *bio = BIO_new_mem_buf(pem, -1);
    bool good = bio && digest_block(digest, bio);

    BIO_free(bio);
    (void)ERR_pop_to_mark();
    return good;
}
