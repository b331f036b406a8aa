# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Keys whose place, or whose neighbours, give trouble."""
import os
import time

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


def test_metadata_that_want_to_be_left_alone(authority, announce):
    """Nothing else is asked of that issuer meanwhile."""
    announce(f"{FAILED}: the answer has status 429")
    busy = Answer(b"", status=429, headers=(("Retry-After", "600"),))
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            httpd.stop()
            issuer.answers[DISCOVERY] = busy
            fetched = len(issuer.requests)
            httpd.restart()
            httpd.wait_for_log("status 429")
            time.sleep(3)
            answers.accepted(
                httpd.get("/orders", issuer.token(KEY)), tokens.SUBJECT
            )
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
            time.sleep(20)
            assert issuer.count() >= fetched + 3


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


def only_file(httpd):
    (path,) = httpd.directory.glob("run/mod_auth0/*.keys")
    return path


def test_a_withdrawn_key_does_not_come_back(authority, announce):
    """What could not be kept at once is kept as soon as it can be."""
    announce("cannot be kept for the next start")
    announce(FAILED)
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}", 1)
        with Httpd(config, PAGE) as httpd:
            wait_for(httpd, "/orders", issuer.token(KEY), "ok")
            folder = only_file(httpd).parent
            owner = folder.stat().st_uid
            os.chown(folder, 0, 0)
            issuer.keys(NEXT)
            httpd.wait_for_log("cannot be kept for the next start")
            os.chown(folder, owner, -1)
            kept = only_file(httpd)
            wait_until(lambda: b'"next"' in kept.read_bytes(), "the new key")
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
            path = only_file(httpd)
            httpd.stop()
            issuer.down()
            later = time.time() + 86400
            os.utime(path, (later, later))
            httpd.restart()
            token = issuer.token(KEY)
            answers.accepted(httpd.get("/orders", token), tokens.SUBJECT)
            announce("too old to serve")
            wait_for(httpd, "/orders", token, "key.unavailable")
