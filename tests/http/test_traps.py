# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Traps of httpd: what other modules, error documents and .htaccess files do to
a verdict, and what a verdict must not do to them.
"""
import concurrent.futures
import pathlib
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from issuer import JWKS, Answer, Issuer

KEY = tokens.rsa_key("main")
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}


def resident_kib(pids):
    """Resident memory of some processes together, in KiB."""
    total = 0
    for pid in pids:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        line = next(x for x in status.splitlines() if x.startswith("VmRSS"))
        total += int(line.split()[1])
    return total


# ----------------------------------------------------------------- .htaccess

HTACCESS = """\
<Directory ${DIR}/htdocs>
    AllowOverride AuthConfig
    Auth0Issuer https://tenant.example/ file:${DIR}/keys.json
    Auth0Audience https://api.example.com/orders
</Directory>
"""


def test_auth_type_in_htaccess_leaves_no_trace():
    files = {
        **FILES,
        "htdocs/h/page.html": "page",
        "htdocs/h/.htaccess": "AuthType Auth0\nRequire auth0-scope read\n",
    }
    with Httpd(HTACCESS, files) as httpd:
        good = tokens.token(KEY, scope="read")
        assert httpd.get("/h/page.html", good).status == 200
        answers.refused(httpd.get("/h/page.html"), "request.no_token")
        pids = httpd.children()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: httpd.get("/h/page.html"), range(1000)))
            before = resident_kib(pids)
            list(pool.map(lambda _: httpd.get("/h/page.html"), range(3000)))
        assert httpd.children() == pids
        assert resident_kib(pids) - before < 2048


# ------------------------------------------------------ other modules' answers

BASIC = (
    TENANT
    + location("/api", "Require auth0-scope read")
    + """
RewriteEngine On
RewriteCond /api/page.html -U
RewriteRule ^/basic/ - [E=ALLOWED:1]
<Location /basic>
    AuthType Basic
    AuthName staff
    AuthUserFile ${DIR}/users
    Require valid-user
</Location>
"""
)


def basic_server(more=""):
    files = {
        **FILES,
        "users": "",
        "htdocs/basic/page.html": "page",
        "htdocs/api/page.html": "page",
    }
    modules = ["rewrite", "auth_basic", "authn_file"]
    return Httpd(BASIC + more, files, modules=modules)


def test_another_challenge_is_left_alone():
    with basic_server() as httpd:
        response = httpd.get("/basic/page.html")
        assert response.status == 401
        assert response.challenges == ['Basic realm="staff"']


def test_another_challenge_outlives_its_error_document():
    with basic_server("ErrorDocument 401 /api/page.html\n") as httpd:
        response = httpd.get("/basic/page.html")
        assert response.status == 401
        assert response.challenges == ['Basic realm="staff"']


LUA = """\
function grant(r)
    if r.user == nil then
        return apache2.AUTHZ_DENIED_NO_USER
    end
    r.err_headers_out["X-Trace"] = "of a trial"
    r.headers_out["X-Trace"] = "of a trial"
    r.headers_in["Trace"] = "of a trial"
    r.subprocess_env["TRACE"] = "of a trial"
    r.notes["trace"] = "of a trial"
    r:err("a provider was asked")
    return apache2.AUTHZ_GRANTED
end
function fail(r)
    return r.user and apache2.AUTHZ_GENERAL_ERROR or
        apache2.AUTHZ_DENIED_NO_USER
