/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JWEKEY_H
#define AUTH0_JWEKEY_H

#include <apr_pools.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * A private RSA key that encrypted tokens are opened with, immutable: any
 * number of threads may use it at once. It lives as long as the pool that it
 * was made from, and is wiped with it.
 */
typedef struct auth0_jwekey_t auth0_jwekey_t;

/*
 * Read the first private key of a PEM text. kid is the name that headers call
 * it by, empty when it has none; it is borrowed. Demands RSA of 2048 to 8192
 * bits without a passphrase; nobody is ever asked for one. Returns NULL, or a
 * constant sentence to follow the key's place.
 */
AUTH0_MUST_USE const char *auth0_jwekey_parse(auth0_jwekey_t **key,
                                              auth0_span_t pem,
                                              auth0_span_t kid,
                                              apr_pool_t *pool);

auth0_span_t auth0_jwekey_kid(const auth0_jwekey_t *key);

/* Bytes of the modulus, and so of whatever is encrypted to the key. */
size_t auth0_jwekey_bytes(const auth0_jwekey_t *key);

/*
 * The public half as PEM text (SubjectPublicKeyInfo), from pool; NULL when
 * memory is short.
 */
const char *auth0_jwekey_public(const auth0_jwekey_t *key, apr_pool_t *pool);

/* True when both are the same key pair, whatever they are called. */
bool auth0_jwekey_same(const auth0_jwekey_t *a, const auth0_jwekey_t *b);

/*
 * RSAES-OAEP (RFC 8017 section 7.1.2) with digest, an OpenSSL name, for the
 * label and for MGF1. wrapped has exactly auth0_jwekey_bytes. Whatever is wrong
 * with it, or when it does not hold exactly len bytes (at most 64), cek becomes
 * random, and neither the answer nor the time tells (RFC 7516 section 11.5).
 * False when no randomness is to be had, and for nothing else. The caller wipes
 * cek, and looks after the thread's OpenSSL error queue.
 */
AUTH0_MUST_USE bool auth0_jwekey_unwrap(unsigned char *cek, size_t len,
                                        const auth0_jwekey_t *key,
                                        const char *digest,
                                        auth0_span_t wrapped);

#endif
