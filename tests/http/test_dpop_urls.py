# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
What URL and what method a DPoP proof has to be for (RFC 9449 section 4.3,
numbers 8 and 9): those of the request that the client sent, whatever httpd
makes of them.
"""
import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd, free_port
from proofs import Prover

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))
VALID = "Require valid-user"

#: The log shows URLs as they came in: decoded ones may have blanks.
CONFIG = """
AliasMatch "^/errors/" "${DIR}/htdocs/error.html"
""" + ANYTHING + TENANT + """
AllowEncodedSlashes NoDecode
LogFormat "%{X-Test-Id}i %m - %>s %{auth0-reason}n %{auth0-token}n %u" v
CustomLog logs/access.log v
RewriteEngine On
RewriteRule ^/gone - [G]
""" + "".join([
    location("/", VALID, "ErrorDocument 410 /errors/gone"),
    location("/errors", "Auth0MaxTokenAge 3600", VALID),
])
FILES = {**PAGE, "htdocs/error.html": "our own words\n",
         "keys.json": tokens.jwks(KEY)}


@pytest.fixture(scope="module")
def httpd():
    with Httpd(CONFIG, FILES, http2=True, modules=["rewrite"]) as server:
        yield server


@pytest.fixture
def ask(httpd):
    """One request for a path, with a proof for another or the same."""

    def send(path, htu=None, method="GET", **more):
        token = PROVER.token()
        base = f"http://api.example.com:{httpd.port}"
        where = path if htu is None else htu
        where = where if "://" in where else base + where
        fields = PROVER.fields(method, where, token)
        return httpd.request(method, path, headers=fields, **more)

    return send


PATHS = [
    ("space", "/a%20b"), ("utf8", "/caf%C3%A9"), ("slash", "/a%2Fb"),
    ("question", "/a%3Fb"), ("hash", "/a%23b"), ("percent", "/a%25b"),
    ("semicolon", "/a;b=c"), ("semicolon_escaped", "/a%3Bb"),
    ("slashes", "//a///b"), ("dots", "/a/./b/../c"),
    ("escaped_dots", "/a/%2e%2e/c"), ("unreserved", "/%61%7Eb"),
    ("backslash", "/a%5Cb"), ("pipe", "/a|c"), ("trailing", "/a./b../"),
    ("query", "/a?b=c%20d"), ("colon", "/a:b@c"), ("plus", "/a+b"),
]


@pytest.mark.parametrize("h2", [False, True], ids=["http1", "http2"])
@pytest.mark.parametrize("path", **table(PATHS))
def test_as_it_was_sent(ask, path, h2):
    answers.accepted(ask(path, h2=h2), tokens.SUBJECT)


#: what is asked for, and what the proof is for
OTHERS = [
    ("question", "/orders%3Fx", "/orders"),
    ("hash", "/orders%23x", "/orders"),
    ("twice", "/a%2525", "/a%25"),
    ("slash", "/a%2Fb", "/a/b"),
    ("slashes", "/a//b", "/a/b"),
    ("slashes_first", "//a", "/a"),
    ("parameters", "/a;b", "/a"),
    ("trailing_slash", "/a/", "/a"),
    ("trailing_dot", "/a.", "/a"),
    ("up", "/a/../b", "/a"),
    ("escaped_up", "/a/%2e%2e/b", "/a"),
    # httpd, which merges slashes first, serves /b.
    ("up_from_nothing", "/a//../b", "/a/b"),
    ("up_from_nothing_twice", "/a/c//../../b", "/a/b"),
    ("up_from_nothing_escaped", "/a//%2e%2e/b", "/a/b"),
    ("up_from_nothing_itself", "/a//../b", "/a//../b"),
    ("case", "/A", "/a"),
    ("space", "/a%20b", "/a+b"),
]


@pytest.mark.parametrize("h2", [False, True], ids=["http1", "http2"])
@pytest.mark.parametrize("path, htu", **table(OTHERS))
def test_for_another_path(ask, path, htu, h2):
    answers.refused(ask(path, htu, h2=h2), "cnf.proof_invalid", scheme="DPoP")


@pytest.mark.parametrize("path, htu", **table([
    ("same", "http://evil.example/a%20b?c", "/a%20b"),
    ("root", "http://evil.example", "/"),
    ("root_query", "http://evil.example?a", "/"),
]))
def test_absolute_form(ask, path, htu):
    answers.accepted(ask(path, htu), tokens.SUBJECT)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_method_of_an_error_document(ask, method):
    """httpd makes a GET of what it takes another page for."""
    response = ask("/gone", method=method)
    got = (response.status, response.text, response.reason)
    assert got == (410, "our own words\n", "ok")


# -------------------------------------------------------------------- servers


def host(ports, *lines):
    addresses = " ".join(f"127.0.0.1:{port}" for port in ports) or "*"
    body = "\n".join(lines) + "\n" + ANYTHING + TENANT + location("/", VALID)
    return f"<VirtualHost {addresses}>\n{body}</VirtualHost>\n"


#: ServerName, and what else is said; {} is the port the request came in by
NAMES = [
    ("name", ["ServerName one.example"], "http://one.example:{}"),
    ("alias", ["ServerName one.example", "ServerAlias two.example"],
     "http://one.example:{}"),
    ("port", ["ServerName one.example:8080"], "http://one.example:8080"),
    ("scheme", ["ServerName https://one.example"], "https://one.example"),
    ("scheme_port", ["ServerName https://one.example:8443"],
     "https://one.example:8443"),
    ("default_port", ["ServerName http://one.example:80"],
     "http://one.example"),
]


@pytest.mark.parametrize("lines, origin", **table(NAMES))
@pytest.mark.parametrize("ports", ["", "1", "12", "21"])
def test_server_by_its_name(lines, origin, ports):
    """Of a server at several ports each has URLs of its own."""
    second = free_port()
    with Httpd("", FILES) as server:
        numbers = [{"1": server.port, "2": second}[p] for p in ports]
        server.conf_file.write_text(
            server.conf_file.read_text() + f"Listen 127.0.0.1:{second}\n"
            + host(numbers, *lines)
        )
        server.restart()
        token = PROVER.token()
        for name in ("one.example", "two.example", "evil.example"):
            for base in {origin, "http://two.example:{}", "http://one.example"}:
                htu = base.format(server.port) + "/x"
                fields = PROVER.fields("GET", htu, token)
                response = server.get("/x", headers=[("Host", name)] + fields)
                if base == origin:
                    answers.accepted(response, tokens.SUBJECT)
                else:
                    answers.refused(response, "cnf.proof_invalid",
                                    scheme="DPoP",
                                    realm=origin.split("/")[2].split(":")[0])
