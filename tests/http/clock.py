# Licensed under the Apache License, Version 2.0; see LICENSE.
"""The time that an httpd sees, moved by Debian's libfaketime."""
import glob
import os
import time

import pytest

LIBRARY = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")


class Clock:
    """
    A clock that is some seconds ahead of ours; environment is what a program
    needs to go by it. The monotonic clock is moved too, or it is not.
    """

    def __init__(self, path, monotonic=False, ahead=0):
        if not LIBRARY:
            pytest.skip("libfaketime is not to be had")
        self.path = path
        self.set(ahead)
        self.environment = {
            "LD_PRELOAD": LIBRARY[0],
            "FAKETIME_TIMESTAMP_FILE": str(path),
            "FAKETIME_NO_CACHE": "1",
            "NO_FAKE_STAT": "1",
        }
        if not monotonic:
            self.environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"

    def set(self, ahead):
        """At once and whole: it is read all the time."""
        part = self.path.with_suffix(".part")
        part.write_text(f"{ahead:+d}\n")
        os.chmod(part, 0o644)
        part.replace(self.path)
        self.ahead = ahead

    def now(self):
        """Seconds since 1970."""
        return int(time.time()) + self.ahead
