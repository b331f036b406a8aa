# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The table of answers: what each condition is answered with."""
import pathlib
import re
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import REPO, Httpd

KEY = tokens.rsa_key("main")
CURVE = tokens.ec_key("curve")
QUOTED = r"the \"orders\" API"

HTACCESS = "AuthType Auth0\nRequire valid-user\n"

CONFIG = "\n".join(
    [
        'Alias "/open" "${DIR}/open"',
        ANYTHING,
        location("/orders", TENANT, "Require auth0-scope read:orders"),
        location("/admin", TENANT, "Require auth0-scope admin root"),
        location("/other", TENANT, "Require user somebody-else"),
        location(
            "/named", TENANT, f'AuthName "{QUOTED}"', "Require valid-user"
        ),
        location(
            "/page",
            TENANT,
            "ErrorDocument 401 /public",
            'ErrorDocument 403 "Ask for the scope first."',
            "Require auth0-scope read:orders",
        ),
        location(
            "/loop", TENANT, "ErrorDocument 401 /loop", "Require valid-user"
        ),
        "<Directory ${DIR}/open>\nAllowOverride AuthConfig\n</Directory>",
    ]
)
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY, CURVE),
    "open/index.html": "",
    "open/.htaccess": HTACCESS,
}


@pytest.fixture(scope="module")
def server():
    with Httpd(CONFIG, FILES) as httpd:
        yield httpd


def good(**changes):
    return tokens.token(KEY, **changes)


def credentials(*values):
    return [("Authorization", value) for value in values]


def token68(length):
    return "a" * length


NO_CREDENTIALS = [
    ("no_field", [], "request.no_token"),
    ("empty_field", [""], "request.no_token"),
    ("Basic", ["Basic dXNlcjpwYXNz"], "request.scheme"),
    ("Digest", ['Digest username="a", realm="b"'], "request.scheme"),
    ("DPoPx", ["DPoPx eyJh.eyJh.AAAA"], "request.scheme"),
    ("Negotiate", ["Negotiate AAAA"], "request.scheme"),
    ("Bearerx", ["Bearerx AAAA"], "request.scheme"),
    ("Bear", ["Bear AAAA"], "request.scheme"),
    ("no_scheme", ["eyJhbGciOiJSUzI1NiJ9.e30.AAAA"], "request.scheme"),
    ("two_others", ["Basic AAAA", "Digest BBBB"], "request.scheme"),
]


@pytest.mark.parametrize("fields, reason", **table(NO_CREDENTIALS))
def test_no_credentials_or_another_scheme_401(server, fields, reason):
    response = server.get("/orders", headers=credentials(*fields))
    answers.refused(response, reason)


MALFORMED = [
    ("nothing", ["Bearer"], "request.malformed"),
    ("nothing_but_spaces", ["Bearer   "], "request.malformed"),
    ("two_words", ["Bearer AAAA BBBB"], "request.malformed"),
    ("three_words", ["Bearer AAAA BBBB CCCC"], "request.malformed"),
    ("folded", ["Bearer AAAA\r\n BBBB"], "request.malformed"),
    ("padding_only", ["Bearer ="], "request.malformed"),
    ("padding_within", ["Bearer A===.e30.AAAA"], "request.malformed"),
    ("padding_first", ["Bearer =AAA.e30.AAAA"], "request.malformed"),
    ("percent", ["Bearer AA%41.e30.AAAA"], "request.malformed"),
    ("quotes", ['Bearer "AAAA.e30.AAAA"'], "request.malformed"),
    ("json", ['Bearer {"a":1}'], "request.malformed"),
    ("semicolon", ["Bearer AAAA;e30"], "request.malformed"),
    ("tab", ["Bearer AAAA\tBBBB"], "request.malformed"),
    ("latin1", [b"Bearer AA\xe4A.e30.AAAA"], "request.malformed"),
    ("utf8", ["Bearer AA\u00e4A.e30.AAAA"], "request.malformed"),
    ("high_byte", [b"Bearer AA\xff"], "request.malformed"),
    ("two_fields", ["Bearer AAAA", "Bearer AAAA"], "request.multiple"),
    ("comma", ["Bearer AAAA, Bearer BBBB"], "request.multiple"),
    ("Bearer_then_Basic", ["Bearer AAAA", "Basic BBBB"], "request.multiple"),
    ("Basic_then_Bearer", ["Basic AAAA", "Bearer BBBB"], "request.multiple"),
    ("Basic_then_bearer", ["Basic AAAA", "bearer BBBB"], "request.multiple"),
    ("over_8_KiB", ["Bearer " + token68(8193)], "request.too_large"),
    ("30_KB", ["Bearer " + token68(30000)], "request.too_large"),
]


@pytest.mark.parametrize("fields, reason", **table(MALFORMED))
def test_malformed_credentials_400(server, fields, reason):
    response = server.get("/orders", headers=credentials(*fields))
    answers.refused(response, reason)


def test_two_good_fields_400(server):
    field = "Bearer " + good()
    response = server.get("/orders", headers=credentials(field, field))
    answers.refused(response, "request.multiple")


BROKEN_REQUESTS = [
    ("nul", b"Authorization: Bearer AA\0AA"),
    ("bare_cr", b"Authorization: Bearer AA\rAA"),
    ("space_before_colon", b"Authorization : Bearer AAAA"),
    ("field_too_large", b"Authorization: Bearer " + b"a" * 70000),
]


