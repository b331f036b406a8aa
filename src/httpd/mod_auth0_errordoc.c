/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_errordoc.h"

#include <stdbool.h>

#include <util_filter.h>

#define FILTER "AUTH0_ERRORDOC"

/*
 * Behind mod_cache: on a hit it takes away what is in front of its filters, and
 * what it saves shall have the status of the document. In front of httpd's own
 * filters, which look at the status.
 */
#define FILTER_TYPE ((ap_filter_type)(AP_FTYPE_PROTOCOL - 1))

static ap_filter_rec_t *filter;

/*
 * mod_proxy answers as the back end does, mod_cache as it did once. A program
 * of this server's that says another status is meant to.
 */
static bool is_of_back_end(const request_rec *r)
{
    return r->proxyreq || apr_table_get(r->subprocess_env, "cache-hit");
}

static apr_status_t keep(ap_filter_t *f, apr_bucket_brigade *bb)
{
    request_rec *r = f->r;
    const request_rec *refused = f->ctx;

    if (is_of_back_end(r) && r->status != refused->status) {
        r->status = refused->status;
        r->status_line = NULL;
        apr_table_unset(r->headers_out, "Content-Range");
        apr_table_unset(r->headers_out, "Location");
    }
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

void mod_auth0_errordoc_keep_status(request_rec *r, request_rec *refused)
{
    (void)ap_add_output_filter_handle(filter, refused, r, r->connection);
}

void mod_auth0_errordoc_register(void)
{
    filter = ap_register_output_filter(FILTER, keep, NULL, FILTER_TYPE);
}
