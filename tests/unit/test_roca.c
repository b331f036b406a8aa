/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <openssl/bn.h>

#include "core/auth0_b64.h"
#include "core/auth0_roca.h"
#include "vectors/roca_modulus.h"

static BIGNUM *number(auth0_span_t bytes)
{
    BIGNUM *n =
        BN_bin2bn((const unsigned char *)bytes.ptr, (int)bytes.len, NULL);
    assert_non_null(n);
    return n;
}

static void the_faulty_generator_is_recognised(void **state)
{
    auth0_span_t bytes;
    assert_true(
        auth0_b64url_decode(&bytes, support_span(ROCA_MODULUS), *state));
    BIGNUM *n = number(bytes);
    assert_int_equal(BN_num_bits(n), 2048);
    assert_true(auth0_roca_fingerprint(n));
    BN_free(n);
}

/* Two more than the modulus, and it is no product of such primes any more. */
static void its_neighbours_are_not(void **state)
{
    auth0_span_t bytes;
    assert_true(
        auth0_b64url_decode(&bytes, support_span(ROCA_MODULUS), *state));
    BIGNUM *n = number(bytes);
    for (unsigned i = 0; i < 50; i++) {
        assert_true(BN_add_word(n, 2));
        assert_false(auth0_roca_fingerprint(n));
    }
    BN_free(n);
}

static void good_keys_are_not_suspected(void **state)
{
    static const support_key_t keys[] = {SUPPORT_RSA, SUPPORT_RSA_OTHER};
    for (size_t i = 0; i < COUNT(keys); i++) {
        BIGNUM *n = number(support_number(keys[i], "n", *state));
        assert_false(auth0_roca_fingerprint(n));
        BN_free(n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_faulty_generator_is_recognised),
        SUPPORT_TEST(its_neighbours_are_not),
        SUPPORT_TEST(good_keys_are_not_suspected),
    };
    return SUPPORT_RUN(tests);
}
