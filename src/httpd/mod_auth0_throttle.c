/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_throttle.h"

#include <stdatomic.h>

#include <http_config.h>
#include <http_main.h>
#include <apr_shm.h>
#include <apr_strings.h>

#include "core/auth0_throttle.h"
#include "httpd/mod_auth0_log.h"
#include "net/auth0_clock.h"

/* The number changes with the layout of what is retained. */
#define RETAINED "mod_auth0:throttle:2"

/* One kind of line; lies in memory that the processes share. */
typedef struct kind_t {
    auth0_throttle_t throttle;
    atomic_int host; /* which one the last line was written for */
} kind_t;

/* All that outlives a restart; another version may know other kinds. */
typedef struct kept_t {
    kind_t *kinds; /* NULL until they are made */
    int count;
} kept_t;

/* Written in post_config, inherited by every child. */
static kind_t *kinds;

static apr_status_t make(kept_t *kept, apr_pool_t *pool)
{
    apr_shm_t *shm;
    apr_status_t status =
        apr_shm_create(&shm, MOD_AUTH0_LINE_COUNT * sizeof(*kinds), NULL, pool);

    if (status == APR_SUCCESS) {
        kept->kinds = apr_shm_baseaddr_get(shm);
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
    bool is_there = kept->kinds && kept->count == MOD_AUTH0_LINE_COUNT;
    apr_status_t status =
        is_there ? APR_SUCCESS : make(kept, server->process->pool);

    kinds = kept->kinds;
    return status;
}

/* By number: a restart makes all of them anew, and may leave some out. */
static int number_of(const server_rec *host)
{
    int number = 0;

    for (const server_rec *s = ap_server_conf; s && s != host; s = s->next) {
        number++;
    }
    return number;
}

static const server_rec *host_of(const kind_t *kind)
{
    int number = atomic_load(&kind->host);
    const server_rec *host = ap_server_conf;

    while (number-- > 0 && host->next) {
        host = host->next;
    }
    return host;
}

static uint32_t now(void)
{
    return (uint32_t)(auth0_clock_monotonic() / 1000000);
}

/* Who looks for each line is shown each of them. */
static bool is_free(const request_rec *r, int level)
{
    return level >= APLOG_DEBUG || !APLOG_R_IS_LEVEL(r, level) ||
           APLOG_R_IS_LEVEL(r, APLOG_DEBUG);
}

int mod_auth0_throttle(const char **more, const request_rec *r, int kind,
                       int level)
{
    uint32_t left_out;

    *more = "";
    if (is_free(r, level)) {
        return level;
    }
    if (!auth0_throttle_admits(&kinds[kind].throttle, &left_out, now())) {
        return APLOG_DEBUG;
    }
    atomic_store(&kinds[kind].host, number_of(r->server));
    if (left_out > 0) {
        *more = apr_psprintf(r->pool, " (%u more left out of the log)",
                             (unsigned)left_out);
    }
    return level;
}

bool mod_auth0_throttle_is_open(const request_rec *r, int kind)
{
    return is_free(r, APLOG_ERR) ||
           auth0_throttle_is_open(&kinds[kind].throttle, now());
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

/*
 * They were counted because their level was to be seen, which may be so for one
 * section alone: so is what is said of them.
 */
static void tell(const server_rec *server, int kind, uint32_t count)
{
    server_rec loud = *server;

    loud.log.module_levels = NULL;
    loud.log.level = APLOG_INFO;
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, &loud,
                 "%u more lines %s were left out of the log", (unsigned)count,
                 name_of(kind));
}

void mod_auth0_throttle_note(const request_rec *r, int kind, bool is_written)
{
    uint32_t left_out;

    if (!is_written) {
        auth0_throttle_leave_out(&kinds[kind].throttle);
        return;
    }
    if (!auth0_throttle_pass(&kinds[kind].throttle, &left_out, now())) {
        return;
    }
    atomic_store(&kinds[kind].host, number_of(r->server));
    if (left_out > 0) {
        tell(r->server, kind, left_out);
    }
}

void mod_auth0_throttle_tell(void)
{
    for (int kind = 0; kind < MOD_AUTH0_LINE_COUNT; kind++) {
        uint32_t rest = auth0_throttle_rest(&kinds[kind].throttle, now());
        if (rest > 0) {
            tell(host_of(&kinds[kind]), kind, rest);
        }
    }
}
