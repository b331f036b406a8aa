# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Clocks that are wrong or set anew, and outages of a day."""
import contextlib
import dataclasses
import time
import typing

import pytest

import answers
import certs
import tokens
from clock import Clock
from conf import ANYTHING, PAGE
from crowd import (
    FAILED,
    KEY,
    NEXT,
    OTHER,
    one_issuer,
    protected,
    wait_for,
    wait_until,
)
from env import Httpd, connections
from issuer import JWKS, Answer, Issuer
from logs import watch

HOUR = 3600
DAY = 24 * HOUR
YEAR = 365 * DAY
#: The end of time as 32 bits count it.
END = 1 << 31
LONG = (-2 * 365, 40 * 365)


@pytest.fixture(scope="module")
def ancient(open_folder):
    """An authority that is good at any time of these tests."""
    return certs.Authority(open_folder, "ancient", days=LONG)


def issuer_at_all_times(authority, *keys):
    issuer = Issuer(authority, *keys)
    issuer.certificate("ancient", days=LONG)
    return issuer


def token_at(now, issuer, key=KEY, **changes):
    """A good token, as of that time."""
    times = {"iat": now - 10, "exp": now + 3600, **changes}
    return issuer.token(key, **times)


# ------------------------------------------------------------ a day's outage


def unavailable():
    return Answer(b"{}", status=503)


@dataclasses.dataclass
class Outage:
    httpd: Httpd
    issuer: Issuer
    clock: Clock
    token: str
    tried: int = 1

    def get(self):
        return self.httpd.get("/orders", self.token)

    def is_tried(self):
        return self.issuer.count() > self.tried

    def expect_try(self, expected=True):
        """Whether the issuer is asked again, once, since the last look."""
        if expected:
            wait_until(self.is_tried, "another try", 5)
            wait_until(self.is_over, "its end", 5)
            self.tried += 1
        # What follows from it is reckoned before the clock is set again.
        time.sleep(0.1 if expected else 0.5)
        assert not self.is_tried()

    def is_over(self):
        return not connections(self.issuer.port)


@contextlib.contextmanager
def outage_at(open_folder, authority, *lines):
    """The keys have been good once; now the issuer is out of order."""
    watch.announce(FAILED)
    clock = Clock(open_folder / "outage", monotonic=True)
    with issuer_at_all_times(authority, KEY) as issuer:
        line = f"Auth0Issuer {issuer.url}"
        config = one_issuer(authority, line, 300, *lines)
        with Httpd(config, PAGE, environment=clock.environment) as httpd:
            httpd.wait_for_log("are in force")
            issuer.answers[JWKS] = unavailable()
            token = token_at(clock.now(), issuer, exp=clock.now() + YEAR)
            yield Outage(httpd, issuer, clock, token)


@pytest.mark.parametrize("cooldown", [2, 30])
def test_F02_outage_of_a_day(ancient, open_folder, announce, cooldown):
    """Not one request fails for 24 hours; then all do, with 503."""
    announce("too old to serve \\(Auth0KeyMaxStale\\)")
    line = f"Auth0KeyCooldown {cooldown}"
    with outage_at(open_folder, ancient, line) as outage:
        for hour in range(3, 25, 3):
            outage.clock.set(hour * HOUR)
            answers.accepted(outage.get(), tokens.SUBJECT)
            outage.expect_try()
            answers.accepted(outage.get(), tokens.SUBJECT)
        outage.clock.set(DAY + 290)
        answers.accepted(outage.get(), tokens.SUBJECT)
        outage.clock.set(DAY + 310)
        response = outage.get()
        answers.refused(response, "key.unavailable")
        assert 1 <= int(response.header("Retry-After")) <= cooldown
        outage.httpd.wait_for_log("too old to serve")
        outage.issuer.keys(KEY)
        # What is too long to wait for is skipped.
        outage.clock.set(DAY + 310 + cooldown - 2)
        begin = time.monotonic()
        wait_for(outage.httpd, "/orders", outage.token, "ok", 10)
        lasted = time.monotonic() - begin
        print(f"F02: 200 after {cooldown - 2} s and {lasted:.2f} s")
        assert lasted < 2 + 2
        log = outage.httpd.error_log.read_text()
    assert log.count("cannot be fetched") == 1
    assert log.count("too old to serve") == 1
    assert log.count("can be fetched again") == 1


def test_F02_max_stale(ancient, open_folder, announce):
    """It is added to the refresh interval."""
    announce("too old to serve")
    with outage_at(open_folder, ancient, "Auth0KeyMaxStale 600") as outage:
        outage.clock.set(880)
        outage.expect_try()
        answers.accepted(outage.get(), tokens.SUBJECT)
        outage.clock.set(920)
        answers.refused(outage.get(), "key.unavailable")


def test_F05_never_more_than_a_minute_apart(ancient, open_folder):
    """Give or take a fifth, however long it lasts."""
    with outage_at(open_folder, ancient) as outage:
        for hour in range(1, 9):
            outage.clock.set(hour * HOUR)
            outage.expect_try()
        outage.clock.set(8 * HOUR + 45)
        outage.expect_try(False)
        outage.clock.set(8 * HOUR + 75)
        outage.expect_try()


def test_F05_retry_after_is_obeyed_for_ten_minutes(ancient, open_folder):
    """And a tenth more at most, whatever the issuer asks for."""
    headers = (("Retry-After", "86400"),)
    with outage_at(open_folder, ancient) as outage:
        outage.issuer.answers[JWKS] = Answer(b"{}", 503, headers)
        outage.clock.set(HOUR)
        outage.expect_try()
        outage.clock.set(HOUR + 590)
        outage.expect_try(False)
        outage.clock.set(HOUR + 665)
        outage.expect_try()


