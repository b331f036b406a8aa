# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Back-channel logout: what is refused, whose access tokens are denied by what is
taken, and how long that is remembered.
"""
import concurrent.futures
import itertools
import signal
import time
import urllib.parse

import pytest

import answers
import client
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from crowd import server_level
from env import READY, Httpd
from issuer import Issuer
from logs import watch

KEY = tokens.rsa_key("main")
EC = tokens.ec_key("ec")
OTHER = tokens.rsa_key("other")
SECRET = tokens.Secret(b"s" * 32)
APP = "TuhNLv7ulXD3RfyLlSMbOvszzwJJFPpO"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
FORM = "application/x-www-form-urlencoded"

CONFIG = f"""\
{ANYTHING}{TENANT}
Auth0Issuer https://second.example/ file:${{DIR}}/second.json
Auth0Algorithms RS256 ES256
CustomLog "${{DIR}}/logs/pids.log" "%P"
TraceEnable Off
<Location /logout>
    SetHandler auth0-logout
    Auth0LogoutClient {APP} another
    Require all granted
</Location>
<Location /logout/brief>
    Auth0ClockSkew 0
    Auth0MaxTokenAge 1
</Location>
<Location /logout/secret>
    Auth0Algorithms HS256
    Auth0SigningSecret file:${{DIR}}/secret
</Location>
<LocationMatch "^/incomplete">
    SetHandler auth0-logout
</LocationMatch>
{location("/orders", "Require valid-user")}
{location("/protected", "Require valid-user")}
<Location /protected/logout>
    SetHandler auth0-logout
    Auth0LogoutClient {APP}
</Location>
"""
FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY, EC),
    "second.json": tokens.jwks(OTHER),
    "secret": SECRET.secret,
}


@pytest.fixture(scope="module")
def server():
    with Httpd(CONFIG, FILES) as httpd:
        yield httpd


numbers = itertools.count(1)


def unique(prefix):
    return f"{prefix}-{next(numbers)}-{time.time_ns()}"


def claims(**changes):
    """Those of a good logout token for nobody's session, with changes."""
    now = int(time.time())
    members = {
        "iss": tokens.ISSUER,
        "sub": unique("auth0|nobody"),
        "aud": APP,
        "iat": now,
        "exp": now + 120,
        "jti": unique("jti"),
        "events": {EVENT: {}},
        "trace_id": "81b336a94a4a5707",
        "sid": unique("sid"),
    }
    return tokens.merged(members, changes)


def logout_token(key=KEY, alg="RS256", head=None, **changes):
    head = tokens.header(key, alg, **(head or {}))
    return tokens.sign(key, alg, head, claims(**changes))


def form(token):
    return urllib.parse.urlencode({"logout_token": token}).encode()


def send(httpd, body, path="/logout", kind=FORM, headers=()):
    if kind:
        headers = [("Content-Type", kind), *headers]
    return httpd.request("POST", path, headers=headers, body=body)


def post(httpd, token, path="/logout"):
    watch.note_sent(token)
    return send(httpd, form(token), path)


def log_out(httpd, path="/logout", **changes):
    answers.logged_out(post(httpd, logout_token(**changes), path))


def access(httpd, user, **changes):
    """One request with an access token of that user."""
    return httpd.get("/orders", tokens.token(KEY, sub=user, **changes))


def is_in(response, user):
    answers.accepted(response, user)


ABSENT = tokens.ABSENT

