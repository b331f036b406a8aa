/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/auth0_b64.h"
#include "core/auth0_jws.h"

#define ALL (auth0_alg_asymmetric() | auth0_alg_symmetric())

/* The key of an algorithm as the core holds it. */
static const auth0_key_t *key_of(const auth0_alg_t *alg, apr_pool_t *pool)
{
    if (alg->kty == AUTH0_KTY_OCT) {
        return auth0_key_from_secret(support_span(support_secret), pool);
    }
    return support_key(support_key_of(alg), pool);
}

static auth0_reason_t open_with(const char *token, const auth0_key_t *key,
                                apr_pool_t *pool)
{
    auth0_span_t payload = support_span("poison");
    auth0_jws_t *jws;
    auth0_policy_t policy = {.algs = ALL};
    auth0_reason_t reason = auth0_jws_parse(
        &jws, support_copy(support_span(token), pool), &policy, pool);
    if (reason != AUTH0_OK) {
        return reason;
    }
    reason = auth0_jws_open(&payload, jws, key, pool);
    assert_false(auth0_span_is(payload, "poison"));
    assert_true(reason == AUTH0_OK || payload.len == 0);
    return reason;
}

static const char *header_of(const char *alg, apr_pool_t *pool)
{
    return apr_psprintf(pool, "{\"alg\":\"%s\"}", alg);
}

static void all_algorithms_verify(void **state)
{
    unsigned count = 0;
    for (; auth0_alg_at(count) != NULL; count++) {
        const auth0_alg_t *alg = auth0_alg_at(count);
        const char *token = support_token(
            alg->name, header_of(alg->name, *state), "{\"a\":1}", *state);
        auth0_policy_t policy = {.algs = alg->bit};
        auth0_jws_t *jws;
        auth0_span_t payload;
        assert_int_equal(
            auth0_jws_parse(&jws, support_span(token), &policy, *state),
            AUTH0_OK);
        assert_int_equal(
            auth0_jws_open(&payload, jws, key_of(alg, *state), *state),
            AUTH0_OK);
        assert_true(auth0_span_is(payload, "{\"a\":1}"));
    }
    assert_int_equal(count, 12);
}

/* Looked at before or not, the payload is handed out only when it may be. */
static auth0_reason_t open_object(const char *token, bool is_looked_at,
                                  apr_pool_t *pool)
{
    static char poison;
    const auth0_json_t *object = (const auth0_json_t *)(void *)&poison;
    auth0_policy_t policy = {.algs = ALL};
    auth0_span_t issuer;
    auth0_jws_t *jws;
    assert_int_equal(auth0_jws_parse(&jws, support_span(token), &policy, pool),
                     AUTH0_OK);
    if (is_looked_at) {
        (void)!auth0_jws_peek_issuer(&issuer, jws, pool);
    }
    auth0_reason_t reason = auth0_jws_open_object(
        &object, jws, support_key(SUPPORT_P256, pool), pool);
    if (reason != AUTH0_OK) {
        assert_null(object);
        return reason;
    }
    assert_true(auth0_json_string(&issuer, auth0_json_member(object, "iss")));
    assert_true(auth0_span_is(issuer, "a"));
    return reason;
}

static void an_object_is_handed_out_once_the_signature_holds(void **state)
{
    const char *header = header_of("ES256", *state);
    const char *good =
        support_token("ES256", header, "{\"iss\":\"a\"}", *state);
    const char *text = support_token("ES256", header, "iss", *state);
    char *forged = apr_pstrdup(*state, good);
    char *byte = strrchr(forged, '.') + 4;
    *byte = *byte == 'A' ? 'B' : 'A';
    for (int looked_at = 0; looked_at < 2; looked_at++) {
        assert_int_equal(open_object(good, looked_at, *state), AUTH0_OK);
        assert_int_equal(open_object(forged, looked_at, *state),
                         AUTH0_SIGNATURE_INVALID);
        assert_int_equal(open_object(text, looked_at, *state),
                         AUTH0_CLAIMS_MALFORMED);
    }
}