# ------------------------------------------------------------- clocks go wrong


def until_2038(seconds):
    return lambda: END + seconds - int(time.time())


@dataclasses.dataclass
class Case:
    """How far ahead clocks are at the start, and what they are set to then."""

    start: typing.Callable = lambda: 0
    steps: tuple = ()
    monotonic: bool = False


def ahead(seconds):
    return lambda: seconds


#: "both": the monotonic clock as well, which never goes back.
CASES = {
    "starts_1_h_ahead": Case(ahead(HOUR)),
    "starts_1_h_behind": Case(ahead(-HOUR)),
    "starts_1_day_behind": Case(ahead(-DAY)),
    "starts_after_2038": Case(until_2038(DAY)),
    "starts_shortly_before_2038": Case(until_2038(-3)),
    "starts_1_h_ahead_both": Case(ahead(HOUR), monotonic=True),
    "starts_after_2038_both": Case(until_2038(DAY), monotonic=True),
    "steps_1_h_ahead": Case(steps=[ahead(HOUR)]),
    "steps_1_h_back": Case(steps=[ahead(-HOUR)]),
    "steps_1_day_back": Case(steps=[ahead(-DAY)]),
    "steps_beyond_2038": Case(steps=[until_2038(DAY)]),
    "steps_to_and_fro": Case(steps=[ahead(DAY), ahead(-DAY)]),
    "steps_1_h_ahead_both": Case(steps=[ahead(HOUR)], monotonic=True),
    "steps_beyond_2038_both": Case(steps=[until_2038(DAY)], monotonic=True),
}

#: By location: refreshed every second; only when asked for; first down.
PLACES = ("busy", "lazy", "down")


class Patient:
    """An httpd whose clocks go wrong."""

    def __init__(self, stack, authority, open_folder, name):
        case = CASES[name]
        self.clock = Clock(open_folder / name, case.monotonic, case.start())
        self.issuers = {
            place: stack.enter_context(issuer_at_all_times(authority, KEY))
            for place in PLACES
        }
        self.issuers["down"].down()
        config = f"{ANYTHING}\nAuth0CACertificateFile {authority.file}\n"
        config += "Auth0KeyCooldown 1\nAuth0KeyRefresh 1\n"
        config += self._section("busy") + self._section("down")
        config += "<VirtualHost *:*>\nServerName api.example.com\n"
        config += "Auth0KeyRefresh 86400\n" + self._section("lazy")
        config += "</VirtualHost>\n"
        environment = self.clock.environment
        self.httpd = Httpd(config, PAGE, environment=environment)
        stack.enter_context(self.httpd)

    def _section(self, place):
        url = self.issuers[place].url
        return protected(f"/{place}", f"Auth0Issuer {url}")

    def token(self, place, key=KEY, **changes):
        return token_at(self.clock.now(), self.issuers[place], key, **changes)

    def get(self, place, key=KEY, **changes):
        return self.httpd.get(f"/{place}", self.token(place, key, **changes))

    def wait(self, place, key):
        """The seconds until a key is in force."""

        def is_there():
            return self.get(place, key).reason == "ok"

        return wait_until(is_there, f"a key for /{place}", 8)


@pytest.fixture(scope="class")
def patients(ancient, open_folder):
    """All have got over the start, and their clocks have been set."""
    watch.announce(FAILED)
    watch.announce("too old to serve")
    with contextlib.ExitStack() as stack:
        found = {
            name: Patient(stack, ancient, open_folder, name) for name in CASES
        }
        for patient in found.values():
            patient.wait("busy", KEY)
            patient.wait("lazy", KEY)
            patient.httpd.wait_for_log("cannot be fetched")
            patient.before = patient.httpd.children()
        for name, patient in found.items():
            for step in CASES[name].steps:
                patient.clock.set(step())
                time.sleep(0.1)
        for patient in found.values():
            patient.set_at = time.monotonic()
            for issuer in patient.issuers.values():
                issuer.keys(NEXT)
            patient.issuers["down"].up()
            patient.first = patient.wait("lazy", NEXT)
        time.sleep(2.5)
        for patient in found.values():
            patient.issuers["lazy"].keys(OTHER)
            patient.second = patient.wait("lazy", OTHER)
        yield found


@pytest.mark.parametrize("name", CASES)
class TestClocks:
    def test_F19_refresh_goes_on(self, patients, name):
        patient = patients[name]
        times = patient.issuers["busy"].times(since=patient.set_at)
        assert len(times) >= 2
        gaps = [b - a for a, b in zip(times, times[1:])]
        assert max(gaps) < 2
        assert min(gaps) > 0.8
        answers.accepted(patient.get("busy", NEXT), tokens.SUBJECT)

    def test_F19_tokens_go_by_the_wall_clock(self, patients, name):
        patient = patients[name]
        now = patient.clock.now()
        assert ("2038" in name) == (now > END)
        old = patient.get("busy", NEXT, exp=now - 60)
        answers.refused(old, "claims.exp")
        early = patient.get("busy", NEXT, nbf=now + 60)
        answers.refused(early, "claims.nbf")

    def test_F19_requests_can_ask(self, patients, name):
        """Twice: the second time after the cooldown."""
        patient = patients[name]
        print(f"F19: {name}: {patient.first:.2f} s, {patient.second:.2f} s")
        assert patient.first < 1.5
        assert patient.second < 1

    def test_F19_an_outage_ends(self, patients, name):
        answers.accepted(patients[name].get("down", NEXT), tokens.SUBJECT)

    def test_F19_nothing_dies(self, patients, name):
        patient = patients[name]
        assert patient.before == patient.httpd.children()
