# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Keys whose place, or whose neighbours, give trouble."""
import hashlib
import os
import time

import pytest

import answers
import tokens
from conf import PAGE
from crowd import (
    FAILED,
    KEY,
    NEXT,
    one_issuer,
    protected,
    server_level,
    wait_for,
    wait_until,
)
from env import Httpd
from issuer import DISCOVERY, JWKS, Answer, Issuer, html
from network import Silent
from state import age, kept

LOST = "the metadata of issuer .* cannot be used"


def test_keys_move_to_another_host_and_the_old_one_is_gone(
    authority, announce
):
    """Discovery is asked again although nothing answers at the old place."""
    announce(FAILED)
    with Issuer(authority, KEY) as issuer, Issuer(authority, KEY) as place:
        issuer.discovery(issuer=issuer.url, jwks_uri=place.url + JWKS[1:])
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            place.down()
            issuer.keys(NEXT)
            issuer.discovery(issuer=issuer.url, jwks_uri=issuer.url + JWKS[1:])
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok", timeout=20)


def test_bad_metadata_are_one_warning(authority, announce):
    """Keys go on to be fetched from where they were."""
    announce(LOST)
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            httpd.stop()
            issuer.answers[DISCOVERY] = html()
            httpd.restart()
            httpd.wait_for_log(LOST)
            issuer.keys(NEXT)
            wait_for(httpd, "/orders", issuer.token(NEXT), "ok")
            fetched = issuer.count()
            wait_until(lambda: issuer.count() > fetched + 4, "more fetches")
            log = httpd.error_log.read_text()
            assert log.count("cannot be used") == 1
            assert "cannot be fetched" not in log


@pytest.mark.parametrize("wish", [("Retry-After", "600"), ("X-Other", "1")])
def test_metadata_that_want_to_be_left_alone(authority, announce, wish):
    """Nothing else is asked of that issuer meanwhile."""
    announce(f"{FAILED}: the answer has status 429")
    busy = Answer(b"", status=429, headers=(wish,))
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            httpd.stop()
            issuer.answers[DISCOVERY] = busy
            fetched = len(issuer.requests)
            httpd.restart()
            httpd.wait_for_log("status 429")
            answers.accepted(
                httpd.get("/orders", issuer.token(KEY)), tokens.SUBJECT
            )
            assert issuer.requests[fetched:] == [DISCOVERY]
            if wish[0] == "Retry-After":
                time.sleep(3)
                assert issuer.requests[fetched:] == [DISCOVERY]


def test_hanging_issuers_do_not_take_all_the_turns(authority, announce):
    """A hundred of them, configured before the one that is good."""
    announce(FAILED)
    with Silent() as silent, Issuer(authority, KEY) as issuer:
        config = server_level(authority, 1) + "Auth0KeyTimeout 1 1\n"
        for number in range(100):
            url = f"https://localhost:{silent.port}/{number}"
            config += protected(f"/{number}", f"Auth0Issuer {url}/ {url}/keys")
        config += protected("/orders", f"Auth0Issuer {issuer.url}")
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            fetched = issuer.count()
            time.sleep(12)
            assert issuer.count() >= fetched + 2


def test_without_any_stale_time_slow_keys_still_serve(authority):
    """A refresh that takes its time is no outage."""
    with Issuer(authority, KEY) as issuer:
        issuer.answers[JWKS].delay = 0.5
        config = "Auth0KeyMaxStale 0\n" + one_issuer(
            authority, f"Auth0Issuer {issuer.url}", 1
        )
        with Httpd(config, PAGE) as httpd:
            token = issuer.token(KEY)
            wait_for(httpd, "/orders", token, "ok")
            fetched = issuer.count()
            while issuer.count() < fetched + 4:
                answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)


def test_a_withdrawn_key_does_not_come_back(authority, announce):
    """What could not be kept at once is kept as soon as it can be."""
    announce("cannot be kept for the next start")
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            folder = kept(httpd).parent
            owner = folder.stat().st_uid
            os.chown(folder, 0, 0)
            issuer.keys(NEXT)
            httpd.wait_for_log("cannot be kept for the next start")
            os.chown(folder, owner, -1)
            path = kept(httpd)
            wait_until(lambda: b'"next"' in path.read_bytes(), "the new key")
            httpd.stop()
            issuer.down()
            httpd.restart()
            answers.accepted(
                httpd.get("/orders", issuer.token(NEXT)), tokens.SUBJECT
            )
            old = httpd.get("/orders", issuer.token(KEY))
            answers.refused(old, "key.unknown")
            httpd.wait_for_log(FAILED)


def test_a_file_from_the_future_is_not_fresh_for_ever(authority, announce):
    """It serves, but is renewed as one whose time is over."""
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        config = "Auth0KeyMaxStale 3\n" + one_issuer(
            authority, f"Auth0Issuer {issuer.url}", 1
        )
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            path = kept(httpd)
            httpd.stop()
            issuer.down()
            age(path, -86400)
            httpd.restart()
            token = issuer.token(KEY)
            answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
            announce("too old to serve")
            wait_for(httpd, "/orders", token, "key.unavailable")


