# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Metadata of protected resources, RFC 9728: documents that are made of the
configuration, who gets to read them, and what they do not open.
"""
import json

import pytest

import answers
import client
import tokens
from backend import Backend
from conf import PAGE, TENANT, location, table
from env import Httpd
from logs import watch

KEY = tokens.rsa_key("main")
AT = "/.well-known/oauth-protected-resource"
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY),
    "htdocs/.well-known/security.txt": "secret\n",
    "htdocs/secret": "secret\n",
    "htdocs/denied.html": "a page of its own\n",
}
ON = "Auth0ResourceMetadata On"
ORIGIN = "https://api.example.com"
ORDERS = f"{ORIGIN}/orders"
DOCUMENT = {
    "resource": ORDERS,
    "authorization_servers": ["https://tenant.example/"],
    "scopes_supported": ["read:orders"],
    "bearer_methods_supported": ["header"],
    "resource_signing_alg_values_supported": ["RS256"],
    "dpop_signing_alg_values_supported": answers.ALGS.split(),
}
PREFLIGHT = [
    ("Origin", "https://app.example"),
    ("Access-Control-Request-Method", "GET"),
    ("Access-Control-Request-Headers", "authorization, mcp-protocol-version"),
]


def told(response):
    """The document of an answer that has all that belongs to it."""
    got = (response.status, response.header("Content-Type"))
    assert got == (200, "application/json"), response.body
    assert response.header("Cache-Control") == "public, max-age=3600"
    assert response.header("Access-Control-Allow-Origin") == "*"
    assert response.challenges == []
    assert response.header("Vary") is None
    return json.loads(response.body)


def document(**changes):
    return tokens.merged(DOCUMENT, changes)


CONFIG = TENANT + f"""
Auth0BaseURL {ORIGIN}
ErrorDocument 401 "no token\\n"
""" + location("/", ON, "Require auth0-scope read:orders")


@pytest.fixture(scope="module", params=["http", "https"])
def protected(request, authority):
    """All of a server needs a token."""
    tls = authority if request.param == "https" else None
    with Httpd(CONFIG, FILES, tls=tls, http2=True) as httpd:
        yield httpd


@pytest.fixture(params=[False, True], ids=["h1", "h2"])
def h2(request):
    return request.param


def test_document(protected, h2):
    response = protected.get(f"{AT}/orders", h2=h2)
    assert told(response) == DOCUMENT
    assert list(json.loads(response.body)) == list(DOCUMENT)
    assert response.header("Content-Length") == str(len(response.body))


def test_head(protected):
    response = protected.request("HEAD", f"{AT}/orders")
    whole = protected.get(f"{AT}/orders")
    assert (response.status, response.body) == (200, b"")
    names = ("Content-Type", "Content-Length", "Cache-Control",
             "Access-Control-Allow-Origin")
    for name in names:
        assert response.header(name) == whole.header(name)


def test_head_ends_with_its_fields(protected):
    """Whatever a client would overlook."""
    ca_file = protected.tls.file if protected.tls else None
    with client.Connection(protected.port, ca_file) as connection:
        connection.send("HEAD", f"{AT}/orders", client.complete(
            [("Connection", "close")], b""))
        data = b""
        while more := connection.socket.recv(65536):
            data += more
    assert data.startswith(b"HTTP/1.1 200 ")
    assert data.index(b"\r\n\r\n") == len(data) - 4


@pytest.mark.parametrize("headers", [PREFLIGHT, ()], ids=["true", "bare"])
def test_options(protected, h2, headers):
    response = protected.request("OPTIONS", f"{AT}/orders", headers=headers,
                                 h2=h2)
    assert (response.status, response.body) == (204, b"")
    assert response.header("Allow") == "GET, HEAD, OPTIONS"
    start = "Access-Control-Allow-"
    assert response.header(start + "Origin") == "*"
    assert response.header(start + "Methods") == "GET"
    assert response.header(start + "Headers") == "*, Authorization"
    assert response.header(start + "Credentials") is None
    assert response.header("Access-Control-Max-Age") == "3600"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH",
                                    "PROPFIND", "BREW"])
def test_other_methods(protected, h2, method):
    # curl and mod_http2 race where a request with a body is refused.
    body = b"" if h2 else b"{}"
    response = protected.request(method, f"{AT}/orders", body=body, h2=h2)
    assert response.status == 405
    allowed = set(response.header("Allow").split(","))
    assert {"GET", "HEAD", "OPTIONS"} == allowed - {"TRACE"}
    assert response.header("Access-Control-Allow-Origin") == "*"
    assert b"secret" not in response.body
    assert response.challenges == []


def test_trace(protected):
    assert protected.request("TRACE", f"{AT}/orders").status == 405


def test_whatever_the_client_brings(protected):
    """Neither its query nor its credentials count."""
    token = tokens.token(KEY, exp=1)
    headers = [("Cookie", "a=b"), ("Origin", "https://app.example")]
    for more in ({"token": token}, {"token": "rubbish"}, {"body": b"abc"},
                 {"headers": headers}):
        assert told(protected.get(f"{AT}/orders", **more)) == DOCUMENT
    for query in ("?", "?a=b", "?../..", "?/orders"):
        assert told(protected.get(f"{AT}/orders{query}")) == DOCUMENT


HOSTILE = [
    ("host", [("Host", "evil.example")]),
    ("port", [("Host", "api.example.com:6666")]),
    ("forwarded", [("X-Forwarded-Host", "evil.example"),
                   ("X-Forwarded-Proto", "gopher"),
                   ("X-Forwarded-Prefix", "/evil"),
                   ("Forwarded", "host=evil.example;proto=gopher")]),
    ("original", [("X-Original-URL", "/secret"), ("X-Rewrite-URL", "/secret"),
                  ("X-Original-Host", "evil.example")]),
    ("override", [("X-HTTP-Method-Override", "DELETE")]),
]


@pytest.mark.parametrize("headers", **table(HOSTILE))
def test_a_client_has_no_say_in_it(protected, headers):
    assert told(protected.get(f"{AT}/orders", headers=headers)) == DOCUMENT
    response = protected.get("/denied.html", headers=headers)
    answers.refused(response, "request.no_token", metadata=ORIGIN + AT +
                    "/orders")


def test_absolute_form(protected):
    for host in ("api.example.com", "evil.example"):
        url = f"http://{host}{AT}/orders"
        response = protected.request("GET", url)
        # mod_proxy is not asked, and the Host field is the URL's.
        assert told(response) == DOCUMENT
    response = protected.request("GET", "http://evil.example/secret")
    answers.refused(response, "request.no_token", metadata=ORIGIN + AT +
                    "/orders")


#: Also httpd's to decode.
SAME = [
    "/.well-known/%6fauth-protected-resource/orders",
    "/%2Ewell-known/oauth-protected-resource/%6Frders",
    "//.well-known//oauth-protected-resource//orders",
    "/./.well-known/./oauth-protected-resource/orders",
    "/a/../.well-known/oauth-protected-resource/b/../orders",
    "/.well-known/oauth-protected-resource/b/%2e%2e/orders",
]
#: Refused by httpd, or for want of a token: nothing opens.
OTHERS = [
    AT,
    AT + "/",
    AT + "/orders/",
    AT + "/order",
    AT + "/orders2",
    AT + "/orders/1",
    AT + "/ORDERS",
    AT + "/orders;a=b",
    AT + "/orders%3Fa",
    AT + "/orders/../../../secret",
    AT + "/../../secret",
    AT + "/../security.txt",
    AT + "/..",
    AT + "/%2e%2e/security.txt",
    AT + "/orders/%2e%2e/%2e%2e/security.txt",
    AT.upper() + "/orders",
    "/.well-known/",
    "/.well-known",
    "/.well-known/security.txt",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource-2/orders",
    "/x" + AT + "/orders",
    "/secret/" + AT + "/orders",
    "/secret;" + AT + "/orders",
]
REFUSED = {
    AT + "%2Forders": 404,
    "/.well-known%2Foauth-protected-resource/orders": 404,
    AT + "/%2e%2e%2Fsecurity.txt": 404,
    AT + "/orders%00": 404,
    AT + "/orders%": 400,
    AT + "/../../../secret": 400,
}


@pytest.mark.parametrize("path", SAME)
def test_paths_are_httpds_to_decode(protected, path):
    assert told(protected.get(path)) == DOCUMENT


@pytest.mark.parametrize("path", OTHERS)
def test_nothing_else_opens(protected, path):
    response = protected.get(path)
    answers.refused(response, "request.no_token", metadata=ORIGIN + AT +
                    "/orders")
    assert response.body == b"no token\n"


@pytest.mark.parametrize("path", REFUSED)
def test_what_httpd_refuses(protected, path, announce):
    if REFUSED[path] == 400:
        announce("AH10244: invalid URI path|AH00127: Cannot map")
    response = protected.get(path)
    assert response.status == REFUSED[path]
    assert b"secret" not in response.body


@pytest.mark.parametrize("page, body", [
    ('"not like this"', b"not like this"),
    ("/public/denied.html", b"a page of its own\n"),
])
def test_error_documents_are_httpds(page, body):
    config = TENANT + f"ErrorDocument 405 {page}\n" + location(
        "/", ON, "Require auth0-scope read:orders"
    ) + "<Location /public>\nRequire all granted\n</Location>\n"
    files = {**FILES, "htdocs/public/denied.html": "a page of its own\n"}
    with Httpd(config, files) as httpd:
        response = httpd.request("POST", f"{AT}/orders")
        assert (response.status, response.body) == (405, body)
        assert response.header("Access-Control-Allow-Origin") == "*"
        assert told(httpd.get(f"{AT}/orders")) == DOCUMENT


def test_it_is_no_error_document_itself(announce):
    """Nobody but the client that asks for it gets it."""
    config = TENANT + f"ErrorDocument 404 {AT}/orders\n" + location(
        "/orders", ON, "Require auth0-scope read:orders"
    )
    with Httpd(config, FILES) as httpd:
        response = httpd.get("/nothing")
        assert response.status == 404
        assert b"authorization_servers" not in response.body


ALL = [
    (
        "server_wide",
        TENANT + ON + "\n" + location("/orders", "Require valid-user"),
        document(scopes_supported=tokens.ABSENT),
    ),
    (
        "everything",
        """
        Auth0Issuer https://tenant.example/ file:${DIR}/keys.json
        Auth0Issuer https://login.example.com/ file:${DIR}/keys.json
        Auth0Audience urn:orders https://api.example.com/orders https://other/
        Auth0ResourceDocumentation https://example.com/docs?a=b
        Auth0ResourcePolicy https://example.com/policy
        Auth0ResourceTOS https://example.com/tos
        Auth0Algorithms PS256 RS256
        """ + location(
            "/orders",
            ON,
            'AuthName "The \\"Orders\\" B\u00fccher"',
            "Auth0TokenSource header query form:token cookie:token",
            "Auth0DPoP required",
            "Auth0CertificateBound allowed",
            "<RequireAll>",
            'Require auth0-scope "read:orders list:orders" admin',
            "<RequireAny>",
            "Require auth0-permission write:orders read:orders",
            "Require auth0-authorization-details payment",
            "</RequireAny>",
            "<RequireNone>",
            "Require auth0-scope suspended",
            "</RequireNone>",
            "Require not auth0-scope readonly",
            "</RequireAll>",
        ),
        {
            "resource": ORDERS,
            "authorization_servers": ["https://tenant.example/",
                                      "https://login.example.com/"],
            "scopes_supported": ["read:orders", "list:orders", "admin",
                                 "write:orders"],
            "bearer_methods_supported": ["header", "body", "query"],
            "resource_signing_alg_values_supported": ["RS256", "PS256"],
            "resource_name": 'The "Orders" B\u00fccher',
            "resource_documentation": "https://example.com/docs?a=b",
            "resource_policy_uri": "https://example.com/policy",
            "resource_tos_uri": "https://example.com/tos",
            "tls_client_certificate_bound_access_tokens": True,
            "authorization_details_types_supported": ["payment"],
            "dpop_signing_alg_values_supported": answers.ALGS.split(),
            "dpop_bound_access_tokens_required": True,
        },
    ),
    (
        "two_negations",
        TENANT + location(
            "/orders",
            ON,
            "<RequireAll>",
            "Require valid-user",
            "<RequireNone>",
            "<RequireAll>",
            "Require method GET",
            "Require not auth0-scope read:orders",
            "</RequireAll>",
            "</RequireNone>",
            "</RequireAll>",
        ),
        DOCUMENT,
    ),
    (
        "words_of_one_type",
        TENANT + location(
            "/orders",
            ON,
            'Require auth0-authorization-details "payment order" payment',
        ),
        document(scopes_supported=tokens.ABSENT,
                 authorization_details_types_supported=["payment order",
                                                        "payment"]),
    ),
    (
        "cookie_alone",
        TENANT + location("/orders", ON, "Auth0DPoP disabled",
                          "Auth0TokenSource cookie:token",
                          "AuthName %{HTTP_HOST}",
                          "Require auth0-scope read:orders"),
        document(bearer_methods_supported=[],
                 dpop_signing_alg_values_supported=tokens.ABSENT),
    ),
    (
        "parts_of_one",
        TENANT + ON + "\n"
        + location("/", "Auth0DPoP required", "Require valid-user")
        + location("/orders", "Auth0DPoP allowed",
                   "AuthName Orders", "Require auth0-scope read:orders")
        + "<Location /orders/new>\n"
        "Require auth0-scope write:orders\n</Location>\n"
        + location("/public", "AuthType None", "Require all granted")
        + location("/internal", "Auth0ResourceMetadata Off",
                   "Require auth0-scope internal")
        + location("/items", "Auth0Audience https://api.example.com/items",
                   "Require auth0-scope read:items"),
        document(resource_name="Orders",
                 scopes_supported=["read:orders", "write:orders"]),
    ),
    (
        "declared",
        TENANT + '<Auth0API https://api.example.com/orders>\n'
        'Auth0APIName "Orders API"\nAuth0Scope read:orders\n</Auth0API>\n'
        + location("/orders", ON, "AuthName Realm",
                   "Require auth0-scope read:orders"),
        document(resource_name="Orders API"),
    ),
    (
        "what_is_merged",
        TENANT + ON + "\n"
        + location("/", "Require auth0-scope outer")
        + location("/a", "AuthMerging And", "Require auth0-scope inner"),
        document(scopes_supported=["outer", "inner"]),
    ),
    (
        "of_a_directory",
        TENANT + "<Directory ${DIR}/htdocs>\n" + ON + "\nAuthType Auth0\n"
        "Require auth0-scope read:orders\n</Directory>\n",
        DOCUMENT,
    ),
]


@pytest.mark.parametrize("config, want", **table(ALL))
def test_what_a_document_says(config, want):
    with Httpd(config, FILES) as httpd:
        assert told(httpd.get(f"{AT}/orders")) == want


PATHS = [
    # Auth0Resource, the document's path, another that is none
    ("bare", "https://h.example", AT, AT + "/"),
    ("slash", "https://h.example/", AT, AT + "/"),
    ("port", "https://h.example:8443/", AT, "/"),
    ("path", "https://h.example/a/b", AT + "/a/b", AT),
    ("end", "https://h.example/a/", AT + "/a/", AT + "/a"),
    ("query", "https://h.example/a?t=1", AT + "/a?t=1", AT + "/a/?t=1"),
    ("root_query", "https://h.example/?t=1", AT + "?t=1", AT + "/?t=1"),
    ("escaped", "https://h.example/a%20%C3%BC%3F", AT + "/a%20%C3%BC%3F",
     AT + "/a%20%C3%BC?"),
    ("loopback", "http://localhost:3001/mcp", AT + "/mcp", AT + "/mcp/"),
]


@pytest.mark.parametrize("resource, path, other", **table(PATHS))
def test_where_a_document_is(resource, path, other):
    config = TENANT + location("/", ON, f"Auth0Resource {resource}",
                               f"Auth0BaseURL {ORIGIN}", "Require valid-user")
    with Httpd(config, FILES) as httpd:
        assert told(httpd.get(path))["resource"] == resource
        url = ORIGIN + path
        refusal = httpd.get("/x")
        answers.refused(refusal, "request.no_token", metadata=url)
        assert httpd.get(other).status == 401


def test_several_resources():
    """Each section has its own, and tells of it."""
    sections = location("/", "Require valid-user") + "".join(
        location(f"/{name}", ON, f"Auth0Audience {ORIGIN}/{name}",
                 f"Require auth0-scope read:{name}")
        for name in ("orders", "items")
    )
    with Httpd(TENANT + f"Auth0BaseURL {ORIGIN}\n" + sections,
               FILES) as httpd:
        for name in ("orders", "items"):
            got = told(httpd.get(f"{AT}/{name}"))
            assert got["resource"] == f"{ORIGIN}/{name}"
            assert got["scopes_supported"] == [f"read:{name}"]
            answers.refused(httpd.get(f"/{name}"), "request.no_token",
                            metadata=f"{ORIGIN}{AT}/{name}")
        for path in (AT, f"{AT}/others"):
            answers.refused(httpd.get(path), "request.no_token")


HOSTS = "".join(
    f"""
    <VirtualHost *>
    ServerName {scheme}://{name}.example
    {lines}
    </VirtualHost>
    """
    for scheme, name, lines in [
        ("https", "orders", f"Auth0Audience {ORIGIN}/orders\n{ON}"),
        ("https", "items:8443", f"Auth0Audience {ORIGIN}/items\n{ON}"),
        ("https", "off", f"Auth0Audience {ORIGIN}/orders"),
        ("https", "silent", ""),
    ]
).replace(":8443.example", ".example:8443") + location(
    "/", "Require auth0-scope read:orders"
)


@pytest.fixture(scope="module")
def hosts():
    issuer, _, _ = TENANT.partition("Auth0Audience")
    config = issuer + "Auth0Audience https://main.example/\n" + HOSTS
    with Httpd(config, FILES) as httpd:
        yield httpd


@pytest.mark.parametrize("host, name, origin", [
    ("orders.example", "orders", "https://orders.example"),
    ("items.example", "items", "https://items.example:8443"),
])
def test_each_virtual_host_has_its_own(hosts, host, name, origin):
    headers = [("Host", host)]
    got = told(hosts.get(f"{AT}/{name}", headers=headers))
    assert got["resource"] == f"{ORIGIN}/{name}"
    other = "items" if name == "orders" else "orders"
    for path in (f"/{name}", f"{AT}/{other}", AT):
        answers.refused(hosts.get(path, headers=headers), "request.no_token",
                        host, metadata=f"{origin}{AT}/{name}")


@pytest.mark.parametrize("host", ["off.example", "silent.example"])
def test_a_virtual_host_without(hosts, host):
    headers = [("Host", host)]
    for path in (f"{AT}/orders", f"{AT}/items", AT):
        for method in ("GET", "POST", "OPTIONS"):
            response = hosts.request(method, path, headers=headers)
            answers.refused(response, "request.no_token", host)


def test_off_is_as_if_it_were_not_there():
    config = TENANT + location("/orders", "Auth0ResourceMetadata Off",
                               "Require valid-user")
    files = {**FILES, f"htdocs{AT}/orders.html": "the administrator's own\n"}
    with Httpd(config, files) as httpd:
        response = httpd.get(f"{AT}/orders")
        assert (response.status, response.challenges) == (404, [])
        own = httpd.get(f"{AT}/orders.html")
        assert own.body == b"the administrator's own\n"
        answers.refused(httpd.get("/orders"), "request.no_token")


#: What would have the path otherwise.
SHADOWS = [
    ("proxy", "ProxyPass / http://127.0.0.1:{port}/"),
    ("mapping", "ProxyPass / http://127.0.0.1:{port}/ mapping=servlet"),
    ("match", 'ProxyPassMatch "^(/.*)$" http://127.0.0.1:{port}$1'),
    ("location", "<Location />\nProxyPass http://127.0.0.1:{port}/\n"
                 "</Location>"),
    ("rewrite", 'RewriteEngine On\nRewriteRule "^" "-" [F]'),
    ("to_proxy", 'RewriteEngine On\n'
                 'RewriteRule "^(.*)" "http://127.0.0.1:{port}$1" [P]'),
    ("redirect", "Redirect 410 /.well-known"),
    ("alias", "Alias / ${DIR}/htdocs/page.html"),
    ("denied", "<Location /.well-known>\nRequire all denied\n</Location>"),
    ("handler", "<Location />\nSetHandler server-status\n</Location>"),
    ("file", ""),
]


@pytest.mark.parametrize("lines", **table(SHADOWS))
def test_nothing_is_in_the_way(lines):
    files = {**FILES, f"htdocs{AT}/orders": "a file\n"}
    with Backend() as backend:
        config = TENANT + location("/orders", ON,
                                   "Require auth0-scope read:orders")
        config += lines.replace("{port}", str(backend.port)) + "\n"
        with Httpd(config, files, modules=["proxy", "proxy_http", "rewrite",
                                           "status"]) as httpd:
            assert told(httpd.get(f"{AT}/orders")) == DOCUMENT
            assert httpd.request("OPTIONS", f"{AT}/orders").status == 204
            assert httpd.request("POST", f"{AT}/orders").status == 405
        assert backend.arrived == []


def test_what_is_not_ours_goes_where_it_went():
    with Backend() as backend:
        config = TENANT + location("/orders", ON, "Require valid-user")
        config += f"ProxyPass / http://127.0.0.1:{backend.port}/\n"
        with Httpd(config, FILES, modules=["proxy", "proxy_http"]) as httpd:
            for path in (AT, f"{AT}/orders/", "/.well-known/security.txt"):
                assert httpd.get(path).status == 200
        assert [one["path"] for one in backend.arrived] == [
            AT, f"{AT}/orders/", "/.well-known/security.txt"
        ]


def test_a_forward_proxy_asks_others():
    with Backend() as backend:
        config = TENANT + "ProxyRequests On\n" + location(
            "/orders", ON, "Require auth0-scope read:orders"
        )
        with Httpd(config, FILES, modules=["proxy", "proxy_http"]) as httpd:
            url = f"http://127.0.0.1:{backend.port}{AT}/orders"
            assert httpd.get(url).status == 200
            assert told(httpd.get(f"{AT}/orders")) == DOCUMENT
        assert len(backend.arrived) == 1


def test_headers_of_the_administrator_are_sent():
    config = TENANT + location("/orders", ON,
                               "Require auth0-scope read:orders")
    config += "Header set X-Frame-Options DENY\n"
    config += "Header always set Strict-Transport-Security max-age=1\n"
    with Httpd(config, FILES) as httpd:
        response = httpd.get(f"{AT}/orders")
        assert told(response) == DOCUMENT
        assert response.header("X-Frame-Options") == "DENY"
        assert response.header("Strict-Transport-Security") == "max-age=1"


CHALLENGES = [
    ("none", {}, "request.no_token", {}),
    ("scheme", {"headers": [("Authorization", "Basic YTpi")]},
     "request.scheme", {}),
    ("bad", {"token": "a.b.c"}, "token.malformed", {}),
    ("expired", {"token": tokens.token(KEY, exp=1)}, "claims.exp", {}),
    ("bound", {"token": tokens.token(
        KEY, cnf={"jkt": tokens.b64(b"k" * 32)})}, "cnf.scheme", {}),
    ("proof", {"headers": [("Authorization", "DPoP " + tokens.token(
        KEY, cnf={"jkt": tokens.b64(b"k" * 32)}))]}, "cnf.proof_missing",
     {"scheme": "DPoP"}),
    # Neither of these has to find out where tokens come from.
    ("malformed", {"headers": [("Authorization", "Bearer")]},
     "request.malformed", {}),
    ("scope", {"token": tokens.token(KEY, scope="x")}, "require.scope",
     {"scope": "read:orders"}),
]


@pytest.mark.parametrize("how, reason, more", **table(CHALLENGES))
def test_each_401_names_the_document(protected, how, reason, more):
    """RFC 9728 section 5.1; answers.py knows of 401 alone."""
    response = protected.get("/denied.html", **how)
    answers.refused(response, reason, metadata=f"{ORIGIN}{AT}/orders", **more)
    named = [AT in one for one in response.challenges]
    assert all(named) == (response.status == 401)
    assert any(named) == (response.status == 401)


def test_step_up_names_it_too():
    config = TENANT + location("/orders", ON, f"Auth0BaseURL {ORIGIN}",
                               'Require auth0-step-up acr="high"')
    with Httpd(config, FILES) as httpd:
        response = httpd.get("/orders", tokens.token(KEY))
        answers.refused(response, "require.step_up", acr_values="high",
                        metadata=f"{ORIGIN}{AT}/orders")


def test_only_what_is_served_is_named():
    """A section whose reach cannot be told has no document."""
    config = TENANT + location("/orders", "Require valid-user")
    config += f'<LocationMatch "^/ord">\n{ON}\n</LocationMatch>\n'
    with Httpd(config, FILES) as httpd:
        answers.refused(httpd.get("/orders"), "request.no_token")
        assert httpd.get(f"{AT}/orders").status == 404


@pytest.mark.parametrize("base, tls, want", [
    ("", False, "http://api.example.com:{port}"),
    ("", True, "https://api.example.com:{port}"),
    ("ServerName https://public.example\n", False, "https://public.example"),
    ("Auth0BaseURL https://public.example/\n", False,
     "https://public.example"),
])
def test_origin(authority, base, tls, want):
    config = TENANT + base + location("/orders", ON, "Require valid-user")
    realm = "public.example" if "ServerName" in base else answers.REALM
    with Httpd(config, FILES, tls=authority if tls else None) as httpd:
        origin = want.replace("{port}", str(httpd.port))
        for headers in ([], [("Host", "evil.example"),
                             ("X-Forwarded-Host", "evil.example"),
                             ("X-Forwarded-Proto", "ftp")]):
            answers.refused(httpd.get("/orders", headers=headers),
                            "request.no_token", realm,
                            metadata=f"{origin}{AT}/orders")


def test_it_changes_with_the_configuration():
    config = TENANT + location("/orders", ON,
                               "Require auth0-scope read:orders")
    with Httpd(config, FILES) as httpd:
        assert told(httpd.get(f"{AT}/orders")) == DOCUMENT
        text = httpd.conf_file.read_text()
        httpd.conf_file.write_text(text.replace("read:orders", "list:orders"))
        httpd.graceful()
        want = document(scopes_supported=["list:orders"])
        assert told(httpd.get(f"{AT}/orders")) == want


def test_included_it_is_not():
    """A subrequest is looked up before anybody wants its body."""
    page = f'[<!--#include virtual="{AT}/orders" -->]'
    config = TENANT + location("/orders", ON, "Require valid-user")
    config += "<Location /page.html>\nOptions +Includes\n"
    config += "SetOutputFilter INCLUDES\n</Location>\n"
    with Httpd(config, {**FILES, "htdocs/page.html": page},
               modules=["include"]) as httpd:
        watch.announce("unable to include")
        response = httpd.get("/page.html")
        assert response.status == 200
        assert b"authorization_servers" not in response.body
        assert response.body.startswith(b"[")


def test_merging():
    """The inner section wins, directive by directive."""
    outer = "\n".join([
        ON, "Auth0Resource https://outer.example/a",
        "Auth0ResourceDocumentation https://outer.example/docs",
        "Auth0ResourcePolicy https://outer.example/policy",
        "Auth0ResourceTOS https://outer.example/tos",
    ])
    inner = [
        "Auth0Resource https://inner.example/b",
        "Auth0ResourceDocumentation https://inner.example/docs",
        "Auth0ResourceTOS https://inner.example/tos",
    ]
    config = TENANT + outer + "\n" + location("/a", "Require valid-user")
    config += location("/b", *inner, "Require valid-user")
    with Httpd(config, FILES) as httpd:
        for name, host in (("a", "outer"), ("b", "inner")):
            got = told(httpd.get(f"{AT}/{name}"))
            assert got["resource"] == f"https://{host}.example/{name}"
            assert got["resource_documentation"] == (
                f"https://{host}.example/docs")
            assert got["resource_policy_uri"] == (
                "https://outer.example/policy")
            assert got["resource_tos_uri"] == f"https://{host}.example/tos"


HERE = location("/orders", ON, "{lines}", "Require valid-user")
BAD = [
    ("switch", "Auth0ResourceMetadata maybe",
     "Auth0ResourceMetadata must be On or Off"),
    ("plain", "Auth0Resource http://api.example.com/",
     "Auth0Resource: 'http://api.example.com/' is plain http:// to another"),
    ("fragment", "Auth0Resource https://api.example.com/#a",
     "has a fragment; leave out the # and what follows"),
    ("relative", "Auth0Resource /orders", "is not an absolute URL"),
    ("user", "Auth0Resource https://u@api.example.com/", "has a user name"),
    ("dots", "Auth0Resource https://api.example.com/a/../b",
     "has a path with an empty segment, or one of dots"),
    ("slashes", "Auth0Resource https://api.example.com//a",
     "has a path with an empty segment, or one of dots"),
    ("quote", "Auth0Resource 'https://api.example.com/\"a'",
     "has a character that has to be escaped in a URL"),
    ("percent", "Auth0Resource https://api.example.com/%0",
     "has a % that two hexadecimal digits"),
    ("documentation", "Auth0ResourceDocumentation ftp://example.com/",
     "Auth0ResourceDocumentation: 'ftp://example.com/' is not an https://"),
    ("policy", "Auth0ResourcePolicy policy",
     "Auth0ResourcePolicy: 'policy' is not an absolute URL"),
    ("tos", "Auth0ResourceTOS http://example.com/tos",
     "Auth0ResourceTOS: 'http://example.com/tos' is plain http://"),
    ("no_url", "Auth0Audience urn:orders",
     "Auth0ResourceMetadata On needs Auth0Resource"),
]


def check(config):
    httpd = Httpd(config, FILES)
    try:
        return httpd.check()
    finally:
        httpd.remove()


@pytest.mark.parametrize("line, complaint", **table(BAD))
def test_wrong_configuration(line, complaint):
    code, output = check(TENANT + HERE.replace("{lines}", line))
    assert code != 0
    assert complaint in output
    assert "httpd.conf:" in output or "httpd.conf" in output


def test_two_resources_in_one_place():
    config = TENANT + HERE.replace("{lines}", "") + location(
        "/b", ON, "Auth0Resource https://other.example/orders",
        "Require valid-user"
    )
    code, output = check(config)
    assert code != 0
    assert ("the metadata of the resource https://other.example/orders would "
            "be where that of https://api.example.com/orders is") in output


@pytest.mark.parametrize("line", [
    "Auth0Resource https://other.example/",
    "Auth0Resource http://127.0.0.1:3001/",
    "Auth0Audience urn:orders https://api.example.com/b",
])
def test_good_configuration(line):
    config = TENANT + HERE.replace("{lines}", line)
    assert check(config) == (0, "Syntax OK\n")
