# Licensed under the Apache License, Version 2.0; see LICENSE.
"""A client that sends what it is told, however wrong, and reads answers."""
import http.client
import io
import itertools
import socket
import ssl
import subprocess
import tempfile
import urllib.parse

from logs import watch

# Unlike a generator, fit for several threads at once.
ids = map(str, itertools.count(1))


def to_bytes(value):
    return value if isinstance(value, bytes) else value.encode()


class Response:
    """An answer, and with it what the access log says of the request."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body
        self.record = None

    def all(self, name):
        """The values of all fields of this name, in their order."""
        name = name.lower()
        return [v for k, v in self.headers if k.lower() == name]

    def header(self, name):
        return ", ".join(self.all(name)) or None

    @property
    def challenges(self):
        return self.all("WWW-Authenticate")

    @property
    def text(self):
        return self.body.decode()

    @property
    def reason(self):
        return self.record.reason

    @property
    def user(self):
        return self.record.user


def _note(path, headers, body):
    """Wherever a token may stand: as it is written, and decoded."""
    fields = {name.lower(): value for name, value in headers}
    places = [path.partition("?")[2]]
    if "urlencoded" in str(fields.get("content-type", "")):
        places.append(body)
    for place in filter(None, places):
        watch.note_sent(place)
        watch.note_sent(urllib.parse.unquote_to_bytes(place))
    for name, value in headers:
        if name.lower() in ("authorization", "cookie", "dpop"):
            watch.note_sent(value)


def _check_not_repeated(response):
    """A refusal repeats nothing of a token."""
    if response.status >= 400:
        lines = [to_bytes(f"{k}: {v}\n") for k, v in response.headers]
        leak = watch.leaked(b"".join(lines) + response.body)
        assert not leak, f"the answer repeats token bytes: {leak}..."


class Connection:
    """One TCP or TLS connection to a server, for one request or many."""

    def __init__(self, port, ca_file=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        if ca_file:
            context = ssl.create_default_context(cafile=ca_file)
            self.socket = context.wrap_socket(
                self.socket, server_hostname="localhost"
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, method, path, headers, body=b""):
        lines = [f"{method} {path} HTTP/1.1".encode()]
        for name, value in headers:
            lines.append(to_bytes(name) + b": " + to_bytes(value))
        self.socket.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def receive(self, method):
        answer = http.client.HTTPResponse(self.socket, method=method)
        answer.begin()
        headers = answer.getheaders()
        return Response(answer.status, headers, answer.read())


def complete(headers, body):
    """What a request needs beside the fields that a test is about."""
    given = {name.lower() for name, _ in headers}
    more = [("X-Test-Id", next(ids))]
    if "host" not in given:
        more.append(("Host", "api.example.com"))
    if body:
        more.append(("Content-Length", str(len(body))))
    return more + list(headers)


def request(port, method, path, headers, body=b"", ca_file=None):
    """One request over HTTP/1.1 on a connection of its own."""
    _note(path, headers, body)
    headers = complete(headers, body)
    with Connection(port, ca_file) as connection:
        headers.append(("Connection", "close"))
        connection.send(method, path, headers, body)
        response = connection.receive(method)
    _check_not_repeated(response)
    return response, headers[0][1]


def request_http2(port, method, path, headers, body=b"", ca_file=None):
    """The same over HTTP/2: with prior knowledge, or by TLS ALPN."""
    _note(path, headers, body)
    headers = complete(headers, b"")
    scheme = "https" if ca_file else "http"
    how = ["--http2", "--cacert", ca_file] if ca_file else [
        "--http2-prior-knowledge"
    ]
    command = ["curl", "-sS", "-i", "--path-as-is", "-X", method,
               "--max-time", "15", *how]
    fields = b"".join(
        b'header = "%s: %s"\n' % (to_bytes(k), to_bytes(v)) for k, v in headers
    )
    url = f"{scheme}://localhost:{port}{path}"
    with tempfile.NamedTemporaryFile() as data:
        if body:
            data.write(body)
            data.flush()
            command += ["--data-binary", f"@{data.name}"]
        done = subprocess.run(
            [*command, "-K", "-", url],
            input=fields,
            capture_output=True,
            check=True,
        )
    response = parse(done.stdout)
    _check_not_repeated(response)
    return response, headers[0][1]


def parse(data):
    """An answer as curl -i prints it."""
    head, _, body = data.partition(b"\r\n\r\n")
    status_line, _, fields = head.partition(b"\r\n")
    assert status_line.startswith(b"HTTP/2 "), status_line
    message = http.client.parse_headers(io.BytesIO(fields + b"\r\n\r\n"))
    return Response(int(status_line.split()[1]), message.items(), body)
