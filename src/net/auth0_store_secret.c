/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_store_secret.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/rand.h>

#include "core/auth0_b64.h"
#include "net/auth0_redis.h"

/* What is there already counts, whoever was first. */
static bool agree(unsigned char secret[AUTH0_SECRET_BYTES], uint32_t epoch,
                  const auth0_store_t *store, apr_pool_t *pool)
{
    const char *key =
        apr_psprintf(pool, AUTH0_STORE_PREFIX "s:%u", (unsigned)epoch);
    const auth0_span_t own = {(const char *)secret, AUTH0_SECRET_BYTES};
    const auth0_span_t set[] = {
        auth0_span_cstr("SET"),
        auth0_span_cstr(key),
        auth0_span_cstr(auth0_b64url_encode(own, pool)),
        auth0_span_cstr("NX"),
        auth0_span_cstr("EX"),
        auth0_span_cstr(apr_itoa(pool, 3 * AUTH0_SECRETS_PERIOD)),
    };
    const auth0_span_t get[] = {auth0_span_cstr("GET"), auth0_span_cstr(key)};
    const auth0_redis_question_t setting =
        AUTH0_REDIS_QUESTION(set, AUTH0_RESP_STATUS | AUTH0_RESP_NIL);
    const auth0_redis_question_t getting =
        AUTH0_REDIS_QUESTION(get, AUTH0_RESP_TEXT);
    auth0_resp_item_t item;
    auth0_span_t reply;
    auth0_span_t bytes;

    if (!auth0_redis_ask(&reply, store->redis, &setting, pool) ||
        !auth0_redis_ask(&reply, store->redis, &getting, pool) ||
        !auth0_resp_take(&item, &reply, AUTH0_RESP_TEXT) ||
        !auth0_b64url_decode(&bytes, item.text, pool) ||
        bytes.len != AUTH0_SECRET_BYTES) {
        return false;
    }
    memcpy(secret, bytes.ptr, bytes.len);
    return true;
}

/* Processes of two generations may do this at once: whoever knows more wins. */
static bool put_secret(auth0_secrets_t *secrets, uint32_t epoch,
                       auth0_secret_scope_t scope,
                       const unsigned char secret[AUTH0_SECRET_BYTES],
                       const auth0_store_t *store)
{
    if (apr_global_mutex_lock(store->lock) != APR_SUCCESS) {
        return false;
    }
    if (auth0_secrets_scope(secrets, epoch) < scope) {
        auth0_secrets_put(secrets, epoch, scope, secret);
    }
    (void)apr_global_mutex_unlock(store->lock);
    return true;
}

bool auth0_store_fill_secret(auth0_secrets_t *secrets, uint32_t epoch,
                             const auth0_store_t *store, apr_pool_t *pool)
{
    auth0_secret_scope_t known = auth0_secrets_scope(secrets, epoch);
    auth0_secret_scope_t scope = AUTH0_SECRET_SERVER;
    unsigned char secret[AUTH0_SECRET_BYTES];

    if (known == AUTH0_SECRET_FLEET ||
        (known == AUTH0_SECRET_SERVER && !store->redis)) {
        return true;
    }
    if (RAND_bytes(secret, sizeof(secret)) != 1) {
        return false;
    }
    if (store->redis && agree(secret, epoch, store, pool)) {
        scope = AUTH0_SECRET_FLEET;
    }
    return put_secret(secrets, epoch, scope, secret, store);
}
