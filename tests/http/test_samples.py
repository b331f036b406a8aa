# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Each of httpd-conf-samples/ in a running server, with the requests that its
first lines promise. Nothing is changed but where keys come from: no tenant on
the network can be asked.
"""
import json
import os
import pathlib
import re
import time

import pytest

import answers
import tokens
from conf import table
from crowd import wait_for
from env import Httpd
from issuer import Issuer
from network import ConnectProxy
from redis import Redis
from samples import (
    DEFINE,
    FILES,
    FOLDER,
    KEY,
    ORDERS,
    TENANT,
    judge,
    pages,
    sample_file,
    start,
)


def test_every_sample_is_here():
    tests = pathlib.Path(__file__).parent.glob("test_samples*.py")
    text = "".join(path.read_text() for path in tests)
    named = set(re.findall(r'"([a-z0-9-]+\.conf)"', text))
    assert named == {path.name for path in FOLDER.glob("*.conf")}


def test_minimal():
    with start("minimal.conf") as httpd:
        good = tokens.token(KEY, **ORDERS, scope="read:orders")
        other = tokens.token(KEY, **ORDERS, scope="write:orders")
        response = httpd.get("/orders/", good)
        answers.accepted(response, tokens.SUBJECT)
        assert response.text == "served"
        assert response.header("Vary") == "Authorization"
        answers.refused(httpd.get("/orders/"), "request.no_token")
        response = httpd.get("/orders/", other)
        answers.refused(response, "require.scope", scope="read:orders")


PER_METHOD = [
    ("read", "GET", "/orders/", "read:orders", None),
    ("head", "HEAD", "/orders/", "read:orders", None),
    ("read_writing", "POST", "/orders/", "read:orders", "write:orders"),
    ("write_reading", "GET", "/orders/", "write:orders", "read:orders"),
    (
        "read_deleting",
        "DELETE",
        "/orders/",
        "read:orders",
        "write:orders delete:orders",
    ),
    ("mine", "GET", "/orders/mine/", "nothing", None),
]


@pytest.fixture(scope="module")
def per_method():
    with start("scopes-per-method.conf") as httpd:
        yield httpd


@pytest.mark.parametrize("method, path, scope, missing", **table(PER_METHOD))
def test_scopes_per_method(per_method, method, path, scope, missing):
    token = tokens.token(KEY, **ORDERS, scope=scope)
    response = per_method.request(method, path, token)
    if missing:
        answers.refused(response, "require.scope", scope=missing)
        return
    assert (response.status, response.challenges) == (200, [])


def test_scopes_per_method_tell_programs_why(per_method):
    token = tokens.token(KEY, **ORDERS, scope="read:orders")
    response = per_method.request("POST", "/orders/", token)
    answers.refused(response, "require.scope", scope="write:orders")
    assert response.header("Content-Type") == "application/problem+json"
    told = json.loads(response.text)
    assert (told["type"], told["title"]) == ("about:blank", "Forbidden")
    assert (told["status"], told["reason"]) == (403, "require.scope")


def test_scopes_per_method_let_a_preflight_pass_alone(per_method):
    fields = [("Origin", "https://shop.example.com"),
              ("Access-Control-Request-Method", "POST")]
    asked = per_method.request("OPTIONS", "/orders/", headers=fields)
    assert asked.status == 200
    for fewer in (fields[:1], fields[1:], []):
        asked = per_method.request("OPTIONS", "/orders/", headers=fewer)
        answers.refused(asked, "request.no_token")


TENANTS = [
    ("eu", "eu.example.com", "/", TENANT, {}, "ok"),
    ("us_at_eu", "eu.example.com", "/", "https://tenant.us.auth0.com/", {},
     "claims.iss"),
    ("us", "us.example.com", "/", "https://tenant.us.auth0.com/", {}, "ok"),
    ("custom", "us.example.com", "/", "https://login.example.com/", {}, "ok"),
    ("eu_at_us", "us.example.com", "/", TENANT, {}, "claims.iss"),
    (
        "partners",
        "us.example.com",
        "/partners/",
        "https://partners.eu.auth0.com/",
        {"aud": "https://api.example.com/partners"},
        "ok",
    ),
    (
        "us_at_partners",
        "us.example.com",
        "/partners/",
        "https://tenant.us.auth0.com/",
        {"aud": "https://api.example.com/partners"},
        "claims.iss",
    ),
    (
        "partners_for_orders",
        "us.example.com",
        "/partners/",
        "https://partners.eu.auth0.com/",
        {},
        "claims.aud",
    ),
    ("long_form", "mixed.example.com", "/", "https://id.example.org/", {},
     "ok"),
]


@pytest.fixture(scope="module")
def tenants():
    with start("several-tenants.conf") as httpd:
        yield httpd


@pytest.mark.parametrize("host, path, iss, claims, reason", **table(TENANTS))
def test_several_tenants(tenants, host, path, iss, claims, reason):
    token = tokens.token(KEY, **{**ORDERS, "iss": iss, **claims})
    response = tenants.get(path, token, headers=[("Host", host)])
    if reason == "ok":
        assert (response.status, response.reason) == (200, "ok")
        return
    answers.refused(response, reason, realm=host)


def test_hs256():
    secret = (FOLDER / "files" / "example-secret.txt").read_bytes().rstrip()
    claims = {"iss": TENANT, "aud": "https://api.example.com/legacy",
              "scope": "read:legacy"}
    files = sample_file("example-secret.txt")
    with start("hs256.conf", DEFINE, files) as httpd:
        good = tokens.token(tokens.Secret(secret), "HS256", **claims)
        assert httpd.get("/legacy/", good).text == "served"
        response = httpd.get("/legacy/", tokens.token(KEY, **claims))
        answers.refused(response, "header.alg")


def test_encrypted_tokens():
    name = "example-decryption-key.pem"
    pem = (FOLDER / "files" / name).read_bytes()
    key = tokens.RSAKey.read("sample", pem)
    with start("encrypted-tokens.conf", DEFINE, sample_file(name)) as httpd:
        plain = tokens.token(KEY, **ORDERS, scope="read:orders")
        response = httpd.get("/orders/", tokens.encrypt(key, plain))
        assert response.text == "served"
        answers.refused(httpd.get("/orders/", plain), "token.plain")
        other = tokens.token(KEY, **ORDERS, scope="read:none")
        response = httpd.get("/orders/", tokens.encrypt(key, other))
        answers.refused(response, "require.scope", scope="read:orders")


#: Method, permissions and what is lacking.
REGISTERED = [
    ("reading", "GET", ["read:orders"], None),
    ("writing", "DELETE", ["write:orders"], None),
    ("deleting_as_a_reader", "DELETE", ["read:orders"], "write:orders"),
    ("reading_as_a_writer", "GET", ["write:orders"], "read:orders"),
]


@pytest.fixture(scope="module")
def registered():
    with start("registered-api.conf") as httpd:
        yield httpd


@pytest.mark.parametrize("method, permissions, missing", **table(REGISTERED))
def test_registered_api(registered, method, permissions, missing):
    claims = {**ORDERS, "client_id": "app", "jti": "1", "iat": time.time(),
              "permissions": permissions}
    token = tokens.token(KEY, head={"typ": "at+jwt"}, **claims)
    response = registered.request(method, "/orders/", token)
    if missing:
        answers.refused(response, "require.permission", scope=missing)
        return
    judge(response, "ok")


def test_registered_api_is_what_auth0_is_told(registered):
    """Auth0's CLI takes the one, other tools the others."""
    document = json.loads(registered.dump("DUMP_AUTH0_API")[0])
    (server,) = document["resource_servers"]
    assert server["identifier"] == tokens.AUDIENCE
    assert server["token_dialect"] == "rfc9068_profile_authz"
    assert [x["value"] for x in server["scopes"]] == ["read:orders",
                                                      "write:orders"]
    (grant,) = document["client_grants"]
    assert grant["client_id"] == "Nightly batch"
    for name in ("DUMP_AUTH0", "DUMP_AUTH0_DEPLOY", "DUMP_AUTH0_TERRAFORM"):
        assert tokens.AUDIENCE in registered.dump(name)[0]


