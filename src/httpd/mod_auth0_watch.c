/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_watch.h"

#include <signal.h>
#include <stdatomic.h>

#include <ap_mpm.h>
#include <apr_optional.h>
#include <apr_thread_mutex.h>
#include <mod_watchdog.h>
#include <openssl/crypto.h>
#include <util_mutex.h>

#include "httpd/mod_auth0_mutex.h"

/* Microseconds between two tries of a process to be the one that works. */
#define TRY_AGAIN 100000

typedef struct watch_t {
    mod_auth0_watch_fn *work;
    void *baton;
    const mod_auth0_bell_t *bell;
    apr_proc_mutex_t *only_one;
    apr_thread_mutex_t *working; /* held while this process's thread is here */
} watch_t;

static watch_t *watch_in_force;
static atomic_bool process_ends;
static atomic_bool process_is_killed;

/*
 * A child of prefork that is killed ends in the handler of the signal, which is
 * blocked meanwhile.
 */
static bool is_in_handler(void)
{
    sigset_t blocked;

    return pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 &&
           (sigismember(&blocked, SIGTERM) || sigismember(&blocked, SIGHUP));
}

/* Of prefork, which has no threads, no end is said to be graceful. */
void mod_auth0_watch_stopping(apr_pool_t *pchild, int is_graceful)
{
    int is_threaded = AP_MPMQ_NOT_SUPPORTED;

    (void)pchild;
    (void)ap_mpm_query(AP_MPMQ_IS_THREADED, &is_threaded);
    atomic_store(&process_is_killed,
                 is_threaded ? !is_graceful : is_in_handler());
}

bool mod_auth0_watch_is_killed(void)
{
    return atomic_load(&process_is_killed);
}

bool mod_auth0_watch_is_over(void)
{
    int state = AP_MPMQ_RUNNING;

    if (atomic_load(&process_ends)) {
        return true;
    }
    (void)ap_mpm_query(AP_MPMQ_MPM_STATE, &state);
    return state == AP_MPMQ_STOPPING;
}

/*
 * mod_watchdog joins its thread only after exit() has begun to tear down the
 * libraries that a fetch is made with. So the work ends here, before that.
 */
static apr_status_t end_work(void *data)
{
    watch_t *watch = data;

    atomic_store(&process_ends, true);
    mod_auth0_bell_ring(watch->bell);
    apr_thread_mutex_lock(watch->working);
    apr_thread_mutex_unlock(watch->working);
    return APR_SUCCESS;
}

apr_status_t mod_auth0_watch_start(apr_pool_t *pchild)
{
    watch_t *watch = watch_in_force;

    if (!watch) {
        return APR_SUCCESS;
    }
    apr_pool_pre_cleanup_register(pchild, watch, end_work);
    return apr_proc_mutex_child_init(
        &watch->only_one, apr_proc_mutex_lockfile(watch->only_one), pchild);
}

/*
 * mod_watchdog could choose the process, too, but lets ten seconds go by when
 * one has died. And it reckons the time between ticks by a clock that can be
 * set: so no process comes back from its first tick.
 *
 * The thread itself ends in the moment in which exit() begins, and OpenSSL
 * frees what a thread has of it both when the thread ends and when the process
 * does, with no lock that would hold for both. So it is freed here.
 */
static apr_status_t tick(int state, void *data, apr_pool_t *pool)
{
    watch_t *watch = data;

    if (state != AP_WATCHDOG_STATE_RUNNING) {
        return APR_SUCCESS;
    }
    apr_thread_mutex_lock(watch->working);
    while (!mod_auth0_watch_is_over()) {
        if (apr_proc_mutex_trylock(watch->only_one) == APR_SUCCESS) {
            watch->work(watch->baton, pool);
            apr_proc_mutex_unlock(watch->only_one);
        }
        apr_sleep(TRY_AGAIN);
    }
    OPENSSL_thread_stop();
    apr_thread_mutex_unlock(watch->working);
    return APR_SUCCESS;
}

static apr_status_t dismiss(void *unused)
{
    (void)unused;
    watch_in_force = NULL;
    return APR_SUCCESS;
}

static apr_status_t hire(watch_t *watch, apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get_instance =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *register_callback =
        APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog;
    apr_status_t status = get_instance(&watchdog, "_auth0_", 0, 0, pconf);

    return status == APR_SUCCESS
               ? register_callback(watchdog, AP_WD_TM_SLICE, watch, tick)
               : status;
}

apr_status_t mod_auth0_watch_prepare(mod_auth0_watch_fn *work, void *baton,
                                     const mod_auth0_bell_t *bell,
                                     apr_pool_t *pconf, server_rec *server)
{
    watch_t *watch = apr_pcalloc(pconf, sizeof(*watch));
    apr_status_t status = apr_thread_mutex_create(
        &watch->working, APR_THREAD_MUTEX_DEFAULT, pconf);

    if (status == APR_SUCCESS) {
        status = ap_proc_mutex_create(&watch->only_one, NULL,
                                      MOD_AUTH0_MUTEX_REFRESH, NULL, server,
                                      pconf, 0);
    }
    watch->work = work;
    watch->baton = baton;
    watch->bell = bell;
    watch_in_force = watch;
    apr_pool_cleanup_register(pconf, NULL, dismiss, apr_pool_cleanup_null);
    return status == APR_SUCCESS ? hire(watch, pconf) : status;
}
