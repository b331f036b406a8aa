/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_jwk.h"

#include <apr_strings.h>
#include <cjose/cjose.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>

#include "core/auth0_b64.h"
#include "core/auth0_count.h"
#include "core/auth0_errqueue.h"
#include "core/auth0_jose.h"
#include "core/auth0_roca.h"

/* RFC 7517 section 4.3 has eight; each is compared with all before it. */
#define KEY_OPS_MAX 16

struct auth0_key_t {
    auth0_kty_t kty;
    const char *curve;
    size_t bytes;
    auth0_span_t kid;
    auth0_span_t secret;
    const char *material;
    cjose_jwk_t *handle;
};

typedef struct curve_t {
    const char *name;
    size_t coordinate_bytes;
} curve_t;

static const curve_t curves[] = {{"P-256", 32}, {"P-384", 48}, {"P-521", 66}};

static const curve_t *curve_find(auth0_span_t name)
{
    for (size_t i = 0; i < AUTH0_COUNT(curves); i++) {
        if (auth0_span_is(name, curves[i].name)) {
            return &curves[i];
        }
    }
    return NULL;
}

static const char *const private_members[] = {"d",  "p",   "q", "dp", "dq",
                                              "qi", "oth", "k", NULL};

static const char *read_use(const auth0_json_t *jwk)
{
    const auth0_json_t *use = auth0_json_member(jwk, "use");
    auth0_span_t value;

    if (use &&
        (!auth0_json_string(&value, use) || !auth0_span_is(value, "sig"))) {
        return "its use is not sig";
    }
    return NULL;
}

/* NULL for an end: anywhere. */
static bool stands_before(const auth0_json_t *ops, const auth0_json_t *end,
                          auth0_span_t wanted)
{
    const auth0_json_t *op = NULL;
    auth0_span_t word;

    while ((op = auth0_json_next(ops, op)) != end) {
        if (auth0_json_string(&word, op) && auth0_span_eq(word, wanted)) {
            return true;
        }
    }
    return false;
}

/* RFC 7517 section 4.3: strings, none of them twice. */
static const char *read_key_ops(const auth0_json_t *jwk)
{
    const auth0_json_t *ops = auth0_json_member(jwk, "key_ops");
    const auth0_json_t *op = NULL;
    auth0_span_t word;
    size_t len;

    if (!ops) {
        return NULL;
    }
    if (!auth0_json_array(&len, ops)) {
        return "its key_ops is not an array";
    }
    if (len > KEY_OPS_MAX) {
        return "its key_ops has more than 16 words";
    }
    while ((op = auth0_json_next(ops, op))) {
        if (!auth0_json_string(&word, op) || stands_before(ops, op, word)) {
            return "its key_ops is not a list of different words";
        }
    }
    return stands_before(ops, NULL, auth0_span_cstr("verify"))
               ? NULL
               : "its key_ops lacks verify";
}

static const char *read_kid(auth0_key_t *key, const auth0_json_t *jwk,
                            apr_pool_t *pool)
{
    auth0_span_t kid;

    if (!auth0_jose_kid(&kid, jwk)) {
        return "its kid is not a string of at most 256 bytes";
    }
    key->kid = auth0_span(apr_pstrmemdup(pool, kid.ptr, kid.len), kid.len);
    return NULL;
}

/*
 * Auth0 sets a JWK's alg per tenant and not per API, so an RSA key serves all
 * RS* and PS* algorithms; the policy decides which.
 */
static const char *check_alg(const auth0_key_t *key, const auth0_json_t *jwk)
{
    const auth0_json_t *member = auth0_json_member(jwk, "alg");
    auth0_span_t name;

    if (!member) {
        return NULL;
    }
    const auth0_alg_t *alg =
        auth0_json_string(&name, member) ? auth0_alg_find(name) : NULL;

    return alg && auth0_key_fits(key, alg)
               ? NULL
               : "its alg is no signature algorithm for such a key";
}

