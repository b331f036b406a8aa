/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_life.h"

#include <http_core.h>

#include "httpd/mod_auth0_api.h"
#include "httpd/mod_auth0_bell.h"
#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_cache.h"
#include "httpd/mod_auth0_check.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_denylist.h"
#include "httpd/mod_auth0_documents.h"
#include "httpd/mod_auth0_expr.h"
#include "httpd/mod_auth0_fleet.h"
#include "httpd/mod_auth0_keys.h"
#include "httpd/mod_auth0_lint.h"
#include "httpd/mod_auth0_lint_apis.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_mutex.h"
#include "httpd/mod_auth0_refresh.h"
#include "httpd/mod_auth0_source.h"
#include "httpd/mod_auth0_state.h"
#include "httpd/mod_auth0_store.h"
#include "httpd/mod_auth0_throttle.h"
#include "httpd/mod_auth0_wait.h"
#include "httpd/mod_auth0_watch.h"
#include "net/auth0_fetch.h"

/* Written in post_config, inherited by every child. */
static mod_auth0_board_t *board;
static size_t slots;

int mod_auth0_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog, (void)ptemp;
    mod_auth0_config_reset(pconf);
    mod_auth0_documents_reset(pconf);
    mod_auth0_apis_reset(pconf);
    mod_auth0_sources_reset(pconf);
    mod_auth0_mutex_register(pconf);
    mod_auth0_expr_register(pconf);
    return OK;
}

static void warn(apr_pool_t *ptemp, const server_rec *server)
{
    const apr_array_header_t *warnings = mod_auth0_lint(ptemp, server);

    for (int i = 0; i < warnings->nelts; i++) {
        ap_log_error(
            APLOG_MARK, APLOG_STARTUP | APLOG_WARNING, 0, server, "%s",
            mod_auth0_lint_text(
                &APR_ARRAY_IDX(warnings, i, mod_auth0_warning_t), ptemp));
    }
}

int mod_auth0_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *server)
{
    const char *why = mod_auth0_check(ptemp, server);

    (void)plog;
    why = why ? why : mod_auth0_lint_scopes(ptemp, server);
    why = why ? why : mod_auth0_documents_make(server, pconf, ptemp);
    if (!why) {
        warn(ptemp, server);
        return OK;
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_EMERG, 0, server, "%s", why);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* The virtual hosts are merged by now, so their settings can be read. */
static void complete_sources(apr_pool_t *pconf)
{
    const apr_array_header_t *sources = mod_auth0_sources();

    for (int i = 0; i < sources->nelts; i++) {
        mod_auth0_source_complete(
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *), pconf);
    }
}

static int complain(const server_rec *server, apr_status_t status,
                    const char *sentence)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG, status, server, "%s", sentence);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* What the processes of the server share, made before there are any. */
static int share(apr_pool_t *pconf, server_rec *server)
{
    apr_status_t status;
    mod_auth0_bell_t *bell = mod_auth0_bell_make(&status, pconf);

    if (!bell) {
        return complain(server, status, "no pipe to ask for keys by");
    }
    board = mod_auth0_board_make(slots, pconf);
    if (!board || !mod_auth0_wait_prepare(board, bell, pconf)) {
        return complain(server, APR_ENOMEM, "no shared memory for keys");
    }
    status = mod_auth0_store_prepare(server);
    if (status != APR_SUCCESS) {
        return complain(server, status, "no shared memory for marks");
    }
    if (mod_auth0_fleet_prepare(pconf, server) != OK) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    status = mod_auth0_throttle_prepare(server);
    if (status != APR_SUCCESS) {
        return complain(server, status, "no shared memory for the log");
    }
    return mod_auth0_refresh_prepare(board, slots, bell, pconf, server);
}

int mod_auth0_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *server)
{
    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    complete_sources(pconf);
    mod_auth0_mark_needed(ptemp);
    mod_auth0_state_prepare(pconf, ptemp);
    slots = mod_auth0_sources_number(ptemp);
    mod_auth0_cache_prepare(pconf, ptemp);
    int status = mod_auth0_denylist_prepare(pconf, server);

    return status == OK ? share(pconf, server) : status;
}

void mod_auth0_child_init(apr_pool_t *pchild, server_rec *server)
{
    auth0_fetch_start();
    apr_status_t status = mod_auth0_watch_start(pchild);

    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, server,
                     "this process cannot get at the mutex auth0-refresh");
    }
    status = mod_auth0_store_start(pchild);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, server,
                     "this process cannot get at the mutex auth0-store");
    }
    mod_auth0_keys_start(board, slots, pchild);
    mod_auth0_cache_start(mod_auth0_server_token_cache(server), pchild);
}
