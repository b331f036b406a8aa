# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Identity in front of a back end, by the bytes that it has really received: each
scheme of mod_proxy and CGI, against what clients try.
"""
import contextlib
import itertools

import h2.connection
import h2.events
import pytest

import client
import tokens
from backends import CGI, SCHEMES
from conf import TENANT, location, table
from env import Httpd
from proofs import Prover

KEY = tokens.rsa_key("main")
SUBJECT = tokens.SUBJECT.encode()
VALID = "Require valid-user"
EXPORTS = [
    "Auth0ClaimHeader X-Auth0-Sub sub",
    "Auth0ClaimHeader X-Plain c",
    "Auth0ClaimHeader X-JSON c json",
    "Auth0ClaimHeader X-Base64 c base64url",
]
SOCKETS = ("ws", "upgrade")
WITH_BODY = [scheme for scheme in SCHEMES if scheme not in SOCKETS]
#: AJP has all fields in one packet; the largest it knows.
LIMITS = (
    "MergeTrailers On\nProxyTimeout 10\nProxyIOBufferSize 65536\n"
    "LimitRequestFields 0\n"
)
#: These want to know the length of a body beforehand.
WITHOUT_CHUNKS = ("uwsgi", "scgi")
#: Whatever a client says of itself bears this.
LIE = "SPOOFED"


def sections(scheme, backend):
    """Who is let in, who is forwarded, and where anybody may go."""
    path = f"/{scheme}"
    return "".join([
        location(path, *EXPORTS, VALID),
        location(f"{path}/forward", "Auth0ForwardToken On"),
        location(f"{path}/form", "Auth0TokenSource header form"),
        location(f"{path}/form/forward", "Auth0ForwardToken On"),
        location(f"{path}/open", "Require all granted"),
        location(f"{path}/optional", "Auth0Optional On",
                 "Require all granted"),
        backend.proxy(path),
        backend.proxy(f"/public/{scheme}"),
    ])


@pytest.fixture(scope="module")
def backends():
    with contextlib.ExitStack() as stack:
        yield {
            scheme: stack.enter_context(kind())
            for scheme, kind in SCHEMES.items()
        }


@pytest.fixture(scope="module")
def httpd(backends):
    modules = {m for backend in backends.values() for m in backend.modules}
    config = TENANT + LIMITS + "".join(
        sections(scheme, backend) for scheme, backend in backends.items()
    )
    files = {"keys.json": tokens.jwks(KEY), "cgi/tell.cgi": CGI.PROGRAM}
    with Httpd(config, files, modules=sorted(modules), http2=True) as server:
        yield server


HANDSHAKE = [
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]


def handshake(httpd, path, token, fields):
    """The answer to a WebSocket's opening, and what follows it."""
    more = [] if token is None else [("Authorization", f"Bearer {token}")]
    listed = [v for k, v in fields if k == "Connection"]
    fields = [f for f in fields if f[0] != "Connection"]
    fields += [("Connection", ", ".join(["Upgrade", *listed]))]
    headers = client.complete([*HANDSHAKE, *more, *fields], b"")
    with client.Connection(httpd.port) as connection:
        connection.send("GET", path, headers)
        answer = b""
        while not answer.endswith(b"\x88\x00"):
            data = connection.socket.recv(65536)
            assert data, answer
            answer += data
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"\x81\x05hello" in answer
    return answer


@pytest.fixture
def ask(httpd, backends):
    """What the back end of a scheme sees of a request."""

    def send(scheme, path, token=None, fields=(), h2=False):
        fields = list(fields)
        if scheme in SOCKETS:
            return backends[scheme].take(
                handshake(httpd, path, token, fields)
            )
        response = httpd.get(path, token, headers=fields, h2=h2)
        assert response.status == 200
        return backends[scheme].take(response)

    return send


def token(**claims):
    return tokens.token(KEY, **claims)


PROVER = Prover(KEY, tokens.ec_key("dpop"))


def bound(httpd, path):
    """The fields of a request whose token is bound, and its credentials."""
    sent = PROVER.token()
    url = f"http://api.example.com:{httpd.port}{path}"
    fields = PROVER.fields("GET", url, sent)
    return fields, sent, dict(fields)["DPoP"]


each_scheme = pytest.mark.parametrize("scheme", SCHEMES)

# --------------------------------------------------------------- spoofed names

SPELLINGS = [
    "X-Auth0-Sub",
    "x-auth0-sub",
    "X_Auth0_Sub",
    "X.Auth0.Sub",
    "X-AUTH0_SUB",
    "XAuth0Sub",
    "X--Auth0--Sub",
    "X~Auth0!Sub",
]


