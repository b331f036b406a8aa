/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_CLAIMS_H
#define AUTH0_CLAIMS_H

#include <apr_time.h>

#include "core/auth0_pointer.h"
#include "core/auth0_policy.h"
#include "core/auth0_reason.h"

/*
 * The claims of a token. Values are borrowed and live as long as the pool
 * that the claims were parsed into. Read-only, so threads may share them.
 */
typedef struct auth0_claims_t auth0_claims_t;

/*
 * Read a payload (RFC 7519 section 4). AUTH0_OK, or AUTH0_CLAIMS_MALFORMED
 * when it is not one JSON object without duplicate members.
 */
AUTH0_MUST_USE auth0_reason_t auth0_claims_parse(auth0_claims_t **claims,
                                                 auth0_span_t json,
                                                 apr_pool_t *pool);

/* The same of an object that was read already, within the same limits. */
auth0_claims_t *auth0_claims_of(const auth0_json_t *object, apr_pool_t *pool);

/*
 * Types and ranges of all registered claims, then those that the profile
 * requires, then iss, aud, exp, nbf and iat against the policy at the time now
 * (wall clock, microseconds since 1970), then events and nonce of a logout
 * token. AUTH0_OK, a reason of the stage claims, or AUTH0_CNF_UNKNOWN.
 *
 * AUTH0_OK does NOT say that a bound token came from its owner: see
 * auth0_verify.
 */
AUTH0_MUST_USE auth0_reason_t auth0_claims_check(const auth0_claims_t *claims,
                                                 const auth0_policy_t *policy,
                                                 apr_time_t now);

/*
 * What may have changed of that answer since it was AUTH0_OK: the times, and
 * whether the user may be one, as requests are told to take the user from
 * different claims. The same reasons, as long as everything else of policy is
 * the same.
 */
AUTH0_MUST_USE auth0_reason_t auth0_claims_check_again(
    const auth0_claims_t *claims, const auth0_policy_t *policy, apr_time_t now);

/* A number claim by its exact name; false when absent or of another type. */
bool auth0_claims_number(double *value, const auth0_claims_t *claims,
                         const char *name);

/* A string claim by its exact name; false when absent or of another type. */
bool auth0_claims_string(auth0_span_t *value, const auth0_claims_t *claims,
                         const char *name);

/* Any claim by its exact name, borrowed; NULL when absent. */
const auth0_json_t *auth0_claims_member(const auth0_claims_t *claims,
                                        const char *name);

/* What stands where the pointer points, borrowed; NULL when nothing does. */
const auth0_json_t *auth0_claims_find(const auth0_claims_t *claims,
                                      const auth0_pointer_t *pointer);

/* True when there is a cnf claim, of whatever kind: see auth0_cnf_read. */
bool auth0_claims_are_bound(const auth0_claims_t *claims);

/*
 * The kid of the key that the token was verified with, empty when that has
 * none, as a secret. It is noted once, by who verifies, and borrowed.
 */
auth0_span_t auth0_claims_kid(const auth0_claims_t *claims);
void auth0_claims_note_kid(auth0_claims_t *claims, auth0_span_t kid);

/*
 * A copy that lives as long as memory, which has to be of the size that is
 * told, in bytes, and aligned as that of malloc is.
 */
size_t auth0_claims_size(const auth0_claims_t *claims);
const auth0_claims_t *auth0_claims_copy(void *memory,
                                        const auth0_claims_t *claims);

#endif
