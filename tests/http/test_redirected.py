# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The targets of internal redirects and the parts of a page begin with what the
client sent, although it is withheld by then: whatever looks at a request before
it is judged sees the token there.
"""
import json

import pytest

import tokens
from backend import Backend
from conf import TENANT, location, table
from env import Httpd
from test_caching import is_hit, whose
from test_export import PROGRAM

KEY = tokens.rsa_key("main")
VALID = "Require valid-user"
SUB = "Auth0ClaimHeader X-Auth0-Sub sub"
SOURCES = "Auth0TokenSource header cookie:at"


def either(condition, path):
    """A section that takes tokens from who has one, and passwords else."""
    return f"""
<Location {path}>
    <If "{condition}">
        AuthType Auth0
        {SOURCES}
        {VALID}
    </If>
    <Else>
        AuthType Basic
        AuthName other
        AuthBasicProvider file
        AuthUserFile ${{DIR}}/users
        {VALID}
    </Else>
</Location>
"""


CONFIG = "\n".join(
    [
        TENANT,
        either("%{HTTP:Authorization} =~ /^Bearer /", "/field"),
        either("%{HTTP:Cookie} =~ /at=/", "/cookie"),
        either("%{HTTP:Authorization} =~ /^Bearer /", "/listed/seen"),
        location("/listed", VALID),
        location("/front", SOURCES, VALID),
        location("/failing", SOURCES, VALID, "ErrorDocument 404 /field/env.cgi"),
        """
SetEnvIf Authorization "^(Bearer) " SCHEME=$1
RewriteEngine On
RewriteCond %{HTTP:Authorization} ^(Bearer)
RewriteRule ^ - [E=SEEN:%1]
AddHandler cgi-script .cgi
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${DIR}/htdocs>
    Options +ExecCGI +Includes +Indexes
</Directory>
<Directory ${DIR}/htdocs/front>
    Options +FollowSymLinks
    RewriteEngine On
    RewriteRule ^moved/(.*) /$1
</Directory>
""",
    ]
)
FILES = {
    "keys.json": tokens.jwks(KEY),
    "users": "user:{SHA}no\n",
    "htdocs/front/moved/y": "never seen",
    "htdocs/listed/seen": "seen",
    "htdocs/field/env.cgi": PROGRAM,
    "htdocs/cookie/env.cgi": PROGRAM,
    "htdocs/front/field.shtml": '<!--#include virtual="/field/env.cgi" -->',
    "htdocs/front/cookie.shtml": '<!--#include virtual="/cookie/env.cgi" -->',
}
MODULES = ["auth_basic", "authn_file", "autoindex", "cgid", "include", "rewrite"]


@pytest.fixture(scope="module")
def httpd():
    with Httpd(CONFIG, FILES, modules=MODULES) as server:
        yield server


def sent_in(place):
    token = tokens.token(KEY)
    return {
        "field": [("Authorization", f"Bearer {token}")],
        "cookie": [("Cookie", f"a=b; at={token}")],
    }[place]


WAYS = [
    ("direct", "/{}/env.cgi"),
    ("redirected", "/front/moved/{}/env.cgi"),
    ("part_of_a_page", "/front/{}.shtml"),
]


@pytest.mark.parametrize("place", ["field", "cookie"])
@pytest.mark.parametrize("path", **table(WAYS))
def test_a_section_that_is_chosen_by_the_token(httpd, path, place):
    response = httpd.get(path.format(place), headers=sent_in(place))
    assert (response.status, response.reason) == (200, "ok")
    environment = json.loads(response.text)
    assert environment["REMOTE_USER"] == tokens.SUBJECT
    assert "HTTP_AUTHORIZATION" not in environment
    assert environment.get("HTTP_COOKIE") in (None, "a=b")


@pytest.mark.parametrize("path", **table(WAYS))
def test_other_modules_see_the_token(httpd, path):
    response = httpd.get(path.format("field"), headers=sent_in("field"))
    environment = json.loads(response.text)
    assert (environment["SCHEME"], environment["SEEN"]) == ("Bearer", "Bearer")


def test_an_error_document_that_is_chosen_by_the_token(httpd):
    response = httpd.get("/failing/x", headers=sent_in("field"))
    assert (response.status, response.reason) == (404, "ok")
    assert json.loads(response.text)["REMOTE_USER"] == tokens.SUBJECT


def test_a_listing_of_what_is_chosen_by_the_token(httpd):
    """mod_autoindex leaves out what it is not given."""
    response = httpd.get("/listed/", headers=sent_in("field"))
    assert (response.status, response.reason) == (200, "ok")
    assert "seen" in response.text


# -------------------------------------------------------------------- mod_cache

CACHED = TENANT + "".join(
    location(path, SUB, "Auth0Optional On", "Require all granted")
    for path in ("/api", "/front")
) + """
CacheQuickHandler On
CacheEnable socache /api
CacheSocache shmcb
CacheHeader On
ProxyPass /api/ http://127.0.0.1:%d/api/
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${DIR}/htdocs>
    Options +Includes +FollowSymLinks
</Directory>
<Directory ${DIR}/htdocs/front>
    RewriteEngine On
    RewriteRule ^moved/(.*) /api/$1
</Directory>
<Location /api>
    Header set Cache-Control max-age=60
</Location>
"""


@pytest.mark.parametrize("path", ["/front/moved/x", "/front/page.shtml"])
def test_an_answer_to_nobody_is_not_for_somebody(path):
    """mod_cache looks it up, by Vary, before anybody else is asked."""
    files = {
        "keys.json": tokens.jwks(KEY),
        "htdocs/front/moved/y": "never seen",
        "htdocs/front/page.shtml": '<!--#include virtual="/api/x" -->',
    }
    modules = ["cache", "cache_socache", "socache_shmcb", "include", "proxy",
               "proxy_http", "rewrite"]
    anna = tokens.token(KEY, sub="anna")
    with Backend() as backend, Httpd(CACHED % backend.port, files,
                                     modules=modules) as httpd:
        assert whose(httpd.get("/api/x")) == "nobody"
        assert is_hit(httpd.get("/api/x"))
        response = httpd.get(path, anna)
        assert (whose(response), response.reason) == ("anna", "ok")
