/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_METADATA_H
#define AUTH0_METADATA_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/auth0_must_use.h"

/*
 * Metadata of a protected resource: RFC 9728. Everything here is pure, and made
 * for configuration time; a pool is for one thread at a time.
 */

/* What the path of each document begins with: RFC 9728 section 3. */
#define AUTH0_METADATA_WELL_KNOWN "/.well-known/oauth-protected-resource"

/* How a token may come: the members of a mask. RFC 6750 section 2. */
#define AUTH0_METADATA_HEADER 1u
#define AUTH0_METADATA_BODY 2u
#define AUTH0_METADATA_QUERY 4u

/* What a document says. Texts are NULL and lists empty for "nothing". */
typedef struct auth0_metadata_t {
    const char *resource;
    apr_array_header_t *issuers; /* of const char *, as they stand in iss   */
    apr_array_header_t *scopes;  /* of const char *                         */
    apr_array_header_t *details; /* of const char *: RFC 9396 types         */
    unsigned methods;            /* mask of the above                       */
    unsigned algs;               /* mask of auth0_alg_t.bit, of tokens      */
    bool takes_dpop;             /* tokens may be bound by DPoP             */
    bool needs_dpop;             /* tokens have to be                       */
    bool takes_certificates;     /* tokens may be bound to certificates     */
    const char *name;            /* for people, UTF-8                       */
    const char *documentation;   /* URLs                                    */
    const char *policy;
    const char *tos;
} auth0_metadata_t;

/* One that says nothing but its resource; lists are made in pool. */
auth0_metadata_t auth0_metadata(const char *resource, apr_pool_t *pool);

/* Add a text to a list of one, unless the list has it. It is borrowed. */
void auth0_metadata_add(apr_array_header_t *list, const char *text);

/*
 * The document: one JSON object of printable ASCII, its members in the order of
 * RFC 9728 section 2, from pool. A text that is no valid UTF-8 is left out.
 * NULL when memory is short.
 */
const char *auth0_metadata_document(const auth0_metadata_t *metadata,
                                    apr_pool_t *pool);

/*
 * Check a URL that is a resource's identifier (section 1.2): as auth0_url_check
 * does, no character that has to be escaped in a URL, and no path segment that
 * clients or servers would take out. NULL, or a sentence that goes on after it.
 */
AUTH0_MUST_USE const char *auth0_metadata_check(const char *resource,
                                                apr_pool_t *pool);

/*
 * Where the document of such a resource is (section 3.1): what follows the host
 * and port, with the query of the resource if it has one. From pool.
 */
const char *auth0_metadata_target(const char *resource, apr_pool_t *pool);

#endif
