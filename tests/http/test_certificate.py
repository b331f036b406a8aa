# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Tokens that are bound to the client certificate of the TLS connection (RFC
8705), in a real httpd with mod_ssl.
"""
import base64
import hashlib
import ssl
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

import answers
import client
import proofs
import tokens
from conf import ANYTHING, PAGE, TENANT, location, table
from env import Httpd
from logs import watch
from proofs import Prover

KEY = tokens.rsa_key("main")
PROVER = Prover(KEY, tokens.ec_key("dpop"))
SCOPE = "Require auth0-scope read:orders"

CONFIG = ANYTHING + TENANT + """
SSLVerifyClient optional_no_ca
SSLVerifyDepth 3
""" + "".join([
    location("/orders", SCOPE),
    location("/required", "Auth0CertificateBound required", SCOPE),
    location("/both", "Auth0CertificateBound required", "Auth0DPoP required",
             SCOPE),
    location("/no-dpop", "Auth0DPoP disabled", SCOPE),
])


@pytest.fixture(scope="module")
def httpd(authority):
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    watch.announce("Warning on line .* take tokens for")
    with Httpd(CONFIG, files, tls=authority, http2=True) as server:
        yield server


@pytest.fixture(scope="module")
def anna(authority):
    """The files of a client's certificate and key."""
    return authority.issue("anna", ("anna.example",))


@pytest.fixture(scope="module")
def bob(authority):
    return authority.issue("bob", ("bob.example",))


@pytest.fixture(scope="module")
def selfish(authority):
    """One that nobody vouches for: RFC 8705 section 2.2."""
    from certs import SelfSigned

    return SelfSigned(authority.directory, "selfish").issue("selfish-client")


def thumbprint(files):
    """RFC 8705 section 3.1: of the DER form."""
    certificate = x509.load_pem_x509_certificate(files[0].read_bytes())
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def bound_to(files, **more):
    cnf = {"x5t#S256": thumbprint(files), **more.pop("cnf", {})}
    return tokens.token(KEY, cnf=cnf, **more)


def context_of(authority, files):
    context = ssl.create_default_context(cafile=authority.file)
    if files:
        context.load_cert_chain(*files)
    return context


