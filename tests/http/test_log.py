# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What refusals leave in the logs: enough to know, never more than that."""
import collections
import pathlib
import re
import time

import pytest

import answers
import load
import tokens
from conf import ANYTHING, PAGE, TENANT, location
from crowd import wait_until
from env import Httpd, free_port
from load import Load, Plan, Same
from proofs import Prover

KEY = tokens.rsa_key("main")
SECTION = location(
    "/orders", "Auth0ClaimHeader X-C c", "Require auth0-scope read"
)
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}
SECONDS = 3

WRITTEN = re.compile(r"\] (\w+\.\w+): .* \[token [0-9a-f-]+\]")
MORE = re.compile(r"\] (\w+\.\w+): .* \((\d+) more left out of the log\)")
REST = re.compile(r"\] (\d+) more lines (\w+\.\w+) were left out of the log")
AUTHZ_CORE = "AH01631: .* authorization failure"


def server(level, within=None, **more):
    """Lines of a level; within: for that section alone."""
    log = f"LogLevel auth0:{level}"
    if within:
        log = f"LogLevel auth0:warn\n{location(within, log)}"
    config = ANYTHING + TENANT + SECTION + f"{log}\n"
    return Httpd(config + "MaxKeepAliveRequests 0\n", FILES, **more)


def lines(httpd):
    """Lines written about each refusal, and lines said to be left out."""
    written, left_out = collections.Counter(), collections.Counter()
    for line in httpd.error_log.read_text().splitlines():
        if "[auth0:info]" not in line:
            continue
        for match in WRITTEN.finditer(line):
            written[match[1]] += 1
        for match in MORE.finditer(line):
            left_out[match[1]] += int(match[2])
        for match in REST.finditer(line):
            left_out[match[2]] += int(match[1])
    return written, left_out


def refusals(httpd):
    """What the access log has of each reason."""
    text = httpd.access.log.path.read_text()
    found = re.findall(r" (\w+\.\w+) ", text)
    return collections.Counter(found)


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_F32_flood_of_refusals(mpm):
    """One line a second and reason; together they tell of each refusal."""
    late = tokens.token(KEY, exp=tokens.Ago(60))
    flood = [load.request("/orders"), load.request("/orders", late)]
    with server("info", mpm=mpm) as httpd:
        plans = [Plan(httpd.port, Same(one), 1, batch=8) for one in flood]
        with Load(*plans) as loads:
            begin = time.monotonic()
            loads.use(0)
            time.sleep(SECONDS / 2)
            httpd.get("/orders", tokens.token(tokens.rsa_key("other")))
            time.sleep(SECONDS / 2)
            samples = loads.stop()
            lasted = time.monotonic() - begin
        assert not any(part.failed() for part in samples)
        # The last ones are told of when no more have come for a second.
        wait_until(lambda: all_told(httpd), "a line on the rest", 5)
        written, left_out = lines(httpd)
        expected = refusals(httpd)
    print(f"F32: {dict(expected)} in {lasted:.1f} s: lines {dict(written)}")
    assert set(written) == {"request.no_token", "claims.exp", "key.unknown"}
    # A while of 3.1 seconds may touch on five of the clock's.
    for reason, count in written.items():
        assert count <= lasted + 2, reason
        assert count + left_out[reason] == expected[reason]
    assert min(expected["request.no_token"], expected["claims.exp"]) > 1000


OTHERS = re.compile(r"\] (\d+) more lines of mod_authz_core on")


@pytest.mark.parametrize("level, within", [
    ("info", None), ("warn", None), ("info", "/orders"),
])
def test_flood_of_what_is_forbidden(announce, level, within):
    """
    mod_authz_core has a line of level error on each of these, which counts
    whatever else is to be seen.
    """
    announce(AUTHZ_CORE)
    lacking = tokens.token(KEY, scope="write")
    with server(level, within) as httpd:
        plan = Plan(httpd.port, Same(load.request("/orders", lacking)))
        with Load(plan) as loads:
            begin = time.monotonic()
            loads.use(0)
            time.sleep(2)
            (sample,) = loads.stop()
            lasted = time.monotonic() - begin
        wait_until(
            lambda: sum(others(httpd)) == refusals(httpd)["require.scope"],
            "a line on the rest", 5,
        )
        text = httpd.error_log.read_text()
    assert sample.statuses() == {403: len(sample)} and len(sample) > 200
    # Between the question and the answer others may ask the same.
    found, _ = others_in(text)
    assert 1 <= found <= (lasted + 2) * 8
    ours = text.count("] require.scope: ")
    assert (1 if level == "info" else 0) <= ours <= lasted + 2


def others_in(text):
    """Lines of mod_authz_core, and those that were told to be left out."""
    left_out = sum(int(number) for number in OTHERS.findall(text))
    return len(re.findall(AUTHZ_CORE, text)), left_out


def others(httpd):
    return others_in(httpd.error_log.read_text())


def all_told(httpd):
    written, left_out = lines(httpd)
    return written + left_out == refusals(httpd)


