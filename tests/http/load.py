# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Load in quantity: GET requests over kept connections, from processes of their
own, and what became of each.

Requests are made beforehand and answers looked at only as far as to tell them
apart, so that one core is good for some 10,000 requests a second. They bear no
X-Test-Id: what the access log says of them can be counted, but not found.
"""
import array
import base64
import collections
import dataclasses
import gc
import multiprocessing
import os
import select
import socket
import time

from logs import watch

#: A request that is not answered for so many seconds has failed.
PATIENCE = 10
#: How requests fail. In place of a status stands -1, -2 and so on.
KINDS = ("refused", "reset", "closed", "broken off", "timeout")
#: For Load.use: take none.
PAUSE = -1


def request(path, token=None, *more):
    """The bytes of a request; more are header lines."""
    lines = [f"GET {path} HTTP/1.1", "Host: api.example.com", *more]
    if token is not None:
        watch.note_sent(token)
        lines.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Same:
    """One of several requests, over and over; Load.use chooses."""

    def __init__(self, *requests):
        self.requests = requests

    def take(self, index, count):
        return self.requests[index] * count


class EverNew:
    """
    Requests with tokens whose kid has never been seen before.

    make(kid) makes such a token; all of it but the number at the end of the
    kid is used again and again.
    """

    DIGITS = 9

    def __init__(self, path, make):
        self.number = 0
        self.head, self.tail = self._cut(path, make)

    def _cut(self, path, make):
        """Around the number, where a group of base64url begins with it."""
        for pad in ("", "-", "--"):
            tokens = [make(pad + digit * self.DIGITS) for digit in "01"]
            head, found, tail = tokens[0].partition(self._group(0).decode())
            ones = self._group(int("1" * self.DIGITS)).decode()
            if found and head + ones + tail == tokens[1]:
                head, _, tail = request(path, tokens[0]).partition(
                    self._group(0)
                )
                return head, tail
        raise AssertionError("the kid is not to be found in the token")

    def _group(self, number):
        return base64.urlsafe_b64encode(b"%0*d" % (self.DIGITS, number))

    def take(self, _, count):
        self.number += count
        numbers = range(self.number - count, self.number)
        return b"".join(
            [self.head + self._group(n) + self.tail for n in numbers]
        )


class Either:
    """The one or the other source; Load.use chooses."""

    def __init__(self, *sources):
        self.sources = sources

    def take(self, index, count):
        return self.sources[index].take(0, count)


@dataclasses.dataclass
class Plan:
    """What a process does."""

    port: int
    source: object
    connections: int = 4
    #: Requests a second; 0 for as many as can be.
    rate: float = 0
    #: So many requests are sent before their answers are read.
    batch: int = 1
    #: The processors that it runs on; None for any.
    cpus: set = None


def split(data):
    """
    The first answer in data: its status, whether the connection ends with it,
    and what comes after it. None while it is not complete.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[:end].lower()
    at = head.index(b"\r\ncontent-length:") + 17
    last = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
    if len(data) < last:
        return None
    return int(head[9:12]), b"\r\nconnection: close" in head, data[last:]


class Channel:
    """One connection at a time, and the requests under way on it."""

    def __init__(self):
        self.socket = None
        self.is_fresh = True  # no answer has come over this connection yet
        self.pending = 0
        self.sent = b""
        self.data = b""
        self.begun = 0
        self.index = 0
        self.is_resent = False

    def begin(self, data, count, index, begun):
        self.pending = count
        self.sent = data
        self.data = b""
        self.begun = begun
        self.index = index
        self.is_resent = False

    def may_resend(self):
        """
        RFC 9112 section 9.3.1: when a kept connection is closed while a GET
        is on its way it may be sent again; here, once, on a new one.
        """
        nothing_came = not self.data and self.sent
        return nothing_came and not self.is_fresh and not self.is_resent


