/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_CACHE_H
#define MOD_AUTH0_CACHE_H

#include "core/auth0_cache.h"
#include "httpd/mod_auth0_config.h"

/*
 * This process's verified tokens. It begins empty. What is found there is as
 * good as it was when it was verified, but for all that is judged of each
 * request: times, binding, deny list, logouts and Require.
 */

/*
 * In post_config, when sources have their slots: give numbers to what sections
 * say of tokens, the same number to what says the same. ptemp is not needed
 * afterwards.
 */
void mod_auth0_cache_prepare(apr_pool_t *pconf, apr_pool_t *ptemp);

/* In the child, before its threads start; entries 0: there is no cache. */
void mod_auth0_cache_start(size_t entries, apr_pool_t *pool);

/*
 * The key of a token, by its SHA-256, under a policy that was made of dir.
 * False when it cannot be looked up: no cache, or an unknown policy.
 */
bool mod_auth0_cache_key(auth0_cache_key_t *key, const unsigned char *digest,
                         const mod_auth0_dir_t *dir,
                         const auth0_policy_t *policy);

/*
 * The claims of a token that was verified before, with a key that is still in
 * force. They live as long as the request. NULL: verify.
 */
const auth0_claims_t *mod_auth0_cache_recall(request_rec *r,
                                             const auth0_cache_key_t *key,
                                             apr_time_t now);

/* Remember a token that is good by now under this policy. */
void mod_auth0_cache_keep(const auth0_cache_key_t *key,
                          const auth0_cached_t *found,
                          const auth0_policy_t *policy, apr_time_t now);

#endif
