/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_redis_url.h"

typedef struct good_t {
    const char *text;
    const char *shown;
    const char *host;
    const char *user;
    const char *password;
    bool is_loopback;
} good_t;

static const good_t goods[] = {
    {"redis://h", "redis://h:6379/0", "h", "", "", false},
    {"REDIS://h", "redis://h:6379/0", "h", "", "", false},
    {"rediss://h", "rediss://h:6379/0", "h", "", "", false},
    {"redis://h/", "redis://h:6379/0", "h", "", "", false},
    {"redis://h:1/65535", "redis://h:1/65535", "h", "", "", false},
    {"redis://h:65535/0", "redis://h:65535/0", "h", "", "", false},
    {"redis://127.0.0.1", "redis://127.0.0.1:6379/0", "127.0.0.1", "", "",
     true},
    {"redis://127.9.9.9", "redis://127.9.9.9:6379/0", "127.9.9.9", "", "",
     true},
    {"redis://128.0.0.1", "redis://128.0.0.1:6379/0", "128.0.0.1", "", "",
     false},
    {"redis://LocalHost", "redis://LocalHost:6379/0", "LocalHost", "", "",
     true},
    {"redis://localhost.example", "redis://localhost.example:6379/0",
     "localhost.example", "", "", false},
    {"redis://[::1]", "redis://[::1]:6379/0", "::1", "", "", true},
    {"redis://[2001:db8::1]:7/3", "redis://[2001:db8::1]:7/3", "2001:db8::1",
     "", "", false},
    {"redis://:pw@h", "redis://h:6379/0", "h", "", "pw", false},
    {"redis://u:pw@h:7/3", "redis://h:7/3", "h", "u", "pw", false},
    {"redis://u:p:w@h", "redis://h:6379/0", "h", "u", "p:w", false},
    {"redis://a%40b:%2f%3a%40%25%23%3F@h", "redis://h:6379/0", "h", "a@b",
     "/:@%#?", false},
    {"redis://u:%ff%01%7e@[::1]", "redis://[::1]:6379/0", "::1", "u",
     "\xff\x01~", true},
};

static void a_good_url_is_read(void **state)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT(goods); i++) {
        const good_t *row = &goods[i];
        auth0_redis_url_t url;
        const char *why = auth0_redis_url_read(&url, row->text, *state);
        wrong += support_text(row->text, why ? why : "", "");
        if (why) {
            continue;
        }
        wrong += support_text(row->text, url.shown, row->shown);
        wrong += support_text(row->text, url.host, row->host);
        wrong += support_text(row->text, support_string(url.user, *state),
                              row->user);
        wrong += support_text(row->text, support_string(url.password, *state),
                              row->password);
        wrong += support_equal(row->text, url.is_loopback, row->is_loopback);
        wrong += support_equal(row->text, url.is_tls,
                               strncasecmp(row->text, "rediss", 6) == 0);
    }
    assert_int_equal(wrong, 0);
}

#define SCHEME "is neither a redis:// nor a rediss:// URL"
#define AT "has more than one @; in a password write %40"
#define QUERY                                                                  \
    "has a query or a fragment, which a Redis does not have; in a password "   \
    "write %3F for ? and %23 for #"
#define BYTE "has a byte that is no printable ASCII character; write it as %XX"
#define SLASH "has a / in the user or password; write %2F"
#define PASSWORD                                                               \
    "has no password before the @; write user:password@ or :password@"
#define PERCENT                                                                \
    "has a % in the user or password that is not followed by two "             \
    "hexadecimal digits other than 00; write %25"
#define DB "has no database number from 0 to 65535 after the /"
#define PORT "has no port from 1 to 65535 after the host"
#define IPV6 "has no IPv6 address between [ and ]"
#define HOST "has no host name or address; IPv6 addresses stand in [ ]"

static const char *const bads[][2] = {
    {"", SCHEME},
    {"redis", SCHEME},
    {"redis:", SCHEME},
    {"redis:/h", SCHEME},
    {"redis:h", SCHEME},
    {"http://h", SCHEME},
    {"redisss://h", SCHEME},
    {"unix:///run/redis", SCHEME},
    {"redis://h?db=1", QUERY},
    {"redis://h#x", QUERY},
    {"redis://:secret?@h", QUERY},
    {"redis://h h", BYTE},
    {"redis://:secr\xc3\xa9t@h", BYTE},
    {"redis://h\t", BYTE},
    {"redis://:secret@secret@h", AT},
    {"redis://:secret/secret@h", SLASH},
    {"redis://secret@h", PASSWORD},
    {"redis://secret:@h", PASSWORD},
    {"redis://@h", PASSWORD},
    {"redis://:@h", PASSWORD},
    {"redis://:secret%@h", PERCENT},
    {"redis://:secret%4@h", PERCENT},
    {"redis://:secret%4g@h", PERCENT},
    {"redis://:secret%g4@h", PERCENT},
    {"redis://:secret%00@h", PERCENT},
    {"redis://%zz:secret@h", PERCENT},
    {"redis://h/x", DB},
    {"redis://h/1/2", DB},
    {"redis://h/-1", DB},
    {"redis://h/01", DB},
    {"redis://h/65536", DB},
    {"redis://h/999999", DB},
    {"redis://h//", DB},
    {"redis://h:", PORT},
    {"redis://h:0", PORT},
    {"redis://h:65536", PORT},
    {"redis://h:06379", PORT},
    {"redis://h:x", PORT},
    {"redis://h:1:2", PORT},
    {"redis://h:secret", PORT},
    {"redis://[::1", IPV6},
    {"redis://[]", IPV6},
    {"redis://[h]", IPV6},
    {"redis://[127.0.0.1]", IPV6},
    {"redis://[fe80::1%25eth0]", IPV6},
    {"redis://[::1]6379", PORT},
    {"redis://[::1]:", PORT},
    {"redis://::1", HOST},
    {"redis://", HOST},
    {"redis:///1", HOST},
    {"redis://:6379", HOST},
    {"redis://:secret@", HOST},
    {"redis://h_h", HOST},
    {"redis://h..h", HOST},
    {"redis://a,b", HOST},
};

static void a_bad_url_is_explained_without_repeating_it(void **state)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT(bads); i++) {
        auth0_redis_url_t url;
        const char *why = auth0_redis_url_read(&url, bads[i][0], *state);
        wrong += support_text(bads[i][0], why ? why : "(good)", bads[i][1]);
        wrong += support_equal(bads[i][0], why && strstr(why, "secret"), 0);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_good_url_is_read),
        SUPPORT_TEST(a_bad_url_is_explained_without_repeating_it),
    };
    return SUPPORT_RUN(tests);
}
