# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Tokens that are bound by DPoP, in a real httpd. The names of cases begin with
the section of RFC 9449 that they are about.
"""
import concurrent.futures
import itertools
import json
import time

import pytest

import answers
import proofs
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from logs import watch
from proofs import Prover

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))
OTHER = Prover(KEY, tokens.ec_key("dpop-other"))
VALID = "Require valid-user"
SCOPE = "Require auth0-scope read:orders"

CONFIG = ANYTHING + TENANT + "".join([
    location("/orders", SCOPE),
    location("/required", "Auth0DPoP required", SCOPE),
    location("/disabled", "Auth0DPoP disabled", SCOPE),
    location("/nonce", "Auth0DPoP required nonce", SCOPE),
    location("/window", "Auth0DPoPWindow 10 0", SCOPE),
    location("/base", "Auth0BaseURL https://api.example.org:8443/", SCOPE),
    location("/anywhere", "Auth0TokenSource header query form cookie:at",
             VALID),
    location("/optional", "Auth0Optional On", "Require all granted"),
    location("/report", "Auth0ReportOnly On", "Auth0DPoP required", SCOPE),
    location("/step-up", "Require auth0-step-up max_age=60"),
    location("/claim", "Require auth0-claim plan gold"),
])
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}


@pytest.fixture(scope="module")
def httpd():
    watch.announce("Warning on line .* take tokens for")
    with Httpd(CONFIG, FILES, http2=True) as server:
        yield server


@pytest.fixture(scope="module")
def url(httpd):
    """The URL of a path, as the server knows itself."""
    return lambda path: f"http://api.example.com:{httpd.port}{path}"


def mode_of(path):
    """Of DPoP, at a path."""
    modes = {"/required": "required", "/disabled": "disabled"}
    return modes.get(path, "allowed")


def bearer(token):
    return [("Authorization", f"Bearer {token}")]


# ------------------------------------------------------------------ let in

ALGS = [
    ("ES256", tokens.ec_key("dpop")),
    ("ES384", tokens.ec_key("dpop-384", "ES384")),
    ("ES512", tokens.ec_key("dpop-521", "ES512")),
    *((alg, tokens.rsa_key("dpop-rsa"))
      for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
]


@pytest.mark.parametrize("h2", [False, True], ids=["http1", "http2"])
@pytest.mark.parametrize("path", ["/orders", "/required", "/optional"])
@pytest.mark.parametrize("alg, key", ALGS, ids=[alg for alg, _ in ALGS])
def test_let_in(httpd, url, alg, key, path, h2):
    prover = Prover(KEY, key, alg)
    fields = prover.fields("GET", url(path), prover.token())
    answers.accepted(httpd.get(path, headers=fields, h2=h2), tokens.SUBJECT)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "PROPFIND"])
def test_methods(httpd, url, method):
    """7.1: each method has proofs of its own."""
    fields = PROVER.fields(method, url("/orders"), PROVER.token())
    response = httpd.request(method, "/orders", headers=fields)
    assert response.reason == "ok"


def test_a_scheme_is_the_same_in_any_case(httpd, url):
    token = PROVER.token()
    proof = PROVER.proof("GET", url("/orders"), token)
    for scheme in ("dpop", "DPOP", "dPoP"):
        proof = PROVER.proof("GET", url("/orders"), token)
        fields = [("Authorization", f"{scheme} {token}"), ("dpop", proof)]
        response = httpd.get("/orders", headers=fields)
        answers.accepted(response, tokens.SUBJECT)


def test_unbound_tokens_are_as_good_as_ever(httpd):
    response = httpd.get("/orders", tokens.token(KEY))
    answers.accepted(response, tokens.SUBJECT)
    response = httpd.get("/disabled", tokens.token(KEY),
                         headers=[("DPoP", "whatever")])
    answers.accepted(response, tokens.SUBJECT)


# ----------------------------------------------------------------- refusals

PRIVATE = {**proofs.public(PROVER.key), "d": "AAAA"}
OCT = {"kty": "oct", "k": "AAAA"}
SMALL = tokens.RSAKey("dpop-small", 1024)

#: section, what is changed of a good proof, and the reason
PROOFS = [
    ("4.3.3_no_jti", {"jti": tokens.ABSENT}, "cnf.proof_invalid"),
    ("4.3.3_no_htm", {"htm": tokens.ABSENT}, "cnf.proof_invalid"),
    ("4.3.3_no_htu", {"htu": tokens.ABSENT}, "cnf.proof_invalid"),
    ("4.3.3_no_iat", {"iat": tokens.ABSENT}, "cnf.proof_invalid"),
    ("4.3.3_no_ath", {"ath": tokens.ABSENT}, "cnf.proof_invalid"),
    ("4.3.3_jti_number", {"jti": 7}, "cnf.proof_invalid"),
    ("4.3.3_jti_empty", {"jti": ""}, "cnf.proof_invalid"),
    ("4.3.3_jti_long", {"jti": "x" * 257}, "cnf.proof_invalid"),
    ("4.3.3_iat_text", {"iat": "now"}, "cnf.proof_invalid"),
    ("4.3.4_typ", {"header": {"typ": "JWT"}}, "cnf.proof_invalid"),
    ("4.3.4_no_typ", {"header": {"typ": tokens.ABSENT}}, "cnf.proof_invalid"),
    ("4.3.5_none", {"header": {"alg": "none"}}, "cnf.proof_invalid"),
    ("4.3.5_symmetric", {"header": {"alg": "HS256"}}, "cnf.proof_invalid"),
    ("4.3.5_other", {"header": {"alg": "ES384"}}, "cnf.proof_invalid"),
    ("4.3.6_another_key",
     {"header": {"jwk": proofs.public(OTHER.key)}}, "cnf.proof_invalid"),
    ("4.3.6_no_key", {"header": {"jwk": tokens.ABSENT}}, "cnf.proof_invalid"),
    ("4.3.6_secret", {"header": {"jwk": OCT}}, "cnf.proof_invalid"),
    ("4.3.7_private", {"header": {"jwk": PRIVATE}}, "cnf.proof_invalid"),
    ("4.3.7_crit", {"header": {"crit": ["x"]}}, "cnf.proof_invalid"),
    ("4.3.8_method", {"htm": "POST"}, "cnf.proof_invalid"),
    ("4.3.8_method_case", {"htm": "get"}, "cnf.proof_invalid"),
    ("4.3.9_path", {"htu": "{}/x"}, "cnf.proof_invalid"),
    ("4.3.9_path_case", {"htu": "/ORDERS"}, "cnf.proof_invalid"),
    ("4.3.9_host", {"htu": "http://evil.example/orders"},
     "cnf.proof_invalid"),
    ("4.3.9_relative", {"htu": "orders"}, "cnf.proof_invalid"),
    ("4.3.11_old", {"iat": tokens.Ago(302)}, "cnf.proof_invalid"),
    ("4.3.11_future", {"iat": tokens.Ago(-33)}, "cnf.proof_invalid"),
    ("4.3.11_exp", {"exp": tokens.Ago(10)}, "cnf.proof_invalid"),
    ("4.3.11_nbf", {"nbf": tokens.Ago(-60)}, "cnf.proof_invalid"),
    ("4.3.12_ath", {"ath": proofs.ath("another")}, "cnf.proof_invalid"),
    ("4.3.12_ath_cut", {"ath": proofs.ath("x")[:-1]}, "cnf.proof_invalid"),
]


def changed(url, changes):
    """htu is told from the right one: '{}' stands for it."""
    htu = changes.get("htu")
    if not isinstance(htu, str) or "://" in htu or htu == "orders":
        return changes
    right = url("/orders")
    made = htu.format(right) if "{}" in htu else url(htu)
    return {**changes, "htu": made}


@pytest.mark.parametrize("path", ["/orders", "/required"])
@pytest.mark.parametrize("changes, reason", **table(PROOFS))
def test_bad_proof(httpd, url, path, changes, reason):
    token = PROVER.token()
    changes = changed(url, changes)
    if path != "/orders" and "htu" not in changes:
        changes = {**changes, "htu": url(path)}
    fields = PROVER.fields("GET", url(path), token, **changes)
    answers.refused(httpd.get(path, headers=fields), reason, scheme="DPoP")


def test_small_key(httpd, url):
    """4.3.6: of a size that nobody should use."""
    small = Prover(KEY, SMALL, "RS256")
    fields = small.fields("GET", url("/orders"), small.token())
    response = httpd.get("/orders", headers=fields)
    answers.refused(response, "cnf.proof_invalid", scheme="DPoP")


#: the values of DPoP fields, made of a good proof
FIELDS = [
    ("4.3.1_none", lambda proof: [], "cnf.proof_missing"),
    ("4.3.1_two", lambda proof: [proof, proof], "cnf.proof_invalid"),
    ("4.3.1_two_in_one", lambda proof: [f"{proof}, {proof}"],
     "cnf.proof_invalid"),
    ("4.3.2_empty", lambda proof: [""], "cnf.proof_invalid"),
    ("4.3.2_two_parts", lambda proof: [proof.rpartition(".")[0]],
     "cnf.proof_invalid"),
    ("4.3.2_four_parts", lambda proof: [proof + ".AAAA"],
     "cnf.proof_invalid"),
    ("4.3.2_padding", lambda proof: [proof + "="], "cnf.proof_invalid"),
    ("4.3.2_quoted", lambda proof: [f'"{proof}"'], "cnf.proof_invalid"),
    ("4.3.2_long", lambda proof: [proof + "A" * 9000], "cnf.proof_invalid"),
    ("4.3.6_signature", lambda proof: [proof[:-8] + "AAAAAAAA"],
     "cnf.proof_invalid"),
]


@pytest.mark.parametrize("make, reason", **table(FIELDS))
def test_bad_field(httpd, url, make, reason):
    token = PROVER.token()
    proof = PROVER.proof("GET", url("/orders"), token)
    fields = [("Authorization", f"DPoP {token}")]
    fields += [("DPoP", value) for value in make(proof)]
    response = httpd.get("/orders", headers=fields)
    answers.refused(response, reason, scheme="DPoP")


def test_proof_by_another_key(httpd, url):
    """6.1: a good proof, by somebody else."""
    token = PROVER.token()
    fields = OTHER.fields("GET", url("/orders"), token)
    response = httpd.get("/orders", headers=fields)
    answers.refused(response, "cnf.jkt", scheme="DPoP")


# ------------------------------------------------------------- no downgrade

JKT = {"jkt": PROVER.jkt}
X5T = {"x5t#S256": "A" * 43}

#: path, cnf, scheme, is there a proof, reason
SCHEMES = [
    ("7.2_bound_as_bearer", "/orders", JKT, "Bearer", False, "cnf.scheme"),
    ("7.2_with_a_proof", "/orders", JKT, "Bearer", True, "cnf.scheme"),
    ("7.2_disabled", "/disabled", JKT, "Bearer", False, "cnf.scheme"),
    ("7.2_disabled_proof", "/disabled", JKT, "Bearer", True, "cnf.scheme"),
    ("7.1_unbound_as_dpop", "/orders", None, "DPoP", True, "cnf.scheme"),
    ("7.1_unbound_no_proof", "/orders", None, "DPoP", False, "cnf.scheme"),
    ("7.2_required", "/required", None, "Bearer", False, "cnf.scheme"),
    ("7.2_required_bound", "/required", JKT, "Bearer", True, "cnf.scheme"),
    ("7.2_required_x5t", "/required", X5T, "DPoP", False, "cnf.scheme"),
    ("7.2_two_kinds", "/orders", None, "Bearer", True, "request.multiple"),
    ("8705_unknown", "/orders", {"x": 1}, "Bearer", False, "cnf.unknown"),
    ("8705_empty", "/orders", {}, "Bearer", False, "cnf.unknown"),
    ("8705_x5t", "/orders", X5T, "Bearer", False, "cnf.certificate"),
    ("8705_x5t_dpop", "/orders", X5T, "DPoP", False, "cnf.certificate"),
    ("8705_both", "/orders", {**JKT, **X5T}, "DPoP", True,
     "cnf.certificate"),
    ("cnf_text", "/orders", "x", "Bearer", False, "claims.type"),
    ("jkt_number", "/orders", {"jkt": 1}, "DPoP", True, "claims.type"),
    ("jkt_short", "/orders", {"jkt": "AAAA"}, "DPoP", True, "claims.type"),
    ("x5t_short", "/orders", {"x5t#S256": "AAAA"}, "Bearer", False,
     "claims.type"),
    ("disabled_dpop", "/disabled", JKT, "DPoP", True, "cnf.scheme"),
    ("disabled_unbound", "/disabled", None, "DPoP", False, "cnf.scheme"),
]


def scheme_of_answer(path, scheme):
    if path == "/required":
        return "DPoP"
    return "Bearer" if path == "/disabled" else scheme


@pytest.mark.parametrize("path, cnf, scheme, with_proof, reason",
                         **table(SCHEMES))
def test_no_downgrade(httpd, url, path, cnf, scheme, with_proof, reason):
    token = tokens.token(KEY, cnf=tokens.ABSENT if cnf is None else cnf)
    fields = [("Authorization", f"{scheme} {token}")]
    if with_proof:
        fields.append(("DPoP", PROVER.proof("GET", url(path), token)))
    response = httpd.get(path, headers=fields)
    answers.refused(response, reason, scheme=scheme_of_answer(path, scheme),
                    dpop=mode_of(path))


@pytest.mark.parametrize("place", ["query", "cookie", "form"])
def test_a_bound_token_elsewhere(httpd, url, place):
    """It can be presented by the Authorization field alone."""
    token = PROVER.token()
    proof = ("DPoP", PROVER.proof("POST", url("/anywhere"), token))
    path, fields, body = "/anywhere", [proof], b""
    if place == "query":
        path += f"?access_token={token}"
    elif place == "cookie":
        fields.append(("Cookie", f"at={token}"))
    else:
        fields.append(("Content-Type", "application/x-www-form-urlencoded"))
        body = f"access_token={token}".encode()
    response = httpd.request("POST", path, headers=fields, body=body)
    answers.refused(response, "cnf.scheme", scheme="Bearer")


def test_both_schemes_at_once(httpd, url):
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/orders"), token) + bearer(token)
    response = httpd.get("/orders", headers=fields)
    answers.refused(response, "request.multiple", scheme="DPoP")


# ---------------------------------------------------------------- challenges


@pytest.mark.parametrize("path, kinds", **table([
    ("allowed", "/orders", ["Bearer", "DPoP"]),
    ("required", "/required", ["DPoP"]),
    ("disabled", "/disabled", ["Bearer"]),
]))
@pytest.mark.parametrize("fields", [[], [("Authorization", "Basic YTpi")]],
                         ids=["nothing", "basic"])
def test_what_is_asked_for(httpd, path, kinds, fields):
    """7.1: Bearer stands first, since there are clients that read no more."""
    response = httpd.get(path, headers=fields)
    assert [c.split()[0] for c in response.challenges] == kinds
    reason = "request.scheme" if fields else "request.no_token"
    answers.refused(response, reason, dpop=mode_of(path))


def test_scope_by_the_scheme_of_the_request(httpd, url):
    token = PROVER.token(scope="x")
    fields = PROVER.fields("GET", url("/orders"), token)
    response = httpd.get("/orders", headers=fields)
    answers.refused(response, "require.scope", scheme="DPoP",
                    scope="read:orders")


def test_step_up_by_the_scheme_of_the_request(httpd, url):
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/step-up"), token)
    response = httpd.get("/step-up", headers=fields)
    answers.refused(response, "require.step_up", scheme="DPoP", max_age="60")


def test_a_token_that_is_bad_anyway(httpd, url):
    """The token is judged first, whatever the proof is like."""
    token = PROVER.token(exp=tokens.Ago(60))
    fields = PROVER.fields("GET", url("/orders"), token, htm="POST")
    response = httpd.get("/orders", headers=fields)
    answers.refused(response, "claims.exp", scheme="DPoP")


# --------------------------------------------------------------------- times

FRACTION = time.time() % 1
WINDOW = [
    ("just_in", "/orders", 298, "ok"),
    ("ahead", "/orders", -28, "ok"),
    ("narrow_in", "/window", 8, "ok"),
    ("narrow_out", "/window", 12, "cnf.proof_invalid"),
    ("narrow_ahead", "/window", -2, "cnf.proof_invalid"),
    ("fraction", "/orders", 0.25, "ok"),
]


@pytest.mark.parametrize("path, ago, reason", **table(WINDOW))
def test_window(httpd, url, path, ago, reason):
    token = PROVER.token()
    iat = tokens.Ago(ago, float)
    fields = PROVER.fields("GET", url(path), token, iat=iat)
    response = httpd.get(path, headers=fields)
    if reason == "ok":
        answers.accepted(response, tokens.SUBJECT)
        return
    answers.refused(response, reason, scheme="DPoP")


# ----------------------------------------------------------------------- URL

def test_query_and_fragment_do_not_count(httpd, url):
    token = PROVER.token()
    for path, htu in [
        ("/orders?a=b", "/orders"), ("/orders", "/orders?x"),
        ("/orders?c", "/orders?d#e"),
    ]:
        fields = PROVER.fields("GET", url(htu), token)
        response = httpd.get(path, headers=fields)
        answers.accepted(response, tokens.SUBJECT)


SPELLINGS = [
    ("scheme", lambda text: text.replace("http:", "HTTP:")),
    ("host", lambda text: text.replace("api.", "API.")),
    ("unreserved", lambda text: text.replace("orders", "%6Frders")),
    ("dots", lambda text: text.replace("/orders", "/x/../orders")),
]


@pytest.mark.parametrize("spell", **table(SPELLINGS))
def test_spellings_of_a_url(httpd, url, spell):
    token = PROVER.token()
    fields = PROVER.fields("GET", spell(url("/orders")), token)
    answers.accepted(httpd.get("/orders", headers=fields), tokens.SUBJECT)


@pytest.mark.parametrize("fields", [
    [("Host", "evil.example")],
    [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")],
    [("Forwarded", "host=evil.example;proto=https")],
], ids=["host", "x-forwarded", "forwarded"])
def test_what_a_client_says_of_the_url(httpd, url, fields):
    """A proof for the true URL holds, one for the pretended does not."""
    token = PROVER.token()
    good = PROVER.fields("GET", url("/orders"), token)
    response = httpd.get("/orders", headers=fields + good)
    answers.accepted(response, tokens.SUBJECT)
    for scheme in ("http", "https"):
        evil = PROVER.fields("GET", f"{scheme}://evil.example/orders", token)
        response = httpd.get("/orders", headers=fields + evil)
        answers.refused(response, "cnf.proof_invalid", scheme="DPoP")


def test_base_url(httpd, url):
    token = PROVER.token()
    public = "https://api.example.org:8443/base/x"
    fields = PROVER.fields("GET", public, token)
    answers.accepted(httpd.get("/base/x", headers=fields), tokens.SUBJECT)
    fields = PROVER.fields("GET", url("/base/x"), token)
    response = httpd.get("/base/x", headers=fields)
    answers.refused(response, "cnf.proof_invalid", scheme="DPoP")


def test_absolute_form(httpd, url):
    """RFC 9112 section 3.2.2: the target of a request may be a whole URL."""
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/orders"), token)
    target = "http://evil.example/orders"
    response = httpd.get(target, headers=fields)
    answers.accepted(response, tokens.SUBJECT)


# -------------------------------------------------------------------- replay


def test_replay(httpd, url):
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/orders"), token)
    answers.accepted(httpd.get("/orders", headers=fields), tokens.SUBJECT)
    for _ in range(3):
        response = httpd.get("/orders", headers=fields)
        answers.refused(response, "cnf.replay", scheme="DPoP")


def test_the_same_jti_by_another_key(httpd, url):
    """Who chooses a jti spends it for nobody else."""
    for prover in (PROVER, OTHER):
        fields = prover.fields("GET", url("/orders"), prover.token(),
                               jti="not so random")
        response = httpd.get("/orders", headers=fields)
        answers.accepted(response, tokens.SUBJECT)


def test_a_refused_proof_is_not_spent(httpd, url):
    token = PROVER.token()
    proof = PROVER.proof("GET", url("/orders"), token)
    wrong = [("Authorization", f"DPoP {OTHER.token()}"), ("DPoP", proof)]
    response = httpd.get("/orders", headers=wrong)
    answers.refused(response, "cnf.proof_invalid", scheme="DPoP")
    right = [("Authorization", f"DPoP {token}"), ("DPoP", proof)]
    answers.accepted(httpd.get("/orders", headers=right), tokens.SUBJECT)


def test_a_thousand_at_once(httpd, url):
    """152: exactly one of all copies gets through, whichever process it meets."""
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/orders"), token)
    ask = lambda _: httpd.get("/orders", headers=fields).reason  # noqa: E731
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        reasons = list(pool.map(ask, range(1000)))
    assert sorted(set(reasons)) == ["cnf.replay", "ok"]
    assert reasons.count("ok") == 1


def test_report(httpd, url):
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/report"), token)
    response = httpd.get("/report", headers=fields)
    assert (response.status, response.reason) == (200, "ok")
    response = httpd.get("/report", headers=fields)
    assert (response.status, response.reason) == (200, "cnf.replay")
    response = httpd.get("/report", tokens.token(KEY))
    assert (response.status, response.reason) == (200, "cnf.scheme")


def test_no_room_for_proofs(announce):
    """11.1: what cannot be remembered is not let in."""
    announce("Warning on line .* take tokens for")
    announce("auth0:error.* cnf.store: ")
    config = "Auth0SharedStore shm:4096\n" + CONFIG
    with Httpd(config, FILES) as server:
        token = PROVER.token()
        where = f"http://api.example.com:{server.port}/orders"
        sent, responses = [], []
        for _ in range(300):
            sent.append(PROVER.fields("GET", where, token))
            responses.append(server.get("/orders", headers=sent[-1]))
        reasons = [response.reason for response in responses]
        assert set(reasons) == {"ok", "cnf.store"}
        # Of sixteen buckets of eight, six are for proofs.
        assert 48 < reasons.count("ok") <= 96
        for fields, response in zip(sent, responses):
            if response.reason == "ok":
                answers.accepted(response, tokens.SUBJECT)
            else:
                answers.refused(response, "cnf.store")
                assert response.header("Retry-After") == "1"
            again = server.get("/orders", headers=fields)
            assert again.reason in ("cnf.replay", "cnf.store")
            if response.reason == "ok":
                answers.refused(again, "cnf.replay", scheme="DPoP")
        response = server.get("/orders", tokens.token(KEY))
        answers.accepted(response, tokens.SUBJECT)


# -------------------------------------------------------------------- nonces


def ask_for_nonce(httpd, url, **changes):
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/nonce"), token, **changes)
    return httpd.get("/nonce", headers=fields)


def nonce_of(response):
    (nonce,) = response.all("DPoP-Nonce")
    # RFC 9449 section 8.1: NQCHAR.
    assert nonce and all(
        c == "!" or "#" <= c <= "[" or "]" <= c <= "~" for c in nonce
    )
    return nonce


def test_nonce(httpd, url):
    """145, 146: asked for, given, and good until it is old."""
    response = ask_for_nonce(httpd, url)
    answers.refused(response, "cnf.nonce", scheme="DPoP")
    nonce = nonce_of(response)
    for _ in range(2):
        response = ask_for_nonce(httpd, url, nonce=nonce)
        answers.accepted(response, tokens.SUBJECT)
        assert response.all("DPoP-Nonce") == []


def test_nonces_differ(httpd, url):
    seen = {nonce_of(ask_for_nonce(httpd, url)) for _ in range(20)}
    assert len(seen) == 20


@pytest.mark.parametrize("spoil", **table([
    ("empty", lambda nonce: ""),
    ("mine", lambda nonce: "A" * len(nonce)),
    ("cut", lambda nonce: nonce[:-1]),
    ("longer", lambda nonce: nonce + "A"),
    ("first", lambda nonce: ("B" if nonce[0] == "A" else "A") + nonce[1:]),
    ("last", lambda nonce: nonce[:-1] + ("A" if nonce[-1] != "A" else "Q")),
]))
def test_bad_nonce(httpd, url, spoil):
    nonce = nonce_of(ask_for_nonce(httpd, url))
    response = ask_for_nonce(httpd, url, nonce=spoil(nonce))
    answers.refused(response, "cnf.nonce", scheme="DPoP")
    assert nonce_of(response) != nonce


def test_a_nonce_of_the_wrong_type(httpd, url):
    response = ask_for_nonce(httpd, url, nonce=7)
    answers.refused(response, "cnf.proof_invalid", scheme="DPoP")


def test_nonce_elsewhere(httpd, url):
    """Where none is demanded, one that is there does no harm."""
    token = PROVER.token()
    fields = PROVER.fields("GET", url("/orders"), token, nonce="anything")
    answers.accepted(httpd.get("/orders", headers=fields), tokens.SUBJECT)


def test_nonce_by_every_process(url, announce):
    """No process keeps them for itself, under each MPM."""
    announce("Warning on line .* take tokens for")
    with Httpd(CONFIG, FILES, mpm="prefork") as server:
        where = lambda path: f"http://api.example.com:{server.port}{path}"  # noqa: E731
        for _ in range(20):
            nonce = nonce_of(ask_for_nonce(server, where))
            response = ask_for_nonce(server, where, nonce=nonce)
            answers.accepted(response, tokens.SUBJECT)


# --------------------------------------------- requests within the request

WITHIN = TENANT + "".join([
    location("/page", VALID),
    location("/part", SCOPE),
    location("/strict", "Auth0MaxTokenAge 3600", VALID),
    location("/index/index.html", "Auth0DPoP required nonce", VALID),
]) + """
DirectoryIndex index.html
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
RewriteEngine On
RewriteRule ^/pretty$ /part/index.html [PT]
<Directory ${DIR}/htdocs>
    Options +Includes
