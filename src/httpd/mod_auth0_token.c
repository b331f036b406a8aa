/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_token.h"

#include <string.h>

#include <http_protocol.h>

#include "core/auth0_ascii.h"
#include "core/auth0_bearer.h"
#include "core/auth0_cookie.h"
#include "core/auth0_count.h"
#include "core/auth0_form.h"
#include "httpd/mod_auth0_body.h"

#define DEFAULT_PARAMETER "access_token"

/* RFC 6265 section 4.1.1: the name of a cookie is a token of RFC 9110. */
static bool is_cookie_byte(char c)
{
    return auth0_ascii_is_token(c);
}

static bool is_parameter_byte(char c)
{
    return auth0_ascii_is_graph(c) && !strchr("&=;+%#?\"", c);
}

static const char *check_name(const char *name, bool (*is_good)(char),
                              const char *why)
{
    if (!*name) {
        return why;
    }
    while (*name && is_good(*name)) {
        name++;
    }
    return *name ? why : NULL;
}

static const char *add_header_source(mod_auth0_token_sources_t *sources,
                                     const char *name)
{
    if (name) {
        return "takes no name: it is always the Authorization field; write "
               "header";
    }
    if (sources->header) {
        return "is named twice in this section; name each source once";
    }
    sources->header = true;
    return NULL;
}

/* Where a name goes, or NULL and a sentence. */
static const char *add_name(const char **place, const char *name,
                            const char *why)
{
    if (*place) {
        return "is the second name for this source in this section; name each "
               "source once";
    }
    *place = name;
    return why;
}

static const char *add_parameter(const char **place, const char *name)
{
    name = name ? name : DEFAULT_PARAMETER;
    return add_name(place, name,
                    check_name(name, is_parameter_byte,
                               "has a bad name for a parameter: printable "
                               "ASCII without space, quotes and & = ; + % # ? "
                               "is right, such as query:access_token"));
}

static const char *add_query_source(mod_auth0_token_sources_t *sources,
                                    const char *name)
{
    return add_parameter(&sources->query, name);
}

static const char *add_form_source(mod_auth0_token_sources_t *sources,
                                   const char *name)
{
    return add_parameter(&sources->form, name);
}

static const char *add_cookie_source(mod_auth0_token_sources_t *sources,
                                     const char *name)
{
    if (!name) {
        return "needs the cookie's name, such as cookie:__Host-token";
    }
    return add_name(&sources->cookie, name,
                    check_name(name, is_cookie_byte,
                               "has a bad name for a cookie: letters, digits "
                               "and ! # $ % & ' * + - . ^ _ ` | ~ are right, "
                               "such as cookie:__Host-token"));
}

typedef struct kind_t {
    const char *word;
    const char *(*add)(mod_auth0_token_sources_t *sources, const char *name);
} kind_t;

static const kind_t kinds[] = {
    {"header", add_header_source},
    {"query", add_query_source},
    {"form", add_form_source},
    {"cookie", add_cookie_source},
};

const char *mod_auth0_token_source_add(mod_auth0_token_sources_t *sources,
                                       const char *word)
{
    auth0_span_t rest = auth0_span_cstr(word);
    auth0_span_t kind;
    bool is_with_name = auth0_span_cut(&kind, &rest, ':');

    for (size_t i = 0; i < AUTH0_COUNT(kinds); i++) {
        if (auth0_span_is(kind, kinds[i].word)) {
            return kinds[i].add(sources, is_with_name ? rest.ptr : NULL);
        }
    }
    return "is none of header, query[:name], form[:name], cookie:name";
}

/* One kind of source, asked for its token. */
typedef auth0_reason_t look_t(auth0_span_t *token,
                              const mod_auth0_token_sources_t *sources,
                              request_rec *r);

static auth0_reason_t in_header(auth0_span_t *token,
                                const mod_auth0_token_sources_t *sources,
                                request_rec *r)
{
    const char *field = apr_table_get(r->headers_in, "Authorization");
    auth0_scheme_t *scheme = &mod_auth0_request_make(r)->scheme;

    *scheme = AUTH0_SCHEME_NONE;
    return sources->header ? auth0_bearer_token(token, scheme, field)
                           : AUTH0_REQUEST_NO_TOKEN;
}

static auth0_reason_t in_cookie(auth0_span_t *token,
                                const mod_auth0_token_sources_t *sources,
                                request_rec *r)
{
    if (!sources->cookie) {
        return AUTH0_REQUEST_NO_TOKEN;
    }
    return auth0_cookie_find(token, apr_table_get(r->headers_in, "Cookie"),
                             sources->cookie);
}

