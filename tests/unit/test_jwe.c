/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "core/auth0_b64.h"
#include "core/auth0_jwe.h"
#include "ctl/auth0_seal.h"
#include "vectors/jwe_vectors.h"

#define HEADER "{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A256GCM\"}"

static const auth0_jwekey_t *key_from(const char *pem, const char *kid,
                                      apr_pool_t *pool)
{
    auth0_jwekey_t *key;
    assert_null(
        auth0_jwekey_parse(&key, support_span(pem), support_span(kid), pool));
    return key;
}

static const auth0_jwekey_t *key_of(EVP_PKEY *pkey, const char *kid,
                                    apr_pool_t *pool)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    assert_true(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
    long len = BIO_get_mem_data(bio, &bytes);
    const char *pem = apr_pstrmemdup(pool, bytes, (size_t)len);
    BIO_free(bio);
    return key_from(pem, kid, pool);
}

/* The policy of RS256 with these keys, NULL behind the last. */
static auth0_policy_t policy_of(const auth0_jwekey_t *const *keys,
                                apr_pool_t *pool)
{
    auth0_policy_t policy = support_policy(support_algs("RS256"), pool);
    policy.decryption = keys;
    while (keys[policy.decryption_count] != NULL) {
        policy.decryption_count++;
    }
    return policy;
}

/* With the one key that most tests encrypt to. */
static auth0_policy_t usual_policy(apr_pool_t *pool)
{
    const auth0_jwekey_t **keys = apr_pcalloc(pool, 2 * sizeof(*keys));
    keys[0] = key_of(support_pkey(SUPPORT_RSA_OTHER), "", pool);
    return policy_of(keys, pool);
}

static const char *seal_to(EVP_PKEY *pkey, const char *header,
                           const char *plaintext, apr_pool_t *pool)
{
    auth0_sealer_t sealer = {
        pkey, "SHA256", auth0_jweenc_find(support_span("A256GCM")), {NULL, 0}};
    const char *token =
        auth0_seal(&sealer, header, support_span(plaintext), pool);
    assert_non_null(token);
    return token;
}

static const char *seal(const char *header, const char *plaintext,
                        apr_pool_t *pool)
{
    return seal_to(support_pkey(SUPPORT_RSA_OTHER), header, plaintext, pool);
}

/* A good JWS. */
static const char *inner(apr_pool_t *pool)
{
    return support_plain("RS256", support_payload("", pool), pool);
}

static auth0_reason_t verify(const char *token, const auth0_policy_t *policy,
                             apr_pool_t *pool)
{
    support_source_t source = {support_all_keys(pool), 0, 0};
    auth0_reason_t reason = support_verify(token, policy, &source, pool);
    assert_int_equal(ERR_peek_error(), 0);
    return reason;
}

/* The token with another text as its part number at, the first being 0. */
static const char *with_part(const char *token, size_t at, const char *text,
                             apr_pool_t *pool)
{
    auth0_span_t rest = support_span(token);
    const char *made = "";
    for (size_t i = 0; i < 5; i++) {
        auth0_span_t part;
        (void)auth0_span_cut(&part, &rest, '.');
        made = apr_pstrcat(pool, made, i ? "." : "",
                           i == at ? text : support_string(part, pool), NULL);
    }
    return made;
}

static auth0_span_t part_of(const char *token, size_t at, apr_pool_t *pool)
{
    auth0_span_t rest = support_span(token);
    auth0_span_t part = rest;
    auth0_span_t bytes;
    for (size_t i = 0; i <= at; i++) {
        (void)auth0_span_cut(&part, &rest, '.');
    }
    assert_true(auth0_b64url_decode(&bytes, part, pool));
    return bytes;
}

/* Part number at with its bytes cut, or filled up with zeros, to len. */
static const char *with_length(const char *token, size_t at, size_t len,
                               apr_pool_t *pool)
{
    auth0_span_t part = part_of(token, at, pool);
    char *bytes = apr_pcalloc(pool, len + 1);
    memcpy(bytes, part.ptr, part.len < len ? part.len : len);
    return with_part(token, at,
                     auth0_b64url_encode(auth0_span(bytes, len), pool), pool);
}

