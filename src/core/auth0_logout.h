/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_LOGOUT_H
#define AUTH0_LOGOUT_H

#include "core/auth0_claims.h"
#include "core/auth0_marks.h"

/*
 * What a logout token (OpenID Connect Back-Channel Logout 1.0) asks for, and
 * which access tokens it concerns. Everything borrows from the claims. Times
 * are seconds since 1970.
 */

/* Tokens that are to be denied: those issued before (INT64_MAX: all). */
typedef struct auth0_logout_denial_t {
    auth0_mark_name_t name;
    int64_t before;
} auth0_logout_denial_t;

#define AUTH0_LOGOUT_DENIALS 2

typedef struct auth0_logout_t {
    auth0_mark_name_t token; /* by its jti */
    int64_t until;           /* it is good, less the clock skew */
    auth0_logout_denial_t denials[AUTH0_LOGOUT_DENIALS];
    size_t count; /* of denials, at least 1 */
} auth0_logout_t;

/*
 * Read the claims of a logout token that was verified. Its sid ends a session:
 * all tokens with that sid. Without a sid, its sub ends all sessions of the
 * user: all tokens issued up to then. With both, the user's tokens without a
 * sid are denied as well: nothing tells them from those of the session.
 */
void auth0_logout_read(auth0_logout_t *logout, const auth0_claims_t *claims);

/* A mark that denies an access token if it is there and concerns it. */
typedef struct auth0_logout_question_t {
    auth0_mark_name_t name;
    auth0_reason_t reason; /* the verdict then */
} auth0_logout_question_t;

#define AUTH0_LOGOUT_QUESTIONS 2

/* The questions that an access token raises; their number is returned. */
size_t auth0_logout_questions(
    auth0_logout_question_t questions[AUTH0_LOGOUT_QUESTIONS],
    const auth0_claims_t *claims);

/* True when a denial of tokens issued before concerns this access token. */
bool auth0_logout_concerns(const auth0_claims_t *claims, int64_t before);

#endif
