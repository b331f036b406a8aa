# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The parts of the comparison. Each is a function of the run that returns what is
printed: a title, the figures by situation and product, and notes.
"""
import contextlib
import dataclasses
import socket
import statistics
import time

from servers import (
    AUTH_TYPE,
    REQUIRE,
    Server,
    key_lines,
    location,
    tokens,
)
from ways import Case, build_floor, cells, floor, say

OURS = ("auth0", "uncached")
ALGORITHMS = ("RS256", "PS256", "ES256")


def products(bench, *only):
    """Those of this run, in their order."""
    return [p for p in bench.work.products() if not only or p in only]


def can(product, alg):
    """mod_auth_openidc takes an EC key from an https:// address only."""
    return product != "openidc" or not alg.startswith("ES")


def filling(bench, alg="RS256"):
    """More than this module's cache has room for, but in quick runs."""
    return bench.corpus.filling(bench.settings.filling, alg)


def part_tokens(bench):
    """The same token again, and each token new."""
    work, cases = bench.work, []
    # A server of its own: new tokens would push the one out of caches.
    own = "# one token\n"
    for product in products(bench):
        cases.append(Case(
            "RS256, the same token", product, own + location(work, product),
            bench.corpus.one(),
        ))
    for alg in ALGORITHMS:
        many = bench.corpus.many(bench.tokens_needed(), alg)
        cases += [
            Case(f"{alg}, each token new", product,
                 location(work, product, alg=alg), many, is_new=True,
                 filling=filling(bench, alg))
            for product in products(bench) if can(product, alg)
        ]
    table = bench.measure(cases)
    return {
        "title": "The same token again, and each token new",
        "table": table,
        "floor": {alg: floor(bench, alg) for alg in ALGORITHMS},
        "notes": [
            "mod_auth_openidc takes an EC key from an https:// address only, "
            "which this run does not have.",
        ],
    }


#: So many rounds more, of so many requests less: neighbours in time are alike.
FINER = 8


SAME, NEW = "the same token", "each token new"


def pairs(bench, product, *ways):
    """An open location and the protected one of the same server."""
    config = (
        location(bench.work, product)
        + "<Location /open>\nRequire all granted\n</Location>\n"
    )
    many = bench.corpus.many(bench.tokens_needed())
    one = bench.corpus.one()
    opened = Case("open location", product, config, one, "/open/page.html")
    opened.beside = opened
    protected = [
        Case(SAME, product, config, one, beside=opened),
        Case(NEW, product, config, many, is_new=True, beside=opened,
             filling=filling(bench)),
    ]
    return [
        opened,
        Case("open location, once more", product, config, one,
             "/open/page.html", beside=opened),
        *(case for case in protected if not ways or case.situation in ways),
    ]


