/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * Time does not tell why an encrypted token could not be opened (RFC 7516
 * section 11.5, and the last of the statements tested here): Welch's t over
 * interleaved samples of the thread's own time, of which the slowest are left
 * out. A machine that is busy with something else makes noise that looks like a
 * difference, so one quiet round of several is enough; a real leak is in all.
 * What a sanitizer adds differs from path to path by itself: there, only the
 * verdicts are looked at.
 */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/pem.h>

#include "core/auth0_jwe.h"
#include "ctl/auth0_seal.h"

#define SAMPLES 1500
#define KEPT (SAMPLES * 3 / 4)
#define ROUNDS (SUPPORT_IS_SANITIZED ? 1 : 15)
#define T_MOST 4.5
#define HEADER "{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A128CBC-HS256\"}"

static const auth0_jwekey_t *key_of(EVP_PKEY *pkey, apr_pool_t *pool)
{
    auth0_jwekey_t *key;
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    assert_true(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
    long len = BIO_get_mem_data(bio, &bytes);
    assert_null(auth0_jwekey_parse(&key, auth0_span(bytes, (size_t)len),
                                   auth0_span("", 0), pool));
    BIO_free(bio);
    return key;
}

/* The policy of one key, or of two. */
static auth0_policy_t policy_for(EVP_PKEY *one, EVP_PKEY *other,
                                 apr_pool_t *pool)
{
    auth0_policy_t policy = support_policy(support_algs("RS256"), pool);
    const auth0_jwekey_t **keys = apr_pcalloc(pool, 2 * sizeof(*keys));
    keys[policy.decryption_count++] = key_of(one, pool);
    if (other != NULL) {
        keys[policy.decryption_count++] = key_of(other, pool);
    }
    policy.decryption = keys;
    return policy;
}

/* Enough for a content that is left out to be missed. */
static const char *filling(apr_pool_t *pool)
{
    return apr_pstrcat(pool, "\"x\":\"", support_repeat("x", 3000, pool), "\",",
                       NULL);
}

static const char *seal(EVP_PKEY *pkey, auth0_span_t cek, apr_pool_t *pool)
{
    auth0_sealer_t sealer = {
        pkey, "SHA256", auth0_jweenc_find(support_span("A128CBC-HS256")), cek};
    return auth0_seal(&sealer, HEADER,
                      support_span(support_plain(
                          "RS256", support_payload(filling(pool), pool), pool)),
                      pool);
}

/*
 * The token with another letter in the middle of part number at. All else stays
 * random: decoding a text of one letter would be quicker, and tell of nothing.
 */
static const char *with_letter(const char *token, size_t at, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, token);
    char *letter = copy;
    for (size_t i = 0; i < at; i++) {
        letter = strchr(letter, '.') + 1;
    }
    letter += 10;
    *letter = *letter == 'A' ? 'B' : 'A';
    return copy;
}

/* What is wrapped becomes a number that is larger than any modulus. */
static const char *with_large_key(const char *token, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, token);
    memset(strchr(copy, '.') + 1, '_', 4);
    return copy;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Microseconds until the verdict. */
