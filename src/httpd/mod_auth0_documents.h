/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DOCUMENTS_H
#define MOD_AUTH0_DOCUMENTS_H

#include "core/auth0_metadata.h"
#include "httpd/mod_auth0.h"

/*
 * The metadata of the resources of each server, RFC 9728, made once from the
 * configuration alone and only read afterwards, by any number of threads.
 */
typedef struct mod_auth0_document_t {
    auth0_metadata_t facts;
    const char *target; /* as it stands in URLs, perhaps with a query */
    const char *path;   /* as httpd has it in r->uri: decoded         */
    const char *text;   /* JSON                                       */
} mod_auth0_document_t;

/* Forget those of an earlier configuration; pool is pconf. */
void mod_auth0_documents_reset(apr_pool_t *pool);

/*
 * Make those of all servers, in the check_config phase: one for each resource
 * of the sections with Auth0ResourceMetadata On, and with all that sections of
 * the same resource say. NULL, or a sentence that begins with file and line.
 */
AUTH0_MUST_USE const char *mod_auth0_documents_make(const server_rec *first,
                                                    apr_pool_t *pconf,
                                                    apr_pool_t *ptemp);

/* The document at a path, or of a resource; NULL when there is none. */
const mod_auth0_document_t *mod_auth0_document_at(const server_rec *server,
                                                  const char *path);
const mod_auth0_document_t *mod_auth0_document_of(const server_rec *server,
                                                  const char *resource);

#endif
