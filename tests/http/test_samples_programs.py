# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The samples with a WebSocket server, PHP-FPM and uWSGI, each in front of the
real program, with the requests that their first lines promise.
"""
import json
import time

import pytest

import answers
import client
import tokens
from conf import table
from logs import watch
from programs import PHP, UWSGI, WebSocketServer, converse
from samples import KEY, ORDERS, start

SUB = "auth0|anna"
ROLES = "https://example.com/roles"


def anna(**changes):
    claims = {"scope": "read:orders", "sub": SUB, ROLES: ["clerk", "admin"]}
    return tokens.token(KEY, **{**ORDERS, **claims, **changes})


# ------------------------------------------------------------- websocket.conf

SHOP = "https://shop.example.com"


@pytest.fixture(scope="module")
def server():
    with WebSocketServer() as server:
        yield server


@pytest.fixture(scope="module")
def live(server):
    before = (
        f"Define AUTH0_SAMPLE_BACKEND http://127.0.0.1:{server.port}\n"
        'CustomLog logs/requests.log "%r"\n'
    )
    modules = ["proxy", "proxy_http"]
    with start("websocket.conf", before, modules=modules) as httpd:
        yield httpd


def connect(httpd, path, fields):
    """The answer to a handshake, and what the server tells of it."""
    for value in (path, *(value for _, value in fields)):
        watch.note_sent(value)
    number = next(client.ids)
    url = f"ws://127.0.0.1:{httpd.port}{path}"
    status, answer, told = converse(
        url, [("X-Test-Id", number), *fields], "tea?"
    )
    response = client.Response(status, answer, b"")
    response.record = httpd.access.record(number)
    return response, told


def expect_told(told, path, **identity):
    """The server knows the caller, by this server alone, and no token."""
    assert told["path"] == path
    fields = [(k.lower().replace("_", "-"), v) for k, v in told["fields"]]
    of_us = [(k, v) for k, v in fields if k.startswith("x-auth0-")]
    assert sorted(of_us) == [(f"x-auth0-{k}", v) for k, v in identity.items()]
    assert not {"authorization", "cookie"} & {k for k, _ in fields}


#: Path, fields, both with {} for the token; and the path that arrives.
CONNECTED = [
    ("header", "/live/", [("Authorization", "Bearer {}")], "/live/"),
    ("query", "/live/?topic=tea&access_token={}", [], "/live/?topic=tea"),
    (
        "spoofed",
        "/live/",
        [("Authorization", "Bearer {}"), ("X-Auth0-Sub", "root"),
         ("X_Auth0_Sub", "root")],
        "/live/",
    ),
    ("cookie", "/app/", [("Cookie", "__Host-token={}"), ("Origin", SHOP)],
     "/app/"),
]


@pytest.mark.parametrize("path, fields, arrives", **table(CONNECTED))
def test_websocket(live, path, fields, arrives):
    exp = int(time.time()) + 600
    token = anna(exp=exp)
    fields = [(name, value.format(token)) for name, value in fields]
    response, told = connect(live, path.format(token), fields)
    assert (response.status, response.reason) == (101, "ok")
    assert response.user == SUB
    expect_told(told, arrives, exp=str(exp), sub=SUB)
    logged = (live.directory / "logs" / "requests.log").read_text()
    assert logged.splitlines()[-1] == f"GET {arrives} HTTP/1.1"


#: Path, fields with {} for the token, claims, the reason.
TURNED_AWAY = [
    ("nobody", "/live/", [], {}, "request.no_token"),
    ("spoofed", "/live/", [("X-Auth0-Sub", "root")], {}, "request.no_token"),
    ("expired", "/live/", [("Authorization", "Bearer {}")],
     {"exp": tokens.Ago(60)}, "claims.exp"),
    ("scope", "/live/?access_token={}", [], {"scope": "write:orders"},
     "require.scope"),
    ("header_and_query", "/live/?access_token={}",
     [("Authorization", "Bearer {}")], {}, "request.multiple"),
    ("cookie_elsewhere", "/live/", [("Cookie", "__Host-token={}")], {},
     "request.no_token"),
    ("no_cookie", "/app/", [("Origin", SHOP)], {}, "request.no_token"),
]


@pytest.mark.parametrize("path, fields, claims, reason", **table(TURNED_AWAY))
def test_websocket_turned_away(live, server, path, fields, claims, reason):
    server.arrived.clear()
    token = anna(**claims)
    fields = [(name, value.format(token)) for name, value in fields]
    response, _ = connect(live, path.format(token), fields)
    more = {"scope": "read:orders"} if reason == "require.scope" else {}
    answers.refused(response, reason, **more)
    assert server.arrived == []


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_websocket_of_another_site(live, server, origin, announce):
    """No token could change that, so it is httpd's own answer."""
    announce("AH01630: client denied")
    server.arrived.clear()
    fields = [("Cookie", f"__Host-token={anna()}")]
    fields += [("Origin", origin)] if origin else []
    response, _ = connect(live, "/app/", fields)
    assert (response.status, response.challenges) == (403, [])
    assert server.arrived == []