def measure_pairs(bench, cases, counting=True):
    bench.work.page("open/page.html")
    settings = bench.settings
    bench.cpu(cases, rounds=settings.rounds * FINER,
              requests=settings.requests // FINER)
    if counting:
        bench.count(cases)
    return cells(cases)


def part_pairs(bench):
    """What a protected location costs above an open one of the same server."""
    cases = [case for product in products(bench)
             for case in pairs(bench, product)]
    return {
        "title": "A protected location beside an open one",
        "table": measure_pairs(bench, cases),
        "pairs": True,
        "notes": [
            "Servers differ in what lies where in memory, even of the same "
            "configuration: here both locations are those of one process. "
            "RS256. The second line shows how exact the others are.",
        ],
    }


#: Microseconds after which every worker has given its connection back.
PAUSE = 30


def paused(cases):
    """The same cases of one product, by a client that takes its time."""
    opened, *others = (dataclasses.replace(c, pause=PAUSE) for c in cases)
    opened.beside = opened
    return [opened, *(dataclasses.replace(c, beside=opened) for c in others)]


def part_pauses(bench):
    """The same as pairs, by a client that takes its time."""
    cases = [case for product in products(bench)
             for case in paused(pairs(bench, product))]
    return {
        "title": "The same, after a pause",
        "table": measure_pairs(bench, cases, counting=False),
        "pairs": True,
        "notes": [
            f"Each request comes {PAUSE} us after the answer to the last one. "
            "A worker of httpd goes on with a connection when the next request "
            "is there by the time it has answered, as in the tables before "
            "this one. Here it has given it back to the listener, and is woken "
            "for the next request: that takes the time of an answer, for all "
            "alike, and what comes then finds less of itself in the caches of "
            "the processor. Instructions are the same.",
        ],
    }


def refused_tokens(bench):
    good = bench.corpus.first(bench.corpus.one())
    head, payload, signature = good.split(".")
    middle = "A" if signature[200] != "A" else "B"
    stranger = tokens.RSAKey("no-such-key")
    bad = f"{signature[:200]}{middle}{signature[201:]}"
    return {
        "malformed": "bm90.anNvbg.c2ln",
        "unknown kid": tokens.token(stranger, scope="read:orders"),
        "bad signature": f"{head}.{payload}.{bad}",
        "expired": bench.corpus.first(
            bench.corpus.one(exp=int(time.time()) - 7200)
        ),
    }


def check_floors(bench):
    """One that lets all in would be a floor of nothing."""
    good = bench.corpus.first(bench.corpus.one())
    sent = {"good": good, "none": None, **refused_tokens(bench)}
    # It is signed, and a signature is all that they judge.
    del sent["expired"]
    for product in ("floor-verify", "floor-cjose"):
        case = Case("check", product, location(bench.work, product))
        servers = bench.start([case])
        try:
            seen = {name: case.server.status(case.path, token)
                    for name, token in sent.items()}
        finally:
            bench.stop(servers)
        if seen != {**dict.fromkeys(sent, 401), "good": 200}:
            raise SystemExit(f"{product} does not verify: it answers {seen}")


def floor_cases(bench):
    """Who is asked for what: a list for each server."""
    asked = {
        "auth0": (SAME, NEW),
        "openidc": (NEW,),
        "floor-nothing": (SAME,),
        "floor-hash": (SAME,),
        "floor-plain": (SAME,),
        "floor-fingerprint": (SAME,),
        "floor-verify": (NEW,),
        "floor-cjose": (NEW,),
    }
    return [pairs(bench, product, *ways) for product, ways in asked.items()]


def measure_floor(bench, title, groups, counting, *notes):
    build_floor(bench.work)
    check_floors(bench)
    cases = [case for group in groups for case in group]
    return {
        "title": title,
        "table": measure_pairs(bench, cases, counting),
        "pairs": True,
        "by_product": True,
        "notes": notes,
    }


def part_floor(bench):
    """About the least that a module of this kind takes, beside this one."""
    return measure_floor(
        bench, "The floor", floor_cases(bench), True,
        "The floors are a trial module (tests/bench/floor.c) that sets a "
        "user and grants by a provider, and does what is named beside "
        "that: SHA-256 of the token, by EVP and a context that is kept, or "
        "without EVP, as this module does; of the token and 32 bytes, for a "
        "cache whose key is one hash of token and policy (mod_auth0 compares "
        "the policy beside the hash); the hash and one RS256 by EVP; the "
        "hash, cjose and one parse of the payload. They judge nothing but the "
        "signature, and keep nothing. RS256; each above an open location of "
        "its own process, and how exact that is shows where that is asked "
        "once more.",
    )


def part_floor_pauses(bench):
    """The same by a client that takes its time."""
    return measure_floor(
        bench, "The floor, after a pause",
        [paused(group) for group in floor_cases(bench)], False,
        f"With pauses of {PAUSE} us, as above.",
    )


def part_refusals(bench):
    """Tokens that are refused, the same one again and again."""
    cases = [
        Case(name, product, location(bench.work, product),
             bench.corpus.text(token), refused=True, pause=PAUSE)
        for name, token in refused_tokens(bench).items()
        for product in products(bench)
    ]
    return {
        "title": "Refusals",
        "table": bench.measure(cases),
        "notes": [
            "Answered 401 (400); \"Require all granted\" is sent the same "
            "tokens and answers 200 with the file. What the peers write to "
            "the error log at LogLevel warn for each refusal is part of their "
            "figures; this module limits its lines. With pauses as above: a "
            "refusal has no file to close, and a worker that has sent it would "
            "never find the next request there already.",
        ],
    }


def growth(bench, cases, title, unit, *notes):
    """A curve: its situations are numbers."""
    requests = min(bench.settings.requests, 500)
    table = bench.measure(
        cases, rounds=bench.settings.growth_rounds, requests=requests
    )
    return {"title": title, "unit": unit, "table": table, "curve": True,
            "notes": notes}


def new_tokens(bench, **how):
    """As many as a point of a curve needs."""
    requests = min(bench.settings.requests, 500)
    count = bench.tokens_needed(bench.settings.growth_rounds, requests)
    return bench.corpus.many(count, **how)


def points(bench, *all_of_them):
    """Quick runs look at both ends."""
    if bench.settings.quick:
        return all_of_them[0], all_of_them[-1]
    return all_of_them


def many_locations(work, product, count):
    """So many protected locations, with all of their lines in each."""
    outer, inner = key_lines(work, product)
    blocks = [
        f"<Location /l{i}>\n{AUTH_TYPE[product]}\n{inner}{REQUIRE[product]}\n"
        "</Location>\n"
        for i in range(1, count + 1)
    ]
    return outer + "".join(blocks)


def part_locations(bench):
    """1 to 1,000 protected locations, the last of them asked for."""
    cases = []
    for count in points(bench, 1, 10, 100, 1000):
        bench.work.page(f"l{count}/page.html")
        cases += [
            Case(str(count), product,
                 many_locations(bench.work, product, count),
                 bench.corpus.one(), f"/l{count}/page.html")
            for product in products(bench)
        ]
    return growth(
        bench, cases, "Protected locations", "locations",
        "httpd itself walks over all <Location> sections for each request: "
        "what a module adds is the difference to as many locations with "
        "\"Require all granted\" in the same line.",
    )


def elsewhere(work, product, count):
    """A location that is not asked for, with so many requirements."""
    _, inner = key_lines(work, product)
    line = {
        "open": "Require user u{}",
        "openidc": "Require claim scope:s{}",
        "oauth2": "Require oauth2_claim scope:s{}",
    }.get(product, "Require auth0-scope s{}")
    lines = "".join(line.format(i) + "\n" for i in range(count))
    return (
        f"<Location /else>\n{AUTH_TYPE[product]}\n{inner}{lines}"
        "</Location>\n"
    )


def part_requires(bench):
    """1 to 1,000 Require lines in another location."""
    work = bench.work
    cases = [
        Case(str(count), product,
             location(work, product) + elsewhere(work, product, count),
             bench.corpus.one())
        for count in points(bench, 1, 10, 100, 1000)
        for product in products(bench)
    ]
    return growth(bench, cases, "Require lines elsewhere", "lines")


def with_set(work, product, count, back):
    """A key set of so many keys; mod_oauth2 takes one from a URL only."""
    if product != "oauth2":
        return location(work, product, keys=count)
    work.keys.set_file("RS256", count)
    url = f"http://127.0.0.1:{back.port}/keys-RS256-{count}.json"
    return (
        f"OAuth2TokenVerify jwks_uri {url} "
        "verify.iat=skip&verify.exp=required\n<Location /api>\n"
        f"{AUTH_TYPE[product]}\n{REQUIRE[product]}\n</Location>\n"
    )


def part_keys(bench):
    """1 to 100 keys in a set, the last of them the right one."""
    with Backend(bench) as back:
        cases = [
            Case(str(count), product,
                 with_set(bench.work, product, count, back),
                 new_tokens(bench), is_new=True)
            for count in points(bench, 1, 10, 100)
            for product in products(bench)
        ]
        return growth(
            bench, cases, "Keys in a set, each token new", "keys",
            "A file, or PEM files; mod_oauth2 takes a set from a URL only, "
            "here of a server on loopback, and keeps it.",
        )


def many_issuers(work, count):
    keys = work.keys.set_file("RS256", 1)
    lines = [
        f'Auth0Issuer https://tenant-{i}.example/ "file:{keys}"\n'
        for i in range(count - 1)
    ]
    policy = location(work, "auth0")
    first = policy.index("Auth0Issuer")
    return policy[:first] + "".join(lines) + policy[first:]


def part_issuers(bench):
    """1 to 1,000 issuers, the last of them the right one."""
    cases = [
        Case(str(count), product,
             location(bench.work, "open") if product == "open"
             else many_issuers(bench.work, count),
             new_tokens(bench), is_new=True)
        for count in points(bench, 1, 10, 100, 1000)
        for product in products(bench, "open", *OURS)
    ]
    return growth(
        bench, cases, "Issuers, each token new", "issuers",
        "The peers have nothing to compare: mod_auth_openidc's resource "
        "server has one issuer, and mod_oauth2 does not tell issuers apart.",
    )


def deny_list(work, count):
    name = f"deny-{count}.txt"
    if not (work.folder / name).exists():
        work.write(name, "".join(f"sub auth0|u{i:09}\n" for i in range(count)))
    return f'Auth0DenyList "{work.folder / name}"\n'


def part_deny(bench):
    """1 to 1,000,000 lines that deny others."""
    counts = (1, 1000) if bench.settings.quick else (1, 1000, 1000000)
    work, cases = bench.work, []
    for count in counts:
        for product in products(bench, "open", *OURS):
            before = "" if product == "open" else deny_list(work, count)
            cases.append(Case(
                str(count), product, before + location(work, product),
                bench.corpus.one(),
            ))
    return growth(
        bench, cases, "Lines of a deny list", "lines",
        "The peers have no such list.",
    )


SIZES = (814, 2048, 4096, 6144, 8000)


def part_size(bench):
    """Tokens of 0.8 to 8 KiB, each new."""
    cases = [
        Case(str(size), product, location(bench.work, product),
             new_tokens(bench, size=size), is_new=True)
        for size in points(bench, *SIZES)
        for product in products(bench)
    ]
    return growth(
        bench, cases, "Size of the token, each token new", "bytes",
        "\"Require all granted\" is sent the same tokens.",
    )


def part_size_same(bench):
    """The same token of 0.8 to 8 KiB again."""
    cases = [
        Case(str(size), product, location(bench.work, product),
             bench.corpus.one(size=size))
        for size in points(bench, *SIZES)
        for product in products(bench)
    ]
    return growth(
        bench, cases, "Size of the token, the same token", "bytes",
    )


OWN_FIELDS = (
    "Auth0ClaimHeader X-Auth0-Sub sub\nAuth0ClaimHeader X-Auth0-Azp azp\n"
    "Auth0ClaimHeader X-Auth0-Scope scope\nAuth0ClaimHeader X-Auth0-Jti jti\n"
)
#: What makes a peer tell a back end nothing, outside of the location.
SILENT = {
    "openidc": "OIDCPassClaimsAs none\n",
    "oauth2": "OAuth2TargetPass headers=false&envvars=false\n",
}


def telling(work, product, proxied, tells):
    """A proxied location whose back end is told claims, or is not."""
    outer = "" if tells else SILENT.get(product, "")
    inner = OWN_FIELDS if tells and product in OURS else ""
    return outer + location(work, product, more=proxied + inner)


class Backend:
    """What is proxied to, on the client's core: plain files of httpd."""

    def __init__(self, bench):
        self.server = Server(
            bench.work, "open", "", bench.settings.client_core
        )

    def __enter__(self):
        self.server.start()
        return self.server

    def __exit__(self, *_):
        self.server.stop()


def proxied(bench, product, to, tells):
    """An open location and a protected one, both proxied, of one server."""
    name = "told claims" if tells else "told nothing"
    config = (
        telling(bench.work, product, to, tells)
        + f"<Location /open>\nRequire all granted\n{to}</Location>\n"
    )
    one = bench.corpus.one()
    opened = Case(f"open location beside {name}", product, config, one,
                  "/open/page.html", pause=PAUSE)
    opened.beside = opened
    return [opened, Case(name, product, config, one, pause=PAUSE,
                         beside=opened)]


def part_proxy(bench):
    """Four claims in header fields to a proxied back end."""
    with Backend(bench) as back:
        to = f"ProxyPass http://127.0.0.1:{back.port}/api\n"
        build_floor(bench.work)
        cases = [case for tells in (False, True)
                 for product in products(bench)
                 for case in proxied(bench, product, to, tells)]
        cases += proxied(bench, "floor-hash", to, False)
        table = measure_pairs(bench, cases)
    return {
        "title": "In front of a back end",
        "table": table,
        "pairs": True,
        "notes": [
            "The proxy's own processor time, by mod_proxy_http with kept "
            "connections. Told claims: four that are listed with this "
            "module; with the peers all of them, in fields and variables, "
            "which is what they do by default. The floor is the hash of the "
            "token by EVP. With pauses as above; each above an open location "
            "that is proxied by the same process.",
        ],
    }


def part_latency(bench):
    """Latency at 80 % of what a server can do."""
    cases = [
        Case("80 % of its own capacity", product,
             location(bench.work, product), bench.corpus.one(), connections=8)
        for product in products(bench)
    ]
    beside = Case(
        "80 % of mod_auth0's capacity", "open", cases[0].config,
        cases[0].tokens, connections=8,
    )
    servers = bench.start([*cases, beside])
    try:
        rounds = bench.settings.growth_rounds
        for _ in range(rounds):
            for case in cases:
                bench.try_to(bench.ask, case, bench.settings.requests)
        at = {c.product: 0.8 * statistics.median(c.rates)
              for c in cases if not c.failed}
        for case in cases:
            for kept in (case.figures, case.p99, case.rates):
                kept.clear()
        seconds = 0.5 if bench.settings.quick else 3
        for _ in range(rounds):
            for case in [*cases, beside]:
                if case.failed:
                    continue
                rate = at["auth0" if case is beside else case.product]
                bench.try_to(bench.ask, case, int(seconds * rate), rate)
    finally:
        bench.stop(servers)
    return {
        "title": "Latency at 80 % load, the same token",
        "table": cells([*cases, beside]),
        "latency": True,
        "notes": [
            "Requests are sent when they are due, over 8 connections, and "
            "their time counts from then; p99 is the median of the rounds' "
            "99th percentiles.",
        ],
    }


def fetched(work, back, refresh):
    work.keys.set_file("RS256", 1)
    policy = location(work, "auth0")
    line = next(i for i in policy.splitlines() if i.startswith("Auth0Issuer"))
    url = f"http://127.0.0.1:{back.port}/keys-RS256-1.json"
    other = f"Auth0Issuer {tokens.ISSUER} {url}"
    return f"Auth0KeyRefresh {refresh}\n" + policy.replace(line, other)


def wait_for_keys(case, token):
    deadline = time.monotonic() + 20
    while case.server.status(case.path, token) != 200:
        assert time.monotonic() < deadline, f"{case.label}: no keys"
        time.sleep(0.1)


def part_refresh(bench):
    """Keys that are fetched once a second."""
    requests = bench.settings.requests * (2 if bench.settings.quick else 10)
    one = bench.corpus.one()
    with Backend(bench) as back:
        cases = [
            Case(f"keys fetched every {refresh} s", "auth0",
                 fetched(bench.work, back, refresh), one)
            for refresh in (300, 1)
        ]
        servers = bench.start(cases)
        try:
            for case in cases:
                wait_for_keys(case, bench.corpus.first(one))
            for _ in range(bench.settings.growth_rounds):
                for case in cases:
                    bench.ask(case, requests)
        finally:
            bench.stop(servers)
    return {
        "title": "Keys fetched once a second",
        "table": cells(cases),
        "latency": True,
        "notes": ["One connection; fetching and parsing are part of the CPU "
                  "time."],
    }


def part_memory(bench):
    """Resident memory while distinct tokens go through."""
    chunk = bench.settings.memory_tokens // 10
    cases = [
        Case("ES256", product, location(bench.work, product, alg="ES256"))
        for product in products(bench) if can(product, "ES256")
    ]
    servers = bench.start(cases)
    rows = {}
    try:
        for turn in range(10):
            path = bench.corpus.many(
                chunk, "ES256", 500, first=turn * chunk + 1
            )
            say(f"memory: {chunk * (turn + 1):,} tokens")
            for case in cases:
                case.tokens, case.taken, case.is_new = path, 0, True
                bench.try_to(bench.ask, case, chunk)
                if not case.failed:
                    rows.setdefault(case.product, []).append(
                        case.server.resident()
                    )
            path.unlink()
    finally:
        bench.stop(servers)
    return {
        "title": "Memory: distinct tokens, one after the other",
        "memory": {p: {"first": r[0], "last": r[-1]}
                   for p, r in rows.items() if len(r) == 10},
        "points": [f"after {chunk:,} tokens", f"after {10 * chunk:,}"],
        "notes": ["Resident KiB of the child, shared memory that it has "
                  "touched included. ES256, tokens of 500 bytes."],
    }


def ask_and_keep(port, token):
    """A connection that has had one answer."""
    kept = socket.create_connection(("127.0.0.1", port), timeout=10)
    kept.sendall(
        b"GET /api/page.html HTTP/1.1\r\nHost: api.example.com\r\n"
        b"Authorization: Bearer " + token.encode() + b"\r\n\r\n"
    )
    if b" 200 OK" not in kept.recv(65536):
        raise SystemExit("an idle connection was refused what it asked for")
    return kept


def resident_with(server, token, connections):
    """KiB, while so many connections that have been used are idle."""
    with contextlib.ExitStack() as stack:
        for _ in range(connections):
            stack.enter_context(ask_and_keep(server.port, token))
        time.sleep(1)
        return server.resident()


def part_idle(bench):
    """Resident memory with few and with many idle connections."""
    few, many, rows = 16, 480, {}
    token = bench.corpus.first(bench.corpus.one())
    for product in products(bench):
        config = location(bench.work, product)
        server = Server(
            bench.work, product, f"AsyncRequestWorkerFactor 64\n{config}"
        )
        server.start()
        try:
            first, last = (resident_with(server, token, few),
                           resident_with(server, token, many))
        finally:
            server.stop()
        rows[product] = {"first": first, "last": last}
    return {
        "title": "Memory: idle connections",
        "memory": rows,
        "points": [f"{few} idle connections", f"{many}"],
        "notes": ["Each has been asked by for the same token, and is kept. "
                  "What httpd itself has for each is in the first line."],
    }


def part_threads(bench):
    """One request at a time and eight, on all cores."""
    cases = [
        Case(f"{n} at a time", product, location(bench.work, product),
             bench.corpus.one(), connections=n)
        for n in (1, 8)
        for product in products(bench, "open", *OURS)
    ]
    bench.cpu(cases, core=None)
    bench.count(cases)
    return {
        "title": "One thread and eight at work, the same token",
        "table": cells(cases),
        "notes": [
            "The server may use all cores here. What threads that wait for "
            "each other would cost shows in the column above \"Require all "
            "granted\".",
        ],
    }


PARTS = {
    "tokens": part_tokens,
    "pairs": part_pairs,
    "pauses": part_pauses,
    "floor": part_floor,
    "floor-pauses": part_floor_pauses,
    "refusals": part_refusals,
    "locations": part_locations,
    "requires": part_requires,
    "keys": part_keys,
    "issuers": part_issuers,
    "deny": part_deny,
    "size": part_size,
    "size-same": part_size_same,
    "proxy": part_proxy,
    "latency": part_latency,
    "refresh": part_refresh,
    "threads": part_threads,
    "memory": part_memory,
    "idle": part_idle,
}