def test_strict_tokens():
    rfc9068 = {"client_id": "app", "jti": "1", "scope": "read:orders"}
    claims = {**ORDERS, **rfc9068, "iat": time.time()}
    head = {"typ": "at+jwt"}
    with start("strict-tokens.conf") as httpd:
        good = tokens.token(KEY, head=head, **claims)
        assert httpd.get("/orders/", good).text == "served"
        plain = tokens.token(KEY, **claims)
        answers.refused(httpd.get("/orders/", plain), "header.typ")
        claims["iat"] -= 601
        old = tokens.token(KEY, head=head, **claims)
        answers.refused(httpd.get("/orders/", old), "claims.age")


DENY_LIST = [
    ("nobody", {"sub": "auth0|anna"}, None),
    ("user", {"sub": "auth0|5f7c8ec7c33c6c004bbafe82"}, "deny.sub"),
    ("quoted", {"sub": "samlp|corp|Jane Doe"}, "deny.sub"),
    ("org", {"sub": "auth0|anna", "org_name": "Acme"}, "deny.org"),
]


@pytest.fixture(scope="module")
def deny_list():
    with start("deny-list.conf", DEFINE, sample_file("deny-list.txt")) as httpd:
        yield httpd


@pytest.mark.parametrize("claims, reason", **table(DENY_LIST))
def test_deny_list(deny_list, claims, reason):
    token = tokens.token(KEY, **ORDERS, **claims)
    response = deny_list.get("/orders/", token)
    if reason:
        answers.refused(response, reason)
        return
    assert (response.status, response.reason) == (200, "ok")


