# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Real back ends, as they are installed on a server: PHP-FPM, uWSGI and a
WebSocket server. Each tells what has reached it.
"""
import asyncio
import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import websockets.client
import websockets.exceptions
import websockets.server

from env import free_port

PATIENCE = 15


def identity():
    """The user that programs are told to become, when root starts them."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


class Program:
    """
    A program in the foreground, to be used in a with statement, in a directory
    of its own. It is stopped by its process id.
    """

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="mod-auth0-"))
        self.directory.chmod(0o755)
        self.log = self.directory / "program.log"
        self.process = None

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def command(self):
        raise NotImplementedError

    @property
    def address(self):
        """Where it listens: a host and a port, or a path."""
        raise NotImplementedError

    def __enter__(self):
        try:
            self._start()
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self._stop()
        finally:
            shutil.rmtree(self.directory)

    def _start(self):
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.directory,
                start_new_session=True,
            )

    def _stop(self):
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()

    def _wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._is_ready():
                return
            time.sleep(0.02)
        raise AssertionError(f"it did not start:\n{self.log.read_text()}")

    def _is_ready(self):
        is_path = isinstance(self.address, str)
        family = socket.AF_UNIX if is_path else socket.AF_INET
        with socket.socket(family) as probe:
            return probe.connect_ex(self.address) == 0


FPM_POOL = """\
[global]
daemonize = no
error_log = {directory}/fpm.log
[orders]
listen = {directory}/fpm.sock
listen.mode = 0666
pm = static
pm.max_children = 2
{user}
"""


class PHP(Program):
    """PHP-FPM with a pool of its own, at a socket in the file system."""

    #: A script that answers with $_SERVER.
    SCRIPT = "<?php echo json_encode($_SERVER);\n"

    def command(self):
        who = identity()
        user = f"user = {who.pw_name}\ngroup = {who.pw_gid}" if who else ""
        pool = FPM_POOL.format(directory=self.directory, user=user)
        conf = self.write("fpm.conf", pool)
        return ["/usr/sbin/php-fpm8.2", "-n", "-F", "-y", conf]

    @property
    def address(self):
        return f"{self.directory}/fpm.sock"

    @property
    def handler(self):
        return f"unix:{self.address}|fcgi://localhost"


class UWSGI(Program):
    """uWSGI with an application that answers with environ."""

    APPLICATION = """\
import json

def application(environ, start_response):
    told = {k: v for k, v in environ.items() if isinstance(v, str)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]
"""

    def __init__(self):
        super().__init__()
        self.port = free_port()

    def command(self):
        app = self.write("orders.py", self.APPLICATION)
        who = identity()
        user = ["--uid", who.pw_name, "--gid", str(who.pw_gid)] if who else []
        return [
            "/usr/bin/uwsgi-core", "--plugin", "python3",
            "--socket", f"127.0.0.1:{self.port}", "--wsgi-file", app,
            "--need-app", "--buffer-size", "32768", "--die-on-term",
            *user,
        ]

    @property
    def address(self):
        return "127.0.0.1", self.port

    @property
    def url(self):
        return f"uwsgi://127.0.0.1:{self.port}"


class WebSocketServer:
    """
    Tells path and fields of the handshake, then repeats what it is told; in a
    thread of its own. arrived lists the paths that were asked for.
    """

    def __init__(self):
        self.arrived = []
        self.port = None
        self.stopped = None
        self.loop = asyncio.new_event_loop()
        self.started = threading.Event()
        self.thread = threading.Thread(
            target=self.loop.run_until_complete,
            args=(self._run(),),
            daemon=True,
        )

    def __enter__(self):
        self.thread.start()
        assert self.started.wait(PATIENCE)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.stopped.set_result, None)
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        self.loop.close()

    async def _run(self):
        self.stopped = self.loop.create_future()
        async with websockets.server.serve(
            self._talk, "127.0.0.1", 0
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            self.started.set()
            await self.stopped

    async def _talk(self, connection):
        self.arrived.append(connection.path)
        fields = list(connection.request_headers.raw_items())
        await connection.send(
            json.dumps({"path": connection.path, "fields": fields})
        )
        async for message in connection:
            await connection.send(message)


async def _converse(url, fields, says):
    try:
        async with websockets.client.connect(url, extra_headers=fields) as ws:
            told = json.loads(await ws.recv())
            await ws.send(says)
            assert await ws.recv() == says
            return 101, ws.response_headers, told
    except websockets.exceptions.InvalidStatusCode as refused:
        return refused.status_code, refused.headers, None


def converse(url, fields, says):
    """
    Open a WebSocket and say something, which has to come back: status and
    fields of the answer to the handshake, and what the server tells of it.
    """
    status, answer, told = asyncio.run(
        asyncio.wait_for(_converse(url, fields, says), PATIENCE)
    )
    return status, list(answer.raw_items()), told
