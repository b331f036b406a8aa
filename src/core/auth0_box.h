/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_BOX_H
#define AUTH0_BOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A seqlock: a few words that are read as they were put, all of them or none.
 * All bytes zero is an empty box. It may lie in memory that processes share.
 * One writer at a time, which is for the callers to see to; any number of
 * readers, without a lock. A writer that dies in the middle leaves an empty
 * box.
 */
#define AUTH0_BOX_WORDS 5

typedef struct auth0_box_t {
    _Atomic uint64_t turn; /* odd while the words are being written */
    _Atomic uint64_t words[AUTH0_BOX_WORDS];
} auth0_box_t;

/* Writer: replace what is in it. */
void auth0_box_put(auth0_box_t *box, const uint64_t words[AUTH0_BOX_WORDS]);

/* Reader: what is in it; false when it is empty or remains half written. */
bool auth0_box_get(uint64_t words[AUTH0_BOX_WORDS], const auth0_box_t *box);

#endif
