/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_source.h"

#include "core/auth0_span.h"

static apr_array_header_t *sources;

void mod_auth0_sources_reset(apr_pool_t *pool)
{
    sources = apr_array_make(pool, 4, sizeof(mod_auth0_source_t *));
}

mod_auth0_source_t *mod_auth0_source_add(apr_pool_t *pool, server_rec *server,
                                         const char *issuer)
{
    mod_auth0_source_t *source = apr_pcalloc(pool, sizeof(*source));

    source->server = server;
    source->issuer = issuer;
    APR_ARRAY_PUSH(sources, mod_auth0_source_t *) = source;
    return source;
}

const apr_array_header_t *mod_auth0_sources(void)
{
    return sources;
}

static int same_text(const char *a, const char *b)
{
    return auth0_span_eq(auth0_span_cstr(a), auth0_span_cstr(b));
}

static int same(const mod_auth0_source_t *a, const mod_auth0_source_t *b)
{
    return same_text(a->issuer, b->issuer) &&
           same_text(a->jwks_url, b->jwks_url) && same_text(a->file, b->file) &&
           same_text(a->ca_pem, b->ca_pem) && a->refresh == b->refresh;
}

static mod_auth0_source_t *find_twin(int end)
{
    mod_auth0_source_t *source =
        APR_ARRAY_IDX(sources, end, mod_auth0_source_t *);

    for (int i = 0; i < end; i++) {
        mod_auth0_source_t *other =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        if (same(source, other)) {
            return other;
        }
    }
    return NULL;
}

size_t mod_auth0_sources_number(void)
{
    size_t slots = 0;

    for (int i = 0; i < sources->nelts; i++) {
        mod_auth0_source_t *source =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        mod_auth0_source_t *twin = find_twin(i);
        source->slot = twin ? twin->slot : slots++;
    }
    return slots;
}
