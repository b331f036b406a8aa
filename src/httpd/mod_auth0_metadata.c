/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_metadata.h"

#include <string.h>

#include <http_protocol.h>
#include <http_request.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_documents.h"
#include "httpd/mod_auth0_origin.h"

/*
 * Only what a client itself asks for: the body would end up in the middle of
 * another one where a subrequest is looked up. A forward proxy is asked for the
 * documents of others.
 */
static const mod_auth0_document_t *wanted(const request_rec *r)
{
    return !r->main && !r->prev && r->proxyreq != PROXYREQ_PROXY
               ? mod_auth0_document_at(r->server, r->uri)
               : NULL;
}

int mod_auth0_metadata_claim(request_rec *r)
{
    return wanted(r) ? OK : DECLINED;
}

/* Pages of any origin may read it: it is public, and without credentials. */
static void let_pages_read(request_rec *r)
{
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Origin", "*");
}

/* Fetch: * is every field but Authorization, which has to be named. */
static int answer_preflight(request_rec *r)
{
    apr_table_setn(r->headers_out, "Access-Control-Allow-Methods", "GET");
    apr_table_setn(r->headers_out, "Access-Control-Allow-Headers",
                   "*, Authorization");
    apr_table_setn(r->headers_out, "Access-Control-Max-Age", "3600");
    apr_table_setn(r->headers_out, "Allow", "GET, HEAD, OPTIONS");
    r->status = HTTP_NO_CONTENT;
    return DONE;
}

static int tell(request_rec *r, const mod_auth0_document_t *document)
{
    ap_set_content_type(r, "application/json");
    ap_set_content_length(r, (apr_off_t)strlen(document->text));
    apr_table_setn(r->headers_out, "Cache-Control", "public, max-age=3600");
    (void)ap_rputs(document->text, r);
    return DONE;
}

int mod_auth0_metadata(request_rec *r)
{
    const mod_auth0_document_t *document = wanted(r);

    if (!document) {
        return DECLINED;
    }
    int status = ap_discard_request_body(r);

    if (status != OK) {
        return status;
    }
    let_pages_read(r);
    if (r->method_number != M_GET && r->method_number != M_OPTIONS) {
        ap_allow_methods(r, REPLACE_ALLOW, "GET", "OPTIONS", NULL);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    /* Filters are there for handlers, and this answers without one. */
    ap_run_insert_filter(r);
    return r->method_number == M_OPTIONS ? answer_preflight(r)
                                         : tell(r, document);
}

const char *mod_auth0_metadata_url(request_rec *r)
{
    const mod_auth0_dir_t *dir = mod_auth0_dir(r);
    const char *resource = mod_auth0_dir_resource(dir);
    const mod_auth0_document_t *document =
        dir->metadata == MOD_AUTH0_ON && resource
            ? mod_auth0_document_of(r->server, resource)
            : NULL;

    return document ? apr_pstrcat(r->pool, mod_auth0_origin(r),
                                  document->target, NULL)
                    : NULL;
}
