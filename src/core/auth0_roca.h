/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_ROCA_H
#define AUTH0_ROCA_H

#include <stdbool.h>

struct bignum_st;

/*
 * True when an RSA modulus bears the fingerprint of the faulty key generation
 * of CVE-2017-15361: such keys can be factored. Pure.
 */
bool auth0_roca_fingerprint(const struct bignum_st *modulus);

#endif
