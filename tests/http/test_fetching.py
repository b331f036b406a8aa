# Licensed under the Apache License, Version 2.0; see LICENSE.
"""How keys are fetched: by which way, from where, and at what cost."""
import concurrent.futures
import contextlib
import re
import time

import pytest

import answers
import certs
import tokens
from conf import ANYTHING, PAGE, location
from crowd import (
    FAILED,
    KEY,
    NEXT,
    Crowd,
    one_issuer,
    protected,
    server_level,
    wait_for,
    wait_until,
)
from env import Httpd, shared_library
from issuer import DISCOVERY, JWKS, Answer, Issuer
from logs import watch
from processes import fetcher, memory, sockets_to

THERE = "new keys of issuer .* are in force"


# ----------------------------------------------------------------- the request


def test_what_is_sent(authority):
    """Nothing but the request itself."""
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
        for path in (DISCOVERY, JWKS):
            fields = dict(issuer.fields[path].items())
            assert fields.pop("User-Agent").startswith("mod_auth0/")
            assert fields == {
                "Host": f"localhost:{issuer.port}",
                "Accept": "*/*",
            }


def test_same_document_is_not_announced_again(authority):
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_until(lambda: issuer.count() > 2, "fetches")
            assert httpd.error_log.read_text().count("are in force") == 1
            issuer.keys(KEY, NEXT)
            httpd.wait_for_log(THERE, 2)


# ---------------------------------------------------------------- side by side

HANGING = [f"hangs-{number}" for number in range(20)]


def test_issuers_that_hang_do_not_delay_others(authority):
    """Neither their refresh nor what requests ask for."""
    with contextlib.ExitStack() as stack:
        names = ["before", *HANGING, "after"]
        crowd = Crowd(stack, authority, names)
        for name in HANGING:
            stack.enter_context(crowd.issuers[name].hold())
        crowd.start()
        good = [crowd.issuers["before"], crowd.issuers["after"]]
        crowd.httpd.wait_for_log(THERE, 2, timeout=3)
        wait_until(
            lambda: all(crowd.issuers[name].requests for name in HANGING),
            "all that hang",
        )
        begin = time.monotonic()
        wait_until(lambda: time.monotonic() > begin + 2.5, "some refreshes")
        for issuer in good:
            times = issuer.times(since=begin)
            assert len(times) >= 2
            assert max(b - a for a, b in zip(times, times[1:])) < 2
        crowd.issuers["after"].keys(NEXT)
        begin = time.monotonic()
        answers.accepted(crowd.get("after", NEXT), tokens.SUBJECT)
        assert time.monotonic() - begin < 1


# ------------------------------------------------------------------- discovery


def test_keys_that_have_moved(authority, announce):
    """Where they were is nothing any more: the metadata are read again."""
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            del issuer.answers[JWKS]
            issuer.answers["/moved"] = Answer(tokens.jwks(NEXT).encode())
            issuer.discovery(issuer=issuer.url, jwks_uri=issuer.url + "moved")
            new = issuer.token(NEXT)
            while httpd.get("/orders", new).reason != "ok":
                response = httpd.get("/orders", issuer.token(KEY))
                assert response.reason in ("ok", "key.unknown")
                assert issuer.count() < 10
                time.sleep(0.05)
            fetched = issuer.count(JWKS)
            wait_until(lambda: issuer.count("/moved") > 2, "the new place")
            assert issuer.count(JWKS) == fetched
            assert issuer.count(DISCOVERY) == 2


def test_metadata_that_are_out_of_reach(authority, announce):
    """Once known, the place of the keys is enough."""
    announce(
        r"metadata of issuer (\S+) cannot be used: the answer has status 500, "
        r"not 200 \(\1\.well-known/openid-configuration\); its keys are still"
    )
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            folder = httpd.directory / "run/mod_auth0"
            wait_until(lambda: list(folder.glob("*.keys")), "kept keys")
            metadata = issuer.answers[DISCOVERY]
            issuer.answers[DISCOVERY] = Answer(b"{}", status=500)
            httpd.restart()
            issuer.keys(NEXT)
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", 5)
            fetched = issuer.count()
            wait_until(lambda: issuer.count() > fetched, "a fetch")
            log = httpd.error_log.read_text()
            assert log.count("cannot be used") == 1
            assert "cannot be fetched" not in log
            issuer.answers[DISCOVERY] = metadata


