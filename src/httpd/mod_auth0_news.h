/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_NEWS_H
#define MOD_AUTH0_NEWS_H

#include "core/auth0_jwks.h"
#include "httpd/mod_auth0_source.h"

/*
 * Log what administrators want to know of a set that comes into force: how many
 * keys, secrets among them, and what a key of the former document (which may be
 * empty) was replaced by.
 */
void mod_auth0_news(const mod_auth0_source_t *source, const auth0_jwks_t *set,
                    auth0_span_t former_document, apr_pool_t *pool);

#endif