/* By jwcrypto, for each of the 16 combinations. */
static void others_tokens_are_opened(void **state)
{
    const auth0_jwekey_t *keys[] = {key_from(jwe_pem, "", *state), NULL};
    auth0_policy_t policy = policy_of(keys, *state);
    unsigned bad = COUNT(jwe_vectors) != 16;
    for (size_t i = 0; i < COUNT(jwe_vectors); i++) {
        auth0_compact_t compact;
        auth0_span_t jws;
        assert_int_equal(
            auth0_compact_cut(&compact, support_span(jwe_vectors[i].token)),
            AUTH0_OK);
        bad += support_reason(jwe_vectors[i].name,
                              auth0_jwe_open(&jws, &compact, &policy, *state),
                              AUTH0_OK);
        bad += support_text(jwe_vectors[i].name, support_string(jws, *state),
                            jwe_plaintext);
    }
    assert_int_equal(bad, 0);
}

/* Its plaintext is no token: that it comes to that shows that it was opened. */
static void the_example_of_the_rfc_opens(void **state)
{
    const auth0_jwekey_t *keys[] = {key_from(jwe_rfc7516_pem, "", *state),
                                    NULL};
    auth0_policy_t policy = policy_of(keys, *state);
    assert_int_equal(verify(jwe_rfc7516_token, &policy, *state),
                     AUTH0_DECRYPT_NOT_JWS);
}

static void each_combination_verifies(void **state)
{
    static const char *const algs[] = {"RSA-OAEP", "RSA-OAEP-256",
                                       "RSA-OAEP-384", "RSA-OAEP-512"};
    auth0_policy_t policy = usual_policy(*state);
    unsigned bad = 0;
    policy.is_encrypted_only = true;
    for (size_t a = 0; a < COUNT(algs); a++) {
        for (size_t e = 0; auth0_jweenc_at(e) != NULL; e++) {
            auth0_sealer_t sealer = {support_pkey(SUPPORT_RSA_OTHER),
                                     auth0_seal_digest(support_span(algs[a])),
                                     auth0_jweenc_at(e),
                                     {NULL, 0}};
            const char *header =
                apr_psprintf(*state, "{\"alg\":\"%s\",\"enc\":\"%s\"}", algs[a],
                             sealer.enc->name);
            const char *token = auth0_seal(&sealer, header,
                                           support_span(inner(*state)), *state);
            bad += support_reason(header, verify(token, &policy, *state),
                                  AUTH0_OK);
        }
    }
    assert_int_equal(bad, 0);
}

/* The statements of RFC 7516 and 7518 by their number in the list of tests. */
typedef struct header_row_t {
    const char *name;
    const char *header;
    auth0_reason_t want;
} header_row_t;

