# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The vocabulary of Require: for each section, tokens and what becomes of them.
A token is good but for the claims that a row gives; what is expected is OK, a
reason, or a reason with what its challenge names.
"""
import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from logs import watch
from tokens import ABSENT, Ago

KEY = tokens.rsa_key("main")
NS = "https://example.com/roles"
OK = "ok"


def scope(words):
    return ("require.scope", {"scope": words})


def permission(words):
    return ("require.permission", {"scope": words})


def step_up(**names):
    return ("require.step_up", names)


def auth(ago, **more):
    return {"auth_time": Ago(ago), **more}


def nested(*roles):
    return {"user": {"roles": list(roles)}}


CLAIM, ORG, CLIENT = "require.claim", "require.org", "require.client"
SUBJECT, DETAILS = "require.subject", "require.authorization_details"
OTHER, TYPE = "require.other", "claims.type"

#: The same, but found by a Require, which httpd has something to say about.
AUTH_TIME = (TYPE, {})

#: The four dialects of Auth0's tokens, and what users, machines and others look like.
DIALECTS = {
    "access_token": {"azp": "web", "gty": ABSENT},
    "access_token_authz": {"azp": "web", "permissions": ["read:orders"]},
    "rfc9068_profile": {"client_id": "web", "jti": "1"},
    "rfc9068_profile_authz": {
        "client_id": "web",
        "jti": "1",
        "permissions": ["read:orders"],
    },
}
USER = {"sub": "auth0|1"}
SOCIAL_USER = {"sub": "google-oauth2|1", "azp": "web"}
MACHINE = {"sub": "nightly@clients", "azp": "nightly"}
GTY = {**MACHINE, "gty": "client-credentials"}
BARE_MACHINE = {"sub": "nightly", "azp": "nightly"}
BARE_MACHINE_9068 = {"sub": "nightly", "client_id": "nightly"}
SERVICE = {"sub": "x", "client_id": "y", "sub_profile": "service"}
AGENT = {"sub": "agt_1", "client_id": "c", "sub_profile": "ai_agent"}
BARE_AGENT = {"sub": "agt_1", "azp": "c", "gty": "client-credentials"}
OUTER_AGENT = {"sub": "my-agent", "azp": "c", "sub_profile": "ai_agent"}
FOR_A_USER = {**USER, "act": {"sub": "agt_1", "sub_profile": "ai_agent"}}
ANONYMOUS = {"sub": "anon@1234-5678-90"}
STRANGER = {"sub": "somebody", "azp": "web"}

SUBJECTS = {
    "user": [USER, SOCIAL_USER, FOR_A_USER, {**USER, "gty": "password"}],
    "machine": [MACHINE, GTY, BARE_MACHINE, BARE_MACHINE_9068, SERVICE],
    "agent": [AGENT, BARE_AGENT, OUTER_AGENT],
    "anonymous": [ANONYMOUS],
    "nobody": [
        STRANGER,
        {"sub": ABSENT},
        {"sub": ""},
        {**USER, "sub_profile": "robot"},
        {**USER, "sub_profile": ["user"]},
        {"sub": "@clients", "azp": "web"},
    ],
}


def of_subjects(*accepted):
    return [
        (claims, OK if kind in accepted else SUBJECT)
        for kind, tokens_of_kind in SUBJECTS.items()
        for claims in tokens_of_kind
    ]


def all_of(lines):
    return "\n".join(["<RequireAll>", *lines, "</RequireAll>"])


SIXTEEN = " ".join(f"s{i}" for i in range(16))

#: What no value of a string, number or boolean claim is mistaken for.
GOLD = [
    ({"plan": "gold"}, OK),
    ({"plan": ["silver", "gold"]}, OK),
    ({}, CLAIM),
    ({"plan": None}, CLAIM),
    ({"plan": ""}, CLAIM),
    ({"plan": "Gold"}, CLAIM),
    ({"plan": "gold "}, CLAIM),
    ({"plan": "golden"}, CLAIM),
    ({"plan": "gol"}, CLAIM),
    ({"plan": "silver gold"}, CLAIM),
    ({"plan": {"gold": True}}, CLAIM),
    ({"plan": [["gold"]]}, CLAIM),
    ({"plan": []}, CLAIM),
    ({"plan": True}, CLAIM),
    ({"/plan": "gold"}, CLAIM),
]

CASES = {
    "permission": (
        "Require auth0-permission read:orders",
        [
            ({"permissions": ["read:orders"]}, OK),
            ({"permissions": ["a", "read:orders"]}, OK),
            ({"permissions": ["read:orders2"]}, permission("read:orders")),
            ({"permissions": ["a read:orders"]}, permission("read:orders")),
            ({"permissions": []}, permission("read:orders")),
            ({}, permission("read:orders")),
            ({"permissions": "read:orders"}, TYPE),
            ({"permissions": {"read:orders": 1}}, TYPE),
            ({"permissions": ["read:orders", 1]}, TYPE),
            ({"permissions": None}, TYPE),
        ],
    ),
    "permissions": (
        'Require auth0-permission "a b" c',
        [
            ({"permissions": ["b", "a"]}, OK),
            ({"permissions": ["c"]}, OK),
            ({"permissions": ["a"]}, permission("a b")),
            ({"permissions": ["a b"]}, permission("a b")),
        ],
    ),
    "scope": (
        "Require auth0-scope read:orders",
        [
            ({}, OK),
            ({"scope": "x", "permissions": ["read:orders"]},
             scope("read:orders")),
            ({"scope": ["read:orders"]}, TYPE),
            ({"scope": None}, TYPE),
        ],
    ),
    "scope-or-permission": (
        "Require auth0-scope a\nRequire auth0-permission a",
        [
            ({"scope": "a"}, OK),
            ({"permissions": ["a"]}, OK),
            ({}, scope("a")),
        ],
    ),
    "scope-and-permission": (
        "<RequireAll>\nRequire auth0-permission p\nRequire auth0-scope a\n"
        "</RequireAll>",
        [
            ({"scope": "a", "permissions": ["p"]}, OK),
            ({"scope": "a"}, permission("p")),
            ({"permissions": ["p"]}, scope("a")),
            ({}, permission("p a")),
        ],
    ),
    "claim": ("Require auth0-claim plan gold", GOLD),
    "claim-pointer": ("Require auth0-claim /plan gold", GOLD),
    "claim-either": (
        "Require auth0-claim plan gold platinum",
        [
            ({"plan": "gold"}, OK),
            ({"plan": "platinum"}, OK),
            ({"plan": "gold platinum"}, CLAIM),
        ],
    ),
    "claim-quoted": (
        'Require auth0-claim plan "solid gold"',
        [({"plan": "solid gold"}, OK), ({"plan": "solid"}, CLAIM)],
    ),
    "claim-quoted-in-part": (
        """Require auth0-claim plan 'x="y z"' x="y""",
        [({"plan": 'x="y z"'}, OK), ({"plan": 'x="y'}, OK),
         ({"plan": "x=y z"}, CLAIM), ({"plan": "x=y"}, CLAIM)],
    ),
    "claim-present": (
        "Require auth0-claim plan",
        [
            ({"plan": "x"}, OK),
            ({"plan": ""}, OK),
            ({"plan": False}, OK),
            ({"plan": 0}, OK),
            ({"plan": {}}, OK),
            ({"plan": []}, OK),
            ({"plan": None}, CLAIM),
            ({}, CLAIM),
        ],
    ),
    "claim-empty": (
        'Require auth0-claim plan ""',
        [({"plan": ""}, OK), ({"plan": "x"}, CLAIM), ({}, CLAIM)],
    ),
    "claim-true": (
        "Require auth0-claim email_verified true",
        [
            ({"email_verified": True}, OK),
            ({"email_verified": "true"}, OK),
            ({"email_verified": False}, CLAIM),
            ({"email_verified": "True"}, CLAIM),
            ({"email_verified": 1}, CLAIM),
        ],
    ),
    "claim-number": (
        "Require auth0-claim level 5",
        [
            ({"level": 5}, OK),
            ({"level": "5"}, OK),
            ({"level": [4, 5]}, OK),
            ({"level": 5.0}, CLAIM),
            ({"level": 50}, CLAIM),
            ({"level": -5}, CLAIM),
            ({"level": "05"}, CLAIM),
        ],
    ),
    "claim-fraction": (
        "Require auth0-claim level 0.1",
        [({"level": 0.1}, OK), ({"level": 0.10000001}, CLAIM)],
    ),
    "claim-namespaced": (
        f"Require auth0-claim {NS} admin",
        [
            ({NS: ["admin"]}, OK),
            ({NS: "admin"}, OK),
            ({NS: ["user"]}, CLAIM),
            ({"https:": {"": {"example.com": {"roles": "admin"}}}}, CLAIM),
        ],
    ),
    "claim-nested": (
        "Require auth0-claim /user/roles admin",
        [
            (nested("admin"), OK),
            (nested("user", "admin"), OK),
            (nested("user"), CLAIM),
            ({"user": {"roles": "admin"}}, OK),
            ({"user": ["roles", "admin"]}, CLAIM),
            ({"user": "admin"}, CLAIM),
            ({"/user/roles": "admin"}, CLAIM),
        ],
    ),
    "claim-element": (
        "Require auth0-claim /user/roles/0 admin",
        [(nested("admin"), OK), (nested("user", "admin"), CLAIM)],
    ),
    "claim-escaped": (
        "Require auth0-claim /https:~1~1example.com~1roles/a~0b x",
        [
            ({NS: {"a~b": "x"}}, OK),
            ({NS: {"a~0b": "x"}}, CLAIM),
        ],
    ),
    "org-id": (
        "Require auth0-org org_1 org_2",
        [
            ({"org_id": "org_1"}, OK),
            ({"org_id": "org_2"}, OK),
            ({"org_id": "org_3"}, ORG),
            ({"org_id": "ORG_1"}, ORG),
            ({"org_id": "org_12"}, ORG),
            ({"org_name": "org_1"}, ORG),
            ({}, ORG),
            ({"org_id": ["org_1"]}, TYPE),
            ({"org_id": "org_1\n"}, TYPE),
        ],
    ),
    "org-name": (
        "Require auth0-org Acme",
        [
            ({"org_id": "org_1", "org_name": "acme"}, OK),
            ({"org_name": "ACME"}, OK),
            ({"org_name": "acme2"}, ORG),
            ({"org_id": "acme"}, ORG),
            ({"org_id": "Acme"}, ORG),
            ({"org_name": ["acme"]}, TYPE),
        ],
    ),
    "client": (
        "Require auth0-client web app",
        [
            ({"azp": "web"}, OK),
            ({"client_id": "app"}, OK),
            ({"azp": "web", "client_id": "web"}, OK),
            ({"azp": "other"}, CLIENT),
            ({"client_id": "WEB"}, CLIENT),
            ({"azp": "web", "client_id": "other"}, CLIENT),
            ({"azp": "other", "client_id": "web"}, CLIENT),
            ({"sub": "web@clients"}, CLIENT),
            ({}, CLIENT),
            ({"azp": ["web"]}, TYPE),
        ],
    ),
    "subject-user": ("Require auth0-subject user", of_subjects("user")),
    "subject-machine": (
        "Require auth0-subject machine",
        of_subjects("machine"),
    ),
    "subject-agent": ("Require auth0-subject agent", of_subjects("agent")),
    "subject-anonymous": (
        "Require auth0-subject anonymous",
        of_subjects("anonymous"),
    ),
    "subject-two": (
        "Require auth0-subject user agent",
        of_subjects("user", "agent"),
    ),
    "subject-not-anonymous": (
        "<RequireAll>\nRequire auth0-scope read:orders\n"
        "Require not auth0-subject anonymous machine\n</RequireAll>",
        [
            (USER, OK),
            (ANONYMOUS, OTHER),
            (MACHINE, OTHER),
            ({**USER, "scope": ""}, scope("read:orders")),
            ({**ANONYMOUS, "scope": ""}, OTHER),
        ],
    ),
    "step-up-acr": (
        'Require auth0-step-up acr="mfa phr"',
        [
            ({"acr": "mfa"}, OK),
            ({"acr": "phr"}, OK),
            ({"acr": "pwd"}, step_up(acr_values="mfa phr")),
            ({"acr": "mfa phr"}, step_up(acr_values="mfa phr")),
            ({"acr": "MFA"}, step_up(acr_values="mfa phr")),
            ({"acr": ["mfa"]}, step_up(acr_values="mfa phr")),
            ({"acr": ""}, step_up(acr_values="mfa phr")),
            ({}, step_up(acr_values="mfa phr")),
        ],
    ),
    "step-up-age": (
        "Require auth0-step-up max_age=300",
        [
            (auth(10), OK),
            (auth(290), OK),
            (auth(301), step_up(max_age="300")),
            ({"auth_time": 0}, step_up(max_age="300")),
            ({}, step_up(max_age="300")),
            ({"auth_time": None}, step_up(max_age="300")),
            (auth(-600), AUTH_TIME),
            ({"auth_time": Ago(9, str)}, AUTH_TIME),
            ({"auth_time": [Ago(9)]}, AUTH_TIME),
            ({"auth_time": True}, AUTH_TIME),
            ({"auth_time": -1}, AUTH_TIME),
            ({"auth_time": Ago(9.5, float)}, OK),
        ],
    ),
    "step-up-both": (
        'Require auth0-step-up max_age=300 "acr=mfa phr"',
        [
            (auth(10, acr="mfa"), OK),
            (auth(10), step_up(acr_values="mfa phr", max_age="300")),
            (
                auth(900, acr="phr"),
                step_up(acr_values="mfa phr", max_age="300"),
            ),
            (auth(-900, acr="phr"), AUTH_TIME),
        ],
    ),
    "step-up-claims": (
        f"Auth0ACRClaim {NS}\nAuth0AuthTimeClaim /session/auth_time\n"
        "Require auth0-step-up acr=mfa max_age=60",
        [
            ({NS: "mfa", "session": auth(5)}, OK),
            (
                auth(5, acr="mfa"),
                step_up(acr_values="mfa", max_age="60"),
            ),
            (
                {NS: "mfa", "session": auth(90)},
                step_up(acr_values="mfa", max_age="60"),
            ),
            ({NS: "mfa", "session": {"auth_time": "now"}}, AUTH_TIME),
        ],
    ),
    "details": (
        "Require auth0-authorization-details payment account",
        [
            ({"authorization_details": [{"type": "payment"}]}, OK),
            (
                {"authorization_details": [{"type": "x"}, {"type": "account"}]},
                OK,
            ),
            ({"authorization_details": [{"type": "Payment"}]}, DETAILS),
            ({"authorization_details": [{"kind": "payment"}]}, DETAILS),
            ({"authorization_details": [{"type": ["payment"]}]}, DETAILS),
            ({"authorization_details": ["payment"]}, DETAILS),
            ({"authorization_details": {"type": "payment"}}, DETAILS),
            ({"authorization_details": "payment"}, DETAILS),
            ({"authorization_details": []}, DETAILS),
            ({}, DETAILS),
        ],
    ),
    "dialects": (
        "<RequireAll>\nRequire auth0-client web\nRequire auth0-scope "
        "read:orders\nRequire auth0-subject user\n</RequireAll>",
        [(DIALECTS[name], OK) for name in DIALECTS],
    ),
    "dialects-permission": (
        "Require auth0-permission read:orders",
        [
            (
                DIALECTS[name],
                OK if name.endswith("_authz") else permission("read:orders"),
            )
            for name in DIALECTS
        ],
    ),
    "valid-user": (
        "Require valid-user",
        [(DIALECTS[name], OK) for name in DIALECTS] + [({"sub": ABSENT}, OK)],
    ),
    # Which line decides.
    "first-alternative": (
        "Require auth0-org org_1\nRequire auth0-scope a",
        [({"scope": "a"}, OK), ({"org_id": "org_1"}, OK), ({}, ORG)],
    ),
    "second-alternative": (
        "Require auth0-scope a\nRequire auth0-org org_1",
        [({}, scope("a"))],
    ),
    "alternatives-of-which-one-cannot-be": (
        "<RequireAny>\n<RequireAll>\nRequire user somebody\n"
        "Require auth0-org org_1\n</RequireAll>\n"
        "Require auth0-step-up acr=mfa\n</RequireAny>",
        [({}, step_up(acr_values="mfa")), ({"acr": "mfa"}, OK)],
    ),
    "all-of-many": (
        "<RequireAll>\nRequire auth0-scope a\nRequire auth0-scope b\n"
        "Require auth0-step-up max_age=60\nRequire auth0-org org_1\n"
        "</RequireAll>",
        [
            ({"scope": "a b", "org_id": "org_1", **auth(5)}, OK),
            ({"org_id": "org_1", **auth(5), "scope": "x"}, scope("a b")),
            ({"org_id": "org_1", **auth(5), "scope": "a"}, scope("b")),
            ({"org_id": "org_1", **auth(500), "scope": "a"}, scope("b")),
            (
                {"org_id": "org_1", **auth(500), "scope": "a b"},
                step_up(max_age="60"),
            ),
            ({**auth(500), "scope": "a"}, ORG),
            (
                {**auth(-500), "scope": "a", "org_id": "org_1"},
                AUTH_TIME,
            ),
        ],
    ),
    "any-of-twenty": (
        "\n".join(f"Require auth0-scope s{i}" for i in range(20)),
        [({}, scope("s0")), ({"scope": "s15"}, OK), ({"scope": "s19"}, OK)],
    ),
    "all-of-sixteen": (
        all_of(f"Require auth0-scope s{i}" for i in range(16)),
        [({}, scope(SIXTEEN)), ({"scope": SIXTEEN}, OK)],
    ),
    "all-of-seventeen": (
        all_of(f"Require auth0-scope s{i}" for i in range(17)),
        [
            ({}, OTHER),
            ({"scope": SIXTEEN}, scope("s16")),
            ({"scope": "s16"}, scope(SIXTEEN)),
            ({"scope": f"{SIXTEEN} s16"}, OK),
        ],
    ),
    "step-up-before-scope": (
        "<RequireAll>\nRequire auth0-step-up max_age=60\n"
        "Require auth0-scope a\n</RequireAll>",
        [
            (auth(500), step_up(max_age="60")),
            ({**auth(500), "scope": "a"}, step_up(max_age="60")),
            (auth(5), scope("a")),
        ],
    ),
    "none-of": (
        "<RequireAll>\nRequire valid-user\n<RequireNone>\n"
        "Require auth0-claim blocked true\nRequire auth0-client bad\n"
        "</RequireNone>\n</RequireAll>",
        [
            ({}, OK),
            ({"blocked": False}, OK),
            ({"blocked": True}, OTHER),
            ({"azp": "bad"}, OTHER),
            ({"azp": "web"}, OK),
        ],
    ),
    "not-claim-in-any": (
        "<RequireAny>\n<RequireAll>\nRequire auth0-claim plan gold\n"
        "Require not auth0-claim blocked\n</RequireAll>\n"
        "Require auth0-scope admin\n</RequireAny>",
        [
            ({"plan": "gold"}, OK),
            ({"plan": "gold", "blocked": 1}, scope("admin")),
            ({"blocked": 1, "scope": "admin"}, OK),
            ({}, CLAIM),
        ],
    ),
    "limit": (
        "<Limit POST>\nRequire auth0-scope write\n</Limit>\n"
        "<LimitExcept POST>\nRequire auth0-scope read\n</LimitExcept>",
        [({"scope": "read"}, OK), ({"scope": "write"}, scope("read"))],
    ),
    "other-modules": (
        "<RequireAll>\nRequire ip 127.0.0.0/8\nRequire method GET\n"
        "Require auth0-subject user\n</RequireAll>",
        [(USER, OK), (MACHINE, SUBJECT)],
    ),
}

