/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SUBJECT_H
#define AUTH0_SUBJECT_H

#include "core/auth0_claims.h"

/* What the subject of a token is: one of these, as a mask has it. */
typedef enum auth0_subject_t {
    AUTH0_SUBJECT_UNKNOWN = 0,
    AUTH0_SUBJECT_USER = 1,
    AUTH0_SUBJECT_MACHINE = 2,
    AUTH0_SUBJECT_AGENT = 4,
    AUTH0_SUBJECT_ANONYMOUS = 8
} auth0_subject_t;

/* The subject type of this name; AUTH0_SUBJECT_UNKNOWN when there is none. */
auth0_subject_t auth0_subject_named(auth0_span_t name);

/*
 * The subject type of a token, told from sub, sub_profile, gty, azp and
 * client_id in every dialect of Auth0's access tokens. AUTH0_SUBJECT_UNKNOWN
 * when they do not tell.
 */
auth0_subject_t auth0_subject_of(const auth0_claims_t *claims);

#endif
