/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_cnf.h"

#define JKT "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
#define X5T "bjQLnP-zepicpUTmu3gKLHiQHT-zNzh2hRGjBhevoB0"
#define GOOD "\"jkt\":\"" JKT "\""
#define BOUND "\"x5t#S256\":\"" X5T "\""

#define TYPE AUTH0_CLAIMS_TYPE
#define UNKNOWN AUTH0_CNF_UNKNOWN
#define SCHEME AUTH0_CNF_SCHEME
#define MULTIPLE AUTH0_REQUEST_MULTIPLE

/* cnf as JSON; NULL stands for none. */
static const struct {
    const char *name;
    const char *json;
    auth0_reason_t want;
    const char *jkt;
    const char *x5t;
} read_rows[] = {
    {"none", NULL, AUTH0_OK, "", ""},
    {"140 jkt", "{" GOOD "}", AUTH0_OK, JKT, ""},
    {"155 x5t#S256", "{" BOUND "}", AUTH0_OK, "", X5T},
    {"157 both", "{" GOOD "," BOUND "}", AUTH0_OK, JKT, X5T},
    {"158 an unknown member beside jkt", "{" GOOD ",\"kid\":1}", AUTH0_OK, JKT,
     ""},
    {"158 an unknown member beside x5t", "{\"jwk\":{}," BOUND "}", AUTH0_OK, "",
     X5T},
    {"158 nothing in it", "{}", UNKNOWN, "", ""},
    {"158 jwk alone", "{\"jwk\":{\"kty\":\"EC\"}}", UNKNOWN, "", ""},
    {"158 kid alone", "{\"kid\":\"k\"}", UNKNOWN, "", ""},
    {"158 jkt in upper case", "{\"JKT\":\"" JKT "\"}", UNKNOWN, "", ""},
    {"158 x5t alone", "{\"x5t\":\"" X5T "\"}", UNKNOWN, "", ""},
    {"158 x5t#S512", "{\"x5t#S512\":\"" X5T "\"}", UNKNOWN, "", ""},
    {"null", "null", TYPE, "", ""},
    {"string", "\"" JKT "\"", TYPE, "", ""},
    {"array", "[{" GOOD "}]", TYPE, "", ""},
    {"number", "1", TYPE, "", ""},
    {"false", "false", TYPE, "", ""},
    {"jkt null", "{\"jkt\":null}", TYPE, "", ""},
    {"jkt number", "{\"jkt\":1}", TYPE, "", ""},
    {"jkt array", "{\"jkt\":[\"" JKT "\"]}", TYPE, "", ""},
    {"jkt object", "{\"jkt\":{}}", TYPE, "", ""},
    {"jkt empty", "{\"jkt\":\"\"}", TYPE, "", ""},
    {"jkt of 42 bytes",
     "{\"jkt\":\"ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}", TYPE, "", ""},
    {"jkt of 44 bytes", "{\"jkt\":\"" JKT "A\"}", TYPE, "", ""},
    {"jkt padded", "{\"jkt\":\"" JKT "=\"}", TYPE, "", ""},
    {"jkt with trailing bits",
     "{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J\"}", TYPE, "", ""},
    {"jkt in the other alphabet",
     "{\"jkt\":\"0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}", TYPE, "", ""},
    {"jkt with a space",
     "{\"jkt\":\" ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}", TYPE, "", ""},
    {"x5t null", "{\"x5t#S256\":null}", TYPE, "", ""},
    {"x5t number", "{\"x5t#S256\":1}", TYPE, "", ""},
    {"x5t empty", "{\"x5t#S256\":\"\"}", TYPE, "", ""},
    {"x5t of 44 bytes", "{\"x5t#S256\":\"" X5T "A\"}", TYPE, "", ""},
    {"x5t in hexadecimal",
     "{\"x5t#S256\":"
     "\"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\"}",
     TYPE, "", ""},
    {"a good jkt beside a bad x5t", "{" GOOD ",\"x5t#S256\":1}", TYPE, "", ""},
    {"a bad jkt beside a good x5t", "{\"jkt\":\"x\"," BOUND "}", TYPE, "", ""},
};

