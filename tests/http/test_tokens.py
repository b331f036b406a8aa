# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Hostile and broken tokens: each is refused, and for the right reason."""
import itertools
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from tokens import ABSENT

KEY = tokens.rsa_key("main")
OTHER = tokens.rsa_key("other")
CURVE = tokens.ec_key("curve")

EVERY = "RS256 PS256 ES256"
CONFIG = (
    ANYTHING
    + TENANT
    + location("/orders", "Require auth0-scope read:orders")
    + location("/any", f"Auth0Algorithms {EVERY}", "Require valid-user")
    + location(
        "/two-keys",
        "Auth0Issuer https://tenant.example/ file:${DIR}/two.json",
        "Require valid-user",
    )
    + location("/exact", "Auth0ClockSkew 0", "Require valid-user")
    + location("/email", "Auth0RemoteUser email", "Require valid-user")
    + location("/member", "Require valid-user")
)
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY, CURVE),
    "two.json": tokens.jwks(KEY, OTHER),
}


@pytest.fixture(scope="module")
def server():
    with Httpd(CONFIG, FILES) as httpd:
        yield httpd


def good(head=None, **changes):
    return tokens.token(KEY, head=head, **changes)


def now():
    return int(time.time())


def refuse(server, token, reason, path="/orders"):
    answers.refused(server.get(path, token), reason)


def test_good_token(server):
    response = server.get("/orders", good())
    answers.accepted(response, tokens.SUBJECT)


# ---------------------------------------------------------------- algorithms

NONES = ["".join(c) for c in itertools.product(*zip("none", "NONE"))]


@pytest.mark.parametrize("alg", NONES)
@pytest.mark.parametrize("signature", ["", "AAAA"], ids=["bare", "signed"])
def test_none(server, alg, signature):
    head = tokens.header(KEY, alg=alg)
    token = f"{tokens.unsigned(head, tokens.claims())}.{signature}"
    refuse(server, token, "header.alg")


def public_der():
    return KEY.private.public_key().public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo,
    )


PUBLIC_KEY_AS_SECRET = [
    ("pem", lambda: KEY.pem()),
    ("pem_without_newline", lambda: KEY.pem().rstrip()),
    ("pem_after_a_space", lambda: b" " + KEY.pem()),
    ("der", public_der),
    ("jwk", lambda: json.dumps(KEY.jwk()).encode()),
    ("jwks", lambda: tokens.jwks(KEY).encode()),
    ("modulus", lambda: tokens.unb64(KEY.jwk()["n"])),
    ("nothing", lambda: b""),
]


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("secret", **table(PUBLIC_KEY_AS_SECRET))
def test_public_key_as_secret(server, secret, alg):
    head = tokens.header(KEY, alg=alg)
    token = tokens.sign(tokens.Secret(secret()), alg, head, tokens.claims())
    refuse(server, token, "header.alg")


ALGORITHM = [
    ("absent", ABSENT),
    ("empty", ""),
    ("null", None),
    ("number", 256),
    ("array", ["RS256"]),
    ("object", {"RS256": 1}),
    ("lower_case", "rs256"),
    ("space_after", "RS256 "),
    ("longer", "RS2566"),
    ("shorter", "RS25"),
    ("one_letter", "R"),
    ("unknown", "RS1"),
    ("EdDSA", "EdDSA"),
    ("ES256K", "ES256K"),
    ("dir", "dir"),
    ("not_listed", "RS512"),
    ("of_another_family", "ES256"),
]


@pytest.mark.parametrize("alg", **table(ALGORITHM))
def test_algorithm_that_is_not_listed(server, alg):
    """The signature is good, if only one would take it for RS256."""
    refuse(server, good({"alg": alg}), "header.alg")


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256", "PS512"])
def test_good_signature_by_an_algorithm_that_is_not_listed(server, alg):
    refuse(server, tokens.token(KEY, alg), "header.alg")


