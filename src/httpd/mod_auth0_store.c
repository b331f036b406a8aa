/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_store.h"

#include <http_config.h>
#include <apr_shm.h>
#include <util_mutex.h>

#include "core/auth0_logout.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_mutex.h"
#include "net/auth0_store_redis.h"
#include "net/auth0_store_secret.h"

/* The number changes with the layout of what is retained. */
#define RETAINED "mod_auth0:store:2"

/* All that the stream of a fleet can hold, without any being crowded out. */
#define FLEET_MARKS ((size_t)262144)

/*
 * All that outlives a restart, in which this module is loaded anew: memory of
 * the process's own pool, and nothing that points into the module.
 */
typedef struct kept_t {
    auth0_marks_t *marks; /* NULL until all is there */
    apr_global_mutex_t *lock;
    auth0_secrets_t *secrets;
} kept_t;

static auth0_store_t store;
static auth0_secrets_t *secrets;

/* As many as fit; the table wants a power of two. */
static size_t count_marks(const server_rec *server)
{
    const mod_auth0_server_t *settings = mod_auth0_settings(server);
    size_t count = AUTH0_STORE_MARKS;

    if (settings->store_redis) {
        return FLEET_MARKS;
    }
    if (settings->store_bytes > 0) {
        for (count = 16; auth0_marks_size(2 * count) <=
                         auth0_marks_size(0) + (size_t)settings->store_bytes;
             count *= 2) {
        }
    }
    return count;
}

static apr_status_t make_secrets(kept_t *kept, apr_pool_t *pool)
{
    apr_shm_t *shm;
    apr_status_t status =
        apr_shm_create(&shm, sizeof(*kept->secrets), NULL, pool);

    kept->secrets = status == APR_SUCCESS ? apr_shm_baseaddr_get(shm) : NULL;
    return status;
}

static apr_status_t make(kept_t *kept, server_rec *server)
{
    apr_pool_t *pool = server->process->pool;
    apr_status_t status = ap_global_mutex_create(
        &kept->lock, NULL, MOD_AUTH0_MUTEX_STORE, NULL, server, pool, 0);

    status = status == APR_SUCCESS ? make_secrets(kept, pool) : status;
    if (status != APR_SUCCESS) {
        return status;
    }
    kept->marks = auth0_store_make_marks(count_marks(server), pool);
    return kept->marks ? APR_SUCCESS : APR_ENOMEM;
}

apr_status_t mod_auth0_store_prepare(server_rec *server)
{
    kept_t *kept = ap_retained_data_get(RETAINED);

    if (!kept) {
        kept = ap_retained_data_create(RETAINED, sizeof(*kept));
    }
    apr_status_t status = kept->marks ? APR_SUCCESS : make(kept, server);

    store = auth0_store_of_marks(kept->marks, kept->lock);
    secrets = kept->secrets;
    return status;
}

void mod_auth0_store_join(auth0_redis_t *redis)
{
    store = auth0_store_of_redis(redis, store.marks, store.lock);
}

bool mod_auth0_store_fill_secrets(apr_pool_t *pool)
{
    uint32_t epoch = auth0_secrets_epoch(apr_time_sec(apr_time_now()));

    return auth0_store_fill_secret(secrets, epoch, &store, pool) &&
           auth0_store_fill_secret(secrets, epoch + 1, &store, pool);
}

bool mod_auth0_store_secret(unsigned char secret[AUTH0_SECRET_BYTES],
                            uint32_t epoch)
{
    return auth0_secrets_find(secret, secrets, epoch);
}

apr_status_t mod_auth0_store_start(apr_pool_t *pchild)
{
    return apr_global_mutex_child_init(
        &store.lock, apr_global_mutex_lockfile(store.lock), pchild);
}

const auth0_store_t *mod_auth0_store(void)
{
    return &store;
}

auth0_reason_t mod_auth0_store_check(const auth0_claims_t *claims,
                                     const request_rec *r)
{
    auth0_logout_question_t questions[AUTH0_LOGOUT_QUESTIONS];
    int64_t now = apr_time_sec(r->request_time);
    int64_t before;

    if (!auth0_store_is_denying(&store, now)) {
        return AUTH0_OK;
    }
    size_t count = auth0_logout_questions(questions, claims);

    for (size_t i = 0; i < count; i++) {
        if (auth0_store_find(&before, &store, &questions[i].name, now,
                             r->pool) &&
            auth0_logout_concerns(claims, before)) {
            return questions[i].reason;
        }
    }
    return AUTH0_OK;
}
