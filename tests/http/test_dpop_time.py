# Licensed under the Apache License, Version 2.0; see LICENSE.
"""DPoP proofs and nonces (RFC 9449 sections 8 and 11.1) as time goes by."""
import time

import pytest

import answers
import tokens
from clock import Clock
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from logs import watch
from proofs import Prover

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))
VALID = "Require valid-user"

CONFIG = ANYTHING + TENANT + "".join([
    location("/nonce", "Auth0DPoP required nonce", VALID),
    location("/orders", VALID),
])
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}


@pytest.fixture
def clock(open_folder):
    return Clock(open_folder / "clock")


@pytest.fixture
def httpd(clock):
    with Httpd(CONFIG, FILES, environment=clock.environment) as server:
        yield server


@pytest.fixture
def ask(httpd, clock):
    def send(path="/nonce", method="GET", **changes):
        token = PROVER.token(iat=clock.now(), exp=clock.now() + 8 * 3600)
        url = f"http://api.example.com:{httpd.port}{path}"
        changes = {"iat": clock.now(), **changes}
        fields = PROVER.fields(method, url, token, **changes)
        return httpd.request(method, path, headers=fields)

    return send


def nonce_of(response):
    (nonce,) = response.all("DPoP-Nonce")
    return nonce


def soon(send):
    """A nonce: after a leap of the clock there are secrets in a moment."""
    deadline = time.monotonic() + 5
    while not (response := send()).all("DPoP-Nonce"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return nonce_of(response)


@pytest.fixture
def nonce(ask):
    response = ask()
    answers.refused(response, "cnf.nonce", scheme="DPoP")
    return nonce_of(response)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_renewed(ask, clock, nonce, method):
    """147: a new one comes with a good answer before the old one is over."""
    clock.set(148)
    response = ask(method=method, nonce=nonce)
    answers.accepted(response, tokens.SUBJECT)
    assert response.all("DPoP-Nonce") == []
    for ahead in (152, 298):
        clock.set(ahead)
        response = ask(method=method, nonce=nonce)
        assert (response.status, response.reason) == (200, "ok")
        assert response.all("Cache-Control") == ["no-store"]
        fresh = nonce_of(response)
        assert fresh != nonce
        response = ask(method=method, nonce=fresh)
        answers.accepted(response, tokens.SUBJECT)


def test_over(ask, clock, nonce):
    clock.set(302)
    response = ask(nonce=nonce)
    answers.refused(response, "cnf.nonce", scheme="DPoP")
    fresh = nonce_of(response)
    answers.accepted(ask(nonce=fresh), tokens.SUBJECT)


def test_for_hours(ask, clock, nonce):
    """Each is good for as long as the others, whenever it was given."""
    for ahead in range(290, 3600, 290):
        clock.set(ahead)
        response = ask(nonce=nonce)
        assert (response.status, response.reason) == (200, "ok")
        nonce = soon(ask)


def test_ahead(ask, clock, nonce):
    """None of a time that has yet to come, after a step back."""
    clock.set(200)
    later = soon(ask)
    clock.set(0)
    answers.refused(ask(nonce=later), "cnf.nonce", scheme="DPoP")
    answers.accepted(ask(nonce=nonce), tokens.SUBJECT)


def test_restarts(httpd, ask, clock, nonce):
    """
    Kept by a graceful restart, as are proofs; a stop forgets nonces, and so
    refuses.
    """
    token = PROVER.token()
    url = f"http://api.example.com:{httpd.port}/orders"
    fields = PROVER.fields("GET", url, token)
    answers.accepted(httpd.get("/orders", headers=fields), tokens.SUBJECT)
    httpd.graceful()
    answers.accepted(ask(nonce=nonce), tokens.SUBJECT)
    response = httpd.get("/orders", headers=fields)
    answers.refused(response, "cnf.replay", scheme="DPoP")
    httpd.restart()
    answers.refused(ask(nonce=nonce), "cnf.nonce", scheme="DPoP")


# -------------------------------------------------------------------- replay


@pytest.mark.parametrize("offset", [0, 29, -290], ids=["now", "early", "late"])
def test_remembered_until_it_is_over(httpd, clock, offset):
    """11.1: for as long as its iat alone does not refuse it."""
    iat = clock.now() + offset
    token = PROVER.token(iat=clock.now(), exp=clock.now() + 8 * 3600)
    url = f"http://api.example.com:{httpd.port}/orders"
    fields = PROVER.fields("GET", url, token, iat=iat)
    answers.accepted(httpd.get("/orders", headers=fields), tokens.SUBJECT)
    over = iat + 300
    for now, reason in [
        (over - 5, "cnf.replay"), (over - 1, "cnf.replay"),
        (over + 3, "cnf.proof_invalid"), (over + 3600, "cnf.proof_invalid"),
        (over - 2, "cnf.replay"),
    ]:
        clock.set(now - int(time.time()))
        response = httpd.get("/orders", headers=fields)
        answers.refused(response, reason, scheme="DPoP")


def test_on_the_edge(httpd, clock):
    """No moment is left between the end of iat and that of the memory."""
    token = PROVER.token(exp=clock.now() + 8 * 3600)
    url = f"http://api.example.com:{httpd.port}/orders"
    clock.set(0)
    iat = time.time()
    fields = PROVER.fields("GET", url, token, iat=iat)
    answers.accepted(httpd.get("/orders", headers=fields), tokens.SUBJECT)
    clock.set(297)
    reasons = []
    end = time.monotonic() + 5
    while time.monotonic() < end:
        reasons.append(httpd.get("/orders", headers=fields).reason)
        time.sleep(0.01)
    assert set(reasons) == {"cnf.replay", "cnf.proof_invalid"}
    first = reasons.index("cnf.proof_invalid")
    assert set(reasons[first:]) == {"cnf.proof_invalid"}


# ---------------------------------------------------------------- a full store

LOGOUT = """\
<Location /logout>
    SetHandler auth0-logout
    Auth0LogoutClient app
    Require all granted
</Location>
"""


def log_out(httpd, sub):
    now = int(time.time())
    event = "http://schemas.openid.net/event/backchannel-logout"
    members = {"iss": tokens.ISSUER, "sub": sub, "aud": "app", "iat": now,
               "exp": now + 120, "jti": sub, "events": {event: {}}}
    token = tokens.sign(KEY, "RS256", tokens.header(KEY, "RS256"), members)
    watch.note_sent(token)
    fields = [("Content-Type", "application/x-www-form-urlencoded")]
    return httpd.request("POST", "/logout", headers=fields,
                         body=b"logout_token=" + token.encode())


def test_proofs_leave_room_for_logouts(announce):
    """Any client that has a token makes as many proofs as it likes."""
    announce("auth0:error.* cnf.store: ")
    config = f"Auth0SharedStore shm:4096\n{CONFIG}{LOGOUT}"
    with Httpd(config, FILES) as server:
        token = PROVER.token()
        url = f"http://api.example.com:{server.port}/orders"
        for _ in range(600):
            fields = PROVER.fields("GET", url, token)
            response = server.get("/orders", headers=fields)
        answers.refused(response, "cnf.store")
        answers.logged_out(log_out(server, "auth0|gone"))
        response = server.get("/orders", tokens.token(KEY, sub="auth0|gone"))
        answers.refused(response, "deny.sub")