#: Section 2.6: head and claims of a token, and why it is refused.
REFUSED = [
    ("typ_of_an_access_token", {"typ": "at+jwt"}, {}, "header.typ"),
    ("typ_of_a_proof", {"typ": "dpop+jwt"}, {}, "header.typ"),
    ("typ_absent", {"typ": ABSENT}, {}, "header.typ"),
    ("typ_empty", {"typ": ""}, {}, "header.typ"),
    ("typ_number", {"typ": 1}, {}, "header.typ"),
    ("alg_none", {"alg": "none"}, {}, "header.alg"),
    ("alg_of_a_secret", {"alg": "HS256"}, {}, "header.alg"),
    ("crit", {"crit": ["exp"]}, {}, "header.crit"),
    ("own_key", {"jwk": KEY.jwk()}, {}, "header.forbidden"),
    ("kid_unknown", {"kid": "nobody"}, {}, "key.unknown"),
    ("kid_of_another_kind", {"kid": "ec"}, {}, "key.unusable"),
    ("iss_absent", {}, {"iss": ABSENT}, "claims.missing"),
    ("iss_of_a_stranger", {}, {"iss": "https://else/"}, "claims.iss"),
    ("iss_number", {}, {"iss": 1}, "claims.type"),
    ("aud_absent", {}, {"aud": ABSENT}, "claims.missing"),
    ("aud_of_another_client", {}, {"aud": "stranger"}, "claims.aud"),
    ("aud_of_the_api", {}, {"aud": tokens.AUDIENCE}, "claims.aud"),
    ("aud_empty_list", {}, {"aud": []}, "claims.aud"),
    ("aud_in_lower_case", {}, {"aud": APP.lower()}, "claims.aud"),
    ("exp_absent", {}, {"exp": ABSENT}, "claims.missing"),
    ("exp_past", {}, {"exp": time.time() - 10}, "claims.exp"),
    ("exp_text", {}, {"exp": "9999999999"}, "claims.type"),
    ("iat_absent", {}, {"iat": ABSENT}, "claims.missing"),
    ("iat_future", {}, {"iat": time.time() + 3600}, "claims.iat"),
    ("nbf_future", {}, {"nbf": time.time() + 3600}, "claims.nbf"),
    ("jti_absent", {}, {"jti": ABSENT}, "claims.missing"),
    ("jti_number", {}, {"jti": 1}, "claims.type"),
    ("nobody", {}, {"sub": ABSENT, "sid": ABSENT}, "claims.missing"),
    ("sub_empty", {}, {"sub": ""}, "claims.type"),
    ("sub_number", {}, {"sub": 1}, "claims.type"),
    ("sub_null", {}, {"sub": None}, "claims.type"),
    ("sub_control", {}, {"sub": "a\nb"}, "claims.type"),
    ("sid_empty", {}, {"sid": ""}, "claims.type"),
    ("sid_number", {}, {"sid": 1}, "claims.type"),
    ("sid_list", {}, {"sid": ["a"]}, "claims.type"),
    ("sid_control", {}, {"sid": "a\x7fb"}, "claims.type"),
    ("events_absent", {}, {"events": ABSENT}, "claims.missing"),
    ("events_null", {}, {"events": None}, "claims.events"),
    ("events_text", {}, {"events": EVENT}, "claims.events"),
    ("events_list", {}, {"events": [EVENT]}, "claims.events"),
    ("events_empty", {}, {"events": {}}, "claims.events"),
    ("event_of_another_kind", {}, {"events": {"x": {}}}, "claims.events"),
    ("event_null", {}, {"events": {EVENT: None}}, "claims.events"),
    ("event_text", {}, {"events": {EVENT: ""}}, "claims.events"),
    ("event_list", {}, {"events": {EVENT: []}}, "claims.events"),
    ("nonce", {}, {"nonce": "n"}, "claims.nonce"),
    ("nonce_null", {}, {"nonce": None}, "claims.nonce"),
    ("cnf", {}, {"cnf": {}}, "cnf.unknown"),
]


@pytest.mark.parametrize("head, changes, reason", **table(REFUSED))
def test_token_refused(server, head, changes, reason):
    """And who is named in it stays logged in."""
    user = unique("auth0|a")
    token = logout_token(head=head, **{"sub": user, "sid": ABSENT, **changes})
    answers.not_logged_out(post(server, token), reason)
    is_in(access(server, user), user)


def test_signature_refused(server):
    user = unique("auth0|a")
    good = tokens.parts(logout_token(sub=user))
    bad = tokens.parts(logout_token(sub=user))
    response = post(server, ".".join([*good[:2], bad[2]]))
    answers.not_logged_out(response, "signature.invalid")
    response = post(server, ".".join([*good[:2], bad[2][:-2]]))
    answers.not_logged_out(response, "signature.length")
    is_in(access(server, user), user)


