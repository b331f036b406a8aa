# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The same answers under every MPM and protocol, and before any handler."""
import functools
import json
import time

import pytest

import answers
import tokens
from backend import Backend
from conf import TENANT, location, table
from env import SERVERS, Httpd

KEY = tokens.rsa_key("main")

MODULES = ["rewrite", "include", "proxy", "proxy_http"]

ENVIRONMENT = """\
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
env
"""

CONFIG = "\n".join(
    [
        TENANT,
        location("/read", "Require auth0-scope read"),
        location("/admin", "Require auth0-scope admin"),
        location("/both", "Require auth0-scope read"),
        location("/cgi", "Require auth0-scope read"),
        location("/api", "Require auth0-scope read"),
        location("/index", "Require auth0-scope read"),
        location("/strict", "Require auth0-scope read"),
        location("/strict/index.html", "Require auth0-scope admin"),
        location(
            "/else", "Auth0Audience https://else", "Require valid-user"
        ),
        location(
            "/told",
            "ErrorDocument 401 /open-cgi/env.cgi",
            "Require valid-user",
        ),
        """
ScriptAlias /cgi ${DIR}/cgi
ScriptAlias /open-cgi ${DIR}/cgi

ProxyPass /api http://127.0.0.1:%(backend)d/orders
<Location /api>
    RequestHeader set X-User "expr=%%{REMOTE_USER}"
</Location>

RewriteEngine On
RewriteRule ^/pretty$ /admin/page.html [PT]
<Directory ${DIR}/htdocs/old>
    RewriteEngine On
    RewriteRule ^ /admin/page.html
</Directory>
<Directory ${DIR}/htdocs/both>
    RewriteEngine On
    RewriteRule ^ /admin/page.html
</Directory>

DirectoryIndex index.html
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${DIR}/htdocs>
    Options +Includes
</Directory>
""",
    ]
)


def including(path):
    return f'begin <!--#include virtual="{path}" --> end'


FILES = {
    "keys.json": tokens.jwks(KEY),
    "cgi/env.cgi": ENVIRONMENT,
    "htdocs/read/page.html": "read",
    "htdocs/admin/page.html": "admin",
    "htdocs/else/page.html": "else",
    "htdocs/both/page.html": "never seen",
    "htdocs/old/page.html": "never seen",
    "htdocs/index/index.html": "index",
    "htdocs/strict/index.html": "strict index",
    "htdocs/open/read.shtml": including("/read/page.html"),
    "htdocs/read/read.shtml": including("/read/page.html"),
    "htdocs/read/admin.shtml": including("/admin/page.html"),
    "htdocs/read/else.shtml": including("/else/page.html"),
    "htdocs/read/open.shtml": including("/open/page.html"),
    "htdocs/open/page.html": "open",
}


@pytest.fixture(scope="module")
def backend():
    with Backend() as server:
        yield server


@pytest.fixture(
    scope="module",
    params=SERVERS,
    ids=[f"{mpm}-{'http2' if h2 else 'http1'}" for mpm, h2 in SERVERS],
)
def ask(request, backend):
    """Ask a server for (method, path, token)."""
    mpm, http2 = request.param
    cgi = "cgi" if mpm == "prefork" else "cgid"
    config = CONFIG % {"backend": backend.port}
    modules = [*MODULES, cgi]
    with Httpd(config, FILES, mpm, modules, http2=http2) as httpd:
        yield functools.partial(httpd.request, h2=http2)


def with_scope(scope, **changes):
    return tokens.token(KEY, scope=scope, **changes)


def test_static_file(ask):
    response = ask("GET", "/read/page.html", with_scope("read"))
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "read"


def test_static_file_without_a_token(ask):
    response = ask("GET", "/read/page.html")
    answers.refused(response, "request.no_token")


def test_static_file_without_the_scope(ask):
    response = ask("GET", "/admin/page.html", with_scope("read"))
    answers.refused(response, "require.scope", scope="admin")


def test_static_file_with_a_bad_token(ask):
    response = ask("GET", "/read/page.html", with_scope("read", exp=1))
    answers.refused(response, "claims.exp")


