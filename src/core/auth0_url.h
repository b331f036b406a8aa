/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_URL_H
#define AUTH0_URL_H

#include <apr_pools.h>

#include "core/auth0_must_use.h"

/*
 * Check a URL that keys or metadata are fetched from: absolute, https (http
 * for loopback hosts only), a host, no user name or password, no fragment.
 * Returns NULL, or a sentence that says what is wrong and what would be right.
 */
AUTH0_MUST_USE const char *auth0_url_check(const char *url, apr_pool_t *pool);

/*
 * A checked URL as people are shown it: a query may be a password, and "?..."
 * stands for it.
 */
const char *auth0_url_shown(const char *url, apr_pool_t *pool);

/* The same check for a bare host name such as tenant.eu.auth0.com. */
AUTH0_MUST_USE const char *auth0_host_check(const char *host);

#endif