#define JOE                                                                    \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"   \
    "NvbS9pc19yb290Ijp0cnVlfQ"

typedef struct example_row_t {
    const char *name;
    const char *token;
    const char *jwk;
} example_row_t;

/* RFC 7515 appendix A, made by other people's software. */
static const example_row_t examples[] = {
    {"A.2 RS256",
     "eyJhbGciOiJSUzI1NiJ9." JOE
     ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuH"
     "Im4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB"
     "--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383"
     "LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYE"
     "UipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
     "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
     "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4"
     "qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2j"
     "Z47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7W"
     "TBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK"
     "-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}"},
    {"A.3 ES256",
     "eyJhbGciOiJFUzI1NiJ9." JOE
     ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQx"
     "fKTUJqPP3-Kg6NU1Q",
     "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
     "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\""
     "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"},
    {"A.4 ES512",
     "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
     "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI"
     "-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO"
     "7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
     "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\""
     "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSf"
     "S9tsz4qUxcWceqwQGk\",\"y\":\""
     "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZM"
     "aZmh9ubmf63e3kyMj2\"}"},
};

static void the_examples_of_rfc_7515_verify(void **state)
{
    static const char *const a1 =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." JOE
        ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    static const char *const a1_key =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4h"
        "cgUuTwjAzZr1Z9CAow";
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(examples); i++) {
        const auth0_jwks_t *set = support_jwks(examples[i].jwk, *state);
        const auth0_key_t *key = NULL;
        auth0_policy_t policy = {.algs = ALL};
        auth0_jws_t *jws;
        assert_int_equal(auth0_jws_parse(&jws, support_span(examples[i].token),
                                         &policy, *state),
                         AUTH0_OK);
        assert_int_equal(
            auth0_jwks_find(&key, set, auth0_jws_kid(jws), auth0_jws_alg(jws)),
            AUTH0_OK);
        bad +=
            support_reason(examples[i].name,
                           open_with(examples[i].token, key, *state), AUTH0_OK);
    }
    auth0_span_t secret;
    assert_true(auth0_b64url_decode(&secret, support_span(a1_key), *state));
    bad += support_reason(
        "A.1 HS256",
        open_with(a1, auth0_key_from_secret(secret, *state), *state), AUTH0_OK);
    assert_int_equal(bad, 0);
}

static void any_payload_can_be_signed(void **state)
{
    static const char *const payloads[] = {"", "a", "not JSON", "\xff\xfe"};
    for (size_t i = 0; i < COUNT(payloads); i++) {
        const char *token =
            support_token("RS256", "{\"alg\":\"RS256\"}", payloads[i], *state);
        assert_int_equal(
            open_with(token, support_key(SUPPORT_RSA, *state), *state),
            AUTH0_OK);
    }
}

/* The token with len bytes of its signature from offset, filled up by zero. */
static const char *resized(const char *token, long offset, size_t len,
                           apr_pool_t *pool)
{
    auth0_span_t signature = support_signature(token, pool);
    char *bytes = apr_pcalloc(pool, len + 1);
    for (size_t i = 0; i < len; i++) {
        long from = (long)i + offset;
        if (from >= 0 && (size_t)from < signature.len) {
            bytes[i] = signature.ptr[from];
        }
    }
    size_t head = (size_t)(strrchr(token, '.') - token) + 1;
    return apr_pstrcat(pool, support_string(auth0_span(token, head), pool),
                       auth0_b64url_encode(auth0_span(bytes, len), pool), NULL);
}

