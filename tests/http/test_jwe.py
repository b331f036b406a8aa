# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Encrypted access tokens: opened by the right key, judged by what is in them, and
refused in one voice. The tokens are made without the library that httpd uses
here; tests/unit/test_jwe.c has the long tables.
"""
import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from crowd import one_issuer
from env import Httpd
from issuer import Issuer

KEY = tokens.rsa_key("main")
OTHER = tokens.rsa_key("other")
NEW = tokens.rsa_key("encryption-2026")
OLD = tokens.rsa_key("encryption-2025")
LARGE = tokens.RSAKey("encryption-large", 3072)

CONFIG = f"""\
{ANYTHING}{TENANT}
{location("/orders", "Auth0DecryptionKey new.pem", "Require valid-user")}
<Location /orders/only>
    Auth0EncryptedTokens required
</Location>
<Location /orders/only/not>
    Auth0EncryptedTokens allowed
</Location>
<Location /orders/old>
    Auth0DecryptionKey old.pem
</Location>
{location("/plain", "Require valid-user")}
{location(
    "/rollover",
    "Auth0DecryptionKey old.pem ${DIR}/new.pem",
    "Require valid-user",
)}
{location(
    "/named",
    "Auth0DecryptionKey 2025=${DIR}/old.pem",
    "Auth0DecryptionKey 2026=${DIR}/new.pem",
    "Require valid-user",
)}
<LocationMatch "^/incomplete">
    AuthType Auth0
    Require valid-user
</LocationMatch>
<LocationMatch "^/incomplete/at-night">
    Auth0EncryptedTokens required
</LocationMatch>
<Location /logout>
    SetHandler auth0-logout
    Auth0LogoutClient app
    Auth0DecryptionKey new.pem
    Auth0EncryptedTokens required
    Require all granted
