/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_jws.h"

#include <cjose/cjose.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/auth0_b64.h"
#include "core/auth0_compact.h"
#include "core/auth0_errqueue.h"
#include "core/auth0_jose.h"
#include "core/auth0_memo.h"

struct auth0_jws_t {
    auth0_span_t token;
    auth0_span_t signing_input;
    auth0_span_t protected;
    auth0_span_t payload;
    auth0_span_t signature;
    const auth0_policy_t *policy;
    auth0_header_t header;
    bool is_recalled;           /* the header was, from the policy's memo */
    const auth0_json_t *jwk;    /* NULL unless the profile brings a key   */
    const auth0_json_t *object; /* the payload, once it has been read  */
};

static auth0_reason_t read_header(const auth0_json_t **header,
                                  auth0_span_t part, apr_pool_t *pool)
{
    auth0_span_t text;

    if (!auth0_b64url_decode(&text, part, pool)) {
        return AUTH0_TOKEN_MALFORMED;
    }
    return auth0_json_object(header, text, auth0_json_header_limit, pool)
               ? AUTH0_OK
               : AUTH0_HEADER_MALFORMED;
}

/* RFC 7516 section 9: five parts are a JWE, whatever the header says. */
static auth0_reason_t judge_five_parts(auth0_span_t part, apr_pool_t *pool)
{
    const auth0_json_t *header;
    auth0_span_t alg;
    auth0_reason_t reason = read_header(&header, part, pool);

    if (reason != AUTH0_OK) {
        return reason;
    }
    return auth0_json_string(&alg, auth0_json_member(header, "alg")) &&
                   auth0_span_is(alg, "dir")
               ? AUTH0_TOKEN_OPAQUE
               : AUTH0_TOKEN_ENCRYPTED;
}

static auth0_reason_t cut(auth0_compact_t *compact, auth0_span_t token,
                          apr_pool_t *pool)
{
    auth0_reason_t reason = auth0_compact_cut(compact, token);

    return reason == AUTH0_OK && compact->count != AUTH0_COMPACT_JWS
               ? judge_five_parts(compact->parts[0], pool)
               : reason;
}

static auth0_reason_t check_alg(auth0_jws_t *jws, const auth0_json_t *header,
                                unsigned algs)
{
    auth0_span_t name;

    if (!auth0_json_string(&name, auth0_json_member(header, "alg"))) {
        return AUTH0_HEADER_ALG;
    }
    jws->header.alg = auth0_alg_find(name);
    return jws->header.alg && (jws->header.alg->bit & algs) ? AUTH0_OK
                                                            : AUTH0_HEADER_ALG;
}

/* RFC 7515 section 4.1.9: without regard to case. */
static auth0_reason_t check_typ(const auth0_json_t *header,
                                auth0_profile_t profile)
{
    const auth0_profile_rules_t *rules = auth0_profile_rules(profile);
    const auth0_json_t *typ = auth0_json_member(header, "typ");
    auth0_span_t name;

    if (!typ) {
        return rules->typ_may_be_absent ? AUTH0_OK : AUTH0_HEADER_TYP;
    }
    if (!auth0_json_string(&name, typ)) {
        return AUTH0_HEADER_TYP;
    }
    for (size_t i = 0; rules->typs[i]; i++) {
        if (auth0_span_is_nocase(name, rules->typs[i])) {
            return AUTH0_OK;
        }
    }
    return AUTH0_HEADER_TYP;
}

static auth0_reason_t check_absent(const auth0_json_t *header)
{
    static const char *const names[] = {"jku", "x5u", "x5c", "b64",
                                        "zip", "p2c", "p2s", NULL};

    return auth0_jose_has_any(header, names) ? AUTH0_HEADER_FORBIDDEN
                                             : AUTH0_OK;
}

