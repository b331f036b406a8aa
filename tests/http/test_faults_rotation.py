# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Keys that come and go, by the numbers of the fault matrix."""
import contextlib
import itertools
import threading
import time

import answers
import tokens
from conf import PAGE
from crowd import (
    KEY,
    NEXT,
    OTHER,
    Crowd,
    one_issuer,
    wait_for,
    wait_until,
)
from env import Httpd
from issuer import Issuer

#: Added to what is exact, for two busy processors.
SLACK = 1.2


def server(authority, issuer, refresh, *lines):
    line = f"Auth0Issuer {issuer.url}"
    return Httpd(one_issuer(authority, line, refresh, *lines), PAGE)


#: Once the keys are there nobody has asked for them: no cooldown has begun.
THERE = "new keys of issuer .* are in force"


def timed(httpd, token):
    """The answer to a request, and the seconds that it has taken."""
    begin = time.monotonic()
    response = httpd.get("/orders", token)
    return response, time.monotonic() - begin


def unknown(issuer, number=0):
    """A token of the issuer that no published key has signed."""
    return issuer.token(OTHER, head={"kid": f"nobody-{number}"})


def test_F13_removed_key(authority):
    """It is refused after the refresh interval and a second at most."""
    with Issuer(authority, KEY, NEXT) as issuer:
        with server(authority, issuer, 1) as httpd:
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok")
            fetched = issuer.count()
            wait_until(lambda: issuer.count() > fetched, "a fetch")
            issuer.keys(KEY)
            begin = time.monotonic()
            wait_for(httpd, "/orders", issuer.token(NEXT), "key.unknown")
            lasted = time.monotonic() - begin
            print(f"F13: refused after {lasted:.2f} s, refresh 1 s")
            assert lasted < 1 + 1
            response = httpd.get("/orders", issuer.token(KEY))
            answers.accepted(response, tokens.SUBJECT)


ROTATIONS = 3


def test_F14_rotation_with_the_next_key_in_the_set(authority):
    """The next key is published before it is used: no request fails."""
    keys = [tokens.rsa_key(f"rotated-{n}") for n in range(ROTATIONS + 2)]
    with Issuer(authority, *keys[:2]) as issuer:
        with server(authority, issuer, 1) as httpd:
            signing = [issuer.token(keys[0])]
            wait_for(httpd, "/orders", signing[0], "ok")
            seen = []
            over = threading.Event()

            def ask():
                while not over.is_set():
                    seen.append(httpd.get("/orders", signing[0]).status)

            threads = [threading.Thread(target=ask) for _ in range(2)]
            for thread in threads:
                thread.start()
            for now in range(1, ROTATIONS + 1):
                issuer.keys(*keys[now : now + 2])
                signing[0] = issuer.token(keys[now])
                former = issuer.token(keys[now - 1])
                wait_for(httpd, "/orders", former, "key.unknown", 3)
            over.set()
            for thread in threads:
                thread.join()
    print(f"F14: {len(seen)} requests during {ROTATIONS} rotations")
    assert len(seen) > 100
    assert set(seen) == {200}


def test_F15_new_key_at_the_first_request(authority):
    """It waits for the fetch that it has caused; and for nothing longer."""
    names = [f"tenant-{number}" for number in range(7)]
    with contextlib.ExitStack() as stack:
        crowd = Crowd(stack, authority, names, refresh=300)
        crowd.start()
        crowd.httpd.wait_for_log(THERE, len(names))
        lasted = []
        for name, issuer in crowd.issuers.items():
            issuer.keys(NEXT, KEY)
            begin = time.monotonic()
            answers.accepted(crowd.get(name, NEXT), tokens.SUBJECT)
            lasted.append(time.monotonic() - begin)
            assert issuer.count() == 2
    lasted.sort()
    print(f"F15: the first request with a new key: {lasted}")
    assert lasted[-1] < 0.3 + SLACK
    # The fetcher was woken: by itself it looks around every tenth of a second.
    assert lasted[len(names) // 2] < 0.06


def test_F15_nobody_waits_within_a_cooldown(authority):
    """One fetch; after it unknown keys are refused as fast as any."""
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 300, "Auth0KeyWait 3000") as httpd:
            httpd.wait_for_log(THERE)
            httpd.get("/orders", unknown(issuer))
            fetched = issuer.count()
            slowest = 0
            for number in range(20):
                response, seconds = timed(httpd, unknown(issuer, number))
                answers.refused(response, "key.unknown")
                slowest = max(slowest, seconds)
            print(f"F15: at most {slowest:.3f} s within a cooldown")
            assert slowest < 0.3
            assert issuer.count() == fetched