/* A number as RFC 7518 section 6.3.1.1 has it: no leading zero octet. */
static const char *read_number(const char **text, BIGNUM **number,
                               const auth0_json_t *member, apr_pool_t *pool)
{
    auth0_span_t value;
    auth0_span_t bytes;

    if (!auth0_json_string(&value, member) || value.len > 2048 ||
        !auth0_b64url_decode(&bytes, value, pool)) {
        return "a number of it is not base64url, or far too long";
    }
    if (bytes.len == 0 || bytes.ptr[0] == '\0') {
        return "a number of it is empty or begins with a zero octet";
    }
    *text = apr_pstrmemdup(pool, value.ptr, value.len);
    *number = BN_bin2bn((const unsigned char *)bytes.ptr, (int)bytes.len, NULL);
    return *number ? NULL : "a number of it cannot be read";
}

static const char *check_modulus(const BIGNUM *n)
{
    int bits = BN_num_bits(n);

    if (bits < 2048 || bits > 8192) {
        return "its modulus has not 2048 to 8192 bits";
    }
    if (!BN_is_odd(n)) {
        return "its modulus is even";
    }
    return auth0_roca_fingerprint(n)
               ? "its modulus bears the ROCA fingerprint (CVE-2017-15361)"
               : NULL;
}

static const char *check_exponent(const BIGNUM *e)
{
    if (!BN_is_odd(e) || BN_num_bits(e) > 32 || BN_get_word(e) < 65537) {
        return "its exponent is not an odd number from 65537 to 2^32";
    }
    return NULL;
}

static const char *read_rsa_numbers(auth0_key_t *key, const char *texts[2],
                                    BIGNUM *numbers[2], const auth0_json_t *jwk,
                                    apr_pool_t *pool)
{
    static const char *const names[] = {"n", "e"};
    const char *why = NULL;

    for (size_t i = 0; i < 2 && !why; i++) {
        why = read_number(&texts[i], &numbers[i],
                          auth0_json_member(jwk, names[i]), pool);
    }
    why = why ? why : check_modulus(numbers[0]);
    why = why ? why : check_exponent(numbers[1]);
    if (!why) {
        key->bytes = (size_t)BN_num_bytes(numbers[0]);
    }
    return why;
}

static const char *read_rsa(auth0_key_t *key, const auth0_json_t *jwk,
                            apr_pool_t *pool)
{
    const char *texts[2] = {NULL, NULL};
    BIGNUM *numbers[2] = {NULL, NULL};
    const char *why = read_rsa_numbers(key, texts, numbers, jwk, pool);

    BN_free(numbers[0]);
    BN_free(numbers[1]);
    if (!why) {
        key->material =
            apr_psprintf(pool, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}",
                         texts[0], texts[1]);
    }
    return why;
}

static bool read_coordinate(const char **text, size_t bytes,
                            const auth0_json_t *member, apr_pool_t *pool)
{
    auth0_span_t value;

    if (!auth0_json_string(&value, member) || !auth0_b64url_valid(value) ||
        auth0_b64url_decoded_len(value) != bytes) {
        return false;
    }
    *text = apr_pstrmemdup(pool, value.ptr, value.len);
    return true;
}

static const char *read_ec(auth0_key_t *key, const auth0_json_t *jwk,
                           apr_pool_t *pool)
{
    const curve_t *curve;
    auth0_span_t name;
    const char *x;
    const char *y;

    if (!auth0_json_string(&name, auth0_json_member(jwk, "crv")) ||
        !(curve = curve_find(name))) {
        return "its curve is none of P-256, P-384 and P-521";
    }
    size_t bytes = curve->coordinate_bytes;

    if (!read_coordinate(&x, bytes, auth0_json_member(jwk, "x"), pool) ||
        !read_coordinate(&y, bytes, auth0_json_member(jwk, "y"), pool)) {
        return "a coordinate of it has not the curve's length";
    }
    key->curve = curve->name;
    key->bytes = bytes;
    key->material = apr_psprintf(
        pool, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}",
        curve->name, x, y);
    return NULL;
}

typedef struct reader_t {
    const char *kty;
    auth0_kty_t type;
    const char *(*read)(auth0_key_t *, const auth0_json_t *, apr_pool_t *);
} reader_t;

static const reader_t readers[] = {{"RSA", AUTH0_KTY_RSA, read_rsa},
                                   {"EC", AUTH0_KTY_EC, read_ec}};

