/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "core/auth0_b64.h"
#include "core/auth0_jws.h"

static EVP_PKEY *support_pkeys[SUPPORT_KEY_COUNT];

const char *const support_secret =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

int support_start(void **state)
{
    (void)state;
    return apr_initialize() == APR_SUCCESS ? 0 : -1;
}

int support_stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUPPORT_KEY_COUNT; i++) {
        EVP_PKEY_free(support_pkeys[i]);
        support_pkeys[i] = NULL;
    }
    apr_terminate();
    return 0;
}

int support_setup(void **state)
{
    apr_pool_t *pool = NULL;
    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return -1;
    }
    *state = pool;
    return 0;
}

int support_teardown(void **state)
{
    apr_pool_destroy(*state);
    return 0;
}

unsigned support_reason(const char *row, auth0_reason_t got,
                        auth0_reason_t want)
{
    if (got == want) {
        return 0;
    }
    print_error("%s: %s instead of %s\n", row, auth0_reason_info(got)->code,
                auth0_reason_info(want)->code);
    return 1;
}

unsigned support_equal(const char *row, long got, long want)
{
    if (got == want) {
        return 0;
    }
    print_error("%s: %ld instead of %ld\n", row, got, want);
    return 1;
}

unsigned support_text(const char *row, const char *got, const char *want)
{
    if (got != NULL && want != NULL && strcmp(got, want) == 0) {
        return 0;
    }
    if (got == want) {
        return 0;
    }
    print_error("%s: <%s> instead of <%s>\n", row, got ? got : "NULL",
                want ? want : "NULL");
    return 1;
}

auth0_span_t support_span(const char *text)
{
    return auth0_span_cstr(text);
}

/* On the heap and exactly as long, so that a sanitizer sees one byte more. */
auth0_span_t support_copy(auth0_span_t text, apr_pool_t *pool)
{
    char *copy = malloc(text.len > 0 ? text.len : 1);
    assert_non_null(copy);
    apr_pool_cleanup_register(pool, copy, (apr_status_t(*)(void *))(void *)free,
                              apr_pool_cleanup_null);
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return auth0_span(copy, text.len);
}

/* Its next bytes have been used before: none of them happens to be zero. */
apr_pool_t *support_dirty_pool(apr_pool_t *parent)
{
    enum { SIZE = 4096 };
    apr_pool_t *pool;
    assert_int_equal(apr_pool_create(&pool, parent), APR_SUCCESS);
    memset(apr_palloc(pool, SIZE), 'x', SIZE);
    apr_pool_clear(pool);
    return pool;
}

const char *support_string(auth0_span_t text, apr_pool_t *pool)
{
    return apr_pstrmemdup(pool, text.ptr, text.len);
}

const char *support_b64(const char *text, apr_pool_t *pool)
{
    return auth0_b64url_encode(support_span(text), pool);
}

const char *support_repeat(const char *text, size_t count, apr_pool_t *pool)
{
    size_t len = strlen(text);
    char *all = apr_palloc(pool, count * len + 1);
    for (size_t i = 0; i < count; i++) {
        memcpy(all + i * len, text, len);
    }
    all[count * len] = '\0';
    return all;
}

size_t support_count_words(const char *const *words, size_t most)
{
    size_t count = 0;
    while (count < most && words[count] != NULL) {
        count++;
    }
    return count;
}

