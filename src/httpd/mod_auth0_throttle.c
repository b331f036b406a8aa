/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_throttle.h"

#include <http_config.h>
#include <http_main.h>
#include <apr_shm.h>
#include <apr_strings.h>

#include "core/auth0_throttle.h"
#include "httpd/mod_auth0_log.h"
#include "net/auth0_clock.h"

/* The number changes with the layout of what is retained. */
#define RETAINED "mod_auth0:throttle:1"

/* All that outlives a restart; another version may know other kinds. */
typedef struct kept_t {
    auth0_throttle_t *throttles; /* NULL until they are made */
    int count;
} kept_t;

/* Written in post_config, inherited by every child. */
static auth0_throttle_t *throttles;

static apr_status_t make(kept_t *kept, apr_pool_t *pool)
{
    apr_shm_t *shm;
    apr_status_t status = apr_shm_create(
        &shm, MOD_AUTH0_LINE_COUNT * sizeof(*throttles), NULL, pool);

    if (status == APR_SUCCESS) {
        kept->throttles = apr_shm_baseaddr_get(shm);
        kept->count = MOD_AUTH0_LINE_COUNT;
    }
    return status;
}

apr_status_t mod_auth0_throttle_prepare(const server_rec *server)
{
    kept_t *kept = ap_retained_data_get(RETAINED);

    if (!kept) {
        kept = ap_retained_data_create(RETAINED, sizeof(*kept));
    }
    bool is_there = kept->throttles && kept->count == MOD_AUTH0_LINE_COUNT;
    apr_status_t status =
        is_there ? APR_SUCCESS : make(kept, server->process->pool);

    throttles = kept->throttles;
    return status;
}

static uint32_t now(void)
{
    return (uint32_t)(auth0_clock_monotonic() / 1000000);
}

int mod_auth0_throttle(const char **more, const request_rec *r, int kind,
                       int level)
{
    uint32_t left_out;

    *more = "";
    if (APLOG_R_IS_LEVEL(r, APLOG_DEBUG) || !APLOG_R_IS_LEVEL(r, level)) {
        return level;
    }
    if (!auth0_throttle_admits(&throttles[kind], &left_out, now())) {
        return APLOG_DEBUG;
    }
    if (left_out > 0) {
        *more = apr_psprintf(r->pool, " (%u more left out of the log)",
                             (unsigned)left_out);
    }
    return level;
}

bool mod_auth0_throttle_is_open(const request_rec *r, int kind)
{
    return APLOG_R_IS_LEVEL(r, APLOG_DEBUG) ||
           auth0_throttle_is_open(&throttles[kind], now());
}

static const char *const others[] = {
    "on claims that cannot be sent",
    "on claims that read as empty",
    "of mod_authz_core on authorization failures (AH01631)",
};

static const char *name_of(int kind)
{
    return kind < AUTH0_REASON_COUNT
               ? auth0_reason_info((auth0_reason_t)kind)->code
               : others[kind - AUTH0_REASON_COUNT];
}

void mod_auth0_throttle_tell(void)
{
    for (int kind = 0; kind < MOD_AUTH0_LINE_COUNT; kind++) {
        uint32_t rest = auth0_throttle_rest(&throttles[kind], now());
        if (rest > 0) {
            ap_log_error(APLOG_MARK, APLOG_INFO, 0, ap_server_conf,
                         "%u more lines %s were left out of the log",
                         (unsigned)rest, name_of(kind));
        }
    }
}
