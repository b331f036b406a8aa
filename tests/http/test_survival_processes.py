# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
What a server has to live through when its processes come and go: graceful
restarts, and children that are killed. Each test prints its figures.
"""
import os
import random
import re
import signal
import time

import pytest

import answers
import load
import tokens
from conf import ANYTHING, PAGE
from crowd import KEY, NEXT, wait_for, wait_until
from env import Httpd
from issuer import Issuer
from load import Load, Plan, Same
from processes import descriptors
from survival import (
    QUIET,
    SECONDS,
    Observer,
    quiet_issuer,
    rollup,
    shared_segments,
    system_v_segments,
)

RESTARTS = 100
#: What the first restarts make is not counted.
RESTARTS_TO_WARM_UP = 10
#: Seconds between two.
RESTART_PAUSE = 0.1
#: Requests a second.
RATE = 500
#: By how much the parent may grow. Pages of files, which resident memory has as
#: well, come and go as the machine has room for them.
GROWTH_MOST = {"resident KiB": 256, "anonymous KiB": 64}

#: Children of two generations and more live side by side.
ROOMY = (
    "StartServers 2",
    "ServerLimit 12",
    "ThreadsPerChild 8",
    "MinSpareThreads 8",
    "MaxSpareThreads 24",
    "MaxRequestWorkers 96",
)


# ------------------------------------------------------------------ restarts


def census(httpd):
    """
    What the parent has. Its memory is counted whether or not children share
    the page: which do is a matter of the moment.
    """
    pid = httpd.process.pid
    memory = rollup(pid)
    return {
        "resident KiB": memory["Rss"],
        "anonymous KiB": memory["Anonymous"],
        "descriptors": len(descriptors(pid)),
        "shared segments": len(shared_segments(pid)),
        "System V segments": len(system_v_segments()),
    }


def restart_often(httpd):
    """What the parent had after each restart, but for the first ones."""
    seen = []
    for _ in range(RESTARTS):
        httpd.graceful()
        time.sleep(RESTART_PAUSE)
        seen.append(census(httpd))
    return seen[RESTARTS_TO_WARM_UP - 1 :]


def kept_and_single(httpd, token):
    """Plans: requests over kept connections, and over one each."""
    kept = load.request("/orders", token)
    single = load.request("/orders", token, "Connection: close")
    return [Plan(httpd.port, Same(one), 8, RATE) for one in (kept, single)]


def run_restarts(httpd, token):
    with Load(*kept_and_single(httpd, token)) as running:
        running.use(0)
        time.sleep(1)
        seen = restart_often(httpd)
        return seen, running.stop()


def without_module(httpd):
    """The same server, to which the module is unknown."""
    text = httpd.conf_file.read_text()
    text = re.sub(r"(?m)^LoadModule auth0_module .*\n| auth0:\w+", "", text)
    httpd.conf_file.write_text(text)
    return httpd


def report_restarts(name, seen, parts):
    print(f"\n{RESTARTS} graceful restarts {name}")
    print(f"over kept connections: {parts[0]}\nover one each: {parts[1]}")
    for what in seen[0]:
        counts = [one[what] for one in seen]
        print(f"  {what}: {counts[0]} -> {counts[-1]}, at most {max(counts)}")


def test_graceful_restarts(authority):
    """No request is lost, and nothing is left over in the parent."""
    plain = "\n".join([ANYTHING, *QUIET[1:], *ROOMY])
    with without_module(Httpd(plain, PAGE)) as httpd:
        bare = run_restarts(httpd, None)
    report_restarts("without the module", *bare)
    with Issuer(authority, KEY) as issuer:
        config = quiet_issuer(authority, issuer, *ROOMY)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            seen, parts = run_restarts(httpd, issuer.token(KEY))
    report_restarts("with it", seen, parts)
    print(f"  {issuer.count()} fetches")
    for samples in parts:
        assert samples.statuses() == {200: len(samples)}
    first, last = seen[0], seen[-1]
    for what, most in GROWTH_MOST.items():
        assert last[what] - first[what] <= most
    for what in ("descriptors", "shared segments", "System V segments"):
        assert last[what] == first[what]
    # The kept keys serve, so that nothing has to be fetched.
    assert issuer.count() == 1


# -------------------------------------------------------------------- deaths

#: Seconds between two, and how often it is the child that fetches keys.
DEATH_PAUSE = 0.1
FETCHER_EVERY = 10
DEATHS = [("event", SECONDS), ("prefork", SECONDS / 3)]
#: Seconds between two fetches: as it is configured, and at most.
REFRESH = 1
GAP_MOST = 5

#: httpd looks for dead children once a second and doubles the number that it
#: replaces at a time, so that it takes many to have enough left.
CHILDREN = {
    "event": (
        "StartServers 40",
        "ServerLimit 80",
        "ThreadsPerChild 2",
        "MinSpareThreads 80",
        "MaxSpareThreads 160",
        "MaxRequestWorkers 160",
    ),
    "prefork": (
        "StartServers 40",
        "ServerLimit 80",
        "MinSpareServers 40",
        "MaxSpareServers 80",
        "MaxRequestWorkers 80",
    ),
}


def kill_often(httpd, issuer, seconds):
    """Who was killed when."""
    killed = {}
    begin = time.monotonic()
    while time.monotonic() < begin + seconds:
        alive = httpd.children() - set(killed)
        victim = random.choice(sorted(alive))
        if len(killed) % FETCHER_EVERY == 0 and issuer.fetchers[-1] in alive:
            victim = issuer.fetchers[-1]
        os.kill(victim, signal.SIGKILL)
        killed[victim] = time.monotonic()
        pause = begin + len(killed) * DEATH_PAUSE - time.monotonic()
        time.sleep(max(pause, 0))
    return killed


def run_kills(httpd, issuer, seconds):
    with Load(*kept_and_single(httpd, issuer.token(KEY))) as running:
        running.use(0)
        time.sleep(1)
        killed = kill_often(httpd, issuer, seconds)
        return killed, running.stop()


def report_kills(issuer, killed, parts):
    moments = sorted(killed.values())
    fetches = [m for m in issuer.times() if moments[0] < m < moments[-1]]
    gaps = [b - a for a, b in zip(fetches, fetches[1:])]
    seconds = moments[-1] - moments[0]
    heirs = len(issuer.fetchers) - 1
    print(f"\n{len(killed)} children killed in {seconds:.0f} s")
    print(f"over kept connections: {parts[0]}\nover one each: {parts[1]}")
    gap = max(gaps, default=seconds)
    print(
        f"{len(fetches)} fetches by {heirs + 1} children, at most {gap:.1f} s "
        "between two"
    )
    assert gap < GAP_MOST
    assert len(fetches) <= seconds / (REFRESH * 0.9) + heirs + 1


def check_losses(killed, samples):
    """What was lost was on its way in a child when that was killed."""
    assert set(samples.statuses()) == {200}
    assert set(samples.failed()) <= {"reset", "closed", "broken off"}
    assert sum(samples.failed().values()) <= len(killed)
    ends = [
        begun + lasted
        for begun, lasted, status, _ in samples.rows()
        if status < 0
    ]
    for end in ends:
        assert min(abs(end - moment) for moment in killed.values()) < 0.1


@pytest.mark.parametrize("mpm, seconds", DEATHS)
def test_killed_children(authority, announce, mpm, seconds):
    """Only what a child was about is lost; another fetches in its place."""
    if mpm == "event":
        announce("children are killed successively")
    with Observer(authority, KEY) as issuer:
        lines = CHILDREN[mpm]
        config = quiet_issuer(authority, issuer, *lines, refresh=REFRESH)
        with Httpd(config, PAGE, mpm=mpm) as issuer.httpd:
            wait_for(issuer.httpd, "/orders", issuer.token(KEY), "ok")
            wait_until(lambda: issuer.fetchers, "who fetches")
            killed, parts = run_kills(issuer.httpd, issuer, seconds)
            issuer.keys(NEXT)
            time.sleep(2 * REFRESH)
            response = issuer.httpd.get("/orders", issuer.token(NEXT))
            answers.accepted(response, tokens.SUBJECT)
    report_kills(issuer, killed, parts)
    for samples in parts:
        check_losses(killed, samples)
