# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The documents of registrations, read by parsers that others have written: all
must be valid, and say the same. The registrations, three known ones and many
made at random of what is special anywhere, are those of tests/unit/registrations.c.
"""
import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest
import yaml

import provider

TOP = pathlib.Path(__file__).parents[2]
PROGRAM = "tests/unit/registration_documents"
LAST = int(os.environ.get("REGISTRATIONS", 400))

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}


def one_of(*values):
    return {"enum": list(values)}


def a_list(of, **limits):
    return {"type": "array", "items": of, **limits}


def an_object(needed, /, **properties):
    return {"type": "object", "properties": properties, "required": needed,
            "additionalProperties": False}


SCOPE = an_object(["value"], value=TEXT, description=TEXT)
KEY = an_object(
    ["alg", "pem"], name=TEXT, kid=TEXT, pem=TEXT,
    alg=one_of("RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"),
)
# What the Management API takes of an API.
SERVER = an_object(
    ["name", "identifier"],
    name=TEXT,
    identifier=TEXT,
    scopes=a_list(SCOPE, minItems=1, maxItems=1000),
    signing_alg=one_of("HS256", "RS256", "RS512", "PS256"),
    token_dialect=one_of("access_token", "access_token_authz",
                         "rfc9068_profile", "rfc9068_profile_authz"),
    enforce_policies=FLAG,
    allow_offline_access=FLAG,
    token_lifetime={"type": "integer", "minimum": 0, "maximum": 2592000},
    skip_consent_for_verifiable_first_party_clients=FLAG,
    proof_of_possession=an_object(
        ["mechanism", "required"], mechanism=one_of("mtls", "dpop"),
        required=FLAG, required_for=one_of("public_clients", "all_clients"),
    ),
    subject_type_authorization={
        **an_object(
            [],
            user=an_object(["policy"], policy=one_of(
                "allow_all", "deny_all", "require_client_grant")),
            client=an_object(["policy"], policy=one_of(
                "deny_all", "require_client_grant")),
        ),
        "minProperties": 1,
    },
    authorization_details=a_list(an_object(["type"], type=TEXT), minItems=1),
    token_encryption=an_object(
        ["format", "encryption_key"], format=one_of("compact-nested-jwe"),
        encryption_key=KEY,
    ),
)
GRANT = an_object(
    ["client_id", "audience", "scope"], client_id=TEXT, audience=TEXT,
    scope=a_list(TEXT), subject_type=one_of("client", "user"),
)
SCHEMA = an_object(["resource_servers", "client_grants"],
                   resource_servers=a_list(SERVER), client_grants=a_list(GRANT))


def printed(notation):
    """The documents of all registrations, by number."""
    done = subprocess.run([TOP / PROGRAM, notation, "0", str(LAST)],
                          capture_output=True, check=True)
    texts = done.stdout.decode("ascii").split("\0")
    assert len(texts) == LAST + 2 and texts.pop() == ""
    return texts


@pytest.fixture(scope="module")
def documents():
    subprocess.run(["make", PROGRAM], cwd=TOP, check=True, capture_output=True)
    return {name: printed(name) for name in ("json", "yaml", "hcl")}


@pytest.fixture(scope="module")
def meanings(documents):
    return [json.loads(text) for text in documents["json"]]


@pytest.fixture(scope="module")
def read(documents):
    """What Auth0's and HashiCorp's own parsers read."""
    provider.install()
    wanted = json.dumps({name: documents[name] for name in ("yaml", "hcl")})
    done = subprocess.run(
        ["node", "documents.mjs"], cwd=provider.FOLDER, input=wanted,
        capture_output=True, text=True, check=True, timeout=120,
    )
    return json.loads(done.stdout)


def test_json_is_what_the_management_api_takes(meanings):
    validator = jsonschema.Draft7Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    for meaning in meanings:
        validator.validate(meaning)


def test_random_registrations_have_all_that_is_special(documents):
    text = "".join(documents["json"])
    for special in ('\\"', "\\\\", "\\n", "\\u0001", "\\u007f", "\\u2028",
                    "\\uD83D\\uDE00", "${", "%{", "##", "@@", '"yes', ": "):
        assert special in text, special


def as_yaml(meaning):
    """The names of the deploy tool; what is empty is left out."""
    renamed = {"resourceServers": meaning["resource_servers"],
               "clientGrants": meaning["client_grants"]}
    return {name: value for name, value in renamed.items() if value}


@pytest.mark.parametrize("parser", ("yaml 1.1", "the deploy tool's"))
def test_yaml_says_the_same(documents, meanings, read, parser):
    for number, meaning in enumerate(meanings):
        got = read["yaml"][number]
        if parser == "yaml 1.1":
            got = yaml.safe_load(documents["yaml"][number])
        assert got == as_yaml(meaning), number


def test_deploy_tool_finds_nothing_to_replace(documents):
    for text in documents["yaml"]:
        assert "##" not in text and "@@" not in text


REFERENCE = re.compile(r"\$\{([a-z0-9_.]+)\}")
LABEL = re.compile(r"[a-z][a-z0-9_]*")


def expression(text):
    """What stands in the document without quotes."""
    return REFERENCE.fullmatch(text).group(1).split(".")


def literal(value):
    """A value in which nothing is left that Terraform would look up."""
    if isinstance(value, dict):
        return {name: literal(member) for name, member in value.items()}
    if isinstance(value, list):
        return [literal(element) for element in value]
    if not isinstance(value, str):
        return value
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", value), value
    return value.replace("$${", "${").replace("%%{", "%{")


def only(blocks):
    """The one block of its name."""
    assert len(blocks) == 1
    return blocks[0]


def server_of(block):
    """The Management API's names of what a resource of Terraform has."""
    server = literal(block)
    for name in ("proof_of_possession", "subject_type_authorization",
                 "token_encryption"):
        if name in server:
            server[name] = only(server[name])
    subjects = server.get("subject_type_authorization", {})
    for name in subjects:
        subjects[name] = only(subjects[name])
    if "token_encryption" in server:
        key = only(server["token_encryption"]["encryption_key"])
        server["token_encryption"]["encryption_key"] = key
        key["alg"] = key.pop("algorithm")
    return server


