/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_keyfile.h"

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_count.h"
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

/* The first line, NULL where OpenSSL cannot make a checksum of the others. */
static const char *headline(const auth0_span_t *parts, size_t count,
                            apr_pool_t *pool)
{
    const char *sum = checksum(parts, count, pool);

    return sum ? apr_pstrcat(pool, MAGIC, sum, NULL) : NULL;
}

auth0_span_t auth0_keyfile_text(const auth0_keyfile_t *file, apr_pool_t *pool)
{
    auth0_span_t newline = auth0_span_cstr("\n");
    auth0_span_t texts[] = {{"", 0},        newline, file->issuer,  newline,
                            file->jwks_url, newline, file->document};

    /* Behind it and its newline come the others. */
    texts[0] =
        auth0_span_cstr(headline(texts + 2, AUTH0_COUNT(texts) - 2, pool));
    return joined(texts, AUTH0_COUNT(texts), pool);
}

const char *auth0_keyfile_read(auth0_keyfile_t *file, auth0_span_t text,
                               apr_pool_t *pool)
{
    auth0_span_t rest = text;
    auth0_span_t head;

    *file = (auth0_keyfile_t){{"", 0}, {"", 0}, {"", 0}};
    bool has_head = auth0_span_cut(&head, &rest, '\n');
    const char *wanted = has_head ? headline(&rest, 1, pool) : NULL;

    if (!wanted || !auth0_span_is(head, wanted)) {
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
