/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_profile.h"

#define AT_JWT "at+jwt", "application/at+jwt"
#define ALWAYS "iss", "aud", "exp"

/* RFC 9068 section 2.1 */
static const char *const any_typs[] = {"JWT", AT_JWT, NULL};
static const char *const auth0_typs[] = {"JWT", NULL};
static const char *const rfc9068_typs[] = {AT_JWT, NULL};

/* RFC 9068 section 2.2 */
static const char *const auth0_claims[] = {ALWAYS, NULL};
static const char *const rfc9068_claims[] = {ALWAYS, "sub", "client_id",
                                             "iat",  "jti", NULL};

/*
 * Auth0 types its logout tokens JWT, the specification recommends logout+jwt:
 * what tells them from ID tokens is the claim events.
 */
static const char *const logout_typs[] = {"JWT", "logout+jwt",
                                          "application/logout+jwt", NULL};
static const char *const logout_claims[] = {ALWAYS, "iat", "jti", "events",
                                            NULL};

/* RFC 9449 section 4.2 */
static const char *const dpop_typs[] = {"dpop+jwt", NULL};

static const auth0_profile_rules_t profiles[] = {
    [AUTH0_PROFILE_ANY] = {"any", any_typs, true, auth0_claims,
                           .is_access = true},
    [AUTH0_PROFILE_AUTH0] = {"auth0", auth0_typs, true, auth0_claims,
                             .is_access = true},
    [AUTH0_PROFILE_RFC9068] = {"rfc9068", rfc9068_typs, false, rfc9068_claims,
                               .is_access = true},
    [AUTH0_PROFILE_LOGOUT] = {"logout", logout_typs, false, logout_claims,
                              .is_logout = true},
    [AUTH0_PROFILE_DPOP] = {"dpop", dpop_typs, false, NULL, .brings_key = true},
};

const auth0_profile_rules_t *auth0_profile_rules(auth0_profile_t profile)
{
    return &profiles[profile < AUTH0_PROFILE_COUNT ? profile
                                                   : AUTH0_PROFILE_RFC9068];
}