#define BOTH "\"alg\":\"RSA-OAEP-256\",\"enc\":\"A256GCM\""
#define KID_256                                                                \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"         \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"         \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"         \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const header_row_t headers[] = {
    {"good", "{" BOTH "}", AUTH0_OK},
    {"51 no alg", "{\"enc\":\"A256GCM\"}", AUTH0_DECRYPT_ALG},
    {"51 alg a number", "{\"alg\":1,\"enc\":\"A256GCM\"}", AUTH0_DECRYPT_ALG},
    {"51 RSA1_5", "{\"alg\":\"RSA1_5\",\"enc\":\"A256GCM\"}",
     AUTH0_DECRYPT_ALG},
    {"51 by case", "{\"alg\":\"rsa-oaep-256\",\"enc\":\"A256GCM\"}",
     AUTH0_DECRYPT_ALG},
    {"51 A256KW", "{\"alg\":\"A256KW\",\"enc\":\"A256GCM\"}",
     AUTH0_DECRYPT_ALG},
    {"51 ECDH-ES", "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"epk\":{}}",
     AUTH0_DECRYPT_ALG},
    {"51 PBES2",
     "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A256GCM\",\"p2c\":99999999}",
     AUTH0_DECRYPT_ALG},
    {"51 another digest", "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}",
     AUTH0_DECRYPT_FAILED},
    {"51 none", "{\"alg\":\"none\",\"enc\":\"A256GCM\"}", AUTH0_DECRYPT_ALG},
    {"51 a signature's", "{\"alg\":\"RS256\",\"enc\":\"A256GCM\"}",
     AUTH0_DECRYPT_ALG},
    {"52 no enc", "{\"alg\":\"RSA-OAEP-256\"}", AUTH0_DECRYPT_ALG},
    {"52 enc a list", "{\"alg\":\"RSA-OAEP-256\",\"enc\":[\"A256GCM\"]}",
     AUTH0_DECRYPT_ALG},
    {"52 A192GCM", "{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A192GCM\"}",
     AUTH0_DECRYPT_ALG},
    {"52 another enc", "{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A128GCM\"}",
     AUTH0_DECRYPT_FAILED},
    {"52 alg and enc swapped", "{\"alg\":\"A256GCM\",\"enc\":\"RSA-OAEP-256\"}",
     AUTH0_DECRYPT_ALG},
    {"53 zip", "{" BOTH ",\"zip\":\"DEF\"}", AUTH0_DECRYPT_MALFORMED},
    {"53 zip null", "{" BOTH ",\"zip\":null}", AUTH0_DECRYPT_MALFORMED},
    {"54 crit", "{" BOTH ",\"crit\":[\"exp\"],\"exp\":1}",
     AUTH0_DECRYPT_MALFORMED},
    {"54 crit empty", "{" BOTH ",\"crit\":[]}", AUTH0_DECRYPT_MALFORMED},
    {"56 array", "[]", AUTH0_DECRYPT_MALFORMED},
    {"56 empty", "", AUTH0_DECRYPT_MALFORMED},
    {"56 no JSON", "{" BOTH, AUTH0_DECRYPT_MALFORMED},
    {"56 text behind", "{" BOTH "}x", AUTH0_DECRYPT_MALFORMED},
    {"56 alg twice", "{\"alg\":\"dir\"," BOTH "}", AUTH0_DECRYPT_MALFORMED},
    {"56 alg twice, escaped", "{\"al\\u0067\":\"dir\"," BOTH "}",
     AUTH0_DECRYPT_MALFORMED},
    {"56 no UTF-8", "{" BOTH ",\"x\":\"\xff\"}", AUTH0_DECRYPT_MALFORMED},
    {"57 dir", "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}", AUTH0_TOKEN_OPAQUE},
    {"57 dir, with an issuer",
     "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"iss\":\"" SUPPORT_ISSUER "\"}",
     AUTH0_TOKEN_OPAQUE},
    {"jwk", "{" BOTH ",\"jwk\":{}}", AUTH0_DECRYPT_MALFORMED},
    {"jku", "{" BOTH ",\"jku\":\"https://a/\"}", AUTH0_DECRYPT_MALFORMED},
    {"x5u", "{" BOTH ",\"x5u\":\"https://a/\"}", AUTH0_DECRYPT_MALFORMED},
    {"x5c", "{" BOTH ",\"x5c\":[]}", AUTH0_DECRYPT_MALFORMED},
    {"p2c", "{" BOTH ",\"p2c\":1}", AUTH0_DECRYPT_MALFORMED},
    {"p2s", "{" BOTH ",\"p2s\":\"a\"}", AUTH0_DECRYPT_MALFORMED},
    {"epk", "{" BOTH ",\"epk\":{}}", AUTH0_DECRYPT_MALFORMED},
    {"apu", "{" BOTH ",\"apu\":\"a\"}", AUTH0_DECRYPT_MALFORMED},
    {"apv", "{" BOTH ",\"apv\":\"a\"}", AUTH0_DECRYPT_MALFORMED},
    {"iv", "{" BOTH ",\"iv\":\"a\"}", AUTH0_DECRYPT_MALFORMED},
    {"tag", "{" BOTH ",\"tag\":\"a\"}", AUTH0_DECRYPT_MALFORMED},
    {"b64", "{" BOTH ",\"b64\":true}", AUTH0_DECRYPT_MALFORMED},
    {"typ is of no account", "{" BOTH ",\"typ\":\"JWT\"}", AUTH0_OK},
    {"unknown members are", "{" BOTH ",\"x\":[1]}", AUTH0_OK},
    {"cty", "{" BOTH ",\"cty\":\"JWT\"}", AUTH0_OK},
    {"cty by case", "{" BOTH ",\"cty\":\"jwt\"}", AUTH0_OK},
    {"cty of text", "{" BOTH ",\"cty\":\"text\"}", AUTH0_DECRYPT_MALFORMED},
    {"cty a number", "{" BOTH ",\"cty\":1}", AUTH0_DECRYPT_MALFORMED},
    {"kid", "{" BOTH ",\"kid\":\"a\"}", AUTH0_OK},
    {"kid empty", "{" BOTH ",\"kid\":\"\"}", AUTH0_OK},
    {"kid a number", "{" BOTH ",\"kid\":1}", AUTH0_DECRYPT_MALFORMED},
    {"kid null", "{" BOTH ",\"kid\":null}", AUTH0_DECRYPT_MALFORMED},
    {"kid of 256 bytes", "{" BOTH ",\"kid\":\"" KID_256 "\"}", AUTH0_OK},
    {"kid of 257 bytes", "{" BOTH ",\"kid\":\"" KID_256 "0\"}",
     AUTH0_DECRYPT_MALFORMED},
    {"61 blanks are authenticated as they are",
     " {\n\"enc\" : \"A256GCM\" , \"alg\":\"RSA-OAEP-256\" } ", AUTH0_OK},
    {"61 and so are escapes",
     "{\"alg\":\"RSA-OA\\u0045P-256\",\"enc\":\"A256GCM\"}", AUTH0_OK},
};

