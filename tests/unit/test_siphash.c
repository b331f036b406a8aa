/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_siphash.h"

/* The key 00 01 .. 0f of the reference's test vectors. */
static const auth0_siphash_key_t key = {UINT64_C(0x0706050403020100),
                                        UINT64_C(0x0f0e0d0c0b0a0908)};

/* vectors[n] is the hash of the n bytes 00 01 .. */
static const uint64_t vectors[] = {
    UINT64_C(0x726fdb47dd0e0e31), UINT64_C(0x74f839c593dc67fd),
    UINT64_C(0x0d6c8009d9a94f5a), UINT64_C(0x85676696d7fb7e2d),
    UINT64_C(0xcf2794e0277187b7), UINT64_C(0x18765564cd99a68d),
    UINT64_C(0xcbc9466e58fee3ce), UINT64_C(0xab0200f58b01d137),
    UINT64_C(0x93f5f5799a932462), UINT64_C(0x9e0082df0ba9e4b0),
    UINT64_C(0x7a5dbbc594ddb9f3), UINT64_C(0xf4b32f46226bada7),
    UINT64_C(0x751e8fbc860ee5fb), UINT64_C(0x14ea5627c0843d90),
    UINT64_C(0xf723ca908e7af2ee), UINT64_C(0xa129ca6149be45e5),
    UINT64_C(0x3f2acc7f57c29bdb),
};

static void the_reference_gives_the_same(void **state)
{
    char bytes[COUNT(vectors)];

    for (size_t i = 0; i < COUNT(vectors); i++) {
        bytes[i] = (char)i;
    }
    for (size_t i = 0; i < COUNT(vectors); i++) {
        auth0_span_t text = support_copy(auth0_span(bytes, i), *state);
        assert_true(auth0_siphash(key, text) == vectors[i]);
    }
}

static void only_ascii_letters_lose_their_case(void **state)
{
    auth0_span_t upper = support_copy(support_span("ACME[\xc4] 12345"), *state);
    auth0_span_t lower = support_copy(support_span("acme[\xc4] 12345"), *state);
    auth0_span_t other = support_copy(support_span("acme{\xe4} 12345"), *state);

    assert_true(auth0_siphash_nocase(key, upper) == auth0_siphash(key, lower));
    assert_true(auth0_siphash(key, upper) != auth0_siphash(key, lower));
    assert_true(auth0_siphash_nocase(key, other) != auth0_siphash(key, lower));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(the_reference_gives_the_same),
        SUPPORT_TEST(only_ascii_letters_lose_their_case),
    };
    return SUPPORT_RUN(tests);
}
