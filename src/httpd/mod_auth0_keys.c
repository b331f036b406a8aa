/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_keys.h"

#include <apr_thread_mutex.h>

typedef struct shelf_t shelf_t;

struct mod_auth0_held_t {
    apr_pool_t *pool;
    shelf_t *shelf;
    auth0_jwks_t *set;
    uint32_t edition;
    unsigned users; /* the shelf itself is one while the set is in force */
};

struct shelf_t {
    apr_thread_mutex_t *mutex;
    mod_auth0_held_t *in_force;
};

static struct {
    const mod_auth0_board_t *board;
    shelf_t *shelves;
} keys;

/* The shelf's mutex is held. */
static void drop(mod_auth0_held_t *held)
{
    if (held && --held->users == 0) {
        apr_pool_destroy(held->pool);
    }
}

static apr_status_t clear(void *data)
{
    shelf_t *shelf = data;

    drop(shelf->in_force);
    shelf->in_force = NULL;
    return APR_SUCCESS;
}

void mod_auth0_keys_start(const mod_auth0_board_t *board, size_t slots,
                          apr_pool_t *pool)
{
    keys.board = board;
    keys.shelves = apr_pcalloc(pool, (slots + 1) * sizeof(shelf_t));
    for (size_t i = 0; i < slots; i++) {
        if (apr_thread_mutex_create(&keys.shelves[i].mutex,
                                    APR_THREAD_MUTEX_DEFAULT,
                                    pool) != APR_SUCCESS) {
            keys.shelves[i].mutex = NULL;
        }
        apr_pool_cleanup_register(pool, &keys.shelves[i], clear,
                                  apr_pool_cleanup_null);
    }
}

/* A pool of its own, so that no other thread ever allocates from it. */
static mod_auth0_held_t *parse(shelf_t *shelf, size_t slot)
{
    apr_pool_t *pool;
    auth0_span_t document;

    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    mod_auth0_held_t *held = apr_pcalloc(pool, sizeof(*held));

    held->pool = pool;
    held->shelf = shelf;
    held->users = 1;
    held->edition = mod_auth0_board_read(&document, keys.board, slot, pool);
    if (held->edition == 0 || auth0_jwks_parse(&held->set, document, pool)) {
        apr_pool_destroy(pool);
        return NULL;
    }
    return held;
}

/* A board caught in the middle of a change leaves the former set in force. */
static void bring_up_to_date(shelf_t *shelf, size_t slot)
{
    uint32_t edition = mod_auth0_board_edition(keys.board, slot);

    if (edition == 0 ||
        (shelf->in_force && shelf->in_force->edition == edition)) {
        return;
    }
    mod_auth0_held_t *newer = parse(shelf, slot);

    if (newer) {
        drop(shelf->in_force);
        shelf->in_force = newer;
    }
}

mod_auth0_held_t *mod_auth0_keys_take(const mod_auth0_source_t *source)
{
    shelf_t *shelf = &keys.shelves[source->slot];

    if (!shelf->mutex) {
        return NULL;
    }
    apr_thread_mutex_lock(shelf->mutex);
    bring_up_to_date(shelf, source->slot);
    mod_auth0_held_t *held = shelf->in_force;

    if (held) {
        held->users++;
    }
    apr_thread_mutex_unlock(shelf->mutex);
    return held;
}

const auth0_jwks_t *mod_auth0_keys_set(const mod_auth0_held_t *held)
{
    return held->set;
}

void mod_auth0_keys_give(mod_auth0_held_t *held)
{
    if (!held) {
        return;
    }
    apr_thread_mutex_t *mutex = held->shelf->mutex;

    apr_thread_mutex_lock(mutex);
    drop(held);
    apr_thread_mutex_unlock(mutex);
}
