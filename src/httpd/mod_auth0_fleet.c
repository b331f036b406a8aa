/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_fleet.h"

#include <dlfcn.h>
#include <stdatomic.h>

#include <apr_signal.h>
#include <apr_shm.h>
#include <apr_thread_proc.h>

#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_store.h"
#include "net/auth0_clock.h"
#include "net/auth0_lookup.h"
#include "net/auth0_store_redis.h"

/* Microseconds between two looks at the Redis, and while it is away. */
#define LOOK_AGAIN ((int64_t)300000)
#define TRY_AGAIN ((int64_t)1000000)

/* A Redis is told to be away when it was not reached so often in a row. */
#define FAILURES 3

/* Between two looks at whether it is all over. */
#define STEP 50000

/*
 * All is read again so often, and what is over is removed: so nothing is missed
 * whatever was done to the Redis behind our back.
 */
#define READ_ALL_AGAIN ((int64_t)60000000)

/* An address may take so long when httpd starts, as nobody waits for it. */
#define FIRST_BUDGET ((int64_t)1000000)

/* So long the name server is waited for, and between two looks at its reply. */
#define NAMES_MOST ((int64_t)1000000)
#define NAMES_STEP 5000

/* How the Redis is: each is worse than the one before. */
typedef enum health_t { WELL, NO_WRITES, AWAY } health_t;

static const struct {
    const char *ill;
    const char *until;
    const char *well;
} sentences[] = {
    [NO_WRITES] = {"takes no writes", "until it does, what needs it is refused",
                   "takes writes again"},
    [AWAY] = {"cannot be reached",
              "until it can, what needs it is refused, and logouts at other "
              "servers are not heard of",
              "is back"},
};

/* What this generation of processes shares, all bytes zero at first. */
typedef struct shared_t {
    auth0_redis_known_t known;
    atomic_int told; /* its worst health since it was well, as far as told */
} shared_t;

static struct {
    const server_rec *server;
    shared_t *shared;
    auth0_redis_t *redis; /* NULL: this server is on its own */
    bool is_first;        /* httpd starts: no threads yet, and no requests */
    /* Of the refreshing process alone: */
    apr_thread_t *thread;
    atomic_bool is_over;
    auth0_lookup_t *lookup; /* NULL: no name is being looked up */
    health_t health;
    bool is_told_of_secrets;
    unsigned failures; /* to reach it, in a row */
    auth0_store_cursor_t cursor;
    size_t malformed; /* since the cursor was at the beginning */
    size_t told_malformed;
    int64_t next_look;
    int64_t read_all;
} fleet;

static void tell_ill(health_t health)
{
    if (atomic_load(&fleet.shared->told) >= (int)health) {
        return;
    }
    atomic_store(&fleet.shared->told, (int)health);
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, fleet.server,
                 "Auth0SharedStore: %s %s (%s): %s",
                 auth0_redis_shown(fleet.redis), sentences[health].ill,
                 auth0_redis_why_text(auth0_redis_why(fleet.redis)),
                 sentences[health].until);
}

static void tell_well(void)
{
    int told = atomic_exchange(&fleet.shared->told, WELL);

    if (told != WELL) {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, fleet.server,
                     "Auth0SharedStore: %s %s", auth0_redis_shown(fleet.redis),
                     sentences[told].well);
    }
}

static void tell_of(const auth0_store_pulled_t *pulled)
{
    fleet.malformed += pulled->malformed;
    if (fleet.malformed > fleet.told_malformed) {
        fleet.told_malformed = fleet.malformed;
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, fleet.server,
                     "Auth0SharedStore: %s has denials that make no sense: "
                     "they are skipped, %" APR_SIZE_T_FMT " in all",
                     auth0_redis_shown(fleet.redis), fleet.malformed);
    }
    if (pulled->refused > 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, fleet.server,
                     "Auth0SharedStore: no room for %" APR_SIZE_T_FMT
                     " denials: stop and start httpd to make it",
                     pulled->refused);
    }
}

