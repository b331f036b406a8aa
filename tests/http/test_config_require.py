# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What httpd -t says of Require lines, expressions and what goes with them."""
import pytest

from conf import table
from test_config import check, complains, ours, wrong

ON_OFF = ("On", "Off")
POINTER = "JSON Pointer"


def require(words, *told):
    return wrong(f"Require {words}", words.split()[0], *told)


def expr(expression, *told):
    line = f'Require expr "{expression}"'
    return ours(line), line, told


CASES = {
    "permission_missing": require("auth0-permission", "at least one"),
    "permission_empty": require('auth0-permission ""', "empty"),
    "permission_of_spaces": require('auth0-permission "  "', "empty"),
    "permission_quote": require(r'auth0-permission "a\"b"', "quote"),
    "permission_not_ascii": require("auth0-permission l\u00e9er", "ASCII"),
    "claim_missing": require("auth0-claim", "name of a claim"),
    "claim_empty": require('auth0-claim "" x', "names no claim"),
    "claim_bad_tilde": require("auth0-claim /a~b x", POINTER, "~0", "~1"),
    "claim_tilde_at_the_end": require("auth0-claim /a~", POINTER),
    "claim_tilde_two": require("auth0-claim /a~2", POINTER),
    "claim_too_deep": require("auth0-claim " + "/a" * 33, "32"),
    "org_missing": require("auth0-org", "at least one"),
    "org_empty": require('auth0-org acme ""', "empty"),
    "client_missing": require("auth0-client", "at least one"),
    "client_empty": require('auth0-client ""', "empty"),
    "details_missing": require("auth0-authorization-details", "at least one"),
    "details_empty": require('auth0-authorization-details ""', "empty"),
    "subject_missing": require("auth0-subject", "user, machine, agent"),
    "subject_unknown": require(
        "auth0-subject robot", "'robot'", "user, machine, agent, anonymous"
    ),
    "subject_in_capitals": require("auth0-subject User", "'User'"),
    "subject_two_of_which_one_unknown": require(
        "auth0-subject user service", "'service'"
    ),
    "subject_together": require('auth0-subject "user machine"', "none of"),
    "step_up_missing": require("auth0-step-up", "acr=", "max_age="),
    "step_up_plain_word": require("auth0-step-up mfa", "'mfa'", "acr="),
    "step_up_other_word": require("auth0-step-up amr=mfa", "acr="),
    "step_up_in_capitals": require("auth0-step-up ACR=mfa", "acr="),
    "step_up_acr_empty": require("auth0-step-up acr=", "empty acr"),
    "step_up_acr_of_spaces": require('auth0-step-up acr="  "', "empty acr"),
    "step_up_acr_twice": require("auth0-step-up acr=a acr=b", "twice"),
    "step_up_acr_quote": require(
        r'auth0-step-up acr="a\"b"', "quote and backslash"
    ),
    "step_up_acr_not_ascii": require("auth0-step-up acr=\u00e9", "ASCII"),
    "step_up_age_empty": require("auth0-step-up max_age=", "max_age=300"),
    "step_up_age_negative": require("auth0-step-up max_age=-1", "max_age=300"),
    "step_up_age_fraction": require(
        "auth0-step-up max_age=1.5", "max_age=300"
    ),
    "step_up_age_unit": require("auth0-step-up max_age=5m", "max_age=300"),
    "step_up_age_huge": require(
        "auth0-step-up max_age=99999999999", "max_age=300"
    ),
    "step_up_age_twice": require(
        "auth0-step-up max_age=1 max_age=2", "twice"
    ),
    **{
        f"comment_behind_{kind}": require(f"auth0-{kind} {words}", "comment")
        for kind, words in {
            "scope": "delete:orders # read:orders is not enough",
            "permission": "delete:orders #formerly read:orders",
            "claim": "plan gold # not silver",
            "org": "acme # and not evil",
            "client": "abc # and not mobile",
            "subject": "user # no machine",
            "step-up": "acr=mfa # or so",
            "authorization-details": "payment # none else",
        }.items()
    },
    **{
        f"comma_{kind}": require(f"auth0-{kind} {words}", "comma", "blanks")
        for kind, words in {
            "scope": "read:orders, write:orders",
            "permission": "a,",
            "org": "acme, evil",
            "client": "abc, def",
        }.items()
    },
    "comma_in_a_quoted_scope": require(
        'auth0-scope "read:orders, write:orders"', "comma"
    ),
    "negated": wrong(
        "Require not auth0-subject robot", "auth0-subject", "'robot'"
    ),
    "unknown_kind": (
        ours("Require auth0-claims plan"),
        "Require auth0-claims plan",
        ("auth0-claims",),
    ),
    "acr_claim_missing": wrong("Auth0ACRClaim"),
    "acr_claim_empty": wrong('Auth0ACRClaim ""'),
    "acr_claim_two": wrong("Auth0ACRClaim a b"),
    "acr_claim_bad_pointer": wrong("Auth0ACRClaim /a~x", POINTER),
    "auth_time_claim_missing": wrong("Auth0AuthTimeClaim"),
    "auth_time_claim_empty": wrong('Auth0AuthTimeClaim ""'),
    "auth_time_claim_bad_pointer": wrong("Auth0AuthTimeClaim /~", POINTER),
    "optional_missing": wrong("Auth0Optional", *ON_OFF),
    "optional_word": wrong("Auth0Optional maybe", *ON_OFF),
    "preflight_missing": wrong("Auth0CORSPreflight", *ON_OFF),
    "preflight_word": wrong("Auth0CORSPreflight GET", *ON_OFF),
    "report_missing": wrong("Auth0ReportOnly", *ON_OFF),
    "report_word": wrong("Auth0ReportOnly 1", *ON_OFF),
    "expr_empty_name": expr("auth0_claim('') == 'x'", "names no claim"),
    "expr_bad_pointer": expr("auth0_claim('/a~') == 'x'", POINTER),
    "expr_bad_pointer_in_a_list": expr(
        "'x' -in auth0_claims('/a~3')", POINTER
    ),
    "expr_name_that_is_not_fixed": expr(
        "auth0_claim(%{REQUEST_URI}) == 'x'", "auth0_claim", "quotes"
    ),
    "expr_unknown_function": expr("auth0_clam('x') == 'x'", "auth0_clam"),
    "expr_list_as_a_string": expr("auth0_claims('x') == 'x'"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_wrong(case):
    complains(*case)


GOOD = [
    ("step_up_quoted_value", 'Require auth0-step-up acr="a b" max_age=0'),
    ("step_up_quoted_word", 'Require auth0-step-up max_age=5 "acr=a b"'),
    ("claim_url", "Require auth0-claim https://example.com/roles x"),
    ("claim_root", "Require auth0-claim / x"),
    ("claim_with_a_hash", "Require auth0-claim colour #c8401f"),
    ("claim_with_a_comma", 'Require auth0-claim name "Doe, Jo" a,'),
    ("scope_with_a_hash", "Require auth0-scope orders#read"),
    ("scope_with_a_comma", "Require auth0-scope orders,read"),
    ("claim_deep", "Require auth0-claim " + "/a" * 32),
    ("claim_escaped", "Require auth0-claim /a~1b~0c x"),
    ("four_subjects", "Require auth0-subject user machine agent anonymous"),
    ("not", "<RequireAll>\nRequire valid-user\n"
     "Require not auth0-org org_1\n</RequireAll>"),
    ("expr", "Require expr \"'a' -in auth0_claims('x')\""),
    ("expr_case", "Require expr \"AUTH0_CLAIM('x') == 'x'\""),
]


@pytest.mark.parametrize("lines", **table(GOOD))
def test_good(lines):
    code, output, _, _ = check(ours(lines))
    assert (code, output.strip()) == (0, "Syntax OK")
