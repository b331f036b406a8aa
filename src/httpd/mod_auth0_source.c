/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_source.h"

#include <apr_hash.h>
#include <apr_strings.h>

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

static const char *told(const char *text, apr_pool_t *pool)
{
    return text ? apr_pstrcat(pool, "+", text, NULL) : "-";
}

/*
 * The same text for sources that say the same of how keys are fetched and
 * kept. Their parts have no line breaks; an authority file that is read once
 * is one place in memory.
 */
static const char *identity(const mod_auth0_source_t *source, apr_pool_t *pool)
{
    const auth0_fetch_how_t *how = &source->how;
    const auth0_keyring_rules_t *rules = &source->rules;
    const char *texts = apr_pstrcat(
        pool, source->issuer, "\n", told(source->jwks_url, pool), "\n",
        told(source->file, pool), "\n", told(how->proxy, pool), "\n",
        told(source->state_dir, pool), NULL);

    return apr_psprintf(pool,
                        "%s\n%pp %ld %ld %" APR_INT64_T_FMT " %" APR_INT64_T_FMT
                        " %" APR_INT64_T_FMT,
                        texts, (const void *)how->ca_pem, how->connect_ms,
                        how->total_ms, rules->refresh, rules->max_stale,
                        rules->cooldown);
}

size_t mod_auth0_sources_number(apr_pool_t *pool)
{
    apr_hash_t *slots = apr_hash_make(pool);

    for (int i = 0; i < sources->nelts; i++) {
        mod_auth0_source_t *source =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        const char *name = identity(source, pool);
        const mod_auth0_source_t *twin =
            apr_hash_get(slots, name, APR_HASH_KEY_STRING);

        source->slot = twin ? twin->slot : apr_hash_count(slots);
        if (!twin) {
            apr_hash_set(slots, name, APR_HASH_KEY_STRING, source);
        }
    }
    return apr_hash_count(slots);
}
