# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Auth0TokenCache: a token that was verified before is judged as if it had not
been, whatever has changed meanwhile.
"""
import contextlib
import json
import pathlib
import struct
import tempfile
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from crowd import FAILED, one_issuer, wait_for, wait_until
from env import Httpd, shared_library
from issuer import Issuer
from logs import watch
from processes import memory
from proofs import Prover
from test_certificate import Line, bearer, bound_to, context_of
from test_logout import APP, log_out

KEY = tokens.rsa_key("main")
NEXT = tokens.rsa_key("next")
EC = tokens.ec_key("ec")
SECRET = tokens.Secret(b"s" * 32)
PROVER = Prover(KEY, tokens.ec_key("dpop"))
VALID = "Require valid-user"
SCOPE = "Require auth0-scope read:orders"
HIT = "the token is in the cache"

#: What was seen by one process is known to it: there shall be no other.
ALONE = """\
StartServers 1
ServerLimit 1
<IfModule mpm_event_module>
    MaxRequestWorkers 8
    MaxSpareThreads 8
</IfModule>
<IfModule mpm_prefork_module>
    MaxRequestWorkers 1
</IfModule>
Auth0DenyList ${DIR}/deny
"""
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY, EC),
    "second.json": tokens.jwks(KEY),
    "secret": SECRET.secret,
    "other-secret": b"t" * 32,
    "deny": "",
}


@contextlib.contextmanager
def server(*sections, cache="", files=None, **how):
    config = ANYTHING + TENANT + ALONE + cache + "".join(sections)
    with Httpd(config, {**FILES, **(files or {})}, **how) as httpd:
        yield httpd


def hits(httpd):
    return httpd.error_log.read_text().count(HIT)


def asked(httpd, path, token=None, **more):
    """The answer, and whether the token was in the cache."""
    before = hits(httpd)
    response = httpd.get(path, token, **more)
    return response, hits(httpd) - before


def warm(httpd, path, token, user=tokens.SUBJECT):
    """Twice: the second answer comes out of the cache."""
    answers.accepted(httpd.get(path, token), user)
    response, found = asked(httpd, path, token)
    answers.accepted(response, user)
    assert found == 1


# ------------------------------------------------------- one policy or another

ISSUER = "Auth0Issuer https://tenant.example/ file:${DIR}/keys.json"
SIGNED = "Auth0Algorithms HS256"

#: Sections, and whether what /orders has verified is known there as well.
SECTIONS = [
    ("same", [SCOPE], True),
    ("said_again", [ISSUER, f"Auth0Audience {tokens.AUDIENCE}", VALID], True),
    ("other_requirement", ["Require auth0-scope write:orders"], True),
    ("claim_lacking", ["Require auth0-claim plan gold"], True),
    ("other_user", ["Auth0RemoteUser azp", VALID], True),
    ("user_with_a_line_break", ["Auth0RemoteUser nick", VALID], True),
    ("dpop_required", ["Auth0DPoP required", VALID], True),
    ("certificate_required", ["Auth0CertificateBound required", VALID], True),
    ("other_audience", ["Auth0Audience https://api.example.com/x", VALID],
     False),
    ("more_audiences",
     [f"Auth0Audience {tokens.AUDIENCE} https://api.example.com/x", VALID],
     False),
    ("audiences_joined",
     ["Auth0Audience", f'"{tokens.AUDIENCE}44:https://api.example.com/x"',
      VALID], False),
    ("other_issuer",
     ["Auth0Issuer https://second.example/ file:${DIR}/keys.json", VALID],
     False),
    ("other_place_of_keys",
     ["Auth0Issuer https://tenant.example/ file:${DIR}/second.json", VALID],
     False),
    ("other_algorithms", ["Auth0Algorithms ES256", VALID], False),
    ("more_algorithms", ["Auth0Algorithms RS256 ES256", VALID], False),
    ("secret", [SIGNED, "Auth0SigningSecret file:${DIR}/secret", VALID],
     False),
    ("other_profile", ["Auth0TokenProfile rfc9068", VALID], False),
    ("auth0_profile", ["Auth0TokenProfile auth0", VALID], False),
    ("encrypted_only",
     ["Auth0EncryptedTokens required",
      "Auth0DecryptionKey ${DIR}/private.pem", VALID], False),
    ("decryption_key", ["Auth0DecryptionKey ${DIR}/private.pem", VALID],
     False),
    ("too_old", ["Auth0MaxTokenAge 5", VALID], False),
    ("other_skew", ["Auth0ClockSkew 0", VALID], False),
]
PRIVATE = {"private.pem": tokens.rsa_key("jwe").private_pem()}


def section(name, lines):
    if lines[0] == "Auth0Audience":
        lines = [" ".join(lines[:2]), *lines[2:]]
    return location(f"/{name}", *lines)


#: Sections that share an audience say different things on purpose.
CONTRADICTS = "Warning on line .* take tokens for"


def announce_contradictions():
    watch.announce(CONTRADICTS)
    watch.announce("Warning on line .* Auth0CertificateBound required needs")


def all_sections():
    return [section(name, lines) for name, lines, _ in SECTIONS]


@pytest.fixture(scope="module")
def with_cache():
    announce_contradictions()
    sections = [location("/orders", SCOPE), *all_sections()]
    with server(*sections, files=PRIVATE) as httpd:
        yield httpd


@pytest.fixture(scope="module")
def without_cache():
    announce_contradictions()
    sections = [location("/orders", SCOPE), *all_sections()]
    with server(*sections, cache="Auth0TokenCache off\n",
                files=PRIVATE) as httpd:
        yield httpd


def told(response):
    return (response.status, response.reason, response.user,
            response.challenges, response.all("Cache-Control"))


@pytest.mark.parametrize("name, lines, is_known", SECTIONS,
                         ids=[row[0] for row in SECTIONS])
def test_policies(with_cache, without_cache, announce, name, lines, is_known):
    """Only what says the same shares; the answer is always the policy's."""
    if name in ("other_requirement", "claim_lacking"):
        announce("AH01631: .* authorization failure")
    token = tokens.token(KEY, azp="app", nick="a\nb")
    warm(with_cache, "/orders", token)
    response, found = asked(with_cache, f"/{name}", token)
    assert found == is_known
    for _ in range(2):
        expected = told(without_cache.get(f"/{name}", token))
        assert told(response) == expected
        response = with_cache.get(f"/{name}", token)
    assert hits(without_cache) == 0


