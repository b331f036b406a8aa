/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include <openssl/err.h>

#include "core/auth0_jws.h"

static void every_algorithm_lets_a_good_token_in(void **state)
{
    unsigned bad = 0;
    support_source_t source = {support_all_keys(*state), 0, 0};
    for (size_t i = 0; auth0_alg_at(i) != NULL; i++) {
        const auth0_alg_t *alg = auth0_alg_at(i);
        auth0_policy_t policy = support_policy(alg->bit, *state);
        const char *token =
            support_plain(alg->name, support_payload("", *state), *state);
        bad += support_reason(alg->name,
                              support_verify(token, &policy, &source, *state),
                              AUTH0_OK);
    }
    assert_int_equal(bad, 0);
}

static void the_claims_are_those_of_the_token(void **state)
{
    support_source_t source = {support_all_keys(*state), 0, 0};
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    const char *token = support_plain(
        "RS256", support_payload("\"scope\":\"read:orders\",", *state), *state);
    auth0_claims_t *claims;
    auth0_span_t value;
    assert_int_equal(auth0_verify(&claims, support_span(token), &policy,
                                  support_keys(&source), SUPPORT_NOW, *state),
                     AUTH0_OK);
    assert_true(auth0_claims_string(&value, claims, "sub"));
    assert_true(auth0_span_is(value, "auth0|1"));
    assert_true(auth0_claims_string(&value, claims, "scope"));
    assert_true(auth0_span_is(value, "read:orders"));
}

/* Auth0 sets a JWK's alg per tenant and an API's algorithm per API. */
static void an_rsa_key_serves_what_the_policy_allows(void **state)
{
    const char *jwk =
        support_jwk(SUPPORT_RSA, "rsa", "\"alg\":\"PS512\",", *state);
    support_source_t source = {support_jwks(jwk, *state), 0, 0};
    auth0_policy_t rs256 = support_policy(support_algs("RS256"), *state);
    const char *payload = support_payload("", *state);
    assert_int_equal(support_verify(support_plain("RS256", payload, *state),
                                    &rs256, &source, *state),
                     AUTH0_OK);
    assert_int_equal(support_verify(support_plain("PS512", payload, *state),
                                    &rs256, &source, *state),
                     AUTH0_HEADER_ALG);
}

typedef struct mix_row_t {
    const char *name;
    const char *algs;
    const char *signed_by;
    const char *header;
    auth0_reason_t want;
} mix_row_t;