# --------------------------------------------------------------- php-fpm.conf

#: What is in the way of the token: so that the test could find it.
DEBIAN = 'SetEnvIfNoCase ^Authorization$ "(.+)" HTTP_AUTHORIZATION=$1\n'


@pytest.fixture(scope="module")
def php():
    with PHP() as program:
        before = f'{DEBIAN}Define AUTH0_SAMPLE_FPM {program.handler}\n'
        files = {
            "htdocs/orders/index.php": PHP.SCRIPT,
            "htdocs/status.php": PHP.SCRIPT,
        }
        modules = ["proxy", "proxy_fcgi"]
        with start("php-fpm.conf", before, files, modules) as httpd:
            yield httpd


def told_by(response, token):
    """The variables of a program, in none of which the token is."""
    assert not token or token not in response.text
    return json.loads(response.text)


def expect_anna(variables):
    expected = {
        "AUTH0_SUB": SUB,
        "REMOTE_USER": SUB,
        "AUTH0_SCOPE": "read:orders",
        "AUTH0_ROLES": '["clerk","admin"]',
    }
    assert {k: variables.get(k) for k in expected} == expected
    assert "HTTP_AUTHORIZATION" not in variables


AUTH0_FIELDS = [("Auth0-Sub", "root"), ("AUTH0_SUB", "root"),
                ("Remote-User", "root")]


@pytest.mark.parametrize("fields", [[], AUTH0_FIELDS], ids=["plain", "spoofed"])
@pytest.mark.parametrize(
    "path", ["/orders/index.php", "/orders/17/items", "/orders/none.php"]
)
def test_php(php, path, fields):
    token = anna()
    response = php.get(path, token, headers=fields)
    answers.accepted(response, SUB)
    variables = told_by(response, token)
    expect_anna(variables)
    assert variables["SCRIPT_NAME"] == "/orders/index.php"
    assert variables["REQUEST_URI"] == path
    assert ("HTTP_AUTH0_SUB" in variables) == bool(fields)


@pytest.mark.parametrize("path", ["/orders/index.php", "/orders/17/items"])
def test_php_is_not_asked(php, path):
    answers.refused(php.get(path), "request.no_token")
    token = anna(scope="write:orders")
    answers.refused(php.get(path, token), "require.scope", scope="read:orders")
    answers.lacking_claim(php.get(path, anna(sub=tokens.ABSENT)))


def test_php_elsewhere(php):
    response = php.get("/status.php", headers=AUTH0_FIELDS)
    variables = told_by(response, None)
    assert variables["HTTP_AUTH0_SUB"] == "root"
    for name in ("AUTH0_SUB", "AUTH0_SCOPE", "AUTH0_ROLES", "REMOTE_USER"):
        assert name not in variables


# ----------------------------------------------------------------- uwsgi.conf


@pytest.fixture(scope="module")
def uwsgi():
    with UWSGI() as program:
        before = f"Define AUTH0_SAMPLE_UWSGI {program.url}\n"
        modules = ["proxy", "proxy_uwsgi"]
        with start("uwsgi.conf", before, modules=modules) as httpd:
            yield httpd


@pytest.mark.parametrize("fields", [[], AUTH0_FIELDS], ids=["plain", "spoofed"])
def test_uwsgi(uwsgi, fields):
    token = anna()
    response = uwsgi.get("/orders/17?a=1", token, headers=fields)
    answers.accepted(response, SUB)
    variables = told_by(response, token)
    expect_anna(variables)
    assert variables["REQUEST_URI"] == "/orders/17?a=1"
    assert ("HTTP_AUTH0_SUB" in variables) == bool(fields)


def test_uwsgi_with_all_that_a_claim_may_have(uwsgi):
    roles = ["x" * 100] * 39
    response = uwsgi.get("/orders/17", anna(**{ROLES: roles}))
    answers.accepted(response, SUB)
    assert json.loads(told_by(response, None)["AUTH0_ROLES"]) == roles


def test_uwsgi_is_not_asked(uwsgi):
    answers.refused(uwsgi.get("/orders/17"), "request.no_token")
    answers.lacking_claim(uwsgi.get("/orders/17", anna(sub=tokens.ABSENT)))
    said = "require.claim: .*Auth0ClaimEnv AUTH0_SUB: the claim sub is absent"
    uwsgi.wait_for_log(said)