#: What each of them says of that token, as a check of the check.
SAID = {
    "other_user": "ok",
    "user_with_a_line_break": "claims.type",
    "dpop_required": "cnf.scheme",
    "certificate_required": "cnf.certificate",
    "other_audience": "claims.aud",
    "audiences_joined": "claims.aud",
    "other_issuer": "claims.iss",
    "other_algorithms": "header.alg",
    "secret": "header.alg",
    "other_profile": "header.typ",
    "encrypted_only": "token.plain",
    "too_old": "claims.age",
}


@pytest.mark.parametrize("name", SAID)
def test_what_policies_say(with_cache, name):
    token = tokens.token(KEY, azp="app", nick="a\nb")
    warm(with_cache, "/orders", token)
    for _ in range(2):
        response = with_cache.get(f"/{name}", token)
        if SAID[name] == "ok":
            answers.accepted(response, "app")
            continue
        scheme = "DPoP" if name == "dpop_required" else "Bearer"
        answers.refused(response, SAID[name], scheme=scheme)


def test_htaccess_names_another_user():
    """It is read for each request, and may say anything."""
    folder = "<Directory ${DIR}/htdocs>\nAllowOverride AuthConfig\n" \
             f"AuthType Auth0\n{VALID}\n</Directory>\n"
    config = TENANT + ALONE + folder
    files = {
        **FILES,
        "htdocs/a/page.html": "a",
        "htdocs/a/.htaccess": "Auth0RemoteUser azp\n",
        "htdocs/b/page.html": "b",
        "htdocs/b/.htaccess": "Auth0RemoteUser nick\n",
    }
    token = tokens.token(KEY, azp="app", nick="a\x01b")
    with Httpd(config, files) as httpd:
        for _ in range(2):
            answers.accepted(httpd.get("/page.html", token), tokens.SUBJECT)
            answers.accepted(httpd.get("/a/page.html", token), "app")
            answers.refused(httpd.get("/b/page.html", token), "claims.type")