end
"""

TRACED = """\
LuaAuthzProvider traced ${DIR}/grant.lua grant
LuaAuthzProvider failing ${DIR}/grant.lua fail
Header always set X-Seen "%{TRACE}e"
Header always set X-Seen-In "expr=<%{HTTP:Trace}>"
CustomLog logs/notes.log "%{trace}n"
"""


def traced(path, *lines):
    """The scope is found missing before the provider would be asked."""
    return location(
        path,
        *lines,
        "<RequireAll>",
        "Require auth0-scope read",
        "Require traced",
        "</RequireAll>",
    )


@pytest.fixture(scope="module")
def lua():
    config = (
        ANYTHING
        + TENANT
        + TRACED
        + traced("/lua")
        + traced("/report", "Auth0ReportOnly On")
        + location("/failing", "Require failing")
        + location("/report/failing", "Auth0ReportOnly On", "Require failing")
    )
    files = {**FILES, "grant.lua": LUA}
    with Httpd(config, files, modules=["lua"]) as httpd:
        yield httpd


@pytest.mark.parametrize("path", ["/lua", "/report"])
def test_a_trial_leaves_no_trace(lua, path):
    response = lua.get(path, tokens.token(KEY, scope="other"))
    if path == "/lua":
        answers.refused(response, "require.scope", scope="read")
    assert response.reason == "require.scope"
    assert response.header("X-Trace") is None
    assert response.header("X-Seen") == "(null)"
    assert response.header("X-Seen-In") == "<>"
    assert "was asked" not in lua.error_log.read_text()
    notes = (lua.directory / "logs" / "notes.log").read_text()
    assert set(notes.splitlines()) == {"-"}


def test_a_provider_that_fails(lua):
    """Neither is it a denial that a client could mend, nor a way in."""
    response = lua.get("/failing", tokens.token(KEY))
    assert (response.status, response.challenges) == (500, [])


def test_a_provider_that_fails_is_reported(lua):
    response = lua.get("/report/failing", tokens.token(KEY))
    assert (response.status, response.reason) == (200, "require.other")
    assert response.user == "-"


# --------------------------------------------- a verdict for another policy

SECRET = tokens.Secret(b"s" * 32)

#: What the page allows and the part does not, with a token for the page:
#: lines of the page's section, lines of the part's, the token.
OTHER_POLICIES = {
    "algorithms": (
        ["Auth0Algorithms RS256 PS256"],
        ["Auth0Algorithms PS256"],
        lambda: tokens.token(KEY),
    ),
    "secret": (
        ["Auth0Algorithms HS256", "Auth0SigningSecret file:${DIR}/one"],
        ["Auth0Algorithms HS256", "Auth0SigningSecret file:${DIR}/two"],
        lambda: tokens.token(SECRET, "HS256"),
    ),
    "skew": (
        ["Auth0ClockSkew 60"],
        ["Auth0ClockSkew 0"],
        lambda: tokens.token(KEY, exp=int(time.time()) - 10),
    ),
    "user_claim": (
        ["Auth0RemoteUser sub"],
        ["Auth0RemoteUser name"],
        lambda: tokens.token(KEY, name="control\u0001"),
    ),
}


@pytest.mark.parametrize("name", OTHER_POLICIES)
def test_another_policy_judges_again(announce, name):
    """A page that includes a part: the part trusts no verdict but its own."""
    page, part, make = OTHER_POLICIES[name]
    config = (
        TENANT
        + "Options +Includes\nAddType text/html .shtml\n"
        + "AddOutputFilter INCLUDES .shtml\n"
        + location("/page", *page, "Require valid-user")
        + location("/part", *part, "Require valid-user")
    )
    files = {
        **FILES,
        "one": SECRET.secret,
        "two": b"t" * 32,
        "htdocs/page/p.shtml": 'begin <!--#include virtual="/part/x" --> end',
        "htdocs/page/same.shtml": 'begin <!--#include virtual="/page/x" --> end',
        "htdocs/page/x": "page",
        "htdocs/part/x": "part",
    }
    announce("unable to include")
    with Httpd(config, files, modules=["include"]) as httpd:
        assert httpd.get("/page/same.shtml", make()).text == "begin page end"
        response = httpd.get("/page/p.shtml", make())
        assert (response.status, response.challenges) == (200, [])
        assert response.text.startswith("begin [an error occurred")


# ----------------------------------------------------------- error documents

REFUSED_DOCUMENT = (
    TENANT
    + "ErrorDocument 401 /err/page.html\nErrorDocument 403 /err/page.html\n"
    + location("/api", "Require auth0-scope read")
    + location("/err", "Require auth0-scope err")
)


@pytest.fixture(scope="module")
def document_server():
    files = {
        **FILES,
        "htdocs/api/page.html": "page",
        "htdocs/err/page.html": "sorry",
    }
    with Httpd(REFUSED_DOCUMENT, files) as httpd:
        yield httpd


@pytest.mark.parametrize(
    "claims, reason, scope",
    [
        ({"scope": "other"}, "require.scope", "read"),
        ({"scope": "read", "aud": "https://else"}, "claims.aud", None),
    ],
    ids=["403", "401"],
)
def test_a_refused_error_document(document_server, claims, reason, scope):
    response = document_server.get("/api/page.html", tokens.token(KEY, **claims))
    answers.refused(response, reason, scope=scope)


def test_a_refused_index_with_an_error_document():
    config = (
        TENANT
        + "ErrorDocument 403 /sorry.html\nDirectoryIndex index.html\n"
        + location("/d/index.html", "Require auth0-scope read")
    )
    files = {**FILES, "htdocs/d/index.html": "i", "htdocs/sorry.html": "sorry"}
    with Httpd(config, files) as httpd:
        response = httpd.get("/d/", tokens.token(KEY, scope="other"))
        answers.refused(response, "require.scope", scope="read")
        assert response.body == b"sorry"


# --------------------------------------------------- incomplete, refused late


def test_incomplete_in_force_is_refused(announce):
    """What a <Directory> might have brought is not there: closed, not open."""
    config = (
        ANYTHING
        + "Auth0Issuer https://tenant.example/ file:${DIR}/keys.json\n"
        + "<Directory ${DIR}/elsewhere>\n"
        + "Auth0Audience https://api.example.com/orders\n"
        + "Auth0SigningSecret file:${DIR}/secret\n</Directory>\n"
        + location("/no-audience", "Require valid-user")
        + location(
            "/no-secret",
            "Auth0Audience https://api.example.com/orders",
            "Auth0Algorithms HS256",
            "Require valid-user",
        )
    )
    announce("config.incomplete")
    with Httpd(config, {**FILES, "secret": b"s" * 32}) as httpd:
        for path in ("/no-audience", "/no-secret"):
            answers.refused(
                httpd.get(path, tokens.token(KEY)), "config.incomplete"
            )


# --------------------------------------------------------------- key fetching


def test_failing_key_endpoints_crash_nothing(authority, announce):
    """What a refresh remembers outlives the pool it began with."""
    announce("the keys of issuer .* cannot be fetched")
    with Issuer(authority, KEY) as one, Issuer(authority, KEY) as two:
        for issuer in (one, two):
            issuer.answers[JWKS] = Answer(b"", status=500)
        config = ANYTHING + (
            f"Auth0CACertificateFile {authority.file}\nAuth0KeyRefresh 1\n"
        )
        config += location(
            "/orders",
            f"Auth0Audience {tokens.AUDIENCE}",
            f"Auth0Issuer {one.url}",
            f"Auth0Issuer {two.url}",
            "Require valid-user",
        )
        with Httpd(config, FILES) as httpd:
            pids = httpd.children()
            deadline = time.monotonic() + 4
            while time.monotonic() < deadline:
                httpd.get("/orders", tokens.token(KEY, iss=one.url))
                time.sleep(0.1)
            assert httpd.children() == pids
            assert min(one.count(JWKS), two.count(JWKS)) >= 2
