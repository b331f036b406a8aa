/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_plain.h"

#include <ap_listen.h>
#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_count.h"
#include "core/auth0_span.h"

const ap_directive_t *mod_auth0_plain_host(const server_rec *server)
{
    auth0_span_t file = auth0_span_cstr(server->defn_name);

    for (const ap_directive_t *node = ap_conftree; node; node = node->next) {
        if (mod_auth0_tree_is(node, "<VirtualHost") &&
            (unsigned)node->line_num == server->defn_line_number &&
            auth0_span_is(file, node->filename)) {
            return node;
        }
    }
    return NULL;
}

/* What a server says by itself, the last line of this name. */
static const ap_directive_t *said_by(const ap_directive_t *host,
                                     const char *name)
{
    const ap_directive_t *found = NULL;

    for (const ap_directive_t *node = host ? host->first_child : ap_conftree;
         node; node = node->next) {
        found = mod_auth0_tree_is(node, name) ? node : found;
    }
    return found;
}

/* "on", "off", "optional" or, where nobody says, "". */
static auth0_span_t engine_of(const ap_directive_t *host, apr_pool_t *pool)
{
    const ap_directive_t *line = said_by(host, "SSLEngine");

    line = line ? line : said_by(NULL, "SSLEngine");
    return auth0_span_cstr(line ? mod_auth0_tree_word(line, 0, pool) : "");
}

/* A pattern without a letter or digit, such as "/" or "^/?(.*)$". */
static bool matches_all(const char *pattern)
{
    bool is_one = *pattern != '\0';

    for (; *pattern; pattern++) {
        is_one = is_one && !auth0_ascii_is_alnum(*pattern);
    }
    return is_one;
}

static bool redirects_all(const ap_directive_t *node, apr_pool_t *pool)
{
    for (int i = 0;; i++) {
        const char *word = mod_auth0_tree_word(node, i, pool);
        const char *target = mod_auth0_tree_word(node, i + 1, pool);
        if (!*word) {
            return false;
        }
        if (matches_all(word) &&
            auth0_span_starts(auth0_span_cstr(target), "https://")) {
            return true;
        }
    }
}

/* True for a server that only sends its visitors to https. */
static bool only_redirects(const ap_directive_t *host, apr_pool_t *pool)
{
    static const char *const names[] = {"Redirect", "RedirectPermanent",
                                        "RedirectTemp", "RedirectMatch",
                                        "RewriteRule"};

    for (const ap_directive_t *node = host ? host->first_child : ap_conftree;
         node; node = node->next) {
        for (size_t i = 0; i < AUTH0_COUNT(names); i++) {
            if (mod_auth0_tree_is(node, names[i]) &&
                redirects_all(node, pool)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_loopback(const apr_sockaddr_t *address)
{
    static const char one[16] = {[15] = 1};
    const char *bytes = address->ipaddr_ptr;
    size_t len = (size_t)address->ipaddr_len;

    return len == sizeof(one)
               ? auth0_span_eq(auth0_span(bytes, len), auth0_span(one, len))
               : bytes[0] == 127;
}

static bool has_port(const server_addr_rec *address,
                     const ap_listen_rec *listener)
{
    return address->host_port == 0 ||
           address->host_port == listener->bind_addr->port;
}

/* True when no request that the listener takes is for another server. */
static bool takes_all(const server_addr_rec *address,
                      const ap_listen_rec *listener)
{
    return has_port(address, listener) &&
           (apr_sockaddr_is_wildcard(address->host_addr) ||
            apr_sockaddr_equal(address->host_addr, listener->bind_addr));
}

static bool takes_from_afar(const server_addr_rec *address,
                            const ap_listen_rec *listener)
{
    return takes_all(address, listener) ||
           (has_port(address, listener) &&
            apr_sockaddr_is_wildcard(listener->bind_addr) &&
            !is_loopback(address->host_addr));
}

/* The main server has what no virtual host takes. */
static bool main_is_left_out(const server_rec *main_server,
                             const ap_listen_rec *listener)
{
    for (const server_rec *host = main_server->next; host; host = host->next) {
        for (const server_addr_rec *a = host->addrs; a; a = a->next) {
            if (takes_all(a, listener)) {
                return true;
            }
        }
    }
    return false;
}

static bool hears(const server_rec *server, const server_rec *main_server,
                  const ap_listen_rec *listener)
{
    if (is_loopback(listener->bind_addr)) {
        return false;
    }
    if (server == main_server) {
        return !main_is_left_out(main_server, listener);
    }
    for (const server_addr_rec *a = server->addrs; a; a = a->next) {
        if (takes_from_afar(a, listener)) {
            return true;
        }
    }
    return false;
}

static bool is_plain(const ap_listen_rec *listener, auth0_span_t engine)
{
    bool is_https = listener->protocol &&
                    auth0_span_is(auth0_span_cstr(listener->protocol), "https");

    return !is_https || auth0_span_is_nocase(engine, "off");
}

const char *mod_auth0_plain_address(const server_rec *server,
                                    const server_rec *main_server,
                                    apr_pool_t *pool)
{
    const ap_directive_t *host = mod_auth0_plain_host(server);
    auth0_span_t engine = engine_of(host, pool);

    if (auth0_span_is_nocase(engine, "on") ||
        auth0_span_is(auth0_span_cstr(server->server_scheme), "https") ||
        only_redirects(host, pool)) {
        return NULL;
    }
    for (const ap_listen_rec *listener = ap_listeners; listener;
         listener = listener->next) {
        if (is_plain(listener, engine) &&
            hears(server, main_server, listener)) {
            return apr_psprintf(pool, "%pI", (void *)listener->bind_addr);
        }
    }
    return NULL;
}
