/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SIPHASH_H
#define AUTH0_SIPHASH_H

#include <stdint.h>

#include "core/auth0_span.h"

/* Chosen at random, so that nobody can make texts that share a hash. */
typedef struct auth0_siphash_key_t {
    uint64_t k0;
    uint64_t k1;
} auth0_siphash_key_t;

/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a quick keyed hash for tables.
 * Not for signatures. auth0_siphash_nocase is the hash of the text with its
 * ASCII letters in lower case. Pure.
 */
uint64_t auth0_siphash(auth0_siphash_key_t key, auth0_span_t text);
uint64_t auth0_siphash_nocase(auth0_siphash_key_t key, auth0_span_t text);

#endif
