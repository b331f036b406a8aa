# Licensed under the Apache License, Version 2.0; see LICENSE.
"""How a server process ends: its threads end with it, and none crashes."""
import pytest

from conf import PAGE
from crowd import KEY, one_issuer, wait_for
from env import SERVERS, Httpd, shared_library
from issuer import Issuer

#: exit() takes a millisecond or two: so long after its begin a thread is late.
LATE_US = (400, 600, 800, 1000, 1200)


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    """What makes threads take their time when they end."""
    return shared_library("late.c", tmp_path_factory.mktemp("late"))


@pytest.mark.parametrize("late_us", LATE_US)
@pytest.mark.parametrize("mpm, http2", SERVERS)
def test_a_thread_ends_amid_exit(authority, late, mpm, late_us, http2):
    """
    OpenSSL frees what a thread has of it when the thread ends, and again when
    the process does: the two must not meet. A crash would stand in the log.
    """
    environment = {"LD_PRELOAD": str(late), "LATE_US": str(late_us)}
    with Issuer(authority, KEY) as issuer:
        config = one_issuer(authority, f"Auth0Issuer {issuer.url}")
        how = {"mpm": mpm, "http2": http2, "environment": environment}
        for _ in range(3):
            with Httpd(config, PAGE, **how) as httpd:
                wait_for(httpd, "/orders", issuer.token(KEY), "ok")
                answer = httpd.get("/orders", issuer.token(KEY), h2=http2)
                assert answer.status == 200