/* Its own query goes before the one of the request that it comes from. */
static auth0_reason_t in_query(auth0_span_t *token,
                               const mod_auth0_token_sources_t *sources,
                               request_rec *r)
{
    auth0_reason_t reason = AUTH0_REQUEST_NO_TOKEN;

    for (const request_rec *from = r;
         sources->query && from && reason == AUTH0_REQUEST_NO_TOKEN;
         from = mod_auth0_request_origin(from)) {
        const mod_auth0_request_t *state = mod_auth0_request_get(from);
        if (state) {
            reason = auth0_form_find(token, auth0_span_cstr(state->args),
                                     sources->query, r->pool);
        }
    }
    return reason;
}

static const mod_auth0_body_t *body_of(const request_rec *r)
{
    for (; r; r = mod_auth0_request_origin(r)) {
        const mod_auth0_request_t *state = mod_auth0_request_get(r);
        if (state && state->body) {
            return state->body;
        }
    }
    return NULL;
}

static auth0_reason_t in_form(auth0_span_t *token,
                              const mod_auth0_token_sources_t *sources,
                              request_rec *r)
{
    const mod_auth0_body_t *body = body_of(r);

    if (!body) {
        return AUTH0_REQUEST_NO_TOKEN;
    }
    return auth0_form_find(token, body->text, sources->form, r->pool);
}

static look_t *const looks[] = {in_header, in_cookie, in_query};

static bool is_absent(auth0_reason_t reason)
{
    return reason == AUTH0_REQUEST_NO_TOKEN || reason == AUTH0_REQUEST_SCHEME;
}

/* Two verdicts on two places are one on the request. */
static auth0_reason_t both(auth0_reason_t one, auth0_reason_t other)
{
    if (is_absent(other)) {
        return one == AUTH0_REQUEST_NO_TOKEN ? other : one;
    }
    return is_absent(one) ? other : AUTH0_REQUEST_MULTIPLE;
}

/* What httpd says itself of a body that it could not read, or 0. */
static int answer_of(apr_status_t failure)
{
    int status = ap_map_http_request_error(failure, HTTP_BAD_REQUEST);

    return status == HTTP_BAD_REQUEST || status == HTTP_REQUEST_ENTITY_TOO_LARGE
               ? 0
               : status;
}

/* One place more: it may hold the token, or one too many. */
static auth0_reason_t add(mod_auth0_request_t *state, auth0_reason_t found,
                          look_t *place,
                          const mod_auth0_token_sources_t *sources,
                          request_rec *r)
{
    auth0_span_t token = auth0_span("", 0);
    auth0_reason_t reason = place(&token, sources, r);

    /* The field has its own grammar, of which this is a part. */
    if (reason == AUTH0_OK && place != in_header &&
        !auth0_bearer_is_token68(token)) {
        reason = AUTH0_REQUEST_MALFORMED;
    }
    if (reason == AUTH0_OK) {
        state->token = token;
    }
    if (!is_absent(reason)) {
        state->search |= place == in_header ? MOD_AUTH0_SEARCH_FOUND
                                            : MOD_AUTH0_SEARCH_FOUND |
                                                  MOD_AUTH0_SEARCH_ELSEWHERE;
    }
    return both(found, reason);
}

/* A body that cannot be looked into may hold a token, whatever was found. */
static auth0_reason_t add_form(mod_auth0_request_t *state, auth0_reason_t found,
                               const mod_auth0_token_sources_t *sources,
                               request_rec *r)
{
    const mod_auth0_body_t *body = body_of(r);

    if (!body && mod_auth0_body_is_form(r)) {
        body = mod_auth0_body_read(r);
    }
    if (body && body->reason != AUTH0_OK) {
        state->answer = answer_of(body->status);
        return body->reason;
    }
    return add(state, found, in_form, sources, r);
}

/*
 * An answer depends on what the subrequests that are part of it looked for, and
 * which answer it is, on what a look-ahead did.
 */
static void tell_main(const request_rec *r, unsigned search)
{
    for (request_rec *main = r->main; main; main = main->main) {
        mod_auth0_request_make(main)->search |= search;
    }
}

static unsigned places_of(const mod_auth0_token_sources_t *sources)
{
    return (sources->header ? MOD_AUTH0_SEARCH_HEADER : 0U) |
           (sources->cookie ? MOD_AUTH0_SEARCH_COOKIE : 0U) |
           (sources->query ? MOD_AUTH0_SEARCH_QUERY : 0U);
}

auth0_reason_t mod_auth0_token_find(mod_auth0_request_t *state, request_rec *r)
{
    const mod_auth0_token_sources_t *sources =
        mod_auth0_dir_token_sources(mod_auth0_dir(r));
    auth0_reason_t found = AUTH0_REQUEST_NO_TOKEN;

    state->search |= places_of(sources);
    for (size_t i = 0; i < AUTH0_COUNT(looks); i++) {
        found = add(state, found, looks[i], sources, r);
    }
    /* It is read only when nothing else is wrong. */
    if (sources->form && (found == AUTH0_OK || is_absent(found))) {
        found = add_form(state, found, sources, r);
    }
    if (found != AUTH0_OK) {
        state->token = auth0_span("", 0);
    }
    tell_main(r, state->search);
    return found;
}
