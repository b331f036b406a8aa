/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_BOARD_H
#define MOD_AUTH0_BOARD_H

#include <stdint.h>

#include "core/auth0_keyring.h"
#include "core/auth0_span.h"
#include "httpd/mod_auth0.h"

/* The largest key set document that is taken, in bytes. */
#define MOD_AUTH0_DOCUMENT_MAX ((size_t)262144)

/* The longest URL that discovery may find, with its NUL, in bytes. */
#define MOD_AUTH0_URL_MAX ((size_t)1024)

/*
 * A notice board in shared memory, one slot for each source: the key set
 * document, its keyring, and where discovery has found it. One process at a
 * time writes documents and URLs, any reads them without a lock; nothing that
 * a process leaves half done when it dies is ever seen by another. The memory
 * is anonymous and inherited over fork.
 */
typedef struct mod_auth0_board_t mod_auth0_board_t;

/* A board with slots, released with pool. NULL when memory is refused. */
mod_auth0_board_t *mod_auth0_board_make(size_t slots, apr_pool_t *pool);

/* The keyring of a slot; it has to be started before use. */
auth0_keyring_t *mod_auth0_board_ring(const mod_auth0_board_t *board,
                                      size_t slot);

/* Which edition hangs in a slot; 0 while there is none. Never blocks. */
uint32_t mod_auth0_board_edition(const mod_auth0_board_t *board, size_t slot);

/*
 * Pin a document of at most MOD_AUTH0_DOCUMENT_MAX bytes. The caller sees to
 * it that there is only one writer at a time.
 */
void mod_auth0_board_write(mod_auth0_board_t *board, size_t slot,
                           auth0_span_t document);

/*
 * Copy the document into pool and tell its edition; 0 when there is none.
 * Never blocks.
 */
uint32_t mod_auth0_board_read(auth0_span_t *document,
                              const mod_auth0_board_t *board, size_t slot,
                              apr_pool_t *pool);

/* What the refreshing process notes of a slot, for itself and its heirs. */
typedef struct mod_auth0_note_t {
    _Atomic uint32_t url_len; /* 0: not known                            */
    char url[MOD_AUTH0_URL_MAX];
    _Atomic int64_t searched; /* when discovery began last, microseconds  */
    _Atomic bool is_lost;     /* it was told that discovery fails         */
    _Atomic bool is_stale;    /* it was told that keys no longer serve    */
    _Atomic bool is_unkept;   /* it was told that keys cannot be kept     */
    _Atomic uint32_t kept;    /* the edition that is kept across restarts */
} mod_auth0_note_t;

mod_auth0_note_t *mod_auth0_board_note(const mod_auth0_board_t *board,
                                       size_t slot);

/* The URL that was discovered, copied into pool; NULL while unknown. */
const char *mod_auth0_board_url(const mod_auth0_board_t *board, size_t slot,
                                apr_pool_t *pool);

/* Note a URL shorter than MOD_AUTH0_URL_MAX. */
void mod_auth0_board_set_url(mod_auth0_board_t *board, size_t slot,
                             const char *url);

#endif