SECRETS = [
    location("/a", SIGNED, "Auth0SigningSecret file:${DIR}/secret", VALID),
    location("/b", SIGNED, "Auth0SigningSecret file:${DIR}/other-secret",
             VALID),
]


def test_secrets():
    """Tokens of one are nothing to the other."""
    token = tokens.token(SECRET, "HS256")
    with server(*SECRETS) as httpd:
        for _ in range(2):
            warm(httpd, "/a", token)
            answers.refused(httpd.get("/b", token), "signature.invalid")


def test_an_encrypted_token(announce):
    announce(CONTRADICTS)
    key = tokens.rsa_key("jwe")
    token = tokens.encrypt(key, tokens.token(KEY))
    lines = ["Auth0EncryptedTokens required",
             "Auth0DecryptionKey ${DIR}/private.pem", VALID]
    with server(location("/orders", *lines), location("/plain", VALID),
                files=PRIVATE) as httpd:
        warm(httpd, "/orders", token)
        answers.refused(httpd.get("/plain", token), "token.encrypted")


# ------------------------------------------------------------ as time goes by

def test_expired_while_cached():
    with server(location("/orders", "Auth0ClockSkew 0", VALID)) as httpd:
        token = tokens.token(KEY, exp=int(time.time()) + 3)
        warm(httpd, "/orders", token)
        wait_for(httpd, "/orders", token, "claims.exp", 5)
        assert time.time() >= expiry(token)
        for _ in range(2):
            answers.refused(httpd.get("/orders", token), "claims.exp")


def expiry(token):
    return json.loads(tokens.unb64(tokens.parts(token)[1]))["exp"]


def test_leeway_counts_while_cached():
    with server(location("/orders", "Auth0ClockSkew 2", VALID)) as httpd:
        token = tokens.token(KEY, exp=int(time.time()) + 1)
        warm(httpd, "/orders", token)
        while time.time() < expiry(token) + 1.5:
            answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
            time.sleep(0.05)
        wait_for(httpd, "/orders", token, "claims.exp", 3)


def test_too_old_while_cached():
    with server(location("/orders", "Auth0MaxTokenAge 3", VALID)) as httpd:
        token = tokens.token(KEY, iat=int(time.time()))
        warm(httpd, "/orders", token)
        wait_for(httpd, "/orders", token, "claims.age", 6)
        response, found = asked(httpd, "/orders", token)
        answers.refused(response, "claims.age")
        assert found == 1


@pytest.mark.parametrize("claim, reason", [
    ("nbf", "claims.nbf"), ("iat", "claims.iat"), ("exp", "claims.exp"),
])
def test_what_is_refused_is_not_kept(claim, reason):
    """From then on it is good, or never."""
    with server(location("/orders", "Auth0ClockSkew 0", VALID)) as httpd:
        begin = int(time.time())
        token = tokens.token(KEY, **{claim: begin + (-1 if claim == "exp"
                                                     else 2)})
        answers.refused(httpd.get("/orders", token), reason)
        response, found = asked(httpd, "/orders", token)
        answers.refused(response, reason)
        assert found == 0
        if claim != "exp":
            wait_for(httpd, "/orders", token, "ok", 5)


