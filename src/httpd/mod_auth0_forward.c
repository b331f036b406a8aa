/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_forward.h"

#include "core/auth0_cookie.h"
#include "core/auth0_field.h"
#include "httpd/mod_auth0_table.h"

/* Fields that bear a token, and what programs know them by. */
typedef struct credential_t {
    const char *field;
    const char *variable;
} credential_t;

static const credential_t credentials[] = {
    {"Authorization", "HTTP_AUTHORIZATION"},
    {"DPoP", "HTTP_DPOP"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define REDIRECTED "REDIRECT_"

static void withhold(request_rec *r, const char *name, const char *rest)
{
    mod_auth0_request_t *state = mod_auth0_request_make(r);
    const char *value = apr_table_get(r->headers_in, name);

    if (!value || rest == value) {
        return;
    }
    if (!state->withheld) {
        state->withheld = apr_table_make(r->pool, 2);
    }
    apr_table_setn(state->withheld, name, value);
    if (rest) {
        apr_table_setn(r->headers_in, name, rest);
        return;
    }
    apr_table_unset(r->headers_in, name);
}

static void withhold_cookie(request_rec *r, const char *name)
{
    const char *field = apr_table_get(r->headers_in, "Cookie");

    if (field && name) {
        withhold(r, "Cookie", auth0_cookie_without(field, name, r->pool));
    }
}

/* httpd puts that in front of the name of a variable at each redirect. */
static const char *original_name(const char *name)
{
    while (auth0_span_starts(auth0_span_cstr(name), REDIRECTED)) {
        name += sizeof(REDIRECTED) - 1;
    }
    return name;
}

static bool is_variable(const char *name, const void *wanted)
{
    return auth0_span_is_nocase(auth0_span_cstr(original_name(name)), wanted);
}

/*
 * Variables too: it is usual to hand Authorization to programs by SetEnvIf or
 * RewriteRule, and Debian's configuration of PHP does.
 */
static void withhold_all(request_rec *r, const mod_auth0_dir_t *dir)
{
    for (size_t i = 0; i < COUNT(credentials); i++) {
        withhold(r, credentials[i].field, NULL);
        (void)mod_auth0_table_drop(r->subprocess_env, is_variable,
                                   credentials[i].variable);
    }
    withhold_cookie(r, mod_auth0_dir_token_sources(dir)->cookie);
}

/* A proxy would drop what a client names there. */
static void keep_through_proxies(request_rec *r)
{
    const char *list = apr_table_get(r->headers_in, "Connection");
    apr_array_header_t *names =
        apr_array_make(r->pool, COUNT(credentials), sizeof(const char *));

    if (!list) {
        return;
    }
    for (size_t i = 0; i < COUNT(credentials); i++) {
        APR_ARRAY_PUSH(names, const char *) = credentials[i].field;
    }
    const char *rest = auth0_field_list_without(list, names, r->pool);

    if (rest) {
        apr_table_setn(r->headers_in, "Connection", rest);
        return;
    }
    apr_table_unset(r->headers_in, "Connection");
}

/* httpd itself makes no variable of Authorization. */
static void forward(request_rec *r)
{
    for (size_t i = 0; i < COUNT(credentials); i++) {
        const char *value = apr_table_get(r->headers_in, credentials[i].field);
        if (value) {
            apr_table_setn(r->subprocess_env, credentials[i].variable, value);
        }
    }
    keep_through_proxies(r);
}

static const mod_auth0_dir_t *nearest_of_ours(request_rec *r)
{
    while (r && !mod_auth0_request_is_ours(r)) {
        r = mod_auth0_request_origin(r);
    }
    return r ? mod_auth0_dir(r) : NULL;
}

int mod_auth0_forward(request_rec *r)
{
    const mod_auth0_dir_t *dir = nearest_of_ours(r);

    if (!dir) {
        return DECLINED;
    }
    if (dir->forward_token == MOD_AUTH0_ON) {
        forward(r);
        return DECLINED;
    }
    withhold_all(r, dir);
    return DECLINED;
}

int mod_auth0_forward_begin(request_rec *r)
{
    const request_rec *origin = mod_auth0_request_origin(r);
    const mod_auth0_request_t *state =
        origin ? mod_auth0_request_get(origin) : NULL;

    if (state && state->withheld) {
        mod_auth0_table_set(r->headers_in, state->withheld);
    }
    return DECLINED;
}

void mod_auth0_forward_end(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (state && state->withheld) {
        mod_auth0_table_set(r->headers_in, state->withheld);
        state->withheld = NULL;
    }
}