/* RFC 7515 section 4.1.3: only for who asks for it, and then always. */
static auth0_reason_t read_jwk(auth0_jws_t *jws, const auth0_json_t *header,
                               auth0_profile_t profile)
{
    const auth0_json_t *jwk = auth0_json_member(header, "jwk");

    if (!auth0_profile_rules(profile)->brings_key) {
        return jwk ? AUTH0_HEADER_FORBIDDEN : AUTH0_OK;
    }
    jws->jwk = jwk;
    return auth0_json_is_object(jwk) ? AUTH0_OK : AUTH0_HEADER_MALFORMED;
}

static auth0_reason_t check_header(auth0_jws_t *jws, const auth0_json_t *header)
{
    const auth0_policy_t *policy = jws->policy;
    auth0_reason_t reason = auth0_jose_kid(&jws->header.kid, header)
                                ? AUTH0_OK
                                : AUTH0_HEADER_MALFORMED;

    if (reason == AUTH0_OK) {
        reason = check_alg(jws, header, policy->algs);
    }
    if (reason == AUTH0_OK && auth0_json_member(header, "crit")) {
        reason = AUTH0_HEADER_CRIT;
    }
    if (reason == AUTH0_OK) {
        reason = check_typ(header, policy->profile);
    }
    if (reason == AUTH0_OK) {
        reason = check_absent(header);
    }
    return reason == AUTH0_OK ? read_jwk(jws, header, policy->profile) : reason;
}

static auth0_reason_t accept_header(auth0_jws_t *jws, apr_pool_t *pool)
{
    const auth0_json_t *header;

    jws->is_recalled =
        auth0_memo_recall(&jws->header, jws->protected, jws->policy, pool);
    if (jws->is_recalled) {
        return AUTH0_OK;
    }
    auth0_reason_t reason = read_header(&header, jws->protected, pool);

    return reason == AUTH0_OK ? check_header(jws, header) : reason;
}

auth0_reason_t auth0_jws_parse(auth0_jws_t **jws, auth0_span_t token,
                               const auth0_policy_t *policy, apr_pool_t *pool)
{
    auth0_compact_t compact;
    const auth0_span_t *parts = compact.parts;
    auth0_reason_t reason = cut(&compact, token, pool);

    *jws = NULL;
    if (reason != AUTH0_OK) {
        return reason;
    }
    auth0_jws_t *made = apr_pcalloc(pool, sizeof(*made));

    made->token = token;
    made->signing_input =
        auth0_span(token.ptr, parts[0].len + 1 + parts[1].len);
    made->protected = parts[0];
    made->payload = parts[1];
    made->signature = parts[2];
    made->policy = policy;
    reason = accept_header(made, pool);
    *jws = reason == AUTH0_OK ? made : NULL;
    return reason;
}

const auth0_alg_t *auth0_jws_alg(const auth0_jws_t *jws)
{
    return jws->header.alg;
}

auth0_span_t auth0_jws_kid(const auth0_jws_t *jws)
{
    return jws->header.kid;
}

auth0_reason_t auth0_jws_own_key(auth0_key_t **key, const auth0_json_t **jwk,
                                 const auth0_jws_t *jws, apr_pool_t *pool)
{
    const char *why;

    *key = NULL;
    *jwk = jws->jwk;
    if (!jws->jwk) {
        return AUTH0_KEY_UNKNOWN;
    }
    return auth0_jwk_parse(key, jws->jwk, &why, pool) == AUTH0_JWK_USABLE
               ? AUTH0_OK
               : AUTH0_KEY_UNUSABLE;
}

/* Read once, whether or not the signature is known to hold by then. */
static auth0_reason_t read_object(auth0_jws_t *jws, apr_pool_t *pool)
{
    auth0_span_t text;

    if (jws->object) {
        return AUTH0_OK;
    }
    return auth0_b64url_decode(&text, jws->payload, pool) &&
                   auth0_json_object(&jws->object, text,
                                     auth0_json_payload_limit, pool)
               ? AUTH0_OK
               : AUTH0_CLAIMS_MALFORMED;
}