@each_scheme
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spoofed_beside_a_token(ask, scheme, spelling):
    fields = [(spelling, f"{LIE}-{n}") for n in range(2)]
    arrived = ask(scheme, f"/{scheme}/x", token(), fields)
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]
    assert LIE.encode() not in arrived.raw


@each_scheme
@pytest.mark.parametrize("place", ["{}/open/x", "{}/optional/x", "public/{}/x"])
def test_spoofed_without_a_token(ask, scheme, place):
    """Public paths included: no back end is told of a client what it says."""
    fields = [(spelling, LIE) for spelling in SPELLINGS]
    arrived = ask(scheme, "/" + place.format(scheme), None, fields)
    assert arrived.values("X-Auth0-Sub") == []
    assert LIE.encode() not in arrived.raw


@pytest.mark.parametrize("scheme", WITH_BODY)
@pytest.mark.parametrize("spelling", [s.lower() for s in SPELLINGS])
def test_spoofed_over_http2(ask, scheme, spelling):
    fields = [(spelling, LIE)]
    arrived = ask(scheme, f"/{scheme}/x", token(), fields, h2=True)
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]
    assert LIE.encode() not in arrived.raw
    arrived = ask(scheme, f"/public/{scheme}/x", None, fields, h2=True)
    assert LIE.encode() not in arrived.raw


def test_spoofed_in_thousands_of_spellings(httpd, backends):
    """Each a name of its own, behind as many that are left alone."""
    ways = ["".join(way) for way in itertools.product("-_.!~'", repeat=5)]
    fields = [(f"X{way}Other", "a") for way in ways]
    fields += [(f"X{way}Auth0-Sub", LIE) for way in ways]
    response = httpd.get("/public/cgi/none", headers=fields)
    assert response.status == 200
    assert LIE.encode() not in response.body


# ------------------------------------------------------------------ Connection


@each_scheme
@pytest.mark.parametrize(
    "listed", ["X-Auth0-Sub", "x-auth0-sub", "X_Auth0_Sub, X-Other",
               "keep-alive, X-Auth0-Sub,", "close,X-Auth0-Sub,Authorization",
               "close;X-Auth0-Sub", "close X-Auth0-Sub", "a\tX-Auth0-Sub;b",
               '"a, b" X-Auth0-Sub', 'a="b;X-Auth0-Sub', ";X-Auth0-Sub=1;"]
)
def test_deletion_by_connection(ask, scheme, listed):
    arrived = ask(
        scheme, f"/{scheme}/x", token(), [("Connection", listed)]
    )
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]
    assert arrived.user in (None, SUBJECT)


@each_scheme
def test_deletion_of_a_forwarded_token(ask, scheme):
    sent = token()
    fields = [("Connection", "Authorization, DPoP, X-Auth0-Sub")]
    arrived = ask(scheme, f"/{scheme}/forward/x", sent, fields)
    assert arrived.values("Authorization") == [f"Bearer {sent}".encode()]
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]


# -------------------------------------------------------------------- trailers


def post_in_chunks(httpd, path, sent, trailers, content="text/plain"):
    """A body in two chunks, then trailers."""
    headers = client.complete(
        [("Transfer-Encoding", "chunked"), ("Connection", "close"),
         ("Authorization", f"Bearer {sent}"), ("Content-Type", content)], b""
    )
    body = b"3\r\nabc\r\n2\r\nde\r\n0\r\n"
    body += b"".join(f"{k}: {v}\r\n".encode() for k, v in trailers)
    with client.Connection(httpd.port) as connection:
        connection.send("POST", path, headers, body + b"\r\n")
        return connection.receive("POST")


@pytest.mark.parametrize("scheme", WITH_BODY)
@pytest.mark.parametrize(
    "trailers",
    **table([
        ("plain", [("X-Auth0-Sub", LIE)]),
        ("spelled", [("X_Auth0_Sub", LIE), ("x.auth0.sub", LIE)]),
        ("connection", [("Connection", "X-Auth0-Sub, close")]),
    ]),
)
def test_trailers(httpd, backends, scheme, trailers):
    response = post_in_chunks(httpd, f"/{scheme}/x", token(), trailers)
    if scheme in WITHOUT_CHUNKS:
        assert response.status == 411
        return
    assert response.status == 200
    arrived = backends[scheme].take(response)
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]
    assert LIE.encode() not in arrived.raw
    assert arrived.body == b"abcde"