/* Whoever comes back to a Redis begins anew: it may be another one. */
static bool pull_all(apr_pool_t *pool)
{
    auth0_store_pulled_t pulled;

    do {
        int64_t now = apr_time_sec(apr_time_now());
        if (!auth0_store_pull(&pulled, &fleet.cursor, mod_auth0_store(), now,
                              pool)) {
            return false;
        }
        tell_of(&pulled);
        apr_pool_clear(pool);
    } while (pulled.is_more && !atomic_load(&fleet.is_over));
    return true;
}

static void begin_anew(int64_t now)
{
    fleet.cursor = (auth0_store_cursor_t){0, 0};
    fleet.malformed = 0;
    fleet.read_all = now + READ_ALL_AGAIN;
}

/*
 * At exit, which waits for no thread that hangs in the resolver, httpd unloads
 * its modules: a process that has such a thread keeps this one. The process
 * that httpd restarts in must not, or it would never load another.
 */
static bool stay_loaded(void)
{
    Dl_info own;
    void *handle =
        dladdr(&fleet, &own)
            ? dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE)
            : NULL;

    return handle && dlclose(handle) == 0;
}

static bool await_lookup(void)
{
    int64_t deadline = auth0_clock_monotonic() + NAMES_MOST;

    while (!auth0_lookup_is_over(fleet.lookup)) {
        if (atomic_load(&fleet.is_over) || auth0_clock_monotonic() > deadline) {
            return false;
        }
        apr_sleep(NAMES_STEP);
    }
    return true;
}

/* One that takes longer is under way still when this is called again. */
static bool find_by_thread(auth0_found_t *found, const auth0_redis_url_t *url)
{
    if (!fleet.lookup && stay_loaded()) {
        fleet.lookup = auth0_lookup_begin(url->host, url->port);
    }
    if (!fleet.lookup || !await_lookup()) {
        return false;
    }
    bool is_found = auth0_lookup_end(found, fleet.lookup);

    fleet.lookup = NULL;
    return is_found;
}

static bool find_host(auth0_found_t *found)
{
    const auth0_redis_url_t *url = auth0_redis_url(fleet.redis);

    if (url->is_address) {
        return auth0_lookup(found, url->host, url->port);
    }
    return fleet.is_first ? auth0_lookup_by_process(found, url->host, url->port,
                                                    NAMES_MOST)
                          : find_by_thread(found, url);
}

/* Where names cannot be had, the former address is as good as any. */
static bool takes_writes(apr_pool_t *pool)
{
    auth0_found_t found;
    int64_t budget = fleet.is_first ? FIRST_BUDGET : AUTH0_REDIS_PATIENCE;

    return fleet.health != WELL && find_host(&found)
               ? auth0_store_settle(mod_auth0_store(), &found, budget, pool)
               : auth0_store_takes_writes(mod_auth0_store(), pool);
}

static bool sweep(apr_pool_t *pool)
{
    int64_t now = apr_time_sec(apr_time_now());

    return auth0_store_sweep(mod_auth0_store(), now, pool);
}

/* Denials are read also where nothing can be written. */
static health_t examine(apr_pool_t *pool)
{
    int64_t now = auth0_clock_monotonic();
    bool is_writable = takes_writes(pool);
    bool is_new = fleet.health == AWAY || (is_writable && fleet.health != WELL);

    if (!auth0_redis_is_settled(fleet.redis)) {
        return AWAY;
    }
    if (is_new || now >= fleet.read_all) {
        begin_anew(now);
        is_writable = is_writable && sweep(pool);
    }
    if (!pull_all(pool)) {
        return AWAY;
    }
    return is_writable ? WELL : NO_WRITES;
}

static void look(apr_pool_t *pool)
{
    fleet.health = examine(pool);
    if (fleet.health == WELL) {
        fleet.failures = 0;
        tell_well();
    }
    else if (++fleet.failures >= FAILURES || fleet.is_first) {
        tell_ill(fleet.health);
    }
}

