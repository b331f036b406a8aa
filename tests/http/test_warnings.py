# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Warnings of httpd -t: sections that look protected and are not. A case is a
configuration, the line that is warned of, and words of the warning. Look-alikes
must stay silent: a false alarm is a defect.
"""
import json
import pathlib
import re

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT
from env import Httpd
from logs import watch
from test_export import PROGRAM

KEY = tokens.rsa_key("main")
FILES = {**PAGE, "keys.json": tokens.jwks(KEY)}
MODULES = ["access_compat", "allowmethods", "ssl", "socache_shmcb", "rewrite"]
WARNING = re.compile(r"Warning on line (\d+) of (\S+): (.*)")

SCOPE = "Require auth0-scope read"
USER = "Require valid-user"
ALL = "Require all granted"
AUTH0 = "AuthType Auth0"
HEADER = "Auth0ClaimHeader X-Auth0-Sub sub"
OPTIONAL = "Auth0Optional On"
ENV = "Auth0ClaimEnv AUTH0_SUB sub"
BASIC = ["AuthType Basic", "AuthName x", "AuthUserFile ${DIR}/users"]

LIMIT = "open to everybody: use <LimitExcept>, or Require method"
GRANTED = "is an alternative to Require auth0-scope read on line"
SATISFY = "Satisfy Any lets in whatever Order, Allow and Deny do not refuse"
UNSEEN = "no token of theirs is looked at, Auth0Optional or not"
NO_TYPE = "Require auth0-scope read needs AuthType Auth0"
UNSENT = " sends nothing here, because AuthType Auth0 is not in force"
NOTHING = "AuthType Auth0 asks for no token by itself"
PLAIN = "tokens come to this server by plain HTTP at"
DPOP = "Auth0DPoP required"
COOKIE = "Auth0TokenSource cookie:at"
NO_HEADER = "which Auth0TokenSource {} leaves out: no token is good here"
BOUND = "Auth0CertificateBound required"
NOBODY_ASKED = "nobody is asked for one: no token is good here; add SSLVerifyC"
ASKED = "SSLVerifyClient optional_no_ca\n"


def section(path, *lines, kind="Location"):
    body = "".join(f"{line}\n" for line in lines)
    return f"<{kind} {path}>\n{body}</{kind}>\n"


def orders(*lines):
    return section("/orders", AUTH0, *lines)


def block(name, *lines, args=""):
    """A container as one argument of section()."""
    head = f"<{name} {args}>" if args else f"<{name}>"
    return "\n".join([head, *lines, f"</{name}>"])


def limit(methods, *lines):
    return block("Limit", *lines, args=methods)


def except_(methods, *lines):
    return block("LimitExcept", *lines, args=methods)


def host(address, *lines):
    return section(address, *lines, kind="VirtualHost")


GET_ONLY = limit("GET", SCOPE)

WARNED = {
    # <Limit>
    "limit": (
        orders(GET_ONLY),
        "<Limit GET>",
        "the Require lines in <Limit> leave every method but GET " + LIMIT,
    ),
    "limit_of_two": (
        orders(limit("GET POST", SCOPE)),
        "<Limit GET POST>",
        "leave every method but GET POST " + LIMIT,
    ),
    "limit_around_valid_user": (
        orders(limit("POST", USER)),
        "<Limit POST>",
        "leave every method but POST " + LIMIT,
    ),
    "limit_in_another_container": (
        orders(block("RequireAll", limit("PUT", SCOPE))),
        "<Limit PUT>",
        "leave every method but PUT " + LIMIT,
    ),
    "two_limits": (
        orders(GET_ONLY, limit("POST", USER)),
        "<Limit GET>",
        "leave every method but GET POST " + LIMIT,
    ),
    "limit_and_an_except_that_leave_a_gap": (
        orders(GET_ONLY, except_("GET POST", USER)),
        "<Limit GET>",
        "leave POST " + LIMIT,
    ),
    "limit_with_an_inherited_type": (
        orders(USER) + section("/orders/new", limit("POST", USER)),
        "<Limit POST>",
        "leave every method but POST " + LIMIT,
    ),
    "limit_with_allowed_methods_beside": (
        orders(GET_ONLY, "AllowMethods GET POST"),
        "<Limit GET>",
        "leave POST " + LIMIT,
    ),
    "limit_in_a_directory": (
        section("${DIR}/htdocs", AUTH0, GET_ONLY, kind="Directory"),
        "<Limit GET>",
        "leave every method but GET " + LIMIT,
    ),
    # Require all granted
    "granted": (orders(SCOPE, ALL), ALL, GRANTED),
    "granted_first": (orders(ALL, SCOPE), ALL, GRANTED),
    "granted_in_any": (orders(block("RequireAny", SCOPE, ALL)), ALL, GRANTED),
    "granted_in_an_inner_any": (
        orders(
            block("RequireAll", block("RequireAny", SCOPE, ALL), "Require ip ::1")
        ),
        ALL,
        GRANTED,
    ),
    "granted_in_an_outer_any": (
        orders(
            block("RequireAny", block("RequireAll", SCOPE, USER), ALL),
        ),
        ALL,
        GRANTED,
    ),
    "granted_alone_in_a_container_of_its_own": (
        orders(block("RequireAll", ALL), SCOPE),
        ALL,
        GRANTED,
    ),
    "granted_and_valid_user": (
        orders(USER, ALL),
        ALL,
        "is an alternative to Require valid-user on line",
    ),
    "granted_for_the_same_methods": (
        orders(except_("OPTIONS", SCOPE, ALL)),
        ALL,
        GRANTED,
    ),
    "granted_around_and_merged": (
        section("/", ALL) + orders(SCOPE, "AuthMerging Or"),
        "AuthMerging Or",
        "makes the Require all granted of <Location />",
    ),
    # Satisfy
    "satisfy": (orders(SCOPE, "Satisfy Any"), "Satisfy Any", SATISFY),
    "satisfy_and_an_address": (
        orders(USER, "Allow from 192.0.2.1", "Satisfy any"),
        "Satisfy any",
        SATISFY,
    ),
    "satisfy_and_allow_from_all": (
        orders(USER, "Order deny,allow", "Deny from all", "Allow from all",
               "Satisfy Any"),
        "Satisfy Any",
        SATISFY,
    ),
    "satisfy_around": (
        section("/", "Satisfy Any") + orders(SCOPE),
        "Satisfy Any",
        SATISFY,
    ),
    "satisfy_inside": (
        orders(SCOPE) + section("/orders/new", "Satisfy Any"),
        "Satisfy Any",
        SATISFY,
    ),
    "satisfy_and_optional_tokens": (
        orders(ALL, OPTIONAL, "Satisfy Any"), "Satisfy Any", UNSEEN,
    ),
    "satisfy_some_and_optional_tokens": (
        orders(ALL, OPTIONAL, "Order allow,deny", "Allow from 192.0.2.1",
               "Satisfy Any"),
        "Satisfy Any",
        UNSEEN,
    ),
    "satisfy_around_optional_tokens": (
        section("/", "Satisfy Any", "Deny from all", "Allow from 192.0.2.1")
        + orders(ALL, OPTIONAL),
        "Satisfy Any",
        UNSEEN,
    ),
    "satisfy_and_tokens_for_one_method": (
        orders(SCOPE, "Require method GET", OPTIONAL, "Deny from all",
               "Allow from 192.0.2.1", "Satisfy Any"),
        "Satisfy Any",
        UNSEEN,
    ),
    "satisfy_all_without_any_token": (
        orders(SCOPE, OPTIONAL, "Satisfy Any"), "Satisfy Any", SATISFY,
    ),
    # Require without AuthType
    "no_type": (section("/orders", SCOPE), SCOPE, NO_TYPE),
    "no_type_when_inverted": (
        section(
            "/orders",
            block("RequireAll", block("RequireNone", SCOPE), "Require ip ::1"),
        ),
        SCOPE,
        NO_TYPE,
    ),
    "another_type": (section("/orders", *BASIC, SCOPE), SCOPE, NO_TYPE),
    "another_type_inside": (
        orders(SCOPE) + section("/orders/new", *BASIC),
        "AuthType Basic",
        NO_TYPE,
    ),
    "type_for_another_place": (
        orders(USER) + section("/other", SCOPE),
        SCOPE,
        NO_TYPE,
    ),
    "no_type_in_a_virtual_host": (
        host("*:*", section("/orders", SCOPE)),
        SCOPE,
        NO_TYPE,
    ),
    # claims to be sent without AuthType
    "claim_header": (section("/orders", HEADER), HEADER,
                     "Auth0ClaimHeader" + UNSENT),
    "claim_env": (section("/orders", ENV, ALL), ENV, "Auth0ClaimEnv" + UNSENT),
    "claim_of_the_last_line": (
        section("/orders", HEADER, HEADER.replace("Sub", "S") + " required"),
        HEADER.replace("Sub", "S") + " required",
        "Auth0ClaimHeader" + UNSENT,
    ),
    "claim_with_another_type": (
        section("/orders", *BASIC, USER, ENV), ENV, "Auth0ClaimEnv" + UNSENT,
    ),
    "claim_with_another_type_inside": (
        section("/", AUTH0, USER)
        + section("/orders", *BASIC, USER, HEADER),
        HEADER,
        "Auth0ClaimHeader" + UNSENT,
    ),
    "claim_for_another_place": (
        orders(USER) + section("/other", HEADER),
        HEADER,
        "Auth0ClaimHeader" + UNSENT,
    ),
    "claim_in_a_shorter_place_that_is_left_out": (
        section("/orders", HEADER) + section("/order", AUTH0, USER),
        HEADER,
        "Auth0ClaimHeader" + UNSENT,
    ),
    "claim_in_a_folder": (
        section("${DIR}/htdocs", HEADER, kind="Directory"),
        HEADER,
        "Auth0ClaimHeader" + UNSENT,
    ),
    "claim_in_if": (
        section("/x", block("If", ENV, args="true")), ENV,
        "Auth0ClaimEnv" + UNSENT,
    ),
    "claim_in_another_host": (
        host("*:*", section("/", AUTH0, USER))
        + host("*:*", "ServerName b.example", section("/orders", HEADER)),
        HEADER,
        "Auth0ClaimHeader" + UNSENT,
    ),
    # AuthType without Require
    "nothing": (orders(), AUTH0, NOTHING),
    "nothing_but_granted_around": (section("/", ALL) + orders(), AUTH0, NOTHING),
    "nothing_left": (
        section("/", USER.replace("valid-user", "ip ::1"))
        + orders("AuthMerging Off"),
        AUTH0,
        NOTHING,
    ),
    "nothing_in_a_directory": (
        section("${DIR}/htdocs", AUTH0, kind="Directory"),
        AUTH0,
        NOTHING,
    ),
    "nothing_with_usual_lines_elsewhere": (
        orders()
        + section("/", "AllowOverride None", "Require all denied",
                  kind="Directory")
        + section("${DIR}/htdocs", ALL, kind="Directory")
        + section('"^\\.ht"', "Require all denied", kind="FilesMatch"),
        AUTH0,
        NOTHING,
    ),
    "nothing_in_a_virtual_host": (
        host("*:*", section("/", AUTH0)) + section("/other", AUTH0, USER),
        AUTH0,
        NOTHING,
    ),
    # by plain HTTP
    # bindings that no token can meet
    "dpop_and_cookie": (
        orders(USER, DPOP, COOKIE), COOKIE, NO_HEADER.format("cookie:at"),
    ),
    "dpop_nonce_and_two_lines": (
        orders(USER, "Auth0DPoP Required nonce", COOKIE, "Auth0TokenSource query"),
        "Auth0TokenSource query",
        NO_HEADER.format("query"),
    ),
    "dpop_inside": (
        orders(USER, COOKIE) + section("/orders/new", DPOP),
        DPOP,
        NO_HEADER.format("cookie:at"),
    ),
    "dpop_around": (
        section("/", AUTH0, USER, DPOP) + section("/orders", COOKIE),
        COOKIE,
        NO_HEADER.format("cookie:at"),
    ),
    "dpop_of_the_server": (
        f"{DPOP}\n" + orders(USER, COOKIE), COOKIE,
        NO_HEADER.format("cookie:at"),
    ),
    "dpop_in_a_virtual_host": (
        host("*:*", COOKIE, section("/orders", AUTH0, DPOP, USER)),
        DPOP,
        NO_HEADER.format("cookie:at"),
    ),
    "certificate": (orders(USER, BOUND), BOUND, NOBODY_ASKED),
    "certificate_of_the_server": (
        f"{BOUND}\n" + orders(USER), AUTH0, NOBODY_ASKED,
    ),
    "certificate_asked_from_none": (
        "SSLVerifyClient none\n" + orders(USER, BOUND), BOUND, NOBODY_ASKED,
    ),
    "certificate_inside": (
        orders(USER) + section("/orders/new", BOUND), BOUND, NOBODY_ASKED,
    ),
    "plain": ("Listen 0.0.0.0:8080\n" + orders(USER), AUTH0,
              PLAIN + " 0.0.0.0:8080 and can be read"),
    "plain_ipv6": ("Listen [::]:8080\n" + orders(USER), AUTH0,
                   PLAIN + " [::]:8080 "),
    "plain_address": ("Listen 192.0.2.1:8080\n" + orders(USER), AUTH0,
                      PLAIN + " 192.0.2.1:8080 "),
    "plain_in_a_virtual_host": (
        "Listen 0.0.0.0:8080\n" + host("*:8080", orders(USER)),
        "<VirtualHost *:8080>",
        PLAIN + " 0.0.0.0:8080 ",
    ),
    "plain_virtual_host_of_a_shared_section": (
        "Listen 0.0.0.0:8080\n" + host("*:8080", "ServerName a.example")
        + orders(USER),
        "<VirtualHost *:8080>",
        PLAIN,
    ),
    "plain_beside_https": (
        "Listen 0.0.0.0:8443 https\nListen 0.0.0.0:8080\n"
        + host("*:8443", "SSLEngine on") + host("*:8080") + orders(USER),
        "<VirtualHost *:8080>",
        PLAIN,
    ),
    "plain_where_only_a_part_is_redirected": (
        "Listen 0.0.0.0:8080\n"
        + host("*:8080", "Redirect /old https://a.example/old", orders(USER)),
        "<VirtualHost *:8080>",
        PLAIN,
    ),
    "plain_with_the_engine_off": (
        "Listen 0.0.0.0:8080 https\n"
        + host("*:8080", "SSLEngine off", orders(USER)),
        "<VirtualHost *:8080>",
        PLAIN,
    ),
    # where it comes from
    "in_ifdefine": (
        section("/orders", "<IfDefine !NONE>", AUTH0, GET_ONLY, "</IfDefine>"),
        "<Limit GET>",
        LIMIT,
    ),
}

SILENT = {
    "limit_except": orders(except_("GET", SCOPE)),
    "limit_and_except": orders(GET_ONLY, except_("GET", USER)),
    "limit_and_except_denied": orders(
        GET_ONLY, except_("GET", "Require all denied")
    ),
    "limit_and_except_denied_by_address": orders(
        GET_ONLY, except_("GET", "Order allow,deny", "Deny from all")
    ),
    "limit_beside_a_line_for_all": orders(GET_ONLY, "Require valid-user"),
    "limit_and_allowed_methods": orders(GET_ONLY, "AllowMethods GET"),
    "limit_of_another_type": section("/orders", *BASIC, limit("GET", USER)),
    "limit_of_addresses": orders(USER, limit("GET", "Require ip ::1")),
    "limit_that_opens": orders(SCOPE, limit("OPTIONS", ALL)),
    "limit_merged_with_what_is_around": section("/", AUTH0, USER)
    + section("/orders", "AuthMerging And", GET_ONLY),
    "limit_replaced_later": orders(GET_ONLY) + section("/", AUTH0, USER),
    "require_method": orders(
        block(
            "RequireAny",
            block("RequireAll", "Require method GET", SCOPE),
            "Require method OPTIONS",
        )
    ),
    "granted_in_all": orders(block("RequireAll", ALL, SCOPE)),
    "granted_but_not_the_banned": orders(
        block("RequireAll", ALL, "Require not auth0-scope banned")
    ),
    "granted_but_none_of_the_banned": orders(
        block("RequireAll", ALL, block("RequireNone", SCOPE))
    ),
    "none_granted": orders(
        block("RequireAll", SCOPE, block("RequireNone", ALL))
    ),
    "granted_alone": orders(ALL),
    "granted_inside": orders(SCOPE) + section("/orders/public", ALL),
    "granted_around": section("/", ALL) + orders(SCOPE),
    "granted_on_a_condition": orders(
        SCOPE, block("RequireAll", ALL, "Require ip ::1")
    ),
    "granted_beside_another_type": section("/x", *BASIC, USER, ALL),
    "granted_for_another_place": orders(SCOPE) + section("/public", ALL),
    "denied": orders(SCOPE, "Require all denied"),
    "granted_around_and_required_too": section("/", ALL)
    + orders(SCOPE, "AuthMerging And"),
    "required_around_and_opened": section("/", AUTH0, SCOPE)
    + section("/public", "AuthMerging Or", ALL),
    "satisfy_all": orders(SCOPE, "Satisfy All"),
    "satisfy_any_of_some_addresses": orders(
        SCOPE, "Order deny,allow", "Deny from all", "Allow from 192.0.2.1",
        "Satisfy Any",
    ),
    "satisfy_any_of_allowed_addresses": orders(
        SCOPE, "Order allow,deny", "Allow from 192.0.2.1", "Satisfy Any"
    ),
    "satisfy_any_with_another_type": section(
        "/x", *BASIC, USER, "Satisfy Any"
    ),
    "satisfy_any_of_nobody": orders(
        ALL, OPTIONAL, "Deny from all", "Satisfy Any"
    ),
    "satisfy_any_of_nobody_but": orders(
        ALL, OPTIONAL, "Order allow,deny", "Allow from 192.0.2.1",
        "Deny from all", "Satisfy Any",
    ),
    "satisfy_any_without_tokens": section("/x", ALL, OPTIONAL, "Satisfy Any"),
    "satisfy_all_with_optional_tokens": orders(ALL, OPTIONAL, "Satisfy All"),
    "satisfy_any_to_open_a_part_of_optional_tokens": orders(ALL, OPTIONAL)
    + section("/orders/public", "Order allow,deny", "Allow from all",
              "Satisfy Any"),
    "satisfy_any_elsewhere": orders(SCOPE) + section("/x", "Satisfy Any"),
    "satisfy_any_to_open_a_part": orders(SCOPE)
    + section("/orders/public", "Order allow,deny", "Allow from all",
              "Satisfy Any"),
    "satisfy_any_replaced": section("/", "Satisfy Any")
    + orders(SCOPE, "Order deny,allow"),
    "type_around": section("/", AUTH0, USER) + section("/orders", SCOPE),
    "type_around_in_the_main_server": section("/", AUTH0, USER)
    + host("*:*", section("/orders", SCOPE)),
    "type_in_a_directory": section("${DIR}/htdocs", AUTH0, kind="Directory")
    + section("/orders", SCOPE),
    "type_in_if": section("/orders", SCOPE, block("If", AUTH0, args="true")),
    "type_in_htaccess": section("${DIR}/htdocs", SCOPE,
                                "AllowOverride AuthConfig", kind="Directory"),
    "type_in_a_host_for_a_shared_section": section("/orders", SCOPE)
    + host("*:*", section("/", AUTH0, USER, "AuthMerging And")),
    "claims": orders(USER, HEADER, ENV),
    "claims_with_the_type_around": section("/", AUTH0, USER)
    + section("/orders", HEADER, ENV),
    "claims_with_the_type_in_a_part": section("/", HEADER, ENV) + orders(USER),
    "claims_with_the_type_around_later": section("/orders", HEADER)
    + section("/", AUTH0, USER),
    "claims_with_the_type_in_the_same_place": section("/orders", HEADER)
    + orders(USER),
    "claims_with_the_type_in_a_folder": section("/orders", HEADER)
    + section("${DIR}/htdocs", AUTH0, USER, kind="Directory"),
    "claims_in_a_folder": section("${DIR}/htdocs", HEADER, kind="Directory")
    + orders(USER),
    "claims_by_pattern": section('"^/o"', HEADER, kind="LocationMatch")
    + orders(USER),
    "claims_in_files": section("page.html", HEADER, kind="Files")
    + orders(USER),
    "claims_in_if": orders(USER, block("If", HEADER, args="true")),
    "claims_with_the_type_in_if": section(
        "/orders", HEADER, block("If", AUTH0, USER, args="true")
    ),
    "claims_with_the_type_in_htaccess": section("/orders", HEADER)
    + section("${DIR}/htdocs", "AllowOverride AuthConfig", kind="Directory"),
    "type_by_an_expression": section(
        "/orders", 'AuthType "%{env:MODE}0"', SCOPE, HEADER
    ),
    "type_by_an_expression_around": section("/", 'AuthType "%{env:MODE}0"')
    + section("/orders", SCOPE, HEADER),
    "type_by_an_expression_inside": section("/orders", SCOPE, HEADER)
    + section("/orders/new", 'AuthType "%{env:MODE}0"'),
    "claims_named_for_htaccess": section("/orders", HEADER)
    + section("${DIR}/htdocs", "AllowOverrideList Auth0ClaimHeader",
              kind="Directory"),
    "claims_of_the_server": f"{HEADER}\n{ENV}\n" + section("/x", ALL),
    "claims_of_the_host": host("*:*", HEADER, section("/x", ALL)),
    "claims_shared_with_a_host": section("/orders", HEADER)
    + host("*:*", section("/", AUTH0, USER)),
    "claims_shared_with_a_part_of_a_host": section("/", ENV)
    + host("*:*", orders(USER)),
    "claims_in_a_host_with_a_shared_type": section("/", AUTH0, USER)
    + host("*:*", section("/orders", HEADER)),
    "claims_none": section("/public", "Auth0ClaimHeader none",
                           "Auth0ClaimEnv NONE", ALL),
    "claims_none_with_another_type": section("/", AUTH0, USER, HEADER)
    + section("/x", *BASIC, USER, "Auth0ClaimHeader none"),
    "claims_inherited_by_another_type": section("/", AUTH0, USER, HEADER)
    + section("/x", *BASIC, USER) + section("/public", ALL),
    "require_of_another_module": section("/orders", "Require ip ::1"),
    "require_around": section("/", AUTH0, USER)
    + section("/orders", AUTH0),
    "require_inside": orders() + section("/orders/new", SCOPE),
    "require_in_if": orders(block("If", SCOPE, args="true")),
    "require_in_a_directory": orders()
    + section("${DIR}/htdocs", USER, kind="Directory"),
    "require_in_htaccess": orders()
    + section("${DIR}/htdocs", "AllowOverride All", kind="Directory"),
    "require_in_htaccess_by_name": orders()
    + section("${DIR}/htdocs", "AllowOverrideList Require", kind="Directory"),
    "require_denied": orders("Require all denied"),
    "require_by_limit": orders(except_("GET", USER)),
    "type_replaced": orders() + section("/", *BASIC, USER),
    "dpop": orders(USER, DPOP),
    "dpop_and_header": orders(USER, DPOP, COOKIE, "Auth0TokenSource header"),
    "dpop_and_header_first": orders(
        USER, DPOP, "Auth0TokenSource header", COOKIE
    ),
    "dpop_and_both": orders(USER, DPOP, "Auth0TokenSource cookie:at header"),
    "dpop_allowed": orders(USER, "Auth0DPoP allowed nonce", COOKIE),
    "dpop_allowed_inside": orders(USER, DPOP, COOKIE)
    + section("/orders/new", "Auth0DPoP allowed"),
    "dpop_and_header_inside": orders(USER, DPOP, COOKIE)
    + section("/orders/new", "Auth0TokenSource header"),
    "dpop_and_header_in_a_folder": orders(USER, DPOP, COOKIE)
    + section("${DIR}/htdocs", "Auth0TokenSource header", kind="Directory"),
    "dpop_and_header_in_if": orders(
        USER, DPOP, COOKIE, block("If", "Auth0TokenSource header", args="true")
    ),
    "dpop_and_header_of_a_host": orders(USER, DPOP, COOKIE)
    + host("*:*", "Auth0TokenSource header"),
    "dpop_and_lines_of_the_server": "Auth0TokenSource header\n"
    + f"{COOKIE}\n" + orders(USER, DPOP),
    "dpop_with_another_type": section("/x", *BASIC, USER, DPOP, COOKIE),
    "dpop_for_another_place": orders(USER, COOKIE) + section("/x", DPOP),
    "certificate_asked": ASKED + orders(USER, BOUND),
    "certificate_asked_in_a_host": host(
        "*:*", "SSLVerifyClient Require", section("/orders", AUTH0, USER, BOUND)
    ),
    "certificate_asked_in_a_section": orders(
        USER, BOUND, "SSLVerifyClient optional"
    ),
    "certificate_asked_by_a_command": "SSLOpenSSLConfCmd VerifyMode Request\n"
    + orders(USER, BOUND),
    "certificate_asked_in_htaccess": orders(USER, BOUND)
    + section("${DIR}/htdocs", "AllowOverride AuthConfig", kind="Directory"),
    "certificate_allowed": orders(USER, "Auth0CertificateBound allowed"),
    "certificate_allowed_inside": orders(USER, BOUND)
    + section("/orders/new", "Auth0CertificateBound allowed"),
    "certificate_with_another_type": section("/x", *BASIC, USER, BOUND),
    "loopback": "Listen 127.0.0.2:8080\nListen [::1]:8080\n" + orders(USER),
    "loopback_virtual_host": "Listen 0.0.0.0:8080\n"
    + host("*:8080") + host("127.0.0.1:*", orders(USER)),
    "https": "Listen 0.0.0.0:443\n" + orders(USER),
    "https_by_protocol": "Listen 0.0.0.0:8443 https\n" + orders(USER),
    "https_by_engine": "Listen 0.0.0.0:8443\n"
    + host("*:8443", "SSLEngine on", orders(USER)),
    "https_ends_in_front": "Listen 0.0.0.0:8080\n"
    + host("*:8080", "ServerName https://api.example.com", orders(USER)),
    "https_by_redirect": "Listen 0.0.0.0:8080\n"
    + host("*:8080", "Redirect permanent / https://a.example/") + orders(USER),
    "https_by_rewriting": "Listen 0.0.0.0:8080\n"
    + host("*:8080", "RewriteEngine On",
           "RewriteRule ^/?(.*)$ https://a.example/$1 [R=301,L]")
    + orders(USER),
    "https_demanded": "Listen 0.0.0.0:8080\n" + orders("SSLRequireSSL", USER),
    "https_required": "Listen 0.0.0.0:8080\n"
    + orders(block("RequireAll", "Require ssl", USER)),
    "plain_for_other_sections": "Listen 0.0.0.0:8080\n"
    + host("*:8080", section("/x", *BASIC, USER))
    + host("127.0.0.1:*", orders(USER)),
    "no_word_of_auth0": "Listen 0.0.0.0:8080\n"
    + section("/x", *BASIC, limit("GET", USER), "Satisfy Any"),
}

MANUAL = pathlib.Path(__file__).parents[2] / "docs" / "directives.md"
if "## Auth0Optional" in MANUAL.read_text():
    SILENT["granted_to_the_anonymous"] = orders(
        SCOPE, ALL, "Auth0Optional On"
    )


def check(config):
    """httpd -t: its warnings, as line and sentence, and the configuration."""
    files = {**FILES, "users": ""}
    modules = [*MODULES, "auth_basic", "authn_file"]
    httpd = Httpd(TENANT + config, files, modules=modules)
    try:
        code, output = httpd.check()
        lines = httpd.conf_file.read_text().splitlines()
    finally:
        httpd.remove()
    assert code == 0, output
    *said, verdict = output.strip().splitlines()
    assert verdict == "Syntax OK"
    found = [WARNING.search(line) for line in said]
    assert all(found), output
    assert all(m[2] == str(httpd.conf_file) for m in found)
    return [(int(m[1]), m[3]) for m in found], lines


@pytest.mark.parametrize("case", WARNED.values(), ids=WARNED)
def test_warned(case):
    config, line, words = case
    warnings, lines = check(config)
    ((number, sentence),) = warnings
    assert lines[number - 1] == line
    assert words in sentence


@pytest.mark.parametrize("config", SILENT.values(), ids=SILENT)
def test_silent(config):
    assert check(config)[0] == []


#: What a request without a token is answered, to prove the warnings true:
#: path -> section, method, whether it is let in.
ANSWERED = {
    "/limit": ([AUTH0, GET_ONLY], "OPTIONS", True),
    "/limit-covered": ([AUTH0, GET_ONLY], "GET", False),
    "/limit-in-all": (
        [AUTH0, block("RequireAll", limit("PUT", SCOPE))], "GET", True,
    ),
    "/limit-and-line": ([AUTH0, GET_ONLY, USER], "OPTIONS", False),
    "/limit-and-except": (
        [AUTH0, GET_ONLY, except_("GET", USER)], "OPTIONS", False,
    ),
    "/except": ([AUTH0, except_("GET", SCOPE)], "OPTIONS", False),
    "/granted": ([AUTH0, SCOPE, ALL], "GET", True),
    "/granted-in-all": ([AUTH0, block("RequireAll", ALL, SCOPE)], "GET", False),
    "/satisfy": ([AUTH0, SCOPE, "Satisfy Any"], "GET", True),
    "/satisfy-some": (
        [AUTH0, SCOPE, "Order deny,allow", "Deny from all", "Satisfy Any"],
        "GET",
        False,
    ),
    "/denied": ([AUTH0, SCOPE, "Require all denied"], "GET", False),
    "/granted/merged": ([AUTH0, SCOPE, "AuthMerging Or"], "GET", True),
    "/granted/added": ([AUTH0, SCOPE, "AuthMerging And"], "GET", False),
    "/granted/nothing": ([AUTH0], "GET", True),
}


@pytest.fixture(scope="module")
def server():
    config = "".join(section(p, *c[0]) for p, c in ANSWERED.items())
    watch.announce("Warning on line")
    with Httpd(ANYTHING + TENANT + config, FILES, modules=MODULES[:2]) as httpd:
        yield httpd


@pytest.mark.parametrize("path", ANSWERED)
def test_warnings_are_true(server, announce, path):
    _, method, is_open = ANSWERED[path]
    if path == "/satisfy-some":
        announce("AH01797: client denied by server configuration")
    response = server.request(method, path)
    if is_open:
        assert (response.status, response.challenges) == (200, [])
        return
    answers.refused(response, "request.no_token")


def test_optional_tokens_that_nobody_looks_at(announce):
    """A bad one passes as nobody, and a good one is nobody's."""
    announce("Warning on line .* no token of theirs is looked at")
    lines = ["Order deny,allow", "Deny from all", "Allow from 127.0.0.0/8"]
    config = ANYTHING + TENANT + "".join(
        section(f"/{satisfy}", AUTH0, ALL, OPTIONAL, f"Satisfy {satisfy}",
                *lines)
        for satisfy in ("Any", "All")
    )
    good, bad = tokens.token(KEY), tokens.token(tokens.rsa_key("other"))
    with Httpd(config, FILES, modules=MODULES[:1]) as httpd:
        for sent in (good, bad, None):
            response = httpd.get("/Any", sent)
            assert (response.status, response.reason) == (200, "-")
        assert httpd.get("/All", good).reason == "ok"
        answers.refused(httpd.get("/All", bad), "key.unknown")


