# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Requests that go on without a token, or with a bad one: Auth0Optional,
Auth0CORSPreflight and Auth0ReportOnly.
"""
import re

import pytest

import answers
import client
import tokens
from backend import Backend
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd

KEY = tokens.rsa_key("main")
GOOD = tokens.token(KEY)
LATE = tokens.token(KEY, exp=1)
OTHER_SCOPE = tokens.token(KEY, scope="x", plan="gold")

SHOW = 'Header set X-Plan "expr=<%{auth0_claim:plan}>"'
OPTIONAL = ("Auth0Optional On", SHOW)
PREFLIGHT = "Auth0CORSPreflight On"
REPORT = (
    "Auth0ReportOnly On",
    SHOW,
    'Header set X-Type "expr=<%{AUTH_TYPE}>"',
)
SCOPE = "Require auth0-scope read:orders"
GOLD = "Require expr \"auth0_claim('plan') == 'gold'\""
HERE, ELSEWHERE = "Require ip 127.0.0.0/8", "Require ip 192.0.2.0/24"


def all_of(*lines):
    return "\n".join(["<RequireAll>", *lines, "</RequireAll>"])


ALIASES = """\
<AuthzProviderAlias auth0-claim blocked blocked>
</AuthzProviderAlias>
<AuthzProviderAlias expr free "auth0_claim('plan') == 'free'">
</AuthzProviderAlias>
<AuthzProviderAlias auth0-scope reader read:orders>
</AuthzProviderAlias>"""
ALIASED = {
    "not": all_of("Require all granted", "Require not blocked"),
    "not-expr": all_of("Require valid-user", "Require not free"),
    "none": all_of(
        SCOPE, "<RequireNone>", "Require blocked", "</RequireNone>"
    ),
    "both": all_of("Require reader", "Require not blocked"),
    "alone": "Require reader",
}

MOVED = """\
<Directory ${DIR}/htdocs/moved>
    RewriteEngine On
    RewriteRule ^ /strict/page.html
