/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_roca.h"

#include <stddef.h>

#include <openssl/bn.h>

#include "core/auth0_count.h"

/*
 * The faulty generator makes primes that are powers of 65537 modulo each
 * small prime, so the modulus is one too. Primes whose whole group 65537
 * generates say nothing and merely cost a division.
 */
static const unsigned primes[] = {
    3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
    47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

static bool is_power_of_65537(unsigned long residue, unsigned prime)
{
    unsigned long power = 1;

    for (unsigned i = 0; i < prime; i++) {
        if (power == residue) {
            return true;
        }
        power = power * (65537 % prime) % prime;
    }
    return false;
}

bool auth0_roca_fingerprint(const BIGNUM *modulus)
{
    for (size_t i = 0; i < AUTH0_COUNT(primes); i++) {
        BN_ULONG residue = BN_mod_word(modulus, primes[i]);
        if (!is_power_of_65537(residue, primes[i])) {
            return false;
        }
    }
    return true;
}
