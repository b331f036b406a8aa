/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_body.h"

#include <string.h>

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <util_filter.h>

#define FORM "application/x-www-form-urlencoded"
#define FILTER "AUTH0_BODY"

/* Bytes that are asked for in one reading. */
#define READING 8192

static ap_filter_rec_t *filter;

bool mod_auth0_body_is_form(const request_rec *r)
{
    auth0_span_t rest =
        auth0_span_cstr(apr_table_get(r->headers_in, "Content-Type"));
    auth0_span_t type;
    auth0_span_t word = auth0_span("", 0);
    auth0_span_t extra;

    if (r->main || (r->method_number != M_POST && r->method_number != M_PUT &&
                    r->method_number != M_PATCH)) {
        return false;
    }
    (void)auth0_span_cut(&type, &rest, ';');
    return auth0_span_word(&word, &type) && !auth0_span_word(&extra, &type) &&
           auth0_span_is_nocase(word, FORM) &&
           !apr_table_get(r->headers_in, "Content-Encoding");
}

/* httpd has judged the field's form already, or will when the body is read. */
static bool is_too_large(const request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    return length &&
           apr_strtoi64(length, NULL, 10) > (apr_int64_t)MOD_AUTH0_BODY_MAX;
}

/* APR_EOF at the end. */
static apr_status_t keep(apr_bucket_brigade *kept, apr_size_t *total,
                         apr_bucket_brigade *read)
{
    const char *data;
    apr_size_t len;

    for (apr_bucket *b = APR_BRIGADE_FIRST(read);
         b != APR_BRIGADE_SENTINEL(read); b = APR_BUCKET_NEXT(b)) {
        if (APR_BUCKET_IS_EOS(b)) {
            return APR_EOF;
        }
        apr_status_t status =
            APR_BUCKET_IS_METADATA(b)
                ? APR_INCOMPLETE
                : apr_bucket_read(b, &data, &len, APR_BLOCK_READ);
        if (status == APR_SUCCESS) {
            *total += len;
            status = apr_brigade_write(kept, NULL, NULL, data, len);
        }
        if (status != APR_SUCCESS && status != APR_INCOMPLETE) {
            return status;
        }
    }
    return *total > MOD_AUTH0_BODY_MAX ? APR_ENOSPC : APR_SUCCESS;
}

/* Whatever fails, kept has all that was taken off the request. */
static apr_status_t read_all(apr_bucket_brigade *kept, request_rec *r)
{
    apr_bucket_brigade *read =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_size_t total = 0;
    apr_status_t status;

    do {
        status = ap_get_brigade(r->input_filters, read, AP_MODE_READBYTES,
                                APR_BLOCK_READ, READING);
        if (status == APR_SUCCESS) {
            status = APR_BRIGADE_EMPTY(read) ? APR_EGENERAL
                                             : keep(kept, &total, read);
        }
        apr_brigade_cleanup(read);
    } while (status == APR_SUCCESS);
    apr_brigade_destroy(read);
    if (status == APR_EOF) {
        return total > MOD_AUTH0_BODY_MAX ? APR_ENOSPC : APR_SUCCESS;
    }
    return status;
}

/* Where LimitRequestBody is exceeded, httpd has answered before it tells. */
static auth0_reason_t reason_of(apr_status_t status, const request_rec *r)
{
    if (status == APR_SUCCESS) {
        return AUTH0_OK;
    }
    return status == APR_ENOSPC || r->status == HTTP_REQUEST_ENTITY_TOO_LARGE
               ? AUTH0_REQUEST_BODY
               : AUTH0_REQUEST_MALFORMED;
}

const mod_auth0_body_t *mod_auth0_body_read(request_rec *r)
{
    mod_auth0_body_t *body = apr_pcalloc(r->pool, sizeof(*body));
    apr_bucket_brigade *kept =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);
    char *text = NULL;
    apr_size_t len = 0;

    body->status = is_too_large(r) ? APR_ENOSPC : read_all(kept, r);
    (void)apr_brigade_pflatten(kept, &text, &len, r->pool);
    apr_brigade_destroy(kept);
    body->text = len ? auth0_span(text, len) : auth0_span("", 0);
    body->reason = reason_of(body->status, r);
    mod_auth0_request_make(r)->body = body;
    ap_add_input_filter_handle(filter, body, r, r->connection);
    return body;
}

/* One that is only larger than we care for is fit to be read on. */
static bool is_broken(const mod_auth0_body_t *body)
{
    return body->status != APR_SUCCESS && body->status != APR_ENOSPC;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t line_of(auth0_span_t left)
{
    const char *end = left.len ? memchr(left.ptr, '\n', left.len) : NULL;

    return least(end ? (size_t)(end - left.ptr) + 1 : left.len, READING);
}

/* How much of what is left goes out; false for what no body is asked for. */
static bool portion_of(size_t *portion, auth0_span_t left, ap_input_mode_t mode,
                       apr_off_t most)
{
    if (mode == AP_MODE_EXHAUSTIVE) {
        *portion = left.len;
        return true;
    }
    if (mode == AP_MODE_GETLINE) {
        *portion = line_of(left);
        return true;
    }
    *portion = most > 0 ? least(left.len, (size_t)most) : 0;
    return most > 0 &&
           (mode == AP_MODE_READBYTES || mode == AP_MODE_SPECULATIVE);
}

/* Input filter: what was read is given out once more, then what was not. */
static apr_status_t give(ap_filter_t *f, apr_bucket_brigade *out,
                         ap_input_mode_t mode, apr_read_type_e block,
                         apr_off_t most)
{
    mod_auth0_body_t *body = f->ctx;
    bool is_whole = body->reason == AUTH0_OK;
    auth0_span_t left =
        auth0_span(body->text.ptr + body->given, body->text.len - body->given);
    size_t portion;

    /* A second reading would take what is missing for the end. */
    if (left.len == 0 && is_broken(body)) {
        return body->status;
    }
    if (left.len == 0 && !is_whole) {
        ap_remove_input_filter(f);
        return ap_get_brigade(f->next, out, mode, block, most);
    }
    if (!portion_of(&portion, left, mode, most)) {
        return APR_ENOTIMPL;
    }
    if (portion > 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_pool_create(left.ptr, portion,
                                                            f->r->pool,
                                                            out->bucket_alloc));
    }
    if (portion == left.len && is_whole) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_eos_create(out->bucket_alloc));
    }
    body->given += mode == AP_MODE_SPECULATIVE ? 0 : portion;
    return APR_SUCCESS;
}

int mod_auth0_body_carry(request_rec *r)
{
    const mod_auth0_request_t *former =
        r->prev && !r->main ? mod_auth0_request_get(r->prev) : NULL;

    if (former && former->body) {
        mod_auth0_request_make(r)->body = former->body;
        ap_add_input_filter_handle(filter, former->body, r, r->connection);
    }
    return DECLINED;
}

void mod_auth0_body_again(request_rec *r)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (!r->main && state && state->body &&
        !mod_auth0_request_is_read_by(r, filter)) {
        ap_add_input_filter_handle(filter, state->body, r, r->connection);
    }
}

/* Above what takes the transfer apart, below what decodes the content. */
void mod_auth0_body_register(void)
{
    filter = ap_register_input_filter(FILTER, give, NULL,
                                      (ap_filter_type)(AP_FTYPE_PROTOCOL - 1));
}
