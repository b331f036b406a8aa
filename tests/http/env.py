# Licensed under the Apache License, Version 2.0; see LICENSE.
"""A real httpd with the module in it, in a directory of its own."""
import contextlib
import functools
import itertools
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import client
from logs import AccessLog, watch

REPO = pathlib.Path(__file__).resolve().parents[2]
MODULE = pathlib.Path(
    os.environ.get("MOD_AUTH0_SO", REPO / ".libs" / "mod_auth0.so")
).resolve()

MODULES = (
    "unixd log_config watchdog authn_core authz_core authz_host authz_user "
    "alias dir env headers mime setenvif"
).split()

THREADED = """\
StartServers 2
ServerLimit 2
ThreadsPerChild 8
MinSpareThreads 2
MaxSpareThreads 16
MaxRequestWorkers 16
"""
MPM_LIMITS = {
    "event": THREADED,
    "worker": THREADED,
    "prefork": "StartServers 4\nServerLimit 8\nMaxRequestWorkers 8\n",
}

#: (mpm, http2) of each kind of server; mod_http2 does not go with prefork.
SERVERS = [
    ("event", False),
    ("event", True),
    ("worker", False),
    ("worker", True),
    ("prefork", False),
]

READY = "resuming normal operations"
TLS_HOSTS = ("api.example.com", "localhost", "127.0.0.1")

BASE = """\
ServerRoot "{directory}"
Define DIR "{directory}"
{modules}
LoadModule auth0_module "{module}"
{user}
{limits}
Listen 127.0.0.1:{port}
ServerName api.example.com
UseCanonicalName Off
LimitRequestFieldSize 65536
DefaultRuntimeDir "${{DIR}}/run"
PidFile run/httpd.pid
ErrorLog logs/error.log
LogLevel notice auth0:trace8
LogFormat "%{{X-Test-Id}}i %m %U %>s %{{auth0-reason}}n %{{auth0-token}}n %u" v
CustomLog logs/access.log v
DocumentRoot "${{DIR}}/htdocs"
TypesConfig /dev/null
AddType text/html .html
"""


