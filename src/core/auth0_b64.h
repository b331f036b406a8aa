/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_B64_H
#define AUTH0_B64_H

#include <apr_pools.h>

#include "core/auth0_span.h"

/*
 * RFC 4648 section 5 without padding, and canonical: no white space, no '=',
 * no length of 1 modulo 4, unused trailing bits zero. One value therefore has
 * exactly one text. The empty text is valid.
 */
bool auth0_b64url_valid(auth0_span_t text);

/* The number of bytes that a valid text stands for. */
size_t auth0_b64url_decoded_len(auth0_span_t text);

/*
 * Decode text into *out, allocated from pool and NUL terminated beyond its
 * length. False, with *out empty, when text is not valid.
 */
bool auth0_b64url_decode(auth0_span_t *out, auth0_span_t text,
                         apr_pool_t *pool);

/*
 * The same without a pool, for texts of a known size: into the len bytes at
 * out. False, with nothing written, when text does not stand for exactly len.
 */
bool auth0_b64url_decode_into(unsigned char *out, size_t len,
                              auth0_span_t text);

/* Encode bytes; the NUL terminated result is allocated from pool. */
const char *auth0_b64url_encode(auth0_span_t bytes, apr_pool_t *pool);

#endif
