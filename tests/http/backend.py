# Licensed under the Apache License, Version 2.0; see LICENSE.
"""A back end behind mod_proxy that tells what has reached it."""
import http.server
import json
import threading


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _is_moved(self):
        """As many a back end says of a folder without a slash."""
        return self.path.endswith("/moved")

    def _answer(self):
        arrived = {
            "method": self.command,
            "path": self.path,
            "body": self._body().decode("latin-1"),
            "user": self.headers.get_all("X-User"),
            "fields": self.headers.items(),
        }
        self.server.arrived.append(arrived)
        body = json.dumps(arrived if self.server.tells else {}).encode()
        self.send_response(307 if self._is_moved() else 200)
        if self._is_moved():
            here = f"http://127.0.0.1:{self.server.port}"
            self.send_header("Location", f"{here}{self.path}/")
        for field in self.server.fields:
            self.send_header(*field)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_OPTIONS = _answer

    def log_message(self, *_):
        pass


class Backend(http.server.ThreadingHTTPServer):
    """
    A server on loopback; arrived lists what has reached it. Unless it tells, it
    keeps that to itself. fields are added to all that it answers.
    """

    daemon_threads = True

    def __init__(self, tells=True, fields=()):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrived = []
        self.tells = tells
        self.fields = fields
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
