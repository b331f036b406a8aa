/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_bearer.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_dpop.h"
#include "core/auth0_lanes.h"

/* Base64url, '.' and '/': from '-' to '9' there are but these and digits. */
static auth0_lanes_t are_usual(auth0_lanes_t c)
{
    return auth0_lanes_within(c | 0x20, 'a', 'z') |
           auth0_lanes_within(c, '-', '9') | (auth0_lanes_t)(c == '_');
}

/* RFC 9110 section 11.2, the alphabet of token68 before its padding. */
static auth0_lanes_t are_token68(auth0_lanes_t c)
{
    return are_usual(c) | (auth0_lanes_t)(c == '~') | (auth0_lanes_t)(c == '+');
}

/* All of a token is read at each request, so that this has to be fast. */
bool auth0_bearer_is_token68(auth0_span_t text)
{
    while (text.len > 0 && text.ptr[text.len - 1] == '=') {
        text.len--;
    }
    /* No JWT has more than the usual: the rest is looked for in doubt only. */
    return text.len > 0 && (auth0_lanes_every(text, are_usual) ||
                            auth0_lanes_every(text, are_token68));
}

static auth0_scheme_t scheme_of(auth0_span_t word)
{
    if (auth0_span_is_nocase(word, "Bearer")) {
        return AUTH0_SCHEME_BEARER;
    }
    return auth0_span_is_nocase(word, "DPoP") ? AUTH0_SCHEME_DPOP
                                              : AUTH0_SCHEME_NONE;
}

/*
 * httpd joins repeated fields by ", ". What stands behind another scheme's
 * comma is either one of its parameters or the next field's credentials.
 */
static bool hides_token(auth0_span_t rest)
{
    auth0_span_t part;
    auth0_span_t word;

    while (rest.len > 0) {
        (void)auth0_span_cut(&part, &rest, ',');
        if (auth0_span_word(&word, &part) &&
            scheme_of(word) != AUTH0_SCHEME_NONE) {
            return true;
        }
    }
    return false;
}

static bool one_token(auth0_span_t *token, auth0_span_t rest)
{
    auth0_span_t word;
    auth0_span_t extra;

    if (!auth0_span_word(&word, &rest) || auth0_span_word(&extra, &rest) ||
        !auth0_bearer_is_token68(word)) {
        return false;
    }
    *token = word;
    return true;
}

/* As nearly all clients write it, and so without looking for where it ends. */
static bool usual_token(auth0_span_t *token, auth0_span_t field)
{
    static const char usual[] = "Bearer ";
    const size_t head = sizeof(usual) - 1;

    if (field.len < head || !auth0_span_same(field.ptr, usual, head)) {
        return false;
    }
    *token = auth0_span(field.ptr + head, field.len - head);
    return auth0_bearer_is_token68(*token);
}

static bool has_comma(auth0_span_t text)
{
    return text.len > 0 && memchr(text.ptr, ',', text.len);
}

auth0_reason_t auth0_bearer_token(auth0_span_t *token, auth0_scheme_t *scheme,
                                  const char *authorization)
{
    auth0_span_t rest = auth0_span_cstr(authorization);
    auth0_span_t word;

    if (usual_token(token, rest)) {
        *scheme = AUTH0_SCHEME_BEARER;
        return AUTH0_OK;
    }
    *token = auth0_span("", 0);
    *scheme = AUTH0_SCHEME_NONE;
    if (!auth0_span_word(&word, &rest)) {
        return AUTH0_REQUEST_NO_TOKEN;
    }
    *scheme = scheme_of(word);
    if (*scheme == AUTH0_SCHEME_NONE) {
        return hides_token(rest) ? AUTH0_REQUEST_MULTIPLE
                                 : AUTH0_REQUEST_SCHEME;
    }
    if (one_token(token, rest)) {
        return AUTH0_OK;
    }
    return has_comma(rest) ? AUTH0_REQUEST_MULTIPLE : AUTH0_REQUEST_MALFORMED;
}

/* A quoted-string may hold neither a bare quote nor a control character. */
static const char *quote(const char *text, apr_pool_t *pool)
{
    char *quoted = apr_palloc(pool, 2 * strlen(text) + 3);
    char *out = quoted;

    *out++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            *out++ = '\\';
        }
        *out++ = (char)(auth0_ascii_is_control(*text) ? ' ' : *text);
    }
    *out++ = '"';
    *out = '\0';
    return quoted;
}

static const char *parameter(const char *name, const char *value,
                             apr_pool_t *pool)
{
    return value ? apr_pstrcat(pool, ", ", name, "=\"", value, "\"", NULL) : "";
}

static const char *what_went_wrong(const auth0_challenge_t *challenge,
                                   apr_pool_t *pool)
{
    const auth0_reason_info_t *info = auth0_reason_info(challenge->reason);

    return apr_pstrcat(pool, parameter("error", info->error, pool),
                       parameter("error_description", info->description, pool),
                       parameter("scope", challenge->scope, pool),
                       parameter("acr_values", challenge->acr_values, pool),
                       parameter("max_age", challenge->max_age, pool), NULL);
}

static const char *resource_metadata(const auth0_challenge_t *challenge,
                                     apr_pool_t *pool)
{
    return challenge->metadata
               ? apr_pstrcat(pool, ", resource_metadata=",
                             quote(challenge->metadata, pool), NULL)
               : "";
}

const char *auth0_bearer_challenge(const auth0_challenge_t *challenge,
                                   apr_pool_t *pool)
{
    return apr_pstrcat(pool, "Bearer realm=", quote(challenge->realm, pool),
                       challenge->scheme == AUTH0_SCHEME_DPOP
                           ? ""
                           : what_went_wrong(challenge, pool),
                       resource_metadata(challenge, pool), NULL);
}

const char *auth0_dpop_challenge(const auth0_challenge_t *challenge,
                                 apr_pool_t *pool)
{
    return apr_pstrcat(pool, "DPoP realm=", quote(challenge->realm, pool),
                       challenge->scheme == AUTH0_SCHEME_DPOP
                           ? what_went_wrong(challenge, pool)
                           : "",
                       parameter("algs", auth0_dpop_algs(), pool),
                       resource_metadata(challenge, pool), NULL);
}
