# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
mcp-server.conf in front of a real MCP server, with a real MCP client and a real
OpenID provider, none of which knows anything of our code.
"""
import json
import os
import subprocess

import pytest

import answers
import tokens
from env import Httpd
from provider import CLIENT, FOLDER, Provider, install
from samples import sample

AT = "/.well-known/oauth-protected-resource/mcp"
REALM = "Orders for agents"
#: Milliseconds between the events of op/mcp-server.mjs.
INTERVAL = 400
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
FIELDS = [
    ("Content-Type", "application/json"),
    ("Accept", "application/json, text/event-stream"),
]


@pytest.fixture(scope="module")
def provider(authority, tmp_path_factory):
    log = tmp_path_factory.mktemp("provider") / "log"
    with Provider(authority, log) as running:
        yield running


@pytest.fixture(scope="module")
def backend():
    """The port of the MCP server."""
    install()
    command = ["node", "mcp-server.mjs"]
    with subprocess.Popen(command, cwd=FOLDER,
                          stdout=subprocess.PIPE) as process:
        yield json.loads(process.stdout.readline())["port"]
        process.terminate()


def sample_of(httpd, provider, backend):
    """The sample where clients can reach it, with keys of the provider."""
    text = sample("mcp-server.conf").replace(
        "https://mcp.example.com", f"https://localhost:{httpd.port}"
    )
    old = "Auth0Issuer https://tenant.eu.auth0.com/ file:${DIR}/keys.json"
    assert old in text
    return "\n".join([
        "ServerName localhost",
        f"Auth0CACertificateFile {provider.authority.file}",
        "Auth0KeyRefresh 1",
        f"Define AUTH0_SAMPLE_BACKEND http://127.0.0.1:{backend}",
        text.replace(old, f"Auth0Issuer {provider.url}"),
    ])


@pytest.fixture(scope="module")
def httpd(authority, provider, backend):
    server = Httpd("", tls=authority, http2=True,
                   modules=["proxy", "proxy_http"])
    with server.conf_file.open("a") as conf:
        conf.write(sample_of(server, provider, backend))
    with server:
        server.wait_for_log("are in force")
        yield server


def origin(httpd):
    return f"https://localhost:{httpd.port}"


def test_the_client_finds_its_way(httpd, provider):
    """And events are not held back: each is there before the next is sent."""
    url = origin(httpd) + "/mcp"
    command = ["node", "mcp-client.mjs", url, *CLIENT, "call:tools"]
    environment = {**os.environ,
                   "NODE_EXTRA_CA_CERTS": str(provider.authority.file)}
    done = subprocess.run(command, cwd=FOLDER, env=environment, timeout=60,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    first = [tuple(one) for one in got["asked"][:3]]
    assert first[0] == ("POST", url, 401)
    assert first[1] == ("GET", origin(httpd) + AT, 200)
    assert first[2][1].startswith(provider.url + "/.well-known/")
    assert ("POST", provider.url + "/token", 200) in map(tuple, got["asked"])
    assert ["POST", url, 200] in got["asked"]
    assert [one["number"] for one in got["events"]] == [1, 2, 3, 4, 5]
    late = [one["under_way"] for one in got["events"]]
    print("milliseconds that each event was under way:", late)
    assert max(late) < INTERVAL
    # JSON leaves out what is undefined: no Authorization has arrived.
    assert got["result"] == {"sub": CLIENT[0]}


def test_what_the_sample_promises(httpd, provider):
    more = {"realm": REALM, "metadata": origin(httpd) + AT}
    answers.refused(httpd.get("/mcp"), "request.no_token", **more)
    document = json.loads(httpd.get(AT).body)
    assert document["resource"] == origin(httpd) + "/mcp"
    assert document["authorization_servers"] == [provider.url]
    assert document["scopes_supported"] == ["call:tools"]
    assert document["resource_name"] == REALM
    assert document["resource_documentation"] == "https://example.com/docs/mcp"
    assert document["resource_policy_uri"] == "https://example.com/privacy"
    assert document["resource_tos_uri"] == "https://example.com/terms"


@pytest.mark.parametrize("h2", [False, True], ids=["h1", "h2"])
def test_calls(httpd, provider, h2):
    body = json.dumps(CALL).encode()
    resource = origin(httpd) + "/mcp"
    good = provider.token("call:tools", resource)
    response = httpd.request("POST", "/mcp", good, FIELDS, body, h2)
    assert (response.reason, response.status) == ("ok", 200)
    assert response.header("Content-Type") == "text/event-stream"
    assert '"name":"count"' in response.text
    other = provider.token("read:orders", resource)
    response = httpd.request("POST", "/mcp", other, FIELDS, body)
    answers.refused(response, "require.scope", REALM, scope="call:tools")
    elsewhere = provider.token("call:tools", tokens.AUDIENCE)
    response = httpd.request("POST", "/mcp", elsewhere, FIELDS, body)
    answers.refused(response, "claims.aud", REALM,
                    metadata=origin(httpd) + AT)


def of_cors(response):
    """Fields of CORS, each of which may be there once only."""
    found = [(k, v) for k, v in response.headers
             if k.lower().startswith("access-control-")]
    assert len(dict(found)) == len(found)
    return dict(found)


READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, "
    "Mcp-Protocol-Version, Mcp-Session-Id, Last-Event-ID",
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Expose-Headers": "WWW-Authenticate, Mcp-Session-Id",
}


def test_a_browser_may_ask(httpd):
    headers = [("Origin", "https://app.example"),
               ("Access-Control-Request-Method", "POST")]
    # Neither needs a token: the one is ours, the other the server's.
    assert httpd.request("OPTIONS", AT, headers=headers).status == 204
    asked = httpd.request("OPTIONS", "/mcp", headers=headers)
    assert (asked.status, of_cors(asked)) == (204, READABLE)


def test_a_browser_may_read_the_answer(httpd, provider):
    assert of_cors(httpd.get("/mcp")) == READABLE
    good = provider.token("call:tools", origin(httpd) + "/mcp")
    body = json.dumps(CALL).encode()
    response = httpd.request("POST", "/mcp", good, FIELDS, body)
    assert response.status == 200
    assert of_cors(response) == READABLE
