# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What the tests of survival share: settings, and looks at processes."""
import contextlib
import os
import re

from crowd import one_issuer
from issuer import Issuer
from processes import PROC, holders

#: How long floods and killings last: SURVIVAL_SECONDS=60 for figures to quote.
SECONDS = float(os.environ.get("SURVIVAL_SECONDS", 12))

#: At auth0:trace8 a request is many lines, and the log would be the load.
QUIET = ("LogLevel auth0:notice", "MaxKeepAliveRequests 0")

#: The names that shared memory without a file has in /proc/PID/maps.
SHARED = re.compile(r"/dev/zero|/SYSV|/dev/shm|memfd:")


def quiet_issuer(authority, issuer, *lines, refresh=300):
    """One issuer for /orders, on a server that is made for load."""
    line = f"Auth0Issuer {issuer.url}"
    return one_issuer(authority, line, refresh, *QUIET, *lines)


@contextlib.contextmanager
def aside(cpus):
    """
    What is started in here stays on these processors and, where that is
    allowed, goes before all other work of this machine.
    """
    before = os.sched_getaffinity(0), os.sched_getscheduler(0)
    os.sched_setaffinity(0, cpus)
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, before[1], os.sched_param(0))
        os.sched_setaffinity(0, before[0])


def rollup(pid):
    """All that is mapped by a process, in KiB, by the kernel's names."""
    text = (PROC / str(pid) / "smaps_rollup").read_text()
    return {k: int(v) for k, v in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}


def shared_segments(pid):
    """The mappings of a process that are shared memory without a file."""
    lines = (PROC / str(pid) / "maps").read_text().splitlines()
    return [line for line in lines if SHARED.search(line)]


def system_v_segments():
    return (PROC / "sysvipc" / "shm").read_text().splitlines()[1:]


class Observer(Issuer):
    """Notes which of httpd's children has asked it last, and who before."""

    httpd = None

    def __init__(self, *arguments, **more):
        self.fetchers = []
        super().__init__(*arguments, **more)

    def note(self, path, port):
        super().note(path, port)
        # Whoever asks waits for the answer, so its connection is there.
        for pid in holders(self.httpd, self.port) if self.httpd else ():
            if self.fetchers[-1:] != [pid]:
                self.fetchers.append(pid)
