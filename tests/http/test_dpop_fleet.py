# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
DPoP (RFC 9449) at several servers that share a Redis, and whose clocks differ
by the few seconds that clocks of a fleet do.
"""
import contextlib
import time

import pytest

import answers
import tokens
from clock import Clock
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from proofs import Prover
from redis import Redis

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))
VALID = "Require valid-user"
PUBLIC = "https://api.example.com"
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}
AWAY = "Auth0SharedStore: .* cannot be reached"


@contextlib.contextmanager
def fleet(redis, environments=({}, {})):
    config = f"Auth0SharedStore {redis.url}\nAuth0BaseURL {PUBLIC}\n" + (
        ANYTHING + TENANT + location("/orders", VALID)
        + location("/nonce", "Auth0DPoP required nonce", VALID)
    )
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(Httpd(config, FILES, environment=environment))
            for environment in environments
        ]


def ask(httpd, path="/orders", **changes):
    token = PROVER.token()
    fields = PROVER.fields("GET", PUBLIC + path, token, **changes)
    return httpd.get(path, headers=fields)


def test_one_proof_at_all_servers():
    with Redis() as redis, fleet(redis) as servers:
        for one, other in (servers, servers[::-1]):
            token = PROVER.token()
            fields = PROVER.fields("GET", PUBLIC + "/orders", token)
            response = one.get("/orders", headers=fields)
            answers.accepted(response, tokens.SUBJECT)
            for httpd in (other, one):
                response = httpd.get("/orders", headers=fields)
                answers.refused(response, "cnf.replay", scheme="DPoP")


def test_one_nonce_at_all_servers():
    with Redis() as redis, fleet(redis) as servers:
        for one, other in (servers, servers[::-1]):
            response = ask(one, "/nonce")
            answers.refused(response, "cnf.nonce", scheme="DPoP")
            (nonce,) = response.all("DPoP-Nonce")
            for httpd in (other, one):
                response = ask(httpd, "/nonce", nonce=nonce)
                answers.accepted(response, tokens.SUBJECT)


def test_without_redis(announce):
    """What may be a replay is refused; what cannot be is not."""
    announce(AWAY)
    with Redis() as redis, fleet(redis, ({},)) as (httpd,):
        (nonce,) = ask(httpd, "/nonce").all("DPoP-Nonce")
        redis.kill()
        for path in ("/orders", "/nonce"):
            response = ask(httpd, path, nonce=nonce)
            answers.refused(response, "cnf.store")
            assert response.header("Retry-After") == "1"
        response = ask(httpd, "/nonce")
        answers.refused(response, "cnf.nonce", scheme="DPoP")
        response = httpd.get("/orders", tokens.token(KEY))
        answers.accepted(response, tokens.SUBJECT)
        httpd.wait_for_log(AWAY)
        redis.start()
        deadline = time.monotonic() + 10
        while ask(httpd).reason != "ok":
            assert time.monotonic() < deadline


def test_clocks_apart(tmp_path):
    """The one that is behind knows what the one that is ahead let in."""
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:2]:
        parent.chmod(0o755)
    ahead = Clock(tmp_path / "clock", ahead=5)
    with Redis() as redis:
        with fleet(redis, (ahead.environment, {})) as (one, other):
            token = PROVER.token()
            iat = time.time() - 294
            fields = PROVER.fields("GET", PUBLIC + "/orders", token, iat=iat)
            response = one.get("/orders", headers=fields)
            answers.accepted(response, tokens.SUBJECT)
            while time.time() < iat + 302:
                response = other.get("/orders", headers=fields)
                assert response.reason in ("cnf.replay", "cnf.proof_invalid")
                time.sleep(0.05)
            answers.refused(response, "cnf.proof_invalid", scheme="DPoP")