static auth0_claims_t *claims_of(const char *cnf, apr_pool_t *pool)
{
    auth0_claims_t *claims;
    const char *more = cnf ? apr_psprintf(pool, "\"cnf\":%s,", cnf) : "";
    assert_int_equal(
        auth0_claims_parse(&claims, support_span(support_payload(more, pool)),
                           pool),
        AUTH0_OK);
    return claims;
}

static void a_binding_is_read(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(read_rows); i++) {
        const char *name = read_rows[i].name;
        auth0_cnf_t cnf;
        memset(&cnf, 0x5a, sizeof(cnf));
        auth0_reason_t got =
            auth0_cnf_read(&cnf, claims_of(read_rows[i].json, *state));
        bad += support_reason(name, got, read_rows[i].want);
        bad += support_text(name, support_string(cnf.jkt, *state),
                            read_rows[i].jkt);
        bad += support_text(name, support_string(cnf.x5t, *state),
                            read_rows[i].x5t);
        bad += support_equal(name, cnf.is_present, read_rows[i].json != NULL);
    }
    assert_int_equal(bad, 0);
}

/* As part of all that is checked of a token; cnf.unknown comes last. */
static void a_token_with_a_known_binding_is_good(void **state)
{
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(read_rows); i++) {
        bad += support_reason(
            read_rows[i].name,
            auth0_claims_check(claims_of(read_rows[i].json, *state), &policy,
                               SUPPORT_NOW),
            read_rows[i].want);
        bool is_type = read_rows[i].want == TYPE;
        bad += support_reason(
            read_rows[i].name,
            auth0_claims_check(claims_of(read_rows[i].json, *state), &policy,
                               SUPPORT_NOW + apr_time_from_sec(60)),
            is_type ? TYPE : AUTH0_CLAIMS_EXP);
    }
    assert_int_equal(bad, 0);
}

#define LOGOUT_TOKEN                                                           \
    "{\"iss\":\"" SUPPORT_ISSUER "\",\"aud\":\"" SUPPORT_AUDIENCE              \
    "\",\"sub\":\"auth0|1\",\"iat\":1800000000,\"exp\":1800000060,"            \
    "\"jti\":\"j\",\"events\":{\"http://schemas.openid.net/event/"             \
    "backchannel-logout\":{}}%s}"

static void a_logout_token_is_never_bound(void **state)
{
    static const struct {
        const char *cnf;
        auth0_reason_t want;
    } rows[] = {
        {"", AUTH0_OK},
        {",\"cnf\":{" GOOD "}", UNKNOWN},
        {",\"cnf\":{" BOUND "}", UNKNOWN},
        {",\"cnf\":{" GOOD "," BOUND "}", UNKNOWN},
        {",\"cnf\":{}", UNKNOWN},
        {",\"cnf\":null", TYPE},
    };
    auth0_policy_t policy = support_policy(0, *state);
    unsigned bad = 0;
    policy.profile = AUTH0_PROFILE_LOGOUT;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_claims_t *claims;
        const char *text = apr_psprintf(*state, LOGOUT_TOKEN, rows[i].cnf);
        assert_int_equal(
            auth0_claims_parse(&claims, support_span(text), *state), AUTH0_OK);
        bad += support_reason(rows[i].cnf,
                              auth0_claims_check(claims, &policy, SUPPORT_NOW),
                              rows[i].want);
    }
    assert_int_equal(bad, 0);
}

/* What a token is bound to. */
enum { NOTHING, KEY, CERTIFICATE, BOTH, KINDS };
static const char *const kind_names[KINDS] = {"unbound", "jkt", "x5t", "both"};

static auth0_cnf_t bound_to(unsigned kind)
{
    auth0_cnf_t cnf = {auth0_span("", 0), auth0_span("", 0), kind != NOTHING};
    if (kind == KEY || kind == BOTH) {
        cnf.jkt = auth0_span_cstr(JKT);
    }
    if (kind == CERTIFICATE || kind == BOTH) {
        cnf.x5t = auth0_span_cstr(X5T);
    }
    return cnf;
}

