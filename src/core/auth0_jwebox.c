/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_jwebox.h"

#include <stdint.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/auth0_count.h"

#define BLOCK_MAX 16

static const auth0_jweenc_t encs[] = {
    {"A128GCM", "AES-128-GCM", NULL, 16, 12, 16, 1},
    {"A256GCM", "AES-256-GCM", NULL, 32, 12, 16, 1},
    {"A128CBC-HS256", "AES-128-CBC", "SHA256", 32, 16, 16, 16},
    {"A256CBC-HS512", "AES-256-CBC", "SHA512", 64, 16, 32, 16},
};

const auth0_jweenc_t *auth0_jweenc_find(auth0_span_t name)
{
    for (size_t i = 0; i < AUTH0_COUNT(encs); i++) {
        if (auth0_span_is(name, encs[i].name)) {
            return &encs[i];
        }
    }
    return NULL;
}

const auth0_jweenc_t *auth0_jweenc_at(size_t i)
{
    return i < AUTH0_COUNT(encs) ? &encs[i] : NULL;
}

bool auth0_jwebox_fits(const auth0_jwebox_t *box)
{
    return box->iv.len == box->enc->iv_len &&
           box->tag.len == box->enc->tag_len && box->ciphertext.len > 0 &&
           box->ciphertext.len % box->enc->block == 0;
}

static const unsigned char *bytes_of(auth0_span_t span)
{
    return (const unsigned char *)span.ptr;
}

/* RFC 7518 section 5.2.2.1, steps 4 and 5: what the HMAC is made over. */
static size_t write_authenticated(unsigned char *text,
                                  const auth0_jwebox_t *box)
{
    const auth0_span_t parts[] = {box->aad, box->iv, box->ciphertext};
    uint64_t bits = (uint64_t)box->aad.len * 8;
    size_t len = 0;

    for (size_t i = 0; i < AUTH0_COUNT(parts); i++) {
        memcpy(text + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
    }
    for (unsigned shift = 64; shift > 0; shift -= 8) {
        text[len++] = (unsigned char)(bits >> (shift - 8));
    }
    return len;
}

/* The first half of the key is the HMAC's; what is left of it is the tag. */
static bool hmac_holds(const auth0_jwebox_t *box, const unsigned char *cek,
                       apr_pool_t *pool)
{
    unsigned char *text =
        apr_palloc(pool, box->aad.len + box->iv.len + box->ciphertext.len +
                             sizeof(uint64_t));
    size_t len = write_authenticated(text, box);
    unsigned char mac[EVP_MAX_MD_SIZE];
    size_t mac_len = 0;

    return EVP_Q_mac(NULL, "HMAC", NULL, box->enc->digest, NULL, cek,
                     box->enc->cek_len / 2, text, len, mac, sizeof(mac),
                     &mac_len) &&
           mac_len >= box->tag.len &&
           CRYPTO_memcmp(mac, box->tag.ptr, box->tag.len) == 0;
}

/* GCM has its tag and header from the box; CBC has been judged by its HMAC. */
static bool start(EVP_CIPHER_CTX *context, const auth0_jwebox_t *box,
                  const EVP_CIPHER *cipher, const unsigned char *key)
{
    int len;

    if (!EVP_DecryptInit_ex(context, cipher, NULL, key, bytes_of(box->iv))) {
        return false;
    }
    return box->enc->digest ||
           (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG,
                                (int)box->tag.len,
                                (void *)(uintptr_t)box->tag.ptr) > 0 &&
            EVP_DecryptUpdate(context, NULL, &len, bytes_of(box->aad),
                              (int)box->aad.len));
}

static bool decrypt(unsigned char *out, size_t *len, EVP_CIPHER_CTX *context,
                    const auth0_jwebox_t *box)
{
    int head = 0;
    int tail = 0;

    if (!EVP_DecryptUpdate(context, out, &head, bytes_of(box->ciphertext),
                           (int)box->ciphertext.len) ||
        EVP_DecryptFinal_ex(context, out + head, &tail) <= 0) {
        return false;
    }
    *len = (size_t)head + (size_t)tail;
    return true;
}

static bool run(unsigned char *out, size_t *len, const auth0_jwebox_t *box,
                const unsigned char *key)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, box->enc->cipher, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool is_open = cipher && context && start(context, box, cipher, key) &&
                   decrypt(out, len, context, box);

    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    return is_open;
}

bool auth0_jwebox_open(auth0_span_t *plaintext, const auth0_jwebox_t *box,
                       const unsigned char *cek, apr_pool_t *pool)
{
    bool has_hmac = box->enc->digest != NULL;
    const unsigned char *key = cek + (has_hmac ? box->enc->cek_len / 2 : 0);

    *plaintext = auth0_span("", 0);
    if (has_hmac && !hmac_holds(box, cek, pool)) {
        return false;
    }
    size_t room = box->ciphertext.len + BLOCK_MAX + 1;
    unsigned char *out = apr_palloc(pool, room);
    size_t len = 0;

    if (!run(out, &len, box, key)) {
        OPENSSL_cleanse(out, room);
        return false;
    }
    out[len] = '\0';
    *plaintext = auth0_span((const char *)out, len);
    return true;
}
