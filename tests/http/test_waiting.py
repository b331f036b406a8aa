# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Requests that lack a key: who waits, for how long, and how many at once."""
import concurrent.futures
import os
import pathlib
import time

import pytest

import answers
import tokens
from conf import PAGE
from crowd import KEY, NEXT, OTHER, one_issuer, protected, server_level, wait_for
from env import Httpd
from issuer import DISCOVERY, JWKS, Issuer

#: env.THREADED has 16 workers, and half of them may wait.
SEATS = 8


def settings(authority, issuer, *lines):
    config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
    return "\n".join([*lines, config])


def timed(httpd, token):
    begin = time.monotonic()
    response = httpd.get("/orders", token)
    return time.monotonic() - begin, response


def unknown(issuer, number=0):
    return issuer.token(KEY, head={"kid": f"nobody-{number}"})


@pytest.fixture
def slow(authority):
    """Keys are in force, and the next fetch of them takes two seconds."""
    with Issuer(authority, KEY) as issuer:
        config = settings(
            authority, issuer, "Auth0KeyCooldown 2", "Auth0KeyWait 700"
        )
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer")
            issuer.answers[JWKS].delay = 2
            yield httpd, issuer


def test_half_of_the_workers_may_wait(slow):
    httpd, issuer = slow
    asked = [unknown(issuer, number) for number in range(14)]
    with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
        outcomes = list(pool.map(lambda token: timed(httpd, token), asked))
    for _, response in outcomes:
        answers.refused(response, "key.unknown")
    waited = [seconds for seconds, _ in outcomes if seconds > 0.5]
    assert len(waited) == SEATS
    assert max(waited) < 1.5
    assert issuer.count() == 2


def test_within_a_cooldown_nobody_waits(slow):
    httpd, issuer = slow
    seconds, response = timed(httpd, unknown(issuer))
    answers.refused(response, "key.unknown")
    assert 0.6 < seconds < 1.5
    for number in range(1, 5):
        seconds, response = timed(httpd, unknown(issuer, number))
        answers.refused(response, "key.unknown")
        assert seconds < 0.3
    assert issuer.count() == 2


def test_good_tokens_do_not_wait(slow):
    httpd, issuer = slow
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(timed, httpd, unknown(issuer))
        time.sleep(0.2)
        seconds, response = timed(httpd, issuer.token(KEY))
        answers.accepted(response, tokens.SUBJECT)
        assert seconds < 0.3
        answers.refused(waiting.result()[1], "key.unknown")


def test_with_no_wait_nobody_waits(authority):
    with Issuer(authority, KEY) as issuer:
        config = settings(authority, issuer, "Auth0KeyWait 0")
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer")
            issuer.keys(NEXT)
            issuer.answers[JWKS].delay = 0.5
            seconds, response = timed(httpd, issuer.token(NEXT))
            answers.refused(response, "key.unknown")
            assert seconds < 0.3
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", timeout=5)


def test_the_first_request_waits_for_the_first_keys(authority):
    with Issuer(authority, KEY) as issuer:
        issuer.answers[DISCOVERY].delay = 0.3
        config = settings(authority, issuer, "Auth0KeyWait 5000")
        with Httpd(config, PAGE) as httpd:
            _, response = timed(httpd, issuer.token(KEY))
            answers.accepted(response, tokens.SUBJECT)
        assert issuer.requests == [DISCOVERY, JWKS]


def test_the_wait_for_the_first_keys_ends(authority):
    """After Auth0KeyWait it is 503, and tells when to come back."""
    with Issuer(authority, KEY) as issuer:
        issuer.answers[DISCOVERY].delay = 3
        config = settings(authority, issuer, "Auth0KeyWait 600")
        with Httpd(config, PAGE) as httpd:
            seconds, response = timed(httpd, issuer.token(KEY))
            answers.refused(response, "key.unavailable")
            assert 0.4 < seconds < 1.5
            assert 1 <= int(response.header("Retry-After")) <= 30
            seconds, response = timed(httpd, issuer.token(KEY))
            answers.refused(response, "key.unavailable")
            assert seconds < 0.3


