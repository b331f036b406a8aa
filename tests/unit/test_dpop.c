/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_alg.h"
#include "core/auth0_b64.h"
#include "core/auth0_dpop.h"
#include "core/auth0_thumbprint.h"
#include "vectors/dpop_proofs.h"

/*
 * Numbers at the beginning of a row's name are those of RFC 9449's statements
 * in the project's list: 127 one field, 128 one JWT, 129 claims, 130 typ, 131
 * alg, 132 signature, 133 no private key, 134 htm, 135 and 136 htu, 137 nonce,
 * 138 iat, 139 ath, 140 jkt, 148 a short life, 149 no secret and no "none",
 * 150 length of jti, 151 kinds and sizes of keys.
 */
#define TOKEN DPOP_PROOFS_TOKEN
#define URL DPOP_PROOFS_URL

#define JTI "\"jti\":\"-BwC3ESc6acc2lTc\""
#define HTM "\"htm\":\"GET\""
#define HTU "\"htu\":\"" URL "\""
#define IAT "\"iat\":1800000000"
#define ATH "\"ath\":\"UkM2b42E54u4hWzuKV_B3zyulUA6vtNYjJUv_ru2Qck\""
#define WITH(more) "{" JTI "," HTM "," HTU "," IAT "," ATH "," more "}"
#define GOOD "{" JTI "," HTM "," HTU "," IAT "," ATH "}"

#define INVALID AUTH0_CNF_PROOF_INVALID

static auth0_dpop_expected_t expect(void)
{
    return (auth0_dpop_expected_t){.method = auth0_span_cstr("GET"),
                                   .url = auth0_span_cstr(URL),
                                   .token = auth0_span_cstr(TOKEN),
                                   .jkt = auth0_span("", 0),
                                   .past = 300,
                                   .future = 30};
}

/* Also holds what the header says of *proof. */
static auth0_reason_t check_at(const char *field,
                               const auth0_dpop_expected_t *expected,
                               apr_time_t now, apr_pool_t *pool)
{
    auth0_dpop_proof_t proof = {auth0_span("poison", 6),
                                auth0_span("poison", 6), "poison", 1, NULL};
    auth0_reason_t reason =
        auth0_dpop_check(&proof, field, expected, now, pool);
    if (reason == AUTH0_OK) {
        assert_null(proof.why);
        assert_true(proof.jti.len > 0);
        assert_int_equal(strlen(proof.thumbprint), 43);
        return reason;
    }
    assert_non_null(proof.why);
    assert_int_equal(proof.jti.len + proof.nonce.len, 0);
    assert_null(proof.thumbprint);
    assert_int_equal(proof.issued, 0);
    return reason;
}

static auth0_reason_t check(const char *field,
                            const auth0_dpop_expected_t *expected,
                            apr_pool_t *pool)
{
    return check_at(field, expected, SUPPORT_NOW, pool);
}

static const char *header_of(const char *alg, support_key_t key,
                             apr_pool_t *pool)
{
    return apr_psprintf(pool,
                        "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":%s}", alg,
                        support_jwk(key, NULL, "", pool));
}

static const char *proof_by(const char *alg, const char *payload,
                            apr_pool_t *pool)
{
    const auth0_alg_t *row = auth0_alg_find(support_span(alg));
    return support_token(alg, header_of(alg, support_key_of(row), pool),
                         payload, pool);
}

static const char *jkt_of(support_key_t key, apr_pool_t *pool)
{
    const auth0_json_t *jwk;
    assert_true(
        auth0_json_object(&jwk, support_span(support_jwk(key, NULL, "", pool)),
                          auth0_json_header_limit, pool));
    return auth0_thumbprint(jwk, pool);
}

/* RFC 9449 section 7.1, figures 12 and 13. */
static const char rfc_token[] = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
static const char rfc_proof[] =
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwie"
    "CI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5Ij"
    "oiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI"
    "6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR"
    "1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIs"
    "ImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hT"
    "nk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAg"
    "R6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";

static void the_example_of_the_rfc_is_good(void **state)
{
    auth0_dpop_expected_t expected = expect();
    auth0_dpop_proof_t proof;
    expected.url =
        auth0_span_cstr("https://resource.example.org/protectedresource");
    expected.token = auth0_span_cstr(rfc_token);
    expected.jkt =
        auth0_span_cstr("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    assert_int_equal(auth0_dpop_check(&proof, rfc_proof, &expected,
                                      apr_time_from_sec(1562262618), *state),
                     AUTH0_OK);
    assert_true(auth0_span_is(proof.jti, "e1j3V_bKic8-LAEB"));
    assert_int_equal(proof.nonce.len, 0);
    assert_string_equal(proof.thumbprint,
                        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    assert_int_equal(proof.issued, apr_time_from_sec(1562262618));
}

static void other_peoples_proofs_are_understood(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(dpop_proofs); i++) {
        auth0_dpop_expected_t expected = expect();
        expected.jkt = auth0_span_cstr(dpop_proofs[i].thumbprint);
        bad += support_reason(dpop_proofs[i].name,
                              check(dpop_proofs[i].proof, &expected, *state),
                              dpop_proofs[i].want);
    }
    assert_int_equal(bad, 0);
}

