# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What an inner section takes over, what it replaces, and what is shared."""
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from issuer import Issuer

KEY = tokens.rsa_key("main")
OTHER = tokens.rsa_key("other")
SECRET = tokens.Secret(b"s" * 32)

OUTER = """\
<Location /outer>
    AuthType Auth0
    Auth0ClockSkew 60
    Auth0RemoteUser azp
    Require valid-user
</Location>
<Location /outer/inner>
    Auth0ClockSkew 0
    Auth0RemoteUser org_id
</Location>
<Location /outer/silent>
    Auth0Audience https://api.example.com/orders
</Location>
<Location /hs>
    AuthType Auth0
    Auth0Algorithms HS256
    Auth0SigningSecret file:${DIR}/one
    Require valid-user
</Location>
<Location /hs/inner>
    Auth0SigningSecret file:${DIR}/two
</Location>
<Location /hs/silent>
    Auth0ClockSkew 0
</Location>
"""


@pytest.fixture(scope="module")
def nested():
    files = {
        **PAGE,
        "keys.json": tokens.jwks(KEY),
        "one": SECRET.secret,
        "two": b"t" * 32,
    }
    with Httpd(ANYTHING + TENANT + OUTER, files) as httpd:
        yield httpd


def late():
    """A token that expired ten seconds ago."""
    return tokens.token(KEY, exp=int(time.time()) - 10)


@pytest.mark.parametrize("path", ["/outer", "/outer/silent"])
def test_skew_is_taken_over(nested, path):
    assert nested.get(path, late()).status == 200


def test_skew_is_replaced(nested):
    answers.refused(nested.get("/outer/inner", late()), "claims.exp")


USERS = [
    ("outer", "/outer", "app"),
    ("silent", "/outer/silent", "app"),
    ("inner", "/outer/inner", "org_1"),
]


@pytest.mark.parametrize("path, user", **table(USERS))
def test_user_claim(nested, path, user):
    token = tokens.token(KEY, azp="app", org_id="org_1")
    response = nested.get(path, token)
    assert (response.status, response.user) == (200, user)


@pytest.mark.parametrize("path", ["/hs", "/hs/silent"])
def test_secret_is_taken_over(nested, path):
    assert nested.get(path, tokens.token(SECRET, "HS256")).status == 200


def test_secret_is_replaced(nested):
    response = nested.get("/hs/inner", tokens.token(SECRET, "HS256"))
    answers.refused(response, "signature.invalid")


def test_one_issuer_with_two_places_of_keys(authority):
    """The same name, but the keys of the one place do not open the other."""
    with Issuer(authority, KEY) as one, Issuer(authority, OTHER) as two:
        config = ANYTHING + f"Auth0CACertificateFile {authority.file}\n"
        for name, issuer in (("one", one), ("two", two)):
            config += location(
                f"/{name}",
                f"Auth0Issuer https://tenant.example/ {issuer.url}jwks.json",
                f"Auth0Audience {tokens.AUDIENCE}",
                "Require valid-user",
            )
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer", count=2)
            for path, good, bad in (("/one", KEY, OTHER), ("/two", OTHER, KEY)):
                assert httpd.get(path, tokens.token(good)).status == 200
                response = httpd.get(path, tokens.token(bad))
                answers.refused(response, "key.unknown")


INVERTED = [
    ("not", "Require not auth0-scope banned"),
    (
        "none",
        "<RequireNone>\nRequire auth0-scope banned\n</RequireNone>",
    ),
]


@pytest.mark.parametrize("line", **table(INVERTED))
def test_what_must_not_be_met_is_never_asked_for(line):
    config = (
        ANYTHING
        + TENANT
        + location(
            "/orders",
            "<RequireAll>",
            line,
            "Require auth0-scope needed",
            "</RequireAll>",
        )
    )
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    with Httpd(config, files) as httpd:
        response = httpd.get("/orders", tokens.token(KEY, scope="other"))
        answers.refused(response, "require.scope", scope="needed")
