/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_NONCE_H
#define MOD_AUTH0_NONCE_H

#include "httpd/mod_auth0_request.h"

/*
 * Nonces of the server for DPoP proofs (RFC 9449 section 8). They are good for
 * five minutes, with every process, and, on a shared store, with every server
 * of the fleet.
 */

/* Send a new one with a refusal, which no cache keeps anyway (section 8.2). */
void mod_auth0_nonce_offer(request_rec *r);

/*
 * AUTH0_OK for one of ours that is not too old; where it soon will be, the next
 * one is sent with the answer, for no cache to keep. Else AUTH0_CNF_NONCE.
 */
AUTH0_MUST_USE auth0_reason_t mod_auth0_nonce_check(request_rec *r,
                                                    auth0_span_t nonce);

#endif
