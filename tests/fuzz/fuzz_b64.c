/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include "core/auth0_b64.h"

/* As text: what decodes encodes to the same. As bytes: they come back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t input = fuzz_span(data, size);
    auth0_span_t bytes;
    bool good = auth0_b64url_decode(&bytes, input, pool);
    HOLDS(good == auth0_b64url_valid(input));
    if (good) {
        HOLDS(bytes.len == auth0_b64url_decoded_len(input));
        HOLDS(bytes.ptr[bytes.len] == '\0');
        HOLDS(auth0_span_is(input, auth0_b64url_encode(bytes, pool)));
    }
    else {
        HOLDS(bytes.len == 0);
    }
    const char *text = auth0_b64url_encode(input, pool);
    HOLDS(auth0_b64url_decode(&bytes, auth0_span_cstr(text), pool));
    HOLDS(auth0_span_eq(bytes, input));
    apr_pool_destroy(pool);
    return 0;
}
