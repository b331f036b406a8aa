# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
A file of httpd-conf-samples/ in a running server. Nothing is changed but where
keys come from: no tenant on the network can be asked.
"""
import pathlib
import re

import answers
import tokens
from env import Httpd

KEY = tokens.rsa_key("main")
FOLDER = pathlib.Path(__file__).parents[2] / "httpd-conf-samples"
TENANT = "https://tenant.eu.auth0.com/"

ORDERS = {"iss": TENANT, "aud": tokens.AUDIENCE}

FILES = {
    "keys.json": tokens.jwks(KEY),
    **{
        f"htdocs/{path}/index.html": "served"
        for path in ("orders", "orders/mine", "legacy", "partners", "events",
                     "upload", "app")
    },
    "htdocs/index.html": "served",
}


def offline(text):
    """The sample with keys from a file, issuer by issuer."""

    def from_file(match):
        hosts = match.group(1).split()
        return "\n".join(
            f"Auth0Issuer https://{host}/ file:${{DIR}}/keys.json"
            for host in hosts
        )

    text = re.sub(r"Auth0Domain +(.+)", from_file, text)
    return re.sub(r"(Auth0Issuer \S+) https://\S+", r"\1 file:${DIR}/keys.json",
                  text)


def sample(name):
    return offline((FOLDER / name).read_text())


def start(name, before="", files=(), modules=()):
    config = f'DirectoryIndex index.html\n{before}{sample(name)}'
    return Httpd(config, {**FILES, **dict(files)}, modules=modules)


def sample_file(name):
    return {f"sample/{name}": (FOLDER / "files" / name).read_bytes()}


DEFINE = "Define AUTH0_SAMPLE_DIR ${DIR}/sample\n"


def pages(*paths):
    return {f"htdocs/{path}/index.html": "served" for path in paths}


def judge(response, reason, **more):
    """Let in or refused, as the reason says."""
    if reason != "ok":
        answers.refused(response, reason, **more)
        return
    # Who may change a file is told by httpd that it cannot be.
    assert response.status in (200, 405)
    assert (response.reason, response.challenges) == ("ok", [])
    assert response.user == tokens.SUBJECT
