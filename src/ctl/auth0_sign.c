/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0_sign.h"

#include <apr_strings.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "core/auth0_b64.h"

/* The caller's own reference: freed whatever the kind of key. */
static EVP_PKEY *take_key(const auth0_signer_t *signer, const auth0_alg_t *alg)
{
    if (alg->kty == AUTH0_KTY_OCT) {
        return EVP_PKEY_new_raw_private_key(
            EVP_PKEY_HMAC, NULL, (const unsigned char *)signer->secret.ptr,
            signer->secret.len);
    }
    if (!signer->key || EVP_PKEY_up_ref(signer->key) != 1) {
        return NULL;
    }
    return signer->key;
}

/* RFC 7518 section 3.5: the salt is as long as the hash. */
static bool set_padding(EVP_PKEY_CTX *ctx, const auth0_alg_t *alg)
{
    if (alg->kty != AUTH0_KTY_RSA) {
        return true;
    }
    if (!auth0_span_starts(auth0_span_cstr(alg->name), "PS")) {
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0;
    }
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0;
}

/* OpenSSL's own form of a signature: for ECDSA that is DER. */
static bool run_digest(auth0_span_t *signature, EVP_MD_CTX *md,
                       auth0_span_t input, apr_pool_t *pool)
{
    const unsigned char *bytes = (const unsigned char *)input.ptr;
    size_t len;

    if (EVP_DigestSign(md, NULL, &len, bytes, input.len) != 1) {
        return false;
    }
    unsigned char *room = apr_palloc(pool, len);

    if (EVP_DigestSign(md, room, &len, bytes, input.len) != 1) {
        return false;
    }
    *signature = auth0_span((const char *)room, len);
    return true;
}

static bool make_signature(auth0_span_t *signature, EVP_PKEY *key,
                           const auth0_alg_t *alg, auth0_span_t input,
                           apr_pool_t *pool)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx;
    bool done = md &&
                EVP_DigestSignInit_ex(md, &ctx, alg->digest, NULL, NULL, key,
                                      NULL) == 1 &&
                set_padding(ctx, alg) && run_digest(signature, md, input, pool);

    EVP_MD_CTX_free(md);
    return done;
}

/* RFC 7518 section 3.4: r and s side by side, each as long as the order. */
static bool der_to_raw(auth0_span_t *signature, const auth0_alg_t *alg,
                       apr_pool_t *pool)
{
    const unsigned char *der = (const unsigned char *)signature->ptr;
    unsigned char *raw = apr_palloc(pool, alg->signature_len);
    int half = (int)alg->signature_len / 2;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)signature->len);
    bool done = pair &&
                BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, half) == half &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + half, half) == half;

    ECDSA_SIG_free(pair);
    *signature = auth0_span((const char *)raw, alg->signature_len);
    return done;
}

const char *auth0_sign(const auth0_signer_t *signer, const auth0_alg_t *alg,
                       const char *header, const char *payload,
                       apr_pool_t *pool)
{
    const char *input = apr_pstrcat(
        pool, auth0_b64url_encode(auth0_span_cstr(header), pool), ".",
        auth0_b64url_encode(auth0_span_cstr(payload), pool), NULL);
    EVP_PKEY *key = take_key(signer, alg);
    auth0_span_t signature;
    bool done = key && make_signature(&signature, key, alg,
                                      auth0_span_cstr(input), pool);

    EVP_PKEY_free(key);
    if (!done ||
        (alg->kty == AUTH0_KTY_EC && !der_to_raw(&signature, alg, pool))) {
        return NULL;
    }
    return apr_pstrcat(pool, input, ".", auth0_b64url_encode(signature, pool),
                       NULL);
}
