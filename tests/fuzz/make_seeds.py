#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Write known.h and the corpora anew, with keys that are then forgotten.

The key that known_jwe.h has is a private one: it is there to decrypt with.
Needs python3-cryptography and python3-jwcrypto. The tokens are made without any of the module's
own code, so that they also show that it understands other people's tokens.
"""
import base64
import hashlib
import hmac
import json
import os
import shutil

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from jwcrypto import jwe, jwk

HERE = os.path.dirname(os.path.abspath(__file__))
ISSUER = "https://tenant.example.auth0.com/"
AUDIENCE = "https://api.example.com/orders"
NOW = 1800000000
SECRET = b"a secret for tests only, longer than any hash, and public"
CLAIMS = {"iss": ISSUER, "sub": "auth0|fuzz", "aud": [AUDIENCE, "x"],
          "iat": NOW - 60, "exp": NOW + 60, "scope": "read:orders"}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n, length=None):
    return b64(n.to_bytes(length or (n.bit_length() + 7) // 8, "big"))


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())


def sign(alg, data):
    sha256 = hashes.SHA256()
    if alg == "RS256":
        return RSA.sign(data, padding.PKCS1v15(), sha256)
    if alg == "PS256":
        pss = padding.PSS(mgf=padding.MGF1(sha256), salt_length=32)
        return RSA.sign(data, pss, sha256)
    if alg == "ES256":
        r, s = utils.decode_dss_signature(EC.sign(data, ec.ECDSA(sha256)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return hmac.new(SECRET, data, hashlib.sha256).digest()


def token(alg, kid):
    header = {"alg": alg, "typ": "JWT"}
    if kid:
        header["kid"] = kid
    text = b64(json.dumps(header).encode()) + "."
    text += b64(json.dumps(CLAIMS).encode())
    return text + "." + b64(sign(alg, text.encode()))


def jwks():
    n = RSA.public_key().public_numbers()
    p = EC.public_key().public_numbers()
    return {"keys": [
        {"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256",
         "n": number(n.n), "e": number(n.e)},
        {"kty": "EC", "kid": "ec", "use": "sig", "crv": "P-256",
         "x": number(p.x, 32), "y": number(p.y, 32)}]}


TOKENS = {"RS256": token("RS256", "rsa"), "PS256": token("PS256", "rsa"),
          "ES256": token("ES256", "ec"), "HS256": token("HS256", None)}
JWKS = json.dumps(jwks())


def c_string(text):
    lines = [json.dumps(text[i:i + 66]) for i in range(0, len(text), 66)]
    return "\n".join("    " + line for line in lines)


def write_known():
    out = ["/* Licensed under the Apache License, Version 2.0; "
           "see LICENSE. */",
           "/* Made by make_seeds.py; the private keys are forgotten. */",
           "/* clang-format off */",
           "#ifndef KNOWN_H", "#define KNOWN_H", "",
           "#define KNOWN_NOW %d" % NOW,
           '#define KNOWN_ISSUER "%s"' % ISSUER,
           '#define KNOWN_AUDIENCE "%s"' % AUDIENCE, "",
           "static const char known_secret[] =",
           c_string(SECRET.decode()) + ";", "",
           "static const char known_jwks[] =", c_string(JWKS) + ";", "",
           "/* Good at KNOWN_NOW: RS256, PS256, ES256, HS256. */",
           "static const char *const known_tokens[] = {"]
    out += [c_string(t) + "," for t in TOKENS.values()]
    out += ["};", "", "#endif", ""]
    with open(os.path.join(HERE, "known.h"), "w") as f:
        f.write("\n".join(out))


def seeds(surface, files):
    folder = os.path.join(HERE, "corpus", surface)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())


def token_seeds():
    good = {"good-" + k.lower(): v for k, v in TOKENS.items()}
    head, body, signature = TOKENS["RS256"].split(".")
    def part(value):
        return b64(json.dumps(value).encode())
    none = part({"alg": "none"})
    dir_ = part({"alg": "dir", "enc": "A256GCM"})
    oaep = part({"alg": "RSA-OAEP-256", "enc": "A256GCM"})
    bad = {
        "abort": "A===.e30.AAAA",
        "empty": "",
        "opaque": "7Fjfp0ZBr1KtDRbnfVdmIw",
        "dots": "." * 40,
        "none": none + "." + body + ".",
        "no-signature": head + "." + body + ".",
        "short-signature": head + "." + body + "." + signature[:-4],
        "padded": TOKENS["ES256"] + "==",
        "junk-behind": TOKENS["ES256"] + "=.a.b.c",
        "jwe-dir": dir_ + "..AAAA.AAAA.AAAA",
        "jwe-oaep": oaep + ".AAAA.AAAA.AAAA.AAAA",
        "psychic": ".".join(TOKENS["ES256"].split(".")[:2]) + "."
                   + b64(bytes(64)),
        "crit": ".".join([part({"alg": "RS256", "crit": ["exp"]}), body,
                          signature]),
        "jwk": ".".join([part({"alg": "RS256", "jwk": {}}), body,
                         signature]),
        "hs256-over-rsa": ".".join([part({"alg": "HS256", "kid": "rsa"}),
                                    body, b64(bytes(32))]),
    }
    return {**good, **bad}


def header_seeds():
    deep = '{"alg":"RS256","x":' + "[" * 17 + "]" * 17 + "}"
    return {
        "header-rs256": '{"alg":"RS256","kid":"rsa","typ":"JWT"}',
        "header-es256": '{"alg":"ES256","kid":"ec","typ":"at+jwt"}',
        "header-hs256": '{"alg":"HS256"}',
        "header-none": '{"alg":"nOnE"}',
        "header-twice": '{"alg":"none","alg":"RS256"}',
        "header-crit": '{"alg":"RS256","crit":["b64"],"b64":false}',
        "header-deep": deep,
        "header-kid": '{"alg":"RS256","kid":"%s"}' % ("k" * 257),
        "header-escapes": '{"\\u0061lg":"RS\\u003256"}',
    }


def jwks_seeds():
    rsa_key, ec_key = jwks()["keys"]
    def doc(*keys):
        return json.dumps({"keys": keys})
    return {
        "good": JWKS,
        "good-rsa": doc(rsa_key),
        "good-ec": doc(ec_key),
        "no-kid": doc({k: v for k, v in ec_key.items() if k != "kid"}),
        "mixed": doc({"kty": "oct", "k": "AQ"}, {"kty": "OKP"}, 1, ec_key),
        "collision": doc(ec_key, {**rsa_key, "kid": "ec"}),
        "twice": doc(ec_key, ec_key),
        "private": doc({**ec_key, "d": "AQ"}),
        "e1": doc({**rsa_key, "e": "AQ"}),
        "off-curve": doc({**ec_key, "y": ec_key["x"]}),
        "enc": doc({**rsa_key, "use": "enc"}),
        "empty-set": '{"keys":[]}',
        "cut": JWKS[:200],
    }


LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def claims_seeds():
    return {
        "good": json.dumps(CLAIMS),
        "good-least": '{"iss":"%s","aud":"%s","exp":%d}' % (ISSUER, AUDIENCE,
                                                           NOW + 1),
        "expired": json.dumps({**CLAIMS, "exp": NOW}),
        "huge-exp": '{"iss":"%s","aud":"%s","exp":1e308}' % (ISSUER,
                                                             AUDIENCE),
        "fraction": json.dumps({**CLAIMS, "exp": NOW + 0.5}),
        "nbf": json.dumps({**CLAIMS, "nbf": NOW + 1}),
        "cnf": json.dumps({**CLAIMS, "cnf": {"jkt": "x"}}),
        "cnf-unknown": json.dumps({**CLAIMS, "cnf": {"kid": "x"}}),
        "good-jkt": json.dumps({**CLAIMS, "cnf": {"jkt": "A" * 43}}),
        "good-x5t": json.dumps({**CLAIMS,
                                "cnf": {"x5t#S256": "A" * 43, "x": 1}}),
        "control": json.dumps({**CLAIMS, "sub": "a\r\nb"}),
        "logout": json.dumps({**CLAIMS, "jti": "j", "sid": "s",
                              "events": {LOGOUT_EVENT: {}}}),
        "aud-65": json.dumps({**CLAIMS, "aud": ["x"] * 65}),
        "twice": '{"iss":"a","iss":"b"}',
        "array": "[]",
    }


def bearer_seeds():
    return {
        "good": "Bearer " + TOKENS["ES256"],
        "good-case": "bEARER abc==",
        "nothing": "Bearer",
        "two-words": "Bearer a b",
        "two-fields": "Bearer a, Bearer b",
        "basic": "Basic dTpw",
        "hidden": "Basic dTpw, Bearer b",
        "good-dpop": "DPoP " + TOKENS["ES256"],
        "two-schemes": "DPoP a, Bearer b",
        "hidden-dpop": "Basic dTpw, DPoP b",
        "bytes": b"Bearer \xff\x01",
        "realm": b"a\"b\\c\r\nX: y",
    }


def scope_seeds():
    return {
        "good": "read:orders\nread:orders write:orders",
        "good-both": "a b\nb a",
        "good-either": "a|b\nb",
        "prefix": "read:a\nread:ab",
        "empty": "\n",
        "spaces": "  a  b \n  b   a  ",
        "bad-bytes": b"a\"b\nx",
        "nul": b"a\na\0b",
    }


def form_seeds():
    return {
        "good": "a=1&access_token=" + TOKENS["ES256"] + "&b=2",
        "good-escapes": "%61ccess_token=%61%2B%3d&a=+",
        "good-last": "&&a&access_token=x",
        "two": "access_token=a&access%5Ftoken=a",
        "semicolon": "a=1;access_token=b&c",
        "escape": "access_token=%4",
        "nothing": "a=1&b=access_token&access_tokens=1",
        "nul": b"access_token\0=a&access_token%00=b",
        "bytes": bytes(range(256)),
        "url": "access_token=a?b#c&access_token=d",
    }


def json_seeds():
    return {
        "good": '{"a":[1,2.5,"x",true,null,{"b":{}}]}',
        "good-deep": '{"a":' + "[" * 15 + "]" * 15 + "}",
        "deep": '{"a":' + "[" * 16 + "]" * 16 + "}",
        "strings": '{"a":"[[[[\\"{{{{\\\\"}',
        "twice": '{"a":1,"\\u0061":2}',
        "nul": '{"a":"\\u0000"}',
        "bom": b"\xef\xbb\xbf{}",
        "large-number": '{"a":1e400}',
        "good-delete": '{"a":"\x7f","\\u007f":[0.1,0.12345678901234567]}',
        "good-unicode": '{"a":"\\u00e9\\ud83d\\ude00","b":-0.0}',
        "literal": "-1.5e3",
        "literal-false": "false",
        "literal-space": "1 ",
        "array": "[]",
        "open": '{"a',
    }


def b64_seeds():
    return {"good": "Zm9vYmFy", "good-two": "Zg", "unused-bits": "Zh",
            "padded": "Zg==", "one": "A", "standard": "+/+/",
            "bytes": bytes(range(256))}


def discovery_seeds():
    def doc(**members):
        return json.dumps({"issuer": ISSUER, **members})
    return {
        "good": doc(jwks_uri=ISSUER + ".well-known/jwks.json"),
        "http": doc(jwks_uri="http://a.example/k"),
        "loopback": doc(jwks_uri="http://127.0.0.1:8080/k"),
        "user": doc(jwks_uri="https://u@a.example/k"),
        "nothing": doc(),
        "other": '{"issuer":"https://evil.example/","jwks_uri":"https://e/"}',
    }


def keyfile(rest):
    seal = hashlib.sha256(rest).hexdigest().encode()
    return b"mod_auth0 keys 1 " + seal + b"\n" + rest


def keyfile_seeds():
    place = ISSUER + "\n" + ISSUER + ".well-known/jwks.json\n"
    good = keyfile((place + JWKS).encode())
    return {
        "good": good,
        "good-empty": keyfile(place.encode()),
        "good-least": keyfile(b"\n\n"),
        "good-bytes": keyfile(b"a\nb\n\0\n\xff\0"),
        "turned-bit": good[:-1] + bytes([good[-1] ^ 1]),
        "cut": good[:-1],
        "behind": good + b"\n",
        "one-line": keyfile(b"a\n"),
        "open-line": keyfile(b"a\nb"),
        "no-seal": b"mod_auth0 keys 1 \na\nb\n",
        "upper-case": good[:17] + good[17:81].upper() + good[81:],
        "other-version": good.replace(b"keys 1", b"keys 2", 1),
        "first-line": good[:82],
        "plain": JWKS,
    }


def deny_seeds():
    return {
        "good": "# all\nsub auth0|fuzz\nclient app\norg ACME\njti j\n"
                "sid s\nkid rsa\n",
        "good-before": "sub auth0|fuzz before=%d\n" % (NOW - 59),
        "good-until": "sub auth0|fuzz until=%d\n" % (NOW + 1),
        "good-over": "sub auth0|fuzz before=%d until=%d\n" % (NOW - 60, NOW),
        "good-many": "".join(
            "sub auth0|fuzz before=%d until=%d\n" % (NOW - 60 + i, NOW + 1 - i)
            for i in range(-3, 4)),
        "good-cases": "org acme until=1\norg Acme\norg ACME before=2\n",
        "good-org-id": "org org_1\norg ORG_1\n",
        "good-kid": "kid rsa",
        "good-client": "client app2",
        "good-quoted": 'sub "auth0|fuzz"\nsub "a \\"\\\\ b" until=2\n',
        "good-nothing": "\n  \n#\n",
        "unknown": "user x\n",
        "missing": "sub\n",
        "open": 'sub "x\n',
        "escape": 'sub "\\x"\n',
        "number": "sub x before=1800000000000\n",
        "twice": "sub x before=1 before=1\n",
        "more": "sub x y\n",
        "control": "sub x\r\n",
        "long": "sub " + "x" * 8189 + "\n",
    }


def pointer_seeds():
    doc = json.dumps({"a": [10, {"b": None, "c": False}], "": {"": 0},
                      "a/b": {"m~n": 1}, "n": None, "/a": 2,
                      "https://ns/roles": ["x"], "d": {"0": [1] * 11}})
    names = {
        "good": "/a/1/c", "good-name": "https://ns/roles", "good-slash": "/~1a",
        "good-escaped": "/a~1b/m~0n", "good-empty": "//", "good-index":
        "/d/0/10", "null": "/a/1/b", "null-name": "n", "zeros": "/d/0/010",
        "end": "/a/-", "wide": "/a/18446744073709551616", "tilde": "/a~",
        "tilde-two": "/a~2", "control": "/a\t", "nothing": "",
        "steps": "/a" * 33, "tilde-one": "/~01", "percent": "/a%2Fb",
    }
    return {k: v + "\n" + doc for k, v in names.items()}


def require_seeds():
    def line(kind, words, **claims):
        return "%d%s\n%s" % (kind, "|".join(words), json.dumps(claims))
    details = [{"type": "x"}, {"type": "pay"}]
    return {
        "good-scope": line(0, ["a", "b c"], scope="c b"),
        "good-permission": line(1, ["b c"], permissions=["b", "c"]),
        "good-claim": line(2, ["https://ns/r", "x", "y"],
                           **{"https://ns/r": ["z", "y"]}),
        "good-pointer": line(2, ["/u/r/1", "1.5"], u={"r": [0, 1.5]}),
        "good-boolean": line(2, ["v", "true"], v=True),
        "good-present": line(2, ["v"], v=False),
        "good-org": line(3, ["Corp", "org_1"], org_id="org_2",
                         org_name="corp"),
        "good-org-id": line(3, ["org_1"], org_id="org_1"),
        "good-client": line(4, ["a", "b"], azp="a", client_id="b"),
        "good-user": line(5, ["user"], sub="auth0|1", gty="password"),
        "good-machine": line(5, ["machine"], sub="a@clients", azp="a"),
        "good-agent": line(5, ["agent"], sub="x", sub_profile="ai_agent"),
        "good-anonymous": line(5, ["anonymous"], sub="anon@1",
                               sub_profile="user"),
        "good-step-up": line(6, ["acr=a b", "max_age=9"], acr="b",
                             auth_time=NOW - 9),
        "good-details": line(7, ["pay"], authorization_details=details),
        "old": line(6, ["max_age=9"], auth_time=NOW - 10),
        "future": line(6, ["max_age=9"], auth_time=NOW + 5.5),
        "text-time": line(6, ["max_age=9"], auth_time="x"),
        "two-clients": line(4, ["a"], azp="a", client_id="b"),
        "array-scope": line(0, ["a"], scope=["a"]),
        "literal": line(2, ["v", "1", "1.0", " 1", "null"], v=[[1], "1.0"]),
        "null": line(2, ["v", "null"], v=None),
        "other-text": line(2, ["v", "abc"], v=["abd", "ab"]),
        "object": line(2, ["v", "x"], v={"x": "x"}),
        "detail": line(7, ["pay"], authorization_details=details[1]),
        "no-words": line(3, []),
        "bad-words": line(6, ["acr=a\"b"]),
    }


def export_seeds():
    def line(names, claim):
        return names + "\n" + json.dumps({"c": claim})
    managed = "close, x_auth0_sub,, X.Auth0.Sub ,Upgrade"
    return {
        "good-string": line(managed, "auth0|x"),
        "good-words": line("close", ["a", "b"]),
        "good-number": line("X-Auth0-Sub", 0.1),
        "good-object": line(",", {"a": [True, None, "\u00e9"]}),
        "null": line("", None),
        "control": line("x-auth0-sub,", "a\r\nb\x7f"),
        "blanks": line("X Auth0 Sub", [" a", ""]),
        "umlaut": line("X-Auth0-Sub;q=1", "J\u00f6rg \U0001f600"),
        "long": line("keep-alive", "x" * 4097),
        "mixed": line("-,--", ["a", 7, ["b"]]),
        "absent": "TE\n{}",
    }


def dpop_proof(alg, header=None, without=(), **claims):
    rsa_key, ec_key = jwks()["keys"]
    members = ("kty", "n", "e", "crv", "x", "y")
    key = {k: v for k, v in (ec_key if alg == "ES256" else rsa_key).items()
           if k in members}
    head = {"typ": "dpop+jwt", "alg": alg, "jwk": key, **(header or {})}
    ath = b64(hashlib.sha256(b"an.access.token").digest())
    body = {"jti": "j", "htm": "GET", "htu": "https://api.example.com/orders",
            "iat": NOW, "ath": ath, **claims}
    body = {k: v for k, v in body.items() if k not in without}
    text = b64(json.dumps(head).encode()) + "."
    text += b64(json.dumps(body).encode())
    return text + "." + b64(sign(alg, text.encode()))


def dpop_seeds():
    ec_key = jwks()["keys"][1]
    return {
        "good-es256": dpop_proof("ES256"),
        "good-rs256": dpop_proof("RS256"),
        "good-ps256": dpop_proof("PS256"),
        "good-nonce": dpop_proof("ES256", nonce="n"),
        "good-fraction": dpop_proof("ES256", iat=NOW - 299.999999),
        "good-url": dpop_proof(
            "ES256", htu="HTTPS://API.example.com:443/./%6frders?a#b"),
        "good-life": dpop_proof("ES256", exp=NOW + 1, nbf=NOW),
        "early": dpop_proof("ES256", iat=NOW + 31),
        "late": dpop_proof("ES256", iat=NOW - 301),
        "over": dpop_proof("ES256", exp=NOW),
        "method": dpop_proof("ES256", htm="get"),
        "url": dpop_proof("ES256", htu="https://api.example.com/Orders"),
        "no-ath": dpop_proof("ES256", without=["ath"]),
        "jti-257": dpop_proof("ES256", jti="j" * 257),
        "private": dpop_proof("ES256", {"jwk": {**ec_key, "d": "AQ"}}),
        "typ": dpop_proof("ES256", {"typ": "JWT"}),
        "token": TOKENS["ES256"],
        "two": dpop_proof("ES256") + ", " + dpop_proof("ES256"),
        "header": '{"typ":"dpop+jwt","alg":"ES256","jwk":'
                  + json.dumps(ec_key) + "}",
        "payload": '{"jti":"j","htm":"GET","htu":"https://h/","iat":1.5e9}',
        "nonce": "A" * 43,
        "empty": "",
    }


def htu_seeds():
    return {
        "good": "https://api.example.com/orders\n"
                "HTTPS://API.example.com:443/./x/../%6frders?a#b",
        "good-empty": "http://h\nhttp://h:80/",
        "good-ipv6": "https://[::A]:1/\nhttps://[::a]:1",
        "good-dots": "https://h/a/b/c/./../../g\nhttps://h/a/%2e%2E/a/g/.",
        "good-slashes": "https://h//a//..//b%2Fc%2f\nhttps://h/a|b",
        "user": "https://u:p@h/\nhttps://h@/",
        "port": "https://h:65536/\nhttps://h:0443/",
        "escape": "https://h/%zz\nhttps://h/%",
        "nul": b"https://h/a\0b\nhttps://h/%00",
        "backslash": "https:\\\\h\\a\nhttps://h/a\\..\\b",
        "relative": "/orders\n//h/orders",
        "bytes": b"https://\xc3\xa4/\nhttps://h/\xff",
    }


def registration_seeds():
    one = ["https://api.example.com/orders", "Orders API", "read:orders",
           "Read orders", "Nightly batch", "read:orders", "write:orders",
           "httpd", "-----BEGIN PUBLIC KEY-----", "payment", "refund"]
    odd = ["##DOMAIN##", "@@LIST@@", "yes", '"\\', "${a}", "%{b}", "$${c}",
           "\t\b\f\r\x7f", "- a: b #c", "\u2028\u00e4\U0001f600", "\\u0041"]
    return {
        "good": "\n".join(one),
        "good-two": "\n".join(one + one),
        "good-odd": "\n".join(odd),
        "good-empty": "",
        "latin": b"https://h/\xe4\nn\n",
        "half": b"https://h/\nn\n\xf0\x9f\x98\n",
    }


def resp_seeds():
    entry = "*2\r\n$3\r\n1-0\r\n*2\r\n$1\r\ne\r\n$3\r\nabc\r\n"
    return {
        "good-status": "+OK\r\n",
        "good-error": "-WRONGPASS invalid\r\n",
        "good-integer": ":-12\r\n",
        "good-text": "$4\r\na\r\nb\r\n",
        "good-nil": "$-1\r\n",
        "good-range": f"*2\r\n{entry}{entry}",
        "unfinished": f"*3\r\n{entry}",
        "too-many": "*2147483647\r\n",
        "too-long": "$99999999999999999999\r\n",
        "other": "HTTP/1.1 400 Bad Request\r\n\r\n",
    }


JWE_HEAD = {"alg": "RSA-OAEP-256", "enc": "A256GCM"}


def encrypted(key, plaintext="e30.e30.AAAA", **head):
    head = {**JWE_HEAD, **head}
    token = jwe.JWE(plaintext.encode(), json.dumps(head),
                    algs=[head["alg"], head["enc"]])
    token.add_recipient(key)
    return token.serialize(compact=True)


def write_known_jwe(key, tokens):
    pem = key.export_to_pem(True, None).decode()
    out = ["/* Licensed under the Apache License, Version 2.0; "
           "see LICENSE. */",
           "/* Made by make_seeds.py; the key is for tests only. */",
           "/* clang-format off */",
           "#ifndef KNOWN_JWE_H", "#define KNOWN_JWE_H", "",
           "static const char known_jwe_key[] =", c_string(pem) + ";", "",
           "static const char *const known_jwes[] = {"]
    out += [c_string(t) + "," for t in tokens]
    out += ["};", "", "#endif", ""]
    with open(os.path.join(HERE, "known_jwe.h"), "w") as f:
        f.write("\n".join(out))


def jwe_seeds():
    key = jwk.JWK.generate(kty="RSA", size=2048)
    good = {
        "good": encrypted(key),
        "good-kid": encrypted(key, kid="2026", cty="JWT"),
        "good-gcm-128": encrypted(key, enc="A128GCM"),
        "good-cbc": encrypted(key, alg="RSA-OAEP", enc="A128CBC-HS256"),
        "good-cbc-512": encrypted(key, enc="A256CBC-HS512"),
    }
    write_known_jwe(key, good.values())
    head, wrapped, iv, text, tag = good["good"].split(".")
    return {
        **good,
        "claims": encrypted(key, json.dumps(CLAIMS)),
        "twice": encrypted(key, good["good"]),
        "other-key": encrypted(jwk.JWK.generate(kty="RSA", size=2048)),
        "no-key": ".".join([head, "", iv, text, tag]),
        "zero-key": ".".join([head, b64(bytes(256)), iv, text, tag]),
        "short-iv": ".".join([head, wrapped, iv[:-4], text, tag]),
        "short-tag": ".".join([head, wrapped, iv, text, "AAAA"]),
        "no-text": ".".join([head, wrapped, iv, "", tag]),
        "cut": good["good"][:-20],
        "header-dir": '{"alg":"dir","enc":"A256GCM"}',
        "header-zip": json.dumps({**JWE_HEAD, "zip": "DEF"}),
        "header-crit": json.dumps({**JWE_HEAD, "crit": ["exp"], "exp": 1}),
        "header-p2c": json.dumps({**JWE_HEAD, "p2c": 1 << 31}),
        "header-epk": json.dumps({**JWE_HEAD, "epk": {}}),
        "header-kid": json.dumps({**JWE_HEAD, "kid": "k" * 257}),
        "header-rsa1-5": json.dumps({**JWE_HEAD, "alg": "RSA1_5"}),
        "header-twice": '{"alg":"dir",' + json.dumps(JWE_HEAD)[1:],
    }


def main():
    write_known()
    tokens = token_seeds()
    seeds("verify", tokens)
    seeds("jws", {**tokens, **header_seeds()})
    seeds("jwks", jwks_seeds())
    seeds("claims", claims_seeds())
    seeds("bearer", bearer_seeds())
    seeds("scope", scope_seeds())
    seeds("form", form_seeds())
    seeds("json", json_seeds())
    seeds("jwe", jwe_seeds())
    seeds("b64", b64_seeds())
    seeds("discovery", discovery_seeds())
    seeds("keyfile", keyfile_seeds())
    seeds("deny", deny_seeds())
    seeds("pointer", pointer_seeds())
    seeds("require", require_seeds())
    seeds("export", export_seeds())
    seeds("dpop", dpop_seeds())
    seeds("htu", htu_seeds())
    seeds("resp", resp_seeds())
    seeds("registration", registration_seeds())


if __name__ == "__main__":
    main()
