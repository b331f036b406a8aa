# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Configuration: httpd -t finds what is wrong, and names the directive, its
file and line, and the cure. A case is a configuration, the line in it that is
at fault, and what the complaint has to hold.
"""
import re

import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, table
from env import REPO, Httpd, built_in

KEY = tokens.rsa_key("main")
ISSUER = "Auth0Issuer https://tenant.example/ file:${DIR}/keys.json"
AUDIENCE = "Auth0Audience https://api.example.com/orders"

FILES = {
    **PAGE,
    "keys.json": tokens.jwks(KEY),
    "empty.json": "",
    "garbage.json": "-----BEGIN PUBLIC KEY-----",
    "no-keys.json": '{"keys":[]}',
    "private.json": tokens.jwks(KEY.private_jwk()),
    "weak.json": tokens.jwks(KEY.jwk(e="AQ")),
    "large.json": tokens.jwks(KEY) + " " * 262144,
    "secret": b"s" * 32,
    "short": b"s" * 31,
    "with-newline": b"s" * 31 + b"\n",
    "newline-only": b"\n",
    "not-a-certificate.pem": "certificate",
    "key.pem": tokens.rsa_key("decryption").private_pem(),
    "other.pem": tokens.rsa_key("decryption-other").private_pem(),
    "public.pem": tokens.rsa_key("decryption").pem(),
    "locked.pem": tokens.rsa_key("decryption").private_pem(b"sssss"),
    "ec.pem": tokens.ec_key("ec").private_pem(),
    "small.pem": tokens.RSAKey("small", 1024).private_pem(),
    "large.pem": b" " * 65537,
    "deny": "# nobody yet\n",
    "deny-bad": "sub auth0|1\nuser auth0|2\n",
    "deny-crlf": "sub auth0|1\r\n",
}


def section(*lines):
    body = "\n".join(lines)
    return f"<Location /orders>\n{body}\n</Location>\n"


def ours(*lines):
    """A complete section, and lines that go with it."""
    return bare(*lines, "Require valid-user")


def bare(*lines):
    """The same without a Require, which httpd -t warns of."""
    return section("AuthType Auth0", ISSUER, AUDIENCE, *lines)


def wrong(line, *words, before=()):
    """A case in which one line of a section is wrong by itself."""
    name = line.split()[0]
    return ours(*before, line), line, (name, *words)


def wrong_key(name, *words):
    return wrong(f"Auth0DecryptionKey ${{DIR}}/{name}", *words)


def wrong_issuer(arguments, *words):
    line = f"Auth0Issuer {arguments}"
    config = section("AuthType Auth0", AUDIENCE, line)
    return config, line, ("Auth0Issuer", *words)


def wrong_server(line, *words):
    return line + "\n", line, (line.split()[0], *words)


def wrong_proxy(url):
    line = f"Auth0OutgoingProxy {url}"
    return wrong_server(line, "http://proxy.example.com:3128")


ALL = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 HS256 HS384 HS512"
LOGOUT = "SetHandler auth0-logout"
HS256 = "Auth0Algorithms HS256"
SECRET = "Auth0SigningSecret file:${DIR}"

CASES = {
    "no_audience": (
        section("AuthType Auth0", ISSUER, "Require valid-user"),
        "AuthType Auth0",
        ("Auth0Audience", "https://api.example.com/orders"),
    ),
    "no_issuer": (
        section("AuthType Auth0", AUDIENCE, "Require valid-user"),
        "AuthType Auth0",
        ("Auth0Domain", "tenant.eu.auth0.com", "Auth0Issuer"),
    ),
    "neither": (
        section("AuthType Auth0", "Require valid-user"),
        "AuthType Auth0",
        ("Auth0Domain",),
    ),
    "no_audience_by_scope_alone": (
        section("AuthType Auth0", ISSUER, "Require auth0-scope read"),
        "AuthType Auth0",
        ("Auth0Audience",),
    ),
    "audience_for_another_place": (
        section("AuthType Auth0", ISSUER, "Require valid-user")
        + f"<Location /other>\n{AUDIENCE}\n</Location>\n",
        "AuthType Auth0",
        ("Auth0Audience",),
    ),
    "no_audience_in_a_virtual_host": (
        "<VirtualHost *:*>\n"
        + section("AuthType Auth0", ISSUER, "Require valid-user")
        + "</VirtualHost>\n",
        "AuthType Auth0",
        ("Auth0Audience",),
    ),
    "audience_for_longer_paths_only": (
        section("AuthType Auth0", ISSUER, "Require valid-user")
        + f"<Location /orders/>\n{AUDIENCE}\n</Location>\n",
        "AuthType Auth0",
        ("Auth0Audience",),
    ),
    "no_audience_where_a_scope_is_required": (
        "<Location />\nAuthType Auth0\n" + ISSUER + "\n</Location>\n"
        + section("Require auth0-scope read"),
        "AuthType Auth0",
        ("Auth0Audience",),
    ),
    "no_issuer_where_a_scope_is_required": (
        section("AuthType Auth0", AUDIENCE, "Require auth0-scope read"),
        "AuthType Auth0",
        ("Auth0Domain",),
    ),
    "issuer_twice": (
        ours("Auth0Issuer https://tenant.example/"),
        "Auth0Issuer https://tenant.example/",
        ("Auth0Issuer", "named twice"),
    ),
    "domain_twice": (
        section(AUDIENCE, "Auth0Domain a.auth0.com A.auth0.com"),
        "Auth0Domain a.auth0.com A.auth0.com",
        ("Auth0Domain", "named twice"),
    ),
    "secret_by_a_program_that_fails": wrong(
        "Auth0SigningSecret exec:/bin/false", "failed", before=[HS256]
    ),
    "secret_by_no_program": wrong(
        "Auth0SigningSecret exec:/nonexistent", "started", before=[HS256]
    ),
    "secret_by_a_silent_program": wrong(
        "Auth0SigningSecret exec:/bin/true", "empty", before=[HS256]
    ),
    "secret_by_neither": wrong(
        "Auth0SigningSecret /etc/hostname", "file:/", "exec:/", before=[HS256]
    ),
    "issuer_over_http": wrong_issuer("http://tenant.example/", "https://"),
    "issuer_over_http_and_file": wrong_issuer(
        "http://tenant.example/ file:${DIR}/keys.json", "https://"
    ),
    "issuer_like_loopback": wrong_issuer("http://127.0.0.1.example/"),
    "issuer_like_localhost": wrong_issuer("http://localhost.example/"),
    "issuer_without_scheme": wrong_issuer("tenant.example", "https://"),
    "issuer_of_another_scheme": wrong_issuer("ftp://tenant.example/", "https"),
    "issuer_with_password": wrong_issuer("https://a:b@tenant.example/"),
    "issuer_with_fragment": wrong_issuer("https://tenant.example/#x"),
    "issuer_with_query": wrong_issuer("https://tenant.example/?x=1"),
    "issuer_with_space": wrong_issuer('"https://tenant.example/ x"'),
    "issuer_without_host": wrong_issuer("https:///path"),
    "issuer_missing": wrong_issuer(""),
    "issuer_and_three_words": wrong_issuer("https://a/ https://a/j x"),
    "keys_over_http": wrong_issuer(
        "https://tenant.example/ http://tenant.example/jwks.json", "https://"
    ),
    "keys_by_a_path": wrong_issuer("https://tenant.example/ /etc/jwks.json"),
    "file_missing": wrong_issuer(
        "https://tenant.example/ file:${DIR}/nowhere.json", "nowhere.json"
    ),
    "file_without_a_name": wrong_issuer(
        "https://tenant.example/ file:", "is not a path"
    ),
    "file_is_a_folder": wrong_issuer("https://tenant.example/ file:${DIR}"),
    "file_empty": wrong_issuer(
        "https://tenant.example/ file:${DIR}/empty.json", "JWK"
    ),
    "file_of_garbage": wrong_issuer(
        "https://tenant.example/ file:${DIR}/garbage.json", "JWK"
    ),
    "file_without_keys": wrong_issuer(
        "https://tenant.example/ file:${DIR}/no-keys.json", "key"
    ),
    "file_with_a_private_key": wrong_issuer(
        "https://tenant.example/ file:${DIR}/private.json", "public"
    ),
    "file_with_a_weak_key": wrong_issuer(
        "https://tenant.example/ file:${DIR}/weak.json", "usable"
    ),
    "file_too_large": wrong_issuer(
        "https://tenant.example/ file:${DIR}/large.json", "262144"
    ),
    "domain_with_scheme": wrong("Auth0Domain https://tenant.eu.auth0.com"),
    "domain_with_path": wrong("Auth0Domain tenant.eu.auth0.com/", "path"),
    "domain_with_port": wrong("Auth0Domain tenant.eu.auth0.com:443", "port"),
    "domain_with_two_dots": wrong("Auth0Domain tenant..auth0.com"),
    "domain_empty": wrong('Auth0Domain ""'),
    "domain_missing": wrong("Auth0Domain"),
    "audience_empty": wrong('Auth0Audience ""', "identifier"),
    "audience_missing": wrong("Auth0Audience"),
    "audience_comment": wrong(
        "Auth0Audience https://api.example.com/o # was https://old.example/",
        "'#'", "comment", "line of its own",
    ),
    "audience_comma": wrong(
        "Auth0Audience https://a.example/, https://b.example/",
        "'https://a.example/,'", "comma",
    ),
    "logout_client_comment": wrong("Auth0LogoutClient abc #def", "comment"),
    "algorithm_unknown": wrong("Auth0Algorithms RS257", "RS257", ALL),
    "algorithm_none": wrong("Auth0Algorithms none", ALL),
    "algorithm_in_lower_case": wrong("Auth0Algorithms rs256", ALL),
    "algorithm_of_another_registry": wrong("Auth0Algorithms EdDSA", ALL),
    "algorithms_mixed": wrong("Auth0Algorithms RS256 HS256", "HS"),
    "algorithms_mixed_on_two_lines": wrong(
        "Auth0Algorithms ES256",
        "HS",
        before=(HS256, SECRET + "/secret"),
    ),
    "algorithms_missing": wrong("Auth0Algorithms"),
    "no_secret": (
        ours(HS256),
        "AuthType Auth0",
        ("Auth0SigningSecret", "file:"),
    ),
    "secret_too_short": (
        ours(HS256, SECRET + "/short"),
        "AuthType Auth0",
        ("Auth0SigningSecret", "HS256", "32"),
    ),
    "secret_too_short_but_for_its_newline": (
        ours(HS256, SECRET + "/with-newline"),
        "AuthType Auth0",
        ("Auth0SigningSecret", "HS256", "32"),
    ),
    "secret_too_short_for_HS384": (
        ours("Auth0Algorithms HS384", SECRET + "/secret"),
        "AuthType Auth0",
        ("Auth0SigningSecret", "HS384", "48"),
    ),
    "secret_too_short_for_HS512": (
        ours("Auth0Algorithms HS256 HS512", SECRET + "/secret"),
        "AuthType Auth0",
        ("Auth0SigningSecret", "HS512", "64"),
    ),
    "secret_missing": wrong(SECRET + "/nowhere", "nowhere"),
    "secret_empty": wrong(SECRET + "/newline-only", "empty"),
    "secret_in_the_configuration": wrong(
        "Auth0SigningSecret ssssssssssssssssssssssssssssssssss", "file:"
    ),
    "problem_details_neither_on_nor_off": wrong(
        "Auth0ProblemDetails yes", "must be On or Off"
    ),
    "skew_negative": wrong("Auth0ClockSkew -1", "0 to 300"),
    "skew_too_large": wrong("Auth0ClockSkew 301", "0 to 300"),
    "skew_a_fraction": wrong("Auth0ClockSkew 1.5", "0 to 300"),
    "skew_no_number": wrong("Auth0ClockSkew five", "0 to 300"),
    "skew_with_a_unit": wrong("Auth0ClockSkew 5s", "0 to 300"),
    "skew_huge": wrong("Auth0ClockSkew 99999999999999999999", "0 to 300"),
    "skew_empty": wrong('Auth0ClockSkew ""'),
    "profile_unknown": wrong(
        "Auth0TokenProfile rfc9069", "any, auth0 and rfc9068"
    ),
    "profile_empty": wrong('Auth0TokenProfile ""', "any, auth0 or rfc9068"),
    "profile_of_logout": wrong("Auth0TokenProfile logout", "any, auth0"),
    "profile_missing": wrong("Auth0TokenProfile"),
    "profile_twice": wrong("Auth0TokenProfile any auth0"),
    "age_zero": wrong("Auth0MaxTokenAge 0", "seconds from 1 to 31536000"),
    "age_negative": wrong("Auth0MaxTokenAge -1", "from 1 to 31536000"),
    "age_too_large": wrong("Auth0MaxTokenAge 31536001", "1 to 31536000"),
    "age_with_a_unit": wrong("Auth0MaxTokenAge 5m", "from 1 to 31536000"),
    "age_no_number": wrong("Auth0MaxTokenAge old", "from 1 to 31536000"),
    "age_missing": wrong("Auth0MaxTokenAge"),
    "decryption_key_nowhere": wrong_key("nowhere.pem", "nowhere.pem", "opened"),
    "decryption_key_a_folder": wrong_key("", "regular file"),
    "decryption_key_of_garbage": wrong_key("secret", "no private key"),
    "decryption_key_public": wrong_key("public.pem", "no private key"),
    "decryption_key_with_a_passphrase": wrong_key("locked.pem", "passphrase"),
    "decryption_key_of_a_curve": wrong_key("ec.pem", "no RSA key"),
    "decryption_key_too_short": wrong_key("small.pem", "2048"),
    "decryption_key_too_large": wrong_key("large.pem", "65536"),
    "decryption_key_twice": wrong(
        "Auth0DecryptionKey ${DIR}/key.pem a=${DIR}/key.pem", "same key"
    ),
    "decryption_keys_of_one_name": wrong(
        "Auth0DecryptionKey a=${DIR}/key.pem a=${DIR}/other.pem", "kid"
    ),
    "decryption_key_of_no_name": wrong(
        "Auth0DecryptionKey =${DIR}/key.pem", "kid=path"
    ),
    "decryption_key_of_a_long_name": wrong(
        f"Auth0DecryptionKey {'k' * 257}=${{DIR}}/key.pem", "256"
    ),
    "decryption_key_without_path": wrong("Auth0DecryptionKey a=", "path"),
    "decryption_key_empty": wrong('Auth0DecryptionKey ""', "path"),
    "decryption_key_missing": wrong("Auth0DecryptionKey"),
    "encrypted_tokens_unknown": wrong(
        "Auth0EncryptedTokens On", "allowed nor required"
    ),
    "encrypted_tokens_missing": wrong("Auth0EncryptedTokens"),
    "encrypted_tokens_without_a_key": (
        ours("Auth0EncryptedTokens required"),
        "AuthType Auth0",
        ("Auth0EncryptedTokens required", "Auth0DecryptionKey"),
    ),
    "dpop_unknown": wrong(
        "Auth0DPoP On", "none of disabled, allowed, required"
    ),
    "dpop_empty": wrong('Auth0DPoP ""'),
    "dpop_missing": wrong("Auth0DPoP"),
    "dpop_nonce_alone": wrong(
        "Auth0DPoP nonce", "none of disabled, allowed, required"
    ),
    "dpop_not_nonce": wrong("Auth0DPoP required nonces", "the word nonce"),
    "dpop_nonce_where_disabled": wrong(
        "Auth0DPoP disabled nonce", "allowed or required"
    ),
    "dpop_three": wrong("Auth0DPoP required nonce nonce"),
    "window_of_one": wrong("Auth0DPoPWindow 300"),
    "window_of_three": wrong("Auth0DPoPWindow 300 30 5"),
    "window_0": wrong("Auth0DPoPWindow 0 30", "1 to 3600"),
    "window_too_long": wrong("Auth0DPoPWindow 3601 30", "1 to 3600"),
    "window_too_far_ahead": wrong("Auth0DPoPWindow 300 301", "0 to 300"),
    "window_negative": wrong("Auth0DPoPWindow 300 -1", "0 to 300"),
    "window_text": wrong("Auth0DPoPWindow 5m 30", "1 to 3600"),
    "window_fraction": wrong("Auth0DPoPWindow 300 0.5", "0 to 300"),
    "certificate_unknown": wrong(
        "Auth0CertificateBound On", "none of allowed, required"
    ),
    "certificate_disabled": wrong(
        "Auth0CertificateBound disabled", "none of allowed, required"
    ),
    "certificate_missing": wrong("Auth0CertificateBound"),
    "certificate_two": wrong("Auth0CertificateBound required required"),
    "base_missing": wrong("Auth0BaseURL"),
    "base_empty": wrong('Auth0BaseURL ""'),
    "base_host": wrong("Auth0BaseURL api.example.com", "https://"),
    "base_path": wrong(
        "Auth0BaseURL https://api.example.com/orders",
        "path or a query", "https://api.example.com",
    ),
    "base_two_slashes": wrong(
        "Auth0BaseURL https://api.example.com//", "path or a query"
    ),
    "base_query": wrong(
        "Auth0BaseURL https://api.example.com?x", "path or a query"
    ),
    "base_fragment": wrong("Auth0BaseURL https://api.example.com/#x"),
    "base_user": wrong("Auth0BaseURL https://me@api.example.com"),
    "base_plain": wrong("Auth0BaseURL http://api.example.com", "https://"),
    "base_port": wrong("Auth0BaseURL https://api.example.com:65536"),
    "base_no_host": wrong("Auth0BaseURL https://"),
    "base_control": wrong('Auth0BaseURL "https://api.example.com\t"'),
    "base_port_zero": wrong(
        "Auth0BaseURL https://api.example.com:0443", "zero in front"
    ),
    "base_port_long": wrong(
        "Auth0BaseURL https://api.example.com:08443", "zero in front"
    ),
    "base_ip_future": wrong("Auth0BaseURL https://[v1.x]", "plain address"),
    "base_ip_zone": wrong(
        "Auth0BaseURL https://[fe80::1%25eth0]:8443", "plain address"
    ),
    "base_two": wrong("Auth0BaseURL https://a.example https://b.example"),
    "user_empty": wrong('Auth0RemoteUser ""', "sub"),
    "scope_missing": wrong("Require auth0-scope", "auth0-scope"),
    "scope_empty": wrong('Require auth0-scope ""', "auth0-scope"),
    "scope_of_spaces": wrong('Require auth0-scope "  "', "auth0-scope"),
    "scope_with_a_quote": wrong(
        r'Require auth0-scope "a\"b"', "auth0-scope", "quote"
    ),
    "scope_with_a_backslash": wrong(
        r"Require auth0-scope read\orders", "auth0-scope", "backslash"
    ),
    "scope_not_ascii": wrong("Require auth0-scope l\u00e9er", "auth0-scope"),
    "unknown_requirement": (
        ours("Require auth0-scopes read"),
        "Require auth0-scopes read",
        ("auth0-scopes",),
    ),
    "ca_file_missing": wrong_server(
        "Auth0CACertificateFile ${DIR}/nowhere.pem", "nowhere.pem"
    ),
    "ca_file_of_garbage": wrong_server(
        "Auth0CACertificateFile ${DIR}/not-a-certificate.pem", "PEM"
    ),
    "ca_file_in_a_section": wrong(
        "Auth0CACertificateFile ${DIR}/keys.json", "not allowed"
    ),
    "refresh_zero": wrong_server("Auth0KeyRefresh 0", "from 1"),
    "refresh_negative": wrong_server("Auth0KeyRefresh -1", "from 1"),
    "refresh_no_number": wrong_server("Auth0KeyRefresh often", "from 1"),
    "refresh_in_a_section": wrong("Auth0KeyRefresh 5", "not allowed"),
    "max_stale_negative": wrong_server(
        "Auth0KeyMaxStale -1", "seconds from 0 to 604800"
    ),
    "max_stale_too_large": wrong_server(
        "Auth0KeyMaxStale 604801", "seconds from 0 to 604800"
    ),
    "max_stale_no_number": wrong_server(
        "Auth0KeyMaxStale often", "seconds from 0 to 604800"
    ),
    "max_stale_with_a_unit": wrong_server(
        "Auth0KeyMaxStale 5s", "seconds from 0 to 604800"
    ),
    "max_stale_missing": wrong_server("Auth0KeyMaxStale"),
    "max_stale_twice": wrong_server("Auth0KeyMaxStale 5 5"),
    "cooldown_zero": wrong_server(
        "Auth0KeyCooldown 0", "seconds from 1 to 86400"
    ),
    "cooldown_negative": wrong_server(
        "Auth0KeyCooldown -1", "seconds from 1 to 86400"
    ),
    "cooldown_too_large": wrong_server(
        "Auth0KeyCooldown 86401", "seconds from 1 to 86400"
    ),
    "cooldown_no_number": wrong_server(
        "Auth0KeyCooldown often", "seconds from 1 to 86400"
    ),
    "cooldown_with_a_unit": wrong_server(
        "Auth0KeyCooldown 5s", "seconds from 1 to 86400"
    ),
    "cooldown_missing": wrong_server("Auth0KeyCooldown"),
    "cooldown_twice": wrong_server("Auth0KeyCooldown 5 5"),
    "wait_negative": wrong_server(
        "Auth0KeyWait -1", "milliseconds from 0 to 10000"
    ),
    "wait_too_large": wrong_server(
        "Auth0KeyWait 10001", "milliseconds from 0 to 10000"
    ),
    "wait_no_number": wrong_server(
        "Auth0KeyWait often", "milliseconds from 0 to 10000"
    ),
    "wait_with_a_unit": wrong_server(
        "Auth0KeyWait 5s", "milliseconds from 0 to 10000"
    ),
    "wait_missing": wrong_server("Auth0KeyWait"),
    "wait_twice": wrong_server("Auth0KeyWait 5 5"),
    "timeout_connect_zero": wrong_server(
        "Auth0KeyTimeout 0 10", "from 1 to 60"
    ),
    "timeout_connect_no_number": wrong_server(
        "Auth0KeyTimeout x 10", "from 1 to 60"
    ),
    "timeout_total_zero": wrong_server("Auth0KeyTimeout 3 0", "from 1 to 60"),
    "timeout_connect_too_large": wrong_server(
        "Auth0KeyTimeout 61 61", "from 1 to 60"
    ),
    "timeout_total_too_large": wrong_server(
        "Auth0KeyTimeout 3 61", "from 1 to 60"
    ),
    "timeout_total_missing": wrong_server("Auth0KeyTimeout 3"),
    "timeout_three_numbers": wrong_server("Auth0KeyTimeout 1 2 3"),
    "timeout_total_shorter_than_connect": wrong_server(
        "Auth0KeyTimeout 5 4", "shorter"
    ),
    "proxy_without_scheme": wrong_proxy("proxy.test:3128"),
    "proxy_without_port": wrong_proxy("http://proxy.test"),
    "proxy_without_host": wrong_proxy("http://:3128"),
    "proxy_of_another_scheme": wrong_proxy("socks5://proxy.test:1080"),
    "proxy_with_tls": wrong_proxy("https://proxy.test:3128"),
    "proxy_with_path": wrong_proxy("http://proxy.test:3128/path"),
    "proxy_with_query": wrong_proxy("http://proxy.test:3128/?x"),
    "proxy_with_fragment": wrong_proxy("http://proxy.test:3128/#x"),
    "proxy_with_bad_port": wrong_proxy("http://proxy.test:99999"),
    "proxy_port_zero": wrong_proxy("http://proxy.test:0"),
    "proxy_with_space": wrong_proxy('"http://proxy.test:3128/ x"'),
    "proxy_empty": wrong_server('Auth0OutgoingProxy ""'),
    "proxy_with_a_password": wrong_proxy("http://u:sssss@proxy.test:3128/path"),
    "proxy_missing": wrong_server("Auth0OutgoingProxy"),
    "store_unknown": wrong_server("Auth0SharedStore memory", "shm:4194304"),
    "store_of_another_scheme": wrong_server(
        "Auth0SharedStore http://h", "redis://HOST"
    ),
    "store_redis_without_host": wrong_server(
        "Auth0SharedStore redis://", "host name or address"
    ),
    "store_redis_bad_port": wrong_server(
        "Auth0SharedStore redis://:sssss@h:0", "from 1 to 65535"
    ),
    "store_redis_bad_db": wrong_server(
        "Auth0SharedStore redis://h/65536", "from 0 to 65535"
    ),
    "store_redis_query": wrong_server(
        "Auth0SharedStore rediss://h/0?x", "a query"
    ),
    "store_redis_user_alone": wrong_server(
        "Auth0SharedStore redis://sssss@h", "no password"
    ),
    "store_redis_bad_percent": wrong_server(
        "Auth0SharedStore redis://:sssss%@h", "write %25"
    ),
    "store_redis_two_ats": wrong_server(
        "Auth0SharedStore redis://:sssss@b@h", "write %40"
    ),
    "store_redis_bad_ipv6": wrong_server(
        "Auth0SharedStore redis://[::g]", "IPv6 address"
    ),
    "store_redis_and_more": wrong_server("Auth0SharedStore redis://h shm"),
    "store_redis_in_a_section": wrong(
        "Auth0SharedStore redis://h", "not allowed"
    ),
    "store_of_no_size": wrong_server("Auth0SharedStore shm:", "from 4096"),
    "store_too_small": wrong_server("Auth0SharedStore shm:4095", "from 4096"),
    "store_too_large": wrong_server(
        "Auth0SharedStore shm:1073741825", "to 1073741824"
    ),
    "store_with_a_unit": wrong_server("Auth0SharedStore shm:4M", "from 4096"),
    "store_missing": wrong_server("Auth0SharedStore"),
    "store_in_a_section": wrong("Auth0SharedStore shm", "not allowed"),
    "store_in_a_virtual_host": (
        "<VirtualHost *:*>\nAuth0SharedStore shm\n</VirtualHost>\n",
        "Auth0SharedStore shm",
        ("Auth0SharedStore",),
    ),
    "cache_of_no_number": wrong_server("Auth0TokenCache on", "16 to 1048576",
                                       "nor off"),
    "cache_too_small": wrong_server("Auth0TokenCache 15", "16 to 1048576"),
    "cache_of_none": wrong_server("Auth0TokenCache 0", "nor off"),
    "cache_too_large": wrong_server("Auth0TokenCache 1048577", "16 to 1048576"),
    "cache_with_a_unit": wrong_server("Auth0TokenCache 16K", "16 to 1048576"),
    "cache_negative": wrong_server("Auth0TokenCache -1", "16 to 1048576"),
    "cache_empty": wrong_server('Auth0TokenCache ""', "takes one argument"),
    "cache_missing": wrong_server("Auth0TokenCache"),
    "cache_two_words": wrong_server("Auth0TokenCache 100 200"),
    "cache_in_a_section": wrong("Auth0TokenCache off", "not allowed"),
    "cache_in_a_virtual_host": (
        "<VirtualHost *:*>\nAuth0TokenCache off\n</VirtualHost>\n",
        "Auth0TokenCache off",
        ("Auth0TokenCache",),
    ),
    "logout_client_empty": wrong('Auth0LogoutClient ""', "applications"),
    "logout_client_of_control_characters": wrong(
        'Auth0LogoutClient "a\tb"', "client id"
    ),
    "logout_client_missing": wrong("Auth0LogoutClient"),
    "logout_without_client": (
        section(LOGOUT, ISSUER),
        LOGOUT,
        ("auth0-logout", "Auth0LogoutClient"),
    ),
    "logout_without_issuer": (
        section(LOGOUT, "Auth0LogoutClient app"),
        LOGOUT,
        ("auth0-logout", "Auth0Domain", "Auth0Issuer"),
    ),
    "logout_with_an_audience_alone": (
        section(LOGOUT, ISSUER, AUDIENCE),
        LOGOUT,
        ("auth0-logout", "Auth0LogoutClient"),
    ),
    "logout_with_a_client_elsewhere": (
        section(LOGOUT, ISSUER)
        + "<Location /other>\nAuth0LogoutClient app\n</Location>\n",
        LOGOUT,
        ("Auth0LogoutClient",),
    ),
    "logout_without_a_secret": (
        section(LOGOUT, ISSUER, "Auth0LogoutClient app", HS256),
        LOGOUT,
        ("Auth0SigningSecret", "file:"),
    ),
    "state_dir_empty": wrong_server('Auth0StateDir ""'),
    "state_dir_missing": wrong_server("Auth0StateDir"),
    "deny_list_empty": wrong_server('Auth0DenyList ""'),
    "deny_list_missing": wrong_server("Auth0DenyList"),
    "deny_list_two": wrong_server("Auth0DenyList ${DIR}/deny ${DIR}/deny"),
    "deny_list_twice": (
        "Auth0DenyList ${DIR}/deny\nAuth0DenyList deny-other\n",
        "Auth0DenyList deny-other",
        ("Auth0DenyList", "'deny-other'", "second list", "one file"),
    ),
    "deny_list_nowhere": wrong_server(
        "Auth0DenyList ${DIR}/nowhere", "/nowhere", "opened"
    ),
    "deny_list_a_folder": wrong_server("Auth0DenyList ${DIR}", "regular file"),
    "deny_list_with_a_bad_line": wrong_server(
        "Auth0DenyList ${DIR}/deny-bad", "/deny-bad", "line 2 ", "sub, client"
    ),
    "deny_list_from_another_system": wrong_server(
        "Auth0DenyList ${DIR}/deny-crlf", "line 1 ", "control", "line feed"
    ),
    "deny_list_in_a_section": wrong(
        "Auth0DenyList ${DIR}/deny", "not allowed"
    ),
    "max_stale_in_a_section": wrong("Auth0KeyMaxStale 5", "not allowed"),
    "cooldown_in_a_section": wrong("Auth0KeyCooldown 5", "not allowed"),
    "wait_in_a_section": wrong("Auth0KeyWait 5", "not allowed"),
    "timeout_in_a_section": wrong("Auth0KeyTimeout 3 10", "not allowed"),
    "proxy_in_a_section": wrong(
        "Auth0OutgoingProxy http://proxy.test:3128", "not allowed"
    ),
    "state_dir_in_a_section": wrong("Auth0StateDir /tmp", "not allowed"),
}


def check(config):
    """httpd -t: exit code, output, and the file of the configuration."""
    httpd = Httpd(config, FILES)
    try:
        code, output = httpd.check()
        return code, output, httpd.conf_file.read_text(), httpd.conf_file
    finally:
        httpd.remove()


def complains(config, line, words):
    """httpd -t stops at the line, and says these words."""
    code, output, text, path = check(config)
    number = text.splitlines().index(line) + 1
    assert code != 0
    assert f"line {number} of {path}" in output
    for word in words:
        assert word in output
    assert "sssss" not in output, "a secret is repeated"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_wrong(case):
    complains(*case)


def mutex(line, name, *before, after=ours()):
    """A mutex that would stay locked when the process that has it dies."""
    config = "\n".join([*before, line, after])
    cure = "Mutex default auth0-refresh auth0-store"
    return config, line, (f"{line} would leave {name} locked", cure)


LASTING = {
    "posixsem": mutex("Mutex posixsem", "auth0-refresh"),
    "default": mutex("Mutex posixsem default OmitPID", "auth0-refresh"),
    "omit_pid": mutex("Mutex PosixSem omitpid", "auth0-refresh"),
    "sem": mutex("Mutex sem", "auth0-refresh"),
    "refresh": mutex("Mutex posixsem auth0-refresh", "auth0-refresh"),
    "store": mutex("Mutex posixsem auth0-store OmitPID", "auth0-store"),
    "last_counts": mutex("Mutex posixsem", "auth0-refresh", "Mutex pthread"),
    "one_is_left": mutex(
        "Mutex posixsem", "auth0-store", "Mutex default auth0-refresh"
    ),
    "within_a_condition": mutex(
        "Mutex posixsem", "auth0-refresh", "<IfModule auth0_module>",
        after="</IfModule>\n" + ours(),
    ),
    "deny_list_alone": mutex(
        "Mutex posixsem", "auth0-refresh",
        after="Auth0DenyList ${DIR}/deny\n",
    ),
    "deny_list_of_a_host": mutex(
        "Mutex posixsem", "auth0-refresh",
        after="<VirtualHost *:*>\nAuth0DenyList deny\n</VirtualHost>\n",
    ),
    "redis_alone": mutex(
        "Mutex posixsem", "auth0-refresh",
        after="Auth0SharedStore redis://127.0.0.1\n",
    ),
}


@pytest.mark.parametrize("case", LASTING.values(), ids=LASTING)
def test_mutex_that_would_outlive_its_holder(case):
    complains(*case)


GOOD = [
    ("mutex_pthread", "Mutex pthread\n" + ours()),
    ("mutex_sysvsem", "Mutex sysvsem\n" + ours()),
    ("mutex_fcntl", "Mutex fcntl:${DIR}/run\n" + ours()),
    ("mutex_flock", "Mutex flock:${DIR}/run OmitPID\n" + ours()),
    (
        "mutex_of_others",
        "Mutex posixsem\nMutex default auth0-refresh auth0-store\n" + ours(),
    ),
    (
        "mutex_of_others_in_the_other_order",
        "Mutex sysvsem auth0-refresh auth0-store\nMutex posixsem\n" + ours(),
    ),
    (
        "mutex_that_is_changed",
        "Mutex posixsem auth0-refresh\nMutex pthread auth0-refresh\n"
        + ours(),
    ),
    ("mutex_that_nobody_needs", "Mutex posixsem\n"),
    ("http_127_0_0_1", section(AUDIENCE, "Auth0Issuer http://127.0.0.1:1/")),
    ("http_localhost", section(AUDIENCE, "Auth0Issuer http://localhost/")),
    ("http_ipv6", section(AUDIENCE, "Auth0Issuer http://[::1]:80/")),
    ("issuer_without_slash", section("Auth0Issuer https://tenant.example")),
    ("issuer_with_path", section("Auth0Issuer https://tenant.example/a/b/")),
    (
        "four_lines",
        section(
            "AuthType Auth0",
            "Auth0Domain tenant.eu.auth0.com",
            AUDIENCE,
            "Require auth0-scope read:orders",
        ),
    ),
    ("two_domains", section("Auth0Domain a.auth0.com login.example.com")),
    ("two_audiences", ours("Auth0Audience urn:a urn:b")),
    ("all_asymmetric", ours("Auth0Algorithms " + ALL[: ALL.index(" HS")])),
    ("secret", ours(HS256, SECRET + "/secret")),
    ("decryption_key", ours("Auth0DecryptionKey key.pem")),
    (
        "decryption_keys",
        ours("Auth0DecryptionKey a=${DIR}/key.pem ./other.pem"),
    ),
    (
        "encrypted_tokens",
        ours("Auth0EncryptedTokens Required", "Auth0DecryptionKey key.pem"),
    ),
    (
        "encrypted_tokens_with_a_key_outside",
        "Auth0DecryptionKey key.pem\n" + ours("Auth0EncryptedTokens required"),
    ),
    ("encrypted_tokens_without_a_key", ours("Auth0EncryptedTokens allowed")),
    ("dpop_in_capitals", ours("Auth0DPoP Required NONCE")),
    ("dpop_allowed_nonce", ours("Auth0DPoP allowed nonce")),
    ("dpop_disabled", ours("Auth0DPoP disabled")),
    ("dpop_of_the_server", "Auth0DPoP required\n" + ours()),
    ("window_shortest", ours("Auth0DPoPWindow 1 0")),
    ("window_longest", ours("Auth0DPoPWindow 3600 300")),
    ("certificate", ours("Auth0CertificateBound Allowed")),
    ("base", ours("Auth0BaseURL https://api.example.com")),
    ("base_slash", ours("Auth0BaseURL https://api.example.com:8443/")),
    ("base_ipv6", ours("Auth0BaseURL https://[2001:db8::1]:8443")),
    ("base_loopback", ours("Auth0BaseURL http://localhost:8080")),
    ("skew_0", ours("Auth0ClockSkew 0")),
    ("skew_300", ours("Auth0ClockSkew 300")),
    ("age_1", ours("Auth0MaxTokenAge 1")),
    ("age_year", ours("Auth0MaxTokenAge 31536000")),
    ("age_off", ours("Auth0MaxTokenAge Off")),
    ("profile_in_capitals", ours("Auth0TokenProfile RFC9068")),
    ("store", "Auth0SharedStore shm\n"),
    ("store_redis", "Auth0SharedStore redis://:a%40b@127.0.0.1:1/3\n"),
    ("store_redis_tls", "Auth0SharedStore rediss://u:p@[2001:db8::1]\n"),
    ("store_4_k", "Auth0SharedStore shm:4096\n"),
    ("cache_off", "Auth0TokenCache Off\n"),
    ("cache_16", "Auth0TokenCache 16\n"),
    ("cache_1048576", "Auth0TokenCache 1048576\n"),
    ("store_1_g", "Auth0SharedStore shm:1073741824\n"),
    ("logout", section(LOGOUT, ISSUER, "Auth0LogoutClient one two")),
    ("logout_needs_no_audience", f"{ISSUER}\nAuth0LogoutClient app\n"
     + section(LOGOUT)),
    ("another_handler", section(ISSUER, "SetHandler server-status")),
    ("no_handler_within", section(LOGOUT, ISSUER, "Auth0LogoutClient app")
     + "<Location /orders/x>\nSetHandler none\n</Location>\n"),
    ("refresh_1", "Auth0KeyRefresh 1\n"),
    ("max_stale_0", "Auth0KeyMaxStale 0\n"),
    ("max_stale_week", "Auth0KeyMaxStale 604800\n"),
    ("cooldown_1", "Auth0KeyCooldown 1\n"),
    ("cooldown_day", "Auth0KeyCooldown 86400\n"),
    ("wait_0", "Auth0KeyWait 0\n"),
    ("wait_10_s", "Auth0KeyWait 10000\n"),
    ("timeout_1_1", "Auth0KeyTimeout 1 1\n"),
    ("timeout_60_60", "Auth0KeyTimeout 60 60\n"),
    ("proxy", "Auth0OutgoingProxy http://proxy.test:3128\n"),
    ("proxy_with_slash", "Auth0OutgoingProxy http://proxy.test:3128/\n"),
    ("proxy_ipv6", "Auth0OutgoingProxy http://[::1]:3128\n"),
    ("proxy_with_password", "Auth0OutgoingProxy http://u:p%40@proxy.test:1\n"),
    ("state_dir", "Auth0StateDir /var/cache/mod_auth0\n"),
    ("state_dir_relative", "Auth0StateDir state\n"),
    ("deny_list", "Auth0DenyList ${DIR}/deny\n"),
    ("deny_list_relative", "Auth0DenyList deny\n"),
    (
        "keys_relative_to_server_root",
        section("Auth0Issuer https://tenant.example/ file:keys.json"),
    ),
    (
        "inherited_from_the_server",
        f"{ISSUER}\n{AUDIENCE}\n"
        + section("AuthType Auth0", "Require valid-user"),
    ),
    (
        "inherited_by_a_virtual_host",
        f"{ISSUER}\n{AUDIENCE}\n<VirtualHost *:*>\n"
        + section("AuthType Auth0", "Require valid-user")
        + "</VirtualHost>\n",
    ),
    (
        "audience_by_virtual_host",
        f"{ISSUER}\n" + section("AuthType Auth0", "Require valid-user")
        + f"<VirtualHost *:*>\n{AUDIENCE}\n</VirtualHost>\n",
    ),
    (
        "inherited_from_an_outer_location",
        f"<Location />\n{ISSUER}\n{AUDIENCE}\n</Location>\n"
        + section("AuthType Auth0", "Require valid-user"),
    ),
    (
        "in_a_directory",
        "<Directory ${DIR}/htdocs>\nAuthType Auth0\n"
        f"{ISSUER}\n{AUDIENCE}\nRequire valid-user\n</Directory>\n",
    ),
    (
        "another_type_of_authentication",
        f"{ISSUER}\n"
        + section("AuthType Basic", 'AuthName "x"', "Require valid-user"),
    ),
    ("nothing_at_all", ""),
]


@pytest.mark.parametrize("config", **table(GOOD))
def test_good(config):
    code, output, _, _ = check(config)
    assert (code, output.strip()) == (0, "Syntax OK")


def test_require_without_auth_type_lets_nobody_in(announce):
    announce("AH00027: No authentication done")
    announce("Warning on line .* needs AuthType Auth0")
    config = ANYTHING + section(ISSUER, AUDIENCE, "Require auth0-scope read")
    with Httpd(config, FILES) as httpd:
        response = httpd.get("/orders", tokens.token(KEY, scope="read"))
    assert response.status == 500


NOT_IN_HTACCESS = [
    "Auth0Domain tenant.eu.auth0.com",
    "Auth0Issuer https://tenant.example/",
    "Auth0Audience https://api.example.com/orders",
    "Auth0Algorithms RS256",
    "Auth0SigningSecret file:/etc/secret",
    "Auth0DecryptionKey /etc/key.pem",
    "Auth0EncryptedTokens allowed",
    "Auth0ClockSkew 5",
    "Auth0ForwardToken On",
    "Auth0DPoP required",
    "Auth0DPoPWindow 300 30",
    "Auth0CertificateBound required",
    "Auth0BaseURL https://api.example.com",
    "Auth0ProblemDetails On",
    "Auth0ResourceMetadata On",
    "Auth0Resource https://api.example.com/orders",
    "Auth0ResourceDocumentation https://example.com/docs",
    "Auth0ResourcePolicy https://example.com/policy",
    "Auth0ResourceTOS https://example.com/tos",
    "Auth0CACertificateFile /etc/ca.pem",
    "Auth0KeyRefresh 5",
    "Auth0KeyMaxStale 5",
    "Auth0KeyCooldown 5",
    "Auth0KeyWait 5",
    "Auth0KeyTimeout 3 10",
    "Auth0OutgoingProxy http://proxy.test:3128",
    "Auth0StateDir /tmp",
    "Auth0TokenSource header",
    "Auth0TokenProfile any",
    "Auth0MaxTokenAge 60",
    "Auth0ACRClaim acr",
    "Auth0AuthTimeClaim auth_time",
    "Auth0Optional On",
    "Auth0CORSPreflight On",
    "Auth0ReportOnly On",
    "Auth0DenyList /etc/deny",
    "Auth0LogoutClient app",
    "Auth0TokenCache off",
    "Auth0SharedStore shm",
    'Auth0APIName "Orders API"',
    "Auth0Scope read:orders",
    "Auth0TokenLifetime 3600",
    "Auth0OfflineAccess On",
    "Auth0SkipConsent On",
    "Auth0ClientGrant app read:orders",
]

#: What may stand there, as test_export.py shows.
ALSO_IN_HTACCESS = {"Auth0RemoteUser", "Auth0ClaimHeader", "Auth0ClaimEnv"}

#: Each with the claims that meet it, and the reason where they are lacking.
IN_HTACCESS = {
    "auth0-scope read": ({"scope": "read"}, "require.scope"),
    "auth0-permission read": ({"permissions": ["read"]}, "require.permission"),
    "auth0-claim /a/b 1": ({"a": {"b": 1}}, "require.claim"),
    "auth0-org Acme": ({"org_name": "acme"}, "require.org"),
    "auth0-client app": ({"azp": "app"}, "require.client"),
    "auth0-subject anonymous": ({"sub": "anon@1"}, "require.subject"),
    "auth0-step-up acr=mfa": ({"acr": "mfa"}, "require.step_up"),
    "auth0-authorization-details pay": (
        {"authorization_details": [{"type": "pay"}]},
        "require.authorization_details",
    ),
    "expr \"auth0_claim('plan') == 'x'\"": ({"plan": "x"}, "require.other"),
}
NAMED = {"require.scope": {"scope": "read"},
         "require.permission": {"scope": "read"},
         "require.step_up": {"acr_values": "mfa"}}

HTACCESS = """
<Directory ${DIR}/htdocs>
    AllowOverride All
    AuthType Auth0
    Auth0Issuer https://tenant.example/ file:${DIR}/keys.json
    Auth0Audience https://api.example.com/orders
    Require valid-user
