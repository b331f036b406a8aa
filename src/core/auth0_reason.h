/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_REASON_H
#define AUTH0_REASON_H

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * Every verdict this software can reach, in the order in which a request is
 * judged. The first check that fails names the reason.
 */
typedef enum auth0_reason_t {
    AUTH0_OK = 0,
    AUTH0_CONFIG_INCOMPLETE,
    AUTH0_REQUEST_NO_TOKEN,
    AUTH0_REQUEST_SCHEME,
    AUTH0_REQUEST_MALFORMED,
    AUTH0_REQUEST_MULTIPLE,
    AUTH0_REQUEST_TOO_LARGE,
    AUTH0_REQUEST_BODY,
    AUTH0_TOKEN_MALFORMED,
    AUTH0_TOKEN_OPAQUE,
    AUTH0_TOKEN_ENCRYPTED,
    AUTH0_TOKEN_PLAIN,
    AUTH0_HEADER_MALFORMED,
    AUTH0_HEADER_ALG,
    AUTH0_HEADER_CRIT,
    AUTH0_HEADER_TYP,
    AUTH0_HEADER_FORBIDDEN,
    AUTH0_DECRYPT_MALFORMED,
    AUTH0_DECRYPT_ALG,
    AUTH0_DECRYPT_KEY,
    AUTH0_DECRYPT_FAILED,
    AUTH0_DECRYPT_NOT_JWS,
    AUTH0_KEY_UNKNOWN,
    AUTH0_KEY_UNUSABLE,
    AUTH0_KEY_UNAVAILABLE,
    AUTH0_SIGNATURE_LENGTH,
    AUTH0_SIGNATURE_INVALID,
    AUTH0_CLAIMS_MALFORMED,
    AUTH0_CLAIMS_TYPE,
    AUTH0_CLAIMS_MISSING,
    AUTH0_CLAIMS_ISS,
    AUTH0_CLAIMS_AUD,
    AUTH0_CLAIMS_EXP,
    AUTH0_CLAIMS_NBF,
    AUTH0_CLAIMS_IAT,
    AUTH0_CLAIMS_AGE,
    AUTH0_CLAIMS_EVENTS,
    AUTH0_CLAIMS_NONCE,
    AUTH0_CNF_UNKNOWN,
    AUTH0_CNF_SCHEME,
    AUTH0_CNF_PROOF_MISSING,
    AUTH0_CNF_PROOF_INVALID,
    AUTH0_CNF_NONCE,
    AUTH0_CNF_JKT,
    AUTH0_CNF_REPLAY,
    AUTH0_CNF_STORE,
    AUTH0_CNF_CERTIFICATE,
    AUTH0_DENY_UNAVAILABLE,
    AUTH0_DENY_SUB,
    AUTH0_DENY_CLIENT,
    AUTH0_DENY_ORG,
    AUTH0_DENY_JTI,
    AUTH0_DENY_SID,
    AUTH0_DENY_KID,
    AUTH0_LOGOUT_REQUEST,
    AUTH0_LOGOUT_REPLAY,
    AUTH0_LOGOUT_STORE,
    AUTH0_REQUIRE_SCOPE,
    AUTH0_REQUIRE_PERMISSION,
    AUTH0_REQUIRE_CLAIM,
    AUTH0_REQUIRE_ORG,
    AUTH0_REQUIRE_CLIENT,
    AUTH0_REQUIRE_SUBJECT,
    AUTH0_REQUIRE_STEP_UP,
    AUTH0_REQUIRE_AUTHORIZATION_DETAILS,
    AUTH0_REQUIRE_OTHER,
    AUTH0_REASON_COUNT
} auth0_reason_t;

/* What a reason means to the outside. All strings are constants. */
typedef struct auth0_reason_info_t {
    const char *code;        /* stable and greppable: "claims.aud"          */
    int status;              /* HTTP status of the answer, 200 for AUTH0_OK */
    const char *error;       /* RFC 6750, 9449 or 9470 error code, or NULL  */
    const char *description; /* for the client, RFC 6750 alphabet, or NULL  */
    const char *hint;        /* for the operator's log: cause and cure      */
} auth0_reason_info_t;

/* The row of a reason; never NULL. Thread-safe, static storage. */
const auth0_reason_info_t *auth0_reason_info(auth0_reason_t reason);

/*
 * The stage at which a request was refused, which is what stands before the dot
 * of the code: "claims" of "claims.aud". Thread-safe, static storage.
 */
auth0_span_t auth0_reason_stage(auth0_reason_t reason);

#endif