static void a_signature_has_exactly_its_length(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; auth0_alg_at(i) != NULL; i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        const auth0_key_t *key = key_of(alg, *state);
        size_t len = auth0_key_signature_len(key, alg);
        const char *token = support_token(
            alg->name, header_of(alg->name, *state), "{}", *state);
        const struct {
            long offset;
            size_t len;
        } rows[] = {{0, 0},          {0, 1},       {0, len / 2},  {0, len - 1},
                    {1, len - 1},    {0, len + 1}, {-1, len + 1}, {0, len + 16},
                    {-16, len + 16}, {0, 2 * len}};
        for (size_t r = 0; r < COUNT(rows); r++) {
            const char *name =
                apr_psprintf(*state, "%s %d bytes from %ld", alg->name,
                             (int)rows[r].len, rows[r].offset);
            const char *changed =
                resized(token, rows[r].offset, rows[r].len, *state);
            bad += support_reason(name, open_with(changed, key, *state),
                                  AUTH0_SIGNATURE_LENGTH);
        }
        bad += support_reason(
            alg->name, open_with(resized(token, 0, len, *state), key, *state),
            AUTH0_OK);
    }
    assert_int_equal(bad, 0);
}

/* A signature that begins with a zero octet, which some readers strip. */
static const char *token_with_leading_zero(const char *alg, apr_pool_t *pool)
{
    for (unsigned i = 0; i < 20000; i++) {
        const char *token =
            support_token(alg, header_of(alg, pool),
                          apr_psprintf(pool, "{\"jti\":\"%u\"}", i), pool);
        if (support_signature(token, pool).ptr[0] == '\0') {
            return token;
        }
    }
    fail_msg("no signature begins with a zero octet");
    return NULL;
}

static void leading_zero_octets_belong_to_the_signature(void **state)
{
    static const char *const algs[] = {"RS256", "PS256"};
    const auth0_key_t *key = support_key(SUPPORT_RSA, *state);
    for (size_t i = 0; i < COUNT(algs); i++) {
        const char *token = token_with_leading_zero(algs[i], *state);
        assert_int_equal(open_with(token, key, *state), AUTH0_OK);
        assert_int_equal(open_with(resized(token, 1, 255, *state), key, *state),
                         AUTH0_SIGNATURE_LENGTH);
        assert_int_equal(
            open_with(resized(token, -1, 257, *state), key, *state),
            AUTH0_SIGNATURE_LENGTH);
    }
}

static const char *signed_text(const char *header, apr_pool_t *pool)
{
    return apr_pstrcat(pool, support_b64(header, pool), ".",
                       support_b64("{}", pool), NULL);
}

/* As EVP makes them: for EC keys that is DER. */
static const char *signed_by_evp(support_key_t which, const char *md,
                                 const char *header, apr_pool_t *pool)
{
    const char *text = signed_text(header, pool);
    unsigned char bytes[512];
    size_t len = sizeof(bytes);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, md, NULL, NULL,
                                           support_pkey(which), NULL),
                     1);
    assert_int_equal(EVP_DigestSign(ctx, bytes, &len,
                                    (const unsigned char *)text, strlen(text)),
                     1);
    EVP_MD_CTX_free(ctx);
    return support_join(header, "{}", auth0_span((const char *)bytes, len),
                        pool);
}

