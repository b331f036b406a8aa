/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_jwekey.h"

#include <limits.h>
#include <string.h>

#include <apr_strings.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "core/auth0_errqueue.h"

#define BITS_LEAST 2048
#define BITS_MOST 8192

struct auth0_jwekey_t {
    EVP_PKEY *pkey;
    auth0_span_t kid;
    size_t bytes;
    unsigned char modulus[BITS_MOST / 8]; /* the first of bytes */
};

/* A server that starts has nobody to ask. */
static int refuse_passphrase(char *room, int size, int writing, void *was_asked)
{
    (void)room;
    (void)size;
    (void)writing;
    *(bool *)was_asked = true;
    return -1;
}

static const char *read_pem(EVP_PKEY **pkey, auth0_span_t pem)
{
    bool was_asked = false;
    BIO *bio =
        pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;

    *pkey =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, &was_asked)
            : NULL;
    BIO_free(bio);
    if (was_asked) {
        return "has a passphrase, and nobody can be asked for it: take it off "
               "with 'openssl pkey', and let only root read the file";
    }
    return *pkey ? NULL
                 : "holds no private key in PEM: it has to be the one whose "
                   "public half was given to Auth0, and begin with "
                   "-----BEGIN PRIVATE KEY----- (or RSA PRIVATE KEY)";
}

static const char *check_kind(const EVP_PKEY *pkey)
{
    int bits = EVP_PKEY_get_bits(pkey);

    if (!EVP_PKEY_is_a(pkey, "RSA")) {
        return "is no RSA key: Auth0 encrypts tokens to RSA keys only";
    }
    return bits >= BITS_LEAST && bits <= BITS_MOST
               ? NULL
               : "is an RSA key that has not 2048 to 8192 bits";
}

static apr_status_t release(void *pkey)
{
    EVP_PKEY_free(pkey);
    return APR_SUCCESS;
}

static bool read_modulus(auth0_jwekey_t *key)
{
    BIGNUM *n = NULL;
    bool is_read =
        EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) &&
        BN_bn2binpad(n, key->modulus, (int)key->bytes) > 0;

    BN_free(n);
    return is_read;
}

static const char *adopt(auth0_jwekey_t **key, EVP_PKEY *pkey, auth0_span_t kid,
                         apr_pool_t *pool)
{
    auth0_jwekey_t *made = apr_pcalloc(pool, sizeof(*made));
    const char *why = check_kind(pkey);

    apr_pool_cleanup_register(pool, pkey, release, apr_pool_cleanup_null);
    if (why) {
        return why;
    }
    made->pkey = pkey;
    made->kid = kid;
    made->bytes = ((size_t)EVP_PKEY_get_bits(pkey) + 7) / 8;
    if (!read_modulus(made)) {
        return "cannot be read";
    }
    *key = made;
    return NULL;
}

const char *auth0_jwekey_parse(auth0_jwekey_t **key, auth0_span_t pem,
                               auth0_span_t kid, apr_pool_t *pool)
{
    auth0_errqueue_t *kept = auth0_errqueue_take(pool);
    EVP_PKEY *pkey;
    const char *why = read_pem(&pkey, pem);

    *key = NULL;
    why = why ? why : adopt(key, pkey, kid, pool);
    auth0_errqueue_restore(kept);
    return why;
}

auth0_span_t auth0_jwekey_kid(const auth0_jwekey_t *key)
{
    return key->kid;
}

size_t auth0_jwekey_bytes(const auth0_jwekey_t *key)
{
    return key->bytes;
}

const char *auth0_jwekey_public(const auth0_jwekey_t *key, apr_pool_t *pool)
{
    auth0_errqueue_t *kept = auth0_errqueue_take(pool);
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    const char *pem = NULL;

    if (bio && PEM_write_bio_PUBKEY(bio, key->pkey) == 1) {
        long len = BIO_get_mem_data(bio, &bytes);
        pem = apr_pstrmemdup(pool, bytes, (size_t)len);
    }
    BIO_free(bio);
    auth0_errqueue_restore(kept);
    return pem;
}

bool auth0_jwekey_same(const auth0_jwekey_t *a, const auth0_jwekey_t *b)
{
    return EVP_PKEY_eq(a->pkey, b->pkey) == 1;
}

/* Nothing in here branches on what comes out. */
static bool decrypt(unsigned char *out, size_t *len, EVP_PKEY *pkey,
                    const char *digest, auth0_span_t wrapped)
{
    char *name = (char *)(uintptr_t)digest;
    char mode[] = OSSL_PKEY_RSA_PAD_MODE_OAEP;
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(
                               OSSL_ASYM_CIPHER_PARAM_PAD_MODE, mode, 0),
                           OSSL_PARAM_construct_utf8_string(
                               OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, name, 0),
                           OSSL_PARAM_construct_utf8_string(
                               OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, name, 0),
                           OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool is_good = context && EVP_PKEY_decrypt_init_ex(context, params) > 0;

    is_good = is_good && EVP_PKEY_decrypt(context, out, len,
                                          (const unsigned char *)wrapped.ptr,
                                          wrapped.len) > 0;
    EVP_PKEY_CTX_free(context);
    return is_good;
}

/* Big-endian, both of the modulus' length; neither is a secret. */
static bool is_in_range(const auth0_jwekey_t *key, auth0_span_t wrapped)
{
    for (size_t i = 0; i < key->bytes; i++) {
        unsigned char byte = (unsigned char)wrapped.ptr[i];
        if (byte != key->modulus[i]) {
            return byte < key->modulus[i];
        }
    }
    return false;
}

/* Both are read in full, and which of them it is stays in a register. */
static void choose(unsigned char *cek, const unsigned char *other, size_t len,
                   bool is_other)
{
    unsigned char mask = (unsigned char)-(int)is_other;

    for (size_t i = 0; i < len; i++) {
        cek[i] = (unsigned char)((cek[i] & ~mask) | (other[i] & mask));
    }
}

/*
 * OpenSSL refuses at once what is not less than the modulus. In the place of
 * that it is given a number that is, so that the time does not tell whose
 * modulus is too small, and what comes of it is thrown away.
 */
bool auth0_jwekey_unwrap(unsigned char *cek, size_t len,
                         const auth0_jwekey_t *key, const char *digest,
                         auth0_span_t wrapped)
{
    unsigned char in[BITS_MOST / 8];
    unsigned char out[BITS_MOST / 8] = {0};
    size_t out_len = sizeof(out);
    bool is_possible = is_in_range(key, wrapped);

    /* Drawn each time, so that drawing it tells nothing. */
    if (RAND_priv_bytes(cek, (int)len) != 1) {
        return false;
    }
    memcpy(in, wrapped.ptr, key->bytes);
    in[0] = is_possible ? in[0] : 0;
    bool is_good = decrypt(out, &out_len, key->pkey, digest,
                           auth0_span((const char *)in, key->bytes));

    choose(cek, out, len,
           (int)is_good & (int)is_possible & (int)(out_len == len));
    OPENSSL_cleanse(out, sizeof(out));
    return true;
}