CONFUSED = [
    ("RS_named_PS", KEY, "RS256", {"alg": "PS256"}, "signature.invalid"),
    ("PS_named_RS", KEY, "PS256", {"alg": "RS256"}, "signature.invalid"),
    ("RS384_named_RS256", KEY, "RS384", {"alg": "RS256"}, "signature.invalid"),
    ("EC_kid_of_RSA", CURVE, "ES256", {"kid": "main"}, "key.unusable"),
    ("RSA_kid_of_EC", KEY, "RS256", {"kid": "curve"}, "key.unusable"),
    ("PS_kid_of_EC", KEY, "PS256", {"kid": "curve"}, "key.unusable"),
]


@pytest.mark.parametrize("key, alg, head, reason", **table(CONFUSED))
def test_algorithm_confusion(server, key, alg, head, reason):
    refuse(server, tokens.token(key, alg, head), reason, "/any")


# -------------------------------------------------------------------- header

FORBIDDEN = [
    ("jwk", "jwk", OTHER.jwk()),
    ("jwk_of_ours", "jwk", KEY.jwk()),
    ("jwk_null", "jwk", None),
    ("jku", "jku", "https://evil.example/jwks.json"),
    ("x5u", "x5u", "https://evil.example/cert.pem"),
    ("x5c", "x5c", ["MIIB"]),
    ("b64_false", "b64", False),
    ("b64_true", "b64", True),
    ("zip", "zip", "DEF"),
    ("p2c", "p2c", 1000000),
    ("p2s", "p2s", "AAAA"),
]


@pytest.mark.parametrize("name, value", **table(FORBIDDEN))
def test_forbidden_member_under_a_good_signature(server, name, value):
    refuse(server, good({name: value}), "header.forbidden")


def test_embedded_key_does_not_verify_its_own_token(server):
    token = tokens.token(OTHER, head={"kid": "main", "jwk": OTHER.jwk()})
    refuse(server, token, "header.forbidden")


CRITICAL = [
    ("known_claim", ["exp"]),
    ("registered", ["alg"]),
    ("unknown", ["https://example.com/ext"]),
    ("empty", []),
    ("string", "exp"),
    ("null", None),
]


@pytest.mark.parametrize("crit", **table(CRITICAL))
def test_critical_extension(server, crit):
    refuse(server, good({"crit": crit}), "header.crit")


GOOD_TYPES = [
    ("absent", ABSENT),
    ("JWT", "JWT"),
    ("jwt", "jwt"),
    ("at_jwt", "at+jwt"),
    ("AT_JWT", "AT+JWT"),
    ("application_at_jwt", "application/at+jwt"),
    ("Application_at_jwt", "Application/at+JWT"),
]


@pytest.mark.parametrize("typ", **table(GOOD_TYPES))
def test_type_of_an_access_token(server, typ):
    response = server.get("/orders", good({"typ": typ}))
    answers.accepted(response, tokens.SUBJECT)


BAD_TYPES = [
    ("logout_token", "logout+jwt"),
    ("proof", "dpop+jwt"),
    ("event", "secevent+jwt"),
    ("request", "oauth-authz-req+jwt"),
    ("introspection", "token-introspection+jwt"),
    ("prefix", "JWTX"),
    ("space", "JWT "),
    ("parameter", "at+jwt; x=y"),
    ("empty", ""),
    ("null", None),
    ("number", 1),
    ("array", ["JWT"]),
]


@pytest.mark.parametrize("typ", **table(BAD_TYPES))
def test_type_of_another_token(server, typ):
    refuse(server, good({"typ": typ}), "header.typ")


HEADER = '{"alg":"RS256","typ":"JWT","kid":"main"}'


def nested(depth):
    """JSON that is depth levels deep, beside the object around it."""
    return "[" * depth + "]" * depth


