# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
mod_cache in front, before authentication (its quick handler) and behind it:
whatever the back end says of caching, nobody gets an answer that was made for
somebody else, and nobody without a token gets one that was made for a token.
"""
import itertools
import json

import pytest

import answers
import tokens
from backend import Backend
from conf import TENANT, location, table
from env import Httpd

KEY = tokens.rsa_key("main")
SUB = "Auth0ClaimHeader X-Auth0-Sub sub"
VALID = "Require valid-user"

#: What the back end says; None: nothing.
SAID = {
    "silent": None,
    "max-age": "max-age=60",
    "public": "public, max-age=60",
    "shared": "s-maxage=60",
    "private": "private, max-age=60",
    "no-store": "no-store",
}
SOURCES = {
    "header": "Auth0TokenSource header",
    "cookie": "Auth0TokenSource cookie:at",
    "query": "Auth0TokenSource query",
}


def says(said):
    return f'Header set Cache-Control "{said}"' if said else ""


ALWAYS = 'Header always set Cache-Control "max-age=60"'
SECTIONS = [
    location(f"/{source}/{name}", lines, SUB, VALID, says(said))
    for source, lines in SOURCES.items()
    for name, said in SAID.items()
] + [
    location(f"/{kind}/{name}", *lines, SUB, says(said))
    for kind, lines in {
        "optional": ("Auth0Optional On", "Require all granted"),
        "forward": ("Auth0ForwardToken On", VALID),
        "report": ("Auth0ReportOnly On", VALID),
    }.items()
    for name, said in SAID.items()
] + [
    location("/lost/header", VALID, "ProxyPass !", ALWAYS),
    location("/lost/cookie", "Auth0TokenSource cookie:at", VALID,
             "ProxyPass !", ALWAYS),
    location("/open", "Require all granted", says("max-age=60")),
    *(location(f"/wrong/{document}", VALID,
               f"ErrorDocument 401 /open/{document}")
      for document in ("error", "error/moved", "unsaved", "unsaved/moved")),
    location("/open/unsaved", "Require all granted", says("no-store")),
    location("/varying", SUB, VALID, 'Header set Vary "Accept"'),
    location("/moved", SOURCES["cookie"], SUB, VALID,
             "Redirect permanent /moved/here /open"),
    location("/missing", SOURCES["cookie"], SUB, VALID, "ProxyPass !"),
    location("/partly/field", SOURCES["cookie"], SUB, VALID,
             says('private=\\"X-A\\", max-age=60')),
    location("/partly/quoted", SOURCES["cookie"], SUB, VALID,
             says('x=\\"a,private,no-store\\"')),
    location("/varying/all", 'Header set Vary "*"'),
    location("/varying/same", 'Header set Vary "accept, authorization"'),
]
CONFIG = TENANT + "".join(SECTIONS) + """
CacheQuickHandler %(quick)s
CacheEnable socache /
CacheSocache shmcb
CacheStorePrivate Off
CacheIgnoreQueryString Off
CacheHeader On
ProxyPass / http://127.0.0.1:%(backend)d/
"""
MODULES = ["proxy", "proxy_http", "cache", "cache_socache", "socache_shmcb"]


@pytest.fixture(scope="module")
def backend():
    with Backend() as server:
        yield server


@pytest.fixture(scope="module", params=[True, False], ids=["quick", "late"])
def is_quick(request):
    """Before authentication, or behind it."""
    return request.param


@pytest.fixture(scope="module")
def httpd(is_quick, backend):
    quick = "On" if is_quick else "Off"
    config = CONFIG % {"quick": quick, "backend": backend.port}
    files = {"keys.json": tokens.jwks(KEY)}
    with Httpd(config, files, modules=MODULES) as server:
        yield server


numbers = itertools.count()


def token_of(name):
    """Never the same token twice: no former test has left an answer to it."""
    return tokens.token(KEY, sub=f"{name}-{next(numbers)}")


def ask(httpd, source, path, sent):
    if sent is None:
        return httpd.get(path)
    if source == "cookie":
        return httpd.get(path, headers=[("Cookie", f"at={sent}")])
    if source == "query":
        return httpd.get(f"{path}?access_token={sent}")
    return httpd.get(path, sent)


def whose(response):
    """For whom the back end has made the answer."""
    assert response.status == 200
    fields = {k.lower(): v for k, v in json.loads(response.text)["fields"]}
    return fields.get("x-auth0-sub", "nobody").partition("-")[0]


def is_hit(response):
    return (response.header("X-Cache") or "").startswith("HIT")


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("source", [*SOURCES, "forward"])
def test_each_has_an_answer_of_their_own(httpd, source, said):
    path = f"/{source}/{said}/{next(numbers)}"
    anna, bob = token_of("anna"), token_of("bob")
    for name, sent in [("anna", anna), ("bob", bob), ("anna", anna),
                       ("bob", bob)]:
        assert whose(ask(httpd, source, path, sent)) == name
    answers.refused(ask(httpd, source, path, None), "request.no_token")
    bad = tokens.token(tokens.rsa_key("other"))
    answers.refused(ask(httpd, source, path, bad), "key.unknown")


@pytest.mark.parametrize("first", ["nobody", "anna"])
@pytest.mark.parametrize("said", SAID)
def test_nobody_and_somebody(httpd, said, first):
    """Where no token is needed the answer still depends on it."""
    path = f"/optional/{said}/{next(numbers)}"
    sent = {"anna": token_of("anna"), "nobody": None}
    second = "anna" if first == "nobody" else "nobody"
    for name in (first, second, first, second):
        assert whose(ask(httpd, "header", path, sent[name])) == name


@pytest.mark.parametrize("said", SAID)
def test_report(httpd, said):
    """Who is only reported is nobody, to caches too."""
    path = f"/report/{said}/{next(numbers)}"
    late = tokens.token(KEY, exp=tokens.Ago(60))
    anna = token_of("anna")
    for name, sent in [("anna", anna), ("nobody", late), ("nobody", None),
                       ("anna", anna)]:
        assert whose(ask(httpd, "header", path, sent)) == name


@pytest.mark.parametrize("source, control, vary", **table([
    ("header", "header", "max-age=60", "Authorization"),
    ("cookie", "cookie", "max-age=60, private", "Cookie"),
]))
def test_what_is_not_found(httpd, source, control, vary):
    """Only who has a token is told so, whatever the page is made by."""
    path = f"/lost/{source}/{next(numbers)}"
    for name in ("anna", "bob"):
        response = ask(httpd, source, path, token_of(name))
        assert (response.status, response.reason) == (404, "ok")
        assert response.all("Cache-Control") == [control]
        assert response.all("Vary") == [vary]
    response = ask(httpd, source, path, None)
    assert (response.status, response.reason) == (401, "request.no_token")
    assert "no-store" in response.header("Cache-Control")


def test_what_is_public_is_cached(httpd):
    """The tests above could find something."""
    path = f"/open/{next(numbers)}"
    assert not is_hit(httpd.get(path))
    assert is_hit(httpd.get(path))


def test_an_answer_may_be_cached_for_the_same_token(httpd, is_quick):
    """
    Where the back end says that shared caches may keep it. The quick handler
    has nothing to do with requests that bear Authorization.
    """
    path = f"/header/public/{next(numbers)}"
    sent = token_of("anna")
    assert not is_hit(httpd.get(path, sent))
    response = httpd.get(path, sent)
    assert is_hit(response) is not is_quick
    assert whose(response) == "anna"


@pytest.mark.parametrize(
    "source, said, control, vary",
    **table([
        ("header", "header", "silent", "private", "Authorization"),
        ("public", "header", "public", "public, max-age=60", "Authorization"),
        ("private", "header", "private", "private, max-age=60",
         "Authorization"),
        ("cookie", "cookie", "silent", "private", "Cookie"),
        ("cookie_public", "cookie", "public", "public, max-age=60, private",
         "Cookie"),
        ("cookie_private", "cookie", "private", "private, max-age=60",
         "Cookie"),
        ("query", "query", "max-age", "max-age=60, private", None),
        ("query_no_store", "query", "no-store", "no-store", None),
    ]),
)
def test_fields(httpd, source, said, control, vary):
    response = ask(httpd, source, f"/{source}/{said}/x", token_of("anna"))
    assert response.all("Cache-Control") == [control]
    assert response.all("Vary") == ([vary] if vary else [])


def test_nobody_is_told_nothing_private(httpd):
    response = httpd.get("/optional/silent/x")
    assert response.header("Cache-Control") is None
    assert response.header("Vary") == "Authorization"


@pytest.mark.parametrize(
    "path, vary",
    **table([
        ("added", "/varying", "Accept,Authorization"),
        ("all", "/varying/all", "*"),
        ("same", "/varying/same", "accept,authorization"),
    ]),
)
def test_vary_is_added_to(httpd, path, vary):
    assert httpd.get(path, token_of("anna")).header("Vary") == vary


@pytest.mark.parametrize("path", ["/partly/field", "/partly/quoted"])
def test_private_in_part_is_not_private(httpd, path):
    """RFC 9111 section 5.2.2.7: of these, caches may keep the rest."""
    response = ask(httpd, "cookie", path, token_of("anna"))
    assert response.header("Cache-Control").endswith(", private")


@pytest.mark.parametrize(
    "path, status", [("/moved/here", 301), ("/missing/x", 404)]
)
def test_what_httpd_says_itself(httpd, path, status):
    """Caches may keep such answers, too: RFC 9110 section 15.1."""
    response = ask(httpd, "cookie", path, token_of("anna"))
    assert (response.status, response.reason) == (status, "ok")
    assert response.header("Cache-Control") == "private"
    assert response.header("Vary") == "Cookie"


@pytest.mark.parametrize(
    "document, status, is_saved",
    **table([
        ("saved", "error", 200, True),
        ("saved_redirect", "error/moved", 307, True),
        ("unsaved", "unsaved", 200, False),
        ("unsaved_redirect", "unsaved/moved", 307, False),
    ]),
)
def test_a_refusal_keeps_its_status(httpd, document, status, is_saved):
    """Whatever its document says, and so does the document."""
    for _ in range(2):
        refusal = httpd.get(f"/wrong/{document}")
        assert (refusal.status, refusal.reason) == (401, "request.no_token")
        assert refusal.challenges == answers.challenges("request.no_token")
        assert "no-store" in refusal.all("Cache-Control")
        httpd.get(f"/open/{document}")
        response = httpd.get(f"/open/{document}")
        assert (response.status, is_hit(response)) == (status, is_saved)


# --------------------------------- where mod_cache saves before we have spoken

ANY = "Auth0TokenSource header cookie:at query"
PARTS = [
    location("/api", ANY, SUB, VALID),
    location("/same", ANY, SUB, VALID),
    location("/whose.shtml", ANY, VALID),
    location("/asking.shtml", "Auth0TokenSource query", "Auth0Optional On",
             "Require all granted"),
    *(location(f"/{placed}", ANY, SUB, VALID, line)
      for placed, line in {
          "placed": "SetOutputFilter CACHE",
          "before": "SetOutputFilter CACHE;DEFLATE",
          "after": "SetOutputFilter DEFLATE;CACHE",
          "forward": "SetOutputFilter CACHE\nAuth0ForwardToken On",
      }.items()),
    location("/query", "Auth0TokenSource query", SUB, "Auth0Optional On",
             "Require all granted"),
    location("/header", SUB, "Auth0Optional On", "Require all granted"),
]
PARTS_CONFIG = TENANT + "".join(PARTS) + """
CacheQuickHandler %(quick)s
CacheEnable disk /
CacheRoot ${DIR}/cache
CacheIgnoreQueryString Off
CacheHeader On
ProxyPassMatch ^/.*[.]shtml !
ProxyPass / http://127.0.0.1:%(backend)d/
<Directory ${DIR}/htdocs>
    Options +Includes
    AcceptPathInfo On
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
    Require all granted
