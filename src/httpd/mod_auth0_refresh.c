/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_refresh.h"

#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_denylist.h"
#include "httpd/mod_auth0_fleet.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_task.h"
#include "httpd/mod_auth0_throttle.h"
#include "httpd/mod_auth0_watch.h"
#include "net/auth0_clock.h"

/* So many fetches run side by side, and twice as many if requests ask. */
#define FETCHES_MOST 32

/* So many first fetches are due at once, the rest one after the other. */
#define FIRST_AT_ONCE 16
#define FIRST_GAP ((int64_t)50000)

/* Between two looks at the clock while nobody rings, in milliseconds. */
#define LOOK_AGAIN_MS 100

/* Microseconds after which who cannot fetch lets another process try. */
#define HAND_OVER ((int64_t)1000000)

/* Microseconds that a process has to finish what it has begun. */
#define FINISH_MOST ((int64_t)2000000)

typedef struct plan_t {
    const mod_auth0_bell_t *bell;
    mod_auth0_task_t *tasks;
    size_t count;
    size_t next;   /* where to begin to look for what is due */
    int64_t until; /* when to give up what is under way      */
    const server_rec *server;
    bool is_told; /* that this process has no fetcher */
} plan_t;

static size_t under_way(const plan_t *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++) {
        count += plan->tasks[i].pool != NULL;
    }
    return count;
}

/*
 * Those that requests wait for come first. The others take turns, so that
 * issuers that hang do not take the places of the rest for ever.
 */
static void begin_due(plan_t *plan, bool is_asked, auth0_fetcher_t *fetcher,
                      apr_pool_t *pool)
{
    int64_t now = auth0_clock_monotonic();
    size_t most = is_asked ? 2 * FETCHES_MOST : FETCHES_MOST;
    size_t running = under_way(plan);

    size_t first = plan->next;

    for (size_t i = 0; i < plan->count && running < most; i++) {
        mod_auth0_task_t *task = &plan->tasks[(first + i) % plan->count];
        const auth0_keyring_t *ring =
            mod_auth0_board_ring(task->board, task->source->slot);
        if (auth0_keyring_is_asked(ring) == is_asked &&
            mod_auth0_task_is_due(task, now)) {
            mod_auth0_task_begin(task, fetcher, pool);
            running += task->pool != NULL;
            plan->next = (first + i + 1) % plan->count;
        }
    }
}

static void look_at_ages(plan_t *plan)
{
    int64_t now = auth0_clock_monotonic();

    for (size_t i = 0; i < plan->count; i++) {
        mod_auth0_task_look_at_age(&plan->tasks[i], now);
    }
}

static void go_on(auth0_fetcher_t *fetcher)
{
    auth0_fetched_t fetched;

    while (auth0_fetcher_next(&fetched, fetcher)) {
        mod_auth0_task_go_on(fetched.baton, &fetched, fetcher);
    }
}

/* What this process knows of earlier attempts, another has overtaken. */
static void forget(plan_t *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        plan->tasks[i].pool = NULL;
        plan->tasks[i].stamp = (auth0_file_stamp_t){0};
    }
}

static auth0_fetcher_t *make_fetcher(plan_t *plan, apr_pool_t *pool)
{
    auth0_fetcher_t *fetcher = auth0_fetcher_make(pool);

    if (!fetcher && !plan->is_told) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, plan->server,
                     "no keys can be fetched by this process: it has no memory "
                     "for libcurl");
    }
    plan->is_told = !fetcher;
    return fetcher;
}

static void fetch(plan_t *plan, auth0_fetcher_t *fetcher, apr_pool_t *pool)
{
    if (!mod_auth0_watch_is_over()) {
        begin_due(plan, true, fetcher, pool);
        begin_due(plan, false, fetcher, pool);
    }
    auth0_fetcher_wait(fetcher, mod_auth0_bell_fd(plan->bell), LOOK_AGAIN_MS);
    mod_auth0_bell_silence(plan->bell);
    go_on(fetcher);
}