def test_a_line_more_in_the_deny_list():
    files = sample_file("deny-list.txt")
    with start("deny-list.conf", DEFINE, files) as httpd:
        token = tokens.token(KEY, **ORDERS, sub="auth0|anna")
        assert httpd.get("/orders/", token).text == "served"
        with (httpd.directory / "sample/deny-list.txt").open("a") as deny:
            deny.write("sub auth0|anna\n")
        time.sleep(1)
        answers.refused(httpd.get("/orders/", token), "deny.sub")


def sample_logout_token(**changes):
    event = {"http://schemas.openid.net/event/backchannel-logout": {}}
    return tokens.token(
        KEY,
        iss=TENANT,
        aud="TuhNLv7ulXD3RfyLlSMbOvszzwJJFPpO",
        jti="1",
        events=event,
        **changes,
    )


def post_logout(httpd, token):
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    body = b"logout_token=" + token.encode()
    return httpd.request("POST", "/auth0/logout", headers=form, body=body)


def test_logout():
    with start("logout.conf") as httpd:
        good = tokens.token(KEY, **ORDERS)
        assert httpd.get("/orders/", good).text == "served"
        logout = sample_logout_token(sid="1")
        answers.logged_out(post_logout(httpd, logout))
        answers.not_logged_out(post_logout(httpd, "x"), "token.opaque")
        answers.refused(httpd.get("/orders/", good), "deny.sub")


def test_fleet_on_redis():
    with Redis() as redis:
        before = f"Define AUTH0_SAMPLE_REDIS {redis.url}\n"
        with start("fleet-on-redis.conf", before) as one:
            with start("fleet-on-redis.conf", before) as other:
                good = tokens.token(KEY, **ORDERS)
                assert other.get("/orders/", good).text == "served"
                answers.logged_out(post_logout(one, sample_logout_token()))
                answers.refused(one.get("/orders/", good), "deny.sub")
                wait_for(other, "/orders/", good, "deny.sub", timeout=1)
                answers.refused(other.get("/orders/", good), "deny.sub")


def test_offline_keys():
    files = {"sample/jwks.json": tokens.jwks(KEY)}
    with start("offline-keys.conf", DEFINE, files) as httpd:
        token = tokens.token(
            KEY,
            iss="https://dev.localhost/",
            aud=tokens.AUDIENCE,
            azp="nightly-batch",
        )
        response = httpd.get("/orders/", token)
        assert (response.status, response.user) == (200, "nightly-batch")


