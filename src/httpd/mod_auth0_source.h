/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_SOURCE_H
#define MOD_AUTH0_SOURCE_H

#include "core/auth0_keyring.h"
#include "httpd/mod_auth0.h"
#include "net/auth0_fetch.h"

/*
 * Where the keys of one issuer come from, as one directive says it, and by
 * which rules. Made at configuration time; sources that say the same share one
 * slot of the board.
 */
typedef struct mod_auth0_source_t {
    server_rec *server;
    const char *issuer;
    const char *jwks_url; /* NULL: found by discovery */
    const char *file;     /* NULL: fetched            */
    auth0_fetch_how_t how;
    auth0_keyring_rules_t rules;
    const char *state_dir;  /* where fetched keys are kept              */
    const char *state_file; /* the file there, NULL: they are not kept  */
    int needed;             /* some policy verifies with published keys */
    size_t slot;            /* its place on the board                   */
} mod_auth0_source_t;

/* Forget the sources of an earlier configuration; pool is pconf. */
void mod_auth0_sources_reset(apr_pool_t *pool);

/* A new source, remembered until the next reset. */
mod_auth0_source_t *mod_auth0_source_add(apr_pool_t *pool, server_rec *server,
                                         const char *issuer);

/* All sources in the order of their directives. */
const apr_array_header_t *mod_auth0_sources(void);

/*
 * Give every source its slot, equal ones the same; returns how many slots
 * there are. To be called once the configuration is complete; what pool holds
 * is not needed afterwards.
 */
size_t mod_auth0_sources_number(apr_pool_t *pool);

#endif