def test_a_restart_begins_without():
    with server(location("/orders", SCOPE)) as httpd:
        token = tokens.token(KEY)
        warm(httpd, "/orders", token)
        httpd.graceful()
        wait_until(lambda: len(httpd.children()) == 1, "one child")
        response, found = asked(httpd, "/orders", token)
        answers.accepted(response, tokens.SUBJECT)
        assert found == 0


# ---------------------------------------------------------- keys come and go

def test_key_removed():
    """F13: within the second in which a file is read again."""
    with server(location("/orders", SCOPE)) as httpd:
        token = tokens.token(KEY)
        warm(httpd, "/orders", token)
        httpd.write("keys.json", tokens.jwks(NEXT))
        wait_for(httpd, "/orders", token, "key.unknown", 3)
        for _ in range(2):
            answers.refused(httpd.get("/orders", token), "key.unknown")
        warm(httpd, "/orders", tokens.token(NEXT))


def test_other_key_under_the_same_kid(announce):
    """F16: what the former key has signed is refused."""
    announce("has put another key under the kid 'main'")
    with server(location("/orders", SCOPE)) as httpd:
        token = tokens.token(KEY)
        warm(httpd, "/orders", token)
        httpd.write("keys.json", tokens.jwks(NEXT.jwk(kid="main")))
        wait_for(httpd, "/orders", token, "signature.invalid", 3)
        for _ in range(2):
            answers.refused(httpd.get("/orders", token), "signature.invalid")
        warm(httpd, "/orders", tokens.token(NEXT, head={"kid": "main"}))


def test_another_key_comes():
    """The token is verified once more, and then known again."""
    with server(location("/orders", SCOPE)) as httpd:
        token = tokens.token(KEY)
        warm(httpd, "/orders", token)
        httpd.write("keys.json", tokens.jwks(KEY, NEXT))
        wait_for(httpd, "/orders", tokens.token(NEXT), "ok", 3)
        response, found = asked(httpd, "/orders", token)
        answers.accepted(response, tokens.SUBJECT)
        assert found == 0
        warm(httpd, "/orders", token)


def test_key_removed_at_the_issuer(authority):
    with Issuer(authority, KEY, NEXT) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config + ALONE, FILES) as httpd:
            token = issuer.token(NEXT)
            wait_for(httpd, "/orders", token, "ok")
            issuer.keys(KEY)
            begin = time.monotonic()
            wait_for(httpd, "/orders", token, "key.unknown")
            assert time.monotonic() - begin < 1 + 1
            assert hits(httpd) > 0
            answers.refused(httpd.get("/orders", token), "key.unknown")


def test_keys_too_stale(authority, announce):
    """A cached token is no better than keys that do not serve any more."""
    announce(FAILED)
    announce("are too old")
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1,
                            "Auth0KeyMaxStale 2", "Auth0KeyWait 0")
        with Httpd(config + ALONE, FILES) as httpd:
            token = issuer.token(KEY)
            wait_for(httpd, "/orders", token, "ok")
            issuer.down()
            wait_for(httpd, "/orders", token, "key.unavailable", 10)
            answers.refused(httpd.get("/orders", token), "key.unavailable")
            issuer.up()
            wait_for(httpd, "/orders", token, "ok", 10)


# ------------------------------------------------------------ who is refused

DENIED = [
    ("sub", {}, f"sub {tokens.SUBJECT}"),
    ("client", {"azp": "app"}, "client app"),
    ("org", {"org_id": "org_1"}, "org org_1"),
    ("jti", {"jti": "t-1"}, "jti t-1"),
    ("sid", {"sid": "s-1"}, "sid s-1"),
    ("kid", {}, "kid main"),
]


@pytest.mark.parametrize("kind, claims, line", DENIED,
                         ids=[row[0] for row in DENIED])
