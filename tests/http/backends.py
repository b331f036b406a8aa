# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Back ends that keep the bytes which httpd really sent them, one for each scheme
of mod_proxy and one for CGI. They read strictly: what is malformed ends the
thread with an exception, which fails the test.
"""
import base64
import dataclasses
import hashlib
import re
import socket
import struct
import threading

import h2.config
import h2.connection
import h2.events

PATIENCE = 10
BODY = b"the answer\n"
HTTP_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n"
    b"Connection: close\r\n\r\n%s" % (len(BODY), BODY)
)
CGI_ANSWER = b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n" + BODY


def folded(name):
    """As programs see it that cannot tell punctuation apart."""
    return re.sub(rb"[^a-z0-9]", b"", name.lower())


@dataclasses.dataclass
class Arrived:
    """One request. Fields are those of HTTP, or variables that begin so."""

    raw: bytes
    fields: list
    variables: dict = dataclasses.field(default_factory=dict)
    user: bytes = None
    body: bytes = b""

    def values(self, name):
        """All under which a program may find a field, in any spelling."""
        wanted = folded(name.encode())
        return [v for k, v in self.fields if folded(k) == wanted]


def from_variables(raw, variables, body=b""):
    """What reaches programs as CGI has it: RFC 3875 section 4.1.18."""
    fields = [
        (name[5:], value)
        for name, value in variables
        if name.startswith(b"HTTP_")
    ]
    named = dict(variables)
    assert len(named) == len(variables), "a variable came twice"
    return Arrived(raw, fields, named, named.get(b"REMOTE_USER"), body)


class Reader:
    """Exactly what is asked for, and a copy of all of it."""

    def __init__(self, connection):
        self.file = connection.makefile("rb")
        self.raw = b""

    def read(self, size):
        data = self.file.read(size)
        assert len(data) == size, f"{len(data)} bytes instead of {size}"
        self.raw += data
        return data

    def line(self):
        data = self.file.readline()
        assert data.endswith(b"\r\n"), data
        self.raw += data
        return data[:-2]


class Backend:
    """A server on loopback, with a thread for each connection."""

    scheme = None
    modules = ()
    options = ""

    def __init__(self):
        self.arrived = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def proxy(self, path):
        """The configuration that brings a path here."""
        url = f"{self.scheme}://127.0.0.1:{self.port}{path}"
        return f"ProxyPass {path} {url} {self.options}\n"

    def take(self, _):
        """What has arrived with the request that was answered so."""
        (arrived,) = self.arrived
        self.arrived.clear()
        return arrived

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            threading.Thread(
                target=self._serve, args=(connection,), daemon=True
            ).start()

    def _serve(self, connection):
        """A connection may also end with nothing said."""
        with connection:
            if connection.recv(1, socket.MSG_PEEK):
                self.serve(connection)


# ---------------------------------------------------------------------- HTTP


def read_head(reader):
    """The request line, and the fields as they came."""
    first = reader.line()
    fields = []
    while line := reader.line():
        name, colon, value = line.partition(b":")
        assert colon and name == name.strip(), line
        fields.append((name, value.strip()))
    return first, fields


def read_body(reader, fields):
    """The body, with trailers added to the fields."""
    named = {name.lower(): value for name, value in fields}
    if named.get(b"transfer-encoding", b"").lower() != b"chunked":
        return reader.read(int(named.get(b"content-length", 0)))
    body = b""
    while size := int(reader.line(), 16):
        body += reader.read(size)
        assert reader.line() == b""
    while line := reader.line():
        name, _, value = line.partition(b":")
        fields.append((name, value.strip()))
    return body


class HTTP(Backend):
    scheme = "http"
    modules = ("proxy", "proxy_http")
    answer = HTTP_ANSWER

    def serve(self, connection):
        reader = Reader(connection)
        _, fields = read_head(reader)
        body = read_body(reader, fields)
        self.arrived.append(Arrived(reader.raw, fields, body=body))
        connection.sendall(self.answer)


class WebSocket(Backend):
    """Answers the handshake of RFC 6455, says hello, and hangs up."""

    scheme = "ws"
    modules = ("proxy", "proxy_http", "proxy_wstunnel")
    MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    HELLO = b"\x81\x05hello\x88\x00"

    def serve(self, connection):
        reader = Reader(connection)
        _, fields = read_head(reader)
        arrived = Arrived(reader.raw, fields)
        self.arrived.append(arrived)
        (key,) = arrived.values("Sec-WebSocket-Key")
        digest = hashlib.sha1(key + self.MAGIC).digest()
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
            + base64.b64encode(digest) + b"\r\n\r\n" + self.HELLO
        )


class Upgrade(WebSocket):
    """The same by mod_proxy_http alone."""

    scheme = "http"
    modules = ("proxy", "proxy_http")
    options = "upgrade=websocket"


class HTTP2(Backend):
    """One request after the other, over connections that the proxy keeps."""

    scheme = "h2c"
    modules = ("proxy", "proxy_http2")

    def serve(self, connection):
        connection.settimeout(None)
        config = h2.config.H2Configuration(
            client_side=False, header_encoding=None
        )
        http2 = h2.connection.H2Connection(config)
        http2.initiate_connection()
        connection.sendall(http2.data_to_send())
        fields, body = [], b""
        while data := connection.recv(65536):
            for event in http2.receive_data(data):
                fields += getattr(event, "headers", None) or []
                if isinstance(event, h2.events.DataReceived):
                    body += event.data
                if isinstance(event, h2.events.StreamEnded):
                    self._keep(fields, body)
                    fields, body = [], b""
                    http2.send_headers(event.stream_id, [(":status", "200")])
                    http2.send_data(event.stream_id, BODY, end_stream=True)
            connection.sendall(http2.data_to_send())

    def _keep(self, fields, body):
        # On the wire they are compressed.
        raw = b"".join(k + b": " + v + b"\r\n" for k, v in fields) + body
        self.arrived.append(Arrived(raw, fields, body=body))


# ----------------------------------------------------- programs of their own


class FastCGI(Backend):
    scheme = "fcgi"
    modules = ("proxy", "proxy_fcgi")
    BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6

    def serve(self, connection):
        reader = Reader(connection)
        streams = {self.PARAMS: b"", self.STDIN: b""}
        kind, data = self._record(reader)
        assert kind == self.BEGIN
        for expected in (self.PARAMS, self.STDIN):
            while True:
                kind, data = self._record(reader)
                assert kind == expected
                if not data:
                    break
                streams[kind] += data
        variables = list(self._pairs(streams[self.PARAMS]))
        self.arrived.append(
            from_variables(reader.raw, variables, streams[self.STDIN])
        )
        for kind, data in ((self.STDOUT, CGI_ANSWER), (self.STDOUT, b""),
                           (self.END, bytes(8))):
            head = struct.pack(">BBHHBB", 1, kind, 1, len(data), 0, 0)
            connection.sendall(head + data)

    def _record(self, reader):
        version, kind, number, size, padding, _ = struct.unpack(
            ">BBHHBB", reader.read(8)
        )
        assert (version, number) == (1, 1)
        data = reader.read(size)
        reader.read(padding)
        return kind, data

    def _pairs(self, data):
        while data:
            sizes = []
            for _ in range(2):
                if data[0] < 128:
                    sizes.append(data[0])
                    data = data[1:]
                else:
                    sizes.append(struct.unpack(">I", data[:4])[0] & 0x7FFFFFFF)
                    data = data[4:]
            name, value = sizes
            assert len(data) >= name + value
            yield data[:name], data[name : name + value]
            data = data[name + value :]


def length_of(variables):
    return int(dict(variables).get(b"CONTENT_LENGTH") or 0)


class UWSGI(Backend):
    scheme = "uwsgi"
    modules = ("proxy", "proxy_uwsgi")

    def serve(self, connection):
        reader = Reader(connection)
        first, size, second = struct.unpack("<BHB", reader.read(4))
        assert (first, second) == (0, 0)
        data = reader.read(size)
        variables = []
        while data:
            pair = []
            for _ in range(2):
                (length,) = struct.unpack("<H", data[:2])
                assert len(data) >= 2 + length
                pair.append(data[2 : 2 + length])
                data = data[2 + length :]
            variables.append(tuple(pair))
        body = reader.read(length_of(variables))
        self.arrived.append(from_variables(reader.raw, variables, body))
        connection.sendall(HTTP_ANSWER)


class SCGI(Backend):
    scheme = "scgi"
    modules = ("proxy", "proxy_scgi")

    def serve(self, connection):
        reader = Reader(connection)
        digits = b""
        while (c := reader.read(1)) != b":":
            digits += c
        words = reader.read(int(digits)).split(b"\0")
        assert reader.read(1) == b"," and words.pop() == b""
        variables = list(zip(words[::2], words[1::2], strict=True))
        body = reader.read(length_of(variables))
        self.arrived.append(from_variables(reader.raw, variables, body))
        connection.sendall(CGI_ANSWER)


class AJP(Backend):
    """AJP 1.3 as far as a container without state needs it."""

    scheme = "ajp"
    modules = ("proxy", "proxy_ajp")
    NAMES = (
        b"Accept Accept-Charset Accept-Encoding Accept-Language Authorization "
        b"Connection Content-Type Content-Length Cookie Cookie2 Host Pragma "
        b"Referer User-Agent"
    ).split()
    FORWARD, REMOTE_USER, ATTRIBUTE, KEY_SIZE, OVER = 2, 3, 10, 11, 255

    def serve(self, connection):
        self.connection = connection
        self.reader = Reader(connection)
        self.data = self._packet()
        assert self._byte() == self.FORWARD
        self._byte()
        for _ in range(5):
            self._string()
        self._number(), self._byte()
        fields = [self._field() for _ in range(self._number())]
        attributes = dict(self._attributes())
        assert self.data == b""
        body = self._body(dict(fields))
        self.arrived.append(
            Arrived(self.reader.raw, fields, attributes,
                    attributes.get(self.REMOTE_USER), body)
        )
        self._send(b"\x04" + struct.pack(">HH", 200, 2) + b"OK\0\0\0")
        self._send(b"\x03" + struct.pack(">H", len(BODY)) + BODY + b"\0")
        self._send(b"\x05\0")

    def _packet(self):
        magic, size = struct.unpack(">HH", self.reader.read(4))
        assert magic == 0x1234
        return self.reader.read(size)

    def _send(self, data):
        self.connection.sendall(b"AB" + struct.pack(">H", len(data)) + data)

    def _take(self, size):
        assert len(self.data) >= size
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def _byte(self):
        return self._take(1)[0]

    def _number(self):
        return struct.unpack(">H", self._take(2))[0]

    def _string(self):
        size = self._number()
        if size == 0xFFFF:
            return None
        text = self._take(size)
        assert self._take(1) == b"\0"
        return text

    def _field(self):
        if self.data[0] != 0xA0:
            return self._string(), self._string()
        name = self.NAMES[self._number() - 0xA001]
        return name, self._string()

    def _attributes(self):
        while (kind := self._byte()) != self.OVER:
            if kind == self.ATTRIBUTE:
                yield self._string(), self._string()
            elif kind == self.KEY_SIZE:
                yield kind, self._number()
            else:
                yield kind, self._string()

    def _body(self, fields):
        """The first part comes by itself where its length is known."""
        named = {k.lower(): v for k, v in fields.items()}
        left = int(named.get(b"content-length", 0))
        is_chunked = b"transfer-encoding" in named
        body = b""
        while left > len(body) or is_chunked:
            if is_chunked or body:
                self._send(b"\x06" + struct.pack(">H", 8000))
            self.data = self._packet()
            if not self.data:
                break
            part = self._take(self._number())
            if not part:
                break
            body += part
        return body


class CGI:
    """A program that httpd starts: it tells by its answer."""

    scheme = "cgi"
    modules = ("cgid",)
    PROGRAM = """\
#!/usr/bin/python3
import os, sys
body = sys.stdin.buffer.read()
out = sys.stdout.buffer
out.write(b"Content-Type: application/octet-stream\\r\\n\\r\\n")
for pair in os.environb.items():
    out.write(b"=".join(pair) + b"\\0")
out.write(b"\\0" + body)
"""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def proxy(self, path):
        return f'ScriptAliasMatch "^{path}(/.*)?$" "${{DIR}}/cgi/tell.cgi"\n'

    def take(self, response):
        variables, _, body = response.body.partition(b"\0\0")
        pairs = [v.partition(b"=")[::2] for v in variables.split(b"\0")]
        return from_variables(response.body, pairs, body)


SCHEMES = {
    "http": HTTP,
    "http2": HTTP2,
    "fcgi": FastCGI,
    "uwsgi": UWSGI,
    "scgi": SCGI,
    "ajp": AJP,
    "ws": WebSocket,
    "upgrade": Upgrade,
    "cgi": CGI,
}
