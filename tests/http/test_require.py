# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Require, alone and in containers: who is let in, and which scope a refusal
names. A case is the lines of a section, and for the scope of a token (None:
without the claim) either OK, the words that the challenge names, or OTHER,
where no scope would help.
"""
import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from tokens import ABSENT

KEY = tokens.rsa_key("main")

OK = object()
OTHER = object()

#: All that RFC 6749 section 3.3 allows in a scope, but for letters.
STRANGE = "https://example.com/a!#$%&'()*+,-./:;<=>?@[]^_`{|}~"

CASES = {
    "one": (
        "Require auth0-scope read:orders",
        {
            "read:orders": OK,
            "write:orders read:orders": OK,
            "": "read:orders",
            None: "read:orders",
            "write:orders": "read:orders",
            "read:orders2": "read:orders",
            "xread:orders": "read:orders",
            "read:order": "read:orders",
            "read": "read:orders",
            "READ:ORDERS": "read:orders",
            "read:orders,write:orders": "read:orders",
            "read:orders\twrite:orders": "read:orders",
        },
    ),
    "both": (
        'Require auth0-scope "read write"',
        {
            "read write": OK,
            "write x read": OK,
            "read": "read write",
            "write": "read write",
            "readwrite": "read write",
        },
    ),
    "both_with_more_spaces": (
        'Require auth0-scope "  read   write "',
        {"read write": OK, "read": "read write"},
    ),
    "either": (
        "Require auth0-scope read admin",
        {"read": OK, "admin": OK, "write": "read", None: "read"},
    ),
    "both_or_one": (
        'Require auth0-scope "read write" admin',
        {
            "read write": OK,
            "admin": OK,
            "read": "read write",
            "write": "read write",
        },
    ),
    "two_lines": (
        """
        Require auth0-scope read
        Require auth0-scope admin
        """,
        {"read": OK, "admin": OK, "": "read"},
    ),
    "strange_words": (
        f"Require auth0-scope {STRANGE}",
        {STRANGE: OK, "": STRANGE, STRANGE[:-1]: STRANGE},
    ),
    "valid_user": ("Require valid-user", {"": OK, None: OK, "x": OK}),
    "user": (
        f'Require user "{tokens.SUBJECT}"',
        {"": OK},
    ),
    "another_user": ("Require user somebody", {"": OTHER, "read": OTHER}),
    "any": (
        """
        <RequireAny>
            Require auth0-scope read
            Require auth0-scope write
        </RequireAny>
        """,
        {"read": OK, "write": OK, "": "read"},
    ),
    "all": (
        """
        <RequireAll>
            Require auth0-scope read
            Require auth0-scope write
        </RequireAll>
        """,
        {
            "read write": OK,
            "": "read write",
            "read": "write",
            "write": "read",
        },
    ),
    "all_without_duplicates": (
        """
        <RequireAll>
            Require auth0-scope "read write"
            Require auth0-scope "write admin"
        </RequireAll>
        """,
        {
            "read write admin": OK,
            "": "read write admin",
            "read write": "write admin",
            "write admin": "read write",
        },
    ),
    "all_with_alternatives": (
        """
        <RequireAll>
            Require auth0-scope read admin
            Require auth0-scope write admin
        </RequireAll>
        """,
        {"admin": OK, "read write": OK, "": "read write", "read": "write"},
    ),
    "all_and_a_user": (
        """
        <RequireAll>
            Require valid-user
            Require auth0-scope read
        </RequireAll>
        """,
        {"read": OK, "": "read"},
    ),
    "all_and_another_user": (
        """
        <RequireAll>
            Require auth0-scope read
            Require user somebody
        </RequireAll>
        """,
        {"read": OTHER, "": OTHER},
    ),
    "any_and_another_user": (
        """
        Require user somebody
        Require auth0-scope read
        """,
        {"read": OK, "": "read"},
    ),
    "all_of_any": (
        """
        <RequireAll>
            <RequireAny>
                Require auth0-scope read
                Require auth0-scope list
            </RequireAny>
            Require auth0-scope write
        </RequireAll>
        """,
        {
            "read write": OK,
            "list write": OK,
            "": "read write",
            "list": "write",
            "write": "read",
        },
    ),
    "any_of_all": (
        """
        <RequireAny>
            <RequireAll>
                Require auth0-scope read
                Require auth0-scope write
            </RequireAll>
            Require auth0-scope admin
        </RequireAny>
        """,
        {"read write": OK, "admin": OK, "": "read write", "read": "write"},
    ),
    "any_of_all_that_cannot_be": (
        """
        <RequireAny>
            <RequireAll>
                Require user somebody
                Require auth0-scope read
            </RequireAll>
            Require auth0-scope admin
        </RequireAny>
        """,
        {"admin": OK, "": "admin", "read": "admin"},
    ),
    "deep": (
        """
        <RequireAll>
            <RequireAny>
                <RequireAll>
                    Require auth0-scope a
                    Require auth0-scope b
                </RequireAll>
                <RequireAny>
                    Require auth0-scope c
                </RequireAny>
            </RequireAny>
            <RequireAll>
                Require auth0-scope d
            </RequireAll>
        </RequireAll>
        """,
        {
            "a b d": OK,
            "c d": OK,
            "": "a b d",
            "a": "b d",
            "c": "d",
            "d": "a b",
        },
    ),
    "not": (
        """
        <RequireAll>
            Require auth0-scope read
            Require not auth0-scope suspended
        </RequireAll>
        """,
        {
            "read": OK,
            "": "read",
            "read suspended": OTHER,
            "suspended": OTHER,
        },
    ),
    "none": (
        """
        <RequireAll>
            Require auth0-scope read
            <RequireNone>
                Require auth0-scope suspended
                Require auth0-scope deleted
            </RequireNone>
        </RequireAll>
        """,
        {
            "read": OK,
            "": "read",
            "read suspended": OTHER,
            "deleted": OTHER,
            "read deleted suspended": OTHER,
        },
    ),
    "not_user": (
        f"""
        <RequireAll>
            Require auth0-scope read
            Require not user "{tokens.SUBJECT}"
        </RequireAll>
        """,
        {"read": OTHER, "": OTHER},
    ),
    "this_address": (
        """
        <RequireAll>
            Require ip 127.0.0.0/8
            Require auth0-scope read
        </RequireAll>
        """,
        {"read": OK, "": "read"},
    ),
    "address_or_scope": (
        """
        Require ip 192.0.2.0/24
        Require auth0-scope read
        """,
        {"read": OK, "": "read"},
    ),
    "method_or_scope": (
        """
        Require method OPTIONS
        Require auth0-scope read
        """,
        {"read": OK, "": "read"},
    ),
    "this_method": (
        """
        <RequireAll>
            Require method GET
            Require auth0-scope read
        </RequireAll>
        """,
        {"read": OK, "": "read"},
    ),
}

#: Where httpd says no before it has asked who is calling.
BEFOREHAND = {
    "another_address": """
        <RequireAll>
            Require ip 192.0.2.0/24
            Require auth0-scope read
        </RequireAll>
        """,
    "another_method": """
        <RequireAll>
            Require method POST
            Require auth0-scope read
        </RequireAll>
        """,
    "all_denied": "Require all denied",
}

FORBIDDEN_ON = "AuthzSendForbiddenOnFailure On\n"

CONFIG = "\n".join(
    [
        ANYTHING,
        TENANT,
        *(location(f"/{name}", case[0]) for name, case in CASES.items()),
        *(
            location(f"/on/{name}", FORBIDDEN_ON, case[0])
            for name, case in CASES.items()
        ),
        *(location(f"/{name}", lines) for name, lines in BEFOREHAND.items()),
        location("/open", "Require all granted"),
        location("/outer", "Require auth0-scope read"),
        location("/outer/inner", "Require auth0-scope write"),
        location(
            "/outer/both", "AuthMerging And", "Require auth0-scope write"
        ),
        location(
            "/outer/either", "AuthMerging Or", "Require auth0-scope write"
        ),
    ]
)


@pytest.fixture(scope="module")
def server():
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    with Httpd(CONFIG, files) as httpd:
        yield httpd


def with_scope(scope):
    return tokens.token(KEY, scope=ABSENT if scope is None else scope)


def check(response, expected):
    if expected is OK:
        answers.accepted(response, tokens.SUBJECT)
    elif expected is OTHER:
        answers.refused(response, "require.other")
    else:
        answers.refused(response, "require.scope", scope=expected)


ROWS = [
    pytest.param(name, scope, expected, id=f"{name}-{scope}")
    for name, (_, table) in CASES.items()
    for scope, expected in table.items()
]


@pytest.mark.parametrize("name, scope, expected", ROWS)
def test_require(server, name, scope, expected):
    check(server.get(f"/{name}", with_scope(scope)), expected)


@pytest.mark.parametrize("name, scope, expected", ROWS)
def test_require_with_forbidden_on_failure(server, name, scope, expected):
    check(server.get(f"/on/{name}", with_scope(scope)), expected)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("folder", ["", "/on"], ids=["off", "on"])
def test_without_a_token(server, folder, name):
    answers.refused(server.get(f"{folder}/{name}"), "request.no_token")


@pytest.mark.parametrize("name", CASES)
def test_with_a_bad_token(server, name):
    response = server.get(f"/{name}", tokens.token(KEY, exp=1))
    answers.refused(response, "claims.exp")


@pytest.mark.parametrize("name", BEFOREHAND)
@pytest.mark.parametrize("token", [None, "read"], ids=["no_token", "token"])
def test_refused_beforehand(server, announce, name, token):
    announce("AH01630: client denied by server configuration")
    response = server.get(f"/{name}", token and with_scope(token))
    assert (response.status, response.challenges) == (403, [])


def test_method_that_needs_no_token(server):
    response = server.request("OPTIONS", "/method_or_scope")
    assert (response.status, response.challenges) == (200, [])
    assert response.user == "-"


def test_all_granted_needs_no_token(server):
    response = server.get("/open", tokens.token(KEY, exp=1))
    assert (response.status, response.challenges) == (200, [])
    assert response.user == "-"


MERGED = [
    ("inner", "write", OK),
    ("inner", "read", "write"),
    ("both", "read write", OK),
    ("both", "read", "write"),
    ("both", "", "read write"),
    ("either", "read", OK),
    ("either", "write", OK),
    ("either", "", "read"),
]


@pytest.mark.parametrize("name, scope, expected", MERGED)
def test_nested_sections(server, name, scope, expected):
    check(server.get(f"/outer/{name}", with_scope(scope)), expected)
