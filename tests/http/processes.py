# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What the kernel tells of httpd's processes."""
import contextlib
import os
import pathlib

from crowd import wait_until

PROC = pathlib.Path("/proc")
ESTABLISHED = "01"


def descriptors(pid):
    """What a process has open: /proc's names by number."""
    found = {}
    # A process may end meanwhile.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for entry in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found[int(entry.name)] = os.readlink(entry)
    return found


def sockets_to(port):
    """The client's ends of connections to a server on loopback."""
    rows = (PROC / "net/tcp").read_text().splitlines()[1:]
    remote = f"0100007F:{port:04X}"
    fields = [row.split() for row in rows]
    inodes = [
        f[9] for f in fields if f[2] == remote and f[3] == ESTABLISHED
    ]
    return {f"socket:[{inode}]" for inode in inodes}


def holders(httpd, port):
    """The children that have a connection to a server on loopback."""
    sockets = sockets_to(port)
    return [
        pid
        for pid in httpd.children()
        if sockets & set(descriptors(pid).values())
    ]


def fetcher(httpd, issuer):
    """The child that fetches keys; the issuer has to hold its answers."""
    found = []

    def is_found():
        found[:] = holders(httpd, issuer.port)
        return len(found) == 1

    wait_until(is_found, "one child that fetches")
    return found[0]


def memory(pid, kind="RssAnon"):
    """KiB of a process's own."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1])
    raise AssertionError(f"{pid} has no {kind}")


def _stat(pid):
    """State and session of a process."""
    text = (PROC / str(pid) / "stat").read_text()
    fields = text[text.rindex(")") + 2 :].split()
    return fields[0], int(fields[3])


def session(leader):
    """The processes of a session, with the state of each."""
    found = {}
    for entry in PROC.glob("[0-9]*"):
        try:
            state, sid = _stat(entry.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if sid == leader:
            found[int(entry.name)] = state
    return found
