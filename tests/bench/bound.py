#!/usr/bin/python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
What bound tokens cost a server: its CPU time for a request, by the scheduler's
statistics, in microseconds. Rounds of all ways are interleaved in one run;
printed are medians, and what they are above "Require all granted". Usage:
  tests/bench/bound.py [ROUNDS [REQUESTS]]
Needs a built tree, and what tests/http needs.
"""
import pathlib
import statistics
import sys
import tempfile

HTTP = pathlib.Path(__file__).resolve().parents[1] / "http"
sys.path.insert(0, str(HTTP))

import certs  # noqa: E402
import client  # noqa: E402
import tokens  # noqa: E402
from conf import ANYTHING, PAGE, TENANT, location  # noqa: E402
from env import Httpd  # noqa: E402
from proofs import Prover  # noqa: E402
from redis import Redis  # noqa: E402
from test_certificate import bound_to, context_of  # noqa: E402

BASE = "https://api.example.com"
KEY = tokens.rsa_key("main")
VALID = "Require valid-user"
CONFIG = ANYTHING + TENANT + (
    f"Auth0BaseURL {BASE}\nMaxKeepAliveRequests 0\nLogLevel auth0:warn\n"
    "LimitRequestFieldSize 8190\n"
) + "".join([
    location("/open", "Require all granted"),
    location("/api", VALID),
    location("/nonce", "Auth0DPoP required nonce", VALID),
])
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}


def cpu(httpd):
    """Nanoseconds of all threads of all its processes."""
    total = 0
    for child in httpd.children():
        for task in pathlib.Path(f"/proc/{child}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total


class Way:
    """Requests of one kind, made before they are sent."""

    def __init__(self, name, httpd, path, make, context=None):
        self.name, self.httpd, self.path, self.make = name, httpd, path, make
        self.context = context
        self.figures = []

    def run(self, count):
        lines = [self.make() for _ in range(count)]
        with client.Connection(self.httpd.port) as line:
            if self.context:
                line.socket = self.context.wrap_socket(
                    line.socket, server_hostname="localhost"
                )
            self.send(line, lines[0])
            before = cpu(self.httpd)
            for fields in lines[1:]:
                self.send(line, fields)
            spent = cpu(self.httpd) - before
        self.figures.append(spent / (count - 1) / 1000)

    def send(self, line, fields):
        line.send("GET", self.path, [("Host", "api.example.com"), *fields])
        response = line.receive("GET")
        assert response.status == 200, response.headers


def bearer(token):
    return [("Authorization", f"Bearer {token}")]


def ways(shm, redis, tls, files, authority):
    token = tokens.token(KEY)
    proofs = {
        "ES256": Prover(KEY, tokens.ec_key("bench")),
        "RS256": Prover(KEY, tokens.rsa_key("bench"), "RS256"),
    }
    made = [
        Way("Require all granted", shm, "/open", list),
        Way("Bearer, one token", shm, "/api", lambda: bearer(token)),
    ]
    for alg, prover in proofs.items():
        bound = prover.token()
        for store, httpd in (("shm", shm), ("Redis", redis)):
            made.append(Way(
                f"DPoP {alg}, one token, each proof new, {store}", httpd,
                "/api",
                lambda p=prover, t=bound: p.fields("GET", BASE + "/api", t),
            ))
    context = context_of(authority, files)
    bound = bound_to(files)
    made += [
        Way("over TLS: Require all granted", tls, "/open", list, context),
        Way("over TLS: Bearer, one token", tls, "/api", lambda: bearer(token),
            context),
        Way("over TLS: bound to the certificate", tls, "/api",
            lambda: bearer(bound), context),
    ]
    return made


def main(rounds=7, requests=400):
    with tempfile.TemporaryDirectory(prefix="mod-auth0-") as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        authority = certs.Authority(directory)
        files = authority.issue("bench", ("bench.example",))
        verify = "SSLVerifyClient optional_no_ca\n"
        with Redis() as store, Httpd(CONFIG, FILES) as shm, Httpd(
            f"Auth0SharedStore {store.url}\n{CONFIG}", FILES
        ) as redis, Httpd(verify + CONFIG, FILES, tls=authority) as tls:
            made = ways(shm, redis, tls, files, authority)
            for way in made:
                way.run(50)
                way.figures.clear()
            for _ in range(rounds):
                for way in made:
                    way.run(requests)
    base = {
        False: statistics.median(made[0].figures),
        True: statistics.median(made[-3].figures),
    }
    for way in made:
        figure = statistics.median(way.figures)
        above = figure - base["TLS" in way.name]
        print(f"{way.name:50} {figure:7.1f} us {above:+8.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