static const mix_row_t mix_rows[] = {
    {"good", "RS256", "RS256", "{\"alg\":\"RS256\",\"kid\":\"rsa\"}", AUTH0_OK},
    {"good without kid", "RS256", "RS256", "{\"alg\":\"RS256\"}", AUTH0_OK},
    {"alg not in the policy", "RS256", "RS512",
     "{\"alg\":\"RS512\",\"kid\":\"rsa\"}", AUTH0_HEADER_ALG},
    {"HS256 against RS256", "RS256", "HS256",
     "{\"alg\":\"HS256\",\"kid\":\"rsa\"}", AUTH0_HEADER_ALG},
    {"RS256 against HS256", "HS256", "RS256",
     "{\"alg\":\"RS256\",\"kid\":\"rsa\"}", AUTH0_HEADER_ALG},
    {"PS256 as RS256", "RS256 PS256", "PS256",
     "{\"alg\":\"RS256\",\"kid\":\"rsa\"}", AUTH0_SIGNATURE_INVALID},
    {"RS256 as PS256", "RS256 PS256", "RS256",
     "{\"alg\":\"PS256\",\"kid\":\"rsa\"}", AUTH0_SIGNATURE_INVALID},
    {"RS256 as RS384", "RS256 RS384", "RS256",
     "{\"alg\":\"RS384\",\"kid\":\"rsa\"}", AUTH0_SIGNATURE_INVALID},
    {"ES256 with the RSA key", "RS256 ES256", "ES256",
     "{\"alg\":\"ES256\",\"kid\":\"rsa\"}", AUTH0_KEY_UNUSABLE},
    {"RS256 with the EC key", "RS256 ES256", "RS256",
     "{\"alg\":\"RS256\",\"kid\":\"p256\"}", AUTH0_KEY_UNUSABLE},
    {"ES256 with the P-384 key", "ES256 ES384", "ES256",
     "{\"alg\":\"ES256\",\"kid\":\"p384\"}", AUTH0_KEY_UNUSABLE},
    {"ES384 with the P-256 key", "ES256 ES384", "ES384",
     "{\"alg\":\"ES384\",\"kid\":\"p256\"}", AUTH0_KEY_UNUSABLE},
    {"unknown kid", "RS256", "RS256", "{\"alg\":\"RS256\",\"kid\":\"x\"}",
     AUTH0_KEY_UNKNOWN},
    {"typ of an ID token", "RS256", "RS256",
     "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"id+jwt\"}",
     AUTH0_HEADER_TYP},
    {"crit", "RS256", "RS256",
     "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":[\"exp\"]}",
     AUTH0_HEADER_CRIT},
    {"own key in the header", "RS256", "RS256",
     "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jwk\":{\"kty\":\"RSA\"}}",
     AUTH0_HEADER_FORBIDDEN},
    {"unencoded payload", "RS256", "RS256",
     "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"b64\":false}",
     AUTH0_HEADER_FORBIDDEN},
};

static void algorithms_and_keys_do_not_mix(void **state)
{
    support_source_t source = {support_all_keys(*state), 0, 0};
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(mix_rows); i++) {
        const mix_row_t *row = &mix_rows[i];
        auth0_policy_t policy = support_policy(support_algs(row->algs), *state);
        const char *token = support_token(row->signed_by, row->header,
                                          support_payload("", *state), *state);
        bad += support_reason(row->name,
                              support_verify(token, &policy, &source, *state),
                              row->want);
    }
    assert_int_equal(bad, 0);
}

static void a_public_key_never_becomes_a_secret(void **state)
{
    support_source_t source = {support_all_keys(*state), 0, 0};
    auth0_signer_t signer = {NULL, support_number(SUPPORT_RSA, "n", *state)};
    const char *token =
        auth0_sign(&signer, auth0_alg_find(support_span("HS256")),
                   "{\"alg\":\"HS256\",\"kid\":\"rsa\"}",
                   support_payload("", *state), *state);
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    assert_int_equal(support_verify(token, &policy, &source, *state),
                     AUTH0_HEADER_ALG);
    policy.algs |= support_algs("HS256");
    assert_int_equal(support_verify(token, &policy, &source, *state),
                     AUTH0_KEY_UNUSABLE);
    policy.secret = auth0_key_from_secret(support_span(support_secret), *state);
    assert_int_equal(support_verify(token, &policy, &source, *state),
                     AUTH0_SIGNATURE_INVALID);
}

static void a_secret_needs_no_key_set(void **state)
{
    auth0_policy_t policy = support_policy(support_algs("HS256"), *state);
    support_source_t source = {NULL, 0, 0};
    const char *payload = support_payload("", *state);
    assert_int_equal(
        support_verify(support_token("HS256",
                                     "{\"alg\":\"HS256\",\"kid\":\"any\"}",
                                     payload, *state),
                       &policy, &source, *state),
        AUTH0_OK);
    assert_int_equal(source.asked, 0);
    policy.secret =
        auth0_key_from_secret(auth0_span(support_secret, 31), *state);
    assert_int_equal(support_verify(support_plain("HS256", payload, *state),
                                    &policy, &source, *state),
                     AUTH0_KEY_UNUSABLE);
}

static void without_keys_there_is_no_verdict(void **state)
{
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    support_source_t source = {NULL, 0, 0};
    const char *token =
        support_plain("RS256", support_payload("", *state), *state);
    assert_int_equal(support_verify(token, &policy, &source, *state),
                     AUTH0_KEY_UNAVAILABLE);
    assert_int_equal(source.asked, 1);
    assert_int_equal(support_verify("a.b", &policy, &source, *state),
                     AUTH0_TOKEN_MALFORMED);
    assert_int_equal(source.asked, 1);
}