static void headers_are_judged(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(headers); i++) {
        const char *token = seal(headers[i].header, inner(*state), *state);
        bad += support_reason(headers[i].name, verify(token, &policy, *state),
                              headers[i].want);
    }
    assert_int_equal(bad, 0);
}

static void a_header_has_its_limits(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    const char *deep =
        apr_pstrcat(*state, "{" BOTH ",\"x\":", support_repeat("[", 16, *state),
                    support_repeat("]", 16, *state), "}", NULL);
    const char *large =
        apr_pstrcat(*state, "{" BOTH ",\"x\":\"",
                    support_repeat("x", 2048, *state), "\"}", NULL);
    assert_int_equal(verify(seal(deep, inner(*state), *state), &policy, *state),
                     AUTH0_DECRYPT_MALFORMED);
    assert_int_equal(
        verify(seal(large, inner(*state), *state), &policy, *state),
        AUTH0_DECRYPT_MALFORMED);
}

/* 55, 57, 58 and D40 to D45: each part, shorter and longer than it may be. */
typedef struct length_row_t {
    const char *name;
    size_t part;
    size_t len;
    auth0_reason_t want;
} length_row_t;

static const length_row_t lengths[] = {
    {"wrapped key empty", 1, 0, AUTH0_DECRYPT_KEY},
    {"wrapped key of 1 byte", 1, 1, AUTH0_DECRYPT_KEY},
    {"wrapped key of 255 bytes", 1, 255, AUTH0_DECRYPT_KEY},
    {"wrapped key of 257 bytes", 1, 257, AUTH0_DECRYPT_KEY},
    {"wrapped key of 384 bytes", 1, 384, AUTH0_DECRYPT_KEY},
    {"iv empty", 2, 0, AUTH0_DECRYPT_MALFORMED},
    {"iv of 1 byte", 2, 1, AUTH0_DECRYPT_MALFORMED},
    {"iv of 11 bytes", 2, 11, AUTH0_DECRYPT_MALFORMED},
    {"iv of 13 bytes", 2, 13, AUTH0_DECRYPT_MALFORMED},
    {"iv of 16 bytes", 2, 16, AUTH0_DECRYPT_MALFORMED},
    {"ciphertext empty", 3, 0, AUTH0_DECRYPT_MALFORMED},
    {"ciphertext cut", 3, 100, AUTH0_DECRYPT_FAILED},
    {"tag empty", 4, 0, AUTH0_DECRYPT_MALFORMED},
    {"tag of 4 bytes", 4, 4, AUTH0_DECRYPT_MALFORMED},
    {"tag of 15 bytes", 4, 15, AUTH0_DECRYPT_MALFORMED},
    {"tag of 17 bytes", 4, 17, AUTH0_DECRYPT_MALFORMED},
    {"tag of 32 bytes", 4, 32, AUTH0_DECRYPT_MALFORMED},
};