</Directory>
<FilesMatch "^(kept|text|free)[.]">
    ExpiresActive On
    ExpiresDefault A60
</FilesMatch>
"""


def page_of(part):
    """What is behind the page's name goes behind the part's."""
    return f'<!--#include virtual="{part}$PATH_INFO" -->'


PAGES = {
    "whose.shtml": page_of("/api"),
    "open.shtml": page_of("/api"),
    "optional.shtml": page_of("/header"),
    "asking.shtml": page_of("/query"),
    "kept.shtml": page_of("/api"),
    "text.shtml": "The text. " + page_of("/api"),
    "free.shtml": page_of("/free"),
    "same/page.shtml": page_of("/same"),
}


@pytest.fixture(scope="module")
def parts(is_quick):
    quick = "On" if is_quick else "Off"
    files = {f"htdocs/{name}": text for name, text in PAGES.items()}
    modules = [*MODULES, "include", "filter", "deflate", "expires",
               "cache_disk"]
    with Backend(fields=[("Cache-Control", "max-age=60")]) as backend:
        config = PARTS_CONFIG % {"quick": quick, "backend": backend.port}
        files["keys.json"] = tokens.jwks(KEY)
        server = Httpd(config, files, modules=modules)
        (server.directory / "cache").mkdir()
        (server.directory / "cache").chmod(0o777)
        with server:
            yield server


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "page, part",
    **table([
        ("of_a_section_of_its_own", "/whose.shtml", "/api"),
        ("of_the_same_section", "/same/page.shtml", "/same"),
    ]),
)
def test_a_part_is_for_whom_the_page_was(parts, source, page, part):
    rest = f"/{next(numbers)}"
    assert whose(ask(parts, source, page + rest, token_of("anna"))) == "anna"
    for path in (page + rest, part + rest):
        assert whose(ask(parts, source, path, token_of("bob"))) == "bob"
    answers.refused(parts.get(part + rest), "request.no_token")


@pytest.mark.parametrize("source", ["header", "cookie"])
@pytest.mark.parametrize("page", ["/open.shtml", "/kept.shtml", "/text.shtml"])
def test_a_part_of_a_public_page(parts, announce, source, page):
    """Also where caches may keep it: its fields are sent before its parts."""
    announce('unable to include "/api.PATH_INFO" .* returned 401')
    rest = f"/{next(numbers)}"
    for name in ("anna", "bob"):
        response = ask(parts, source, page + rest, token_of(name))
        assert f'"{name}-' in response.text
    response = parts.get(page + rest)
    assert (response.status, response.reason) == (200, "-")
    assert b"fields" not in response.body
    answers.refused(parts.get("/api" + rest), "request.no_token")


def test_what_is_public_is_cached_with_its_parts(parts):
    """The tests above could find something."""
    rest = f"/{next(numbers)}"
    assert whose(parts.get(f"/free.shtml{rest}")) == "nobody"
    for path in ("/free.shtml", "/free"):
        assert is_hit(parts.get(path + rest))


def test_a_part_for_nobody_is_for_nobody_else(parts):
    rest = f"/{next(numbers)}"
    assert whose(parts.get(f"/optional.shtml{rest}")) == "nobody"
    assert whose(parts.get(f"/header{rest}", token_of("anna"))) == "anna"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("section", ["placed", "before", "after", "forward"])
def test_a_cache_that_is_placed_by_hand(parts, is_quick, announce, section,
                                        source):
    if is_quick:
        announce("AH00776: .* will be ignored")
    path = f"/{section}/{next(numbers)}"
    for name in ("anna", "bob"):
        assert whose(ask(parts, source, path, token_of(name))) == name
    answers.refused(parts.get(path), "request.no_token")


@pytest.mark.parametrize("page", ["/query", "/asking.shtml"])
def test_nobodys_answer_where_a_token_is_in_the_query(parts, page):
    """It is cut from the URL by which a cache behind us would look."""
    rest = f"/{next(numbers)}"
    for path in ("/query" + rest, page + rest):
        assert whose(parts.get(path)) == "nobody"
    assert whose(ask(parts, "query", page + rest, token_of("anna"))) == "anna"