class Worker:
    """The loop of one process."""

    def __init__(self, plan, shared):
        self.plan = plan
        self.shared = shared
        self.poll = select.epoll()
        self.by_fd = {}
        self.channels = [Channel() for _ in range(plan.connections)]
        self.idle = collections.deque(self.channels)
        self.samples = Samples()
        self.gap = plan.batch / plan.rate if plan.rate else 0
        self.due = time.monotonic()
        self.is_behind = False
        self.look_at = 0

    def run(self):
        while not self.shared.over.value:
            self._send_due()
            self._receive_some()
            self._tell()
        deadline = time.monotonic() + PATIENCE + 1
        while len(self.idle) < len(self.channels):
            assert time.monotonic() < deadline, "requests without an end"
            self._receive_some()
        return self.samples

    def _tell(self):
        """For Load.count and Load.settle."""
        now = self.shared.index.value
        busy = [c.index for c in self.channels if c.pending]
        self.shared.oldest.value = min(busy, default=now)
        self.shared.count.value = len(self.samples.status)

    def _send_due(self):
        """All that is due, as far as there are connections for it."""
        now = time.monotonic()
        if self.shared.index.value == PAUSE:
            self.due = now
            return
        while self.idle and (not self.gap or self.due <= now):
            # What had to wait for a connection began when it was due.
            begun = self.due if self.is_behind else now
            self.due += self.gap
            self._send(self.idle.popleft(), begun)
        self.is_behind = bool(self.gap) and self.due <= now

    def _send(self, channel, begun):
        index = max(self.shared.index.value, 0)
        data = self.plan.source.take(index, self.plan.batch)
        channel.begin(data, self.plan.batch, index, begun)
        self._transmit(channel)

    def _transmit(self, channel):
        try:
            if not channel.socket:
                self._connect(channel)
            channel.socket.sendall(channel.sent)
        except ConnectionRefusedError:
            self._fail(channel, "refused")
        except TimeoutError:
            self._fail(channel, "timeout")
        except OSError:
            self._lose(channel, "reset")

    def _connect(self, channel):
        address = ("127.0.0.1", self.plan.port)
        channel.socket = socket.create_connection(address, PATIENCE)
        channel.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        channel.is_fresh = True
        self.by_fd[channel.socket.fileno()] = channel
        self.poll.register(channel.socket, select.EPOLLIN)

    def _close(self, channel):
        if channel.socket:
            self.poll.unregister(channel.socket)
            del self.by_fd[channel.socket.fileno()]
            channel.socket.close()
            channel.socket = None

    def _lose(self, channel, kind):
        """The connection has died."""
        self._close(channel)
        if not channel.pending:
            return
        if channel.may_resend():
            channel.is_resent = True
            self.samples.resent += 1
            self._transmit(channel)
        else:
            self._fail(channel, "broken off" if channel.data else kind)

    def _fail(self, channel, kind):
        self._close(channel)
        status = -1 - KINDS.index(kind)
        now = time.monotonic()
        for _ in range(channel.pending):
            self.samples.add(channel, now, status)
        channel.pending = 0
        self.idle.append(channel)

    def _leisure(self):
        """Seconds until there is something to do beside answers."""
        if self.shared.index.value == PAUSE:
            return 0.005
        if self.gap and self.idle:
            return max(self.due - time.monotonic(), 0)
        return 0.1

    def _receive_some(self):
        for fd, _ in self.poll.poll(self._leisure()):
            if fd in self.by_fd:
                self._receive(self.by_fd[fd])
        self._look_for_late_ones()

    def _look_for_late_ones(self):
        now = time.monotonic()
        if now < self.look_at:
            return
        self.look_at = now + PATIENCE / 10
        for channel in self.channels:
            if channel.pending and channel.begun < now - PATIENCE:
                self._fail(channel, "timeout")

    def _receive(self, channel):
        try:
            data = channel.socket.recv(1 << 18)
        except OSError:
            self._lose(channel, "reset")
            return
        if not data:
            self._lose(channel, "closed")
            return
        channel.data += data
        self._take_answers(channel)

    def _take_answers(self, channel):
        now = time.monotonic()
        ends = False
        while channel.pending and (answer := split(channel.data)):
            status, ends, channel.data = answer
            self.samples.add(channel, now, status)
            channel.pending -= 1
            channel.is_fresh = False
            # An answer came: what is behind it in a batch is not sent again.
            channel.sent = b""
        if not channel.pending:
            self.idle.append(channel)
        if ends:
            self._lose(channel, "closed")


