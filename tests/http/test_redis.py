# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Auth0SharedStore on a real Redis: what one server of a fleet hears, the others
know; and what happens while there is none.
"""
import concurrent.futures
import contextlib
import itertools
import re
import statistics
import subprocess
import threading
import time

import pytest

import answers
import certs
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from crowd import one_issuer, wait_for, wait_until
from env import Httpd
from issuer import Issuer
from logs import watch
from network import DeadNames, seeing
from redis import PASSWORD, QUOTED, RIGHTS, USER, Redis

KEY = tokens.rsa_key("main")
APP = "app"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
FORM = [("Content-Type", "application/x-www-form-urlencoded")]
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}

AWAY = "Auth0SharedStore: .* cannot be reached"
BACK = "Auth0SharedStore: .* is back"
#: What it costs meanwhile.
LOST = "auth0:error.* logout.store: "

#: What the store may cost a request, and what a busy machine adds to it.
BUDGET, BUSY = 0.050, 0.150


def config(where, *lines):
    return f"""\
Auth0SharedStore {where}
{"".join(f"{line}" + chr(10) for line in lines)}{ANYTHING}{TENANT}
<Location /logout>
    SetHandler auth0-logout
    Auth0LogoutClient {APP}
    Require all granted
</Location>
{location("/orders", "Require valid-user")}
"""


@contextlib.contextmanager
def fleet(where, *lines, size=2, **how):
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(Httpd(config(where, *lines), FILES, **how))
            for _ in range(size)
        ]


numbers = itertools.count(1)


def unique(prefix):
    return f"{prefix}-{next(numbers)}-{time.time_ns()}"


def logout_token(sub, **changes):
    now = int(time.time())
    members = {
        "iss": tokens.ISSUER,
        "sub": sub,
        "aud": APP,
        "iat": now,
        "exp": now + 120,
        "jti": unique("jti"),
        "events": {EVENT: {}},
    }
    head = tokens.header(KEY, "RS256")
    return tokens.sign(KEY, "RS256", head, tokens.merged(members, changes))


def post(httpd, token):
    watch.note_sent(token)
    body = b"logout_token=" + token.encode()
    return httpd.request("POST", "/logout", headers=FORM, body=body)


def access(httpd, token):
    return httpd.get("/orders", token)


def is_denied(httpd, token):
    return access(httpd, token).reason == "deny.sub"


def no_password_in_logs(httpd):
    for log in (httpd.directory / "logs").iterdir():
        text = log.read_text(errors="replace")
        for secret in (PASSWORD, QUOTED, PASSWORD[:13], USER + ":"):
            assert secret not in text, log


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "tls"])
def test_no_log_level_tells_the_password(authority, announce, is_tls):
    """Neither when all is well, nor when it goes away, nor when refused."""
    announce(AWAY)
    lines = [
        "LogLevel trace8 auth0:trace8",
        f"Auth0CACertificateFile {authority.file}",
    ]
    with Redis(tls=authority if is_tls else None) as redis:
        with fleet(redis.url, *lines) as servers:
            watch.allow(AWAY)
            redis.kill()
            for httpd in servers:
                httpd.wait_for_log(AWAY)
            redis.start()
            for httpd in servers:
                httpd.wait_for_log(BACK)
            redis.ask("ACL", "SETUSER", USER, "resetpass", ">other")
            redis.ask("CLIENT", "KILL", "USER", USER)
            for httpd in servers:
                httpd.wait_for_log(AWAY, 2)
                no_password_in_logs(httpd)


def hears_of_logouts(servers):
    """A logout at the first is one at the others, within a second."""
    took = []
    for _ in range(3):
        user = unique("auth0|a")
        token = tokens.token(KEY, sub=user)
        for httpd in servers:
            answers.accepted(access(httpd, token), user)
        answers.logged_out(post(servers[0], logout_token(user)))
        answers.refused(access(servers[0], token), "deny.sub")
        for httpd in servers[1:]:
            took.append(
                wait_until(lambda: is_denied(httpd, token), "a denial", 1)
            )
            answers.refused(access(httpd, token), "deny.sub")
    return took


def test_logout_is_heard_of_by_all():
    with Redis() as redis, fleet(redis.url) as servers:
        took = hears_of_logouts(servers)
        print(f"denials are heard of after {sorted(took)} s")
        for httpd in servers:
            no_password_in_logs(httpd)


def test_logout_token_is_used_once_in_the_fleet():
    with Redis(db=3) as redis, fleet(redis.url) as servers:
        token = logout_token(unique("auth0|a"))
        answers.logged_out(post(servers[0], token))
        for httpd in servers:
            answers.not_logged_out(post(httpd, token), "logout.replay")


@pytest.mark.parametrize("mpm", ["prefork", "worker"])
def test_logout_tokens_at_once(mpm):
    """Of many that post the same one, one is told that it was taken."""
    with Redis() as redis, fleet(redis.url, mpm=mpm) as servers:
        for _ in range(3):
            token = logout_token(unique("auth0|a"))
            watch.note_sent(token)
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                ends = list(pool.map(post, servers * 8, [token] * 16))
            reasons = sorted(end.reason for end in ends)
            assert reasons == ["logout.replay"] * 15 + ["ok"]


def test_server_that_starts_later_knows():
    """Before its first request, and after a restart."""
    user = unique("auth0|a")
    token = tokens.token(KEY, sub=user)
    with Redis() as redis, fleet(redis.url, size=1) as (first,):
        answers.logged_out(post(first, logout_token(user)))
        with fleet(redis.url, size=1) as (late,):
            answers.refused(access(late, token), "deny.sub")
            late.graceful()
            answers.refused(access(late, token), "deny.sub")
            late.restart()
            answers.refused(access(late, token), "deny.sub")


def test_process_that_dies_has_an_heir():
    with Redis() as redis, fleet(redis.url) as servers:
        for child in servers[1].children():
            subprocess.run(["kill", "-9", str(child)], check=True)
        watch.allow("exit signal Killed|child process .* exit")
        wait_until(lambda: len(servers[1].children()) > 1, "children")
        hears_of_logouts(servers)


def test_tls(authority):
    line = f"Auth0CACertificateFile {authority.file}"
    with Redis(tls=authority) as redis, fleet(redis.url, line) as servers:
        hears_of_logouts(servers)
        for httpd in servers:
            no_password_in_logs(httpd)


def is_out_of_reach(announce, where, why, *lines):
    announce(f"{AWAY} \\({why}\\)")
    announce(LOST)
    with fleet(where, *lines, size=1) as (httpd,):
        user = unique("auth0|a")
        token = tokens.token(KEY, sub=user)
        answers.not_logged_out(post(httpd, logout_token(user)), "logout.store")
        answers.accepted(access(httpd, token), user)
        no_password_in_logs(httpd)


def test_certificate_of_another_name(authority, announce):
    line = f"Auth0CACertificateFile {authority.file}"
    with Redis(tls=authority, hosts=("redis.example",)) as redis:
        is_out_of_reach(announce, redis.url, "no TLS.*", line)


def test_certificate_of_another_authority(authority, announce, tmp_path):
    tmp_path.chmod(0o755)
    other = certs.Authority(tmp_path, "other")
    line = f"Auth0CACertificateFile {authority.file}"
    with Redis(tls=other) as redis:
        is_out_of_reach(announce, redis.url, "no TLS.*", line)


def test_system_authorities_do_not_know_it(authority, announce):
    with Redis(tls=authority) as redis:
        is_out_of_reach(announce, redis.url, "no TLS.*")


def test_certificate_that_is_over(authority, announce):
    line = f"Auth0CACertificateFile {authority.file}"
    with Redis(tls=authority) as redis:
        cert, key = authority.issue("over", days=(-2, -1))
        for path, own in (cert, "cert"), (key, "key"):
            redis.lines.append(f"tls-{own}-file {path}")
        redis.kill()
        redis.start()
        is_out_of_reach(announce, redis.url, "no TLS.*", line)


def test_plain_redis_where_tls_is_said(authority, announce):
    line = f"Auth0CACertificateFile {authority.file}"
    with Redis() as redis:
        where = redis.url.replace("redis:", "rediss:")
        is_out_of_reach(announce, where, "no TLS.*", line)


WRONG = {
    "password": (QUOTED, "wrong"),
    "user": (USER, "nobody"),
    "no_password": (f"{USER}:{QUOTED}@", ""),
    "database": ("/0", "/99"),
}


@pytest.mark.parametrize("old, new", WRONG.values(), ids=WRONG.keys())
def test_login_refused(announce, old, new):
    with Redis() as redis:
        is_out_of_reach(announce, redis.url.replace(old, new), ".*")


def test_host_by_name():
    with Redis() as redis:
        where = redis.url.replace("127.0.0.1", "localhost")
        with fleet(where) as servers:
            hears_of_logouts(servers)


def test_host_without_address(announce):
    announce("Auth0SharedStore redis://redis.invalid:6379/0 sends what")
    is_out_of_reach(announce, "redis://redis.invalid", "its host name .*")


#: Of which a second is for the name server, and the rest for a busy machine.
SOON = 3

NAMED = "redis://redis.example.test"
IN_THE_CLEAR = f"Auth0SharedStore {NAMED}:6379/0 sends what"


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_name_server_that_hangs(tmp_path, announce, mpm):
    """It delays neither start nor restart nor stop for longer than a second."""
    announce(IN_THE_CLEAR)
    announce(f"{AWAY} \\(its host name .*\\)")
    announce(LOST)
    user = unique("auth0|a")
    token = tokens.token(KEY, sub=user)
    with DeadNames(tmp_path) as names:
        httpd = Httpd(config(NAMED), FILES, mpm=mpm, prefix=names.prefix)
        begin = time.monotonic()
        with httpd:
            assert time.monotonic() - begin < SOON
            for _ in range(2):
                answers.accepted(access(httpd, token), user)
                response = post(httpd, logout_token(user))
                answers.not_logged_out(response, "logout.store")
                time.sleep(1)
                begin = time.monotonic()
                httpd.graceful()
                assert time.monotonic() - begin < SOON
            begin = time.monotonic()
            httpd.stop()
            assert time.monotonic() - begin < SOON


def test_name_server_that_hangs_does_not_delay_keys(
    tmp_path, authority, announce
):
    """Also where processes come and go, and each in turn does the work."""
    announce(IN_THE_CLEAR)
    announce(AWAY)
    # Those whose life is over are still there for a moment.
    watch.allow("AH00161: server reached MaxRequestWorkers")
    with contextlib.ExitStack() as stack:
        names = stack.enter_context(DeadNames(tmp_path))
        issuer = stack.enter_context(Issuer(authority, KEY))
        lines = f"Auth0SharedStore {NAMED}\nMaxConnectionsPerChild 20\n"
        lines += one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        httpd = stack.enter_context(
            Httpd(lines, PAGE, mpm="prefork", prefix=names.prefix)
        )
        wait_for(httpd, "/orders", issuer.token(KEY), "ok")
        over = time.monotonic() + 8
        while time.monotonic() < over:
            access(httpd, issuer.token(KEY))
            time.sleep(0.02)
        times = [*issuer.times(), over]
        assert max(b - a for a, b in zip(times, times[1:])) < SOON


def test_entries_that_make_no_sense_are_told_once(announce):
    announce("has denials that make no sense: they are skipped, 2 in all")
    user = unique("auth0|a")
    with Redis() as redis, fleet(redis.url) as servers:
        redis.ask("XADD", "mod_auth0:1:d", "*", "e", "x")
        redis.ask("XADD", "mod_auth0:1:d", "*", "f", "x")
        watch.allow("has denials that make no sense")
        token = tokens.token(KEY, sub=user)
        hears_of_logouts(servers)
        time.sleep(1)
        for httpd in servers:
            text = httpd.error_log.read_text()
            assert 1 <= text.count("make no sense") <= 2
        answers.accepted(access(servers[0], token), user)


def test_nothing_readable_is_kept_there():
    """Neither the users nor the tokens, but hashes of them."""
    user = unique("auth0|a")
    with Redis() as redis, fleet(redis.url, size=1) as (httpd,):
        answers.logged_out(post(httpd, logout_token(user)))
        keys = redis.ask("--scan").splitlines()
        marks = [key for key in keys if key.startswith("mod_auth0:1:m:")]
        secrets = [key for key in keys if key.startswith("mod_auth0:1:s:")]
        assert len(marks) == 1 and len(secrets) == 2 and len(keys) == 5
        assert redis.ask("GET", "mod_auth0:1:w") == "1"
        assert 50 < int(redis.ask("TTL", "mod_auth0:1:w")) <= 60
        assert re.fullmatch("mod_auth0:1:m:[A-Za-z0-9_-]{43}", marks[0])
        assert 120 <= int(redis.ask("TTL", marks[0])) <= 125
        for key in secrets:
            assert 600 <= int(redis.ask("TTL", key)) <= 900
        assert user not in redis.ask("XRANGE", "mod_auth0:1:d", "-", "+")


class Load:
    """Requests all the time, each timed: access tokens, or logouts."""

    def __init__(self, act, workers=4):
        self.act = act
        self.is_over = threading.Event()
        self.seen = []
        self.threads = [
            threading.Thread(target=self.run) for _ in range(workers)
        ]

    def run(self):
        while not self.is_over.is_set():
            begin = time.monotonic()
            response = self.act()
            end = time.monotonic()
            self.seen.append((begin, end - begin, response.reason))
            time.sleep(0.005)

    def between(self, begin, end):
        return [
            (took, reason)
            for at, took, reason in tuple(self.seen)
            if begin <= at < end
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


def tell(what, seen):
    times = sorted(took * 1000 for took, _ in seen)
    print(
        f"{what}: {len(times)} requests, median"
        f" {statistics.median(times):.1f} ms,"
        f" p99 {times[len(times) * 99 // 100]:.1f} ms, max {times[-1]:.1f} ms"
    )


def reasons(seen):
    return {reason for _, reason in seen}


@pytest.mark.parametrize("how", ["kill", "hang"])
def test_redis_that_goes_away_under_load(announce, how):
    """
    No request waits for much longer than the budget; who needs the store is
    told to try again, everyone else is served; soon after it is back, all is
    as before, and the log has told so once.

    A busy machine may be too late for one that needs the store, as before: that
    one has waited for as long as the budget, and was not turned away.
    """
    announce(AWAY)
    announce(LOST)
    watch.allow(AWAY)
    user = unique("auth0|a")
    token = tokens.token(KEY, sub=user)

    with Redis() as redis, fleet(redis.url, size=1) as (httpd,):

        def log_out():
            return post(httpd, logout_token(unique("auth0|b")))

        with Load(lambda: access(httpd, token)) as reading, Load(
            log_out, 2
        ) as writing:
            time.sleep(1)
            gone = time.monotonic()
            getattr(redis, how)()
            time.sleep(3)
            httpd.wait_for_log(AWAY)
            back = time.monotonic()
            redis.go_on() if how == "hang" else redis.start()
            httpd.wait_for_log(BACK, timeout=5)
            recovered = time.monotonic()
            time.sleep(1)
            end = time.monotonic()
        tell("access before", reading.between(0, gone))
        tell("access while away", reading.between(gone, back))
        tell("logouts before", writing.between(0, gone))
        tell("logouts while away", writing.between(gone, back))
        print(f"back after {recovered - back:.2f} s")
        assert reasons(reading.between(0, end)) == {"ok"}
        # Who asks shortly before it is back may be answered in time.
        away = writing.between(gone + 0.3, back - BUDGET)
        assert reasons(away) == {"logout.store"}
        after = writing.between(recovered + 0.2, end)
        late = [took for took, reason in after if reason == "logout.store"]
        assert reasons(after) <= {"ok", "logout.store"}
        assert len(late) <= 2
        assert all(took >= BUDGET for took in late)
        for took, _ in reading.between(0, end) + writing.between(0, end):
            assert took < BUDGET + BUSY
        assert recovered - back < 4
        text = httpd.error_log.read_text()
        assert len(re.findall(AWAY, text)) == 1
        assert len(re.findall(BACK, text)) == 1
        no_password_in_logs(httpd)


def test_denials_go_on_without_redis(announce):
    announce(AWAY)
    announce(LOST)
    user = unique("auth0|a")
    token = tokens.token(KEY, sub=user)
    with Redis() as redis, fleet(redis.url) as servers:
        watch.allow(AWAY)
        answers.logged_out(post(servers[0], logout_token(user)))
        wait_until(lambda: is_denied(servers[1], token), "a denial", 1)
        redis.kill()
        for httpd in servers:
            httpd.wait_for_log(AWAY)
            answers.refused(access(httpd, token), "deny.sub")
            httpd.graceful()
            answers.refused(access(httpd, token), "deny.sub")
            response = post(httpd, logout_token(user))
            answers.not_logged_out(response, "logout.store")
        redis.start()
        for httpd in servers:
            httpd.wait_for_log(BACK)
        hears_of_logouts(servers)


def test_server_that_starts_without_redis(announce):
    """It starts, says so, and joins the fleet when it can."""
    announce(AWAY)
    redis = Redis()
    with fleet(redis.url) as servers:
        watch.allow(AWAY)
        token = tokens.token(KEY, sub="auth0|a")
        answers.accepted(access(servers[0], token), "auth0|a")
        with redis:
            for httpd in servers:
                httpd.wait_for_log(BACK, timeout=5)
            hears_of_logouts(servers)


def test_redis_of_another_type_is_a_fault(announce):
    """Somebody else uses the key: logouts are refused, and none is lost."""
    announce(f"{AWAY} \\(it replies with an error\\)")
    announce(LOST)
    with Redis() as redis, fleet(redis.url, size=1) as (httpd,):
        watch.allow(AWAY)
        redis.ask("SET", "mod_auth0:1:d", "x")
        httpd.wait_for_log(AWAY)
        response = post(httpd, logout_token("auth0|a"))
        answers.not_logged_out(response, "logout.store")
        redis.ask("DEL", "mod_auth0:1:d")
        httpd.wait_for_log(BACK)
        answers.logged_out(post(httpd, logout_token("auth0|a")))


#: What makes it so, what makes it well again, and what the log says.
NO_WRITES = {
    "replica": (
        ("REPLICAOF", "127.0.0.1", "1"),
        ("REPLICAOF", "NO", "ONE"),
        "READONLY, it is a replica: Auth0SharedStore has to lead to the"
        " primary",
    ),
    "full": (
        ("CONFIG", "SET", "maxmemory", "1"),
        ("CONFIG", "SET", "maxmemory", "0"),
        "OOM, its memory is full: raise its maxmemory",
    ),
    "no_right": (
        ("ACL", "SETUSER", USER, "-set"),
        ("ACL", "SETUSER", USER, "+set"),
        "NOPERM, its user lacks a right that the documentation of"
        " Auth0SharedStore names",
    ),
}


@pytest.mark.parametrize(
    "ill, well, why", NO_WRITES.values(), ids=NO_WRITES.keys()
)
def test_redis_that_takes_no_writes(announce, ill, well, why):
    """It answers, and yet the log tells so, and of what it says only that."""
    told = f"takes no writes ({why}): until it does, what needs it is refused"
    announce(re.escape(told))
    announce(LOST)
    with Redis() as redis, fleet(redis.url, size=1) as (httpd,):
        redis.ask(*ill)
        httpd.wait_for_log(re.escape(told), timeout=5)
        for _ in range(5):
            response = post(httpd, logout_token(unique("auth0|a")))
            answers.not_logged_out(response, "logout.store")
            time.sleep(0.2)
        redis.ask(*well)
        httpd.wait_for_log("takes writes again", timeout=5)
        answers.logged_out(post(httpd, logout_token(unique("auth0|a"))))
        text = httpd.error_log.read_text()
        assert text.count("takes no writes") == 1
        assert text.count("takes writes again") == 1
        assert not re.search(AWAY, text)


def test_primary_that_is_demoted(tmp_path, announce):
    """
    The name leads to another one from now on, and the former answers still:
    the log tells so, if at all, and the fleet moves.
    """
    watch.allow("takes no writes")
    watch.allow(LOST)
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost redis.test\n")
    with contextlib.ExitStack() as stack:
        old = stack.enter_context(Redis())
        new = stack.enter_context(Redis(beside=old))
        announce("Auth0SharedStore redis://redis.test:.* sends the password")
        where = old.url.replace(old.address, "redis.test")
        how = {"prefix": seeing({"/etc/hosts": hosts})}
        servers = stack.enter_context(fleet(where, **how))
        hears_of_logouts(servers)
        for httpd in servers:
            (httpd.root() / "etc/hosts").write_text(
                "127.0.0.1 localhost\n127.0.0.2 redis.test\n"
            )
        old.ask("REPLICAOF", new.address, str(new.port))

        def moved(httpd):
            response = post(httpd, logout_token(unique("auth0|a")))
            return response.reason == "ok"

        for httpd in servers:
            wait_until(lambda: moved(httpd), "the new primary", 5)
        hears_of_logouts(servers)
        assert int(new.ask("XLEN", "mod_auth0:1:d")) >= 3


def test_denials_are_heard_of_from_what_takes_no_writes(announce):
    """A server that may not write there still hears of the others' logouts."""
    announce("takes no writes \\(NOPERM")
    with Redis() as redis:
        redis.lines.append(
            f"user reader on >reader {RIGHTS.replace('+set ', '')}"
        )
        redis.kill()
        redis.start()
        where = redis.url.replace(f"{USER}:{QUOTED}", "reader:reader")
        with fleet(redis.url, size=1) as (writer,):
            with fleet(where, size=1) as (reader,):
                reader.wait_for_log("takes no writes")
                hears_of_logouts([writer, reader])


def test_plain_redis_elsewhere_is_warned_of():
    where = f"redis://:{QUOTED}@192.0.2.1"
    httpd = Httpd(config(where), FILES)
    status, text = httpd.check()
    httpd.remove()
    assert status == 0
    assert (
        "Auth0SharedStore redis://192.0.2.1:6379/0 sends the password and what"
        " the servers remember in the clear: use rediss://" in text
    )
    assert QUOTED not in text


@pytest.mark.parametrize(
    "where",
    ["rediss://192.0.2.1", "redis://127.0.0.1", "redis://localhost/1", "shm"],
)
def test_others_are_not_warned_of(where):
    httpd = Httpd(config(where), FILES)
    status, text = httpd.check()
    httpd.remove()
    assert (status, text.strip()) == (0, "Syntax OK")
