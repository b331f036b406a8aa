# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What an inner section takes over, what it replaces, and what is shared."""
import time

import pytest

import answers
import sources
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from issuer import Issuer
from logs import watch
from proofs import Prover

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
<Location /dpop>
    AuthType Auth0
    Auth0DPoP required nonce
    Require valid-user
</Location>
<Location /dpop/silent>
    Auth0DPoPWindow 60 5
</Location>
<Location /dpop/inner>
    Auth0DPoP disabled
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
    watch.announce("Warning on line .* take tokens for")
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


@pytest.mark.parametrize("path", ["/dpop", "/dpop/silent"])
def test_mode_of_dpop_is_taken_over(nested, path):
    response = nested.get(path, tokens.token(KEY))
    answers.refused(response, "cnf.scheme", scheme="DPoP", dpop="required")


def test_mode_of_dpop_is_replaced(nested):
    answers.accepted(nested.get("/dpop/inner", tokens.token(KEY)),
                     tokens.SUBJECT)


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


# ------------------------------------------------- the inner one wins, or none

ALONE = ["Require all granted"]
VALID = ["Require valid-user"]
PREFLIGHT = [
    ("Origin", "https://app.example.com"),
    ("Access-Control-Request-Method", "PUT"),
]


def ask(method="GET", fields=(), **claims):
    """A request with a token of these claims; none without any."""

    def send(httpd, path, host):
        token = tokens.token(KEY, **claims) if claims else None
        headers = [*host, *fields]
        return httpd.request(method, path, token, headers=headers)

    return send


def ask_with_cookies(httpd, path, host):
    headers = [*host, ("Cookie", f"a={tokens.token(KEY)}; b=x")]
    return httpd.get(path, headers=headers)


def log_out(httpd, path, host):
    """A logout token with a nonce, which only its client's endpoint sees."""
    events = {"http://schemas.openid.net/event/backchannel-logout": {}}
    token = tokens.token(KEY, aud="app", jti="1", events=events, nonce="n")
    headers = [*host, ("Content-Type", sources.FORM)]
    body = f"logout_token={token}".encode()
    return httpd.request("POST", path, headers=headers, body=body)


def ago(seconds):
    return int(time.time()) - seconds


PROVER = Prover(KEY, tokens.ec_key("dpop"))
PUBLIC = "https://public.example"


def ask_with_proof(**changes):
    """A GET with a token that is bound to a key, and a proof for PUBLIC."""

    def send(httpd, path, host):
        fields = PROVER.fields("GET", PUBLIC + path, PROVER.token(), **changes)
        return httpd.get(path, headers=host + fields)

    return send


#: A directive with the value of an outer and of an inner section; what goes
#: with it; a request; and status, reason and type of its two answers.
MERGED = {
    "Auth0TokenProfile": (
        "rfc9068", "auth0", VALID, ask(azp="app"),
        (401, "header.typ"), (200, "ok"),
    ),
    "Auth0MaxTokenAge": (
        "60", "600", VALID, ask(iat=ago(300)),
        (401, "claims.age"), (200, "ok"),
    ),
    "Auth0ACRClaim": (
        "a", "/b/c", ["Require auth0-step-up acr=mfa"],
        ask(a="mfa", b={"c": "pwd"}),
        (200, "ok"), (401, "require.step_up"),
    ),
    "Auth0AuthTimeClaim": (
        "/a/b", "c", ["Require auth0-step-up max_age=600"],
        ask(a={"b": ago(60)}, c=ago(6000)),
        (200, "ok"), (401, "require.step_up"),
    ),
    "Auth0Optional": (
        "On", "Off", ALONE, ask(exp=1), (401, "claims.exp"), (200, "-"),
    ),
    "Auth0CORSPreflight": (
        "On", "Off", VALID, ask("OPTIONS", PREFLIGHT),
        (200, "-"), (401, "request.no_token"),
    ),
    "Auth0ReportOnly": (
        "On", "Off", VALID, ask(exp=1),
        (200, "claims.exp"), (401, "claims.exp"),
    ),
    "Auth0ProblemDetails": (
        "On", "Off", VALID, ask(),
        (401, "request.no_token", "application/problem+json"),
        (401, "request.no_token", "text/html; charset=iso-8859-1"),
    ),
    "Auth0TokenSource": (
        "cookie:a", "cookie:b", VALID, ask_with_cookies,
        (200, "ok"), (401, "token.opaque"),
    ),
    "Auth0DPoP": (
        "required nonce", "allowed", [*VALID, f"Auth0BaseURL {PUBLIC}"],
        ask_with_proof(), (401, "cnf.nonce"), (200, "ok"),
    ),
    "Auth0DPoPWindow": (
        "10 0", "600 0", [*VALID, f"Auth0BaseURL {PUBLIC}"],
        ask_with_proof(iat=tokens.Ago(400)),
        (401, "cnf.proof_invalid"), (200, "ok"),
    ),
    "Auth0CertificateBound": (
        "required", "allowed", VALID, ask(azp="app"),
        (401, "cnf.certificate"), (200, "ok"),
    ),
    "Auth0BaseURL": (
        PUBLIC, "https://other.example", VALID, ask_with_proof(),
        (200, "ok"), (401, "cnf.proof_invalid"),
    ),
    "Auth0LogoutClient": (
        "app", "other", ["SetHandler auth0-logout", "Require all granted"],
        log_out,
        (400, "claims.nonce"), (400, "claims.aud"),
    ),
}


def host_of(name):
    return [("Host", f"{name.lower()}.example")]


def merging(name):
    """The outer value in a section, and in a virtual host."""
    outer, inner, lines, *_ = MERGED[name]

    def around(path, *more):
        return (
            location(path, *more, *lines)
            + f"<Location {path}/inner>\n{name} {inner}\n</Location>\n"
            + f"<Location {path}/silent>\nAuth0ClockSkew 6\n</Location>\n"
            + f"<Location {path}/mute>\nSetEnv A b\n</Location>\n"
        )

    return (
        around(f"/{name}", f"{name} {outer}")
        + f"<VirtualHost *:*>\nServerName {name.lower()}.example\n"
        + f"{name} {outer}\n{around('/host')}</VirtualHost>\n"
    )


@pytest.fixture(scope="module")
def merged():
    config = ANYTHING + TENANT
    config += "<VirtualHost *:*>\nServerName api.example.com\n</VirtualHost>\n"
    config += "".join(merging(name) for name in MERGED)
    watch.announce("Warning on line .* take tokens for")
    with Httpd(config, {**PAGE, "keys.json": tokens.jwks(KEY)}) as httpd:
        yield httpd


PLACES = ["outer", "silent", "mute", "inner"]


@pytest.mark.parametrize("kind", ["section", "host"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", MERGED)
def test_directive(merged, announce, name, place, kind):
    *_, send, outer, inner = MERGED[name]
    expected = inner if place == "inner" else outer
    if expected[1] == "require.step_up":
        announce("AH01631: .* authorization failure")
    path = "/host" if kind == "host" else f"/{name}"
    path += "" if place == "outer" else f"/{place}"
    response = send(merged, path, host_of(name) if kind == "host" else [])
    got = (response.status, response.reason, response.header("Content-Type"))
    assert got[: len(expected)] == expected
