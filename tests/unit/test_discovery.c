/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_discovery.h"

#define ISSUER "https://tenant.eu.auth0.com/"
#define JWKS "https://tenant.eu.auth0.com/.well-known/jwks.json"
#define WELL_KNOWN "/.well-known/openid-configuration"

typedef struct place_row_t {
    const char *issuer;
    const char *url;
} place_row_t;

static const place_row_t place_rows[] = {
    {"https://a.example", "https://a.example" WELL_KNOWN},
    {"https://a.example/", "https://a.example" WELL_KNOWN},
    {"https://a.example/b", "https://a.example/b" WELL_KNOWN},
    {"https://a.example/b/", "https://a.example/b" WELL_KNOWN},
    {"http://localhost:8080/", "http://localhost:8080" WELL_KNOWN},
};

static void metadata_stands_below_the_issuer(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(place_rows); i++) {
        bad += support_text(place_rows[i].issuer,
                            auth0_discovery_url(place_rows[i].issuer, *state),
                            place_rows[i].url);
    }
    assert_int_equal(bad, 0);
}

typedef struct document_row_t {
    const char *name;
    const char *document;
    const char *jwks_uri; /* NULL: refused */
} document_row_t;

#define DOCUMENT(issuer, uri) "{\"issuer\":" issuer ",\"jwks_uri\":" uri "}"
#define Q(text) "\"" text "\""

static const document_row_t document_rows[] = {
    {"good", DOCUMENT(Q(ISSUER), Q(JWKS)), JWKS},
    {"more members",
     "{\"x\":[1],\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"" JWKS "\",\"y\":{}}",
     JWKS},
    {"keys on another host", DOCUMENT(Q(ISSUER), Q("https://cdn.example/k")),
     "https://cdn.example/k"},
    {"slash missing", DOCUMENT(Q("https://tenant.eu.auth0.com"), Q(JWKS)),
     NULL},
    {"another issuer", DOCUMENT(Q("https://evil.example/"), Q(JWKS)), NULL},
    {"issuer in another case",
     DOCUMENT(Q("https://Tenant.eu.auth0.com/"), Q(JWKS)), NULL},
    {"issuer with more behind", DOCUMENT(Q(ISSUER "x"), Q(JWKS)), NULL},
    {"empty issuer", DOCUMENT(Q(""), Q(JWKS)), NULL},
    {"issuer is a number", DOCUMENT("1", Q(JWKS)), NULL},
    {"issuer is an array", DOCUMENT("[\"" ISSUER "\"]", Q(JWKS)), NULL},
    {"no issuer", "{\"jwks_uri\":\"" JWKS "\"}", NULL},
    {"no jwks_uri", "{\"issuer\":\"" ISSUER "\"}", NULL},
    {"jwks_uri is null", DOCUMENT(Q(ISSUER), "null"), NULL},
    {"jwks_uri is an array", DOCUMENT(Q(ISSUER), "[\"" JWKS "\"]"), NULL},
    {"jwks_uri is empty", DOCUMENT(Q(ISSUER), Q("")), NULL},
    {"jwks_uri is plain http", DOCUMENT(Q(ISSUER), Q("http://a.example/k")),
     NULL},
    {"jwks_uri is plain http to this machine",
     DOCUMENT(Q(ISSUER), Q("http://127.0.0.1/k")), NULL},
    {"jwks_uri is relative", DOCUMENT(Q(ISSUER), Q("/keys")), NULL},
    {"jwks_uri is a file", DOCUMENT(Q(ISSUER), Q("file:///etc/passwd")), NULL},
    {"jwks_uri has a user", DOCUMENT(Q(ISSUER), Q("https://u@a.example/k")),
     NULL},
    {"jwks_uri has a line feed",
     DOCUMENT(Q(ISSUER), Q("https://a.example/\\n")), NULL},
    {"jwks_uri has a NUL", DOCUMENT(Q(ISSUER), Q("https://a.example/\\u0000x")),
     NULL},
    {"issuer twice",
     "{\"issuer\":\"https://evil.example/\",\"issuer\":\"" ISSUER
     "\",\"jwks_uri\":\"" JWKS "\"}",
     NULL},
    {"array", "[" DOCUMENT(Q(ISSUER), Q(JWKS)) "]", NULL},
    {"cut off", "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"" JWKS, NULL},
    {"HTML", "<html><body>Sign in</body></html>", NULL},
    {"empty", "", NULL},
};

static void only_the_issuer_names_its_keys(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(document_rows); i++) {
        const document_row_t *row = &document_rows[i];
        const char *jwks_uri = "poison";
        const char *why = auth0_discovery_parse(
            &jwks_uri, support_copy(support_span(row->document), *state),
            ISSUER, *state);
        bad += support_equal(row->name, why == NULL, row->jwks_uri != NULL);
        bad += support_text(row->name, jwks_uri, row->jwks_uri);
    }
    assert_int_equal(bad, 0);
}

static void the_document_has_a_limit(void **state)
{
    const char *spaces = support_repeat(" ", 262144, *state);
    const char *document =
        apr_pstrcat(*state, DOCUMENT(Q(ISSUER), Q(JWKS)), spaces, NULL);
    const char *jwks_uri = "poison";
    assert_non_null(auth0_discovery_parse(&jwks_uri, support_span(document),
                                          ISSUER, *state));
    assert_null(jwks_uri);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(metadata_stands_below_the_issuer),
        SUPPORT_TEST(only_the_issuer_names_its_keys),
        SUPPORT_TEST(the_document_has_a_limit),
    };
    return SUPPORT_RUN(tests);
}
