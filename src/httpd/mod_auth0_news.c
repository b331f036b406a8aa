/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_news.h"

#include "httpd/mod_auth0_log.h"

static void announce(const mod_auth0_source_t *source, const auth0_jwks_t *set)
{
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, source->server,
                 "new keys of issuer %s are in force: %" APR_SIZE_T_FMT
                 ", and %" APR_SIZE_T_FMT " left out as unusable",
                 source->issuer, auth0_jwks_count(set),
                 auth0_jwks_skipped(set));
    if (auth0_jwks_secrets(set) > 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, source->server,
                     "issuer %s publishes %" APR_SIZE_T_FMT
                     " private or symmetric keys: they are ignored, and "
                     "whoever can read them can forge tokens",
                     source->issuer, auth0_jwks_secrets(set));
    }
}

/* The issuer is trusted to do so; but nobody who rotates keys properly does. */
static void compare(const mod_auth0_source_t *source, const auth0_jwks_t *set,
                    auth0_span_t former_document, apr_pool_t *pool)
{
    auth0_jwks_t *former;
    auth0_span_t kid;

    if (!auth0_jwks_parse(&former, former_document, pool) &&
        auth0_jwks_replaced(&kid, former, set)) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, source->server,
                     "issuer %s has put another key under the kid '%.*s': the "
                     "new one is in force; make sure that the tenant's "
                     "administrators know of it",
                     source->issuer, (int)kid.len, kid.ptr);
    }
}

void mod_auth0_news(const mod_auth0_source_t *source, const auth0_jwks_t *set,
                    auth0_span_t former_document, apr_pool_t *pool)
{
    announce(source, set);
    compare(source, set, former_document, pool);
}
