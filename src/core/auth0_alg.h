/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_ALG_H
#define AUTH0_ALG_H

#include "core/auth0_span.h"

typedef enum auth0_kty_t {
    AUTH0_KTY_RSA,
    AUTH0_KTY_EC,
    AUTH0_KTY_OCT
} auth0_kty_t;

/*
 * One signature algorithm of RFC 7518 section 3.1. The table of these is the
 * allow-list: what has no row ("none" above all) cannot be asked for.
 */
typedef struct auth0_alg_t {
    const char *name;
    auth0_kty_t kty;
    const char *curve;    /* RFC 7518 section 6.2.1.1 name, NULL unless EC  */
    const char *digest;   /* OpenSSL's name of the hash                     */
    size_t min_key_bytes; /* of a symmetric secret, 0 otherwise             */
    size_t signature_len; /* bytes; 0: as long as the RSA modulus           */
    unsigned bit;         /* the algorithm's place in a policy's mask       */
} auth0_alg_t;

/* The row of a name, compared whole and with case; NULL when there is none. */
const auth0_alg_t *auth0_alg_find(auth0_span_t name);

/* Masks of all symmetric (HS*) and of all other algorithms. */
unsigned auth0_alg_symmetric(void);
unsigned auth0_alg_asymmetric(void);

/* Row number i of the table, NULL past its end. */
const auth0_alg_t *auth0_alg_at(size_t i);

#endif
