/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_htu.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_count.h"
#include "core/auth0_digits.h"
#include "core/auth0_percent.h"

#define PORT_MAX 65535

typedef struct scheme_t {
    const char *prefix;
    const char *default_port;
} scheme_t;

static const scheme_t schemes[] = {{"https://", "443"}, {"http://", "80"}};

/* Takes the scheme off *rest; NULL when it is none of those. */
static const scheme_t *take_scheme(auth0_span_t *rest)
{
    for (size_t i = 0; i < AUTH0_COUNT(schemes); i++) {
        size_t len = strlen(schemes[i].prefix);
        if (rest->len >= len && auth0_span_is_nocase(auth0_span(rest->ptr, len),
                                                     schemes[i].prefix)) {
            *rest = auth0_span(rest->ptr + len, rest->len - len);
            return &schemes[i];
        }
    }
    return NULL;
}

/* Others make slashes of backslashes, and lines of control characters. */
static bool is_clean(auth0_span_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!auth0_ascii_is_graph(text.ptr[i]) || text.ptr[i] == '\\') {
            return false;
        }
    }
    return true;
}

/* Take what stands before the first byte of stops off *rest. */
static auth0_span_t take_until(auth0_span_t *rest, const char *stops)
{
    size_t len = 0;

    while (len < rest->len && !strchr(stops, rest->ptr[len])) {
        len++;
    }
    auth0_span_t head = auth0_span(rest->ptr, len);

    *rest = auth0_span(rest->ptr + len, rest->len - len);
    return head;
}

static bool all_of(auth0_span_t text, bool (*is_good)(char))
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_good(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}

/* RFC 3986 section 2.3 */
static bool is_unreserved(char c)
{
    return auth0_ascii_is_alnum(c) || (c && strchr("-._~", c));
}

static bool is_address_byte(char c)
{
    return auth0_ascii_hex(c) >= 0 || c == ':' || c == '.';
}

/* The host off *authority: a name, IPv4, or IPv6 in brackets. */
static bool take_host(auth0_span_t *host, auth0_span_t *authority)
{
    if (authority->len == 0 || *authority->ptr != '[') {
        *host = take_until(authority, ":");
        return all_of(*host, is_unreserved);
    }
    const char *start = authority->ptr;
    auth0_span_t address = take_until(authority, "]");

    if (authority->len == 0) {
        return false;
    }
    *authority = auth0_span(authority->ptr + 1, authority->len - 1);
    *host = auth0_span(start, address.len + 1);
    return all_of(auth0_span(start + 1, address.len - 1), is_address_byte);
}

/* ":" and a number as it is usually written, or ":", or nothing. */
static bool read_port(auth0_span_t *port, auth0_span_t text)
{
    uint64_t number;

    *port = auth0_span("", 0);
    if (text.len == 0) {
        return true;
    }
    if (*text.ptr != ':') {
        return false;
    }
    *port = auth0_span(text.ptr + 1, text.len - 1);
    return port->len == 0 ||
           (auth0_digits_read_canonical(&number, *port, PORT_MAX) &&
            number > 0);
}

static const char *lower(auth0_span_t text, apr_pool_t *pool)
{
    char *copy = apr_pstrmemdup(pool, text.ptr, text.len);

    for (char *c = copy; *c; c++) {
        *c = auth0_ascii_lower(*c);
    }
    return copy;
}

/* NULL when it is none; one with a user name is none, as '@' is in no host. */
static const char *normal_authority(auth0_span_t text, const scheme_t *scheme,
                                    apr_pool_t *pool)
{
    auth0_span_t host;
    auth0_span_t port;

    if (!take_host(&host, &text) || !read_port(&port, text)) {
        return NULL;
    }
    bool has_port = port.len > 0 && !auth0_span_is(port, scheme->default_port);

    return apr_pstrcat(pool, lower(host, pool), has_port ? ":" : "",
                       has_port ? lower(port, pool) : "", NULL);
}

/*
 * RFC 3986 section 6.2.2.2: decode what never needed to be encoded. NULL where
 * an escape is broken, or of a NUL.
 */
static char *normal_escapes(auth0_span_t path, apr_pool_t *pool)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = apr_palloc(pool, path.len + 1);
    char *out = text;

    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] != '%') {
            *out++ = path.ptr[i];
            continue;
        }
        int byte = auth0_percent_byte(auth0_span(path.ptr + i, path.len - i));
        if (byte <= 0) {
            return NULL;
        }
        i += AUTH0_PERCENT_LEN - 1;
        if (is_unreserved((char)byte)) {
            *out++ = (char)byte;
            continue;
        }
        *out++ = '%';
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 0xf];
    }
    *out = '\0';
    return text;
}

/* Where the last segment before end begins: at its slash. */
static char *last_slash(char *start, char *end)
{
    while (end > start && *--end != '/') {
    }
    return end;
}

/*
 * RFC 3986 section 5.2.4, in place. path begins with a slash, and so does each
 * segment; one that is a dot or two leaves its slash behind at the end only.
 * NULL where two dots would take an empty segment away: httpd, which merges
 * slashes first, would take away another, and serve what is elsewhere.
 */
static const char *remove_dots(char *path)
{
    auth0_span_t rest = auth0_span_cstr(path + 1);
    auth0_span_t segment;
    char *out = path;

    for (bool more = true; more;) {
        more = auth0_span_cut(&segment, &rest, '/');
        bool is_up = auth0_span_is(segment, "..");
        if (is_up && out > path && out[-1] == '/') {
            return NULL;
        }
        if (is_up) {
            out = last_slash(path, out);
        }
        if (is_up || auth0_span_is(segment, ".")) {
            segment.len = 0;
            if (more) {
                continue;
            }
        }
        *out++ = '/';
        memmove(out, segment.ptr, segment.len);
        out += segment.len;
    }
    *out = '\0';
    return path;
}

/* The empty path is the root: RFC 3986 section 6.2.3. */
static const char *normal_path(auth0_span_t path, apr_pool_t *pool)
{
    char *text = path.len > 0 ? normal_escapes(path, pool) : NULL;

    if (path.len == 0) {
        return "/";
    }
    return text ? remove_dots(text) : NULL;
}

const char *auth0_htu_normal(auth0_span_t url, apr_pool_t *pool)
{
    auth0_span_t rest = url;
    const scheme_t *scheme = is_clean(url) ? take_scheme(&rest) : NULL;

    if (!scheme) {
        return NULL;
    }
    auth0_span_t name = take_until(&rest, "/?#");
    const char *authority = normal_authority(name, scheme, pool);
    const char *path = normal_path(take_until(&rest, "?#"), pool);

    return authority && path
               ? apr_pstrcat(pool, scheme->prefix, authority, path, NULL)
               : NULL;
}

bool auth0_htu_same(auth0_span_t htu, auth0_span_t url, apr_pool_t *pool)
{
    const char *one = auth0_htu_normal(htu, pool);
    const char *other = auth0_htu_normal(url, pool);

    return one && other &&
           auth0_span_eq(auth0_span_cstr(one), auth0_span_cstr(other));
}
