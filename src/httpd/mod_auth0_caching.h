/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_CACHING_H
#define MOD_AUTH0_CACHING_H

#include "httpd/mod_auth0.h"

/* Once, when hooks are registered. */
void mod_auth0_caching_register(void);

/*
 * insert_filter and insert_error_filter hook, after all others: where a token
 * had a say, the answer tells caches so (RFC 9110 section 12.5.5, RFC 9111
 * section 5.2.2.7), so that none gives one caller's answer to another.
 */
void mod_auth0_caching(request_rec *r);

#endif
