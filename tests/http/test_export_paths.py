# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The ways in which httpd takes a request from one section to another: what is
exported is what the section that answers says, and the token stays here on
each of them.
"""
import json
import re

import pytest

import answers
import backends
import tokens
from backend import Backend
from conf import TENANT, location, table
from env import Httpd
from processes import memory
from test_export import PROGRAM

KEY = tokens.rsa_key("main")
VALID = "Require valid-user"
SUB = "Auth0ClaimHeader X-Auth0-Sub sub\nAuth0ClaimEnv AUTH0_SUB sub"
ORG = "Auth0ClaimHeader X-Auth0-Org org_id\nAuth0ClaimEnv AUTH0_ORG org_id"
READ = "Require auth0-scope read"

CONFIG = "\n".join(
    [
        TENANT,
        location("/dir", SUB, VALID),
        location("/dir/index.cgi", ORG, VALID),
        location("/open/dir/index.cgi", SUB, VALID),
        location("/out", SUB, VALID),
        "<Location /out/index.cgi>\nAuthType None\nRequire all granted\n"
        "</Location>",
        location("/none", SUB, VALID),
        location("/none/index.cgi", "Auth0ClaimHeader none",
                 "Auth0ClaimEnv none"),
        location("/negotiated", SUB, VALID),
        location("/negotiated/page.cgi", ORG, VALID),
        location("/old", SUB, VALID),
        location("/sub", SUB, VALID),
        location("/org", ORG, VALID),
        location("/lacking", SUB, VALID, "ErrorDocument 404 /org/env.cgi"),
        location("/refused", SUB, READ,
                 "ErrorDocument 403 /open/env.cgi",
                 "ErrorDocument 401 /backend/error"),
        location("/many", "Auth0ClaimHeader X-Claim claim json", VALID),
        location("/cookie", "Auth0TokenSource cookie:at", VALID),
        location("/within", SUB, READ, "ErrorDocument 403 /within/env.cgi"),
        location("/forwarding", SUB, "Auth0ForwardToken On", READ,
                 "ErrorDocument 401 /backend/error"),
        location("/failing", SUB, VALID, "ErrorDocument 503 /backend/error",
                 "ProxyPass http://127.0.0.1:1/"),
        """
<Location />
    CGIPassAuth On
</Location>
SetEnvIf X-Org "(.+)" ORG=$1
ErrorDocument 400 /backend/malformed
ErrorDocument 403 /backend/forbidden
ErrorDocument 404 /backend/missing
ProxyPass /backend http://127.0.0.1:%(backend)d/backend
DirectoryIndex index.cgi
AddHandler cgi-script .cgi
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
RewriteEngine On
RewriteRule ^/pretty/(.*)$ /org/$1 [PT]
<Directory ${DIR}/htdocs>
    Options +ExecCGI +Includes +Indexes +MultiViews
    MultiviewsMatch Handlers
    Require all granted
</Directory>
<Directory ${DIR}/htdocs/old>
    RewriteEngine On
    RewriteRule ^page$ /org/env.cgi
    RewriteRule ^leave$ /open/env.cgi
</Directory>
<Directory ${DIR}/htdocs/h>
    AllowOverride AuthConfig
    AuthType Auth0
    Auth0ClaimHeader X-Auth0-Sub sub
    Require valid-user
