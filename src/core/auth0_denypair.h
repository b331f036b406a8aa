/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_DENYPAIR_H
#define AUTH0_DENYPAIR_H

#include <stdatomic.h>

#include "core/auth0_deny.h"

/*
 * A double buffer: two images of a deny list, one in force and one to write the
 * next into. A state machine without a clock or a lock, to lie in shared
 * memory. There is one writer at a time, and readers never wait for it; one
 * that dies leaves the image in force untouched.
 */
typedef struct auth0_denypair_t {
    _Atomic uint64_t begun; /* the last version that was begun to be written */
    _Atomic uint64_t done;  /* the version in force; 0: none yet             */
    size_t room;            /* of each image, in bytes                       */
} auth0_denypair_t;

/* Bytes of a pair whose images have so much room each. */
size_t auth0_denypair_bytes(size_t room);

/* A pair without a list, in zeroed memory aligned for a uint64_t. */
void auth0_denypair_start(auth0_denypair_t *pair, size_t room);

/*
 * For the one writer: begin the next version. Returns where its image goes:
 * the room that the pair was started with, in bytes, inside the pair, aligned
 * for a uint64_t. Readers go on with the version in force.
 */
void *auth0_denypair_begin(auth0_denypair_t *pair);

/* For the same writer: put in force what was begun, for all who read then. */
void auth0_denypair_end(auth0_denypair_t *pair);

/*
 * auth0_deny_check by the version in force. AUTH0_DENY_UNAVAILABLE while there
 * is none, or when writers were quicker each time. Thread-safe.
 */
AUTH0_MUST_USE auth0_reason_t auth0_denypair_check(const auth0_denypair_t *pair,
                                                   const auth0_claims_t *claims,
                                                   apr_time_t now);

#endif