static const char *const two_issuers[] = {"https://a.example/",
                                          "https://b.example/"};

typedef struct issuer_source_t {
    const auth0_jwks_t *sets[2];
    unsigned asked[2];
} issuer_source_t;

static const auth0_jwks_t *find_by_issuer(void *baton, size_t issuer)
{
    issuer_source_t *source = baton;
    assert_in_range(issuer, 0, 1);
    source->asked[issuer]++;
    return source->sets[issuer];
}

typedef struct issuer_row_t {
    const char *name;
    const char *payload;
    support_key_t key;
    auth0_reason_t want;
    unsigned asked[2];
} issuer_row_t;

#define FROM(iss)                                                              \
    "{\"iss\":" iss ",\"aud\":\"" SUPPORT_AUDIENCE "\",\"exp\":1800000060}"

static const issuer_row_t issuer_rows[] = {
    {"first", FROM("\"https://a.example/\""), SUPPORT_P256, AUTH0_OK, {1, 0}},
    {"second",
     FROM("\"https://b.example/\""),
     SUPPORT_P256_OTHER,
     AUTH0_OK,
     {0, 1}},
    {"first by the second's key",
     FROM("\"https://a.example/\""),
     SUPPORT_P256_OTHER,
     AUTH0_SIGNATURE_INVALID,
     {1, 0}},
    {"second by the first's key",
     FROM("\"https://b.example/\""),
     SUPPORT_P256,
     AUTH0_SIGNATURE_INVALID,
     {0, 1}},
    {"third",
     FROM("\"https://c.example/\""),
     SUPPORT_P256,
     AUTH0_CLAIMS_ISS,
     {0, 0}},
    {"slash missing",
     FROM("\"https://a.example\""),
     SUPPORT_P256,
     AUTH0_CLAIMS_ISS,
     {0, 0}},
    {"case",
     FROM("\"https://A.example/\""),
     SUPPORT_P256,
     AUTH0_CLAIMS_ISS,
     {0, 0}},
    {"both",
     FROM("[\"https://a.example/\",\"https://b.example/\"]"),
     SUPPORT_P256,
     AUTH0_CLAIMS_TYPE,
     {0, 0}},
    {"none", "{\"exp\":1}", SUPPORT_P256, AUTH0_CLAIMS_MISSING, {0, 0}},
    {"no JSON", "x", SUPPORT_P256, AUTH0_CLAIMS_MALFORMED, {0, 0}},
};

static auth0_policy_t policy_of_two(apr_pool_t *pool)
{
    auth0_issuers_t *issuers = auth0_issuers_make(pool);
    auth0_policy_t policy = support_policy(support_algs("ES256"), pool);
    auth0_issuers_add(issuers, support_span(two_issuers[0]));
    auth0_issuers_add(issuers, support_span(two_issuers[1]));
    policy.issuers = issuers;
    return policy;
}

/* Both keys have one kid on purpose: only the issuer tells them apart. */
static void keys_are_chosen_by_issuer(void **state)
{
    auth0_policy_t policy = policy_of_two(*state);
    const auth0_alg_t *es256 = auth0_alg_find(support_span("ES256"));
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(issuer_rows); i++) {
        const issuer_row_t *row = &issuer_rows[i];
        issuer_source_t source = {
            {support_jwks(support_jwk(SUPPORT_P256, "k", "", *state), *state),
             support_jwks(support_jwk(SUPPORT_P256_OTHER, "k", "", *state),
                          *state)},
            {0, 0}};
        auth0_keys_t keys = {find_by_issuer, &source};
        auth0_signer_t signer = {support_pkey(row->key), {"", 0}};
        const char *token =
            auth0_sign(&signer, es256, "{\"alg\":\"ES256\",\"kid\":\"k\"}",
                       row->payload, *state);
        auth0_claims_t *claims;
        bad += support_reason(row->name,
                              auth0_verify(&claims, support_span(token),
                                           &policy, keys, SUPPORT_NOW, *state),
                              row->want);
        bad += support_equal(row->name, source.asked[0], row->asked[0]);
        bad += support_equal(row->name, source.asked[1], row->asked[1]);
    }
    assert_int_equal(bad, 0);
}