#: Tokens of other kinds that the same tenant signs.
STRANGERS = [
    ("access_token", {}, {}, "claims.aud"),
    ("id_token", {}, {"aud": APP, "nonce": "n"}, "claims.missing"),
    (
        "id_token_with_jti",
        {},
        {"aud": APP, "nonce": "n", "jti": "1"},
        "claims.missing",
    ),
    (
        "access_token_for_the_client",
        {"typ": "at+jwt"},
        {"aud": APP, "jti": "1"},
        "header.typ",
    ),
]


@pytest.mark.parametrize("head, changes, reason", **table(STRANGERS))
def test_token_of_another_kind(server, head, changes, reason):
    token = tokens.token(KEY, head=head, **changes)
    if reason == "claims.aud":
        reason = "claims.missing"  # it has no jti either
    answers.not_logged_out(post(server, token), reason)


WORDS = [
    ("opaque", "abc", "token.opaque"),
    ("two_parts", "e30.e30", "token.malformed"),
    ("no_json", "AAAA.e30.AAAA", "header.malformed"),
    ("encrypted", "eyJhbGciOiJSU0EtT0FFUC0yNTYifQ.A.A.A.A",
     "token.malformed"),
    ("too_long", "a" * 8193, "request.too_large"),
]


@pytest.mark.parametrize("word, reason", **table(WORDS))
def test_word_refused(server, word, reason):
    answers.not_logged_out(send(server, b"logout_token=" + word.encode()),
                           reason)


def padded(good, size):
    """A form of this size, with the good one at its end."""
    return b"x=" + b"a" * (size - len(good) - 3) + b"&" + good


#: A body, made from a good one; its type; and whether it is as it should be.
BODIES = [
    ("empty", lambda good: b"", FORM, False),
    ("nothing", lambda good: b"&", FORM, False),
    ("no_value", lambda good: b"logout_token", FORM, False),
    ("empty_value", lambda good: b"logout_token=", FORM, False),
    ("another_name", lambda good: b"x" + good, FORM, False),
    ("capitals", lambda good: good.replace(b"log", b"Log"), FORM, False),
    ("array", lambda good: good.replace(b"n=", b"n[]="), FORM, False),
    ("twice", lambda good: good + b"&" + good, FORM, False),
    ("twice_once_empty", lambda good: good + b"&logout_token=", FORM, False),
    ("twice_by_escape", lambda good: good + b"&logout%5Ftoken=x", FORM, False),
    ("bad_escape", lambda good: good + b"%zz", FORM, False),
    ("bad_escape_elsewhere", lambda good: good + b"&x=%zz", FORM, True),
    ("nul_elsewhere", lambda good: b"x=\0&" + good, FORM, True),
    ("too_large", lambda good: padded(good, 65537), FORM, False),
    ("far_too_large", lambda good: padded(good, 1000000), FORM, False),
    ("no_type", lambda good: good, None, False),
    ("json", lambda good: b'{"logout_token":"x"}', "application/json", False),
    ("type_json", lambda good: good, "application/json", False),
    ("multipart", lambda good: good, "multipart/form-data", False),
    ("type_with_more", lambda good: good, FORM + "x", False),
    ("two_types", lambda good: good, FORM + " x", False),
    ("plain", lambda good: good, FORM, True),
    ("largest", lambda good: padded(good, 65536), FORM, True),
    ("with_others", lambda good: b"a=1&b&" + good + b"&=&", FORM, True),
    ("escaped", lambda good: good.replace(b"t_t", b"t%5ft"), FORM, True),
    ("charset", lambda good: good, FORM + "; charset=utf-8", True),
    ("charset_after_space", lambda good: good, FORM + " ;x=y", True),
    ("type_in_capitals", lambda good: good, FORM.upper(), True),
]


@pytest.mark.parametrize("make, kind, is_good", **table(BODIES))
def test_body(server, make, kind, is_good):
    response = send(server, make(form(logout_token())), kind=kind)
    if is_good:
        answers.logged_out(response)
    else:
        answers.not_logged_out(response, "logout.request")


@pytest.mark.parametrize("nul", [b"%00", b"\0"], ids=["escaped", "plain"])
def test_nul_ends_no_token(server, nul):
    """What follows is a part of the token, and makes it none."""
    response = send(server, form(logout_token()) + nul)
    answers.not_logged_out(response, "token.malformed")


