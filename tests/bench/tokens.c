/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * Tokens in quantity, and what their signatures cost with OpenSSL alone.
 *
 *   tokens mint   KEY ALG HEADER PAYLOAD FIRST COUNT    prints COUNT tokens
 *   tokens verify KEY ALG COUNT                         reads tokens
 *
 * KEY is a file in PEM: the private key to mint, the public one to verify. In
 * PAYLOAD each # is a digit of a number that counts from FIRST. verify prints
 * the microseconds of processor time for each of COUNT verifications; decoding
 * and reading the key are not part of it. With COUNT 0 it only reads.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define ROOM 16384
#define HALF 32

typedef struct signer_t {
    EVP_PKEY *key;
    bool is_pss;
    bool is_ec;
} signer_t;

typedef struct signed_t {
    char *text;
    size_t text_len;
    unsigned char *signature;
    size_t signature_len;
} signed_t;

static void need(bool is_right, const char *what)
{
    if (!is_right) {
        fprintf(stderr, "tokens: %s\n", what);
        exit(2);
    }
}

static signer_t read_key(const char *file, const char *alg, bool is_private)
{
    signer_t signer = {NULL, alg[0] == 'P', alg[0] == 'E'};
    FILE *in = fopen(file, "r");

    need(in, "no such key");
    signer.key = is_private ? PEM_read_PrivateKey(in, NULL, NULL, NULL)
                            : PEM_read_PUBKEY(in, NULL, NULL, NULL);
    fclose(in);
    need(signer.key, "not a key");
    return signer;
}

/* base64url without padding; returns the length. */
static size_t b64(char *out, const unsigned char *data, size_t len)
{
    size_t n = (size_t)EVP_EncodeBlock((unsigned char *)out, data, (int)len);

    for (; n > 0 && out[n - 1] == '='; n--) {
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    }
    return n;
}

static size_t unb64(unsigned char *out, const char *text, size_t len)
{
    char padded[ROOM];
    size_t n = 0;

    for (; n < len; n++) {
        padded[n] = text[n] == '-' ? '+' : text[n] == '_' ? '/' : text[n];
    }
    while (n % 4) {
        padded[n++] = '=';
    }
    int got = EVP_DecodeBlock(out, (unsigned char *)padded, (int)n);
    need(got > 0, "not base64url");
    return (size_t)got - (n - len);
}

static void begin(EVP_MD_CTX *ctx, const signer_t *signer, bool is_signing)
{
    EVP_PKEY_CTX *how = NULL;
    int (*init)(EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *,
                EVP_PKEY *) =
        is_signing ? EVP_DigestSignInit : EVP_DigestVerifyInit;

    need(init(ctx, &how, EVP_sha256(), NULL, signer->key) == 1, "init");
    if (signer->is_pss) {
        EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST);
    }
}

/* ECDSA's DER to the two halves of RFC 7518 section 3.4. */
static size_t to_halves(unsigned char *signature, size_t len)
{
    const unsigned char *at = signature;
    ECDSA_SIG *both = d2i_ECDSA_SIG(NULL, &at, (long)len);

    BN_bn2binpad(ECDSA_SIG_get0_r(both), signature, HALF);
    BN_bn2binpad(ECDSA_SIG_get0_s(both), signature + HALF, HALF);
    ECDSA_SIG_free(both);
    return 2 * HALF;
}

static size_t to_der(unsigned char *signature)
{
    ECDSA_SIG *both = ECDSA_SIG_new();
    unsigned char *at = signature;

    ECDSA_SIG_set0(both, BN_bin2bn(signature, HALF, NULL),
                   BN_bin2bn(signature + HALF, HALF, NULL));
    int len = i2d_ECDSA_SIG(both, &at);
    ECDSA_SIG_free(both);
    return (size_t)len;
}

static void number(char *out, const char *payload, unsigned long n)
{
    size_t len = strlen(payload);

    memcpy(out, payload, len + 1);
    for (size_t i = len; i-- > 0;) {
        if (out[i] == '#') {
            out[i] = (char)('0' + n % 10);
            n /= 10;
        }
    }
}

static void mint_one(const signer_t *signer, const char *head,
                     const char *payload)
{
    static char text[2 * ROOM];
    static unsigned char signature[ROOM];
    size_t len = b64(text, (const unsigned char *)head, strlen(head));
    size_t signature_len = sizeof(signature);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    text[len++] = '.';
    len += b64(text + len, (const unsigned char *)payload, strlen(payload));
    begin(ctx, signer, true);
    need(EVP_DigestSign(ctx, signature, &signature_len, (unsigned char *)text,
                        len) == 1,
         "sign");
    EVP_MD_CTX_free(ctx);
    if (signer->is_ec) {
        signature_len = to_halves(signature, signature_len);
    }
    text[len++] = '.';
    len += b64(text + len, signature, signature_len);
    printf("%.*s\n", (int)len, text);
}

static void mint(const signer_t *signer, char **argv)
{
    static char payload[ROOM];
    unsigned long first = strtoul(argv[2], NULL, 10);
    unsigned long count = strtoul(argv[3], NULL, 10);

    need(strlen(argv[1]) < ROOM, "too large a payload");
    for (unsigned long n = first; n < first + count; n++) {
        number(payload, argv[1], n);
        mint_one(signer, argv[0], payload);
    }
}

static signed_t cut(const signer_t *signer, char *line)
{
    static unsigned char signature[ROOM];
    signed_t one = {strdup(line), 0, NULL, 0};
    char *dot = strrchr(one.text, '.');

    need(dot, "not a token");
    one.text_len = (size_t)(dot - one.text);
    one.signature_len = unb64(signature, dot + 1, strlen(dot + 1));
    if (signer->is_ec) {
        one.signature_len = to_der(signature);
    }
    one.signature = malloc(one.signature_len);
    memcpy(one.signature, signature, one.signature_len);
    return one;
}

static void verify_one(const signer_t *signer, const signed_t *one)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    begin(ctx, signer, false);
    need(EVP_DigestVerify(ctx, one->signature, one->signature_len,
                          (unsigned char *)one->text, one->text_len) == 1,
         "a bad signature");
    EVP_MD_CTX_free(ctx);
}

static double cpu(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void verify(const signer_t *signer, unsigned long count)
{
    static char line[ROOM];
    static signed_t all[1024];
    size_t have = 0;

    while (have < 1024 && fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        all[have++] = cut(signer, line);
    }
    need(have > 0, "no tokens");
    double begun = cpu();
    for (unsigned long i = 0; i < count; i++) {
        verify_one(signer, &all[i % have]);
    }
    printf("%.3f\n", count ? (cpu() - begun) / (double)count : 0);
}

int main(int argc, char **argv)
{
    bool is_mint = argc == 8 && strcmp(argv[1], "mint") == 0;

    need(is_mint || (argc == 5 && strcmp(argv[1], "verify") == 0),
         "see the head of tokens.c");
    signer_t signer = read_key(argv[2], argv[3], is_mint);
    if (is_mint) {
        mint(&signer, argv + 4);
    }
    else {
        verify(&signer, strtoul(argv[4], NULL, 10));
    }
    return 0;
}
