# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Claims in expressions: what auth0_claim() and auth0_claims() give, and that a
Require expr that asks for a claim demands a token, whatever it says.
"""
import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from tokens import ABSENT

KEY = tokens.rsa_key("main")
NS = "https://example.com/roles"
OK, OTHER = "ok", "require.other"

#: Of which the path tells.
BY_PATH = "with-the-path"

#: The lines of a section, and claims with what becomes of their token.
REQUIRE = {
    "equal": (
        "Require expr \"auth0_claim('plan') == 'gold'\"",
        [({"plan": "gold"}, OK), ({"plan": "free"}, OTHER), ({}, OTHER)],
    ),
    "unequal": (
        "Require expr \"auth0_claim('plan') != 'free'\"",
        [({"plan": "gold"}, OK), ({"plan": "free"}, OTHER), ({}, OK)],
    ),
    "not": (
        "<RequireAll>\nRequire valid-user\n"
        "Require not expr \"auth0_claim('plan') == 'free'\"\n</RequireAll>",
        [({"plan": "gold"}, OK), ({"plan": "free"}, OTHER), ({}, OK)],
    ),
    "not-and-all-granted": (
        "<RequireAll>\nRequire all granted\n"
        "Require not expr \"auth0_claim('plan') == 'free'\"\n</RequireAll>",
        [({"plan": "gold"}, OK), ({"plan": "free"}, OTHER)],
    ),
    "none": (
        "<RequireAll>\nRequire all granted\n<RequireNone>\n"
        "Require expr \"auth0_claim('plan') == 'free'\"\n"
        "Require auth0-scope suspended\n</RequireNone>\n</RequireAll>",
        [
            ({"plan": "gold"}, OK),
            ({"plan": "free"}, OTHER),
            ({"scope": "suspended"}, OTHER),
        ],
    ),
    "not-scope-and-all-granted": (
        "<RequireAll>\nRequire all granted\n"
        "Require not auth0-scope suspended\n</RequireAll>",
        [({"scope": "x"}, OK), ({"scope": "suspended"}, OTHER)],
    ),
    "not-alias-and-all-granted": (
        "<RequireAll>\nRequire all granted\nRequire not suspended\n"
        "</RequireAll>",
        [({"scope": "x"}, OK), ({"scope": "suspended"}, OTHER)],
    ),
    "not-free-and-all-granted": (
        "<RequireAll>\nRequire all granted\nRequire not free\n"
        "</RequireAll>",
        [({"plan": "x"}, OK), ({"plan": "free"}, OTHER)],
    ),
    "alias": (
        "Require suspended",
        [
            ({"scope": "suspended"}, OK),
            ({"scope": "x"}, ("require.scope", {"scope": "suspended"})),
        ],
    ),
    "list": (
        f"Require expr \"'admin' -in auth0_claims('{NS}')\"",
        [
            ({NS: ["user", "admin"]}, OK),
            ({NS: "admin"}, OK),
            ({NS: ["user admin"]}, OTHER),
            ({NS: []}, OTHER),
            ({NS: {"admin": 1}}, OTHER),
            ({}, OTHER),
        ],
    ),
    "pointer": (
        "Require expr \"auth0_claim('/user/level') -ge 5\"",
        [
            ({"user": {"level": 5}}, OK),
            ({"user": {"level": 4}}, OTHER),
            ({"user": {}}, OTHER),
        ],
    ),
    "boolean": (
        "Require expr \"auth0_claim('email_verified') == 'true'\"",
        [
            ({"email_verified": True}, OK),
            ({"email_verified": False}, OTHER),
            ({"email_verified": None}, OTHER),
        ],
    ),
    BY_PATH: (
        "Require expr \"%{REQUEST_URI} == '/' . auth0_claim('place')\"",
        [({"place": BY_PATH}, OK), ({"place": "x"}, OTHER)],
    ),
    "percent": (
        "Require expr \"%{auth0_claim:plan} == 'gold'\"",
        [({"plan": "gold"}, OK), ({}, OTHER)],
    ),
    "expr-then-scope": (
        "<RequireAll>\nRequire expr \"auth0_claim('plan') == 'gold'\"\n"
        "Require auth0-scope a\n</RequireAll>",
        [
            ({"plan": "gold", "scope": "a"}, OK),
            ({"plan": "gold"}, ("require.scope", {"scope": "a"})),
            ({"scope": "a"}, OTHER),
        ],
    ),
    "scope-or-any-token-reads": (
        "Require auth0-scope admin\nRequire expr \"%{REQUEST_METHOD} == 'GET' "
        "&& reqenv('AUTH0_REASON') == 'ok' && note('auth0-reason') == 'ok'\"",
        [({"scope": "x"}, OK), ({"scope": "admin"}, OK)],
    ),
    "expr-or-other-address": (
        "Require expr \"auth0_claim('plan') == 'gold'\"\n"
        "Require ip 192.0.2.0/24",
        [({"plan": "gold"}, OK), ({}, OTHER)],
    ),
}

#: Who comes from here needs no token, whatever stands first.
FREE = {
    "expr-or-address": "Require expr \"auth0_claim('plan') == 'gold'\"\n"
    "Require ip 127.0.0.0/8",
    "address-or-expr": "Require ip 127.0.0.0/8\n"
    "Require expr \"auth0_claim('plan') == 'gold'\"",
    "no-claim": "Require expr \"%{REQUEST_METHOD} == 'GET'\"",
}

SHOWN = [
    "plan",
    NS,
    "/user/level",
    "email_verified",
    "scope",
    "nothing",
    "ctl",
]
SHOW = "\n".join(
    f'Header set X-{n} "expr=<%{{auth0_claim:{name}}}>"'
    for n, name in enumerate(SHOWN)
)
EARLY = 'RequestHeader set X-Early "expr=<%{auth0_claim:plan}>" early'
ALIASES = """\
<AuthzProviderAlias auth0-scope suspended suspended>
</AuthzProviderAlias>
<AuthzProviderAlias expr free "auth0_claim('plan') == 'free'">
</AuthzProviderAlias>
"""
BEFORE = """\
SetEnvIfExpr "auth0_claim('plan') == 'gold'" IS_GOLD
Header set X-Before "%{IS_GOLD}e"
Header set X-After "expr=<%{auth0_claim:plan}>"
RequestHeader set X-Late "expr=<%{auth0_claim:plan}>"
Header set X-Early "expr=%{HTTP:X-Early}"
Header set X-Late "expr=%{HTTP:X-Late}"
"""

CONFIG = "\n".join(
    [
        ANYTHING,
        TENANT,
        EARLY,
        ALIASES,
        *(location(f"/{name}", case[0]) for name, case in REQUIRE.items()),
        *(location(f"/report/{name}", "Auth0ReportOnly On", case[0])
          for name, case in REQUIRE.items() if name != BY_PATH),
        *(location(f"/{name}", lines) for name, lines in FREE.items()),
        location("/show", "Require valid-user", SHOW),
        location("/before", "Require valid-user", BEFORE),
        "<Location /open>\nRequire all granted\n" + SHOW + "\n</Location>",
        "<Location /without-auth-type>\n"
        "Require expr \"auth0_claim('plan') == ''\"\n</Location>",
        '<Location /again>\nErrorDocument 404 /again/gone.html\n'
        'AuthType Auth0\nRequire auth0-scope read:orders\n' + SHOW
        + "\nHeader always set X-Always \"expr=<%{auth0_claim:plan}>\""
        + "\n</Location>",
    ]
)


@pytest.fixture(scope="module")
def server():
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    with Httpd(CONFIG, files) as httpd:
        yield httpd


ROWS = [
    pytest.param(name, *row, id=f"{name}-{number}")
    for name, (_, rows) in REQUIRE.items()
    for number, row in enumerate(rows)
]


@pytest.mark.parametrize("name, claims, expected", ROWS)
def test_require_expr(server, name, claims, expected):
    response = server.get(f"/{name}", tokens.token(KEY, **claims))
    if expected == OK:
        answers.accepted(response, tokens.SUBJECT)
        return
    reason, names = (expected, {}) if isinstance(expected, str) else expected
    answers.refused(response, reason, **names)


@pytest.mark.parametrize(
    "name, claims, expected",
    [row for row in ROWS if row.values[0] != BY_PATH],
)
def test_report_says_what_would_be(server, name, claims, expected):
    response = server.get(f"/report/{name}", tokens.token(KEY, **claims))
    reason = expected if isinstance(expected, str) else expected[0]
    assert (response.status, response.reason) == (200, reason)


@pytest.mark.parametrize("name", REQUIRE)
def test_no_token(server, name):
    """Never let in by what an expression says of no claim at all."""
    answers.refused(server.get(f"/{name}"), "request.no_token")


@pytest.mark.parametrize("name", REQUIRE)
def test_bad_token(server, name):
    token = tokens.token(KEY, exp=1, plan="gold")
    answers.refused(server.get(f"/{name}", token), "claims.exp")


@pytest.mark.parametrize("name", FREE)
def test_needs_no_token(server, name):
    response = server.get(f"/{name}")
    assert (response.status, response.challenges) == (200, [])


#: The claims of a token, and what the headers say.
VALUES = [
    ({"plan": "gold"}, {"plan": "gold"}),
    ({"plan": "solid gold"}, {"plan": "solid gold"}),
    ({"plan": ""}, {"plan": ""}),
    ({"plan": None}, {"plan": ""}),
    ({"plan": 5}, {"plan": "5"}),
    ({"plan": 0.1}, {"plan": "0.1"}),
    ({"plan": 1e300}, {"plan": "1e300"}),
    ({"plan": True}, {"plan": "true"}),
    ({"plan": ["a", 1, False]}, {"plan": "a 1 false"}),
    ({"plan": []}, {"plan": ""}),
    ({"plan": {"b": 1, "a": "ü"}}, {"plan": '{"b":1,"a":"\\u00FC"}'}),
    ({NS: ["x", "y"]}, {NS: "x y"}),
    ({"user": {"level": 3}}, {"/user/level": "3"}),
    ({"scope": "a b"}, {"scope": "a b"}),
    ({"ctl": "a\r\nX-Evil: 1"}, {"ctl": ""}),
    ({"ctl": "a\tb"}, {"ctl": ""}),
    ({"ctl": "a\x7f"}, {"ctl": ""}),
    ({"ctl": ["ok", "a\nb"]}, {"ctl": ""}),
    ({"ctl": {"a": "b\nc"}}, {"ctl": '{"a":"b\\nc"}'}),
]


@pytest.mark.parametrize("claims, expected", VALUES)
def test_values(server, claims, expected):
    token = tokens.token(KEY, **{"scope": ABSENT, **claims})
    response = server.get("/show", token)
    answers.accepted(response, tokens.SUBJECT)
    got = {
        name: response.header(f"X-{number}")
        for number, name in enumerate(SHOWN)
    }
    assert got == {name: f"<{expected.get(name, '')}>" for name in SHOWN}
    assert response.header("X-Evil") is None


def test_control_character_is_logged(server):
    server.get("/show", tokens.token(KEY, ctl="a\nb"))
    server.wait_for_log("the claim ctl holds a control character")


def test_before_authentication(server):
    response = server.get("/before", tokens.token(KEY, plan="gold"))
    got = [
        response.header(f"X-{name}")
        for name in ("Before", "After", "Early", "Late")
    ]
    assert got == ["(null)", "<gold>", "<>", "<gold>"]


def test_where_nobody_is_authenticated(server):
    response = server.get("/open", tokens.token(KEY, plan="gold"))
    assert response.status == 200
    assert response.header("X-0") == "<>"


def test_without_auth_type(server):
    """Nothing of ours is in force, so httpd's own rules hold."""
    response = server.get(
        "/without-auth-type", tokens.token(KEY, plan="gold")
    )
    assert (response.status, response.challenges) == (200, [])


def test_refusal_exports_nothing(server):
    token = tokens.token(KEY, plan="gold", exp=1)
    response = server.get("/again", token)
    answers.refused(response, "claims.exp")
    assert response.header("X-Always") == "<>"