</Directory>
""",
    ]
)
PLACES = ("dir/index", "open/dir/index", "out/index", "none/index",
          "negotiated/page", "sub/env", "org/env", "open/env", "within/env",
          "cookie/env", "h/plain/env", "h/env/env", "h/known/env", "h/unknown/env",
          "h/user/env", "h/none/env", "h/own/env")
FILES = {
    "keys.json": tokens.jwks(KEY),
    **{f"htdocs/{place}.cgi": PROGRAM for place in PLACES},
    "htdocs/old/page": "never seen",
    "htdocs/old/leave": "never seen",
    "htdocs/open/parts.shtml": "".join(
        f'<!--#include virtual="/{place}/env.cgi" -->\n'
        for place in ("sub", "org", "open", "sub")
    ),
    "htdocs/open/cookie.shtml": '<!--#include virtual="/cookie/env.cgi" -->',
    "htdocs/sub/parts.shtml": "".join(
        f'<!--#include virtual="/{place}/env.cgi" -->\n'
        for place in ("open", "sub", "org")
    ),
    "htdocs/h/env/.htaccess": "Auth0ClaimEnv MY_SUB sub json\n",
    "htdocs/h/own/.htaccess": "Auth0ClaimEnv ORG other\n",
    "htdocs/h/known/.htaccess": "Auth0ClaimHeader X-Auth0-Org org_id\n",
    "htdocs/h/unknown/.htaccess": "Auth0ClaimHeader X-New org_id\n",
    "htdocs/h/user/.htaccess": "Auth0RemoteUser org_id\n",
    "htdocs/h/none/.htaccess": "Auth0ClaimHeader none\n",
}
SPOOFED = [("X-Auth0-Sub", "root"), ("X_Auth0_Org", "root")]


@pytest.fixture(scope="module")
def backend():
    with Backend(tells=False) as server:
        yield server


@pytest.fixture(scope="module")
def httpd(backend):
    config = CONFIG % {"backend": backend.port}
    modules = ["autoindex", "cgid", "rewrite", "negotiation", "include", "proxy",
               "proxy_http"]
    with Httpd(config, FILES, modules=modules) as server:
        yield server


def token(**claims):
    return tokens.token(KEY, org_id="org_1", **claims)


def told(environment):
    """
    What a program learns: by fields, and by variables. Nothing is left of what
    another section has exported before.
    """
    names = ("AUTH0_SUB", "AUTH0_ORG")
    former = {n for n in environment if n.startswith("REDIRECT_")}
    assert not [n for n in former if n.endswith(names)]
    return (
        tuple(environment.get(f"HTTP_X_{name}") for name in names),
        tuple(environment.get(name) for name in names),
    )


def both(sub, org):
    return ((sub, org), (sub, org))


SUBJECT = both(tokens.SUBJECT, None)
ORGANIZATION = both(None, "org_1")
NOTHING = both(None, None)

WAYS = [
    ("mod_dir", "/dir/", ORGANIZATION),
    ("mod_dir_open", "/open/dir/", SUBJECT),
    ("mod_dir_to_public", "/out/", NOTHING),
    ("mod_dir_to_none", "/none/", NOTHING),
    ("mod_negotiation", "/negotiated/page", ORGANIZATION),
    ("mod_rewrite", "/pretty/env.cgi", ORGANIZATION),
    ("mod_rewrite_in_directory", "/old/page", ORGANIZATION),
    ("mod_rewrite_to_public", "/old/leave", NOTHING),
    ("direct", "/sub/env.cgi", SUBJECT),
]


@pytest.mark.parametrize("spoofed", [[], SPOOFED], ids=["plain", "spoofed"])
@pytest.mark.parametrize("path, expected", **table(WAYS))
def test_ways(httpd, spoofed, path, expected):
    sent = token()
    response = httpd.get(path, sent, headers=spoofed)
    assert (response.status, response.reason) == (200, "ok")
    environment = json.loads(response.text)
    assert told(environment) == expected
    assert sent not in response.text


def parts(response):
    return [told(json.loads(line)) for line in response.text.splitlines()]


def test_parts_of_a_page(httpd):
    """Each is told what its own section says, whatever came before it."""
    response = httpd.get("/open/parts.shtml", token(), headers=SPOOFED)
    assert parts(response) == [SUBJECT, ORGANIZATION, NOTHING, SUBJECT]
    response = httpd.get("/sub/parts.shtml", token(), headers=SPOOFED)
    assert parts(response) == [NOTHING, SUBJECT, ORGANIZATION]


def test_parts_of_a_page_without_a_token(httpd, announce):
    announce("unable to include .* returned 401")
    response = httpd.get("/open/parts.shtml", headers=SPOOFED)
    assert response.text.count("an error occurred") == 3
    found = re.search(r"\{.*\}", response.text)
    assert told(json.loads(found[0])) == NOTHING


@pytest.mark.parametrize("others", [[], ["a=b"]], ids=["alone", "others"])
def test_part_of_a_page_with_a_cookie(httpd, others):
    """What mod_include has made of the field is inherited."""
    sent = token()
    cookies = "; ".join([f"at={sent}", *others])
    response = httpd.get("/open/cookie.shtml", headers=[("Cookie", cookies)])
    environment = json.loads(response.text)
    assert environment["AUTH0_REASON"] == "ok"
    assert environment.get("HTTP_COOKIE") == ("; ".join(others) or None)
    assert sent not in response.text


def test_index_of_a_directory_with_many_files(httpd):
    """mod_autoindex asks for each of them; nothing of that may stay."""
    count, size = 2000, 4000
    for n in range(count):
        httpd.write(f"htdocs/many/{n}.txt", "")
    sent = token(claim="x" * size)

    def peak():
        return sum(memory(pid, "VmHWM") for pid in httpd.children())

    before = peak()
    response = httpd.get("/many/", sent)
    assert response.text.count(".txt") >= count
    assert (peak() - before) * 1024 < count * size / 2


# ----------------------------------------------------------- error documents


def test_error_document_of_its_own_section(httpd):
    """Not found: whoever asks is known, to the section of the document."""
    response = httpd.get("/lacking/x", token(), headers=SPOOFED)
    assert response.status == 404
    assert told(json.loads(response.text)) == ORGANIZATION


@pytest.mark.parametrize("path", ["/refused/x", "/within/x"])
def test_error_document_of_a_refusal(httpd, path):
    """Who is refused is nobody, even within the section that refuses."""
    response = httpd.get(path, token(), headers=SPOOFED)
    answers.refused(response, "require.scope", scope="read")
    environment = json.loads(response.text)
    assert told(environment) == NOTHING
    assert environment["REDIRECT_AUTH0_REASON"] == "require.scope"


def arrived(backend):
    fields = dict(backend.arrived[-1]["fields"])
    backend.arrived.clear()
    return fields


def test_proxied_error_document(httpd, backend, announce):
    """Neither a bad token nor a good one goes there; the refusal stands."""
    announce("AH01114|AH00957")
    late = token(exp=tokens.Ago(60))
    answers.refused(httpd.get("/refused/x", late), "claims.exp")
    assert "Authorization" not in arrived(backend)
    # As proxies do with an error document, whatever went wrong.
    response = httpd.get("/failing/x", token(), headers=SPOOFED)
    assert (response.status, response.reason) == (200, "ok")
    fields = arrived(backend)
    assert not {"Authorization", "X-Auth0-Sub", "X_Auth0_Org"} & set(fields)


LONG = "/h/plain/" + 300 * "x"


@pytest.mark.parametrize(
    "path", ["/sub/a%2Fb", "/sub/%zz", "/sub/%00", LONG]
)
def test_proxied_error_document_before_the_section_is_known(
    httpd, backend, announce, path
):
    """Had it come to its section, the token would have stayed here, too."""
    loud = {"/sub/%zz": "AH10244: invalid URI path",
            LONG: "File name too long: .* AH00036"}
    if path in loud:
        announce(loud[path])
    fields = [("DPoP", "a.b.c"), *SPOOFED]
    response = httpd.get(path, token(), headers=fields)
    assert response.status == 200
    fields = arrived(backend)
    assert not {"Authorization", "DPoP", "X-Auth0-Sub", "X_Auth0_Org"} & set(
        fields
    )


def test_proxied_error_document_where_tokens_are_forwarded(httpd, backend):
    late = token(exp=tokens.Ago(60))
    answers.refused(httpd.get("/forwarding/x", late), "claims.exp")
    assert arrived(backend)["Authorization"] == f"Bearer {late}"


@pytest.mark.parametrize(
    "answer",
    **table([
        ("part", b"206 Partial Content\r\nContent-Length: 2\r\n"
                 b"Content-Range: bytes 0-1/9\r\n\r\nno"),
        ("unchanged", b"304 Not Modified\r\n\r\n"),
        ("empty", b"204 No Content\r\n\r\n"),
        ("created", b"201 Created\r\nContent-Length: 2\r\n\r\nno"),
        ("moved", b"302 Found\r\nLocation: http://127.0.0.1/\r\n"
                  b"Content-Length: 2\r\n\r\nno"),
        ("missing", b"404 Not Found\r\nContent-Length: 2\r\n\r\nno"),
        ("failing", b"500 Oops\r\nContent-Length: 2\r\n\r\nno"),
    ]),
)
def test_proxied_error_document_with_a_status_of_its_own(answer):
    """The client's Range and If-None-Match go to the back end with the rest."""
    with backends.HTTP() as backend:
        backend.answer = b"HTTP/1.1 " + answer
        config = TENANT + backend.proxy("/backend") + location(
            "/refused", VALID, "ErrorDocument 401 /backend/error"
        )
        files = {"keys.json": tokens.jwks(KEY)}
        with Httpd(config, files, modules=backend.modules) as httpd:
            response = httpd.get("/refused/x")
    answers.refused(response, "request.no_token")
    assert not response.all("Location") + response.all("Content-Range")


