/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_STEPUP_H
#define AUTH0_STEPUP_H

#include <apr_time.h>

#include "core/auth0_claims.h"

/*
 * A requirement on how and when the user was authenticated (RFC 9470), parsed
 * once and read-only afterwards.
 */
typedef struct auth0_stepup_t {
    const char *acr_values; /* words, one of which must be acr; or NULL */
    const char *max_age;    /* seconds in digits, or NULL               */
    double max_age_seconds;
} auth0_stepup_t;

/* Where the facts stand in a token, and the time to judge them at. */
typedef struct auth0_stepup_facts_t {
    const auth0_pointer_t *acr;
    const auth0_pointer_t *auth_time;
    apr_time_t now; /* wall clock, microseconds since 1970           */
    unsigned skew;  /* seconds that auth_time may be in the future */
} auth0_stepup_facts_t;

/*
 * Read words of the forms acr=VALUES and max_age=SECONDS, each at most once and
 * at least one of them. Returns NULL with *stepup allocated from pool, or, with
 * *stepup NULL, a sentence that says what is wrong and what would be right.
 */
AUTH0_MUST_USE const char *auth0_stepup_parse(auth0_stepup_t **stepup,
                                              const char *const *words,
                                              size_t count, apr_pool_t *pool);

/*
 * AUTH0_OK; AUTH0_REQUIRE_STEP_UP when acr or auth_time is absent or not good
 * enough; AUTH0_CLAIMS_TYPE when auth_time is asked for and is no number, or in
 * the future.
 */
AUTH0_MUST_USE auth0_reason_t
auth0_stepup_check(const auth0_stepup_t *stepup, const auth0_claims_t *claims,
                   const auth0_stepup_facts_t *facts);

#endif