@pytest.mark.parametrize("scheme", ["http", "http2", "fcgi", "ajp", "cgi"])
def test_trailers_of_a_body_that_was_read_early(httpd, backends, scheme):
    """
    Where a form may hold the token, trailers are there before the back end is
    asked: others do arrive.
    """
    trailers = [("X-Auth0-Sub", LIE), ("X.Auth0.Sub", LIE),
                ("Connection", "X-Auth0-Sub"), ("X-Harmless", "yes")]
    response = post_in_chunks(
        httpd, f"/{scheme}/form/x", token(), trailers,
        "application/x-www-form-urlencoded",
    )
    assert response.status == 200
    arrived = backends[scheme].take(response)
    # By mod_proxy_http2 even twice, as fields and as trailers.
    assert set(arrived.values("X-Harmless")) == {b"yes"}
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]
    assert LIE.encode() not in arrived.raw


def post_over_http2(port, path, fields, trailers):
    """The status of the answer, and its body."""
    http2 = h2.connection.H2Connection()
    head = [(":method", "POST"), (":path", path), (":scheme", "http"),
            (":authority", "api.example.com"), *fields]
    status, body = None, b""
    with client.Connection(port) as connection:
        http2.initiate_connection()
        http2.send_headers(1, head)
        http2.send_data(1, b"abc")
        http2.send_headers(1, trailers, end_stream=True)
        connection.socket.sendall(http2.data_to_send())
        while data := connection.socket.recv(65536):
            for event in http2.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    status = int(dict(event.headers)[b":status"])
                if isinstance(event, h2.events.DataReceived):
                    body += event.data
                if isinstance(event, h2.events.StreamEnded):
                    return client.Response(status, [], body)
            connection.socket.sendall(http2.data_to_send())
    raise AssertionError("no answer")


@pytest.mark.parametrize("place", ["{}/x", "{}/form/forward/x", "public/{}/x"])
@pytest.mark.parametrize("scheme", ["http", "http2", "fcgi", "ajp", "cgi"])
def test_trailers_over_http2(httpd, backends, scheme, place):
    fields = [("authorization", f"Bearer {token()}"),
              ("content-type", "application/x-www-form-urlencoded")]
    trailers = [("x-auth0-sub", LIE), ("x.auth0.sub", LIE),
                ("authorization", f"Bearer {LIE}"), ("dpop", LIE)]
    response = post_over_http2(
        httpd.port, "/" + place.format(scheme), fields, trailers
    )
    assert response.status == 200
    arrived = backends[scheme].take(response)
    is_public = place.startswith("public")
    assert arrived.values("X-Auth0-Sub") == ([] if is_public else [SUBJECT])
    assert LIE.encode() not in arrived.raw
    assert arrived.body == b"abc"


@pytest.mark.parametrize("scheme", ["http", "http2", "fcgi", "ajp", "cgi"])
def test_credentials_in_trailers(httpd, backends, scheme):
    """The back end gets those that were judged, and no others."""
    sent, forged = token(), tokens.token(tokens.rsa_key("other"))
    trailers = [("Authorization", f"Bearer {forged}"), ("DPoP", LIE)]
    response = post_in_chunks(
        httpd, f"/{scheme}/form/forward/x", sent, trailers,
        "application/x-www-form-urlencoded",
    )
    assert response.status == 200
    arrived = backends[scheme].take(response)
    assert arrived.values("Authorization") == [f"Bearer {sent}".encode()]
    assert arrived.values("DPoP") == []
    assert forged.encode() not in arrived.raw


# ------------------------------------------------------------------- the token


@each_scheme
@pytest.mark.parametrize("place", ["x", "open/x", "optional/x"])
def test_the_token_stays_here(ask, scheme, place):
    sent = token()
    arrived = ask(scheme, f"/{scheme}/{place}", sent)
    assert arrived.values("Authorization") == []
    assert sent.encode() not in arrived.raw
    for part in sent.split("."):
        assert part.encode() not in arrived.raw


@each_scheme
@pytest.mark.parametrize("place", ["x", "open/x", "optional/x"])
def test_a_bound_token_stays_here(httpd, ask, scheme, place):
    path = f"/{scheme}/{place}"
    fields, sent, proof = bound(httpd, path)
    arrived = ask(scheme, path, None, fields)
    assert arrived.values("Authorization") == []
    assert arrived.values("DPoP") == []
    for part in sent.split(".") + proof.split("."):
        assert part.encode() not in arrived.raw


@each_scheme
def test_the_token_is_forwarded(ask, scheme):
    sent = token()
    arrived = ask(scheme, f"/{scheme}/forward/x", sent)
    assert arrived.values("Authorization") == [f"Bearer {sent}".encode()]
    assert arrived.raw.count(sent.encode()) == 1


