/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_htu.h"

/* RFC 9449's statements 135 and 136: each row is asked in both directions. */
typedef struct same_row_t {
    const char *one;
    const char *other;
    bool want;
} same_row_t;

static const same_row_t same_rows[] = {
    /* whole */
    {"https://h/a", "https://h/a", true},
    {"https://h/a", "https://h/b", false},
    {"https://h/a", "https://h/ab", false},
    {"https://h/a", "https://h/", false},
    {"https://h/a", "https://ha/", false},
    {"https://h/a", "https://h2/a", false},
    {"https://h/a", "https://h/a/", false},
    {"https://h/a", "https://h.example/a", false},
    /* the scheme */
    {"https://h/a", "HTTPS://h/a", true},
    {"https://h/a", "hTtPs://h/a", true},
    {"http://h/a", "HTTP://h/a", true},
    {"https://h/a", "http://h/a", false},
    /* the host */
    {"https://api.example.com/", "https://API.Example.COM/", true},
    {"https://api.example.com/", "https://api.example.com./", false},
    {"https://api.example.com./", "https://API.example.com./", true},
    {"https://api.example.com/", "https://api.example.org/", false},
    {"https://api.example.com/", "https://example.com/", false},
    {"https://my_api/", "https://MY_API/", true},
    {"https://127.0.0.1/", "https://127.0.0.1/", true},
    {"https://127.0.0.1/", "https://127.0.0.2/", false},
    {"https://127.0.0.1/", "https://2130706433/", false},
    {"https://[::1]/", "https://[::1]/", true},
    {"https://[::1]/", "https://[::2]/", false},
    {"https://[2001:db8::A]/", "https://[2001:DB8::a]/", true},
    {"https://[::1]:443/", "https://[::1]/", true},
    {"https://[::1]:444/", "https://[::1]/", false},
    {"https://[::ffff:1.2.3.4]/", "https://[::FFFF:1.2.3.4]/", true},
    {"https://[::1]/", "https://[0:0:0:0:0:0:0:1]/", false},
    {"https://xn--bcher-kva.example/", "https://XN--bcher-KVA.example/", true},
    /* the port */
    {"https://h/", "https://h:443/", true},
    {"https://h/", "https://h:/", true},
    {"http://h/", "http://h:80/", true},
    {"http://h/", "http://h:443/", false},
    {"https://h/", "https://h:80/", false},
    {"https://h:8443/", "https://h:8443/", true},
    {"https://h:8443/", "https://h/", false},
    {"https://h:8443/", "https://h:844/", false},
    {"https://h:443/", "http://h:443/", false},
    {"https://h:65535/", "https://h:65535/", true},
    /* the empty path */
    {"https://h", "https://h/", true},
    {"https://h:443", "https://h/", true},
    {"https://h?a", "https://h/", true},
    {"https://h#a", "https://h", true},
    /* query and fragment */
    {"https://h/a", "https://h/a?b=c", true},
    {"https://h/a?b=c", "https://h/a?d=e", true},
    {"https://h/a", "https://h/a?", true},
    {"https://h/a", "https://h/a#b", true},
    {"https://h/a", "https://h/a#", true},
    {"https://h/a", "https://h/a#b?c", true},
    {"https://h/a", "https://h/a?b#c", true},
    {"https://h/a", "https://h/a?/../b", true},
    {"https://h/a", "https://h/a%3Fb", false},
    {"https://h/a", "https://h/a%23b", false},
    {"https://h/a", "https://h/a?%zz", true},
    {"https://h/a?u=a@b", "https://h/a", true},
    /* the path's case */
    {"https://h/a", "https://h/A", false},
    {"https://h/Orders/X", "https://h/orders/X", false},
    /* percent encoding */
    {"https://h/%c3%a4", "https://h/%C3%A4", true},
    {"https://h/%C3%a4", "https://h/%c3%A4", true},
    {"https://h/%C3%A4", "https://h/%C3%B4", false},
    {"https://h/abc", "https://h/%61%62%63", true},
    {"https://h/ABC", "https://h/%41%42%43", true},
    {"https://h/abc", "https://h/%41%42%43", false},
    {"https://h/-._~09", "https://h/%2D%2e%5F%7e%30%39", true},
    {"https://h/~u", "https://h/%7Eu", true},
    {"https://h/a/b", "https://h/a%2Fb", false},
    {"https://h/a%2fb", "https://h/a%2Fb", true},
    {"https://h/a%2F..%2Fb", "https://h/b", false},
    {"https://h/a%20b", "https://h/a%20b", true},
    {"https://h/a%20b", "https://h/a+b", false},
    {"https://h/a%2Bb", "https://h/a+b", false},
    {"https://h/a%3Bb", "https://h/a;b", false},
    {"https://h/a%40b", "https://h/a@b", false},
    {"https://h/a%2561", "https://h/a%61", false},
    {"https://h/a%2561", "https://h/aa", false},
    {"https://h/a%25%36%31", "https://h/a%2561", true},
    {"https://h/%5C", "https://h/%5c", true},
    {"https://h/%5C", "https://h/", false},
    {"https://h/a|b", "https://h/a|b", true},
    {"https://h/a|b", "https://h/a%7Cb", false},
    {"https://h/%ff", "https://h/%FF", true},
    {"https://h/%0a", "https://h/%0A", true},
    /* dot segments */
    {"https://h/a/./b", "https://h/a/b", true},
    {"https://h/./a", "https://h/a", true},
    {"https://h/a/.", "https://h/a/", true},
    {"https://h/a/.", "https://h/a", false},
    {"https://h/.", "https://h/", true},
    {"https://h/..", "https://h/", true},
    {"https://h/../..", "https://h", true},
    {"https://h/a/..", "https://h/", true},
    {"https://h/a/../b", "https://h/b", true},
    {"https://h/a/../b", "https://h/a/b", false},
    {"https://h/a/b/../../c", "https://h/c", true},
    {"https://h/a/b/../../../../c", "https://h/c", true},
    {"https://h/../a", "https://h/a", true},
    {"https://h/a/%2e%2e/b", "https://h/b", true},
    {"https://h/a/%2E./b", "https://h/b", true},
    {"https://h/a/.%2e/b", "https://h/b", true},
    {"https://h/a/%2e/b", "https://h/a/b", true},
    {"https://h/a/%252e%252e/b", "https://h/b", false},
    {"https://h/a/.../b", "https://h/a/.../b", true},
    {"https://h/a/.../b", "https://h/b", false},
    {"https://h/a/..b", "https://h/..b", false},
    {"https://h/a/..;/b", "https://h/b", false},
    {"https://h/a/b../c", "https://h/a/c", false},
    {"https://h/a./b", "https://h/a/b", false},
    /* empty segments count */
    {"https://h//a", "https://h/a", false},
    {"https://h/a//b", "https://h/a/b", false},
    {"https://h/a//", "https://h/a/", false},
    {"https://h//", "https://h/", false},
    {"https://h/a//b/../c", "https://h/a//c", true},
    {"https://h/a/..//b", "https://h//b", true},
    {"https://h/..//a", "https://h//a", true},
    {"https://h//evil/a", "https://evil/a", false},
};

