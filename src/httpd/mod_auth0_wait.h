/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_WAIT_H
#define MOD_AUTH0_WAIT_H

#include "httpd/mod_auth0_bell.h"
#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_source.h"

/*
 * Requests that lack a key: they wake the refreshing process, and a few of
 * them wait a moment for what it brings.
 */

/*
 * In post_config: room for as many waiting requests, over all processes, as
 * half of httpd's workers, and 64 at most. False when memory is refused.
 */
bool mod_auth0_wait_prepare(const mod_auth0_board_t *board,
                            const mod_auth0_bell_t *bell, apr_pool_t *pconf);

/*
 * False when mod_auth0_wait_for_keys would be false at once: to know it is
 * cheap, and then nothing has to be found out of a token. Thread-safe.
 */
bool mod_auth0_wait_may_help(const mod_auth0_source_t *source,
                             uint32_t edition);

/*
 * The set of that edition (0: none) lacks what a request needs. True when it
 * is worth looking again: a newer set is there, or the issuer has been asked.
 * Blocks up to Auth0KeyWait, and not at all within a cooldown. Thread-safe.
 */
bool mod_auth0_wait_for_keys(const mod_auth0_source_t *source,
                             uint32_t edition);

/* In how many seconds it is worth asking again where no keys are to be had. */
int mod_auth0_wait_retry_after(const mod_auth0_source_t *source);

#endif