@each_scheme
def test_a_bound_token_is_forwarded(httpd, ask, scheme):
    path = f"/{scheme}/forward/x"
    fields, sent, proof = bound(httpd, path)
    arrived = ask(scheme, path, None, fields)
    assert arrived.values("Authorization") == [f"DPoP {sent}".encode()]
    assert arrived.values("DPoP") == [proof.encode()]
    assert arrived.raw.count(sent.encode()) == 1


@each_scheme
def test_other_places_keep_their_credentials(ask, scheme):
    """Without AuthType Auth0, as if the module was not there."""
    fields = [("Authorization", "Basic YTpi"), ("DPoP", "a.b.c")]
    arrived = ask(scheme, f"/public/{scheme}/x", None, fields)
    is_program = scheme in ("fcgi", "scgi", "cgi")
    expected = [] if is_program else [b"Basic YTpi"]
    assert arrived.values("Authorization") == expected
    assert arrived.values("DPoP") == [b"a.b.c"]


# -------------------------------------------------------------- hostile values

#: The claim; what is sent plain, as JSON and as base64url; None: nothing.
VALUES = [
    ("cr", "a\rb", None, b'"a\\rb"', b"YQ1i"),
    ("lf", "a\nb", None, b'"a\\nb"', b"YQpi"),
    ("crlf", "a\r\nX-Auth0-Sub: SPOOFED", None,
     b'"a\\r\\nX-Auth0-Sub: SPOOFED"', b"YQ0KWC1BdXRoMC1TdWI6IFNQT09GRUQ"),
    ("crlf_crlf", "a\r\n\r\nGET /", None, b'"a\\r\\n\\r\\nGET /"',
     b"YQ0KDQpHRVQgLw"),
    ("tab", "a\tb", None, b'"a\\tb"', b"YQli"),
    ("escape", "a\x1bb", None, b'"a\\u001Bb"', b"YRti"),
    ("delete", "a\x7fb", None, b'"a\\u007fb"', b"YX9i"),
    ("latin", "Jörg", None, b'"J\\u00F6rg"', b"SsO2cmc"),
    ("emoji", "\U0001f600", None, b'"\\uD83D\\uDE00"', b"8J-YgA"),
    ("blank", " a ", None, b'" a "', b"IGEg"),
    ("list", ["a,b", "c"], b"a,b c", b'["a,b","c"]', b"WyJhLGIiLCJjIl0"),
    ("list_line", ["a", "b\nc"], None, b'["a","b\\nc"]',
     b"WyJhIiwiYlxuYyJd"),
    ("object", {"a": 1}, None, b'{"a":1}', b"eyJhIjoxfQ"),
    ("empty", "", b"", b'""', b""),
    ("long", "x" * 5000, None, None, None),
    ("most", "x" * 3000, b"x" * 3000, b'"' + b"x" * 3000 + b'"',
     b"eHh4" * 1000),
    ("quotes", 'a"b\\c', b'a"b\\c', b'"a\\"b\\\\c"', b"YSJiXGM"),
    ("percent", "%0d%0aX: y", b"%0d%0aX: y", b'"%0d%0aX: y"',
     b"JTBkJTBhWDogeQ"),
    ("absent", tokens.ABSENT, None, None, None),
]


@each_scheme
@pytest.mark.parametrize("claim, plain, as_json, base64url", **table(VALUES))
def test_values(ask, scheme, claim, plain, as_json, base64url):
    """As they are, or the field is absent; the next one is never touched."""
    arrived = ask(scheme, f"/{scheme}/x", token(c=claim))
    expected = {"X-Plain": plain, "X-JSON": as_json, "X-Base64": base64url}
    for name, value in expected.items():
        assert arrived.values(name) == ([] if value is None else [value])
    assert arrived.values("X-Auth0-Sub") == [SUBJECT]


@each_scheme
def test_user(ask, scheme):
    """Where a scheme has a place for it."""
    arrived = ask(scheme, f"/{scheme}/x", token())
    has_place = scheme not in ("http", "http2", *SOCKETS)
    assert arrived.user == (SUBJECT if has_place else None)


def test_nul_is_no_value(httpd):
    response = httpd.get("/http/x", token(c="a\0b"))
    assert (response.status, response.reason) == (401, "claims.malformed")


def test_each_spelling_is_another():
    """The rows above are not the same one over and over."""
    for one, other in itertools.combinations(SPELLINGS, 2):
        assert one != other
