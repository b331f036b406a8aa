/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_STORE_SECRET_H
#define AUTH0_STORE_SECRET_H

#include "core/auth0_secrets.h"
#include "net/auth0_store_redis.h"

/*
 * See to it that the secret of an epoch is there, if possible one that the
 * fleet agrees on; store->redis may be NULL. False when random numbers or
 * the mutex cannot be had. One process at a time asks the Redis.
 */
AUTH0_MUST_USE bool auth0_store_fill_secret(auth0_secrets_t *secrets,
                                            uint32_t epoch,
                                            const auth0_store_t *store,
                                            apr_pool_t *pool);

#endif