static void each_algorithm_of_the_list_is_good(void **state)
{
    auth0_span_t rest = support_span(auth0_dpop_algs());
    auth0_span_t name;
    unsigned seen = 0;
    unsigned bad = 0;
    while (auth0_span_word(&name, &rest)) {
        const char *alg = support_string(name, *state);
        support_key_t key = support_key_of(auth0_alg_find(name));
        auth0_dpop_expected_t expected = expect();
        expected.jkt = support_span(jkt_of(key, *state));
        bad += support_reason(
            alg, check(proof_by(alg, GOOD, *state), &expected, *state),
            AUTH0_OK);
        seen |= auth0_alg_find(name)->bit;
    }
    assert_int_equal(bad, 0);
    assert_int_equal(seen, auth0_alg_asymmetric());
    assert_int_equal(seen & auth0_alg_symmetric(), 0);
}

typedef struct row_t {
    const char *name;
    const char *text;
    auth0_reason_t want;
} row_t;

static const row_t claim_rows[] = {
    {"all of them", GOOD, AUTH0_OK},
    {"129 and one that is not known", WITH("\"x\":{\"y\":[1]}"), AUTH0_OK},
    {"129 no jti", "{" HTM "," HTU "," IAT "," ATH "}", INVALID},
    {"129 no htm", "{" JTI "," HTU "," IAT "," ATH "}", INVALID},
    {"129 no htu", "{" JTI "," HTM "," IAT "," ATH "}", INVALID},
    {"129 no iat", "{" JTI "," HTM "," HTU "," ATH "}", INVALID},
    {"129 no ath", "{" JTI "," HTM "," HTU "," IAT "}", INVALID},
    {"129 nothing", "{}", INVALID},
    {"129 jti number", "{\"jti\":1," HTM "," HTU "," IAT "," ATH "}", INVALID},
    {"129 jti null", "{\"jti\":null," HTM "," HTU "," IAT "," ATH "}", INVALID},
    {"129 jti array", "{\"jti\":[\"a\"]," HTM "," HTU "," IAT "," ATH "}",
     INVALID},
    {"129 jti true", "{\"jti\":true," HTM "," HTU "," IAT "," ATH "}", INVALID},
    {"129 jti empty", "{\"jti\":\"\"," HTM "," HTU "," IAT "," ATH "}",
     INVALID},
    {"129 jti with a NUL",
     "{\"jti\":\"a\\u0000\"," HTM "," HTU "," IAT "," ATH "}", INVALID},
    {"129 jti of one byte", "{\"jti\":\"a\"," HTM "," HTU "," IAT "," ATH "}",
     AUTH0_OK},
    {"129 htm number", "{" JTI ",\"htm\":1," HTU "," IAT "," ATH "}", INVALID},
    {"129 htm array", "{" JTI ",\"htm\":[\"GET\"]," HTU "," IAT "," ATH "}",
     INVALID},
    {"129 htm null", "{" JTI ",\"htm\":null," HTU "," IAT "," ATH "}", INVALID},
    {"129 htu number", "{" JTI "," HTM ",\"htu\":1," IAT "," ATH "}", INVALID},
    {"129 htu array", "{" JTI "," HTM ",\"htu\":[\"" URL "\"]," IAT "," ATH "}",
     INVALID},
    {"129 htu null", "{" JTI "," HTM ",\"htu\":null," IAT "," ATH "}", INVALID},
    {"129 iat string",
     "{" JTI "," HTM "," HTU ",\"iat\":\"1800000000\"," ATH "}", INVALID},
    {"129 iat null", "{" JTI "," HTM "," HTU ",\"iat\":null," ATH "}", INVALID},
    {"129 iat true", "{" JTI "," HTM "," HTU ",\"iat\":true," ATH "}", INVALID},
    {"129 ath number", "{" JTI "," HTM "," HTU "," IAT ",\"ath\":1}", INVALID},
    {"129 ath null", "{" JTI "," HTM "," HTU "," IAT ",\"ath\":null}", INVALID},
    {"128 a claim twice", WITH(JTI), INVALID},
    {"128 no JSON", "x", INVALID},
    {"128 no object", "[" GOOD "]", INVALID},
    {"128 nothing at all", "", INVALID},
    {"128 two objects", GOOD GOOD, INVALID},
    {"134 another method", "{" JTI ",\"htm\":\"POST\"," HTU "," IAT "," ATH "}",
     INVALID},
    {"134 in lower case", "{" JTI ",\"htm\":\"get\"," HTU "," IAT "," ATH "}",
     INVALID},
    {"134 in mixed case", "{" JTI ",\"htm\":\"Get\"," HTU "," IAT "," ATH "}",
     INVALID},
    {"134 less of it", "{" JTI ",\"htm\":\"GE\"," HTU "," IAT "," ATH "}",
     INVALID},
    {"134 more of it", "{" JTI ",\"htm\":\"GETS\"," HTU "," IAT "," ATH "}",
     INVALID},
    {"134 a space", "{" JTI ",\"htm\":\"GET \"," HTU "," IAT "," ATH "}",
     INVALID},
    {"134 empty", "{" JTI ",\"htm\":\"\"," HTU "," IAT "," ATH "}", INVALID},
    {"135 query", "{" JTI "," HTM ",\"htu\":\"" URL "?a=b\"," IAT "," ATH "}",
     AUTH0_OK},
    {"135 fragment", "{" JTI "," HTM ",\"htu\":\"" URL "#a\"," IAT "," ATH "}",
     AUTH0_OK},
    {"135 another path",
     "{" JTI "," HTM ",\"htu\":\"" URL "/1\"," IAT "," ATH "}", INVALID},
    {"135 another host",
     "{" JTI "," HTM ",\"htu\":\"https://api.example.org/orders\"," IAT "," ATH
     "}",
     INVALID},
    {"135 path alone", "{" JTI "," HTM ",\"htu\":\"/orders\"," IAT "," ATH "}",
     INVALID},
    {"135 empty", "{" JTI "," HTM ",\"htu\":\"\"," IAT "," ATH "}", INVALID},
    {"136 normalized",
     "{" JTI "," HTM
     ",\"htu\":\"HTTPS://API.example.com:443/./x/../%6frders\"," IAT "," ATH
     "}",
     AUTH0_OK},
    {"136 the path's case",
     "{" JTI "," HTM ",\"htu\":\"https://api.example.com/Orders\"," IAT "," ATH
     "}",
     INVALID},
    {"137 nonce nobody asked for", WITH("\"nonce\":\"n\""), AUTH0_OK},
    {"137 nonce number", WITH("\"nonce\":1"), INVALID},
    {"137 nonce null", WITH("\"nonce\":null"), INVALID},
    {"139 of another token",
     "{" JTI "," HTM "," HTU "," IAT
     ",\"ath\":\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo\"}",
     INVALID},
    {"139 less of it",
     "{" JTI "," HTM "," HTU "," IAT
     ",\"ath\":\"UkM2b42E54u4hWzuKV_B3zyulUA6vtNYjJUv_ru2Qc\"}",
     INVALID},
    {"139 padded",
     "{" JTI "," HTM "," HTU "," IAT
     ",\"ath\":\"UkM2b42E54u4hWzuKV_B3zyulUA6vtNYjJUv_ru2Qck=\"}",
     INVALID},
    {"139 with other trailing bits",
     "{" JTI "," HTM "," HTU "," IAT
     ",\"ath\":\"UkM2b42E54u4hWzuKV_B3zyulUA6vtNYjJUv_ru2Qcl\"}",
     INVALID},
    {"139 the other alphabet",
     "{" JTI "," HTM "," HTU "," IAT
     ",\"ath\":\"UkM2b42E54u4hWzuKV/B3zyulUA6vtNYjJUv/ru2Qck\"}",
     INVALID},
    {"139 the token itself",
     "{" JTI "," HTM "," HTU "," IAT ",\"ath\":\"" TOKEN "\"}", INVALID},
    {"139 empty", "{" JTI "," HTM "," HTU "," IAT ",\"ath\":\"\"}", INVALID},
    {"148 exp to come", WITH("\"exp\":1800000001"), AUTH0_OK},
    {"148 exp now", WITH("\"exp\":1800000000"), INVALID},
    {"148 exp past", WITH("\"exp\":1799999999"), INVALID},
    {"148 exp a microsecond ahead", WITH("\"exp\":1800000000.000001"),
     AUTH0_OK},
    {"148 exp zero", WITH("\"exp\":0"), INVALID},
    {"148 exp negative", WITH("\"exp\":-1e300"), INVALID},
    {"148 exp huge", WITH("\"exp\":1e308"), AUTH0_OK},
    {"148 exp string", WITH("\"exp\":\"1800000060\""), INVALID},
    {"148 exp null", WITH("\"exp\":null"), INVALID},
    {"148 nbf past", WITH("\"nbf\":1799999999"), AUTH0_OK},
    {"148 nbf now", WITH("\"nbf\":1800000000"), AUTH0_OK},
    {"148 nbf a microsecond ahead", WITH("\"nbf\":1800000000.000001"), INVALID},
    {"148 nbf to come", WITH("\"nbf\":1800000001"), INVALID},
    {"148 nbf huge", WITH("\"nbf\":1e308"), INVALID},
    {"148 nbf string", WITH("\"nbf\":\"1\""), INVALID},
    {"148 nbf null", WITH("\"nbf\":null"), INVALID},
    {"claims of access tokens are none of its business",
     WITH("\"iss\":1,\"aud\":1,\"sub\":1,\"cnf\":1"), AUTH0_OK},
};