BAD_HEADERS = [
    ("duplicate", '{"alg":"RS256","kid":"main","alg":"RS256"}'),
    ("none_then_RS256", '{"alg":"none","kid":"main","alg":"RS256"}'),
    ("duplicate_by_escape", '{"alg":"RS256","kid":"main","\\u0061lg":"none"}'),
    ("duplicate_within", '{"alg":"RS256","kid":"main","a":{"b":1,"b":1}}'),
    ("too_deep", f'{{"alg":"RS256","kid":"main","a":{nested(16)}}}'),
    ("deep_as_hell", f'{{"alg":"RS256","kid":"main","a":{nested(500)}}}'),
    ("over_2_KiB", f'{{"alg":"RS256","kid":"main","a":"{"a" * 2048}"}}'),
    ("array", "[" + HEADER + "]"),
    ("string", '"RS256"'),
    ("null", "null"),
    ("number", "1"),
    ("nothing", ""),
    ("not_json", "alg=RS256"),
    ("cut_short", HEADER[:-1]),
    ("text_after", HEADER + "x"),
    ("twice", HEADER + HEADER),
    ("nul_after", HEADER + "\0"),
    ("byte_order_mark", "\ufeff" + HEADER),
    ("bad_utf8", HEADER.encode().replace(b"JWT", b"J\xffT")),
    ("utf16", HEADER.encode("utf-16")),
    ("lone_surrogate", '{"alg":"RS256","kid":"\\ud800"}'),
    ("nul_in_a_string", '{"alg":"RS256","kid":"main\\u0000"}'),
    ("nul_in_a_name", '{"alg":"RS256","kid":"main","a\\u0000":1}'),
    ("comment", '{"alg":"RS256",/* */"kid":"main"}'),
    ("single_quotes", HEADER.replace('"', "'")),
    ("nan", '{"alg":"RS256","kid":"main","a":NaN}'),
    ("kid_number", '{"alg":"RS256","kid":1}'),
    ("kid_null", '{"alg":"RS256","kid":null}'),
    ("kid_array", '{"alg":"RS256","kid":["main"]}'),
    ("kid_too_long", f'{{"alg":"RS256","kid":"{"k" * 257}"}}'),
]


@pytest.mark.parametrize("head", **table(BAD_HEADERS))
def test_malformed_header(server, head):
    token = tokens.sign(KEY, "RS256", head, tokens.claims())
    refuse(server, token, "header.malformed")


GOOD_HEADERS = [
    ("unknown_member", '{"alg":"RS256","kid":"main","x-mine":{"a":[1]}}'),
    ("white_space", ' { "alg" : "RS256" ,\n"kid":"main" } '),
    ("escaped", '{"alg":"RS\\u0032\\u0035\\u0036","kid":"m\\u0061in"}'),
    ("at_the_depth", f'{{"alg":"RS256","kid":"main","a":{nested(15)}}}'),
    ("cty", '{"alg":"RS256","kid":"main","cty":"JWT"}'),
]


@pytest.mark.parametrize("head", **table(GOOD_HEADERS))
def test_unusual_header_that_is_good(server, head):
    token = tokens.sign(KEY, "RS256", head, tokens.claims())
    answers.accepted(server.get("/orders", token), tokens.SUBJECT)


# ---------------------------------------------------------------------- keys

UNKNOWN_KIDS = [
    ("other", "nobody"),
    ("longer", "main2"),
    ("shorter", "mai"),
    ("case", "MAIN"),
    ("space", "main "),
    ("path", "../../../../dev/null"),
    ("file_url", "file:///dev/null"),
    ("shell", "$(sleep 5)"),
    ("sql", "x' UNION SELECT 'key';--"),
    ("format", "%s%n%s%n"),
    ("newline", "main\n[auth0:error] forged"),
    ("256_bytes", "k" * 256),
]


@pytest.mark.parametrize("kid", **table(UNKNOWN_KIDS))
def test_unknown_kid(server, kid):
    refuse(server, good({"kid": kid}), "key.unknown")


def test_no_kid_and_one_key_that_fits(server):
    response = server.get("/orders", good({"kid": ABSENT}))
    answers.accepted(response, tokens.SUBJECT)


def test_no_kid_and_two_keys_that_fit(server):
    refuse(server, good({"kid": ABSENT}), "key.unknown", "/two-keys")


def test_kid_chooses_among_two_keys(server):
    for key in (KEY, OTHER):
        response = server.get("/two-keys", tokens.token(key))
        answers.accepted(response, tokens.SUBJECT)


def test_kid_of_the_other_key(server):
    token = tokens.token(KEY, head={"kid": "other"})
    refuse(server, token, "signature.invalid", "/two-keys")


# ---------------------------------------------------------- parts and base64

