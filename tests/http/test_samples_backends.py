# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The samples with a back end that is told by HTTP, with the requests that their
first lines promise.
"""
import pytest

import answers
import tokens
from backend import Backend
from conf import table
from samples import KEY, ORDERS, TENANT, start

SUB = "auth0|anna"
ROLES = "https://example.com/roles"
#: As a client would have it; a field each.
SPOOFED = [("X-Auth0-Sub", "root"), ("X_Auth0_Sub", "root")]


def behind(name, backend):
    before = f"Define AUTH0_SAMPLE_BACKEND http://127.0.0.1:{backend.port}\n"
    return start(name, before, modules=["proxy", "proxy_http"])


def fields_of(arrived):
    """Those that reached a back end, by name; no name came twice."""
    pairs = [(k.lower(), v) for k, v in arrived["fields"]]
    named = dict(pairs)
    assert len(named) == len(pairs)
    return named


def identity_of(arrived):
    """What programs would take for X-Auth0-..., in any spelling of it."""
    return {
        k: v
        for k, v in fields_of(arrived).items()
        if k.replace("_", "-").replace(".", "-").startswith("x-auth0-")
    }


# --------------------------------------------------------- reverse-proxy.conf

ANNA = {
    **ORDERS,
    "scope": "read:orders",
    "sub": SUB,
    "azp": "shop",
    "org_id": "org_1",
    ROLES: ["clerk", "admin"],
    "https://example.com/name": "Jörg",
}
TOLD = {
    "x-auth0-sub": SUB,
    "x-auth0-org": "org_1",
    "x-auth0-roles": '["clerk","admin"]',
    "x-auth0-name": "SsO2cmc",
}


@pytest.fixture(scope="module")
def backend():
    with Backend() as server:
        yield server


@pytest.fixture(scope="module")
def reverse_proxy(backend):
    with behind("reverse-proxy.conf", backend) as httpd:
        yield httpd


@pytest.fixture(autouse=True)
def nothing_arrived(backend):
    backend.arrived.clear()


def anna(**changes):
    return tokens.token(KEY, **{**ANNA, **changes})


@pytest.mark.parametrize(
    "more",
    **table([
        ("plain", []),
        ("spoofed", SPOOFED),
        ("connection", [("Connection", "X-Auth0-Sub")]),
    ]),
)
def test_reverse_proxy(reverse_proxy, backend, more):
    response = reverse_proxy.get("/orders/", anna(), headers=more)
    answers.accepted(response, "shop")
    (arrived,) = backend.arrived
    assert arrived["path"] == "/orders/"
    assert identity_of(arrived) == TOLD
    assert "authorization" not in fields_of(arrived)


def test_reverse_proxy_redirects_to_itself(reverse_proxy):
    for path, token in (("/orders/moved", anna()), ("/health/moved", None)):
        response = reverse_proxy.get(path, token)
        where = f"http://api.example.com{path}/"
        assert (response.status, response.header("Location")) == (307, where)


def test_reverse_proxy_refuses_by_itself(reverse_proxy, backend):
    for more in ([], SPOOFED):
        response = reverse_proxy.get("/orders/", headers=more)
        answers.refused(response, "request.no_token")
    lacking = anna(scope="write:orders")
    answers.refused(reverse_proxy.get("/orders/", lacking), "require.scope",
                    scope="read:orders")
    assert backend.arrived == []


def test_reverse_proxy_beside_its_sections(reverse_proxy, backend):
    """No token is asked for, so that one which comes is not ours to keep."""
    for token in (None, anna()):
        backend.arrived.clear()
        response = reverse_proxy.get("/health", token, headers=SPOOFED)
        assert (response.status, response.reason) == (200, "-")
        (arrived,) = backend.arrived
        assert arrived["path"] == "/health"
        assert identity_of(arrived) == {}
        sent = fields_of(arrived).get("authorization")
        assert sent == (token and f"Bearer {token}")


def test_reverse_proxy_of_no_organization(reverse_proxy, backend):
    response = reverse_proxy.get("/orders/", anna(org_id=tokens.ABSENT))
    answers.lacking_claim(response)
    assert backend.arrived == []
    said = "require.claim: .*Auth0ClaimHeader X-Auth0-Org: the claim org_id is"
    reverse_proxy.wait_for_log(f"{said} absent")


def test_reverse_proxy_forwards_the_token(reverse_proxy, backend):
    token = anna()
    response = reverse_proxy.get("/orders/shipping/", token)
    answers.accepted(response, "shop")
    (arrived,) = backend.arrived
    assert arrived["path"] == "/orders/shipping/"
    assert identity_of(arrived) == TOLD
    assert fields_of(arrived)["authorization"] == f"Bearer {token}"


# -------------------------------------------------- public-and-protected.conf

CATALOG = {"iss": TENANT, "aud": "https://api.example.com/catalog"}
ORIGIN = ("Origin", "https://shop.example.com")
PREFLIGHT = [ORIGIN, ("Access-Control-Request-Method", "POST")]


@pytest.fixture(scope="module")
def catalog(backend):
    with behind("public-and-protected.conf", backend) as httpd:
        yield httpd


@pytest.mark.parametrize("more", [[], SPOOFED], ids=["plain", "spoofed"])
def test_public_part(catalog, backend, more):
    anyone = catalog.get("/catalog/", headers=more)
    assert (anyone.status, anyone.reason, anyone.user) == (200, "-", "-")
    assert anyone.header("Vary") == "Authorization"
    assert anyone.header("Cache-Control") is None
    someone = catalog.get("/catalog/", tokens.token(KEY, **CATALOG),
                          headers=more)
    answers.accepted(someone, tokens.SUBJECT)
    assert someone.header("Vary") == "Authorization"
    told = [identity_of(arrived) for arrived in backend.arrived]
    assert told == [{}, {"x-auth0-sub": tokens.SUBJECT}]


@pytest.mark.parametrize("method, path, claims, reason, scope", **table([
    ("nobody", "POST", "/catalog/", None, "request.no_token", None),
    ("read", "POST", "/catalog/", {}, "require.scope", "write:catalog"),
    ("expired", "GET", "/catalog/", {"exp": 1}, "claims.exp", None),
    ("prices", "GET", "/catalog/prices/", None, "request.no_token", None),
]))
def test_protected_part(catalog, backend, method, path, claims, reason, scope):
    token = None
    if claims is not None:
        token = tokens.token(KEY, **CATALOG, **claims)
    response = catalog.request(method, path, token, headers=[ORIGIN])
    answers.refused(response, reason, scope=scope)
    assert backend.arrived == []
    allowed = response.header("Access-Control-Allow-Origin")
    assert allowed == "https://shop.example.com"
    exposed = response.header("Access-Control-Expose-Headers")
    assert exposed == "WWW-Authenticate"


def test_damaged_is_not_nobody(catalog, backend):
    response = catalog.get("/catalog/", "expired-or-damaged")
    answers.refused(response, "token.opaque")
    assert backend.arrived == []


def test_protected_part_with_what_it_asks_for(catalog, backend):
    token = tokens.token(KEY, **CATALOG, scope="write:catalog")
    response = catalog.request("POST", "/catalog/", token, body=b"{}")
    answers.accepted(response, tokens.SUBJECT)
    answers.accepted(catalog.get("/catalog/prices/", token), tokens.SUBJECT)
    told = [identity_of(arrived) for arrived in backend.arrived]
    assert told == [{"x-auth0-sub": tokens.SUBJECT}] * 2


@pytest.mark.parametrize("path", ["/catalog/", "/catalog/prices/"])
def test_preflight(catalog, backend, path):
    response = catalog.request("OPTIONS", path, headers=PREFLIGHT + SPOOFED)
    assert (response.status, response.reason) == (200, "-")
    assert "POST" in response.header("Access-Control-Allow-Methods")
    (arrived,) = backend.arrived
    assert arrived["method"] == "OPTIONS"
    assert identity_of(arrived) == {}
    for headers in ([ORIGIN], PREFLIGHT[1:], []):
        response = catalog.request("OPTIONS", path, headers=headers)
        answers.refused(response, "request.no_token")