static void der_is_no_jose_signature(void **state)
{
    static const struct {
        support_key_t key;
        const char *md;
        const char *alg;
    } rows[] = {{SUPPORT_P256, "SHA256", "ES256"},
                {SUPPORT_P384, "SHA384", "ES384"},
                {SUPPORT_P521, "SHA512", "ES512"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *token = signed_by_evp(
            rows[i].key, rows[i].md, header_of(rows[i].alg, *state), *state);
        assert_int_equal(
            open_with(token, support_key(rows[i].key, *state), *state),
            AUTH0_SIGNATURE_LENGTH);
    }
}

static void another_hash_is_another_signature(void **state)
{
    const auth0_key_t *key = support_key(SUPPORT_RSA, *state);
    static const char *const hashes[] = {"SHA1",   "SHA224", "SHA384",
                                         "SHA512", "MD5",    "SHA3-256"};
    for (size_t i = 0; i < COUNT(hashes); i++) {
        const char *token = signed_by_evp(SUPPORT_RSA, hashes[i],
                                          "{\"alg\":\"RS256\"}", *state);
        assert_int_equal(open_with(token, key, *state),
                         AUTH0_SIGNATURE_INVALID);
    }
}

typedef struct salt_row_t {
    const char *name;
    int salt;
    const char *mgf1;
    auth0_reason_t want;
} salt_row_t;

/* RFC 7518 section 3.5: the salt is as long as the hash, MGF1 has its hash. */
static const salt_row_t salt_rows[] = {
    {"as RFC 7518 has it", 32, "SHA256", AUTH0_OK},
    {"no salt", 0, "SHA256", AUTH0_SIGNATURE_INVALID},
    {"one byte", 1, "SHA256", AUTH0_SIGNATURE_INVALID},
    {"as SHA-1 would have", 20, "SHA256", AUTH0_SIGNATURE_INVALID},
    {"one less", 31, "SHA256", AUTH0_SIGNATURE_INVALID},
    {"one more", 33, "SHA256", AUTH0_SIGNATURE_INVALID},
    {"as SHA-512 would have", 64, "SHA256", AUTH0_SIGNATURE_INVALID},
    {"as long as can be", 222, "SHA256", AUTH0_SIGNATURE_INVALID},
    {"MGF1 with SHA-1", 32, "SHA1", AUTH0_SIGNATURE_INVALID},
    {"MGF1 with SHA-512", 32, "SHA512", AUTH0_SIGNATURE_INVALID},
};

static const char *signed_with_salt(const salt_row_t *row, apr_pool_t *pool)
{
    const char *header = "{\"alg\":\"PS256\"}";
    const char *text = signed_text(header, pool);
    unsigned char bytes[256];
    size_t len = sizeof(bytes);
    EVP_PKEY_CTX *rsa;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit_ex(ctx, &rsa, "SHA256", NULL, NULL,
                                           support_pkey(SUPPORT_RSA), NULL),
                     1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_PSS_PADDING),
                     1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(rsa, row->salt), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md_name(rsa, row->mgf1, NULL),
                     1);
    assert_int_equal(EVP_DigestSign(ctx, bytes, &len,
                                    (const unsigned char *)text, strlen(text)),
                     1);
    EVP_MD_CTX_free(ctx);
    return support_join(header, "{}", auth0_span((const char *)bytes, len),
                        pool);
}

static void a_pss_salt_is_as_long_as_the_hash(void **state)
{
    const auth0_key_t *key = support_key(SUPPORT_RSA, *state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(salt_rows); i++) {
        const char *token = signed_with_salt(&salt_rows[i], *state);
        bad += support_reason(salt_rows[i].name, open_with(token, key, *state),
                              salt_rows[i].want);
    }
    assert_int_equal(bad, 0);
}

typedef enum half_t { HALF_GOOD, HALF_ZERO, HALF_ONES, HALF_ORDER } half_t;

static void fill_half(unsigned char *bytes, size_t len, half_t what,
                      support_key_t key)
{
    BIGNUM *order = NULL;
    switch (what) {
    case HALF_GOOD:
        break;
    case HALF_ZERO:
        memset(bytes, 0, len);
        break;
    case HALF_ONES:
        memset(bytes, 0xff, len);
        break;
    case HALF_ORDER:
        assert_true(EVP_PKEY_get_bn_param(support_pkey(key),
                                          OSSL_PKEY_PARAM_EC_ORDER, &order));
        assert_int_equal(BN_bn2binpad(order, bytes, (int)len), (int)len);
        BN_free(order);
        break;
    default:
        fail();
    }
}