</Directory>
<Directory ${DIR}/htdocs/old>
    RewriteEngine On
    RewriteRule ^page$ /strict/index.html
</Directory>
"""


def test_one_proof_for_all_of_a_request(announce):
    """Parts of a page and redirects within httpd are not replays."""
    announce("unable to include .* returned 401")
    files = {
        "keys.json": tokens.jwks(KEY),
        "htdocs/page/parts.shtml": "".join(
            f'<!--#include virtual="/{place}/index.html" -->'
            for place in ("part", "strict", "part", "page")
        ),
        "htdocs/open/parts.shtml": '<!--#include virtual="/part/index.html" -->'
                                   '<!--#include virtual="/strict/index.html" -->',
        **{f"htdocs/{name}/index.html": name for name in
           ("page", "part", "strict")},
        "htdocs/old/page": "never seen",
    }
    with Httpd(WITHIN, files, modules=["include", "rewrite"]) as server:
        token = PROVER.token()
        for path, text in [
            ("/page/parts.shtml", "partstrictpartpage"),
            ("/open/parts.shtml", "partstrict"),
            ("/page/", "page"), ("/pretty", "part"), ("/old/page", "strict"),
        ]:
            where = f"http://api.example.com:{server.port}{path}"
            fields = PROVER.fields("GET", where, token)
            response = server.get(path, headers=fields)
            assert (response.status, response.text) == (200, text)
            again = server.get(path, headers=fields)
            assert again.text != text
            is_open = path == "/open/parts.shtml"
            assert again.status == (200 if is_open else 401)


def test_a_nonce_for_the_index_of_a_folder():
    """What refuses is a subrequest; the answer is told once."""
    files = {"keys.json": tokens.jwks(KEY), "htdocs/index/index.html": "index"}
    with Httpd(WITHIN, files, modules=["include", "rewrite"]) as server:
        token = PROVER.token()
        where = f"http://api.example.com:{server.port}/index/"
        fields = PROVER.fields("GET", where, token)
        response = server.get("/index/", headers=fields)
        answers.refused(response, "cnf.nonce", scheme="DPoP")
        assert response.all("Cache-Control") == ["no-store"]
        fields = PROVER.fields("GET", where, token, nonce=nonce_of(response))
        response = server.get("/index/", headers=fields)
        assert (response.status, response.text) == (200, "index")
