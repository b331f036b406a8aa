/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_htu.h"

static auth0_span_t add(auth0_span_t text, const char *more, apr_pool_t *pool)
{
    return auth0_span_cstr(apr_pstrcat(
        pool, apr_pstrmemdup(pool, text.ptr, text.len), more, NULL));
}

/* Scheme and authority in capitals: they end before the first of "/?#". */
static auth0_span_t shout(const char *url, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, url);
    char *end = strchr(strchr(copy, ':') + 3, '/');
    for (char *c = copy; c < end; c++) {
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    }
    return auth0_span_cstr(copy);
}

static void path_is_normal(const char *path)
{
    HOLDS(*path == '/');
    HOLDS(!strstr(path, "/./") && !strstr(path, "/../"));
    for (; *path != '\0'; path++) {
        HOLDS(auth0_ascii_is_graph(*path) && !strchr("?#\\", *path));
        HOLDS(*path != '%' || (strchr("0123456789ABCDEF", path[1]) &&
                               strchr("0123456789ABCDEF", path[2])));
    }
    HOLDS(path[-1] != '.' || path[-2] != '/');
    HOLDS(path[-1] != '.' || path[-2] != '.' || path[-3] != '/');
}

static void is_normal(const char *url)
{
    bool is_https = auth0_span_starts(auth0_span_cstr(url), "https://");
    HOLDS(is_https || auth0_span_starts(auth0_span_cstr(url), "http://"));
    const char *host = url + (is_https ? 8 : 7);
    const char *path = strchr(host, '/');
    HOLDS(path && path > host);
    for (const char *c = host; c < path; c++) {
        HOLDS(*c == auth0_ascii_lower(*c) && !strchr("@%?#\\,", *c));
    }
    path_is_normal(path);
}

static void normalize(auth0_span_t url, apr_pool_t *pool)
{
    const char *normal = auth0_htu_normal(url, pool);
    HOLDS(auth0_htu_same(url, url, pool) == (normal != NULL));
    if (normal == NULL) {
        return;
    }
    auth0_span_t once = auth0_span_cstr(normal);
    is_normal(normal);
    HOLDS(auth0_span_is(once, auth0_htu_normal(once, pool)));
    HOLDS(auth0_htu_same(once, url, pool));
    HOLDS(auth0_htu_same(url, add(url, "?x=/../y", pool), pool));
    HOLDS(auth0_htu_same(url, add(url, "#x", pool), pool));
    HOLDS(auth0_htu_same(shout(normal, pool), url, pool));
    HOLDS(!auth0_htu_same(add(once, "x", pool), url, pool));
    HOLDS(!auth0_htu_same(add(url, " ", pool), url, pool));
}

/* The input as one URL, and as two by its first line feed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t rest = fuzz_span(data, size);
    auth0_span_t one;
    normalize(rest, pool);
    if (auth0_span_cut(&one, &rest, '\n')) {
        const char *a = auth0_htu_normal(one, pool);
        const char *b = auth0_htu_normal(rest, pool);
        bool same = a && b && strcmp(a, b) == 0;
        normalize(one, pool);
        normalize(rest, pool);
        HOLDS(auth0_htu_same(one, rest, pool) == same);
        HOLDS(auth0_htu_same(rest, one, pool) == same);
    }
    apr_pool_destroy(pool);
    return 0;
}
