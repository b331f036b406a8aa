/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "core/auth0_b64.h"
#include "core/auth0_jwekey.h"
#include "ctl/auth0_seal.h"

static const char *pem_of(BIO *bio, apr_pool_t *pool)
{
    char *bytes;
    long len = BIO_get_mem_data(bio, &bytes);
    const char *text = apr_pstrmemdup(pool, bytes, (size_t)len);
    BIO_free(bio);
    return text;
}

static const char *private_pem(EVP_PKEY *pkey, apr_pool_t *pool)
{
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
    return pem_of(bio, pool);
}

static const char *traditional_pem(EVP_PKEY *pkey, apr_pool_t *pool)
{
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(PEM_write_bio_PrivateKey_traditional(bio, pkey, NULL, NULL, 0,
                                                     NULL, NULL));
    return pem_of(bio, pool);
}

static const char *locked_pem(EVP_PKEY *pkey, apr_pool_t *pool)
{
    static unsigned char word[] = "secret";
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(PEM_write_bio_PrivateKey(bio, pkey, EVP_aes_128_cbc(), word, 6,
                                         NULL, NULL));
    return pem_of(bio, pool);
}

static const char *locked_traditional_pem(EVP_PKEY *pkey, apr_pool_t *pool)
{
    static unsigned char word[] = "secret";
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(PEM_write_bio_PrivateKey_traditional(
        bio, pkey, EVP_aes_128_cbc(), word, 6, NULL, NULL));
    return pem_of(bio, pool);
}

static const char *public_pem(EVP_PKEY *pkey, apr_pool_t *pool)
{
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(PEM_write_bio_PUBKEY(bio, pkey));
    return pem_of(bio, pool);
}

static EVP_PKEY *generate(const char *type, unsigned bits)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    assert_true(EVP_PKEY_keygen_init(context) > 0);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_uint("bits", &bits),
                           OSSL_PARAM_construct_end()};
    assert_true(EVP_PKEY_CTX_set_params(context, params) > 0);
    assert_true(EVP_PKEY_generate(context, &pkey) > 0);
    EVP_PKEY_CTX_free(context);
    return pkey;
}

static const char *generated_pem(const char *type, unsigned bits,
                                 apr_pool_t *pool)
{
    EVP_PKEY *pkey = generate(type, bits);
    const char *pem = private_pem(pkey, pool);
    EVP_PKEY_free(pkey);
    return pem;
}

static auth0_span_t no_kid(void)
{
    return auth0_span("", 0);
}

static auth0_jwekey_t *read_good(const char *pem, apr_pool_t *pool)
{
    auth0_jwekey_t *key = NULL;
    const char *why =
        auth0_jwekey_parse(&key, support_span(pem), no_kid(), pool);
    if (why != NULL) {
        fail_msg("key refused: it %s", why);
    }
    assert_non_null(key);
    return key;
}

static void good_keys_are_read(void **state)
{
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA);
    const char *pem = private_pem(pkey, *state);
    const auth0_jwekey_t *key = read_good(pem, *state);
    const auth0_jwekey_t *old =
        read_good(traditional_pem(pkey, *state), *state);
    const auth0_jwekey_t *other =
        read_good(private_pem(support_pkey(SUPPORT_RSA_OTHER), *state), *state);
    const char *behind =
        apr_pstrcat(*state, "a remark\n", public_pem(pkey, *state), pem, NULL);
    assert_int_equal(auth0_jwekey_bytes(key), 256);
    assert_true(auth0_jwekey_same(key, old));
    assert_true(auth0_jwekey_same(key, read_good(behind, *state)));
    assert_false(auth0_jwekey_same(key, other));
}

static void a_key_has_the_name_that_it_is_given(void **state)
{
    auth0_jwekey_t *key;
    assert_null(auth0_jwekey_parse(
        &key, support_span(private_pem(support_pkey(SUPPORT_RSA), *state)),
        support_span("2026"), *state));
    assert_true(auth0_span_is(auth0_jwekey_kid(key), "2026"));
}