</Location>
"""
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY),
    "new.pem": NEW.private_pem(),
    "old.pem": OLD.private_pem(),
}


@pytest.fixture(scope="module")
def server():
    with Httpd(CONFIG, FILES) as httpd:
        yield httpd


def encrypted(key=NEW, claims=None, **how):
    return tokens.encrypt(key, tokens.token(KEY, **(claims or {})), **how)


def with_part(token, number, part):
    """The token with other bytes as its part of that number."""
    parts = tokens.parts(token)
    parts[number] = tokens.b64(part)
    return ".".join(parts)


@pytest.mark.parametrize("enc", tokens.ENCS)
@pytest.mark.parametrize("alg", tokens.OAEP)
def test_good(server, alg, enc):
    response = server.get("/orders", encrypted(alg=alg, enc=enc))
    answers.accepted(response, tokens.SUBJECT)


HEADS = [
    ("cty", {"cty": "JWT"}),
    ("kid_of_no_key", {"kid": "whatever"}),
    ("typ", {"typ": "JWT"}),
]


@pytest.mark.parametrize("head", **table(HEADS))
def test_good_header(server, head):
    response = server.get("/orders", encrypted(**head))
    answers.accepted(response, tokens.SUBJECT)


def test_a_large_one(server):
    """The limit of 8 KiB is for what is sent."""
    claims = {"x": "x" * 3600}
    response = server.get("/orders", encrypted(claims=claims))
    answers.accepted(response, tokens.SUBJECT)
    claims = {"x": "x" * 4300}
    response = server.get("/orders", encrypted(claims=claims))
    answers.refused(response, "request.too_large")


PLAIN = [
    ("allowed", "/orders", None),
    ("required", "/orders/only", "token.plain"),
    ("allowed_again", "/orders/only/not", None),
    ("without_a_key", "/plain", None),
]


@pytest.mark.parametrize("path, reason", **table(PLAIN))
def test_plain(server, path, reason):
    response = server.get(path, tokens.token(KEY))
    if reason:
        answers.refused(response, reason)
        return
    answers.accepted(response, tokens.SUBJECT)


@pytest.mark.parametrize("path", ["/orders/only", "/orders/only/not"])
def test_encrypted_where_it_is_required(server, path):
    answers.accepted(server.get(path, encrypted()), tokens.SUBJECT)


def test_without_a_key(server):
    answers.refused(server.get("/plain", encrypted()), "token.encrypted")


def test_an_inner_section_has_keys_of_its_own(server):
    answers.accepted(server.get("/orders/old", encrypted(OLD)), tokens.SUBJECT)
    answers.refused(server.get("/orders/old", encrypted()), "decrypt.failed")
    answers.refused(server.get("/orders", encrypted(OLD)), "decrypt.failed")


def test_required_where_no_key_is_in_force(server, announce):
    """httpd -t cannot tell whether the two sections meet."""
    announce("config.incomplete")
    response = server.get("/incomplete/at-night", encrypted())
    answers.refused(response, "config.incomplete")
    response = server.get("/incomplete", tokens.token(KEY))
    answers.accepted(response, tokens.SUBJECT)


def test_opaque(server):
    """What Auth0 issues where no audience was asked for."""
    head = tokens.b64(
        b'{"alg":"dir","enc":"A256GCM","iss":"https://tenant.example/"}'
    )
    for path in ("/orders", "/plain", "/orders/only"):
        before = server.error_log.read_text().count("asked for no audience")
        response = server.get(path, f"{head}..AAAAAAAAAAAAAAAA.AAAA.AAAA")
        answers.refused(response, "token.opaque")
        server.wait_for_log("asked for no audience", before + 1)


def garbled(number, part):
    return with_part(encrypted(), number, part)


GOOD_HEAD = {"alg": "RSA-OAEP-256", "enc": "A256GCM"}


def head(**changes):
    text = tokens.merged(GOOD_HEAD, changes)
    return garbled(0, tokens._bytes(text))


REFUSED = [
    ("no_json", lambda: garbled(0, b"x"), "decrypt.malformed"),
    (
        "alg_twice",
        lambda: garbled(0, b'{"alg":"RSA-OAEP","alg":"RSA-OAEP","enc":"A256GCM"}'),
        "decrypt.malformed",
    ),
    ("zip", lambda: head(zip="DEF"), "decrypt.malformed"),
    ("crit", lambda: head(crit=["exp"]), "decrypt.malformed"),
    ("jwk", lambda: head(jwk=KEY.jwk()), "decrypt.malformed"),
    ("kid_a_number", lambda: head(kid=1), "decrypt.malformed"),
    ("cty", lambda: head(cty="text/plain"), "decrypt.malformed"),
    ("iv_short", lambda: garbled(2, b"1" * 11), "decrypt.malformed"),
    ("tag_short", lambda: garbled(4, b"1" * 4), "decrypt.malformed"),
    ("no_content", lambda: garbled(3, b""), "decrypt.malformed"),
    ("no_alg", lambda: head(alg=tokens.ABSENT), "decrypt.alg"),
    ("rsa1_5", lambda: head(alg="RSA1_5"), "decrypt.alg"),
    ("a256kw", lambda: head(alg="A256KW"), "decrypt.alg"),
    ("swapped", lambda: head(alg="A256GCM", enc="RSA-OAEP-256"), "decrypt.alg"),
    ("a192gcm", lambda: head(enc="A192GCM"), "decrypt.alg"),
    ("another_size", lambda: encrypted(LARGE), "decrypt.key"),
    ("no_wrapped_key", lambda: garbled(1, b""), "decrypt.key"),
    ("another_key", lambda: encrypted(OLD), "decrypt.failed"),
    ("bad_padding", lambda: garbled(1, b"\1" * 256), "decrypt.failed"),
    ("cek_of_0_bytes", lambda: encrypted(cek=b""), "decrypt.failed"),
    ("cek_of_5_bytes", lambda: encrypted(cek=b"12345"), "decrypt.failed"),
    ("cek_of_33_bytes", lambda: encrypted(cek=b"1" * 33), "decrypt.failed"),
    ("bad_tag", lambda: garbled(4, b"1" * 16), "decrypt.failed"),
    ("bad_iv", lambda: garbled(2, b"1" * 12), "decrypt.failed"),
    ("another_header", lambda: head(x=1), "decrypt.failed"),
    ("claims", lambda: tokens.encrypt(NEW, tokens.claims()), "decrypt.not_jws"),
    ("twice", lambda: tokens.encrypt(NEW, encrypted()), "decrypt.not_jws"),
    ("text", lambda: tokens.encrypt(NEW, "opaque"), "decrypt.not_jws"),
    (
        "plain_jwt",
        lambda: tokens.encrypt(
            NEW, tokens.unsigned({"alg": "none"}, tokens.claims()) + "."
        ),
        "header.alg",
    ),
    (
        "forged",
        lambda: tokens.encrypt(NEW, tokens.token(OTHER, head={"kid": "main"})),
        "signature.invalid",
    ),
    ("expired", lambda: encrypted(claims={"exp": 1}), "claims.exp"),
    ("four_parts", lambda: encrypted().rpartition(".")[0], "token.malformed"),
    ("six_parts", lambda: encrypted() + ".", "token.malformed"),
    ("padded", lambda: encrypted() + "=", "token.malformed"),
]


@pytest.mark.parametrize("path", ["/orders", "/orders/only"])
@pytest.mark.parametrize("make, reason", **table(REFUSED))
def test_refused(server, path, make, reason):
    answers.refused(server.get(path, make()), reason)


ROLLOVER = [
    ("new", "/rollover", NEW, {}, None),
    ("old", "/rollover", OLD, {}, None),
    ("with_a_kid", "/rollover", OLD, {"kid": "2025"}, None),
    ("neither", "/rollover", OTHER, {}, "decrypt.failed"),
    ("named_new", "/named", NEW, {"kid": "2026"}, None),
    ("named_old", "/named", OLD, {"kid": "2025"}, None),
    ("named_no_kid", "/named", OLD, {}, None),
    ("named_wrongly", "/named", OLD, {"kid": "2026"}, "decrypt.failed"),
    ("named_otherwise", "/named", NEW, {"kid": "2027"}, "decrypt.key"),
    ("named_almost", "/named", NEW, {"kid": "2026 "}, "decrypt.key"),
]


@pytest.mark.parametrize("path, key, how, reason", **table(ROLLOVER))
def test_rollover(server, path, key, how, reason):
    response = server.get(path, encrypted(key, **how))
    if reason:
        answers.refused(response, reason)
        return
    answers.accepted(response, tokens.SUBJECT)


def test_a_logout_token_is_never_encrypted(server):
    events = {"http://schemas.openid.net/event/backchannel-logout": {}}
    claims = {"aud": "app", "events": events, "jti": "1", "exp": 9999999999}
    plain = tokens.token(KEY, head={"typ": "logout+jwt"}, **claims)
    form = [("Content-Type", "application/x-www-form-urlencoded")]

    def send(token):
        body = f"logout_token={token}".encode()
        return server.request("POST", "/logout", headers=form, body=body)

    response = send(tokens.encrypt(NEW, plain))
    answers.not_logged_out(response, "token.encrypted")
    answers.logged_out(send(plain))


def test_a_key_that_is_new(authority):
    """The signature is inside: a key that is not known yet is asked for."""
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(
            authority,
            f"Auth0Issuer {issuer.url}\nAuth0DecryptionKey new.pem",
        )
        with Httpd(config, FILES) as httpd:
            httpd.wait_for_log("new keys of issuer")
            issuer.keys(KEY, OTHER)
            token = tokens.encrypt(NEW, issuer.token(OTHER))
            answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
            assert issuer.count() == 2


def test_a_new_key_needs_a_reload(server):
    """The file is read when httpd is, and not before."""
    with Httpd(CONFIG, FILES) as httpd:
        token = encrypted(LARGE)
        httpd.write("new.pem", LARGE.private_pem())
        answers.refused(httpd.get("/orders", token), "decrypt.key")
        httpd.graceful()
        answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)


def test_only_root_needs_to_read_the_key():
    """It is read before httpd gives root up."""
    httpd = Httpd(CONFIG, FILES)
    (httpd.directory / "new.pem").chmod(0o600)
    with httpd:
        answers.accepted(httpd.get("/orders", encrypted()), tokens.SUBJECT)
