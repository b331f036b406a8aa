# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
What issuers do wrong, by the numbers of the fault matrix: whatever it is, keys
that were good once stay in force, and keys that are good are taken.
"""
import contextlib
import gzip
import re
import ssl
import subprocess
import time

import pytest

import answers
import certs
import issuer as issuers
import tokens
from conf import ANYTHING, PAGE
from crowd import (
    FAILED,
    KEY,
    NEXT,
    OTHER,
    Crowd,
    one_issuer,
    protected,
    wait_for,
    wait_until,
)
from env import Httpd
from issuer import DISCOVERY, JWKS, Answer, Issuer
from logs import watch
from network import seeing
from processes import fetcher, holders, memory

MEGABYTE = 1 << 20


def good_set(*keys):
    return tokens.jwks(*(keys or [NEXT])).encode()


# ------------------------------------------------------- what cannot be taken


def spoil(make):
    """Answer requests for keys like this."""

    def misbehave(issuer, _):
        issuer.answers[JWKS] = make(issuer)

    return misbehave


def body(text, **how):
    return spoil(lambda _: Answer(text, **how))


def status(code):
    return body(good_set(), status=code)


def redirected(code, where):
    """Elsewhere are keys that would be good."""

    def misbehave(issuer, spy):
        issuer.answers["/elsewhere"] = Answer(good_set())
        url = where.format(url=issuer.url, spy=spy.url)
        answer = Answer(b"", status=code, headers=(("Location", url),))
        issuer.answers[JWKS] = issuer.answers[DISCOVERY] = answer

    return misbehave


def endless(piece, gap):
    def pieces():
        while True:
            yield piece
            time.sleep(gap)

    return spoil(lambda _: Answer(good_set(), pieces=pieces))


def zipped(padding):
    """Nobody has asked for it."""
    kind = (("Content-Encoding", "gzip"),)

    def make(_):
        data = gzip.compress(good_set() + b" " * padding)
        return Answer(data, headers=kind)

    return spoil(make)


def serve_with(**how):
    return lambda issuer, _: issuer.certificate("spoilt", **how)


def version(number):
    return serve_with(version=number)


def signed_by(make):
    """By an authority that is made for it, in the folder of the good one."""

    def misbehave(issuer, _):
        issuer.certificate("spoilt", authority=make(issuer.authority))

    return misbehave


def subordinate(authority, folder=None):
    return certs.Authority(
        folder or authority.directory, "middle", parent=authority
    )


#: What is said of a certificate that an unknown authority vouches for.
UNTRUSTED = (
    "; if its authority is to be trusted, name it by Auth0CACertificateFile"
)

#: By row and name: what is done, and why it is refused.
SPOILT = {
    "F06_404": (status(404), "status 404"),
    "F06_410": (status(410), "status 410"),
    "F06_403": (status(403), "status 403"),
    "F07_html": (spoil(lambda _: issuers.html()), "not a JSON object"),
    "F07_html_with_status_500": (status(500), "status 500"),
    "F09_10_MB": (body(b" " * (10 * MEGABYTE)), "larger than 262144 bytes"),
    "F09_10_MB_after_keys": (
        body(good_set() + b" " * (10 * MEGABYTE)),
        "larger than 262144",
    ),
    "F09_endless": (endless(b" " * 65536, 0), "larger than 262144 bytes"),
    "F09_endless_and_slow": (endless(b" " * 100, 0.1), "timed out"),
    "F09_zipped": (zipped(0), "not a JSON object"),
    "F09_zip_bomb": (zipped(20 * MEGABYTE), "not a JSON object"),
    "F10_loop": (redirected(302, "{url}jwks.json"), "status 302"),
    "F10_same_host": (redirected(301, "{url}elsewhere"), "status 301"),
    "F10_other_host": (redirected(307, "{spy}elsewhere"), "status 307"),
    "F10_plain_http": (
        redirected(308, "http://localhost/elsewhere"),
        "status 308",
    ),
    "F10_link_local": (
        redirected(302, "http://169.254.169.254/latest/"),
        "status 302",
    ),
    "F10_file": (redirected(302, "file:///etc/passwd"), "status 302"),
    "F11_expired": (serve_with(days=(-2, -1)), r"certificate has expired \("),
    "F11_not_yet_valid": (
        serve_with(days=(1, 2)),
        r"certificate is not yet valid \(",
    ),
    "F11_self_signed": (
        signed_by(lambda a: certs.SelfSigned(a.directory, "self")),
        f"self-signed certificate{UNTRUSTED}",
    ),
    "F11_unknown_authority": (
        signed_by(lambda a: certs.Authority(a.directory, "stranger")),
        f"unable to get local issuer certificate{UNTRUSTED}",
    ),
    "F11_other_host": (
        serve_with(hosts=("other.example",)),
        r"certificate subject name .*'localhost' \(",
    ),
    "F11_no_intermediate": (
        signed_by(subordinate),
        f"unable to get local issuer certificate{UNTRUSTED}",
    ),
    "F11_tls_1_0": (version(ssl.TLSVersion.TLSv1), "alert protocol version"),
    "F11_tls_1_1": (version(ssl.TLSVersion.TLSv1_1), "alert protocol version"),
    "F17_empty": (body(b'{"keys":[]}'), "1 to 100 keys"),
    "F17_missing": (body(b"{}"), 'no array "keys"'),
    "F17_null": (body(b'{"keys":null}'), 'no array "keys"'),
    "F17_none_usable": (body(good_set(OTHER.jwk(use="enc"))), "usable"),
}


def row(number):
    names = [name for name in SPOILT if name.startswith(number)]
    return pytest.mark.parametrize("name", names)


@pytest.fixture(scope="class")
def spy(authority):
    """Where issuers send those who follow redirects."""
    with Issuer(authority, NEXT) as issuer:
        issuer.answers["/elsewhere"] = Answer(good_set())
        yield issuer


#: As far as OpenSSL is concerned old protocols are welcome: Debian's own
#: settings would refuse them in our place.
PERMISSIVE = """\
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = welcome
[welcome]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
"""


@pytest.fixture(scope="class")
def spoilt(authority, spy):
    """All issuers have been good once, and then are not."""
    lines = ["Auth0KeyTimeout 1 3", "Auth0KeyCooldown 1", "Auth0KeyWait 0"]
    permissive = authority.directory / "openssl.cnf"
    permissive.write_text(PERMISSIVE)
    how = {"environment": {"OPENSSL_CONF": str(permissive)}}
    with contextlib.ExitStack() as stack:
        crowd = Crowd(stack, authority, SPOILT, *lines, **how)
        crowd.start()
        crowd.wait_for_keys()
        watch.announce(FAILED)
        for name, (misbehave, _) in SPOILT.items():
            misbehave(crowd.issuers[name], spy)
        crowd.wait_for_failures()
        yield crowd


def stands(crowd, name):
    """The former key is in force, the new one is not, and the log says why."""
    answers.accepted(crowd.get(name), tokens.SUBJECT)
    answers.refused(crowd.get(name, NEXT), "key.unknown")
    url = crowd.issuers[name].url
    why = SPOILT[name][1]
    log = crowd.httpd.error_log.read_text()
    lines = re.findall(f"keys of issuer {url} cannot be fetched: .*", log)
    assert len(lines) == 1
    assert re.search(why, lines[0])
    end = rf"\({url}jwks\.json\); the former keys stay in force"
    assert re.search(end, lines[0])


class TestSpoilt:
    @row("F06")
    def test_F06_gone(self, spoilt, name):
        stands(spoilt, name)

    @row("F07")
    def test_F07_no_keys_at_all(self, spoilt, name):
        stands(spoilt, name)

    @row("F09")
    def test_F09_too_much(self, spoilt, name):
        stands(spoilt, name)
        fields = spoilt.issuers[name].fields[JWKS]
        assert fields["Accept-Encoding"] is None

    @row("F10")
    def test_F10_redirect(self, spoilt, spy, name):
        """Not one connection to where it leads."""
        stands(spoilt, name)
        assert spoilt.issuers[name].count("/elsewhere") == 0
        assert spy.connections == 0

    @row("F11")
    def test_F11_tls(self, spoilt, name):
        """Not one request over such a connection."""
        stands(spoilt, name)
        issuer = spoilt.issuers[name]
        assert issuer.connections > len(issuer.requests)

    @row("F17")
    def test_F17_no_keys(self, spoilt, name):
        stands(spoilt, name)

    def test_all_is_well_again(self, spoilt):
        # An attempt under way may see the keys mended, and the rest not yet.
        watch.allow("metadata of issuer .* cannot be used")
        spoilt.mend()
        spoilt.wait_for_keys(NEXT)
        for name in spoilt.issuers:
            answers.refused(spoilt.get(name), "key.unknown")


def test_F07_type_is_not_looked_at(authority):
    """Only the text is: keys are keys."""
    with Issuer(authority, KEY) as issuer:
        for path in (DISCOVERY, JWKS):
            issuer.answers[path].headers = (("Content-Type", "text/html"),)
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok", 5)


# -------------------------------------------------------- what a fetch costs

BIG = ["F09_10_MB", "F09_10_MB_after_keys", "F09_endless", "F09_zip_bomb"]


def test_F09_memory(authority, announce):
    """The fetching child grows by what it holds of answers, and only once."""
    announce(FAILED)
    with contextlib.ExitStack() as stack:
        crowd = Crowd(stack, authority, BIG)
        issuers = crowd.issuers.values()
        crowd.start()
        crowd.wait_for_keys()
        first = crowd.issuers[BIG[0]]
        with first.hold():
            pid = fetcher(crowd.httpd, first)
        before = memory(pid)
        for name, issuer in crowd.issuers.items():
            SPOILT[name][0](issuer, None)
        crowd.wait_for_failures()
        asked = [issuer.connections for issuer in issuers]
        wait_until(
            lambda: all(i.connections > n for i, n in zip(issuers, asked)),
            "big answers from all, again",
        )
        wait_until(
            lambda: not any(holders(crowd.httpd, i.port) for i in issuers),
            "their end",
        )
        grown = memory(pid) - before
    print(f"F09: {grown} KiB more after twice {len(BIG)} big answers")
    assert grown < 512 * len(BIG)


# ------------------------------------------------------------ whom to believe

#: Where the system's authorities are: in a file, and one by one.
SYSTEM = "/etc/ssl/certs"
BUNDLE = "ca-certificates.crt"


def test_F11_intermediate_that_is_sent(authority):
    """What makes a bad server of one that does not send it."""
    with Issuer(authority, KEY) as issuer:
        middle = subordinate(authority)
        issuer.certificate("whole", authority=middle, chain=[middle])
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok", 5)


@pytest.fixture
def system(tmp_path):
    """An authority of the system's, and how to start httpd where it is one."""
    authority = certs.Authority(tmp_path, "system")
    folder = tmp_path / "certs"
    folder.mkdir()
    command = ["openssl", "x509", "-hash", "-noout", "-in", authority.file]
    found = subprocess.run(command, capture_output=True, check=True, text=True)
    for name in (BUNDLE, f"{found.stdout.strip()}.0"):
        (folder / name).write_bytes(authority.file.read_bytes())
    return authority, seeing({SYSTEM: folder})


