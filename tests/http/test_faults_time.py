# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
When issuers are asked and for how long, and what that means for requests, by
the numbers of the fault matrix.
"""
import contextlib
import datetime
import email.utils
import re
import socket
import time

import pytest

import answers
import tokens
from conf import PAGE, table
from crowd import (
    FAILED,
    KEY,
    NEXT,
    OTHER,
    one_issuer,
    protected,
    server_level,
    wait_for,
)
from env import Httpd
from issuer import JWKS, Answer, Issuer
from logs import watch
from network import Blackhole, Silent, seeing

#: Added to what is exact, for two busy processors.
SLACK = 1.2


# -------------------------------------------------------------- at the start

#: Seconds that it lasts, and Auth0KeyCooldown.
OUTAGES = [("short", 0.4, 30), ("long", 2.5, 1)]


@pytest.mark.parametrize("outage, cooldown", **table(OUTAGES))
def test_F01_down_at_the_start(authority, announce, outage, cooldown):
    """503, and 200 within two seconds of the issuer's return."""
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        issuer.down()
        line = f"Auth0KeyCooldown {cooldown}"
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 300, line)
        with Httpd(config, PAGE) as httpd:
            over = time.monotonic() + outage
            while time.monotonic() < over:
                response = httpd.get("/orders", issuer.token(KEY))
                answers.refused(response, "key.unavailable")
                assert 1 <= int(response.header("Retry-After")) <= 5
                time.sleep(0.1)
            issuer.up()
            begin = time.monotonic()
            wait_for(httpd, "/orders", issuer.token(KEY), "ok", 5)
            lasted = time.monotonic() - begin
            log = httpd.error_log.read_text()
    print(f"F01: 200 after {lasted:.2f} s")
    assert lasted < 2
    assert log.count("cannot be fetched") == 1
    assert "until they can, requests are answered 503" in log
    assert log.count("can be fetched again") == 1


# ---------------------------------------------------- a server that takes time


def trickle(size):
    """So many bytes in each tenth of a second, without an end."""

    def pieces():
        while True:
            yield b" " * size
            time.sleep(0.1)

    return Answer(b"", pieces=pieces)


def of_status(code, *headers):
    return Answer(tokens.jwks(OTHER).encode(), code, headers)


def in_four_seconds():
    when = time.time() + 4
    header = ("Retry-After", email.utils.formatdate(when, usegmt=True))
    return of_status(503, header)


#: What is answered from the second request for keys on.
FAILING = {
    "500": of_status(500),
    "503": of_status(503),
    "429_seconds": of_status(429, ("Retry-After", "4")),
    "503_seconds": of_status(503, ("Retry-After", "4")),
    "503_date": in_four_seconds,
    "503_nonsense": of_status(503, ("Retry-After", "soon")),
    "503_past": of_status(503, ("Retry-After", "-5")),
}

#: Those that ask to be left alone for four seconds, and those that do not.
PROMPTED = ["429_seconds", "503_seconds", "503_date"]
UNPROMPTED = [name for name in FAILING if name not in PROMPTED]

#: Auth0KeyTimeout, and the seconds after which the fetch has to end.
SLOW = {
    "blackhole": ("Auth0KeyTimeout 1 9", 1),
    "blackhole-by-default": ("", 3),
    "silent": ("Auth0KeyTimeout 1 9", 1),
    "no-answer": ("Auth0KeyTimeout 1 2", 2),
    "drip": ("Auth0KeyTimeout 3 60", 5),
    "not-that-slow": ("Auth0KeyTimeout 1 3", 3),
    "not-that-slow-by-default": ("", 10),
}


