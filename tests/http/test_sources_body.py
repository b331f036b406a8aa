# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
A token in a form: the body that was read for it reaches whom it is for, byte
for byte, and one that cannot be looked into is refused.
"""
import gzip
import json
import re
import subprocess
import time

import pytest

import answers
import client
import sources
import tokens
from backend import Backend
from client import Connection
from conf import TENANT, location, table
from env import apxs, shared_library
from sources import FORM, bearer, token

MODULES = ["rewrite", "include", "proxy", "proxy_http", "deflate", "request",
           "reqtimeout"]
LIMIT = 65536

#: Tells what has reached it, like the back end.
ECHO = """\
#!/usr/bin/python3
import os, sys
body = sys.stdin.buffer.read()
sys.stdout.write("Content-Type: text/plain\\r\\n")
sys.stdout.write("X-Length: %s\\r\\n" % os.environ.get("CONTENT_LENGTH"))
sys.stdout.write("X-User: %s\\r\\n\\r\\n" % os.environ.get("REMOTE_USER"))
sys.stdout.flush()
sys.stdout.buffer.write(body)
"""

SOURCES = "Auth0TokenSource form header"
VALID = "Require valid-user"
CONFIG = "\n".join(
    [
        TENANT,
        *(
            location(path, SOURCES, VALID)
            for path in ("/cgi", "/api", "/small", "/d/index.html", "/inflate",
                         "/readers", "/parts", "/kept")
        ),
        location("/old", SOURCES, VALID),
        location("/plain", VALID),
        location("/exact", SOURCES, VALID, "Auth0ClockSkew 0"),
        location("/exact/login", "Auth0ClockSkew 5",
                 "Require auth0-step-up max_age=1"),
        location("/report", SOURCES, VALID, "Auth0ReportOnly On"),
        location("/report/small", "LimitRequestBody 1000"),
        location("/told", SOURCES, VALID, "ErrorDocument 401 /sorry.html"),
        """
LoadModule readers_module %(readers)s
ScriptAlias /cgi ${DIR}/cgi
ScriptAlias /small ${DIR}/cgi
ScriptAlias /plain ${DIR}/cgi
ScriptAlias /inflate ${DIR}/cgi
ScriptAlias /kept ${DIR}/cgi
ScriptAlias /exact/login ${DIR}/cgi
ScriptAlias /exact ${DIR}/cgi
ProxyPass /report/small !
ScriptAlias /report/small ${DIR}/cgi
ProxyPass /report http://127.0.0.1:%(backend)d
ProxyPass /api http://127.0.0.1:%(backend)d
RequestReadTimeout body=1
<Location /small>
    LimitRequestBody 1000
</Location>
<Location /inflate>
    SetInputFilter DEFLATE
</Location>
<Location /kept>
    KeptBodySize 100000
</Location>
<Location /readers>
    SetHandler readers
</Location>
<Directory ${DIR}/htdocs/old>
    RewriteEngine On
    RewriteRule ^ /cgi/echo.cgi
</Directory>
AddType text/html .html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${DIR}/htdocs>
    Options +Includes
