# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
The servers that are compared: one httpd for each configuration, event, one
process, on a port and, if told so, on a core of its own.

Products are the things that let a request in:
  open      Require all granted; nothing is asked for
  auth0     this module as it comes
  uncached  this module with Auth0TokenCache off, where the tree has that
  openidc   mod_auth_openidc as an OAuth 2.0 resource server, a key of its own
  oauth2    mod_oauth2, a key of its own
  floor-*   the trial module of floor.c, which does as little as can be; they
            protect nothing, and are in the parts that name them only
"""
import functools
import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

from cryptography.hazmat.primitives.asymmetric import rsa

HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parents[1]
sys.path.insert(0, str(REPO / "tests" / "http"))

import env  # noqa: E402
import tokens  # noqa: E402

LABELS = {
    "open": "Require all granted",
    "auth0": "mod_auth0",
    "uncached": "mod_auth0, cache off",
    "openidc": "mod_auth_openidc",
    "oauth2": "mod_oauth2",
    "floor-nothing": "floor: a user and a provider",
    "floor-hash": "floor: and SHA-256 by EVP",
    "floor-plain": "floor: and SHA-256 without EVP",
    "floor-fingerprint": "floor: and SHA-256 by EVP, 32 bytes more",
    "floor-verify": "floor: and RS256 by EVP",
    "floor-cjose": "floor: and cjose and one JSON parse",
}
FLOORS = [p for p in LABELS if p.startswith("floor-")]
PEERS = {
    "openidc": ("auth_openidc", "libapache2-mod-auth-openidc"),
    "oauth2": ("oauth2", "libapache2-mod-oauth2"),
}
MODULES = (
    "mpm_event unixd watchdog authn_core authz_core authz_user authz_host dir "
    "env headers mime setenvif proxy proxy_http"
).split()

BASE = """\
ServerRoot "{folder}"
{modules}
Listen 127.0.0.1:{port}
ServerName api.example.com
DefaultRuntimeDir "{folder}/run"
PidFile run/httpd.pid
ErrorLog logs/error.log
LogLevel warn
StartServers 1
ServerLimit 1
ThreadsPerChild {threads}
MinSpareThreads 1
MaxSpareThreads {threads}
MaxRequestWorkers {threads}
KeepAlive On
KeepAliveTimeout 300
MaxKeepAliveRequests 0
Timeout 300
LimitRequestFieldSize 16384
DocumentRoot "{htdocs}"
<Directory />
AllowOverride None
</Directory>
TypesConfig /dev/null
AddType text/html .html
"""

#: What each product asks for: a good token whose scope is read:orders.
REQUIRE = {
    "open": "Require all granted",
    "auth0": "Require auth0-scope read:orders",
    "uncached": "Require auth0-scope read:orders",
    "openidc": "Require claim scope:read:orders",
    "oauth2": "Require oauth2_claim scope:read:orders",
    **dict.fromkeys(FLOORS, "Require floor"),
}
AUTH_TYPE = {
    "open": "",
    "auth0": "AuthType Auth0",
    "uncached": "AuthType Auth0",
    "openidc": "AuthType oauth20",
    "oauth2": "AuthType oauth2",
    **dict.fromkeys(FLOORS, "AuthType Floor"),
}


def server_user():
    """Whom a root that measures runs servers as; nothing if it is no root."""
    if os.geteuid() != 0:
        return {}
    for name in ("www-data", "daemon", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": name, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("no user to run httpd as")


class Work:
    """The folder of a run: keys, pages, and a folder for each server."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.htdocs = self.folder / "htdocs"
        self.page("plain.html")
        self.page("api/page.html")
        self.module = self.folder / "mod_auth0.so"
        shutil.copy(env.MODULE, self.module)
        self.floor = self.folder / "floor.so"
        self.numbers = iter(range(1, 1 << 30))
        self.keys = Keys(self)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def page(self, name):
        """A small static file."""
        path = self.htdocs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<!doctype html><title>orders</title><p>orders\n" * 4)

    @functools.cached_property
    def has_cache(self):
        """Whether the module knows the directive that switches a cache."""
        server = Server(self, "auth0", "Auth0TokenCache off\n")
        return server.check().returncode == 0

    def products(self):
        """Those of all parts; which have a floor beside them, name it."""
        return [p for p in LABELS if p not in FLOORS
                and (p != "uncached" or self.has_cache)]


