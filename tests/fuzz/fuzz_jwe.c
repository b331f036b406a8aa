/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <apr_strings.h>

#include "core/auth0_b64.h"
#include "core/auth0_jwe.h"
#include "core/auth0_jwebox.h"
#include "known_jwe.h"

static bool is_known(auth0_span_t token)
{
    for (size_t i = 0; i < sizeof(known_jwes) / sizeof(known_jwes[0]); i++) {
        if (auth0_span_is(token, known_jwes[i])) {
            return true;
        }
    }
    return false;
}

static const auth0_jwekey_t *known_key(apr_pool_t *pool)
{
    auth0_jwekey_t *key;
    HOLDS(auth0_jwekey_parse(&key, auth0_span_cstr(known_jwe_key),
                             auth0_span("", 0), pool) == NULL);
    return key;
}

/* Exactly the known tokens can be opened; what comes out is always a JWS. */
static void pass(auth0_span_t token, const auth0_policy_t *policy,
                 apr_pool_t *pool)
{
    auth0_compact_t compact;
    auth0_compact_t inner;
    auth0_span_t jws;
    if (auth0_compact_cut(&compact, token) != AUTH0_OK ||
        compact.count != AUTH0_COMPACT_JWE) {
        return;
    }
    auth0_reason_t reason = auth0_jwe_open(&jws, &compact, policy, pool);
    HOLDS((reason == AUTH0_OK) == is_known(token));
    HOLDS(reason == AUTH0_OK || jws.len == 0);
    HOLDS(
        reason == AUTH0_OK || reason == AUTH0_TOKEN_OPAQUE ||
        (reason >= AUTH0_DECRYPT_MALFORMED && reason <= AUTH0_DECRYPT_NOT_JWS));
    HOLDS(reason != AUTH0_OK || (auth0_compact_cut(&inner, jws) == AUTH0_OK &&
                                 inner.count == AUTH0_COMPACT_JWS));
}

/* A box of arbitrary parts by an arbitrary key: nothing opens it. */
static void unbox(auth0_span_t input, apr_pool_t *pool)
{
    static const unsigned char cek[AUTH0_CEK_MAX];
    for (size_t i = 0; auth0_jweenc_at(i); i++) {
        const auth0_jweenc_t *enc = auth0_jweenc_at(i);
        auth0_span_t plaintext;
        if (input.len <= enc->iv_len + enc->tag_len) {
            continue;
        }
        size_t rest = input.len - enc->iv_len - enc->tag_len;
        auth0_jwebox_t box = {
            enc, input, auth0_span(input.ptr, enc->iv_len),
            auth0_span(input.ptr + enc->iv_len, rest),
            auth0_span(input.ptr + enc->iv_len + rest, enc->tag_len)};
        if (auth0_jwebox_fits(&box)) {
            HOLDS(!auth0_jwebox_open(&plaintext, &box, cek, pool));
        }
    }
}

/* The input as a token, as the header of one, and as its encrypted content. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t input = fuzz_span(data, size);
    const auth0_jwekey_t *keys[] = {known_key(pool)};
    auth0_policy_t policy = {.decryption = keys, .decryption_count = 1};
    const char *text = auth0_b64url_encode(input, pool);
    const char *rest = known_jwes[0];
    while (*rest != '.') {
        rest++;
    }
    pass(input, &policy, pool);
    pass(auth0_span_cstr(apr_pstrcat(pool, text, rest, NULL)), &policy, pool);
    unbox(input, pool);
    apr_pool_destroy(pool);
    return 0;
}
