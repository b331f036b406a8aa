/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_SECRET_H
#define MOD_AUTH0_SECRET_H

#include "core/auth0_jwk.h"
#include "httpd/mod_auth0.h"

/*
 * Read the secret that "file:PATH" or "exec:PROGRAM" names, at configuration
 * time; one trailing newline is dropped. A relative path starts at the server
 * root. The key is allocated from pool. Returns NULL, or a sentence from
 * pool, which never repeats what was read.
 */
AUTH0_MUST_USE const char *mod_auth0_secret_read(const auth0_key_t **key,
                                                 const char *where,
                                                 apr_pool_t *pool);

#endif
