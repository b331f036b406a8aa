# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Auth0DenyList: who is refused, from when on, and what changes under way."""
import contextlib
import os
import re
import signal
import struct
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from crowd import wait_for, wait_until
from env import Httpd
from processes import PROC, memory

KEY = tokens.rsa_key("main")
OTHER = tokens.rsa_key("other")
SECRET = tokens.Secret(b"s" * 32)

LIST = "Auth0DenyList ${DIR}/deny\n"
ORDERS = location("/orders", "Require auth0-scope read:orders")
FILES = {**PAGE, "keys.json": tokens.jwks(KEY, OTHER)}

#: A change is to be in force within a second.
SOON = 1.0

#: Two hours ago and in two hours, by the clock of the run.
NOW = int(time.time())
PAST = NOW - 7200
FUTURE = NOW + 7200

DENY = f"""\
# what each line is for stands in CASES
sub auth0|out
sub "auth0|John Doe"
sub "auth0|a\\"b\\\\c"
sub auth0|before before={PAST}
sub auth0|until until={FUTURE}
sub auth0|over until={PAST}
sub auth0|both before={PAST} until={FUTURE}

sub auth0|twice before={PAST - 100} until={FUTURE}
sub auth0|twice before={PAST} until={NOW}

client app-out
org org_out
org Acme
jti token-out
sid session-out
kid other
"""


def config(*lines):
    return ANYTHING + TENANT + "".join(f"{line}\n" for line in lines)


@contextlib.contextmanager
def server(deny, mpm="event", more=ORDERS):
    files = {**FILES, "deny": deny}
    with Httpd(config() + LIST + more, files, mpm) as httpd:
        yield httpd


@pytest.fixture(scope="module")
def listed():
    with server(DENY) as httpd:
        yield httpd


def good(**changes):
    return tokens.token(KEY, **changes)


ABSENT = tokens.ABSENT

CASES = [
    ("nobody", {}, None),
    ("sub", {"sub": "auth0|out"}, "deny.sub"),
    ("sub_by_case", {"sub": "auth0|OUT"}, None),
    ("longer_sub", {"sub": "auth0|out2"}, None),
    ("shorter_sub", {"sub": "auth0|ou"}, None),
    ("quoted", {"sub": "auth0|John Doe"}, "deny.sub"),
    ("escaped", {"sub": 'auth0|a"b\\c'}, "deny.sub"),
    ("issued_before", {"sub": "auth0|before", "iat": PAST - 1}, "deny.sub"),
    ("issued_then", {"sub": "auth0|before", "iat": PAST}, None),
    ("issued_later", {"sub": "auth0|before"}, None),
    ("issued_at_no_time", {"sub": "auth0|before", "iat": ABSENT}, "deny.sub"),
    ("still_denied", {"sub": "auth0|until"}, "deny.sub"),
    ("no_longer", {"sub": "auth0|over"}, None),
    ("both", {"sub": "auth0|both", "iat": PAST - 1}, "deny.sub"),
    ("both_later", {"sub": "auth0|both", "iat": PAST}, None),
    ("twice", {"sub": "auth0|twice", "iat": PAST - 101}, "deny.sub"),
    ("twice_but_over", {"sub": "auth0|twice", "iat": PAST - 1}, None),
    ("azp", {"azp": "app-out"}, "deny.client"),
    ("client_id", {"client_id": "app-out"}, "deny.client"),
    ("client_id_beside_azp", {"azp": "app", "client_id": "app-out"},
     "deny.client"),
    ("app_by_case", {"azp": "App-Out"}, None),
    ("org_id", {"org_id": "org_out"}, "deny.org"),
    ("org_id_by_case", {"org_id": "ORG_OUT"}, None),
    ("org_name", {"org_id": "org_1", "org_name": "acme"}, "deny.org"),
    ("org_name_by_case", {"org_id": "org_1", "org_name": "ACME"}, "deny.org"),
    ("another_org", {"org_id": "org_1", "org_name": "acme2"}, None),
    ("jti", {"jti": "token-out"}, "deny.jti"),
    ("another_jti", {"jti": "token-in"}, None),
    ("sid", {"sid": "session-out"}, "deny.sid"),
    ("another_sid", {"sid": "session-in"}, None),
    ("sid_as_jti", {"jti": "session-out"}, None),
    ("kid_as_sub", {"sub": "other"}, None),
    ("first_of_two", {"sid": "session-out", "azp": "app-out"}, "deny.client"),
    ("denied_without_the_scope", {"sub": "auth0|out", "scope": ""},
     "deny.sub"),
    ("expired_first", {"sub": "auth0|out", "exp": PAST}, "claims.exp"),
]