def test_error_document_of_a_malformed_url_with_a_token():
    """Programs are told of the query of what went wrong."""
    config = TENANT + location("/query", "Auth0TokenSource query", VALID) + """
ErrorDocument 404 /error.cgi
ScriptAlias /error.cgi "${DIR}/error.cgi"
"""
    files = {"keys.json": tokens.jwks(KEY), "error.cgi": PROGRAM}
    sent = token()
    with Httpd(config, files, modules=["cgid"]) as httpd:
        response = httpd.get(f"/query/a%2Fb?a=1&access_token={sent}")
    assert response.status == 404
    assert json.loads(response.text)["REDIRECT_QUERY_STRING"] == "a=1"


def test_proxied_error_document_of_a_public_place(httpd, backend):
    """That keeps what it has, for all that it failed."""
    assert httpd.get("/missing", token()).status == 200
    assert "Authorization" in arrived(backend)


def test_public_proxy_is_left_alone(httpd, backend):
    """But for the fields that only we may set."""
    response = httpd.get("/backend/x", token(), headers=SPOOFED)
    assert response.status == 200
    fields = arrived(backend)
    assert "Authorization" in fields
    assert not {"X-Auth0-Sub", "X_Auth0_Org"} & set(fields)


# ----------------------------------------------------------------- .htaccess