DIRECT = tokens.b64(b'{"alg":"dir","enc":"A256GCM"}')
WRAPPED = tokens.b64(b'{"alg":"RSA-OAEP-256","enc":"A256GCM"}')
HEAD = tokens.b64(HEADER.encode())

PARTS = [
    ("one_part", "AAAA", "token.opaque"),
    ("auth0_opaque", "8xLOxBtZp8~B-_8xLOxBtZp8", "token.opaque"),
    ("one_part_padded", "AAAA==", "token.opaque"),
    ("two_parts", f"{HEAD}.e30", "token.malformed"),
    ("two_parts_and_a_dot", f"{HEAD}.", "token.malformed"),
    ("four_parts", f"{HEAD}.e30.AAAA.AAAA", "token.malformed"),
    ("six_parts", f"{DIRECT}..AAAA.AAAA.AAAA.", "token.malformed"),
    ("dots", "." * 5000, "token.malformed"),
    ("two_dots", "..", "header.malformed"),
    ("empty_header", ".e30.AAAA", "header.malformed"),
    ("empty_signature", f"{HEAD}.e30.", "signature.length"),
    ("encrypted_dir", f"{DIRECT}..AAAA.AAAA.AAAA", "token.opaque"),
    ("encrypted", f"{WRAPPED}.AAAA.AAAA.AAAA.AAAA", "token.encrypted"),
    ("signed_in_five", f"{HEAD}.AAAA.AAAA.AAAA.AAAA", "token.encrypted"),
    ("five_no_header", "AAAA.AAAA.AAAA.AAAA.AAAA", "header.malformed"),
    ("five_bad_base64", f"{DIRECT}..A.AAAA.AAAA", "token.malformed"),
    ("abort", "AAAA.e30.A===", "token.malformed"),
    ("padded", f"{HEAD}.e30.AAA=", "token.malformed"),
    ("plus", f"{HEAD}.e30.AA+A", "token.malformed"),
    ("slash", f"{HEAD}.e30.AA/A", "token.malformed"),
    ("tilde", f"{HEAD}.e30.AA~A", "token.malformed"),
    ("length_1_modulo_4", f"{HEAD}.e30.AAAAA", "token.malformed"),
    ("one_letter_header", "A.e30.AAAA", "token.malformed"),
    ("one_letter_payload", f"{HEAD}.A.AAAA", "token.malformed"),
    ("last_bits_header", "AB.e30.AAAA", "token.malformed"),
    ("last_bits_payload", f"{HEAD}.AB.AAAA", "token.malformed"),
    ("last_bits_signature", f"{HEAD}.e30.AAB", "token.malformed"),
]


@pytest.mark.parametrize("token, reason", **table(PARTS))
def test_cut_of_a_token(server, token, reason):
    refuse(server, token, reason)


ALPHABET = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)


def another_text(part):
    """Other base64url text for the same bytes: the last bits differ."""
    assert len(part) % 4 in (2, 3), "all bits of the last letter are used"
    last = ALPHABET[ALPHABET.index(part[-1]) + 1]
    assert tokens.unb64(part[:-1] + last) == tokens.unb64(part)
    return part[:-1] + last


def odd_length(text):
    """JSON text with as much white space as leaves bits unused."""
    return text + " " * ((1 - len(text)) % 3)


@pytest.mark.parametrize("which", [0, 1, 2], ids="header payload sig".split())
def test_same_bytes_by_another_text(server, which):
    payload = odd_length(json.dumps(tokens.claims()))
    token = tokens.sign(KEY, "RS256", odd_length(HEADER), payload)
    answers.accepted(server.get("/orders", token), tokens.SUBJECT)
    parts = tokens.parts(token)
    parts[which] = another_text(parts[which])
    refuse(server, ".".join(parts), "token.malformed")


def token_of_length(length):
    for head_pad in range(3):
        head = HEADER + " " * head_pad
        for pad in range(length):
            payload = tokens.claims(pad="x" * pad)
            if len(tokens.unsigned(head, payload)) + 343 == length:
                return tokens.sign(KEY, "RS256", head, payload)
    raise AssertionError(f"no token is {length} characters long")