def test_static_file_with_two_tokens(ask):
    field = ("Authorization", "Bearer " + with_scope("read"))
    response = ask("GET", "/read/page.html", headers=[field, field])
    answers.refused(response, "request.multiple")


# ----------------------------------------------------------------------- CGI


def environment(response):
    lines = response.text.splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_cgi(ask):
    response = ask("GET", "/cgi/env.cgi", with_scope("read"))
    answers.accepted(response, tokens.SUBJECT)
    seen = environment(response)
    assert seen["REMOTE_USER"] == tokens.SUBJECT
    assert seen["AUTH_TYPE"] == "Auth0"
    assert seen["AUTH0_REASON"] == "ok"
    assert "HTTP_AUTHORIZATION" not in seen


def test_cgi_without_a_token(ask):
    answers.refused(ask("POST", "/cgi/env.cgi"), "request.no_token")


def test_cgi_that_is_not_protected(ask):
    response = ask("GET", "/open-cgi/env.cgi", with_scope("read"))
    assert response.status == 200
    seen = environment(response)
    assert not {"REMOTE_USER", "AUTH_TYPE", "AUTH0_REASON"} & set(seen)


def test_cgi_as_error_document_is_told_the_reason(ask):
    response = ask("GET", "/told", with_scope("read", exp=1))
    assert response.status == 401
    assert response.challenges == [answers.challenge("claims.exp")]
    assert environment(response)["REDIRECT_AUTH0_REASON"] == "claims.exp"
    assert response.reason == "claims.exp"


# --------------------------------------------------------------------- proxy


def test_proxy(ask, backend):
    token = with_scope("read")
    response = ask("POST", "/api/7?x=1", token, body=b"an order")
    answers.accepted(response, tokens.SUBJECT)
    arrived = json.loads(response.text)
    assert (arrived["method"], arrived["path"]) == ("POST", "/orders/7?x=1")
    assert arrived["body"] == "an order"
    assert arrived["user"] == [tokens.SUBJECT]


def test_proxy_with_a_forged_user(ask):
    forged = [("X-User", "admin")]
    response = ask("GET", "/api", with_scope("read"), headers=forged)
    assert json.loads(response.text)["user"] == [tokens.SUBJECT]


REFUSED = [
    ("no_token", None, "request.no_token", None),
    ("bad_token", lambda: with_scope("read", exp=1), "claims.exp", None),
    ("no_scope", lambda: with_scope("write"), "require.scope", "read"),
]


@pytest.mark.parametrize("make, reason, scope", **table(REFUSED))
def test_proxy_is_not_reached(ask, backend, make, reason, scope):
    before = len(backend.arrived)
    response = ask("POST", "/api", make and make())
    answers.refused(response, reason, scope=scope)
    assert len(backend.arrived) == before


# -------------------------------------------- internal redirects, subrequests


def test_rewritten_before_mapping(ask):
    """[PT]: the policy is that of the new path."""
    response = ask("GET", "/pretty", with_scope("read"))
    answers.refused(response, "require.scope", scope="admin")
    response = ask("GET", "/pretty", with_scope("admin"))
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "admin"


def test_rewritten_in_an_open_folder(ask):
    """An internal redirect into a protected place."""
    answers.refused(ask("GET", "/old/x"), "request.no_token")
    response = ask("GET", "/old/x", with_scope("read"))
    answers.refused(response, "require.scope", scope="admin")
    response = ask("GET", "/old/x", with_scope("admin"))
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "admin"


def test_rewritten_in_a_protected_folder(ask):
    """Both policies have their say, one after the other."""
    answers.refused(ask("GET", "/both/x"), "request.no_token")
    response = ask("GET", "/both/x", with_scope("admin"))
    answers.refused(response, "require.scope", scope="read")
    response = ask("GET", "/both/x", with_scope("read"))
    answers.refused(response, "require.scope", scope="admin")
    response = ask("GET", "/both/x", with_scope("read admin"))
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "admin"