# ------------------------------------------------------- what the log says

METADATA = ".well-known/openid-configuration"


def lose_metadata(issuer):
    del issuer.answers[DISCOVERY]


def lose_keys(issuer):
    del issuer.answers[JWKS]


def empty_set(issuer):
    issuer.keys()


def of_another(issuer):
    issuer.discovery(issuer="https://else/", jwks_uri=issuer.url + JWKS[1:])


def nowhere(issuer):
    url = "https://nosuch.invalid/keys?password=s3cret"
    issuer.discovery(issuer=issuer.url, jwks_uri=url)


@pytest.mark.parametrize("spoil, why, document", [
    (lose_metadata, "the answer has status 404, not 200", "{url}" + METADATA),
    (lose_keys, "the answer has status 404, not 200", "{url}jwks.json"),
    (empty_set, "the key set has not 1 to 100 keys", "{url}jwks.json"),
    (of_another, "the discovery document is of another issuer",
     "{url}" + METADATA),
    (nowhere, "Could not resolve host: nosuch.invalid",
     "https://nosuch.invalid/keys?..."),
    (Issuer.down, r"Failed to connect to localhost port \d+ after \d+ ms.*",
     "{url}" + METADATA),
])
def test_one_line_tells_what_failed_and_where(
    authority, announce, spoil, why, document
):
    with Issuer(authority, KEY) as issuer:
        spoil(issuer)
        document = re.escape(document.format(url=issuer.url))
        line = (
            f"the keys of issuer {issuer.url} cannot be fetched: {why} "
            rf"\({document}\); until they can, requests are answered 503"
        )
        announce(line)
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log(line)
            assert "s3cret" not in httpd.error_log.read_text()


def test_an_authority_that_the_system_does_not_know(authority, announce):
    """Its certificate says no more than that; the cure is a directive."""
    line = (
        "cannot be fetched: SSL certificate problem: .*; if its authority is "
        "to be trusted, name it by Auth0CACertificateFile "
    )
    announce(line)
    with Issuer(authority, KEY) as issuer:
        with Httpd(protected("/", f"Auth0Issuer {issuer.url}")) as httpd:
            httpd.wait_for_log(line)


# --------------------------------------------------- children that soon end


@pytest.mark.parametrize("mpm, connections", [
    ("prefork", 1), ("prefork", 10), ("event", 20), ("worker", 20),
])
def test_children_that_live_for_less_time_than_a_fetch(
    authority, mpm, connections
):
    """They finish what they have begun, so that there are keys at last."""
    watch.allow("AH03490: scoreboard is full")  # of those that are about to end
    with Issuer(authority, KEY) as issuer:
        for path in (DISCOVERY, JWKS):
            issuer.answers[path].delay = 0.4
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        config += f"MaxConnectionsPerChild {connections}\n"
        with Httpd(config, PAGE, mpm=mpm) as httpd:
            good = issuer.token(KEY)

            def ask(_):
                return httpd.get("/orders", good).reason

            def is_let_in():
                return "ok" in pool.map(ask, range(8))

            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                wait_until(is_let_in, "keys", 5)
        assert issuer.count(DISCOVERY) == issuer.count(JWKS) == 1


# ---------------------------------------------------------------------- memory

ROTATING = 40
ROTATIONS = 200
GROWTH = 2048  # KiB


class Rotating:
    """Another set each time: one key that stays and many that do not."""

    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        passing = [NEXT.jwk(kid=f"{self.count}-{n}") for n in range(20)]
        return Answer(tokens.jwks(KEY, *passing).encode())


