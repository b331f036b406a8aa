/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include "core/auth0_logout.h"
#include "known.h"

#define SECOND(s) apr_time_from_sec((apr_time_t)(s))

/* What has to be true of claims that passed, read from the text again. */
static void are_as_demanded(auth0_span_t json, const auth0_claims_t *claims,
                            apr_pool_t *pool)
{
    const auth0_json_t *object;
    auth0_span_t text;
    double exp;
    HOLDS(auth0_json_object(&object, json, auth0_json_payload_limit, pool));
    HOLDS(auth0_claims_string(&text, claims, "iss"));
    HOLDS(auth0_span_is(text, KNOWN_ISSUER));
    HOLDS(auth0_json_member(object, "aud") != NULL);
    HOLDS(auth0_json_number(&exp, auth0_json_member(object, "exp")));
    HOLDS(exp > KNOWN_NOW && exp < 253402300800.0);
    HOLDS(auth0_json_member(object, "cnf") == NULL);
    HOLDS(!auth0_claims_string(&text, claims, "sub") ||
          !auth0_span_has_control(text));
}

static void is_a_logout(const auth0_claims_t *claims, auth0_reason_t reason)
{
    auth0_logout_t logout;
    if (reason == AUTH0_OK) {
        auth0_logout_read(&logout, claims);
        HOLDS(logout.count >= 1 && logout.count <= AUTH0_LOGOUT_DENIALS);
        HOLDS(logout.until >= KNOWN_NOW && logout.until < 253402300800);
        HOLDS(logout.denials[0].name.value.len > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t json = fuzz_span(data, size);
    auth0_policy_t policy = fuzz_known_policy(NULL);
    auth0_claims_t *claims;
    auth0_reason_t reason = auth0_claims_parse(&claims, json, pool);
    HOLDS((reason == AUTH0_OK) == (claims != NULL));
    if (claims != NULL) {
        reason = auth0_claims_check(claims, &policy, SECOND(KNOWN_NOW));
        HOLDS(reason == AUTH0_OK || (reason >= AUTH0_CLAIMS_MALFORMED &&
                                     reason <= AUTH0_CNF_UNKNOWN));
    }
    if (claims != NULL) {
        auth0_policy_t logout = policy;
        logout.profile = AUTH0_PROFILE_LOGOUT;
        is_a_logout(claims,
                    auth0_claims_check(claims, &logout, SECOND(KNOWN_NOW)));
    }
    if (reason == AUTH0_OK) {
        are_as_demanded(json, claims, pool);
        HOLDS(auth0_claims_check(claims, &policy, SECOND(253402300800)) ==
              AUTH0_CLAIMS_EXP);
    }
    apr_pool_destroy(pool);
    return 0;
}
