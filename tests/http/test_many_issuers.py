# Licensed under the Apache License, Version 2.0; see LICENSE.
"""One server that a thousand tenants share. Prints its figures."""
import bisect
import json
import time

import client
import tokens
from conf import PAGE
from crowd import KEY, protected, server_level, wait_for, wait_until
from env import Httpd
from issuer import DISCOVERY, JWKS, Answer, Issuer
from logs import watch
from processes import fetcher
from survival import QUIET, rollup

TENANTS = 1000
#: First fetches: so many are due at once, then so many in each second; they
#: come in clumps when the machine is busy.
AT_ONCE, PER_SECOND, CLUMP = 16, 20, 12
#: Seconds until all keys are in force, and those that a request waits for.
UNTIL_ALL, UNTIL_ASKED = 60, 2
#: KiB of memory for each tenant: in the parent, shared, and in a child.
PARENT_MOST, SHARED_MOST, CHILD_MOST = 64, 16, 64


def name(number):
    return f"t{number:04}"


class Tenants(Issuer):
    """https://localhost:PORT/t0001/ and so on: an issuer each."""

    def __init__(self, authority):
        super().__init__(authority)
        keys = self.answers[JWKS] = Answer(tokens.jwks(KEY).encode())
        for number in range(1, TENANTS + 1):
            url = self.url_of(number)
            said = {"issuer": url, "jwks_uri": url + JWKS[1:]}
            path = f"/{name(number)}"
            self.answers[path + DISCOVERY] = Answer(json.dumps(said).encode())
            self.answers[path + JWKS] = keys

    def url_of(self, number):
        return f"{self.url}{name(number)}/"

    def token_of(self, number):
        return self.token(KEY, iss=self.url_of(number))

    def config(self):
        lines = [server_level(self.authority), *QUIET]
        for number in range(1, TENANTS + 1):
            line = f"Auth0Issuer {self.url_of(number)}"
            lines.append(protected(f"/{name(number)}", line))
        return "\n".join(lines)

    def moments(self):
        """When keys were asked for, in order."""
        return [a.when for a in list(self.arrivals) if a.path.endswith(JWKS)]


def most_in_a_second(moments):
    return max(
        bisect.bisect_left(moments, begin + 1) - place
        for place, begin in enumerate(moments)
    )


def ask_all(httpd, tenants):
    """The answers to a request for each tenant."""
    statuses = []
    with client.Connection(httpd.port) as connection:
        for number in range(1, TENANTS + 1):
            token = tenants.token_of(number)
            watch.note_sent(token)
            fields = [
                ("Host", "api.example.com"),
                ("Authorization", f"Bearer {token}"),
            ]
            connection.send("GET", f"/{name(number)}", fields)
            statuses.append(connection.receive("GET").status)
    return statuses


def memory(httpd, fetching):
    """What the processes have, by name."""
    roles = {httpd.process.pid: "parent", fetching: "fetching child"}
    return {
        roles.get(pid, "other child"): rollup(pid)
        for pid in (httpd.process.pid, *httpd.children())
    }


def report_memory(found):
    for role, kinds in found.items():
        print(
            f"{role}: Rss {kinds['Rss']} KiB, Pss {kinds['Pss']}, anonymous "
            f"{kinds['Anonymous']}, of it private {kinds['Private_Dirty']}"
        )
    shared = sum(kinds["Pss_Shmem"] for kinds in found.values())
    print(f"shared memory in use, over all processes: {shared} KiB")
    return shared


def report_fetches(moments, begin, asked):
    peak = most_in_a_second(moments)
    print(
        f"\n{TENANTS} issuers: the last one in force after {asked:.2f} s, "
        f"all asked after {moments[-1] - begin:.1f} s, most in a second {peak}"
    )
    return peak


def test_a_thousand_issuers(authority):
    """
    Their first fetches are spread, and those that a request waits for come
    first; what each of them takes in memory is bounded.
    """
    tenants = Tenants(authority)
    with tenants, Httpd(tenants.config(), PAGE) as httpd:
        begin = time.monotonic()
        last = tenants.token_of(TENANTS)
        wait_for(httpd, f"/{name(TENANTS)}", last, "ok")
        asked = time.monotonic() - begin
        with tenants.hold():
            fetching = fetcher(httpd, tenants)
        wait_until(lambda: len(tenants.moments()) == TENANTS, "all", 120)
        moments = sorted(tenants.moments())
        # Answered, parsed and pinned.
        time.sleep(0.5)
        statuses = ask_all(httpd, tenants)
        found = memory(httpd, fetching)
    peak = report_fetches(moments, begin, asked)
    shared = report_memory(found)
    assert statuses == [200] * TENANTS
    assert asked < UNTIL_ASKED
    assert moments[-1] - begin < UNTIL_ALL
    assert peak <= AT_ONCE + PER_SECOND + CLUMP
    assert shared < SHARED_MOST * TENANTS
    assert found["parent"]["Anonymous"] < PARENT_MOST * TENANTS
    for role in ("fetching child", "other child"):
        own = found[role]["Anonymous"] - found["parent"]["Anonymous"]
        assert own < CHILD_MOST * TENANTS