static void one_issuer_without_keys_does_not_stop_the_other(void **state)
{
    auth0_policy_t policy = policy_of_two(*state);
    issuer_source_t source = {
        {NULL,
         support_jwks(support_jwk(SUPPORT_P256, "k", "", *state), *state)},
        {0, 0}};
    auth0_keys_t keys = {find_by_issuer, &source};
    auth0_claims_t *claims;
    const char *header = "{\"alg\":\"ES256\",\"kid\":\"k\"}";
    const char *a =
        support_token("ES256", header, issuer_rows[0].payload, *state);
    const char *b =
        support_token("ES256", header, issuer_rows[1].payload, *state);
    assert_int_equal(auth0_verify(&claims, support_span(a), &policy, keys,
                                  SUPPORT_NOW, *state),
                     AUTH0_KEY_UNAVAILABLE);
    assert_int_equal(auth0_verify(&claims, support_span(b), &policy, keys,
                                  SUPPORT_NOW, *state),
                     AUTH0_OK);
}

/* An unfinished policy lets nobody in, whoever signed. */
static void an_empty_policy_accepts_nothing(void **state)
{
    support_source_t source = {support_all_keys(*state), 0, 0};
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    const char *token =
        support_plain("RS256", support_payload("", *state), *state);
    auth0_policy_t no_issuer = policy;
    auth0_policy_t no_audience = policy;
    auth0_policy_t no_algorithm = policy;
    no_issuer.issuers = NULL;
    no_audience.audience_count = 0;
    no_algorithm.algs = 0;
    assert_int_equal(support_verify(token, &no_issuer, &source, *state),
                     AUTH0_CLAIMS_ISS);
    assert_int_equal(support_verify(token, &no_audience, &source, *state),
                     AUTH0_CLAIMS_AUD);
    assert_int_equal(support_verify(token, &no_algorithm, &source, *state),
                     AUTH0_HEADER_ALG);
}

typedef struct order_row_t {
    const char *name;
    const char *token;
    auth0_reason_t want;
} order_row_t;

static unsigned count_bad(const order_row_t *rows, size_t count,
                          apr_pool_t *pool)
{
    support_source_t source = {support_all_keys(pool), 0, 0};
    auth0_policy_t policy = support_policy(support_algs("RS256"), pool);
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        bad += support_reason(
            rows[i].name, support_verify(rows[i].token, &policy, &source, pool),
            rows[i].want);
    }
    return bad;
}

/* Each is wrong in two ways; the earlier stage names the reason. */
static void the_earlier_stage_names_the_reason(void **state)
{
    const char *good = support_payload("", *state);
    const char *other = apr_pstrcat(*state, good, " ", NULL);
    const char *no_kid = "{\"alg\":\"RS256\",\"kid\":\"x\"}";
    const char *rsa = "{\"alg\":\"RS256\",\"kid\":\"rsa\"}";
    const char *ec = "{\"alg\":\"RS256\",\"kid\":\"p256\"}";
    auth0_span_t long_enough = auth0_span(apr_pcalloc(*state, 256), 256);
    auth0_span_t none = support_span("");
    const order_row_t rows[] = {
        {"size before parts", support_repeat(".", 8193, *state),
         AUTH0_REQUEST_TOO_LARGE},
        {"parts before header", "A.A.A.A", AUTH0_TOKEN_MALFORMED},
        {"header before key",
         support_join("{\"kid\":\"x\"}", good, none, *state), AUTH0_HEADER_ALG},
        {"key before signature", support_join(no_kid, good, none, *state),
         AUTH0_KEY_UNKNOWN},
        {"fit before signature", support_join(ec, good, none, *state),
         AUTH0_KEY_UNUSABLE},
        {"length before claims", support_join(rsa, "x", none, *state),
         AUTH0_SIGNATURE_LENGTH},
        {"signature before claims", support_join(rsa, "x", long_enough, *state),
         AUTH0_SIGNATURE_INVALID},
        {"signature before exp",
         support_join(rsa, "{\"exp\":1}", long_enough, *state),
         AUTH0_SIGNATURE_INVALID},
        {"a good token's signature on another payload",
         support_join(rsa, other,
                      support_signature(
                          support_token("RS256", rsa, good, *state), *state),
                      *state),
         AUTH0_SIGNATURE_INVALID},
        {"claims are JSON", support_token("RS256", rsa, "x", *state),
         AUTH0_CLAIMS_MALFORMED},
        {"claims are an object", support_token("RS256", rsa, "[]", *state),
         AUTH0_CLAIMS_MALFORMED},
        {"claims are there", support_token("RS256", rsa, "", *state),
         AUTH0_CLAIMS_MALFORMED},
        {"claims are checked", support_token("RS256", rsa, "{}", *state),
         AUTH0_CLAIMS_MISSING},
        {"cnf comes last",
         support_token("RS256", rsa,
                       support_payload("\"cnf\":{\"kid\":\"x\"},", *state),
                       *state),
         AUTH0_CNF_UNKNOWN},
    };
    assert_int_equal(count_bad(rows, COUNT(rows), *state), 0);
}

