/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_bearer.h"

static bool is_token68(auth0_span_t token)
{
    size_t len = token.len;
    while (len > 0 && token.ptr[len - 1] == '=') {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                    "0123456789-._~+/",
                    token.ptr[i])) {
            return false;
        }
    }
    return len > 0;
}

/* A quoted-string from behind its first quote to the end of the field. */
static bool is_quoted_to_the_end(const char *text)
{
    for (; *text != '\0' && *text != '"'; text++) {
        if (*text == '\\' && *++text == '\0') {
            return false;
        }
    }
    return text[0] == '"' && text[1] == '\0';
}

static void challenge_is_one_field(const char *realm, apr_pool_t *pool)
{
    auth0_challenge_t challenge = {.realm = realm,
                                   .reason = AUTH0_REQUEST_NO_TOKEN};
    const char *field = auth0_bearer_challenge(&challenge, pool);
    const char *start = "Bearer realm=\"";
    HOLDS(auth0_span_starts(auth0_span_cstr(field), start));
    HOLDS(!auth0_span_has_control(auth0_span_cstr(field)));
    HOLDS(is_quoted_to_the_end(field + strlen(start)));
}

static void field_has_one_token(const char *field, size_t size)
{
    auth0_span_t token;
    auth0_scheme_t scheme;
    auth0_reason_t reason = auth0_bearer_token(&token, &scheme, field);
    if (reason == AUTH0_OK) {
        HOLDS(scheme != AUTH0_SCHEME_NONE);
        HOLDS(is_token68(token));
        HOLDS(token.ptr > field && token.ptr + token.len <= field + size);
        HOLDS(strchr(field, ',') == NULL);
        return;
    }
    HOLDS(token.len == 0);
    HOLDS(reason >= AUTH0_REQUEST_NO_TOKEN && reason <= AUTH0_REQUEST_MULTIPLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    const char *field = apr_pstrmemdup(pool, (const char *)data, size);
    field_has_one_token(field, size);
    challenge_is_one_field(field, pool);
    apr_pool_destroy(pool);
    return 0;
}
