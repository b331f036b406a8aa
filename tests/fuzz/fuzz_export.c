/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_b64.h"
#include "core/auth0_export.h"
#include "core/auth0_field.h"

/* What may stand in a field, whatever reads it: no end of line, no blank. */
static void is_fit_for_a_field(const char *value)
{
    size_t len = strlen(value);
    HOLDS(len <= AUTH0_EXPORT_MAX);
    HOLDS(len == 0 || (value[0] != ' ' && value[len - 1] != ' '));
    for (; *value; value++) {
        HOLDS(*value >= 0x20 && *value < 0x7f);
    }
}

/* A plain string is the claim, byte for byte. */
static void is_the_claim(const char *value, const auth0_json_t *claim)
{
    auth0_span_t text;
    if (auth0_json_string(&text, claim)) {
        HOLDS(auth0_span_is(text, value));
    }
}

/* The JSON text reads as the claim again. */
static void reads_as(const char *value, const auth0_json_t *claim,
                     apr_pool_t *pool)
{
    const char *text = apr_pstrcat(pool, "{\"c\":", value, "}", NULL);
    const auth0_json_t *again;
    HOLDS(auth0_json_object(&again, auth0_span_cstr(text),
                            auth0_json_payload_limit, pool));
    HOLDS(auth0_json_same(auth0_json_member(again, "c"), claim));
}

static void decodes_to(const char *value, const auth0_json_t *claim,
                       apr_pool_t *pool)
{
    auth0_span_t bytes;
    auth0_span_t text;
    HOLDS(auth0_b64url_decode(&bytes, auth0_span_cstr(value), pool));
    if (auth0_json_string(&text, claim)) {
        HOLDS(auth0_span_eq(bytes, text));
        return;
    }
    reads_as(apr_pstrmemdup(pool, bytes.ptr, bytes.len), claim, pool);
}

static void export_as(auth0_encoding_t encoding, const auth0_claims_t *claims,
                      apr_pool_t *pool)
{
    auth0_export_t wanted = {"X-C", "c", auth0_pointer_to("c", pool), encoding,
                             false};
    const auth0_json_t *claim = auth0_claims_find(claims, wanted.pointer);
    size_t room = AUTH0_EXPORT_ALL_MAX;
    const char *value;
    const char *why = auth0_export_value(&value, &room, &wanted, claims, pool);
    HOLDS((why == NULL) == (value != NULL));
    HOLDS((why == auth0_export_absent) == (claim == NULL));
    if (!value) {
        HOLDS(room == AUTH0_EXPORT_ALL_MAX);
        return;
    }
    HOLDS(room == AUTH0_EXPORT_ALL_MAX - strlen(value));
    is_fit_for_a_field(value);
    if (encoding == AUTH0_ENCODING_PLAIN) {
        is_the_claim(value, claim);
    }
    else if (encoding == AUTH0_ENCODING_JSON) {
        reads_as(value, claim, pool);
    }
    else {
        decodes_to(value, claim, pool);
    }
}

/* As mod_proxy reads it: names are what stands between other bytes. */
static auth0_span_t next_name(auth0_span_t *left)
{
    size_t skipped = 0;
    size_t len;
    while (skipped < left->len && !auth0_ascii_is_token(left->ptr[skipped])) {
        skipped++;
    }
    len = skipped;
    while (len < left->len && auth0_ascii_is_token(left->ptr[len])) {
        len++;
    }
    auth0_span_t name = auth0_span(left->ptr + skipped, len - skipped);
    *left = auth0_span(left->ptr + len, left->len - len);
    return name;
}

/* No name on the list is left, and none but those has gone. */
static void strip(auth0_span_t text, apr_pool_t *pool)
{
    const char *list = apr_pstrmemdup(pool, text.ptr, text.len);
    apr_array_header_t *names = apr_array_make(pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(names, const char *) = "X-Auth0-Sub";
    const char *rest = auth0_field_list_without(list, names, pool);
    auth0_span_t left = auth0_span_cstr(rest);
    HOLDS(rest == NULL || strlen(rest) <= strlen(list));
    while (left.len > 0) {
        HOLDS(!auth0_field_same(next_name(&left),
                                auth0_span_cstr("x_auth0.sub")));
    }
}

/* The first line is a list of fields, the rest are claims. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t json = fuzz_span(data, size);
    auth0_span_t line;
    auth0_claims_t *claims;
    (void)auth0_span_cut(&line, &json, '\n');
    strip(line, pool);
    if (auth0_claims_parse(&claims, json, pool) == AUTH0_OK) {
        for (int i = 0; i < AUTH0_ENCODING_COUNT; i++) {
            export_as((auth0_encoding_t)i, claims, pool);
        }
    }
    apr_pool_destroy(pool);
    return 0;
}
