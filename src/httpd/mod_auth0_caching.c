/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_caching.h"

#include <http_protocol.h>
#include <util_filter.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_forward.h"

#define FILTER "AUTH0_CACHING"

static ap_filter_rec_t *filter;

static bool is_there(const request_rec *r, const char *name)
{
    return apr_table_get(r->headers_out, name) ||
           apr_table_get(r->err_headers_out, name);
}

/* In lower case, as a whole: private="X-A" is of the field X-A alone. */
static bool is_said(const request_rec *r, const char *name, const char *item)
{
    const char *plain = apr_table_getm(r->pool, r->headers_out, name);
    const char *always = apr_table_getm(r->pool, r->err_headers_out, name);

    return ap_find_list_item(r->pool, plain, item) ||
           ap_find_list_item(r->pool, always, item);
}

static bool is_private(const request_rec *r)
{
    return is_said(r, "Cache-Control", "private") ||
           is_said(r, "Cache-Control", "no-store");
}

/* What programs say stands in err_headers_out. */
static void say(const request_rec *r, const char *name, const char *word)
{
    apr_table_mergen(apr_table_get(r->err_headers_out, name)
                         ? r->err_headers_out
                         : r->headers_out,
                     name, word);
}

/* item is the field in lower case. */
static void vary(const request_rec *r, const char *field, const char *item)
{
    if (!is_there(r, "Vary")) {
        apr_table_setn(r->headers_out, "Vary", field);
        return;
    }
    if (!is_said(r, "Vary", item) && !is_said(r, "Vary", "*")) {
        say(r, "Vary", field);
    }
}

/*
 * What caches know of Authorization (RFC 9111 section 3.5) they know of no
 * other place: an answer to a token from there is private, whatever the back
 * end says.
 */
static void keep_private(const request_rec *r, const mod_auth0_say_t *token)
{
    if (!is_there(r, "Cache-Control")) {
        apr_table_setn(r->headers_out, "Cache-Control", "private");
        return;
    }
    if (token->is_elsewhere && !is_private(r)) {
        say(r, "Cache-Control", "private");
    }
}

static void mark(const request_rec *answered, const mod_auth0_say_t *token)
{
    if (token->is_header) {
        vary(answered, "Authorization", "authorization");
    }
    if (token->is_cookie) {
        vary(answered, "Cookie", "cookie");
    }
    if (token->is_found || token->is_elsewhere) {
        keep_private(answered, token);
    }
}

static apr_status_t tell(ap_filter_t *f, apr_bucket_brigade *bb)
{
    request_rec *answered = f->r;

    while (answered->main) {
        answered = answered->main;
    }
    for (const request_rec *r = f->r; r; r = mod_auth0_request_origin(r)) {
        const mod_auth0_request_t *state = mod_auth0_request_get(r);
        if (state) {
            mark(answered, &state->say);
        }
    }
    mod_auth0_forward_end(f->r);
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

static bool may_have_a_say(request_rec *r)
{
    for (; r; r = mod_auth0_request_origin(r)) {
        if (mod_auth0_request_get(r) || mod_auth0_request_is_ours(r)) {
            return true;
        }
    }
    return false;
}

void mod_auth0_caching(request_rec *r)
{
    if (may_have_a_say(r)) {
        (void)ap_add_output_filter_handle(filter, NULL, r, r->connection);
    }
}

/* With the filters of mod_expires and mod_headers: what they say comes first.
 */
void mod_auth0_caching_register(void)
{
    filter =
        ap_register_output_filter(FILTER, tell, NULL, AP_FTYPE_CONTENT_SET);
}
