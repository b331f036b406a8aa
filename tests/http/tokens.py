# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Tokens, good and hostile, made without the library that httpd uses."""
import base64
import functools
import json
import os
import time

from cryptography.hazmat.primitives import (
    hashes,
    hmac,
    padding as blocks,
    serialization,
)
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ISSUER = "https://tenant.example/"
AUDIENCE = "https://api.example.com/orders"
SUBJECT = "auth0|5f7c8ec7c33c6c004bbafe82"

#: As the value of a member: leave the member out.
ABSENT = object()

HASHES = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
CURVES = {
    "ES256": (ec.SECP256R1(), "P-256", 32),
    "ES384": (ec.SECP384R1(), "P-384", 48),
    "ES512": (ec.SECP521R1(), "P-521", 66),
}


def b64(data):
    """RFC 7515's base64url of bytes, without padding, as text."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(value, size=None):
    size = size or (value.bit_length() + 7) // 8
    return b64(value.to_bytes(size, "big"))


def merged(base, changes):
    """base with changes; a change to ABSENT takes the member out."""
    members = {**base, **changes}
    return {k: v for k, v in members.items() if v is not ABSENT}


def with_raw(members, name, text):
    """JSON text of members in which name has this text as its value."""
    rest = json.dumps(merged(members, {name: ABSENT}))
    comma = ", " if len(rest) > 2 else ""
    return f"{rest[:-1]}{comma}{json.dumps(name)}: {text}}}"


class RSAKey:
    def __init__(self, kid, bits=2048):
        self.kid = kid
        self.private = rsa.generate_private_key(65537, bits)

    @classmethod
    def read(cls, kid, pem):
        """The key of a file instead of a new one."""
        key = cls.__new__(cls)
        key.kid = kid
        key.private = serialization.load_pem_private_key(pem, None)
        return key

    def jwk(self, **changes):
        """The public JWK."""
        numbers = self.private.public_key().public_numbers()
        members = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }
        return merged(members, changes)

    def private_jwk(self):
        numbers = self.private.private_numbers()
        return self.jwk(
            d=_number(numbers.d), p=_number(numbers.p), q=_number(numbers.q)
        )

    def pem(self):
        """The public key, as an attacker would read it."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )

    def private_pem(self, passphrase=None):
        how = serialization.NoEncryption()
        if passphrase:
            how = serialization.BestAvailableEncryption(passphrase)
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how
        )

    def encrypt(self, digest, data):
        """RSAES-OAEP with one hash for all of it."""
        oaep = padding.OAEP(padding.MGF1(digest), digest, None)
        return self.private.public_key().encrypt(data, oaep)

    def sign(self, alg, data):
        digest = HASHES[alg[2:]]
        if alg.startswith("PS"):
            salt = padding.PSS(padding.MGF1(digest), digest.digest_size)
            return self.private.sign(data, salt, digest)
        return self.private.sign(data, padding.PKCS1v15(), digest)


class ECKey:
    def __init__(self, kid, alg="ES256"):
        self.kid = kid
        self.alg = alg
        curve, self.crv, self.size = CURVES[alg]
        self.private = ec.generate_private_key(curve)

    def jwk(self, **changes):
        numbers = self.private.public_key().public_numbers()
        members = {
            "kty": "EC",
            "use": "sig",
            "alg": self.alg,
            "kid": self.kid,
            "crv": self.crv,
            "x": _number(numbers.x, self.size),
            "y": _number(numbers.y, self.size),
        }
        return merged(members, changes)

    def private_pem(self):
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign_der(self, alg, data):
        return self.private.sign(data, ec.ECDSA(HASHES[alg[2:]]))

    def sign(self, alg, data):
        r, s = decode_dss_signature(self.sign_der(alg, data))
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")


class Secret:
    """A symmetric key."""

    kid = None

    def __init__(self, secret):
        self.secret = secret

    def sign(self, alg, data):
        mac = hmac.HMAC(self.secret, HASHES[alg[2:]])
        mac.update(data)
        return mac.finalize()


@functools.lru_cache(maxsize=None)
def rsa_key(kid):
    """One RSA key for each kid: making them takes time."""
    return RSAKey(kid)


