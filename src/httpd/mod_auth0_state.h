/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_STATE_H
#define MOD_AUTH0_STATE_H

#include "core/auth0_keyfile.h"
#include "httpd/mod_auth0_source.h"

/*
 * The last good key set of each source, kept in Auth0StateDir across restarts:
 * one file each, whose time of last change tells when the issuer last vouched
 * for it. What cannot be kept is a warning, never a refusal.
 */

/*
 * In post_config, as the user who starts httpd: make the folders of all
 * sources that are fetched, and say which file is whose, in pconf. Where that
 * fails there is a warning and no file.
 */
void mod_auth0_state_prepare(apr_pool_t *pconf, apr_pool_t *ptemp);

/*
 * What was kept of a source, if anything, with its age in microseconds.
 * *kept borrows from pool. False, with a warning unless there is simply no
 * file, when there is nothing good. The caller judges the document.
 */
AUTH0_MUST_USE bool mod_auth0_state_load(auth0_keyfile_t *kept, int64_t *age,
                                         const mod_auth0_source_t *source,
                                         apr_pool_t *pool);

/*
 * In the refreshing process: keep a document and the URL that it is from.
 * Returns NULL, or a sentence from pool.
 */
AUTH0_MUST_USE const char *
mod_auth0_state_save(const mod_auth0_source_t *source, const char *jwks_url,
                     auth0_span_t document, apr_pool_t *pool);

/* The same for a document that is kept already, and was vouched for again. */
AUTH0_MUST_USE const char *
mod_auth0_state_confirm(const mod_auth0_source_t *source, apr_pool_t *pool);

#endif
