/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "registrations.h"
#include "vectors/registration_documents.h"

static auth0_registration_fn *const documents[] = {
    auth0_registration_json, auth0_registration_yaml, auth0_registration_hcl};

typedef struct golden_row_t {
    const char *name;
    unsigned number;
    auth0_registration_fn *document;
    const char *want;
} golden_row_t;

static const golden_row_t goldens[] = {
    {"minimal.json", REGISTRATIONS_MINIMAL, auth0_registration_json,
     minimal_json},
    {"minimal.yaml", REGISTRATIONS_MINIMAL, auth0_registration_yaml,
     minimal_yaml},
    {"minimal.tf", REGISTRATIONS_MINIMAL, auth0_registration_hcl, minimal_hcl},
    {"all.json", REGISTRATIONS_ALL, auth0_registration_json, all_json},
    {"all.yaml", REGISTRATIONS_ALL, auth0_registration_yaml, all_yaml},
    {"all.tf", REGISTRATIONS_ALL, auth0_registration_hcl, all_hcl},
    {"hostile.json", REGISTRATIONS_HOSTILE, auth0_registration_json,
     hostile_json},
    {"hostile.yaml", REGISTRATIONS_HOSTILE, auth0_registration_yaml,
     hostile_yaml},
    {"hostile.tf", REGISTRATIONS_HOSTILE, auth0_registration_hcl, hostile_hcl},
};

static void documents_are_as_written_down(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        const golden_row_t *row = &goldens[i];
        const char *got =
            row->document(registrations(row->number, *state), *state);
        bad += support_text(row->name, got, row->want);
    }
    assert_int_equal(bad, 0);
}

static auth0_registration_api_t api(const char *identifier, const char *name)
{
    return (auth0_registration_api_t){
        .identifier = identifier,
        .name = name,
        .enforce_policies = AUTH0_REGISTRATION_UNSAID,
        .allow_offline_access = AUTH0_REGISTRATION_UNSAID,
        .skip_consent = AUTH0_REGISTRATION_UNSAID,
        .token_lifetime = -1};
}

static apr_array_header_t *no_apis(apr_pool_t *pool)
{
    return apr_array_make(pool, 2, sizeof(auth0_registration_api_t));
}

static void nothing_is_a_document_too(void **state)
{
    apr_array_header_t *apis = no_apis(*state);
    unsigned bad = 0;
    bad += support_text(
        "json", auth0_registration_json(apis, *state),
        "{\n  \"resource_servers\": [],\n  \"client_grants\": []\n}\n");
    bad += support_text("yaml", auth0_registration_yaml(apis, *state), "{}\n");
    bad += support_text("hcl", auth0_registration_hcl(apis, *state), "");
    assert_int_equal(bad, 0);
}

/* Each of these would be another string if it were let through. */
static const char *const not_utf8[] = {
    "\xe4",         "a\x80",
    "\xc0\xaf",     "\xed\xa0\x80",
    "\xf0\x9f\x98", "\xf4\x90\x80\x80",
    "\xff",         "\xe2\x80\xa8\xe2",
};

static unsigned has_no_document(const auth0_registration_api_t *one,
                                apr_pool_t *pool)
{
    apr_array_header_t *apis = no_apis(pool);
    unsigned bad = 0;
    APR_ARRAY_PUSH(apis, auth0_registration_api_t) =
        api("https://good.example.com/", NULL);
    APR_ARRAY_PUSH(apis, auth0_registration_api_t) = *one;
    for (size_t i = 0; i < COUNT(documents); i++) {
        bad += support_text(one->identifier, documents[i](apis, pool), NULL);
    }
    return bad;
}

static void text_that_is_not_utf8_makes_no_document(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(not_utf8); i++) {
        auth0_registration_api_t identifier = api(not_utf8[i], "name");
        auth0_registration_api_t name = api("https://h/", not_utf8[i]);
        auth0_registration_api_t types = api("https://h/", NULL);
        apr_array_header_t *list =
            apr_array_make(*state, 1, sizeof(const char *));
        APR_ARRAY_PUSH(list, const char *) = not_utf8[i];
        types.authorization_types = list;
        bad += has_no_document(&identifier, *state);
        bad += has_no_document(&name, *state);
        bad += has_no_document(&types, *state);
    }
    assert_int_equal(bad, 0);
}