def test_bindings_that_no_token_can_meet(announce):
    """The same without mod_ssl; and each warning is true."""
    announce("Warning on line .* no token is good here")
    config = ANYTHING + TENANT + orders(USER, BOUND)
    config += section("/cookie", AUTH0, USER, DPOP, COOKIE)
    with Httpd(config, FILES) as httpd:
        log = httpd.error_log.read_text()
        assert len(re.findall("no token is good here", log)) == 2
        answers.refused(httpd.get("/orders", tokens.token(KEY)),
                        "cnf.certificate")
        cookie = [("Cookie", "at=" + tokens.token(KEY))]
        response = httpd.get("/cookie", headers=cookie)
        answers.refused(response, "cnf.scheme", scheme="DPoP", dpop="required")


def test_a_server_with_warnings_starts_and_serves(announce):
    """What starts it is told by the console, and the error log tells again."""
    announce("Warning on line")
    announce("AH01627")
    config = ANYTHING + TENANT + orders(GET_ONLY) + section("/none", AUTH0)
    with Httpd(config, FILES) as httpd:
        console = httpd.directory / "logs" / "console-error.log"
        for log in (console, httpd.error_log):
            assert len(WARNING.findall(log.read_text())) == 2
        httpd.graceful()
        assert len(WARNING.findall(httpd.error_log.read_text())) == 4
        good = tokens.token(KEY, scope="read")
        answers.accepted(httpd.get("/orders", good), tokens.SUBJECT)
        answers.refused(httpd.get("/orders"), "request.no_token")
        assert httpd.get("/none", good).status == 500