def test_private_ca(authority, announce):
    """Right with the issuer's authority, and refused with another."""
    with Issuer(authority, KEY) as issuer:
        text = (FOLDER / "private-ca.conf").read_text()
        config = "DirectoryIndex index.html\n" + DEFINE + text.replace(
            "https://id.corp.example/", issuer.url
        )
        pem = pathlib.Path(authority.file).read_bytes()
        token = tokens.token(KEY, iss=issuer.url, aud=tokens.AUDIENCE,
                             scope="read:orders")
        files = {**FILES, "sample/example-ca.pem": pem}
        with Httpd(config, files) as httpd:
            httpd.wait_for_log(f"new keys of issuer {issuer.url} are in force")
            assert httpd.get("/orders/", token).text == "served"
        announce("cannot be fetched")
        with Httpd(config, {**FILES, **sample_file("example-ca.pem")}) as httpd:
            httpd.wait_for_log("cannot be fetched")
            answers.refused(httpd.get("/orders/", token), "key.unavailable")


def test_restricted_network(authority, announce):
    """By the proxy alone; and from the kept keys, once the line is cut."""
    host = "tenant.eu.auth0.com"
    with Issuer(authority, KEY) as issuer:
        issuer.certificate("tenant", hosts=(host,))
        jwks_uri = f"{TENANT}jwks.json"
        issuer.discovery(issuer=TENANT, jwks_uri=jwks_uri)
        with ConnectProxy({f"{host}:443": issuer.port}) as proxy:
            text = (FOLDER / "restricted-network.conf").read_text()
            config = (
                "DirectoryIndex index.html\n"
                f"Auth0CACertificateFile {authority.file}\n"
            ) + text.replace(
                "http://proxy.corp.example:3128",
                f"http://127.0.0.1:{proxy.port}",
            ).replace("/var/cache/mod_auth0", "${DIR}/kept")
            token = tokens.token(KEY, **ORDERS, scope="read:orders")
            with Httpd(config, FILES) as httpd:
                httpd.wait_for_log(f"new keys of issuer {TENANT} are in force")
                assert httpd.get("/orders/", token).text == "served"
                assert proxy.asked == [f"{host}:443"] * 2
                proxy.ports.clear()
                announce("cannot be fetched: .*; the former keys stay in force")
                httpd.stop()
                kept, = httpd.directory.glob("kept/*.keys")
                age = time.time() - 700
                os.utime(kept, (age, age))
                httpd.restart()
                assert httpd.get("/orders/", token).text == "served"
                other = {"kid": "other"}
                token = tokens.token(KEY, head=other, **ORDERS)
                answers.refused(httpd.get("/orders/", token), "key.unknown")
                httpd.wait_for_log("cannot be fetched")


def test_token_sources(announce):
    announce("AH01630: client denied")
    with start("token-sources.conf") as httpd:
        good = tokens.token(KEY, **ORDERS, scope="read:orders write:orders")
        response = httpd.get(f"/events/?topic=tea&access_token={good}")
        assert (response.status, response.text) == (200, "served")
        assert response.header("Cache-Control") == "private"
        assert response.header("Referrer-Policy") == "no-referrer"
        response = httpd.get(f"/events/?access_token={good}", good)
        answers.refused(response, "request.multiple")
        form = [("Content-Type", "application/x-www-form-urlencoded")]
        body = f"access_token={good}".encode()
        response = httpd.request("POST", "/upload/", headers=form, body=body)
        assert (response.status, response.text) == (200, "served")
        cookie = ("Cookie", f"__Host-token={good}")
        for site, got in [
            ("same-origin", (200, "ok")),
            ("none", (200, "ok")),
            (None, (200, "ok")),
            # httpd itself: no token could change it.
            ("cross-site", (403, "-")),
            ("same-site", (403, "-")),
        ]:
            field = [("Sec-Fetch-Site", site)] if site else []
            response = httpd.get("/app/", headers=[cookie, *field])
            assert (response.status, response.reason) == got
        answers.refused(httpd.get("/app/", good), "request.no_token")


READ = {"scope": "read:orders", "permissions": ["read:orders"]}
DELETE = {"scope": "delete:orders", "permissions": ["delete:orders"]}
ACCOUNT = "https://example.com/account"
ROLES = "https://example.com/roles"
ADMIN = {
    ROLES: ["clerk", "admin"],
    ACCOUNT: {"suspended": False},
}
BATCH = {"sub_profile": "service", "azp": "nightly-batch"}

