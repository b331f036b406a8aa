/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SHA256_H
#define AUTH0_SHA256_H

#include <stdbool.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

#define AUTH0_SHA256_BYTES 32

/*
 * SHA-256, FIPS 180-4, of count parts as if they were one text. It allocates
 * nothing. False when OpenSSL fails: digest is of no use then. Thread-safe.
 */
AUTH0_MUST_USE bool auth0_sha256(unsigned char digest[AUTH0_SHA256_BYTES],
                                 const auth0_span_t *parts, size_t count);

#endif
