/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <openssl/evp.h>

#include "core/auth0_fingerprint.h"

typedef struct print_row_t {
    const char *token;
    size_t len;
    const char *want;
} print_row_t;

/* By sha256sum. */
static const print_row_t rows[] = {
    {"abc", 3, "ba7816bf"},
    {"a", 1, "ca978112"},
    {"\0", 1, "6e340b9c"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
     "248d6a61"},
};

static void eight_hex_digits_of_sha256(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char hash[EVP_MAX_MD_SIZE];
        size_t len;

        assert_int_equal(EVP_Q_digest(NULL, "SHA256", NULL, rows[i].token,
                                      rows[i].len, hash, &len),
                         1);
        bad += support_text(rows[i].want, auth0_fingerprint(hash, *state),
                            rows[i].want);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(eight_hex_digits_of_sha256),
    };
    return SUPPORT_RUN(tests);
}
