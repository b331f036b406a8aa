/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include "core/auth0_cnf.h"
#include "core/auth0_logout.h"
#include "known.h"

#define SECOND(s) apr_time_from_sec((apr_time_t)(s))

/* What a token is bound to can be told, and only one scheme fits a key. */
static void binding_is_known(const auth0_claims_t *claims,
                             const auth0_json_t *member)
{
    auth0_cnf_t cnf;
    HOLDS(auth0_cnf_read(&cnf, claims) == AUTH0_OK);
    HOLDS(cnf.is_present == (member != NULL));
    HOLDS(cnf.is_present == (cnf.jkt.len > 0 || cnf.x5t.len > 0));
    HOLDS(cnf.jkt.len == 0 || cnf.jkt.len == 43);
    HOLDS(cnf.x5t.len == 0 || cnf.x5t.len == 43);
    HOLDS((auth0_cnf_scheme(&cnf, AUTH0_SCHEME_BEARER, false,
                            AUTH0_BINDING_ALLOWED) == AUTH0_OK) ==
          (cnf.jkt.len == 0));
    HOLDS((auth0_cnf_certificate(&cnf, NULL, AUTH0_BINDING_ALLOWED) ==
           AUTH0_OK) == (cnf.x5t.len == 0));
}

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
    binding_is_known(claims, auth0_json_member(object, "cnf"));
    HOLDS(!auth0_claims_string(&text, claims, "sub") ||
          !auth0_span_has_control(text));
}

static void is_a_logout(const auth0_claims_t *claims, auth0_reason_t reason)
{
    auth0_logout_t logout;
    if (reason == AUTH0_OK) {
        HOLDS(!auth0_claims_member(claims, "cnf"));
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
    auth0_policy_t policy = fuzz_known_policy(NULL, pool);
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