def test_body_in_chunks(server):
    body = form(logout_token())
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for part in (body[:10], body[10:], b"")
    )
    headers = client.complete([("Content-Type", FORM)], b"")
    headers += [("Transfer-Encoding", "chunked"), ("Connection", "close")]
    with client.Connection(server.port) as connection:
        connection.send("POST", "/logout", headers, chunks)
        assert connection.receive("POST").status == 200


def test_token_in_the_query_is_no_token(server):
    path = "/logout?" + form(logout_token()).decode()
    answers.not_logged_out(send(server, b"x=1", path), "logout.request")


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"]
)
def test_other_methods(server, method):
    body = b"" if method in ("GET", "HEAD", "OPTIONS") else b"x=1"
    response = server.request(method, "/logout", body=body)
    assert response.status == 405
    assert response.header("Allow") == "POST"
    assert response.header("Cache-Control") == "no-store"
    assert response.reason == "-"


MEANT_FOR_BOTH = [
    ("of_auth0", {}, {}),
    ("without_typ", {"typ": ABSENT}, {}),
    ("event_with_members", {}, {"events": {EVENT: {"x": 1}, "y": 1}}),
    ("event_that_is_no_object", {}, {"events": {EVENT: None}}),
]


@pytest.mark.parametrize("head, changes", **table(MEANT_FOR_BOTH))
def test_logout_token_is_no_access_token(server, head, changes):
    """Whatever its audience: some name a client's id in Auth0Audience."""
    token = logout_token(head=head, aud=[APP, tokens.AUDIENCE], **changes)
    answers.refused(server.get("/orders", token), "claims.events")


@pytest.mark.parametrize("events", [None, [], {}, {"x": {}}, EVENT, [EVENT]])
def test_access_token_with_events_of_its_own(server, events):
    user = unique("auth0|e")
    is_in(access(server, user, events=events), user)


TAKEN = [
    ("of_auth0", {}, {}),
    ("typed", {"typ": "logout+jwt"}, {}),
    ("typed_in_capitals", {"typ": "LOGOUT+JWT"}, {}),
    ("typed_in_full", {"typ": "application/logout+jwt"}, {}),
    ("audience_of_several", {}, {"aud": ["x", APP]}),
    ("another_client", {}, {"aud": "another"}),
    ("event_with_members", {}, {"events": {EVENT: {"x": 1}, "y": 1}}),
]


@pytest.mark.parametrize("head, changes", **table(TAKEN))
def test_taken(server, head, changes):
    user = unique("auth0|a")
    token = tokens.token(KEY, sub=user)
    is_in(server.get("/orders", token), user)
    log_out(server, head=head, sub=user, **changes)
    answers.refused(server.get("/orders", token), "deny.sub")


def test_taken_by_a_secret(server):
    token = logout_token(SECRET, "HS256")
    answers.logged_out(post(server, token, "/logout/secret"))
    answers.not_logged_out(
        post(server, logout_token(), "/logout/secret"), "header.alg"
    )


def test_no_access_token_is_needed_nor_judged(server):
    token = logout_token()
    bad = [("Authorization", "Bearer expired"), ("Cookie", "a=b")]
    answers.logged_out(send(server, form(token), headers=bad))


def test_a_protected_endpoint_needs_both(server):
    body = form(logout_token())
    path = "/protected/logout"
    answers.refused(send(server, body, path), "request.no_token")
    headers = [("Content-Type", FORM)]
    response = server.request(
        "POST", path, tokens.token(KEY), headers=headers, body=body
    )
    answers.logged_out(response)


def test_incomplete_configuration(server, announce):
    announce("config.incomplete")
    response = post(server, logout_token(), "/incomplete")
    answers.not_logged_out(response, "config.incomplete")


