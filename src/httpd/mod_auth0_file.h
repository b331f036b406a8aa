/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_FILE_H
#define MOD_AUTH0_FILE_H

#include "core/auth0_reason.h"
#include "core/auth0_span.h"
#include "httpd/mod_auth0.h"

/*
 * Read a whole regular file of at most max bytes into pool, NUL terminated
 * beyond its length. Returns NULL, or a sentence from pool.
 */
AUTH0_MUST_USE const char *mod_auth0_file_read(auth0_span_t *bytes,
                                               const char *path, size_t max,
                                               apr_pool_t *pool);

/* When the file was changed last, 0 when it cannot be told. */
apr_time_t mod_auth0_file_mtime(const char *path, apr_pool_t *pool);

#endif