static void parts_have_their_lengths(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    const char *good = seal(HEADER, inner(*state), *state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const char *token =
            with_length(good, lengths[i].part, lengths[i].len, *state);
        bad += support_reason(lengths[i].name, verify(token, &policy, *state),
                              lengths[i].want);
    }
    assert_int_equal(bad, 0);
}

/* 55 and 62: the number of parts decides, and a header cannot talk it over. */
static void the_number_of_parts_decides(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    const char *good = seal(HEADER, inner(*state), *state);
    const char *jwe_header = support_b64(HEADER, *state);
    const char *jws_header = support_b64("{\"alg\":\"RS256\"}", *state);
    const char *jws = strchr(inner(*state), '.');
    assert_int_equal(
        verify(apr_pstrcat(*state, jwe_header, jws, NULL), &policy, *state),
        AUTH0_HEADER_ALG);
    assert_int_equal(
        verify(with_part(good, 0, jws_header, *state), &policy, *state),
        AUTH0_DECRYPT_ALG);
    assert_int_equal(
        verify(apr_pstrcat(*state, good, ".", NULL), &policy, *state),
        AUTH0_TOKEN_MALFORMED);
    char *four = apr_pstrdup(*state, good);
    *strrchr(four, '.') = '\0';
    assert_int_equal(verify(four, &policy, *state), AUTH0_TOKEN_MALFORMED);
    assert_int_equal(
        verify(with_part(good, 4, "A===", *state), &policy, *state),
        AUTH0_TOKEN_MALFORMED);
}

/* 58 and D44: a key of another length never opens anything. */
static void content_keys_have_exactly_their_length(void **state)
{
    static const size_t lens[] = {0, 5, 16, 31, 33, 48, 64};
    auth0_policy_t policy = usual_policy(*state);
    auth0_sealer_t sealer = {
        support_pkey(SUPPORT_RSA_OTHER), "SHA256", NULL, {NULL, 0}};
    for (size_t e = 0; auth0_jweenc_at(e) != NULL; e++) {
        sealer.enc = auth0_jweenc_at(e);
        const char *header =
            apr_psprintf(*state, "{\"alg\":\"RSA-OAEP-256\",\"enc\":\"%s\"}",
                         sealer.enc->name);
        for (size_t i = 0; i < COUNT(lens); i++) {
            const char *cek = support_repeat("k", lens[i], *state);
            sealer.cek = support_span(cek);
            const char *token = auth0_seal(&sealer, header,
                                           support_span(inner(*state)), *state);
            assert_int_equal(verify(token, &policy, *state),
                             lens[i] == sealer.enc->cek_len
                                 ? AUTH0_OK
                                 : AUTH0_DECRYPT_FAILED);
        }
    }
}

