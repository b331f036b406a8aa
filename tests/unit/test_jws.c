/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_b64.h"
#include "core/auth0_jws.h"

#define RS256 "\"alg\":\"RS256\""

static auth0_reason_t gate(auth0_span_t token, unsigned algs, auth0_jws_t **jws,
                           apr_pool_t *pool)
{
    static char poison;
    auth0_policy_t policy = {.algs = algs};
    *jws = (auth0_jws_t *)(void *)&poison;
    auth0_reason_t reason =
        auth0_jws_parse(jws, support_copy(token, pool), &policy, pool);
    assert_int_equal(reason == AUTH0_OK, *jws != NULL);
    assert_ptr_not_equal(*jws, &poison);
    return reason;
}

static auth0_reason_t pass(const char *token, apr_pool_t *pool)
{
    auth0_jws_t *jws;
    return gate(support_span(token), auth0_alg_asymmetric(), &jws, pool);
}

typedef struct token_row_t {
    const char *name;
    const char *token;
    auth0_reason_t want;
} token_row_t;

/* {"alg":"RS256"} {"alg":"dir"} {"alg":"RSA-OAEP-256"} {"alg":"none"} */
#define H "eyJhbGciOiJSUzI1NiJ9"
#define DIR "eyJhbGciOiJkaXIifQ"
#define OAEP "eyJhbGciOiJSU0EtT0FFUC0yNTYifQ"
#define NONE "eyJhbGciOiJub25lIn0"

static const token_row_t part_rows[] = {
    {"three parts", H ".e30.AAAA", AUTH0_OK},
    {"empty payload", H "..AAAA", AUTH0_OK},
    {"empty signature", H ".e30.", AUTH0_OK},
    {"header alone", H "..", AUTH0_OK},
    {"no dot", "abc", AUTH0_TOKEN_OPAQUE},
    {"no dot, one letter", "a", AUTH0_TOKEN_OPAQUE},
    {"no dot, no base64url", "a~+/=", AUTH0_TOKEN_OPAQUE},
    {"header without dots", H, AUTH0_TOKEN_OPAQUE},
    {"nothing", "", AUTH0_TOKEN_MALFORMED},
    {"one dot alone", ".", AUTH0_TOKEN_MALFORMED},
    {"two parts", H ".e30", AUTH0_TOKEN_MALFORMED},
    {"four parts", H ".e30.AAAA.AAAA", AUTH0_TOKEN_MALFORMED},
    {"six parts", H ".e30.AAAA.AAAA.AAAA.AAAA", AUTH0_TOKEN_MALFORMED},
    {"dot behind", H ".e30.AAAA.", AUTH0_TOKEN_MALFORMED},
    {"dot in front", "." H ".e30.AAAA", AUTH0_TOKEN_MALFORMED},
    {"two dots alone", "..", AUTH0_HEADER_MALFORMED},
    {"empty header", ".e30.AAAA", AUTH0_HEADER_MALFORMED},
    {"four dots alone", "....", AUTH0_HEADER_MALFORMED},
    {"five dots alone", ".....", AUTH0_TOKEN_MALFORMED},
    {"JWE without a key", DIR "..AAAA.AAAA.AAAA", AUTH0_TOKEN_OPAQUE},
    {"JWE with a key", OAEP ".AAAA.AAAA.AAAA.AAAA", AUTH0_TOKEN_ENCRYPTED},
    {"five parts that name a JWS", H ".e30.AAAA.AAAA.AAAA",
     AUTH0_TOKEN_ENCRYPTED},
    {"five parts with none", NONE ".e30.AAAA.AAAA.AAAA", AUTH0_TOKEN_ENCRYPTED},
    {"five parts, broken header", "AAAA.AAAA.AAAA.AAAA.AAAA",
     AUTH0_HEADER_MALFORMED},
    {"five parts, bad base64url", OAEP ".A.AAAA.AAAA.AAAA",
     AUTH0_TOKEN_MALFORMED},
    {"JWE text in three parts", DIR ".AAAA.AAAA", AUTH0_HEADER_ALG},
    {"space in front", " " H ".e30.AAAA", AUTH0_TOKEN_MALFORMED},
    {"line feed behind", H ".e30.AAAA\n", AUTH0_TOKEN_MALFORMED},
    {"JSON serialisation", "{\"payload\":\"e30\",\"signatures\":[]}",
     AUTH0_TOKEN_OPAQUE},
};

