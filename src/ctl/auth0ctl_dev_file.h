/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0CTL_DEV_FILE_H
#define AUTH0CTL_DEV_FILE_H

#include <apr_file_info.h>

#include "core/auth0_span.h"

struct json_t;

/*
 * What these functions return is NULL, or a sentence that names the file and
 * says what went wrong, allocated from pool.
 */

/* Read a whole regular file, of at most 1 MiB, into *text, NUL terminated. */
const char *auth0ctl_file_read(auth0_span_t *text, const char *path,
                               apr_pool_t *pool);

/* auth0_file_replace, with a sentence that names the file. */
const char *auth0ctl_file_write(const char *path, auth0_span_t text,
                                mode_t mode, apr_pool_t *pool);

/*
 * Make one folder, which must not exist yet, with this mode whatever the
 * umask; or a folder with all that leads to it, as far as it is missing.
 */
const char *auth0ctl_dir_make(const char *path, apr_fileperms_t mode,
                              apr_pool_t *pool);
const char *auth0ctl_dir_make_all(const char *path, apr_pool_t *pool);

bool auth0ctl_file_exists(const char *path, apr_pool_t *pool);

/*
 * The text of a JSON value in the order in which its members were set, for
 * people when pretty. Releases json; NULL when json is NULL.
 */
const char *auth0ctl_json_text(struct json_t *json, bool pretty,
                               apr_pool_t *pool);

#endif
