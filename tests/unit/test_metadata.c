/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_json.h"
#include "core/auth0_metadata.h"

#define AT "/.well-known/oauth-protected-resource"

/* RFC 9728 section 3.1. */
static const struct {
    const char *resource;
    const char *want;
} targets[] = {
    {"https://h", AT},
    {"https://h/", AT},
    {"https://h:8443", AT},
    {"https://h:8443/", AT},
    {"https://[::1]:8443/", AT},
    {"https://resource.example.com/resource1", AT "/resource1"},
    {"https://h/a/b", AT "/a/b"},
    {"https://h/a/b/", AT "/a/b/"},
    {"https://[::1]:8443/a", AT "/a"},
    {"https://h?tenant=1", AT "?tenant=1"},
    {"https://h/?tenant=1", AT "?tenant=1"},
    {"https://h/?a=/b/", AT "?a=/b/"},
    {"https://h/a?tenant=1", AT "/a?tenant=1"},
    {"https://h/a/?tenant=1", AT "/a/?tenant=1"},
    {"https://h/a%2Fb", AT "/a%2Fb"},
    {"https://h/.well-known/x", AT "/.well-known/x"},
};

static void the_path_is_inserted_behind_the_host(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(targets); i++) {
        const char *resource = targets[i].resource;
        assert_null(auth0_metadata_check(resource, *state));
        bad += support_text(resource, auth0_metadata_target(resource, *state),
                            targets[i].want);
    }
    assert_int_equal(bad, 0);
}

#define ESCAPED "has a character that has to be escaped in a URL"
#define PERCENT                                                                \
    "has a % that two hexadecimal digits, other than 00, do not follow"
#define SEGMENT                                                                \
    "has a path with an empty segment, or one of dots, which clients take out"
#define FRAGMENT "has a fragment; leave out the # and what follows"
#define PLAIN                                                                  \
    "is plain http:// to another host than localhost, 127.0.0.1 or ::1; use "  \
    "https://"

static const struct {
    const char *resource;
    const char *want;
} checks[] = {
    {"https://h", NULL},
    {"https://api.example.com/orders", NULL},
    {"https://h/a...b/..c/d..", NULL},
    {"https://h/a?b=//&c=..", NULL},
    {"https://h/a%20b/%C3%BC", NULL},
    {"https://h/a;b=1,2/@:!$&'()*+=~_-", NULL},
    {"http://localhost:3001/", NULL},
    {"http://127.0.0.1:3001/mcp", NULL},
    {"http://[::1]/mcp", NULL},
    {"http://h/", PLAIN},
    {"http://127.0.0.2/", PLAIN},
    {"ftp://h/", "is not an https:// URL"},
    {"urn:example:api", "has no host name"},
    {"orders", "is not an absolute URL such as https://tenant.eu.auth0.com/"},
    {"/orders", "is not an absolute URL such as https://tenant.eu.auth0.com/"},
    {"", "is not an absolute URL such as https://tenant.eu.auth0.com/"},
    {"https:///orders", "has no host name"},
    {"https://h/#a", FRAGMENT},
    {"https://h#", FRAGMENT},
    {"https://u:p@h/", "has a user name or password; leave it out"},
    {"https://h/a b", "has a space, a control or a non-ASCII character"},
    {"https://h/\xc3\xbc", "has a space, a control or a non-ASCII character"},
    {"https://h/a\"b", ESCAPED},
    {"https://h/a\\b", ESCAPED},
    {"https://h/<a>", ESCAPED},
    {"https://h/{a}", ESCAPED},
    {"https://h/a%", PERCENT},
    {"https://h/a%2", PERCENT},
    {"https://h/a%2g", PERCENT},
    {"https://h/a%00", PERCENT},
    {"https://h/a?b=%zz", PERCENT},
    {"https://h//", SEGMENT},
    {"https://h//a", SEGMENT},
    {"https://h/a//b", SEGMENT},
    {"https://h/.", SEGMENT},
    {"https://h/..", SEGMENT},
    {"https://h/a/../b", SEGMENT},
    {"https://h/a/./b", SEGMENT},
    {"https://h/a/%2e%2E/b", SEGMENT},
    {"https://h/a/.%2e", SEGMENT},
    {"https://h/a/%2e./b", SEGMENT},
    {"https://h/a/%2E", SEGMENT},
};

static void a_resource_is_a_url_that_stays_as_it_is(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(checks); i++) {
        bad += support_text(checks[i].resource,
                            auth0_metadata_check(checks[i].resource, *state),
                            checks[i].want);
    }
    assert_int_equal(bad, 0);
}

static void add_all(apr_array_header_t *list, const char *const *texts)
{
    for (; *texts; texts++) {
        auth0_metadata_add(list, *texts);
    }
}

