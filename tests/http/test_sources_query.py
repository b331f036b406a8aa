# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
A token in the query: who still sees it (the module), and who no longer does
(logs, back ends, programs, the status page), whatever way a request takes.
"""
import json
import re

import pytest

import answers
import sources
import tokens
from backend import Backend
from conf import TENANT, location, table
from logs import watch
from sources import bearer, escaped, logged, token

MODULES = ["rewrite", "include", "proxy", "proxy_http", "cgid", "status",
           "expires"]

ENVIRONMENT = """\
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
env
"""
CACHED = """\
#!/bin/sh
printf 'Content-Type: text/plain\\r\\nCache-Control: max-age=5\\r\\n\\r\\n'
"""

QUERY = "Auth0TokenSource query header"
VALID = "Require valid-user"

CONFIG = "\n".join(
    [
        TENANT,
        *(
            location(path, QUERY, VALID)
            for path in ("/cgi", "/static", "/api", "/raw", "/rewritten",
                         "/secret", "/d/index.html", "/old", "/page",
                         "/granted", "/expiring", "/headed")
        ),
        location("/header", VALID),
        location("/other", "Auth0TokenSource query:other", VALID),
        location("/told", QUERY, VALID, "ErrorDocument 401 /open-cgi/env.cgi"),
        location("/error", QUERY, VALID, "ErrorDocument 404 /secret/p.html"),
        """
ScriptAlias /cgi ${DIR}/cgi
ScriptAlias /open-cgi ${DIR}/cgi
Redirect /gone http://127.0.0.1/gone
ProxyPass /api http://127.0.0.1:%(backend)d/api
ProxyPass /raw http://127.0.0.1:%(backend)d/raw nocanon
<Location /granted>
    Require all granted
</Location>
<Location /expiring>
    ExpiresActive On
    ExpiresDefault "access plus 60 seconds"
</Location>
<Location /headed>
    Header set Cache-Control public
</Location>
ExtendedStatus On
<Location /status>
    SetHandler server-status
    AuthType Auth0
    Auth0TokenSource query
    Require valid-user
</Location>

RewriteEngine On
RewriteRule ^/rewritten/canon/(.*) http://127.0.0.1:%(backend)d/$1 [P]
RewriteRule ^/rewritten/raw/(.*) http://127.0.0.1:%(backend)d/$1 [P,NE]
RewriteRule ^/pretty$ /cgi/env.cgi?pretty=1 [PT,QSA]
<Directory ${DIR}/htdocs/old>
    RewriteEngine On
    RewriteRule ^ /cgi/env.cgi?old=1 [QSA]
</Directory>

DirectoryIndex index.html
AddType text/html .html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${DIR}/htdocs>
    Options +Includes
