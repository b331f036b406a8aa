/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef SUPPORT_H
#define SUPPORT_H

/* cmocka.h needs these four first. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <apr_pools.h>
#include <apr_strings.h>
#include <openssl/evp.h>

#include "core/auth0_verify.h"
#include "ctl/auth0_sign.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whether time and memory are a sanitizer's as much as ours. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SUPPORT_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SUPPORT_IS_SANITIZED 1
#endif
#endif
#ifndef SUPPORT_IS_SANITIZED
#define SUPPORT_IS_SANITIZED 0
#endif

/* Every test gets a pool of its own as *state. */
int support_setup(void **state);
int support_teardown(void **state);

/* Once per program; support_stop also frees the keys. */
int support_start(void **state);
int support_stop(void **state);

#define SUPPORT_TEST(function)                                                 \
    cmocka_unit_test_setup_teardown(function, support_setup, support_teardown)
#define SUPPORT_RUN(tests)                                                     \
    cmocka_run_group_tests(tests, support_start, support_stop)

/*
 * One row of a table: 0 when got is what was wanted, else 1 with the row's
 * name printed, so that a table reports all of its bad rows at once.
 */
unsigned support_reason(const char *row, auth0_reason_t got,
                        auth0_reason_t want);
unsigned support_equal(const char *row, long got, long want);
unsigned support_text(const char *row, const char *got, const char *want);

auth0_span_t support_span(const char *text);
auth0_span_t support_copy(auth0_span_t text, apr_pool_t *pool);
apr_pool_t *support_dirty_pool(apr_pool_t *parent);
const char *support_string(auth0_span_t text, apr_pool_t *pool);
const char *support_b64(const char *text, apr_pool_t *pool);
const char *support_repeat(const char *text, size_t count, apr_pool_t *pool);

/* Of an array of so many at most, the strings before the first NULL. */
size_t support_count_words(const char *const *words, size_t most);

/* A folder below TMPDIR or /tmp; it goes with the pool. */
const char *support_folder(apr_pool_t *pool);
const char *support_inside(const char *folder, const char *name,
                           apr_pool_t *pool);
/* Write a file, in place if it exists. */
void support_put_file(const char *path, auth0_span_t bytes);

/* The key pairs of a run: made when first asked for, then kept. */
typedef enum support_key_t {
    SUPPORT_RSA,
    SUPPORT_RSA_OTHER,
    SUPPORT_P256,
    SUPPORT_P256_OTHER,
    SUPPORT_P384,
    SUPPORT_P521,
    SUPPORT_KEY_COUNT
} support_key_t;
EVP_PKEY *support_pkey(support_key_t which);
support_key_t support_key_of(const auth0_alg_t *alg);

/* 64 bytes: long enough for every HS* algorithm. */
extern const char *const support_secret;

/*
 * JWK texts. more is JSON that is put between the members, such as
 * "\"use\":\"sig\"," or "".
 */
const char *support_jwk(support_key_t which, const char *kid, const char *more,
                        apr_pool_t *pool);
const char *support_jwk_rsa(auth0_span_t n, const char *e, const char *more,
                            apr_pool_t *pool);
/* A base64url member of the public key: "n", "e", "x" or "y". */
const char *support_member(support_key_t which, const char *name,
                           apr_pool_t *pool);
auth0_span_t support_number(support_key_t which, const char *name,
                            apr_pool_t *pool);

/* A set of JWK texts separated by commas; the test fails if it is refused. */
const auth0_jwks_t *support_jwks(const char *members, apr_pool_t *pool);
/* All asymmetric keys of the run but the OTHER ones; kids rsa p256 p384 p521 */
const auth0_jwks_t *support_all_keys(apr_pool_t *pool);
const char *support_kid_of(const auth0_alg_t *alg);

/* A key as the core holds it; the test fails if it is refused. */
const auth0_key_t *support_key(support_key_t which, apr_pool_t *pool);

/* A token by the algorithm's name, signed with that algorithm's key. */
const char *support_token(const char *alg, const char *header,
                          const char *payload, apr_pool_t *pool);
/* The same with the header {"alg":...,"typ":"JWT","kid":...}. */
const char *support_plain(const char *alg, const char *payload,
                          apr_pool_t *pool);
/* A token of three texts whose third part is any bytes. */
const char *support_join(const char *header, const char *payload,
                         auth0_span_t signature, apr_pool_t *pool);
/* The bytes of a token's signature. */
auth0_span_t support_signature(const char *token, apr_pool_t *pool);

/* The moment at which all tests happen: 1800000000, in January 2027. */
#define SUPPORT_NOW_S 1800000000
#define SUPPORT_NOW apr_time_from_sec(SUPPORT_NOW_S)
#define SUPPORT_ISSUER "https://tenant.example.auth0.com/"
#define SUPPORT_AUDIENCE "https://api.example.com/orders"

/* A payload that passes; more is JSON before its members, such as "". */
const char *support_payload(const char *more, apr_pool_t *pool);

/* Claims of a token that a key of that name has signed; parsed, not judged. */
const auth0_claims_t *support_claims(const char *json, const char *kid,
                                     apr_pool_t *pool);

/* A policy of one issuer and one audience without leeway. */
auth0_policy_t support_policy(unsigned algs, apr_pool_t *pool);
unsigned support_algs(const char *names);

/* A source of keys that serves one set, or none, to whoever asks. */
typedef struct support_source_t {
    const auth0_jwks_t *set;
    unsigned asked;
    size_t issuer;
} support_source_t;
auth0_keys_t support_keys(support_source_t *source);

/* Verify; also holds that claims are set exactly when the answer is OK. */
auth0_reason_t support_verify(const char *token, const auth0_policy_t *policy,
                              support_source_t *source, apr_pool_t *pool);
auth0_reason_t support_verify_at(auth0_span_t token,
                                 const auth0_policy_t *policy,
                                 support_source_t *source, apr_time_t now,
                                 apr_pool_t *pool);

#endif
