# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
How sections combine what is exported and forwarded, by what a program is really
told; and for which requests a name is nobody's but the module's.
"""
import dataclasses
import json

import pytest

import tokens
from backends import HTTP
from conf import TENANT, location, table
from env import Httpd
from logs import watch
from test_export import PROGRAM

KEY = tokens.rsa_key("main")
VALID = "Require valid-user"
H, E, F = "Auth0ClaimHeader", "Auth0ClaimEnv", "Auth0ForwardToken"
CGI = "cgi/env.cgi"


def block(kind, argument, *lines):
    body = "".join(f"{line}\n" for line in lines)
    return f"<{kind} {argument}>\n{body}</{kind}>\n"


def place(path, *lines):
    return block("Location", path, *lines)


def folder(path, *lines):
    return block("Directory", f"${{DIR}}/d/{path}", *lines)


def host(name, *lines):
    return block("VirtualHost", "*:*", f"ServerName {name}", *lines)


MAIN = host("api.example.com")


def both(name, claim="sub"):
    """The same name as a field and as a variable."""
    return f"{H} X-{name} {claim}\n{E} V_{name} {claim}"


NONE = f"{H} none\n{E} none"
SILENT = "Auth0ClockSkew 6"
QUERY = "\"%{QUERY_STRING} == 'x'\""
#: A program of its own for each folder.
FOLDERS = ["plain", "plain/silent", "list", "list/inner", "list/none",
           "located", "located/inner", "files", "conditional", "ht", "ht/none",
           "ht/list", "ht/list/silent", "ht/located", "ht/env", "turned/inner",
           "f", "f/located"]

#: In this order, which is that of the lines.
CONFIG = "".join([
    TENANT,
    both("Server"), "\n",
    place("/", "AuthType Auth0", VALID),
    # lists
    place("/list", both("One"), both("Two", "org_id")),
    place("/list/silent", SILENT),
    place("/list/none", NONE),
    place("/list/none/silent", SILENT),
    place("/list/none/again", both("Three")),
    place("/list/field", f"{H} X-Three sub"),
    place("/list/variable", f"{E} V_Three sub"),
    place("/list/same", both("One", "azp")),
    place("/list/spelt", f"{H} x_one azp\n{E} v_one azp"),
    place("/list/none/field", f"{H} X-Three sub"),
    place("/list/nones", f"{H} none"),
    place("/list/required", f"{H} X-Lacking nowhere required"),
    place("/list/required/none", f"{H} none"),
    # order
    place("/again", both("One")),
    place("/again", both("Two")),
    place("/turned/inner", both("One")),
    place("/turned", both("Two")),
    block("LocationMatch", "^/again/match", both("Three")),
    # conditions
    place("/if", both("One"), block("If", QUERY, both("Two")),
          "<Else>", both("Three"), "</Else>"),
    place("/if/none", block("If", QUERY, NONE)),
    place("/if/false", block("If", "false", both("Two"))),
    # folders
    folder("list/inner", both("Two")),
    folder("list", both("One")),
    folder("list/none", NONE),
    folder("turned/inner", both("Three")),
    folder("located", both("One")),
    folder("located/inner", both("Two")),
    place("/d/located", both("Three")),
    folder("files", both("One"), block("Files", "env.cgi", both("Two"))),
    folder("conditional", both("One"), block("If", QUERY, both("Two"))),
    folder("ht", "AllowOverride AuthConfig", both("One")),
    place("/d/ht/located", both("Two")),
    place("/d/turned", SILENT),
    # the token
    place("/f", SILENT),
    place("/f/on", f"{F} On"),
    place("/f/on/silent", SILENT),
    place("/f/on/off", f"{F} Off"),
    place("/f/on/off/silent", SILENT),
    place("/f/on/off/on", f"{F} On"),
    place("/f/off", f"{F} Off"),
    place("/f/twice", f"{F} On"),
    place("/f/twice", f"{F} Off"),
    place("/f/turned/on", f"{F} On"),
    place("/f/turned", f"{F} Off"),
    place("/f/if", f"{F} Off", block("If", QUERY, f"{F} On")),
    place("/f/not-if", f"{F} On", block("If", QUERY, f"{F} Off")),
    folder("f", f"{F} On"),
    place("/d/f/located", f"{F} Off"),
    # hosts
    MAIN,
    host("silent.example"),
    host("list.example", both("Host"), place("/list", both("Four"))),
    host("none.example", NONE, f"{F} On", place("/f/host", f"{F} Off")),
    host("forward.example", f"{F} On"),
    "Alias /d ${DIR}/d\nScriptAliasMatch \"^/(?!d/)\" \"${DIR}/cgi/env.cgi\"\n",
    block("Directory", "${DIR}/d", "Options +ExecCGI",
          "AddHandler cgi-script .cgi"),
])
FILES = {
    CGI: PROGRAM,
    "keys.json": tokens.jwks(KEY),
    **{f"d/{name}/env.cgi": PROGRAM for name in FOLDERS},
    "d/ht/none/.htaccess": NONE,
    "d/ht/list/.htaccess": both("Three", "org_id"),
    "d/ht/located/.htaccess": both("Three"),
    "d/ht/env/.htaccess": f"{E} V_New sub",
}


@pytest.fixture(scope="module")
def httpd():
    with Httpd(CONFIG, FILES, modules=["cgid"]) as server:
        yield server


CLAIMS = {"org_id": "org_1", "azp": "app"}
SUB = tokens.SUBJECT


def environment(httpd, path, name=None, headers=(), token=None):
    headers = list(headers)
    if name:
        headers.append(("Host", f"{name}.example"))
    token = token or tokens.token(KEY, **CLAIMS)
    response = httpd.get(path, token, headers=headers)
    assert (response.status, response.reason) == (200, "ok")
    return json.loads(response.text)


def told(variables):
    """What fields and what variables came of claims, by short names."""
    fields = {k[7:].lower(): v for k, v in variables.items()
              if k.startswith("HTTP_X_") and k != "HTTP_X_TEST_ID"}
    own = {k[2:].lower(): v for k, v in variables.items()
           if k.lower().startswith("v_")}
    return fields, own


def same(**wanted):
    return (wanted, wanted)


SERVER = same(server=SUB)
ONE, TWO, THREE = same(one=SUB), same(two=SUB), same(three=SUB)
LIST = same(one=SUB, two="org_1")
NOTHING = same()
NO_FIELDS, NO_VARIABLES = {}, {}

MERGED = [
    ("server", "/x", SERVER),
    ("list", "/list", LIST),
    ("list_silent", "/list/silent", LIST),
    ("list_deeper", "/list/x/y", LIST),
    ("list_none", "/list/none", NOTHING),
    ("list_none_silent", "/list/none/silent", NOTHING),
    ("list_after_none", "/list/none/again", THREE),
    ("list_of_fields", "/list/field", ({"three": SUB}, LIST[1])),
    ("list_of_variables", "/list/variable", (LIST[0], {"three": SUB})),
    ("list_same_name", "/list/same", same(one="app")),
    ("list_same_name_spelt_otherwise", "/list/spelt",
     (NO_FIELDS, {"one": "app"})),
    ("list_field_after_none", "/list/none/field",
     ({"three": SUB}, NO_VARIABLES)),
    ("list_no_fields", "/list/nones", (NO_FIELDS, LIST[1])),
    ("list_required_no_more", "/list/required/none", (NO_FIELDS, LIST[1])),
    ("section_twice", "/again", TWO),
    ("section_by_pattern", "/again/match", THREE),
    ("shorter_path_later", "/turned/inner", TWO),
    ("if", "/if?x", TWO),
    ("else", "/if", THREE),
    ("if_none", "/if/none?x", NOTHING),
    ("if_else_outside", "/if/none", THREE),
    ("if_not", "/if/false", THREE),
    ("folder_server", "/d/plain/env.cgi", SERVER),
    ("folder", "/d/list/env.cgi", ONE),
    ("folder_longer_path_first", "/d/list/inner/env.cgi", TWO),
    ("folder_none", "/d/list/none/env.cgi", NOTHING),
    ("folder_and_location", "/d/located/env.cgi", THREE),
    ("folder_inner_and_location", "/d/located/inner/env.cgi", THREE),
    ("folder_and_silent_location", "/d/turned/inner/env.cgi", THREE),
    ("files", "/d/files/env.cgi", TWO),
    ("if_in_folder", "/d/conditional/env.cgi?x", TWO),
    ("if_not_in_folder", "/d/conditional/env.cgi", ONE),
    ("htaccess_around", "/d/ht/env.cgi", ONE),
    ("htaccess_none", "/d/ht/none/env.cgi", NOTHING),
    ("htaccess", "/d/ht/list/env.cgi", same(three="org_1")),
    ("htaccess_further_up", "/d/ht/list/silent/env.cgi", same(three="org_1")),
    ("htaccess_and_location", "/d/ht/located/env.cgi", TWO),
    ("htaccess_of_a_variable", "/d/ht/env/env.cgi", (ONE[0], {"new": SUB})),
]


@pytest.mark.parametrize("path, expected", **table(MERGED))
def test_merged(httpd, path, expected):
    assert told(environment(httpd, path)) == expected


HOSTS = [
    ("silent", "silent", "/x", SERVER),
    ("silent_list", "silent", "/list/silent", LIST),
    ("list", "list", "/x", same(host=SUB)),
    ("sections_of_the_host_come_last", "list", "/list", same(four=SUB)),
    ("and_replace_longer_paths", "list", "/list/none", same(four=SUB)),
    ("sections_around_the_host", "list", "/again", TWO),
    ("none", "none", "/x", NOTHING),
    ("none_and_sections_around", "none", "/list", LIST),
    ("folder", "list", "/d/plain/env.cgi", same(host=SUB)),
]


@pytest.mark.parametrize("name, path, expected", **table(HOSTS))
def test_hosts(httpd, name, path, expected):
    assert told(environment(httpd, path, name)) == expected


FORWARDED = [
    ("default", None, "/f", False),
    ("on", None, "/f/on", True),
    ("on_silent", None, "/f/on/silent", True),
    ("on_off", None, "/f/on/off", False),
    ("on_off_silent", None, "/f/on/off/silent", False),
    ("on_off_on", None, "/f/on/off/on", True),
    ("off", None, "/f/off", False),
    ("section_twice", None, "/f/twice", False),
    ("shorter_path_later", None, "/f/turned/on", False),
    ("if", None, "/f/if?x", True),
    ("if_not", None, "/f/if", False),
    ("if_off", None, "/f/not-if?x", False),
    ("if_not_off", None, "/f/not-if", True),
    ("folder", None, "/d/f/env.cgi", True),
    ("folder_and_location", None, "/d/f/located/env.cgi", False),
    ("host", "forward", "/f", True),
    ("host_and_sections_around", "forward", "/f/off", False),
    ("host_off_within", "none", "/f/host", False),
    ("host_on", "none", "/f", True),
    ("other_host", "silent", "/f", False),
]


@pytest.mark.parametrize("name, path, is_forwarded", **table(FORWARDED))
def test_forwarded(httpd, name, path, is_forwarded):
    token = tokens.token(KEY, **CLAIMS)
    variables = environment(httpd, path, name, token=token)
    assert variables.get("HTTP_AUTHORIZATION") == (
        f"Bearer {token}" if is_forwarded else None
    )
    assert any(token in v for v in variables.values()) == is_forwarded


# ------------------------------------------- whose a name is, and in which host

#: Variables that a client sets through the configuration.
SET = "".join(
    f'SetEnvIf X-Lie "(.+)" V_{name}=$1\n'
    for name in ("Main", "Folder", "Deep", "One", "Inner", "Two")
)
OPEN = place("/", "Require all granted")
MANAGED = "".join([
    TENANT, SET, OPEN,
    "ScriptAlias / \"${DIR}/cgi/env.cgi/\"\n",
    place("/main", both("Main")),
    folder("nowhere", both("Folder")),
    place("/main/deep", block("If", "false", both("Deep"))),
    MAIN,
    host("one.example", place("/one", both("One"),
                              block("If", "false", both("Inner")))),
    host("two.example", both("Two")),
    host("none.example", NONE),
])
NAMES = ("Main", "Folder", "Deep", "One", "Inner", "Two")
SHARED = {"main", "folder", "deep"}
OF_HOSTS = [
    ("main", "api.example.com", SHARED),
    ("one", "one.example", SHARED | {"one", "inner"}),
    ("two", "two.example", SHARED | {"two"}),
    ("none", "none.example", SHARED),
]


@pytest.fixture(scope="module")
def managing():
    files = {CGI: PROGRAM, "keys.json": tokens.jwks(KEY)}
    watch.announce("Warning on line .* sends nothing here")
    with Httpd(MANAGED, files, modules=["cgid"]) as server:
        yield server


@pytest.mark.parametrize("path", ["/", "/main", "/one", "/public/x"])
@pytest.mark.parametrize("name, managed", **table(OF_HOSTS))
def test_managed_in_all_of_the_host_and_nowhere_else(
    managing, name, managed, path
):
    """Public paths too; what another host names is like any other field."""
    headers = [("Host", name), ("X-Lie", "lie")]
    headers += [(f"X-{x}", "lie") for x in NAMES]
    response = managing.get(path, headers=headers)
    assert (response.status, response.reason) == (200, "-")
    fields, variables = told(json.loads(response.text))
    left = {x.lower() for x in NAMES} - managed
    assert fields == {"lie": "lie", **dict.fromkeys(left, "lie")}
    assert variables == dict.fromkeys(left, "lie")


#: What mod_headers does early is done before anybody is known.
EARLY = [
    ("set", "set X-Early lie early"),
    ("add", "add X_Early lie early"),
    ("copied", 'set X-Early "expr=%{HTTP:X-Lie}" early'),
    ("edited", "edit X-Lie lie lies early\nRequestHeader set X.Early lie early"),
]


@pytest.mark.parametrize("rule", **table(EARLY))
def test_early_rules_set_nothing(rule):
    """They cannot speak for the module; what comes late is the server's say."""
    config = "".join([
        TENANT, f"RequestHeader {rule}\n",
        place("/main", "AuthType Auth0", VALID, both("Early")),
        place("/open", "Require all granted"),
        place("/open/late", "RequestHeader set X-Early by-the-server"),
        'ScriptAliasMatch "^/" "${DIR}/cgi/env.cgi"\n',
    ])
    files = {CGI: PROGRAM, "keys.json": tokens.jwks(KEY)}
    with Httpd(config, files, modules=["cgid"]) as server:
        for path, wanted in [
            ("/main", SUB), ("/open", None), ("/open/late", "by-the-server")
        ]:
            token = tokens.token(KEY) if path == "/main" else None
            headers = [("X-Lie", "lie"), ("X-Early", "lie")]
            response = server.get(path, token, headers=headers)
            assert response.status == 200
            fields, _ = told(json.loads(response.text))
            assert fields.get("early") == wanted