static unsigned pass_rows(const token_row_t *rows, size_t count,
                          apr_pool_t *pool)
{
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        bad += support_reason(rows[i].name, pass(rows[i].token, pool),
                              rows[i].want);
    }
    return bad;
}

static void a_jws_has_three_parts(void **state)
{
    assert_int_equal(pass_rows(part_rows, COUNT(part_rows), *state), 0);
}

static void many_dots_are_cheap(void **state)
{
    const char *dots = support_repeat(".", AUTH0_TOKEN_MAX, *state);
    assert_int_equal(pass(dots, *state), AUTH0_TOKEN_MALFORMED);
}

static const char *const bad_parts[] = {
    "A",     "AAAAA", "A===",  "AA==",  "AAA=",   "=",      "AA=",
    "AAAA=", "AB",    "AAB",   "AA A",  "AA\nA",  "AA+A",   "AA/A",
    "AA~A",  "AA%A",  "AA\tA", "AA\"A", "AA\xc3", "\x80ZZZ"};

static void parts_are_canonical_base64url(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(bad_parts); i++) {
        const char *part = bad_parts[i];
        const token_row_t rows[] = {
            {part, apr_pstrcat(*state, part, ".e30.AAAA", NULL),
             AUTH0_TOKEN_MALFORMED},
            {part, apr_pstrcat(*state, H ".", part, ".AAAA", NULL),
             AUTH0_TOKEN_MALFORMED},
            {part, apr_pstrcat(*state, H ".e30.", part, NULL),
             AUTH0_TOKEN_MALFORMED},
        };
        bad += pass_rows(rows, COUNT(rows), *state);
    }
    assert_int_equal(bad, 0);
}

static void a_nul_does_not_end_a_token(void **state)
{
    static const char with_nul[] = H ".e30.AAAA\0AAA";
    auth0_jws_t *jws;
    assert_int_equal(gate(auth0_span(with_nul, sizeof(with_nul) - 1),
                          auth0_alg_asymmetric(), &jws, *state),
                     AUTH0_TOKEN_MALFORMED);
}

static void a_token_has_at_most_8192_bytes(void **state)
{
    size_t frame = strlen(H "..AAAA");
    unsigned bad = 0;
    for (size_t len = AUTH0_TOKEN_MAX - 1; len <= AUTH0_TOKEN_MAX + 1; len++) {
        size_t payload = len - frame;
        bool cut = payload % 4 == 1;
        const char *token = apr_pstrcat(
            *state, H ".", support_repeat("A", payload, *state), ".AAAA", NULL);
        assert_int_equal(strlen(token), len);
        bad += support_reason(apr_psprintf(*state, "%d", (int)len),
                              pass(token, *state),
                              len > AUTH0_TOKEN_MAX ? AUTH0_REQUEST_TOO_LARGE
                              : cut                 ? AUTH0_TOKEN_MALFORMED
                                                    : AUTH0_OK);
    }
    assert_int_equal(bad, 0);
    assert_int_equal(
        pass(support_repeat("a", AUTH0_TOKEN_MAX + 1, *state), *state),
        AUTH0_REQUEST_TOO_LARGE);
}

typedef struct header_row_t {
    const char *header;
    auth0_reason_t want;
} header_row_t;

static unsigned header_rows_pass(const header_row_t *rows, size_t count,
                                 apr_pool_t *pool)
{
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        const char *token =
            support_join(rows[i].header, "{}", support_span("sig"), pool);
        bad += support_reason(rows[i].header, pass(token, pool), rows[i].want);
    }
    return bad;
}

