/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_thumbprint.h"

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_b64.h"
#include "core/auth0_count.h"
#include "core/auth0_sha256.h"

/* RFC 7638 section 3.2: the members that count, in lexicographic order. */
typedef struct kind_t {
    const char *kty;
    const char *members[5];
} kind_t;

static const kind_t kinds[] = {
    {"EC", {"crv", "kty", "x", "y", NULL}},
    {"RSA", {"e", "kty", "n", NULL}},
};

static const kind_t *kind_of(const auth0_json_t *jwk)
{
    auth0_span_t kty;

    if (!auth0_json_string(&kty, auth0_json_member(jwk, "kty"))) {
        return NULL;
    }
    for (size_t i = 0; i < AUTH0_COUNT(kinds); i++) {
        if (auth0_span_is(kty, kinds[i].kty)) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* What JSON writes as it is, so that no two values give the same text. */
static bool is_plain(auth0_span_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (!auth0_ascii_is_alnum(c) && c != '-' && c != '_') {
            return false;
        }
    }
    return value.len > 0;
}

static const char *add_member(const char *text, const char *name,
                              const auth0_json_t *member, apr_pool_t *pool)
{
    auth0_span_t value;

    if (!auth0_json_string(&value, member) || !is_plain(value)) {
        return NULL;
    }
    return apr_pstrcat(pool, text, *text ? "," : "", "\"", name, "\":\"",
                       apr_pstrmemdup(pool, value.ptr, value.len), "\"", NULL);
}

const char *auth0_thumbprint(const auth0_json_t *jwk, apr_pool_t *pool)
{
    const kind_t *kind = kind_of(jwk);
    const char *text = kind ? "" : NULL;

    for (size_t i = 0; text && kind->members[i]; i++) {
        const char *name = kind->members[i];
        text = add_member(text, name, auth0_json_member(jwk, name), pool);
    }
    return text ? auth0_thumbprint_of(
                      auth0_span_cstr(apr_pstrcat(pool, "{", text, "}", NULL)),
                      pool)
                : NULL;
}

const char *auth0_thumbprint_of(auth0_span_t bytes, apr_pool_t *pool)
{
    unsigned char hash[AUTH0_SHA256_BYTES];

    if (!auth0_sha256(hash, &bytes, 1)) {
        return NULL;
    }
    return auth0_b64url_encode(auth0_span((const char *)hash, sizeof(hash)),
                               pool);
}