static void time_is_an_argument(void **state)
{
    support_source_t source = {support_all_keys(*state), 0, 0};
    auth0_policy_t policy = support_policy(support_algs("ES256"), *state);
    auth0_span_t token = support_span(
        support_plain("ES256", support_payload("", *state), *state));
    apr_time_t exp = SUPPORT_NOW + apr_time_from_sec(60);
    policy.skew = 5;
    assert_int_equal(support_verify_at(token, &policy, &source,
                                       exp + apr_time_from_sec(5) - 1, *state),
                     AUTH0_OK);
    assert_int_equal(support_verify_at(token, &policy, &source,
                                       exp + apr_time_from_sec(5), *state),
                     AUTH0_CLAIMS_EXP);
    assert_int_equal(support_verify_at(token, &policy, &source,
                                       SUPPORT_NOW - apr_time_from_sec(65),
                                       *state),
                     AUTH0_OK);
    assert_int_equal(support_verify_at(token, &policy, &source,
                                       SUPPORT_NOW - apr_time_from_sec(65) - 1,
                                       *state),
                     AUTH0_CLAIMS_IAT);
}

/* What cjose 0.6.2.1 cannot be handed: each ended or harmed the process. */
static void hostile_tokens_are_stopped_at_the_gate(void **state)
{
    static const order_row_t rows[] = {
        {"A===", "A===.e30.AAAA", AUTH0_TOKEN_MALFORMED},
        {"A=== as payload", "eyJhbGciOiJSUzI1NiJ9.A===.AAAA",
         AUTH0_TOKEN_MALFORMED},
        {"A=== as signature",
         "eyJhbGciOiJSUzI1NiJ9.e30.A===", AUTH0_TOKEN_MALFORMED},
        {"junk behind padding", "eyJhbGciOiJSUzI1NiJ9.e30.AAA=.a.b.c<>",
         AUTH0_TOKEN_MALFORMED},
        {"JWE that cannot be decrypted", "eyJhbGciOiJkaXIifQ..AA.AA.AA",
         AUTH0_TOKEN_OPAQUE},
        {"empty signature", "eyJhbGciOiJSUzI1NiJ9.e30.",
         AUTH0_SIGNATURE_LENGTH},
    };
    assert_int_equal(count_bad(rows, COUNT(rows), *state), 0);
}

static void the_error_queue_is_left_as_found(void **state)
{
    support_source_t source = {support_all_keys(*state), 0, 0};
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    const char *good =
        support_plain("RS256", support_payload("", *state), *state);
    char *bad = apr_pstrdup(*state, good);
    bad[strlen(bad) - 20] = bad[strlen(bad) - 20] == 'A' ? 'B' : 'A';
    const char *rows[] = {good, bad, "A===.e30.AAAA", "x", ""};
    for (size_t i = 0; i < COUNT(rows); i++) {
        ERR_clear_error();
        (void)support_verify(rows[i], &policy, &source, *state);
        assert_int_equal(ERR_peek_error(), 0);
        ERR_raise_data(ERR_LIB_USER, 42, "mine");
        (void)support_verify(rows[i], &policy, &source, *state);
        assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
        assert_int_equal(ERR_get_error(), 0);
    }
}