static const header_row_t shape_rows[] = {
    {"{" RS256 "}", AUTH0_OK},
    {" {\t" RS256 "\r\n} ", AUTH0_OK},
    {"{" RS256 ",\"x\":{\"y\":[1,null]},\"cty\":\"x\"}", AUTH0_OK},
    {"{\"\\u0061lg\":\"RS\\u003256\"}", AUTH0_OK},
    {"", AUTH0_HEADER_MALFORMED},
    {"RS256", AUTH0_HEADER_MALFORMED},
    {"null", AUTH0_HEADER_MALFORMED},
    {"[]", AUTH0_HEADER_MALFORMED},
    {"[{" RS256 "}]", AUTH0_HEADER_MALFORMED},
    {"\"RS256\"", AUTH0_HEADER_MALFORMED},
    {"{" RS256, AUTH0_HEADER_MALFORMED},
    {"{" RS256 "}{}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 "}x", AUTH0_HEADER_MALFORMED},
    {"\xef\xbb\xbf{" RS256 "}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"x\":\"\xff\"}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"x\":\"\\u0000\"}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 "," RS256 "}", AUTH0_HEADER_MALFORMED},
    {"{\"alg\":\"none\"," RS256 "}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"\\u0061lg\":\"none\"}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"kid\":\"a\",\"kid\":\"b\"}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"x\":{\"a\":1,\"a\":1}}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"x\":1e400}", AUTH0_HEADER_MALFORMED},
};

static void a_header_is_one_object(void **state)
{
    assert_int_equal(header_rows_pass(shape_rows, COUNT(shape_rows), *state),
                     0);
}

static void a_header_has_limits(void **state)
{
    unsigned bad = 0;
    for (size_t levels = 14; levels <= 16; levels++) {
        const char *deep = apr_pstrcat(
            *state, "{" RS256 ",\"x\":", support_repeat("[", levels, *state),
            support_repeat("]", levels, *state), "}", NULL);
        const header_row_t row = {deep, levels <= 15 ? AUTH0_OK
                                                     : AUTH0_HEADER_MALFORMED};
        bad += header_rows_pass(&row, 1, *state);
    }
    for (size_t len = 2047; len <= 2049; len++) {
        const char *large = apr_pstrcat(
            *state, "{" RS256 "}",
            support_repeat(" ", len - strlen("{" RS256 "}"), *state), NULL);
        const header_row_t row = {large, len <= 2048 ? AUTH0_OK
                                                     : AUTH0_HEADER_MALFORMED};
        bad += header_rows_pass(&row, 1, *state);
    }
    assert_int_equal(bad, 0);
}

static const header_row_t alg_rows[] = {
    {"{}", AUTH0_HEADER_ALG},
    {"{\"Alg\":\"RS256\"}", AUTH0_HEADER_ALG},
    {"{\"ALG\":\"RS256\"}", AUTH0_HEADER_ALG},
    {"{\"x\":{" RS256 "}}", AUTH0_HEADER_ALG},
    {"{\"alg\":null}", AUTH0_HEADER_ALG},
    {"{\"alg\":256}", AUTH0_HEADER_ALG},
    {"{\"alg\":true}", AUTH0_HEADER_ALG},
    {"{\"alg\":[\"RS256\"]}", AUTH0_HEADER_ALG},
    {"{\"alg\":{}}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"RS256 \"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\" RS256\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"rs256\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"RS2\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"RS2560\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"RS\\n256\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"HS256\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"EdDSA\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"ES256K\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"dir\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}", AUTH0_HEADER_ALG},
};

static void an_algorithm_is_named_exactly(void **state)
{
    assert_int_equal(header_rows_pass(alg_rows, COUNT(alg_rows), *state), 0);
}

static void none_is_refused_in_every_case(void **state)
{
    unsigned all = auth0_alg_asymmetric() | auth0_alg_symmetric();
    unsigned bad = 0;
    for (unsigned variant = 0; variant < 16; variant++) {
        char name[] = "none";
        for (unsigned i = 0; i < 4; i++) {
            name[i] = (char)(variant >> i & 1 ? name[i] - 0x20 : name[i]);
        }
        const char *header = apr_psprintf(*state, "{\"alg\":\"%s\"}", name);
        for (unsigned kind = 0; kind < 2; kind++) {
            auth0_jws_t *jws;
            const char *token = support_join(
                header, "{}", support_span(kind ? "sig" : ""), *state);
            bad += support_reason(name,
                                  gate(support_span(token), all, &jws, *state),
                                  AUTH0_HEADER_ALG);
        }
    }
    assert_int_equal(bad, 0);
}

