/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_jwe.h"

#include <openssl/crypto.h>

#include "core/auth0_b64.h"
#include "core/auth0_count.h"
#include "core/auth0_errqueue.h"
#include "core/auth0_jose.h"
#include "core/auth0_jwebox.h"

/* RFC 7516 section 7.1. */
enum { HEADER, WRAPPED, IV, CIPHERTEXT, TAG };

/* The allow-list of key management: RFC 7518 section 4.3, and longer hashes. */
typedef struct wrapping_t {
    const char *name;
    const char *digest;
} wrapping_t;

static const wrapping_t wrappings[] = {
    {"RSA-OAEP-256", "SHA256"},
    {"RSA-OAEP-384", "SHA384"},
    {"RSA-OAEP-512", "SHA512"},
    {"RSA-OAEP", "SHA1"},
};

typedef struct jwe_t {
    auth0_jwebox_t box;
    const wrapping_t *wrapping;
    auth0_span_t wrapped;
    auth0_span_t kid; /* empty when there is none */
} jwe_t;

static const wrapping_t *wrapping_find(auth0_span_t name)
{
    for (size_t i = 0; i < AUTH0_COUNT(wrappings); i++) {
        if (auth0_span_is(name, wrappings[i].name)) {
            return &wrappings[i];
        }
    }
    return NULL;
}

/* What Auth0 encrypts for itself has no key that anybody else could have. */
static auth0_reason_t read_algs(jwe_t *jwe, const auth0_json_t *header)
{
    auth0_span_t alg;
    auth0_span_t enc;

    if (!auth0_json_string(&alg, auth0_json_member(header, "alg"))) {
        return AUTH0_DECRYPT_ALG;
    }
    if (auth0_span_is(alg, "dir")) {
        return AUTH0_TOKEN_OPAQUE;
    }
    if (!auth0_json_string(&enc, auth0_json_member(header, "enc"))) {
        return AUTH0_DECRYPT_ALG;
    }
    jwe->wrapping = wrapping_find(alg);
    jwe->box.enc = auth0_jweenc_find(enc);
    return jwe->wrapping && jwe->box.enc ? AUTH0_OK : AUTH0_DECRYPT_ALG;
}

/* Extensions, compression, keys of the sender's, and other algorithms'. */
static const char *const forbidden[] = {"crit", "zip", "jwk", "jku", "x5u",
                                        "x5c",  "b64", "p2c", "p2s", "epk",
                                        "apu",  "apv", "iv",  "tag", NULL};

/* RFC 7519 section 5.2; absent in tokens that Auth0 makes. */
static bool is_nested(const auth0_json_t *header)
{
    const auth0_json_t *cty = auth0_json_member(header, "cty");
    auth0_span_t name;

    return !cty ||
           (auth0_json_string(&name, cty) && auth0_span_is_nocase(name, "JWT"));
}

static auth0_reason_t read_header(jwe_t *jwe, auth0_span_t part,
                                  apr_pool_t *pool)
{
    const auth0_json_t *header;
    auth0_span_t text;

    if (!auth0_b64url_decode(&text, part, pool) ||
        !auth0_json_object(&header, text, auth0_json_header_limit, pool)) {
        return AUTH0_DECRYPT_MALFORMED;
    }
    auth0_reason_t reason = read_algs(jwe, header);

    if (reason != AUTH0_OK) {
        return reason;
    }
    return !auth0_jose_has_any(header, forbidden) &&
                   auth0_jose_kid(&jwe->kid, header) && is_nested(header)
               ? AUTH0_OK
               : AUTH0_DECRYPT_MALFORMED;
}

