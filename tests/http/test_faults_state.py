# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Keys that are kept across restarts, by the numbers of the fault matrix."""
import contextlib
import hashlib
import os
import re
import shutil
import stat
import time

import pytest

import answers
import tokens
from conf import PAGE, table
from crowd import FAILED, KEY, NEXT, Crowd, one_issuer, wait_for, wait_until
from env import Httpd
from issuer import DISCOVERY, JWKS, Issuer
from logs import watch
from network import own_namespace
from state import NO_FOLDER, NOT_KEPT, age, folder_of, kept, owner

NAME = re.compile("[0-9a-f]{40}\\.keys")


def server(authority, issuer, refresh, *lines, **how):
    line = f"Auth0Issuer {issuer.url}"
    return Httpd(one_issuer(authority, line, refresh, *lines), PAGE, **how)


# -------------------------------------------------------------- what is kept


def test_F22_kept_file(authority):
    """Closed to others, whole, and without a byte of a token."""
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 1) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            path = kept(httpd)
            info = path.stat()
            assert NAME.fullmatch(path.name)
            assert stat.S_IMODE(info.st_mode) == 0o600
            assert info.st_uid == owner()
            folder = path.parent.stat()
            assert stat.S_IMODE(folder.st_mode) == 0o700
            assert folder.st_uid == owner()
            text = path.read_bytes()
            body = text.split(b"\n", 1)[1]
            checksum = hashlib.sha256(body).hexdigest().encode()
            document = tokens.jwks(KEY).encode()
            assert text.startswith(b"mod_auth0 keys 1 " + checksum)
            assert body.split(b"\n", 2) == [
                issuer.url.encode(),
                (issuer.url + JWKS[1:]).encode(),
                document,
            ]
            assert not watch.leaked(text)
            # Confirmed by each fetch, and written only when it is another.
            age(path, 5)
            wait_until(lambda: path.stat().st_mtime > time.time() - 3, "touch")
            assert path.stat().st_ino == info.st_ino
            issuer.keys(NEXT)
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", 5)
            wait_until(lambda: kept(httpd).stat().st_ino != info.st_ino, "it")
            assert tokens.jwks(NEXT).encode() in kept(httpd).read_bytes()


def test_F22_file_that_was_removed_is_written_again(authority):
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 1) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            text = kept(httpd).read_bytes()
            kept(httpd).unlink()
            assert kept(httpd).read_bytes() == text


def test_F22_what_killed_processes_left_is_removed(authority):
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 1) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            path = kept(httpd)
            path.with_name(f"{path.name}.4711.part").write_text("half")
            httpd.restart()
            assert list(path.parent.iterdir()) == [path]


# ----------------------------------------------------------------- a restart


def test_F01_kept_keys_serve_from_the_first_request(authority):
    """No request to the issuer is needed, and none is made."""
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 300) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            kept(httpd)
            httpd.restart()
            response = httpd.get("/orders", issuer.token(KEY))
            answers.accepted(response, tokens.SUBJECT)
        assert issuer.requests == [DISCOVERY, JWKS]


#: The age of the kept keys, and whether they serve. Refresh is after 300 s.
AGES = [
    ("fresh", 200, True),
    ("due", 400, True),
    ("just_not_too_old", 300 + 1000 - 20, True),
    ("too_old", 300 + 1000 + 5, False),
    ("ancient", 10 * 365 * 86400, False),
    ("from_the_future", -86400, True),
]


@contextlib.contextmanager
def started_anew(authority, seconds):
    """With the issuer down, and keys that were confirmed so long ago."""
    watch.announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        line = "Auth0KeyMaxStale 1000"
        with server(authority, issuer, 300, line) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            age(kept(httpd), seconds)
            issuer.down()
            httpd.restart()
            yield issuer, httpd


@pytest.mark.parametrize("seconds, serves", **table(AGES))
def test_F01_kept_keys_of_that_age(authority, announce, seconds, serves):
    """As if httpd had been running all the time."""
    if not serves:
        announce("too old to serve")
    with started_anew(authority, seconds) as (issuer, httpd):
        response = httpd.get("/orders", issuer.token(KEY))
        if serves:
            answers.accepted(response, tokens.SUBJECT)
        else:
            answers.refused(response, "key.unavailable")
            assert int(response.header("Retry-After")) >= 1
        # In any case a request for a key that is not there asks for it.
        assert httpd.get("/orders", issuer.token(NEXT)).reason != "ok"
        httpd.wait_for_log(FAILED)


@pytest.mark.parametrize("seconds", [400, 2000])
def test_F01_outage_that_outlives_a_restart(authority, announce, seconds):
    """Whether the kept keys are of use or not, it has an end."""
    if seconds == 2000:
        announce("too old to serve")
    with started_anew(authority, seconds) as (issuer, httpd):
        token = issuer.token(NEXT)
        assert httpd.get("/orders", token).reason != "ok"
        httpd.wait_for_log(FAILED)
        issuer.keys(NEXT)
        issuer.up()
        begin = time.monotonic()
        wait_for(httpd, "/orders", token, "ok", 5)
        assert time.monotonic() - begin < 2


