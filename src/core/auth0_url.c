/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_url.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_uri.h>

#include "core/auth0_ascii.h"
#include "core/auth0_span.h"

static bool is_loopback(const char *host)
{
    auth0_span_t name = auth0_span_cstr(host);

    return auth0_span_is_nocase(name, "localhost") ||
           auth0_span_is(name, "::1") || auth0_span_is(name, "127.0.0.1");
}

static const char *check_scheme(const apr_uri_t *uri)
{
    auth0_span_t scheme = auth0_span_cstr(uri->scheme);

    if (auth0_span_is_nocase(scheme, "https")) {
        return NULL;
    }
    if (!auth0_span_is_nocase(scheme, "http")) {
        return "is not an https:// URL";
    }
    return is_loopback(uri->hostname)
               ? NULL
               : "is plain http:// to another host than localhost, 127.0.0.1 "
                 "or ::1; use https://";
}

static bool has_strange_byte(const char *text)
{
    for (; *text; text++) {
        if (!auth0_ascii_is_graph(*text)) {
            return true;
        }
    }
    return false;
}

static bool is_host_byte(char c)
{
    return auth0_ascii_is_alnum(c) || c == '-' || c == '.';
}

const char *auth0_host_check(const char *host)
{
    auth0_span_t name = auth0_span_cstr(host);
    auth0_span_t rest = name;
    auth0_span_t label;

    if (name.len > 253) {
        return "is longer than a host name can be";
    }
    for (size_t i = 0; i < name.len; i++) {
        if (!is_host_byte(name.ptr[i])) {
            return "is not a bare host name such as tenant.eu.auth0.com: "
                   "leave out scheme, port and path";
        }
    }
    for (bool more = true; more;) {
        more = auth0_span_cut(&label, &rest, '.');
        if (label.len == 0 || label.len > 63) {
            return "is not a host name such as tenant.eu.auth0.com";
        }
    }
    return NULL;
}

/* apr_uri_parse takes the brackets off, and lets colons pass in them only. */
static bool is_ipv6(const apr_uri_t *uri)
{
    return strchr(uri->hostname, ':') != NULL;
}

static bool has_good_port(const apr_uri_t *uri)
{
    char *end;

    if (!uri->port_str || !*uri->port_str) {
        return true;
    }
    apr_int64_t port = apr_strtoi64(uri->port_str, &end, 10);

    return auth0_ascii_is_digit(*uri->port_str) && !*end && port >= 1 &&
           port <= 65535;
}

const char *auth0_url_check(const char *url, apr_pool_t *pool)
{
    apr_uri_t uri;

    if (has_strange_byte(url)) {
        return "has a space, a control or a non-ASCII character";
    }
    if (apr_uri_parse(pool, url, &uri) != APR_SUCCESS || !uri.scheme) {
        return "is not an absolute URL such as https://tenant.eu.auth0.com/";
    }
    if (!uri.hostname || !*uri.hostname) {
        return "has no host name";
    }
    if (!is_ipv6(&uri) && auth0_host_check(uri.hostname)) {
        return "has a host name with a character that no host name has";
    }
    if (!has_good_port(&uri)) {
        return "has a port that is no number from 1 to 65535";
    }
    if (uri.user || uri.password) {
        return "has a user name or password; leave it out";
    }
    if (uri.fragment) {
        return "has a fragment; leave out the # and what follows";
    }
    return check_scheme(&uri);
}

const char *auth0_url_shown(const char *url, apr_pool_t *pool)
{
    auth0_span_t rest = auth0_span_cstr(url);
    auth0_span_t head;

    return auth0_span_cut(&head, &rest, '?')
               ? apr_psprintf(pool, "%.*s?...", (int)head.len, head.ptr)
               : url;
}
