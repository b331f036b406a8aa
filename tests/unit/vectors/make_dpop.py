#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Print dpop_proofs.h: DPoP proofs (RFC 9449) made by python3-jwcrypto.

None of the module's own code has a part in them, so they show that it
understands other people's proofs. The keys are made anew each time and serve
nothing else, so the output differs from run to run; what it stands for does
not.
"""
import base64
import hashlib
import json

from jwcrypto import jwk, jws

NOW = 1800000000
TOKEN = "an.access.token"
URL = "https://api.example.com/orders"

KEYS = {
    "RS": {"kty": "RSA", "size": 2048},
    "RS4096": {"kty": "RSA", "size": 4096},
    "RS1024": {"kty": "RSA", "size": 1024},
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
    "ES512": {"kty": "EC", "crv": "P-521"},
    "ES256K": {"kty": "EC", "crv": "secp256k1"},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
    "HS": {"kty": "oct", "size": 256},
}
GOOD = ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384",
        "RS512")

keys = {name: jwk.JWK.generate(**what) for name, what in KEYS.items()}


def key_of(alg):
    return keys.get(alg) or keys["HS" if alg[0] == "H" else "RS"]


def claims():
    digest = hashlib.sha256(TOKEN.encode()).digest()
    ath = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {"jti": "by-jwcrypto", "htm": "GET", "htu": URL, "iat": NOW,
            "ath": ath}


def proof(alg, key, header_key):
    header = {"typ": "dpop+jwt", "alg": alg, "jwk": header_key}
    made = jws.JWS(json.dumps(claims()))
    made.allowed_algs = [alg]
    made.add_signature(key, alg=alg, protected=json.dumps(header))
    return made.serialize(compact=True)


def public(key):
    return key.export_public(as_dict=True)


def rows():
    for alg in GOOD:
        key = key_of(alg)
        yield "131 132 " + alg, proof(alg, key, public(key)), key, "AUTH0_OK"
    big = keys["RS4096"]
    yield ("151 RSA of 4096 bits", proof("RS256", big, public(big)), big,
           "AUTH0_OK")
    bad = "AUTH0_CNF_PROOF_INVALID"
    for alg in ("ES256K", "EdDSA"):
        key = keys[alg]
        yield "131 " + alg, proof(alg, key, public(key)), key, bad
    small = keys["RS1024"]
    yield ("151 RSA of 1024 bits", proof("RS256", small, public(small)), small,
           bad)
    for alg in ("ES256", "RS256"):
        key = key_of(alg)
        private = key.export_private(as_dict=True)
        yield "133 private key, " + alg, proof(alg, key, private), key, bad
    secret = keys["HS"]
    yield ("149 HS256 with its key", proof("HS256", secret,
                                           secret.export(as_dict=True)),
           secret, bad)
    yield ("149 HS256 by another key's text", proof(
        "HS256", jwk.JWK(kty="oct", k=base64.urlsafe_b64encode(
            keys["ES256"].export_public().encode()).decode().rstrip("=")),
        public(keys["ES256"])), keys["ES256"], bad)
    yield ("132 another key's signature",
           proof("ES256", jwk.JWK.generate(kty="EC", crv="P-256"),
                 public(keys["ES256"])), keys["ES256"], bad)


def c_string(text):
    parts = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "\n".join('     "%s"' % part for part in parts)


def main():
    print("/* Licensed under the Apache License, Version 2.0; see LICENSE. */")
    print("/* Made by make_dpop.py, with keys that serve nothing else. */")
    print("/* clang-format off */")
    print("#ifndef DPOP_PROOFS_H\n#define DPOP_PROOFS_H\n")
    print('#define DPOP_PROOFS_TOKEN "%s"' % TOKEN)
    print('#define DPOP_PROOFS_URL "%s"\n' % URL)
    print("static const struct {\n    const char *name;\n"
          "    const char *proof;\n    const char *thumbprint;\n"
          "    auth0_reason_t want;\n} dpop_proofs[] = {")
    for name, text, key, want in rows():
        print('    {"%s",\n%s,\n     "%s",\n     %s},'
              % (name, c_string(text), key.thumbprint(), want))
    print("};\n\n#endif")


if __name__ == "__main__":
    main()
