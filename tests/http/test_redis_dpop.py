# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
DPoP with a fleet of two servers on one real Redis: a proof that was used at one
is refused at the other, and a nonce of one is good at the other.
"""
import concurrent.futures
import contextlib
import os
import signal
import statistics
import threading
import time

import pytest

import answers
import tokens
from clock import Clock
from conf import ANYTHING, PAGE, TENANT, location
from crowd import wait_until
from env import Httpd
from logs import watch
from network import Firewall
from proofs import Prover
from redis import Redis
from test_redis import AWAY, BACK, BUDGET, BUSY

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))
BASE = "https://api.example.com"
CONFIG = ANYTHING + TENANT + f"Auth0BaseURL {BASE}\n" + "".join([
    location("/orders", "Require valid-user"),
    location("/nonce", "Auth0DPoP required nonce", "Require valid-user"),
])
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}
LOST = "auth0:error.* cnf.store: "


@contextlib.contextmanager
def fleet(where, size=2, environments=(), **how):
    config = f"Auth0SharedStore {where}\n{CONFIG}"
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                Httpd(config, FILES, environment=environment, **how)
            )
            for environment in environments or [None] * size
        ]


def fields(path="/orders", **changes):
    return PROVER.fields("GET", BASE + path, PROVER.token(), **changes)


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_a_proof_counts_once_in_the_fleet(mpm):
    with Redis() as redis, fleet(redis.url, mpm=mpm) as (one, other):
        for first, second in [(one, other), (other, one)] * 3:
            sent = fields()
            response = first.get("/orders", headers=sent)
            answers.accepted(response, tokens.SUBJECT)
            for httpd in (second, first):
                response = httpd.get("/orders", headers=sent)
                answers.refused(response, "cnf.replay", scheme="DPoP")


def test_a_thousand_at_once_at_both():
    watch.allow(LOST)
    with Redis() as redis, fleet(redis.url) as servers:
        sent = fields()

        def ask(number):
            return servers[number % 2].get("/orders", headers=sent).reason

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            reasons = list(pool.map(ask, range(1000)))
        # What is out of time is refused, never let through.
        assert set(reasons) <= {"ok", "cnf.replay", "cnf.store"}
        assert reasons.count("ok") == 1
        assert reasons.count("cnf.store") < 100


def nonce_of(httpd):
    response = httpd.get("/nonce", headers=fields("/nonce"))
    answers.refused(response, "cnf.nonce", scheme="DPoP")
    return response.header("DPoP-Nonce")


def test_a_nonce_is_good_for_the_fleet():
    """Also at a server that has been started later."""
    with Redis() as redis, fleet(redis.url) as (one, other):
        for _ in range(3):
            for giver, taker in [(one, other), (other, one)]:
                sent = fields("/nonce", nonce=nonce_of(giver))
                response = taker.get("/nonce", headers=sent)
                answers.accepted(response, tokens.SUBJECT)
        nonce = nonce_of(one)
        with fleet(redis.url, size=1) as (third,):
            sent = fields("/nonce", nonce=nonce)
            response = third.get("/nonce", headers=sent)
            answers.accepted(response, tokens.SUBJECT)


def test_without_a_redis_nonces_are_nobody_elses():
    """The test above could find something."""
    with fleet("shm") as (one, other):
        sent = fields("/nonce", nonce=nonce_of(one))
        response = other.get("/nonce", headers=sent)
        answers.refused(response, "cnf.nonce", scheme="DPoP")


def test_clocks_apart(open_folder):
    """The one that is behind knows what the one that is ahead let in."""
    watch.allow(LOST)
    ahead = Clock(open_folder / "clock", ahead=5)
    both = (ahead.environment, None)
    with Redis() as redis, fleet(redis.url, environments=both) as servers:
        one, other = servers
        iat = time.time() - 290
        sent = fields(iat=iat)
        answers.accepted(one.get("/orders", headers=sent), tokens.SUBJECT)
        while time.time() < iat + 302:
            response = other.get("/orders", headers=sent)
            assert response.reason in (
                "cnf.replay", "cnf.proof_invalid", "cnf.store"
            )
            time.sleep(0.05)
        answers.refused(response, "cnf.proof_invalid", scheme="DPoP")


def refused_for_want_of_a_store(response):
    answers.refused(response, "cnf.store")
    assert int(response.header("Retry-After")) >= 1


class Stream(threading.Thread):
    """Requests one after the other: plain ones and bound ones."""

    def __init__(self, httpd):
        super().__init__()
        self.httpd = httpd
        self.over = threading.Event()
        self.plain, self.bound, self.reasons = [], [], set()

    def run(self):
        token = tokens.token(KEY)
        while not self.over.is_set():
            begin = time.monotonic()
            assert self.httpd.get("/orders", token).reason == "ok"
            self.plain.append(time.monotonic() - begin)
            begin = time.monotonic()
            response = self.httpd.get("/orders", headers=fields())
            self.bound.append(time.monotonic() - begin)
            self.reasons.add((response.status, response.reason))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


@pytest.mark.parametrize("way", ["kill", "hang"])
def test_redis_goes_and_comes_back_under_load(announce, way):
    """Closed while it is away, at no great cost; open again soon after."""
    announce(AWAY)
    announce(LOST)
    with Redis() as redis, fleet(redis.url, size=1) as (httpd,):
        watch.allow(BACK)
        with Stream(httpd) as stream:
            time.sleep(0.5)
            getattr(redis, way)()
            httpd.wait_for_log(AWAY)
            refused_for_want_of_a_store(httpd.get("/orders", headers=fields()))
            # What cannot be a replay is judged as ever.
            nonce_of(httpd)
            time.sleep(1)
            redis.start() if way == "kill" else redis.go_on()
            begin = time.monotonic()
            wait_until(
                lambda: httpd.get("/orders", headers=fields()).status == 200,
                "the store", 5,
            )
            took = time.monotonic() - begin
            time.sleep(0.5)
    assert stream.reasons == {(200, "ok"), (503, "cnf.store")}
    assert max(stream.plain) < BUSY + BUDGET
    assert max(stream.bound) < BUSY + 2 * BUDGET
    print(f"{way}: plain {statistics.median(stream.plain) * 1000:.1f} ms, "
          f"bound {statistics.median(stream.bound) * 1000:.1f} ms, at most "
          f"{max(stream.bound) * 1000:.0f} ms; back after {took:.2f} s")


def test_a_redis_that_takes_no_writes(announce):
    """It answers as ever, but no proof can be marked: closed, and told."""
    announce("takes no writes \\(OOM, its memory is full: raise its maxmemory\\)")
    announce(LOST)
    with Redis() as redis, fleet(redis.url, size=1) as (httpd,):
        redis.ask("CONFIG", "SET", "maxmemory", "1")
        refused_for_want_of_a_store(httpd.get("/orders", headers=fields()))
        httpd.wait_for_log("takes no writes", timeout=5)
        refused_for_want_of_a_store(httpd.get("/orders", headers=fields()))
        redis.ask("CONFIG", "SET", "maxmemory", "0")
        httpd.wait_for_log("takes writes again", timeout=5)
        response = httpd.get("/orders", headers=fields())
        answers.accepted(response, tokens.SUBJECT)


def ask_in_time(httpd, late):
    """The reason; what a busy machine was too late for is asked again."""
    for _ in range(10):
        response = httpd.get("/orders", headers=fields())
        if response.reason != "cnf.store":
            break
        late.append(response)
        time.sleep(0.5)
    return response.reason


@contextlib.contextmanager
def paused(httpd):
    """Meanwhile nothing is under way, neither of requests nor of their own."""
    children = httpd.children()
    for child in children:
        os.kill(child, signal.SIGSTOP)
    try:
        time.sleep(0.2)
        yield
    finally:
        for child in children:
            os.kill(child, signal.SIGCONT)


def test_idle_connections_may_be_forgotten_by_a_firewall(open_folder):
    """After half a minute without a request none is asked by one of them."""
    watch.allow(LOST)
    late = []
    clock = Clock(open_folder / "idle", monotonic=True)
    with Redis() as redis, Firewall(redis.port) as firewall:
        where = redis.url.replace(str(redis.port), str(firewall.port))
        how = {"size": 1, "environments": [clock.environment]}
        with fleet(where, **how) as (httpd,):
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                first = pool.map(ask_in_time, [httpd] * 20, [late] * 20)
                assert set(first) == {"ok"}
            with paused(httpd):
                clock.set(31)
                assert firewall.forget() >= 2
            again = [ask_in_time(httpd, late) for _ in range(20)]
            assert again == ["ok"] * 20
            assert firewall.lost == 0
    assert len(late) <= 8


def test_a_redis_that_was_never_there(announce):
    announce(AWAY)
    announce(LOST)
    with fleet("redis://127.0.0.1:1", size=1) as (httpd,):
        refused_for_want_of_a_store(httpd.get("/orders", headers=fields()))
        response = httpd.get("/orders", tokens.token(KEY))
        answers.accepted(response, tokens.SUBJECT)