class Hours:
    """One httpd in which all of that goes on side by side."""

    def __init__(self, stack, authority):
        self.stack = stack
        self.issuers = {}
        self.lasted = []
        self.config = server_level(authority, refresh=1)
        self.config += "Auth0KeyCooldown 1\nAuth0KeyWait 0\n"
        self._failing(authority)
        self._slow(authority)
        self.httpd = stack.enter_context(Httpd(self.config, PAGE))

    def _issuer(self, name, authority):
        self.issuers[name] = self.stack.enter_context(Issuer(authority, KEY))
        return self.issuers[name]

    def _failing(self, authority):
        for name in ["good", *FAILING]:
            issuer = self._issuer(name, authority)
            self.config += protected(f"/{name}", f"Auth0Issuer {issuer.url}")

    def _slow(self, authority):
        """Each from a server of its own, bad from the start."""
        black = self.stack.enter_context(Blackhole())
        silent = self.stack.enter_context(Silent())
        ports = {"silent": silent.port}
        ports["blackhole"] = ports["blackhole-by-default"] = black.port
        slow = self._issuer("slow", authority)
        slow.answers["/no-answer"] = Answer(b"", delay=20)
        slow.answers["/drip"] = trickle(4)
        slow.answers["/not-that-slow"] = trickle(40)
        slow.answers["/not-that-slow-by-default"] = trickle(40)
        for name, (line, _) in SLOW.items():
            port = ports.get(name, slow.port)
            url = f"https://localhost:{port}/{name}"
            self.config += f"<VirtualHost *:*>\nServerName {name}\n{line}\n"
            self.config += protected(
                f"/{name}", f"Auth0Issuer https://{name}.test/ {url}"
            )
            self.config += "</VirtualHost>\n"

    def spoil(self):
        for name, answer in FAILING.items():
            self.issuers[name].answers[JWKS] = answer

    def use(self, seconds):
        """Ask for pages all the while, with keys that are known and not."""
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            for name in FAILING:
                issuer = self.issuers[name]
                path = f"/{name}"
                response = self.httpd.get(path, issuer.token(KEY))
                answers.accepted(response, tokens.SUBJECT)
            self._use("good", KEY, "ok")
            self._use("429_seconds", NEXT, "key.unknown")
            time.sleep(0.05)

    def _use(self, name, key, reason):
        begin = time.monotonic()
        response = self.httpd.get(f"/{name}", self.issuers[name].token(key))
        self.lasted.append(time.monotonic() - begin)
        assert response.reason == reason

    def gaps(self, name):
        """Between tries, from the first one that failed on."""
        times = self.issuers[name].times()[1:]
        return [b - a for a, b in zip(times, times[1:])]

    def logged(self, pattern):
        """When a line was logged, in seconds since 1970."""
        log = self.httpd.error_log.read_text()
        stamp = re.search(rf"^\[\w+ (.*?)\] .*{pattern}", log, re.M)[1]
        when = datetime.datetime.strptime(stamp, "%b %d %H:%M:%S.%f %Y")
        return when.timestamp()


@pytest.fixture(scope="class")
def hours(authority):
    watch.announce(FAILED)
    with contextlib.ExitStack() as stack:
        seen = Hours(stack, authority)
        for name in FAILING:
            token = seen.issuers[name].token(KEY)
            wait_for(seen.httpd, f"/{name}", token, "ok")
        seen.spoil()
        seen.use(10.5)
        yield seen


def close_to(gap, expected):
    """Give or take a fifth, and what the processors take."""
    return 0.8 * expected - 0.1 < gap < 1.2 * expected + SLACK