/* Also that nothing is left in OpenSSL's queue, and nobody is asked. */
static void other_keys_are_refused(void **state)
{
    EVP_PKEY *rsa = support_pkey(SUPPORT_RSA);
    const char *good = private_pem(rsa, *state);
    const struct {
        const char *name;
        const char *pem;
        const char *words;
    } rows[] = {
        {"empty", "", "no private key"},
        {"text", "hello", "no private key"},
        {"cut", apr_pstrmemdup(*state, good, 500), "no private key"},
        {"public", public_pem(rsa, *state), "no private key"},
        {"with a passphrase", locked_pem(rsa, *state), "passphrase"},
        {"old, with a passphrase", locked_traditional_pem(rsa, *state),
         "passphrase"},
        {"EC", private_pem(support_pkey(SUPPORT_P256), *state), "no RSA key"},
        {"PSS", generated_pem("RSA-PSS", 2048, *state), "no RSA key"},
        {"1024 bits", generated_pem("RSA", 1024, *state), "2048"},
        {"2047 bits", generated_pem("RSA", 2047, *state), "2048"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_jwekey_t *key;
        const char *why = auth0_jwekey_parse(&key, support_span(rows[i].pem),
                                             no_kid(), *state);
        if (why == NULL || strstr(why, rows[i].words) == NULL) {
            fail_msg("%s: %s", rows[i].name, why ? why : "accepted");
        }
        assert_null(key);
        assert_int_equal(ERR_peek_error(), 0);
    }
}

static auth0_span_t wrapped_of(const char *token, apr_pool_t *pool)
{
    auth0_span_t rest = support_span(token);
    auth0_span_t part;
    auth0_span_t bytes;
    assert_true(auth0_span_cut(&part, &rest, '.'));
    assert_true(auth0_span_cut(&part, &rest, '.'));
    assert_true(auth0_b64url_decode(&bytes, part, pool));
    return bytes;
}

/* The second part of a token that wraps these bytes. */
static auth0_span_t wrap(EVP_PKEY *pkey, auth0_span_t cek, apr_pool_t *pool)
{
    auth0_sealer_t sealer = {pkey, "SHA256",
                             auth0_jweenc_find(support_span("A256GCM")), cek};
    const char *token = auth0_seal(&sealer, "{}", support_span("x"), pool);
    assert_non_null(token);
    return wrapped_of(token, pool);
}

static auth0_span_t cek_of(size_t len, apr_pool_t *pool)
{
    return support_span(support_repeat("k", len, pool));
}

static bool is_cek(const unsigned char *cek, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (cek[i] != 'k') {
            return false;
        }
    }
    return true;
}

static void a_key_of_the_right_length_comes_out(void **state)
{
    static const size_t lengths[] = {16, 32, 64};
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA);
    const auth0_jwekey_t *key = read_good(private_pem(pkey, *state), *state);
    unsigned char cek[64];
    for (size_t i = 0; i < COUNT(lengths); i++) {
        auth0_span_t wrapped = wrap(pkey, cek_of(lengths[i], *state), *state);
        assert_true(auth0_jwekey_unwrap(cek, lengths[i], key, "SHA256",
                                        support_copy(wrapped, *state)));
        assert_true(is_cek(cek, lengths[i]));
    }
}