</Directory>
""",
    ]
)
FILES = {
    "cgi/echo.cgi": ECHO,
    "htdocs/old/p.html": "never seen",
    "htdocs/sorry.html": "sorry",
    "htdocs/parts/p.shtml": 'begin <!--#include virtual="/parts/x.html" --> end',
    "htdocs/parts/x.html": "part",
}


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    """The module for the tests, built as apxs would, without its flags."""
    apr = subprocess.run(
        [apxs("APR_CONFIG"), "--includes", "--cppflags"],
        capture_output=True, check=True, text=True,
    ).stdout.split()
    return shared_library(
        "readers.c", tmp_path_factory.mktemp("readers"),
        f"-I{apxs('INCLUDEDIR')}", *apr,
    )


@pytest.fixture(scope="module")
def backend():
    with Backend() as server:
        yield server


@pytest.fixture(scope="module", params=["event", "prefork"])
def httpd(request, backend, readers):
    cgi = "cgi" if request.param == "prefork" else "cgid"
    config = CONFIG % {"backend": backend.port, "readers": readers}
    with sources.start(
        config,
        FILES,
        mpm=request.param,
        modules=[*MODULES, cgi],
        http2=request.param != "prefork",
    ) as server:
        yield server


def chunked(body, size):
    """The body in chunks of a size, with an extension and a trailer."""
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    chunks = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(p), p) for p in parts)
    return chunks + b"0\r\nX-Trailer: 1\r\n\r\n"


def send(httpd, path, body, how, method="POST", fields=()):
    """A form by one of the ways in which a body can come."""
    fields = [("Content-Type", FORM), *fields]
    if how == "http2":
        return httpd.request(method, path, headers=fields, body=body, h2=True)
    if how == "length":
        return httpd.request(method, path, headers=fields, body=body)
    client._note(path, fields, body)
    fields = [("X-Test-Id", next(client.ids)), ("Host", "api.example.com"),
              ("Connection", "close"), *fields]
    with Connection(httpd.port) as connection:
        if how == "continue":
            length = ("Content-Length", str(len(body)))
            expect = ("Expect", "100-continue")
            connection.send(method, path, [*fields, length, expect])
            line = b"HTTP/1.1 100 Continue\r\n\r\n"
            assert connection.socket.recv(len(line)) == line
            connection.socket.sendall(body)
        else:
            chunks = chunked(body, int(how))
            encoding = ("Transfer-Encoding", "chunked")
            connection.send(method, path, [*fields, encoding], chunks)
        response = connection.receive(method)
    response.record = httpd.access.record(fields[0][1])
    return response


WAYS = ["length", "continue", "1000", "7", "100000", "http2"]
ODD = b"a=\xe4\x00\xff&b=%zz+\r\n;&&"


def bodies(good):
    """Forms with a good token, each with a name."""
    pair = b"access_token=" + good.encode()
    rest = LIMIT - len(pair) - 1
    return {
        "least": pair,
        "odd": ODD + b"&" + pair + b"&" + ODD,
        "reading": pair + b"&" + b"x" * (8192 - len(pair) - 1),
        "reading_and_1": pair + b"&" + b"x" * (8192 - len(pair)),
        "largest": b"y" * rest + b"&" + pair,
    }


NAMES = list(bodies("a"))


def skip_without(httpd, how):
    if how == "http2" and not httpd.http2:
        pytest.skip("no HTTP/2 under prefork")


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_program_gets_the_body(httpd, name, how):
    skip_without(httpd, how)
    body = bodies(token())[name]
    response = send(httpd, "/cgi/echo.cgi", body, how)
    assert (response.status, response.reason) == (200, "ok")
    assert response.header("X-User") == tokens.SUBJECT
    assert response.body == body
    if how in ("length", "continue"):
        assert response.header("X-Length") == str(len(body))


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_back_end_gets_the_body(httpd, name, how):
    skip_without(httpd, how)
    body = bodies(token())[name]
    response = send(httpd, "/api/x", body, how)
    assert (response.status, response.reason) == (200, "ok")
    assert json.loads(response.text)["body"].encode("latin-1") == body


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_methods_with_a_form(httpd, method):
    body = bodies(token())["odd"]
    response = send(httpd, "/api/x", body, "length", method)
    arrived = json.loads(response.text)
    assert arrived["method"] == method
    assert arrived["body"].encode("latin-1") == body


OTHER_METHODS = ["GET", "DELETE", "OPTIONS", "REPORT"]


@pytest.mark.parametrize("method", OTHER_METHODS)
def test_methods_without_a_form(httpd, method):
    response = send(httpd, "/cgi/echo.cgi", b"access_token=a", "length", method)
    answers.refused(response, "request.no_token")


TYPES = [
    ("charset", f"{FORM}; charset=UTF-8", True),
    ("case", "Application/X-WWW-Form-URLEncoded", True),
    ("blank", f"{FORM} ;charset=x", True),
    ("json", "application/json", False),
    ("multipart", "multipart/form-data; boundary=x", False),
    ("longer", f"{FORM}x", False),
    ("two", f"{FORM}, text/plain", False),
    ("nothing", "", False),
]


@pytest.mark.parametrize("kind, is_form", **table(TYPES))
def test_content_types(httpd, kind, is_form):
    body = f"access_token={token()}".encode()
    headers = [("Content-Type", kind)]
    response = httpd.request("POST", "/cgi/echo.cgi", headers=headers, body=body)
    if is_form:
        assert (response.status, response.body) == (200, body)
        return
    answers.refused(response, "request.no_token")


def test_a_body_that_bears_no_token_is_given_on(httpd):
    response = send(httpd, "/cgi/echo.cgi", ODD, "length", fields=[bearer(token())])
    assert (response.status, response.body) == (200, ODD)
    response = send(httpd, "/cgi/echo.cgi", b"", "length", fields=[bearer(token())])
    assert (response.status, response.body) == (200, b"")


def test_a_compressed_form_is_not_looked_into(httpd):
    body = f"access_token={token()}".encode()
    field = ("Content-Encoding", "gzip")
    response = send(httpd, "/inflate/echo.cgi", gzip.compress(body), "length",
                    fields=[field])
    answers.refused(response, "request.no_token")
    response = send(httpd, "/inflate/echo.cgi", gzip.compress(body), "length",
                    fields=[field, bearer(token())])
    assert (response.status, response.body) == (200, body)


def test_filters_stand_above(httpd):
    """mod_deflate and mod_request see what the client has sent."""
    body = bodies(token())["odd"]
    for path in ("/inflate/echo.cgi", "/kept/echo.cgi"):
        response = send(httpd, path, body, "length")
        assert (response.status, response.body) == (200, body)


# ------------------------------------------------------- refused for its body


def test_too_large_by_its_length(httpd):
    """It is not even read: no 100 Continue is sent."""
    fields = [("X-Test-Id", next(client.ids)), ("Host", "api.example.com"),
              ("Content-Type", FORM), ("Content-Length", str(LIMIT + 1)),
              ("Expect", "100-continue"), bearer(token())]
    with Connection(httpd.port) as connection:
        connection.send("POST", "/cgi/echo.cgi", fields)
        response = connection.receive("POST")
    response.record = httpd.access.record(fields[0][1])
    answers.refused(response, "request.body")


@pytest.mark.parametrize("how", ["length", "1000"])
@pytest.mark.parametrize("more", [1, 8192, 300000])
def test_too_large(httpd, backend, how, more):
    before = len(backend.arrived)
    body = b"a" * (LIMIT + more)
    for fields in ([], [bearer(token())]):
        response = send(httpd, "/api/x", body, how, fields=fields)
        answers.refused(response, "request.body")
    assert len(backend.arrived) == before


def test_too_large_over_http2(httpd, backend):
    """
    mod_http2 closes the stream of a body that is not read, as ever; now and
    then the answer is out before.
    """
    skip_without(httpd, "http2")
    before = len(backend.arrived)
    refused = r"\] request\.body: "
    count = len(re.findall(refused, httpd.error_log.read_text()))
    try:
        response = send(httpd, "/api/x", b"a" * (LIMIT + 1), "http2")
        answers.refused(response, "request.body")
    except subprocess.CalledProcessError as error:
        assert error.returncode == 92
    httpd.wait_for_log(refused, count + 1)
    assert len(backend.arrived) == before


def test_too_large_matters_only_where_forms_bear_tokens(httpd):
    body = b"a" * (LIMIT + 1)
    good = bearer(token())
    response = send(httpd, "/plain/echo.cgi", body, "length", fields=[good])
    assert (response.status, response.body) == (200, body)
    headers = [("Content-Type", "text/plain"), good]
    response = httpd.request("POST", "/cgi/echo.cgi", headers=headers, body=body)
    assert (response.status, response.body) == (200, body)


def test_larger_than_httpd_allows(httpd):
    """LimitRequestBody: httpd's own answer."""
    body = f"access_token={token()}&{'a' * 1000}".encode()
    for how in ("length", "100"):
        response = send(httpd, "/small/echo.cgi", body, how)
        got = (response.status, response.reason, response.challenges)
        assert got == (413, "request.body", [])


