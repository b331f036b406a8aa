/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <apr_strings.h>

#include "core/auth0_discovery.h"
#include "core/auth0_url.h"
#include "known.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    const char *text = apr_pstrmemdup(pool, (const char *)data, size);
    const char *uri;
    const char *why =
        auth0_discovery_parse(&uri, fuzz_span(data, size), KNOWN_ISSUER, pool);
    HOLDS((why == NULL) == (uri != NULL));
    HOLDS(uri == NULL || auth0_url_check(uri, pool) == NULL);
    if (auth0_url_check(text, pool) == NULL) {
        HOLDS(!auth0_span_has_control(auth0_span_cstr(text)));
    }
    (void)auth0_discovery_url(text, pool);
    if (auth0_host_check(text) == NULL) {
        const char *url = apr_pstrcat(pool, "https://", text, "/", NULL);
        HOLDS(auth0_url_check(url, pool) == NULL);
    }
    apr_pool_destroy(pool);
    return 0;
}
