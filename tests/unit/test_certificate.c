/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string.h>

#include "core/auth0_certificate.h"

/* A certificate of a new key, as PEM, and what OpenSSL says of its DER. */
static const char *make(unsigned char digest[AUTH0_SHA256_BYTES],
                        apr_pool_t *pool)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    assert_non_null(key);
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 60));
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    assert_int_equal(X509_digest(certificate, EVP_sha256(), digest, NULL), 1);
    assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
    long len = BIO_get_mem_data(bio, &text);
    const char *pem = apr_pstrmemdup(pool, text, (size_t)len);
    BIO_free(bio);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return pem;
}

static void it_is_that_of_the_der(void **state)
{
    unsigned char want[AUTH0_SHA256_BYTES];
    unsigned char got[AUTH0_SHA256_BYTES] = {0};
    const char *pem = make(want, *state);
    assert_true(auth0_certificate_digest(got, pem));
    assert_memory_equal(got, want, sizeof(want));
}

static void one_comes_first(void **state)
{
    unsigned char want[AUTH0_SHA256_BYTES];
    unsigned char other[AUTH0_SHA256_BYTES];
    unsigned char got[AUTH0_SHA256_BYTES];
    const char *chain =
        apr_pstrcat(*state, make(want, *state), make(other, *state), NULL);
    assert_true(auth0_certificate_digest(got, chain));
    assert_memory_equal(got, want, sizeof(want));
}

static void what_is_none_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "none",
        "-----BEGIN CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
    };
    unsigned char got[AUTH0_SHA256_BYTES];
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        bad += support_equal(texts[i], auth0_certificate_digest(got, texts[i]),
                             false);
    }
    assert_int_equal(bad, 0);
}

static void the_error_queue_stays_as_it_was(void **state)
{
    unsigned char got[AUTH0_SHA256_BYTES];
    const char *texts[] = {make(got, *state), "none"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        ERR_raise(ERR_LIB_USER, 7);
        (void)auth0_certificate_digest(got, texts[i]);
        assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
        assert_int_equal(ERR_get_error(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(it_is_that_of_the_der),
        SUPPORT_TEST(one_comes_first),
        SUPPORT_TEST(what_is_none_is_refused),
        SUPPORT_TEST(the_error_queue_stays_as_it_was),
    };
    return SUPPORT_RUN(tests);
}
