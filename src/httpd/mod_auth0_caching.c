/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_caching.h"

#include <http_protocol.h>
#include <util_filter.h>

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
static void add(const request_rec *r, const char *name, const char *word)
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
        apr_table_addn(r->headers_out, "Vary", field);
        return;
    }
    if (!is_said(r, "Vary", item) && !is_said(r, "Vary", "*")) {
        add(r, "Vary", field);
    }
}

/*
 * What caches know of Authorization (RFC 9111 section 3.5) they know of no
 * other place: an answer to a token from there is private, whatever the back
 * end says.
 */
static void keep_private(const request_rec *r, unsigned search)
{
    if (!is_there(r, "Cache-Control")) {
        apr_table_addn(r->headers_out, "Cache-Control", "private");
        return;
    }
    if ((search & MOD_AUTH0_SEARCH_ELSEWHERE) && !is_private(r)) {
        add(r, "Cache-Control", "private");
    }
}

static void mark(const request_rec *answered, unsigned search)
{
    if (search & MOD_AUTH0_SEARCH_HEADER) {
        vary(answered, "Authorization", "authorization");
    }
    if (search & MOD_AUTH0_SEARCH_COOKIE) {
        vary(answered, "Cookie", "cookie");
    }
    if (search & MOD_AUTH0_SEARCH_FOUND) {
        keep_private(answered, search);
    }
}

/* Parts of a page are told what the page depends on. */
static unsigned search_of(const request_rec *r)
{
    unsigned search = 0;

    for (; r; r = mod_auth0_request_origin(r)) {
        const mod_auth0_request_t *state = mod_auth0_request_get(r);
        search |= state ? state->search : 0;
    }
    return search;
}

static apr_status_t tell(ap_filter_t *f, apr_bucket_brigade *bb)
{
    request_rec *answered = f->r;
    unsigned search = search_of(f->r);

    /* mod_include has sent the fields of a page before its first part. */
    while (answered->main) {
        answered = answered->main;
        answered->no_cache |= search != 0;
    }
    mark(answered, search);
    mod_auth0_forward_end(f->r);
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

static bool may_have_searched(request_rec *r)
{
    for (; r; r = mod_auth0_request_origin(r)) {
        if (mod_auth0_request_get(r) || mod_auth0_request_is_ours(r)) {
            return true;
        }
    }
    return false;
}

/* True where SetOutputFilter has mod_cache save what our filter is yet to see.
 */
static bool is_behind_cache(const ap_filter_t *own)
{
    for (const ap_filter_t *f = own->r->output_filters; f != own; f = f->next) {
        if (auth0_span_is(auth0_span_cstr(f->frec->name), "cache")) {
            return true;
        }
    }
    return false;
}

/*
 * What mod_cache cannot be told by fields: it saves parts of a page before our
 * filter comes, and finds nobody's answer by a URL that the token is cut from.
 */
static bool is_not_to_be_saved(const ap_filter_t *own)
{
    unsigned search = search_of(own->r);

    if (own->r->main || is_behind_cache(own)) {
        return search != 0;
    }
    return (search & MOD_AUTH0_SEARCH_QUERY) &&
           !(search & MOD_AUTH0_SEARCH_FOUND);
}

void mod_auth0_caching(request_rec *r)
{
    if (!may_have_searched(r)) {
        return;
    }
    if (is_not_to_be_saved(
            ap_add_output_filter_handle(filter, NULL, r, r->connection))) {
        apr_table_setn(r->subprocess_env, "no-cache", "1");
    }
}

/* With the filters of mod_expires and mod_headers: what they say comes first.
 */
void mod_auth0_caching_register(void)
{
    filter =
        ap_register_output_filter(FILTER, tell, NULL, AP_FTYPE_CONTENT_SET);
}