def test_denied_while_cached(kind, claims, line):
    with server(location("/orders", SCOPE)) as httpd:
        token = tokens.token(KEY, **claims)
        warm(httpd, "/orders", token)
        httpd.write("deny", line + "\n")
        wait_for(httpd, "/orders", token, f"deny.{kind}", 2)
        response, found = asked(httpd, "/orders", token)
        answers.refused(response, f"deny.{kind}")
        assert found == 1
        httpd.write("deny", "")
        wait_for(httpd, "/orders", token, "ok", 2)


def test_logged_out_while_cached():
    logout = f"<Location /logout>\nSetHandler auth0-logout\n" \
             f"Auth0LogoutClient {APP}\nRequire all granted\n</Location>\n"
    with server(location("/orders", SCOPE), logout) as httpd:
        token = tokens.token(KEY, sid="s-2")
        other = tokens.token(KEY, sid="s-3")
        warm(httpd, "/orders", token)
        warm(httpd, "/orders", other)
        log_out(httpd, sid="s-2")
        response, found = asked(httpd, "/orders", token)
        answers.refused(response, "deny.sid")
        assert found == 1
        answers.accepted(httpd.get("/orders", other), tokens.SUBJECT)



def test_proofs_of_a_cached_token():
    with server(location("/orders", SCOPE)) as httpd:
        url = f"http://api.example.com:{httpd.port}/orders"
        token = PROVER.token()
        fields = PROVER.fields("GET", url, token)
        answers.accepted(httpd.get("/orders", headers=fields), tokens.SUBJECT)
        response, found = asked(httpd, "/orders", headers=fields)
        answers.refused(response, "cnf.replay", scheme="DPoP")
        assert found == 1
        more = PROVER.fields("GET", url, token)
        response, found = asked(httpd, "/orders", headers=more)
        answers.accepted(response, tokens.SUBJECT)
        assert found == 1
        answers.refused(httpd.get("/orders", token), "cnf.scheme")
        response = httpd.get("/orders", headers=fields[:1])
        answers.refused(response, "cnf.proof_missing", scheme="DPoP")
        thief = Prover(KEY, tokens.ec_key("dpop-thief"))
        stolen = thief.fields("GET", url, token)
        response = httpd.get("/orders", headers=stolen)
        answers.refused(response, "cnf.jkt", scheme="DPoP")


def test_certificates_of_a_cached_token(authority):
    anna = authority.issue("anna", ("anna.example",))
    bob = authority.issue("bob", ("bob.example",))
    optional = "SSLVerifyClient optional_no_ca\n"
    with server(optional, location("/orders", SCOPE), tls=authority) as httpd:
        token = bearer(bound_to(anna))
        before = hits(httpd)
        for who in (anna, bob, anna, None):
            with Line(httpd, context_of(authority, who)) as line:
                response = line.get("/orders", [token])
            if who is anna:
                answers.accepted(response, tokens.SUBJECT)
            else:
                answers.refused(response, "cnf.certificate")
        assert hits(httpd) - before == 3


# ------------------------------------------------------------------ how much

def test_off():
    with server(location("/orders", SCOPE),
                cache="Auth0TokenCache off\n") as httpd:
        token = tokens.token(KEY)
        for _ in range(3):
            response, found = asked(httpd, "/orders", token)
            answers.accepted(response, tokens.SUBJECT)
            assert found == 0


def test_a_forged_twin_is_not_known():
    """Its header and claims are those of a token that is."""
    with server(location("/orders", SCOPE)) as httpd:
        token = tokens.token(KEY)
        warm(httpd, "/orders", token)
        head, payload, signature = tokens.parts(token)
        middle = len(signature) // 2
        turned = "A" if signature[middle] != "A" else "B"
        forged = f"{signature[:middle]}{turned}{signature[middle + 1:]}"
        for _ in range(2):
            response, found = asked(httpd, "/orders",
                                    f"{head}.{payload}.{forged}")
            answers.refused(response, "signature.invalid")
            assert found == 0


