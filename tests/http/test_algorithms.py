# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Each algorithm with its key, by tokens that another library has signed."""
import json

import pytest
from jwcrypto import jwk, jwt

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from logs import watch

ASYMMETRIC = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512".split()
SYMMETRIC = "HS256 HS384 HS512".split()
ALGORITHMS = ASYMMETRIC + SYMMETRIC

RSA = tokens.rsa_key("rsa")
CURVES = {alg: tokens.ec_key(alg, alg) for alg in ("ES256", "ES384", "ES512")}
SECRET = bytes(range(256))[::-3][:64]
SHORTEST = {"HS256": 32, "HS384": 48, "HS512": 64}


def others(alg):
    family = SYMMETRIC if alg in SYMMETRIC else ASYMMETRIC
    return [other for other in family if other != alg]


def section(path, algs, secret="secret"):
    lines = [f"Auth0Algorithms {' '.join(algs)}", "Require valid-user"]
    if algs[0] in SYMMETRIC:
        lines.append(f"Auth0SigningSecret file:${{DIR}}/{secret}")
    return location(path, *lines)


CONFIG = "\n".join(
    [
        ANYTHING,
        TENANT,
        *(section(f"/only/{alg}", [alg]) for alg in ALGORITHMS),
        *(section(f"/others/{alg}", others(alg)) for alg in ALGORITHMS),
        *(
            section(f"/shortest/{alg}", [alg], f"shortest-{alg}")
            for alg in SYMMETRIC
        ),
        section("/newline", ["HS256"], "newline"),
        section("/two-newlines", ["HS256"], "two-newlines"),
        location("/default", "Require valid-user"),
    ]
)
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(RSA, *CURVES.values()),
    "secret": SECRET,
    "newline": SECRET + b"\n",
    "two-newlines": SECRET + b"\n\n",
    **{f"shortest-{alg}": SECRET[:size] for alg, size in SHORTEST.items()},
}


@pytest.fixture(scope="module")
def server():
    watch.announce("Warning on line .* take tokens for")
    with Httpd(CONFIG, FILES) as httpd:
        yield httpd


def signing_key(alg, secret=SECRET):
    """The key as the other library knows it, and its kid."""
    if alg in SYMMETRIC:
        return jwk.JWK(kty="oct", k=tokens.b64(secret)), None
    ours = CURVES.get(alg, RSA)
    return jwk.JWK.from_pyca(ours.private), ours.kid


def make(alg, secret=SECRET, **head):
    key, kid = signing_key(alg, secret)
    head = {"alg": alg, "typ": "JWT", **({"kid": kid} if kid else {}), **head}
    token = jwt.JWT(header=head, claims=json.dumps(tokens.claims()))
    token.make_signed_token(key)
    return token.serialize()


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_accepted_where_it_is_listed(server, alg):
    response = server.get(f"/only/{alg}", make(alg))
    answers.accepted(response, tokens.SUBJECT)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_refused_where_it_is_not_listed(server, alg):
    response = server.get(f"/others/{alg}", make(alg))
    answers.refused(response, "header.alg")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_refused_under_the_default_but_for_RS256(server, alg):
    response = server.get("/default", make(alg))
    if alg == "RS256":
        answers.accepted(response, tokens.SUBJECT)
    else:
        answers.refused(response, "header.alg")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_tampered(server, alg):
    head, _, signature = tokens.parts(make(alg))
    payload = tokens.b64(json.dumps(tokens.claims(scope="admin")).encode())
    token = f"{head}.{payload}.{signature}"
    answers.refused(server.get(f"/only/{alg}", token), "signature.invalid")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_no_signature(server, alg):
    head, payload, _ = tokens.parts(make(alg))
    response = server.get(f"/only/{alg}", f"{head}.{payload}.")
    answers.refused(response, "signature.length")


@pytest.mark.parametrize("alg", SYMMETRIC)
def test_shortest_secret(server, alg):
    token = make(alg, SECRET[: SHORTEST[alg]])
    response = server.get(f"/shortest/{alg}", token)
    answers.accepted(response, tokens.SUBJECT)


@pytest.mark.parametrize("alg", SYMMETRIC)
def test_another_secret(server, alg):
    token = make(alg, SECRET[::-1])
    answers.refused(server.get(f"/only/{alg}", token), "signature.invalid")


@pytest.mark.parametrize("alg", SYMMETRIC)
def test_secret_that_begins_alike(server, alg):
    token = make(alg, SECRET[:-1])
    answers.refused(server.get(f"/only/{alg}", token), "signature.invalid")


def test_one_newline_after_the_secret_is_dropped(server):
    response = server.get("/newline", make("HS256"))
    answers.accepted(response, tokens.SUBJECT)
    response = server.get("/two-newlines", make("HS256", SECRET + b"\n"))
    answers.accepted(response, tokens.SUBJECT)


@pytest.mark.parametrize("kid", ["rsa", "nobody", ""])
def test_kid_means_nothing_to_a_secret(server, kid):
    response = server.get("/only/HS256", make("HS256", kid=kid))
    answers.accepted(response, tokens.SUBJECT)


def test_short_hmac_signatures(server):
    """A prefix of the right signature is not the right signature."""
    head, payload, signature = tokens.parts(make("HS256"))
    whole = tokens.unb64(signature)
    for size in (0, 1, 16, 31):
        token = f"{head}.{payload}.{tokens.b64(whole[:size])}"
        response = server.get("/only/HS256", token)
        answers.refused(response, "signature.length")


CURVE_OF_ANOTHER = [
    ("ES256", "ES384"),
    ("ES384", "ES256"),
    ("ES512", "ES256"),
]


@pytest.mark.parametrize("alg, kid", CURVE_OF_ANOTHER)
def test_curve_that_does_not_fit(server, alg, kid):
    token = make(alg, kid=kid)
    answers.refused(server.get(f"/only/{alg}", token), "key.unusable")