def test_F15_without_a_wait(authority):
    """401 first, 200 soon after, and the refusal takes no time."""
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 300, "Auth0KeyWait 0") as httpd:
            httpd.wait_for_log(THERE)
            issuer.keys(NEXT, KEY)
            with issuer.hold():
                response, seconds = timed(httpd, issuer.token(NEXT))
                answers.refused(response, "key.unknown")
                assert seconds < 0.3
            begin = time.monotonic()
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", 5)
            lasted = time.monotonic() - begin
            print(f"F15: 200 after {lasted:.3f} s")
            assert lasted < 1


def test_F15_slow_issuer(authority):
    """The wait ends after Auth0KeyWait; the fetch goes on, and is of use."""
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 300, "Auth0KeyWait 500") as httpd:
            httpd.wait_for_log(THERE)
            issuer.keys(NEXT, KEY)
            with issuer.hold():
                response, seconds = timed(httpd, issuer.token(NEXT))
                answers.refused(response, "key.unknown")
                assert 0.5 <= seconds < 0.5 + SLACK
                response, seconds = timed(httpd, issuer.token(KEY))
                answers.accepted(response, tokens.SUBJECT)
                assert seconds < 0.3
                response, seconds = timed(httpd, issuer.token(NEXT))
                answers.refused(response, "key.unknown")
                assert seconds < 0.3
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", 1)


def test_F16_other_key_under_the_same_kid(authority, announce):
    """The new one counts, the old one is dead, and one line says so."""
    alarm = f"has put another key under the kid '{KEY.kid}'"
    announce(alarm)
    with Issuer(authority, KEY, NEXT) as issuer:
        with server(authority, issuer, 1) as httpd:
            old = issuer.token(KEY)
            wait_for(httpd, "/orders", old, "ok")
            issuer.keys(OTHER.jwk(kid=KEY.kid), NEXT)
            new = issuer.token(OTHER, head={"kid": KEY.kid})
            wait_for(httpd, "/orders", new, "ok", 5)
            answers.refused(httpd.get("/orders", old), "signature.invalid")
            fetched = issuer.count()
            wait_until(lambda: issuer.count() > fetched + 1, "more fetches")
            assert httpd.error_log.read_text().count(alarm) == 1


def test_F16_rotation_is_no_alarm(authority):
    """Nor is another order, nor a kid that comes back with its own key."""
    with Issuer(authority, KEY, NEXT) as issuer:
        with server(authority, issuer, 1) as httpd:
            for keys in [(NEXT, KEY), (NEXT,), (KEY, NEXT)]:
                issuer.keys(*keys)
                fetched = issuer.count()
                wait_until(lambda: issuer.count() > fetched, "a fetch")
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")


FLOOD_SECONDS = 5


class Flood(threading.Thread):
    """Asks with kids that the issuer has not, until the time is over."""

    def __init__(self, httpd, issuer, name, over):
        super().__init__()
        self.httpd = httpd
        self.over = over
        self.tokens = [unknown(issuer, f"{name}-{n}") for n in range(50)]
        self.seen = []

    def run(self):
        for token in itertools.cycle(self.tokens):
            if time.monotonic() > self.over:
                return
            self.seen.append(self.httpd.get("/orders", token).reason)


def test_F25_flood_of_unknown_kids(authority):
    """The issuer hardly notices, and good requests go through."""
    with Issuer(authority, KEY) as issuer:
        line = "Auth0KeyCooldown 1"
        with server(authority, issuer, 300, line) as httpd:
            good = issuer.token(KEY)
            wait_for(httpd, "/orders", good, "ok")
            before = issuer.count()
            over = time.monotonic() + FLOOD_SECONDS
            floods = [Flood(httpd, issuer, name, over) for name in "ab"]
            for flood in floods:
                flood.start()
            slowest = 0
            while time.monotonic() < over:
                response, seconds = timed(httpd, good)
                answers.accepted(response, tokens.SUBJECT)
                slowest = max(slowest, seconds)
            for flood in floods:
                flood.join()
            fetched = issuer.count() - before
    seen = [reason for flood in floods for reason in flood.seen]
    print(f"F25: {len(seen)} unknown kids, {fetched} fetches")
    print(f"F25: good requests took {slowest:.3f} s at most")
    assert len(seen) > 100
    assert set(seen) == {"key.unknown"}
    # One a second at first, and then ever fewer.
    assert 2 <= fetched <= 4
    assert slowest < SLACK