def test_rotations_cost_no_memory(authority):
    """Two hundred, each of which every child takes part in."""
    sets = [Rotating() for _ in range(ROTATING)]
    config = f"{ANYTHING}\nAuth0KeyRefresh 1\n"
    with Issuer(None) as issuer:
        for number, make in enumerate(sets):
            issuer.answers[f"/{number}"] = make
            line = f"Auth0Issuer https://{number}.test/ {issuer.url}{number}"
            config += protected(f"/{number}", line)
        with Httpd(config, PAGE) as httpd:

            def use_all():
                for number in range(ROTATING):
                    token = tokens.token(KEY, iss=f"https://{number}.test/")
                    for _ in range(2):
                        response = httpd.get(f"/{number}", token)
                        answers.accepted(response, tokens.SUBJECT)

            def rotate(rotations):
                """Use all of them meanwhile."""
                begin = sum(s.count for s in sets)
                while sum(s.count for s in sets) < begin + rotations:
                    use_all()

            rotate(3 * ROTATING)
            before = {pid: memory(pid) for pid in httpd.children()}
            rotate(ROTATIONS)
            grown = {p: memory(p) - size for p, size in before.items()}
            print(f"{ROTATIONS} rotations: {grown} KiB more")
            assert len(grown) == 2
            assert max(grown.values()) < GROWTH


def test_a_process_without_memory_for_libcurl(
    authority, announce, open_folder
):
    """Each says so once; the rest goes on, and so do fetches when there is."""
    poor = "no keys can be fetched by this process"
    announce(poor)
    file = open_folder / "poor"
    file.touch()
    preload = shared_library("poor.c", open_folder)
    how = {"environment": {"LD_PRELOAD": str(preload), "POOR": str(file)}}
    local = f"Auth0Issuer {tokens.ISSUER} file:${{DIR}}/keys.json"
    files = {**PAGE, "keys.json": tokens.jwks(KEY), "deny": ""}
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        config += "Auth0DenyList ${DIR}/deny\n" + protected("/local", local)
        with Httpd(config, files, **how) as httpd:
            httpd.wait_for_log(poor)
            for deny, reason in (("kid main", "deny.kid"), ("", "ok")) * 2:
                httpd.write("deny", deny)
                wait_for(httpd, "/local", tokens.token(KEY), reason, 2)
            time.sleep(2)
            told = httpd.error_log.read_text().count(poor)
            assert told <= len(httpd.children())
            file.unlink()
            wait_for(httpd, "/orders", issuer.token(KEY), "ok", 3)


# -------------------------------------------------------------------- programs

LISTING = """\
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
echo "parent $PPID"
ls -l /proc/self/fd
"""


def opened(httpd, token):
    """The parent of a program, and what it has open beside its own three."""
    lines = httpd.get("/cgi/list.cgi", token).text.splitlines()
    found = [x.split()[-3::2] for x in lines if " -> " in x]
    return int(lines[0].split()[1]), [
        what for number, what in found if number not in ("0", "1", "2")
    ]


def test_programs_inherit_nothing(authority):
    """
    Not even from the child that fetches, amid a fetch: no pipe of ours, and no
    connection. (libcurl keeps a pair of local sockets to wake itself with.)
    """
    with Issuer(authority, KEY) as issuer:
        config = "ScriptAlias /cgi ${DIR}/cgi\n"
        config += f"Auth0CACertificateFile {authority.file}\n"
        config += protected("/cgi", f"Auth0Issuer {issuer.url}")
        files = {"cgi/list.cgi": LISTING}
        with Httpd(config, files, "prefork", ["cgi"]) as httpd:
            httpd.wait_for_log(THERE)
            with issuer.hold():
                httpd.get("/cgi/list.cgi", issuer.token(NEXT))
                wanted = fetcher(httpd, issuer)
                connections = sockets_to(issuer.port)
                found = {}
                deadline = time.monotonic() + 10
                while wanted not in found:
                    assert time.monotonic() < deadline, "not its turn"
                    parent, what = opened(httpd, issuer.token(KEY))
                    found[parent] = what
    assert connections
    for what in found.values():
        assert not [x for x in what if x.startswith("pipe:")]
        assert not connections & set(what)


# --------------------------------------------------------------- virtual hosts


def host(name):
    return [("Host", name)]