CONFIG = "\n".join(
    [
        ANYTHING,
        TENANT,
        *(location(f"/{name}", case[0]) for name, case in CASES.items()),
        location("/outer", "Require auth0-org org_1"),
        location("/outer/and", "AuthMerging And", "Require auth0-scope a"),
        location("/outer/or", "AuthMerging Or", "Require auth0-scope a"),
        location("/outer/off", "Require auth0-scope a"),
    ]
)

ROWS = [
    pytest.param(name, *row, id=f"{name}-{number}")
    for name, (_, rows) in CASES.items()
    for number, row in enumerate(rows)
]


@pytest.fixture(scope="module")
def server():
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    with Httpd(CONFIG, files) as httpd:
        yield httpd


def check(response, claims, expected):
    if expected == OK:
        sub = claims.get("sub", tokens.SUBJECT)
        user = "" if sub is ABSENT else sub
        answers.accepted(response, user or '""')
        return
    if expected is AUTH_TIME:
        watch.announce("AH01631: .* authorization failure")
    reason, names = (expected, {}) if isinstance(expected, str) else expected
    answers.refused(response, reason, **names)


@pytest.mark.parametrize("name, claims, expected", ROWS)
def test_vocabulary(server, name, claims, expected):
    token = tokens.token(KEY, **claims)
    check(server.get(f"/{name}", token), claims, expected)