def test_a_file_from_the_future_is_renewed_at_once(authority):
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 4)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            path = kept(httpd)
            httpd.stop()
            age(path, -86400)
            fetched = issuer.count()
            httpd.restart()
            wait_until(lambda: issuer.count() > fetched, "a fetch", 3)


# ------------------------------------------------------------ what is too long


def long_place(issuer, length):
    """A path on the issuer, so that its URL has this length."""
    path = "/" + "k" * (length - len(issuer.url))
    issuer.answers[path] = issuer.answers[JWKS]
    return issuer.url + path[1:]


def test_a_place_has_1023_bytes_at_most(authority, announce):
    announce(f"{FAILED}: .*jwks_uri is too long")
    lengths = {1023: "ok", 1024: "key.unavailable", 5000: "key.unavailable"}
    with Issuer(authority, KEY) as issuer:
        config = server_level(authority)
        for length in lengths:
            url = f"{issuer.url}{length}/"
            place = long_place(issuer, length)
            body = f'{{"issuer": "{url}", "jwks_uri": "{place}"}}'.encode()
            issuer.answers[f"/{length}{DISCOVERY}"] = Answer(body)
            config += protected(f"/{length}", f"Auth0Issuer {url}")
        with Httpd(config, PAGE) as httpd:
            httpd.wait_for_log("too long", 2)
            for length, reason in lengths.items():
                token = issuer.token(KEY, iss=f"{issuer.url}{length}/")
                wait_for(httpd, f"/{length}", token, reason)


KEPT_PLACES = {
    "plain_http": "http://tenant.example/jwks.json",
    "no_url": "jwks.json",
    "file": "file:///etc/passwd",
    "too_long": "https://localhost/" + "k" * 5000,
}


@pytest.mark.parametrize("place", KEPT_PLACES.values(), ids=KEPT_PLACES)
def test_a_kept_place_is_not_believed(authority, announce, place):
    """The keys serve; the place is looked up, whatever the file says."""
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            path = kept(httpd)
            httpd.stop()
            _, url, _, document = path.read_bytes().split(b"\n", 3)
            body = b"\n".join([url, place.encode(), document])
            seal = hashlib.sha256(body).hexdigest().encode()
            path.write_bytes(b"mod_auth0 keys 1 " + seal + b"\n" + body)
            issuer.answers[DISCOVERY] = html()
            httpd.restart()
            answers.accepted(
                httpd.get("/orders", issuer.token(KEY)), tokens.SUBJECT
            )
            httpd.wait_for_log("cannot be fetched: the discovery document")


# --------------------------------------------------------- one source, or two

#: What a second host says of the same issuer; and whether that makes it
#: another source of keys.
TWINS = {
    "nothing": ("", 1),
    "another_wait": ("Auth0KeyWait 100", 1),
    "another_refresh": ("Auth0KeyRefresh 299", 2),
    "another_stale": ("Auth0KeyMaxStale 5", 2),
    "another_cooldown": ("Auth0KeyCooldown 29", 2),
    "another_timeout": ("Auth0KeyTimeout 2 9", 2),
    "another_folder": ("Auth0StateDir run/other", 2),
    "another_authority": ("Auth0CACertificateFile ${DIR}/ca.pem", 2),
    "another_proxy": ("Auth0OutgoingProxy http://127.0.0.1:9", 2),
}


@pytest.mark.parametrize("line, sources", TWINS.values(), ids=TWINS)
def test_who_says_the_same_shares_the_keys(authority, line, sources):
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}") + (
            f"<VirtualHost *:*>\nServerName other.example\n{line}\n"
            + protected("/other", f"Auth0Issuer {issuer.url}")
            + "</VirtualHost>\n"
        )
        files = {**PAGE, "ca.pem": authority.file.read_bytes()}
        with Httpd(config, files) as httpd:
            httpd.wait_for_log("new keys of issuer", sources)
            host = [("Host", "other.example")]
            token = issuer.token(KEY)
            assert httpd.get("/other", token, headers=host).reason == "ok"
        assert issuer.count() == sources


def test_one_issuer_by_secret_and_by_keys(authority, announce):
    """That a first section needs no keys does not deprive the second."""
    announce("Warning on line .* take tokens for")
    secret = tokens.Secret(b"s" * 32)
    with Issuer(authority, KEY) as issuer:
        config = server_level(authority)
        config += protected(
            "/secret",
            f"Auth0Issuer {issuer.url}",
            "Auth0Algorithms HS256",
            "Auth0SigningSecret file:${DIR}/secret",
        )
        config += protected("/orders", f"Auth0Issuer {issuer.url}")
        files = {**PAGE, "secret": secret.secret}
        with Httpd(config, files) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            token = issuer.token(secret, "HS256")
            answers.accepted(httpd.get("/secret", token), tokens.SUBJECT)
