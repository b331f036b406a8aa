/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_BOARD_H
#define MOD_AUTH0_BOARD_H

#include <stdint.h>

#include "core/auth0_span.h"
#include "httpd/mod_auth0.h"

/* The largest key set document that is taken, in bytes. */
#define MOD_AUTH0_DOCUMENT_MAX ((size_t)262144)

/*
 * A notice board in shared memory: one writer at a time pins a document to a
 * slot, any process reads it without a lock, so that no dead process can
 * block another. The memory is anonymous and inherited over fork.
 */
typedef struct mod_auth0_board_t mod_auth0_board_t;

/* A board with slots, released with pool. NULL when memory is refused. */
mod_auth0_board_t *mod_auth0_board_make(size_t slots, apr_pool_t *pool);

/* Which edition hangs in a slot; 0 while there is none. Never blocks. */
uint32_t mod_auth0_board_edition(const mod_auth0_board_t *board, size_t slot);

/*
 * Pin a document of at most MOD_AUTH0_DOCUMENT_MAX bytes. The caller sees to
 * it that there is only one writer at a time.
 */
void mod_auth0_board_write(mod_auth0_board_t *board, size_t slot,
                           auth0_span_t document);

/*
 * Copy the document into pool and tell its edition; 0 when there is none or
 * when it was being changed. Never blocks.
 */
uint32_t mod_auth0_board_read(auth0_span_t *document,
                              const mod_auth0_board_t *board, size_t slot,
                              apr_pool_t *pool);

#endif
