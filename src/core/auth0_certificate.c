/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static X509 *read_pem(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    return certificate;
}

bool auth0_certificate_digest(unsigned char digest[AUTH0_CERTIFICATE_DIGEST],
                              const char *pem)
{
    (void)ERR_set_mark();
    X509 *certificate = read_pem(pem);
    bool good =
        certificate && X509_digest(certificate, EVP_sha256(), digest, NULL);

    X509_free(certificate);
    (void)ERR_pop_to_mark();
    return good;
}
