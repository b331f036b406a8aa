/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_RESP_H
#define AUTH0_RESP_H

#include <stdint.h>

#include <apr_pools.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * The protocol of Redis, version 2, as far as this module speaks it. Pure, and
 * strict: whatever is not written exactly as it should be is broken.
 */
typedef enum auth0_resp_kind_t {
    AUTH0_RESP_STATUS = 1,  /* text                                  */
    AUTH0_RESP_ERROR = 2,   /* text                                  */
    AUTH0_RESP_INTEGER = 4, /* number                                */
    AUTH0_RESP_TEXT = 8,    /* text, of any bytes                    */
    AUTH0_RESP_NIL = 16,    /* nothing there                         */
    AUTH0_RESP_ARRAY = 32   /* number of items, which come next      */
} auth0_resp_kind_t;

typedef struct auth0_resp_item_t {
    auth0_resp_kind_t kind;
    auth0_span_t text;
    int64_t number;
} auth0_resp_item_t;

typedef enum auth0_resp_found_t {
    AUTH0_RESP_FOUND,
    AUTH0_RESP_MORE, /* it is not all there yet     */
    AUTH0_RESP_BROKEN
} auth0_resp_found_t;

/* More is refused: bytes of a text, of a line, and items of a reply. */
#define AUTH0_RESP_TEXT_MOST 65536
#define AUTH0_RESP_LINE_MOST 512
#define AUTH0_RESP_ITEMS_MOST 8192

/* A command of so many words, none of which is looked into. From pool. */
auth0_span_t auth0_resp_command(const auth0_span_t *words, size_t count,
                                apr_pool_t *pool);

/* The next item of *rest, borrowed from it; *rest moves past it if found. */
auth0_resp_found_t auth0_resp_next(auth0_resp_item_t *item, auth0_span_t *rest);

/* The next whole reply of *rest, with all the items of its arrays. */
auth0_resp_found_t auth0_resp_reply(auth0_span_t *reply, auth0_span_t *rest);

/* The next item of a whole reply, if it is of this kind. */
AUTH0_MUST_USE bool auth0_resp_take(auth0_resp_item_t *item, auth0_span_t *rest,
                                    auth0_resp_kind_t kind);

#endif
