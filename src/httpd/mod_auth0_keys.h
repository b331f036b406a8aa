/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_KEYS_H
#define MOD_AUTH0_KEYS_H

#include "core/auth0_jwks.h"
#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_source.h"

/*
 * This process's parsed key sets, one per slot of the board. A set is
 * immutable; it is counted, and freed when the last request that uses it is
 * done and a newer edition is in force.
 */
typedef struct mod_auth0_held_t mod_auth0_held_t;

/* In the child, before its threads start; pool lives as long as the child. */
void mod_auth0_keys_start(const mod_auth0_board_t *board, size_t slots,
                          apr_pool_t *pool);

/*
 * Take hold of the set in force for a source; NULL while there is none that
 * may be used. While another thread parses a newer set, the former one is good
 * enough, unless it is the edition that is known to lack what is needed (0:
 * nothing is known). Never touches the network. Thread-safe. Must be given
 * back.
 */
mod_auth0_held_t *mod_auth0_keys_take(const mod_auth0_source_t *source,
                                      uint32_t lacking);

/*
 * The edition that mod_auth0_keys_take would hand out, or a newer one; 0 while
 * there is none that may be used. Never blocks. Thread-safe.
 */
uint32_t mod_auth0_keys_edition_in_force(const mod_auth0_source_t *source);

/* The set that is held, valid until it is given back. */
const auth0_jwks_t *mod_auth0_keys_set(const mod_auth0_held_t *held);

/* Its edition, 0 for NULL. */
uint32_t mod_auth0_keys_edition(const mod_auth0_held_t *held);

/* Give back what was taken; NULL is nothing. Thread-safe. */
void mod_auth0_keys_give(mod_auth0_held_t *held);

#endif