def test_token_as_long_as_can_be(server):
    token = token_of_length(8192)
    assert len(token) == 8192
    answers.accepted(server.get("/orders", token), tokens.SUBJECT)


def test_token_one_character_too_long(server):
    token = token_of_length(8193)
    assert len(token) == 8193
    refuse(server, token, "request.too_large")


# ---------------------------------------------------------------- signatures


def resigned(token, change):
    """The token with its signature's bytes changed."""
    head, payload, signature = tokens.parts(token)
    changed = tokens.b64(change(tokens.unb64(signature)))
    return f"{head}.{payload}.{changed}"


def flip(data, bit):
    number = int.from_bytes(data, "big") ^ (1 << bit)
    return number.to_bytes(len(data), "big")


SIGNATURES = [
    ("first_bit", lambda s: flip(s, 2047), "signature.invalid"),
    ("last_bit", lambda s: flip(s, 0), "signature.invalid"),
    ("zeros", lambda s: bytes(256), "signature.invalid"),
    ("ones", lambda s: b"\xff" * 256, "signature.invalid"),
    ("number_one", lambda s: bytes(255) + b"\1", "signature.invalid"),
    ("none", lambda s: b"", "signature.length"),
    ("one_byte", lambda s: s[:1], "signature.length"),
    ("truncated", lambda s: s[:-1], "signature.length"),
    ("without_first", lambda s: s[1:], "signature.length"),
    ("leading_zero", lambda s: b"\0" + s, "signature.length"),
    ("trailing_zero", lambda s: s + b"\0", "signature.length"),
    ("doubled", lambda s: s + s, "signature.length"),
]


@pytest.mark.parametrize("change, reason", **table(SIGNATURES))
def test_rsa_signature(server, change, reason):
    refuse(server, resigned(good(), change), reason)


def der(token):
    head, payload, _ = tokens.parts(token)
    data = CURVE.sign_der("ES256", f"{head}.{payload}".encode())
    return f"{head}.{payload}.{tokens.b64(data)}"


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
N = ORDER.to_bytes(32, "big")
ONE = bytes(31) + b"\1"


def padded(signature):
    """The same numbers, with leading zeros."""
    return bytes(8) + signature[:32] + bytes(8) + signature[32:]


CURVE_SIGNATURES = [
    ("65_bytes", lambda s: s + b"\0", "signature.length"),
    ("63_bytes", lambda s: s[:-1], "signature.length"),
    ("80_bytes", padded, "signature.length"),
    ("none", lambda s: b"", "signature.length"),
    ("r_and_s_zero", lambda s: bytes(64), "signature.invalid"),
    ("r_zero", lambda s: bytes(32) + s[32:], "signature.invalid"),
    ("s_zero", lambda s: s[:32] + bytes(32), "signature.invalid"),
    ("r_is_n", lambda s: N + s[32:], "signature.invalid"),
    ("s_is_n", lambda s: s[:32] + N, "signature.invalid"),
    ("r_and_s_one", lambda s: ONE + ONE, "signature.invalid"),
    ("r_and_s_swapped", lambda s: s[32:] + s[:32], "signature.invalid"),
    ("last_bit", lambda s: flip(s, 0), "signature.invalid"),
]


@pytest.mark.parametrize("change, reason", **table(CURVE_SIGNATURES))
def test_curve_signature(server, change, reason):
    token = tokens.token(CURVE, "ES256")
    refuse(server, resigned(token, change), reason, "/any")


def test_curve_signature_in_der(server):
    token = der(tokens.token(CURVE, "ES256"))
    refuse(server, token, "signature.length", "/any")


def test_pss_signature_without_its_leading_zero(server):
    """A number, not a signature: OpenSSL would take it as well."""
    while True:
        token = tokens.token(KEY, "PS256")
        if tokens.unb64(tokens.parts(token)[2])[0] == 0:
            break
    answers.accepted(server.get("/any", token), tokens.SUBJECT)
    short = resigned(token, lambda s: s[1:])
    refuse(server, short, "signature.length", "/any")


def test_signature_by_another_key(server):
    token = tokens.token(OTHER, head={"kid": "main"})
    refuse(server, token, "signature.invalid")


