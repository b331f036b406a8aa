/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_REQUIRE_H
#define AUTH0_REQUIRE_H

#include "core/auth0_bearer.h"
#include "core/auth0_stepup.h"

/* What may be required of a token, in the order of their names below. */
typedef enum auth0_require_kind_t {
    AUTH0_REQUIRES_SCOPE,
    AUTH0_REQUIRES_PERMISSION,
    AUTH0_REQUIRES_CLAIM,
    AUTH0_REQUIRES_ORG,
    AUTH0_REQUIRES_CLIENT,
    AUTH0_REQUIRES_SUBJECT,
    AUTH0_REQUIRES_STEP_UP,
    AUTH0_REQUIRES_AUTHORIZATION_DETAILS,
    AUTH0_REQUIRES_COUNT
} auth0_require_kind_t;

/* One requirement, parsed once and read-only afterwards. */
typedef struct auth0_require_t auth0_require_t;

/* "auth0-scope" and so on: the word after Require. */
const char *auth0_require_name(auth0_require_kind_t kind);

/*
 * Read the words after the name; alternatives of each other unless the kind
 * says otherwise. Returns NULL with *required allocated from pool, or, with
 * *required NULL, a sentence that goes on after the name and says what is wrong
 * and what would be right.
 */
AUTH0_MUST_USE const char *auth0_require_parse(auth0_require_t **required,
                                               auth0_require_kind_t kind,
                                               const char *const *words,
                                               size_t count, apr_pool_t *pool);

/*
 * Do verified claims meet the requirement? AUTH0_OK, or a reason of the stage
 * require, or AUTH0_CLAIMS_TYPE (see auth0_stepup_check). Neither parses nor
 * allocates; thread-safe.
 */
AUTH0_MUST_USE auth0_reason_t auth0_require_check(
    const auth0_require_t *required, const auth0_claims_t *claims,
    const auth0_stepup_facts_t *facts);

/* A requirement that was not met, and why. line is for logs, may be NULL. */
typedef struct auth0_unmet_t {
    const auth0_require_t *required;
    const char *line;
    auth0_reason_t reason;
} auth0_unmet_t;

/*
 * Which of requirements that are all unmet, and all needed, decides over the
 * answer: the first that no other token of the kind asked for would meet, else
 * the first. count is at least 1.
 */
size_t auth0_require_decisive(const auth0_unmet_t *unmet, size_t count);

/*
 * Fill in reason, scope, acr_values and max_age of a challenge for the same
 * requirements; text is allocated from pool.
 */
void auth0_require_challenge(auth0_challenge_t *challenge,
                             const auth0_unmet_t *unmet, size_t count,
                             apr_pool_t *pool);

#endif
