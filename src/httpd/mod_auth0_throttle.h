/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_THROTTLE_H
#define MOD_AUTH0_THROTTLE_H

#include <stdbool.h>

#include "core/auth0_reason.h"
#include "httpd/mod_auth0.h"

/*
 * Lines that clients can cause at will: one a second and kind is written, by
 * all processes together, so that nobody can fill a disk, or bury what matters.
 * Each reason is a kind, and these are more.
 */
enum {
    MOD_AUTH0_LINE_OF_EXPORT = AUTH0_REASON_COUNT,
    MOD_AUTH0_LINE_OF_EXPRESSION,
    MOD_AUTH0_LINE_OF_AUTHZ_CORE,
    MOD_AUTH0_LINE_COUNT
};

/* In post_config: make what the processes share, those of a restart, too. */
AUTH0_MUST_USE apr_status_t
mod_auth0_throttle_prepare(const server_rec *server);

/*
 * At which level a line of this kind is to be written: at level, or, when there
 * was one in this second, at APLOG_DEBUG. *more ends the line: how many were
 * left out before it, from the request's pool, or "". Where the log is of level
 * debug, every line is written.
 */
int mod_auth0_throttle(const char **more, const request_rec *r, int kind,
                       int level);

/* True when another module's line of this kind is within the limit. */
bool mod_auth0_throttle_is_open(const request_rec *r, int kind);

/*
 * Count such a line, written or left out, and tell how many were left out
 * before it.
 */
void mod_auth0_throttle_note(const request_rec *r, int kind, bool is_written);

/* Tell what was left out where no line has come since. For one process. */
void mod_auth0_throttle_tell(void);

#endif
