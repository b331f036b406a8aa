# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Damage to what is kept across restarts, by the number of the fault matrix."""
import contextlib
import hashlib
import os
import re

import pytest

import answers
import tokens
from crowd import FAILED, NEXT, Crowd, wait_until
from logs import watch
from state import IGNORED, NOT_KEPT, folder_of, owner

def with_checksum(body):
    checksum = hashlib.sha256(body).hexdigest().encode()
    return b"mod_auth0 keys 1 " + checksum + b"\n" + body


def rewrite(change):
    """Other bytes in the same file."""

    def damage(path):
        path.write_bytes(change(path.read_bytes()))

    return damage


def lines_of(text):
    """Issuer, place and document."""
    return text.split(b"\n", 3)[1:]


def of_another_issuer(text):
    _, place, document = lines_of(text)
    return with_checksum(b"\n".join([b"https://evil.test/", place, document]))


def of_another_document(text):
    issuer, place, _ = lines_of(text)
    return with_checksum(b"\n".join([issuer, place, b'{"keys":[]}']))


def flip_a_bit(text):
    at = len(text) // 2
    return text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]


def into_a_link(path):
    other = path.parent.parent / f"moved-{path.name}"
    path.rename(other)
    path.symlink_to(other)


def into_a_folder(path):
    path.unlink()
    path.mkdir()


def into_a_pipe(path):
    path.unlink()
    os.mkfifo(path)


def to_somebody_else(path):
    os.chown(path, owner() + 1, -1)


#: What is done to the file, and what the warning says.
DAMAGE = {
    "empty": (rewrite(lambda t: b""), "not as it was written"),
    "cut": (rewrite(lambda t: t[:-1]), "not as it was written"),
    "cut_in_the_head": (rewrite(lambda t: t[:30]), "not as it was written"),
    "longer": (rewrite(lambda t: t + b" "), "not as it was written"),
    "one_bit": (rewrite(flip_a_bit), "not as it was written"),
    "garbage": (rewrite(lambda t: os.urandom(500)), "not as it was written"),
    "of_another_version": (
        rewrite(lambda t: t.replace(b"keys 1", b"keys 2")),
        "not as it was written",
    ),
    "one_line": (rewrite(lambda t: with_checksum(b"x")), "lacks a line"),
    "other_issuer": (rewrite(of_another_issuer), "of another issuer"),
    "no_keys": (rewrite(of_another_document), "1 to 100 keys"),
    "too_large": (
        rewrite(lambda t: with_checksum(t + b" " * 400000)),
        "larger than",
    ),
    "link": (into_a_link, "cannot be opened"),
    "pipe": (into_a_pipe, "not a regular file"),
    "folder": (into_a_folder, "not a regular file"),
    "somebody_else": (to_somebody_else, "belongs to somebody else"),
}


@pytest.fixture(scope="class")
def damaged(authority):
    """Started anew with the issuers down and what was kept damaged."""
    names = [
        name
        for name in DAMAGE
        if os.geteuid() == 0 or name != "somebody_else"
    ]
    with contextlib.ExitStack() as stack:
        line = "Auth0KeyCooldown 1"
        crowd = Crowd(stack, authority, [*names, "whole"], line)
        crowd.start()
        crowd.wait_for_keys()
        folder = folder_of(crowd.httpd)
        wait_until(lambda: len(list(folder.iterdir())) > len(names), "files")
        paths = {lines_of(p.read_bytes())[0]: p for p in folder.iterdir()}
        for issuer in crowd.issuers.values():
            issuer.down()
        crowd.httpd.stop()
        for name in names:
            DAMAGE[name][0](paths[crowd.issuers[name].url.encode()])
        watch.announce(IGNORED)
        watch.announce(FAILED)
        crowd.httpd.error_log.unlink()
        crowd.httpd.start()
        crowd.wait_for_failures()
        yield crowd


class TestDamaged:
    @pytest.mark.parametrize("name", DAMAGE)
    def test_F22_ignored_with_a_warning(self, damaged, name):
        if name not in damaged.issuers:
            pytest.skip("only root can give files away")
        answers.refused(damaged.get(name), "key.unavailable")
        url = damaged.issuers[name].url
        why = DAMAGE[name][1]
        log = damaged.httpd.error_log.read_text()
        lines = re.findall(f"kept keys of issuer {url} are ignored: .*", log)
        assert len(lines) == 1
        assert why in lines[0]

    def test_F22_the_others_are_not(self, damaged):
        answers.accepted(damaged.get("whole"), tokens.SUBJECT)

    def test_F22_all_is_well_again(self, damaged):
        """And kept anew, but where a folder is in the way."""
        watch.announce(NOT_KEPT)
        damaged.mend()
        damaged.wait_for_keys(NEXT)
        folder = folder_of(damaged.httpd)
        document = tokens.jwks(NEXT).encode()

        def are_kept():
            files = [p for p in folder.iterdir() if not p.is_dir()]
            return not any(p.is_symlink() for p in files) and all(
                p.is_file() and document in p.read_bytes() for p in files
            )

        wait_until(are_kept, "new keys in all files")
        log = damaged.httpd.error_log.read_text()
        assert len(re.findall(NOT_KEPT, log)) == 1