static bool same(const char *one, const char *other, apr_pool_t *pool)
{
    return auth0_htu_same(support_copy(support_span(one), pool),
                          support_copy(support_span(other), pool), pool);
}

static void urls_are_compared_normalized(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(same_rows); i++) {
        const same_row_t *row = &same_rows[i];
        const char *name =
            apr_psprintf(*state, "135 136 %s %s", row->one, row->other);
        bad +=
            support_equal(name, same(row->one, row->other, *state), row->want);
        bad +=
            support_equal(name, same(row->other, row->one, *state), row->want);
        bad += support_equal(name, same(row->one, row->one, *state), true);
        bad += support_equal(name, same(row->other, row->other, *state), true);
    }
    assert_int_equal(bad, 0);
}

/* What is no URL of a request is not even the same as itself. */
static const char *const refused[] = {
    "",
    "/",
    "/a",
    "h/a",
    "//h/a",
    "https",
    "https:",
    "https:/",
    "https://",
    "https:///",
    "https:///a",
    "https://?a",
    "https://#a",
    "https:h/a",
    "https:/h/a",
    "ftp://h/a",
    "ws://h/a",
    "httpss://h/a",
    "xhttps://h/a",
    " https://h/a",
    "https://h/a ",
    "https://h/ a",
    "https://h a/",
    "https ://h/a",
    "https://u@h/a",
    "https://u:p@h/a",
    "https://@h/a",
    "https://h@/a",
    "https://:@h/a",
    "https://h:443@evil/a",
    "https://h%40evil/a",
    "https://%68/a",
    "https://h%00/a",
    "https://h:0/",
    "https://h:00443/",
    "https://h:0443/",
    "https://h:65536/",
    "https://h:99999/",
    "https://h:443443/",
    "https://h:4294967739/",
    "https://h:18446744073709552059/",
    "https://h:4 3/",
    "https://h:-1/",
    "https://h:+443/",
    "https://h:abc/",
    "https://h:443:443/",
    "https://:443/",
    "https://[::1/",
    "https://::1/",
    "https://[]/",
    "https://[::1]x/",
    "https://[::1]443/",
    "https://[::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[v1.a]/",
    "https://[h]/",
    "https://[[::1]]/",
    "https://h]/",
    "https://a,b/",
    "https://h;x/",
    "https://h\\/a",
    "https:\\\\h\\a",
    "https://h/a\\..\\b",
    "https://h/\\",
    "https://h\\@evil/",
    "https://h/%",
    "https://h/%6",
    "https://h/%zz",
    "https://h/%6g",
    "https://h/%g6",
    "https://h/%%61",
    "https://h/%00",
    "https://h/a%00b",
    "https://h/a\tb",
    "https://h/a\nb",
    "https://h/a\rb",
    "https://h/a\x7f",
    "https://h/\x01",
    "https://h/\xc3\xa4",
    "https://h\xc3\xa4/",
    "https://h/a?\n",
    "https://h/a#\xff",
    "https://h/a, https://h/a",
    /* httpd merges slashes before it looks at dots */
    "https://h/a//../b",
    "https://h/a//..",
    "https://h/a///../b",
    "https://h/a//./../b",
    "https://h/a/.//../b",
    "https://h/a//%2e%2E/b",
    "https://h/a/b//../../c",
    "https://h/a/b/..//../c",
    "https://h//..",
    "https://h//../a",
    "https://h//..//a",
};