class PublicKey(tokens.RSAKey):
    """The public half of a key that nobody has, and quick to make."""

    def __init__(self, kid):
        self.kid = kid
        self.private = self
        self.n = secrets.randbits(2048) | 1 << 2047 | 1

    def public_key(self):
        return rsa.RSAPublicNumbers(65537, self.n).public_key()


@functools.lru_cache(maxsize=None)
def stranger(number):
    return PublicKey(f"other-{number}")


class Keys:
    """An RSA and an EC key, in every form that a product wants."""

    def __init__(self, work):
        self.work = work
        self.made = {}
        for alg in ("RS256", "PS256", "ES256"):
            self.key(alg)

    def key(self, alg):
        family = "ec" if alg.startswith("ES") else "rsa"
        if family not in self.made:
            kid = f"{family}-bench"
            key = tokens.ECKey(kid) if family == "ec" else tokens.RSAKey(kid)
            self.made[family] = key
            self.work.write(f"{family}.pem", key.private_pem().decode())
            self.work.write(f"{family}.pub", self.public_pem(key))
        return self.made[family]

    @staticmethod
    def public_pem(key):
        return tokens.RSAKey.pem(key).decode()

    def private_file(self, alg):
        return self.work.folder / f"{self.key(alg).kid[:-6]}.pem"

    def public_file(self, alg):
        return self.work.folder / f"{self.key(alg).kid[:-6]}.pub"

    def all(self, alg, count):
        """A set of so many keys, the one that is needed last."""
        return [*(stranger(i) for i in range(count - 1)), self.key(alg)]

    @functools.lru_cache(maxsize=None)
    def set_file(self, alg, count):
        """The set as a JWK set."""
        keys = [k.jwk(alg=tokens.ABSENT) for k in self.all(alg, count)]
        return self.work.write(
            f"htdocs/keys-{alg}-{count}.json", tokens.jwks(*keys)
        )

    @functools.lru_cache(maxsize=None)
    def jwk_file(self, alg):
        """The key as a JWK."""
        jwk = self.key(alg).jwk(alg=tokens.ABSENT)
        return self.work.write(f"pub-{alg}.json", json.dumps(jwk))

    @functools.lru_cache(maxsize=None)
    def pem_files(self, alg, count):
        """The set as PEM files, with their kids."""
        found = []
        for key in self.all(alg, count):
            path = self.work.write(f"pub-{key.kid}.pem", self.public_pem(key))
            found.append(f"{key.kid}#{path}")
        return found


def auth0_keys(work, alg, keys):
    # Without a policy of our own in it, a server has nothing of this.
    return (
        f'Auth0Issuer {tokens.ISSUER} "file:{work.keys.set_file(alg, keys)}"\n'
        f"Auth0Audience {tokens.AUDIENCE}\nAuth0Algorithms {alg}\n"
    )


def openidc_keys(work, alg, keys):
    files = " ".join(work.keys.pem_files(alg, keys))
    return f"OIDCOAuthVerifyCertFiles {files}\n"


def oauth2_keys(work, alg, keys):
    # iat: tokens are made before the measurement, and kept for all of it.
    options = "verify.iat=skip&verify.exp=required"
    lines = []
    for key in work.keys.all(alg, keys):
        jwk = json.dumps(key.jwk(alg=tokens.ABSENT))
        lines.append(f"OAuth2TokenVerify jwk '{jwk}' {options}\n")
    return "".join(lines)


def floor_line(work, product, alg):
    files = {
        "floor-verify": work.keys.public_file,
        "floor-cjose": work.keys.jwk_file,
    }
    kind = product.removeprefix("floor-")
    file = f' "{files[product](alg)}"' if product in files else ""
    return f"Floor {kind}{file}\n"


def key_lines(work, product, alg="RS256", keys=1):
    """Where a product's keys are: (for the server, for the location)."""
    if product == "open":
        return "", ""
    if product == "openidc":
        return openidc_keys(work, alg, keys), ""
    if product == "oauth2":
        # In a location it is copied for each request.
        return oauth2_keys(work, alg, keys), ""
    if product in FLOORS:
        return "", floor_line(work, product, alg)
    return "", auth0_keys(work, alg, keys)