/* By what the token is bound to: without a proof, and with one. */
typedef struct scheme_row_t {
    auth0_scheme_t scheme;
    auth0_binding_t dpop;
    auth0_reason_t bare[KINDS];
    auth0_reason_t with_proof[KINDS];
} scheme_row_t;

#define NONE AUTH0_SCHEME_NONE
#define BEARER AUTH0_SCHEME_BEARER
#define DPOP AUTH0_SCHEME_DPOP
#define OK AUTH0_OK

/* 141: jkt under Bearer, 142: none under DPoP. */
static const scheme_row_t scheme_rows[] = {
    {NONE,
     AUTH0_BINDING_DISABLED,
     {OK, SCHEME, OK, SCHEME},
     {OK, SCHEME, OK, SCHEME}},
    {NONE,
     AUTH0_BINDING_ALLOWED,
     {OK, SCHEME, OK, SCHEME},
     {MULTIPLE, SCHEME, MULTIPLE, SCHEME}},
    {NONE,
     AUTH0_BINDING_REQUIRED,
     {SCHEME, SCHEME, SCHEME, SCHEME},
     {SCHEME, SCHEME, SCHEME, SCHEME}},
    {BEARER,
     AUTH0_BINDING_DISABLED,
     {OK, SCHEME, OK, SCHEME},
     {OK, SCHEME, OK, SCHEME}},
    {BEARER,
     AUTH0_BINDING_ALLOWED,
     {OK, SCHEME, OK, SCHEME},
     {MULTIPLE, SCHEME, MULTIPLE, SCHEME}},
    {BEARER,
     AUTH0_BINDING_REQUIRED,
     {SCHEME, SCHEME, SCHEME, SCHEME},
     {SCHEME, SCHEME, SCHEME, SCHEME}},
    {DPOP,
     AUTH0_BINDING_DISABLED,
     {SCHEME, SCHEME, OK, SCHEME},
     {SCHEME, SCHEME, OK, SCHEME}},
    {DPOP,
     AUTH0_BINDING_ALLOWED,
     {SCHEME, OK, OK, OK},
     {SCHEME, OK, MULTIPLE, OK}},
    {DPOP,
     AUTH0_BINDING_REQUIRED,
     {SCHEME, OK, SCHEME, OK},
     {SCHEME, OK, SCHEME, OK}},
};

static void a_scheme_fits_the_binding(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(scheme_rows); i++) {
        const scheme_row_t *row = &scheme_rows[i];
        for (unsigned kind = 0; kind < KINDS; kind++) {
            auth0_cnf_t cnf = bound_to(kind);
            const char *name = apr_psprintf(
                *state, "141 142 scheme %d, mode %d, %s", (int)row->scheme,
                (int)row->dpop, kind_names[kind]);
            bad += support_reason(
                name, auth0_cnf_scheme(&cnf, row->scheme, false, row->dpop),
                row->bare[kind]);
            bad += support_reason(
                name, auth0_cnf_scheme(&cnf, row->scheme, true, row->dpop),
                row->with_proof[kind]);
        }
    }
    assert_int_equal(bad, 0);
}

/* The SHA-256 of one NUL byte is what X5T says. */
static const unsigned char same_hash[32] = {
    0x6e, 0x34, 0x0b, 0x9c, 0xff, 0xb3, 0x7a, 0x98, 0x9c, 0xa5, 0x44,
    0xe6, 0xbb, 0x78, 0x0a, 0x2c, 0x78, 0x90, 0x1d, 0x3f, 0xb3, 0x37,
    0x38, 0x76, 0x85, 0x11, 0xa3, 0x06, 0x17, 0xaf, 0xa0, 0x1d};
static const unsigned char other_hash[32] = {0};

#define CERT AUTH0_CNF_CERTIFICATE