/* Every algorithm against every policy of one. */
static void the_policy_decides_over_algorithms(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; auth0_alg_at(i) != NULL; i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        const char *token =
            support_join(apr_psprintf(*state, "{\"alg\":\"%s\"}", alg->name),
                         "{}", support_span("sig"), *state);
        for (size_t k = 0; auth0_alg_at(k) != NULL; k++) {
            auth0_jws_t *jws;
            auth0_reason_t got =
                gate(support_span(token), auth0_alg_at(k)->bit, &jws, *state);
            bad += support_reason(alg->name, got,
                                  i == k ? AUTH0_OK : AUTH0_HEADER_ALG);
            assert_true(got != AUTH0_OK || auth0_jws_alg(jws) == alg);
        }
        auth0_jws_t *jws;
        bad += support_reason(alg->name,
                              gate(support_span(token), 0, &jws, *state),
                              AUTH0_HEADER_ALG);
    }
    assert_int_equal(bad, 0);
}

static const header_row_t crit_rows[] = {
    {"{" RS256 ",\"crit\":[\"exp\"]}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":[\"b64\"],\"b64\":false}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":[\"x\"],\"x\":1}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":[\"alg\"]}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":[\"x\",\"x\"],\"x\":1}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":[]}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":[1]}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":null}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":\"b64\"}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":{}}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"crit\":false}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"\\u0063rit\":[\"x\"]}", AUTH0_HEADER_CRIT},
};

static void crit_is_refused_in_every_form(void **state)
{
    assert_int_equal(header_rows_pass(crit_rows, COUNT(crit_rows), *state), 0);
}

static const header_row_t typ_rows[] = {
    {"{" RS256 ",\"typ\":\"JWT\"}", AUTH0_OK},
    {"{" RS256 ",\"typ\":\"jwt\"}", AUTH0_OK},
    {"{" RS256 ",\"typ\":\"at+jwt\"}", AUTH0_OK},
    {"{" RS256 ",\"typ\":\"AT+JWT\"}", AUTH0_OK},
    {"{" RS256 ",\"typ\":\"application/at+jwt\"}", AUTH0_OK},
    {"{" RS256 ",\"typ\":\"\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"JWT \"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"JW\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"JWTx\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"JOSE\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"id+jwt\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"dpop+jwt\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"logout+jwt\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"client-authentication+jwt\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"secevent+jwt\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":\"text/at+jwt\"}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":null}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":1}", AUTH0_HEADER_TYP},
    {"{" RS256 ",\"typ\":[\"JWT\"]}", AUTH0_HEADER_TYP},
};

static void typ_names_an_access_token(void **state)
{
    assert_int_equal(header_rows_pass(typ_rows, COUNT(typ_rows), *state), 0);
}

/* typ as JSON, and whether each profile takes it. */
static const struct {
    const char *typ;
    bool good[AUTH0_PROFILE_COUNT];
} profile_rows[] = {
    {NULL, {true, true, false, false, false}},
    {"\"JWT\"", {true, true, false, true, false}},
    {"\"jwt\"", {true, true, false, true, false}},
    {"\"at+jwt\"", {true, false, true, false, false}},
    {"\"AT+JWT\"", {true, false, true, false, false}},
    {"\"application/at+jwt\"", {true, false, true, false, false}},
    {"\"Application/At+Jwt\"", {true, false, true, false, false}},
    {"\"application/jwt\"", {false, false, false, false, false}},
    {"\"at+jwt \"", {false, false, false, false, false}},
    {"\"logout+jwt\"", {false, false, false, true, false}},
    {"\"LOGOUT+jwt\"", {false, false, false, true, false}},
    {"\"application/logout+jwt\"", {false, false, false, true, false}},
    {"\"logout\"", {false, false, false, false, false}},
    {"\"\"", {false, false, false, false, false}},
    {"null", {false, false, false, false, false}},
    {"[\"at+jwt\"]", {false, false, false, false, false}},
    {"\"dpop+jwt\"", {false, false, false, false, true}},
    {"\"DPoP+JWT\"", {false, false, false, false, true}},
    {"\"application/dpop+jwt\"", {false, false, false, false, false}},
    {"\"dpop\"", {false, false, false, false, false}},
};

