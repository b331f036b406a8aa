# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
mod_rewrite looks ahead, by %{LA-U:...} and -U: a subrequest is judged before
the request that it belongs to, which is then judged as if there had been none.
"""
import pytest

import answers
import sources
import tokens
from conf import TENANT, location
from proofs import Prover
from sources import KEY, token

VALID = "Require valid-user"
PROGRAM = """\
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
echo "$SEEN $QUERY_STRING"
"""
CONFIG = "\n".join(
    [
        TENANT,
        location("/api", "Auth0TokenSource header query", VALID),
        location("/optional", "Auth0TokenSource header query",
                 "Auth0Optional On", "Require all granted"),
        location("/dpop", "Auth0DPoP required", VALID),
        location("/admin", "Require auth0-scope admin"),
        """
RewriteEngine On
RewriteCond %{LA-U:REMOTE_USER} (.+)
RewriteRule "^/(api|optional|dpop)/user" - [E=SEEN:%1]
RewriteCond %{REQUEST_URI} -U
RewriteRule "^/(api|optional|dpop)/url" - [E=SEEN:found]
RewriteCond /api/page !-U
RewriteRule ^/open/ - [E=SEEN:shut]
RewriteCond /admin/page -U
RewriteRule ^/here/ - [E=SEEN:found]
RewriteCond %{LA-U:REMOTE_USER} .
RewriteRule ^/api/gone - [F]
<Location /here>
    Require ip 192.0.2.1
</Location>
# Without one, httpd takes what is ahead for the request itself: judged by now.
<Directory ${DIR}>
    Require all granted
</Directory>
ScriptAliasMatch "^/(api|optional|dpop|open|here)/" "${DIR}/cgi/tell.cgi"
""",
    ]
)
FILES = {"cgi/tell.cgi": PROGRAM, "htdocs/admin/page": "admin"}


@pytest.fixture(scope="module")
def httpd():
    with sources.start(CONFIG, FILES, modules=["rewrite", "cgid"]) as server:
        yield server


looks = pytest.mark.parametrize("look", ["none", "user", "url"])
places = pytest.mark.parametrize("place", ["api", "optional"])


@looks
@places
def test_a_token_in_the_query(httpd, place, look):
    response = httpd.get(f"/{place}/{look}?access_token={token()}&a=b")
    answers.accepted(response, tokens.SUBJECT)
    assert response.text.split()[-1] == "a=b"


@looks
@places
def test_a_token_in_the_field(httpd, place, look):
    """The one that can be seen ahead."""
    response = httpd.get(f"/{place}/{look}?a=b", token())
    answers.accepted(response, tokens.SUBJECT)
    seen = {"none": [], "user": [tokens.SUBJECT], "url": ["found"]}
    assert response.text.split() == [*seen[look], "a=b"]


@looks
@places
def test_a_bad_token_is_nobody(httpd, place, look):
    """And so refused, also where none is needed."""
    bad = tokens.token(tokens.rsa_key("other"))
    response = httpd.get(f"/{place}/{look}?access_token={bad}")
    answers.refused(response, "key.unknown")
    answers.refused(httpd.get(f"/{place}/{look}", bad), "key.unknown")


@looks
def test_a_proof_is_used_up_once(httpd, look):
    prover = Prover(KEY, tokens.ec_key("dpop"))
    path = f"/dpop/{look}"
    url = f"http://api.example.com:{httpd.port}{path}"
    sent = prover.fields("GET", url, prover.token())
    assert httpd.get(path, headers=sent).reason == "ok"
    assert httpd.get(path, headers=sent).reason == "cnf.replay"


def test_an_open_section_keeps_its_query(httpd):
    """Its parameter may mean something else by that name."""
    response = httpd.get("/open/page?access_token=ours&a=b")
    assert (response.status, response.reason) == (200, "-")
    assert response.text.split() == ["shut", "access_token=ours&a=b"]


def test_a_refusal_ahead_is_not_the_answer(httpd, announce):
    """Another requirement has refused, with the same status."""
    announce("AH01630")
    announce("AH01631")
    response = httpd.get("/here/page", token())
    got = (response.status, response.reason, response.challenges)
    assert got == (403, "-", [])


def test_an_answer_that_was_looked_ahead_for_depends_on_the_token(httpd):
    """It may be another page by what was seen; caches have to know."""
    response = httpd.get("/open/page", token())
    assert response.text.split() == []
    assert response.header("Vary") == "Authorization"
    assert response.header("Cache-Control") == "private"


def test_a_request_that_ends_early_is_logged_without_its_token(httpd):
    """The harness looks at the logs."""
    response = httpd.get(f"/api/gone?access_token={token()}", token())
    assert response.status == 403
    line = sources.logged(httpd, response)
    assert line.count("GET /api/gone HTTP/1.1") == 3
