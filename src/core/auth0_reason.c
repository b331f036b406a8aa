/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_reason.h"

#define TOKEN(code, description, hint)                                         \
    {                                                                          \
        code, 401, "invalid_token", description, hint                          \
    }
#define REQUEST(code, description, hint)                                       \
    {                                                                          \
        code, 400, "invalid_request", description, hint                        \
    }
#define PROOF(code, description, hint)                                         \
    {                                                                          \
        code, 401, "invalid_dpop_proof", description, hint                     \
    }
#define DENIED(code, what)                                                     \
    TOKEN(code, "The token has been revoked", "Auth0DenyList names " what)
/* One sentence for all: a sender who tries and looks learns nothing. */
#define DECRYPT(code, hint) TOKEN(code, "The token cannot be decrypted", hint)

#define FORBIDDEN(code, hint)                                                  \
    {                                                                          \
        code, 403, NULL, NULL, hint                                            \
    }

static const auth0_reason_info_t reasons[] = {
    [AUTH0_OK] = {"ok", 200, NULL, NULL, "the token is good"},
    [AUTH0_CONFIG_INCOMPLETE] =
        {"config.incomplete", 500, NULL, NULL,
         "no issuer, no audience or, for HS* or encrypted tokens, no key is in "
         "force here: set "
         "Auth0Domain (or Auth0Issuer), Auth0Audience (for a logout: "
         "Auth0LogoutClient) and, if need be, Auth0SigningSecret or "
         "Auth0DecryptionKey for this location"},
    [AUTH0_REQUEST_NO_TOKEN] = {"request.no_token", 401, NULL, NULL,
                                "the request has no token in any place that "
                                "Auth0TokenSource allows (by default: the "
                                "Authorization field)"},
    [AUTH0_REQUEST_SCHEME] =
        {"request.scheme", 401, NULL, NULL,
         "the Authorization field has another scheme than Bearer and DPoP, and "
         "there is no token elsewhere"},
    [AUTH0_REQUEST_MALFORMED] = REQUEST(
        "request.malformed", "The credentials are malformed",
        "what stands in the place of a token is none: the Authorization "
        "field is not 'Bearer' or 'DPoP' and one token, or the parameter or "
        "cookie is empty or has bytes that no token has, or the "
        "body of the form could not be read"),
    [AUTH0_REQUEST_MULTIPLE] = REQUEST(
        "request.multiple", "More than one credential was sent",
        "the request has more than one Authorization field, tokens in more "
        "than one place, or a DPoP field with a token that is bound to no "
        "key"),
    [AUTH0_REQUEST_TOO_LARGE] =
        REQUEST("request.too_large", "The token is too large",
                "the token is longer than 8 KiB"),
    [AUTH0_REQUEST_BODY] =
        {"request.body", 413, NULL, NULL,
         "the body of the form is longer than 64 KiB, or than httpd allows: a "
         "token in it could not be seen; Auth0TokenSource form is in force "
         "here"},
    [AUTH0_TOKEN_MALFORMED] =
        TOKEN("token.malformed", "The token is malformed",
              "the token is not three parts of canonical base64url"),
    [AUTH0_TOKEN_OPAQUE] =
        TOKEN("token.opaque", "The token is not a JSON Web Token",
              "an opaque token: the client most likely asked for no audience; "
              "it has to request a token for this API's identifier"),
    [AUTH0_TOKEN_ENCRYPTED] =
        TOKEN("token.encrypted", "Encrypted tokens are not accepted",
              "a JWE token: name the API's private key by Auth0DecryptionKey, "
              "or switch token encryption off for this API"),
    [AUTH0_TOKEN_PLAIN] =
        TOKEN("token.plain", "Only encrypted tokens are accepted",
              "a JWS token that is not encrypted, and Auth0EncryptedTokens "
              "required is in force: switch token encryption on for this API"),
    [AUTH0_HEADER_MALFORMED] =
        TOKEN("header.malformed", "The token's header is malformed",
              "the header is not one JSON object with well-typed members"),
    [AUTH0_HEADER_FORBIDDEN] =
        TOKEN("header.forbidden", "The token's header is not acceptable",
              "the header brings its own key, or a member that access tokens "
              "never have (jwk jku x5u x5c b64 zip p2c p2s)"),
    [AUTH0_HEADER_CRIT] =
        TOKEN("header.crit", "The token's header is not acceptable",
              "the header names critical extensions; none is supported"),
    [AUTH0_HEADER_ALG] =
        TOKEN("header.alg", "The token's algorithm is not accepted",
              "alg is not one of Auth0Algorithms (RS256 by default): compare "
              "it with the API's signing algorithm"),
    [AUTH0_HEADER_TYP] =
        TOKEN("header.typ", "The token is not an access token",
              "typ is none of those that are accepted here: compare "
              "Auth0TokenProfile"),
    [AUTH0_DECRYPT_MALFORMED] =
        DECRYPT("decrypt.malformed",
                "the encrypted token's header is not one JSON object with "
                "well-typed members, has one that such tokens never have (crit "
                "zip jwk jku x5u x5c p2c p2s epk and the like) or a cty other "
                "than JWT, or a part has not the length that enc demands"),
    [AUTH0_DECRYPT_ALG] =
        DECRYPT("decrypt.alg",
                "alg is none of RSA-OAEP-256, RSA-OAEP-384, RSA-OAEP-512 and "
                "RSA-OAEP, or enc none of A256GCM, A128GCM, A128CBC-HS256 and "
                "A256CBC-HS512: compare with the API's settings"),
    [AUTH0_DECRYPT_KEY] =
        DECRYPT("decrypt.key",
                "no Auth0DecryptionKey has the size that the token is "
                "encrypted to, or the header's kid: compare with the API's "
                "settings"),
    [AUTH0_DECRYPT_FAILED] =
        DECRYPT("decrypt.failed",
                "no Auth0DecryptionKey opens the token: it is encrypted to "
                "another key, or damaged"),
    [AUTH0_DECRYPT_NOT_JWS] =
        DECRYPT("decrypt.not_jws",
                "what the token encrypts is not one signed token: that it was "
                "encrypted says nothing about who made it"),
    [AUTH0_KEY_UNKNOWN] =
        TOKEN("key.unknown", "The token's signing key is not known",
              "the issuer's key set has no key for the token's kid: it may be "
              "of another tenant"),
    [AUTH0_KEY_UNUSABLE] =
        TOKEN("key.unusable", "The token's signing key is not usable",
              "the key of the token's kid does not fit the token's algorithm"),
    [AUTH0_KEY_UNAVAILABLE] =
        {"key.unavailable", 503, NULL, NULL,
         "no keys of the issuer are at hand: the error log says why they "
         "could not be fetched"},
    [AUTH0_SIGNATURE_LENGTH] =
        TOKEN("signature.length", "The token's signature is not valid",
              "the signature has not the length that algorithm and key give"),
    [AUTH0_SIGNATURE_INVALID] =
        TOKEN("signature.invalid", "The token's signature is not valid",
              "the signature does not belong to this text and key"),
    [AUTH0_CLAIMS_MALFORMED] =
        TOKEN("claims.malformed", "The token's claims are malformed",
              "the payload is not one JSON object without duplicates, or has a "
              "text or number that cannot be read"),
    [AUTH0_CLAIMS_TYPE] =
        TOKEN("claims.type", "A claim of the token has a wrong type",
              "a registered claim has a wrong JSON type, is out of range or "
              "holds a control character"),
    [AUTH0_CLAIMS_MISSING] =
        TOKEN("claims.missing", "The token lacks a required claim",
              "iss, aud or exp is missing, or a claim that Auth0TokenProfile, "
              "Auth0MaxTokenAge or a logout needs"),
    [AUTH0_CLAIMS_ISS] =
        TOKEN("claims.iss", "The token is from another issuer",
              "iss is none of the issuers configured here, byte for byte "
              "(Auth0's end with a slash; custom domains count on their own)"),
    [AUTH0_CLAIMS_AUD] =
        TOKEN("claims.aud", "The token is for another audience",
              "aud holds none of Auth0Audience (of Auth0LogoutClient, for a "
              "logout), byte for byte: a trailing slash counts"),
    [AUTH0_CLAIMS_EXP] =
        TOKEN("claims.exp", "The token has expired", "the token has expired"),
    [AUTH0_CLAIMS_NBF] = TOKEN("claims.nbf", "The token is not valid yet",
                               "nbf is in the future: compare the clocks"),
    [AUTH0_CLAIMS_IAT] =
        TOKEN("claims.iat", "The token was issued in the future",
              "iat is in the future: compare the clocks"),
    [AUTH0_CLAIMS_AGE] =
        TOKEN("claims.age", "The token is too old",
              "iat is longer ago than Auth0MaxTokenAge allows"),
    [AUTH0_CLAIMS_EVENTS] =
        TOKEN("claims.events", "The token is not an access token",
              "events names a back-channel logout where an access token "
              "belongs, or names none where a logout token does"),
    [AUTH0_CLAIMS_NONCE] =
        REQUEST("claims.nonce", "The token is not a logout token",
                "a logout token never has a nonce: this one was made for "
                "something else"),
    [AUTH0_CNF_UNKNOWN] =
        TOKEN("cnf.unknown", "The token is bound in a way not supported here",
              "cnf has neither jkt (DPoP) nor x5t#S256 (mTLS), or stands in a "
              "logout token: the token must not pass as a plain bearer token"),
    [AUTH0_CNF_SCHEME] =
        TOKEN("cnf.scheme", "The token does not go with this scheme",
              "a token that is bound to a key (cnf.jkt) came under another "
              "scheme than DPoP or where Auth0DPoP disabled is in force, or "
              "one that is not came under DPoP or where Auth0DPoP required "
              "is in force: the client has to ask Auth0 for the token with a "
              "proof and send it as 'DPoP', or neither"),
    [AUTH0_CNF_PROOF_MISSING] =
        PROOF("cnf.proof_missing", "The DPoP proof is missing",
              "the token is bound to a key (cnf.jkt) and came under the scheme "
              "DPoP, but without a DPoP field: the client forgot it, or "
              "something in front of httpd has dropped it"),
    [AUTH0_CNF_PROOF_INVALID] = PROOF(
        "cnf.proof_invalid", "The DPoP proof is not valid",
        "the DPoP field is not one proof for this token, method and URL by the "
        "key that it brings along, made just now: compare htu with the public "
        "URL (Auth0BaseURL where TLS ends in front of httpd), and the clocks "
        "(Auth0DPoPWindow)"),
    [AUTH0_CNF_NONCE] =
        {"cnf.nonce", 401, "use_dpop_nonce",
         "The DPoP proof needs a nonce of this server",
         "the proof has no nonce, or one that is too old or was made by "
         "somebody else, and Auth0DPoP demands one: clients take the one of "
         "the answer (DPoP-Nonce) and try again, so one such answer is normal"},
    [AUTH0_CNF_JKT] =
        TOKEN("cnf.jkt", "The token is bound to another key",
              "the proof is good, but its key is not the one that the token is "
              "bound to (cnf.jkt): the client has changed its key and has to "
              "get a new token, or the token was stolen"),
    [AUTH0_CNF_REPLAY] =
        PROOF("cnf.replay", "The DPoP proof was used before",
              "a proof with this jti has been seen: the client has to make a "
              "new one for each request, retries included, or somebody "
              "replays them"),
    [AUTH0_CNF_STORE] =
        {"cnf.store", 503, NULL, NULL,
         "whether the proof was used before cannot be told: there is no room "
         "for another mark, or the store is out of reach; give "
         "Auth0SharedStore more room, or shorten Auth0DPoPWindow"},
    [AUTH0_CNF_CERTIFICATE] =
        TOKEN("cnf.certificate", "The token is bound to another certificate",
              "the connection has no client certificate or another one than "
              "the token is bound to (cnf.x5t#S256), or the token is bound to "
              "none and Auth0CertificateBound demands it: SSLVerifyClient has "
              "to ask for one, and TLS must not end in front of httpd"),
    [AUTH0_DENY_UNAVAILABLE] =
        {"deny.unavailable", 503, NULL, NULL,
         "the deny list cannot be looked at, and who is on it must not pass"},
    [AUTH0_DENY_SUB] =
        DENIED("deny.sub", "the token's subject (sub), or the user was logged "
                           "out after the token was issued"),
    [AUTH0_DENY_CLIENT] =
        DENIED("deny.client", "the token's application (azp or client_id)"),
    [AUTH0_DENY_ORG] =
        DENIED("deny.org", "the token's organization (org_id or org_name)"),
    [AUTH0_DENY_JTI] = DENIED("deny.jti", "the token itself (jti)"),
    [AUTH0_DENY_SID] =
        DENIED("deny.sid", "the token's session (sid), or it was logged out"),
    [AUTH0_DENY_KID] =
        DENIED("deny.kid", "the key that the token is signed with (kid)"),
    [AUTH0_LOGOUT_REQUEST] =
        REQUEST("logout.request", "The request is not one logout_token",
                "the body is not a form of at most 64 KiB with one "
                "logout_token in it"),
    [AUTH0_LOGOUT_REPLAY] =
        REQUEST("logout.replay", "The logout token was used before",
                "a token with this jti has already logged somebody out"),
    [AUTH0_LOGOUT_STORE] =
        {"logout.store", 503, NULL, NULL,
         "the logout cannot be remembered: there is no room for it, or the "
         "store is out of reach"},
    [AUTH0_REQUIRE_SCOPE] =
        {"require.scope", 403, "insufficient_scope",
         "The token lacks a required scope",
         "a Require auth0-scope is not met: the challenge names the scope"},
    [AUTH0_REQUIRE_PERMISSION] =
        {"require.permission", 403, "insufficient_scope",
         "The token lacks a required permission",
         "a Require auth0-permission is not met: the challenge names the "
         "permission"},
    [AUTH0_REQUIRE_CLAIM] =
        FORBIDDEN("require.claim", "a claim that is required is not met"),
    [AUTH0_REQUIRE_ORG] =
        FORBIDDEN("require.org", "the token is of none of the organizations"),
    [AUTH0_REQUIRE_CLIENT] =
        FORBIDDEN("require.client", "the token is of none of the clients"),
    [AUTH0_REQUIRE_SUBJECT] =
        FORBIDDEN("require.subject",
                  "the token's subject is of another type, or the token does "
                  "not tell of which"),
    [AUTH0_REQUIRE_STEP_UP] =
        {"require.step_up", 401, "insufficient_user_authentication",
         "A more recent or a stronger authentication is required",
         "a Require auth0-step-up is not met: the claims named by "
         "Auth0ACRClaim and Auth0AuthTimeClaim are absent or not good enough"},
    [AUTH0_REQUIRE_AUTHORIZATION_DETAILS] =
        FORBIDDEN("require.authorization_details",
                  "the token has no authorization details of a required type"),
    [AUTH0_REQUIRE_OTHER] =
        {"require.other", 403, NULL, NULL,
         "a Require of another module is not met, or an auth0 one is met that "
         "must not be"},
};

const auth0_reason_info_t *auth0_reason_info(auth0_reason_t reason)
{
    return &reasons[reason < AUTH0_REASON_COUNT ? reason
                                                : AUTH0_CONFIG_INCOMPLETE];
}

auth0_span_t auth0_reason_stage(auth0_reason_t reason)
{
    auth0_span_t rest = auth0_span_cstr(auth0_reason_info(reason)->code);
    auth0_span_t stage;

    (void)auth0_span_cut(&stage, &rest, '.');
    return stage;
}
