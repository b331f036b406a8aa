/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_BELL_H
#define MOD_AUTH0_BELL_H

#include "httpd/mod_auth0.h"

/*
 * A self-pipe: wakes the refreshing process, whichever it is, from any other,
 * by a pipe that all children inherit. Nobody blocks on either end.
 */
typedef struct mod_auth0_bell_t mod_auth0_bell_t;

/* A bell, closed with pool. NULL, with *status, when there can be none. */
mod_auth0_bell_t *mod_auth0_bell_make(apr_status_t *status, apr_pool_t *pool);

/* What to poll for reading. */
int mod_auth0_bell_fd(const mod_auth0_bell_t *bell);

/* Thread-safe. */
void mod_auth0_bell_ring(const mod_auth0_bell_t *bell);

/* Forget that it was rung. For the refreshing process. */
void mod_auth0_bell_silence(const mod_auth0_bell_t *bell);

#endif
