# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The samples of httpd-conf-samples/ for tokens that are bound."""
import pytest

import answers
import tokens
from conf import table
from proofs import Prover
from samples import DEFINE, KEY, ORDERS, start
from test_certificate import Line, bearer, context_of, thumbprint

PROVER = Prover(KEY, tokens.ec_key("dpop"))
PUBLIC = "https://api.example.com/orders/"
SHOP = [
    ("Origin", "https://shop.example.com"),
    ("Access-Control-Request-Method", "GET"),
]


def exposed(response):
    """What a page of the other origin may read of an answer."""
    assert response.all("Access-Control-Allow-Origin") == [SHOP[0][1]]
    return response.all("Access-Control-Expose-Headers")


@pytest.fixture(scope="module")
def dpop():
    with start("dpop-required.conf") as httpd:
        yield httpd


@pytest.fixture(scope="module")
def token():
    return PROVER.token(**ORDERS, scope="read:orders")


def nonce_for(httpd, token):
    fields = PROVER.fields("GET", PUBLIC, token)
    response = httpd.get("/orders/", headers=fields)
    answers.refused(response, "cnf.nonce", scheme="DPoP")
    assert exposed(response) == ["DPoP-Nonce, WWW-Authenticate"]
    return response.header("DPoP-Nonce")


def test_dpop_invites(dpop):
    answers.refused(dpop.get("/orders/"), "request.no_token", dpop="required")


def test_dpop_lets_a_proof_in_once(dpop, token):
    nonce = nonce_for(dpop, token)
    fields = PROVER.fields("GET", PUBLIC, token, nonce=nonce)
    response = dpop.get("/orders/", headers=fields)
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "served"
    response = dpop.get("/orders/", headers=fields)
    answers.refused(response, "cnf.replay", scheme="DPoP")
    assert exposed(response) == ["DPoP-Nonce, WWW-Authenticate"]


@pytest.mark.parametrize("url, changes", **table([
    ("url", "http://localhost/orders/", {}),
    ("server_name", "http://api.example.com/orders/", {}),
    ("old", PUBLIC, {"iat": tokens.Ago(62)}),
    ("ahead", PUBLIC, {"iat": tokens.Ago(-8)}),
]))
def test_dpop_refuses_other_proofs(dpop, token, url, changes):
    nonce = nonce_for(dpop, token)
    fields = PROVER.fields("GET", url, token, nonce=nonce, **changes)
    response = dpop.get("/orders/", headers=fields)
    answers.refused(response, "cnf.proof_invalid", scheme="DPoP")


def test_dpop_refuses_the_token_alone(dpop, token):
    response = dpop.get("/orders/", token)
    answers.refused(response, "cnf.scheme", scheme="DPoP", dpop="required")


def test_dpop_lets_a_preflight_pass(dpop):
    response = dpop.request("OPTIONS", "/orders/", headers=SHOP)
    assert (response.status, response.challenges) == (200, [])
    allowed = response.header("Access-Control-Allow-Headers")
    assert allowed == "Authorization, DPoP"


@pytest.fixture(scope="module")
def mutual_tls(authority):
    hosts = ("localhost", "127.0.0.1", "api.example.com")
    certificate, key = authority.issue("sample-server", hosts)
    files = {
        "sample/example-server.pem": certificate.read_bytes(),
        "sample/example-server-key.pem": key.read_bytes(),
    }
    before = DEFINE + (
        "Define AUTH0_SAMPLE_TLS_PORT *\n"
        "SSLSessionCache shmcb:run/ssl\n"
    )
    modules = ["socache_shmcb", "ssl"]
    with start("mutual-tls.conf", before, files, modules) as httpd:
        yield httpd


#: whose certificate the token names, whose the client shows, and the reason
CLIENTS = [
    ("own", "anna", "anna", "ok"),
    ("other", "anna", "bob", "cnf.certificate"),
    ("none", "anna", None, "cnf.certificate"),
    ("unbound", None, "anna", "cnf.certificate"),
]


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
@pytest.mark.parametrize("named, shown, reason", **table(CLIENTS))
def test_mutual_tls(mutual_tls, authority, named, shown, reason, scheme):
    if not named and scheme == "DPoP":
        reason = "cnf.scheme"
    own = {name: authority.issue(f"sample-{name}") for name in ("anna", "bob")}
    cnf = {"x5t#S256": thumbprint(own[named])} if named else tokens.ABSENT
    token = tokens.token(KEY, **ORDERS, scope="read:orders", cnf=cnf)
    with Line(mutual_tls, context_of(authority, own.get(shown))) as line:
        response = line.get("/orders/", [bearer(token, scheme)])
    if reason == "ok":
        answers.accepted(response, tokens.SUBJECT)
        assert response.text == "served"
        return
    answers.refused(response, reason, scheme=scheme)
