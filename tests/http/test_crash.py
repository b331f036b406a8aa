# Licensed under the Apache License, Version 2.0; see LICENSE.
"""A barrage of mutated tokens: nothing dies, and nothing gets through."""
import random

import pytest

import answers
import client
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from env import Httpd
from logs import watch

KEY = tokens.rsa_key("main")
CURVE = tokens.ec_key("curve")
SECRET = tokens.Secret(b"a secret of as many bytes as need be")

COUNT = 3000
SEED = 20260101

CONFIG = (
    ANYTHING
    + TENANT
    + location(
        "/keys", "Auth0Algorithms RS256 PS256 ES256", "Require valid-user"
    )
    + location(
        "/secret",
        "Auth0Algorithms HS256",
        "Auth0SigningSecret file:${DIR}/secret",
        "Require valid-user",
    )
)
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY, CURVE),
    "secret": SECRET.secret,
}

#: Printable, for the rest is refused by httpd itself.
BYTES = bytes(range(0x21, 0x7F))
CRUMBS = b""". .. = === A=== e30 e30. - _ + / ~ %00 " , eyJhbGciOiJub25lIn0
    eyJhbGciOiJIUzI1NiJ9 eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0""".split()
CRUMBS.append(b"AAAA" * 300)


def seeds():
    nested = "[" * 40 + "]" * 40
    deep = tokens.with_raw(tokens.claims(), "x", nested)
    return [
        ("/keys", tokens.token(KEY)),
        ("/keys", tokens.token(KEY, "PS256")),
        ("/keys", tokens.token(CURVE, "ES256")),
        ("/keys", tokens.sign(KEY, "RS256", tokens.header(KEY), deep)),
        ("/secret", tokens.token(SECRET, "HS256")),
        ("/secret", tokens.token(KEY, "RS256")),
    ]


def replace(dice, data):
    at = dice.randrange(len(data))
    return data[:at] + bytes([dice.choice(BYTES)]) + data[at + 1 :]


def insert(dice, data):
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(CRUMBS) + data[at:]


def delete(dice, data):
    at = dice.randrange(len(data))
    return data[:at] + data[at + dice.randrange(1, 40) :]


def truncate(dice, data):
    return data[: dice.randrange(1, len(data))]


def shuffle(dice, data):
    parts = data.split(b".")
    dice.shuffle(parts)
    return b".".join(parts)


def rewrite(dice, data):
    """Change the JSON text of one part and encode it again."""
    parts = data.split(b".")
    at = dice.randrange(len(parts))
    try:
        text = bytearray(tokens.unb64(parts[at].decode()))
    except ValueError:
        return replace(dice, data)
    for _ in range(dice.randrange(1, 4) if text else 0):
        text[dice.randrange(len(text))] = dice.randrange(256)
    parts[at] = tokens.b64(bytes(text)).encode()
    return b".".join(parts)


MUTATIONS = [replace, insert, delete, truncate, shuffle, rewrite]


def mutated(dice, data):
    """The data after one to three mutations; never the data itself."""
    changed = data
    while changed in (data, b""):
        changed = data
        for _ in range(dice.randrange(1, 4)):
            if changed:
                changed = dice.choice(MUTATIONS)(dice, changed)
    return changed


def hostile_tokens():
    dice = random.Random(SEED)
    start = seeds()
    for _ in range(COUNT):
        path, token = dice.choice(start)
        yield path, mutated(dice, token.encode())


def send(connection, path, token):
    value = b"Bearer " + token
    watch.note_sent(value)
    headers = client.complete([("Authorization", value)], b"")
    connection.send("GET", path, headers)
    return connection.receive("GET")


def barrage(httpd):
    """The status of the answer to each hostile token."""
    answered = {}
    connection = client.Connection(httpd.port)
    for path, token in hostile_tokens():
        response = send(connection, path, token)
        answered[path, token] = response.status
        if response.header("Connection") == "close":
            connection.socket.close()
            connection = client.Connection(httpd.port)
    connection.socket.close()
    return answered


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_barrage(mpm, announce):
    announce("Warning on line .* take tokens for")
    with Httpd(CONFIG, FILES, mpm=mpm) as httpd:
        before = httpd.children()
        answered = barrage(httpd)
        strange = {
            token: status
            for token, status in answered.items()
            if status not in (400, 401)
        }
        assert strange == {}
        assert len(answered) >= 2000
        assert set(answered.values()) == {400, 401}
        assert before <= httpd.children(), "a child has died"
        response = httpd.get("/keys", tokens.token(KEY))
        answers.accepted(response, tokens.SUBJECT)