@functools.lru_cache(maxsize=None)
def apxs(name):
    """A setting of the httpd that modules are built for."""
    done = subprocess.run(
        ["apxs", "-q", name], capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


@functools.lru_cache(maxsize=None)
def program():
    return os.path.join(apxs("SBINDIR"), apxs("PROGNAME"))


@functools.lru_cache(maxsize=None)
def built_in():
    """Modules that are part of the program: they cannot be loaded."""
    done = subprocess.run(
        [program(), "-l"], capture_output=True, check=True, text=True
    )
    return set(re.findall(r"mod_(\w+)\.c", done.stdout))


def load_modules(names):
    folder = apxs("LIBEXECDIR")
    lines = [
        f'LoadModule {name}_module "{folder}/mod_{name}.so"'
        for name in names
        if name not in built_in()
    ]
    return "\n".join(lines)


def shared_library(source, folder, *flags):
    """A C file of this folder as a library that httpd's User can read."""
    library = pathlib.Path(folder, source).with_suffix(".so")
    library.parent.chmod(0o755)
    compiler = os.environ.get("CC", "cc").split()
    subprocess.run(
        [*compiler, "-O2", "-shared", "-fPIC", *flags,
         REPO / "tests" / "http" / source, "-o", library, "-ldl"],
        check=True,
        timeout=60,
    )
    return library


def run_as():
    """User and Group for children, which root has to name."""
    if os.geteuid() != 0:
        return ""
    for name in ("www-data", "daemon", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return f"User {name}\nGroup #{pwd.getpwnam(name).pw_gid}"
    raise AssertionError("no user to run httpd as")


#: Below those that the system gives to clients; test runs side by side have
#: their own.
FIRST_PORT, PORTS, WORKERS = 20000, 3000, 4


def free_port():
    """A port of 127.0.0.1 that nobody listens on, not given out lately."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    first = FIRST_PORT + worker % WORKERS * PORTS
    while True:
        port = first + next(_ports) % PORTS
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


_ports = itertools.count(random.randrange(PORTS))


def connections(port):
    """Those of a server on loopback that are neither closed nor about to."""
    local = f"0100007F:{port:04X}"
    closed = ("06", "0A")  # TIME_WAIT and LISTEN
    rows = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = [row.split() for row in rows]
    return [f for f in fields if f[1] == local and f[3] not in closed]


class Httpd:
    """
    An httpd with a configuration, to be used in a with statement.

    files maps paths in its directory to their content; the configuration
    reaches them as ${DIR}/path. htdocs/ is what it serves. prefix is a command
    that httpd is started by, environment what is added to its environment.
    """

    def __init__(
        self,
        config,
        files=None,
        mpm="event",
        modules=(),
        tls=None,
        http2=False,
        prefix=(),
        environment=None,
    ):
        self.prefix = list(prefix)
        self.environment = environment or {}
        self.directory = self._make_directory()
        self.port = free_port()
        self.mpm = mpm
        self.tls = tls
        self.http2 = http2
        self.process = None
        self.access = AccessLog(self.directory / "logs" / "access.log")
        self.error_log = self.directory / "logs" / "error.log"
        for path, content in (files or {}).items():
            self.write(path, content)
        self.conf_file = self.directory / "httpd.conf"
        self.conf_file.write_text(self._base(modules) + config)

    @staticmethod
    def _make_directory():
        directory = pathlib.Path(tempfile.mkdtemp(prefix="mod-auth0-"))
        directory.chmod(0o755)
        for name in ("logs", "run", "htdocs"):
            (directory / name).mkdir()
        return directory

    def _base(self, modules):
        names = [f"mpm_{self.mpm}", *MODULES, *modules]
        if self.tls:
            names += ["socache_shmcb", "ssl"]
        if self.http2:
            names.append("http2")
        base = BASE.format(
            directory=self.directory,
            modules=load_modules(names),
            module=MODULE,
            user=run_as(),
            limits=MPM_LIMITS[self.mpm],
            port=self.port,
        )
        if self.http2:
            base += "Protocols h2 h2c http/1.1\n"
        if self.tls:
            cert, key = self.tls.issue("httpd", TLS_HOSTS)
            base += "SSLSessionCache shmcb:run/ssl\nSSLEngine on\n"
            base += f'SSLCertificateFile "{cert}"\n'
            base += f'SSLCertificateKeyFile "{key}"\n'
        return base

    def write(self, path, content):
        """Put a file into the server's directory, at once and whole."""
        target = self.directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        part.write_bytes(client.to_bytes(content))
        part.chmod(0o755 if target.suffix == ".cgi" else 0o644)
        part.replace(target)
        return target

    def dump(self, name):
        """httpd -t -D name: what it prints, and what it complains of."""
        done = subprocess.run(
            [program(), "-t", "-D", name, "-f", self.conf_file],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    def check(self):
        """httpd -t: its exit code and all that it prints."""
        done = subprocess.run(
            [program(), "-t", "-f", self.conf_file],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
        )
        return done.returncode, done.stdout

    def _command(self):
        return [program(), "-DFOREGROUND", "-f", self.conf_file]

    def start(self):
        # To stop, httpd signals its process group: it needs one of its own.
        console = self.directory / "logs" / "console-error.log"
        with console.open("wb") as output:
            self.process = subprocess.Popen(
                [*self.prefix, *self._command()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        for path in (console, self.error_log, self.access.log.path):
            watch.add(self, path)
        self._wait_until_ready()

    def _wait_until_ready(self, timeout=15):
        """Before that, a signal would kill the parent and no child."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.error_log.exists() and READY in self.error_log.read_text():
                return
            time.sleep(0.01)
        logs = [p.read_text() for p in self.directory.glob("logs/*error.log")]
        self.stop()
        raise AssertionError("httpd did not start:\n" + "\n".join(logs))

    def stop(self):
        """Stop the server, and read its logs for the last time."""
        if not self.process:
            return
        self.wait_until_idle()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        finally:
            self.process.kill()
            self.process.wait()
            self.process = None
            watch.remove(self)

    def wait_until_idle(self, timeout=2):
        """
        Until all connections are closed: the event MPM may crash by itself
        when it is stopped in the very moment in which it closes one.
        """
        deadline = time.monotonic() + timeout
        while connections(self.port) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.01)

    def wait_for_log(self, pattern, count=1, timeout=15):
        """Wait until so many lines of the error log match."""
        deadline = time.monotonic() + timeout
        while len(re.findall(pattern, self.error_log.read_text())) < count:
            assert time.monotonic() < deadline, f"never logged: {pattern}"
            time.sleep(0.02)

    def graceful(self):
        """Restart with the configuration as it stands now."""
        count = self.error_log.read_text().count(READY)
        self.process.send_signal(signal.SIGUSR1)
        self.wait_for_log(READY, count + 1)

    def restart(self):
        """Stop, and start anew with what the directory holds by now."""
        self.stop()
        self.error_log.unlink()
        self.start()

    def root(self):
        """Where the file system is as httpd sees it."""
        return pathlib.Path(f"/proc/{self.process.pid}/root")

    def children(self):
        """The process ids of the servers that httpd has started."""
        process = self.process
        # An issuer may ask in the moment in which the server ends.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if process:
                pid = process.pid
                path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
                return {int(child) for child in path.read_text().split()}
        return set()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        self.remove()

    def remove(self):
        shutil.rmtree(self.directory)

    def request(
        self, method, path, token=None, headers=(), body=b"", h2=False
    ):
        """One request; token is sent as RFC 6750 section 2.1 says."""
        headers = list(headers)
        if token is not None:
            value = b"Bearer " + client.to_bytes(token)
            headers.append(("Authorization", value))
        send = client.request_http2 if h2 else client.request
        ca_file = self.tls.file if self.tls else None
        response, number = send(
            self.port, method, path, headers, body, ca_file
        )
        response.record = self.access.record(number)
        return response

    def get(self, path, token=None, **more):
        return self.request("GET", path, token, **more)