/* CVE-2022-21449 and kin: r and s must be from 1 to the order less one. */
static void r_and_s_are_in_range(void **state)
{
    static const char *const algs[] = {"ES256", "ES384", "ES512"};
    unsigned bad = 0;
    for (size_t a = 0; a < COUNT(algs); a++) {
        const auth0_alg_t *alg = auth0_alg_find(support_span(algs[a]));
        const char *token =
            support_token(algs[a], header_of(algs[a], *state), "{}", *state);
        size_t half = alg->signature_len / 2;
        for (unsigned k = 1; k < 16; k++) {
            auth0_span_t good = support_signature(token, *state);
            unsigned char *bytes = apr_pmemdup(*state, good.ptr, good.len);
            fill_half(bytes, half, (half_t)(k % 4), support_key_of(alg));
            fill_half(bytes + half, half, (half_t)(k / 4), support_key_of(alg));
            const char *forged =
                support_join(header_of(algs[a], *state), "{}",
                             auth0_span((const char *)bytes, good.len), *state);
            bad +=
                support_reason(apr_psprintf(*state, "%s kind %u", algs[a], k),
                               open_with(forged, key_of(alg, *state), *state),
                               AUTH0_SIGNATURE_INVALID);
        }
    }
    assert_int_equal(bad, 0);
}

/* Sign by one algorithm and claim another, over all pairs. */
static void an_algorithm_cannot_be_claimed(void **state)
{
    unsigned bad = 0;
    for (size_t by = 0; auth0_alg_at(by) != NULL; by++) {
        const auth0_alg_t *made = auth0_alg_at(by);
        for (size_t as = 0; auth0_alg_at(as) != NULL; as++) {
            const auth0_alg_t *said = auth0_alg_at(as);
            const auth0_key_t *key = key_of(made, *state);
            const char *token = support_token(
                made->name, header_of(said->name, *state), "{}", *state);
            bool same_len = auth0_key_signature_len(key, made) ==
                            auth0_key_signature_len(key, said);
            auth0_reason_t want = by == as ? AUTH0_OK
                                  : !auth0_key_fits(key, said)
                                      ? AUTH0_KEY_UNUSABLE
                                  : same_len ? AUTH0_SIGNATURE_INVALID
                                             : AUTH0_SIGNATURE_LENGTH;
            bad += support_reason(
                apr_pstrcat(*state, made->name, " as ", said->name, NULL),
                open_with(token, key, *state), want);
        }
    }
    assert_int_equal(bad, 0);
}

static void another_key_does_not_verify(void **state)
{
    static const struct {
        const char *alg;
        support_key_t other;
    } rows[] = {{"RS256", SUPPORT_RSA_OTHER},
                {"PS256", SUPPORT_RSA_OTHER},
                {"ES256", SUPPORT_P256_OTHER}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *token = support_token(
            rows[i].alg, header_of(rows[i].alg, *state), "{}", *state);
        assert_int_equal(
            open_with(token, support_key(rows[i].other, *state), *state),
            AUTH0_SIGNATURE_INVALID);
    }
    char *secret = apr_pstrdup(*state, support_secret);
    secret[63] ^= 1;
    const char *token =
        support_token("HS256", header_of("HS256", *state), "{}", *state);
    assert_int_equal(
        open_with(token, auth0_key_from_secret(support_span(secret), *state),
                  *state),
        AUTH0_SIGNATURE_INVALID);
}

static void a_signature_covers_header_and_payload(void **state)
{
    static const char *const algs[] = {"RS256", "PS384", "ES512", "HS256"};
    for (size_t i = 0; i < COUNT(algs); i++) {
        const char *header = header_of(algs[i], *state);
        const char *token = support_token(algs[i], header, "{}", *state);
        auth0_span_t signature = support_signature(token, *state);
        const auth0_key_t *key =
            key_of(auth0_alg_find(support_span(algs[i])), *state);
        const char *spaced = apr_pstrcat(*state, header, " ", NULL);
        assert_int_equal(
            open_with(support_join(header, "{ }", signature, *state), key,
                      *state),
            AUTH0_SIGNATURE_INVALID);
        assert_int_equal(
            open_with(support_join(spaced, "{}", signature, *state), key,
                      *state),
            AUTH0_SIGNATURE_INVALID);
    }
}