def ask(httpd, name):
    response = httpd.get(f"/h/{name}/env.cgi", token(), headers=SPOOFED)
    assert response.status == 200
    return json.loads(response.text)


def test_htaccess(httpd):
    """It may choose among the fields of the server, and take variables."""
    assert told(ask(httpd, "plain"))[0] == (tokens.SUBJECT, None)
    assert told(ask(httpd, "known"))[0] == (None, "org_1")
    assert told(ask(httpd, "none"))[0] == (None, None)
    assert ask(httpd, "env")["MY_SUB"] == f'"{tokens.SUBJECT}"'
    assert ask(httpd, "user")["REMOTE_USER"] == "org_1"


def test_a_variable_of_a_htaccess_is_nobody_elses(httpd):
    """Though rules of the server would make it of what a client sends."""
    fields = [("X-Org", "evil")]
    response = httpd.get("/h/own/env.cgi", token(), headers=fields)
    assert "ORG" not in json.loads(response.text)
    response = httpd.get("/h/own/env.cgi", token(other="o"), headers=fields)
    assert json.loads(response.text)["ORG"] == "o"
    response = httpd.get("/h/plain/env.cgi", token(), headers=fields)
    assert json.loads(response.text)["ORG"] == "evil"


def test_htaccess_may_not_invent_a_field(httpd, announce):
    """Nobody drops it elsewhere, so that clients could send it."""
    announce("'X-New' is not in the server's configuration")
    for _ in range(2):
        response = httpd.get("/h/unknown/env.cgi", token())
        assert response.status == 500
