# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The answers, condition by condition: for each the status, the challenge as it
stands on the wire, Retry-After, and that no cache keeps it. Nothing here is
put together by the rest of the tests: what is written is what clients read.
"""
import json
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from crowd import FAILED, wait_for
from env import Httpd
from issuer import Issuer
from logs import watch

KEY = tokens.rsa_key("main")
REALM = 'Bearer realm="api.example.com"'
FORM = "application/x-www-form-urlencoded"

AUDIENCE = f"Auth0Audience {tokens.AUDIENCE}"
SCOPE = "Require auth0-scope read:orders"
STEP_UP = 'Require auth0-step-up acr="mfa phr" max_age=300'
NOBODY = "Auth0Issuer https://nobody.example/ https://127.0.0.1:1/jwks.json"

SECTIONS = {
    "/orders": (SCOPE,),
    "/named": ('AuthName "the orders"', SCOPE),
    "/sources": ("Auth0TokenSource header query form cookie:at", SCOPE),
    "/words": ('Require auth0-scope "read:orders write:orders" admin',),
    "/permission": ("Require auth0-permission read:orders admin",),
    "/all": ("<RequireAll>", SCOPE, "Require auth0-scope write:orders",
             "Require auth0-permission pay", "</RequireAll>"),
    "/any": ("<RequireAny>", "Require auth0-permission pay", SCOPE, STEP_UP,
             "</RequireAny>"),
    "/step-up": (STEP_UP,),
    "/acr": ("Require auth0-step-up acr=mfa",),
    "/age": ("Require auth0-step-up max_age=300",),
    "/claim": ("Require auth0-claim plan gold",),
    "/org": ("Require auth0-org org_1",),
    "/client": ("Require auth0-client app",),
    "/subject": ("Require auth0-subject machine",),
    "/details": ("Require auth0-authorization-details payment",),
    "/expr": ("Require expr \"auth0_claim('plan') == 'gold'\"",),
    "/user": ("Require user somebody",),
    "/problem": ("Auth0ProblemDetails On", SCOPE),
    "/nobody": (NOBODY, AUDIENCE, SCOPE),
}
CONFIG = ANYTHING + TENANT
CONFIG += "".join(location(path, *x) for path, x in SECTIONS.items())


@pytest.fixture(scope="module")
def httpd():
    watch.announce(FAILED)
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    with Httpd(CONFIG, files, http2=True) as server:
        server.wait_for_log(FAILED)
        yield server


#: A client that has shown nothing may show a token that is bound, too.
ALGS = f', algs="{answers.ALGS}"'


def error(name, description, **more):
    value = f'{REALM}, error="{name}", error_description="{description}"'
    return value + "".join(f', {k}="{v}"' for k, v in more.items())


def invalid_request(words):
    return error("invalid_request", words)


def invalid_token(words):
    return error("invalid_token", words)


def lacks(what, scope):
    words = f"The token lacks a required {what}"
    return error("insufficient_scope", words, scope=scope)


def step_up(**more):
    words = "A more recent or a stronger authentication is required"
    return error("insufficient_user_authentication", words, **more)


MALFORMED = invalid_request("The credentials are malformed")
MULTIPLE = invalid_request("More than one credential was sent")


def good(**changes):
    return tokens.token(KEY, **changes)


def bearer(**changes):
    return [("Authorization", f"Bearer {good(**changes)}")]


def fields(*values):
    return [("Authorization", value) for value in values]


def now(seconds=0):
    return int(time.time()) + seconds


#: name: path, fields (made when they are sent), status, challenge, reason
ROWS = [
    # no credentials, or another scheme's
    ("nothing", "/orders", lambda: [], 401, REALM, "request.no_token"),
    ("nothing_named", "/named", lambda: [], 401, 'Bearer realm="the orders"',
     "request.no_token"),
    ("nothing_anywhere", "/sources", lambda: [], 401, REALM,
     "request.no_token"),
    ("nothing_for_step_up", "/step-up", lambda: [], 401, REALM,
     "request.no_token"),
    ("basic", "/orders", lambda: fields("Basic dXNlcjpwYXNz"), 401, REALM,
     "request.scheme"),
    # malformed, or more than one
    ("bearer_alone", "/orders", lambda: fields("Bearer"), 400, MALFORMED,
     "request.malformed"),
    ("two_words", "/orders", lambda: fields("Bearer AAAA BBBB"), 400,
     MALFORMED, "request.malformed"),
    ("no_token68", "/orders", lambda: fields("Bearer AA{A"), 400, MALFORMED,
     "request.malformed"),
    ("two_fields", "/orders", lambda: bearer() * 2, 400, MULTIPLE,
     "request.multiple"),
    ("header_and_cookie", "/sources",
     lambda: [*bearer(), ("Cookie", f"at={good()}")], 400, MULTIPLE,
     "request.multiple"),
    ("header_and_query", "/sources?access_token=abc", bearer, 400, MULTIPLE,
     "request.multiple"),
    ("query_and_cookie", "/sources?access_token=abc",
     lambda: [("Cookie", "at=abc")], 400, MULTIPLE, "request.multiple"),
    ("too_large", "/orders", lambda: fields("Bearer " + "a" * 8193), 400,
     invalid_request("The token is too large"), "request.too_large"),
    # a token that does not verify
    ("opaque", "/orders", lambda: fields("Bearer 8xLOxBtZp8"), 401,
     invalid_token("The token is not a JSON Web Token"), "token.opaque"),
    ("algorithm", "/orders",
     lambda: fields("Bearer " + tokens.unsigned({"alg": "none"}, {}) + "."),
     401, invalid_token("The token's algorithm is not accepted"),
     "header.alg"),
    ("key", "/orders", lambda: bearer(head={"kid": "x"}), 401,
     invalid_token("The token's signing key is not known"), "key.unknown"),
    ("signature", "/orders",
     lambda: fields("Bearer " + good()[:-8] + "AAAAAAAA"), 401,
     invalid_token("The token's signature is not valid"),
     "signature.invalid"),
    ("issuer", "/orders", lambda: bearer(iss="https://else.example/"), 401,
     invalid_token("The token is from another issuer"), "claims.iss"),
    ("audience", "/orders", lambda: bearer(aud="https://else"), 401,
     invalid_token("The token is for another audience"), "claims.aud"),
    ("expired", "/orders", lambda: bearer(exp=now(-60)), 401,
     invalid_token("The token has expired"), "claims.exp"),
    ("expired_for_step_up", "/step-up", lambda: bearer(exp=now(-60)), 401,
     invalid_token("The token has expired"), "claims.exp"),
    ("scope_of_a_wrong_type", "/orders", lambda: bearer(scope=["a"]), 401,
     invalid_token("A claim of the token has a wrong type"), "claims.type"),
    # scope or permission lacking
    ("scope", "/orders", lambda: bearer(scope="x"), 403,
     lacks("scope", "read:orders"), "require.scope"),
    ("scope_words", "/words", lambda: bearer(scope="read:orders"), 403,
     lacks("scope", "read:orders write:orders"), "require.scope"),
    ("permission", "/permission", lambda: bearer(permissions=[]), 403,
     lacks("permission", "read:orders"), "require.permission"),
    ("scope_all", "/all", lambda: bearer(scope=""), 403,
     lacks("scope", "read:orders write:orders pay"), "require.scope"),
    ("scope_all_but_one", "/all", bearer, 403,
     lacks("scope", "write:orders pay"), "require.scope"),
    ("permission_of_all", "/all",
     lambda: bearer(scope="write:orders read:orders"), 403,
     lacks("permission", "pay"), "require.permission"),
    ("permission_first_of_any", "/any", lambda: bearer(scope=""), 403,
     lacks("permission", "pay"), "require.permission"),
    # step-up lacking
    ("step_up", "/step-up", bearer, 401,
     step_up(acr_values="mfa phr", max_age="300"), "require.step_up"),
    ("step_up_acr", "/acr", lambda: bearer(acr="pwd"), 401,
     step_up(acr_values="mfa"), "require.step_up"),
    ("step_up_age", "/age", lambda: bearer(auth_time=now(-400)), 401,
     step_up(max_age="300"), "require.step_up"),
    # another Require fails
    ("claim", "/claim", bearer, 403, None, "require.claim"),
    ("org", "/org", bearer, 403, None, "require.org"),
    ("client", "/client", bearer, 403, None, "require.client"),
    ("subject", "/subject", bearer, 403, None, "require.subject"),
    ("details", "/details", bearer, 403, None,
     "require.authorization_details"),
    ("expr", "/expr", bearer, 403, None, "require.other"),
    ("user", "/user", bearer, 403, None, "require.other"),
    # no keys yet
    ("no_keys", "/nobody", lambda: bearer(iss="https://nobody.example/"), 503,
     None, "key.unavailable"),
]


def check(response, status, challenge, reason):
    assert (response.reason, response.status) == (reason, status)
    challenges = [challenge] if challenge else []
    if reason in ("request.no_token", "request.scheme"):
        challenges.append(challenge.replace("Bearer", "DPoP") + ALGS)
    assert response.challenges == challenges
    assert response.all("Cache-Control") == ["no-store"]
    retry = response.all("Retry-After")
    assert len(retry) == (1 if status == 503 else 0)
    assert all(1 <= int(seconds) <= 60 for seconds in retry)


def expect_from_httpd(reason):
    """httpd says in its own words that no Require was met."""
    if reason.startswith("require."):
        watch.announce("AH01631: .* authorization failure")


@pytest.mark.parametrize("h2", [False, True], ids=["http1", "http2"])
@pytest.mark.parametrize(
    "path, make, status, challenge, reason", **table(ROWS)
)
def test_answer(httpd, h2, path, make, status, challenge, reason):
    expect_from_httpd(reason)
    response = httpd.get(path, headers=make(), h2=h2)
    check(response, status, challenge, reason)


@pytest.mark.parametrize(
    "path, make, status, challenge, reason", **table(ROWS)
)
def test_answer_without_a_body(httpd, path, make, status, challenge, reason):
    expect_from_httpd(reason)
    response = httpd.request("HEAD", path, headers=make())
    check(response, status, challenge, reason)
    assert response.body == b""


def test_a_form_that_is_too_large(httpd):
    """The one answer of 413: the body is at fault, not the token."""
    headers = [*bearer(), ("Content-Type", FORM)]
    response = httpd.request(
        "POST", "/sources", headers=headers, body=b"a" * 65537
    )
    check(response, 413, None, "request.body")


def test_two_places_with_a_form(httpd):
    headers = [*bearer(), ("Content-Type", FORM)]
    response = httpd.request(
        "POST", "/sources", headers=headers, body=b"access_token=abc"
    )
    check(response, 400, MULTIPLE, "request.multiple")


#: Let in, with nothing of a challenge: path, and the claims for it.
PASSED = {
    "/orders": {},
    "/words": {"scope": "admin"},
    "/permission": {"permissions": ["admin"]},
    "/all": {"scope": "read:orders write:orders", "permissions": ["pay"]},
    "/any": {"scope": "read:orders"},
    "/claim": {"plan": "gold"},
    "/org": {"org_id": "org_1"},
    "/acr": {"acr": "mfa"},
}


@pytest.mark.parametrize("path", PASSED)
def test_nothing_of_it_when_let_in(httpd, path):
    response = httpd.get(path, good(**PASSED[path]))
    answers.accepted(response, tokens.SUBJECT)
    assert response.all("Retry-After") == []


def test_problem_details_change_the_body_alone(httpd):
    """The other of the two forms that an answer has."""
    for make, status, challenge, reason in [
        (list, 401, REALM, "request.no_token"),
        (lambda: bearer(scope="x"), 403, lacks("scope", "read:orders"),
         "require.scope"),
    ]:
        expect_from_httpd(reason)
        response = httpd.get("/problem", headers=make())
        check(response, status, challenge, reason)
        assert json.loads(response.text)["reason"] == reason


def test_keys_that_are_too_stale(authority, announce):
    """503 again once the last good keys are older than Auth0KeyMaxStale."""
    announce(FAILED)
    announce("are too old to serve .Auth0KeyMaxStale.: requests are answered")
    with Issuer(authority, KEY) as issuer:
        config = ANYTHING + (
            f"Auth0CACertificateFile {authority.file}\n"
            "Auth0KeyRefresh 1\nAuth0KeyMaxStale 0\n"
        )
        issuer_line = f"Auth0Issuer {issuer.url}"
        config += location("/orders", issuer_line, AUDIENCE, SCOPE)
        with Httpd(config, PAGE) as httpd:
            token = issuer.token(KEY)
            wait_for(httpd, "/orders", token, "ok")
            issuer.down()
            response = wait_for(httpd, "/orders", token, "key.unavailable")
            check(response, 503, None, "key.unavailable")