static void fill_secrets(apr_pool_t *pool)
{
    bool is_filled = mod_auth0_store_fill_secrets(pool);

    if (!is_filled && !fleet.is_told_of_secrets) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, fleet.server,
                     "no random numbers for secrets, or no mutex auth0-store");
    }
    fleet.is_told_of_secrets = !is_filled;
}

static void tend(apr_pool_t *pool)
{
    int64_t now = auth0_clock_monotonic();

    if (now < fleet.next_look) {
        return;
    }
    if (fleet.redis) {
        look(pool);
    }
    fill_secrets(pool);
    fleet.next_look =
        now + (fleet.failures >= FAILURES ? TRY_AGAIN : LOOK_AGAIN);
}

static void *APR_THREAD_FUNC work(apr_thread_t *thread, void *unused)
{
    apr_pool_t *pool;

    (void)thread, (void)unused;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    while (!atomic_load(&fleet.is_over)) {
        tend(pool);
        apr_pool_clear(pool);
        apr_sleep(STEP);
    }
    apr_pool_destroy(pool);
    return NULL;
}

/* Secrets are for nonces alone, and a .htaccess file cannot ask for them. */
static bool is_wanted(void)
{
    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        if (APR_ARRAY_IDX(mod_auth0_sections(), i, mod_auth0_section_t)
                .dir->dpop_nonce == MOD_AUTH0_ON) {
            return true;
        }
    }
    return fleet.redis != NULL;
}

void mod_auth0_fleet_start(apr_pool_t *pool)
{
    if (!is_wanted()) {
        return;
    }
    atomic_store(&fleet.is_over, false);
    fleet.is_first = false;
    fleet.health = AWAY;
    fleet.next_look = 0;
    apr_status_t status =
        apr_thread_create(&fleet.thread, NULL, work, NULL, pool);

    if (status != APR_SUCCESS) {
        fleet.thread = NULL;
        ap_log_error(APLOG_MARK, APLOG_ERR, status, fleet.server,
                     "Auth0SharedStore: no thread to look after it");
    }
}

void mod_auth0_fleet_stop(void)
{
    apr_status_t status;

    atomic_store(&fleet.is_over, true);
    if (fleet.thread) {
        (void)apr_thread_join(&status, fleet.thread);
        fleet.thread = NULL;
    }
    if (fleet.lookup) {
        (void)auth0_lookup_end(&(auth0_found_t){0}, fleet.lookup);
        fleet.lookup = NULL;
    }
}

static int complain(apr_status_t status, const char *sentence)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG, status, fleet.server,
                 "Auth0SharedStore: %s", sentence);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* What is known of a Redis dies with the configuration that names it. */
static int connect_to(const auth0_redis_url_t *url, const char *ca_pem,
                      apr_pool_t *pconf)
{
    apr_shm_t *shm;
    apr_status_t status =
        apr_shm_create(&shm, sizeof(*fleet.shared), NULL, pconf);

    if (status != APR_SUCCESS) {
        return complain(status, "no shared memory");
    }
    fleet.shared = apr_shm_baseaddr_get(shm);
    fleet.redis = auth0_redis_make(url, &fleet.shared->known, ca_pem, pconf);
    return fleet.redis ? OK : complain(0, "no TLS or no threads for the Redis");
}

int mod_auth0_fleet_prepare(apr_pool_t *pconf, server_rec *server)
{
    const mod_auth0_server_t *settings = mod_auth0_settings(server);
    apr_pool_t *scratch;

    fleet.server = server;
    fleet.redis = NULL;
    if (settings->store_redis) {
        int status = connect_to(settings->store_redis, settings->ca_pem, pconf);
        if (status != OK) {
            return status;
        }
        /* As all of httpd's MPMs do a moment later. */
        (void)apr_signal(SIGPIPE, SIG_IGN);
        mod_auth0_store_join(fleet.redis);
    }
    fleet.is_first = true;
    fleet.health = AWAY;
    fleet.next_look = 0;
    apr_pool_create(&scratch, pconf);
    tend(scratch);
    apr_pool_destroy(scratch);
    if (fleet.redis) {
        auth0_redis_hang_up(fleet.redis);
    }
    return OK;
}
