# Licensed under the Apache License, Version 2.0; see LICENSE.
import pathlib
import tempfile

import pytest

pytest.register_assert_rewrite("answers", "client", "crowd", "env", "logs")

import certs  # noqa: E402
from logs import watch  # noqa: E402
from provider import Provider  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def no_problem_left():
    """What servers log when they stop counts, too."""
    yield
    watch.finish()


@pytest.fixture(autouse=True)
def watched(no_problem_left):
    """Around every test: no unannounced line, no token in any log."""
    watch.finish()
    yield
    watch.finish()


@pytest.fixture
def announce():
    """Announce a line at warn or above by a pattern for it."""
    return watch.announce


@pytest.fixture(scope="module")
def open_folder():
    """httpd's children read from it, and they are not root."""
    with tempfile.TemporaryDirectory(prefix="mod-auth0-") as name:
        path = pathlib.Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="session")
def authority():
    """The authority that the issuers' certificates are from."""
    with tempfile.TemporaryDirectory(prefix="mod-auth0-") as name:
        directory = pathlib.Path(name)
        # httpd's children fetch keys, and they are not root.
        directory.chmod(0o755)
        yield certs.Authority(directory)


@pytest.fixture(scope="module")
def provider(authority, tmp_path_factory):
    """The real OpenID provider of op/; it needs node."""
    log = tmp_path_factory.mktemp("provider") / "log"
    with Provider(authority, log) as running:
        yield running