/*
 * Children may live for less time than a fetch takes (MaxConnectionsPerChild),
 * so that none would ever have keys if each gave up what it has begun.
 */
static bool must_go_on(plan_t *plan)
{
    int64_t now = auth0_clock_monotonic();

    if (!mod_auth0_watch_is_over()) {
        plan->until = now + FINISH_MOST;
        return true;
    }
    return !mod_auth0_watch_is_killed() && under_way(plan) > 0 &&
           now < plan->until;
}

/* What needs no fetcher goes on without one. */
static void run(void *baton, apr_pool_t *parent)
{
    plan_t *plan = baton;
    apr_pool_t *pool;

    apr_pool_create(&pool, parent);
    auth0_fetcher_t *fetcher = make_fetcher(plan, pool);
    int64_t end = fetcher ? INT64_MAX : auth0_clock_monotonic() + HAND_OVER;

    forget(plan);
    mod_auth0_fleet_start(pool);
    while (must_go_on(plan) && auth0_clock_monotonic() < end) {
        if (fetcher) {
            fetch(plan, fetcher, pool);
        }
        else {
            apr_sleep(LOOK_AGAIN_MS * 1000);
        }
        look_at_ages(plan);
        mod_auth0_denylist_look();
        mod_auth0_throttle_tell();
    }
    mod_auth0_fleet_stop();
    forget(plan);
    apr_pool_destroy(pool);
}

static plan_t *make_plan(mod_auth0_board_t *board, size_t slots,
                         apr_pool_t *pool)
{
    const apr_array_header_t *sources = mod_auth0_sources();
    plan_t *plan = apr_pcalloc(pool, sizeof(*plan));

    plan->count = slots;
    plan->tasks = apr_pcalloc(pool, (slots + 1) * sizeof(*plan->tasks));
    for (int i = 0; i < sources->nelts; i++) {
        mod_auth0_source_t *source =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        mod_auth0_task_t *task = &plan->tasks[source->slot];
        task->board = board;
        if (!task->source || source->needed) {
            task->source = source;
        }
    }
    return plan;
}

static int start_tasks(plan_t *plan, apr_pool_t *pool)
{
    int64_t now = auth0_clock_monotonic();
    apr_pool_t *scratch;

    apr_pool_create(&scratch, pool);
    for (size_t i = 0; i < plan->count; i++) {
        mod_auth0_task_t *task = &plan->tasks[i];
        int64_t late =
            i < FIRST_AT_ONCE ? 0 : (int64_t)(i - FIRST_AT_ONCE) * FIRST_GAP;
        const char *why = mod_auth0_task_start(task, now + late, scratch);
        if (why) {
            ap_log_error(APLOG_MARK, APLOG_EMERG, 0, task->source->server,
                         "Auth0Issuer: the key file %s", why);
            return HTTP_INTERNAL_SERVER_ERROR;
        }
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return OK;
}

bool mod_auth0_refresh_is_needed(const server_rec *main_server)
{
    bool is_needed = mod_auth0_sections()->nelts > 0 ||
                     mod_auth0_settings(main_server)->store_redis;

    for (const server_rec *s = main_server; s && !is_needed; s = s->next) {
        is_needed = mod_auth0_settings(s)->deny_file;
    }
    return is_needed;
}

int mod_auth0_refresh_prepare(mod_auth0_board_t *board, size_t slots,
                              const mod_auth0_bell_t *bell, apr_pool_t *pconf,
                              server_rec *server)
{
    plan_t *plan = make_plan(board, slots, pconf);

    plan->bell = bell;
    plan->server = server;
    if (!mod_auth0_refresh_is_needed(server)) {
        return OK;
    }
    apr_status_t status =
        mod_auth0_watch_prepare(run, plan, bell, pconf, server);

    if (status == APR_SUCCESS) {
        return start_tasks(plan, pconf);
    }
    ap_log_error(APLOG_MARK, APLOG_EMERG, status, server,
                 "keys cannot be fetched in the background");
    return HTTP_INTERNAL_SERVER_ERROR;
}