def location(work, product, path="/api", more="", alg="RS256", keys=1):
    """A protected location and all that it needs."""
    outer, inner = key_lines(work, product, alg, keys)
    return (
        f"{outer}<Location {path}>\n{AUTH_TYPE[product]}\n{inner}"
        f"{REQUIRE[product]}\n{more}</Location>\n"
    )


class Server:
    """
    An httpd with one product in it, in a with statement. With counting it runs
    under callgrind, as one process that is its own child.
    """

    def __init__(self, work, product, config, core=None, threads=16):
        self.work = work
        self.folder = work.folder / f"server-{next(work.numbers)}"
        for name in ("logs", "run"):
            (self.folder / name).mkdir(parents=True)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, server_user()["user"])
        self.core = core
        self.port = env.free_port()
        self.process = None
        self.dumps = 0
        self.conf = self.folder / "httpd.conf"
        self.conf.write_text(self._base(product, threads) + config)

    def _base(self, product, threads):
        modules = env.load_modules(MODULES)
        if product in ("auth0", "uncached"):
            modules += f'\nLoadModule auth0_module "{self.work.module}"'
        if product in FLOORS:
            modules += f'\nLoadModule floor_module "{self.work.floor}"'
        if product in PEERS:
            modules += "\n" + env.load_modules([PEERS[product][0]])
        if product == "uncached":
            modules += "\nAuth0TokenCache off"
        return BASE.format(
            folder=self.folder,
            modules=modules,
            port=self.port,
            threads=threads,
            htdocs=self.work.htdocs,
        )

    def check(self):
        return subprocess.run(
            [env.program(), "-t", "-f", self.conf],
            capture_output=True,
            text=True,
            **server_user(),
        )

    def start(self, counting=False):
        command = [env.program(), "-DFOREGROUND", "-f", str(self.conf)]
        if counting:
            command = [
                "valgrind", "--tool=callgrind", "-q",
                # What threads in the background do is not for a request, and
                # under valgrind comes far more often than it would.
                "--toggle-collect=ap_run_process_connection",
                f"--vgdb-prefix={self.folder}/run/vgdb",
                f"--callgrind-out-file={self.folder}/run/cg.%p",
                env.program(), "-X", "-f", str(self.conf),
            ]
        elif self.core is not None:
            command = ["taskset", "-c", str(self.core), *command]
        self.console = open(self.folder / "console", "wb")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self.console,
            stderr=self.console,
            start_new_session=True,
            **server_user(),
        )
        self._wait(600 if counting else 60)

    def _wait(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.status("/plain.html") == 200:
                return
            time.sleep(0.05)
        logs = [self.folder / "console", self.folder / "logs/error.log"]
        text = "\n".join(p.read_text() for p in logs if p.exists())
        self.stop()
        raise SystemExit(f"httpd did not start:\n{text[-3000:]}")

    def status(self, path, token=None):
        """The status of one request; 0 when nothing is answered."""
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    @property
    def child(self):
        """The process that answers."""
        pid = self.process.pid
        path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        children = path.read_text().split()
        return int(children[0]) if children else pid

    def cpu(self):
        """Microseconds that all threads have been on a processor."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.child}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1000

    def resident(self):
        """KiB of the child that are resident."""
        status = pathlib.Path(f"/proc/{self.child}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def dump(self):
        """Have callgrind write down what it has counted since the last time."""
        self.dumps += 1
        subprocess.run(
            ["vgdb", f"--vgdb-prefix={self.folder}/run/vgdb",
             f"--pid={self.process.pid}", "dump"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=True,
            **server_user(),
        )
        return self.folder / "run" / f"cg.{self.process.pid}.{self.dumps}"

    def instructions(self):
        """What callgrind has counted since it was asked last."""
        dump = self.dump()
        for line in reversed(dump.read_text().splitlines()):
            if line.startswith("totals:"):
                dump.unlink()
                return int(line.split()[1])
        raise AssertionError(f"no totals in {dump}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None
        self.console.close()
