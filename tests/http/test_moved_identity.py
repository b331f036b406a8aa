# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Where mod_dir or mod_negotiation has brought a request under another section
than that of its URL: who is calling is what the section that answers has found
out, by a token of its own issuers from a place of its own.
"""
import json

import pytest

import answers
import tokens
from conf import location, table
from env import Httpd
from test_export import PROGRAM

ONE, TWO = tokens.rsa_key("one"), tokens.rsa_key("two")
VALID = "Require valid-user"
EXPORTS = "Auth0ClaimHeader X-User sub\nAuth0ClaimEnv AUTH0_USER sub\n"
EXPRESSION = 'RequestHeader set X-Expr "expr=%{auth0_claim:sub}"\n'
FIRST = "Auth0Issuer https://one.example/ file:${DIR}/one.json"
SECOND = ("Auth0Issuer https://two.example/ file:${DIR}/two.json\n"
          "Auth0TokenSource cookie:at\n")


def config(exports):
    """Folders of nobody and of the first issuer; the second one's answers."""
    told = exports + EXPRESSION
    answering = f"AuthType Auth0\n{SECOND}{told}{VALID}\n"
    nobody = f"AuthType None\nRequire all granted\n{told}"
    optional = f"Auth0Optional On\nRequire all granted\n{SECOND}{told}"
    return f"""
Auth0Audience https://api.example.com/orders
DirectoryIndex index.cgi index.shtml
AddHandler cgi-script .cgi
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${{DIR}}/htdocs>
    Options +ExecCGI +Includes +MultiViews
    MultiviewsMatch Handlers
    Require all granted
</Directory>
{location("/staff", FIRST, VALID)}
{location("/app", SECOND, told, VALID)}
<LocationMatch "^/(public|staff)/empty/">
    FallbackResource /app/env.cgi
</LocationMatch>
<LocationMatch "/(index|page)[.](cgi|shtml)$">
{answering}
</LocationMatch>
<LocationMatch "/nobody/index.cgi$">
{nobody}
</LocationMatch>
<LocationMatch "/optional/index.cgi$">
{optional}
</LocationMatch>
"""


PAGE = """\
<!--#include virtual="/app/env.cgi" -->
<!--#if expr="%{auth0_claim:sub} == 'bob'" -->bob<!--#else -->other<!--#endif -->
"""
FOLDERS = ("public", "staff")
FILES = {
    "one.json": tokens.jwks(ONE),
    "two.json": tokens.jwks(TWO),
    "htdocs/app/env.cgi": PROGRAM,
    **{
        f"htdocs/{folder}/{place}": PROGRAM
        for folder in FOLDERS
        for place in ("index.cgi", "page.cgi", "nobody/index.cgi",
                      "optional/index.cgi")
    },
    **{f"htdocs/{folder}/empty/y": "y" for folder in FOLDERS},
    **{f"htdocs/{folder}/parts/index.shtml": PAGE for folder in FOLDERS},
}
MODULES = ["cgid", "include", "negotiation"]


@pytest.fixture(scope="module")
def httpd():
    with Httpd(config(EXPORTS), FILES, modules=MODULES) as server:
        yield server


@pytest.fixture(scope="module")
def expressive():
    """A server on which nothing is exported."""
    with Httpd(config(""), FILES, modules=MODULES) as server:
        yield server


SPOOFED = [("X-User", "root")]


def fields(second=None, first=None):
    """A cookie of the second issuer's, and a field of the first one's."""
    cookie = second and tokens.token(TWO, iss="https://two.example/", sub=second)
    bearer = first and tokens.token(ONE, iss="https://one.example/", sub=first)
    sent = [("Cookie", f"at={cookie}")] if cookie else []
    return sent + ([("Authorization", f"Bearer {bearer}")] if bearer else [])


def told(response):
    """By field, by variable and by expression."""
    assert (response.status, response.reason) == (200, "ok"), response.text
    seen = json.loads(response.text)
    return (seen.get("HTTP_X_USER"), seen.get("AUTH0_USER"),
            seen.get("HTTP_X_EXPR") or None)


WAYS = [
    ("direct", "index.cgi"),
    ("index", ""),
    ("negotiated", "page"),
    ("fallback", "empty/nothing"),
    ("fallback_of_an_index", "empty/"),
]
folders = pytest.mark.parametrize("folder", FOLDERS)


@folders
@pytest.mark.parametrize("path", **table(WAYS))
def test_who_is_told(httpd, folder, path):
    sent = SPOOFED + fields("bob", "admin")
    response = httpd.get(f"/{folder}/{path}", headers=sent)
    assert told(response) == ("bob", "bob", "bob")


@folders
@pytest.mark.parametrize("path", **table(WAYS))
def test_who_is_told_by_expression_alone(expressive, folder, path):
    response = expressive.get(f"/{folder}/{path}",
                              headers=fields("bob", "admin"))
    assert told(response) == (None, None, "bob")


@pytest.mark.parametrize("path", ["", "empty/"])
def test_the_first_token_is_none_of_the_second_section(httpd, path):
    """What lets in to a folder does not let in to what answers for it."""
    response = httpd.get(f"/staff/{path}", headers=fields(None, "admin"))
    got = (response.status, response.challenges)
    assert got == (401, answers.challenges("request.no_token"))


@pytest.mark.parametrize("place", ["nobody", "optional"])
def test_nobody_is_told(httpd, expressive, place):
    """The section of the index has asked for no token, or found none."""
    for server in (httpd, expressive):
        response = server.get(f"/staff/{place}/", headers=fields(None, "admin"))
        assert told(response) == (None, None, None)


@folders
def test_who_is_told_after_a_part_of_the_page(httpd, folder):
    """A subrequest that is over takes back what is its own, and no more."""
    response = httpd.get(f"/{folder}/parts/", headers=fields("bob", "admin"))
    assert (response.status, response.reason) == (200, "ok")
    assert response.text.split()[-1] == "bob"