MERGED = [
    ("and", {"org_id": "org_1", "scope": "a"}, OK),
    ("and", {"org_id": "org_1"}, scope("a")),
    ("and", {"scope": "a"}, ORG),
    ("or", {"scope": "a"}, OK),
    ("or", {"org_id": "org_1"}, OK),
    ("or", {}, ORG),
    ("off", {"org_id": "org_1"}, scope("a")),
    ("off", {"scope": "a"}, OK),
]


@pytest.mark.parametrize("name, claims, expected", MERGED)
def test_merging(server, name, claims, expected):
    response = server.get(f"/outer/{name}", tokens.token(KEY, **claims))
    check(response, claims, expected)


@pytest.mark.parametrize("scopes, expected", [("write", OK), ("read", "write")])
def test_limit_to_methods(server, scopes, expected):
    token = tokens.token(KEY, scope=scopes)
    response = server.request("POST", "/limit", token)
    if expected == OK:
        answers.accepted(response, tokens.SUBJECT)
    else:
        answers.refused(response, "require.scope", scope=expected)


@pytest.mark.parametrize("name", CASES)
def test_without_a_token(server, name):
    answers.refused(server.get(f"/{name}"), "request.no_token")


@pytest.mark.parametrize(
    "path, reason, line",
    [
        ("/org-id", "require.org", "auth0-org org_1 org_2"),
        # the first that is lacking does not decide
        ("/all-of-many", "require.org", "auth0-org org_1"),
    ],
)
def test_the_log_names_the_line(server, path, reason, line):
    token = tokens.token(KEY, org_id="org_9")
    answers.refused(server.get(path, token), reason)
    named = rf"{line} \[token {answers.fingerprint(token)}\]"
    server.wait_for_log(rf"require\.org: [^:]*: {named}")