static auth0_reason_t parse(jwe_t *jwe, const auth0_compact_t *compact,
                            apr_pool_t *pool)
{
    const auth0_span_t *parts = compact->parts;
    auth0_reason_t reason = read_header(jwe, parts[HEADER], pool);

    if (reason != AUTH0_OK) {
        return reason;
    }
    jwe->box.aad = parts[HEADER];
    return auth0_b64url_decode(&jwe->wrapped, parts[WRAPPED], pool) &&
                   auth0_b64url_decode(&jwe->box.iv, parts[IV], pool) &&
                   auth0_b64url_decode(&jwe->box.ciphertext, parts[CIPHERTEXT],
                                       pool) &&
                   auth0_b64url_decode(&jwe->box.tag, parts[TAG], pool) &&
                   auth0_jwebox_fits(&jwe->box)
               ? AUTH0_OK
               : AUTH0_DECRYPT_MALFORMED;
}

static bool is_known(auth0_span_t kid, const auth0_policy_t *policy)
{
    for (size_t i = 0; kid.len > 0 && i < policy->decryption_count; i++) {
        if (auth0_span_eq(kid, auth0_jwekey_kid(policy->decryption[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_meant(const auth0_jwekey_t *key, const jwe_t *jwe, bool by_kid)
{
    auth0_span_t kid = auth0_jwekey_kid(key);

    if (auth0_jwekey_bytes(key) != jwe->wrapped.len) {
        return false;
    }
    return by_kid ? auth0_span_eq(kid, jwe->kid)
                  : kid.len == 0 || jwe->kid.len == 0;
}

static bool open_by(auth0_span_t *plaintext, const jwe_t *jwe,
                    const auth0_jwekey_t *key, apr_pool_t *pool)
{
    unsigned char cek[AUTH0_CEK_MAX];
    bool is_open = auth0_jwekey_unwrap(cek, jwe->box.enc->cek_len, key,
                                       jwe->wrapping->digest, jwe->wrapped) &&
                   auth0_jwebox_open(plaintext, &jwe->box, cek, pool);

    OPENSSL_cleanse(cek, sizeof(cek));
    return is_open;
}

/* Not ended by the key that fits, so that time does not tell which it is. */
static auth0_reason_t try_keys(auth0_span_t *plaintext, const jwe_t *jwe,
                               const auth0_policy_t *policy, apr_pool_t *pool)
{
    bool by_kid = is_known(jwe->kid, policy);
    auth0_reason_t reason = AUTH0_DECRYPT_KEY;
    auth0_span_t text;

    for (size_t i = 0; i < policy->decryption_count; i++) {
        const auth0_jwekey_t *key = policy->decryption[i];
        if (!is_meant(key, jwe, by_kid)) {
            continue;
        }
        if (open_by(&text, jwe, key, pool)) {
            *plaintext = text;
            reason = AUTH0_OK;
        }
        reason = reason == AUTH0_OK ? AUTH0_OK : AUTH0_DECRYPT_FAILED;
    }
    return reason;
}

/* One JWS, never claims alone, and never a token that is encrypted again. */
static bool is_jws(auth0_span_t plaintext)
{
    auth0_compact_t compact;

    return auth0_compact_cut(&compact, plaintext) == AUTH0_OK &&
           compact.count == AUTH0_COMPACT_JWS;
}

auth0_reason_t auth0_jwe_open(auth0_span_t *jws, const auth0_compact_t *compact,
                              const auth0_policy_t *policy, apr_pool_t *pool)
{
    jwe_t jwe;
    auth0_span_t plaintext;
    auth0_reason_t reason = parse(&jwe, compact, pool);

    *jws = auth0_span("", 0);
    if (reason != AUTH0_OK) {
        return reason;
    }
    auth0_errqueue_t *kept = auth0_errqueue_take(pool);

    reason = try_keys(&plaintext, &jwe, policy, pool);
    auth0_errqueue_restore(kept);
    if (reason != AUTH0_OK) {
        return reason;
    }
    if (!is_jws(plaintext)) {
        return AUTH0_DECRYPT_NOT_JWS;
    }
    *jws = plaintext;
    return AUTH0_OK;
}