def test_signature_of_another_token(server):
    head, payload, _ = tokens.parts(good(scope="admin"))
    signature = tokens.parts(good())[2]
    refuse(server, f"{head}.{payload}.{signature}", "signature.invalid")


def test_header_changed_after_signing(server):
    _, payload, signature = tokens.parts(good())
    head = tokens.b64(HEADER.encode())
    refuse(server, f"{head}.{payload}.{signature}", "signature.invalid")


# -------------------------------------------------------------------- claims


GOOD = json.dumps(tokens.claims())


def text_with(name, text):
    """The payload of a good token, but for the text of one claim."""
    return tokens.with_raw(tokens.claims(), name, text)


BAD_PAYLOADS = [
    ("nothing", ""),
    ("array", "[]"),
    ("array_of_claims", f"[{GOOD}]"),
    ("string", '"claims"'),
    ("null", "null"),
    ("not_json", "sub=me"),
    ("cut_short", GOOD[:-1]),
    ("text_after", GOOD + "x"),
    ("nul_after", GOOD + "\0"),
    ("byte_order_mark", "\ufeff" + GOOD),
    ("bad_utf8", text_with("x", '"\xff"').encode("latin-1")),
    ("duplicate", text_with("x", '1, "x": 1')),
    ("duplicate_scope", text_with("x", '1, "scope": "admin"')),
    ("duplicate_exp", text_with("x", '1, "exp": 9999999999')),
    ("duplicate_within", text_with("x", '{"a": 1, "a": 1}')),
    ("too_deep", text_with("x", nested(32))),
    ("deep_as_hell", text_with("x", nested(2000))),
    ("nul_in_sub", text_with("sub", '"a\\u0000b"')),
    ("lone_surrogate", text_with("sub", '"\\ud800"')),
    ("exp_1e400", text_with("exp", "1e400")),
    ("exp_NaN", text_with("exp", "NaN")),
    ("exp_Infinity", text_with("exp", "Infinity")),
    ("exp_leading_zero", text_with("exp", "09999999999")),
    ("exp_hexadecimal", text_with("exp", "0xffffffff")),
]


def with_raw(name, text):
    return tokens.sign(KEY, "RS256", HEADER, text_with(name, text))


@pytest.mark.parametrize("payload", **table(BAD_PAYLOADS))
def test_malformed_payload(server, payload):
    token = tokens.sign(KEY, "RS256", HEADER, payload)
    refuse(server, token, "claims.malformed")


WRONG_DATES = [
    ("string", '"9999999999"'),
    ("true", "true"),
    ("null", "null"),
    ("array", "[9999999999]"),
    ("object", "{}"),
    ("negative", "-1"),
    ("negative_fraction", "-0.5"),
    ("year_10000", "253402300800"),
    ("2_63_less_1", "9223372036854775807"),
    ("1e300", "1e300"),
    ("1e308", "1e308"),
]


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", **table(WRONG_DATES))
def test_date_of_a_wrong_type_or_range(server, name, value):
    refuse(server, with_raw(name, value), "claims.type")


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["9223372036854775808", "1" + "0" * 400])
def test_date_that_no_integer_holds(server, name, value):
    refuse(server, with_raw(name, value), "claims.malformed")


GOOD_DATES = [
    ("exp_fraction", "exp", lambda: f"{now() + 60}.75"),
    ("exp_exponent", "exp", lambda: "9.9e9"),
    ("exp_year_9999", "exp", lambda: "253402300799"),
    ("exp_within_skew", "exp", lambda: str(now() - 2)),
    ("nbf_fraction", "nbf", lambda: f"{now() - 60}.75"),
    ("nbf_zero", "nbf", lambda: "0"),
    ("nbf_within_skew", "nbf", lambda: str(now() + 5)),
    ("nbf_now", "nbf", lambda: str(now())),
    ("iat_fraction", "iat", lambda: f"{now() - 60}.75"),
    ("iat_zero", "iat", lambda: "0"),
    ("iat_within_skew", "iat", lambda: str(now() + 5)),
]


@pytest.mark.parametrize("name, value", **table(GOOD_DATES))
def test_date_that_is_good(server, name, value):
    response = server.get("/orders", with_raw(name, value()))
    answers.accepted(response, tokens.SUBJECT)


