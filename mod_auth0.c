/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include <http_protocol.h>
#include <http_request.h>
#include <mpm_common.h>
#include <mod_auth.h>

#include "httpd/mod_auth0_access.h"
#include "httpd/mod_auth0_authn.h"
#include "httpd/mod_auth0_authz.h"
#include "httpd/mod_auth0_body.h"
#include "httpd/mod_auth0_caching.h"
#include "httpd/mod_auth0_directives.h"
#include "httpd/mod_auth0_dump.h"
#include "httpd/mod_auth0_errordoc.h"
#include "httpd/mod_auth0_export.h"
#include "httpd/mod_auth0_expr.h"
#include "httpd/mod_auth0_forward.h"
#include "httpd/mod_auth0_life.h"
#include "httpd/mod_auth0_logout.h"
#include "httpd/mod_auth0_metadata.h"
#include "httpd/mod_auth0_problem.h"
#include "httpd/mod_auth0_provider.h"
#include "httpd/mod_auth0_query.h"
#include "httpd/mod_auth0_refusal.h"
#include "httpd/mod_auth0_request.h"
#include "httpd/mod_auth0_scrub.h"
#include "httpd/mod_auth0_verdict.h"
#include "httpd/mod_auth0_watch.h"

/* It has to see whose answer it may keep. */
static const char *const behind_caches[] = {"mod_cache.c", NULL};

static void hook_server(void)
{
    ap_hook_pre_config(mod_auth0_pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(mod_auth0_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(mod_auth0_dump, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(mod_auth0_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(mod_auth0_child_init, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_child_stopping(mod_auth0_watch_stopping, NULL, NULL,
                           APR_HOOK_MIDDLE);
    ap_hook_expr_lookup(mod_auth0_expr_lookup, NULL, NULL, APR_HOOK_MIDDLE);
}

/* Until a request is known to be for one of our sections. */
static void hook_arrival(void)
{
    ap_hook_create_request(mod_auth0_forward_begin, NULL, NULL,
                           APR_HOOK_REALLY_FIRST);
    ap_hook_post_read_request(mod_auth0_forward_begin, NULL, NULL,
                              APR_HOOK_REALLY_FIRST);
    ap_hook_post_read_request(mod_auth0_scrub_received, NULL, NULL,
                              APR_HOOK_REALLY_FIRST);
    ap_hook_pre_translate_name(mod_auth0_metadata_claim, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
    ap_hook_translate_name(mod_auth0_metadata_claim, NULL, NULL,
                           APR_HOOK_REALLY_FIRST);
    ap_hook_map_to_storage(mod_auth0_metadata, NULL, NULL,
                           APR_HOOK_REALLY_FIRST);
    ap_hook_post_perdir_config(mod_auth0_request_placed, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
    ap_hook_post_perdir_config(mod_auth0_query_cut, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
    ap_hook_post_perdir_config(mod_auth0_body_carry, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
}

static void hook_verdict(void)
{
    ap_hook_check_access_ex(mod_auth0_check_access, NULL, NULL,
                            APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_force_authn(mod_auth0_force_authn, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_authn(mod_auth0_check_authn, NULL, NULL, APR_HOOK_MIDDLE,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authz(mod_auth0_check_authz, NULL, NULL,
                        APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);
}

static void hook_answer(void)
{
    ap_hook_fixups(mod_auth0_export, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(mod_auth0_export_again, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(mod_auth0_forward, behind_caches, NULL,
                    APR_HOOK_REALLY_FIRST);
    ap_hook_handler(mod_auth0_logout, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_insert_error_filter(mod_auth0_refusal_failed, NULL, NULL,
                                APR_HOOK_MIDDLE);
    ap_hook_insert_error_filter(mod_auth0_caching, NULL, NULL,
                                APR_HOOK_REALLY_LAST);
    ap_hook_insert_filter(mod_auth0_scrub_trailers, NULL, NULL,
                          APR_HOOK_REALLY_FIRST);
    ap_hook_insert_filter(mod_auth0_body_again, NULL, NULL,
                          APR_HOOK_REALLY_FIRST);
    ap_hook_insert_filter(mod_auth0_refusal_redirected, NULL, NULL,
                          APR_HOOK_MIDDLE);
    ap_hook_insert_filter(mod_auth0_caching, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_log_transaction(mod_auth0_query_logged, NULL, NULL,
                            APR_HOOK_REALLY_FIRST);
    ap_hook_log_transaction(mod_auth0_verdict_logged, NULL, NULL,
                            APR_HOOK_REALLY_FIRST);
}

static void register_hooks(apr_pool_t *pool)
{
    hook_server();
    hook_arrival();
    hook_verdict();
    hook_answer();
    mod_auth0_provider_register(pool);
    mod_auth0_body_register();
    mod_auth0_caching_register();
    mod_auth0_problem_register();
    mod_auth0_scrub_register();
    mod_auth0_errordoc_register();
}

AP_DECLARE_MODULE(auth0) = {STANDARD20_MODULE_STUFF, mod_auth0_dir_create,
                            mod_auth0_dir_merge,     mod_auth0_server_create,
                            mod_auth0_server_merge,  mod_auth0_directives,
                            register_hooks,          AP_MODULE_FLAG_NONE};
