# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The rules for logs are themselves put to the test."""
import pytest

import tokens
from conf import table
from logs import Watch

TOKEN = tokens.token(tokens.rsa_key("main"))
HEAD, PAYLOAD, SIGNATURE = tokens.parts(TOKEN)


def line(level, text):
    return f"[Mon Nov 23 21:05:27 2026] [auth0:{level}] [pid 1:tid 1] {text}\n"


@pytest.fixture
def watch(tmp_path):
    """A watch over an error log and an access log of its own."""
    watching = Watch()
    for name in ("error.log", "access.log"):
        watching.add("server", tmp_path / name)
    watching.error = tmp_path / "error.log"
    watching.access = tmp_path / "access.log"
    return watching


ANNOUNCED = [
    ("emerg", line("emerg", "bad")),
    ("error", line("error", "bad")),
    ("warn", line("warn", "bad")),
    ("crash", line("notice", "AH00052: child pid 7 exit signal Abort (6)")),
    ("no_level", "apache2: base64.c:128: Assertion failed, bad\n"),
]


@pytest.mark.parametrize("text", **table(ANNOUNCED))
def test_loud_line_fails(watch, text):
    watch.error.write_text(line("info", "fine") + text)
    with pytest.raises(AssertionError, match="not announced"):
        watch.finish()
    watch.finish()


@pytest.mark.parametrize("text", **table(ANNOUNCED))
def test_loud_line_that_was_announced(watch, text):
    watch.announce("bad|exit signal")
    watch.error.write_text(text)
    watch.finish()
    assert watch.announced == {}


@pytest.mark.parametrize("level", ["notice", "info", "debug", "trace8"])
def test_quiet_line(watch, level):
    watch.error.write_text(line(level, "fine"))
    watch.finish()
    assert watch.problems == []


def test_announcement_of_what_never_comes(watch):
    watch.announce("bad")
    watch.error.write_text(line("info", "fine"))
    with pytest.raises(AssertionError, match="never came: bad"):
        watch.finish()


LEAKS = [
    ("token", TOKEN),
    ("header", HEAD),
    ("payload", PAYLOAD),
    ("signature", SIGNATURE),
    ("beginning", TOKEN[:17]),
    ("middle", SIGNATURE[100:117]),
    ("end", TOKEN[-17:]),
]


@pytest.mark.parametrize("name", ["error.log", "access.log"])
@pytest.mark.parametrize("part", **table(LEAKS))
def test_token_in_a_log_fails(watch, tmp_path, name, part):
    watch.note_sent(f"Bearer {TOKEN}")
    (tmp_path / name).write_text(line("info", f"got '{part}'"))
    with pytest.raises(AssertionError, match="token bytes"):
        watch.finish()


def test_short_stretch_of_a_token_is_none(watch):
    watch.note_sent(f"Bearer {TOKEN}")
    watch.access.write_text(f"GET {TOKEN[:16]} {SIGNATURE[8:24]}\n")
    watch.finish()
    assert watch.sent == set()


def test_lines_count_once(watch):
    watch.announce("bad")
    watch.error.write_text(line("warn", "bad"))
    watch.finish()
    with watch.error.open("a") as log:
        log.write(line("warn", "bad"))
    with pytest.raises(AssertionError, match="not announced"):
        watch.finish()