/* By what the token is bound to. */
static const struct {
    const char *name;
    const unsigned char *sha256;
    auth0_binding_t binding;
    auth0_reason_t want[KINDS];
} certificate_rows[] = {
    {"155 the same", same_hash, AUTH0_BINDING_ALLOWED, {OK, OK, OK, OK}},
    {"154 another", other_hash, AUTH0_BINDING_ALLOWED, {OK, OK, CERT, CERT}},
    {"156 none", NULL, AUTH0_BINDING_ALLOWED, {OK, OK, CERT, CERT}},
    {"155 the same, required",
     same_hash,
     AUTH0_BINDING_REQUIRED,
     {CERT, CERT, OK, OK}},
    {"154 another, required",
     other_hash,
     AUTH0_BINDING_REQUIRED,
     {CERT, CERT, CERT, CERT}},
    {"156 none, required",
     NULL,
     AUTH0_BINDING_REQUIRED,
     {CERT, CERT, CERT, CERT}},
    {"155 the same, disabled",
     same_hash,
     AUTH0_BINDING_DISABLED,
     {OK, OK, OK, OK}},
    {"154 another, disabled",
     other_hash,
     AUTH0_BINDING_DISABLED,
     {OK, OK, CERT, CERT}},
    {"156 none, disabled", NULL, AUTH0_BINDING_DISABLED, {OK, OK, CERT, CERT}},
};

static void a_certificate_is_the_one_of_the_token(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(certificate_rows); i++) {
        for (unsigned kind = 0; kind < KINDS; kind++) {
            auth0_cnf_t cnf = bound_to(kind);
            bad += support_reason(
                apr_psprintf(*state, "%s, %s", certificate_rows[i].name,
                             kind_names[kind]),
                auth0_cnf_certificate(&cnf, certificate_rows[i].sha256,
                                      certificate_rows[i].binding),
                certificate_rows[i].want[kind]);
        }
    }
    assert_int_equal(bad, 0);
}

static void every_bit_of_a_certificate_counts(void **state)
{
    auth0_cnf_t cnf = bound_to(CERTIFICATE);
    unsigned char hash[32];
    (void)state;
    memcpy(hash, same_hash, sizeof(hash));
    for (size_t bit = 0; bit < 8 * sizeof(hash); bit++) {
        hash[bit / 8] = (unsigned char)(hash[bit / 8] ^ (1 << bit % 8));
        assert_int_equal(
            auth0_cnf_certificate(&cnf, hash, AUTH0_BINDING_ALLOWED), CERT);
        hash[bit / 8] = (unsigned char)(hash[bit / 8] ^ (1 << bit % 8));
    }
    assert_int_equal(auth0_cnf_certificate(&cnf, hash, AUTH0_BINDING_ALLOWED),
                     AUTH0_OK);
}

static void modes_have_the_manuals_names(void **state)
{
    static const char *const names[] = {"disabled", "allowed", "required"};
    static const char *const strangers[] = {"", "require", "requiredx", "on"};
    auth0_binding_t found;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(auth0_binding_name((auth0_binding_t)i), names[i]);
        assert_true(auth0_binding_find(&found, support_span(names[i])));
        assert_int_equal(found, i);
    }
    assert_true(auth0_binding_find(&found, support_span("Allowed")));
    assert_int_equal(found, AUTH0_BINDING_ALLOWED);
    for (size_t i = 0; i < COUNT(strangers); i++) {
        assert_false(auth0_binding_find(&found, support_span(strangers[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_binding_is_read),
        SUPPORT_TEST(a_token_with_a_known_binding_is_good),
        SUPPORT_TEST(a_logout_token_is_never_bound),
        SUPPORT_TEST(a_scheme_fits_the_binding),
        SUPPORT_TEST(a_certificate_is_the_one_of_the_token),
        SUPPORT_TEST(every_bit_of_a_certificate_counts),
        SUPPORT_TEST(modes_have_the_manuals_names),
    };
    return SUPPORT_RUN(tests);
}