#: Whom a logout at the time 0 concerns: what is in the logout token; in the
#: access token; and when that was issued.
SCOPE = [
    ("sub", "sub", "sub", 0, "deny.sub"),
    ("sub_earlier", "sub", "sub", -3600, "deny.sub"),
    ("sub_later", "sub", "sub", 1, "ok"),
    ("sub_with_a_session", "sub", "sub sid", 0, "deny.sub"),
    ("sub_with_a_session_later", "sub", "sub sid", 1, "ok"),
    ("sub_of_another", "sub", "sub2", 0, "ok"),
    ("sub_without_iat", "sub", "sub", None, "deny.sub"),
    ("sid", "sid", "sub sid", 0, "deny.sid"),
    ("sid_later", "sid", "sub sid", 1, "deny.sid"),
    ("sid_of_another", "sid", "sub sid2", 0, "ok"),
    ("sid_and_none", "sid", "sub", 0, "ok"),
    ("both", "sub sid", "sub sid", 0, "deny.sid"),
    ("both_later", "sub sid", "sub sid", 1, "deny.sid"),
    ("both_and_another_session", "sub sid", "sub sid2", 0, "ok"),
    ("both_and_no_session", "sub sid", "sub", 0, "deny.sub"),
    ("both_and_no_session_earlier", "sub sid", "sub", -3600, "deny.sub"),
    ("both_and_no_session_later", "sub sid", "sub", 1, "ok"),
    ("both_and_no_session_without_iat", "sub sid", "sub", None, "deny.sub"),
    ("both_and_another_user", "sub sid", "sub2", 0, "ok"),
    ("both_and_another_in_the_session", "sub sid", "sub2 sid", 0, "deny.sid"),
]


@pytest.mark.parametrize("ended, held, issued, reason", **table(SCOPE))
def test_scope(server, ended, held, issued, reason):
    names = {word: unique(word) for word in ("sub", "sub2", "sid", "sid2")}
    now = int(time.time())

    def named(words):
        found = {word[:3]: names[word] for word in words.split()}
        return {"sub": ABSENT, "sid": ABSENT, **found}

    log_out(server, iat=now, **named(ended))
    iat = ABSENT if issued is None else now + issued
    token = tokens.token(KEY, iat=iat, **named(held))
    response = server.get("/orders", token)
    if reason == "ok":
        is_in(response, named(held)["sub"])
    else:
        answers.refused(response, reason)


def test_a_later_logout_extends_an_earlier_one(server):
    user = unique("auth0|a")
    now = int(time.time())
    log_out(server, sub=user, sid=ABSENT, iat=now - 60)
    is_in(access(server, user, iat=now - 30), user)
    log_out(server, sub=user, sid=ABSENT, iat=now)
    log_out(server, sub=user, sid=ABSENT, iat=now - 90)
    answers.refused(access(server, user, iat=now - 30), "deny.sub")


def test_issuers_have_users_of_their_own(server):
    user, session = unique("auth0|a"), unique("sid")
    second = {"iss": "https://second.example/", "sub": user}
    theirs = tokens.token(OTHER, **second, sid=session)
    log_out(server, sub=user, sid=session)
    is_in(server.get("/orders", theirs), user)
    log_out(server, key=OTHER, **second, sid=session)
    answers.refused(server.get("/orders", theirs), "deny.sid")


def test_a_session_is_no_user(server):
    name = unique("name")
    log_out(server, sub=ABSENT, sid=name)
    is_in(access(server, name), name)


def test_replay(server):
    token = logout_token()
    answers.logged_out(post(server, token))
    for _ in range(3):
        answers.not_logged_out(post(server, token), "logout.replay")


def test_a_jti_is_its_issuers(server):
    jti = unique("jti")
    log_out(server, jti=jti)
    log_out(server, key=OTHER, iss="https://second.example/", jti=jti)
    token = logout_token(jti=jti)
    answers.not_logged_out(post(server, token), "logout.replay")


def test_refused_tokens_may_come_again(server):
    """Only what was taken counts as seen."""
    jti = unique("jti")
    token = logout_token(jti=jti, nonce="n")
    answers.not_logged_out(post(server, token), "claims.nonce")
    log_out(server, jti=jti)


def test_a_denial_does_not_end_early(server):
    """Whatever age is too much here, tokens may be older elsewhere."""
    user = unique("auth0|a")
    log_out(server, "/logout/brief", sub=user)
    token = tokens.token(KEY, sub=user)
    answers.refused(server.get("/orders", token), "deny.sub")
    time.sleep(2.1)
    answers.refused(server.get("/orders", token), "deny.sub")


def together(function, count=32):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return list(pool.map(lambda _: function(), range(count)))


@pytest.fixture(params=["event", "prefork"])
def processes(request):
    """A server of several processes, and those that have answered."""

    def pids(httpd):
        return set((httpd.directory / "logs/pids.log").read_text().split())

    with Httpd(CONFIG, FILES, mpm=request.param) as httpd:
        for _ in range(50):
            together(lambda: access(httpd, "auth0|x"))
            if len(pids(httpd)) >= 2:
                break
        assert len(pids(httpd)) >= 2
        yield httpd