static void claims_are_judged(void **state)
{
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(claim_rows); i++) {
        const char *field = proof_by("ES256", claim_rows[i].text, *state);
        bad +=
            support_reason(claim_rows[i].name, check(field, &expected, *state),
                           claim_rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void a_jti_has_an_end(void **state)
{
    static const struct {
        size_t len;
        auth0_reason_t want;
    } rows[] = {{256, AUTH0_OK}, {257, INVALID}, {2000, INVALID}};
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *payload = apr_psprintf(
            *state, "{\"jti\":\"%s\"," HTM "," HTU "," IAT "," ATH "}",
            support_repeat("j", rows[i].len, *state));
        bad += support_reason(
            apr_psprintf(*state, "150 jti of %d bytes", (int)rows[i].len),
            check(proof_by("ES256", payload, *state), &expected, *state),
            rows[i].want);
    }
    assert_int_equal(bad, 0);
}

/* iat as JSON, and what now is, in microseconds after SUPPORT_NOW. */
static const struct {
    const char *name;
    const char *iat;
    apr_time_t now;
    auth0_reason_t want;
} time_rows[] = {
    {"138 now", "1800000000", 0, AUTH0_OK},
    {"138 a real number", "1800000000.0", 0, AUTH0_OK},
    {"138 a fraction", "1799999999.5", 0, AUTH0_OK},
    {"138 an exponent", "1.8e9", 0, AUTH0_OK},
    {"138 300 s ago", "1799999700", 0, AUTH0_OK},
    {"138 300 s and 1 us ago", "1799999700", 1, INVALID},
    {"138 300 s and 1 us ago, by a fraction", "1799999699.999999", 0, INVALID},
    {"138 299.999999 s ago", "1799999700.000001", 0, AUTH0_OK},
    {"138 300.5 s ago, late", "1799999700.5", 500000, AUTH0_OK},
    {"138 300.5 s ago, too late", "1799999700.5", 500001, INVALID},
    {"138 301 s ago", "1799999699", 0, INVALID},
    {"138 30 s ahead", "1800000030", 0, AUTH0_OK},
    {"138 30 s and 1 us ahead", "1800000030", -1, INVALID},
    {"138 30 s and 1 us ahead, by a fraction", "1800000030.000001", 0, INVALID},
    {"138 29.999999 s ahead", "1800000029.999999", 0, AUTH0_OK},
    {"138 31 s ahead", "1800000031", 0, INVALID},
    {"138 milliseconds", "1800000000000", 0, INVALID},
    {"138 zero", "0", 0, INVALID},
    {"138 negative", "-1800000000", 0, INVALID},
    {"138 minus nought", "-0.0", 0, INVALID},
    {"138 the last second of 9999", "253402300799", 0, INVALID},
    {"138 later than that", "253402300800", 0, INVALID},
    {"138 as large as it gets", "9223372036854775807", 0, INVALID},
    {"138 larger than that", "9223372036854775808", 0, INVALID},
    {"138 1e300", "1e300", 0, INVALID},
    {"138 -1e300", "-1e300", 0, INVALID},
    {"138 1e999", "1e999", 0, INVALID},
};

static void the_window_is_exact(void **state)
{
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(time_rows); i++) {
        const char *payload =
            apr_psprintf(*state, "{" JTI "," HTM "," HTU ",\"iat\":%s," ATH "}",
                         time_rows[i].iat);
        bad += support_reason(time_rows[i].name,
                              check_at(proof_by("ES256", payload, *state),
                                       &expected,
                                       SUPPORT_NOW + time_rows[i].now, *state),
                              time_rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void the_window_may_be_a_moment(void **state)
{
    auth0_dpop_expected_t expected = expect();
    const char *field = proof_by("ES256", GOOD, *state);
    expected.past = 0;
    expected.future = 0;
    assert_int_equal(check_at(field, &expected, SUPPORT_NOW, *state), AUTH0_OK);
    assert_int_equal(check_at(field, &expected, SUPPORT_NOW - 1, *state),
                     INVALID);
    assert_int_equal(check_at(field, &expected, SUPPORT_NOW + 1, *state),
                     INVALID);
}

static const char *issued_at(const char *iat, apr_pool_t *pool)
{
    return proof_by(
        "ES256",
        apr_psprintf(pool, "{" JTI "," HTM "," HTU ",\"iat\":%s," ATH "}", iat),
        pool);
}

/* 138: where the window reaches further than time does. */
static void time_has_a_beginning_and_an_end(void **state)
{
    static const struct {
        const char *iat;
        apr_time_t now;
        auth0_reason_t want;
    } rows[] = {
        {"0", 0, AUTH0_OK},
        {"-0.0", 0, AUTH0_OK},
        {"-0.000001", 0, INVALID},
        {"-1", 0, INVALID},
        {"253402300799", 253402300799, AUTH0_OK},
        {"253402300800", 253402300799, INVALID},
        {"253402300799.5", 253402300799, INVALID},
    };
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad +=
            support_reason(rows[i].iat,
                           check_at(issued_at(rows[i].iat, *state), &expected,
                                    apr_time_from_sec(rows[i].now), *state),
                           rows[i].want);
    }
    assert_int_equal(bad, 0);
}

/* 138: a double holds them all, and none is cut off to the one before. */
static void each_microsecond_is_told(void **state)
{
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (unsigned micro = 1; micro < 1000000; micro += 4999) {
        const char *iat = apr_psprintf(*state, "1799999999.%06u", micro);
        auth0_dpop_proof_t proof;
        assert_int_equal(auth0_dpop_check(&proof, issued_at(iat, *state),
                                          &expected, SUPPORT_NOW, *state),
                         AUTH0_OK);
        bad += support_equal(
            iat, (long)(proof.issued - apr_time_from_sec(SUPPORT_NOW_S - 1)),
            (long)micro);
    }
    assert_int_equal(bad, 0);
}

static void the_time_of_issue_is_told(void **state)
{
    auth0_dpop_expected_t expected = expect();
    auth0_dpop_proof_t proof;
    const char *payload =
        "{" JTI "," HTM "," HTU ",\"iat\":1799999999.123456," ATH
        ",\"nonce\":\"a nonce\"}";
    assert_int_equal(auth0_dpop_check(&proof,
                                      proof_by("ES256", payload, *state),
                                      &expected, SUPPORT_NOW, *state),
                     AUTH0_OK);
    assert_true(proof.issued == apr_time_from_sec(SUPPORT_NOW_S - 1) + 123456);
    assert_true(auth0_span_is(proof.nonce, "a nonce"));
    assert_string_equal(proof.thumbprint, jkt_of(SUPPORT_P256, *state));
}

/* A JWK goes where %s stands. */
#define OF_KEY(more)                                                           \
    "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":%s" more "}"

static const row_t header_rows[] = {
    {"as it should be", OF_KEY(""), AUTH0_OK},
    {"kid", OF_KEY(",\"kid\":\"any\""), AUTH0_OK},
    {"kid number", OF_KEY(",\"kid\":1"), INVALID},
    {"a member that is not known", OF_KEY(",\"x\":1"), AUTH0_OK},
    {"130 no typ", "{\"alg\":\"ES256\",\"jwk\":%s}", INVALID},
    {"130 typ JWT", "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"jwk\":%s}", INVALID},
    {"130 typ at+jwt", "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"jwk\":%s}",
     INVALID},
    {"130 typ dpop", "{\"typ\":\"dpop\",\"alg\":\"ES256\",\"jwk\":%s}",
     INVALID},
    {"130 typ in upper case",
     "{\"typ\":\"DPoP+JWT\",\"alg\":\"ES256\",\"jwk\":%s}", AUTH0_OK},
    {"130 typ with application/",
     "{\"typ\":\"application/dpop+jwt\",\"alg\":\"ES256\",\"jwk\":%s}",
     INVALID},
    {"130 typ with a space",
     "{\"typ\":\"dpop+jwt \",\"alg\":\"ES256\",\"jwk\":%s}", INVALID},
    {"130 typ array", "{\"typ\":[\"dpop+jwt\"],\"alg\":\"ES256\",\"jwk\":%s}",
     INVALID},
    {"130 typ null", "{\"typ\":null,\"alg\":\"ES256\",\"jwk\":%s}", INVALID},
    {"131 no alg", "{\"typ\":\"dpop+jwt\",\"jwk\":%s}", INVALID},
    {"131 another alg", "{\"typ\":\"dpop+jwt\",\"alg\":\"RS256\",\"jwk\":%s}",
     INVALID},
    {"131 another curve's alg",
     "{\"typ\":\"dpop+jwt\",\"alg\":\"ES384\",\"jwk\":%s}", INVALID},
    {"131 alg in lower case",
     "{\"typ\":\"dpop+jwt\",\"alg\":\"es256\",\"jwk\":%s}", INVALID},
    {"149 none", "{\"typ\":\"dpop+jwt\",\"alg\":\"none\",\"jwk\":%s}", INVALID},
    {"149 HS256", "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":%s}",
     INVALID},
    {"128 crit", OF_KEY(",\"crit\":[\"x\"],\"x\":1"), INVALID},
    {"128 crit empty", OF_KEY(",\"crit\":[]"), INVALID},
    {"128 jku", OF_KEY(",\"jku\":\"https://example.com/\""), INVALID},
    {"128 x5u", OF_KEY(",\"x5u\":\"https://example.com/\""), INVALID},
    {"128 x5c", OF_KEY(",\"x5c\":[]"), INVALID},
    {"128 b64", OF_KEY(",\"b64\":true"), INVALID},
    {"128 zip", OF_KEY(",\"zip\":\"DEF\""), INVALID},
    {"128 p2c", OF_KEY(",\"p2c\":1"), INVALID},
    {"128 p2s", OF_KEY(",\"p2s\":\"\""), INVALID},
    {"128 alg twice", OF_KEY(",\"alg\":\"ES256\""), INVALID},
    {"132 no jwk", "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\"}", INVALID},
    {"132 jwk null", "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":null}",
     INVALID},
    {"132 jwk empty", "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{}}",
     INVALID},
    {"132 jwk array", "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":[%s]}",
     INVALID},
    {"132 jwk string", "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":\"x\"}",
     INVALID},
    {"132 jwk true", "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":true}",
     INVALID},
    {"132 jwk of a set",
     "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"keys\":[%s]}}",
     INVALID},
};

