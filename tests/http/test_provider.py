# Licensed under the Apache License, Version 2.0; see LICENSE.
"""A real OpenID provider as the issuer, from its token to our answer."""
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, location
from env import Httpd
from provider import CLIENT

CONFIG = (
    ANYTHING
    + """
Auth0CACertificateFile {ca_file}
Auth0KeyRefresh 1
Auth0Issuer {issuer}
Auth0Audience https://api.example.com/orders
"""
    + location("/orders", "Require auth0-scope read:orders")
    + location("/change", "Require auth0-scope write:orders")
)


@pytest.fixture(scope="module")
def server(authority, provider):
    config = CONFIG.replace("{ca_file}", str(authority.file))
    config = config.replace("{issuer}", provider.url)
    with Httpd(config, PAGE) as httpd:
        token = provider.token("read:orders")
        judged(httpd, token, "ok")
        yield httpd


def judged(httpd, token, reason, timeout=8):
    """Ask until the token is judged so; keys come by themselves."""
    deadline = time.monotonic() + timeout
    response = httpd.get("/orders", token)
    while response.reason != reason and time.monotonic() < deadline:
        time.sleep(0.05)
        response = httpd.get("/orders", token)
    assert response.reason == reason
    return response


def test_token_by_client_credentials(server, provider):
    response = server.get("/orders", provider.token("read:orders"))
    answers.accepted(response, CLIENT[0])


def test_scope_that_was_not_asked_for(server, provider):
    response = server.get("/change", provider.token("read:orders"))
    answers.refused(response, "require.scope", scope="write:orders")


def test_both_scopes(server, provider):
    token = provider.token("read:orders write:orders")
    for path in ("/orders", "/change"):
        answers.accepted(server.get(path, token), CLIENT[0])


def test_tampered_token(server, provider):
    head, payload, signature = tokens.parts(provider.token("read:orders"))
    first = "B" if signature[0] == "A" else "A"
    token = f"{head}.{payload}.{first}{signature[1:]}"
    answers.refused(server.get("/change", token), "signature.invalid")


def test_rotation_that_keeps_the_old_key(server, provider):
    old = provider.token("read:orders")
    provider.rotate()
    new = provider.token("read:orders")
    assert tokens.parts(old)[0] != tokens.parts(new)[0]
    answers.accepted(judged(server, new, "ok"), CLIENT[0])
    answers.accepted(server.get("/orders", old), CLIENT[0])


def test_rotation_that_removes_the_old_key(server, provider):
    old = provider.token("read:orders")
    answers.accepted(judged(server, old, "ok"), CLIENT[0])
    provider.rotate(keep=False)
    answers.accepted(
        judged(server, provider.token("read:orders"), "ok"), CLIENT[0]
    )
    answers.refused(server.get("/orders", old), "key.unknown")