MANY = 3000


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_many_tokens(mpm, announce):
    """Those that come once take turns; memory is where it was."""
    if mpm == "prefork":
        announce("AH00161: server reached MaxRequestWorkers")
    lines = [SIGNED, "Auth0SigningSecret file:${DIR}/secret", VALID]
    with server(location("/orders", *lines), cache="Auth0TokenCache 128\n",
                mpm=mpm) as httpd:
        hot = tokens.token(SECRET, "HS256", sub="hot")
        warm(httpd, "/orders", hot, "hot")
        grown = []
        for number in range(MANY):
            token = tokens.token(SECRET, "HS256", sub=f"cold-{number}",
                                 pad="x" * (number % 1000))
            assert httpd.get("/orders", token).reason == "ok"
            if number in (MANY // 3, MANY - 1):
                grown.append(sum(memory(p) for p in httpd.children()))
        response, found = asked(httpd, "/orders", hot)
        answers.accepted(response, "hot")
        assert found == 1
        print(f"{mpm}: {grown} KiB")
        assert grown[1] - grown[0] < 1024


# --------------------------------------------------------------------- mallocs

ROUNDS = 50

#: What else a request asks of a token: a scope, claims for the back end.
WARM = {
    "bearer": [SCOPE],
    "claims": [
        "Auth0ClaimHeader X-Sub sub",
        "Auth0ClaimHeader X-Scope scope",
        "Auth0ClaimHeader X-Roles https://example.com/roles",
        "Auth0ClaimHeader X-Age age",
        "Require auth0-claim https://example.com/roles admin",
        "Require auth0-claim age 42",
    ],
    "user": ["Require auth0-subject user", "Require auth0-org org_1",
             "Require auth0-client app"],
}


@pytest.fixture(scope="module")
def counter():
    """A library that counts, in a folder that httpd's User can read."""
    with tempfile.TemporaryDirectory() as folder:
        library = shared_library("mallocs.c", folder)
        count = pathlib.Path(folder, "count")
        count.write_bytes(bytes(8))
        yield library, count


def mallocs(httpd, count, path, token):
    """Those of many requests, once all is warm."""
    for _ in range(5):
        assert httpd.get(path, token).status == 200
    before = struct.unpack("@Q", count.read_bytes())[0]
    for _ in range(ROUNDS):
        assert httpd.get(path, token).status == 200
    return struct.unpack("@Q", count.read_bytes())[0] - before


def test_a_warm_request_allocates_nothing(counter, announce):
    """No more than one that everybody may make, which has no token read."""
    announce("AH00161: server reached MaxRequestWorkers")
    library, count = counter
    sections = ["<Location /open>\nRequire all granted\n</Location>\n"]
    sections += [location(f"/{n}", *lines) for n, lines in WARM.items()]
    token = tokens.token(KEY, azp="app", org_id="org_1", age=42,
                         **{"https://example.com/roles": ["admin", "b"]})
    loud = "LogLevel notice auth0:info\n"
    with server(*sections, cache=loud, mpm="prefork",
                environment={"LD_PRELOAD": str(library),
                             "MALLOCS": str(count)}) as httpd:
        base = mallocs(httpd, count, "/open", token)
        more = {n: mallocs(httpd, count, f"/{n}", token) - base for n in WARM}
        print(f"open: {base} for {ROUNDS} requests; more: {more}")
        assert set(more.values()) == {0}
        cold = mallocs_of_new(httpd, count)
        print(f"tokens that are new: {cold} for {ROUNDS}")
        assert cold > base + ROUNDS


def mallocs_of_new(httpd, count):
    """As a check of the check."""
    made = [tokens.token(KEY, jti=str(n)) for n in range(ROUNDS)]
    before = struct.unpack("@Q", count.read_bytes())[0]
    for token in made:
        assert httpd.get("/bearer", token).status == 200
    return struct.unpack("@Q", count.read_bytes())[0] - before
