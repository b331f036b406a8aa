/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_MUTEX_H
#define MOD_AUTH0_MUTEX_H

#include "httpd/mod_auth0.h"

/* The names by which the directive Mutex knows this module's mutexes. */
#define MOD_AUTH0_MUTEX_REFRESH "auth0-refresh"
#define MOD_AUTH0_MUTEX_STORE "auth0-store"

/* In pre_config: make them known to it. */
void mod_auth0_mutex_register(apr_pool_t *pconf);

/*
 * In check_config. NULL, or a sentence from pool when one of them would stay
 * locked after the death of a process that holds it.
 */
const char *mod_auth0_mutex_check(apr_pool_t *pool);

#endif
