/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_MARKS_H
#define AUTH0_MARKS_H

#include <stdint.h>

#include "core/auth0_must_use.h"
#include "core/auth0_sha256.h"
#include "core/auth0_span.h"

/*
 * A table of marks, each of which is forgotten at a time of its own. It may
 * lie in memory that processes share. One writer at a time, which is for the
 * callers to see to; any number of readers, without a lock. A writer that dies
 * in the middle leaves nothing half done to be seen. A mark is never pushed
 * out before its time: a table that is full says so.
 *
 * Times are seconds of wall clock since 1970.
 */
typedef struct auth0_marks_t auth0_marks_t;

/*
 * What a mark is about: kinds share a table and never meet. Servers of a fleet
 * know them by their numbers, which are never given to another one.
 */
typedef enum auth0_mark_kind_t {
    AUTH0_MARK_LOGOUT = 1,          /* a logout token, by its jti            */
    AUTH0_MARK_SID = 2,             /* an ended session                      */
    AUTH0_MARK_SUB = 3,             /* a user, with all tokens               */
    AUTH0_MARK_SUB_SESSIONLESS = 4, /* a user, with tokens without a sid     */
    AUTH0_MARK_PROOF = 5 /* a DPoP proof, by its jti and its key's thumbprint,
                            which stands for the issuer                      */
} auth0_mark_kind_t;

/* The issuer and the claim's value, byte for byte. */
typedef struct auth0_mark_name_t {
    auth0_mark_kind_t kind;
    auth0_span_t issuer;
    auth0_span_t value;
} auth0_mark_name_t;

/*
 * The SHA-256 of a name behind a head, which has to tell kinds apart, and where
 * the issuer ends. False when OpenSSL fails.
 */
AUTH0_MUST_USE bool auth0_mark_digest(unsigned char digest[AUTH0_SHA256_BYTES],
                                      auth0_span_t head,
                                      const auth0_mark_name_t *name);

/* The name in 128 bits of SHA-256. */
typedef struct auth0_mark_key_t {
    uint64_t words[2];
} auth0_mark_key_t;

typedef struct auth0_mark_terms_t {
    int64_t before; /* only tokens issued then or earlier; INT64_MAX: all */
    int64_t until;  /* forgotten from then on                             */
} auth0_mark_terms_t;

typedef enum auth0_mark_said_t {
    AUTH0_MARK_NEW,    /* it is there now                        */
    AUTH0_MARK_KNOWN,  /* it was there already                   */
    AUTH0_MARK_REFUSED /* no room, or the store is out of reach  */
} auth0_mark_said_t;

/* How many random bytes a table needs to be made. */
#define AUTH0_MARKS_SALT 16

/* Bytes for a table with room for so many marks, a power of two and at least
 * 16. */
size_t auth0_marks_size(size_t marks);

/*
 * A table in memory of that size, which must be aligned to 64 bytes and all
 * zeros; it is not touched where no mark is. salt is AUTH0_MARKS_SALT bytes
 * that nobody can guess, so that nobody can choose values that crowd.
 */
auth0_marks_t *auth0_marks_make(void *memory, size_t marks,
                                const unsigned char *salt);

/* The key of a name in this table; false when OpenSSL fails. */
AUTH0_MUST_USE bool auth0_marks_key(auth0_mark_key_t *key,
                                    const auth0_marks_t *marks,
                                    const auth0_mark_name_t *name);

/* Writer: leave a mark, unless it is there already. */
AUTH0_MUST_USE auth0_mark_said_t auth0_marks_add(auth0_marks_t *marks,
                                                 auth0_mark_key_t key,
                                                 auth0_mark_terms_t terms,
                                                 int64_t now);

/*
 * Writer: the same for what any client can have as many of as it likes. It is
 * refused before there is no room for others.
 */
AUTH0_MUST_USE auth0_mark_said_t
auth0_marks_add_modestly(auth0_marks_t *marks, auth0_mark_key_t key,
                         auth0_mark_terms_t terms, int64_t now);

/*
 * Writer: leave a mark that denies tokens. If it is there already, the later
 * of both terms count. Never AUTH0_MARK_KNOWN when that changes anything.
 */
AUTH0_MUST_USE auth0_mark_said_t auth0_marks_deny(auth0_marks_t *marks,
                                                  auth0_mark_key_t key,
                                                  auth0_mark_terms_t terms,
                                                  int64_t now);

/* Reader: false when certainly no mark denies anything. One atomic read. */
bool auth0_marks_is_denying(const auth0_marks_t *marks, int64_t now);

/* Reader: true, with its terms, when the mark is there. */
bool auth0_marks_terms(auth0_mark_terms_t *terms, const auth0_marks_t *marks,
                       auth0_mark_key_t key, int64_t now);

/* Reader: the same for the terms' before alone. */
bool auth0_marks_find(int64_t *before, const auth0_marks_t *marks,
                      auth0_mark_key_t key, int64_t now);

#endif