@pytest.mark.parametrize("field", **table(BROKEN_REQUESTS))
def test_httpd_itself_refuses_a_broken_field_400(server, field):
    name, _, value = field.partition(b": ")
    response = server.get("/orders", headers=[(name, value)])
    assert (response.status, response.reason) == (400, "-")


BAD_TOKENS = [
    ("opaque", lambda: "8xLOxBtZp8", "token.opaque"),
    ("malformed", lambda: "AAAA.e30.A===", "token.malformed"),
    ("expired", lambda: good(exp=int(time.time()) - 60), "claims.exp"),
    ("other_audience", lambda: good(aud="https://else"), "claims.aud"),
    ("tampered", lambda: good()[:-8] + "AAAAAAAA", "signature.invalid"),
]


@pytest.mark.parametrize("make, reason", **table(BAD_TOKENS))
def test_token_that_does_not_verify_401(server, make, reason):
    answers.refused(server.get("/orders", make()), reason)


def test_scope_lacking_403(server):
    response = server.get("/orders", good(scope="write:orders"))
    answers.refused(response, "require.scope", scope="read:orders")


def test_scope_lacking_403_names_the_first_alternative(server):
    response = server.get("/admin", good())
    answers.refused(response, "require.scope", scope="admin")


def test_another_require_fails_403(server):
    answers.refused(server.get("/other", good()), "require.other")


def test_no_keys_yet_503(announce):
    """Nothing listens where the keys should be."""
    announce("cannot be (fetched|read)")
    config = ANYTHING + location(
        "/orders",
        "Auth0Issuer https://tenant.example/ https://127.0.0.1:1/jwks.json",
        "Auth0Audience https://api.example.com/orders",
        "Require valid-user",
    )
    with Httpd(config, PAGE) as httpd:
        httpd.wait_for_log("cannot be (fetched|read)")
        response = httpd.get("/orders", good())
    answers.refused(response, "key.unavailable")
    assert int(response.header("Retry-After")) > 0


def test_policy_incomplete_500(server, announce):
    """An AuthType in .htaccess cannot be checked at configuration time."""
    announce("config.incomplete")
    response = server.get("/open/index.html", good())
    answers.refused(response, "config.incomplete")


SCHEMES = ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer ", "Bearer   "]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_scheme_without_regard_to_case(server, scheme):
    fields = credentials(f"{scheme} {good()}")
    response = server.get("/orders", headers=fields)
    answers.accepted(response, tokens.SUBJECT)
    assert response.text == "the orders\n"


METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_needs_a_token(server, method):
    response = server.request(method, "/orders", body=b"")
    answers.refused(response, "request.no_token")


def test_realm_is_not_taken_from_the_request(server):
    headers = [("Host", "evil.example")]
    response = server.get("/orders", headers=headers)
    answers.refused(response, "request.no_token", realm="api.example.com")


def test_realm_from_auth_name_is_quoted(server):
    response = server.get("/named")
    answers.refused(response, "request.no_token", realm=QUOTED)


def test_error_document_page(server):
    """A page of our own does not cost the challenge."""
    response = server.get("/page")
    assert response.text == "the orders\n"
    assert response.status == 401
    assert response.challenges == answers.invitations()
    assert response.header("Cache-Control") == "no-store"


def test_error_document_text(server):
    response = server.get("/page", good(scope="none"))
    answers.refused(response, "require.scope", scope="read:orders")
    assert response.text == "Ask for the scope first."


def test_error_document_that_is_refused_itself(server):
    """One challenge, although two requests have been judged."""
    response = server.get("/loop", good(exp=1))
    assert response.status == 401
    assert response.challenges == [answers.challenge("claims.exp")]
    assert response.header("Cache-Control") == "no-store"


@pytest.mark.parametrize("changes", [{}, {"exp": 1}], ids=["good", "bad"])
def test_log_knows_a_token_by_its_fingerprint(server, changes):
    token = good(**changes)
    response = server.get("/orders", token)
    assert response.record.token == answers.fingerprint(token)


def test_log_has_no_fingerprint_without_a_token(server):
    assert server.get("/orders").record.token == "-"


def test_refusal_is_logged_with_its_reason(server):
    before = server.error_log.stat().st_size
    token = good(aud="https://else")
    answers.refused(server.get("/orders", token), "claims.aud")
    with server.error_log.open() as log:
        log.seek(before)
        lines = [x for x in log if "] claims.aud: " in x]
    assert len(lines) == 1
    assert answers.fingerprint(token) in lines[0]


def reason_codes():
    """The codes as the module's own list has them."""
    text = (REPO / "src" / "core" / "auth0_reason.h").read_text()
    names = re.findall(r"^ +AUTH0_([A-Z]+_[A-Z_]+),", text, re.MULTILINE)
    return {name.lower().replace("_", ".", 1) for name in names}


def test_every_reason_code_has_an_answer():
    known = (
        set(answers.ANSWERS)
        | set(answers.WITHOUT_CHALLENGE)
        | set(answers.LOGOUTS)
    )
    assert reason_codes() == known


def test_every_reason_code_is_expected_by_a_test():
    """answers.py does not count: it only says what to expect."""
    folder = pathlib.Path(__file__).parent
    tests = [path.read_text() for path in folder.glob("test_*.py")]
    codes = {c for c in reason_codes() if f'"{c}"' in "".join(tests)}
    assert codes == reason_codes()
