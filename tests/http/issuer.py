# Licensed under the Apache License, Version 2.0; see LICENSE.
"""An issuer that serves its metadata and keys, or misbehaves on demand."""
import contextlib
import dataclasses
import http.server
import json
import socket
import ssl
import threading
import time

import tokens

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/jwks.json"


@dataclasses.dataclass
class Answer:
    """What a path is answered with."""

    body: bytes
    status: int = 200
    headers: tuple = (("Content-Type", "application/json"),)
    delay: float = 0
    #: Sent in place of the true length, for a body that breaks off.
    length: int = None


def html():
    page = b"<!doctype html><title>Maintenance</title>"
    return Answer(page, headers=(("Content-Type", "text/html"),))


def redirect(url):
    return Answer(b"", status=302, headers=(("Location", url),))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        issuer = self.server
        issuer.requests.append(self.path)
        answer = issuer.answers.get(self.path)
        if not answer:
            answer = Answer(b"{}", status=404)
        time.sleep(answer.delay)
        length = len(answer.body) if answer.length is None else answer.length
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = True

    def log_message(self, *_):
        pass


class Issuer:
    """
    https://localhost:PORT/ with the keys that it is given.

    answers maps paths to what they are answered with and may be changed at
    any time; requests lists the paths that were asked for.
    """

    def __init__(self, authority, *keys, port=0):
        self.authority = authority
        self.answers = {}
        self.requests = []
        self.context = None
        self.port = port
        self.listener = None
        if authority:
            self.certificate("good")
        self.up()
        self.url = self._url()
        self.discovery(issuer=self.url, jwks_uri=self.url + JWKS[1:])
        self.keys(*keys)

    def _url(self):
        scheme = "https" if self.authority else "http"
        port = "" if self.port == 443 else f":{self.port}"
        return f"{scheme}://localhost{port}/"

    def discovery(self, **members):
        """What the metadata says."""
        self.answers[DISCOVERY] = Answer(json.dumps(members).encode())

    def keys(self, *keys):
        """The keys in the set from now on."""
        self.answers[JWKS] = Answer(tokens.jwks(*keys).encode())

    def certificate(self, label, authority=None, version=None, **how):
        """The certificate that new connections are served with."""
        files = (authority or self.authority).issue(label, **how)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        if version:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        self.context = context

    def up(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self._start(self._accept, self.listener)

    def down(self):
        """Refuse connections, until up."""
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    @staticmethod
    def _start(function, argument):
        thread = threading.Thread(target=function, args=(argument,))
        thread.daemon = True
        thread.start()

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection):
        """One connection: the handshake, then the request."""
        with contextlib.suppress(OSError):
            if self.context:
                connection = self.context.wrap_socket(
                    connection, server_side=True
                )
            _Handler(connection, None, self)
        connection.close()

    def count(self, path=JWKS):
        return self.requests.count(path)

    def token(self, key, alg="RS256", head=None, **changes):
        changes.setdefault("iss", self.url)
        return tokens.token(key, alg, head, **changes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.down()