static void each_profile_has_types_of_its_own(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(profile_rows); i++) {
        const char *typ = profile_rows[i].typ;
        const char *member =
            typ ? apr_psprintf(*state, ",\"typ\":%s", typ) : "";
        for (unsigned p = 0; p < AUTH0_PROFILE_COUNT; p++) {
            auth0_policy_t policy = {.algs = auth0_alg_asymmetric(),
                                     .profile = (auth0_profile_t)p};
            const char *jwk = p == AUTH0_PROFILE_DPOP ? ",\"jwk\":{}" : "";
            const char *header =
                apr_pstrcat(*state, "{" RS256, member, jwk, "}", NULL);
            const char *token =
                support_join(header, "{}", support_span("sig"), *state);
            auth0_jws_t *jws;
            bad += support_reason(
                apr_psprintf(*state, "%s %s", header,
                             auth0_profile_rules(policy.profile)->name),
                auth0_jws_parse(&jws, support_span(token), &policy, *state),
                profile_rows[i].good[p] ? AUTH0_OK : AUTH0_HEADER_TYP);
        }
    }
    assert_int_equal(bad, 0);
}

static void members_of_another_kind_are_forbidden(void **state)
{
    static const char *const names[] = {"jku", "jwk", "x5u", "x5c",
                                        "b64", "zip", "p2c", "p2s"};
    static const char *const values[] = {"null", "true", "false", "\"\"",
                                         "{}",   "[]",   "1"};
    unsigned bad = 0;
    for (size_t n = 0; n < COUNT(names); n++) {
        for (size_t v = 0; v < COUNT(values); v++) {
            const header_row_t row = {apr_psprintf(*state,
                                                   "{" RS256 ",\"%s\":%s}",
                                                   names[n], values[v]),
                                      AUTH0_HEADER_FORBIDDEN};
            bad += header_rows_pass(&row, 1, *state);
        }
    }
    assert_int_equal(bad, 0);
}

/* RFC 9449 section 4.2: allowed to nobody else, and needed there. */
static const header_row_t jwk_rows[] = {
    {"{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":{}}", AUTH0_OK},
    {"{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":{\"kty\":\"RSA\"}}", AUTH0_OK},
    {"{" RS256 ",\"typ\":\"dpop+jwt\"}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":null}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":[]}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":\"\"}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":{},\"jku\":\"\"}",
     AUTH0_HEADER_FORBIDDEN},
    {"{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":{},\"crit\":[\"jwk\"]}",
     AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"typ\":\"JWT\",\"jwk\":{}}", AUTH0_HEADER_TYP},
};

static void a_proof_alone_brings_its_key(void **state)
{
    auth0_policy_t policy = {.algs = auth0_alg_asymmetric(),
                             .profile = AUTH0_PROFILE_DPOP};
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(jwk_rows); i++) {
        const char *token =
            support_join(jwk_rows[i].header, "{}", support_span("sig"), *state);
        auth0_jws_t *jws;
        bad += support_reason(
            jwk_rows[i].header,
            auth0_jws_parse(&jws, support_span(token), &policy, *state),
            jwk_rows[i].want);
    }
    assert_int_equal(bad, 0);
}

static auth0_reason_t own_key(const char *jwk_text, auth0_key_t **key,
                              const auth0_json_t **jwk, apr_pool_t *pool)
{
    auth0_policy_t policy = {.algs = auth0_alg_asymmetric(),
                             .profile = AUTH0_PROFILE_DPOP};
    const char *header = apr_psprintf(
        pool, "{" RS256 ",\"typ\":\"dpop+jwt\",\"jwk\":%s}", jwk_text);
    const char *token = support_join(header, "{}", support_span("sig"), pool);
    auth0_jws_t *jws;
    assert_int_equal(auth0_jws_parse(&jws, support_span(token), &policy, pool),
                     AUTH0_OK);
    return auth0_jws_own_key(key, jwk, jws, pool);
}

static void the_own_key_is_made_of_the_header(void **state)
{
    for (unsigned which = 0; which < SUPPORT_KEY_COUNT; which++) {
        const char *text = support_jwk((support_key_t)which, NULL, "", *state);
        const auth0_json_t *jwk = NULL;
        auth0_key_t *key = NULL;
        assert_int_equal(own_key(text, &key, &jwk, *state), AUTH0_OK);
        assert_true(
            auth0_key_same(key, support_key((support_key_t)which, *state)));
        assert_true(auth0_json_is_object(jwk));
    }
}