static const char *public_pem(apr_pool_t *pool)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    assert_int_equal(PEM_write_bio_PUBKEY(bio, support_pkey(SUPPORT_RSA)), 1);
    long len = BIO_get_mem_data(bio, &text);
    const char *pem = apr_pstrmemdup(pool, text, (size_t)len);
    BIO_free(bio);
    return pem;
}

/* CVE-2015-9235 and kin: what is public signs as a secret. */
static void a_public_key_is_no_secret(void **state)
{
    const char *pem = public_pem(*state);
    const auth0_span_t secrets[] = {
        support_span(pem),
        auth0_span(pem, strlen(pem) - 1),
        support_number(SUPPORT_RSA, "n", *state),
        support_span(support_member(SUPPORT_RSA, "n", *state)),
        support_span(support_jwk(SUPPORT_RSA, "rsa", "", *state)),
        support_span(""),
        auth0_span(apr_pcalloc(*state, 256), 256),
    };
    const auth0_alg_t *hs256 = auth0_alg_find(support_span("HS256"));
    for (size_t i = 0; i < COUNT(secrets); i++) {
        auth0_signer_t signer = {NULL, secrets[i]};
        const char *token =
            auth0_sign(&signer, hs256, "{\"alg\":\"HS256\",\"kid\":\"rsa\"}",
                       support_payload("", *state), *state);
        if (token == NULL) {
            assert_int_equal(secrets[i].len, 0);
            continue;
        }
        assert_int_equal(
            open_with(token, support_key(SUPPORT_RSA, *state), *state),
            AUTH0_KEY_UNUSABLE);
        assert_int_equal(
            open_with(token, support_key(SUPPORT_P256, *state), *state),
            AUTH0_KEY_UNUSABLE);
        assert_int_equal(open_with(token, key_of(hs256, *state), *state),
                         AUTH0_SIGNATURE_INVALID);
    }
}

static void the_error_queue_is_left_as_found(void **state)
{
    for (size_t i = 0; auth0_alg_at(i) != NULL; i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        const auth0_key_t *key = key_of(alg, *state);
        size_t len = auth0_key_signature_len(key, alg);
        const char *header = header_of(alg->name, *state);
        const char *zero = apr_pcalloc(*state, len);
        const char *rows[] = {
            support_token(alg->name, header, "{}", *state),
            support_join(header, "{}", auth0_span(zero, len), *state),
            support_join(header, "{}", auth0_span(zero, len - 1), *state),
        };
        for (size_t r = 0; r < COUNT(rows); r++) {
            ERR_clear_error();
            (void)open_with(rows[r], key, *state);
            assert_int_equal(ERR_peek_error(), 0);
            ERR_raise_data(ERR_LIB_USER, 42, "mine");
            (void)open_with(rows[r], key, *state);
            assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
            assert_int_equal(ERR_get_error(), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(all_algorithms_verify),
        SUPPORT_TEST(an_object_is_handed_out_once_the_signature_holds),
        SUPPORT_TEST(the_examples_of_rfc_7515_verify),
        SUPPORT_TEST(any_payload_can_be_signed),
        SUPPORT_TEST(a_signature_has_exactly_its_length),
        SUPPORT_TEST(leading_zero_octets_belong_to_the_signature),
        SUPPORT_TEST(der_is_no_jose_signature),
        SUPPORT_TEST(another_hash_is_another_signature),
        SUPPORT_TEST(a_pss_salt_is_as_long_as_the_hash),
        SUPPORT_TEST(r_and_s_are_in_range),
        SUPPORT_TEST(an_algorithm_cannot_be_claimed),
        SUPPORT_TEST(another_key_does_not_verify),
        SUPPORT_TEST(a_signature_covers_header_and_payload),
        SUPPORT_TEST(a_public_key_is_no_secret),
        SUPPORT_TEST(the_error_queue_is_left_as_found),
    };
    return SUPPORT_RUN(tests);
}