PERMISSIONS = [
    ("read", "GET", "/orders/", READ, "ok", None),
    ("scope_alone", "GET", "/orders/", {"scope": "read:orders"}, "ok", None),
    ("neither", "GET", "/orders/", {}, "require.permission", "read:orders"),
    ("read_deleting", "DELETE", "/orders/", READ, "require.scope",
     "delete:orders"),
    ("user_may_not_delete", "DELETE", "/orders/",
     {**READ, "scope": "delete:orders"}, "require.permission",
     "delete:orders"),
    ("delete", "DELETE", "/orders/", DELETE, "ok", None),
    ("delete_reading", "GET", "/orders/", DELETE, "require.permission",
     "read:orders"),
    ("admin", "GET", "/admin/", ADMIN, "ok", None),
    ("no_role", "GET", "/admin/", {ACCOUNT: ADMIN[ACCOUNT]}, "require.claim",
     None),
    ("clerk", "GET", "/admin/", {**ADMIN, ROLES: ["clerk"]}, "require.claim",
     None),
    ("suspended", "GET", "/admin/", {**ADMIN, ACCOUNT: {"suspended": True}},
     "require.claim", None),
    ("machine_admin", "GET", "/admin/", {**ADMIN, **BATCH},
     "require.subject", None),
    ("job", "GET", "/jobs/", BATCH, "ok", None),
    ("user_job", "GET", "/jobs/", {"azp": "nightly-batch"},
     "require.subject", None),
    ("other_job", "GET", "/jobs/", {**BATCH, "azp": "other"},
     "require.client", None),
    ("profile", "GET", "/profile/", {}, "ok", None),
]


@pytest.fixture(scope="module")
def permissions():
    files = pages("admin", "jobs", "profile")
    with start("scopes-and-permissions.conf", files=files) as httpd:
        yield httpd


@pytest.mark.parametrize(
    "method, path, claims, reason, scope", **table(PERMISSIONS)
)
def test_scopes_and_permissions(
    permissions, method, path, claims, reason, scope
):
    token = tokens.token(KEY, **{**ORDERS, "scope": "", **claims})
    judge(permissions.request(method, path, token), reason, scope=scope)


ORGANIZATION = "org_9ybsU1dN2dKfDkBi"
OWN = f"/organizations/{ORGANIZATION}"

ORGANIZATIONS = [
    ("id", "/beta/", {"org_id": ORGANIZATION}, "ok"),
    ("name", "/beta/", {"org_id": "org_other", "org_name": "acme"}, "ok"),
    ("other", "/beta/", {"org_id": "org_other"}, "require.org"),
    ("none", "/beta/", {}, "require.org"),
    ("own_path", f"{OWN}/", {"org_id": ORGANIZATION}, "ok"),
    ("other_path", f"{OWN}/", {"org_id": "org_other"}, "require.other"),
    ("no_slash", OWN, {"org_id": "org_other"}, "require.other"),
    ("longer_path", f"{OWN}2/", {"org_id": ORGANIZATION}, "require.other"),
    ("no_organization", f"{OWN}/", {}, "require.other"),
]


@pytest.fixture(scope="module")
def organizations():
    files = pages("beta", OWN[1:], OWN[1:] + "2")
    with start("organizations.conf", files=files) as httpd:
        yield httpd


@pytest.mark.parametrize("path, claims, reason", **table(ORGANIZATIONS))
def test_organizations(organizations, path, claims, reason):
    response = organizations.get(path, tokens.token(KEY, **ORDERS, **claims))
    judge(response, reason)
    named = ORGANIZATION if path == f"{OWN}/" and reason == "ok" else None
    assert response.header("X-Organization") == named


@pytest.mark.parametrize("path", ["/organizations", "/organizations/"])
def test_organizations_leave_nothing_beside_them(organizations, path, announce):
    announce("AH01630")
    token = tokens.token(KEY, **ORDERS, org_id=ORGANIZATION)
    assert organizations.get(path, token).status == 403