static double time_one(const char *token, const auth0_policy_t *policy,
                       apr_pool_t *pool, auth0_reason_t want)
{
    auth0_compact_t compact;
    auth0_span_t jws;
    double start = now();
    auth0_reason_t reason = auth0_compact_cut(&compact, support_span(token));
    if (reason == AUTH0_OK) {
        reason = auth0_jwe_open(&jws, &compact, policy, pool);
    }
    double end = now();
    assert_int_equal(reason, want);
    apr_pool_clear(pool);
    return end - start;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct moments_t {
    double median;
    double mean;
    double variance;
} moments_t;

static moments_t moments_of(double *samples)
{
    moments_t m = {0, 0, 0};
    qsort(samples, SAMPLES, sizeof(*samples), ascending);
    m.median = samples[SAMPLES / 2];
    for (size_t i = 0; i < KEPT; i++) {
        m.mean += samples[i] / KEPT;
    }
    for (size_t i = 0; i < KEPT; i++) {
        m.variance +=
            (samples[i] - m.mean) * (samples[i] - m.mean) / (KEPT - 1);
    }
    return m;
}

static double welch(moments_t a, moments_t b)
{
    return (a.mean - b.mean) / sqrt((a.variance + b.variance) / KEPT);
}

/* Two tokens that must take the same time to the same verdict. */
typedef struct pair_t {
    const char *tokens[2];
    const auth0_policy_t *policy;
    auth0_reason_t want;
} pair_t;

/* Which of the two comes first is drawn, so that no rhythm is theirs alone. */
static double round_of(const pair_t *pair, apr_pool_t *scratch)
{
    static double samples[2][SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t first = (size_t)random() & 1;
        for (size_t n = 0; n < 2; n++) {
            size_t which = first ^ n;
            samples[which][i] = time_one(pair->tokens[which], pair->policy,
                                         scratch, pair->want);
        }
    }
    moments_t a = moments_of(samples[0]);
    moments_t b = moments_of(samples[1]);
    double t = welch(a, b);
    print_message("medians %.1f and %.1f microseconds, t = %.2f\n", a.median,
                  b.median, t);
    return fabs(t);
}

static void hold_alike(const pair_t *pair, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    double least = HUGE_VAL;
    assert_int_equal(apr_pool_create(&scratch, pool), APR_SUCCESS);
    for (int i = 0; i < ROUNDS && least >= T_MOST; i++) {
        double t = round_of(pair, scratch);
        least = t < least ? t : least;
    }
    assert_true(SUPPORT_IS_SANITIZED || least < T_MOST);
}

static auth0_span_t any_cek(void)
{
    return auth0_span(NULL, 0);
}

/* 63: padding, the key's length, and a number out of range against the tag. */
static void time_does_not_tell_what_was_wrong(void **state)
{
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA_OTHER);
    auth0_policy_t policy = policy_for(pkey, NULL, *state);
    const char *good = seal(pkey, any_cek(), *state);
    const char *tag = with_letter(good, 4, *state);
    const char *padding = with_letter(good, 1, *state);
    const char *length =
        seal(pkey, support_span("0123456789abcdef0123456789abcde"), *state);
    hold_alike(&(pair_t){{padding, tag}, &policy, AUTH0_DECRYPT_FAILED},
               *state);
    const char *large = with_large_key(good, *state);
    hold_alike(&(pair_t){{length, tag}, &policy, AUTH0_DECRYPT_FAILED}, *state);
    hold_alike(&(pair_t){{large, tag}, &policy, AUTH0_DECRYPT_FAILED}, *state);
}

/* Nor which of two keys it was that opened a token. */
static void time_does_not_tell_the_key(void **state)
{
    EVP_PKEY *one = support_pkey(SUPPORT_RSA_OTHER);
    EVP_PKEY *other = support_pkey(SUPPORT_RSA);
    auth0_policy_t policy = policy_for(one, other, *state);
    hold_alike(&(pair_t){{seal(one, any_cek(), *state),
                          seal(other, any_cek(), *state)},
                         &policy,
                         AUTH0_OK},
               *state);
}

/* A figure to know; nothing depends on it. */
static void one_unwrapping_takes(void **state)
{
    EVP_PKEY *pkey = support_pkey(SUPPORT_RSA_OTHER);
    auth0_policy_t policy = policy_for(pkey, NULL, *state);
    const char *good = seal(pkey, any_cek(), *state);
    apr_pool_t *scratch;
    static double samples[SAMPLES];
    assert_int_equal(apr_pool_create(&scratch, *state), APR_SUCCESS);
    for (size_t i = 0; i < SAMPLES; i++) {
        samples[i] = time_one(good, &policy, scratch, AUTH0_OK);
    }
    print_message("one token is opened in %.1f microseconds (RSA-2048)\n",
                  moments_of(samples).median);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(one_unwrapping_takes),
        SUPPORT_TEST(time_does_not_tell_what_was_wrong),
        SUPPORT_TEST(time_does_not_tell_the_key),
    };
    return SUPPORT_RUN(tests);
}
