# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What may lie between httpd and an issuer."""
import contextlib
import http.server
import select
import socket
import subprocess
import threading

import pytest


class Silent:
    """A server that lets clients connect, and never says a word."""

    def __init__(self, address="127.0.0.1", port=0):
        self.listener = socket.create_server((address, port), backlog=64)
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


class Blackhole:
    """An address from which nothing comes, not even a refusal."""

    def __init__(self, address="127.0.0.1", port=0):
        self.listener = socket.create_server((address, port), backlog=0)
        self.port = self.listener.getsockname()[1]
        self.clients = []
        while self._connect(address):
            pass

    def _connect(self, address):
        """Take what room there is for connections that are not accepted."""
        client = socket.socket()
        client.settimeout(0.2)
        self.clients.append(client)
        try:
            client.connect((address, self.port))
        except TimeoutError:
            return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in [self.listener, *self.clients]:
            one.close()


class Firewall:
    """
    Passes on what comes for a port of loopback, until it forgets the
    connections that there are: nothing of them gets through from then on, and
    neither side is told. lost counts what was sent all the same.
    """

    def __init__(self, to):
        self.to = to
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.known = []
        self.forgotten = []
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                pair = near, socket.create_connection(("127.0.0.1", self.to))
                self.known.append(pair)
                threading.Thread(
                    target=self._pass_on, args=[pair], daemon=True
                ).start()

    def _pass_on(self, pair):
        with contextlib.suppress(OSError, ValueError):
            while True:
                for source in select.select(pair, [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        self._close(pair)
                        return
                    if pair in self.forgotten:
                        self.lost += 1
                        continue
                    pair[source is pair[0]].sendall(data)

    def forget(self):
        """How many connections it has forgotten."""
        self.forgotten, self.known = self.forgotten + self.known, []
        return len(self.forgotten)

    @staticmethod
    def _close(pair):
        for one in pair:
            one.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for pair in self.known + self.forgotten:
            self._close(pair)


class DeadNames:
    """
    A name server that takes questions and never answers. prefix is that of a
    command that has no other; the folder is for files.
    """

    def __init__(self, folder):
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        resolv = folder / "resolv.conf"
        resolv.write_text(f"nameserver {self._bind()}\n")
        self.prefix = seeing({"/etc/resolv.conf": resolv})

    def _bind(self):
        """At the first address that no test beside this one has."""
        for number in range(100, 200):
            address = f"127.0.0.{number}"
            with contextlib.suppress(OSError):
                self.server.bind((address, 53))
                return address
        raise AssertionError("no address for a name server")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()


class _Tunnel(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self):
        proxy = self.server
        proxy.asked.append(self.path)
        proxy.credentials.append(self.headers["Proxy-Authorization"])
        port = proxy.ports.get(self.path)
        if not port:
            self.send_error(502)
            return
        with socket.create_connection(("127.0.0.1", port)) as far:
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                self._pass_on(self.connection, far)
        self.close_connection = True

    @staticmethod
    def _pass_on(near, far):
        while True:
            for source in select.select([near, far], [], [])[0]:
                data = source.recv(65536)
                if not data:
                    return
                (far if source is near else near).sendall(data)

    def do_GET(self):
        """No plain request is meant for it."""
        self.server.asked.append(self.path)
        self.send_error(502)

    def log_message(self, *_):
        pass


class ConnectProxy(http.server.ThreadingHTTPServer):
    """
    A proxy for CONNECT. ports maps "host:port" to the port on loopback that
    is meant: it alone knows. asked lists the targets, credentials what came
    with them. It refuses connections until it is up.
    """

    daemon_threads = True

    def __init__(self, ports, is_up=True):
        super().__init__(("127.0.0.1", 0), _Tunnel, bind_and_activate=False)
        self.server_bind()
        self.ports = ports
        self.asked = []
        self.credentials = []
        self.port = self.server_address[1]
        if is_up:
            self.up()

    def up(self):
        self.server_activate()
        threading.Thread(
            target=self.serve_forever, args=(0.05,), daemon=True
        ).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def own_namespace(script):
    """
    The prefix of a command that sees mounts of its own, made by a shell
    script; skips the test where that is not possible.
    """
    prefix = ["unshare", "-m", "sh", "-ec", f'{script}\nexec "$@"', "sh"]
    done = subprocess.run([*prefix, "true"], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no mounts of its own: {done.stderr.strip()}")
    return prefix


def seeing(files):
    """The same, to see other files in place of the system's: by its path."""
    binds = [f'mount --bind "{mine}" "{path}"' for path, mine in files.items()]
    return own_namespace("\n".join(binds))