static void what_is_no_url_is_like_nothing(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(refused); i++) {
        const char *name = apr_psprintf(*state, "135 <%s>", refused[i]);
        bad += support_equal(name, same(refused[i], refused[i], *state), false);
        bad +=
            support_equal(name, same(refused[i], "https://h/a", *state), false);
        bad += support_text(
            name, auth0_htu_normal(support_span(refused[i]), *state), NULL);
    }
    assert_int_equal(bad, 0);
}

static void a_nul_does_not_end_a_url(void **state)
{
    static const char with_nul[] = "https://h/a\0b";
    static const char in_host[] = "https://h\0.evil/a";
    auth0_span_t good = support_span("https://h/a");
    auth0_span_t one = auth0_span(with_nul, sizeof(with_nul) - 1);
    auth0_span_t two = auth0_span(in_host, sizeof(in_host) - 1);
    assert_true(auth0_htu_same(good, good, *state));
    assert_false(auth0_htu_same(one, good, *state));
    assert_false(auth0_htu_same(good, one, *state));
    assert_false(auth0_htu_same(one, one, *state));
    assert_false(auth0_htu_same(two, good, *state));
    assert_false(auth0_htu_same(two, two, *state));
    one.len = sizeof("https://h/a");
    assert_false(auth0_htu_same(one, good, *state));
}

static const struct {
    const char *url;
    const char *want;
} normal_rows[] = {
    {"HTTPS://H:443", "https://h/"},
    {"http://H:8080?x#y", "http://h:8080/"},
    {"https://h/a/./b/../%7e%2f%c3?q", "https://h/a/~%2F%C3"},
    {"https://h/a/b/c/./../../g", "https://h/a/g"},
    {"https://h/mid/content=5/../6", "https://h/mid/6"},
    {"https://[::A]:1/", "https://[::a]:1/"},
    {"https://h/..//", "https://h//"},
    {"https://h//a/..", "https://h//"},
    {"https://h/a/../..//b/.", "https://h//b/"},
};

/* The first two with dots are those of RFC 3986 section 5.2.4. */
static void the_form_is_the_one_of_the_rfc(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(normal_rows); i++) {
        const char *once =
            auth0_htu_normal(support_span(normal_rows[i].url), *state);
        bad += support_text(normal_rows[i].url, once, normal_rows[i].want);
        bad += support_text("again",
                            auth0_htu_normal(support_span(once), *state), once);
    }
    assert_int_equal(bad, 0);
}

static void a_huge_url_is_a_url(void **state)
{
    const char *path = support_repeat("/%61/../b", 100000, *state);
    const char *one = apr_pstrcat(*state, "https://h", path, NULL);
    const char *deep =
        apr_pstrcat(*state, "https://h", support_repeat("/a", 100000, *state),
                    support_repeat("/..", 100000, *state), "/c", NULL);
    const char *other = apr_pstrcat(*state, "https://h",
                                    support_repeat("/b", 100000, *state), NULL);
    const char *host = apr_pstrcat(
        *state, "https://", support_repeat("h", 100000, *state), "/", NULL);
    assert_true(same(one, other, *state));
    assert_false(same(one, apr_pstrcat(*state, other, "c", NULL), *state));
    assert_true(same(deep, "https://h/c", *state));
    assert_true(same(host, host, *state));
}

/* Every byte in each place where one can stand. */
static void every_byte_is_itself_or_refused(void **state)
{
    unsigned bad = 0;
    for (unsigned c = 0; c < 256; c++) {
        char path[] = "https://h/a?b";
        char host[] = "https://hxh/a";
        path[10] = (char)c;
        host[9] = (char)c;
        const char *name = apr_psprintf(*state, "byte %02x", c);
        bool graph = c > 0x20 && c < 0x7f && c != '\\' && c != '%';
        auth0_span_t text = auth0_span(path, sizeof(path) - 1);
        bad += support_equal(name, auth0_htu_same(text, text, *state), graph);
        bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                     (c >= 'A' && c <= 'Z');
        bool good = alnum || (c != 0 && strchr("-._~/?#", (int)c) != NULL);
        text = auth0_span(host, sizeof(host) - 1);
        bad += support_equal(name, auth0_htu_same(text, text, *state), good);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(urls_are_compared_normalized),
        SUPPORT_TEST(what_is_no_url_is_like_nothing),
        SUPPORT_TEST(a_nul_does_not_end_a_url),
        SUPPORT_TEST(the_form_is_the_one_of_the_rfc),
        SUPPORT_TEST(a_huge_url_is_a_url),
        SUPPORT_TEST(every_byte_is_itself_or_refused),
    };
    return SUPPORT_RUN(tests);
}