typedef struct label_row_t {
    const char *identifier;
    const char *head; /* of its resource, the API before it being a-b */
} label_row_t;

#define HEAD(label) "resource \"auth0_resource_server\" \"" label "\" {"

static const label_row_t labels[] = {
    {"https://API.example.com/v2/Orders", HEAD("api_example_com_v2_orders")},
    {"urn:example:orders", HEAD("urn_example_orders")},
    {"a.b", HEAD("a_b_2")},
    {"https://a/b/", HEAD("a_b_2")},
    {"2nd", HEAD("api_2nd")},
    {"https://", HEAD("api")},
    {"\xc3\xa4", HEAD("api")},
    {"", HEAD("api")},
};

static void resources_have_labels_of_their_own(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(labels); i++) {
        apr_array_header_t *apis = no_apis(*state);
        APR_ARRAY_PUSH(apis, auth0_registration_api_t) = api("a-b", NULL);
        APR_ARRAY_PUSH(apis, auth0_registration_api_t) =
            api(labels[i].identifier, NULL);
        const char *text = auth0_registration_hcl(apis, *state);
        assert_non_null(strstr(text, HEAD("a_b")));
        bad += support_equal(labels[i].identifier,
                             strstr(text, labels[i].head) != NULL, true);
    }
    assert_int_equal(bad, 0);
}

typedef struct client_row_t {
    const char *client;
    const char *want;
} client_row_t;

static const client_row_t clients[] = {
    {"Nightly batch", "  name = \"Nightly batch\"\n"},
    {"AbCdEfGhIjKlMnOpQrStUvWxYz012345",
     "  client_id = \"AbCdEfGhIjKlMnOpQrStUvWxYz012345\"\n"},
    {"AbCdEfGhIjKlMnOpQrStUvWxYz01234",
     "  name = \"AbCdEfGhIjKlMnOpQrStUvWxYz01234\"\n"},
    {"AbCdEfGhIjKlMnOpQrStUvWxYz0123456",
     "  name = \"AbCdEfGhIjKlMnOpQrStUvWxYz0123456\"\n"},
    {"AbCdEfGhIjKlMnOpQrStUvWxYz 12345",
     "  name = \"AbCdEfGhIjKlMnOpQrStUvWxYz 12345\"\n"},
    {"tpc_1", "  client_id = \"tpc_1\"\n"},
    {"https://c.example.com/m.json",
     "  client_id = \"https://c.example.com/m.json\"\n"},
};

static void clients_are_looked_up_by_what_they_are(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(clients); i++) {
        apr_array_header_t *apis = no_apis(*state);
        apr_array_header_t *grants =
            apr_array_make(*state, 1, sizeof(auth0_registration_grant_t));
        auth0_registration_api_t one = api("https://h/", NULL);
        APR_ARRAY_PUSH(grants, auth0_registration_grant_t) =
            (auth0_registration_grant_t){clients[i].client, NULL};
        one.grants = grants;
        APR_ARRAY_PUSH(apis, auth0_registration_api_t) = one;
        bad += support_equal(clients[i].client,
                             strstr(auth0_registration_hcl(apis, *state),
                                    clients[i].want) != NULL,
                             true);
    }
    assert_int_equal(bad, 0);
}

static void same_input_gives_the_same_document(void **state)
{
    for (unsigned number = 0; number < 64; number++) {
        for (size_t i = 0; i < COUNT(documents); i++) {
            assert_string_equal(
                documents[i](registrations(number, *state), *state),
                documents[i](registrations(number, *state),
                             support_dirty_pool(*state)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(documents_are_as_written_down),
        SUPPORT_TEST(nothing_is_a_document_too),
        SUPPORT_TEST(text_that_is_not_utf8_makes_no_document),
        SUPPORT_TEST(resources_have_labels_of_their_own),
        SUPPORT_TEST(clients_are_looked_up_by_what_they_are),
        SUPPORT_TEST(same_input_gives_the_same_document),
    };
    return SUPPORT_RUN(tests);
}
