/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_CERTIFICATE_H
#define AUTH0_CERTIFICATE_H

#include <stdbool.h>

/* Bytes of the SHA-256 of a certificate. */
#define AUTH0_CERTIFICATE_DIGEST 32

/*
 * The SHA-256 of a certificate's DER encoding (RFC 8705 section 3.1), given as
 * PEM. False when the text holds no certificate. The thread's OpenSSL error
 * queue is left as it was found. Thread-safe.
 */
bool auth0_certificate_digest(unsigned char digest[AUTH0_CERTIFICATE_DIGEST],
                              const char *pem);

#endif
