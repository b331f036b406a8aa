/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_query.h"

#include <string.h>

#include <apr_strings.h>
#include <scoreboard.h>

#include "core/auth0_form.h"

static bool is_same(auth0_span_t a, auth0_span_t b)
{
    return a.ptr == b.ptr && a.len == b.len;
}

static char *args_without(char *args, const char *name, apr_pool_t *pool)
{
    auth0_span_t all = auth0_span_cstr(args);
    auth0_span_t rest = auth0_form_without(all, name, pool);

    if (is_same(all, rest)) {
        return args;
    }
    return rest.len ? apr_pstrmemdup(pool, rest.ptr, rest.len) : NULL;
}

static char *url_without(char *text, auth0_span_t url, const char *name,
                         apr_pool_t *pool)
{
    auth0_span_t rest = auth0_form_url_without(url, name, pool);

    if (is_same(url, rest)) {
        return text;
    }
    return apr_pstrcat(
        pool, apr_pstrmemdup(pool, text, (apr_size_t)(url.ptr - text)),
        apr_pstrmemdup(pool, rest.ptr, rest.len), url.ptr + url.len, NULL);
}

/* What stands between the first blank of a request line and the last. */
static auth0_span_t url_of(const char *line)
{
    const char *begin = line ? strchr(line, ' ') : NULL;
    const char *end = begin ? strrchr(begin + 1, ' ') : NULL;

    return end ? auth0_span(begin + 1, (size_t)(end - begin) - 1)
               : auth0_span_cstr(line);
}

/*
 * mod_proxy keeps the raw URL there, where it is told not to make its own; what
 * it makes is there by the time of the log.
 */
static bool is_url(const request_rec *r, int status)
{
    return auth0_span_starts(auth0_span_cstr(r->filename), "proxy:") &&
           (status == SERVER_BUSY_LOG || r->proxyreq == PROXYREQ_PROXY ||
            apr_table_get(r->notes, "proxy-nocanon"));
}

/* status is what mod_status shows the request to be at, with a copy. */
static void cut(request_rec *r, const char *name, int status)
{
    const char *line = r->the_request;
    /* That the two are one is how mod_proxy knows a forward proxy's URL. */
    bool is_one = r->uri == r->unparsed_uri;

    r->args = args_without(r->args, name, r->pool);
    r->parsed_uri.query = args_without(r->parsed_uri.query, name, r->pool);
    r->the_request =
        url_without(r->the_request, url_of(r->the_request), name, r->pool);
    r->unparsed_uri = url_without(
        r->unparsed_uri, auth0_span_cstr(r->unparsed_uri), name, r->pool);
    if (is_one) {
        r->uri = r->unparsed_uri;
    }
    if (is_url(r, status)) {
        r->filename = url_without(r->filename, auth0_span_cstr(r->filename),
                                  name, r->pool);
    }
    if (line != r->the_request && !r->main && r->connection->sbh) {
        (void)ap_update_child_status(r->connection->sbh, status, r);
    }
}

/* One that is not placed yet has still to be judged, by its own token. */
static void cut_all(request_rec *r, const char *name)
{
    do {
        cut(r, name, SERVER_BUSY_WRITE);
        r = mod_auth0_request_origin(r);
    } while (r && mod_auth0_request_is_placed(r));
}

/* So far: what is logged of each of them tells of the same URL. */
static void leave_all(request_rec *r)
{
    do {
        mod_auth0_request_make(r)->is_query_left = true;
        r = mod_auth0_request_origin(r);
    } while (r && mod_auth0_request_is_placed(r));
}

/* True when there is a token, however bad. */
static bool remember(request_rec *r, const char *name)
{
    auth0_span_t args = auth0_span_cstr(r->args);

    if (is_same(args, auth0_form_without(args, name, r->pool))) {
        return false;
    }
    mod_auth0_request_make(r)->args = r->args;
    return true;
}

static void cut_each(request_rec *r, int status)
{
    const apr_array_header_t *names = mod_auth0_query_names();

    for (int i = 0; i < names->nelts; i++) {
        cut(r, APR_ARRAY_IDX(names, i, const char *), status);
    }
}

static void take(request_rec *r, const char *name)
{
    bool is_there = remember(r, name);

    if (!mod_auth0_dir_leaves_tokens(mod_auth0_dir(r))) {
        cut_all(r, name);
    }
    else if (is_there) {
        leave_all(r);
    }
}

int mod_auth0_query_cut(request_rec *r)
{
    const char *name = mod_auth0_dir_token_sources(mod_auth0_dir(r))->query;

    if (name && mod_auth0_request_is_ours(r)) {
        take(r, name);
    }
    /* It may have been meant for any section; its line is in r as well. */
    if (r->prev && !mod_auth0_request_is_placed(r->prev)) {
        cut_each(r->prev, SERVER_BUSY_WRITE);
        cut_each(r, SERVER_BUSY_WRITE);
    }
    return DECLINED;
}

static bool is_uncut(const request_rec *r)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(r);

    return (state && state->is_query_left) || !mod_auth0_request_is_placed(r);
}

int mod_auth0_query_logged(request_rec *r)
{
    if (mod_auth0_query_names()->nelts == 0 || !is_uncut(r)) {
        return DECLINED;
    }
    for (; r; r = r->next) {
        cut_each(r, SERVER_BUSY_LOG);
    }
    return DECLINED;
}