static int support_remove_one(const char *path, const struct stat *info,
                              int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static apr_status_t support_remove_all(void *folder)
{
    (void)nftw(folder, support_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return APR_SUCCESS;
}

const char *support_folder(apr_pool_t *pool)
{
    const char *parent = getenv("TMPDIR");
    char *folder =
        apr_pstrcat(pool, parent ? parent : "/tmp", "/auth0-test-XXXXXX", NULL);

    assert_non_null(mkdtemp(folder));
    apr_pool_cleanup_register(pool, folder, support_remove_all,
                              apr_pool_cleanup_null);
    return folder;
}

const char *support_inside(const char *folder, const char *name,
                           apr_pool_t *pool)
{
    return apr_pstrcat(pool, folder, "/", name, NULL);
}

void support_put_file(const char *path, auth0_span_t bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
    assert_int_equal(close(fd), 0);
}

EVP_PKEY *support_pkey(support_key_t which)
{
    static const char *const curves[SUPPORT_KEY_COUNT] = {
        NULL, NULL, "P-256", "P-256", "P-384", "P-521"};
    if (support_pkeys[which] == NULL) {
        support_pkeys[which] = curves[which] != NULL ? EVP_EC_gen(curves[which])
                                                     : EVP_RSA_gen(2048);
        assert_non_null(support_pkeys[which]);
    }
    return support_pkeys[which];
}

support_key_t support_key_of(const auth0_alg_t *alg)
{
    if (alg->kty != AUTH0_KTY_EC) {
        return SUPPORT_RSA;
    }
    if (strcmp(alg->curve, "P-256") == 0) {
        return SUPPORT_P256;
    }
    return strcmp(alg->curve, "P-384") == 0 ? SUPPORT_P384 : SUPPORT_P521;
}

static bool support_is_rsa(support_key_t which)
{
    return which == SUPPORT_RSA || which == SUPPORT_RSA_OTHER;
}

auth0_span_t support_number(support_key_t which, const char *name,
                            apr_pool_t *pool)
{
    const char *param = strcmp(name, "n") == 0   ? OSSL_PKEY_PARAM_RSA_N
                        : strcmp(name, "e") == 0 ? OSSL_PKEY_PARAM_RSA_E
                        : strcmp(name, "d") == 0
                            ? (support_is_rsa(which) ? OSSL_PKEY_PARAM_RSA_D
                                                     : OSSL_PKEY_PARAM_PRIV_KEY)
                        : strcmp(name, "x") == 0 ? OSSL_PKEY_PARAM_EC_PUB_X
                                                 : OSSL_PKEY_PARAM_EC_PUB_Y;
    EVP_PKEY *pkey = support_pkey(which);
    BIGNUM *number = NULL;
    assert_true(EVP_PKEY_get_bn_param(pkey, param, &number));
    size_t len = (size_t)BN_num_bytes(number);
    if (!support_is_rsa(which)) {
        len = ((size_t)EVP_PKEY_get_bits(pkey) + 7) / 8;
    }
    unsigned char *bytes = apr_palloc(pool, len);
    assert_int_equal(BN_bn2binpad(number, bytes, (int)len), (int)len);
    BN_free(number);
    return auth0_span((const char *)bytes, len);
}

const char *support_member(support_key_t which, const char *name,
                           apr_pool_t *pool)
{
    return auth0_b64url_encode(support_number(which, name, pool), pool);
}

const char *support_jwk_rsa(auth0_span_t n, const char *e, const char *more,
                            apr_pool_t *pool)
{
    return apr_psprintf(pool, "{\"kty\":\"RSA\",%s\"n\":\"%s\",\"e\":\"%s\"}",
                        more, auth0_b64url_encode(n, pool), e);
}

static const char *support_curve_name(support_key_t which)
{
    return which == SUPPORT_P384   ? "P-384"
           : which == SUPPORT_P521 ? "P-521"
                                   : "P-256";
}

const char *support_jwk(support_key_t which, const char *kid, const char *more,
                        apr_pool_t *pool)
{
    if (kid != NULL) {
        more = apr_psprintf(pool, "%s\"kid\":\"%s\",", more, kid);
    }
    if (support_is_rsa(which)) {
        return support_jwk_rsa(support_number(which, "n", pool),
                               support_member(which, "e", pool), more, pool);
    }
    return apr_psprintf(
        pool, "{\"kty\":\"EC\",%s\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}",
        more, support_curve_name(which), support_member(which, "x", pool),
        support_member(which, "y", pool));
}

const auth0_jwks_t *support_jwks(const char *members, apr_pool_t *pool)
{
    auth0_jwks_t *set = NULL;
    const char *document = apr_psprintf(pool, "{\"keys\":[%s]}", members);
    const char *why = auth0_jwks_parse(&set, support_span(document), pool);
    if (why != NULL) {
        fail_msg("key set refused: %s", why);
    }
    return set;
}

const auth0_jwks_t *support_all_keys(apr_pool_t *pool)
{
    return support_jwks(
        apr_pstrcat(pool, support_jwk(SUPPORT_RSA, "rsa", "", pool), ",",
                    support_jwk(SUPPORT_P256, "p256", "", pool), ",",
                    support_jwk(SUPPORT_P384, "p384", "", pool), ",",
                    support_jwk(SUPPORT_P521, "p521", "", pool), NULL),
        pool);
}

const char *support_kid_of(const auth0_alg_t *alg)
{
    static const char *const kids[SUPPORT_KEY_COUNT] = {"rsa", "",     "p256",
                                                        "",    "p384", "p521"};
    return kids[support_key_of(alg)];
}

const auth0_key_t *support_key(support_key_t which, apr_pool_t *pool)
{
    const char *text = support_jwk(which, NULL, "", pool);
    const auth0_json_t *jwk = NULL;
    auth0_key_t *key = NULL;
    const char *why = NULL;
    assert_true(auth0_json_object(&jwk, support_span(text),
                                  auth0_json_jwks_limit, pool));
    assert_int_equal(auth0_jwk_parse(&key, jwk, &why, pool), AUTH0_JWK_USABLE);
    return key;
}

const char *support_token(const char *alg, const char *header,
                          const char *payload, apr_pool_t *pool)
{
    const auth0_alg_t *row = auth0_alg_find(support_span(alg));
    assert_non_null(row);
    auth0_signer_t signer = {NULL, support_span(support_secret)};
    if (row->kty != AUTH0_KTY_OCT) {
        signer.key = support_pkey(support_key_of(row));
    }
    const char *token = auth0_sign(&signer, row, header, payload, pool);
    assert_non_null(token);
    return token;
}

const char *support_plain(const char *alg, const char *payload,
                          apr_pool_t *pool)
{
    const auth0_alg_t *row = auth0_alg_find(support_span(alg));
    assert_non_null(row);
    const char *header =
        apr_psprintf(pool, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
                     alg, support_kid_of(row));
    return support_token(alg, header, payload, pool);
}

const char *support_join(const char *header, const char *payload,
                         auth0_span_t signature, apr_pool_t *pool)
{
    return apr_pstrcat(pool, support_b64(header, pool), ".",
                       support_b64(payload, pool), ".",
                       auth0_b64url_encode(signature, pool), NULL);
}

auth0_span_t support_signature(const char *token, apr_pool_t *pool)
{
    auth0_span_t bytes;
    const char *last = strrchr(token, '.');
    assert_non_null(last);
    assert_true(auth0_b64url_decode(&bytes, support_span(last + 1), pool));
    return bytes;
}

const char *support_payload(const char *more, apr_pool_t *pool)
{
    return apr_psprintf(pool,
                        "{%s\"iss\":\"" SUPPORT_ISSUER
                        "\",\"aud\":\"" SUPPORT_AUDIENCE
                        "\",\"sub\":\"auth0|1\",\"iat\":%d,\"exp\":%d}",
                        more, SUPPORT_NOW_S - 60, SUPPORT_NOW_S + 60);
}

const auth0_claims_t *support_claims(const char *json, const char *kid,
                                     apr_pool_t *pool)
{
    auth0_claims_t *claims;
    assert_int_equal(auth0_claims_parse(&claims, support_span(json), pool),
                     AUTH0_OK);
    auth0_claims_note_kid(claims, support_span(kid));
    return claims;
}

auth0_policy_t support_policy(unsigned algs, apr_pool_t *pool)
{
    static const auth0_span_t audience = {SUPPORT_AUDIENCE,
                                          sizeof(SUPPORT_AUDIENCE) - 1};
    auth0_issuers_t *issuers = auth0_issuers_make(pool);
    auth0_policy_t policy = {.issuers = issuers,
                             .audiences = &audience,
                             .audience_count = 1,
                             .algs = algs,
                             .user_claim = "sub"};
    auth0_issuers_add(issuers, support_span(SUPPORT_ISSUER));
    if ((algs & auth0_alg_symmetric()) != 0) {
        policy.secret =
            auth0_key_from_secret(support_span(support_secret), pool);
    }
    return policy;
}

unsigned support_algs(const char *names)
{
    unsigned mask = 0;
    auth0_span_t rest = support_span(names);
    auth0_span_t name;
    while (auth0_span_word(&name, &rest)) {
        const auth0_alg_t *alg = auth0_alg_find(name);
        assert_non_null(alg);
        mask |= alg->bit;
    }
    return mask;
}

static const auth0_jwks_t *support_find(void *baton, size_t issuer)
{
    support_source_t *source = baton;
    source->asked++;
    source->issuer = issuer;
    return source->set;
}

auth0_keys_t support_keys(support_source_t *source)
{
    auth0_keys_t keys = {support_find, source};
    return keys;
}

auth0_reason_t support_verify_at(auth0_span_t token,
                                 const auth0_policy_t *policy,
                                 support_source_t *source, apr_time_t now,
                                 apr_pool_t *pool)
{
    static char poison;
    auth0_claims_t *claims = (auth0_claims_t *)(void *)&poison;
    auth0_reason_t reason =
        auth0_verify(&claims, support_copy(token, pool), policy,
                     support_keys(source), now, pool);
    if (reason == AUTH0_OK) {
        assert_non_null(claims);
        assert_ptr_not_equal(claims, &poison);
    }
    else {
        assert_null(claims);
    }
    return reason;
}

auth0_reason_t support_verify(const char *token, const auth0_policy_t *policy,
                              support_source_t *source, apr_pool_t *pool)
{
    return support_verify_at(support_span(token), policy, source, SUPPORT_NOW,
                             pool);
}
