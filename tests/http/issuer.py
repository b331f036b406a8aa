# Licensed under the Apache License, Version 2.0; see LICENSE.
"""An issuer that serves its metadata and keys, or misbehaves on demand."""
import collections
import contextlib
import dataclasses
import http.server
import json
import socket
import ssl
import threading
import time
import typing

import tokens

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/jwks.json"

#: A request: when it came, what for, and from which port of the client.
Arrival = collections.namedtuple("Arrival", "when path port")


@dataclasses.dataclass
class Answer:
    """What a path is answered with."""

    body: bytes
    status: int = 200
    headers: tuple = (("Content-Type", "application/json"),)
    delay: float = 0
    #: Sent in place of the true length, for a body that breaks off.
    length: int = None
    #: In place of the body: makes the pieces that are sent until the peer has
    #: gone. There is no length then.
    pieces: typing.Callable = None


def html():
    page = b"<!doctype html><title>Maintenance</title>"
    return Answer(page, headers=(("Content-Type", "text/html"),))


def redirect(url):
    return Answer(b"", status=302, headers=(("Location", url),))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        issuer = self.server
        issuer.note(self.path, self.connection.getpeername()[1])
        issuer.fields[self.path] = self.headers
        answer = issuer.answers.get(self.path) or Answer(b"{}", status=404)
        if callable(answer):
            answer = answer()
        time.sleep(answer.delay)
        issuer.gate.wait(60)
        self._send_head(answer)
        for piece in answer.pieces() if answer.pieces else [answer.body]:
            self.wfile.write(piece)
        self.close_connection = True

    def _send_head(self, answer):
        length = len(answer.body) if answer.length is None else answer.length
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if not answer.pieces:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_):
        pass


class Issuer:
    """
    https://localhost:PORT/, or another name, with the keys that it is given.

    answers maps paths to what they are answered with, or to functions that
    make an Answer for each request, and may be changed at any time. requests
    lists the paths that were asked for, arrivals the same with all that is
    known of each; fields holds what came with the last request for a path,
    and connections counts those that were accepted.
    """

    def __init__(
        self,
        authority,
        *keys,
        port=0,
        name="localhost",
        address="127.0.0.1",
    ):
        self.authority = authority
        self.name = name
        self.address = address
        self.answers = {}
        self.requests = []
        self.arrivals = []
        self.fields = {}
        self.connections = 0
        self.gate = threading.Event()
        self.gate.set()
        self.context = None
        self.port = port
        self.listener = None
        if authority:
            self.certificate("good")
        self._reserve()
        self.up()
        self.url = self._url()
        self.discovery(issuer=self.url, jwks_uri=self.url + JWKS[1:])
        self.keys(*keys)

    def _url(self):
        scheme = "https" if self.authority else "http"
        port = "" if self.port == 443 else f":{self.port}"
        return f"{scheme}://{self.name}{port}/"

    @contextlib.contextmanager
    def hold(self):
        """Answer no request meanwhile."""
        self.gate.clear()
        yield
        self.gate.set()

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

    def _reserve(self):
        """Without listening: the port is ours, and refuses connections."""
        self.reserved = socket.socket()
        self.reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reserved.bind((self.address, self.port))
        self.port = self.reserved.getsockname()[1]

    def up(self):
        if self.listener:
            return
        self.listener, self.reserved = self.reserved, None
        self.listener.listen(128)
        self._start(self._accept, self.listener)

    def down(self):
        """Refuse connections, until up."""
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
            self._reserve()

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
            self.connections += 1
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

    def note(self, path, port):
        """A request has come, and is not answered yet."""
        self.requests.append(path)
        self.arrivals.append(Arrival(time.monotonic(), path, port))

    def count(self, path=JWKS):
        return self.requests.count(path)

    def times(self, path=JWKS, since=0):
        """When it was asked for a path, from one moment on."""
        seen = list(self.arrivals)
        return [a.when for a in seen if a.path == path and a.when >= since]

    def token(self, key, alg="RS256", head=None, **changes):
        changes.setdefault("iss", self.url)
        return tokens.token(key, alg, head, **changes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gate.set()
        self.down()
        self.reserved.close()
