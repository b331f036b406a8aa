# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What each reason code looks like from outside."""
import hashlib
import json

from logs import watch

REALM = "api.example.com"

#: The Authorization field fails: reason -> (status, error, description).
ANSWERS = {
    "request.no_token": (401, None, None),
    "request.scheme": (401, None, None),
    "request.malformed": (
        400,
        "invalid_request",
        "The credentials are malformed",
    ),
    "request.multiple": (
        400,
        "invalid_request",
        "More than one credential was sent",
    ),
    "request.too_large": (400, "invalid_request", "The token is too large"),
    "require.scope": (
        403,
        "insufficient_scope",
        "The token lacks a required scope",
    ),
    "require.permission": (
        403,
        "insufficient_scope",
        "The token lacks a required permission",
    ),
    "require.step_up": (
        401,
        "insufficient_user_authentication",
        "A more recent or a stronger authentication is required",
    ),
}

#: The token fails: always 401 with the error invalid_token.
DESCRIPTIONS = {
    "token.malformed": "The token is malformed",
    "token.opaque": "The token is not a JSON Web Token",
    "token.encrypted": "Encrypted tokens are not accepted",
    "token.plain": "Only encrypted tokens are accepted",
    "decrypt.malformed": "The token cannot be decrypted",
    "decrypt.alg": "The token cannot be decrypted",
    "decrypt.key": "The token cannot be decrypted",
    "decrypt.failed": "The token cannot be decrypted",
    "decrypt.not_jws": "The token cannot be decrypted",
    "header.malformed": "The token's header is malformed",
    "header.forbidden": "The token's header is not acceptable",
    "header.crit": "The token's header is not acceptable",
    "header.alg": "The token's algorithm is not accepted",
    "header.typ": "The token is not an access token",
    "key.unknown": "The token's signing key is not known",
    "key.unusable": "The token's signing key is not usable",
    "signature.length": "The token's signature is not valid",
    "signature.invalid": "The token's signature is not valid",
    "claims.malformed": "The token's claims are malformed",
    "claims.type": "A claim of the token has a wrong type",
    "claims.missing": "The token lacks a required claim",
    "claims.iss": "The token is from another issuer",
    "claims.aud": "The token is for another audience",
    "claims.exp": "The token has expired",
    "claims.nbf": "The token is not valid yet",
    "claims.iat": "The token was issued in the future",
    "claims.age": "The token is too old",
    "claims.events": "The token is not an access token",
    "cnf.scheme": "The token does not go with this scheme",
    "cnf.jkt": "The token is bound to another key",
    "cnf.certificate": "The token is bound to another certificate",
    "cnf.unknown": "The token is bound in a way not supported here",
    "deny.sub": "The token has been revoked",
    "deny.client": "The token has been revoked",
    "deny.org": "The token has been revoked",
    "deny.jti": "The token has been revoked",
    "deny.sid": "The token has been revoked",
    "deny.kid": "The token has been revoked",
}
for _code, _text in DESCRIPTIONS.items():
    ANSWERS[_code] = (401, "invalid_token", _text)

#: The proof fails: always 401, and an error of RFC 9449.
PROOFS = {
    "cnf.proof_missing": ("invalid_dpop_proof", "The DPoP proof is missing"),
    "cnf.proof_invalid": ("invalid_dpop_proof",
                          "The DPoP proof is not valid"),
    "cnf.replay": ("invalid_dpop_proof", "The DPoP proof was used before"),
    "cnf.nonce": ("use_dpop_nonce",
                  "The DPoP proof needs a nonce of this server"),
}
for _code, _answer in PROOFS.items():
    ANSWERS[_code] = (401, *_answer)

ALGS = "ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512"

#: Answers that carry no challenge.
WITHOUT_CHALLENGE = {
    "config.incomplete": 500,
    "request.body": 413,
    "key.unavailable": 503,
    "require.claim": 403,
    "require.org": 403,
    "require.client": 403,
    "require.subject": 403,
    "require.authorization_details": 403,
    "cnf.store": 503,
    "deny.unavailable": 503,
    "logout.store": 503,
    "require.other": 403,
}

