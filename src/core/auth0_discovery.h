/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_DISCOVERY_H
#define AUTH0_DISCOVERY_H

#include "core/auth0_json.h"
#include "core/auth0_must_use.h"

/* Where the metadata of an issuer stands (OpenID Connect Discovery 4). */
const char *auth0_discovery_url(const char *issuer, apr_pool_t *pool);

/*
 * Read the metadata of issuer: its "issuer" must be equal, byte for byte, and
 * its "jwks_uri" fit for fetching. *jwks_uri is allocated from pool. Returns
 * NULL, or a constant sentence.
 */
AUTH0_MUST_USE const char *auth0_discovery_parse(const char **jwks_uri,
                                                 auth0_span_t document,
                                                 const char *issuer,
                                                 apr_pool_t *pool);

#endif