BAD_DATES = [
    ("exp_zero", "exp", lambda: "0", "claims.exp"),
    ("exp_an_hour_ago", "exp", lambda: str(now() - 3600), "claims.exp"),
    ("exp_beyond_skew", "exp", lambda: str(now() - 5), "claims.exp"),
    ("exp_fraction", "exp", lambda: f"{now() - 6}.5", "claims.exp"),
    ("nbf_in_an_hour", "nbf", lambda: str(now() + 3600), "claims.nbf"),
    ("nbf_beyond_skew", "nbf", lambda: str(now() + 9), "claims.nbf"),
    ("iat_in_an_hour", "iat", lambda: str(now() + 3600), "claims.iat"),
    ("iat_beyond_skew", "iat", lambda: str(now() + 9), "claims.iat"),
    ("iat_year_9999", "iat", lambda: "253402300799", "claims.iat"),
]


@pytest.mark.parametrize("name, value, reason", **table(BAD_DATES))
def test_date_that_is_past_or_future(server, name, value, reason):
    refuse(server, with_raw(name, value()), reason)


def test_no_skew_and_exp_is_now(server):
    refuse(server, good(exp=now()), "claims.exp", "/exact")


def test_no_skew_and_exp_is_soon(server):
    response = server.get("/exact", good(exp=now() + 3))
    answers.accepted(response, tokens.SUBJECT)


def test_no_skew_and_nbf_is_soon(server):
    refuse(server, good(nbf=now() + 3), "claims.nbf", "/exact")


A = tokens.AUDIENCE
CLAIMS = [
    ("iss_without_slash", {"iss": tokens.ISSUER[:-1]}, "claims.iss"),
    ("iss_two_slashes", {"iss": tokens.ISSUER + "/"}, "claims.iss"),
    ("iss_case", {"iss": "https://Tenant.example/"}, "claims.iss"),
    ("iss_http", {"iss": "http://tenant.example/"}, "claims.iss"),
    ("iss_other", {"iss": "https://evil.example/"}, "claims.iss"),
    ("iss_longer", {"iss": tokens.ISSUER + "evil"}, "claims.iss"),
    ("iss_empty", {"iss": ""}, "claims.iss"),
    ("iss_absent", {"iss": ABSENT}, "claims.missing"),
    ("iss_number", {"iss": 1}, "claims.type"),
    ("iss_array", {"iss": [tokens.ISSUER]}, "claims.type"),
    ("iss_null", {"iss": None}, "claims.type"),
    ("aud_other", {"aud": "https://api.example.com/other"}, "claims.aud"),
    ("aud_slash", {"aud": A + "/"}, "claims.aud"),
    ("aud_case", {"aud": A.upper()}, "claims.aud"),
    ("aud_longer", {"aud": A + "2"}, "claims.aud"),
    ("aud_shorter", {"aud": A[:-1]}, "claims.aud"),
    ("aud_two_words", {"aud": f"{A} other"}, "claims.aud"),
    ("aud_empty", {"aud": ""}, "claims.aud"),
    ("aud_empty_array", {"aud": []}, "claims.aud"),
    ("aud_other_array", {"aud": ["https://else", "x"]}, "claims.aud"),
    ("aud_absent", {"aud": ABSENT}, "claims.missing"),
    ("aud_null", {"aud": None}, "claims.type"),
    ("aud_number", {"aud": 1}, "claims.type"),
    ("aud_true", {"aud": True}, "claims.type"),
    ("aud_object", {"aud": {A: A}}, "claims.type"),
    ("aud_mixed_array", {"aud": [A, 1]}, "claims.type"),
    ("aud_nested_array", {"aud": [[A]]}, "claims.type"),
    ("aud_65", {"aud": [A] + ["x"] * 64}, "claims.type"),
    ("exp_absent", {"exp": ABSENT}, "claims.missing"),
    ("all_absent", {k: ABSENT for k in tokens.claims()}, "claims.missing"),
    ("sub_number", {"sub": 1}, "claims.type"),
    ("sub_null", {"sub": None}, "claims.type"),
    ("sub_array", {"sub": ["a"]}, "claims.type"),
    ("sub_object", {"sub": {"a": "b"}}, "claims.type"),
    ("sub_newline", {"sub": "a\nb"}, "claims.type"),
    ("sub_cr_lf", {"sub": "a\r\nX-User: admin"}, "claims.type"),
    ("sub_tab", {"sub": "a\tb"}, "claims.type"),
    ("sub_escape", {"sub": "a\x1bb"}, "claims.type"),
    ("sub_delete", {"sub": "a\x7fb"}, "claims.type"),
    ("azp_control", {"azp": "a\nb"}, "claims.type"),
    ("client_id_control", {"client_id": "a\nb"}, "claims.type"),
    ("org_id_control", {"org_id": "a\nb"}, "claims.type"),
    ("azp_number", {"azp": 1}, "claims.type"),
    ("scope_array", {"scope": ["read:orders"]}, "claims.type"),
    ("scope_null", {"scope": None}, "claims.type"),
    ("scope_number", {"scope": 1}, "claims.type"),
    ("scope_object", {"scope": {"read:orders": True}}, "claims.type"),
    ("permissions_string", {"permissions": "a b"}, "claims.type"),
    ("permissions_mixed", {"permissions": ["a", 1]}, "claims.type"),
    ("jti_number", {"jti": 1}, "claims.type"),
    ("cnf_jkt", {"cnf": {"jkt": "A" * 43}}, "cnf.scheme"),
    ("cnf_jkt_short", {"cnf": {"jkt": "AAAA"}}, "claims.type"),
    ("cnf_x5t", {"cnf": {"x5t#S256": "A" * 43}}, "cnf.certificate"),
    ("cnf_x5t_short", {"cnf": {"x5t#S256": "AAAA"}}, "claims.type"),
    ("cnf_other", {"cnf": {"kid": "AAAA"}}, "cnf.unknown"),
    ("cnf_empty", {"cnf": {}}, "cnf.unknown"),
]