static void headers_are_judged(void **state)
{
    const char *jwk = support_jwk(SUPPORT_P256, NULL, "", *state);
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(header_rows); i++) {
        const char *text = header_rows[i].text;
        const char *mark = strstr(text, "%s");
        const char *header =
            mark ? apr_pstrcat(
                       *state,
                       apr_pstrmemdup(*state, text, (size_t)(mark - text)), jwk,
                       mark + 2, NULL)
                 : text;
        const char *field = support_token("ES256", header, GOOD, *state);
        bad +=
            support_reason(header_rows[i].name, check(field, &expected, *state),
                           header_rows[i].want);
    }
    assert_int_equal(bad, 0);
}

/* Members that a JWK has besides those of a public key. */
static const row_t jwk_rows[] = {
    {"133 kid, use, alg", "\"kid\":\"k\",\"use\":\"sig\",\"alg\":\"ES256\",",
     AUTH0_OK},
    {"133 key_ops", "\"key_ops\":[\"verify\"],", AUTH0_OK},
    {"133 ext", "\"ext\":true,", AUTH0_OK},
    {"133 for encryption", "\"use\":\"enc\",", INVALID},
    {"133 to sign with", "\"key_ops\":[\"sign\"],", INVALID},
    {"133 another alg", "\"alg\":\"ES384\",", INVALID},
    {"133 d", "\"d\":\"AAAA\",", INVALID},
    {"133 d empty", "\"d\":\"\",", INVALID},
    {"133 d null", "\"d\":null,", INVALID},
    {"133 p", "\"p\":\"AAAA\",", INVALID},
    {"133 q", "\"q\":\"AAAA\",", INVALID},
    {"133 dp", "\"dp\":\"AAAA\",", INVALID},
    {"133 dq", "\"dq\":\"AAAA\",", INVALID},
    {"133 qi", "\"qi\":\"AAAA\",", INVALID},
    {"133 oth", "\"oth\":[],", INVALID},
    {"133 k", "\"k\":\"AAAA\",", INVALID},
    {"133 its own private key", NULL, INVALID},
};

