# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
What of a token reaches programs: which claims, in which form, on which paths
of a request, and that nothing else does.
"""
import json

import pytest

import answers
import tokens
from conf import TENANT, location, table
from env import Httpd
from proofs import Prover

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))
VALID = "Require valid-user"

#: All of its environment, variable by variable.
PROGRAM = """\
#!/usr/bin/python3
import json, os, sys
sys.stdout.write("Content-Type: application/json\\r\\n\\r\\n")
json.dump({k: os.fsencode(v).decode("latin-1") for k, v in os.environ.items()},
          sys.stdout)
"""

#: The claim as a field and as a variable, in each form.
FORMS = [
    f"{directive} {name}-{form} c {form}".replace(
        "-", "_" if directive == "Auth0ClaimEnv" else "-"
    )
    for directive, name in (
        ("Auth0ClaimHeader", "X-C"), ("Auth0ClaimEnv", "C"),
    )
    for form in ("plain", "json", "base64url")
]
SUB = "Auth0ClaimHeader X-Auth0-Sub sub"
ORG = "Auth0ClaimHeader X-Auth0-Org org_id"
ORG_ENV = "Auth0ClaimEnv AUTH0_ORG org_id"
BIG = [f"Auth0ClaimHeader X-Big-{n} big" for n in range(3)] + [
    f"Auth0ClaimEnv BIG_{n} big" for n in range(3)
]

CONFIG = "\n".join(
    [
        TENANT,
        location("/forms", *FORMS, VALID),
        location("/names", "Auth0ClaimHeader X-Roles https://a.example/roles",
                 "Auth0ClaimHeader X-Actor /act/sub", VALID),
        location("/required/header", ORG + " required", VALID),
        location("/required/env", ORG_ENV + " plain required", VALID),
        location("/required/scope", ORG + " required",
                 "Require auth0-scope read"),
        location("/required/optional", ORG + " required", "Auth0Optional On",
                 "Require all granted"),
        location("/required/report", ORG + " required", "Auth0ReportOnly On",
                 VALID),
        location("/big", *BIG, VALID),
        location("/big/required", *BIG, "Auth0ClaimEnv LAST sub required",
                 VALID),
        location("/optional", SUB, ORG_ENV, "Auth0Optional On",
                 "Require all granted"),
        location("/report", SUB, ORG_ENV, "Auth0ReportOnly On",
                 "Require auth0-scope read"),
        location("/open", SUB, ORG_ENV, "Require all granted"),
        location("/method", SUB, ORG_ENV, "<RequireAny>", "Require method PUT",
                 VALID, "</RequireAny>"),
        location("/preflight", SUB, "Auth0CORSPreflight On", VALID),
        location("/user/name", "Auth0RemoteUser c", VALID),
        location("/forward", "Auth0ForwardToken On", VALID),
        location("/cookie", "Auth0TokenSource header cookie:at", VALID),
        location("/cookie/forward", "Auth0ForwardToken On", VALID),
        location("/conf", SUB, ORG_ENV, VALID, "SetEnv AUTH0_DOMAIN tenant.example",
                 "SetEnv AUTH0_ORG of-the-configuration",
                 'RequestHeader edit X-Auth0-Sub "^auth0\\|" ""',
                 "Auth0ClaimEnv AUTH0_SUB sub",
                 'RequestHeader set X-Expr "expr=%{auth0_claim:sub}"'),
        location("/trick", VALID, "RewriteEngine On",
                 "RewriteCond %{HTTP:Authorization} .",
                 "RewriteRule .* - [E=HTTP_AUTHORIZATION:"
                 "%{HTTP:Authorization}]"),
        """
        SetEnvIf Authorization "(.+)" HTTP_AUTHORIZATION=$1
        SetEnvIf X-Org "(.+)" AUTH0_ORG=$1 AUTH0_OTHER=$1
        <Location />
            CGIPassAuth On
        </Location>
        <Location /elsewhere/set>
            SetEnv AUTH0_ORG of-the-configuration
        </Location>
        ScriptAliasMatch "^/(?!d/|old|page|err).*" "${DIR}/cgi/env.cgi"
        """,
    ]
)
FILES = {"cgi/env.cgi": PROGRAM, "keys.json": tokens.jwks(KEY)}


@pytest.fixture(scope="module")
def httpd():
    with Httpd(CONFIG, FILES, modules=["cgid", "rewrite"]) as server:
        yield server


@pytest.fixture
def seen(httpd):
    """The environment of the program behind a path."""

    def ask(path, token=None, *fields, method="GET"):
        response = httpd.request(method, path, token, headers=fields)
        assert response.status == 200, response.reason
        return json.loads(response.text)

    return ask


def token(**claims):
    return tokens.token(KEY, **claims)


# -------------------------------------------------------------------- values

#: The claim, and its value in each form; None where it is left out.
VALUES = [
    ("string", "auth0|x", "auth0|x", '"auth0|x"', "YXV0aDB8eA"),
    ("empty", "", "", '""', ""),
    ("number", 7, "7", "7", "Nw"),
    ("boolean", True, "true", "true", "dHJ1ZQ"),
    ("words", ["a", "b"], "a b", '["a","b"]', "WyJhIiwiYiJd"),
    ("no_words", [], "", "[]", "W10"),
    ("space", ["a b"], None, '["a b"]', "WyJhIGIiXQ"),
    ("mixed", ["a", 7], None, '["a",7]', "WyJhIiw3XQ"),
    ("object", {"a": "b"}, None, '{"a":"b"}', "eyJhIjoiYiJ9"),
    ("line_break", "a\r\nX-Admin: 1", None, '"a\\r\\nX-Admin: 1"',
     "YQ0KWC1BZG1pbjogMQ"),
    ("delete", "a\x7f", None, '"a\\u007f"', "YX8"),
    ("umlaut", "Jörg", None, '"J\\u00F6rg"', "SsO2cmc"),
    ("blank_end", "a ", None, '"a "', "YSA"),
    ("long", "x" * 4096, "x" * 4096, None, None),
    ("too_long", "x" * 4097, None, None, None),
    ("null", None, None, None, None),
    ("absent", tokens.ABSENT, None, None, None),
]


@pytest.mark.parametrize("claim, plain, as_json, base64url", **table(VALUES))
def test_values(seen, claim, plain, as_json, base64url):
    """Faithfully in each form, or not at all."""
    environment = seen("/forms", token(c=claim))
    values = {"PLAIN": plain, "JSON": as_json, "BASE64URL": base64url}
    for form, value in values.items():
        assert environment.get(f"HTTP_X_C_{form}") == value
        assert environment.get(f"C_{form.lower()}") == value
    assert "HTTP_X_ADMIN" not in environment


def test_names(seen):
    claims = {"https://a.example/roles": ["a", "b"], "act": {"sub": "robot"}}
    environment = seen("/names", token(**claims))
    assert environment["HTTP_X_ROLES"] == "a b"
    assert environment["HTTP_X_ACTOR"] == "robot"


def test_all_together_have_a_limit(seen):
    """Four times 4,096 bytes are the 16 KiB; what is empty costs nothing."""
    environment = seen("/big", token(big="x" * 4096))
    names = [f"HTTP_X_BIG_{n}" for n in range(3)] + ["BIG_0", "BIG_1"]
    lengths = [len(environment.get(name, "")) for name in names]
    assert lengths == [4096, 4096, 4096, 4096, 0]
    small = seen("/big", token(big="y"))
    assert [small[name] for name in names] == ["y"] * 5


def test_what_is_left_out_is_logged(httpd, seen):
    seen("/forms", token(c="Jörg"))
    text = httpd.error_log.read_text()
    assert "Auth0ClaimHeader X-C-plain is not sent: the claim c holds" in text
    assert "Jörg" not in text


# ------------------------------------------------------------------ required

REQUIRED = [
    ("header", "/required/header", {"org_id": "org_1"}, None),
    ("header_absent", "/required/header", {}, "require.claim"),
    ("header_unfit", "/required/header", {"org_id": "ö"}, "require.claim"),
    ("header_long", "/required/header", {"org_id": "x" * 4097},
     "require.claim"),
    ("env", "/required/env", {"org_id": "org_1"}, None),
    ("env_absent", "/required/env", {}, "require.claim"),
    ("env_array", "/required/env", {"org_id": ["a b"]}, "claims.type"),
    ("both", "/required/scope", {"org_id": "o", "scope": "read"}, None),
    ("scope_first", "/required/scope", {}, "require.scope"),
    ("then_claim", "/required/scope", {"scope": "read"}, "require.claim"),
    ("no_room", "/big/required", {"big": "x" * 4096}, "require.claim"),
    ("room", "/big/required", {"big": "x"}, None),
    ("optional", "/required/optional", {}, "require.claim"),
    ("optional_met", "/required/optional", {"org_id": "o"}, None),
]


@pytest.mark.parametrize("path, claims, reason", **table(REQUIRED))
def test_required(httpd, path, claims, reason):
    response = httpd.get(path, token(**claims))
    if not reason:
        answers.accepted(response, tokens.SUBJECT)
    elif reason == "require.claim":
        answers.lacking_claim(response)
    else:
        scope = {"scope": "read"} if reason == "require.scope" else {}
        answers.refused(response, reason, **scope)


def test_required_says_what_is_missing(httpd):
    httpd.get("/required/header", token())
    assert (
        "require.claim: " in httpd.error_log.read_text()
        and "Auth0ClaimHeader X-Auth0-Org: the claim org_id is absent"
        in httpd.error_log.read_text()
    )


def test_required_of_nobody(seen):
    """A request without a token has no claims to lack."""
    assert "HTTP_X_AUTH0_ORG" not in seen("/required/optional")


def test_required_is_only_reported(httpd):
    response = httpd.get("/required/report", token())
    assert (response.status, response.reason) == (200, "require.claim")
    assert "HTTP_X_AUTH0_ORG" not in json.loads(response.text)


# ------------------------------------------------- who is exported, and when

#: Path, claims or None, fields, what of X-Auth0-Sub and AUTH0_ORG arrives.
LATE = {"exp": tokens.Ago(60)}
WHO = [
    ("optional", "/optional", {"org_id": "o"}, tokens.SUBJECT, "o"),
    ("optional_nobody", "/optional", None, None, None),
    ("report", "/report", {"org_id": "o", "scope": "read"}, tokens.SUBJECT,
     "o"),
    ("report_bad", "/report", {"org_id": "o", **LATE}, None, None),
    ("report_lacking", "/report", {"org_id": "o"}, None, None),
    ("report_nobody", "/report", None, None, None),
    ("open", "/open", {"org_id": "o"}, None, None),
    ("method", "/method", {"org_id": "o"}, tokens.SUBJECT, "o"),
    ("elsewhere", "/elsewhere", {"org_id": "o"}, None, None),
]
SPOOFED = [("X-Auth0-Sub", "root"), ("X_Auth0_Sub", "root"),
           ("x-auth0-sub", "root"), ("X-Org", "evil")]


@pytest.mark.parametrize("spoofed", [[], SPOOFED], ids=["plain", "spoofed"])
@pytest.mark.parametrize("path, claims, sub, org", **table(WHO))
def test_who_is_exported(seen, spoofed, path, claims, sub, org):
    """Only who was let in by a token; and never who a client says it is."""
    good = None if claims is None else token(**claims)
    environment = seen(path, good, *spoofed)
    assert environment.get("HTTP_X_AUTH0_SUB") == sub
    assert environment.get("AUTH0_ORG") == org


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PROPFIND", "FOO"])
@pytest.mark.parametrize("path", ["/open", "/elsewhere", "/method"])
def test_spoofing_by_any_method(httpd, method, path):
    response = httpd.request(method, path, headers=SPOOFED)
    if path == "/method" and method != "PUT":
        answers.refused(response, "request.no_token")
        return
    environment = json.loads(response.text)
    assert "HTTP_X_AUTH0_SUB" not in environment
    assert "AUTH0_ORG" not in environment


def test_spoofing_by_a_preflight(seen):
    fields = [("Origin", "https://a.example"),
              ("Access-Control-Request-Method", "PUT"), *SPOOFED]
    environment = seen("/preflight", None, *fields, method="OPTIONS")
    assert "HTTP_X_AUTH0_SUB" not in environment


def test_variables_of_the_configuration(seen):
    """They stand where no claim is exported under their name."""
    environment = seen("/conf", token(org_id="org_1"), ("X-Org", "evil"))
    assert environment["AUTH0_ORG"] == "org_1"
    assert "AUTH0_ORG" not in seen("/conf", token(), ("X-Org", "evil"))
    assert "AUTH0_ORG" not in seen("/elsewhere/set")
    assert environment["AUTH0_DOMAIN"] == "tenant.example"
    assert environment["AUTH0_SUB"] == tokens.SUBJECT
    assert environment["HTTP_X_EXPR"] == tokens.SUBJECT
    assert environment["AUTH0_REASON"] == "ok"
    # Rules of mod_headers see what was exported.
    assert environment["HTTP_X_AUTH0_SUB"] == tokens.SUBJECT[6:]


# --------------------------------------------------------------- REMOTE_USER

USERS = [
    ("string", "anna", "anna"),
    ("umlaut", "Jörg", "Jörg"),
    ("number", 7, "7"),
    ("boolean", False, "false"),
    ("array", ["anna"], ""),
    ("object", {"a": 1}, ""),
    ("null", None, ""),
    ("absent", tokens.ABSENT, ""),
]


@pytest.mark.parametrize("claim, user", **table(USERS))
def test_remote_user(seen, claim, user):
    environment = seen("/user/name", token(c=claim))
    assert environment["REMOTE_USER"].encode("latin-1").decode() == user
    assert environment["AUTH_TYPE"] == "Auth0"


# ----------------------------------------------------------------- the token

def tokens_in(environment, sent):
    return {k for k, v in environment.items() if sent in v}


def test_the_token_stays_here(seen):
    """Though SetEnvIf, CGIPassAuth and a RewriteRule would hand it on."""
    for path in ("/forms", "/trick", "/optional", "/open"):
        sent = token(c="x")
        environment = seen(path, sent)
        assert tokens_in(environment, sent) == set(), path


def test_a_proof_stays_here(httpd, seen):
    for path in ("/forms", "/trick", "/optional", "/open"):
        sent = PROVER.token(c="x")
        url = f"http://api.example.com:{httpd.port}{path}"
        fields = PROVER.fields("GET", url, sent)
        environment = seen(path, None, *fields)
        assert tokens_in(environment, sent) == set(), path
        assert tokens_in(environment, dict(fields)["DPoP"]) == set(), path


def test_the_token_is_forwarded(httpd, seen):
    sent = token()
    environment = seen("/forward", sent)
    assert environment["HTTP_AUTHORIZATION"] == f"Bearer {sent}"
    assert "HTTP_DPOP" not in environment
    sent = PROVER.token()
    url = f"http://api.example.com:{httpd.port}/forward"
    fields = PROVER.fields("GET", url, sent)
    environment = seen("/forward", None, *fields)
    assert environment["HTTP_AUTHORIZATION"] == f"DPoP {sent}"
    assert environment["HTTP_DPOP"] == dict(fields)["DPoP"]


def test_other_credentials_elsewhere(seen):
    """Where AuthType is not Auth0, Authorization is not ours to keep."""
    environment = seen("/elsewhere", None, ("Authorization", "Basic YTpi"))
    assert environment["HTTP_AUTHORIZATION"] == "Basic YTpi"


COOKIES = [
    ("alone", "at={}", None),
    ("first", "at={}; a=1; b=2", "a=1; b=2"),
    ("last", "a=1; at={}", "a=1"),
    ("between", "a=1; at={}; b=2", "a=1; b=2"),
]


@pytest.mark.parametrize("field, rest", **table(COOKIES))
def test_the_cookie_stays_here(seen, field, rest):
    sent = token()
    environment = seen("/cookie", None, ("Cookie", field.format(sent)))
    assert environment.get("HTTP_COOKIE") == rest
    assert tokens_in(environment, sent) == set()
    environment = seen("/cookie/forward", None, ("Cookie", field.format(sent)))
    assert environment["HTTP_COOKIE"] == field.format(sent)