def test_a_restart_forgets_nothing():
    """What was left out before it is told of after it."""
    with server("info") as httpd:
        for _ in range(50):
            httpd.get("/orders")
        httpd.graceful()
        wait_until(lambda: all_told(httpd), "a line on the rest", 5)


def test_all_are_written_for_who_looks():
    """Each at its own level, and none of them counts as left out."""
    with server("debug") as httpd:
        for _ in range(20):
            httpd.get("/orders")
        time.sleep(1.5)
        text = httpd.error_log.read_text()
    assert len(re.findall(r"auth0:info\S* .*request\.no_token: ", text)) == 20
    assert not MORE.search(text) and not REST.search(text)


def test_a_section_alone_is_told_of_the_rest():
    """Though nothing else of the server writes lines of this level."""
    with server("info", "/orders") as httpd:
        for _ in range(20):
            httpd.get("/orders")
        wait_until(lambda: all_told(httpd), "a line on the rest", 5)
        written, left_out = lines(httpd)
    assert written["request.no_token"] + left_out["request.no_token"] == 20
    assert left_out["request.no_token"] > 0


def test_claims_that_cannot_be_sent():
    token = tokens.token(KEY, scope="read", c="Jörg")
    with server("info") as httpd:
        for _ in range(50):
            assert httpd.get("/orders", token).status == 200
        httpd.wait_for_log("on claims that cannot be sent were left out")
        text = httpd.error_log.read_text()
    sent = text.count("Auth0ClaimHeader X-C is not sent: the claim c ")
    told = re.findall(r"(\d+) more (?:left out|lines on claims)", text)
    assert sent < 10 and sent + sum(map(int, told)) == 50


def test_no_room_is_told_at_warn(announce):
    """What is nobody's fault but the server's; once a second, like all."""
    announce("auth0:error.* cnf.store: ")
    prover = Prover(KEY, tokens.ec_key("dpop"))
    url, token = "https://api.example.com/orders", prover.token(scope="read")
    config = (
        f"Auth0SharedStore shm:4096\n{ANYTHING}{TENANT}{SECTION}"
        "Auth0BaseURL https://api.example.com\nLogLevel warn auth0:warn\n"
    )
    with Httpd(config, FILES) as httpd:
        begin = time.monotonic()
        for _ in range(300):
            fields = prover.fields("GET", url, token)
            response = httpd.get("/orders", headers=fields)
        answers.refused(response, "cnf.store")
        lasted = time.monotonic() - begin
        text = httpd.error_log.read_text()
    assert 1 <= text.count(" cnf.store: ") <= lasted + 2


def test_want_of_keys_is_told_by_who_fetches_them(announce):
    """Once at its beginning, and not with each request."""
    announce("the keys of issuer .* cannot be fetched")
    config = ANYTHING + location(
        "/orders",
        f"Auth0Issuer http://127.0.0.1:{free_port()}/",
        f"Auth0Audience {tokens.AUDIENCE}",
        "Require valid-user",
    )
    with Httpd(config, FILES) as httpd:
        httpd.wait_for_log("cannot be fetched")
        response = httpd.get("/orders", tokens.token(KEY))
        answers.refused(response, "key.unavailable")
        httpd.wait_for_log(r"auth0:info\S* .* key\.unavailable: ")


def test_nothing_is_written_of_what_is_fine():
    token = tokens.token(KEY, scope="read")
    with server("info") as httpd:
        before = len(httpd.error_log.read_text())
        for _ in range(5):
            assert httpd.get("/orders", token).status == 200
        assert "ok" not in httpd.error_log.read_text()[before:]


def test_access_log(announce):
    """Reason, fingerprint and user, as the documents say."""
    announce(AUTHZ_CORE)
    form = '%{X-Test-Id}i %{auth0-reason}n %{auth0-token}n %u'
    config = f'LogFormat "{form}" told\nCustomLog logs/told.log told\n'
    good = tokens.token(KEY, scope="read", sub="anna")
    bad = tokens.token(KEY, scope="write", sub="bob")
    with Httpd(ANYTHING + TENANT + SECTION + config, FILES) as httpd:
        sent = [httpd.get("/orders", token) for token in (good, bad, None)]
        told = httpd.directory / "logs" / "told.log"
        wait_until(lambda: told.read_text().count("\n") == 3, "three lines")
        words = [line.split()[1:] for line in told.read_text().splitlines()]
    assert [response.status for response in sent] == [200, 403, 401]
    assert words == [
        ["ok", answers.fingerprint(good), "anna"],
        ["require.scope", answers.fingerprint(bad), "bob"],
        ["request.no_token", "-", "-"],
    ]


def test_the_line_that_the_readme_shows():
    readme = pathlib.Path(__file__).parents[2] / "README.md"
    shown = re.search(r"^    (claims\.aud: .*) \[token", readme.read_text(), re.M)
    with server("info") as httpd:
        answers.refused(httpd.get("/orders", tokens.token(KEY, aud="x")),
                        "claims.aud")
        httpd.wait_for_log(re.escape(shown[1]))
