# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The rules that the logs of every httpd have to keep in every test."""
import collections
import re
import threading
import time

LEVEL = re.compile(r"^\[[^]]*\] \[\w*:(\w+)\] ")
LOUD = {"emerg", "alert", "crit", "error", "warn"}
#: A run of this many characters of a token is a leak.
LEAK = 17
TOKEN_BYTES = re.compile(rb"[A-Za-z0-9_-]{%d,}" % LEAK)

Record = collections.namedtuple(
    "Record", "id method path status reason token user"
)


def windows(data):
    """Every stretch of data that would give a token away."""
    for run in TOKEN_BYTES.findall(data):
        for start in range(len(run) - LEAK + 1):
            yield run[start : start + LEAK]


#: mod_ssl on an OpenSSL that is older than the one it was built with.
NOT_OURS = "AH01882: "


def is_loud(line):
    """At warn or above, or not a line of httpd's at all."""
    level = LEVEL.match(line)
    loud = "exit signal" in line or not level or level[1] in LOUD
    return loud and NOT_OURS not in line


class LogFile:
    """A log, read on from where the last reading ended."""

    def __init__(self, path):
        self.path = path
        self.offset = 0

    def new(self):
        """The complete lines that have been added."""
        if not self.path.exists():
            return b""
        with self.path.open("rb") as log:
            log.seek(self.offset)
            data = log.read()
        data = data[: data.rfind(b"\n") + 1]
        self.offset += len(data)
        return data


class AccessLog:
    """The verdict on each request, found by the id that the client gave."""

    def __init__(self, path):
        self.log = LogFile(path)
        self.records = {}
        self.lock = threading.Lock()

    def record(self, request_id, timeout=5):
        """httpd writes the line only after the answer: wait for it."""
        deadline = time.monotonic() + timeout
        while request_id not in self.records:
            assert time.monotonic() < deadline, "no line in the access log"
            self._read()
        return self.records[request_id]

    def _read(self):
        with self.lock:
            lines = self.log.new().decode().splitlines()
            for line in lines:
                record = Record(*line.split(" ", 6))
                self.records[record.id] = record
        if not lines:
            time.sleep(0.001)


class Watch:
    """Reads all logs for one test: what was not announced fails it."""

    def __init__(self):
        self.logs = []
        self.problems = []
        self.sent = set()
        self.announced = {}

    def add(self, server, path):
        self.logs.append((server, path, LogFile(path)))

    def remove(self, server):
        """Read a stopped server's logs for the last time."""
        self.scan()
        self.logs = [entry for entry in self.logs if entry[0] is not server]

    def announce(self, pattern):
        """A loud line that matches is expected, and has to come."""
        self.announced.setdefault(pattern, 0)

    def allow(self, pattern):
        """A loud line that matches depends on who is first, and may come."""
        self.announced[pattern] = 1

    def note_sent(self, value):
        """Remember credentials, so that no log may repeat them."""
        self.sent.add(value.encode() if isinstance(value, str) else value)

    def leaked(self, data):
        """What data repeats of the credentials that were sent."""
        seen = set(windows(data))
        if not seen:
            return None
        for value in tuple(self.sent):
            for window in windows(value):
                if window in seen:
                    return window.decode()
        return None

    def scan(self):
        for _, path, log in self.logs:
            data = log.new()
            leak = self.leaked(data)
            if leak:
                self.problems.append(f"token bytes in {path}: {leak}...")
            if "error" in path.name:
                self._scan_errors(data.decode(errors="replace"))

    def _scan_errors(self, text):
        for line in filter(is_loud, text.splitlines()):
            if not self._is_announced(line):
                self.problems.append(f"not announced: {line}")

    def _is_announced(self, line):
        for pattern in self.announced:
            if re.search(pattern, line):
                self.announced[pattern] += 1
                return True
        return False

    def finish(self):
        """End a test: complain, and forget all about it."""
        self.scan()
        missing = [p for p, count in self.announced.items() if not count]
        problems = self.problems + [f"never came: {p}" for p in missing]
        self.problems, self.sent, self.announced = [], set(), {}
        assert not problems, "\n".join(problems)


#: Servers, clients and the fixture that runs around every test share it.
watch = Watch()