BROKEN = [
    ("cut_off", b"5\r\nacc"),
    ("cut_off_behind_a_chunk", b"5\r\nacces\r\n"),
]


def exchange(httpd, path, field, data, *fields):
    """An answer to a body that is no whole one."""
    fields = [("X-Test-Id", next(client.ids)), ("Host", "api.example.com"),
              ("Content-Type", FORM), field, *fields]
    with Connection(httpd.port) as connection:
        connection.send("POST", path, fields, data)
        connection.socket.shutdown(1)
        response = connection.receive("POST")
    response.record = httpd.access.record(fields[0][1])
    return response


@pytest.mark.parametrize("data", **table(BROKEN))
def test_broken_chunks(httpd, data):
    chunks = ("Transfer-Encoding", "chunked")
    for fields in ([], [bearer(token())]):
        response = exchange(httpd, "/cgi/echo.cgi", chunks, data, *fields)
        answers.refused(response, "request.malformed")


def test_no_chunks_at_all(httpd):
    """httpd's own answer."""
    chunks = ("Transfer-Encoding", "chunked")
    response = exchange(httpd, "/cgi/echo.cgi", chunks, b"zz\r\nabc\r\n0\r\n\r\n")
    got = (response.status, response.reason, response.challenges)
    assert got == (400, "request.malformed", [])


