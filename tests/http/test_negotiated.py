# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
MultiViews: what the client asks for goes on as another file, with the filters
of a subrequest. What this module has put in front of the body has to be there.
"""
import pytest

import client
import tokens
from backends import SCHEMES
from conf import TENANT, location
from env import Httpd

KEY = tokens.rsa_key("main")
SUBJECT = tokens.SUBJECT.encode()
LIE = "SPOOFED"
FORM = "application/x-www-form-urlencoded"

CONFIG = """\
MergeTrailers On
<Directory ${DIR}/htdocs>
    Options +MultiViews
    Require all granted
</Directory>
<LocationMatch "\\.html$">
    SetHandler "proxy:fcgi://127.0.0.1:%(port)d"
</LocationMatch>
"""


@pytest.fixture(scope="module")
def backend():
    with SCHEMES["fcgi"]() as server:
        yield server


@pytest.fixture(scope="module")
def httpd(backend):
    config = TENANT + CONFIG % {"port": backend.port} + location(
        "/", "Auth0ClaimHeader X-Auth0-Sub sub", "Require valid-user"
    ) + location("/form", "Auth0TokenSource header form")
    files = {
        "keys.json": tokens.jwks(KEY),
        "htdocs/page.html": "never seen",
        "htdocs/form/page.html": "never seen",
    }
    modules = [*backend.modules, "negotiation"]
    with Httpd(config, files, modules=modules) as server:
        yield server


def post(httpd, path, headers, body):
    headers = client.complete([("Connection", "close"), *headers], b"")
    with client.Connection(httpd.port) as connection:
        connection.send("POST", path, headers, body)
        return connection.receive("POST")


@pytest.mark.parametrize("path", ["/page", "/page.html"])
def test_trailers(httpd, backend, path):
    sent = tokens.token(KEY)
    body = b"5\r\nabcde\r\n0\r\n"
    body += f"X-Auth0-Sub: {LIE}\r\nX_Auth0_Sub: {LIE}\r\n\r\n".encode()
    response = post(httpd, path, [
        ("Transfer-Encoding", "chunked"), ("Authorization", f"Bearer {sent}"),
    ], body)
    assert response.status == 200
    arrived = backend.take(response)
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]
    assert LIE.encode() not in arrived.raw
    assert arrived.body == b"abcde"


@pytest.mark.parametrize("path", ["/form/page", "/form/page.html"])
def test_a_form_that_bore_the_token(httpd, backend, path):
    """Whoever answers finds the body as if nobody had read it."""
    sent = f"order=7&access_token={tokens.token(KEY)}".encode()
    response = post(httpd, path, [
        ("Content-Length", str(len(sent))), ("Content-Type", FORM),
    ], sent)
    assert response.status == 200
    arrived = backend.take(response)
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]
    assert arrived.body == sent