/* 133 and 151 of RFC 9449's statements. */
static void an_own_key_is_public_and_large_enough(void **state)
{
    const char *small =
        apr_psprintf(*state, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}",
                     support_repeat("_", 170, *state));
    const char *const texts[] = {
        "{}",
        "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
        small,
        support_jwk(SUPPORT_RSA, NULL, "\"d\":\"AQ\",", *state),
        support_jwk(SUPPORT_RSA, NULL, "\"oth\":[],", *state),
        support_jwk(SUPPORT_P256, NULL, "\"d\":null,", *state),
        support_jwk(SUPPORT_P256, NULL, "\"use\":\"enc\",", *state),
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(texts); i++) {
        const auth0_json_t *jwk;
        auth0_key_t *key;
        bad += support_reason(texts[i], own_key(texts[i], &key, &jwk, *state),
                              AUTH0_KEY_UNUSABLE);
        assert_null(key);
    }
    assert_int_equal(bad, 0);
}

static void other_tokens_have_no_own_key(void **state)
{
    const char *token =
        support_join("{" RS256 "}", "{}", support_span("sig"), *state);
    const auth0_json_t *jwk;
    auth0_key_t *key;
    auth0_jws_t *jws;
    assert_int_equal(
        gate(support_span(token), auth0_alg_asymmetric(), &jws, *state),
        AUTH0_OK);
    assert_int_equal(auth0_jws_own_key(&key, &jwk, jws, *state),
                     AUTH0_KEY_UNKNOWN);
    assert_null(key);
    assert_null(jwk);
}

static const header_row_t kid_rows[] = {
    {"{" RS256 ",\"kid\":\"\"}", AUTH0_OK},
    {"{" RS256 ",\"kid\":\"../../dev/null\"}", AUTH0_OK},
    {"{" RS256 ",\"kid\":1}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"kid\":null}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"kid\":true}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"kid\":[\"x\"]}", AUTH0_HEADER_MALFORMED},
    {"{" RS256 ",\"kid\":{}}", AUTH0_HEADER_MALFORMED},
};

static void a_kid_is_a_short_string(void **state)
{
    unsigned bad = header_rows_pass(kid_rows, COUNT(kid_rows), *state);
    for (size_t len = 255; len <= 257; len++) {
        const header_row_t row = {
            apr_psprintf(*state, "{" RS256 ",\"kid\":\"%s\"}",
                         support_repeat("k", len, *state)),
            len <= 256 ? AUTH0_OK : AUTH0_HEADER_MALFORMED};
        bad += header_rows_pass(&row, 1, *state);
    }
    assert_int_equal(bad, 0);
}

static void the_kid_is_what_the_header_says(void **state)
{
    static const struct {
        const char *header;
        const char *kid;
    } rows[] = {{"{" RS256 "}", ""},
                {"{" RS256 ",\"kid\":\"\"}", ""},
                {"{" RS256 ",\"kid\":\"a b\"}", "a b"},
                {"{" RS256 ",\"kid\":\"\\u0061\"}", "a"}};
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_jws_t *jws;
        const char *token =
            support_join(rows[i].header, "{}", support_span("sig"), *state);
        assert_int_equal(
            gate(support_span(token), auth0_alg_asymmetric(), &jws, *state),
            AUTH0_OK);
        bad += support_text(rows[i].header,
                            support_string(auth0_jws_kid(jws), *state),
                            rows[i].kid);
    }
    assert_int_equal(bad, 0);
}

/* Each is wrong in two ways; the earlier stage names the reason. */
static const header_row_t order_rows[] = {
    {"{\"kid\":1,\"alg\":\"none\"}", AUTH0_HEADER_MALFORMED},
    {"{\"alg\":\"none\",\"crit\":[\"x\"]}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"none\",\"typ\":\"x\"}", AUTH0_HEADER_ALG},
    {"{\"alg\":\"none\",\"jwk\":{}}", AUTH0_HEADER_ALG},
    {"{" RS256 ",\"typ\":\"x\",\"crit\":[\"x\"]}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"jwk\":{},\"crit\":[\"x\"]}", AUTH0_HEADER_CRIT},
    {"{" RS256 ",\"jwk\":{},\"typ\":\"x\"}", AUTH0_HEADER_TYP},
};

