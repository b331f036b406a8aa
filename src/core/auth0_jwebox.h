/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JWEBOX_H
#define AUTH0_JWEBOX_H

#include <apr_pools.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/* The longest content encryption key, in bytes. */
#define AUTH0_CEK_MAX ((size_t)64)

/*
 * One content encryption of RFC 7518 section 5. The table of these is the
 * allow-list.
 */
typedef struct auth0_jweenc_t {
    const char *name;
    const char *cipher; /* OpenSSL's name of the cipher            */
    const char *digest; /* of the HMAC; NULL: the cipher has a tag */
    size_t cek_len;     /* bytes, and so are these                 */
    size_t iv_len;
    size_t tag_len;
    size_t block; /* the ciphertext is a multiple of this; 1: of any length */
} auth0_jweenc_t;

/* The row of a name, compared whole and with case; NULL when there is none. */
const auth0_jweenc_t *auth0_jweenc_find(auth0_span_t name);

/* For tests, which try all: row number i of the table, NULL past its end. */
const auth0_jweenc_t *auth0_jweenc_at(size_t i);

/* What an encrypted token is made of, its key aside. All bytes are borrowed. */
typedef struct auth0_jwebox_t {
    const auth0_jweenc_t *enc;
    auth0_span_t aad; /* the encoded header as it was received */
    auth0_span_t iv;
    auth0_span_t ciphertext;
    auth0_span_t tag;
} auth0_jwebox_t;

/* True when the parts have the lengths that enc demands; no part is empty. */
bool auth0_jwebox_fits(const auth0_jwebox_t *box);

/*
 * Open a box whose parts fit by a key of enc->cek_len bytes. On true *plaintext
 * is allocated from pool, NUL terminated beyond its length. On false it is
 * empty, whatever was wrong, and nothing that was decrypted is left behind. The
 * caller looks after the thread's OpenSSL error queue.
 */
AUTH0_MUST_USE bool auth0_jwebox_open(auth0_span_t *plaintext,
                                      const auth0_jwebox_t *box,
                                      const unsigned char *cek,
                                      apr_pool_t *pool);

#endif
