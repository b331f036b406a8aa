#!/usr/bin/python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
"""
Where the instructions of a request go, by callgrind.

  tests/bench/profile.py [--top N] [--inclusive] [WAY ...]

Ways are open (Require all granted), same (the same token again), new (each
token new), unknown (a kid that no set has) and malformed; same unless told.
The tree has to be built, and the packages of compare.py to be there.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from parts import refused_tokens  # noqa: E402
from servers import Server, Work, location  # noqa: E402
from ways import Bench, Case, Load, Settings, build  # noqa: E402

COUNT = 100
ROW = re.compile(r"^\s*([\d,]+)\s*(?:\([\d. ]+%\))?\s+(.*)$")


def case_of(bench, way, alg):
    """The server's configuration, and what it is sent."""
    corpus = bench.corpus
    config = location(bench.work, "open" if way == "open" else "auth0", alg=alg)
    new = corpus.many(4 * COUNT, alg) if way == "new" else corpus.one(alg)
    sent = {"new": new, "same": new, "open": new}
    if way not in sent:
        kind = {"unknown": "unknown kid", "malformed": "malformed"}[way]
        sent[way] = corpus.text(refused_tokens(bench)[kind])
    product = "open" if way == "open" else "auth0"
    return Case(way, product, config, sent[way], is_new=way == "new",
                refused=way in ("unknown", "malformed"))


def send(bench, case):
    skip = case.taken if case.is_new else 0
    case.taken += COUNT
    with Load(bench, case, COUNT, 0, skip) as load:
        case.server.instructions()
        load.run()


def annotated(server, *options):
    """callgrind_annotate of what came since the counters were last read."""
    dump = server.dump()
    done = subprocess.run(
        ["callgrind_annotate", "--auto=no", "--threshold=100", *options, dump],
        capture_output=True, text=True, check=True,
    )
    return done.stdout


def rows(text):
    for line in text.splitlines():
        found = ROW.match(line)
        if found:
            yield int(found[1].replace(",", "")) / COUNT, found[2]


def finished(all_of_them):
    """
    Without what has not returned, such as the first function of a thread:
    callgrind counts all that it called as its own.
    """
    total, name = next(all_of_them)
    yield total, name
    yield from (row for row in all_of_them if row[0] < 0.99 * total)


def readable(name):
    """Without the path of the file that a function is from."""
    function = name.split(":", 1)[-1]
    return re.sub(r"\[.*/", "[", function)


def profile(bench, way, options):
    case = case_of(bench, way, options.alg)
    case.server = Server(bench.work, case.product, case.config)
    case.server.start(counting=True)
    try:
        send(bench, case)
        send(bench, case)
        more = ["--inclusive=yes"] if options.inclusive else []
        text = annotated(case.server, *more)
    finally:
        case.server.stop()
    print(f"\n{way}: instructions a request, {options.alg}")
    for count, name in list(finished(rows(text)))[: options.top + 1]:
        print(f"{count:12,.0f}  {readable(name)}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("ways", nargs="*", metavar="WAY", default=["same"])
    parser.add_argument("--top", type=int, default=12)
    parser.add_argument("--alg", default="RS256")
    parser.add_argument("--inclusive", action="store_true")
    options = parser.parse_args()
    os.umask(0o022)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mod-auth0-profile-"))
    try:
        work = Work(folder)
        bench = Bench(work, Settings(1, COUNT, COUNT, 1, 0, 1, True))
        build(work)
        for way in options.ways:
            profile(bench, way, options)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