</Directory>
"""

CONFIG = "\n".join(
    [
        ANYTHING,
        TENANT,
        ALIASES,
        location("/optional", *OPTIONAL, "Require all granted"),
        location("/optional/scope", SCOPE),
        location("/optional/user", "Require valid-user"),
        location("/optional/expr", GOLD),
        location(
            "/optional/not-free",
            "Require expr \"auth0_claim('plan') != 'free'\"",
        ),
        location("/optional/not", all_of(
            "Require all granted", "Require not auth0-claim blocked"
        )),
        location("/optional/elsewhere", ELSEWHERE),
        location("/optional/off", "Auth0Optional Off", "Require all granted"),
        location("/optional/silent", "Auth0ClockSkew 1"),
        location("/preflight", PREFLIGHT, SCOPE),
        location("/preflight/user", "Require valid-user"),
        location("/preflight/here", all_of(HERE, SCOPE)),
        location("/preflight/elsewhere", all_of(ELSEWHERE, SCOPE)),
        location("/preflight/not", all_of(
            SCOPE, "Require not auth0-claim blocked"
        )),
        location("/preflight/expr", GOLD),
        location("/preflight/off", "Auth0CORSPreflight Off", SCOPE),
        location("/report", *REPORT, SCOPE),
        location("/report/user", "Require valid-user"),
        location("/report/expr", GOLD),
        location("/report/not", all_of(
            "Require valid-user", "Require not auth0-claim plan gold"
        )),
        location("/report/here", all_of(HERE, SCOPE)),
        location("/report/elsewhere", all_of(ELSEWHERE, SCOPE)),
        location("/report/somebody", "Require user somebody"),
        location("/report/public", "Auth0Optional On", "Require all granted"),
        location("/report/get", "Require method GET", SCOPE),
        location("/report/off", "Auth0ReportOnly Off", SCOPE),
        location("/report/step-up", "Require auth0-step-up max_age=60"),
        *(
            location(f"/{kind}/alias/{name}", lines)
            for kind in ("report", "preflight")
            for name, lines in ALIASED.items()
        ),
        location("/report/alias/elsewhere", all_of(
            ELSEWHERE, "Require not blocked"
        )),
    ]
)


@pytest.fixture(scope="module")
def server():
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    with Httpd(CONFIG, files) as httpd:
        yield httpd


#: Reasons of requests whose answer is as good for anybody else.
WITHOUT_TOKEN = ("-", "request.no_token", "request.scheme")


def passed(response, reason, user="-"):
    """Let in, with a reason (or none at all) on record, and as this user."""
    got = (response.status, response.challenges, response.header("Retry-After"))
    assert got == (200, [], None)
    caching = None if reason in WITHOUT_TOKEN else "private"
    assert response.header("Cache-Control") == caching
    assert (response.reason, response.user) == (reason, user)


# ------------------------------------------------------------------ optional

ANONYMOUS = "-"


@pytest.mark.parametrize("path", ["/optional", "/optional/silent"])
def test_optional(server, path):
    passed(server.get(path), ANONYMOUS)
    passed(server.get(path, GOOD), "ok", tokens.SUBJECT)
    answers.refused(server.get(path, LATE), "claims.exp")


def test_optional_exports_claims(server):
    assert server.get("/optional").header("X-Plan") == "<>"
    response = server.get("/optional", OTHER_SCOPE)
    assert response.header("X-Plan") == "<gold>"


@pytest.mark.parametrize(
    "value, reason",
    [
        ("Basic dXNlcjpwYXNz", ANONYMOUS),
        ("", ANONYMOUS),
        ("Bearer", "request.malformed"),
        ("Bearer a b", "request.malformed"),
        ("Bearer a, Bearer b", "request.multiple"),
        ("Bearer opaque", "token.opaque"),
        ("bearer a.b.c", "token.malformed"),
    ],
)
def test_optional_credentials(server, value, reason):
    response = server.get("/optional", headers=[("Authorization", value)])
    if reason == ANONYMOUS:
        passed(response, ANONYMOUS)
    else:
        answers.refused(response, reason)


@pytest.mark.parametrize("name", ["scope", "user", "expr"])
def test_optional_where_a_user_is_needed(server, name):
    answers.refused(server.get(f"/optional/{name}"), "request.no_token")
    answers.refused(server.get(f"/optional/{name}", LATE), "claims.exp")


def test_optional_requirements_hold(server):
    answers.accepted(server.get("/optional/scope", GOOD), tokens.SUBJECT)
    response = server.get("/optional/scope", OTHER_SCOPE)
    answers.refused(response, "require.scope", scope="read:orders")
    answers.accepted(server.get("/optional/expr", OTHER_SCOPE), tokens.SUBJECT)
    answers.refused(server.get("/optional/expr", GOOD), "require.other")


def test_optional_and_not(server):
    """Who is not known is not blocked; who is known may be."""
    passed(server.get("/optional/not"), ANONYMOUS)
    passed(server.get("/optional/not", GOOD), "ok", tokens.SUBJECT)
    blocked = tokens.token(KEY, blocked=True)
    answers.refused(server.get("/optional/not", blocked), "require.other")


def test_optional_and_another_address(server, announce):
    announce("AH01630: client denied by server configuration")
    assert server.get("/optional/elsewhere").status == 403


def test_optional_off(server):
    """Then nobody looks at a token where everybody is let in."""
    passed(server.get("/optional/off", LATE), ANONYMOUS)


def test_expression_that_says_yes_of_nothing(server):
    """A Require that asks for a claim needs a user, so it says 401."""
    response = server.get("/optional/not-free")
    answers.refused(response, "request.no_token")


# ----------------------------------------------------------------- preflight

CORS = [
    ("Origin", "https://app.example.com"),
    ("Access-Control-Request-Method", "PUT"),
]


def preflight(server, path, headers=CORS, **more):
    return server.request("OPTIONS", path, headers=headers, **more)


@pytest.mark.parametrize("name", ["", "/user", "/here", "/not", "/expr"])
def test_preflight(server, name):
    passed(preflight(server, f"/preflight{name}"), ANONYMOUS)


def test_preflight_with_more_fields(server):
    more = [*CORS, ("Access-Control-Request-Headers", "authorization")]
    passed(preflight(server, "/preflight", more), ANONYMOUS)
    more = [*CORS, ("Content-Length", "0")]
    passed(preflight(server, "/preflight", more), ANONYMOUS)


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_preflight_from_another_address(server, announce, method):
    """httpd's own answer; what it says of it stands in the log once."""
    denied = "AH01630: client denied by server configuration"
    announce(denied)
    before = server.error_log.read_text().count(denied)
    response = server.request(method, "/preflight/elsewhere", headers=CORS)
    assert (response.status, response.challenges) == (403, [])
    assert server.error_log.read_text().count(denied) == before + 1