/* RFC 7516 section 11.5: otherwise something random, and each time anew. */
static void whatever_is_wrong_something_random_comes_out(void **state)
{
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA);
    const auth0_jwekey_t *key = read_good(private_pem(pkey, *state), *state);
    auth0_span_t good = wrap(pkey, cek_of(32, *state), *state);
    const struct {
        const char *name;
        const char *digest;
        auth0_span_t wrapped;
    } rows[] = {
        {"nothing in it", "SHA256", wrap(pkey, cek_of(0, *state), *state)},
        {"5 bytes", "SHA256", wrap(pkey, cek_of(5, *state), *state)},
        {"31 bytes", "SHA256", wrap(pkey, cek_of(31, *state), *state)},
        {"33 bytes", "SHA256", wrap(pkey, cek_of(33, *state), *state)},
        {"64 bytes", "SHA256", wrap(pkey, cek_of(64, *state), *state)},
        {"another digest", "SHA384", good},
        {"another key's", "SHA256",
         wrap(support_pkey(SUPPORT_RSA_OTHER), cek_of(32, *state), *state)},
        {"zeros", "SHA256", auth0_span(apr_pcalloc(*state, 256), 256)},
        {"more than the modulus", "SHA256",
         support_span(support_repeat("\xff", 256, *state))},
    };
    unsigned char first[32];
    unsigned char second[32];
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(auth0_jwekey_unwrap(first, 32, key, rows[i].digest,
                                        rows[i].wrapped));
        assert_true(auth0_jwekey_unwrap(second, 32, key, rows[i].digest,
                                        rows[i].wrapped));
        assert_false(is_cek(first, 1) && is_cek(first, 5));
        assert_memory_not_equal(first, second, 32);
    }
    ERR_clear_error();
}

/*
 * What is out of range is not even taken for what it is, less its first byte:
 * one key has one text.
 */
static void a_wrapped_key_is_less_than_the_modulus(void **state)
{
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA);
    const auth0_jwekey_t *key = read_good(private_pem(pkey, *state), *state);
    unsigned char cek[32];
    auth0_span_t wrapped;
    do {
        wrapped = wrap(pkey, cek_of(32, *state), *state);
    } while (wrapped.ptr[0] != 0);
    assert_true(auth0_jwekey_unwrap(cek, 32, key, "SHA256", wrapped));
    assert_true(is_cek(cek, 32));
    char *large = apr_pmemdup(*state, wrapped.ptr, wrapped.len);
    large[0] = '\xff';
    assert_true(auth0_jwekey_unwrap(cek, 32, key, "SHA256",
                                    auth0_span(large, wrapped.len)));
    assert_false(is_cek(cek, 5));
    ERR_clear_error();
}

static void only_the_public_half_is_told(void **state)
{
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA);
    const auth0_jwekey_t *key = read_good(private_pem(pkey, *state), *state);
    assert_string_equal(auth0_jwekey_public(key, *state),
                        public_pem(pkey, *state));
}

/* One key, many threads: to be run under a sanitizer as well. */
typedef struct thread_t {
    const auth0_jwekey_t *key;
    auth0_span_t wrapped;
    unsigned good;
} thread_t;

#define THREADS 4
#define ROUNDS 25

static void *unwrap_often(void *baton)
{
    thread_t *thread = baton;
    unsigned char cek[32];
    for (int i = 0; i < ROUNDS; i++) {
        thread->good += auth0_jwekey_unwrap(cek, sizeof(cek), thread->key,
                                            "SHA256", thread->wrapped) &&
                        is_cek(cek, sizeof(cek));
    }
    return NULL;
}

static void threads_share_a_key(void **state)
{
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA);
    const auth0_jwekey_t *key = read_good(private_pem(pkey, *state), *state);
    pthread_t ids[THREADS];
    thread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        threads[i] = (thread_t){key, wrap(pkey, cek_of(32, *state), *state), 0};
        assert_int_equal(
            pthread_create(&ids[i], NULL, unwrap_often, &threads[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(ids[i], NULL), 0);
        assert_int_equal(threads[i].good, ROUNDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(good_keys_are_read),
        SUPPORT_TEST(a_key_has_the_name_that_it_is_given),
        SUPPORT_TEST(other_keys_are_refused),
        SUPPORT_TEST(a_key_of_the_right_length_comes_out),
        SUPPORT_TEST(whatever_is_wrong_something_random_comes_out),
        SUPPORT_TEST(a_wrapped_key_is_less_than_the_modulus),
        SUPPORT_TEST(only_the_public_half_is_told),
        SUPPORT_TEST(threads_share_a_key),
    };
    return SUPPORT_RUN(tests);
}
