/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_url.h"

typedef struct url_row_t {
    const char *url;
    bool good;
} url_row_t;

static const url_row_t url_rows[] = {
    {"https://tenant.eu.auth0.com/", true},
    {"https://tenant.eu.auth0.com", true},
    {"https://tenant.eu.auth0.com/.well-known/jwks.json", true},
    {"https://tenant.eu.auth0.com:8443/", true},
    {"https://tenant.eu.auth0.com:1/", true},
    {"https://tenant.eu.auth0.com:65535/", true},
    {"https://id.example.com/a/b?c=d", true},
    {"HTTPS://id.example.com/", true},
    {"https://192.0.2.1/", true},
    {"https://[2001:db8::1]/", true},
    {"https://localhost/", true},
    {"http://localhost/", true},
    {"http://localhost:8080/jwks", true},
    {"http://LOCALHOST/", true},
    {"http://127.0.0.1/", true},
    {"http://127.0.0.1:8080/", true},
    {"http://[::1]/", true},
    {"http://[::1]:8080/", true},
    {"", false},
    {"/", false},
    {"tenant.eu.auth0.com", false},
    {"tenant.eu.auth0.com/", false},
    {"//tenant.eu.auth0.com/", false},
    {"https", false},
    {"https:", false},
    {"https:/", false},
    {"https://", false},
    {"https:///", false},
    {"https:///path", false},
    {"https://:443/", false},
    {"https://?query", false},
    {"http://tenant.eu.auth0.com/", false},
    {"http://localhost.example.com/", false},
    {"http://127.0.0.1.example.com/", false},
    {"http://127.0.0.1@example.com/", false},
    {"http://localhost:80@example.com/", false},
    {"http://example.com/localhost", false},
    {"http://example.com/?127.0.0.1", false},
    {"http://0.0.0.0/", false},
    {"http://[::2]/", false},
    {"http://[::1].example.com/", false},
    {"http://192.0.2.1/", false},
    {"ftp://tenant.eu.auth0.com/", false},
    {"file:///etc/passwd", false},
    {"file://localhost/etc/passwd", false},
    {"javascript:alert(1)", false},
    {"httpss://tenant.eu.auth0.com/", false},
    {"http s://tenant.eu.auth0.com/", false},
    {"https://user@tenant.eu.auth0.com/", false},
    {"https://user:password@tenant.eu.auth0.com/", false},
    {"https://:password@tenant.eu.auth0.com/", false},
    {"https://@tenant.eu.auth0.com/", false},
    {"https://tenant.eu.auth0.com/#fragment", false},
    {"https://tenant.eu.auth0.com/#", false},
    {"https://tenant.eu.auth0.com#x", false},
    {"https://tenant.eu.auth0.com/a b", false},
    {" https://tenant.eu.auth0.com/", false},
    {"https://tenant.eu.auth0.com/ ", false},
    {"https://tenant.eu.auth0.com/\r\nX: y", false},
    {"https://tenant.eu.auth0.com/\n", false},
    {"https://tenant.eu.auth0.com/\t", false},
    {"https://tenant.eu.auth0.com/\x7f", false},
    {"https://t\xc3\xa9nant.example.com/", false},
    {"https://tenant.eu.auth0.com:port/", false},
    {"https://tenant.eu.auth0.com:-1/", false},
    {"https://tenant.eu.auth0.com:+1/", false},
    {"https://tenant.eu.auth0.com:0/", false},
    {"https://tenant.eu.auth0.com:65536/", false},
    {"https://tenant.eu.auth0.com:4294967739/", false},
    {"https://tenant.eu.auth0.com:443x/", false},
    {"https://tenant.eu.auth0.com\\.evil.example/", false},
    {"https://tenant.eu.auth0.com%00.evil.example/", false},
    {"https://tenant.eu.auth0.com,evil.example/", false},
    {"https://[2001:db8::1/", false},
};

static void keys_come_over_https_only(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(url_rows); i++) {
        const char *why = auth0_url_check(url_rows[i].url, *state);
        bad += support_equal(url_rows[i].url, why == NULL, url_rows[i].good);
        assert_true(why == NULL || why[0] != '\0');
    }
    assert_int_equal(bad, 0);
}

static const url_row_t host_rows[] = {
    {"tenant.eu.auth0.com", true},
    {"tenant.auth0.com", true},
    {"id.example.com", true},
    {"a-b.example.com", true},
    {"localhost", true},
    {"127.0.0.1", true},
    {"TENANT.auth0.com", true},
    {"0a.example.com", true},
    {"", false},
    {" ", false},
    {".", false},
    {".example.com", false},
    {"example..com", false},
    {"https://tenant.eu.auth0.com", false},
    {"https://tenant.eu.auth0.com/", false},
    {"tenant.eu.auth0.com/", false},
    {"tenant.eu.auth0.com/path", false},
    {"tenant.eu.auth0.com:443", false},
    {"user@tenant.eu.auth0.com", false},
    {"tenant.eu.auth0.com?x", false},
    {"tenant.eu.auth0.com#x", false},
    {"tenant eu.auth0.com", false},
    {" tenant.eu.auth0.com", false},
    {"tenant.eu.auth0.com ", false},
    {"tenant.eu.auth0.com\n", false},
    {"tenant.eu.auth0.com\\", false},
    {"tenant%2eeu.auth0.com", false},
    {"t\xc3\xa9nant.example.com", false},
    {"*.auth0.com", false},
    {"[::1]", false},
    {"::1", false},
    {"tenant.eu.auth0.com,other", false},
    {"\"tenant.eu.auth0.com\"", false},
};

static void a_domain_is_a_bare_host_name(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(host_rows); i++) {
        const char *why = auth0_host_check(host_rows[i].url);
        bad += support_equal(host_rows[i].url, why == NULL, host_rows[i].good);
        assert_true(why == NULL || why[0] != '\0');
    }
    assert_int_equal(bad, 0);
}

static void lengths_have_a_limit(void **state)
{
    const char *label = support_repeat("a", 63, *state);
    const char *three =
        apr_pstrcat(*state, label, ".", label, ".", label, NULL);
    const char *rest = support_repeat("b", 61, *state);
    assert_null(auth0_host_check(apr_pstrcat(*state, label, ".com", NULL)));
    assert_non_null(
        auth0_host_check(apr_pstrcat(*state, label, "a.com", NULL)));
    assert_null(auth0_host_check(apr_pstrcat(*state, three, ".", rest, NULL)));
    assert_non_null(
        auth0_host_check(apr_pstrcat(*state, three, ".", rest, "b", NULL)));
}

static const char *const shown_rows[][2] = {
    {"https://a.b/", "https://a.b/"},
    {"https://a.b:8443/keys.json", "https://a.b:8443/keys.json"},
    {"https://a.b/keys?password=x", "https://a.b/keys?..."},
    {"https://a.b/keys?a?b", "https://a.b/keys?..."},
    {"https://a.b?", "https://a.b?..."},
};

static void no_query_is_shown(void **state)
{
    for (size_t i = 0; i < COUNT(shown_rows); i++) {
        assert_string_equal(auth0_url_shown(shown_rows[i][0], *state),
                            shown_rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(keys_come_over_https_only),
        SUPPORT_TEST(a_domain_is_a_bare_host_name),
        SUPPORT_TEST(lengths_have_a_limit),
        SUPPORT_TEST(no_query_is_shown),
    };
    return SUPPORT_RUN(tests);
}
