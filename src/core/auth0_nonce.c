/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_nonce.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/auth0_b64.h"

#define TIME_BYTES 8
#define SIGNED_BYTES (TIME_BYTES + AUTH0_NONCE_RANDOM)
#define MAC_BYTES 16
#define NONCE_BYTES (SIGNED_BYTES + MAC_BYTES)

static void write_time(unsigned char bytes[TIME_BYTES], int64_t seconds)
{
    for (size_t i = 0; i < TIME_BYTES; i++) {
        bytes[i] = (unsigned char)((uint64_t)seconds >> 8 * (7 - i) & 0xff);
    }
}

/* Seconds, or -1 when there are more than any clock tells. */
static int64_t read_time(const unsigned char bytes[TIME_BYTES])
{
    uint64_t seconds = 0;

    for (size_t i = 0; i < TIME_BYTES; i++) {
        seconds = seconds << 8 | bytes[i];
    }
    return seconds > INT64_MAX ? -1 : (int64_t)seconds;
}

/* Puts the MAC behind what it is over. */
static bool sign(unsigned char bytes[NONCE_BYTES],
                 const unsigned char secret[AUTH0_NONCE_SECRET])
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    size_t len = 0;

    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, secret,
                   AUTH0_NONCE_SECRET, bytes, SIGNED_BYTES, mac, sizeof(mac),
                   &len) ||
        len < MAC_BYTES) {
        return false;
    }
    memcpy(bytes + SIGNED_BYTES, mac, MAC_BYTES);
    return true;
}

const char *auth0_nonce_make(const unsigned char secret[AUTH0_NONCE_SECRET],
                             int64_t now,
                             const unsigned char random[AUTH0_NONCE_RANDOM],
                             apr_pool_t *pool)
{
    unsigned char bytes[NONCE_BYTES];

    write_time(bytes, now);
    memcpy(bytes + TIME_BYTES, random, AUTH0_NONCE_RANDOM);
    if (now < 0 || !sign(bytes, secret)) {
        return NULL;
    }
    return auth0_b64url_encode(auth0_span((const char *)bytes, NONCE_BYTES),
                               pool);
}

int64_t auth0_nonce_issued(auth0_span_t nonce,
                           const unsigned char secret[AUTH0_NONCE_SECRET])
{
    unsigned char bytes[NONCE_BYTES];
    unsigned char right[NONCE_BYTES];

    if (!auth0_b64url_decode_into(bytes, NONCE_BYTES, nonce)) {
        return -1;
    }
    memcpy(right, bytes, SIGNED_BYTES);
    if (!sign(right, secret) || CRYPTO_memcmp(bytes, right, NONCE_BYTES) != 0) {
        return -1;
    }
    return read_time(bytes);
}

int64_t auth0_nonce_epoch(auth0_span_t nonce, unsigned seconds)
{
    unsigned char bytes[NONCE_BYTES];

    if (!auth0_b64url_decode_into(bytes, NONCE_BYTES, nonce)) {
        return -1;
    }
    int64_t claimed = read_time(bytes);

    return claimed < 0 ? -1 : claimed / (int64_t)seconds;
}
