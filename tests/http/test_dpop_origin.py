# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Scheme, host and port that a DPoP proof has to be for, as ServerName and
Auth0BaseURL say them. Host chooses the virtual host, and no more.
"""
import pytest

import answers
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from proofs import Prover

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))

#: Host, the lines of its virtual host, and the origin; {} is the port.
HOSTS = [
    ("no_port", "a.example", ["ServerName a.example"], "http://a.example:{}"),
    ("port", "b.example", ["ServerName b.example:81"], "http://b.example:81"),
    ("usual_port", "c.example", ["ServerName c.example:80"],
     "http://c.example"),
    ("scheme", "d.example", ["ServerName https://d.example"],
     "https://d.example"),
    ("scheme_and_port", "e.example", ["ServerName https://e.example:444"],
     "https://e.example:444"),
    ("alias", "g.example", ["ServerName f.example", "ServerAlias g.example"],
     "http://f.example:{}"),
    ("base", "h.example",
     ["ServerName https://h.example:444", "Auth0BaseURL https://i.example/"],
     "https://i.example"),
    ("base_with_its_port", "j.example",
     ["ServerName j.example", "Auth0BaseURL HTTPS://J.example:443"],
     "https://j.example"),
]


@pytest.fixture(scope="module")
def httpd():
    config = ANYTHING + TENANT + location("/orders", "Require valid-user")
    for _, _, lines, _ in HOSTS:
        body = "\n".join(lines)
        config += f"<VirtualHost *:*>\n{body}\n</VirtualHost>\n"
    with Httpd(config, {**PAGE, "keys.json": tokens.jwks(KEY)}) as server:
        yield server


def ask(httpd, host, origin):
    fields = PROVER.fields("GET", f"{origin}/orders", PROVER.token())
    return httpd.get("/orders", headers=[("Host", host), *fields])


@pytest.mark.parametrize("host, lines, origin", **table(HOSTS))
def test_origin(httpd, host, lines, origin):
    right = origin.format(httpd.port)
    answers.accepted(ask(httpd, host, right), tokens.SUBJECT)
    realm = lines[0].split()[-1].removeprefix("https://").partition(":")[0]
    wrong = {
        f"http://{host}:{httpd.port}", f"http://{host}", f"https://{host}",
        f"{right}:8443", right.replace("example", "example."),
    }
    for other in wrong - {right}:
        answers.refused(ask(httpd, host, other), "cnf.proof_invalid", realm,
                        scheme="DPoP")