/* 59 and 60: one reason for padding, key, tag and text, in this order. */
static void failures_are_not_told_apart(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    const char *good = seal(HEADER, "no token", *state);
    const char *zeros =
        auth0_b64url_encode(auth0_span(apr_pcalloc(*state, 256), 256), *state);
    const char *ones = auth0_b64url_encode(
        support_span(support_repeat("\xff", 256, *state)), *state);
    const char *tag =
        auth0_b64url_encode(auth0_span("0123456789abcdef", 16), *state);
    const char *others =
        seal_to(support_pkey(SUPPORT_RSA), HEADER, inner(*state), *state);
    assert_int_equal(verify(good, &policy, *state), AUTH0_DECRYPT_NOT_JWS);
    assert_int_equal(verify(with_part(good, 4, tag, *state), &policy, *state),
                     AUTH0_DECRYPT_FAILED);
    assert_int_equal(verify(with_part(good, 1, zeros, *state), &policy, *state),
                     AUTH0_DECRYPT_FAILED);
    assert_int_equal(verify(with_part(good, 1, ones, *state), &policy, *state),
                     AUTH0_DECRYPT_FAILED);
    assert_int_equal(verify(others, &policy, *state), AUTH0_DECRYPT_FAILED);
}

/* 61: the same meaning in other bytes is another header. */
static void the_header_is_authenticated_byte_for_byte(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    const char *other =
        support_b64("{\"alg\":\"RSA-OAEP-256\", \"enc\":\"A256GCM\"}", *state);
    const char *good = seal(HEADER, inner(*state), *state);
    assert_int_equal(verify(with_part(good, 0, other, *state), &policy, *state),
                     AUTH0_DECRYPT_FAILED);
}