class Samples:
    """
    What became of each request: when it began, how long it took, its status
    or how it failed, and which one it was, by Load.use.
    """

    def __init__(self):
        self.begun = array.array("d")
        self.lasted = array.array("d")
        self.status = array.array("h")
        self.index = array.array("h")
        self.resent = 0

    def columns(self):
        return self.begun, self.lasted, self.status, self.index

    def rows(self):
        return zip(*self.columns())

    def add(self, channel, now, status):
        self.begun.append(channel.begun)
        self.lasted.append(now - channel.begun)
        self.status.append(status)
        self.index.append(channel.index)

    def extend(self, other):
        for mine, others in zip(self.columns(), other.columns()):
            mine.extend(others)
        self.resent += other.resent

    def where(self, fits):
        """Those of which a function of a row's four values is true."""
        part = Samples()
        for row in filter(lambda row: fits(*row), self.rows()):
            for column, value in zip(part.columns(), row):
                column.append(value)
        return part

    def between(self, begin, end):
        """Those that began then."""
        return self.where(lambda begun, *_: begin <= begun < end)

    def __len__(self):
        return len(self.status)

    def statuses(self):
        """How many answers there were of each status."""
        return dict(collections.Counter(s for s in self.status if s > 0))

    def failed(self):
        """How many requests had no answer, by kind."""
        failed = (KINDS[-1 - s] for s in self.status if s < 0)
        return dict(collections.Counter(failed))

    def quantile(self, share):
        """The latency that this share of all requests does not exceed."""
        return sorted(self.lasted)[int(share * (len(self) - 1))]

    def __str__(self):
        return (
            f"{len(self)} requests, answers {self.statuses()}, "
            f"failed {self.failed()}, sent again {self.resent}, "
            f"median {self.quantile(0.5) * 1e3:.2f} ms, "
            f"p99 {self.quantile(0.99) * 1e3:.2f} ms"
        )


class Shared:
    """What the test and one process tell each other."""

    def __init__(self, context):
        self.index = context.RawValue("i", PAUSE)
        self.oldest = context.RawValue("i", PAUSE)
        self.count = context.RawValue("q", 0)
        self.over = context.RawValue("b", 0)


def work(plan, shared, results):
    """A process: the results of its plan, once it has been told to end."""
    if plan.cpus:
        os.sched_setaffinity(0, plan.cpus)
    gc.disable()
    results.send("ready")
    results.send(Worker(plan, shared).run())


class Load:
    """
    Plans that are carried out side by side, each in a process of its own, in
    a with statement. They pause until Load.use says which request to take.
    """

    def __init__(self, *plans):
        # Not forked: the issuers' threads must not be.
        context = multiprocessing.get_context("spawn")
        self.shared = [Shared(context) for _ in plans]
        self.processes = []
        self.results = []
        for plan, shared in zip(plans, self.shared):
            here, there = context.Pipe()
            self.results.append(here)
            self.processes.append(
                context.Process(
                    target=work, args=(plan, shared, there), daemon=True
                )
            )

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.join()

    def start(self):
        for process in self.processes:
            process.start()
        for result in self.results:
            assert result.recv() == "ready"

    def use(self, index):
        """Take this one of the requests, or PAUSE, from now on."""
        for shared in self.shared:
            shared.index.value = index

    def settle(self, timeout=PATIENCE):
        """Until no request that was made before Load.use is under way."""
        deadline = time.monotonic() + timeout
        while any(s.oldest.value < s.index.value for s in self.shared):
            assert time.monotonic() < deadline, "former requests under way"
            time.sleep(0.005)

    def count(self):
        """So many requests have ended."""
        return sum(shared.count.value for shared in self.shared)

    def stop(self):
        """End, and tell what became of all requests, plan by plan."""
        for shared in self.shared:
            shared.over.value = 1
        samples = [result.recv() for result in self.results]
        for process in self.processes:
            process.join()
        return samples


def together(samples):
    """The samples of several plans as one."""
    whole = Samples()
    for part in samples:
        whole.extend(part)
    return whole