def test_index(ask):
    answers.refused(ask("GET", "/index/"), "request.no_token")
    response = ask("GET", "/index/", with_scope("write"))
    answers.refused(response, "require.scope", scope="read")
    response = ask("GET", "/index/", with_scope("read"))
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "index"


def test_index_under_a_stricter_policy(ask):
    response = ask("GET", "/strict/", with_scope("read admin"))
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "strict index"


def test_index_under_a_stricter_policy_that_is_not_met(ask):
    response = ask("GET", "/strict/", with_scope("read"))
    answers.refused(response, "require.scope", scope="admin")


INCLUDED = [
    ("of_the_same_policy", "/read/read.shtml", "read", "read"),
    ("of_another_policy", "/read/admin.shtml", "read admin", "admin"),
    ("of_none", "/read/open.shtml", "read", "open"),
    ("in_an_open_page", "/open/read.shtml", "read", "read"),
]


@pytest.mark.parametrize("path, scope, part", **table(INCLUDED))
def test_included(ask, path, scope, part):
    response = ask("GET", path, with_scope(scope))
    assert (response.status, response.challenges) == (200, [])
    assert response.text == f"begin {part} end"


NOT_INCLUDED = [
    ("scope", "/read/admin.shtml", lambda: with_scope("read"), True),
    ("audience", "/read/else.shtml", lambda: with_scope("read"), False),
    ("no_token", "/open/read.shtml", lambda: None, False),
    ("expired", "/open/read.shtml", lambda: with_scope("read", exp=1), False),
]


@pytest.mark.parametrize("path, make, forbidden", **table(NOT_INCLUDED))
def test_not_included(ask, announce, path, make, forbidden):
    """The part is judged by its own policy; the page itself is let in."""
    announce("unable to include")
    if forbidden:
        announce("AH01631: .* authorization failure")
    response = ask("GET", path, make())
    assert (response.status, response.challenges) == (200, [])
    assert response.text.startswith("begin [an error occurred")


# --------------------------------------------------------- TLS, virtual hosts


@pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])
def test_tls(authority, http2):
    config = TENANT + location("/read", "Require auth0-scope read")
    with Httpd(config, FILES, tls=authority, http2=http2) as httpd:
        response = httpd.get("/read/page.html", h2=http2)
        answers.refused(response, "request.no_token")
        token = with_scope("read")
        response = httpd.get("/read/page.html", token, h2=http2)
        answers.accepted(response, tokens.SUBJECT)


HOSTS = "\n".join(
    f"""
<VirtualHost *:*>
    ServerName {name}.example.com
    DocumentRoot ${{DIR}}/htdocs
    Auth0Issuer https://tenant.example/ file:${{DIR}}/keys.json
    Auth0Audience https://{name}.example.com/
    {location("/read", "Require valid-user")}
</VirtualHost>
"""
    for name in ("one", "two")
)


def test_virtual_hosts():
    """A token for one API does not open the other; each has its realm."""
    with Httpd(HOSTS, FILES) as httpd:
        for name, other in (("one", "two"), ("two", "one")):
            token = tokens.token(KEY, aud=f"https://{name}.example.com/")
            host = [("Host", f"{name}.example.com")]
            response = httpd.get("/read/page.html", token, headers=host)
            answers.accepted(response, tokens.SUBJECT)
            host = [("Host", f"{other}.example.com")]
            response = httpd.get("/read/page.html", token, headers=host)
            realm = f"{other}.example.com"
            answers.refused(response, "claims.aud", realm=realm)


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_graceful_restart(mpm):
    config = TENANT + location("/read", "Require valid-user")
    with Httpd(config, FILES, mpm=mpm) as httpd:
        before = httpd.children()
        httpd.graceful()
        deadline = time.monotonic() + 10
        while before & httpd.children() and time.monotonic() < deadline:
            response = httpd.get("/read/page.html", with_scope("read"))
            answers.accepted(response, tokens.SUBJECT)
        assert not before & httpd.children()
        response = httpd.get("/read/page.html", with_scope("read"))
        answers.accepted(response, tokens.SUBJECT)