# ------------------------------------------------------------------ back ends

@dataclasses.dataclass
class Proxied:
    httpd: Httpd
    backend: HTTP

    def ask(self, path, token=None, headers=()):
        response = self.httpd.get(path, token, headers=headers)
        assert response.status == 200
        return self.backend.take(response)


@pytest.fixture(scope="module")
def proxied():
    with HTTP() as backend:
        url = f"http://127.0.0.1:{backend.port}"
        config = "".join([
            TENANT,
            f"ProxyPass / {url}/\n",
            block("Proxy", f"{url}/*", "AuthType Auth0", VALID, both("One"),
                  f"{F} On"),
            place("/located", both("Two"), f"{F} Off"),
            place("/none", f"{H} none"),
            place("/underscore", f"{H} X_One azp"),
            place("/open", "AuthType None", "Require all granted"),
        ])
        files = {"keys.json": tokens.jwks(KEY)}
        with Httpd(config, files, modules=HTTP.modules) as httpd:
            yield Proxied(httpd, backend)


#: Path, the fields that arrive as they are written, and whether the token does.
ARRIVING = [
    ("proxy", "/x", [(b"X-One", SUB)], True),
    ("location", "/located", [(b"X-Two", SUB)], False),
    ("none", "/none", [], True),
    ("underscore", "/underscore", [(b"X_One", "app")], True),
]
LIES = [("X-One", "lie"), ("X_One", "lie"), ("x.two", "lie"), ("XTwo", "lie")]


@pytest.mark.parametrize("lies", [[], LIES], ids=["honest", "lies"])
@pytest.mark.parametrize("path, fields, is_forwarded", **table(ARRIVING))
def test_arriving(proxied, lies, path, fields, is_forwarded):
    token = tokens.token(KEY, **CLAIMS)
    arrived = proxied.ask(path, token, lies)
    assert [f for f in arrived.fields if f[0][:2].lower() in (b"x-", b"x_")
            and not f[0].startswith((b"X-Forwarded", b"X-Test"))] == [
        (name, value.encode()) for name, value in fields
    ]
    assert (token.encode() in arrived.raw) == is_forwarded


def test_lies_do_not_arrive_where_all_may_go(proxied):
    arrived = proxied.ask("/open", None, [*LIES, ("X-Three", "true")])
    assert b"lie" not in arrived.raw
    assert arrived.values("X-Three") == [b"true"]