static auth0_metadata_t full(apr_pool_t *pool)
{
    static const char *const issuers[] = {"https://tenant.eu.auth0.com/",
                                          "https://login.example.com/", NULL};
    static const char *const scopes[] = {"write:orders", "read:orders",
                                         "write:orders", NULL};
    static const char *const details[] = {"payment", "account", NULL};
    auth0_metadata_t all =
        auth0_metadata("https://api.example.com/orders", pool);

    add_all(all.issuers, issuers);
    add_all(all.scopes, scopes);
    add_all(all.details, details);
    all.methods =
        AUTH0_METADATA_HEADER | AUTH0_METADATA_BODY | AUTH0_METADATA_QUERY;
    all.algs = auth0_alg_find(auth0_span_cstr("RS256"))->bit |
               auth0_alg_find(auth0_span_cstr("PS256"))->bit;
    all.takes_dpop = all.needs_dpop = all.takes_certificates = true;
    all.name = "The \"Orders\" API";
    all.documentation = "https://example.com/docs";
    all.policy = "https://example.com/policy";
    all.tos = "https://example.com/tos";
    return all;
}

#define RESOURCE "{\"resource\":\"https://api.example.com/orders\","

static void a_document_says_all_in_its_order(void **state)
{
    auth0_metadata_t all = full(*state);

    assert_string_equal(
        auth0_metadata_document(&all, *state), RESOURCE
        "\"authorization_servers\":[\"https://tenant.eu.auth0.com/\","
        "\"https://login.example.com/\"],"
        "\"scopes_supported\":[\"write:orders\",\"read:orders\"],"
        "\"bearer_methods_supported\":[\"header\",\"body\",\"query\"],"
        "\"resource_signing_alg_values_supported\":[\"RS256\",\"PS256\"],"
        "\"resource_name\":\"The \\\"Orders\\\" API\","
        "\"resource_documentation\":\"https://example.com/docs\","
        "\"resource_policy_uri\":\"https://example.com/policy\","
        "\"resource_tos_uri\":\"https://example.com/tos\","
        "\"tls_client_certificate_bound_access_tokens\":true,"
        "\"authorization_details_types_supported\":[\"payment\",\"account\"],"
        "\"dpop_signing_alg_values_supported\":[\"ES256\",\"ES384\",\"ES512\","
        "\"PS256\",\"PS384\",\"PS512\",\"RS256\",\"RS384\",\"RS512\"],"
        "\"dpop_bound_access_tokens_required\":true}");
}

static void a_document_says_nothing_that_it_does_not_know(void **state)
{
    auth0_metadata_t none =
        auth0_metadata("https://api.example.com/orders", *state);

    assert_string_equal(auth0_metadata_document(&none, *state),
                        RESOURCE "\"bearer_methods_supported\":[]}");
}

static const struct {
    const char *name;
    const char *want; /* NULL: left out */
} names[] = {
    {"Orders", "\"Orders\""},
    {"B\xc3\xbc"
     "cher",
     "\"B\\u00FCcher\""},
    {"\xf0\x9f\x8d\xb5", "\"\\uD83C\\uDF75\""},
    {"</script>\\\"\x01\x7f\n", "\"</script>\\\\\\\"\\u0001\\u007f\\n\""},
    {"", "\"\""},
    {"B\xfc"
     "cher",
     NULL},
    {"\xc3", NULL},
    {"\xed\xa0\x80", NULL},
};

static void a_document_is_json_whatever_the_name(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(names); i++) {
        auth0_metadata_t some = auth0_metadata("https://h", *state);
        some.name = names[i].name;
        const char *text = auth0_metadata_document(&some, *state);
        const auth0_json_t *object = NULL;
        assert_true(auth0_json_object(&object, support_span(text),
                                      auth0_json_payload_limit, *state));
        const auth0_json_t *name = auth0_json_member(object, "resource_name");
        bad += support_text(names[i].name,
                            name ? auth0_json_text(name, *state) : NULL,
                            names[i].want);
    }
    assert_int_equal(bad, 0);
}

static void a_document_is_the_same_each_time(void **state)
{
    auth0_metadata_t one = full(*state);
    auth0_metadata_t other = full(*state);

    assert_string_equal(auth0_metadata_document(&one, *state),
                        auth0_metadata_document(&other, *state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_path_is_inserted_behind_the_host),
        SUPPORT_TEST(a_resource_is_a_url_that_stays_as_it_is),
        SUPPORT_TEST(a_document_says_all_in_its_order),
        SUPPORT_TEST(a_document_says_nothing_that_it_does_not_know),
        SUPPORT_TEST(a_document_is_json_whatever_the_name),
        SUPPORT_TEST(a_document_is_the_same_each_time),
    };
    return SUPPORT_RUN(tests);
}
