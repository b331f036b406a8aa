/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_FILE_H
#define AUTH0_FILE_H

#include <stdint.h>
#include <sys/types.h>

#include <apr_pools.h>
#include <apr_time.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * Whole files: read as one, replaced as one. Functions that can fail return
 * NULL, or a sentence from pool to follow the file's name.
 */

/* What tells that a file has changed. */
typedef struct auth0_file_stamp_t {
    bool exists;
    apr_time_t changed; /* its bytes, last; microseconds since 1970 */
    int64_t touched;    /* the file at all, last; nanoseconds       */
    off_t bytes;
    ino_t number;
} auth0_file_stamp_t;

/* Never fails: a file that cannot be looked at has a stamp of zeros. */
auth0_file_stamp_t auth0_file_stamp(const char *path);

bool auth0_file_stamp_same(auth0_file_stamp_t a, auth0_file_stamp_t b);

/*
 * Read a regular file of at most max bytes into pool, NUL terminated beyond
 * its length.
 */
AUTH0_MUST_USE const char *auth0_file_read(auth0_span_t *bytes,
                                           const char *path, size_t max,
                                           apr_pool_t *pool);

/*
 * The same for a file in a folder that others may write to: it must not be a
 * symbolic link, and belong to owner.
 */
AUTH0_MUST_USE const char *auth0_file_read_own(auth0_span_t *bytes,
                                               const char *path, size_t max,
                                               uid_t owner, apr_pool_t *pool);

/*
 * Put a file of this mode, whatever the umask, in place of path: whoever reads
 * it, and whenever the machine stops, finds the former bytes or these, and
 * never a mixture. What a killed process leaves behind has a name that ends in
 * ".part".
 */
AUTH0_MUST_USE const char *auth0_file_replace(const char *path,
                                              auth0_span_t bytes, mode_t mode,
                                              apr_pool_t *pool);

/* Set the time of the last change to the present. */
AUTH0_MUST_USE const char *auth0_file_touch(const char *path, apr_pool_t *pool);

/*
 * See to it that a folder exists, belongs to owner and group, has mode 0700
 * and is no symbolic link. One that is not there is made, in a folder that
 * exists and that, for root, nobody else may write to; one that is there must
 * belong to owner already. is_swept: remove what killed processes have left in
 * it.
 */
AUTH0_MUST_USE const char *auth0_file_own_folder(const char *path, uid_t owner,
                                                 gid_t group, bool is_swept,
                                                 apr_pool_t *pool);

#endif
