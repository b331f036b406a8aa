/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * A module for the tests: a handler that reads the body of a request in the
 * way that its query names, such as "READBYTES,7", and sends it back with a '|'
 * behind each portion, '.' for the end of the body and '!' for a refusal.
 */
#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>
#include <util_filter.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

module AP_MODULE_DECLARE_DATA readers_module;

typedef struct way_t {
    const char *name;
    ap_input_mode_t mode;
} way_t;

static const way_t ways[] = {
    {"READBYTES", AP_MODE_READBYTES},   {"SPECULATIVE", AP_MODE_SPECULATIVE},
    {"EXHAUSTIVE", AP_MODE_EXHAUSTIVE}, {"GETLINE", AP_MODE_GETLINE},
    {"EATCRLF", AP_MODE_EATCRLF},       {"INIT", AP_MODE_INIT},
};

/* Sends one portion back; true at the end of the body. */
static int is_last(request_rec *r, apr_bucket_brigade *bb)
{
    int is_last = 0;

    for (apr_bucket *b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb);
         b = APR_BUCKET_NEXT(b)) {
        const char *data;
        apr_size_t len = 0;
        if (APR_BUCKET_IS_EOS(b)) {
            is_last = 1;
        }
        else if (apr_bucket_read(b, &data, &len, APR_BLOCK_READ) ==
                 APR_SUCCESS) {
            (void)ap_rwrite(data, (int)len, r);
        }
    }
    (void)ap_rputs(is_last ? "|." : "|", r);
    apr_brigade_cleanup(bb);
    return is_last;
}

static void read_so(request_rec *r, ap_input_mode_t mode, apr_off_t most,
                    int times)
{
    apr_bucket_brigade *bb =
        apr_brigade_create(r->pool, r->connection->bucket_alloc);

    while (times-- > 0) {
        if (ap_get_brigade(r->input_filters, bb, mode, APR_BLOCK_READ, most) !=
            APR_SUCCESS) {
            (void)ap_rputs("!", r);
            return;
        }
        if (is_last(r, bb) && mode != AP_MODE_SPECULATIVE) {
            return;
        }
    }
}

static void read_by(request_rec *r, const char *name, apr_off_t most, int times)
{
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, name) == 0) {
            read_so(r, ways[i].mode, most, times);
        }
    }
}

static int handle(request_rec *r)
{
    const char *query = r->args ? r->args : "";

    if (!r->handler || strcmp(r->handler, "readers") != 0) {
        return DECLINED;
    }
    if (strcmp(query, "DISCARD") == 0) {
        ap_rprintf(r, "%d", ap_discard_request_body(r));
        query = "READBYTES,100";
    }
    /* Each step is MODE,BYTES or MODE,BYTES,TIMES. */
    while (*query) {
        const char *step = ap_getword(r->pool, &query, '+');
        const char *name = ap_getword(r->pool, &step, ',');
        const char *most = ap_getword(r->pool, &step, ',');
        read_by(r, name, (apr_off_t)strtol(most, NULL, 10),
                *step ? (int)strtol(step, NULL, 10) : 1000000);
    }
    return OK;
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(readers) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks,
    AP_MODULE_FLAG_NONE};
