# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Auth0ProblemDetails: refusals in the words of RFC 9457, for every reason that a
request can bring about, over HTTP/1.0, 1.1 and 2, whatever ErrorDocument says.
"""
import http
import json
import time

import pytest

import answers
import tokens
from backend import Backend
from client import Connection
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from logs import watch

KEY = tokens.rsa_key("main")
ON = "Auth0ProblemDetails On"
OFF = "Auth0ProblemDetails Off"
SCOPE = "Require auth0-scope read"

#: What clients are told where the reason has no sentence for them.
GENERAL = {
    401: "An access token is required",
    403: "The token does not allow this request",
    500: "The server is not able to judge the request",
    503: "The server is not able to judge the request now",
}

DOCUMENTS = {
    "text": 'ErrorDocument {} "Sorry."',
    "path": "ErrorDocument {} /public/sorry.html",
    "missing": "ErrorDocument {} /public/nowhere.html",
    "protected": "ErrorDocument {} /orders/",
    "url": "ErrorDocument {} https://errors.example.com/",
}

NO_ISSUER = """\
<Directory ${DIR}/elsewhere>
Auth0SigningSecret file:${DIR}/secret
</Directory>
"""
NO_KEYS = """\
Auth0Issuer https://tenant.example/ https://127.0.0.1:1/jwks.json
Auth0Audience https://api.example.com/orders
"""


def documents(kind):
    statuses = [400, 401, 403, 500, 503]
    if kind == "url":
        statuses.remove(401)
    return "\n".join(DOCUMENTS[kind].format(status) for status in statuses)


def config(port):
    sections = [
        "DirectoryIndex index.html\nAlias /public ${DIR}/public",
        'AliasMatch "^/(orders|off|other|nokeys|nosecret|doc|user).*"'
        ' "${DIR}/htdocs/page.html"',
        TENANT,
        NO_ISSUER,
        location("/orders", ON, SCOPE),
        location("/orders/off", OFF),
        location("/orders/off/on", ON),
        location("/user", ON, "Require user somebody-else"),
        location("/nosecret", ON, "Auth0Algorithms HS256", SCOPE),
        location("/nokeys", ON, NO_KEYS, SCOPE),
        location("/off", 'ErrorDocument 401 "Sorry."', SCOPE),
        location("/proxied", ON, SCOPE,
                 f"ProxyPass http://127.0.0.1:{port}/"),
        location("/index/index.html", ON, SCOPE),
        "<Location /indexpath>\nErrorDocument 401 /public/sorry.html\n"
        "</Location>",
        location("/indexpath/index.html", ON, SCOPE),
        f"<Location /indexoff>\n{ON}\n</Location>",
        location("/indexoff/index.html", OFF, SCOPE),
        "<Location /indexurl>\nErrorDocument 403 https://errors.example.com/\n"
        "</Location>",
        location("/indexurl/index.html", ON, SCOPE),
    ]
    sections += [
        location(f"/doc/{kind}", ON, SCOPE, documents(kind))
        for kind in DOCUMENTS
    ]
    return "\n".join(sections)


FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY),
    "secret": b"s" * 32,
    "public/sorry.html": "a page of our own",
    "htdocs/index/index.html": "i",
    "htdocs/indexpath/index.html": "i",
    "htdocs/indexoff/index.html": "i",
    "htdocs/indexurl/index.html": "i",
}


@pytest.fixture(scope="module")
def backend():
    with Backend() as server:
        yield server


@pytest.fixture(scope="module")
def server(backend):
    """The issuer of /nokeys is out of reach, which is logged once."""
    modules = ["proxy", "proxy_http"]
    watch.announce("cannot be fetched")
    watch.announce("Warning on line .* take tokens for")
    with Httpd(
        config(backend.port), FILES, modules=modules, http2=True
    ) as httpd:
        httpd.wait_for_log("cannot be fetched")
        yield httpd


def good(**changes):
    return tokens.token(KEY, **{"scope": "read", **changes})


def problem(reason):
    """The body that a reason demands, byte for byte."""
    status, detail = answers.WITHOUT_CHALLENGE.get(reason), None
    if status is None:
        status, _, detail = answers.ANSWERS[reason]
    members = {
        "type": "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or GENERAL[status],
        "reason": reason,
    }
    return json.dumps(members, separators=(",", ":")).encode()


def check_problem(response, reason, scope=None, has_body=True):
    answers.refused(response, reason, scope=scope)
    assert response.all("Content-Type") == ["application/problem+json"]
    body = problem(reason)
    assert response.all("Content-Length") == [str(len(body))]
    assert response.body == (body if has_body else b"")


def bearer(token):
    return [("Authorization", f"Bearer {token}")]


#: Path, credentials, reason, and the scope that the challenge names.
REFUSED = [
    ("no_token", "/orders", lambda: [], "request.no_token", None),
    ("scheme", "/orders", lambda: [("Authorization", "Basic AAAA")],
     "request.scheme", None),
    ("malformed", "/orders", lambda: bearer("A B"), "request.malformed", None),
    ("multiple", "/orders", lambda: bearer("AAAA") * 2, "request.multiple",
     None),
    ("too_large", "/orders", lambda: bearer("a" * 8193), "request.too_large",
     None),
    ("opaque", "/orders", lambda: bearer("8xLOxBtZp8"), "token.opaque", None),
    ("algorithm", "/orders",
     lambda: bearer(tokens.token(tokens.Secret(b"s" * 32), "HS256")),
     "header.alg", None),
    ("kid", "/orders", lambda: bearer(good(head={"kid": "x"})), "key.unknown",
     None),
    ("signature", "/orders", lambda: bearer(good()[:-8] + "AAAAAAAA"),
     "signature.invalid", None),
    ("expired", "/orders", lambda: bearer(good(exp=int(time.time()) - 60)),
     "claims.exp", None),
    ("audience", "/orders", lambda: bearer(good(aud="https://else")),
     "claims.aud", None),
    ("scope", "/orders", lambda: bearer(good(scope="x")), "require.scope",
     "read"),
    ("other", "/user", lambda: bearer(good()), "require.other", None),
    ("incomplete", "/nosecret", lambda: bearer(good()), "config.incomplete",
     None),
    ("no_keys", "/nokeys", lambda: bearer(good()), "key.unavailable", None),
    ("proxied", "/proxied/x", lambda: [], "request.no_token", None),
    ("proxied_scope", "/proxied/x", lambda: bearer(good(scope="x")),
     "require.scope", "read"),
    ("index", "/index/", lambda: [], "request.no_token", None),
    ("index_scope", "/index/", lambda: bearer(good(scope="x")),
     "require.scope", "read"),
    ("index_with_a_page", "/indexpath/", lambda: [], "request.no_token", None),
    ("on_again", "/orders/off/on", lambda: [], "request.no_token", None),
]


@pytest.fixture
def expected(announce):
    """The log lines that two of the reasons bring about by themselves."""

    def expect(reason):
        if reason == "config.incomplete":
            announce("config.incomplete")

    return expect


@pytest.mark.parametrize(
    "path, credentials, reason, scope", **table(REFUSED)
)
def test_refusal(server, expected, path, credentials, reason, scope):
    expected(reason)
    response = server.get(path, headers=credentials())
    check_problem(response, reason, scope)
    retry = response.header("Retry-After")
    assert (retry is not None) == (reason == "key.unavailable")


@pytest.mark.parametrize(
    "path, credentials, reason, scope", **table(REFUSED)
)
def test_head_has_the_same_fields(
    server, expected, path, credentials, reason, scope
):
    expected(reason)
    response = server.request("HEAD", path, headers=credentials())
    check_problem(response, reason, scope, has_body=False)


@pytest.mark.parametrize(
    "path, credentials, reason, scope", **table(REFUSED)
)
def test_http2(server, expected, path, credentials, reason, scope):
    expected(reason)
    response = server.get(path, headers=credentials(), h2=True)
    check_problem(response, reason, scope)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_method(server, method):
    body = b"tea=1" if method != "DELETE" else b""
    response = server.request(method, "/orders", body=body)
    check_problem(response, "request.no_token")


def test_http_1_0(server):
    with Connection(server.port) as connection:
        request = b"GET /orders HTTP/1.0\r\nHost: api.example.com\r\n\r\n"
        connection.socket.sendall(request)
        response = connection.receive("GET")
    assert response.status == 401
    assert response.challenges == answers.invitations()
    assert response.all("Content-Type") == ["application/problem+json"]
    assert response.body == problem("request.no_token")


def test_the_connection_stays_open(server):
    """The length is right, or the second answer could not be read."""
    with Connection(server.port) as connection:
        for _ in range(2):
            connection.send("GET", "/orders", [("Host", "api.example.com")])
            response = connection.receive("GET")
            assert response.body == problem("request.no_token")


DOCUMENT_REASONS = [
    ("400", lambda: bearer("A B"), "request.malformed", None),
    ("401", lambda: [], "request.no_token", None),
    ("403", lambda: bearer(good(scope="x")), "require.scope", "read"),
]


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize(
    "credentials, reason, scope", **table(DOCUMENT_REASONS)
)
def test_no_error_document(server, kind, credentials, reason, scope):
    response = server.get(f"/doc/{kind}", headers=credentials())
    check_problem(response, reason, scope)


def test_what_is_let_in_is_as_ever(server):
    response = server.get("/orders", good())
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "the orders\n"
    assert response.header("Content-Type") == "text/html"


HTML = "text/html; charset=iso-8859-1"
UNTOUCHED = [
    ("off_by_default", "/off", HTML, b"Sorry."),
    ("off_inside", "/orders/off", HTML, b"<!DOCTYPE HTML"),
    ("off_in_the_index", "/indexoff/", HTML, b"<!DOCTYPE HTML"),
]


@pytest.mark.parametrize("path, kind, beginning", **table(UNTOUCHED))
def test_off(server, path, kind, beginning):
    response = server.get(path)
    answers.refused(response, "request.no_token")
    assert response.header("Content-Type") == kind
    assert response.body.startswith(beginning)


def test_an_index_with_an_error_document_elsewhere(server, announce):
    """httpd has decided on the redirection before we are asked."""
    announce("AH01631: .* authorization failure")
    response = server.get("/indexurl/", good(scope="x"))
    assert response.status == 302
    assert response.header("Location") == "https://errors.example.com/"
    assert response.header("Content-Type") == HTML


def test_a_refusal_of_another_module(server):
    """httpd's own answers are not ours to change."""
    response = server.get("/public/nowhere.html")
    assert response.status == 404
    assert response.header("Content-Type") == HTML
