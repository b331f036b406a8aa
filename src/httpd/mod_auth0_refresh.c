/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_refresh.h"

#include <stdatomic.h>

#include <apr_optional.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <mod_watchdog.h>

#include "core/auth0_discovery.h"
#include "core/auth0_jwks.h"
#include "httpd/mod_auth0_file.h"
#include "httpd/mod_auth0_log.h"
#include "net/auth0_fetch.h"

#define URL_MAX 1024
#define CONNECT_MS 3000
#define TOTAL_MS 10000
#define RETRY_FIRST apr_time_from_sec(1)
#define RETRY_MOST apr_time_from_sec(60)
#define NEVER_SEEN ((apr_time_t)-1)
#define FILE_INTERVAL apr_time_from_sec(1)

/* What the refreshing process knows of one slot. */
typedef struct task_t {
    const mod_auth0_source_t *source;
    char jwks_url[URL_MAX]; /* as discovered, empty while unknown */
    apr_time_t due;
    apr_interval_time_t retry; /* 0 while all is well */
    apr_time_t mtime;
} task_t;

typedef struct plan_t {
    mod_auth0_board_t *board;
    apr_thread_mutex_t *ticking;
    size_t slots;
    task_t *tasks;
} plan_t;

static plan_t *plan_in_force;
static atomic_bool process_ends;

static bool must_stop(void)
{
    return atomic_load(&process_ends);
}

/*
 * mod_watchdog joins its thread only after exit() has begun to tear down the
 * libraries that a fetch is made with. So the fetch ends here, before that.
 */
static apr_status_t end_ticking(void *data)
{
    plan_t *plan = data;

    atomic_store(&process_ends, true);
    apr_thread_mutex_lock(plan->ticking);
    apr_thread_mutex_unlock(plan->ticking);
    return APR_SUCCESS;
}

void mod_auth0_refresh_start(apr_pool_t *pchild)
{
    if (plan_in_force) {
        apr_pool_pre_cleanup_register(pchild, plan_in_force, end_ticking);
    }
}

static auth0_fetch_t how_to_fetch(const mod_auth0_source_t *source)
{
    return (auth0_fetch_t){source->ca_pem, CONNECT_MS, TOTAL_MS,
                           MOD_AUTH0_DOCUMENT_MAX, must_stop};
}

/* Known once, the place of the keys is asked for again only after a failure. */
static const char *discover(task_t *task, apr_pool_t *pool)
{
    const char *issuer = task->source->issuer;
    auth0_fetch_t how = how_to_fetch(task->source);
    const char *found;
    auth0_span_t document;
    const char *why =
        auth0_fetch(&document, &how, auth0_discovery_url(issuer, pool), pool);

    if (!why) {
        why = auth0_discovery_parse(&found, document, issuer, pool);
    }
    if (why) {
        return why;
    }
    if (strlen(found) >= sizeof(task->jwks_url)) {
        return "the discovery document's jwks_uri is too long";
    }
    apr_cpystrn(task->jwks_url, found, sizeof(task->jwks_url));
    return NULL;
}

static const char *obtain(auth0_span_t *document, task_t *task,
                          apr_pool_t *pool)
{
    const mod_auth0_source_t *source = task->source;
    auth0_fetch_t how = how_to_fetch(source);

    if (source->file) {
        const char *wrong = mod_auth0_file_read(document, source->file,
                                                MOD_AUTH0_DOCUMENT_MAX, pool);
        return wrong ? apr_pstrcat(pool, source->file, " ", wrong, NULL) : NULL;
    }
    const char *why =
        source->jwks_url || *task->jwks_url ? NULL : discover(task, pool);

    return why ? why
               : auth0_fetch(document, &how,
                             source->jwks_url ? source->jwks_url
                                              : task->jwks_url,
                             pool);
}

static void announce(const mod_auth0_source_t *source, const auth0_jwks_t *set)
{
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, source->server,
                 "new keys of issuer %s are in force: %" APR_SIZE_T_FMT
                 ", and %" APR_SIZE_T_FMT " left out as unusable",
                 source->issuer, auth0_jwks_count(set),
                 auth0_jwks_skipped(set));
    if (auth0_jwks_secrets(set) > 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, source->server,
                     "issuer %s publishes %" APR_SIZE_T_FMT
                     " private or symmetric keys: they are ignored, and "
                     "whoever can read them can forge tokens",
                     source->issuer, auth0_jwks_secrets(set));
    }
}

/* Taken or refused as a whole; a refused document leaves the former keys. */
static const char *refresh(plan_t *plan, task_t *task, apr_pool_t *pool)
{
    size_t slot = task->source->slot;
    auth0_span_t document;
    auth0_span_t former;
    auth0_jwks_t *set;
    const char *why = obtain(&document, task, pool);

    if (!why) {
        why = auth0_jwks_parse(&set, document, pool);
    }
    if (why) {
        return why;
    }
    if (!mod_auth0_board_read(&former, plan->board, slot, pool) ||
        !auth0_span_eq(former, document)) {
        mod_auth0_board_write(plan->board, slot, document);
        announce(task->source, set);
    }
    return NULL;
}

