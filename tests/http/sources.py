# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Tokens outside of the Authorization field: what the tests of them share."""
import subprocess
import time
import urllib.parse

import tokens
from env import Httpd
from logs import watch

KEY = tokens.rsa_key("main")
FORM = "application/x-www-form-urlencoded"

#: All that can be logged of a request's URL.
FULL_LOG = """\
LogFormat "%{X-Test-Id}i %r|%<r|%>r|%q|%<q|%>q|%U|%f" full
CustomLog logs/full.log full
"""


def escaped(text):
    """Every byte of a text with a percent sign."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def start(config, files, **more):
    """A server whose full log is watched, too; for a with statement."""
    files = {"keys.json": tokens.jwks(KEY), **files}
    httpd = Httpd(FULL_LOG + config, files, **more)
    watch.add(httpd, httpd.directory / "logs" / "full.log")
    return httpd


def insist(send):
    """
    Send until there is an answer: mod_http2 closes the stream of a body that
    nobody reads, and at times before the answer is out (curl's error 92).
    """
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            return send()
        except subprocess.CalledProcessError as error:
            assert error.returncode == 92, error.stderr
    raise AssertionError("never an answer")


def logged(httpd, response, timeout=5):
    """The line of the full log; httpd writes it only after the answer."""
    path = httpd.directory / "logs" / "full.log"
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        for line in path.read_text().splitlines():
            if line.startswith(f"{response.record.id} "):
                return line
        time.sleep(0.005)
    raise AssertionError("no line in the full log")


def bearer(token):
    return ("Authorization", f"Bearer {token}")


def token(**changes):
    return tokens.token(KEY, **changes)


def unquoted(text):
    return urllib.parse.unquote(text)
