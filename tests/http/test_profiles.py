# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The kinds of access tokens, and how old they may be."""
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from logs import watch

KEY = tokens.rsa_key("main")
PROFILES = ("any", "auth0", "rfc9068")

CONFIG = "\n".join(
    [
        ANYTHING,
        TENANT,
        location("/default", "Require valid-user"),
        *(
            location(
                f"/{name}", f"Auth0TokenProfile {name}", "Require valid-user"
            )
            for name in PROFILES
        ),
        location(
            "/aged",
            "Auth0TokenProfile RFC9068",
            "Auth0MaxTokenAge 60",
            "Require valid-user",
        ),
        "<Location /aged/inner>\nAuth0TokenProfile any\n</Location>",
        "<Location /aged/longer>\nAuth0MaxTokenAge 600\n</Location>",
        "<Location /aged/off>\nAuth0MaxTokenAge off\n</Location>",
    ]
)


@pytest.fixture(scope="module")
def server():
    watch.announce("Warning on line .* take tokens for")
    with Httpd(CONFIG, {**PAGE, "keys.json": tokens.jwks(KEY)}) as httpd:
        yield httpd


def judged(response, reason):
    if reason == "ok":
        answers.accepted(response, tokens.SUBJECT)
    else:
        answers.refused(response, reason)


#: All that any profile may ask for, and by which it is left out.
FULL = {"client_id": "app", "jti": "73WakrfVbNJBaAmhQtEeDv"}
NEEDED = {
    "nothing": PROFILES,
    "iss": PROFILES,
    "aud": PROFILES,
    "exp": PROFILES,
    "sub": ("rfc9068",),
    "client_id": ("rfc9068",),
    "iat": ("rfc9068",),
    "jti": ("rfc9068",),
}
TYPES = {
    "absent": (tokens.ABSENT, ("any", "auth0")),
    "JWT": ("JWT", ("any", "auth0")),
    "jwt": ("jwt", ("any", "auth0")),
    "at+jwt": ("at+jwt", ("any", "rfc9068")),
    "AT+JWT": ("AT+JWT", ("any", "rfc9068")),
    "long": ("application/at+jwt", ("any", "rfc9068")),
    "long_upper": ("Application/AT+jwt", ("any", "rfc9068")),
    "id+jwt": ("id+jwt", ()),
    "dpop+jwt": ("dpop+jwt", ()),
    "logout+jwt": ("logout+jwt", ()),
    "application/jwt": ("application/jwt", ()),
    "space": ("at+jwt ", ()),
    "empty": ("", ()),
    "null": (None, ()),
}


def verdict(profile, typ, missing):
    if profile not in TYPES[typ][1]:
        return "header.typ"
    if missing != "nothing" and profile in NEEDED[missing]:
        return "claims.missing"
    return "ok"


@pytest.mark.parametrize("missing", NEEDED)
@pytest.mark.parametrize("typ", TYPES)
@pytest.mark.parametrize("profile", PROFILES)
def test_typ_and_missing_claim(server, profile, typ, missing):
    head = {"typ": TYPES[typ][0]}
    token = tokens.token(KEY, head=head, **{**FULL, missing: tokens.ABSENT})
    reason = verdict(profile, typ, missing)
    response = server.get(f"/{profile}", token)
    if reason == "ok" and missing == "sub":
        answers.accepted(response, '""')
        return
    judged(response, reason)


WRONG_TYPES = [("sub", 1), ("client_id", []), ("iat", "1"), ("jti", {})]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("claim, value", WRONG_TYPES)
def test_wrong_type(server, profile, claim, value):
    typ = "at+jwt" if profile == "rfc9068" else "JWT"
    token = tokens.token(KEY, head={"typ": typ}, **{**FULL, claim: value})
    judged(server.get(f"/{profile}", token), "claims.type")


#: What an API of Auth0 may be set to.
COMMON = {
    "aud": [tokens.AUDIENCE, "https://tenant.example/userinfo"],
    "scope": "openid profile read:orders",
}
AUTHZ = {"permissions": ["read:orders", "write:orders"]}
DIALECTS = {
    "access_token": ("JWT", {"azp": "app", **COMMON}),
    "access_token_authz": ("JWT", {"azp": "app", **AUTHZ, **COMMON}),
    "rfc9068_profile": ("at+jwt", {**FULL, **COMMON}),
    "rfc9068_profile_authz": ("at+jwt", {**FULL, **AUTHZ, **COMMON}),
}
TAKEN = {"default": "", "any": "", "auth0": "access", "rfc9068": "rfc9068"}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("profile", TAKEN)
def test_dialect(server, profile, dialect):
    typ, claims = DIALECTS[dialect]
    token = tokens.token(KEY, head={"typ": typ}, **claims)
    good = dialect.startswith(TAKEN[profile])
    judged(server.get(f"/{profile}", token), "ok" if good else "header.typ")


def aged(seconds, typ="at+jwt"):
    iat = time.time() - seconds
    return tokens.token(KEY, head={"typ": typ}, **{**FULL, "iat": iat})


AGES = [
    ("/aged", 0, "ok"),
    ("/aged", 50, "ok"),
    ("/aged", 61, "claims.age"),
    ("/aged", 64, "claims.age"),
    ("/aged", 10**9, "claims.age"),
    ("/aged/inner", 61, "claims.age"),
    ("/aged/longer", 61, "ok"),
    ("/aged/longer", 601, "claims.age"),
    ("/aged/off", 10**9, "ok"),
    ("/default", 10**9, "ok"),
]


@pytest.mark.parametrize("path, seconds, reason", AGES)
def test_age(server, path, seconds, reason):
    judged(server.get(path, aged(seconds)), reason)


def test_age_needs_iat(server):
    token = tokens.token(KEY, **{**FULL, "iat": tokens.ABSENT})
    judged(server.get("/aged/inner", token), "claims.missing")
    judged(server.get("/default", token), "ok")


def test_profile_is_replaced_by_an_inner_section(server):
    judged(server.get("/aged", aged(0, "JWT")), "header.typ")
    judged(server.get("/aged/inner", aged(0, "JWT")), "ok")
    judged(server.get("/aged/longer", aged(0, "JWT")), "header.typ")