def test_F22_keys_that_another_authority_vouched_for(authority, announce):
    """What is kept is kept for one configuration."""
    announce(FAILED)
    copy = authority.file.with_name("copy.pem")
    copy.write_bytes(b"\n" + authority.file.read_bytes())
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 300) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            kept(httpd)
            text = httpd.conf_file.read_text()
            text = text.replace(str(authority.file), str(copy))
            httpd.conf_file.write_text(text)
            issuer.down()
            httpd.restart()
            response = httpd.get("/orders", issuer.token(KEY))
            answers.refused(response, "key.unavailable")


# ------------------------------------------------------------------- no place


def a_file(path):
    path.write_text("in the way")


def a_link(path):
    (path.parent / "elsewhere").mkdir()
    path.symlink_to(path.parent / "elsewhere")


def no_parent(path):
    path.parent.rmdir()


def a_strangers(path):
    path.mkdir(0o755)
    os.chown(path, owner() + 1, -1)


def an_open_parent(path):
    path.parent.chmod(0o777)


#: What is where the folder should be, and what the warning says.
IN_THE_WAY = [
    ("file", a_file, "is no folder"),
    ("link", a_link, "is no folder"),
    ("no_parent", no_parent, "No such file or directory"),
    ("a_strangers", a_strangers, "belongs to somebody else"),
    ("an_open_parent", an_open_parent, "others than root may write"),
]


def looks_of(path):
    if not os.path.lexists(path):
        return None
    info = path.lstat()
    return info.st_ino, info.st_mode, info.st_uid, info.st_gid


@pytest.mark.parametrize("spoil, why", **table(IN_THE_WAY))
def test_F22_folder_that_cannot_be(authority, announce, spoil, why):
    """One warning for all issuers; service goes on; nothing is changed."""
    if os.geteuid() != 0 and spoil in (a_strangers, an_open_parent):
        pytest.skip("only root gives folders away")
    announce(NO_FOLDER)
    with contextlib.ExitStack() as stack:
        line = "Auth0StateDir run/deep/state"
        crowd = Crowd(stack, authority, ["one", "two"], line)
        path = crowd.httpd.directory / "run/deep/state"
        path.parent.mkdir(mode=0o755)
        spoil(path)
        before = looks_of(path)
        crowd.start()
        crowd.wait_for_keys()
        log = crowd.httpd.error_log.read_text()
        lines = re.findall("Auth0StateDir: .*", log)
        assert len(lines) == 1
        assert str(path) in lines[0] and why in lines[0]
        assert looks_of(path) == before


def test_F22_folder_that_goes_away(authority, announce):
    """One warning; and once it is back the keys are kept again."""
    announce(NOT_KEPT)
    with Issuer(authority, KEY) as issuer:
        with server(authority, issuer, 1) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            folder = kept(httpd).parent
            info = folder.stat()
            shutil.rmtree(folder)
            httpd.wait_for_log(NOT_KEPT)
            fetched = issuer.count()
            issuer.keys(NEXT)
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", 5)
            wait_until(lambda: issuer.count() > fetched + 1, "more fetches")
            assert len(re.findall(NOT_KEPT, httpd.error_log.read_text())) == 1
            folder.mkdir(mode=0o700)
            os.chown(folder, info.st_uid, info.st_gid)
            assert tokens.jwks(NEXT).encode() in kept(httpd).read_bytes()


def mounted(httpd, options):
    """Start httpd where the folder is a small file system of its own."""
    folder = folder_of(httpd)
    folder.mkdir()
    options += f",uid={owner()},mode=700"
    return own_namespace(f'mount -t tmpfs -o {options} tmpfs "{folder}"')


def warned_once(httpd, issuer):
    """It serves, and fetches again and again; one line tells of the keys."""
    wait_for(httpd, "/orders", issuer.token(KEY), "ok")
    fetched = issuer.count()
    wait_until(lambda: issuer.count() > fetched + 1, "more fetches")
    assert len(re.findall(NOT_KEPT, httpd.error_log.read_text())) == 1


def test_F22_read_only(authority, announce):
    """One warning, however often it is tried."""
    announce(f"{NOT_KEPT}.*Read-only file system")
    with Issuer(authority, KEY) as issuer:
        httpd = server(authority, issuer, 1)
        httpd.prefix = mounted(httpd, "ro")
        with httpd:
            warned_once(httpd, issuer)


def test_F22_full_disk(authority, announce):
    """One warning; the keys are kept as soon as there is room."""
    announce(f"{NOT_KEPT}.*No space left")
    document = tokens.jwks(KEY, *[NEXT.jwk(kid=str(n)) for n in range(40)])
    with Issuer(authority, KEY) as issuer:
        issuer.answers[JWKS].body = document.encode()
        httpd = server(authority, issuer, 1)
        httpd.prefix = mounted(httpd, "size=8k")
        with httpd:
            warned_once(httpd, issuer)
            folder = httpd.root() / str(folder_of(httpd))[1:]
            assert list(folder.glob("*.keys")) == []
            issuer.keys(KEY)
            wait_until(lambda: list(folder.glob("*.keys")), "kept keys")