#: What a logout alone is answered, beside what is said of any token.
LOGOUTS = {
    "header.typ": "The token is not a logout token",
    "claims.events": "The token is not a logout token",
    "claims.nonce": "The token is not a logout token",
    "logout.request": "The request is not one logout_token",
    "logout.replay": "The logout token was used before",
}


def fingerprint(token):
    """How a token may appear in a log."""
    data = token if isinstance(token, bytes) else token.encode()
    return hashlib.sha256(data).hexdigest()[:8]


def challenge(reason, realm=REALM, scheme="Bearer", **more):
    """
    more is what follows the description: scope, acr_values, max_age, and
    metadata, a URL that is told in every 401.
    """
    status, error, description = ANSWERS[reason]
    value = f'{scheme} realm="{realm}"'
    if error:
        value += f', error="{error}", error_description="{description}"'
    for name in ("scope", "acr_values", "max_age"):
        if more.get(name):
            value += f', {name}="{more[name]}"'
    value += f', algs="{ALGS}"' if scheme == "DPoP" else ""
    if more.get("metadata") and status == 401:
        value += f', resource_metadata="{more["metadata"]}"'
    return value


def invitations(realm=REALM, dpop="allowed", metadata=None):
    """What a client is told that has shown nothing yet."""
    schemes = [] if dpop == "required" else ["Bearer"]
    schemes += [] if dpop == "disabled" else ["DPoP"]
    return [challenge("request.no_token", realm, one, metadata=metadata)
            for one in schemes]


def challenges(reason, realm=REALM, scheme="Bearer", dpop="allowed", **more):
    """All of them: errors are told in the scheme of the request."""
    if reason in WITHOUT_CHALLENGE:
        return []
    if reason in ("request.no_token", "request.scheme"):
        return invitations(realm, dpop, more.get("metadata"))
    told = [challenge(reason, realm, scheme, **more)]
    if reason == "cnf.scheme" and scheme == "Bearer" and dpop != "disabled":
        told += invitations(realm, "required", more.get("metadata"))
    return told


def refused(response, reason, realm=REALM, **more):
    """The response is what this reason demands, no more and no less."""
    status = WITHOUT_CHALLENGE.get(reason) or ANSWERS[reason][0]
    if reason.startswith("require."):
        watch.announce("AH01631: .* authorization failure")
    got = (response.reason, response.status, response.challenges)
    assert got == (reason, status, challenges(reason, realm, **more))
    assert response.header("Cache-Control") == "no-store"
    assert len(response.all("DPoP-Nonce")) == (reason == "cnf.nonce")


def lacking_claim(response):
    """What has to be sent to the back end cannot be."""
    got = (response.reason, response.status, response.challenges)
    assert got == ("require.claim", 403, [])
    assert response.header("Cache-Control") == "no-store"


def accepted(response, user):
    """The request was let in, with nothing of a refusal left over."""
    got = (response.reason, response.status, response.challenges)
    assert got == ("ok", 200, [])
    # It is for this caller alone.
    assert response.header("Cache-Control") == "private"
    assert response.user == user


def logged_out(response):
    """The logout token was taken."""
    got = (response.reason, response.status, response.body)
    assert got == ("ok", 200, b"")
    assert response.header("Cache-Control") == "no-store"
    assert response.challenges == []


def not_logged_out(response, reason):
    """Back-Channel Logout 1.0 section 2.8, or no answer yet."""
    assert response.header("Cache-Control") == "no-store"
    assert response.challenges == []
    if reason in WITHOUT_CHALLENGE:
        status = WITHOUT_CHALLENGE[reason]
        assert (response.reason, response.status) == (reason, status)
        assert (response.header("Retry-After") is not None) == (status == 503)
        return
    assert (response.reason, response.status) == (reason, 400)
    assert response.header("Content-Type") == "application/json"
    description = LOGOUTS.get(reason) or ANSWERS[reason][2]
    assert json.loads(response.body) == {
        "error": "invalid_request",
        "error_description": description,
    }
