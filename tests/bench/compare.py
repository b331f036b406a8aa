#!/usr/bin/python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
What a request costs with this module, with the two modules of Debian that check
access tokens, and with neither, side by side.

  tests/bench/compare.py [--out FOLDER] [--quick] [PART ...]

builds the tree, installs what is missing as root or by sudo, measures, prints
the figures as text, and writes compare.txt, compare.md, compare.svg and
compare.json to FOLDER. With --docs it also puts them into docs/performance.md.
Parts are all, unless some are named: --list tells them.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = {
    "apache2": None,
    "apache2-dev": None,
    "gcc": None,
    "libapache2-mod-auth-openidc": "auth_openidc",
    "libapache2-mod-oauth2": "oauth2",
    "libcjose-dev": None,
    "libjansson-dev": None,
    "libssl-dev": None,
    "pkg-config": None,
    "python3-cryptography": None,
    "util-linux": None,
    "valgrind": None,
}
POLICY = pathlib.Path("/usr/sbin/policy-rc.d")
ENABLED = pathlib.Path("/etc/apache2/mods-enabled")
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def as_root(*command, **how):
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    return subprocess.run([*prefix, *command], check=True, **how)


def version(package):
    """The installed version of a package; empty when it is not."""
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", package],
        capture_output=True, text=True,
    )
    text = done.stdout
    return text[3:].strip() if text.startswith("ii") else ""


def install():
    """
    What is missing, without starting a server, and without leaving the peers
    switched on in the system's own server.
    """
    missing = [p for p in PACKAGES if not version(p)]
    if not missing:
        return
    print("installing:", *missing, file=sys.stderr)
    made_policy = not POLICY.exists()
    if made_policy:
        as_root("tee", POLICY, input=b"#!/bin/sh\nexit 101\n",
                stdout=subprocess.DEVNULL)
        as_root("chmod", "755", POLICY)
    try:
        quiet = {"stdout": subprocess.DEVNULL}
        as_root("apt-get", "update", "-q", **quiet)
        as_root("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install",
                "-y", "-q", "--no-install-recommends", *missing, **quiet)
    finally:
        switched_on = [
            PACKAGES[p] for p in missing
            if PACKAGES[p] and (ENABLED / f"{PACKAGES[p]}.load").exists()
        ]
        if switched_on:
            as_root("a2dismod", "-q", "-f", *switched_on)
        if made_policy:
            as_root("rm", "-f", POLICY)


def build():
    """The module, unless another one is named."""
    if "MOD_AUTH0_SO" in os.environ:
        return
    steps = ["autoreconf -fi", "./configure", f"make -j{os.cpu_count()}"]
    if (REPO / "Makefile").exists():
        steps = steps[2:]
    for step in steps:
        done = subprocess.run(
            step, shell=True, cwd=REPO, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        if done.returncode:
            sys.exit(f"{step}:\n{done.stdout[-3000:]}")


def cpu_model():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    names = [line.split(":")[1].strip() for line in text.splitlines()
             if line.startswith("model name")]
    return names[0] if names else platform.machine()


def commit():
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPO,
        capture_output=True, text=True,
    )
    return done.stdout.strip() or "not from git"


def machine(options, has_cache):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    packages = ("apache2-bin", "libssl3", "libcjose0", "libjansson4",
                "libapache2-mod-auth-openidc", "libapache2-mod-oauth2",
                "valgrind")
    load = [round(x, 1) for x in os.getloadavg()]
    remark = {"machine": options.remark} if options.remark else {}
    return {
        "date": datetime.date.today().isoformat(),
        "command": "tests/bench/compare.py " + " ".join(options.given),
        "commit": commit(),
        "cache of verified tokens": "yes" if has_cache else "not in this tree",
        "processor": f"{cpu_model()}, {os.cpu_count()} cores",
        "memory": f"{memory / 2**30:.0f} GiB",
        "kernel": platform.release(),
        "load before the run": f"{load[0]} (1 min), {load[2]} (15 min)",
        **remark,
        "packages": ", ".join(f"{p} {version(p)}" for p in packages),
        "rounds": f"{options.rounds} of {options.requests} requests, "
        "7 for curves",
    }