/* D30: whatever is in it, it is judged as if it had come alone. */
static void what_is_in_it_is_one_jws(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    const char *good = inner(*state);
    const char *none = apr_pstrcat(
        *state, support_b64("{\"alg\":\"none\"}", *state), ".",
        support_b64(support_payload("", *state), *state), ".", NULL);
    const char *expired = support_plain(
        "RS256",
        apr_psprintf(*state,
                     "{\"iss\":\"" SUPPORT_ISSUER
                     "\",\"aud\":\"" SUPPORT_AUDIENCE "\",\"exp\":%d}",
                     SUPPORT_NOW_S),
        *state);
    char *forged = apr_pstrdup(*state, good);
    char *turned = &forged[strlen(forged) - 10];
    *turned = *turned == 'A' ? 'B' : 'A';
    const struct {
        const char *name;
        const char *plaintext;
        auth0_reason_t want;
    } rows[] = {
        {"good", good, AUTH0_OK},
        {"claims", support_payload("", *state), AUTH0_DECRYPT_NOT_JWS},
        {"a word", "abc", AUTH0_DECRYPT_NOT_JWS},
        {"two parts", "e30.e30", AUTH0_DECRYPT_NOT_JWS},
        {"no base64url", "A===.e30.AAAA", AUTH0_DECRYPT_NOT_JWS},
        {"a blank behind", apr_pstrcat(*state, good, " ", NULL),
         AUTH0_DECRYPT_NOT_JWS},
        {"quoted", apr_pstrcat(*state, "\"", good, "\"", NULL),
         AUTH0_DECRYPT_NOT_JWS},
        {"another JWE", seal(HEADER, good, *state), AUTH0_DECRYPT_NOT_JWS},
        {"alg none", none, AUTH0_HEADER_ALG},
        {"forged", forged, AUTH0_SIGNATURE_INVALID},
        {"expired", expired, AUTH0_CLAIMS_EXP},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad += support_reason(
            rows[i].name,
            verify(seal(HEADER, rows[i].plaintext, *state), &policy, *state),
            rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void no_bit_of_a_token_can_be_turned(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    support_source_t source = {support_all_keys(*state), 0, 0};
    char *token = apr_pstrdup(*state, seal(HEADER, inner(*state), *state));
    size_t len = strlen(token);
    apr_pool_t *scratch;
    assert_int_equal(apr_pool_create(&scratch, *state), APR_SUCCESS);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        char was = token[bit / 8];
        token[bit / 8] = (char)(was ^ (1 << bit % 8));
        assert_int_not_equal(support_verify_at(auth0_span(token, len), &policy,
                                               &source, SUPPORT_NOW, scratch),
                             AUTH0_OK);
        token[bit / 8] = was;
        apr_pool_clear(scratch);
    }
    assert_int_equal(verify(token, &policy, *state), AUTH0_OK);
}

/* Which key is meant. */
typedef struct kid_row_t {
    const char *name;
    const char *kids[2]; /* of the two keys, the first being the token's */
    const char *more;    /* what the header says beside alg and enc */
    auth0_reason_t want;
} kid_row_t;

static const kid_row_t kid_rows[] = {
    {"no names at all", {"", ""}, "", AUTH0_OK},
    {"a kid and no names", {"", ""}, ",\"kid\":\"a\"", AUTH0_OK},
    {"its name", {"a", "b"}, ",\"kid\":\"a\"", AUTH0_OK},
    {"the other's name", {"a", "b"}, ",\"kid\":\"b\"", AUTH0_DECRYPT_FAILED},
    {"a name of none", {"a", "b"}, ",\"kid\":\"c\"", AUTH0_DECRYPT_KEY},
    {"a name by case", {"a", "b"}, ",\"kid\":\"A\"", AUTH0_DECRYPT_KEY},
    {"the start of a name", {"ab", "b"}, ",\"kid\":\"a\"", AUTH0_DECRYPT_KEY},
    {"names and no kid", {"a", "b"}, "", AUTH0_OK},
    {"names and an empty kid", {"a", "b"}, ",\"kid\":\"\"", AUTH0_OK},
    {"unnamed beside a name", {"", "b"}, ",\"kid\":\"c\"", AUTH0_OK},
    {"named beside no name", {"a", ""}, ",\"kid\":\"c\"", AUTH0_DECRYPT_FAILED},
    {"the other's name, unnamed itself",
     {"", "b"},
     ",\"kid\":\"b\"",
     AUTH0_DECRYPT_FAILED},
};

static void the_kid_chooses_among_named_keys(void **state)
{
    EVP_PKEY *own = support_pkey(SUPPORT_RSA_OTHER);
    EVP_PKEY *other = support_pkey(SUPPORT_RSA);
    unsigned bad = 0;
    for (size_t i = 0; i < 2 * COUNT(kid_rows); i++) {
        const kid_row_t *row = &kid_rows[i / 2];
        const auth0_jwekey_t *keys[] = {NULL, NULL, NULL};
        keys[i % 2] = key_of(own, row->kids[0], *state);
        keys[1 - i % 2] = key_of(other, row->kids[1], *state);
        auth0_policy_t policy = policy_of(keys, *state);
        const char *header =
            apr_pstrcat(*state, "{" BOTH, row->more, "}", NULL);
        bad += support_reason(
            row->name,
            verify(seal(header, inner(*state), *state), &policy, *state),
            row->want);
    }
    assert_int_equal(bad, 0);
}

static void a_key_of_another_size_is_not_meant(void **state)
{
    EVP_PKEY *large = EVP_RSA_gen(3072);
    const auth0_jwekey_t *both[] = {
        key_of(large, "large", *state),
        key_of(support_pkey(SUPPORT_RSA_OTHER), "usual", *state), NULL};
    const auth0_jwekey_t *one[] = {both[0], NULL};
    auth0_policy_t policy = policy_of(one, *state);
    const char *usual = seal(HEADER, inner(*state), *state);
    const char *misnamed =
        seal("{" BOTH ",\"kid\":\"large\"}", inner(*state), *state);
    const char *to_large = seal_to(large, HEADER, inner(*state), *state);
    EVP_PKEY_free(large);
    assert_int_equal(verify(usual, &policy, *state), AUTH0_DECRYPT_KEY);
    assert_int_equal(verify(to_large, &policy, *state), AUTH0_OK);
    policy = policy_of(both, *state);
    assert_int_equal(verify(usual, &policy, *state), AUTH0_OK);
    assert_int_equal(verify(to_large, &policy, *state), AUTH0_OK);
    assert_int_equal(verify(misnamed, &policy, *state), AUTH0_DECRYPT_KEY);
}

/* Auth0EncryptedTokens, and the absence of keys. */
static void a_policy_says_what_may_come(void **state)
{
    auth0_policy_t allowed = usual_policy(*state);
    auth0_policy_t required = usual_policy(*state);
    auth0_policy_t without = support_policy(support_algs("RS256"), *state);
    const char *plain = inner(*state);
    const char *encrypted = seal(HEADER, plain, *state);
    const char *large = support_repeat("A", 8193, *state);
    required.is_encrypted_only = true;
    assert_int_equal(verify(plain, &allowed, *state), AUTH0_OK);
    assert_int_equal(verify(encrypted, &allowed, *state), AUTH0_OK);
    assert_int_equal(verify(plain, &required, *state), AUTH0_TOKEN_PLAIN);
    assert_int_equal(verify("e30.e30.", &required, *state), AUTH0_TOKEN_PLAIN);
    assert_int_equal(verify("A.e30.", &required, *state),
                     AUTH0_TOKEN_MALFORMED);
    assert_int_equal(verify("abc", &required, *state), AUTH0_TOKEN_OPAQUE);
    assert_int_equal(verify(encrypted, &required, *state), AUTH0_OK);
    assert_int_equal(verify(plain, &without, *state), AUTH0_OK);
    assert_int_equal(verify(encrypted, &without, *state),
                     AUTH0_TOKEN_ENCRYPTED);
    assert_int_equal(verify(large, &required, *state), AUTH0_REQUEST_TOO_LARGE);
}

static void an_encrypted_token_can_be_worth_asking_for(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    const char *other =
        support_plain("RS256", "{\"iss\":\"https://other.example/\"}", *state);
    const char *good = seal(HEADER, inner(*state), *state);
    assert_true(
        auth0_verify_is_worth_asking(support_span(good), &policy, *state));
    assert_false(auth0_verify_is_worth_asking(
        support_span(seal(HEADER, other, *state)), &policy, *state));
    assert_false(auth0_verify_is_worth_asking(
        support_span(with_length(good, 4, 15, *state)), &policy, *state));
    policy.is_encrypted_only = true;
    assert_false(auth0_verify_is_worth_asking(support_span(inner(*state)),
                                              &policy, *state));
}

/* What was in OpenSSL's queue is there afterwards, and nothing else. */
static void the_error_queue_stays_as_it_was(void **state)
{
    auth0_policy_t policy = usual_policy(*state);
    support_source_t source = {support_all_keys(*state), 0, 0};
    const char *good = seal(HEADER, inner(*state), *state);
    const char *zeros =
        auth0_b64url_encode(auth0_span(apr_pcalloc(*state, 256), 256), *state);
    const char *tokens[] = {good, with_part(good, 1, zeros, *state),
                            seal(HEADER, "x", *state)};
    for (size_t i = 0; i < COUNT(tokens); i++) {
        ERR_raise(ERR_LIB_USER, 7);
        (void)support_verify(tokens[i], &policy, &source, *state);
        assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
        assert_int_equal(ERR_get_error(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(others_tokens_are_opened),
        SUPPORT_TEST(the_example_of_the_rfc_opens),
        SUPPORT_TEST(each_combination_verifies),
        SUPPORT_TEST(headers_are_judged),
        SUPPORT_TEST(a_header_has_its_limits),
        SUPPORT_TEST(parts_have_their_lengths),
        SUPPORT_TEST(the_number_of_parts_decides),
        SUPPORT_TEST(content_keys_have_exactly_their_length),
        SUPPORT_TEST(failures_are_not_told_apart),
        SUPPORT_TEST(the_header_is_authenticated_byte_for_byte),
        SUPPORT_TEST(what_is_in_it_is_one_jws),
        SUPPORT_TEST(no_bit_of_a_token_can_be_turned),
        SUPPORT_TEST(the_kid_chooses_among_named_keys),
        SUPPORT_TEST(a_key_of_another_size_is_not_meant),
        SUPPORT_TEST(a_policy_says_what_may_come),
        SUPPORT_TEST(an_encrypted_token_can_be_worth_asking_for),
        SUPPORT_TEST(the_error_queue_stays_as_it_was),
    };
    return SUPPORT_RUN(tests);
}
