/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_keyfile.h"

#include <apr_strings.h>
#include <openssl/evp.h>

#include "core/auth0_ascii.h"

#define MAGIC "mod_auth0 keys 1 "
#define SHA256_BYTES 32
#define NAME_DIGITS 40

static const char *to_hex(const unsigned char *hash, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, 2 * SHA256_BYTES + 1);

    auth0_ascii_to_hex(text, hash, SHA256_BYTES);
    return text;
}

/* Hexadecimal SHA-256, NULL where OpenSSL cannot. */
static const char *checksum(auth0_span_t bytes, apr_pool_t *pool)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    size_t len;

    return EVP_Q_digest(NULL, "SHA256", NULL, bytes.ptr, bytes.len, hash, &len)
               ? to_hex(hash, pool)
               : NULL;
}

static auth0_span_t joined(const auth0_span_t *parts, size_t count,
                           apr_pool_t *pool)
{
    struct iovec pieces[8];
    apr_size_t len;

    for (size_t i = 0; i < count; i++) {
        pieces[i].iov_base = (void *)(uintptr_t)parts[i].ptr;
        pieces[i].iov_len = parts[i].len;
    }
    const char *text = apr_pstrcatv(pool, pieces, count, &len);

    return auth0_span(text, len);
}

auth0_span_t auth0_keyfile_text(const auth0_keyfile_t *file, apr_pool_t *pool)
{
    auth0_span_t newline = auth0_span_cstr("\n");
    auth0_span_t body[] = {file->issuer, newline, file->jwks_url, newline,
                           file->document};
    auth0_span_t rest = joined(body, 5, pool);
    auth0_span_t whole[] = {auth0_span_cstr(MAGIC),
                            auth0_span_cstr(checksum(rest, pool)), newline,
                            rest};

    return joined(whole, 4, pool);
}

const char *auth0_keyfile_read(auth0_keyfile_t *file, auth0_span_t text,
                               apr_pool_t *pool)
{
    auth0_span_t rest = text;
    auth0_span_t head;

    *file = (auth0_keyfile_t){{"", 0}, {"", 0}, {"", 0}};
    if (!auth0_span_cut(&head, &rest, '\n') ||
        !auth0_span_is(head,
                       apr_pstrcat(pool, MAGIC, checksum(rest, pool), NULL))) {
        return "is not as it was written";
    }
    if (!auth0_span_cut(&file->issuer, &rest, '\n') ||
        !auth0_span_cut(&file->jwks_url, &rest, '\n')) {
        return "lacks a line";
    }
    file->document = rest;
    return NULL;
}

/* Each part with its length in front, so that no two lists look alike. */
static bool digest_part(EVP_MD_CTX *context, const char *part, apr_pool_t *pool)
{
    auth0_span_t text = auth0_span_cstr(part);
    const char *head =
        part ? apr_psprintf(pool, "%" APR_SIZE_T_FMT ":", text.len) : "-";

    return EVP_DigestUpdate(context, head, strlen(head)) &&
           EVP_DigestUpdate(context, text.ptr, text.len);
}

static bool digest_parts(unsigned char *hash, const char *const *parts,
                         size_t count, apr_pool_t *pool)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);

    for (size_t i = 0; is_good && i < count; i++) {
        is_good = digest_part(context, parts[i], pool);
    }
    is_good = is_good && EVP_DigestFinal_ex(context, hash, NULL);
    EVP_MD_CTX_free(context);
    return is_good;
}

const char *auth0_keyfile_name(const char *const *parts, size_t count,
                               apr_pool_t *pool)
{
    unsigned char hash[EVP_MAX_MD_SIZE];

    return digest_parts(hash, parts, count, pool)
               ? apr_psprintf(pool, "%.*s.keys", NAME_DIGITS,
                              to_hex(hash, pool))
               : NULL;
}