def test_claims_are_sent_where_nothing_is_warned_of(announce):
    """A shared section sends nothing, but in the host that has the type."""
    announce("Warning on line .* sends nothing here")
    config = TENANT + "".join([
        'ScriptAliasMatch "^/" "${DIR}/cgi/env.cgi"\n',
        section("/orders", HEADER, ALL),
        section("/other", ENV, ALL),
        host("*:*", "ServerName api.example.com"),
        host("*:*", "ServerName typed.example",
             section("/orders", AUTH0, USER)),
    ])
    files = {**FILES, "cgi/env.cgi": PROGRAM}
    with Httpd(config, files, modules=["cgid"]) as httpd:
        for name, path, wanted in [
            ("api.example.com", "/orders", None),
            ("api.example.com", "/other", None),
            ("typed.example", "/orders", tokens.SUBJECT),
            ("typed.example", "/other", None),
        ]:
            response = httpd.get(path, tokens.token(KEY), headers=[
                ("Host", name), ("X-Auth0-Sub", "lie")
            ])
            assert response.status == 200
            environment = json.loads(response.text)
            assert environment.get("HTTP_X_AUTH0_SUB") == wanted
            assert "AUTH0_SUB" not in environment
        number = httpd.error_log.read_text().count("sends nothing here")
        assert number == 1