def read_options(part_names):
    parser = argparse.ArgumentParser(
        description=__doc__.strip(), usage=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help="parts; all unless named")
    add("--list", action="store_true", help="name the parts, and end")
    add("--out", default="bench.d", help="folder for what is written")
    add("--add", action="store_true", help="to named parts: keep the others "
        "that FOLDER/compare.json has")
    add("--docs", action="store_true", help="renew docs/performance.md")
    add("--quick", action="store_true", help="a smoke test, without callgrind "
        "but for the first part")
    add("--rounds", type=int, help="interleaved rounds")
    add("--requests", type=int, help="requests in a round")
    add("--counted", type=int, help="requests that callgrind counts")
    add("--memory-tokens", type=int, help="distinct tokens for the memory")
    add("--render", action="store_true",
        help="measure nothing; write anew what FOLDER/compare.json has")
    add("--connections", type=int, default=1, help="kept connections")
    add("--server-core", type=int, default=0)
    add("--client-core", type=int, default=(os.cpu_count() or 2) - 1)
    add("--no-callgrind", action="store_true", help="no instructions")
    add("--remark", default="", help="what to say of the machine")
    options = parser.parse_args()
    options.given = sys.argv[1:]
    unknown = set(options.parts) - set(part_names)
    if unknown:
        parser.error(f"no such part: {' '.join(unknown)}")
    if not options.render and options.server_core == options.client_core:
        parser.error("the client never sleeps: it needs a core of its own")
    names = ("rounds", "requests", "counted", "memory_tokens")
    usual = (3, 200, 50, 5000) if options.quick else (15, 1000, 200, 1000000)
    for name, value in zip(names, usual):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


def check_peers(bench):
    """
    Before anything is measured: each lets a good token in, and refuses one
    that has been tampered with, one of a stranger and none at all.
    """
    from parts import refused_tokens
    from servers import Server, location

    good = bench.corpus.first(bench.corpus.one())
    bad = refused_tokens(bench)
    for product in bench.work.products():
        if product == "open":
            continue
        server = Server(bench.work, product, location(bench.work, product))
        server.start()
        try:
            seen = {
                name: server.status("/api/page.html", token)
                for name, token in [("good", good), ("none", None),
                                    *bad.items()]
            }
        finally:
            server.stop()
        let_in = [name for name, status in seen.items() if status == 200]
        if let_in != ["good"]:
            sys.exit(f"{product} does not verify: it answers {seen}")


def measure(options, work, parts):
    from ways import Bench, Settings, build as build_programs, say

    bench = Bench(work, Settings(
        options.rounds, options.requests, options.counted,
        options.connections, options.server_core, options.client_core,
        options.quick, not options.no_callgrind,
        3 if options.quick else 7, options.memory_tokens,
        500 if options.quick else 20000,
    ))
    build_programs(work)
    check_peers(bench)
    results = {"machine": machine(options, work.has_cache), "parts": {}}
    if options.parts and options.add:
        results["parts"] = former(options)["parts"]
    begun = time.monotonic()
    for name in options.parts or parts:
        say(name)
        # A quick run counts instructions once, to see that it can.
        bench.settings.counting = not options.no_callgrind and (
            not options.quick or name == "tokens"
        )
        results["parts"][name] = parts[name](bench)
        write(options, results)
    seconds = time.monotonic() - begun
    results["machine"]["took"] = f"{seconds / 60:.0f} min"
    return results


def write(options, results):
    """After each part, so that a run that is ended leaves what it has."""
    import render

    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "compare.json").write_text(json.dumps(results, indent=1))
    (out / "compare.txt").write_text(render.as_text(results))
    (out / "compare.md").write_text(
        render.as_markdown(results, "compare.svg")
    )
    (out / "compare.svg").write_text(render.as_svg(results))


def write_docs(results):
    """The figures of docs/performance.md, between its two marks."""
    import render

    page = REPO / "docs" / "performance.md"
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    figures = render.as_markdown(results, "performance.svg")
    page.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}")
    (REPO / "docs" / "performance.svg").write_text(render.as_svg(results))


def former(options):
    return json.loads((pathlib.Path(options.out) / "compare.json").read_text())


def run(options, parts):
    build()
    from servers import Work

    folder = tempfile.mkdtemp(prefix="mod-auth0-bench-")
    try:
        return measure(options, Work(folder), parts)
    finally:
        shutil.rmtree(folder)


def main():
    os.umask(0o022)
    # So that whoever ends a run leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    install()
    sys.dont_write_bytecode = True
    # Only now: they need what is installed, and what is built.
    from parts import PARTS

    options = read_options(PARTS)
    if options.list:
        for name, part in PARTS.items():
            print(f"{name:10} {part.__doc__.strip()}")
        return
    results = former(options) if options.render else run(options, PARTS)
    write(options, results)
    if options.docs:
        write_docs(results)
    print((pathlib.Path(options.out) / "compare.txt").read_text(), end="")


if __name__ == "__main__":
    main()