NO_PREFLIGHT = {
    "no_origin": ("OPTIONS", CORS[1:], b""),
    "no_method": ("OPTIONS", CORS[:1], b""),
    "nothing": ("OPTIONS", [], b""),
    "body": ("OPTIONS", CORS, b"x"),
    "get": ("GET", CORS, b""),
    "post": ("POST", CORS, b"x"),
    "head": ("HEAD", CORS, b""),
    "lower_case": ("options", CORS, b""),
}


@pytest.mark.parametrize("name", NO_PREFLIGHT)
def test_no_preflight(server, name):
    method, headers, body = NO_PREFLIGHT[name]
    response = server.request(
        method, "/preflight", headers=headers, body=body
    )
    answers.refused(response, "request.no_token")


def test_no_preflight_with_a_chunked_body(server):
    with client.Connection(server.port) as connection:
        headers = [*CORS, ("Transfer-Encoding", "chunked")]
        fields = client.complete(headers, b"")
        connection.send("OPTIONS", "/preflight", fields, b"1\r\nx\r\n0\r\n\r\n")
        assert connection.receive("OPTIONS").status == 401


def test_preflight_off(server):
    response = preflight(server, "/preflight/off")
    answers.refused(response, "request.no_token")


def test_preflight_is_no_way_round(server):
    """What follows the preflight needs its token."""
    answers.refused(server.get("/preflight"), "request.no_token")
    answers.accepted(server.get("/preflight", GOOD), tokens.SUBJECT)


# --------------------------------------------------------------- report only

REPORTED = {
    "good": (GOOD, "ok"),
    "no_token": (None, "request.no_token"),
    "late": (LATE, "claims.exp"),
    "opaque": ("opaque", "token.opaque"),
    "scope": (OTHER_SCOPE, "require.scope"),
}


@pytest.mark.parametrize("name", REPORTED)
def test_report(server, name):
    token, reason = REPORTED[name]
    user = tokens.SUBJECT if reason == "ok" else ANONYMOUS
    passed(server.get("/report", token), reason, user)


@pytest.mark.parametrize(
    "path, claims, reason",
    [
        ("/user", {}, "ok"),
        ("/here", {}, "ok"),
        ("/here", {"scope": "x"}, "require.scope"),
        ("/expr", {"plan": "gold"}, "ok"),
        ("/expr", {"plan": "free"}, "require.other"),
        ("/not", {"plan": "free"}, "ok"),
        ("/not", {"plan": "gold"}, "require.other"),
        ("/somebody", {}, "require.other"),
        ("/step-up", {}, "require.step_up"),
        ("/step-up", {"auth_time": "now"}, "claims.type"),
    ],
)
def test_report_requirements(server, path, claims, reason):
    user = tokens.SUBJECT if reason == "ok" else ANONYMOUS
    token = tokens.token(KEY, **claims)
    passed(server.get(f"/report{path}", token), reason, user)