def trusting(*pairs):
    """Virtual hosts by name, each with its line of authorities and issuer."""
    return ANYTHING + "".join(
        f"<VirtualHost *:*>\nServerName {name}\n{line}\n"
        + protected("/orders", f"Auth0Issuer {issuer.url}")
        + "</VirtualHost>\n"
        for name, line, issuer in pairs
    )


def test_F11_own_authorities_replace_the_systems(authority, system, announce):
    """Not even the environment can add to them."""
    announce(FAILED)
    theirs, prefix = system
    line = f"Auth0CACertificateFile {authority.file}"
    with Issuer(theirs, KEY) as one, Issuer(theirs, KEY) as two:
        config = trusting(("one", "", one), ("two", line, two))
        environment = {
            "SSL_CERT_FILE": str(theirs.file),
            "SSL_CERT_DIR": str(theirs.directory / "certs"),
            "CURL_CA_BUNDLE": str(theirs.file),
        }
        httpd = Httpd(config, PAGE, prefix=prefix, environment=environment)
        with httpd:
            httpd.wait_for_log(f"{two.url} cannot be fetched: .*certificate")
            host = [("Host", "one")]
            response = httpd.get("/orders", one.token(KEY), headers=host)
            answers.accepted(response, tokens.SUBJECT)
            host = [("Host", "two")]
            response = httpd.get("/orders", two.token(KEY), headers=host)
            answers.refused(response, "key.unavailable")
        assert two.requests == []