static void the_earlier_check_names_the_reason(void **state)
{
    unsigned bad = header_rows_pass(order_rows, COUNT(order_rows), *state);
    const token_row_t rows[] = {
        {"base64url before header", "AAAA.e30.A", AUTH0_TOKEN_MALFORMED},
        {"parts before base64url", "A.A", AUTH0_TOKEN_MALFORMED},
    };
    bad += pass_rows(rows, COUNT(rows), *state);
    assert_int_equal(bad, 0);
}

static const header_row_t peek_rows[] = {
    {"{\"iss\":\"https://a/\"}", AUTH0_OK},
    {"{\"iss\":\"\"}", AUTH0_OK},
    {"", AUTH0_CLAIMS_MALFORMED},
    {"x", AUTH0_CLAIMS_MALFORMED},
    {"[\"https://a/\"]", AUTH0_CLAIMS_MALFORMED},
    {"{\"iss\":\"a\",\"iss\":\"b\"}", AUTH0_CLAIMS_MALFORMED},
    {"{\"iss\":\"a\"}x", AUTH0_CLAIMS_MALFORMED},
    {"{\"iss\":\"\\u0000\"}", AUTH0_CLAIMS_MALFORMED},
    {"{}", AUTH0_CLAIMS_MISSING},
    {"{\"Iss\":\"a\"}", AUTH0_CLAIMS_MISSING},
    {"{\"iss\":1}", AUTH0_CLAIMS_TYPE},
    {"{\"iss\":null}", AUTH0_CLAIMS_TYPE},
    {"{\"iss\":[\"a\"]}", AUTH0_CLAIMS_TYPE},
};

static void an_issuer_can_be_looked_at(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(peek_rows); i++) {
        const char *token = support_join("{" RS256 "}", peek_rows[i].header,
                                         support_span("sig"), *state);
        auth0_span_t issuer = support_span("poison");
        auth0_jws_t *jws;
        assert_int_equal(
            gate(support_span(token), auth0_alg_asymmetric(), &jws, *state),
            AUTH0_OK);
        auth0_reason_t got = auth0_jws_peek_issuer(&issuer, jws, *state);
        bad += support_reason(peek_rows[i].header, got, peek_rows[i].want);
        assert_false(auth0_span_is(issuer, "poison"));
        assert_true(i != 0 || auth0_span_is(issuer, "https://a/"));
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_jws_has_three_parts),
        SUPPORT_TEST(many_dots_are_cheap),
        SUPPORT_TEST(parts_are_canonical_base64url),
        SUPPORT_TEST(a_nul_does_not_end_a_token),
        SUPPORT_TEST(a_token_has_at_most_8192_bytes),
        SUPPORT_TEST(a_header_is_one_object),
        SUPPORT_TEST(a_header_has_limits),
        SUPPORT_TEST(an_algorithm_is_named_exactly),
        SUPPORT_TEST(none_is_refused_in_every_case),
        SUPPORT_TEST(the_policy_decides_over_algorithms),
        SUPPORT_TEST(crit_is_refused_in_every_form),
        SUPPORT_TEST(typ_names_an_access_token),
        SUPPORT_TEST(each_profile_has_types_of_its_own),
        SUPPORT_TEST(members_of_another_kind_are_forbidden),
        SUPPORT_TEST(a_proof_alone_brings_its_key),
        SUPPORT_TEST(the_own_key_is_made_of_the_header),
        SUPPORT_TEST(an_own_key_is_public_and_large_enough),
        SUPPORT_TEST(other_tokens_have_no_own_key),
        SUPPORT_TEST(a_kid_is_a_short_string),
        SUPPORT_TEST(the_kid_is_what_the_header_says),
        SUPPORT_TEST(the_earlier_check_names_the_reason),
        SUPPORT_TEST(an_issuer_can_be_looked_at),
    };
    return SUPPORT_RUN(tests);
}
