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
