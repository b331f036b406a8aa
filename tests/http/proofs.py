# Licensed under the Apache License, Version 2.0; see LICENSE.
"""DPoP proofs (RFC 9449), good and hostile, and what tokens are bound to."""
import hashlib
import itertools
import json
import os
import time

import tokens
from tokens import b64

numbers = itertools.count()


def thumbprint(key):
    """RFC 7638, of the public key."""
    jwk = key.jwk()
    names = ("crv", "kty", "x", "y") if jwk["kty"] == "EC" else ("e", "kty", "n")
    text = json.dumps({n: jwk[n] for n in names}, separators=(",", ":"))
    return b64(hashlib.sha256(text.encode()).digest())


def public(key):
    """The JWK as a proof has it, with no member that it does not need."""
    jwk = key.jwk()
    return {n: jwk[n] for n in ("kty", "crv", "x", "y", "n", "e") if n in jwk}


def ath(token):
    return b64(hashlib.sha256(token.encode()).digest())


def head(key, alg):
    return {"typ": "dpop+jwt", "alg": alg, "jwk": public(key)}


def claims(method, url, token, **changes):
    members = {
        "jti": f"{os.getpid()}-{next(numbers)}-{os.urandom(6).hex()}",
        "htm": method,
        "htu": url,
        "iat": int(time.time()),
        "ath": ath(token),
    }
    return tokens.fresh(tokens.merged(members, changes))


class Prover:
    """A client with a key: tokens bound to it, and proofs by it."""

    def __init__(self, issuer_key, key, alg="ES256"):
        self.issuer_key = issuer_key
        self.key = key
        self.alg = alg
        self.jkt = thumbprint(key)

    def token(self, **changes):
        cnf = changes.pop("cnf", {"jkt": self.jkt})
        return tokens.token(self.issuer_key, cnf=cnf, **changes)

    def proof(self, method, url, token, header=None, **changes):
        return tokens.sign(
            self.key,
            self.alg,
            tokens.merged(head(self.key, self.alg), header or {}),
            claims(method, url, token, **changes),
        )

    def fields(self, method, url, token, **changes):
        """What a client sends to be let in."""
        proof = self.proof(method, url, token, **changes)
        return [("Authorization", f"DPoP {token}"), ("DPoP", proof)]
