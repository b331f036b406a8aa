/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_redis_url.h"

#include <string.h>
#include <arpa/inet.h>

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_digits.h"
#include "core/auth0_percent.h"
#include "core/auth0_url.h"

#define NUMBER_MOST 65535

/* A NUL is a mistake, for no configuration can hold one otherwise. */
static bool decode(auth0_span_t *out, auth0_span_t text, apr_pool_t *pool)
{
    char *bytes = apr_palloc(pool, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++, len++) {
        bytes[len] = text.ptr[i];
        if (text.ptr[i] != '%') {
            continue;
        }
        int byte = auth0_percent_byte(auth0_span(text.ptr + i, text.len - i));
        if (byte <= 0) {
            return false;
        }
        bytes[len] = (char)byte;
        i += AUTH0_PERCENT_LEN - 1;
    }
    *out = auth0_span(bytes, len);
    return true;
}

/* No zero in front, within range; NULL when it is not. */
static const char *read_number(auth0_span_t text, uint64_t least,
                               apr_pool_t *pool)
{
    uint64_t value;

    return auth0_digits_read_canonical(&value, text, NUMBER_MOST) &&
                   value >= least
               ? apr_pstrmemdup(pool, text.ptr, text.len)
               : NULL;
}

static const char *read_scheme(auth0_redis_url_t *url, auth0_span_t *rest)
{
    auth0_span_t scheme;

    if (!auth0_span_cut(&scheme, rest, ':') ||
        !auth0_span_starts(*rest, "//")) {
        return "is neither a redis:// nor a rediss:// URL";
    }
    *rest = auth0_span(rest->ptr + 2, rest->len - 2);
    url->is_tls = auth0_span_is_nocase(scheme, "rediss");
    return url->is_tls || auth0_span_is_nocase(scheme, "redis")
               ? NULL
               : "is neither a redis:// nor a rediss:// URL";
}

static const char *check_bytes(auth0_span_t rest)
{
    for (size_t i = 0; i < rest.len; i++) {
        if (!auth0_ascii_is_graph(rest.ptr[i])) {
            return "has a byte that is no printable ASCII character; write it "
                   "as %XX";
        }
        if (strchr("?#", rest.ptr[i])) {
            return "has a query or a fragment, which a Redis does not have; in "
                   "a password write %3F for ? and %23 for #";
        }
    }
    return NULL;
}

/* A second @ would leave it open where the password ends. */
static const char *read_user(auth0_redis_url_t *url, auth0_span_t *rest,
                             apr_pool_t *pool)
{
    auth0_span_t after = *rest;
    auth0_span_t who;
    auth0_span_t user;

    if (!auth0_span_cut(&who, &after, '@')) {
        return NULL;
    }
    *rest = after;
    if (after.len > 0 && memchr(after.ptr, '@', after.len)) {
        return "has more than one @; in a password write %40";
    }
    if (memchr(who.ptr, '/', who.len)) {
        return "has a / in the user or password; write %2F";
    }
    if (!auth0_span_cut(&user, &who, ':') || who.len == 0) {
        return "has no password before the @; write user:password@ or "
               ":password@";
    }
    return decode(&url->user, user, pool) && decode(&url->password, who, pool)
               ? NULL
               : "has a % in the user or password that is not followed by two "
                 "hexadecimal digits other than 00; write %25";
}

static const char *read_db(auth0_redis_url_t *url, auth0_span_t *rest,
                           apr_pool_t *pool)
{
    auth0_span_t host;
    bool has_db = auth0_span_cut(&host, rest, '/');

    url->db = has_db && rest->len > 0 ? read_number(*rest, 0, pool) : "0";
    *rest = host;
    return url->db ? NULL
                   : "has no database number from 0 to 65535 after the /";
}

/* What follows the host, empty or with a ':'. */
static const char *read_port(auth0_redis_url_t *url, auth0_span_t rest,
                             apr_pool_t *pool)
{
    url->port = "6379";
    if (rest.len > 0) {
        url->port =
            rest.ptr[0] == ':'
                ? read_number(auth0_span(rest.ptr + 1, rest.len - 1), 1, pool)
                : NULL;
    }
    return url->port ? NULL : "has no port from 1 to 65535 after the host";
}

static const char *read_ipv6(auth0_redis_url_t *url, auth0_span_t rest,
                             apr_pool_t *pool)
{
    auth0_span_t host;
    struct in6_addr address;

    rest = auth0_span(rest.ptr + 1, rest.len - 1);
    bool is_closed = auth0_span_cut(&host, &rest, ']');

    url->host = apr_pstrmemdup(pool, host.ptr, host.len);
    url->is_address = true;
    if (!is_closed || inet_pton(AF_INET6, url->host, &address) != 1) {
        return "has no IPv6 address between [ and ]";
    }
    url->is_loopback = IN6_IS_ADDR_LOOPBACK(&address);
    return read_port(url, rest, pool);
}

static const char *read_host(auth0_redis_url_t *url, auth0_span_t rest,
                             apr_pool_t *pool)
{
    struct in_addr address;
    size_t len = 0;

    if (rest.len > 0 && rest.ptr[0] == '[') {
        return read_ipv6(url, rest, pool);
    }
    while (len < rest.len && rest.ptr[len] != ':') {
        len++;
    }
    url->host = apr_pstrmemdup(pool, rest.ptr, len);
    url->is_address = inet_pton(AF_INET, url->host, &address) == 1;
    url->is_loopback =
        url->is_address
            ? ntohl(address.s_addr) >> 24 == 127
            : auth0_span_is_nocase(auth0_span(rest.ptr, len), "localhost");
    if (len == 0 || (!url->is_address && auth0_host_check(url->host))) {
        return "has no host name or address; IPv6 addresses stand in [ ]";
    }
    return read_port(url, auth0_span(rest.ptr + len, rest.len - len), pool);
}

static const char *show(const auth0_redis_url_t *url, apr_pool_t *pool)
{
    bool is_ipv6 = strchr(url->host, ':') != NULL;

    return apr_psprintf(pool, "redis%s://%s%s%s:%s/%s", url->is_tls ? "s" : "",
                        is_ipv6 ? "[" : "", url->host, is_ipv6 ? "]" : "",
                        url->port, url->db);
}

const char *auth0_redis_url_read(auth0_redis_url_t *url, const char *text,
                                 apr_pool_t *pool)
{
    auth0_span_t rest = auth0_span_cstr(text);

    *url = (auth0_redis_url_t){.user = {"", 0}, .password = {"", 0}};
    const char *why = read_scheme(url, &rest);

    why = why ? why : check_bytes(rest);
    why = why ? why : read_user(url, &rest, pool);
    why = why ? why : read_db(url, &rest, pool);
    why = why ? why : read_host(url, rest, pool);
    url->shown = why ? NULL : show(url, pool);
    return why;
}
