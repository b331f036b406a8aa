/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_store.h"

#include <apr_general.h>
#include <apr_shm.h>

#define ALIGNMENT ((uintptr_t)64)

auth0_marks_t *auth0_store_make_marks(size_t marks, apr_pool_t *pool)
{
    unsigned char salt[AUTH0_MARKS_SALT];
    apr_shm_t *shm;

    if (apr_generate_random_bytes(salt, sizeof(salt)) != APR_SUCCESS ||
        apr_shm_create(&shm, auth0_marks_size(marks) + ALIGNMENT, NULL, pool) !=
            APR_SUCCESS) {
        return NULL;
    }
    uintptr_t base = (uintptr_t)apr_shm_baseaddr_get(shm);

    base = (base + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return auth0_marks_make((void *)base, marks, salt);
}

typedef auth0_mark_said_t write_fn(auth0_marks_t *marks, auth0_mark_key_t key,
                                   auth0_mark_terms_t terms, int64_t now);

static auth0_mark_said_t write_locked(const auth0_store_t *store,
                                      write_fn *write, auth0_mark_key_t key,
                                      auth0_mark_terms_t terms, int64_t now)
{
    if (apr_global_mutex_lock(store->lock) != APR_SUCCESS) {
        return AUTH0_MARK_REFUSED;
    }
    auth0_mark_said_t said = write(store->marks, key, terms, now);

    (void)apr_global_mutex_unlock(store->lock);
    return said;
}

static auth0_mark_said_t mark(const auth0_store_t *store,
                              const auth0_mark_name_t *name, int64_t until,
                              int64_t now, apr_pool_t *pool)
{
    auth0_mark_terms_t terms = {0, until};
    auth0_mark_key_t key;
    write_fn *add = name->kind == AUTH0_MARK_PROOF ? auth0_marks_add_modestly
                                                   : auth0_marks_add;

    (void)pool;
    return auth0_marks_key(&key, store->marks, name)
               ? write_locked(store, add, key, terms, now)
               : AUTH0_MARK_REFUSED;
}

static auth0_mark_said_t deny(const auth0_store_t *store,
                              const auth0_mark_name_t *name,
                              auth0_mark_terms_t terms, int64_t now,
                              apr_pool_t *pool)
{
    auth0_mark_key_t key;

    (void)pool;
    return auth0_marks_key(&key, store->marks, name)
               ? write_locked(store, auth0_marks_deny, key, terms, now)
               : AUTH0_MARK_REFUSED;
}

static bool is_denying(const auth0_store_t *store, int64_t now)
{
    return auth0_marks_is_denying(store->marks, now);
}

static bool find(int64_t *before, const auth0_store_t *store,
                 const auth0_mark_name_t *name, int64_t now, apr_pool_t *pool)
{
    auth0_mark_key_t key;

    (void)pool;
    *before = INT64_MAX;
    return !auth0_marks_key(&key, store->marks, name) ||
           auth0_marks_find(before, store->marks, key, now);
}

static const auth0_store_ops_t marks_ops = {mark, deny, is_denying, find};

auth0_store_t auth0_store_of_marks(auth0_marks_t *marks,
                                   apr_global_mutex_t *lock)
{
    return (auth0_store_t){&marks_ops, marks, lock, NULL};
}

auth0_mark_said_t auth0_store_mark(const auth0_store_t *store,
                                   const auth0_mark_name_t *name, int64_t until,
                                   int64_t now, apr_pool_t *pool)
{
    return store->ops->mark(store, name, until, now, pool);
}

auth0_mark_said_t auth0_store_deny(const auth0_store_t *store,
                                   const auth0_mark_name_t *name,
                                   auth0_mark_terms_t terms, int64_t now,
                                   apr_pool_t *pool)
{
    return store->ops->deny(store, name, terms, now, pool);
}

bool auth0_store_is_denying(const auth0_store_t *store, int64_t now)
{
    return store->ops->is_denying(store, now);
}

bool auth0_store_find(int64_t *before, const auth0_store_t *store,
                      const auth0_mark_name_t *name, int64_t now,
                      apr_pool_t *pool)
{
    return store->ops->find(before, store, name, now, pool);
}