static const reader_t *reader_find(const auth0_json_t *jwk)
{
    auth0_span_t kty;

    if (!auth0_json_string(&kty, auth0_json_member(jwk, "kty"))) {
        return NULL;
    }
    for (size_t i = 0; i < AUTH0_COUNT(readers); i++) {
        if (auth0_span_is(kty, readers[i].kty)) {
            return &readers[i];
        }
    }
    return NULL;
}

static apr_status_t release(void *handle)
{
    cjose_jwk_release(handle);
    return APR_SUCCESS;
}

/* cjose sees our own text of the checked material, never the document's. */
static const char *make_handle(auth0_key_t *key, apr_pool_t *pool)
{
    auth0_span_t text = auth0_span_cstr(key->material);
    auth0_errqueue_t *kept = auth0_errqueue_take(pool);
    cjose_err err;

    key->handle = cjose_jwk_import(text.ptr, text.len, &err);
    auth0_errqueue_restore(kept);
    if (!key->handle) {
        return "its point is not on the curve, or memory is short";
    }
    apr_pool_cleanup_register(pool, key->handle, release,
                              apr_pool_cleanup_null);
    return NULL;
}

static const char *read_public(auth0_key_t *key, const auth0_json_t *jwk,
                               apr_pool_t *pool)
{
    const reader_t *reader = reader_find(jwk);

    if (!reader) {
        return "its kty is neither RSA nor EC";
    }
    key->kty = reader->type;
    const char *why = read_use(jwk);

    why = why ? why : read_key_ops(jwk);
    why = why ? why : read_kid(key, jwk, pool);
    why = why ? why : reader->read(key, jwk, pool);
    why = why ? why : check_alg(key, jwk);
    return why ? why : make_handle(key, pool);
}

auth0_jwk_verdict_t auth0_jwk_parse(auth0_key_t **key, const auth0_json_t *jwk,
                                    const char **why, apr_pool_t *pool)
{
    auth0_key_t *made = apr_pcalloc(pool, sizeof(*made));
    auth0_span_t kty;

    *key = NULL;
    *why = "it is symmetric or private, and was published";
    if (auth0_jose_has_any(jwk, private_members) ||
        (auth0_json_string(&kty, auth0_json_member(jwk, "kty")) &&
         auth0_span_is(kty, "oct"))) {
        return AUTH0_JWK_SECRET;
    }
    *why = read_public(made, jwk, pool);
    if (*why) {
        return AUTH0_JWK_UNUSABLE;
    }
    *key = made;
    return AUTH0_JWK_USABLE;
}

static apr_status_t wipe(void *data)
{
    auth0_key_t *key = data;

    OPENSSL_cleanse((void *)key->secret.ptr, key->secret.len);
    return APR_SUCCESS;
}

auth0_key_t *auth0_key_from_secret(auth0_span_t secret, apr_pool_t *pool)
{
    auth0_key_t *key = apr_pcalloc(pool, sizeof(*key));

    key->kty = AUTH0_KTY_OCT;
    key->bytes = secret.len;
    key->kid = auth0_span("", 0);
    key->secret =
        auth0_span(apr_pmemdup(pool, secret.ptr, secret.len), secret.len);
    apr_pool_cleanup_register(pool, key, wipe, apr_pool_cleanup_null);
    return key;
}

bool auth0_key_fits(const auth0_key_t *key, const auth0_alg_t *alg)
{
    if (key->kty != alg->kty || key->bytes < alg->min_key_bytes) {
        return false;
    }
    return !alg->curve ||
           auth0_span_is(auth0_span_cstr(key->curve), alg->curve);
}

bool auth0_key_same(const auth0_key_t *a, const auth0_key_t *b)
{
    return auth0_span_eq(auth0_span_cstr(a->material),
                         auth0_span_cstr(b->material)) &&
           auth0_span_eq(a->secret, b->secret);
}

auth0_span_t auth0_key_kid(const auth0_key_t *key)
{
    return key->kid;
}

size_t auth0_key_signature_len(const auth0_key_t *key, const auth0_alg_t *alg)
{
    return alg->signature_len ? alg->signature_len : key->bytes;
}

auth0_span_t auth0_key_secret(const auth0_key_t *key)
{
    return key->secret;
}

const cjose_jwk_t *auth0_key_handle(const auth0_key_t *key)
{
    return key->handle;
}