def test_all_processes_know_at_once(processes):
    user = unique("auth0|a")
    token = tokens.token(KEY, sub=user)
    log_out(processes, sub=user)
    for response in together(lambda: processes.get("/orders", token)):
        answers.refused(response, "deny.sub")


def test_of_many_posts_one_is_taken(processes):
    token = logout_token()
    watch.note_sent(token)
    responses = together(lambda: send(processes, form(token)), 16)
    reasons = sorted(response.reason for response in responses)
    assert reasons == ["logout.replay"] * 15 + ["ok"]


def restart_plainly(httpd):
    """Not while a connection is closed: the event MPM may complain of it."""
    httpd.wait_until_idle()
    count = httpd.error_log.read_text().count(READY)
    httpd.process.send_signal(signal.SIGHUP)
    httpd.wait_for_log(READY, count + 1)


def test_restarts_keep_what_is_denied_and_a_stop_does_not():
    # The event MPM's own, when a child ends while it closes a connection.
    watch.allow("AH03092")
    user = unique("auth0|a")
    access_token = tokens.token(KEY, sub=user)
    token = logout_token(sub=user)
    with Httpd(CONFIG, FILES) as httpd:
        answers.logged_out(post(httpd, token))
        for restart in (httpd.graceful, lambda: restart_plainly(httpd)) * 2:
            restart()
            answers.refused(httpd.get("/orders", access_token), "deny.sub")
            answers.not_logged_out(post(httpd, token), "logout.replay")
            log_out(httpd)
        httpd.restart()
        is_in(httpd.get("/orders", access_token), user)
        answers.logged_out(post(httpd, token))
        answers.refused(httpd.get("/orders", access_token), "deny.sub")


def test_children_of_before_and_after_share_what_they_know(server):
    """A logout that began before a graceful restart and ends after it."""
    user = unique("auth0|a")
    body = form(logout_token(sub=user))
    headers = client.complete([("Content-Type", FORM)], body)
    with client.Connection(server.port) as connection:
        connection.send("POST", "/logout", headers, body[:-1])
        time.sleep(0.2)
        server.graceful()
        is_in(access(server, user), user)
        connection.socket.sendall(body[-1:])
        assert connection.receive("POST").status == 200
    answers.refused(access(server, user), "deny.sub")


def ignorant(authority, issuer):
    """An endpoint, and no place that AuthType protects."""
    return (
        server_level(authority)
        + "Auth0KeyCooldown 1\n<Location /logout>\nSetHandler auth0-logout\n"
        + f"Auth0LogoutClient {APP}\nAuth0Issuer {issuer.url}\n</Location>\n"
    )


def test_keys_are_fetched_and_waited_for(authority):
    with Issuer(authority, KEY) as issuer:
        token = logout_token(iss=issuer.url)
        with issuer.hold():
            httpd = Httpd(ignorant(authority, issuer), PAGE)
            httpd.start()
            response = post(httpd, token)
            answers.not_logged_out(response, "key.unavailable")
        try:
            httpd.wait_for_log("new keys of issuer")
            answers.logged_out(post(httpd, token))
            issuer.keys(KEY, OTHER)
            time.sleep(1)  # the cooldown
            log_out(httpd, key=OTHER, iss=issuer.url)
        finally:
            httpd.stop()
            httpd.remove()


def test_full_store(announce):
    """Of 4096 bytes: what does not fit can be tried again later."""
    announce("auth0:error.* logout.store: ")
    with Httpd(f"Auth0SharedStore shm:4096\n{CONFIG}", FILES) as httpd:
        for _ in range(128):
            token = logout_token(EC, "ES256", sub=unique("u"), sid=ABSENT)
            response = post(httpd, token)
            if response.status != 200:
                break
            taken = token
        for _ in range(2):
            answers.not_logged_out(response, "logout.store")
            assert int(response.header("Retry-After")) >= 1
            response = post(httpd, token)
        answers.not_logged_out(post(httpd, taken), "logout.replay")
        assert access(httpd, "auth0|else").status == 200