def test_shorter_than_its_length(httpd):
    field = ("Content-Length", "100")
    response = exchange(httpd, "/cgi/echo.cgi", field, b"access_token=a")
    answers.refused(response, "request.malformed")


def test_slower_than_httpd_allows(httpd):
    """RequestReadTimeout: httpd's own answer."""
    fields = [("X-Test-Id", next(client.ids)), ("Host", "api.example.com"),
              ("Content-Type", FORM), ("Content-Length", "100")]
    with Connection(httpd.port) as connection:
        connection.send("POST", "/cgi/echo.cgi", fields, b"access_token=a")
        response = connection.receive("POST")
    response.record = httpd.access.record(fields[0][1])
    got = (response.status, response.reason, response.challenges)
    assert got == (408, "request.malformed", [])


def all_answers(httpd, path, fields, data):
    """All that comes back until httpd closes the connection."""
    fields = [("X-Test-Id", next(client.ids)), ("Host", "api.example.com"),
              ("Content-Type", FORM), *fields]
    with Connection(httpd.port) as connection:
        connection.send("POST", path, fields, data)
        connection.socket.shutdown(1)
        with connection.socket.makefile("rb") as answer:
            data = answer.read()
    return data, httpd.access.record(fields[0][1])


def send_slowly(httpd, path, good):
    """The answer to a form that comes half a second after its head."""
    body = f"access_token={good}".encode()
    client._note(path, [("Content-Type", FORM)], body)
    fields = [("X-Test-Id", next(client.ids)), ("Host", "api.example.com"),
              ("Content-Type", FORM), ("Content-Length", str(len(body)))]
    with Connection(httpd.port) as connection:
        connection.send("POST", path, fields)
        time.sleep(0.5)
        connection.socket.sendall(body)
        response = connection.receive("POST")
    response.record = httpd.access.record(fields[0][1])
    return response


def test_a_token_expires_while_the_body_comes(httpd):
    """What counts is the time at which the token is there."""
    slow = send_slowly(httpd, "/exact/echo.cgi", token(exp=time.time() + 0.3))
    answers.refused(slow, "claims.exp")
    slow = send_slowly(httpd, "/exact/echo.cgi", token(exp=time.time() + 5))
    assert (slow.status, slow.reason) == (200, "ok")


def test_a_login_grows_old_while_the_body_comes(httpd):
    path = "/exact/login/echo.cgi"
    slow = send_slowly(httpd, path, token(auth_time=time.time() - 0.7))
    answers.refused(slow, "require.step_up", max_age="1")
    slow = send_slowly(httpd, path, token(auth_time=time.time()))
    assert (slow.status, slow.reason) == (200, "ok")


CHUNKS = ("Transfer-Encoding", "chunked")
LOST = [
    ("bad_chunk", [CHUNKS], b"3\r\na=b\r\nzz\r\n\r\n"),
    ("cut_off", [CHUNKS], b"3\r\na=b\r\n"),
    ("shorter", [("Content-Length", "9")], b"a=b"),
]


@pytest.mark.parametrize("fields, data", **table(LOST))
def test_report_takes_no_part_for_the_whole(
    httpd, backend, announce, fields, data
):
    """Reports let requests pass: as broken as they are, and answered once."""
    announce("AH01095: prefetch request body failed")
    before = len(backend.arrived)
    answer, record = all_answers(httpd, "/report/x", fields, data)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.rstrip().endswith(b"</body></html>")
    assert record.reason == "request.malformed"
    assert len(backend.arrived) == before


LIMITED = [
    ("length", [("Content-Length", "2000")], b"a" * 2000),
    ("chunk", [CHUNKS], b"7d0\r\n" + b"a" * 2000 + b"\r\n0\r\n\r\n"),
]


