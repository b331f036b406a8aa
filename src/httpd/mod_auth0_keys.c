/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_keys.h"

#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>

#include "net/auth0_clock.h"

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
    apr_thread_cond_t *parsed;
    mod_auth0_held_t *in_force;
    bool is_parsing; /* some thread prepares a newer set */
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
        shelf_t *shelf = &keys.shelves[i];
        if (apr_thread_cond_create(&shelf->parsed, pool) != APR_SUCCESS ||
            apr_thread_mutex_create(&shelf->mutex, APR_THREAD_MUTEX_DEFAULT,
                                    pool) != APR_SUCCESS) {
            shelf->mutex = NULL;
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

static bool is_outdated(const shelf_t *shelf, size_t slot)
{
    uint32_t edition = mod_auth0_board_edition(keys.board, slot);

    return edition != 0 &&
           !(shelf->in_force && shelf->in_force->edition == edition);
}

/*
 * The mutex is held, but for the time of parsing where a former set can serve
 * the others meanwhile.
 */
static void bring_up_to_date(shelf_t *shelf, size_t slot)
{
    bool others_may_go_on = shelf->in_force != NULL;

    shelf->is_parsing = true;
    if (others_may_go_on) {
        apr_thread_mutex_unlock(shelf->mutex);
    }
    mod_auth0_held_t *newer = parse(shelf, slot);

    if (others_may_go_on) {
        apr_thread_mutex_lock(shelf->mutex);
    }
    shelf->is_parsing = false;
    apr_thread_cond_broadcast(shelf->parsed);
    if (newer) {
        drop(shelf->in_force);
        shelf->in_force = newer;
    }
}

static bool serves(const mod_auth0_source_t *source)
{
    return auth0_keyring_serves(mod_auth0_board_ring(keys.board, source->slot),
                                &source->rules, auth0_clock_monotonic());
}

uint32_t mod_auth0_keys_edition_in_force(const mod_auth0_source_t *source)
{
    return serves(source) ? mod_auth0_board_edition(keys.board, source->slot)
                          : 0;
}

/* The mutex is held. */
static bool must_wait(const shelf_t *shelf, uint32_t lacking)
{
    return shelf->is_parsing &&
           mod_auth0_keys_edition(shelf->in_force) == lacking;
}

mod_auth0_held_t *mod_auth0_keys_take(const mod_auth0_source_t *source,
                                      uint32_t lacking)
{
    shelf_t *shelf = &keys.shelves[source->slot];

    if (!shelf->mutex || !serves(source)) {
        return NULL;
    }
    apr_thread_mutex_lock(shelf->mutex);
    while (must_wait(shelf, lacking)) {
        apr_thread_cond_wait(shelf->parsed, shelf->mutex);
    }
    if (!shelf->is_parsing && is_outdated(shelf, source->slot)) {
        bring_up_to_date(shelf, source->slot);
    }
    mod_auth0_held_t *held = shelf->in_force;

    if (held) {
        held->users++;
    }
    apr_thread_mutex_unlock(shelf->mutex);
    return held;
}

uint32_t mod_auth0_keys_edition(const mod_auth0_held_t *held)
{
    return held ? held->edition : 0;
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