def scopes_of(block):
    scopes = literal(block["scopes"])
    for scope in scopes:
        scope["value"] = scope.pop("name")
    return scopes


def client_of(clients, reference):
    kind, source, label, member = expression(reference)
    assert (kind, source, member) == ("data", "auth0_client", "client_id")
    (name, value), = literal(only(clients[label])).items()
    assert name in ("name", "client_id")
    return value


def grant_of(block, clients, servers, scoped):
    server = expression(block["audience"])
    assert (server[0], server[2]) == ("auth0_resource_server", "identifier")
    waits = [expression(one) for one in block.get("depends_on", [])]
    assert waits == [["auth0_resource_server_scopes", server[1]]][
        :server[1] in scoped]
    return {
        "client_id": client_of(clients, block["client_id"]),
        "audience": servers[server[1]]["identifier"],
        "scope": literal(block["scopes"]),
        "subject_type": block["subject_type"],
    }


def in_order(objects):
    return sorted(json.dumps(one, sort_keys=True) for one in objects)


def as_api(hcl):
    """What a document of Terraform says, as the Management API has it."""
    kinds = hcl.get("resource", {})
    clients = hcl.get("data", {}).get("auth0_client", {})
    servers = {label: server_of(only(blocks)) for label, blocks
               in kinds.get("auth0_resource_server", {}).items()}
    scoped = {label: only(blocks) for label, blocks
              in kinds.get("auth0_resource_server_scopes", {}).items()}
    for block in scoped.values():
        kind, label, member = expression(block["resource_server_identifier"])
        assert (kind, member) == ("auth0_resource_server", "identifier")
        servers[label]["scopes"] = scopes_of(block)
    grants = [grant_of(only(blocks), clients, servers, scoped) for blocks
              in kinds.get("auth0_client_grant", {}).values()]
    return list(servers.values()), grants


def test_hcl_says_the_same(meanings, read):
    for number, meaning in enumerate(meanings):
        servers, grants = as_api(read["hcl"][number])
        assert in_order(servers) == in_order(meaning["resource_servers"])
        assert in_order(grants) == in_order(meaning["client_grants"])


def test_labels_are_identifiers(read):
    for hcl in read["hcl"]:
        for kinds in hcl.values():
            for blocks in kinds.values():
                assert all(LABEL.fullmatch(label) for label in blocks)


def test_a_client_is_looked_up_once(read):
    for hcl in read["hcl"]:
        clients = hcl.get("data", {}).get("auth0_client", {})
        wanted = [json.dumps(client) for client in clients.values()]
        assert len(wanted) == len(set(wanted))


def test_client_by_name_or_id(read):
    clients = read["hcl"][1]["data"]["auth0_client"]
    assert clients == {
        "nightly_batch": [{"name": "Nightly batch"}],
        "nightly_batch_2": [{"name": "Nightly-Batch"}],
        "abcdefghijklmnopqrstuvwxyz012345": [
            {"client_id": "AbCdEfGhIjKlMnOpQrStUvWxYz012345"}],
    }
