/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_TASK_H
#define MOD_AUTH0_TASK_H

#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_source.h"
#include "net/auth0_fetch.h"
#include "net/auth0_file.h"

/*
 * Keeping one slot of the board up to date. For one thread of one process;
 * what its heir has to know is on the board.
 */
typedef struct mod_auth0_task_t {
    const mod_auth0_source_t *source;
    mod_auth0_board_t *board;
    apr_pool_t *pool;         /* of the attempt under way, else NULL        */
    bool is_discovering;      /* what is fetched is the discovery document  */
    bool has_searched;        /* this attempt began with that document      */
    const char *lost;         /* what was wrong with it; NULL: nothing      */
    auth0_file_stamp_t stamp; /* of the file that was read last             */
} mod_auth0_task_t;

/*
 * In post_config: start the ring of the slot, first due then (monotonic
 * microseconds), and pin what is at hand: the file, or the keys of an earlier
 * run. Returns NULL, or a sentence when a file has no good keys.
 */
AUTH0_MUST_USE const char *mod_auth0_task_start(mod_auth0_task_t *task,
                                                int64_t due, apr_pool_t *ptemp);

/* True when it is time for the next attempt, and none is under way. */
bool mod_auth0_task_is_due(const mod_auth0_task_t *task, int64_t now);

/* Begin an attempt, in a subpool of pool; a file is read at once. */
void mod_auth0_task_begin(mod_auth0_task_t *task, auth0_fetcher_t *fetcher,
                          apr_pool_t *pool);

/* Go on with an attempt, one of whose fetches has ended. */
void mod_auth0_task_go_on(mod_auth0_task_t *task,
                          const auth0_fetched_t *fetched,
                          auth0_fetcher_t *fetcher);

/* Log once when the keys have become too old to serve. */
void mod_auth0_task_look_at_age(mod_auth0_task_t *task, int64_t now);

#endif
