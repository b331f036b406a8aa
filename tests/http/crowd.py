# Licensed under the Apache License, Version 2.0; see LICENSE.
"""An httpd that fetches keys from one issuer, or from a crowd of them."""
import time

import tokens
from conf import ANYTHING, PAGE, location
from env import Httpd
from issuer import JWKS, Issuer

KEY = tokens.rsa_key("main")
NEXT = tokens.rsa_key("next")
OTHER = tokens.rsa_key("other")

#: Once for each outage of an issuer.
FAILED = "the keys of issuer .* cannot be (fetched|read)"


def wait_until(condition, what, timeout=15):
    """Seconds that it has taken."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() < begin + timeout, f"in vain: {what}"
        time.sleep(0.02)
    return time.monotonic() - begin


def wait_for(httpd, path, token, reason, timeout=15):
    """Ask again and again, until the token is judged so."""
    last = []

    def judged():
        last[:] = [httpd.get(path, token)]
        return last[0].reason == reason

    wait_until(judged, f"{reason} for {path}", timeout)
    return last[0]


def server_level(authority, refresh=300):
    return (
        f"{ANYTHING}\n"
        f"Auth0CACertificateFile {authority.file}\n"
        f"Auth0KeyRefresh {refresh}\n"
    )


def protected(path, *lines):
    audience = f"Auth0Audience {tokens.AUDIENCE}"
    return location(path, audience, *lines, "Require valid-user")


def one_issuer(authority, line, refresh=300, *lines):
    """/orders, for the issuer of the line; lines are the server's."""
    level = server_level(authority, refresh) + "".join(f"{x}\n" for x in lines)
    return level + protected("/orders", line)


class Crowd:
    """One httpd, and for each name an issuer and a location of its own."""

    def __init__(self, stack, authority, names, *lines, refresh=1, **how):
        self.stack = stack
        self.issuers = {}
        config = server_level(authority, refresh)
        config += "".join(f"{line}\n" for line in lines)
        for name in names:
            issuer = stack.enter_context(Issuer(authority, KEY))
            self.issuers[name] = issuer
            config += protected(f"/{name}", f"Auth0Issuer {issuer.url}")
        self.httpd = Httpd(config, PAGE, **how)

    def start(self):
        self.stack.enter_context(self.httpd)

    def get(self, name, key=KEY):
        return self.httpd.get(f"/{name}", self.issuers[name].token(key))

    def wait_for_keys(self, key=KEY):
        """Until each issuer's key is in force."""
        for name, issuer in self.issuers.items():
            wait_for(self.httpd, f"/{name}", issuer.token(key), "ok")

    def wait_for_failures(self, names=None):
        """Until each issuer's fault stands in the log."""
        for name in names or self.issuers:
            url = self.issuers[name].url
            self.httpd.wait_for_log(f"keys of issuer {url} cannot")

    def mend(self):
        """All issuers are good again, and have another key."""
        for issuer in self.issuers.values():
            issuer.down()
            issuer.certificate("good")
            issuer.discovery(issuer=issuer.url, jwks_uri=issuer.url + JWKS[1:])
            issuer.keys(NEXT)
            issuer.up()
