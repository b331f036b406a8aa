/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_BODY_H
#define MOD_AUTH0_BODY_H

#include "httpd/mod_auth0_request.h"

/* So many bytes of a form are looked into, and no more. */
#define MOD_AUTH0_BODY_MAX ((size_t)65536)

/*
 * A body that was read before its time; lives in the pool of the request. Who
 * reads the request afterwards gets the same bytes once more.
 */
typedef struct mod_auth0_body_t {
    auth0_span_t text;     /* what was read                              */
    size_t given;          /* of it, to the reader who came afterwards   */
    auth0_reason_t reason; /* AUTH0_OK: text is all of the body          */
    apr_status_t status;   /* of reading                                 */
} mod_auth0_body_t;

/* Once, when hooks are registered. */
void mod_auth0_body_register(void);

/*
 * True when the request brings a form that may bear a token (RFC 6750 section
 * 2.2): POST, PUT or PATCH, application/x-www-form-urlencoded, not compressed.
 */
bool mod_auth0_body_is_form(const request_rec *r);

/*
 * Read the body; it is remembered with the request. Never NULL. Its reason is
 * AUTH0_OK, AUTH0_REQUEST_BODY when it is larger than MOD_AUTH0_BODY_MAX or
 * than httpd allows, or AUTH0_REQUEST_MALFORMED when it cannot be read.
 */
const mod_auth0_body_t *mod_auth0_body_read(request_rec *r);

/*
 * post_perdir_config hook: httpd takes the filters of a request away when it
 * redirects it internally; the body that was read goes along.
 */
int mod_auth0_body_carry(request_rec *r);

/* insert_filter hook: the same where a negotiation has taken them away. */
void mod_auth0_body_again(request_rec *r);

#endif