static void same_arguments_same_answer(void **state)
{
    support_source_t source = {support_all_keys(*state), 0, 0};
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    const char *good =
        support_plain("RS256", support_payload("", *state), *state);
    const char *none =
        support_join("{\"alg\":\"none\"}", support_payload("", *state),
                     support_span(""), *state);
    const char *forged = support_join(
        "{\"alg\":\"RS256\",\"kid\":\"rsa\"}", support_payload("", *state),
        auth0_span(apr_pcalloc(*state, 256), 256), *state);
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(support_verify(good, &policy, &source, *state),
                         AUTH0_OK);
        assert_int_equal(support_verify(none, &policy, &source, *state),
                         AUTH0_HEADER_ALG);
        assert_int_equal(support_verify(forged, &policy, &source, *state),
                         AUTH0_SIGNATURE_INVALID);
    }
}

typedef struct ask_row_t {
    const char *name;
    const char *header;
    const char *payload;
    bool is_worth_it;
} ask_row_t;

#define RS256_X "{\"alg\":\"RS256\",\"kid\":\"x\"}"

static const ask_row_t ask_rows[] = {
    {"ours", RS256_X, "{\"iss\":\"" SUPPORT_ISSUER "\"}", true},
    {"another issuer", RS256_X, "{\"iss\":\"https://evil.example/\"}", false},
    {"the issuer and more", RS256_X, "{\"iss\":\"" SUPPORT_ISSUER "x\"}",
     false},
    {"no issuer", RS256_X, "{}", false},
    {"a number", RS256_X, "{\"iss\":1}", false},
    {"a list", RS256_X, "{\"iss\":[\"" SUPPORT_ISSUER "\"]}", false},
    {"no JSON", RS256_X, "x", false},
    {"another algorithm", "{\"alg\":\"ES256\",\"kid\":\"x\"}",
     "{\"iss\":\"" SUPPORT_ISSUER "\"}", false},
    {"no algorithm", "{\"kid\":\"x\"}", "{\"iss\":\"" SUPPORT_ISSUER "\"}",
     false},
};

/* With made-up signatures: nobody has verified them at that point. */
static void only_configured_issuers_are_worth_asking(void **state)
{
    auth0_policy_t policy = support_policy(support_algs("RS256"), *state);
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(ask_rows); i++) {
        const ask_row_t *row = &ask_rows[i];
        const char *token = support_join(row->header, row->payload,
                                         support_span("signature"), *state);
        bad += support_equal(row->name,
                             auth0_verify_is_worth_asking(
                                 auth0_span_cstr(token), &policy, *state),
                             row->is_worth_it);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(every_algorithm_lets_a_good_token_in),
        SUPPORT_TEST(the_claims_are_those_of_the_token),
        SUPPORT_TEST(an_rsa_key_serves_what_the_policy_allows),
        SUPPORT_TEST(algorithms_and_keys_do_not_mix),
        SUPPORT_TEST(a_public_key_never_becomes_a_secret),
        SUPPORT_TEST(a_secret_needs_no_key_set),
        SUPPORT_TEST(without_keys_there_is_no_verdict),
        SUPPORT_TEST(keys_are_chosen_by_issuer),
        SUPPORT_TEST(one_issuer_without_keys_does_not_stop_the_other),
        SUPPORT_TEST(an_empty_policy_accepts_nothing),
        SUPPORT_TEST(the_earlier_stage_names_the_reason),
        SUPPORT_TEST(time_is_an_argument),
        SUPPORT_TEST(hostile_tokens_are_stopped_at_the_gate),
        SUPPORT_TEST(the_error_queue_is_left_as_found),
        SUPPORT_TEST(same_arguments_same_answer),
        SUPPORT_TEST(only_configured_issuers_are_worth_asking),
    };
    return SUPPORT_RUN(tests);
}