class Line:
    """One TLS connection, with a certificate or without."""

    def __init__(self, httpd, context, session=None):
        self.httpd = httpd
        self.connection = client.Connection(httpd.port)
        self.connection.socket = context.wrap_socket(
            self.connection.socket, server_hostname="localhost",
            session=session,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.socket.close()

    def get(self, path, fields):
        headers = client.complete(fields, b"")
        self.connection.send("GET", path, headers)
        response = self.connection.receive("GET")
        response.record = self.httpd.access.record(headers[0][1])
        return response


@pytest.fixture
def get(httpd, authority):
    def ask(path, files, *fields):
        with Line(httpd, context_of(authority, files)) as line:
            return line.get(path, list(fields))

    return ask


def bearer(token, scheme="Bearer"):
    return ("Authorization", f"{scheme} {token}")


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
@pytest.mark.parametrize("path", ["/orders", "/required"])
def test_let_in(get, anna, scheme, path):
    """153: Auth0 says DPoP even of tokens that no proof goes with."""
    response = get(path, anna, bearer(bound_to(anna), scheme))
    answers.accepted(response, tokens.SUBJECT)


def test_let_in_where_dpop_is_disabled(get, anna):
    response = get("/no-dpop", anna, bearer(bound_to(anna)))
    answers.accepted(response, tokens.SUBJECT)


def test_a_certificate_that_nobody_vouches_for(get, selfish):
    response = get("/orders", selfish, bearer(bound_to(selfish)))
    answers.accepted(response, tokens.SUBJECT)


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_another_certificate(get, anna, bob, scheme):
    """154"""
    response = get("/orders", bob, bearer(bound_to(anna), scheme))
    answers.refused(response, "cnf.certificate", scheme=scheme)


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_no_certificate(get, anna, scheme):
    """156"""
    response = get("/orders", None, bearer(bound_to(anna), scheme))
    answers.refused(response, "cnf.certificate", scheme=scheme)


@pytest.mark.parametrize("name", [
    "X-SSL-Client-Cert", "SSL_CLIENT_CERT", "X-Forwarded-Client-Cert",
    "Client-Cert",
])
def test_certificates_are_not_taken_from_fields(get, anna, name):
    """159: no peer is trusted to speak for another."""
    pem = anna[0].read_bytes().replace(b"\n", b" ")
    response = get("/orders", None, bearer(bound_to(anna)), (name, pem))
    answers.refused(response, "cnf.certificate")


def test_an_unbound_token_where_bound_ones_are_required(get, anna):
    response = get("/required", anna, bearer(tokens.token(KEY)))
    answers.refused(response, "cnf.certificate")
    response = get("/orders", anna, bearer(tokens.token(KEY)))
    answers.accepted(response, tokens.SUBJECT)


#: 155: what a thumbprint is not
THUMBPRINTS = [
    ("hex", lambda x: hashlib.sha256(x.encode()).hexdigest(), "claims.type"),
    ("padded", lambda x: x + "=", "claims.type"),
    ("cut", lambda x: x[:-1], "claims.type"),
    ("case", lambda x: x.swapcase(), "cnf.certificate"),
    ("number", lambda x: 7, "claims.type"),
]


@pytest.mark.parametrize("spoil, reason", **table(THUMBPRINTS))
def test_bad_thumbprint(get, anna, spoil, reason):
    cnf = {"x5t#S256": spoil(thumbprint(anna))}
    response = get("/orders", anna, bearer(tokens.token(KEY, cnf=cnf)))
    if reason == "cnf.certificate" and response.reason == "claims.type":
        # Not every text ends as canonical base64url does.
        reason = "claims.type"
    answers.refused(response, reason)


# ------------------------------------------------------ both at once, and DPoP

def test_both_bindings(httpd, get, anna, bob):
    """157: each of them has to hold."""
    cnf = {"jkt": PROVER.jkt}
    token = bound_to(anna, cnf=cnf)
    url = f"https://api.example.com:{httpd.port}"

    def fields(path, prover=PROVER):
        return prover.fields("GET", url + path, token)

    for path in ("/orders", "/both"):
        answers.accepted(get(path, anna, *fields(path)), tokens.SUBJECT)
        answers.refused(get(path, bob, *fields(path)), "cnf.certificate",
                        scheme="DPoP")
        proof = PROVER.proof("GET", url + path, "another token")
        bad = [bearer(token, "DPoP"), ("DPoP", proof)]
        answers.refused(get(path, anna, *bad), "cnf.proof_invalid",
                        scheme="DPoP")
    answers.refused(get("/orders", anna, bearer(token)), "cnf.scheme")


def test_unknown_members(get, anna):
    """158: unknown beside known is ignored, unknown alone refused."""
    token = bound_to(anna, cnf={"kid": "x"})
    answers.accepted(get("/orders", anna, bearer(token)), tokens.SUBJECT)
    token = tokens.token(KEY, cnf={"kid": "x"})
    answers.refused(get("/orders", anna, bearer(token)), "cnf.unknown")


# ------------------------------------------------------------ connections

@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_resumed_session(httpd, authority, anna, version):
    """The certificate is that of the session's first handshake."""
    context = context_of(authority, anna)
    context.minimum_version = getattr(ssl.TLSVersion, version)
    context.maximum_version = context.minimum_version
    with Line(httpd, context) as line:
        response = line.get("/orders", [bearer(bound_to(anna))])
        answers.accepted(response, tokens.SUBJECT)
        session = line.connection.socket.session
    with Line(httpd, context, session) as line:
        assert line.connection.socket.session_reused
        response = line.get("/orders", [bearer(bound_to(anna))])
        answers.accepted(response, tokens.SUBJECT)


def test_many_requests_on_a_connection(httpd, authority, anna, bob):
    with Line(httpd, context_of(authority, anna)) as line:
        for files, reason in [(anna, None), (bob, "cnf.certificate")] * 3:
            response = line.get("/orders", [bearer(bound_to(files))])
            if reason:
                answers.refused(response, reason)
            else:
                answers.accepted(response, tokens.SUBJECT)


@pytest.mark.parametrize("is_right", [True, False])
def test_http2(httpd, authority, anna, bob, is_right):
    files = anna if is_right else bob
    number = next(client.ids)
    fields = (
        f'header = "Authorization: Bearer {bound_to(anna)}"\n'
        f'header = "X-Test-Id: {number}"\n'
        'header = "Host: api.example.com"\n'
    )
    done = subprocess.run(
        ["curl", "-sS", "-i", "--http2", "--cacert", authority.file,
         "--cert", files[0], "--key", files[1], "--max-time", "15", "-K", "-",
         f"https://localhost:{httpd.port}/orders"],
        input=fields.encode(), capture_output=True, check=True,
    )
    response = client.parse(done.stdout)
    response.record = httpd.access.record(number)
    if is_right:
        answers.accepted(response, tokens.SUBJECT)
    else:
        answers.refused(response, "cnf.certificate")


def test_plain_http(anna):
    """No TLS, no certificate."""
    files = {**PAGE, "keys.json": tokens.jwks(KEY)}
    config = ANYTHING + TENANT + location("/orders", SCOPE)
    with Httpd(config, files) as server:
        response = server.get("/orders", bound_to(anna))
        answers.refused(response, "cnf.certificate")
