/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_jwks.h"

#include <apr_hash.h>

#define KEYS_MAX 100

struct auth0_jwks_t {
    const auth0_key_t **keys;
    size_t count;
    size_t skipped;
    size_t secrets;
    apr_hash_t *by_kid;
};

/* False when the kid already stands for other material. */
static bool add(auth0_jwks_t *set, const auth0_key_t *key)
{
    auth0_span_t kid = auth0_key_kid(key);
    const auth0_key_t *other =
        kid.len ? apr_hash_get(set->by_kid, kid.ptr, (apr_ssize_t)kid.len)
                : NULL;

    if (other) {
        return auth0_key_same(other, key);
    }
    if (kid.len) {
        apr_hash_set(set->by_kid, kid.ptr, (apr_ssize_t)kid.len, key);
    }
    set->keys[set->count++] = key;
    return true;
}

static const char *read_member(auth0_jwks_t *set, const auth0_json_t *jwk,
                               apr_pool_t *pool)
{
    auth0_key_t *key;
    const char *why;

    switch (auth0_jwk_parse(&key, jwk, &why, pool)) {
    case AUTH0_JWK_USABLE:
        return add(set, key) ? NULL : "one kid stands for two different keys";
    case AUTH0_JWK_SECRET:
        set->secrets++;
        set->skipped++;
        return NULL;
    case AUTH0_JWK_UNUSABLE:
        set->skipped++;
        return NULL;
    }
    return "a member cannot be read";
}

static const char *read_members(auth0_jwks_t *set, const auth0_json_t *keys,
                                apr_pool_t *pool)
{
    const auth0_json_t *jwk = NULL;

    while ((jwk = auth0_json_next(keys, jwk))) {
        const char *why = read_member(set, jwk, pool);
        if (why) {
            return why;
        }
    }
    return set->count > 0 ? NULL : "no key in the set is usable";
}

const char *auth0_jwks_parse(auth0_jwks_t **set, auth0_span_t document,
                             apr_pool_t *pool)
{
    auth0_jwks_t *made = apr_pcalloc(pool, sizeof(*made));
    const auth0_json_t *object;
    size_t count;

    *set = NULL;
    if (!auth0_json_object(&object, document, auth0_json_jwks_limit, pool)) {
        return "the key set is not a JSON object";
    }
    const auth0_json_t *keys = auth0_json_member(object, "keys");

    if (!auth0_json_array(&count, keys)) {
        return "the key set has no array \"keys\"";
    }
    if (count == 0 || count > KEYS_MAX) {
        return "the key set has not 1 to 100 keys";
    }
    made->keys = apr_pcalloc(pool, count * sizeof(*made->keys));
    made->by_kid = apr_hash_make(pool);
    const char *why = read_members(made, keys, pool);

    *set = why ? NULL : made;
    return why;
}

/* Without a kid only a single candidate leaves no room for guessing. */
static auth0_reason_t find_without_kid(const auth0_key_t **key,
                                       const auth0_jwks_t *set,
                                       const auth0_alg_t *alg)
{
    for (size_t i = 0; i < set->count; i++) {
        if (!auth0_key_fits(set->keys[i], alg)) {
            continue;
        }
        if (*key) {
            *key = NULL;
            return AUTH0_KEY_UNKNOWN;
        }
        *key = set->keys[i];
    }
    return *key ? AUTH0_OK : AUTH0_KEY_UNKNOWN;
}

auth0_reason_t auth0_jwks_find(const auth0_key_t **key, const auth0_jwks_t *set,
                               auth0_span_t kid, const auth0_alg_t *alg)
{
    *key = NULL;
    if (kid.len == 0) {
        return find_without_kid(key, set, alg);
    }
    const auth0_key_t *found =
        apr_hash_get(set->by_kid, kid.ptr, (apr_ssize_t)kid.len);

    if (!found) {
        return AUTH0_KEY_UNKNOWN;
    }
    if (!auth0_key_fits(found, alg)) {
        return AUTH0_KEY_UNUSABLE;
    }
    *key = found;
    return AUTH0_OK;
}

size_t auth0_jwks_count(const auth0_jwks_t *set)
{
    return set->count;
}

size_t auth0_jwks_skipped(const auth0_jwks_t *set)
{
    return set->skipped;
}

size_t auth0_jwks_secrets(const auth0_jwks_t *set)
{
    return set->secrets;
}

bool auth0_jwks_replaced(auth0_span_t *kid, const auth0_jwks_t *former,
                         const auth0_jwks_t *set)
{
    for (size_t i = 0; i < set->count; i++) {
        *kid = auth0_key_kid(set->keys[i]);
        const auth0_key_t *other =
            apr_hash_get(former->by_kid, kid->ptr, (apr_ssize_t)kid->len);
        if (other && !auth0_key_same(other, set->keys[i])) {
            return true;
        }
    }
    return false;
}
