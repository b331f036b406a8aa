# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The tour of quickstart.sh, whose own checks decide its exit status."""
import pathlib
import re
import socket
import subprocess

import client
from env import free_port

ROOT = pathlib.Path(__file__).parents[2]

TOUR = [
    (401, "request.no_token"),
    (200, "ok"),
    (403, "require.scope"),
    (200, "ok"),
    (401, "claims.exp"),
    (401, "claims.aud"),
    (401, "signature.invalid"),
]


def quickstart(*arguments, port=None, backend=None):
    ports = ["--port", str(port or free_port())]
    ports += ["--backend-port", str(backend or free_port())]
    return subprocess.run(
        [str(ROOT / "quickstart.sh"), *ports, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )


def answers_in(output):
    statuses = re.findall(r"-> HTTP/1.1 (\d+)", output)
    reasons = re.findall(r"reason: (\S+)", output)
    return list(zip(map(int, statuses), reasons))


def test_the_tour_twice():
    for _ in range(2):
        done = quickstart()
        assert done.returncode == 0, done.stdout
        assert answers_in(done.stdout) == TOUR


def test_keep_and_stop():
    port = free_port()
    kept = quickstart("--keep", port=port)
    try:
        assert kept.returncode == 0, kept.stdout
        assert "--stop" in kept.stdout
        token = (ROOT / "quickstart.d" / "read.token").read_text().strip()
        fields = [("Authorization", f"Bearer {token}")]
        response, _ = client.request(port, "GET", "/orders", fields)
        assert response.status == 200
    finally:
        stopped = subprocess.run([str(ROOT / "quickstart.sh"), "--stop"])
    assert stopped.returncode == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for option, ports in (
            ("--port", {"port": port}),
            ("--backend-port", {"backend": port}),
        ):
            done = quickstart(**ports)
            assert done.returncode == 1
            assert str(port) in done.stdout
            assert option in done.stdout
