# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Sets that are cut off or mixed, by the numbers of the fault matrix."""
import contextlib
import json
import random
import time

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE
from crowd import FAILED, KEY, NEXT, OTHER, Crowd, protected, wait_for
from env import Httpd
from issuer import JWKS, Answer, Issuer

# -------------------------------------------------------- cut off on the way

CUT_ISSUERS = 80
CUT_SECONDS = 4
SEED = 20261124


def chunked(text, cut):
    """Broken off within a chunk."""
    data = b"%x\r\n%s" % (len(text), text[:cut])
    headers = (("Transfer-Encoding", "chunked"),)
    return Answer(b"", headers=headers, pieces=lambda: [data])


def shortened(text, cut):
    """Whole, but not a set any more."""
    return Answer(text[:cut])


def broken_off(text, cut):
    return Answer(text[:cut], length=len(text))


class Cutter:
    """Serves good keys and those of NEXT, cut somewhere, in turn."""

    def __init__(self, dice):
        self.dice = dice
        self.cuts = 0
        self.is_bad = True

    def __call__(self):
        self.is_bad = not self.is_bad
        if not self.is_bad:
            return Answer(tokens.jwks(KEY).encode())
        self.cuts += 1
        text = tokens.jwks(NEXT).encode()
        make = self.dice.choice([chunked, shortened, broken_off])
        return make(text, self.dice.randrange(len(text)))


def cut_token(number, key):
    return tokens.token(key, iss=f"https://{number}.test/")


def test_F08_cut_anywhere(announce):
    announce(FAILED)
    dice = random.Random(SEED)
    cutters = [Cutter(dice) for _ in range(CUT_ISSUERS)]
    config = f"{ANYTHING}\nAuth0KeyRefresh 1\nAuth0KeyWait 0\n"
    with Issuer(None) as issuer:
        for number, cutter in enumerate(cutters):
            issuer.answers[f"/{number}"] = cutter
            line = f"Auth0Issuer https://{number}.test/ {issuer.url}{number}"
            config += protected(f"/{number}", line)
        with Httpd(config, PAGE) as httpd:
            for number in range(CUT_ISSUERS):
                wait_for(httpd, f"/{number}", cut_token(number, KEY), "ok")
            over = time.monotonic() + CUT_SECONDS
            while time.monotonic() < over:
                number = dice.randrange(CUT_ISSUERS)
                response = httpd.get(f"/{number}", cut_token(number, KEY))
                answers.accepted(response, tokens.SUBJECT)
            for number in range(CUT_ISSUERS):
                response = httpd.get(f"/{number}", cut_token(number, NEXT))
                answers.refused(response, "key.unknown")
    cuts = sum(c.cuts for c in cutters)
    print(f"F08: cut at {cuts} points")
    assert cuts > 2 * CUT_ISSUERS


# ----------------------------------------------------------------- odd members

P384 = tokens.ec_key("p384", "ES384")

#: Members of a set beside a good key: they are left out, and it is not.
ODD = {
    "kty_unknown": {"kty": "XYZ", "kid": "odd"},
    "kty_missing": KEY.jwk(kty=tokens.ABSENT, kid="odd"),
    "kty_in_lower_case": OTHER.jwk(kty="rsa", kid="odd"),
    "kty_number": OTHER.jwk(kty=1, kid="odd"),
    "okp": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "odd"},
    "secp256k1": P384.jwk(crv="secp256k1", kid="odd"),
    "point_off_the_curve": P384.jwk(x=P384.jwk()["y"], kid="odd"),
    "no_modulus": OTHER.jwk(n=tokens.ABSENT, kid="odd"),
    "modulus_of_another_alphabet": OTHER.jwk(n="+/+/", kid="odd"),
    "modulus_empty": OTHER.jwk(n="", kid="odd"),
    "too_long": {"kty": "RSA", "kid": "odd", "n": "_" * 4000, "e": "AQAB"},
    "kid_is_a_number": OTHER.jwk(kid=7),
    "alg_is_a_number": OTHER.jwk(alg=7, kid="odd"),
    "use_is_a_list": OTHER.jwk(use=["sig"], kid="odd"),
    "key_ops_is_a_word": OTHER.jwk(key_ops="verify", kid="odd"),
    "no_object": 1,
    "null": None,
    "list": [],
}


@pytest.fixture(scope="class")
def mixed(authority):
    with contextlib.ExitStack() as stack:
        crowd = Crowd(stack, authority, ODD, refresh=300)
        for name, member in ODD.items():
            keys = [member, KEY.jwk(), P384.jwk()]
            text = json.dumps({"keys": keys})
            crowd.issuers[name].answers[JWKS] = Answer(text.encode())
        crowd.start()
        crowd.wait_for_keys()
        yield crowd


class TestMixed:
    @pytest.mark.parametrize("name", ODD)
    def test_F18_odd_member(self, mixed, name):
        answers.accepted(mixed.get(name), tokens.SUBJECT)
        url = mixed.issuers[name].url
        line = f"keys of issuer {url} are in force: 2, and 1 left out"
        assert line in mixed.httpd.error_log.read_text()
        token = mixed.issuers[name].token(OTHER, head={"kid": "odd"})
        response = mixed.httpd.get(f"/{name}", token)
        answers.refused(response, "key.unknown")