MFA = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
TRANSFER = {"scope": "transfer:funds"}
PAYMENT = {"authorization_details": [{"type": "payment_initiation"}]}
CHALLENGE = {"acr_values": MFA, "max_age": "300"}


def login(age, acr=MFA):
    """What the sample's Action says of a login so many seconds ago."""
    return {
        "https://example.com/acr": acr,
        "https://example.com/auth_time": tokens.Ago(age),
    }


STEPS = [
    ("look", "GET", "/transfers/", TRANSFER, "ok", {}),
    ("look_without_scope", "GET", "/transfers/", {}, "require.scope", TRANSFER),
    ("transfer", "POST", "/transfers/", {**TRANSFER, **login(30)}, "ok", {}),
    ("by_password", "POST", "/transfers/",
     {**TRANSFER, **login(30, tokens.ABSENT)}, "require.step_up", CHALLENGE),
    ("long_ago", "POST", "/transfers/", {**TRANSFER, **login(400)},
     "require.step_up", CHALLENGE),
    ("own_names_only", "POST", "/transfers/",
     {**TRANSFER, "acr": MFA, "auth_time": tokens.Ago(0)},
     "require.step_up", CHALLENGE),
    ("text", "POST", "/transfers/",
     {**TRANSFER, **login(30),
      "https://example.com/auth_time": "2026-11-24T12:00:00Z"},
     "claims.type", {}),
    ("payment", "GET", "/payments/", {**PAYMENT, **login(30)}, "ok", {}),
    ("payment_later", "GET", "/payments/", {**PAYMENT, **login(90)},
     "require.step_up", {"max_age": "60"}),
    ("no_payment", "GET", "/payments/", login(30),
     "require.authorization_details", {}),
    ("payment_lacks_both", "GET", "/payments/", {},
     "require.authorization_details", {}),
]


@pytest.fixture(scope="module")
def steps():
    files = pages("payments", "transfers")
    with start("step-up.conf", files=files) as httpd:
        yield httpd


@pytest.mark.parametrize("method, path, claims, reason, more", **table(STEPS))
def test_step_up(steps, method, path, claims, reason, more, announce):
    if reason == "claims.type":
        announce("AH01631")
    api = {"iss": TENANT, "aud": "https://api.example.com/bank", "scope": ""}
    token = tokens.token(KEY, **{**api, **claims})
    judge(steps.request(method, path, token), reason, **more)


#: Last is one that is reported, so that all before it have been written.
REPORTED = [
    ({"scope": "read:orders"}, "ok"),
    ({"scope": "write:orders"}, "require.scope"),
    (None, "request.no_token"),
    ({"exp": 1}, "claims.exp"),
]


@pytest.fixture(scope="module")
def reporting():
    files = pages("orders/refunds")
    with start("migration-report-only.conf", files=files) as httpd:
        yield httpd


def report_of(httpd, last):
    """Status, reason and token of what the report says of /orders/."""
    report = httpd.directory / "logs" / "auth0-report.log"
    deadline = time.monotonic() + 5
    while last not in report.read_text():
        assert time.monotonic() < deadline, "never reported"
        time.sleep(0.01)
    found = re.findall(r'"GET /orders/ [^"]*" (\S+) (\S+) (\S+) ',
                       report.read_text())
    return [(int(status), *more) for status, *more in found]


def test_report_only(reporting):
    expected = []
    for claims, reason in REPORTED:
        token = claims and tokens.token(KEY, **{**ORDERS, **claims})
        response = reporting.get("/orders/", token)
        got = (response.status, response.reason, response.challenges)
        assert got == (200, reason, [])
        assert response.user == (tokens.SUBJECT if reason == "ok" else "-")
        assert response.header("Vary") == "Authorization"
        assert response.header("Cache-Control") == (token and "private")
        mark = answers.fingerprint(token) if token else "-"
        expected.append((200, reason, mark))
    assert report_of(reporting, mark) == expected[1:]


def test_report_only_ends_where_it_is_off(reporting):
    response = reporting.get("/orders/refunds/")
    answers.refused(response, "request.no_token")
    token = tokens.token(KEY, **ORDERS, scope="refund:orders")
    answers.accepted(reporting.get("/orders/refunds/", token), tokens.SUBJECT)