@pytest.mark.parametrize("claims, reason", **table(CASES))
def test_denied(listed, claims, reason):
    response = listed.get("/orders", good(**claims))
    if reason:
        answers.refused(response, reason)
        return
    answers.accepted(response, claims.get("sub", tokens.SUBJECT))


def test_key(listed):
    answers.refused(listed.get("/orders", tokens.token(OTHER)), "deny.kid")


def test_a_boundary_in_the_making():
    """An entry that ends while the server runs."""
    until = int(time.time()) + 2
    with server(f"sub {tokens.SUBJECT} until={until}\n") as httpd:
        token = good()
        while time.time() < until - 0.2:
            answers.refused(httpd.get("/orders", token), "deny.sub")
            time.sleep(0.1)
        wait_for(httpd, "/orders", token, "ok", 2)
        assert time.time() >= until


LEGACY = location(
    "/legacy",
    "Auth0Algorithms HS256",
    "Auth0SigningSecret file:${DIR}/secret",
    "Require valid-user",
)
HS256 = [
    ("sub", {"sub": "auth0|out"}, "deny.sub"),
    ("nobody", {}, None),
    ("a_kid_says_nothing", {"head": {"kid": "other"}}, None),
]


@pytest.fixture(scope="module")
def legacy():
    files = {**FILES, "deny": DENY, "secret": SECRET.secret}
    with Httpd(config() + LIST + LEGACY, files) as httpd:
        yield httpd


@pytest.mark.parametrize("claims, reason", **table(HS256))
def test_hs256(legacy, claims, reason):
    response = legacy.get("/legacy", tokens.token(SECRET, "HS256", **claims))
    if reason:
        answers.refused(response, reason)
        return
    answers.accepted(response, tokens.SUBJECT)


def test_a_list_is_read_again_with_hs256_alone(legacy):
    token = tokens.token(SECRET, "HS256", sub="auth0|later")
    answers.accepted(legacy.get("/legacy", token), "auth0|later")
    legacy.write("deny", "sub auth0|later\n")
    wait_for(legacy, "/legacy", token, "deny.sub", SOON)
    legacy.write("deny", DENY)
    wait_for(legacy, "/legacy", token, "ok", SOON)


DENY_ALL = f"sub {tokens.SUBJECT}\n"

AGAIN = r"deny list .*/deny was read again: (\d+) entries"


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_changes_are_in_force_within_a_second(mpm):
    token = good()
    with server("", mpm) as httpd:
        for count in range(1, 3):
            httpd.write("deny", DENY_ALL)
            wait_for(httpd, "/orders", token, "deny.sub", SOON)
            httpd.write("deny", f"jti {count}\n\njti {count}\n")
            wait_for(httpd, "/orders", token, "ok", SOON)
            httpd.wait_for_log(AGAIN, 2 * count)
        time.sleep(0.5)
        text = httpd.error_log.read_text()
    assert text.count("was read again: 1 entries") == 2
    assert text.count("was read again: 2 entries") == 2
    assert text.count("was read again") == 4


def test_a_list_that_is_written_in_place():
    """A line more or less in the very same file."""
    token = good()
    with server("# list\n") as httpd:
        path = httpd.directory / "deny"
        with path.open("a") as deny:
            deny.write(f"sub {tokens.SUBJECT}\n")
        wait_for(httpd, "/orders", token, "deny.sub", SOON)
        path.write_text("# list\n")
        wait_for(httpd, "/orders", token, "ok", SOON)


STAYS = "the former list stays in force"


def complaints(httpd):
    text = httpd.error_log.read_text()
    return [line for line in text.splitlines() if STAYS in line]


def break_line(httpd):
    httpd.write("deny", f"sub {tokens.SUBJECT}\nsub\n")


def remove(httpd):
    (httpd.directory / "deny").unlink()


def close(httpd):
    httpd.write("deny", "").chmod(0)


def make_folder(httpd):
    link = httpd.directory / "link"
    link.symlink_to(httpd.directory / "htdocs")
    link.replace(httpd.directory / "deny")


BAD = [
    ("line", break_line, "line 2 lacks the value"),
    ("removed", remove, "cannot be opened: No such file"),
    ("closed", close, "cannot be opened: Permission denied"),
    ("folder", make_folder, "is not a regular file"),
]