</Directory>
"""


@pytest.fixture(scope="module")
def htaccess_server():
    files = dict(FILES)
    for number, line in enumerate(IN_HTACCESS):
        files[f"htdocs/{number}/page.html"] = "page"
        files[f"htdocs/{number}/.htaccess"] = f"Require {line}\n"
    for line in NOT_IN_HTACCESS:
        name = line.split()[0]
        files[f"htdocs/{name}/page.html"] = "page"
        files[f"htdocs/{name}/.htaccess"] = f"{line}\n"
    with Httpd(HTACCESS, files) as httpd:
        yield httpd


@pytest.mark.parametrize("name", [x.split()[0] for x in NOT_IN_HTACCESS])
def test_not_in_htaccess(htaccess_server, announce, name):
    announce(f"{name} not allowed here")
    path = f"/{name}/page.html"
    response = htaccess_server.get(path, tokens.token(KEY))
    assert response.status == 500


def test_every_directive_is_named_here():
    """Few of them may stand in a .htaccess file."""
    sources = (REPO / "src" / "httpd").glob("mod_auth0_directives*.c")
    text = "".join(path.read_text() for path in sources)
    known = set(re.findall(r'AP_INIT_\w+\(\s*"(Auth0\w+)"', text))
    refused = {line.split()[0] for line in NOT_IN_HTACCESS}
    assert known == refused | ALSO_IN_HTACCESS


def listed(names):
    return f"<Directory />\nAllowOverrideList {names}\n</Directory>\n"


@pytest.mark.parametrize("name", [x.split()[0] for x in NOT_IN_HTACCESS])
def test_not_in_a_list_of_overrides(name):
    """httpd would let it stand in .htaccess from there on."""
    complains(
        ours() + listed(f"Options {name} Require"),
        f"AllowOverrideList Options {name} Require",
        (f"AllowOverrideList: '{name}' must not stand in .htaccess: take it "
         "off",),
    )


@pytest.mark.parametrize("name", sorted(ALSO_IN_HTACCESS))
def test_in_a_list_of_overrides(name):
    names = f"AuthType Require SetHandler AllowOverrideList {name}"
    code, output, *_ = check(ours() + listed(names))
    assert code == 0, output


@pytest.mark.parametrize("line", IN_HTACCESS)
def test_require_in_htaccess(htaccess_server, line):
    claims, reason = IN_HTACCESS[line]
    path = f"/{list(IN_HTACCESS).index(line)}/page.html"
    answers.refused(htaccess_server.get(path), "request.no_token")
    response = htaccess_server.get(path, tokens.token(KEY, scope="x"))
    answers.refused(response, reason, **NAMED.get(reason, {}))
    response = htaccess_server.get(path, tokens.token(KEY, **claims))
    answers.accepted(response, claims.get("sub", tokens.SUBJECT))


PROGRAM = "#!/bin/sh\necho ssssssssssssssssssssssssssssssss\n"


def test_too_many_decryption_keys():
    """Each of them tries each token."""
    files = {f"{i}.pem": tokens.rsa_key(f"many-{i}").private_pem()
             for i in range(9)}
    for count, code in ((8, 0), (9, 1)):
        names = " ".join(list(files)[:count])
        httpd = Httpd(ours(f"Auth0DecryptionKey {names}"), {**FILES, **files})
        try:
            got, output = httpd.check()
        finally:
            httpd.remove()
        assert got == code
        assert ("'8.pem' is one key too many" in output) == (code == 1)


def test_secret_by_a_program():
    config = ANYTHING + ours(
        HS256,
        "Auth0SigningSecret exec:${DIR}/program",
    )
    httpd = Httpd(config, FILES)
    (httpd.directory / "program").write_text(PROGRAM)
    (httpd.directory / "program").chmod(0o700)
    with httpd:
        good = tokens.token(tokens.Secret(b"s" * 32), "HS256")
        assert httpd.get("/orders", good).status == 200
        bad = tokens.token(tokens.Secret(b"t" * 32), "HS256")
        answers.refused(httpd.get("/orders", bad), "signature.invalid")


@pytest.mark.parametrize(
    "module, what, config", [
        ("authn_core", "AuthType needs", bare()),
        ("authz_core", "Require needs", bare()),
        ("watchdog", "need", bare()),
        ("watchdog", "need", "Auth0DenyList ${DIR}/deny\n"),
        ("watchdog", "need", "Auth0SharedStore redis://127.0.0.1\n"),
    ]
)
def test_a_module_without_which_nothing_is_protected(module, what, config):
    """Without it the directives would be taken, and mean nothing."""
    if module in built_in():
        pytest.skip(f"mod_{module} cannot be left out of this httpd")
    httpd = Httpd(ANYTHING + config, FILES)
    lines = httpd.conf_file.read_text().splitlines()
    left = [line for line in lines if f"mod_{module}.so" not in line]
    assert len(left) == len(lines) - 1
    httpd.conf_file.write_text("\n".join(left) + "\n")
    try:
        code, output = httpd.check()
    finally:
        httpd.remove()
    assert code != 0
    assert f"{what} mod_{module}: load it" in output
