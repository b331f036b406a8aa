# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Where keys come from, and what happens when they do not come."""
import contextlib
import json
import signal
import socket
import ssl
import threading
import time

import pytest

import answers
import certs
import issuer as issuers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from crowd import (
    FAILED,
    KEY,
    NEXT,
    OTHER,
    Crowd,
    one_issuer,
    protected,
    server_level,
    wait_for,
    wait_until,
)
from env import READY, Httpd
from issuer import DISCOVERY, JWKS, Answer, Issuer
from logs import watch

# --------------------------------------------------------------------- files


@pytest.fixture
def file_server():
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    config = ANYTHING + TENANT + location("/orders", "Require valid-user")
    with Httpd(config, files) as httpd:
        yield httpd


def test_file_has_keys_from_the_start(file_server):
    response = file_server.get("/orders", tokens.token(KEY))
    answers.accepted(response, tokens.SUBJECT)


def test_file_is_read_again_when_it_changes(file_server):
    response = file_server.get("/orders", tokens.token(NEXT))
    answers.refused(response, "key.unknown")
    file_server.write("keys.json", tokens.jwks(NEXT))
    wait_for(file_server, "/orders", tokens.token(NEXT), "ok")
    response = file_server.get("/orders", tokens.token(KEY))
    answers.refused(response, "key.unknown")


@pytest.mark.parametrize("content", ["", "{}", '{"keys":[]}', "no keys"])
def test_file_that_turns_bad_leaves_the_keys(file_server, announce, content):
    announce(FAILED)
    file_server.write("keys.json", content)
    file_server.wait_for_log(FAILED)
    response = file_server.get("/orders", tokens.token(KEY))
    answers.accepted(response, tokens.SUBJECT)
    file_server.write("keys.json", tokens.jwks(NEXT))
    wait_for(file_server, "/orders", tokens.token(NEXT), "ok")


def test_file_that_is_removed_leaves_the_keys(file_server, announce):
    announce(FAILED)
    (file_server.directory / "keys.json").unlink()
    file_server.wait_for_log(FAILED)
    response = file_server.get("/orders", tokens.token(KEY))
    answers.accepted(response, tokens.SUBJECT)


# ------------------------------------------------------------------- network


def test_discovery(authority):
    """Two fetches, however many requests are made."""
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            for kid in range(30):
                token = issuer.token(KEY, head={"kid": f"nobody-{kid}"})
                answers.refused(httpd.get("/orders", token), "key.unknown")
            response = httpd.get("/orders", issuer.token(KEY))
            answers.accepted(response, tokens.SUBJECT)
        assert issuer.requests == [DISCOVERY, JWKS]


def test_explicit_key_url(authority):
    """Discovery is not asked."""
    with Issuer(authority, KEY) as issuer:
        issuer.answers["/keys"] = issuer.answers.pop(JWKS)
        line = f"Auth0Issuer https://tenant.example/ {issuer.url}keys"
        config = one_issuer(authority, line)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", tokens.token(KEY), "ok")
            answers.refused(
                httpd.get("/orders", issuer.token(KEY)), "claims.iss"
            )
        assert issuer.requests == ["/keys"]


