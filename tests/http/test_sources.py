# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Auth0TokenSource: where a token may stand, each place alone and several
together. TOKEN in a case is a good token, ESCAPED the same with every byte
escaped.
"""
import pytest

import answers
import sources
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from sources import FORM

SECTIONS = {
    "/default": [],
    "/header": ["Auth0TokenSource header"],
    "/query": ["Auth0TokenSource query"],
    "/named": ["Auth0TokenSource query:jwt form:jwt"],
    "/form": ["Auth0TokenSource form"],
    "/cookie": ["Auth0TokenSource cookie:at"],
    "/two": ["Auth0TokenSource header cookie:at"],
    "/all": ["Auth0TokenSource header", "Auth0TokenSource query form cookie:at"],
    "/all/inner": ["Auth0TokenSource cookie:other"],
    "/all/silent": ["Auth0ClockSkew 7"],
}
CONFIG = ANYTHING + TENANT + "LimitRequestLine 65536\n"
CONFIG += "".join(
    location(path, *lines, "Require valid-user")
    for path, lines in SECTIONS.items()
)


@pytest.fixture(scope="module", params=[False, True], ids=["http1", "http2"])
def ask(request):
    """Ask for path?query with fields and perhaps a form."""
    with sources.start(CONFIG, PAGE, http2=True) as httpd:

        def send(path, fields=(), form=None):
            method = "GET" if form is None else "POST"
            headers = list(fields)
            if form is not None:
                headers.append(("Content-Type", FORM))
            body = (form or "").encode("latin-1")
            return sources.insist(
                lambda: httpd.request(
                    method, path, headers=headers, body=body, h2=request.param
                )
            )

        yield send


def filled_in(text, token):
    if text is None:
        return None
    text = text.replace("ESCAPED", sources.escaped(token))
    return text.replace("TOKEN", token)


def judge(ask, path, fields, form, reason):
    token = sources.token()
    fields = [(name, filled_in(value, token)) for name, value in fields]
    response = ask(filled_in(path, token), fields, filled_in(form, token))
    if reason != "ok":
        answers.refused(response, reason)
        assert response.record.token == "-"
        return
    assert (response.reason, response.status) == ("ok", 200)
    assert response.challenges == []
    assert response.user == tokens.SUBJECT
    assert response.record.token == answers.fingerprint(token)


BEARER = ("Authorization", "Bearer TOKEN")
COOKIE = ("Cookie", "at=TOKEN")
BASIC = ("Authorization", "Basic dXNlcjpwYXNz")
MANY = "&".join(f"p{i}={i}" for i in range(10000))
FEW = "&".join(["a"] * 5000)
MALFORMED, MULTIPLE = "request.malformed", "request.multiple"
NO_TOKEN, SCHEME = "request.no_token", "request.scheme"

#: name, path, fields, form, reason; nothing is a form
ALONE = [
    ("default", "/default", [BEARER], None, "ok"),
    ("header", "/header", [BEARER], None, "ok"),
    ("query", "/query?access_token=TOKEN", [], None, "ok"),
    ("query_named", "/named?jwt=TOKEN", [], None, "ok"),
    ("form", "/form", [], "access_token=TOKEN", "ok"),
    ("form_named", "/named", [], "jwt=TOKEN", "ok"),
    ("cookie", "/cookie", [COOKIE], None, "ok"),
    ("default_nothing", "/default", [], None, NO_TOKEN),
    ("query_nothing", "/query", [], None, NO_TOKEN),
    ("query_empty_query", "/query?", [], None, NO_TOKEN),
    ("form_nothing", "/form", [], "", NO_TOKEN),
    ("form_get", "/form", [], None, NO_TOKEN),
    ("cookie_nothing", "/cookie", [], None, NO_TOKEN),
    ("default_scheme", "/default", [BASIC], None, SCHEME),
    ("all_scheme", "/all", [BASIC], None, SCHEME),
    ("all_scheme_form", "/all", [BASIC], "a=1", SCHEME),
    ("query_scheme", "/query", [BASIC], None, NO_TOKEN),
    ("cookie_scheme", "/cookie", [BASIC], None, NO_TOKEN),
    ("form_scheme", "/form", [BASIC], "a=1", NO_TOKEN),
]

#: The same places, hostile.
HOSTILE = [
    ("query_escaped", "/query?access_token=ESCAPED", [], None, "ok"),
    ("query_name_escaped", "/query?%61ccess%5ftoken=TOKEN", [], None, "ok"),
    ("query_among_others", "/query?a=%&access_token=TOKEN&%zz", [], None, "ok"),
    ("query_many", f"/query?{FEW}&access_token=TOKEN&{FEW}", [], None, "ok"),
    ("query_value", "/query?a=access_token%3Dabc", [], None, NO_TOKEN),
    ("query_case", "/query?Access_Token=abc", [], None, NO_TOKEN),
    ("query_longer", "/query?access_tokens=abc", [], None, NO_TOKEN),
    ("query_brackets", "/query?access_token%5B%5D=abc", [], None, NO_TOKEN),
    ("query_nul_name", "/query?access_token%00=abc", [], None, NO_TOKEN),
    ("query_twice_escaped", "/query?%2561ccess_token=abc", [], None, NO_TOKEN),
    ("query_in_path", "/query/access_token=abc", [], None, NO_TOKEN),
    ("query_path_parameter", "/query;access_token=abc/x", [], None, None),
    ("query_path_parameter_2", "/query/;access_token=abc", [], None, NO_TOKEN),
    ("query_in_a_field", "/query", [("X", "access_token=TOKEN")], None,
     NO_TOKEN),
    ("query_no_value", "/query?access_token", [], None, MALFORMED),
    ("query_empty", "/query?access_token=", [], None, MALFORMED),
    ("query_padding", "/query?access_token==", [], None, MALFORMED),
    ("query_space", "/query?access_token=TOKEN%20a", [], None, MALFORMED),
    ("query_plus", "/query?access_token=TOKEN+a", [], None, MALFORMED),
    ("query_plus_first", "/query?access_token=+TOKEN", [], None, MALFORMED),
    ("query_nul", "/query?access_token=TOKEN%00", [], None, MALFORMED),
    ("query_crlf", "/query?access_token=TOKEN%0d%0aa:b", [], None, MALFORMED),
    ("query_high", "/query?access_token=%ff", [], None, MALFORMED),
    ("query_escape", "/query?access_token=TOKEN%4", [], None, MALFORMED),
    ("query_bearer", "/query?access_token=Bearer%20TOKEN", [], None, MALFORMED),
    ("query_semicolon", "/query?a=1;access_token=TOKEN", [], None, MALFORMED),
    ("query_semicolon_2", "/query?access_token=TOKEN;a=1", [], None, MALFORMED),
    ("query_twice", "/query?access_token=TOKEN&access_token=TOKEN", [], None,
     MULTIPLE),
    ("query_twice_other", "/query?access_token=TOKEN&access%5Ftoken=x", [],
     None, MULTIPLE),
    ("query_twice_empty", "/query?access_token&access_token=TOKEN", [], None,
     MULTIPLE),
    ("query_twice_semicolon", "/query?access_token=TOKEN;access_token=TOKEN",
     [], None, MULTIPLE),
    ("query_over_8_KiB", "/query?access_token=" + "a" * 8193, [], None,
     "request.too_large"),
    ("form_escaped", "/form", [], "access_token=ESCAPED", "ok"),
    ("form_name_escaped", "/form", [], "a&access%5ftoken=TOKEN&", "ok"),
    ("form_many", "/form", [], f"access_token=TOKEN&{MANY[:50000]}", "ok"),
    ("form_10000", "/form", [], "a&" * 10000 + "access_token=TOKEN", "ok"),
    ("form_latin1", "/form", [], "a=\xe4\x00\xff&access_token=TOKEN", "ok"),
    ("form_lines", "/form", [], "a=1\r\naccess_token=abc", NO_TOKEN),
    ("form_nul_name", "/form", [], "\x00access_token=abc", NO_TOKEN),
    ("form_empty", "/form", [], "access_token=", MALFORMED),
    ("form_newline", "/form", [], "access_token=TOKEN\r\n", MALFORMED),
    ("form_plus", "/form", [], "access_token=TOKEN+", MALFORMED),
    ("form_nul", "/form", [], "access_token=TOKEN\x00", MALFORMED),
    ("form_escape", "/form", [], "access_token=TOKEN%", MALFORMED),
    ("form_semicolon", "/form", [], "a=1;access_token=TOKEN", MALFORMED),
    ("form_twice", "/form", [], "access_token=TOKEN&access_token=TOKEN",
     MULTIPLE),
    ("form_over_8_KiB", "/form", [], "access_token=" + "a" * 8193,
     "request.too_large"),
    ("form_10000_tokens", "/form", [], "access_token&" * 4000, MULTIPLE),
    ("form_query", "/form?access_token=abc", [], "", NO_TOKEN),
    ("cookie_among_others", "/cookie", [("Cookie", "a=1; at=TOKEN; b=2")],
     None, "ok"),
    ("cookie_other", "/cookie", [("Cookie", "AT=TOKEN; xat=TOKEN; at")], None,
     NO_TOKEN),
    ("cookie_no_name", "/cookie", [("Cookie", "=at=TOKEN")], None, NO_TOKEN),
    ("cookie_empty", "/cookie", [("Cookie", "at=")], None, MALFORMED),
    ("cookie_quoted", "/cookie", [("Cookie", 'at="TOKEN"')], None, MALFORMED),
    ("cookie_escaped", "/cookie", [("Cookie", "at=ESCAPED")], None, MALFORMED),
    ("cookie_comma", "/cookie", [("Cookie", "a=1, at=TOKEN")], None, MALFORMED),
    ("cookie_twice", "/cookie", [("Cookie", "at=TOKEN; at=TOKEN")], None,
     MULTIPLE),
    ("cookie_twice_other", "/cookie", [("Cookie", "at=; at=TOKEN")], None,
     MULTIPLE),
    ("cookie_two_fields", "/cookie", [COOKIE, COOKIE], None, MULTIPLE),
    ("cookie_over_8_KiB", "/cookie", [("Cookie", "at=" + "a" * 8193)], None,
     "request.too_large"),
    ("cookie_2", "/cookie", [("Cookie2", "at=TOKEN")], None, NO_TOKEN),
]

#: Several places.
TOGETHER = [
    ("all_header", "/all", [BEARER], None, "ok"),
    ("all_query", "/all?access_token=TOKEN", [], None, "ok"),
    ("all_form", "/all", [], "access_token=TOKEN", "ok"),
    ("all_cookie", "/all", [COOKIE], None, "ok"),
    ("all_header_form", "/all", [BEARER], "a=1", "ok"),
    ("all_query_basic", "/all?access_token=TOKEN", [BASIC], None, "ok"),
    ("all_form_basic", "/all", [BASIC], "access_token=TOKEN", "ok"),
    ("all_nothing", "/all?a=1", [("Cookie", "a=1")], "a=1", NO_TOKEN),
    ("header_query", "/all?access_token=TOKEN", [BEARER], None, MULTIPLE),
    ("header_form", "/all", [BEARER], "access_token=TOKEN", MULTIPLE),
    ("header_cookie", "/all", [BEARER, COOKIE], None, MULTIPLE),
    ("query_form", "/all?access_token=TOKEN", [], "access_token=TOKEN",
     MULTIPLE),
    ("query_cookie", "/all?access_token=TOKEN", [COOKIE], None, MULTIPLE),
    ("form_cookie", "/all", [COOKIE], "access_token=TOKEN", MULTIPLE),
    ("everywhere", "/all?access_token=TOKEN", [BEARER, COOKIE],
     "access_token=TOKEN", MULTIPLE),
    ("header_query_empty", "/all?access_token=", [BEARER], None, MULTIPLE),
    ("header_bad_query", "/all?access_token=TOKEN",
     [("Authorization", "Bearer")], None, MULTIPLE),
    ("header_form_empty", "/all", [BEARER], "access_token", MULTIPLE),
    ("header_bad", "/all", [("Authorization", "Bearer")], None, MALFORMED),
    ("header_twice", "/all", [BEARER, BEARER], None, MULTIPLE),
    # What is not enabled does not count.
    ("default_all", "/default?access_token=abc", [BEARER, COOKIE],
     "access_token=TOKEN", "ok"),
    ("query_all", "/query?access_token=TOKEN", [BEARER, COOKIE],
     "access_token=TOKEN", "ok"),
    ("form_all", "/form?access_token=abc", [BEARER, COOKIE],
     "access_token=TOKEN", "ok"),
    ("cookie_all", "/cookie?access_token=abc", [BEARER, COOKIE],
     "access_token=TOKEN", "ok"),
    ("two_all", "/two?access_token=abc", [BASIC, COOKIE],
     "access_token=TOKEN", "ok"),
    ("header_only_query", "/header?access_token=abc", [], None, NO_TOKEN),
    ("header_only_form", "/header", [], "access_token=TOKEN", NO_TOKEN),
    ("header_only_cookie", "/header", [COOKIE], None, NO_TOKEN),
    ("query_only_header", "/query", [BEARER], None, NO_TOKEN),
    ("query_only_bad_header", "/query?access_token=TOKEN",
     [("Authorization", "Bearer a b")], None, "ok"),
    ("named_other", "/named?access_token=abc", [], "access_token=TOKEN",
     NO_TOKEN),
    # An inner list takes the place of the outer one.
    ("inner", "/all/inner?access_token=abc", [BEARER, ("Cookie", "other=TOKEN")],
     None, "ok"),
    ("inner_outer", "/all/inner", [BEARER], None, NO_TOKEN),
    ("silent", "/all/silent?access_token=TOKEN", [], None, "ok"),
]


@pytest.mark.parametrize("path, fields, form, reason", **table(ALONE))
def test_alone(ask, path, fields, form, reason):
    judge(ask, path, fields, form, reason)


@pytest.mark.parametrize("path, fields, form, reason", **table(HOSTILE))
def test_hostile(ask, path, fields, form, reason):
    if reason is None:
        assert ask(path, fields, form).reason == "-"
        return
    if reason == "request.too_large":
        answers.refused(ask(path, fields, form), reason)
        return
    judge(ask, path, fields, form, reason)


@pytest.mark.parametrize("path, fields, form, reason", **table(TOGETHER))
def test_together(ask, path, fields, form, reason):
    judge(ask, path, fields, form, reason)


BAD = [
    ("expired", {"exp": 1}, "claims.exp"),
    ("audience", {"aud": "https://else"}, "claims.aud"),
]


@pytest.mark.parametrize("changes, reason", **table(BAD))
def test_a_bad_token_is_one_everywhere(ask, changes, reason):
    token = sources.token(**changes)
    for path, fields, form in [
        (f"/query?access_token={token}", [], None),
        ("/form", [], f"access_token={token}"),
        ("/cookie", [("Cookie", f"at={token}")], None),
    ]:
        response = ask(path, fields, form)
        answers.refused(response, reason)
        assert response.record.token == answers.fingerprint(token)


# ------------------------------------------------------------- configuration

FILES = {**PAGE, "keys.json": tokens.jwks(sources.KEY)}
NAMED_TWICE = "name each source once"

WRONG = [
    ("unknown", "Auth0TokenSource body", "'body' is none of header, query"),
    ("case", "Auth0TokenSource Header", "'Header' is none of header"),
    ("empty", 'Auth0TokenSource ""', "requires at least"),
    ("colon", "Auth0TokenSource :a", "':a' is none of header"),
    ("nothing", "Auth0TokenSource", "requires at least"),
    ("header_name", "Auth0TokenSource header:X-Token", "takes no name"),
    ("header_colon", "Auth0TokenSource header:", "takes no name"),
    ("header_twice", "Auth0TokenSource header header", NAMED_TWICE),
    ("query_twice", "Auth0TokenSource query query:a", NAMED_TWICE),
    ("form_twice", "Auth0TokenSource form:a form", NAMED_TWICE),
    ("cookie_twice", "Auth0TokenSource cookie:a cookie:a", NAMED_TWICE),
    ("cookie", "Auth0TokenSource cookie", "needs the cookie's name"),
    ("cookie_empty", "Auth0TokenSource cookie:", "letters, digits and !"),
    *(
        (f"cookie_{i}", f'Auth0TokenSource "cookie:a{c}b"', "letters, digits")
        for i, c in enumerate(" ;,=(){}[]<>@:/?\u00e4")
    ),
    *(
        (f"query_{i}", f'Auth0TokenSource "query:a{c}b"', "printable ASCII")
        for i, c in enumerate(" &=;+%#?\u00e4")
    ),
    ("query_empty", "Auth0TokenSource query:", "printable ASCII"),
    ("form_bad", "Auth0TokenSource form:a=b", "printable ASCII"),
]


@pytest.mark.parametrize("line, sentence", **table(WRONG))
def test_wrong_configuration(line, sentence):
    httpd = Httpd(ANYTHING + TENANT + location("/x", line), FILES)
    try:
        code, output = httpd.check()
    finally:
        httpd.remove()
    assert code != 0
    assert "Auth0TokenSource" in output and sentence in output


RIGHT = [
    "Auth0TokenSource header query form cookie:a",
    "Auth0TokenSource cookie:!#$%&'*+-.^_`|~aZ09",
    "Auth0TokenSource query:https://a/b:c,[x] form:x.y",
]


@pytest.mark.parametrize("line", RIGHT)
def test_right_configuration(line):
    config = ANYTHING + TENANT + location("/x", line, "Require valid-user")
    httpd = Httpd(config, FILES)
    try:
        code, output = httpd.check()
    finally:
        httpd.remove()
    assert (code, "Syntax OK" in output) == (0, True), output