class TestHours:
    @pytest.mark.parametrize("name", SLOW)
    def test_F03_F04_slow(self, hours, name):
        _, seconds = SLOW[name]
        begun = hours.logged("resuming normal operations")
        ended = hours.logged(f"issuer https://{name}.test/ cannot be fetched")
        print(f"F03: {name} given up after {ended - begun:.2f} s")
        assert seconds - 0.1 < ended - begun < seconds + 1 + SLACK

    def test_F03_requests_do_not_notice(self, hours):
        """Nobody has waited, whether the key was known or not."""
        assert len(hours.lasted) > 100
        median = sorted(hours.lasted)[len(hours.lasted) // 2]
        print(f"F03: median {median}, at most {max(hours.lasted)}")
        assert median < 0.05
        assert max(hours.lasted) < SLACK

    def test_F03_other_issuers_are_fetched_from(self, hours):
        """Every second, less a tenth at most."""
        gaps = hours.gaps("good")
        assert len(gaps) >= 6
        assert max(gaps) < 1 + SLACK

    @pytest.mark.parametrize("name", UNPROMPTED)
    def test_F05_backoff(self, hours, name):
        """After 1, 2 and 4 seconds, and not once more."""
        gaps = hours.gaps(name)
        print(f"F05: {name}: {gaps}")
        assert len(gaps) in (2, 3)
        for gap, expected in zip(gaps, [1, 2, 4]):
            assert close_to(gap, expected)

    @pytest.mark.parametrize("name", PROMPTED)
    def test_F05_retry_after(self, hours, name):
        """Four seconds, a tenth more at most, whoever asks meanwhile."""
        gaps = hours.gaps(name)
        print(f"F05: {name}: {gaps}")
        least = 3 if name == "503_date" else 4
        assert len(gaps) in (1, 2)
        for gap in gaps:
            assert least - 0.01 < gap < 4.4 + SLACK

    @pytest.mark.parametrize("name", FAILING)
    def test_F05_logged_once(self, hours, name):
        log = hours.httpd.error_log.read_text()
        url = hours.issuers[name].url
        assert log.count(f"keys of issuer {url} cannot be fetched") == 1


# ----------------------------------------------------------------------- names

RESOLVER = "127.0.0.77"

HOSTS = """\
127.0.0.1 localhost
127.0.0.1 dead-first.test
127.0.0.2 dead-first.test
127.0.0.1 black-first.test
127.0.0.2 black-first.test
"""


@pytest.fixture
def names(tmp_path):
    """Start httpd with names of our own, and a name server that is dead."""
    hosts = tmp_path / "hosts"
    hosts.write_text(HOSTS)
    resolv = tmp_path / "resolv.conf"
    resolv.write_text(f"nameserver {RESOLVER}\n")
    return seeing({"/etc/hosts": hosts, "/etc/resolv.conf": resolv})


def named(stack, authority, name):
    """An issuer of that name, at 127.0.0.2."""
    issuer = Issuer(authority, KEY, name=name, address="127.0.0.2")
    issuer.certificate(name, hosts=(name,))
    return stack.enter_context(issuer)


def test_F12_one_of_two_addresses_is_dead(authority, names):
    """Whether it refuses connections or swallows them."""
    with contextlib.ExitStack() as stack:
        dead = named(stack, authority, "dead-first.test")
        black = named(stack, authority, "black-first.test")
        stack.enter_context(Blackhole("127.0.0.1", black.port))
        config = server_level(authority) + "Auth0KeyTimeout 2 8\n"
        config += protected("/dead", f"Auth0Issuer {dead.url}")
        config += protected("/black", f"Auth0Issuer {black.url}")
        with Httpd(config, PAGE, prefix=names) as httpd:
            begin = time.monotonic()
            wait_for(httpd, "/dead", dead.token(KEY), "ok", 2)
            wait_for(httpd, "/black", black.token(KEY), "ok", 8)
            lasted = time.monotonic() - begin
    print(f"F12: {lasted:.2f} s with an address that swallows")
    assert lasted > 0.9, "the dead address was not the first"


def test_F12_no_such_name(authority, names, announce):
    """Kept keys stay in force; a name server that hangs delays no stop."""
    announce(FAILED)
    with contextlib.ExitStack() as stack:
        issuer = named(stack, authority, "dead-first.test")
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        httpd = stack.enter_context(Httpd(config, PAGE, prefix=names))
        wait_for(httpd, "/orders", issuer.token(KEY), "ok")
        hosts = httpd.root() / "etc/hosts"
        hosts.write_text("127.0.0.1 localhost\n")
        # libcurl remembers a name for a minute, but not across a restart.
        httpd.restart()
        httpd.wait_for_log("cannot be fetched: .*resolve.*; the former keys")
        response = httpd.get("/orders", issuer.token(KEY))
        answers.accepted(response, tokens.SUBJECT)
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stack.enter_context(server).bind((RESOLVER, 53))
        server.settimeout(10)
        server.recv(512)
        begin = time.monotonic()
        response = httpd.get("/orders", issuer.token(KEY))
        answers.accepted(response, tokens.SUBJECT)
        httpd.stop()
        assert time.monotonic() - begin < 3