static void a_key_is_public_and_for_signatures(void **state)
{
    auth0_dpop_expected_t expected = expect();
    const char *own = apr_psprintf(*state, "\"d\":\"%s\",",
                                   support_member(SUPPORT_P256, "d", *state));
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(jwk_rows); i++) {
        const char *more = jwk_rows[i].text ? jwk_rows[i].text : own;
        const char *header = apr_psprintf(
            *state, "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":%s}",
            support_jwk(SUPPORT_P256, NULL, more, *state));
        bad +=
            support_reason(jwk_rows[i].name,
                           check(support_token("ES256", header, GOOD, *state),
                                 &expected, *state),
                           jwk_rows[i].want);
    }
    assert_int_equal(bad, 0);
}

/* A key that others signed with, or that they say they did. */
static void a_signature_is_by_the_key_in_the_header(void **state)
{
    static const struct {
        const char *name;
        const char *alg;
        support_key_t key;
    } rows[] = {
        {"132 another P-256 key", "ES256", SUPPORT_P256_OTHER},
        {"132 another RSA key", "RS256", SUPPORT_RSA_OTHER},
        {"132 another RSA key, PSS", "PS256", SUPPORT_RSA_OTHER},
        {"132 P-384 for P-256", "ES256", SUPPORT_P384},
        {"132 P-256 for P-384", "ES384", SUPPORT_P256},
        {"132 RSA for EC", "ES256", SUPPORT_RSA},
        {"132 EC for RSA", "RS256", SUPPORT_P256},
    };
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *header = header_of(rows[i].alg, rows[i].key, *state);
        bad += support_reason(
            rows[i].name,
            check(support_token(rows[i].alg, header, GOOD, *state), &expected,
                  *state),
            INVALID);
    }
    assert_int_equal(bad, 0);
}

