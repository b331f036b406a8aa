# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
What httpd -t says of Auth0ClaimHeader, Auth0ClaimEnv, Auth0RemoteUser and
Auth0ForwardToken, and what .htaccess files may hold of them. Look-alikes of
what is wrong have to be taken.
"""
import pytest

import answers
import tokens
from conf import PAGE, TENANT, table
from env import Httpd
from test_config import KEY, check, complains, ours, section, wrong

HEADER, ENV = "Auth0ClaimHeader", "Auth0ClaimEnv"
BAD_FIELD = "letters, digits and hyphens are right, such as X-Auth0-Sub"
BAD_VARIABLE = "letters, digits and underscores are right, such as AUTH0_SUB"
TAKEN = "choose a name that nobody else uses, such as "
LIKE_A_FIELD = "begins like the variables that httpd makes of what a client"
ORDER = "one of plain, json and base64url, then required"
TWICE = "is named twice in this section"
FEW = "takes a name and a claim, such as "
NONE = "none stands alone in a section"
NO_CLAIM = "names no claim"
POINTER = "is no JSON Pointer"
USER = "Auth0RemoteUser takes one argument, the claim that becomes REMOTE_USER"

#: Fields that have a meaning of their own: what programs read as these, too.
TAKEN_FIELDS = """
Accept Authorization Connection Content-Encoding Content-Length Content-Type
Cookie DPoP Expect Forwarded Host HTTP2-Settings If-Match If-Modified-Since
If-None-Match If-Range If-Unmodified-Since Keep-Alive Origin Proxy
Proxy-Authorization Proxy-Connection Range Sec-WebSocket-Extensions
Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version TE Trailer
Transfer-Encoding Upgrade Via X-Forwarded-For X-Forwarded-Host
X-Forwarded-Server authorization CONTENT_LENGTH content.type Content_Type
C-o-o-k-i-e hOsT d_p_o_p T.E TRANSFER--ENCODING -Host- transferencoding
x_forwarded_for proxy_ Keep!Alive
""".split()
TAKEN_VARIABLES = """
AUTH0_REASON AUTH_TYPE CONTENT_LENGTH CONTENT_TYPE CONTEXT_PREFIX
CONTEXT_DOCUMENT_ROOT DOCUMENT_ROOT GATEWAY_INTERFACE HTTPS LD_LIBRARY_PATH
LD_PRELOAD PATH PATH_INFO PATH_TRANSLATED QUERY_STRING REMOTE_ADDR REMOTE_HOST
REMOTE_IDENT REMOTE_PORT REMOTE_USER REQUEST_METHOD REQUEST_SCHEME REQUEST_URI
SCRIPT_FILENAME SCRIPT_NAME SCRIPT_URI SCRIPT_URL SERVER_ADDR SERVER_ADMIN
SERVER_NAME SERVER_PORT SERVER_PROTOCOL SERVER_SIGNATURE SERVER_SOFTWARE
remote_user Path ld_preload auth0_reason
""".split()

#: Directive and arguments, and what has to be said of them.
BAD = [
    # names
    ("field_empty", HEADER, '"" sub', BAD_FIELD),
    ("field_with_space", HEADER, '"X Sub" sub', "'X Sub'", BAD_FIELD),
    ("field_with_colon", HEADER, "X-Sub: sub", "'X-Sub:'", BAD_FIELD),
    ("field_with_slash", HEADER, "X/Sub sub", BAD_FIELD),
    ("field_with_comma", HEADER, "X,Sub sub", BAD_FIELD),
    ("field_with_brackets", HEADER, "X(Sub) sub", BAD_FIELD),
    ("field_with_equals", HEADER, "X=Sub sub", BAD_FIELD),
    ("field_with_tab", HEADER, '"X\tSub" sub', BAD_FIELD),
    ("field_with_delete", HEADER, "X\x7fSub sub", BAD_FIELD),
    ("field_not_ascii", HEADER, "X-J\u00f6rg sub", BAD_FIELD),
    ("field_of_hyphens", HEADER, "--- sub", BAD_FIELD),
    ("field_of_punctuation", HEADER, "_._ sub", BAD_FIELD),
    ("variable_empty", ENV, '"" sub', BAD_VARIABLE),
    ("variable_with_hyphen", ENV, "AUTH0-SUB sub", "'AUTH0-SUB'", BAD_VARIABLE),
    ("variable_with_dot", ENV, "AUTH0.SUB sub", BAD_VARIABLE),
    ("variable_with_space", ENV, '"AUTH0 SUB" sub', BAD_VARIABLE),
    ("variable_with_equals", ENV, "AUTH0=SUB sub", BAD_VARIABLE),
    ("variable_with_percent", ENV, "AUTH0%SUB sub", BAD_VARIABLE),
    ("variable_with_exclamation_mark", ENV, "!AUTH0_SUB sub", BAD_VARIABLE),
    ("variable_not_ascii", ENV, "J\u00d6RG sub", BAD_VARIABLE),
    ("variable_digit_first", ENV, "0AUTH sub", BAD_VARIABLE),
    ("variable_a_digit", ENV, "7 sub", BAD_VARIABLE),
    ("variable_http", ENV, "HTTP_X_SUB sub", LIKE_A_FIELD, "AUTH0_SUB"),
    ("variable_http_alone", ENV, "HTTP_ sub", LIKE_A_FIELD),
    ("variable_http_in_lower_case", ENV, "http_x_sub sub", LIKE_A_FIELD),
    ("variable_http_in_mixed_case", ENV, "Http_Authorization sub",
     LIKE_A_FIELD),
    ("variable_redirect", ENV, "REDIRECT_AUTH0_SUB sub", LIKE_A_FIELD),
    ("variable_redirect_in_lower_case", ENV, "redirect_AUTH0_SUB sub",
     LIKE_A_FIELD),
    # names twice, which lines() puts on two lines
    ("field_twice", HEADER, "X-Sub org_id", TWICE),
    ("field_twice_in_capitals", HEADER, "X-SUB org_id", "'X-SUB'", TWICE),
    ("field_twice_with_underscore", HEADER, "X_Sub org_id", TWICE),
    ("field_twice_with_dot", HEADER, "x.sub org_id", TWICE),
    ("field_twice_without_hyphen", HEADER, "XSub org_id", TWICE),
    ("field_twice_the_same_claim", HEADER, "X-Sub sub json", TWICE),
    ("variable_twice", ENV, "A_SUB org_id", TWICE),
    ("variable_twice_in_lower_case", ENV, "a_sub org_id", "'a_sub'", TWICE),
    # claims
    ("field_claim_empty", HEADER, 'X-Auth0-Sub "" json', "''", NO_CLAIM),
    ("variable_claim_empty", ENV, 'AUTH0_SUB "" required', "''", NO_CLAIM),
    # httpd counts no empty word at the end of a line.
    ("field_claim_empty_and_last", HEADER, 'X-Auth0-Sub ""', FEW),
    ("variable_claim_empty_and_last", ENV, 'AUTH0_SUB ""', FEW),
    ("claim_with_tab", HEADER, 'X-Auth0-Sub "a\tb"', NO_CLAIM),
    ("claim_with_tilde", HEADER, "X-Auth0-Sub /a~b", "'/a~b'", POINTER),
    ("claim_with_tilde_last", ENV, "AUTH0_SUB /a~", POINTER),
    ("claim_with_tilde_two", ENV, "AUTH0_SUB /a~2", POINTER),
    ("claim_too_deep", HEADER, "X-Auth0-Sub " + "/a" * 33, "32 steps"),
    ("claim_too_deep_env", ENV, "AUTH0_SUB " + "/a" * 33, "32 steps"),
    # words
    ("encoding_unknown", HEADER, "X-A sub base64", "'base64'", ORDER),
    ("encoding_unknown_env", ENV, "A sub text", "'text'", ORDER),
    ("encoding_empty", HEADER, 'X-A sub "" required', "''", ORDER),
    ("encoding_twice", HEADER, "X-A sub json json", "'json'", ORDER),
    ("encodings", HEADER, "X-A sub plain base64url", "'base64url'", ORDER),
    ("encoding_with_blank", HEADER, 'X-A sub "json "', "'json '", ORDER),
    ("required_first", HEADER, "X-A sub required json", "'json'", ORDER),
    ("required_first_env", ENV, "A sub required plain", "'plain'", ORDER),
    ("required_twice", HEADER, "X-A sub required required", "'required'",
     ORDER),
    ("required_twice_env", ENV, "A sub json required required", "'required'",
     ORDER),
    ("require", HEADER, "X-A sub require", "'require'", ORDER),
    ("optional", ENV, "A sub json optional", "'optional'", ORDER),
    ("too_many", HEADER, "X-A sub json required now", "'now'", ORDER),
    ("two_pairs", ENV, "A sub B org_id", "'B'", ORDER),
    ("nothing", HEADER, "", FEW, "X-Auth0-Sub sub", "none alone"),
    ("nothing_env", ENV, "", FEW, "AUTH0_SUB sub", "none alone"),
    ("name_alone", HEADER, "X-Auth0-Sub", FEW, "X-Auth0-Sub sub"),
    ("name_alone_env", ENV, "AUTH0_SUB", FEW, "AUTH0_SUB sub"),
    ("empty_alone", ENV, '""', FEW),
    ("nones", HEADER, "nones", FEW),
    ("off", ENV, "Off", FEW, "none alone"),
    # none
    ("none_and_a_claim", HEADER, "none sub", NONE),
    ("none_and_a_claim_env", ENV, "none sub", NONE),
    ("none_in_capitals_and_a_claim", HEADER, "NONE sub json", NONE),
    ("none_and_none", ENV, "none none", NONE),
    ("user_empty", "Auth0RemoteUser", '""', USER, "sub by default"),
    ("user_missing", "Auth0RemoteUser", "", USER),
    ("users", "Auth0RemoteUser", "sub email", USER),
    ("forward_yes", "Auth0ForwardToken", "yes", "must be On or Off"),
    ("forward_none", "Auth0ForwardToken", "none", "must be On or Off"),
    ("forward_missing", "Auth0ForwardToken", ""),
]

BEFORE = {HEADER: [f"{HEADER} X-Sub sub"], ENV: [f"{ENV} A_SUB sub"]}


def taken(directive, name, suggestion):
    return wrong(f"{directive} {name} sub", f"'{name}'", TAKEN + suggestion)


CASES = {
    **{
        name: wrong(f"{directive} {arguments}".rstrip(), *words,
                    before=BEFORE.get(directive, ()))
        for name, directive, arguments, *words in BAD
    },
    **{f"taken_{n}": taken(HEADER, n, "X-Auth0-Sub") for n in TAKEN_FIELDS},
    **{f"taken_{n}": taken(ENV, n, "AUTH0_SUB") for n in TAKEN_VARIABLES},
    "none_and_a_claim_alone": wrong(f"{HEADER} none sub", NONE),
    "none_and_a_claim_env_alone": wrong(f"{ENV} None sub json", NONE),
    "none_twice_in_a_line": wrong(f"{ENV} none none", NONE),
    "none_after_a_field": wrong(
        f"{HEADER} none", NONE, before=[f"{HEADER} X-Sub sub"]
    ),
    "none_after_a_variable": wrong(
        f"{ENV} NONE", NONE, before=[f"{ENV} A sub"]
    ),
    "field_after_none": wrong(
        f"{HEADER} X-Sub sub", NONE, before=[f"{HEADER} none"]
    ),
    "variable_after_none": wrong(
        f"{ENV} A sub", NONE, before=[f"{ENV} none"]
    ),
    "twice_in_containers": wrong(
        f"{HEADER} X_Sub sub", TWICE,
        before=["<IfModule unixd_module>", f"{HEADER} X-Sub sub",
                "</IfModule>"],
    ),
    "twice_in_the_server": (
        f"{HEADER} X-Sub sub\n{HEADER} x-sub org_id\n",
        f"{HEADER} x-sub org_id",
        (HEADER, TWICE),
    ),
    "in_a_virtual_host": (
        f"<VirtualHost *:*>\n{ENV} PATH sub\n</VirtualHost>\n",
        f"{ENV} PATH sub",
        (ENV, TAKEN + "AUTH0_SUB"),
    ),
    "in_a_condition": (
        section("<If true>", f"{HEADER} Host sub", "</If>"),
        f"{HEADER} Host sub",
        (HEADER, TAKEN + "X-Auth0-Sub"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_wrong(case):
    complains(*case)


#: Lines that go together in one section.
GOOD = [
    ("field", f"{HEADER} X-Auth0-Sub sub"),
    ("field_in_lower_case", f"{HEADER} x-auth0-sub sub"),
    ("field_with_underscore", f"{HEADER} X_Auth0_Sub sub"),
    ("field_with_dot", f"{HEADER} X.Auth0.Sub sub"),
    ("field_of_one_letter", f"{HEADER} X sub"),
    ("field_of_a_digit", f"{HEADER} 7 sub"),
    ("field_digit_first", f"{HEADER} 0-Sub sub"),
    ("field_of_all_punctuation", f"{HEADER} X!#$%&'*+-.^_`|~ sub"),
    ("fields_near_taken_ones", "\n".join(
        f"{HEADER} {name} sub"
        for name in ("Accepted X-Accept Hosts X-Host Cookie2 X-Cookie TEE "
                     "X-TE Content-Typ Contents Forwarded-For X-Forwarded "
                     "X-Forwarded-User X-Authorization Proxy-User Via-2 "
                     "No-None Required Remote-User HTTP-X").split())),
    ("variable", f"{ENV} AUTH0_SUB sub"),
    ("variable_in_lower_case", f"{ENV} auth0_sub sub"),
    ("variable_of_one_letter", f"{ENV} a sub"),
    ("variable_underscore_first", f"{ENV} _A sub"),
    ("variable_of_underscores", f"{ENV} __ sub"),
    ("variable_digit_last", f"{ENV} A0 sub"),
    ("variables_near_taken_ones", "\n".join(
        f"{ENV} {name} sub"
        for name in ("AUTH0_REASONS AUTH_TYPES USER PATHS PATH_ X_PATH LD_ "
                     "REMOTE_USERS REMOTE_USER_ID XREMOTE_USER REMOTEUSER "
                     "SERVER SCRIPT HTTP HTTPX HTTPS_ XHTTP_X REDIRECT "
                     "REDIRECTED _HTTP_X REDIREC_X").split())),
    ("two_fields", f"{HEADER} X-Sub sub\n{HEADER} X-Subs sub"),
    ("two_variables", f"{ENV} A_SUB sub\n{ENV} ASUB sub\n{ENV} A__SUB sub"),
    ("field_and_variable", f"{HEADER} AUTH0_SUB sub\n{ENV} AUTH0_SUB sub"),
    ("one_claim_twice", f"{HEADER} X-A sub\n{HEADER} X-B sub json"),
    ("plain", f"{HEADER} X-A sub plain"),
    ("json", f"{HEADER} X-A sub json"),
    ("base64url", f"{HEADER} X-A sub base64url"),
    ("required", f"{HEADER} X-A sub required"),
    ("plain_required", f"{ENV} A sub plain required"),
    ("in_capitals", f"{ENV} A sub BASE64URL Required"),
    ("claim_of_a_word", f"{ENV} A json json\n{ENV} B required required"),
    ("claim_a_url", f"{HEADER} X-A https://a.example/roles"),
    ("claim_with_spaces", f'{HEADER} X-A "the roles"'),
    ("claim_with_a_tilde", f"{HEADER} X-A a~b"),
    ("claim_a_pointer", f"{HEADER} X-A /a/b/0"),
    ("claim_a_pointer_escaped", f"{HEADER} X-A /a~0b~1c"),
    ("claim_a_pointer_to_empty", f"{HEADER} X-A /"),
    ("claim_as_deep_as_can_be", f"{HEADER} X-A " + "/a" * 32),
    ("claim_none", f"{HEADER} X-A none"),
    ("claim_of_unicode", f"{HEADER} X-A r\u00f4les"),
    ("none", f"{HEADER} none"),
    ("none_env", f"{ENV} none"),
    ("none_in_capitals", f"{ENV} NONE"),
    ("none_twice", f"{HEADER} none\n{HEADER} none"),
    ("none_of_one_kind", f"{HEADER} none\n{ENV} A sub"),
    ("none_of_the_other", f"{ENV} none\n{HEADER} X-A sub"),
    ("none_in_a_condition", f"{HEADER} X-A sub\n<If true>\n{HEADER} none\n"
     "</If>"),
    ("again_in_a_condition", f"{HEADER} X-A sub\n<If true>\n"
     f"{HEADER} x_a org_id\n</If>"),
    ("user", "Auth0RemoteUser azp"),
    ("user_a_url", "Auth0RemoteUser https://a.example/name"),
    ("user_of_two_lines", "Auth0RemoteUser azp\nAuth0RemoteUser email"),
    ("forward_on", "Auth0ForwardToken On"),
    ("forward_in_lower_case", "Auth0ForwardToken off"),
]


@pytest.mark.parametrize("lines", **table(GOOD))
def test_good(lines):
    code, output, *_ = check(ours(lines))
    assert (code, output.strip()) == (0, "Syntax OK")


ELSEWHERE = [
    ("server", f"{HEADER} X-A sub\n{ENV} A sub\nAuth0ForwardToken On\n"),
    ("virtual_host", f"<VirtualHost *:*>\n{HEADER} X-A sub\n{ENV} A sub\n"
     "Auth0ForwardToken On\nAuth0RemoteUser azp\n</VirtualHost>\n"),
    ("the_same_in_two_sections", ours(f"{HEADER} X-A sub")
     + ours(f"{HEADER} x_a org_id")),
    ("the_same_around", f"{HEADER} X-A sub\n" + ours(f"{HEADER} X-A org_id")),
]


@pytest.mark.parametrize("config", **table(ELSEWHERE))
def test_good_elsewhere(config):
    code, output, *_ = check(config)
    assert (code, output.strip()) == (0, "Syntax OK")


# ----------------------------------------------------------------- .htaccess

#: What a folder allows, what its .htaccess file says, and the complaint.
IN_HTACCESS = [
    ("header", "AllowOverride AuthConfig", f"{HEADER} x_known sub", None),
    ("header_of_the_host", "AllowOverride AuthConfig", f"{HEADER} X-Deep sub",
     None),
    ("env", "AllowOverride AuthConfig", f"{ENV} ANY sub json required", None),
    ("user", "AllowOverride AuthConfig", "Auth0RemoteUser azp", None),
    ("none", "AllowOverride AuthConfig", f"{HEADER} none\n{ENV} none", None),
    ("all", "AllowOverride All", f"{ENV} ANY sub", None),
    ("by_name", f"AllowOverride None\nAllowOverrideList {ENV}",
     f"{ENV} ANY sub", None),
    ("not_by_name", f"AllowOverride None\nAllowOverrideList {ENV}",
     f"{HEADER} X-Known sub", f"{HEADER} not allowed here"),
    ("fileinfo", "AllowOverride FileInfo Limit Options Indexes",
     f"{HEADER} X-Known sub", f"{HEADER} not allowed here"),
    ("fileinfo_env", "AllowOverride FileInfo", f"{ENV} ANY sub",
     f"{ENV} not allowed here"),
    ("fileinfo_user", "AllowOverride FileInfo", "Auth0RemoteUser azp",
     "Auth0RemoteUser not allowed here"),
    ("forward", "AllowOverride All", "Auth0ForwardToken On",
     "Auth0ForwardToken not allowed here"),
    ("not_read", "AllowOverride None", f"{HEADER} : :", None),
    ("unknown_field", "AllowOverride AuthConfig", f"{HEADER} X-New sub",
     "'X-New' is not in the server's configuration"),
    ("field_of_another_host", "AllowOverride AuthConfig",
     f"{HEADER} X-Other sub",
     "'X-Other' is not in the server's configuration"),
    ("taken_field", "AllowOverride AuthConfig", f"{HEADER} Host sub",
     "'Host' has a meaning of its own"),
    ("bad_field", "AllowOverride AuthConfig", f"{HEADER} X: sub",
     "'X:' is no name of a header field"),
    ("taken_variable", "AllowOverride AuthConfig", f"{ENV} LD_PRELOAD sub",
     "'LD_PRELOAD' has a meaning of its own"),
    ("variable_of_a_field", "AllowOverride AuthConfig", f"{ENV} http_x sub",
     "'http_x' begins like the variables"),
    ("bad_claim", "AllowOverride AuthConfig", f"{ENV} ANY /~",
     "'/~' is no JSON Pointer"),
    ("bad_word", "AllowOverride AuthConfig", f"{ENV} ANY sub xml",
     "'xml' is out of place"),
    ("few", "AllowOverride AuthConfig", f"{HEADER} X-Known", FEW),
    ("twice", "AllowOverride AuthConfig", f"{ENV} ANY sub\n{ENV} any sub",
     "'any' is named twice in this section"),
    ("none_beside", "AllowOverride AuthConfig", f"{ENV} ANY sub\n{ENV} none",
     NONE),
    ("no_user", "AllowOverride AuthConfig", 'Auth0RemoteUser ""', USER),
]


def folder(name, override):
    return f"<Directory ${{DIR}}/htdocs/{name}>\n{override}\n</Directory>\n"


@pytest.fixture(scope="module")
def folders():
    """Files are read at each request, and have to be refused at each."""
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    config = TENANT + (
        "<Directory ${DIR}/htdocs>\nAuthType Auth0\nRequire valid-user\n"
        "</Directory>\n<Location /elsewhere>\n<If false>\n"
        f"{HEADER} X-Deep sub\n</If>\n{HEADER} X-Known sub\n</Location>\n"
        "<VirtualHost *:*>\nServerName api.example.com\n</VirtualHost>\n"
        f"<VirtualHost *:*>\nServerName other.example\n{HEADER} X-Other sub\n"
        "</VirtualHost>\n"
    )
    for name, override, lines, _ in IN_HTACCESS:
        config += folder(name, override)
        files[f"htdocs/{name}/page.html"] = "page"
        files[f"htdocs/{name}/.htaccess"] = lines + "\n"
    with Httpd(config, files) as httpd:
        yield httpd


@pytest.mark.parametrize(
    "name, complaint", **table([(x[0], x[0], x[3]) for x in IN_HTACCESS])
)
def test_htaccess(folders, announce, name, complaint):
    path = f"/{name}/page.html"
    good = tokens.token(KEY, azp="app")
    if not complaint:
        user = "app" if name == "user" else tokens.SUBJECT
        answers.accepted(folders.get(path, good), user)
        answers.refused(folders.get(path), "request.no_token")
        return
    announce(f"/htdocs/{name}/.htaccess: .*{complaint}")
    for token in (good, None, good):
        response = folders.get(path, token)
        assert (response.status, response.challenges) == (500, [])
        assert (response.reason, response.user) == ("-", "-")
    log = folders.error_log.read_text().splitlines()
    said = [line for line in log if f"/htdocs/{name}/.htaccess: " in line]
    assert len(said) == 3 and all(complaint in line for line in said)


def test_a_field_of_another_host_may_be_taken_there(folders):
    """The file is the same, the list of the host is not."""
    headers = [("Host", "other.example")]
    path = "/field_of_another_host/page.html"
    response = folders.get(path, tokens.token(KEY), headers=headers)
    answers.accepted(response, tokens.SUBJECT)
