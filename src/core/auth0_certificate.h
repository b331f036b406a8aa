/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_CERTIFICATE_H
#define AUTH0_CERTIFICATE_H

#include "core/auth0_sha256.h"

/*
 * The SHA-256 of a certificate's DER encoding (RFC 8705 section 3.1), given as
 * PEM by who has verified that the peer holds its key. False when the first
 * block of the text is no certificate by its label; what is in it is not read.
 * The thread's OpenSSL error queue is left as it was found. Thread-safe.
 */
bool auth0_certificate_digest(unsigned char digest[AUTH0_SHA256_BYTES],
                              const char *pem);

#endif
