# Licensed under the Apache License, Version 2.0; see LICENSE.
"""A real redis-server, on a free port of loopback."""
import contextlib
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from env import free_port

#: Not a word of it may be in any log.
USER = "mod-auth0"
PASSWORD = "correct-horse/battery@staple%3A"
QUOTED = "correct-horse%2Fbattery%40staple%253A"

#: All that this module needs of a Redis.
RIGHTS = (
    "~mod_auth0:1:* -@all +select +set +get +xadd +xlen +xrange +xdel +ping"
)


class Redis:
    """
    To be used in a with statement. url is what a server that shares it is
    configured with; tls is an authority that its certificate is of. Another
    may be beside it, at the same port of another address.
    """

    def __init__(
        self, tls=None, hosts=("localhost", "127.0.0.1"), db=0, beside=None
    ):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="mod-auth0-"))
        self.address = "127.0.0.2" if beside else "127.0.0.1"
        self.port = beside.port if beside else free_port()
        self.process = None
        self.tls = tls
        self.db = db
        self.lines = [
            f"bind {self.address}",
            'save ""',
            "appendonly no",
            f"dir {self.directory}",
            "user default off",
            f"user {USER} on >{PASSWORD} {RIGHTS}",
            "user test on >test ~* +@all",
        ]
        if tls:
            cert, key = tls.issue("redis", hosts)
            self.lines += [
                "port 0",
                f"tls-port {self.port}",
                f"tls-cert-file {cert}",
                f"tls-key-file {key}",
                f"tls-ca-cert-file {tls.file}",
                "tls-auth-clients no",
            ]
        else:
            self.lines.append(f"port {self.port}")

    @property
    def url(self):
        scheme = "rediss" if self.tls else "redis"
        who = f"{USER}:{QUOTED}"
        return f"{scheme}://{who}@{self.address}:{self.port}/{self.db}"

    @property
    def shown(self):
        scheme = "rediss" if self.tls else "redis"
        return f"{scheme}://{self.address}:{self.port}/{self.db}"

    def start(self):
        conf = self.directory / "redis.conf"
        conf.write_text("\n".join(self.lines) + "\n")
        with (self.directory / "log").open("ab") as output:
            self.process = subprocess.Popen(
                ["redis-server", str(conf)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, (
                self.directory / "log"
            ).read_text()
            time.sleep(0.01)

    def _answers(self):
        with contextlib.suppress(OSError):
            with socket.create_connection((self.address, self.port), 1):
                return True
        return False

    def kill(self):
        """As a machine dies: at once, with all that it remembers."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def hang(self):
        """The kernel still takes connections, and nobody answers."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def ask(self, *words):
        """One command, as redis-cli prints its answer."""
        command = ["redis-cli", "-h", self.address, "-p", str(self.port)]
        command += ["-n", str(self.db)]
        command += ["--user", "test", "--pass", "test", "--no-auth-warning"]
        if self.tls:
            command += ["--tls", "--cacert", str(self.tls.file)]
        done = subprocess.run(
            [*command, *words], capture_output=True, text=True, timeout=10
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process:
            self.kill()
        shutil.rmtree(self.directory)
