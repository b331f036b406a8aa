# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The configuration is the registration: <Auth0API> sections, scopes that are
required and declared nowhere, sections that contradict one another, and what
httpd -t -D DUMP_AUTH0 and its kin print.
"""
import json
import os
import pathlib
import re

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE
from env import Httpd

KEY = tokens.rsa_key("main")
DECRYPTION = tokens.rsa_key("decryption")
OTHER = tokens.rsa_key("decryption-other")
GOLDEN = pathlib.Path(__file__).parent / "golden"
SECRET = b"not-to-be-told-" * 3
PASSWORD = "redis-password"
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY),
    "key.pem": DECRYPTION.private_pem(),
    "other.pem": OTHER.private_pem(),
    "secret": SECRET,
}

ID = "https://api.example.com/orders"
TENANT = "Auth0Issuer https://tenant.example/ file:${DIR}/keys.json"
AUDIENCE = f"Auth0Audience {ID}"
READ = "Require auth0-scope read:orders"
WARNING = re.compile(r"Warning on line (\d+) of (\S+): (.*)")


def api(*lines, identifier=ID):
    body = "".join(f"    {line}\n" for line in lines)
    return f"<Auth0API {identifier}>\n{body}</Auth0API>\n"


def location(path, *lines, audience=AUDIENCE, tenant=TENANT):
    body = "".join(f"    {x}\n" for x in ["AuthType Auth0", tenant, audience,
                                          *lines])
    return f"<Location {path}>\n{body}</Location>\n"


def inner(path, *lines):
    body = "".join(f"    {line}\n" for line in lines)
    return f"<Location {path}>\n{body}</Location>\n"


def included(config):
    """A server whose configuration is a file of its own: lines count from 1."""
    return Httpd('Include "${DIR}/api.conf"\n',
                 {**FILES, "api.conf": config})


def check(config):
    """httpd -t: its exit code, and what it says."""
    httpd = included(config)
    try:
        return httpd.check(), str(httpd.directory / "api.conf")
    finally:
        httpd.remove()


def line_of(config, line):
    return [x.strip() for x in config.splitlines()].index(line) + 1


def wrong(line, *words, before=()):
    """A line of a section that is wrong by itself."""
    return api(*before, line), line, (line.split()[0], *words)


def undeclared(line, *words, declared=("read:orders", "write:orders")):
    """A Require of a scope that is not among the declared ones."""
    config = api(*[f"Auth0Scope {x}" for x in declared]) + location(
        "/orders", line
    )
    return config, line, words


NEAREST = (f"is no scope of <Auth0API {ID}>: the nearest one is 'read:orders'",)
PLACE = "stands in <Auth0API identifier> sections only"
TAKES = "cannot stand in <Auth0API>, which takes Auth0APIName"

CASES = {
    "twice": (
        api() + api(identifier=f'"{ID}"'),
        f'<Auth0API "{ID}">',
        (f"<Auth0API {ID}> is there already, on line 1 of",),
    ),
    "twice_in_virtual_hosts": (
        f"<VirtualHost *:1>\n{api()}</VirtualHost>\n"
        f"<VirtualHost *:2>\n{api(identifier=ID + ' ')}</VirtualHost>\n",
        f"<Auth0API {ID} >",
        ("is there already, on line 2 of",),
    ),
    "no_identifier": (
        "<Auth0API>\n</Auth0API>\n", "<Auth0API>", ("needs one identifier",)
    ),
    "empty_identifier": (
        api(identifier='""'), '<Auth0API "">', ("needs one identifier", ID)
    ),
    "two_identifiers": (
        api(identifier="a b"), "<Auth0API a b>", ("needs one identifier",)
    ),
    "identifier_with_a_control": (
        api(identifier="a\x01"), "<Auth0API a\x01>", ("needs one identifier",)
    ),
    "in_a_location": (
        f"<Location />\n{api()}</Location>\n",
        f"<Auth0API {ID}>",
        ("<Auth0API not allowed",),
    ),
    "nested": (
        api("<Auth0API x>", "</Auth0API>"),
        "<Auth0API x>",
        ("<Auth0API> " + TAKES,),
    ),
    "a_location_inside": (
        api("<Location />", "</Location>"),
        "<Location />",
        ("<Location> " + TAKES,),
    ),
    "a_directive_of_ours_inside": (
        api("Auth0KeyRefresh 5"), "Auth0KeyRefresh 5",
        ("Auth0KeyRefresh " + TAKES,),
    ),
    "a_directive_of_httpd_inside": (
        api("ServerAdmin x"), "ServerAdmin x", ("ServerAdmin " + TAKES,)
    ),
    "an_unknown_directive_inside": (
        api("Auth0Scopes x"), "Auth0Scopes x", ("Auth0Scopes " + TAKES,)
    ),
    "name_outside": ("Auth0APIName x\n", "Auth0APIName x", (PLACE,)),
    "scope_outside": ("Auth0Scope x\n", "Auth0Scope x", (PLACE,)),
    "lifetime_outside": (
        "Auth0TokenLifetime 1\n", "Auth0TokenLifetime 1", (PLACE,)
    ),
    "offline_access_outside": (
        "Auth0OfflineAccess On\n", "Auth0OfflineAccess On", (PLACE,)
    ),
    "skip_consent_outside": (
        "<VirtualHost *:1>\nAuth0SkipConsent On\n</VirtualHost>\n",
        "Auth0SkipConsent On", (PLACE,),
    ),
    "grant_outside": (
        "Auth0ClientGrant a b\n", "Auth0ClientGrant a b", (PLACE,)
    ),
    "name_empty": wrong('Auth0APIName ""', "takes one argument"),
    "name_with_a_tag": wrong('Auth0APIName "a<b"', "is no name", "< or >"),
    "name_with_an_end": wrong('Auth0APIName "a>"', "is no name"),
    "name_with_a_control": wrong("Auth0APIName a\x7fb", "is no name"),
    "name_twice": wrong("Auth0APIName a", "said twice",
                        before=["Auth0APIName b"]),
    "name_of_two_words": wrong("Auth0APIName a b", "takes one argument"),
    "scope_empty": wrong('Auth0Scope ""', "takes 1-2 arguments"),
    "scope_with_a_space": wrong('Auth0Scope "read orders"', "is no scope"),
    "scope_with_a_quote": wrong("Auth0Scope 'a\"b'", "is no scope"),
    "scope_with_a_backslash": wrong(r"Auth0Scope a\b", "is no scope"),
    "scope_with_a_letter_beyond_ascii": wrong("Auth0Scope lés", "is no scope"),
    "scope_twice": wrong("Auth0Scope a x", "'a' is declared twice",
                         before=["Auth0Scope a"]),
    "scope_of_three_words": wrong("Auth0Scope a b c", "takes 1-2 arguments"),
    "description_empty": wrong('Auth0Scope a ""', "'a' has a description"),
    "description_with_a_control": wrong("Auth0Scope a b\x1bc",
                                        "'a' has a description"),
    "a_scope_too_many": wrong(
        "Auth0Scope last", "1000 scopes at most",
        before=[f"Auth0Scope s{i}" for i in range(1000)],
    ),
    "lifetime_zero": wrong("Auth0TokenLifetime 0", "from 1 to 2592000"),
    "lifetime_too_long": wrong("Auth0TokenLifetime 2592001", "1 to 2592000"),
    "lifetime_negative": wrong("Auth0TokenLifetime -1", "1 to 2592000"),
    "lifetime_no_number": wrong("Auth0TokenLifetime 1h", "seconds from 1"),
    "lifetime_twice": wrong("Auth0TokenLifetime 2", "said twice",
                            before=["Auth0TokenLifetime 1"]),
    "offline_access_neither": wrong("Auth0OfflineAccess yes", "On or Off"),
    "offline_access_twice": wrong("Auth0OfflineAccess Off", "said twice",
                                  before=["Auth0OfflineAccess On"]),
    "skip_consent_neither": wrong("Auth0SkipConsent 1", "On or Off"),
    "skip_consent_twice": wrong("Auth0SkipConsent On", "said twice",
                                before=["Auth0SkipConsent Off"]),
    "grant_of_nothing": wrong("Auth0ClientGrant app", "is granted nothing"),
    "grant_missing": wrong("Auth0ClientGrant", "is no application"),
    "grant_to_nobody": wrong('Auth0ClientGrant "" a', "is no application"),
    "grant_with_a_tag": wrong('Auth0ClientGrant "<a" a', "is no application"),
    "grant_of_no_scope": wrong('Auth0ClientGrant app "a b"', "is no scope"),
    "grant_of_an_empty_scope": wrong('Auth0ClientGrant app a ""', "'' is no",
                                     before=["Auth0Scope a"]),
    "grant_twice": wrong(
        "Auth0ClientGrant app b", "has a grant already",
        before=["Auth0Scope a", "Auth0Scope b", "Auth0ClientGrant app a"],
    ),
    "grant_of_one_scope_twice": wrong(
        "Auth0ClientGrant app a a", "'a' is granted twice",
        before=["Auth0Scope a"],
    ),
    "grant_of_an_undeclared_scope": wrong(
        "Auth0ClientGrant app write:orders read:order",
        "Auth0ClientGrant: 'read:order'", *NEAREST,
        before=["Auth0Scope read:orders", "Auth0Scope write:orders"],
    ),
    "grant_where_nothing_is_declared": wrong(
        "Auth0ClientGrant app read:orders",
        "declare it there by Auth0Scope read:orders",
    ),
    "undeclared": undeclared(
        "Require auth0-scope read:order",
        "Require auth0-scope: 'read:order'", *NEAREST,
    ),
    "undeclared_permission": undeclared(
        "Require auth0-permission reed:orders",
        "Require auth0-permission: 'reed:orders'", *NEAREST,
    ),
    "undeclared_by_case": undeclared(
        "Require auth0-scope Read:orders", "'Read:orders'", *NEAREST
    ),
    "undeclared_alternative": undeclared(
        "Require auth0-scope write:orders orders:read", "'orders:read'"
    ),
    "undeclared_in_a_string": undeclared(
        'Require auth0-scope "write:orders raed:orders"', "'raed:orders'",
        *NEAREST,
    ),
    "undeclared_and_not": (
        api("Auth0Scope read:orders") + location(
            "/orders", "<RequireAll>", "Require not auth0-scope read:oders",
            "Require valid-user", "</RequireAll>"),
        "Require not auth0-scope read:oders",
        ("'read:oders'", *NEAREST),
    ),
    "undeclared_openid_as_a_permission": undeclared(
        "Require auth0-permission openid", "'openid'"
    ),
    "undeclared_where_nothing_is": undeclared(
        READ, "declare it there by Auth0Scope read:orders", declared=[]
    ),
    "undeclared_in_a_group": (
        api("Auth0Scope read:orders") + location(
            "/orders", "<RequireAll>", "Require auth0-scope read:ordres",
            "Require valid-user", "</RequireAll>"),
        "Require auth0-scope read:ordres",
        ("'read:ordres'", *NEAREST),
    ),
    "undeclared_with_an_inherited_audience": (
        location("/orders", "Require valid-user")
        + inner("/orders/new", "Require auth0-scope new")
        + api("Auth0Scope read:orders"),
        "Require auth0-scope new",
        ("'new' is no scope",),
    ),
    "undeclared_in_a_virtual_host": (
        api("Auth0Scope read:orders")
        + "<VirtualHost *:1>\n" + location("/", "Require auth0-scope x")
        + "</VirtualHost>\n",
        "Require auth0-scope x",
        ("'x' is no scope",),
    ),
    "undeclared_in_every_audience": (
        api("Auth0Scope read:orders")
        + api("Auth0Scope pay", identifier="payments")
        + location("/orders", "Require auth0-scope play",
                   audience=AUDIENCE + " payments"),
        "Require auth0-scope play",
        ("'play' is no scope",),
    ),
}


@pytest.mark.parametrize("config, line, words", CASES.values(), ids=CASES)
def test_wrong(config, line, words):
    (code, output), path = check(config)
    assert code != 0
    assert f"line {line_of(config, line)} of {path}" in output
    for word in words:
        assert word in output


def test_text_that_is_no_utf_8():
    for line in (b'Auth0APIName "\xe9"', b'Auth0Scope a "\xff"',
                 b'Auth0ClientGrant "\xc3(" a'):
        config = b"<Auth0API x>\n" + line + b"\n</Auth0API>\n"
        (code, output), path = check(config)
        assert code != 0
        assert f"line 2 of {path}" in output
        assert "UTF-8" in output


GOOD = {
    "empty": api(),
    "in_a_virtual_host": f"<VirtualHost *:1>\n{api()}</VirtualHost>\n",
    "in_conditions": api("<IfModule mod_auth0.c>", "Auth0Scope a",
                         "</IfModule>", "Auth0ClientGrant app a"),
    "grant_before_scope": api("Auth0ClientGrant app a", "Auth0Scope a"),
    "bounds": api("Auth0TokenLifetime 2592000")
    + api("Auth0TokenLifetime 1", identifier="x"),
    "thousand_granted": api(
        *[f"Auth0Scope s{i}" for i in range(1000)],
        "Auth0ClientGrant app " + " ".join(f"s{i}" for i in range(1000)),
    ),
    "thousand_scopes": api(*[f"Auth0Scope s{i}" for i in range(1000)]),
    "declared": api("Auth0Scope read:orders") + location("/orders", READ),
    "declared_by_the_other": api("Auth0Scope pay")
    + api("Auth0Scope read:orders", identifier="x")
    + location("/orders", READ, "Require auth0-scope pay",
               audience=AUDIENCE + " x"),
    "standard_scopes": api("Auth0Scope read:orders")
    + location("/orders", 'Require auth0-scope "openid profile" email',
               "Require auth0-scope offline_access address phone"),
    "another_audience": api("Auth0Scope a", identifier="x")
    + location("/orders", READ),
    "one_audience_not_declared": api("Auth0Scope a", identifier="x")
    + location("/orders", READ, audience=AUDIENCE + " x"),
    "an_audience_that_cannot_be_told": api("Auth0Scope a", identifier="x")
    + location("/orders", READ, audience="Auth0Audience x")
    + '<LocationMatch "^/orders/[a-z]">\n' + AUDIENCE + "\n</LocationMatch>\n",
    "another_auth_type": api("Auth0Scope a")
    + location("/orders", "AuthType None", "Require all granted"),
    "algorithms_shared": location("/a", "Auth0Algorithms RS256 PS256", READ)
    + location("/b", READ),
    "algorithms_of_two_tenants": location("/a", "Auth0Algorithms PS256", READ)
    + location("/b", READ, tenant="Auth0Domain b.eu.auth0.com"),
    "algorithms_of_two_audiences": location("/a", "Auth0Algorithms PS256", READ)
    + location("/b", READ, audience="Auth0Audience b"),
    "algorithms_that_cannot_be_told":
    location("/a", "Auth0Algorithms PS256", READ) + location("/b", READ)
    + '<LocationMatch "^/b">\nAuth0Algorithms PS256\n</LocationMatch>\n',
    "profile_any_and_rfc9068": location("/a", "Auth0TokenProfile rfc9068", READ)
    + location("/b", READ),
    "dpop_required_and_allowed": location("/a", "Auth0DPoP required", READ)
    + location("/b", READ),
    "encrypted_required_and_possible":
    location("/a", "Auth0DecryptionKey ${DIR}/key.pem",
             "Auth0EncryptedTokens required", READ)
    + location("/b", "Auth0DecryptionKey ${DIR}/key.pem", READ),
    "both_twins_in_one_section": location("/a", READ,
                                          audience=f"{AUDIENCE} {ID}/"),
    "twins_of_two_tenants": location("/a", READ)
    + location("/b", READ, audience=f"{AUDIENCE}/",
               tenant="Auth0Domain b.eu.auth0.com"),
    "longer_audience": location("/a", READ)
    + location("/b", READ, audience=f"{AUDIENCE}/b"),
}


@pytest.mark.parametrize("config", GOOD.values(), ids=GOOD)
def test_good(config):
    (code, output), _ = check(config)
    assert (code, output) == (0, "Syntax OK\n")


AND = f"this section and <Location /a> on line 1 of"

CONTRADICTIONS = {
    "algorithms": (
        location("/a", READ) + location("/b", "Auth0Algorithms PS256", READ),
        "<Location /b>",
        (AND, f"take tokens for {ID}, but share no algorithm"),
    ),
    "algorithms_further_in": (
        location("/a", READ) + inner("/a/b", "Auth0Algorithms RS512"),
        "<Location /a/b>",
        (AND, "share no algorithm"),
    ),
    "once_for_many": (
        location("/a", READ) + location("/b", "Auth0Algorithms PS256", READ)
        + location("/c", "Auth0Algorithms PS256", READ),
        "<Location /b>",
        (AND, "share no algorithm"),
    ),
    "profile": (
        location("/a", "Auth0TokenProfile rfc9068", READ)
        + location("/b", "Auth0TokenProfile auth0", READ),
        "<Location /b>",
        (AND, "differ in Auth0TokenProfile, auth0 and rfc9068"),
    ),
    "dpop": (
        location("/a", "Auth0DPoP disabled", READ)
        + location("/b", "Auth0DPoP required", READ),
        "<Location /b>",
        (AND, "one has Auth0DPoP required and the other has it disabled"),
    ),
    "encryption": (
        location("/a", READ)
        + location("/b", "Auth0DecryptionKey ${DIR}/key.pem",
                   "Auth0EncryptedTokens required", READ),
        "<Location /b>",
        (AND, "one has Auth0EncryptedTokens required and the other has no"),
    ),
    "twins": (
        location("/a", READ) + location("/b", READ, audience=f"{AUDIENCE}/"),
        f"{AUDIENCE}/",
        (f"{ID}/ is another API to Auth0 than {ID} on line 4 of",),
    ),
    "twin_of_an_api": (
        api(identifier=f"{ID}/") + location("/a", READ),
        AUDIENCE,
        (f"{ID} is another API to Auth0 than {ID}/ on line 1 of",),
    ),
}


@pytest.mark.parametrize(
    "config, line, words", CONTRADICTIONS.values(), ids=CONTRADICTIONS
)
def test_contradictions_are_warned_of(config, line, words):
    (code, output), path = check(config)
    assert code == 0, output
    warned, verdict = output.strip().splitlines()
    assert verdict == "Syntax OK"
    found = WARNING.search(warned)
    assert (int(found[1]), found[2]) == (line_of(config, line), path)
    for word in words:
        assert word in found[3]


def test_a_contradiction_is_true(announce):
    """No token of one API is good for both sections."""
    announce("Warning on line")
    config = CONTRADICTIONS["algorithms"][0]
    scope = {"scope": "read:orders"}
    with Httpd(ANYTHING + config, FILES) as httpd:
        for alg, good, bad in (("RS256", "/a", "/b"), ("PS256", "/b", "/a")):
            token = tokens.token(KEY, alg, **scope)
            assert httpd.get(good, token).status == 200
            answers.refused(httpd.get(bad, token), "header.alg")


# ------------------------------------------------------------------- the dumps

MINIMAL = api("Auth0Scope read:orders") + location("/orders", READ)

RICH = (
    f"Auth0SharedStore redis://:{PASSWORD}@127.0.0.1:1\n"
    + api(
        'Auth0APIName "Orders API"',
        'Auth0Scope read:orders "Read orders"',
        'Auth0Scope write:orders "Create \\"and\\" change: orders"',
        "Auth0Scope export:orders",
        "Auth0TokenLifetime 3600",
        "Auth0OfflineAccess On",
        "Auth0SkipConsent Off",
        'Auth0ClientGrant "Nightly batch" read:orders write:orders',
        "Auth0ClientGrant JcKSLHr1ZmY1Jw3DnXUr5kXCkVKNHRFa read:orders",
    )
    + location(
        "/orders",
        "Auth0TokenProfile rfc9068",
        "Auth0DPoP required nonce",
        "Auth0MaxTokenAge 600",
        "Auth0DecryptionKey old=${DIR}/other.pem new=${DIR}/key.pem",
        "Auth0EncryptedTokens required",
        "Auth0TokenSource header query:at cookie:session",
        "Auth0RemoteUser client_id",
        "Auth0ClaimHeader X-Auth0-Sub sub",
        "Auth0ClaimHeader X-Auth0-Roles https://example.com/roles json "
        "required",
        "Auth0ClaimEnv AUTH0_ORG org_id",
        "Auth0ReportOnly On",
        "Auth0CORSPreflight On",
        "<RequireAll>",
        "    Require auth0-subject machine",
        "    <RequireAny>",
        '        Require auth0-scope "read:orders write:orders"',
        "        Require auth0-permission read:orders",
        "    </RequireAny>",
        "</RequireAll>",
        tenant=TENANT + "\n    Auth0Issuer https://b.example/ "
        "https://b.example/jwks?key=hidden",
    )
    + inner(
        "/orders/pay",
        "AuthMerging And",
        "Require auth0-authorization-details payment refund",
    )
    + inner("/orders/health", "Require all granted")
)

#: Two APIs, one of them in a virtual host and signed with a secret, and what
#: sections do not agree on.
SEVERAL = (
    api("Auth0Scope read:orders")
    + api('Auth0APIName "Old & new"', "Auth0Scope read", identifier="urn:old")
    + api("Auth0Scope x", identifier="urn:nowhere")
    + location("/orders", "Auth0CertificateBound required",
               "Auth0Algorithms RS256 PS256",
               "Auth0DecryptionKey ${DIR}/key.pem", READ)
    + location("/orders-too", "Auth0DPoP required",
               "Auth0Algorithms RS256 PS256", READ,
               "Require auth0-subject user")
    + "<VirtualHost *:1>\n"
    + "ServerName old.example.com\n"
    + location("/", "Auth0Algorithms HS256",
               "Auth0SigningSecret file:${DIR}/secret",
               "Auth0DPoP disabled",
               "<RequireAll>", "Require auth0-scope read",
               "Require auth0-subject user", "</RequireAll>",
               audience="Auth0Audience urn:old")
    + "</VirtualHost>\n"
)

CONFIGS = {"minimal": MINIMAL, "rich": RICH, "several": SEVERAL}
DUMPS = {
    "DUMP_AUTH0": "txt",
    "DUMP_AUTH0_API": "json",
    "DUMP_AUTH0_DEPLOY": "yaml",
    "DUMP_AUTH0_TERRAFORM": "tf",
}


@pytest.fixture(scope="module", params=CONFIGS)
def configured(request):
    httpd = included(CONFIGS[request.param])
    yield request.param, httpd
    httpd.remove()


def anywhere(text, httpd):
    """The same whatever the folder and the keys of a run."""
    pem = json.dumps(DECRYPTION.pem().decode())[1:-1]
    return text.replace(str(httpd.directory), "${DIR}").replace(
        pem, "the public key of key.pem"
    )


def said(text):
    """Standard error without what httpd -t says in any case."""
    lines = [x for x in text.splitlines(True) if not WARNING.search(x)]
    assert lines.pop() == "Syntax OK\n"
    return "".join(lines)


def golden(name, text):
    """AUTH0_GOLDEN=write in the environment writes them anew."""
    path = GOLDEN / name
    if os.environ.get("AUTH0_GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("dump", DUMPS)
def test_dump(configured, dump):
    name, httpd = configured
    out, err = httpd.dump(dump)
    golden(f"{name}.{DUMPS[dump]}", anywhere(out, httpd))
    if dump == "DUMP_AUTH0":
        assert said(err) == ""
        return
    golden(f"{name}.remarks", anywhere(said(err), httpd))


@pytest.mark.parametrize("dump", DUMPS)
def test_nothing_secret_is_dumped(configured, dump):
    _, httpd = configured
    text = "".join(httpd.dump(dump))
    private = (DECRYPTION.private_pem() + OTHER.private_pem()).decode()
    for secret in (SECRET.decode(), PASSWORD, "hidden",
                   *[x for x in private.splitlines() if x]):
        assert secret not in text


def test_json_is_for_programs(configured):
    _, httpd = configured
    document = json.loads(httpd.dump("DUMP_AUTH0_API")[0])
    assert list(document) == ["resource_servers", "client_grants"]


def test_warnings_come_last():
    config = CONTRADICTIONS["dpop"][0]
    httpd = included(config)
    try:
        out, err = httpd.dump("DUMP_AUTH0")
    finally:
        httpd.remove()
    *_, last = out.splitlines()
    assert WARNING.search(last)
    assert last in err


def test_nothing_to_dump():
    httpd = included("")
    try:
        out, err = httpd.dump("DUMP_AUTH0")
        assert out == ("Auth0 configuration:\n"
                       "no section has AuthType Auth0\n")
        out, err = httpd.dump("DUMP_AUTH0_API")
        assert json.loads(out) == {"resource_servers": [], "client_grants": []}
        assert "No API is declared: add an <Auth0API identifier>" in err
    finally:
        httpd.remove()


def registered(*lines, **said_):
    """What is registered of an API with sections of these lines."""
    config = api(*said_.get("api", ()))
    for number, some in enumerate(lines):
        config += location(f"/{number}", *some)
    httpd = included(config)
    try:
        out, err = httpd.dump("DUMP_AUTH0_API")
    finally:
        httpd.remove()
    (server,) = json.loads(out)["resource_servers"]
    return server, err


def all_of(*lines):
    return ["<RequireAll>", *lines, "</RequireAll>"]


USER = "Require auth0-subject user"
MACHINE = "Require auth0-subject machine"
VALID = "Require valid-user"
DENY_USERS = {"user": {"policy": "deny_all"},
              "client": {"policy": "require_client_grant"}}
DENY_MACHINES = {"user": {"policy": "require_client_grant"},
                 "client": {"policy": "deny_all"}}

SUBJECTS = {
    "machine": ([[MACHINE]], DENY_USERS),
    "user": ([[USER]], DENY_MACHINES),
    "machine_and_more": ([all_of(MACHINE, VALID)], DENY_USERS),
    "in_all_sections": ([[MACHINE], all_of(MACHINE, VALID)], DENY_USERS),
    "in_both_branches": (
        [["<RequireAny>", *all_of("Require method GET", USER),
          *all_of("Require method POST", USER, VALID), "</RequireAny>"]],
        DENY_MACHINES,
    ),
    "beside_an_open_section": ([[MACHINE], ["Require all granted"]],
                               DENY_USERS),
    "both": ([["Require auth0-subject user machine"]], None),
    "by_two_sections": ([[USER], [MACHINE]], None),
    "in_one_section_only": ([[MACHINE], [VALID]], None),
    "as_an_alternative": ([[MACHINE, VALID]], None),
    "not_the_other": ([all_of("Require not auth0-subject user", VALID)], None),
    "none_of_them": (
        [["<RequireAll>", VALID, "<RequireNone>", USER, "</RequireNone>",
          "</RequireAll>"]],
        None,
    ),
    "for_some_methods": ([["<Limit GET>", MACHINE, "</Limit>"]], None),
    "agents_as_well": ([["Require auth0-subject machine agent"]], None),
}


@pytest.mark.parametrize("sections, wanted", SUBJECTS.values(), ids=SUBJECTS)
def test_subjects(sections, wanted):
    server, _ = registered(*sections)
    assert server.get("subject_type_authorization") == wanted


def test_a_grant_where_no_machine_may():
    grant = ["Auth0Scope a", "Auth0ClientGrant app a"]
    assert "of no use" in registered([USER], api=grant)[1]
    assert "of no use" not in registered([MACHINE], api=grant)[1]


ALGORITHMS = {
    "default": ([[]], "RS256"),
    "each": ([["Auth0Algorithms PS256"]], "PS256"),
    "one_is_shared": ([["Auth0Algorithms RS256 RS512"],
                       ["Auth0Algorithms RS512 PS256"]], "RS512"),
    "one_is_known": ([["Auth0Algorithms RS256 ES256"]], "RS256"),
    "two_are_shared": ([["Auth0Algorithms RS256 PS256"]], None),
    "none_is_known": ([["Auth0Algorithms ES256"]], None),
}


@pytest.mark.parametrize("sections, wanted", ALGORITHMS.values(),
                         ids=ALGORITHMS)
def test_algorithms(sections, wanted):
    server, err = registered(*[[*x, VALID] for x in sections])
    assert server.get("signing_alg") == wanted
    assert ("signing_alg is left out" in err) == (wanted is None)


PERMISSION = "Require auth0-permission read:orders"
SCOPE = ["Auth0Scope read:orders"]
DIALECTS = {
    "any": ([[VALID]], "access_token", None),
    "auth0": ([["Auth0TokenProfile auth0", VALID]], "access_token", None),
    "rfc9068": ([["Auth0TokenProfile rfc9068", VALID]], "rfc9068_profile",
                None),
    "permission": ([[VALID], [PERMISSION]], "access_token_authz", True),
    "rfc9068_and_permission": (
        [["Auth0TokenProfile rfc9068", PERMISSION]], "rfc9068_profile_authz",
        True,
    ),
    "differing": ([["Auth0TokenProfile rfc9068", PERMISSION],
                   ["Auth0TokenProfile auth0", VALID]], None, True),
}


@pytest.mark.parametrize("sections, dialect, enforced", DIALECTS.values(),
                         ids=DIALECTS)
def test_dialects(sections, dialect, enforced):
    server, err = registered(*sections, api=SCOPE)
    assert server.get("token_dialect") == dialect
    assert server.get("enforce_policies") == enforced
    assert ("token_dialect is left out" in err) == (dialect is None)


DPOP = {"mechanism": "dpop", "required": True, "required_for": "all_clients"}
BINDINGS = {
    "allowed": ([["Auth0DPoP allowed"]], None, ""),
    "disabled": ([["Auth0DPoP disabled"]], None, ""),
    "dpop": ([["Auth0DPoP required"]], DPOP, ""),
    "mtls": ([["Auth0CertificateBound required"]],
             {**DPOP, "mechanism": "mtls"}, ""),
    "in_some": ([["Auth0DPoP required"], []], DPOP,
                "proof_of_possession is required, as some"),
    "both": ([["Auth0DPoP required"], ["Auth0CertificateBound required"]],
             None, "proof_of_possession is left out"),
}


@pytest.mark.parametrize("sections, wanted, words", BINDINGS.values(),
                         ids=BINDINGS)
def test_bindings(sections, wanted, words):
    server, err = registered(*[[*x, VALID] for x in sections])
    assert server.get("proof_of_possession") == wanted
    assert ("proof_of_possession" in err) == bool(words)
    assert words in err


ONE = "Auth0DecryptionKey ${DIR}/key.pem"
BOTH = "Auth0DecryptionKey ${DIR}/other.pem a=${DIR}/key.pem"
ENCRYPTION = {
    "one": ([[ONE]], {}),
    "the_last": ([[BOTH]], {"kid": "a"}),
    "the_shared_one": ([[BOTH], [ONE]], {"kid": "a"}),
    "not_in_all": ([[ONE], []], None),
    "none_shared": ([[ONE], ["Auth0DecryptionKey ${DIR}/other.pem"]], None),
}


@pytest.mark.parametrize("sections, wanted", ENCRYPTION.values(),
                         ids=ENCRYPTION)
def test_encryption(sections, wanted):
    server, err = registered(*[[*x, VALID] for x in sections])
    found = server.get("token_encryption")
    assert ("token_encryption is left out" in err) == (wanted is None)
    if wanted is None:
        assert found is None
        return
    assert found == {
        "format": "compact-nested-jwe",
        "encryption_key": {
            "name": "httpd",
            "alg": "RSA-OAEP-256",
            **wanted,
            "pem": DECRYPTION.pem().decode(),
        },
    }


def test_a_text_that_no_document_can_have():
    """httpd takes it; that there is no document is said, and nothing else."""
    config = location("/orders", "Require auth0-authorization-details é",
                      audience="Auth0Audience x").encode("latin-1")
    httpd = included(b"<Auth0API x>\n</Auth0API>\n" + config)
    try:
        out, err = httpd.dump("DUMP_AUTH0_API")
    finally:
        httpd.remove()
    assert out == ""
    assert "There is no document" in err
