/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0_seal.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "core/auth0_b64.h"
#include "core/auth0_count.h"

#define IV_MAX 16
#define BLOCK_MAX 16

typedef struct algorithm_t {
    const char *name;
    const char *digest;
} algorithm_t;

static const algorithm_t algorithms[] = {
    {"RSA-OAEP", "SHA1"},
    {"RSA-OAEP-256", "SHA256"},
    {"RSA-OAEP-384", "SHA384"},
    {"RSA-OAEP-512", "SHA512"},
};

const char *auth0_seal_digest(auth0_span_t alg)
{
    for (size_t i = 0; i < AUTH0_COUNT(algorithms); i++) {
        if (auth0_span_is(alg, algorithms[i].name)) {
            return algorithms[i].digest;
        }
    }
    return NULL;
}

/* The parts on their way to base64url. */
typedef struct parts_t {
    const char *header; /* encoded, as it is authenticated */
    unsigned char key[AUTH0_CEK_MAX];
    auth0_span_t wrapped;
    unsigned char iv[IV_MAX];
    auth0_span_t ciphertext;
    unsigned char tag[EVP_MAX_MD_SIZE];
} parts_t;

static const unsigned char *bytes_of(auth0_span_t span)
{
    return (const unsigned char *)span.ptr;
}

static bool run_oaep(auth0_span_t *wrapped, EVP_PKEY_CTX *context,
                     auth0_span_t cek, apr_pool_t *pool)
{
    size_t len;

    if (EVP_PKEY_encrypt(context, NULL, &len, bytes_of(cek), cek.len) <= 0) {
        return false;
    }
    unsigned char *room = apr_palloc(pool, len);
    bool is_done =
        EVP_PKEY_encrypt(context, room, &len, bytes_of(cek), cek.len) > 0;

    *wrapped = auth0_span((const char *)room, len);
    return is_done;
}

static bool wrap(parts_t *parts, const auth0_sealer_t *sealer, auth0_span_t cek,
                 apr_pool_t *pool)
{
    EVP_MD *digest = EVP_MD_fetch(NULL, sealer->digest, NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, sealer->key, NULL);
    bool is_done =
        digest && context && EVP_PKEY_encrypt_init(context) > 0 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
        EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) > 0 &&
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) > 0 &&
        run_oaep(&parts->wrapped, context, cek, pool);

    EVP_PKEY_CTX_free(context);
    EVP_MD_free(digest);
    return is_done;
}

static bool run_cipher(parts_t *parts, EVP_CIPHER_CTX *context,
                       const auth0_jweenc_t *enc, auth0_span_t plaintext,
                       apr_pool_t *pool)
{
    const EVP_CIPHER *cipher = EVP_CIPHER_CTX_get0_cipher(context);
    const unsigned char *key =
        parts->key + (enc->digest ? enc->cek_len / 2 : 0);
    unsigned char *out = apr_palloc(pool, plaintext.len + BLOCK_MAX);
    int head = 0;
    int tail = 0;
    int ignored;

    if (!EVP_EncryptInit_ex(context, cipher, NULL, key, parts->iv) ||
        (!enc->digest &&
         !EVP_EncryptUpdate(context, NULL, &ignored,
                            (const unsigned char *)parts->header,
                            (int)strlen(parts->header))) ||
        !EVP_EncryptUpdate(context, out, &head, bytes_of(plaintext),
                           (int)plaintext.len) ||
        !EVP_EncryptFinal_ex(context, out + head, &tail)) {
        return false;
    }
    parts->ciphertext =
        auth0_span((const char *)out, (size_t)head + (size_t)tail);
    return enc->digest ||
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG,
                               (int)enc->tag_len, parts->tag) > 0;
}

static bool encrypt(parts_t *parts, const auth0_jweenc_t *enc,
                    auth0_span_t plaintext, apr_pool_t *pool)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, enc->cipher, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool is_done = cipher && context &&
                   EVP_EncryptInit_ex(context, cipher, NULL, NULL, NULL) &&
                   run_cipher(parts, context, enc, plaintext, pool);

    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    return is_done;
}

/* RFC 7518 section 5.2.2.1. */
static bool authenticate(parts_t *parts, const auth0_jweenc_t *enc,
                         apr_pool_t *pool)
{
    apr_uint64_t bits = strlen(parts->header) * 8;
    unsigned char length[8];
    size_t len;
    struct iovec pieces[] = {
        {(void *)(uintptr_t)parts->header, strlen(parts->header)},
        {parts->iv, enc->iv_len},
        {(void *)(uintptr_t)parts->ciphertext.ptr, parts->ciphertext.len},
        {length, sizeof(length)}};

    for (size_t i = 0; i < sizeof(length); i++) {
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    }
    const char *text = apr_pstrcatv(pool, pieces, AUTH0_COUNT(pieces), &len);

    return EVP_Q_mac(NULL, "HMAC", NULL, enc->digest, NULL, parts->key,
                     enc->cek_len / 2, (const unsigned char *)text, len,
                     parts->tag, sizeof(parts->tag), &len) != NULL;
}

static bool choose_key(parts_t *parts, auth0_span_t *cek,
                       const auth0_sealer_t *sealer)
{
    size_t len = sealer->enc->cek_len;

    *cek = sealer->cek;
    if (!cek->ptr) {
        *cek = auth0_span((const char *)parts->key, len);
        return RAND_bytes(parts->key, (int)len) == 1;
    }
    memcpy(parts->key, cek->ptr, cek->len < len ? cek->len : len);
    return true;
}

const char *auth0_seal(const auth0_sealer_t *sealer, const char *header,
                       auth0_span_t plaintext, apr_pool_t *pool)
{
    const auth0_jweenc_t *enc = sealer->enc;
    parts_t parts = {.header =
                         auth0_b64url_encode(auth0_span_cstr(header), pool)};
    auth0_span_t cek;

    if (!choose_key(&parts, &cek, sealer) || !wrap(&parts, sealer, cek, pool) ||
        RAND_bytes(parts.iv, (int)enc->iv_len) != 1 ||
        !encrypt(&parts, enc, plaintext, pool) ||
        (enc->digest && !authenticate(&parts, enc, pool))) {
        return NULL;
    }
    auth0_span_t iv = auth0_span((const char *)parts.iv, enc->iv_len);
    auth0_span_t tag = auth0_span((const char *)parts.tag, enc->tag_len);

    return apr_pstrcat(pool, parts.header, ".",
                       auth0_b64url_encode(parts.wrapped, pool), ".",
                       auth0_b64url_encode(iv, pool), ".",
                       auth0_b64url_encode(parts.ciphertext, pool), ".",
                       auth0_b64url_encode(tag, pool), NULL);
}
