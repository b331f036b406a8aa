/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0CTL_DEV_TOKEN_H
#define AUTH0CTL_DEV_TOKEN_H

#include <apr_tables.h>
#include <apr_time.h>

#include "ctl/auth0ctl_dev_tenant.h"

/* What is asked of a token; NULL leaves a member out or to its default. */
typedef struct auth0ctl_token_t {
    const auth0_alg_t *alg;              /* one that the tenant's key serves */
    const char *typ;                     /* default JWT                      */
    const char *subject;                 /* default: the client@clients      */
    const char *client;                  /* default: the subject's client    */
    const char *scope;                   /* default none                     */
    const apr_array_header_t *audiences; /* one is a string, more an array   */
    const apr_array_header_t *claims;    /* NAME=VALUE, set last; VALUE is   */
                                         /* JSON, or else taken as text      */
    apr_int64_t expires_in;              /* seconds; in the past: negative   */
} auth0ctl_token_t;

/*
 * Make a token in Auth0's default dialect, as issued by the tenant at the
 * time now. Returns NULL with *token allocated from pool, or a sentence that
 * says what is wrong.
 */
const char *auth0ctl_token_make(const char **token,
                                const auth0ctl_token_t *wanted,
                                const auth0ctl_tenant_t *tenant, apr_time_t now,
                                apr_pool_t *pool);

#endif
