/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_keyfile.h"

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_sha256.h"

#define MAGIC "mod_auth0 keys 1 "
#define NAME_DIGITS 40

/* Hexadecimal SHA-256, NULL where OpenSSL cannot. */
static const char *checksum(const auth0_span_t *parts, size_t count,
                            apr_pool_t *pool)
{
    unsigned char hash[AUTH0_SHA256_BYTES];
    char *text = apr_palloc(pool, 2 * sizeof(hash) + 1);

    if (!auth0_sha256(hash, parts, count)) {
        return NULL;
    }
    auth0_ascii_to_hex(text, hash, sizeof(hash));
    return text;
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
                            auth0_span_cstr(checksum(&rest, 1, pool)), newline,
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
        !auth0_span_is(
            head, apr_pstrcat(pool, MAGIC, checksum(&rest, 1, pool), NULL))) {
        return "is not as it was written";
    }
    if (!auth0_span_cut(&file->issuer, &rest, '\n') ||
        !auth0_span_cut(&file->jwks_url, &rest, '\n')) {
        return "lacks a line";
    }
    file->document = rest;
    return NULL;
}

/* Parts are hashed where they lie: a bundle of certificates may be one. */
const char *auth0_keyfile_name(const char *const *parts, size_t count,
                               apr_pool_t *pool)
{
    auth0_span_t *texts = apr_palloc(pool, 2 * count * sizeof(*texts));

    for (size_t i = 0; i < count; i++) {
        auth0_span_t text = auth0_span_cstr(parts[i]);
        /* Each with its length in front, so that no two lists look alike. */
        const char *head =
            parts[i] ? apr_psprintf(pool, "%" APR_SIZE_T_FMT ":", text.len)
                     : "-";
        texts[2 * i] = auth0_span_cstr(head);
        texts[2 * i + 1] = text;
    }
    const char *hash = checksum(texts, 2 * count, pool);

    return hash ? apr_psprintf(pool, "%.*s.keys", NAME_DIGITS, hash) : NULL;
}
