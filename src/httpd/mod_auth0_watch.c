/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_watch.h"

#include <stdatomic.h>

#include <ap_mpm.h>
#include <apr_optional.h>
#include <apr_thread_mutex.h>
#include <mod_watchdog.h>

typedef struct watch_t {
    mod_auth0_watch_fn *work;
    void *baton;
    const mod_auth0_bell_t *bell;
    apr_thread_mutex_t *working;
} watch_t;

static watch_t *watch_in_force;
static atomic_bool process_ends;

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

void mod_auth0_watch_start(apr_pool_t *pchild)
{
    if (watch_in_force) {
        apr_pool_pre_cleanup_register(pchild, watch_in_force, end_work);
    }
}

/*
 * The work does not come back from the first tick: the time between ticks is
 * reckoned by a clock that can be set, and a wake-up would have to wait.
 */
static apr_status_t tick(int state, void *data, apr_pool_t *pool)
{
    watch_t *watch = data;

    if (state != AP_WATCHDOG_STATE_RUNNING) {
        return APR_SUCCESS;
    }
    apr_thread_mutex_lock(watch->working);
    if (!mod_auth0_watch_is_over()) {
        watch->work(watch->baton, pool);
    }
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

    if (!get_instance || !register_callback) {
        return APR_ENOTIMPL;
    }
    apr_status_t status = get_instance(&watchdog, "_auth0_", 0, 1, pconf);

    return status == APR_SUCCESS
               ? register_callback(watchdog, AP_WD_TM_SLICE, watch, tick)
               : status;
}

apr_status_t mod_auth0_watch_prepare(mod_auth0_watch_fn *work, void *baton,
                                     const mod_auth0_bell_t *bell,
                                     apr_pool_t *pconf)
{
    watch_t *watch = apr_pcalloc(pconf, sizeof(*watch));
    apr_status_t status = apr_thread_mutex_create(
        &watch->working, APR_THREAD_MUTEX_DEFAULT, pconf);

    watch->work = work;
    watch->baton = baton;
    watch->bell = bell;
    watch_in_force = watch;
    apr_pool_cleanup_register(pconf, NULL, dismiss, apr_pool_cleanup_null);
    return status == APR_SUCCESS ? hire(watch, pconf) : status;
}