def test_report_where_no_token_is_needed(server):
    """What would have been let in anyway is not to be mended."""
    passed(server.get("/report/get"), ANONYMOUS)
    passed(server.get("/report/get", LATE), ANONYMOUS)
    passed(server.get("/report/public"), ANONYMOUS)
    passed(server.get("/report/public", LATE), "claims.exp")
    passed(server.get("/report/public", GOOD), "ok", tokens.SUBJECT)


def test_report_exports_only_the_good(server):
    good = tokens.token(KEY, plan="gold")
    assert server.get("/report", good).header("X-Plan") == "<gold>"
    assert server.get("/report", OTHER_SCOPE).header("X-Plan") == "<>"


def test_report_names_nobody_who_is_refused(server):
    assert server.get("/report", GOOD).header("X-Type") == "<Auth0>"
    assert server.get("/report", OTHER_SCOPE).header("X-Type") == "<>"


@pytest.mark.parametrize(
    "claims, reason", [({"exp": 2}, "claims.exp"), ({"scope": "y"}, "require.scope")]
)
def test_report_says_it_once(server, claims, reason):
    token = tokens.token(KEY, **claims)
    passed(server.get("/report", token), reason)
    said = rf"{reason}: .*token {answers.fingerprint(token)}"
    assert len(re.findall(said, server.error_log.read_text())) == 1


def test_report_does_not_answer_for_what_comes_of_it():
    """Where the request goes on to is judged, and answers, by itself."""
    config = TENANT + location("/moved", *REPORT, SCOPE)
    config += location("/strict", SCOPE) + MOVED
    files = {
        "keys.json": tokens.jwks(KEY),
        "htdocs/moved/page.html": "never seen",
        "htdocs/strict/page.html": "strict",
    }
    with Httpd(config, files, modules=["rewrite"]) as httpd:
        response = httpd.get("/moved/page.html", LATE)
        answers.refused(response, "claims.exp")
        response = httpd.get("/moved/page.html", GOOD)
        assert (response.status, response.text) == (200, "strict")


def test_report_leaves_others_in_force(server, announce):
    announce("AH01630: client denied by server configuration")
    response = server.get("/report/elsewhere", GOOD)
    assert (response.status, response.challenges) == (403, [])


@pytest.mark.parametrize("name", ALIASED)
def test_aliases_refuse_nobody_of_whom_is_only_reported(server, name):
    """An alias cannot tell whether it stands behind a "not"."""
    path = f"/report/alias/{name}"
    blocked = tokens.token(KEY, scope="x", blocked=True, plan="free")
    passed(server.get(path), "request.no_token")
    passed(server.get(path, GOOD), "ok", tokens.SUBJECT)
    response = server.get(path, blocked)
    assert (response.status, response.challenges) == (200, [])
    assert response.reason.startswith("require.")
    passed(preflight(server, f"/preflight/alias/{name}"), ANONYMOUS)


def test_report_with_an_alias_from_another_address(server, announce):
    announce("AH01630: client denied")
    assert server.get("/report/alias/elsewhere", GOOD).status == 403


def test_report_off(server):
    answers.refused(server.get("/report/off", LATE), "claims.exp")


def test_report_of_malformed_credentials(server):
    headers = [("Authorization", "Bearer a b")]
    passed(server.get("/report", headers=headers), "request.malformed")


def test_report_behind_a_proxy():
    """The back end is told of nobody who was not let in."""
    with Backend() as backend:
        config = TENANT + location(
            "/report",
            *REPORT,
            SCOPE,
            'RequestHeader set X-User "expr=%{REMOTE_USER}"',
            f"ProxyPass http://127.0.0.1:{backend.port}/",
        )
        files = {"keys.json": tokens.jwks(KEY)}
        with Httpd(config, files, modules=["proxy", "proxy_http"]) as httpd:
            passed(httpd.get("/report", GOOD), "ok", tokens.SUBJECT)
            passed(httpd.get("/report", LATE), "claims.exp")
    assert [a["user"] for a in backend.arrived] == [[tokens.SUBJECT], [""]]
