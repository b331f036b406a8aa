/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_VERIFY_H
#define MOD_AUTH0_VERIFY_H

#include "httpd/mod_auth0_request.h"

typedef struct mod_auth0_verdict_t {
    auth0_reason_t reason;
    const auth0_claims_t *claims; /* of the request's pool; NULL unless OK   */
    int retry_after;              /* seconds, for AUTH0_KEY_UNAVAILABLE      */
} mod_auth0_verdict_t;

/*
 * Is this token good under this policy, with the keys of the issuers that are
 * in force for the request? May wait for a key, as Auth0KeyWait allows.
 */
mod_auth0_verdict_t mod_auth0_verify(request_rec *r, auth0_span_t token,
                                     const auth0_policy_t *policy);

/*
 * The same for the request's own token, state->token, under state->policy,
 * which is that of the section in force. It is not verified once more while it
 * is in the cache.
 */
mod_auth0_verdict_t mod_auth0_verify_once(request_rec *r,
                                          mod_auth0_request_t *state);

#endif
