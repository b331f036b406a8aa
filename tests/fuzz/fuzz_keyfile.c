/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include "core/auth0_keyfile.h"

/* What is accepted is what would be written. */
static bool is_accepted(auth0_span_t text, apr_pool_t *pool)
{
    auth0_keyfile_t file;
    const char *why = auth0_keyfile_read(&file, text, pool);
    if (why != NULL) {
        HOLDS(*why != '\0');
        return false;
    }
    HOLDS(auth0_span_eq(auth0_keyfile_text(&file, pool), text));
    return true;
}

/* Past the checksum, which mutations hardly ever get through. */
static void write_and_read(auth0_span_t rest, apr_pool_t *pool)
{
    auth0_keyfile_t file;
    (void)auth0_span_cut(&file.issuer, &rest, '\n');
    (void)auth0_span_cut(&file.jwks_url, &rest, '\n');
    file.document = rest;
    auth0_span_t text = auth0_keyfile_text(&file, pool);
    HOLDS(is_accepted(text, pool));
    auth0_span_t shorter = auth0_span(text.ptr, text.len - 1);
    HOLDS(!is_accepted(shorter, pool));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t text = fuzz_span(data, size);
    (void)is_accepted(text, pool);
    write_and_read(text, pool);
    apr_pool_destroy(pool);
    return 0;
}
