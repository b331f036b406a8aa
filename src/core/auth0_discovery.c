/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_discovery.h"

#include <apr_strings.h>

#include "core/auth0_url.h"

const char *auth0_discovery_url(const char *issuer, apr_pool_t *pool)
{
    auth0_span_t base = auth0_span_cstr(issuer);

    while (base.len > 0 && base.ptr[base.len - 1] == '/') {
        base.len--;
    }
    return apr_pstrcat(pool, apr_pstrmemdup(pool, base.ptr, base.len),
                       "/.well-known/openid-configuration", NULL);
}

const char *auth0_discovery_parse(const char **jwks_uri, auth0_span_t document,
                                  const char *issuer, apr_pool_t *pool)
{
    const auth0_json_t *metadata;
    auth0_span_t value;

    *jwks_uri = NULL;
    if (!auth0_json_object(&metadata, document, auth0_json_jwks_limit, pool)) {
        return "the discovery document is not a JSON object";
    }
    if (!auth0_json_string(&value, auth0_json_member(metadata, "issuer")) ||
        !auth0_span_is(value, issuer)) {
        return "the discovery document is of another issuer";
    }
    if (!auth0_json_string(&value, auth0_json_member(metadata, "jwks_uri"))) {
        return "the discovery document has no jwks_uri";
    }
    const char *url = apr_pstrmemdup(pool, value.ptr, value.len);

    /* Plain http is for an issuer on this machine that itself has no TLS. */
    if (auth0_url_check(url, pool) ||
        (auth0_span_starts(auth0_span_cstr(issuer), "https://") &&
         !auth0_span_starts(value, "https://"))) {
        return "the discovery document's jwks_uri is not an https:// URL";
    }
    *jwks_uri = url;
    return NULL;
}
