# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Auth0ReportOnly in front of a live API, which looks at tokens itself: it is given
what it would be given without this module, and says who may come.
"""
import json

import pytest

import sources
import tokens
from backend import Backend
from conf import TENANT, location, table
from proofs import Prover
from sources import KEY, token
from test_export import PROGRAM

REPORT = "Auth0ReportOnly On"
SOURCES = "Auth0TokenSource header cookie:at query"
SUB = "Auth0ClaimHeader X-Auth0-Sub sub"
VALID = "Require valid-user"
CONFIG = "\n".join(
    [
        TENANT,
        location("/report", REPORT, SOURCES, SUB, VALID),
        location("/withheld", REPORT, SOURCES, VALID, "Auth0ForwardToken Off"),
        location("/forwarded", REPORT, SOURCES, VALID, "Auth0ForwardToken On"),
        location("/d/index.cgi", REPORT, SOURCES, VALID),
        """
ProxyPass /report/cgi !
ProxyPass /open/cgi !
ScriptAliasMatch "^/(report|open)/cgi" "${DIR}/cgi/env.cgi"
ProxyPassMatch "^/(report|withheld|forwarded|open)/" http://127.0.0.1:%d
SetEnvIf Authorization "^(.+)" TRIED=$1
RewriteEngine On
RewriteCond %%{HTTP:X-Copy} .
RewriteCond %%{HTTP:Authorization} (.+)
RewriteRule /cgi - [E=HTTP_AUTHORIZATION:%%1]
DirectoryIndex index.cgi
AddHandler cgi-script .cgi
<Directory ${DIR}/htdocs>
    Options +ExecCGI
</Directory>
""",
    ]
)
FILES = {"cgi/env.cgi": PROGRAM, "htdocs/d/index.cgi": PROGRAM}


@pytest.fixture(scope="module")
def backend():
    with Backend(tells=False) as server:
        yield server


@pytest.fixture(scope="module")
def httpd(backend):
    modules = ["cgid", "proxy", "proxy_http", "rewrite"]
    config = CONFIG % backend.port
    with sources.start(config, FILES, modules=modules) as server:
        yield server


def bearer(sent):
    return [("Authorization", f"Bearer {sent}")], ""


def cookie(sent):
    return [("Cookie", f"a=b; at={sent}")], ""


def query(sent):
    return [], f"&access_token={sent}"


def proof(sent):
    return [("Authorization", f"DPoP {sent}"), ("DPoP", "a.b.c")], ""


def basic(sent):
    return [("Authorization", f"Basic {sent}")], ""


LATE = {"exp": 1}
#: How the token comes, its claims, and what is reported.
WAYS = [
    ("header", bearer, {}, "ok"),
    ("header_late", bearer, LATE, "claims.exp"),
    ("cookie", cookie, {}, "ok"),
    ("cookie_late", cookie, LATE, "claims.exp"),
    ("query", query, {}, "ok"),
    ("query_late", query, LATE, "claims.exp"),
    ("proof", proof, {}, "cnf.scheme"),
    ("other_scheme", basic, {}, "request.scheme"),
]


def arrived(backend):
    """The URL, and the fields but those of connection and test."""
    last = backend.arrived[-1]
    backend.arrived.clear()
    path = "/" + last["path"].split("/", 2)[2]
    return path, [f for f in last["fields"] if f[0] != "X-Test-Id"]


@pytest.mark.parametrize("write, claims, reason", **table(WAYS))
def test_a_back_end_is_given_the_same(httpd, backend, write, claims, reason):
    fields, rest = write(token(**claims))
    fields += [("X-Auth0-Sub", "root"), ("X-Other", "1")]
    response = httpd.get(f"/report/x?a=1{rest}", headers=fields)
    got = (response.status, response.reason, response.challenges)
    assert got == (200, reason, [])
    path, reported = arrived(backend)
    assert path == f"/x?a=1{rest}"
    httpd.get("/open/x", headers=fields)
    assert [f for f in reported if f[0] != "X-Auth0-Sub"] == arrived(backend)[1]
    said = dict(reported).get("X-Auth0-Sub")
    assert said == (tokens.SUBJECT if reason == "ok" else None)


@pytest.mark.parametrize("write, claims, reason", **table(WAYS))
def test_a_back_end_is_not_given_what_shall_stay_here(
    httpd, backend, write, claims, reason
):
    sent = token(**claims)
    fields, rest = write(sent)
    response = httpd.get(f"/withheld/x?a=1{rest}", headers=fields)
    assert (response.status, response.reason) == (200, reason)
    assert sent not in str(backend.arrived)
    assert arrived(backend)[0] == "/x?a=1"


@pytest.mark.parametrize("write, claims, reason", **table(WAYS))
def test_forwarding_is_as_ever(httpd, backend, write, claims, reason):
    """All but a token in the query."""
    sent = token(**claims)
    fields, rest = write(sent)
    response = httpd.get(f"/forwarded/x?a=1{rest}", headers=fields)
    assert (response.status, response.reason) == (200, reason)
    assert (sent in str(backend.arrived)) == bool(fields)
    assert arrived(backend)[0] == "/x?a=1"


@pytest.mark.parametrize("write, claims, reason", **table(WAYS))
@pytest.mark.parametrize("copied", [[], [("X-Copy", "1")]],
                         ids=["alone", "copied"])
def test_a_program_is_given_the_same(httpd, write, claims, reason, copied):
    """With the variables that a configuration makes, and no others."""
    names = ("HTTP_AUTHORIZATION", "HTTP_DPOP", "HTTP_COOKIE", "TRIED")
    fields, rest = write(token(**claims))
    fields += copied
    response = httpd.get(f"/report/cgi?a=1{rest}", headers=fields)
    assert (response.status, response.reason) == (200, reason)
    reported = json.loads(response.text)
    assert reported["QUERY_STRING"] == f"a=1{rest}"
    assert reported["REQUEST_URI"] == f"/report/cgi?a=1{rest}"
    ordinary = json.loads(httpd.get("/open/cgi", headers=fields).text)
    assert [reported.get(n) for n in names] == [ordinary.get(n) for n in names]


# -------------------------------------------------------------------- the log


@pytest.mark.parametrize("path", ["/report/x", "/report/cgi", "/withheld/x"])
def test_a_token_in_the_query_is_not_logged(httpd, path):
    """It is where it was until then. The harness looks at the logs, too."""
    response = httpd.get(f"{path}?a=1&access_token={token()}")
    assert (response.status, response.reason) == (200, "ok")
    line = sources.logged(httpd, response)
    assert line.count(f"GET {path}?a=1 HTTP/1.1") == 3


def test_a_token_for_an_index_is_not_logged(httpd):
    """The folder is nobody's, and has been left alone as well."""
    sent = token()
    response = httpd.get(f"/d/?a=1&access_token={sent}")
    assert (response.status, response.reason) == (200, "ok")
    environment = json.loads(response.text)
    assert environment["QUERY_STRING"] == f"a=1&access_token={sent}"
    line = sources.logged(httpd, response)
    assert line.count("GET /d/?a=1 HTTP/1.1") == 3


def test_a_bound_token_is_given_on_with_its_proof(httpd, backend):
    prover = Prover(KEY, tokens.ec_key("dpop"))
    url = f"http://api.example.com:{httpd.port}/report/x"
    fields = prover.fields("GET", url, prover.token())
    response = httpd.get("/report/x", headers=fields)
    assert (response.status, response.reason) == (200, "ok")
    assert set(fields) <= {tuple(f) for f in arrived(backend)[1]}
