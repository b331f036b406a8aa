# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Processes that die, start anew and are many, by the numbers of the fault
matrix.
"""
import contextlib
import http.client
import os
import random
import signal
import threading
import time

import pytest

import answers
import client
import tokens
from conf import PAGE
from crowd import (
    FAILED,
    KEY,
    NEXT,
    OTHER,
    one_issuer,
    wait_for,
    wait_until,
)
from env import Httpd
from issuer import Issuer
from logs import watch
from processes import fetcher, session

SEED = 20261124

#: Another child takes over within a tenth of a second, and makes the fetch that
#: was under way again after one.
HEIR = 2


#: Where each process is one request, two generations need room for both.
ROOM = {"prefork": "ServerLimit 32\nMaxRequestWorkers 32\n"}


class Server:
    """An httpd of that MPM, and the issuer that it fetches from."""

    def __init__(self, stack, authority, mpm):
        self.issuer = stack.enter_context(Issuer(authority, KEY))
        line = f"Auth0Issuer {self.issuer.url}"
        config = one_issuer(authority, line, 1) + ROOM.get(mpm, "")
        self.httpd = stack.enter_context(Httpd(config, PAGE, mpm))
        self.leader = self.httpd.process.pid
        self.dead = None
        self.lasted = None
        wait_for(self.httpd, "/orders", self.issuer.token(KEY), "ok")

    def get(self, key):
        return self.httpd.get("/orders", self.issuer.token(key))

    def rotate(self):
        self.issuer.keys(KEY, NEXT)
        token = self.issuer.token(NEXT)
        wait_for(self.httpd, "/orders", token, "ok", 3)

    def kill_fetcher(self):
        """Amid a fetch; there are other keys from now on."""
        with self.issuer.hold():
            fetched = self.issuer.count()
            wait_until(lambda: self.issuer.count() > fetched, "a fetch")
            self.dead = fetcher(self.httpd, self.issuer)
            os.kill(self.dead, signal.SIGKILL)
            children = self.httpd.children
            wait_until(lambda: self.dead not in children(), "its end")
        self.issuer.keys(NEXT, OTHER)
        self.killed = time.monotonic()

    def look(self):
        """All requests are served, whether the heir is at work or not."""
        answers.accepted(self.get(NEXT), tokens.SUBJECT)
        if self.lasted is None and self.get(OTHER).reason == "ok":
            self.lasted = time.monotonic() - self.killed


class Barrage:
    """Kills any child ten times a second, while two threads ask for pages."""

    def __init__(self, server, seconds):
        self.server = server
        self.over = time.monotonic() + seconds
        token = server.issuer.token(NEXT)
        self.fields = [("Authorization", f"Bearer {token}")]
        self.seen = []
        self.killed = 0

    def run(self):
        threads = [threading.Thread(target=self._ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        self._kill()
        for thread in threads:
            thread.join()

    def _ask(self):
        while time.monotonic() < self.over:
            try:
                response, _ = client.request(
                    self.server.httpd.port, "GET", "/orders", self.fields
                )
                self.seen.append(response.status)
            except (OSError, http.client.HTTPException):
                self.seen.append("lost")

    def _kill(self):
        dice = random.Random(SEED)
        while time.monotonic() < self.over:
            children = sorted(self.server.httpd.children())
            with contextlib.suppress(IndexError, ProcessLookupError):
                os.kill(dice.choice(children), signal.SIGKILL)
                self.killed += 1
            time.sleep(0.1)


MPMS = ["event", "worker", "prefork"]


@pytest.fixture(scope="class")
def bereft(authority):
    """
    Servers whose fetching child was killed, some seconds later, by MPM; and
    one, all of whose children were under fire meanwhile.
    """
    with contextlib.ExitStack() as stack:
        found = {mpm: Server(stack, authority, mpm) for mpm in MPMS}
        found["fire"] = Server(stack, authority, "event")
        for server in found.values():
            server.rotate()
        found["fire"].barrage = Barrage(found["fire"], 4)
        found["fire"].barrage.run()
        for mpm in MPMS:
            found[mpm].kill_fetcher()
        over = time.monotonic() + HEIR + 5
        while any(found[mpm].lasted is None for mpm in MPMS):
            assert time.monotonic() < over, "no heir"
            for mpm in MPMS:
                found[mpm].look()
        yield found


class TestBereft:
    @pytest.mark.parametrize("mpm", MPMS)
    def test_F23_F30_the_keys_keep_on_coming(self, bereft, mpm):
        """The new ones are in force and the old one is not."""
        server = bereft[mpm]
        print(f"F23: {mpm}: new keys {server.lasted:.2f} s after the death")
        assert server.lasted < HEIR + 2
        answers.accepted(server.get(OTHER), tokens.SUBJECT)
        answers.refused(server.get(KEY), "key.unknown")

    @pytest.mark.parametrize("mpm", MPMS)
    def test_F23_F30_another_child_fetches(self, bereft, mpm):
        server = bereft[mpm]
        with server.issuer.hold():
            assert fetcher(server.httpd, server.issuer) != server.dead

    @pytest.mark.parametrize("mpm", MPMS)
    def test_F30_nothing_is_left_over(self, bereft, mpm):
        """No zombie while it runs, no process when it does not."""
        server = bereft[mpm]
        states = session(server.leader)
        assert len(states) > 2
        assert "Z" not in states.values()
        server.httpd.stop()
        assert session(server.leader) == {}

    def test_F23_under_fire(self, bereft):
        """Lost is only what was under way; and then all is as before."""
        server = bereft["fire"]
        barrage = server.barrage
        lost = barrage.seen.count("lost")
        print(f"F23: {barrage.killed} kills, {len(barrage.seen)} requests")
        print(f"F23: {lost} lost")
        assert barrage.killed > 5
        assert set(barrage.seen) <= {200, "lost"}
        server.issuer.keys(NEXT, OTHER)
        token = server.issuer.token(OTHER)
        wait_for(server.httpd, "/orders", token, "ok", HEIR + 2)

    def test_F23_kept_keys_survive_fire(self, bereft):
        """However often their writer was killed."""
        watch.announce(FAILED)
        server = bereft["fire"]
        server.issuer.down()
        server.httpd.restart()
        answers.accepted(server.get(NEXT), tokens.SUBJECT)
        server.httpd.wait_for_log(FAILED)


# ----------------------------------------------------------- graceful restarts

RESTARTS = 5


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_F24_graceful_restarts_under_load(authority, mpm):
    """The kept keys are there from the first request of each generation."""
    with contextlib.ExitStack() as stack:
        server = Server(stack, authority, mpm)
        token = server.issuer.token(KEY)
        over = threading.Event()
        seen = []

        def ask():
            while not over.is_set():
                seen.append(server.httpd.get("/orders", token).status)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(RESTARTS):
            server.httpd.graceful()
            time.sleep(0.2)
        over.set()
        for thread in threads:
            thread.join()
    print(f"F24: {mpm}: {len(seen)} requests during {RESTARTS} restarts")
    assert len(seen) > 100
    assert set(seen) == {200}
