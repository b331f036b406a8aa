/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_DENY_H
#define AUTH0_DENY_H

#include "core/auth0_claims.h"
#include "core/auth0_siphash.h"

/*
 * A deny list: which tokens are refused although they are good. Its text is
 * turned into an image, a block of memory without pointers that processes may
 * share, and that is asked for each request. Pure.
 */

/* The longest text of a list, in bytes. */
#define AUTH0_DENY_TEXT_MAX ((size_t)1 << 30)

/* What a text comes to; line is where it is at fault, counted from 1. */
typedef struct auth0_deny_plan_t {
    size_t entries;
    size_t bytes; /* room that its image needs */
    size_t line;
} auth0_deny_plan_t;

/*
 * Read a text of at most AUTH0_DENY_TEXT_MAX bytes, one auth0_denyline_t a
 * line. It is good as a whole or refused: returns NULL with *plan, or a
 * constant sentence to follow the number of the line at fault.
 */
AUTH0_MUST_USE const char *auth0_deny_plan(auth0_deny_plan_t *plan,
                                           auth0_span_t text);

/*
 * Write the image of the very text that was planned into plan->bytes of
 * memory, aligned for a uint64_t. key is random. The text is not needed
 * afterwards. Time grows with the text and nothing else.
 */
void auth0_deny_build(void *image, const auth0_deny_plan_t *plan,
                      auth0_span_t text, auth0_siphash_key_t key);

/*
 * Ask an image in a block of room bytes for the claims of a verified token at
 * the time now (wall clock, microseconds since 1970): AUTH0_OK, or the first
 * reason of the stage deny. All entries for a value count. Bytes that are no
 * image, or are rewritten meanwhile, give some reason of that stage, or
 * AUTH0_OK, and no access outside of the block. Thread-safe.
 */
AUTH0_MUST_USE auth0_reason_t auth0_deny_check(const void *image, size_t room,
                                               const auth0_claims_t *claims,
                                               apr_time_t now);

#endif
