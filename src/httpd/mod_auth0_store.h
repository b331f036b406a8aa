/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_STORE_H
#define MOD_AUTH0_STORE_H

#include "core/auth0_claims.h"
#include "core/auth0_secrets.h"
#include "httpd/mod_auth0.h"
#include "net/auth0_redis.h"
#include "net/auth0_store.h"

/*
 * The store of this server: made at its start, and kept until it stops. Both
 * kinds of restart leave it as it is, so that children that are about to end
 * and those that have just begun share it.
 */

/* Seconds that the clocks of servers that share a store may differ by. */
#define MOD_AUTH0_CLOCKS_DIFFER 5

/* In post_config. APR_SUCCESS, or why there is no store. */
AUTH0_MUST_USE apr_status_t mod_auth0_store_prepare(server_rec *server);

/* After that: share the store with all servers that use this Redis. */
void mod_auth0_store_join(auth0_redis_t *redis);

/*
 * Have the secrets of this epoch and the next ready. In post_config, and then
 * in one process at a time. False when random numbers cannot be had.
 */
bool mod_auth0_store_fill_secrets(apr_pool_t *pool);

/*
 * The secret of an epoch (auth0_secrets_epoch), on which all servers agree that
 * share a store; false when there is none. Never waits. Thread-safe.
 */
AUTH0_MUST_USE bool
mod_auth0_store_secret(unsigned char secret[AUTH0_SECRET_BYTES],
                       uint32_t epoch);

/* In the child: get at the mutex. */
AUTH0_MUST_USE apr_status_t mod_auth0_store_start(apr_pool_t *pchild);

/* The store, valid after mod_auth0_store_prepare. Thread-safe. */
const auth0_store_t *mod_auth0_store(void);

/*
 * AUTH0_OK, or the reason for which a good access token is denied. Next to
 * free while nothing is denied; takes no lock. Thread-safe.
 */
AUTH0_MUST_USE auth0_reason_t
mod_auth0_store_check(const auth0_claims_t *claims, const request_rec *r);

#endif