static void the_key_is_the_one_of_the_token(void **state)
{
    const char *field = proof_by("ES256", GOOD, *state);
    const char *own = jkt_of(SUPPORT_P256, *state);
    const char *upper = apr_psprintf(*state, "%s=", own);
    const struct {
        const char *name;
        const char *jkt;
        auth0_reason_t want;
    } rows[] = {
        {"140 its own", own, AUTH0_OK},
        {"140 none", "", AUTH0_OK},
        {"140 another one", jkt_of(SUPPORT_P256_OTHER, *state), AUTH0_CNF_JKT},
        {"140 less of it", apr_pstrmemdup(*state, own, 42), AUTH0_CNF_JKT},
        {"140 padded", upper, AUTH0_CNF_JKT},
        {"140 one byte", "a", AUTH0_CNF_JKT},
        {"140 other trailing bits", NULL, AUTH0_CNF_JKT},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_dpop_expected_t expected = expect();
        char *changed = apr_pstrdup(*state, own);
        changed[42] = changed[42] == 'A' ? 'B' : 'A';
        expected.jkt = support_span(rows[i].jkt ? rows[i].jkt : changed);
        bad += support_reason(rows[i].name, check(field, &expected, *state),
                              rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static const row_t nonce_rows[] = {
    {"137 one", WITH("\"nonce\":\"n\""), AUTH0_OK},
    {"137 none", GOOD, AUTH0_CNF_NONCE},
    {"137 an empty one", WITH("\"nonce\":\"\""), AUTH0_CNF_NONCE},
    {"137 a number", WITH("\"nonce\":1"), INVALID},
    {"137 none, before iat",
     "{" JTI "," HTM "," HTU ",\"iat\":1000000000," ATH "}", AUTH0_CNF_NONCE},
    {"137 none, before ath", "{" JTI "," HTM "," HTU "," IAT ",\"ath\":\"x\"}",
     AUTH0_CNF_NONCE},
    {"137 none, after htu",
     "{" JTI "," HTM ",\"htu\":\"https://x/\"," IAT "," ATH "}", INVALID},
    {"137 none, after htm", "{" JTI ",\"htm\":\"PUT\"," HTU "," IAT "," ATH "}",
     INVALID},
};

static void a_nonce_is_wanted_in_its_turn(void **state)
{
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    expected.is_nonce_wanted = true;
    for (size_t i = 0; i < COUNT(nonce_rows); i++) {
        const char *field = proof_by("ES256", nonce_rows[i].text, *state);
        bad +=
            support_reason(nonce_rows[i].name, check(field, &expected, *state),
                           nonce_rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static void what_is_expected_is_compared_whole(void **state)
{
    const char *field = proof_by("ES256", GOOD, *state);
    unsigned bad = 0;
    auth0_dpop_expected_t expected = expect();
    expected.method = support_span("HEAD");
    bad += support_reason("134 HEAD", check(field, &expected, *state), INVALID);
    expected = expect();
    expected.method = support_span("");
    bad += support_reason("134 none", check(field, &expected, *state), INVALID);
    expected = expect();
    expected.url = support_span("");
    bad += support_reason("135 none", check(field, &expected, *state), INVALID);
    expected = expect();
    expected.token = support_span("another.access.token");
    bad +=
        support_reason("139 other", check(field, &expected, *state), INVALID);
    expected = expect();
    expected.token = support_span("");
    bad += support_reason("139 none", check(field, &expected, *state), INVALID);
    assert_int_equal(bad, 0);
}

static void the_field_is_one_proof(void **state)
{
    const char *one = proof_by("ES256", GOOD, *state);
    const row_t rows[] = {
        {"127 no field", NULL, AUTH0_CNF_PROOF_MISSING},
        {"127 an empty field", "", INVALID},
        {"127 one", one, AUTH0_OK},
        {"127 two, the same", apr_pstrcat(*state, one, ", ", one, NULL),
         INVALID},
        {"127 two, without a space", apr_pstrcat(*state, one, ",", one, NULL),
         INVALID},
        {"127 two, by a space", apr_pstrcat(*state, one, " ", one, NULL),
         INVALID},
        {"127 one and nothing", apr_pstrcat(*state, one, ",", NULL), INVALID},
        {"127 nothing and one", apr_pstrcat(*state, ", ", one, NULL), INVALID},
        {"128 quoted", apr_pstrcat(*state, "\"", one, "\"", NULL), INVALID},
        {"128 behind a scheme", apr_pstrcat(*state, "DPoP ", one, NULL),
         INVALID},
        {"128 a space before", apr_pstrcat(*state, " ", one, NULL), INVALID},
        {"128 a space after", apr_pstrcat(*state, one, " ", NULL), INVALID},
        {"128 a fourth part", apr_pstrcat(*state, one, ".", NULL), INVALID},
        {"128 five parts", apr_pstrcat(*state, one, ".a.b", NULL), INVALID},
        {"128 one part", "abc", INVALID},
        {"128 two parts", "e30.e30", INVALID},
        {"128 no signature",
         apr_pstrmemdup(*state, one, (size_t)(strrchr(one, '.') - one) + 1),
         INVALID},
        {"128 an access token", support_plain("ES256", GOOD, *state), INVALID},
        {"128 padded", apr_pstrcat(*state, one, "=", NULL), INVALID},
        {"128 more than a token may have",
         support_repeat("a", AUTH0_TOKEN_MAX + 1, *state), INVALID},
    };
    auth0_dpop_expected_t expected = expect();
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad += support_reason(
            rows[i].name, check(rows[i].text, &expected, *state), rows[i].want);
    }
    assert_int_equal(bad, 0);
}

/* The length that a proof has with so many bytes of padding in a claim. */
static const char *padded(size_t bytes, apr_pool_t *pool)
{
    return proof_by("ES256",
                    apr_psprintf(pool, WITH("\"x\":\"%s\""),
                                 support_repeat("x", bytes, pool)),
                    pool);
}

static void a_proof_has_an_end(void **state)
{
    auth0_dpop_expected_t expected = expect();
    size_t bytes = (AUTH0_TOKEN_MAX - strlen(padded(0, *state))) / 4 * 3;
    while (strlen(padded(bytes, *state)) > AUTH0_TOKEN_MAX) {
        bytes--;
    }
    assert_int_equal(check(padded(bytes, *state), &expected, *state), AUTH0_OK);
    while (strlen(padded(bytes, *state)) <= AUTH0_TOKEN_MAX) {
        bytes++;
    }
    assert_int_equal(check(padded(bytes, *state), &expected, *state), INVALID);
}

/* Each check has words of its own, and none has words of the proof. */
static void the_operator_is_told_which_check_failed(void **state)
{
    static const row_t rows[] = {
        {"its htm is not the method of the request",
         "{" JTI ",\"htm\":\"PUT\"," HTU "," IAT "," ATH "}", INVALID},
        {"its htu is not the URL of the request",
         "{" JTI "," HTM ",\"htu\":\"https://x/\"," IAT "," ATH "}", INVALID},
        {"its iat is outside Auth0DPoPWindow",
         "{" JTI "," HTM "," HTU ",\"iat\":1," ATH "}", INVALID},
        {"its ath is not the hash of the token",
         "{" JTI "," HTM "," HTU "," IAT ",\"ath\":\"x\"}", INVALID},
        {"its payload is not one JSON object without duplicates", "[]",
         INVALID},
    };
    auth0_dpop_expected_t expected = expect();
    auth0_dpop_proof_t proof;
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *field = proof_by("ES256", rows[i].text, *state);
        bad += support_reason(
            rows[i].name,
            auth0_dpop_check(&proof, field, &expected, SUPPORT_NOW, *state),
            rows[i].want);
        bad += support_text(rows[i].name, proof.why, rows[i].name);
    }
    assert_int_equal(bad, 0);
}

/* Nothing of the reasons that tokens are refused for, which say other things.
 */
static void the_operator_is_told_why_there_is_no_proof(void **state)
{
    const char *p256 = header_of("ES256", SUPPORT_P256, *state);
    const char *secret = apr_psprintf(
        *state, "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":%s}",
        support_jwk(SUPPORT_P256, NULL, "\"d\":\"AAAA\",", *state));
    const row_t rows[] = {
        {"it is not one signed JSON Web Token", "opaque", INVALID},
        {"it is not one signed JSON Web Token", "a.b", INVALID},
        {"it is not one signed JSON Web Token",
         support_repeat("a", AUTH0_TOKEN_MAX + 1, *state), INVALID},
        {"its header lacks the typ dpop+jwt, an alg that is accepted or a jwk, "
         "or has a member that proofs never have",
         support_token("ES256", "{\"typ\":\"JWT\",\"alg\":\"ES256\"}", GOOD,
                       *state),
         INVALID},
        {"its jwk is private, or of a kind or size that is not accepted",
         support_token("ES256", secret, GOOD, *state), INVALID},
        {"its signature does not belong to this text and its jwk",
         apr_pstrcat(*state, support_token("ES256", p256, GOOD, *state), "AAAA",
                     NULL),
         INVALID},
        {"its signature does not belong to this text and its jwk",
         support_token("ES256", header_of("ES256", SUPPORT_P256_OTHER, *state),
                       GOOD, *state),
         INVALID},
    };
    auth0_dpop_expected_t expected = expect();
    auth0_dpop_proof_t proof;
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad += support_reason(rows[i].name,
                              auth0_dpop_check(&proof, rows[i].text, &expected,
                                               SUPPORT_NOW, *state),
                              rows[i].want);
        bad += support_text(rows[i].name, proof.why, rows[i].name);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_example_of_the_rfc_is_good),
        SUPPORT_TEST(other_peoples_proofs_are_understood),
        SUPPORT_TEST(each_algorithm_of_the_list_is_good),
        SUPPORT_TEST(claims_are_judged),
        SUPPORT_TEST(a_jti_has_an_end),
        SUPPORT_TEST(the_window_is_exact),
        SUPPORT_TEST(the_window_may_be_a_moment),
        SUPPORT_TEST(time_has_a_beginning_and_an_end),
        SUPPORT_TEST(each_microsecond_is_told),
        SUPPORT_TEST(the_time_of_issue_is_told),
        SUPPORT_TEST(headers_are_judged),
        SUPPORT_TEST(a_key_is_public_and_for_signatures),
        SUPPORT_TEST(a_signature_is_by_the_key_in_the_header),
        SUPPORT_TEST(the_key_is_the_one_of_the_token),
        SUPPORT_TEST(a_nonce_is_wanted_in_its_turn),
        SUPPORT_TEST(what_is_expected_is_compared_whole),
        SUPPORT_TEST(the_field_is_one_proof),
        SUPPORT_TEST(a_proof_has_an_end),
        SUPPORT_TEST(the_operator_is_told_which_check_failed),
        SUPPORT_TEST(the_operator_is_told_why_there_is_no_proof),
    };
    return SUPPORT_RUN(tests);
}