class Hosts:
    """What the main server says, and what virtual hosts say otherwise."""

    def __init__(self, stack, authority, other):
        self.stack = stack
        self.issuers = {}
        config = server_level(authority, refresh=1)
        config += "Auth0KeyCooldown 1\nAuth0KeyWait 1500\n"
        config += self._host("inherits", authority)
        config += self._host("wrong_authority", other)
        config += self._host(
            "own_authority", other, f"Auth0CACertificateFile {other.file}"
        )
        config += self._host("refresh", authority, "Auth0KeyRefresh 86400")
        config += self._host("wait", authority, "Auth0KeyWait 0")
        lines = ["Auth0KeyRefresh 300", "Auth0KeyCooldown 300"]
        config += self._host("asks", authority, lines[0])
        config += self._host("cooldown", authority, *lines)
        config += self._host("state", authority, "Auth0StateDir run/other")
        config += self._host("stale", authority, "Auth0KeyMaxStale 1")
        config += self._host("outage", authority)
        self.httpd = Httpd(config, PAGE)

    def _host(self, name, authority, *lines):
        issuer = self.stack.enter_context(Issuer(authority, KEY))
        self.issuers[name] = issuer
        body = "\n".join(lines)
        section = protected("/orders", f"Auth0Issuer {issuer.url}")
        return (
            f"<VirtualHost *:*>\nServerName {name}\n{body}\n{section}"
            "</VirtualHost>\n"
        )

    def get(self, name, key=KEY):
        token = self.issuers[name].token(key)
        return self.httpd.get("/orders", token, headers=host(name))

    def wait(self, name, reason, key=KEY):
        wait_until(lambda: self.get(name, key).reason == reason, name, 8)


@pytest.fixture(scope="class")
def hosts(authority, tmp_path_factory):
    folder = tmp_path_factory.mktemp("other")
    other = certs.Authority(folder, "other")
    watch.announce(FAILED)
    watch.announce("too old to serve")
    with contextlib.ExitStack() as stack:
        found = Hosts(stack, authority, other)
        stack.enter_context(found.httpd)
        for name in found.issuers:
            if name != "wrong_authority":
                found.wait(name, "ok")
        for name in ("stale", "outage"):
            found.issuers[name].down()
        over = time.monotonic() + 3
        while time.monotonic() < over:
            found.get("cooldown", NEXT)
            found.get("asks", NEXT)
            time.sleep(0.1)
        yield found


class TestVirtualHosts:
    def test_authority(self, hosts):
        answers.accepted(hosts.get("inherits"), tokens.SUBJECT)
        answers.accepted(hosts.get("own_authority"), tokens.SUBJECT)
        response = hosts.get("wrong_authority")
        answers.refused(response, "key.unavailable")
        assert hosts.issuers["wrong_authority"].requests == []

    def test_refresh(self, hosts):
        assert hosts.issuers["inherits"].count() >= 3
        assert hosts.issuers["refresh"].count() == 1

    def test_wait(self, hosts):
        """The main server lets requests wait, that host does not."""
        for name, waits in (("inherits", True), ("wait", False)):
            with hosts.issuers[name].hold():
                begin = time.monotonic()
                assert hosts.get(name, NEXT).status == 401
                assert (time.monotonic() - begin > 1) == waits

    def test_cooldown(self, hosts):
        """One asking may have found the first keys; another has to wait."""
        assert hosts.issuers["cooldown"].count() <= 2
        assert hosts.issuers["asks"].count() >= 3

    def test_state_dir(self, hosts):
        folder = hosts.httpd.directory / "run"
        (kept,) = (folder / "other").glob("*.keys")
        assert hosts.issuers["state"].url in kept.read_text()
        texts = [p.read_text() for p in (folder / "mod_auth0").glob("*.keys")]
        assert len(texts) == len(hosts.issuers) - 2
        assert not any(hosts.issuers["state"].url in text for text in texts)

    def test_max_stale(self, hosts):
        hosts.wait("stale", "key.unavailable")
        answers.accepted(hosts.get("outage"), tokens.SUBJECT)