</Directory>
""",
    ]
)


def including(path):
    return f'begin <!--#include virtual="{path}" --> end'


FILES = {
    "cgi/env.cgi": ENVIRONMENT,
    "cgi/cached.cgi": CACHED,
    "htdocs/static/p.html": "static",
    "htdocs/header/p.html": "header",
    "htdocs/other/p.html": "other",
    "htdocs/secret/p.html": "secret",
    "htdocs/granted/p.html": "granted",
    "htdocs/expiring/p.html": "expiring",
    "htdocs/headed/p.html": "headed",
    "htdocs/d/index.html": "index",
    "htdocs/old/p.html": "never seen",
    "htdocs/open.html": "open",
    "htdocs/open.shtml": including("/secret/p.html"),
    "htdocs/page/p.shtml": including("/secret/p.html"),
    "htdocs/page/other.shtml": including("/other/p.html"),
    "htdocs/page/header.shtml": including("/header/p.html"),
}


@pytest.fixture(scope="module")
def backend():
    with Backend() as server:
        yield server


@pytest.fixture(scope="module")
def httpd(backend):
    config = CONFIG % {"backend": backend.port}
    watch.announce("AuthType Auth0 asks for no token by itself")
    with sources.start(
        config, FILES, modules=MODULES, http2=True
    ) as server:
        yield server


@pytest.fixture(params=[False, True], ids=["http1", "http2"])
def get(request, httpd):
    def send(path, *fields):
        return httpd.get(path, headers=list(fields), h2=request.param)

    return send


def environment(response):
    assert response.status == 200
    lines = response.text.splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


#: What comes before the token and behind it, and what remains of the two.
QUERIES = [
    ("alone", "{}", ""),
    ("first", "{}&b=2", "b=2"),
    ("last", "a=1&{}", "a=1"),
    ("between", "a=%41+%20&{}&b=%zz&&c", "a=%41+%20&b=%zz&&c"),
    ("question_marks", "a=?&{}&?b", "a=?&?b"),
    ("escaped_name", "a&%61ccess_token=TOKEN", "a"),
]


def queried(query, text):
    return query.format(f"access_token={text}").replace("TOKEN", text)


@pytest.mark.parametrize("query, rest", **table(QUERIES))
@pytest.mark.parametrize("write", [str, escaped], ids=["plain", "escaped"])
def test_a_program_sees_the_rest(get, httpd, query, rest, write):
    good = token()
    path = "/cgi/env.cgi/info?" + queried(query, write(good))
    response = get(path)
    assert response.reason == "ok"
    seen = environment(response)
    shown = "/cgi/env.cgi/info" + (f"?{rest}" if rest else "")
    assert seen["QUERY_STRING"] == rest
    assert seen["REQUEST_URI"] == shown
    assert seen["PATH_INFO"] == "/info"
    assert good not in sources.unquoted(response.text)
    line = logged(httpd, response)
    assert line.count(f"GET {shown} HTTP/") == 3


@pytest.mark.parametrize("query, rest", **table(QUERIES))
@pytest.mark.parametrize(
    "path, arrives",
    [
        ("/api/a%20b", "/api/a%20b"),
        ("/raw/a%2Cb", "/raw/a%2Cb"),
        ("/rewritten/canon/a%20b", "/a%20b"),
        ("/rewritten/raw/ab", "/ab"),
    ],
    ids=["pass", "nocanon", "rewrite", "noescape"],
)
def test_a_back_end_sees_the_rest(get, path, arrives, query, rest):
    good = token()
    response = get(f"{path}?{queried(query, good)}")
    arrived = json.loads(response.text)
    assert arrived["path"] == arrives + (f"?{rest}" if rest else "")
    assert good not in response.text
    assert response.header("Cache-Control") == "private"


@pytest.fixture(scope="module")
def forwarding():
    config = TENANT + "ProxyRequests On\n"
    config += f"<Proxy *>\nAuthType Auth0\n{QUERY}\n{VALID}\n</Proxy>\n"
    modules = ["proxy", "proxy_http"]
    with sources.start(config, {}, modules=modules) as server:
        yield server


@pytest.mark.parametrize("query, rest", **table(QUERIES))
def test_a_forward_proxy_asks_for_the_rest(forwarding, backend, query, rest):
    origin = f"http://127.0.0.1:{backend.port}/x%20y"
    response = forwarding.get(f"{origin}?{queried(query, token())}")
    shown = f"?{rest}" if rest else ""
    assert json.loads(response.text)["path"] == f"/x%20y{shown}"
    assert f"GET {origin}{shown} HTTP/1.1" in logged(forwarding, response)


def test_a_question_mark_in_a_path_is_none(get):
    """%3F: nothing behind it is a query."""
    response = get("/api/a%3Faccess_token=abc", bearer(token()))
    assert json.loads(response.text)["path"] == "/api/a%3Faccess_token=abc"
    response = get("/api/a%3Faccess_token=abc&access_token=abc")
    answers.refused(response, "request.no_token")


REFUSED = [
    ("malformed", "access_token={}%20", "request.malformed"),
    ("twice", "access_token={}&a=1&access_token={}", "request.multiple"),
    ("semicolon", "a=1;access_token={}", "request.malformed"),
    ("expired", "access_token={}", "claims.exp"),
]


@pytest.mark.parametrize("query, reason", **table(REFUSED))
def test_a_refused_token_is_not_logged_either(get, httpd, query, reason):
    bad = token(exp=1)
    response = get(f"/static/p.html?{query.format(bad, bad)}")
    answers.refused(response, reason)
    assert "access_token" not in logged(httpd, response)


def test_a_place_that_lets_everyone_in(get):
    """Nobody is asked for a token; it is not for the log all the same."""
    response = get(f"/granted/p.html?access_token={token()}")
    assert (response.status, response.reason) == (200, "-")


# ------------------------------------------- subrequests, internal redirects


def test_an_index_that_is_protected(get):
    response = get(f"/d/?access_token={token()}")
    assert (response.status, response.text) == (200, "index")
    assert response.header("Cache-Control") == "private"
    answers.refused(get("/d/"), "request.no_token")


def test_a_page_and_its_part(get):
    response = get(f"/page/p.shtml?access_token={token()}&a=1")
    assert (response.status, response.text) == (200, "begin secret end")


def test_an_open_page_has_no_token_for_its_part(get, announce):
    """Its query is its own: it may mean something else by that name."""
    announce("unable to include")
    response = get("/open.shtml?access_token=abc")
    assert response.text.startswith("begin [an error occurred")


@pytest.mark.parametrize("name", ["other", "header"])
def test_a_part_takes_no_token_from_elsewhere(get, announce, name):
    announce("unable to include")
    response = get(f"/page/{name}.shtml?access_token={token()}")
    assert response.text.startswith("begin [an error occurred")


def test_rewritten_to_what_is_protected(get):
    seen = environment(get(f"/pretty?access_token={token()}&a=1"))
    assert seen["QUERY_STRING"] == "pretty=1&a=1"
    assert seen["REQUEST_URI"] == "/pretty?a=1"
    assert seen["REMOTE_USER"] == tokens.SUBJECT


def test_redirected_internally(get):
    good = token()
    response = get(f"/old/p.html?access_token={good}&a=1")
    seen = environment(response)
    assert seen["QUERY_STRING"] == "old=1&a=1"
    assert seen["REQUEST_URI"] == "/old/p.html?a=1"
    assert good not in response.text
    assert response.header("Cache-Control") == "private"


def test_error_document_is_not_told(get):
    bad = token(exp=1)
    response = get(f"/told?access_token={bad}&a=1")
    assert response.status == 401
    assert response.challenges == [answers.challenge("claims.exp")]
    assert "REDIRECT_QUERY_STRING=a=1\n" in response.text
    assert bad not in response.text


def test_error_document_that_needs_the_token(get):
    response = get(f"/error/nothing?access_token={token()}")
    assert (response.status, response.text) == (404, "secret")


# -------------------------------------------------- before a section is known

EARLY = [
    ("redirect", "GET", "/gone?access_token={}", 302),
    ("encoded_slash", "GET", "/static/%2F?access_token={}", 404),
    ("trace", "TRACE", "/static/p.html?access_token={}", 200),
    ("another_name", "GET", "/static/%2F?a=1&other={}", 404),
]


@pytest.mark.parametrize("method, path, status", **table(EARLY))
def test_a_request_that_ends_early(httpd, method, path, status):
    """The harness looks at the logs."""
    response = httpd.request(method, path.format(token()))
    assert (response.status, response.reason) == (status, "-")
    line = logged(httpd, response)
    assert path.partition("?")[0] in line
    assert "access_token" not in line and "other" not in line


def test_another_section_keeps_its_query(httpd):
    """Where no query may bear a token, a parameter is a parameter."""
    for path in ("/header/p.html", "/open.html"):
        response = httpd.get(f"{path}?access_token=abc", token())
        assert response.status == 200
        line = logged(httpd, response)
        assert line.count("?access_token=abc HTTP/1.1") == 3


# -------------------------------------------------------------- Cache-Control

CACHING = [
    ("static", "/static/p.html", None),
    ("program", "/cgi/env.cgi", None),
    ("program_that_says", "/cgi/cached.cgi", "max-age=5"),
    ("expires", "/expiring/p.html", "max-age=60"),
    ("headers", "/headed/p.html", "public"),
    ("page_with_a_part", "/page/p.shtml", None),
]


@pytest.mark.parametrize("path, said", **table(CACHING))
def test_an_answer_to_a_query_is_private(get, path, said):
    """Whatever is said by others; they know what to do of a header."""
    response = get(f"{path}?access_token={token()}")
    assert response.status == 200
    expected = f"{said}, private" if said else "private"
    assert response.all("Cache-Control") == [expected]
    response = get(path, bearer(token()))
    assert response.status == 200
    assert response.all("Cache-Control") == [said or "private"]
    assert "Authorization" in response.header("Vary")


def test_not_modified_is_private(get):
    first = get(f"/static/p.html?access_token={token()}")
    field = ("If-Modified-Since", first.header("Last-Modified"))
    response = get(f"/static/p.html?access_token={token()}", field)
    assert response.status == 304
    assert response.header("Cache-Control") == "private"


def test_not_found_is_private(get):
    """Caches may keep it as well: RFC 9110 section 15.5.5."""
    response = get(f"/static/nothing?access_token={token()}")
    assert response.status == 404
    assert response.header("Cache-Control") == "private"


def test_the_status_page_shows_no_token(httpd):
    """
    It shows the first bytes of each request, its own included. For HTTP/2 it
    shows what mod_http2 says of a stream: 63 bytes at most, and not ours.
    """
    response = httpd.get(f"/status?a=1&access_token={token()}")
    assert response.status == 200
    assert "GET /status?a=1 HTTP/1.1" in response.text
    ours = re.sub(r"stream \d+, GET [^<]*", "", response.text)
    assert token()[:8] not in ours