auth0_reason_t auth0_jws_peek_issuer(auth0_span_t *issuer, auth0_jws_t *jws,
                                     apr_pool_t *pool)
{
    auth0_reason_t reason = read_object(jws, pool);

    *issuer = auth0_span("", 0);
    if (reason != AUTH0_OK) {
        return reason;
    }
    const auth0_json_t *iss = auth0_json_member(jws->object, "iss");

    if (!iss) {
        return AUTH0_CLAIMS_MISSING;
    }
    return auth0_json_string(issuer, iss) ? AUTH0_OK : AUTH0_CLAIMS_TYPE;
}

/* Never by cjose: it reads past the end of a signature that is too short. */
static bool verify_hmac(const auth0_jws_t *jws, const auth0_key_t *key,
                        apr_pool_t *pool)
{
    auth0_span_t secret = auth0_key_secret(key);
    unsigned char mac[EVP_MAX_MD_SIZE];
    size_t mac_len = 0;
    auth0_span_t signature;

    return auth0_b64url_decode(&signature, jws->signature, pool) &&
           EVP_Q_mac(NULL, "HMAC", NULL, jws->header.alg->digest, NULL,
                     secret.ptr, secret.len,
                     (const unsigned char *)jws->signing_input.ptr,
                     jws->signing_input.len, mac, sizeof(mac), &mac_len) &&
           mac_len == signature.len &&
           CRYPTO_memcmp(mac, signature.ptr, mac_len) == 0;
}

static bool verify_cjose(const auth0_jws_t *jws, const auth0_key_t *key)
{
    cjose_err err;
    cjose_jws_t *imported =
        cjose_jws_import(jws->token.ptr, jws->token.len, &err);

    if (!imported) {
        return false;
    }
    bool good = cjose_jws_verify(imported, auth0_key_handle(key), &err);

    cjose_jws_release(imported);
    return good;
}

static bool verify(const auth0_jws_t *jws, const auth0_key_t *key,
                   apr_pool_t *pool)
{
    auth0_errqueue_t *kept = auth0_errqueue_take(pool);
    bool good = jws->header.alg->kty == AUTH0_KTY_OCT
                    ? verify_hmac(jws, key, pool)
                    : verify_cjose(jws, key);

    auth0_errqueue_restore(kept);
    return good;
}

/* Whoever can sign could have said the same by another header. */
static void remember_header(const auth0_jws_t *jws)
{
    if (!jws->is_recalled && !jws->jwk) {
        auth0_memo_keep(&jws->header, jws->protected, jws->policy);
    }
}

static auth0_reason_t check_signature(const auth0_jws_t *jws,
                                      const auth0_key_t *key, apr_pool_t *pool)
{
    if (!auth0_key_fits(key, jws->header.alg)) {
        return AUTH0_KEY_UNUSABLE;
    }
    if (auth0_b64url_decoded_len(jws->signature) !=
        auth0_key_signature_len(key, jws->header.alg)) {
        return AUTH0_SIGNATURE_LENGTH;
    }
    if (!verify(jws, key, pool)) {
        return AUTH0_SIGNATURE_INVALID;
    }
    remember_header(jws);
    return AUTH0_OK;
}

auth0_reason_t auth0_jws_open(auth0_span_t *payload, const auth0_jws_t *jws,
                              const auth0_key_t *key, apr_pool_t *pool)
{
    auth0_reason_t reason = check_signature(jws, key, pool);

    *payload = auth0_span("", 0);
    if (reason != AUTH0_OK) {
        return reason;
    }
    return auth0_b64url_decode(payload, jws->payload, pool)
               ? AUTH0_OK
               : AUTH0_CLAIMS_MALFORMED;
}

auth0_reason_t auth0_jws_open_object(const auth0_json_t **object,
                                     auth0_jws_t *jws, const auth0_key_t *key,
                                     apr_pool_t *pool)
{
    auth0_reason_t reason = check_signature(jws, key, pool);

    if (reason == AUTH0_OK) {
        reason = read_object(jws, pool);
    }
    *object = reason == AUTH0_OK ? jws->object : NULL;
    return reason;
}