def test_a_stranger_neither_waits_nor_asks(authority):
    """iss is looked at first where there are several issuers."""
    with Issuer(authority, KEY) as one, Issuer(authority, KEY) as two:
        config = server_level(authority) + protected(
            "/orders", f"Auth0Issuer {one.url}", f"Auth0Issuer {two.url}"
        )
        config = f"Auth0KeyWait 5000\n{config}"
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer", 2)
            token = one.token(KEY, head={"kid": "x"}, iss="https://evil.example/")
            seconds, response = timed(httpd, token)
            answers.refused(response, "claims.iss")
            assert seconds < 0.3
        assert one.requests == two.requests == [DISCOVERY, JWKS]


def test_a_stranger_of_a_single_issuer_neither_waits_nor_asks(slow):
    httpd, issuer = slow
    head = {"kid": "x"}
    for iss in ("https://evil.example/", issuer.url + "x", tokens.ABSENT, 1):
        token = issuer.token(KEY, head=head, iss=iss)
        seconds, response = timed(httpd, token)
        answers.refused(response, "key.unknown")
        assert seconds < 0.3
    assert issuer.count() == 1


@pytest.fixture
def keys_of_a_kind():
    """Many keys, so that it takes a while to parse a set of them."""
    return [tokens.rsa_key(f"key-{number}") for number in range(14)]


def test_all_who_wait_for_a_new_key_are_let_in(authority, keys_of_a_kind):
    """Not only the thread that parses the new set."""
    with Issuer(authority, KEY) as issuer:
        config = settings(
            authority, issuer, "Auth0KeyCooldown 1", "Auth0KeyWait 2000"
        )
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer")
            others = keys_of_a_kind[6:]
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                for key in keys_of_a_kind[:6]:
                    issuer.keys(*others, key)
                    all_at_once = [issuer.token(key)] * 8
                    outcomes = pool.map(
                        lambda token: httpd.get("/orders", token), all_at_once
                    )
                    for response in outcomes:
                        answers.accepted(response, tokens.SUBJECT)
                    time.sleep(1.1)


def test_an_answer_ends_the_wait(authority):
    """The issuer was asked and does not have the key: no use to wait on."""
    with Issuer(authority, KEY) as issuer:
        config = settings(authority, issuer, "Auth0KeyWait 5000")
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer")
            seconds, response = timed(httpd, unknown(issuer))
            answers.refused(response, "key.unknown")
            assert seconds < 1
            assert issuer.count() == 2


def test_seats_are_given_back(authority):
    """Twice as many as there are seats, one wave after the other."""
    with Issuer(authority, KEY) as issuer:
        config = settings(
            authority, issuer, "Auth0KeyCooldown 1", "Auth0KeyWait 5000"
        )
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer")
            for key in (NEXT, OTHER):
                issuer.answers[JWKS].delay = 0.5
                issuer.keys(key)
                issuer.answers[JWKS].delay = 0.5
                with concurrent.futures.ThreadPoolExecutor(SEATS) as pool:
                    waves = [issuer.token(key)] * SEATS
                    for response in pool.map(
                        lambda token: httpd.get("/orders", token), waves
                    ):
                        answers.accepted(response, tokens.SUBJECT)
                time.sleep(1.1)


def test_asking_wakes_at_once(authority):
    """Not at a next look at the clock, a tenth of a second later."""
    keys = [tokens.rsa_key(f"key-{number}") for number in range(6)]
    waits = []
    with Issuer(authority, KEY) as issuer:
        config = settings(authority, issuer, "Auth0KeyCooldown 1")
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer")
            for key in keys:
                issuer.keys(key)
                begin = time.monotonic()
                response = httpd.get("/orders", issuer.token(key))
                answers.accepted(response, tokens.SUBJECT)
                waits.append(issuer.times(since=begin)[0] - begin)
                time.sleep(1.1)
    print(f"asked after {[round(wait * 1000) for wait in waits]} ms")
    assert sorted(waits)[2] < 0.05


def ticks(pid):
    """Processor time of a process, in seconds."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = text.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_nobody_spins_after_an_asking(authority):
    with Issuer(authority, KEY) as issuer:
        config = settings(authority, issuer)
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("new keys of issuer")
            answers.refused(
                httpd.get("/orders", unknown(issuer)), "key.unknown"
            )
            before = {pid: ticks(pid) for pid in httpd.children()}
            time.sleep(2)
            for pid, used in before.items():
                assert ticks(pid) - used < 0.5