def test_plain_http_on_loopback(authority):
    with Issuer(None, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")


def can_listen(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not can_listen(443), reason="port 443 is not to be had")
def test_domain(authority):
    """The short form: https://DOMAIN/, with its slash, on port 443."""
    with Issuer(authority, KEY, port=443) as issuer:
        config = one_issuer(authority, "Auth0Domain LocalHost")
        with Httpd(config, PAGE) as httpd:
            token = tokens.token(KEY, iss="https://localhost/")
            wait_for(httpd, "/orders", token, "ok")
            token = tokens.token(KEY, iss="https://localhost")
            answers.refused(httpd.get("/orders", token), "claims.iss")
        assert issuer.requests == [DISCOVERY, JWKS]


def test_secret_needs_no_keys(authority):
    """With an HS* policy no key set is fetched."""
    secret = tokens.Secret(b"s" * 32)
    with Issuer(authority, KEY) as issuer:
        config = server_level(authority, 1) + protected(
            "/orders",
            f"Auth0Issuer {issuer.url}",
            "Auth0Algorithms HS256",
            "Auth0SigningSecret file:${DIR}/secret",
        )
        with Httpd(config, {**PAGE, "secret": secret.secret}) as httpd:
            response = httpd.get("/orders", issuer.token(secret, "HS256"))
            answers.accepted(response, tokens.SUBJECT)
            time.sleep(1.2)
        assert issuer.requests == []


def test_each_issuer_speaks_with_its_own_keys(authority):
    """The same kid on both sides; an unknown issuer causes no request."""
    with Issuer(authority, KEY) as one, Issuer(authority) as two:
        two.keys(OTHER.jwk(kid="main"))
        config = one_issuer(
            authority, f"Auth0Issuer {one.url}\nAuth0Issuer {two.url}"
        )
        as_two = {"kid": "main"}
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", one.token(KEY), "ok")
            wait_for(httpd, "/orders", two.token(OTHER, head=as_two), "ok")
            crossed = [two.token(KEY), one.token(OTHER, head=as_two)]
            for token in crossed:
                response = httpd.get("/orders", token)
                answers.refused(response, "signature.invalid")
            seen = one.requests + two.requests
            with Issuer(authority, KEY) as stranger:
                response = httpd.get("/orders", stranger.token(KEY))
                answers.refused(response, "claims.iss")
                assert stranger.requests == []
            assert one.requests + two.requests == seen


UNREADABLE_ISSUERS = [
    ("absent", {"iss": tokens.ABSENT}, "claims.missing"),
    ("number", {"iss": 1}, "claims.type"),
    ("other", {"iss": "https://evil.example/"}, "claims.iss"),
]


@pytest.mark.parametrize("changes, reason", **table(UNREADABLE_ISSUERS))
def test_several_issuers_and_none_that_fits(changes, reason):
    config = ANYTHING + protected(
        "/orders",
        "Auth0Issuer https://tenant.example/ file:${DIR}/keys.json",
        "Auth0Issuer https://second.example/ file:${DIR}/keys.json",
    )
    with Httpd(config, {**PAGE, "keys.json": tokens.jwks(KEY)}) as httpd:
        response = httpd.get("/orders", tokens.token(KEY, **changes))
        answers.refused(response, reason)


# -------------------------------------------------------------------- faults


def test_down_at_the_start(authority, announce):
    """503 until the issuer is there, and 200 soon after."""
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        issuer.down()
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log(FAILED)
            response = httpd.get("/orders", issuer.token(KEY))
            answers.refused(response, "key.unavailable")
            assert int(response.header("Retry-After")) > 0
            issuer.up()
            wait_for(httpd, "/orders", issuer.token(KEY), "ok", timeout=5)


def test_slow_at_the_start(authority):
    """No request waits for the network."""
    with Issuer(authority, KEY) as issuer:
        issuer.answers[JWKS].delay = 2
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_until(lambda: issuer.count(), "a fetch")
            begin = time.monotonic()
            response = httpd.get("/orders", issuer.token(KEY))
            assert time.monotonic() - begin < 1
            answers.refused(response, "key.unavailable")
            wait_for(httpd, "/orders", issuer.token(KEY), "ok", timeout=5)


def test_without_keys_a_broken_token_is_still_401(authority, announce):
    """What needs no key is judged without one."""
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        issuer.down()
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log(FAILED)
            answers.refused(httpd.get("/orders"), "request.no_token")
            answers.refused(httpd.get("/orders", "opaque"), "token.opaque")
            token = issuer.token(KEY, head={"alg": "none"})
            answers.refused(httpd.get("/orders", token), "header.alg")


def weak_key():
    return tokens.RSAKey("main", 1024).jwk()


def good_set():
    return tokens.jwks(KEY).encode()


def broken_off():
    return Answer(good_set()[:-20], length=len(good_set()))


def key_set(*keys):
    return lambda issuer: issuer.keys(*keys)


def answer(make):
    """Misbehave by another answer to the request for keys."""

    def misbehave(issuer):
        issuer.answers[JWKS] = make(issuer)

    return misbehave


def certificate(label, **how):
    return lambda issuer: issuer.certificate(label, **how)


def stranger(issuer):
    other = certs.Authority(issuer.authority.directory, "stranger")
    issuer.certificate("stranger", authority=other)


#: What an issuer may do after it has once been good.
TURNS_BAD = [
    ("down", Issuer.down),
    ("html", answer(lambda _: issuers.html())),
    ("no_body", answer(lambda _: Answer(b""))),
    ("not_json", answer(lambda _: Answer(b"keys"))),
    ("array", answer(lambda _: Answer(b"[]"))),
    ("empty_object", answer(lambda _: Answer(b"{}"))),
    ("keys_is_no_array", answer(lambda _: Answer(b'{"keys":{}}'))),
    ("two_members_keys", answer(lambda _: Answer(b'{"keys":[],"keys":[]}'))),
    ("empty_set", key_set()),
    ("half_a_set", answer(lambda _: Answer(good_set()[:-20]))),
    ("broken_off", answer(lambda _: broken_off())),
    ("over_256_KiB", answer(lambda _: Answer(good_set() + b" " * 262144))),
    ("101_keys", key_set(*[KEY.jwk(kid=str(i)) for i in range(101)])),
    ("one_kid_two_keys", key_set(OTHER.jwk(kid="main"), KEY)),
    ("unknown_type", key_set({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})),
    ("for_encryption", key_set(OTHER.jwk(use="enc"))),
    ("cannot_verify", key_set(OTHER.jwk(use=tokens.ABSENT, key_ops=["sign"]))),
    ("of_another_use", key_set(OTHER.jwk(alg="RSA-OAEP"))),
    ("exponent_1", key_set(OTHER.jwk(e="AQ"))),
    ("exponent_3", key_set(OTHER.jwk(e="Aw"))),
    ("exponent_even", key_set(OTHER.jwk(e="AQAC"))),
    ("even_modulus", key_set(OTHER.jwk(n=OTHER.jwk()["n"][:-2] + "AA"))),
    ("1024_bits", lambda issuer: issuer.keys(weak_key())),
    ("status_404", answer(lambda _: Answer(good_set(), status=404))),
    ("status_500", answer(lambda _: Answer(good_set(), status=500))),
    ("status_201", answer(lambda _: Answer(good_set(), status=201))),
    ("redirect", answer(lambda i: issuers.redirect(f"{i.url}elsewhere"))),
    ("expired_certificate", certificate("expired", days=(-2, -1))),
    ("future_certificate", certificate("future", days=(1, 2))),
    ("other_host", certificate("other", hosts=("other.example",))),
    ("unknown_authority", stranger),
    ("tls_1_1", certificate("tls11", version=ssl.TLSVersion.TLSv1_1)),
]

#: What an issuer may say of itself from the start.
STARTS_BAD = [
    ("other_issuer", {"issuer": "https://evil.example/"}),
    ("other_case", {"issuer": "https://LOCALHOST:{port}/"}),
    ("no_slash", {"issuer": "https://localhost:{port}"}),
    ("issuer_is_absent", {"issuer": tokens.ABSENT}),
    ("issuer_is_no_string", {"issuer": 1}),
    ("keys_are_absent", {"jwks_uri": tokens.ABSENT}),
    ("keys_over_http", {"jwks_uri": "http://tenant.example/jwks.json"}),
    ("keys_in_a_file", {"jwks_uri": "file:///etc/passwd"}),
    ("keys_over_ftp", {"jwks_uri": "ftp://localhost/jwks.json"}),
    ("keys_with_a_password", {"jwks_uri": "https://a:b@localhost:{port}/j"}),
    ("keys_relative", {"jwks_uri": "/jwks.json"}),
]


def elsewhere(issuer):
    """Where a redirect would lead: to good keys."""
    issuer.answers["/elsewhere"] = Answer(good_set())


@pytest.fixture(scope="class")
def turned_bad(authority):
    """All issuers have been good once and are bad now."""
    with contextlib.ExitStack() as stack:
        crowd = Crowd(stack, authority, [name for name, _ in TURNS_BAD])
        crowd.start()
        crowd.wait_for_keys()
        watch.announce(FAILED)
        for name, misbehave in TURNS_BAD:
            elsewhere(crowd.issuers[name])
            misbehave(crowd.issuers[name])
        crowd.wait_for_failures()
        yield crowd


@pytest.fixture(scope="class")
def started_bad(authority):
    """All issuers have been bad from the start."""
    with contextlib.ExitStack() as stack:
        crowd = Crowd(stack, authority, [name for name, _ in STARTS_BAD])
        for name, members in STARTS_BAD:
            issuer = crowd.issuers[name]
            good = {"issuer": issuer.url, "jwks_uri": issuer.url + JWKS[1:]}
            said = tokens.merged(good, members)
            text = json.dumps(said).replace("{port}", str(issuer.port))
            issuer.answers[DISCOVERY] = Answer(text.encode())
        watch.announce(FAILED)
        crowd.start()
        crowd.wait_for_failures()
        yield crowd


class TestIssuerThatTurnsBad:
    @pytest.mark.parametrize("name", [name for name, _ in TURNS_BAD])
    def test_former_keys_stay_in_force(self, turned_bad, name):
        answers.accepted(turned_bad.get(name), tokens.SUBJECT)
        assert turned_bad.issuers[name].count("/elsewhere") == 0

    def test_former_keys_give_way_once_all_is_well(self, turned_bad):
        turned_bad.mend()
        for name, issuer in turned_bad.issuers.items():
            path = f"/{name}"
            wait_for(turned_bad.httpd, path, issuer.token(NEXT), "ok")
            answers.refused(turned_bad.get(name), "key.unknown")


class TestIssuerThatStartsBad:
    @pytest.mark.parametrize("name", [name for name, _ in STARTS_BAD])
    def test_no_keys_from_bad_metadata(self, started_bad, name):
        answers.refused(started_bad.get(name), "key.unavailable")
        assert started_bad.issuers[name].count(JWKS) == 0

    def test_keys_once_the_metadata_is_good(self, started_bad):
        started_bad.mend()
        for name, issuer in started_bad.issuers.items():
            path = f"/{name}"
            wait_for(started_bad.httpd, path, issuer.token(NEXT), "ok")


def test_set_with_useless_members_still_serves(authority, announce):
    """Secrets that were published are ignored, with an alarm."""
    announce("publishes 2 private or symmetric keys")
    secret = {"kty": "oct", "kid": "secret", "k": tokens.b64(b"s" * 32)}
    with Issuer(authority) as issuer:
        issuer.keys(
            secret,
            NEXT.private_jwk(),
            OTHER.jwk(use="enc"),
            {"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "ed"},
            KEY.jwk(x5t="AAAA", unknown={"a": [1]}),
            KEY,
        )
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            for key in (NEXT, OTHER):
                response = httpd.get("/orders", issuer.token(key))
                answers.refused(response, "key.unknown")


# ------------------------------------------------------------------ rotation


def test_rotation_costs_no_request(authority):
    """The old key stays in the set while the new one takes over."""
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", refresh=1)
        with Httpd(config, PAGE) as httpd:
            old = issuer.token(KEY)
            wait_for(httpd, "/orders", old, "ok")
            issuer.keys(NEXT, KEY)
            fetched = issuer.count()
            while issuer.count() < fetched + 2:
                answers.accepted(httpd.get("/orders", old), tokens.SUBJECT)
            new = issuer.token(NEXT)
            answers.accepted(httpd.get("/orders", new), tokens.SUBJECT)
            issuer.keys(NEXT)
            response = wait_for(httpd, "/orders", old, "key.unknown", 5)
            answers.refused(response, "key.unknown")
            answers.accepted(httpd.get("/orders", new), tokens.SUBJECT)


def test_rotation_reaches_every_child(authority):
    """Under prefork each child has to notice on its own."""
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", refresh=1)
        with Httpd(config, PAGE, mpm="prefork") as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            issuer.keys(NEXT)
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", 5)
            for _ in range(4 * len(httpd.children())):
                response = httpd.get("/orders", issuer.token(KEY))
                answers.refused(response, "key.unknown")


def test_same_kid_with_another_key(authority, announce):
    announce("has put another key under the kid 'main'")
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", refresh=1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            issuer.keys(OTHER.jwk(kid="main"))
            token = issuer.token(OTHER, head={"kid": "main"})
            wait_for(httpd, "/orders", token, "ok", 5)
            response = httpd.get("/orders", issuer.token(KEY))
            answers.refused(response, "signature.invalid")


def test_rotation_under_load(authority):
    """Threads that ask all the while see no refusal but of a removed key."""
    with Issuer(authority, KEY, NEXT) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", refresh=1)
        with Httpd(config, PAGE) as httpd:
            token = issuer.token(NEXT)
            wait_for(httpd, "/orders", token, "ok")
            seen = []
            over = threading.Event()

            def ask():
                while not over.is_set():
                    seen.append(httpd.get("/orders", token).status)

            threads = [threading.Thread(target=ask) for _ in range(2)]
            for thread in threads:
                thread.start()
            for keys in ((NEXT,), (NEXT, OTHER), (OTHER, NEXT)):
                fetched = issuer.count()
                issuer.keys(*keys)
                wait_until(
                    lambda: issuer.count() > fetched, "the next fetch", 5
                )
            over.set()
            for thread in threads:
                thread.join()
            assert len(seen) > 100
            assert set(seen) == {200}


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_stop_amid_fetches(authority, mpm):
    """A fetch under way neither delays nor crashes a child that stops."""
    with contextlib.ExitStack() as stack:
        config = server_level(authority)
        for number in range(20):
            issuer = stack.enter_context(Issuer(authority, KEY))
            line = f"Auth0Issuer {issuer.url}"
            config += protected(f"/{number}", line)
        for number in range(12):
            with Httpd(config, PAGE, mpm=mpm) as httpd:
                time.sleep(0.1 + number * 0.02)
                begin = time.monotonic()
                httpd.stop()
                assert time.monotonic() - begin < 3


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
def test_stop_while_an_issuer_is_slow(authority, mpm):
    """That a fetch was given up on the way out is no failure of it."""
    with Issuer(authority, KEY) as issuer:
        issuer.answers[JWKS].delay = 3
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        for number in range(1, 9):
            with Httpd(config, PAGE, mpm=mpm) as httpd:
                wait_until(lambda: issuer.count() == number, "a fetch")
                begin = time.monotonic()
                httpd.stop()
                assert time.monotonic() - begin < 1.5


@pytest.mark.parametrize("mpm", ["event", "worker", "prefork"])
@pytest.mark.parametrize("how, most", [
    (signal.SIGHUP, 1.5),
    (signal.SIGUSR1, 1.5),
    # Who wants requests to be finished can wait for this, too.
    (signal.SIGWINCH, 4.5),
])
def test_other_ends_while_an_issuer_hangs(authority, mpm, how, most):
    """Restarts are not held up, and a graceful stop for a moment only."""
    with Issuer(authority, KEY) as issuer, issuer.hold():
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE, mpm=mpm) as httpd:
            wait_until(lambda: issuer.requests, "a fetch")
            begin = time.monotonic()
            httpd.process.send_signal(how)
            if how == signal.SIGWINCH:
                httpd.process.wait(15)
            else:
                httpd.wait_for_log(READY, 2)
            assert time.monotonic() - begin < most
