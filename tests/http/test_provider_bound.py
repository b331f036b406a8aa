# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Tokens that a real OpenID provider has bound to a real client, by DPoP and by a
certificate: neither of them knows anything of our code.
"""
import json

import pytest

import answers
import tokens
from conf import PAGE, location
from env import Httpd
from test_certificate import Line, bearer, context_of

CONFIG = """
Auth0CACertificateFile {ca_file}
Auth0KeyRefresh 1
Auth0Issuer {issuer}
Auth0Audience https://api.example.com/orders
SSLVerifyClient optional_no_ca
ScriptAliasMatch "^/" "${DIR}/cgi/user.cgi"
""" + "".join([
    location("/orders", "Require auth0-scope read:orders"),
    location("/required", "Auth0DPoP required",
             "Require auth0-scope read:orders"),
    location("/nonce", "Auth0DPoP required nonce",
             "Require auth0-scope read:orders"),
    location("/certificate", "Auth0CertificateBound required",
             "Require auth0-scope read:orders"),
])
PROGRAM = """\
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n%s %s' "$AUTH0_REASON" "$REMOTE_USER"
"""


@pytest.fixture(scope="module")
def httpd(authority, provider):
    config = CONFIG.replace("{ca_file}", str(authority.file))
    config = config.replace("{issuer}", provider.url)
    config = config.replace("ScriptAlias", "ServerName localhost\nScriptAlias")
    files = {**PAGE, "cgi/user.cgi": PROGRAM}
    with Httpd(config, files, tls=authority, modules=["cgid"],
               http2=True) as server:
        server.wait_for_log("are in force")
        yield server


@pytest.fixture(scope="module")
def files(authority):
    return authority.issue("a-client", ("client.example",))


@pytest.fixture
def call(httpd, provider, files):
    def ask(client, path, times=1):
        api = f"https://localhost:{httpd.port}{path}"
        return provider.call(client, api, files, times)

    return ask


@pytest.mark.parametrize("path", ["/orders", "/required"])
def test_dpop(call, path):
    for answer in call("dpop-batch", path, 3):
        assert (answer["status"], answer["body"]) == (200, "ok dpop-batch")


def test_dpop_with_nonces(httpd, call):
    """The client asks without, is told the nonce, and asks again."""
    before = httpd.error_log.read_text().count("] cnf.nonce: ")
    for answer in call("dpop-batch", "/nonce", 3):
        assert (answer["status"], answer["body"]) == (200, "ok dpop-batch")
    after = httpd.error_log.read_text().count("] cnf.nonce: ")
    assert after - before == 1


@pytest.mark.parametrize("path", ["/orders", "/certificate"])
def test_certificate(call, path):
    for answer in call("mtls-batch", path, 2):
        assert (answer["status"], answer["body"]) == (200, "ok mtls-batch")


def test_a_plain_token_is_as_good_as_ever(call):
    (answer,) = call("nightly-batch", "/orders")
    assert (answer["status"], answer["body"]) == (200, "ok nightly-batch")


def test_a_stolen_token(httpd, authority, provider, files):
    """The same token by whoever has no key: neither kind is let in."""
    with Line(httpd, context_of(authority, None)) as thief:
        for client, reason in [("dpop-batch", "cnf.scheme"),
                               ("mtls-batch", "cnf.certificate")]:
            (answer,) = provider.call(
                client, f"https://localhost:{httpd.port}/orders", files
            )
            assert answer["status"] == 200
            token = answer["token"]
            claims = json.loads(tokens.unb64(tokens.parts(token)[1]))
            assert claims["cnf"]
            response = thief.get("/orders", [bearer(token)])
            answers.refused(response, reason, realm="localhost")