@pytest.mark.parametrize("changes, reason", **table(CLAIMS))
def test_claim_that_is_bad(server, changes, reason):
    refuse(server, good(**changes), reason)


@pytest.mark.parametrize("value", ["null", '"jkt"', "1", "[]", "false"])
def test_binding_of_a_wrong_type(server, value):
    """Whatever stands in cnf, the token is not a plain bearer token."""
    response = server.get("/orders", with_raw("cnf", value))
    answers.refused(response, "claims.type")


GOOD_CLAIMS = [
    ("aud_array", {"aud": [A]}),
    ("aud_array_with_userinfo", {"aud": [A, tokens.ISSUER + "userinfo"]}),
    ("aud_last_of_64", {"aud": ["x"] * 63 + [A]}),
    ("scope_among_others", {"scope": "a read:orders b"}),
    ("scope_spaces", {"scope": "  read:orders  "}),
    ("iat_absent", {"iat": ABSENT}),
    ("unknown_claims", {"https://example.com/roles": ["a"], "x": None}),
    ("at_the_depth", {"x": json.loads(nested(31))}),
    ("permissions", {"permissions": ["read:orders"]}),
]


@pytest.mark.parametrize("changes", **table(GOOD_CLAIMS))
def test_claim_that_is_good(server, changes):
    response = server.get("/orders", good(**changes))
    answers.accepted(response, tokens.SUBJECT)


USERS = [
    ("sub", "/member", {}, tokens.SUBJECT),
    ("sub_absent", "/member", {"sub": ABSENT}, '""'),
    ("sub_empty", "/member", {"sub": ""}, '""'),
    ("another_claim", "/email", {"email": "a@example.com"}, "a@example.com"),
    ("another_claim_absent", "/email", {}, '""'),
    ("another_claim_number", "/email", {"email": 1}, "1"),
    ("another_claim_array", "/email", {"email": ["a"]}, '""'),
]


@pytest.mark.parametrize("path, changes, user", **table(USERS))
def test_user(server, path, changes, user):
    answers.accepted(server.get(path, good(**changes)), user)


def test_user_with_a_control_character(server):
    token = good(email="a@example.com\nX: y")
    refuse(server, token, "claims.type", "/email")
