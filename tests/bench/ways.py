# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
How requests are measured.

A case is one product in one situation. Cases that are measured together take
turns: each round asks all of them, so that what the machine does meanwhile
falls on all alike. Printed are medians over the rounds, of the figures and of
their differences to "Require all granted" in the same round.
"""
import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys
import time

from servers import HERE, LABELS, PEERS, Server, env, tokens

NOTHING = "-"

#: Connections by which a server is sent what fills its cache.
FILLING_AT_ONCE = 8


@dataclasses.dataclass
class Settings:
    """How much is measured, and on which cores."""

    rounds: int
    requests: int
    counted: int
    connections: int
    server_core: int
    client_core: int
    quick: bool
    counting: bool = True
    growth_rounds: int = 7
    memory_tokens: int = 1000000
    filling: int = 20000


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def flags_of(*command):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout.split()


def build_floor(work):
    """The trial module, by the compiler and the headers of the others."""
    apr = env.apxs("APR_CONFIG")
    subprocess.run(
        ["gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC",
         *flags_of(apr, "--cppflags", "--includes"),
         "-isystem", env.apxs("INCLUDEDIR"),
         "-o", work.floor, HERE / "floor.c",
         *flags_of("pkg-config", "--cflags", "--libs",
                   "cjose", "jansson", "libcrypto")],
        check=True,
    )


def build(work):
    """The two programs in C."""
    for name in ("load", "tokens"):
        subprocess.run(
            ["gcc", "-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra",
             "-o", work.folder / name, HERE / f"{name}.c", "-lcrypto"],
            check=True,
        )


class Corpus:
    """Tokens, made before they are sent, in files of one in each line."""

    SIZE = 814
    CLAIMS = {
        "sub": tokens.SUBJECT,
        "aud": tokens.AUDIENCE,
        "azp": "Zx8fVn3kQ1b7TtYw0sLrHc5mJdGpEaUo",
        "scope": "read:orders",
        "permissions": ["read:orders"],
    }

    def __init__(self, work):
        self.work = work
        self.made = {}

    def _texts(self, alg, size, **changes):
        """Header and payload of a token of about this size, as JSON."""
        key = self.work.keys.key(alg)
        now = int(time.time())
        claims = tokens.merged({
            "iss": tokens.ISSUER, **self.CLAIMS,
            "iat": now - 60, "exp": now + 86400, "jti": "#" * 10,
        }, changes)
        head = {"alg": alg, "typ": "JWT", "kid": key.kid}
        texts = json.dumps(head), json.dumps(claims)
        signature = 86 if alg.startswith("ES") else 342
        rest = size - signature - 2 - -(-len(texts[0]) * 4 // 3)
        room = rest * 3 // 4 - len(texts[1]) - len(', "note": ""')
        if room > 0:
            texts = texts[0], json.dumps({**claims, "note": "n" * room})
        return texts

    def many(self, count, alg="RS256", size=SIZE, first=1, **changes):
        """A file of so many tokens, each with a jti of its own."""
        name = (count, alg, size, first, repr(changes))
        if name not in self.made:
            path = self.work.folder / f"tokens-{len(self.made)}"
            with path.open("wb") as out:
                subprocess.run(
                    [self.work.folder / "tokens", "mint",
                     self.work.keys.private_file(alg), alg,
                     *self._texts(alg, size, **changes),
                     str(first), str(count)],
                    stdout=out, check=True,
                )
            self.made[name] = path
        return self.made[name]

    def filling(self, count, alg="RS256"):
        """Tokens that no other file has."""
        return self.many(count, alg, first=10 ** 9)

    def one(self, alg="RS256", size=SIZE, **changes):
        return self.many(1, alg, size, **changes)

    def text(self, token):
        """A file with this one token."""
        if token not in self.made:
            path = self.work.folder / f"tokens-{len(self.made)}"
            path.write_text(token + "\n")
            self.made[token] = path
        return self.made[token]

    def first(self, path):
        with path.open() as lines:
            return lines.readline().strip()


@dataclasses.dataclass
class Case:
    """
    A product in a situation: the configuration that its server has beside the
    common base, where the request goes, and the file with its tokens. What it
    costs is compared with the case that it stands beside, where one is named,
    else with "Require all granted" in the same situation. The client pauses for
    so many microseconds after each answer. Before its processor time is measured,
    the server is sent the tokens of filling, each once: whoever keeps tokens has
    no room left by then, as after an hour of new tokens.
    """

    situation: str
    product: str
    config: str
    tokens: object = NOTHING
    path: str = "/api/page.html"
    refused: bool = False
    is_new: bool = False
    filling: object = None
    connections: int = 0
    pause: int = 0
    failed: bool = False
    figures: list = dataclasses.field(default_factory=list)
    p99: list = dataclasses.field(default_factory=list)
    rates: list = dataclasses.field(default_factory=list)
    instructions: float = None
    taken: int = 0
    server: object = None
    beside: object = None

    @property
    def label(self):
        return f"{self.situation}, {LABELS[self.product]}"


class Unfit(Exception):
    """A case that does not answer as it should has no figures."""


class Load:
    """The client, which has opened its connections."""

    def __init__(self, bench, case, count, rate=0, skip=0):
        settings = bench.settings
        connections = case.connections or settings.connections
        command = [
            "taskset", "-c", str(settings.client_core),
            bench.work.folder / "load", case.server.port, case.path,
            case.tokens, skip, count, connections, rate, case.pause,
        ]
        self.process = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.case = case
        assert self.process.stdout.readline() == "ready\n", case.label

    def run(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        outcome = json.loads(self.process.stdout.readline())
        self._judge(outcome)
        return outcome

    def _judge(self, outcome):
        """Nobody is let in who should not be, and nobody left out."""
        statuses = outcome["statuses"]
        case = self.case
        wanted = case.refused and case.product != "open"
        good = {"400", "401"} if wanted else {"200"}
        if set(statuses) - good or outcome["lost"]:
            raise Unfit(f"{case.label}: answered {outcome}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Bench:
    """A run: its folder, its tokens, how much is measured."""

    def __init__(self, work, settings):
        self.work = work
        self.settings = settings
        self.corpus = Corpus(work)

    def _skip(self, case, count):
        """Lines that are over: no token that is to be new is sent twice."""
        if not case.is_new:
            return 0
        case.taken += count
        return case.taken - count

    def ask(self, case, count, rate=0):
        """One round of a case: microseconds for a request."""
        skip = self._skip(case, count)
        with Load(self, case, count, rate, skip) as load:
            child, before = case.server.child, case.server.cpu()
            outcome = load.run()
            if case.server.child != child:
                raise Unfit(f"{case.label}: another process answers")
            spent = case.server.cpu() - before
        case.p99.append(outcome["p99"])
        case.rates.append(count / outcome["seconds"])
        case.figures.append(spent / count)
        return spent / count

    def fill(self, case):
        filled = dataclasses.replace(
            case, tokens=case.filling, pause=0, connections=FILLING_AT_ONCE
        )
        with Load(self, filled, self.settings.filling) as load:
            load.run()

    def start(self, cases, core="pinned"):
        """The servers of cases; those of the same configuration share one."""
        core = self.settings.server_core if core == "pinned" else core
        servers = {}
        for case in cases:
            name = (case.product, case.config)
            if name not in servers:
                servers[name] = Server(
                    self.work, case.product, case.config, core
                )
                servers[name].start()
            case.server = servers[name]
        return list(servers.values())

    def stop(self, servers):
        for server in servers:
            server.stop()

    def cpu(self, cases, rounds=None, requests=None, core="pinned"):
        rounds = rounds or self.settings.rounds
        requests = requests or self.settings.requests
        servers = self.start(cases, core)
        try:
            for case in cases:
                if case.filling:
                    self.try_to(self.fill, case)
                self.try_to(self.ask, case, min(requests, 200))
                for kept in (case.figures, case.p99, case.rates):
                    kept.clear()
            for _ in range(rounds):
                for case in cases:
                    self.try_to(self.ask, case, requests)
        finally:
            self.stop(servers)

    def try_to(self, ask, case, *how):
        """A product that fails is left out from there on; ours must not."""
        if case.failed:
            return
        try:
            ask(case, *how)
        except Unfit as why:
            if case.product not in PEERS:
                raise
            case.failed = True
            say(f"left out: {why}")

    def count(self, cases):
        """Instructions, by callgrind, one server after the other."""
        if not self.settings.counting:
            return
        if self.settings.quick:
            cases = [c for c in cases if c.situation == cases[0].situation]
        groups = {}
        for case in cases:
            name = (case.product, case.config)
            groups.setdefault(name, []).append(case)
        for (product, config), group in groups.items():
            server = Server(self.work, product, config)
            server.start(counting=True)
            try:
                for case in group:
                    case.server, case.taken = server, 0
                    self.try_to(self._count, case)
            finally:
                server.stop()

    def _count(self, case):
        """
        Between two points of a warm server, twice as many requests and once
        as many: what does not depend on their number falls out.
        """
        count = self.settings.counted
        totals = []
        for requests in (count // 2, count, 2 * count):
            skip = self._skip(case, requests)
            with Load(self, case, requests, 0, skip) as load:
                case.server.instructions()
                load.run()
                totals.append(case.server.instructions())
        case.instructions = (totals[2] - totals[1]) / count

    def measure(self, cases, **how):
        self.cpu(cases, **how)
        self.count(cases)
        return cells(cases)

    def tokens_needed(self, rounds=None, requests=None):
        """For a case of which each token is new."""
        rounds = rounds or self.settings.rounds
        requests = requests or self.settings.requests
        return max(rounds * requests + 200, self.settings.counted * 4)


def cells(cases):
    """What is printed: {situation: {product: figures}}."""
    table = {}
    for case in cases:
        base = case.beside or next(
            (c for c in cases
             if c.situation == case.situation and c.product == "open"), None
        )
        table.setdefault(case.situation, {})[case.product] = cell(case, base)
    return table


def cell(case, base):
    if case.failed or not case.figures:
        return {}
    figures = {
        "cpu": statistics.median(case.figures),
        "p99": statistics.median(case.p99),
        "rate": statistics.median(case.rates),
        "rounds": len(case.figures),
    }
    if base:
        pairs = zip(case.figures, base.figures)
        figures["above"] = statistics.median(a - b for a, b in pairs)
    if case.instructions:
        figures["instructions"] = case.instructions
        if base:
            figures["instructions_above"] = (
                case.instructions - base.instructions
            )
    return figures


def floor(bench, alg):
    """OpenSSL alone: microseconds and instructions of one verification."""
    corpus = bench.corpus.many(256, alg)
    command = [
        str(bench.work.folder / "tokens"), "verify",
        str(bench.work.keys.public_file(alg)), alg,
    ]
    pinned = ["taskset", "-c", str(bench.settings.server_core)]

    def run(prefix, count):
        with corpus.open() as lines:
            done = subprocess.run(
                [*prefix, *command, str(count)], stdin=lines,
                stdout=subprocess.PIPE, text=True, check=True,
            )
        return float(done.stdout)

    rounds = range(bench.settings.rounds)
    figures = {"cpu": statistics.median(run(pinned, 1000) for _ in rounds)}
    if bench.settings.counting:
        totals = []
        for count in (256, 512):
            out = bench.work.folder / "floor.cg"
            run(["valgrind", "--tool=callgrind", "-q",
                 f"--callgrind-out-file={out}"], count)
            totals.append(totals_of(out))
        figures["instructions"] = (totals[1] - totals[0]) / 256
    return figures


def totals_of(path):
    for line in reversed(pathlib.Path(path).read_text().splitlines()):
        if line.startswith(("totals:", "summary:")):
            return int(line.split()[1])
    raise AssertionError(f"no totals in {path}")