@pytest.mark.parametrize("spoil, words", **table(BAD))
def test_a_bad_change_leaves_the_former_list(announce, spoil, words):
    token = good()
    with server(DENY_ALL) as httpd:
        announce(words)
        spoil(httpd)
        httpd.wait_for_log(words)
        time.sleep(0.7)
        answers.refused(httpd.get("/orders", token), "deny.sub")
        (line,) = complaints(httpd)
        assert f"Auth0DenyList: the list {httpd.directory}/deny: " in line
        httpd.write("deny", "sub auth0|else\n")
        wait_for(httpd, "/orders", token, "ok", SOON)
        answers.refused(
            httpd.get("/orders", good(sub="auth0|else")), "deny.sub"
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users")
def test_a_list_that_only_root_can_read(announce):
    """It is in force, and that it cannot be read again is told at once."""
    token = good()
    httpd = Httpd(config() + LIST + ORDERS, {**FILES, "deny": DENY_ALL})
    (httpd.directory / "deny").chmod(0o600)
    announce("the User of httpd cannot read the list .*/deny: let it")
    with httpd:
        httpd.wait_for_log("the User of httpd cannot read")
        answers.refused(httpd.get("/orders", token), "deny.sub")
        (httpd.directory / "deny").chmod(0o644)
        httpd.write("deny", "")
        wait_for(httpd, "/orders", token, "ok", SOON)
        assert httpd.error_log.read_text().count("cannot read the list") == 1


def test_two_lists_and_none():
    """A virtual host has the main server's list, or its own instead."""

    def host(name, *lines):
        body = "\n".join([f"ServerName {name}", *lines])
        return f"<VirtualHost *:*>\n{body}\n</VirtualHost>\n"

    text = config(
        "Auth0DenyList deny",
        ORDERS,
        host("main.example"),
        host("heir.example"),
        host("own.example", "Auth0DenyList ${DIR}/own"),
        host("same.example", "Auth0DenyList ${DIR}/deny"),
    )
    files = {**FILES, "deny": "sub auth0|a\n", "own": "sub auth0|b\n"}
    want = {
        "main.example": ("deny.sub", "ok"),
        "heir.example": ("deny.sub", "ok"),
        "own.example": ("ok", "deny.sub"),
        "same.example": ("deny.sub", "ok"),
    }

    def got(httpd):
        return {
            name: tuple(
                httpd.get(
                    "/orders", good(sub=sub), headers=[("Host", name)]
                ).reason
                for sub in ("auth0|a", "auth0|b")
            )
            for name in want
        }

    with Httpd(text, files) as httpd:
        assert got(httpd) == want
        httpd.write("own", "")
        want["own.example"] = ("ok", "ok")
        wait_until(lambda: got(httpd) == want, "the host's list", SOON + 1)
        httpd.write("deny", "sub auth0|b\n")
        for name in ("main.example", "heir.example", "same.example"):
            want[name] = ("ok", "deny.sub")
        wait_until(lambda: got(httpd) == want, "the main list", SOON + 1)


def test_a_list_of_a_virtual_host_alone():
    text = config(
        ORDERS,
        "<VirtualHost *:*>\nServerName free.example\n</VirtualHost>",
        "<VirtualHost *:*>\nServerName own.example\n"
        "Auth0DenyList deny\n</VirtualHost>",
    )
    files = {**FILES, "deny": f"sub {tokens.SUBJECT}\n"}
    with Httpd(text, files) as httpd:
        for name, reason in (("free", "ok"), ("own", "deny.sub")):
            headers = [("Host", f"{name}.example")]
            response = httpd.get("/orders", good(), headers=headers)
            assert response.reason == reason


def test_a_verdict_that_is_taken_over_is_judged_by_the_list():
    """A subrequest of a good request, and the one of a denied request."""
    files = {
        **FILES,
        "deny": "sub auth0|out\n",
        "htdocs/a/page.shtml": 'a <!--#include virtual="/b/page.html" -->',
        "htdocs/b/page.html": "b",
    }
    text = TENANT + LIST + "\n".join(
        [
            location("/a", "Require valid-user"),
            location("/b", "Require valid-user"),
            "AddType text/html .shtml",
            "AddOutputFilter INCLUDES .shtml",
            "<Directory ${DIR}/htdocs>\nOptions +Includes\n</Directory>\n",
        ]
    )
    with Httpd(text, files, modules=["include"]) as httpd:
        response = httpd.get("/a/page.shtml", good())
        assert (response.status, response.text) == (200, "a b")
        response = httpd.get("/a/page.shtml", good(sub="auth0|out"))
        answers.refused(response, "deny.sub")


def in_charge(httpd):
    """The child that has read the list last, by its log line."""
    pattern = r"\[pid (\d+):.* was read again"
    return int(re.findall(pattern, httpd.error_log.read_text())[-1])


@pytest.mark.parametrize("mpm, mutex", [
    ("event", "default"), ("prefork", "default"), ("event", "pthread"),
    ("event", "sysvsem"), ("event", "fcntl"), ("event", "flock"),
])
def test_another_process_takes_over(mpm, mutex):
    """Kill the one in charge, twice; the list changes at that moment."""
    token = good()
    with server("", mpm, f"Mutex {mutex}\n{ORDERS}") as httpd:
        httpd.write("deny", DENY_ALL)
        wait_for(httpd, "/orders", token, "deny.sub", SOON)
        for text, reason in (("", "ok"), (DENY_ALL, "deny.sub")):
            former = in_charge(httpd)
            os.kill(former, signal.SIGKILL)
            httpd.write("deny", text)
            wait_until(lambda: former not in httpd.children(), "its end")
            wait_for(httpd, "/orders", token, reason, SOON)
            assert in_charge(httpd) != former


def test_a_graceful_restart_reads_the_list():
    token = good()
    with server("") as httpd:
        answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
        httpd.write("deny", DENY_ALL)
        httpd.graceful()
        answers.refused(httpd.get("/orders", token), "deny.sub")
        httpd.write("deny", "")
        wait_for(httpd, "/orders", token, "ok", SOON)
        for _ in range(3):
            httpd.graceful()
            answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
        httpd.write("deny", DENY_ALL)
        wait_for(httpd, "/orders", token, "deny.sub", SOON)


#: The room of each image of a small list.
ROOM = 64 << 20


def shared_regions(pid):
    """Where shared memory for two images begins."""
    for line in (PROC / str(pid) / "maps").read_text().splitlines():
        span, rights = line.split()[:2]
        begin, end = (int(x, 16) for x in span.split("-"))
        if rights == "rw-s" and end - begin > 2 * ROOM:
            yield begin


def forget_version(pid):
    """Overwrite in shared memory which version of the list is in force."""
    counters = struct.pack("QQQ", 1, 1, ROOM)
    with (PROC / str(pid) / "mem").open("r+b", buffering=0) as memory_file:
        for begin in shared_regions(pid):
            memory_file.seek(begin)
            at = memory_file.read(4096).find(counters)
            if at >= 0:
                memory_file.seek(begin + at)
                memory_file.write(struct.pack("QQ", 1, 0))
                return
    raise AssertionError("no deny list in shared memory")


def test_a_list_that_cannot_be_looked_at_lets_nobody_in(announce):
    announce("auth0:error.* deny.unavailable: ")
    token = good()
    with server("") as httpd:
        answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
        forget_version(httpd.process.pid)
        response = httpd.get("/orders", token)
        answers.refused(response, "deny.unavailable")
        assert response.header("Retry-After") == "1"
        httpd.write("deny", "sub auth0|else\n")
        wait_for(httpd, "/orders", token, "ok", SOON)


def many(count, *lines):
    rows = [f"sub auth0|5f7c8ec7c33c6c00{i:08x}" for i in range(count)]
    return "\n".join([*rows, *lines, ""])


def shared_memory(pid):
    return memory(pid, "RssShmem") / 1024


def test_a_million_lines(capfd):
    """They fit, are read within a second, and cost memory only once."""
    token = good()
    last = good(sub=f"auth0|5f7c8ec7c33c6c00{999999:08x}")
    text = many(1_000_000)
    with server(text, "prefork") as httpd:
        answers.refused(httpd.get("/orders", last), "deny.sub")
        answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
        httpd.write("deny", text + f"sub {tokens.SUBJECT}\n")
        took = wait_for_reading(httpd)
        answers.refused(httpd.get("/orders", token), "deny.sub")
        answers.refused(httpd.get("/orders", last), "deny.sub")
        parent = httpd.process.pid
        children = httpd.children()
        own = [memory(pid) / 1024 for pid in (parent, *children)]
        shared = max(shared_memory(pid) for pid in (parent, *children))
    with capfd.disabled():
        print(
            f"\na million lines: in force {took:.2f} s after the change, "
            f"{max(own):.0f} MiB of its own in the largest of "
            f"{len(own)} processes, {shared:.0f} MiB shared"
        )
    assert max(own) < 40, "the text, or the list, is kept by a process"


def wait_for_reading(httpd):
    begin = time.monotonic()
    httpd.wait_for_log("was read again: 1000001 entries")
    return time.monotonic() - begin


def test_a_list_that_outgrows_its_room(announce):
    """There is room for 64 MiB, or for four times the list at the start."""
    token = good()
    with server("") as httpd:
        announce("has outgrown its memory; a graceful restart makes room")
        httpd.write("deny", many(1_000_000, f"sub {tokens.SUBJECT}"))
        httpd.wait_for_log("has outgrown its memory")
        answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
        httpd.graceful()
        answers.refused(httpd.get("/orders", token), "deny.sub")
