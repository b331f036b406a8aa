#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Print roca_modulus.h: an RSA modulus with the ROCA fingerprint.

The primes have the form that CVE-2017-15361 is about, k*M + (65537^a mod M)
with M the product of the first 126 primes, which is what affected devices used
for keys of 2048 bits. The seed is fixed, so the output is, too.
"""
import base64
import random

BITS = 1024


def first_primes(count):
    found = []
    candidate = 2
    while len(found) < count:
        if all(candidate % p for p in found):
            found.append(candidate)
        candidate += 1
    return found


def probably_prime(n, rng):
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for _ in range(40):
        x = pow(rng.randrange(2, n - 1), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def roca_prime(primorial, rng):
    low = (3 << (BITS - 2)) // primorial + 1
    high = (1 << BITS) // primorial - 1
    while True:
        k = rng.randrange(low, high)
        p = k * primorial + pow(65537, rng.getrandbits(64), primorial)
        if p.bit_length() == BITS and probably_prime(p, rng):
            return p


def main():
    rng = random.Random(15361)
    primorial = 1
    for p in first_primes(126):
        primorial *= p
    n = roca_prime(primorial, rng) * roca_prime(primorial, rng)
    assert n.bit_length() == 2 * BITS
    text = base64.urlsafe_b64encode(n.to_bytes(2 * BITS // 8, "big"))
    text = text.rstrip(b"=").decode()
    print("/* Licensed under the Apache License, Version 2.0; "
          "see LICENSE. */")
    print("/* Made by make_roca.py. */\n/* clang-format off */")
    print("#ifndef ROCA_MODULUS_H\n#define ROCA_MODULUS_H\n")
    print("#define ROCA_MODULUS \\")
    lines = [text[i:i + 70] for i in range(0, len(text), 70)]
    print(" \\\n".join('    "%s"' % line for line in lines))
    print("\n#endif")


if __name__ == "__main__":
    main()
