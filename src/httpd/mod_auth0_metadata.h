/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_METADATA_H
#define MOD_AUTH0_METADATA_H

#include "httpd/mod_auth0.h"

/*
 * pre_translate_name and translate_name hook: OK for a request that
 * mod_auth0_metadata will answer, so that nobody maps it to a file or to
 * another server. DECLINED otherwise.
 */
int mod_auth0_metadata_claim(request_rec *r);

/*
 * map_to_storage hook, before anybody is asked for access: answers requests for
 * a resource's metadata (RFC 9728 section 3), by GET, HEAD and OPTIONS.
 * DECLINED for all others; whatever comes back, nothing else has been opened.
 */
int mod_auth0_metadata(request_rec *r);

/*
 * The URL of the metadata that is for a request, from its pool: the public
 * origin (mod_auth0_origin) and the path of the document. NULL where there is
 * none.
 */
const char *mod_auth0_metadata_url(request_rec *r);

#endif
