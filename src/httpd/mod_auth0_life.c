/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_life.h"

#include <http_core.h>

#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_check.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_keys.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_refresh.h"
#include "httpd/mod_auth0_source.h"
#include "net/auth0_fetch.h"

/* Written in post_config, inherited by every child. */
static mod_auth0_board_t *board;
static size_t slots;

int mod_auth0_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog, (void)ptemp;
    mod_auth0_sections_reset(pconf);
    mod_auth0_sources_reset(pconf);
    return OK;
}

int mod_auth0_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *server)
{
    const char *why = mod_auth0_check(ptemp, server);

    (void)pconf, (void)plog;
    if (!why) {
        return OK;
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_EMERG, 0, server, "%s", why);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* The virtual hosts are merged by now, so their settings can be read. */
static void complete_sources(void)
{
    const apr_array_header_t *sources = mod_auth0_sources();

    for (int i = 0; i < sources->nelts; i++) {
        mod_auth0_source_t *source =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        source->ca_pem = mod_auth0_server(source->server)->ca_pem;
        source->refresh = mod_auth0_server_refresh(source->server);
    }
}

int mod_auth0_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *server)
{
    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    complete_sources();
    mod_auth0_mark_needed(ptemp, server);
    slots = mod_auth0_sources_number();
    board = mod_auth0_board_make(slots, pconf);
    if (!board) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, server,
                     "no shared memory for the keys of %" APR_SIZE_T_FMT
                     " issuers",
                     slots);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return mod_auth0_refresh_plan(board, slots, pconf, server);
}

void mod_auth0_child_init(apr_pool_t *pchild, server_rec *server)
{
    (void)server;
    auth0_fetch_start();
    mod_auth0_refresh_start(pchild);
    mod_auth0_keys_start(board, slots, pchild);
}