@pytest.mark.parametrize("fields, data", **table(LIMITED))
def test_report_of_what_is_larger_than_httpd_allows(
    httpd, announce, fields, data
):
    """A program that reads on is given no empty body."""
    if not httpd.http2:
        pytest.skip("mod_cgi takes three seconds to end its program")
    announce("Error reading request entity data")
    answer, record = all_answers(httpd, "/report/small/echo.cgi", fields, data)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.rstrip().endswith(b"</body></html>")
    assert record.reason == "request.body"


# ------------------------------------------- subrequests, internal redirects


def test_redirected_internally(httpd):
    body = bodies(token())["largest"]
    for how in ("length", "1000"):
        response = send(httpd, "/old/p.html", body, how)
        assert (response.status, response.reason) == (200, "ok")
        assert response.body == body


def test_a_part_of_a_page(httpd):
    body = bodies(token())["odd"]
    response = send(httpd, "/parts/p.shtml", body, "length")
    assert (response.status, response.text) == (200, "begin part end")


def test_error_document(httpd):
    body = f"access_token={token(exp=1)}".encode()
    response = send(httpd, "/told", body, "length")
    assert response.status == 401
    assert response.challenges == [answers.challenge("claims.exp")]
    assert response.text == "sorry"


def test_another_request_on_the_connection(httpd):
    """What was read is the body and no byte more, refused or not."""
    body = f"access_token={token()}".encode()
    late = f"access_token={token(exp=1)}".encode()
    with Connection(httpd.port) as connection:
        for data, status in [(body, 200), (late, 401), (b"a", 401), (body, 200)]:
            fields = [("X-Test-Id", next(client.ids)), ("Host", "h"),
                      ("Content-Type", FORM)]
            length = [("Content-Length", str(len(data)))]
            connection.send("POST", "/cgi/echo.cgi", fields + length, data)
            assert connection.receive("POST").status == status
            encoding = [("Transfer-Encoding", "chunked")]
            connection.send("POST", "/cgi/echo.cgi", fields + encoding,
                            chunked(data, 5))
            assert connection.receive("POST").status == status


# ---------------------------------------------------------- every way to read

LINES = b"one\ntwo\r\n\nthree"
READERS = [
    ("bytes", "READBYTES,7", b"one\ntwo|\r\n\nthre|e|."),
    ("bytes_exactly", "READBYTES,15", b"one\ntwo\r\n\nthree|."),
    ("bytes_more", "READBYTES,16", b"one\ntwo\r\n\nthree|."),
    ("bytes_1", "READBYTES,1,3", b"o|n|e|"),
    ("lines", "GETLINE,0", b"one\n|two\r\n|\n|three|."),
    ("exhaustive", "EXHAUSTIVE,0", b"one\ntwo\r\n\nthree|."),
    ("speculative", "SPECULATIVE,4,2+READBYTES,5",
     b"one\n|one\n|one\nt|wo\r\n\n|three|."),
    ("speculative_all", "SPECULATIVE,100,2+EXHAUSTIVE,0",
     b"one\ntwo\r\n\nthree|.one\ntwo\r\n\nthree|.one\ntwo\r\n\nthree|."),
    ("mixed", "GETLINE,0,1+READBYTES,4,1+EXHAUSTIVE,0",
     b"one\n|two\r|\n\nthree|."),
    ("after_the_end", "EXHAUSTIVE,0+READBYTES,9+GETLINE,0+SPECULATIVE,9,1",
     b"one\ntwo\r\n\nthree|.|.|.|."),
    ("eat", "EATCRLF,0+READBYTES,100", b"!one\ntwo\r\n\nthree|."),
    ("init", "INIT,0+READBYTES,100", b"!one\ntwo\r\n\nthree|."),
    ("discard", "DISCARD", b"0|."),
]


@pytest.mark.parametrize("query, expected", **table(READERS))
def test_reading(httpd, query, expected):
    """The handler of readers.c reads in the way that its query names."""
    fields = [bearer(token())]
    response = send(httpd, f"/readers?{query}", LINES, "length", fields=fields)
    assert response.status == 200
    assert response.body == expected


def test_reading_a_long_line(httpd):
    """No line is longer than a reader may expect."""
    body = b"x" * 20000
    response = send(httpd, "/readers?GETLINE,0", body, "length",
                    fields=[bearer(token())])
    parts = response.body.split(b"|")
    assert b"".join(parts) == body + b"."
    assert max(map(len, parts)) <= 8192
