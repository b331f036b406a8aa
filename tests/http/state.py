# Licensed under the Apache License, Version 2.0; see LICENSE.
"""What httpd keeps across restarts, as seen in its folder."""
import os
import pwd
import time

from crowd import wait_until
from env import run_as

#: A file that was kept is not used.
IGNORED = "the kept keys of issuer .* are ignored"
#: A file cannot be kept; once until it can be again.
NOT_KEPT = "the keys of issuer .* cannot be kept for the next start"
#: Nothing is kept at all.
NO_FOLDER = "Auth0StateDir: .*; keys are not kept across restarts"


def folder_of(httpd):
    return httpd.directory / "run" / "mod_auth0"


def kept(httpd):
    """The kept file, once it is there."""
    folder = folder_of(httpd)
    wait_until(lambda: list(folder.glob("*.keys")), "kept keys")
    (found,) = folder.glob("*.keys")
    return found


def owner():
    if os.geteuid() != 0:
        return os.geteuid()
    return pwd.getpwnam(run_as().split()[1]).pw_uid


def age(path, seconds):
    """Make believe that the keys were confirmed so long ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))