/* One line when things turn bad and one when they are good again. */
static void settle(const plan_t *plan, task_t *task, const char *why)
{
    const mod_auth0_source_t *source = task->source;
    apr_interval_time_t retry = task->retry;
    const char *verb = source->file ? "read" : "fetched";

    if (!why) {
        if (retry) {
            ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, source->server,
                         "the keys of issuer %s can be %s again",
                         source->issuer, verb);
        }
        task->retry = 0;
        task->due = apr_time_now() + apr_time_from_sec(source->refresh);
        return;
    }
    if (!retry) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, source->server,
                     "the keys of issuer %s cannot be %s: %s; %s",
                     source->issuer, verb, why,
                     mod_auth0_board_edition(plan->board, source->slot)
                         ? "the former keys stay in force"
                         : "until they can, requests are answered 503");
    }
    *task->jwks_url = '\0';
    task->retry = retry ? retry * 2 : RETRY_FIRST;
    task->retry = task->retry > RETRY_MOST ? RETRY_MOST : task->retry;
    task->due = apr_time_now() + task->retry;
}

static bool file_is_unchanged(task_t *task, apr_pool_t *pool)
{
    apr_time_t mtime = mod_auth0_file_mtime(task->source->file, pool);

    if (mtime == task->mtime && !task->retry) {
        task->due = apr_time_now() + FILE_INTERVAL;
        return true;
    }
    task->mtime = mtime;
    return false;
}

static void attend(plan_t *plan, task_t *task, apr_pool_t *pool)
{
    const mod_auth0_source_t *source = task->source;

    if (source->file && file_is_unchanged(task, pool)) {
        return;
    }
    const char *why = refresh(plan, task, pool);

    if (why && must_stop()) {
        return;
    }
    settle(plan, task, why);
    if (source->file) {
        task->due = apr_time_now() + FILE_INTERVAL;
    }
}

static bool is_due(const task_t *task)
{
    return task->source->needed && task->due <= apr_time_now();
}

static void attend_all(plan_t *plan, apr_pool_t *pool)
{
    apr_pool_t *scratch;

    for (size_t i = 0; i < plan->slots && !must_stop(); i++) {
        if (!is_due(&plan->tasks[i])) {
            continue;
        }
        apr_pool_create(&scratch, pool);
        attend(plan, &plan->tasks[i], scratch);
        apr_pool_destroy(scratch);
    }
}

static apr_status_t tick(int state, void *data, apr_pool_t *pool)
{
    plan_t *plan = data;

    if (state != AP_WATCHDOG_STATE_RUNNING || must_stop()) {
        return APR_SUCCESS;
    }
    apr_thread_mutex_lock(plan->ticking);
    attend_all(plan, pool);
    apr_thread_mutex_unlock(plan->ticking);
    return APR_SUCCESS;
}

static plan_t *make_plan(mod_auth0_board_t *board, size_t slots,
                         apr_pool_t *pool)
{
    const apr_array_header_t *sources = mod_auth0_sources();
    plan_t *plan = apr_pcalloc(pool, sizeof(*plan));

    plan->board = board;
    plan->slots = slots;
    plan->tasks = apr_pcalloc(pool, (slots + 1) * sizeof(task_t));
    for (int i = 0; i < sources->nelts; i++) {
        mod_auth0_source_t *source =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        task_t *task = &plan->tasks[source->slot];
        if (!task->source || source->needed) {
            task->source = source;
            task->mtime = NEVER_SEEN;
        }
    }
    return plan;
}

static int pin_files(plan_t *plan, apr_pool_t *pool)
{
    for (size_t i = 0; i < plan->slots; i++) {
        task_t *task = &plan->tasks[i];
        const char *file = task->source->file;
        if (!file || !task->source->needed) {
            continue;
        }
        const char *why = refresh(plan, task, pool);
        if (why) {
            ap_log_error(APLOG_MARK, APLOG_EMERG, 0, task->source->server,
                         "Auth0Issuer: the key file %s", why);
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }
    return OK;
}

static apr_status_t watch(plan_t *plan, apr_pool_t *pool)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get_instance =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *register_callback =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog;

    if (!get_instance || !register_callback) {
        return APR_ENOTIMPL;
    }
    apr_status_t status = get_instance(&watchdog, "_auth0_", 0, 1, pool);

    return status == APR_SUCCESS
               ? register_callback(watchdog, AP_WD_TM_SLICE, plan, tick)
               : status;
}

static int complain(const server_rec *server, apr_status_t status,
                    const char *sentence)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG, status, server, "%s", sentence);
    return HTTP_INTERNAL_SERVER_ERROR;
}

int mod_auth0_refresh_plan(mod_auth0_board_t *board, size_t slots,
                           apr_pool_t *pconf, server_rec *server)
{
    plan_t *plan = make_plan(board, slots, pconf);
    apr_status_t status = apr_thread_mutex_create(
        &plan->ticking, APR_THREAD_MUTEX_DEFAULT, pconf);

    plan_in_force = plan;
    if (status != APR_SUCCESS) {
        return complain(server, status, "no mutex for the refresh of keys");
    }
    if (slots == 0) {
        return OK;
    }
    status = watch(plan, pconf);
    return status == APR_SUCCESS
               ? pin_files(plan, pconf)
               : complain(server, status,
                          "mod_watchdog is needed to fetch keys: load it");
}
