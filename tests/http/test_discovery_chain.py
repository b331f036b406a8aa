# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
From 401 to 200 by a program that is given an API's URL and its own credentials:
RFC 9728 section 5, RFC 8414 section 3, RFC 6749 section 4.4. Each step is taken
only after all that a client has to check holds.
"""
import base64
import json
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest

from conf import PAGE, location
from env import Httpd
from logs import watch
from provider import CLIENT

CONFIG = """
ServerName localhost
Auth0CACertificateFile {ca_file}
Auth0KeyRefresh 1
Auth0Issuer {issuer}
Auth0ResourceMetadata On
AliasMatch "^/" "${{DIR}}/htdocs/page.html"
"""


@pytest.fixture(scope="module")
def httpd(authority, provider):
    server = Httpd(
        CONFIG.format(ca_file=authority.file, issuer=provider.url),
        PAGE, tls=authority, http2=True,
    )
    with server.conf_file.open("a") as conf:
        for path, scope in (("/", "read:orders"), ("/tools", "call:tools")):
            conf.write(location(
                path,
                f"Auth0Audience https://localhost:{server.port}{path}",
                f"Require auth0-scope {scope}",
            ))
    with server:
        server.wait_for_log("are in force")
        yield server


class Walker:
    """Has no configuration but the authority of all certificates."""

    def __init__(self, context, client, secret):
        self.context = context
        self.client, self.secret = client, secret
        self.steps = []

    def ask(self, url, data=None, **fields):
        assert url.startswith("https://")
        watch.note_sent(fields.get("Authorization", ""))
        request = urllib.request.Request(url, data, fields)
        try:
            with urllib.request.urlopen(request, timeout=10,
                                        context=self.context) as answer:
                got = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            got = answer.code, answer.headers, answer.read()
        self.steps.append((got[0], url))
        return got

    def metadata_url(self, api):
        status, headers, _ = self.ask(api)
        assert status == 401
        scheme, _, rest = headers["WWW-Authenticate"].partition(" ")
        assert scheme == "Bearer"
        return re.search('resource_metadata="([^"]+)"', rest)[1]

    def resource(self, api):
        """RFC 9728 sections 3.1 and 3.3."""
        url = self.metadata_url(api)
        parts = urllib.parse.urlsplit(api)
        path = "" if parts.path == "/" else parts.path
        assert url == parts._replace(
            path="/.well-known/oauth-protected-resource" + path
        ).geturl()
        status, headers, body = self.ask(url)
        assert (status, headers["Content-Type"]) == (200, "application/json")
        document = json.loads(body)
        assert document["resource"] == api
        return document

    def server(self, issuer):
        """RFC 8414 sections 3.1, 3.3 and 5: OpenID Connect's place will do."""
        for name in ("oauth-authorization-server", "openid-configuration"):
            base = issuer.rstrip("/")
            status, _, body = self.ask(f"{base}/.well-known/{name}")
            if status == 200:
                break
        assert status == 200
        document = json.loads(body)
        assert document["issuer"] == issuer
        return document

    def token(self, document):
        server = self.server(document["authorization_servers"][0])
        assert "client_credentials" in server["grant_types_supported"]
        pair = ":".join(map(urllib.parse.quote_plus,
                            (self.client, self.secret)))
        form = {"grant_type": "client_credentials",
                "resource": document["resource"],
                "scope": " ".join(document["scopes_supported"])}
        status, _, body = self.ask(
            server["token_endpoint"], urllib.parse.urlencode(form).encode(),
            Authorization="Basic " + base64.b64encode(pair.encode()).decode(),
        )
        assert status == 200, body
        return json.loads(body)

    def get(self, api):
        document = self.resource(api)
        token = self.token(document)
        assert token["token_type"] == "Bearer"
        assert "header" in document["bearer_methods_supported"]
        return self.ask(api, Authorization="Bearer " + token["access_token"])


@pytest.mark.parametrize("path", ["/", "/tools"])
def test_the_chain(httpd, provider, path):
    api = f"https://localhost:{httpd.port}{path}"
    walker = Walker(provider.context, *CLIENT)
    status, headers, body = walker.get(api)
    assert (status, body) == (200, b"the orders\n")
    assert headers["WWW-Authenticate"] is None
    well_known = "/.well-known/oauth-protected-resource"
    assert walker.steps == [
        (401, api),
        (200, f"https://localhost:{httpd.port}{well_known}{path.rstrip('/')}"),
        (404, f"{provider.url}/.well-known/oauth-authorization-server"),
        (200, f"{provider.url}/.well-known/openid-configuration"),
        (200, f"{provider.url}/token"),
        (200, api),
    ]


def test_a_token_of_one_chain_is_none_of_the_other(httpd, provider):
    walker = Walker(provider.context, *CLIENT)
    base = f"https://localhost:{httpd.port}"
    token = walker.token(walker.resource(base + "/tools"))["access_token"]
    status, headers, _ = walker.ask(base + "/", Authorization="Bearer " + token)
    assert status == 401
    assert 'error="invalid_token"' in headers["WWW-Authenticate"]
    assert walker.metadata_url(base + "/")
