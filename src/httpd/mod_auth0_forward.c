/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_forward.h"

#include "core/auth0_cookie.h"
#include "core/auth0_count.h"
#include "httpd/mod_auth0_scrub.h"
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

static bool is_variable(const char *name, const void *wanted)
{
    return auth0_span_is_nocase(auth0_span_cstr(mod_auth0_variable_name(name)),
                                wanted);
}

static bool is_credential(const char *name, const void *unused)
{
    auth0_span_t plain = auth0_span_cstr(mod_auth0_variable_name(name));

    (void)unused;
    for (size_t i = 0; i < AUTH0_COUNT(credentials); i++) {
        if (auth0_span_is_nocase(plain, credentials[i].variable)) {
            return true;
        }
    }
    return false;
}

/* rest is what remains of the field, NULL for nothing. */
static void withhold(request_rec *r, const char *field, const char *rest)
{
    const char *value = apr_table_get(r->headers_in, field);

    if (!value) {
        return;
    }
    mod_auth0_request_t *state = mod_auth0_request_make(r);

    if (state->withheld_count < MOD_AUTH0_WITHHELD_MAX) {
        state->withheld[state->withheld_count++] =
            (mod_auth0_withheld_t){field, value};
    }
    if (rest) {
        apr_table_setn(r->headers_in, field, rest);
        return;
    }
    apr_table_unset(r->headers_in, field);
}

/* What remains of it is made a variable of when a program is started. */
static void withhold_cookie(request_rec *r, const char *name)
{
    const char *field = name ? apr_table_get(r->headers_in, "Cookie") : NULL;
    const char *rest =
        field ? auth0_cookie_without(field, name, r->pool) : NULL;

    if (!name || (rest && rest == field)) {
        return;
    }
    (void)mod_auth0_table_drop(r->subprocess_env, is_variable, "HTTP_COOKIE");
    withhold(r, "Cookie", rest);
}

/*
 * Variables too: it is usual to hand Authorization to programs by SetEnvIf or
 * RewriteRule, and Debian's configuration of PHP does; and mod_include makes
 * some, which its subrequests inherit.
 */
static void withhold_all(request_rec *r, const mod_auth0_dir_t *dir)
{
    (void)mod_auth0_table_drop(r->subprocess_env, is_credential, NULL);
    for (size_t i = 0; i < AUTH0_COUNT(credentials); i++) {
        withhold(r, credentials[i].field, NULL);
    }
    withhold_cookie(r, mod_auth0_dir_token_sources(dir)->cookie);
}

/* httpd itself makes no variable of Authorization. */
static void forward(request_rec *r)
{
    apr_array_header_t *names =
        apr_array_make(r->pool, AUTH0_COUNT(credentials), sizeof(const char *));

    for (size_t i = 0; i < AUTH0_COUNT(credentials); i++) {
        const char *value = apr_table_get(r->headers_in, credentials[i].field);
        if (value) {
            apr_table_setn(r->subprocess_env, credentials[i].variable, value);
        }
        APR_ARRAY_PUSH(names, const char *) = credentials[i].field;
    }
    mod_auth0_scrub_connection(r, names);
}

/* It may have been meant for a section of ours. */
static bool failed_early(const request_rec *r)
{
    return r->next && ap_is_HTTP_ERROR(r->status) &&
           !mod_auth0_request_is_placed(r);
}

/* mod_dir may have brought a request under a section that is not ours since. */
static const mod_auth0_dir_t *section_of(request_rec *r)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (mod_auth0_request_is_ours(r) || failed_early(r)) {
        return mod_auth0_dir(r);
    }
    return state ? state->section : NULL;
}

/* The section that decides, or NULL: the request is none of our business. */
static const mod_auth0_dir_t *decisive(request_rec *r)
{
    const mod_auth0_dir_t *dir = NULL;

    for (; r && !dir; r = mod_auth0_request_origin(r)) {
        dir = section_of(r);
    }
    return dir;
}

int mod_auth0_forward(request_rec *r)
{
    const mod_auth0_dir_t *dir = decisive(r);

    if (!dir || mod_auth0_dir_leaves_tokens(dir)) {
        return DECLINED;
    }
    if (dir->forward_token == MOD_AUTH0_ON) {
        forward(r);
        return DECLINED;
    }
    withhold_all(r, dir);
    return DECLINED;
}

static void put_back(request_rec *r, const mod_auth0_request_t *from)
{
    /* Of one field that was cut twice, the first is what the client sent. */
    for (size_t i = from->withheld_count; i-- > 0;) {
        apr_table_setn(r->headers_in, from->withheld[i].field,
                       from->withheld[i].value);
    }
}

int mod_auth0_forward_begin(request_rec *r)
{
    const request_rec *origin = mod_auth0_request_origin(r);
    const mod_auth0_request_t *state =
        origin ? mod_auth0_request_get(origin) : NULL;

    /* The target of a redirect has no fields before it is complete. */
    if (state && r->headers_in) {
        put_back(r, state);
    }
    return DECLINED;
}

void mod_auth0_forward_end(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (state) {
        put_back(r, state);
        state->withheld_count = 0;
    }
}
