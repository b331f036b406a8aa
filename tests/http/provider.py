# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The real OpenID provider and the real client of op/."""
import fcntl
import json
import pathlib
import ssl
import subprocess
import urllib.parse
import urllib.request

import tokens

FOLDER = pathlib.Path(__file__).resolve().parent / "op"
CLIENT = ("nightly-batch", "a secret of no worth")


def install():
    """
    Bring the packages of op/, exactly as they are locked, once for all that
    run side by side, and again when others are locked.
    """
    locked = FOLDER / "package-lock.json"
    brought = FOLDER / "node_modules" / ".package-lock.json"
    with locked.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (brought.exists()
                and brought.stat().st_mtime >= locked.stat().st_mtime):
            return
        command = ["npm", "ci", "--ignore-scripts"]
        subprocess.run(command, cwd=FOLDER, check=True)


class Provider:
    """The provider, running; to be used in a with statement."""

    def __init__(self, authority, log):
        install()
        self.authority = authority
        self.context = ssl.create_default_context(cafile=authority.file)
        self.output = log.open("wb")
        self.process = subprocess.Popen(
            ["node", "provider.mjs", *authority.issue("provider")],
            cwd=FOLDER,
            stdout=subprocess.PIPE,
            stderr=self.output,
        )
        line = self.process.stdout.readline()
        assert line, f"the provider did not start: {log.read_text()}"
        where = json.loads(line)
        self.url = where["issuer"]
        self.admin = where["admin"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()
        self.output.close()

    def token(self, scope):
        """An access token by the client-credentials grant."""
        form = {
            "grant_type": "client_credentials",
            "client_id": CLIENT[0],
            "client_secret": CLIENT[1],
            "resource": tokens.AUDIENCE,
            "scope": scope,
        }
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(
            self.url + "/token", data, timeout=10, context=self.context
        ) as answer:
            return json.load(answer)["access_token"]

    def call(self, client, api, files, times=1):
        """
        What the client of op/client.mjs is answered by an API, time by time.
        files: of its certificate and key.
        """
        command = ["node", "client.mjs", client, self.url, api,
                   self.authority.file, *files, str(times)]
        done = subprocess.run(
            command, cwd=FOLDER, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def rotate(self, keep=True):
        """Sign with a new key; keep the old ones in the set, or do not."""
        query = "" if keep else "?keep=no"
        url = f"{self.admin}/rotate{query}"
        request = urllib.request.Request(url, method="POST")
        urllib.request.urlopen(request, timeout=10).close()
