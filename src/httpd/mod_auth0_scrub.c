/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_scrub.h"

#include <http_protocol.h>
#include <util_filter.h>

#include "core/auth0_count.h"
#include "core/auth0_field.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_request.h"
#include "httpd/mod_auth0_table.h"

#define FILTER "AUTH0_TRAILERS"
#define OWN_VARIABLES "AUTH0_"
#define OF_FIELDS "HTTP_"

static ap_filter_rec_t *filter;

static bool is_field(const char *name, const void *names)
{
    return auth0_field_find(names, auth0_span_cstr(name)) != NULL;
}

/* mod_include makes variables of fields, which its subrequests inherit. */
static bool is_of_field(const char *name, const void *names)
{
    name = mod_auth0_variable_name(name);
    return auth0_span_starts(auth0_span_cstr(name), OF_FIELDS) &&
           is_field(name + sizeof(OF_FIELDS) - 1, names);
}

static bool is_variable(const char *name, const void *names)
{
    const apr_array_header_t *all = names;

    name = mod_auth0_variable_name(name);
    for (int i = 0; i < all->nelts; i++) {
        if (auth0_span_is_nocase(auth0_span_cstr(name),
                                 APR_ARRAY_IDX(all, i, const char *))) {
            return true;
        }
    }
    return false;
}

static bool is_exported(const char *name, const void *exports)
{
    const apr_array_header_t *all = exports;

    name = mod_auth0_variable_name(name);
    for (int i = 0; i < all->nelts; i++) {
        if (auth0_span_is_nocase(auth0_span_cstr(name),
                                 APR_ARRAY_IDX(all, i, auth0_export_t).name)) {
            return true;
        }
    }
    return false;
}

static bool is_own(const char *name, const void *unused)
{
    (void)unused;
    return auth0_span_starts(auth0_span_cstr(name), OWN_VARIABLES);
}

void mod_auth0_scrub_connection(request_rec *r, const apr_array_header_t *names)
{
    const char *list = apr_table_getm(r->pool, r->headers_in, "Connection");
    const char *rest =
        list ? auth0_field_list_without(list, names, r->pool) : NULL;

    if (list && !rest) {
        apr_table_unset(r->headers_in, "Connection");
    }
    else if (rest != list) {
        apr_table_setn(r->headers_in, "Connection", rest);
    }
}

static void tell(request_rec *r, const char *what)
{
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r,
                  "%s that only mod_auth0 may send were dropped from the "
                  "request (Auth0ClaimHeader)",
                  what);
}

void mod_auth0_scrub_fields(request_rec *r)
{
    const apr_array_header_t *names = mod_auth0_settings(r->server)->fields;

    (void)mod_auth0_table_drop(r->headers_in, is_field, names);
    mod_auth0_scrub_connection(r, names);
    (void)mod_auth0_table_drop(r->subprocess_env, is_of_field, names);
}

/* A .htaccess file may name some that the server's configuration does not. */
void mod_auth0_scrub_variables(request_rec *r)
{
    const apr_array_header_t *more = mod_auth0_dir(r)->variables;

    (void)mod_auth0_table_drop(r->subprocess_env, is_variable,
                               mod_auth0_settings(r->server)->variables);
    if (more) {
        (void)mod_auth0_table_drop(r->subprocess_env, is_exported, more);
    }
}

/* What may not be among trailers, RFC 9110 section 6.5.1, and matters here. */
static const char *const fields_of_heads[] = {"Authorization", "Connection",
                                              "Cookie", "DPoP"};

/*
 * Input filter: httpd reads trailers after the body, and, with MergeTrailers,
 * adds them to the fields that were sent before it.
 */
static apr_status_t watch(ap_filter_t *f, apr_bucket_brigade *bb,
                          ap_input_mode_t mode, apr_read_type_e block,
                          apr_off_t most)
{
    request_rec *r = f->r;
    apr_table_t *before = r->headers_in;
    apr_status_t status = ap_get_brigade(f->next, bb, mode, block, most);

    if (apr_is_empty_table(r->trailers_in)) {
        return status;
    }
    for (size_t i = 0; i < AUTH0_COUNT(fields_of_heads); i++) {
        apr_table_unset(r->trailers_in, fields_of_heads[i]);
    }
    if (mod_auth0_table_drop(r->trailers_in, is_field,
                             mod_auth0_settings(r->server)->fields)) {
        tell(r, "trailers");
    }
    if (r->headers_in != before) {
        r->headers_in = apr_table_overlay(r->pool, before, r->trailers_in);
    }
    return status;
}

/* RFC 9112 section 7.1.2: in HTTP/1.1 chunks alone are followed by them. */
static bool may_have_trailers(const request_rec *r)
{
    return r->proto_num >= HTTP_VERSION(2, 0) ||
           apr_table_get(r->headers_in, "Transfer-Encoding");
}

void mod_auth0_scrub_trailers(request_rec *r)
{
    if (!r->main && may_have_trailers(r) &&
        !mod_auth0_request_is_read_by(r, filter)) {
        (void)ap_add_input_filter_handle(filter, NULL, r, r->connection);
    }
}

static void scrub_fields_received(request_rec *r,
                                  const apr_array_header_t *names)
{
    if (mod_auth0_table_drop(r->headers_in, is_field, names)) {
        tell(r, "fields");
    }
    mod_auth0_scrub_connection(r, names);
}

int mod_auth0_scrub_received(request_rec *r)
{
    const apr_array_header_t *names = mod_auth0_settings(r->server)->fields;

    (void)mod_auth0_table_drop(r->subprocess_env, is_own, NULL);
    if (names->nelts > 0) {
        scrub_fields_received(r, names);
    }
    mod_auth0_scrub_trailers(r);
    return DECLINED;
}

/* As near to the handler as can be, so that others read through it. */
void mod_auth0_scrub_register(void)
{
    filter = ap_register_input_filter(FILTER, watch, NULL, AP_FTYPE_RESOURCE);
}