@functools.lru_cache(maxsize=None)
def ec_key(kid, alg="ES256"):
    return ECKey(kid, alg)


def jwks(*keys):
    """The JSON text of a key set; keys are ours or members as they are."""
    members = [k if isinstance(k, dict) else k.jwk() for k in keys]
    return json.dumps({"keys": members})


class Ago:
    """As the value of a claim: so many seconds before the token is made."""

    def __init__(self, seconds, form=int):
        self.seconds = seconds
        self.form = form

    def value(self):
        return self.form(time.time() - self.seconds)


def fresh(value):
    """The value with times as of now."""
    if isinstance(value, dict):
        return {name: fresh(member) for name, member in value.items()}
    if isinstance(value, list):
        return [fresh(element) for element in value]
    return value.value() if isinstance(value, Ago) else value


def claims(**changes):
    """The claims of a good token, with changes."""
    now = int(time.time())
    members = {
        "iss": ISSUER,
        "sub": SUBJECT,
        "aud": AUDIENCE,
        "iat": now - 10,
        "exp": now + 3600,
        "scope": "read:orders",
    }
    return fresh(merged(members, changes))


def header(key, name="RS256", **changes):
    """The header of a good token, with changes."""
    members = {"alg": name, "typ": "JWT", "kid": key.kid or ABSENT}
    return merged(members, changes)


def _bytes(part):
    """What a part says: JSON members, or text or bytes as they are."""
    if isinstance(part, dict):
        part = json.dumps(part)
    return part.encode() if isinstance(part, str) else part


def unsigned(head, payload):
    return f"{b64(_bytes(head))}.{b64(_bytes(payload))}"


def sign(key, alg, head, payload):
    """A token whose header and payload are taken as they are."""
    text = unsigned(head, payload)
    return f"{text}.{b64(key.sign(alg, text.encode()))}"


def token(key, alg="RS256", head=None, **changes):
    """A good token but for the changes to its header and claims."""
    return sign(key, alg, header(key, alg, **(head or {})), claims(**changes))


def parts(text):
    return text.split(".")


OAEP = {
    "RSA-OAEP": hashes.SHA1(),
    "RSA-OAEP-256": hashes.SHA256(),
    "RSA-OAEP-384": hashes.SHA384(),
    "RSA-OAEP-512": hashes.SHA512(),
}
#: Content encryptions: bytes of the key, and the hash of those with an HMAC.
ENCS = {
    "A128GCM": (16, None),
    "A256GCM": (32, None),
    "A128CBC-HS256": (32, hashes.SHA256()),
    "A256CBC-HS512": (64, hashes.SHA512()),
}


def _gcm(key, iv, data, aad):
    out = AESGCM(key).encrypt(iv, data, aad)
    return out[:-16], out[-16:]


def _cbc_hmac(key, iv, data, aad, digest):
    """RFC 7518 section 5.2.2.1."""
    half = len(key) // 2
    padder = blocks.PKCS7(128).padder()
    cipher = Cipher(algorithms.AES(key[half:]), modes.CBC(iv)).encryptor()
    text = cipher.update(padder.update(data) + padder.finalize())
    mac = hmac.HMAC(key[:half], digest)
    mac.update(aad + iv + text + (8 * len(aad)).to_bytes(8, "big"))
    return text, mac.finalize()[:half]


def encrypt(key, text, alg="RSA-OAEP-256", enc="A256GCM", cek=None, **head):
    """A JWE of a text; cek is what is wrapped, right or wrong."""
    size, digest = ENCS[enc]
    members = merged({"alg": alg, "enc": enc}, head)
    aad = b64(_bytes(members)).encode()
    content = os.urandom(size)
    wrapped = key.encrypt(OAEP[alg], content if cek is None else cek)
    data = _bytes(text)
    if digest:
        iv = os.urandom(16)
        ciphertext, tag = _cbc_hmac(content, iv, data, aad, digest)
    else:
        iv = os.urandom(12)
        ciphertext, tag = _gcm(content, iv, data, aad)
    rest = ".".join(b64(part) for part in (wrapped, iv, ciphertext, tag))
    return f"{aad.decode()}.{rest}"
