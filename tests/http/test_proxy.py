# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Issuers that are reached by a proxy: Auth0OutgoingProxy."""
import base64

import pytest

import answers
from conf import PAGE
from crowd import FAILED, KEY, NEXT, one_issuer, protected, wait_for
from env import Httpd
from issuer import DISCOVERY, JWKS, Issuer
from logs import watch
from network import ConnectProxy

TENANT = "https://tenant.test/"
PASSWORD = "s3cret/of/the/proxy"
QUOTED = PASSWORD.replace("/", "%2F")


@pytest.fixture
def tenant(authority):
    """An issuer whose name only a proxy knows."""
    with Issuer(authority, KEY) as issuer:
        issuer.certificate("tenant", hosts=("tenant.test",))
        issuer.url = TENANT
        issuer.discovery(issuer=TENANT, jwks_uri=TENANT + JWKS[1:])
        yield issuer


@pytest.fixture
def proxy(tenant):
    with ConnectProxy({"tenant.test:443": tenant.port}) as server:
        yield server


def by_proxy(authority, proxy, credentials="", *lines):
    line = f"Auth0OutgoingProxy http://{credentials}127.0.0.1:{proxy.port}"
    issuer = f"Auth0Issuer {TENANT}"
    return one_issuer(authority, issuer, 300, line, *lines)


def test_proxy(authority, tenant, proxy):
    """For the tenant, whatever the environment says; not for loopback."""
    environment = {"NO_PROXY": "*", "no_proxy": "*"}
    with Issuer(authority, NEXT) as local:
        config = by_proxy(authority, proxy)
        config += protected("/local", f"Auth0Issuer {local.url}")
        with Httpd(config, PAGE, environment=environment) as httpd:
            wait_for(httpd, "/orders", tenant.token(KEY), "ok", 5)
            wait_for(httpd, "/local", local.token(NEXT), "ok", 5)
        assert local.requests == [DISCOVERY, JWKS]
    assert tenant.requests == [DISCOVERY, JWKS]
    assert proxy.asked == ["tenant.test:443"] * 2
    assert proxy.credentials == [None] * 2


def test_proxy_of_the_environment_is_not_used(authority, proxy):
    names = ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY")
    url = f"http://127.0.0.1:{proxy.port}"
    environment = {name: url for name in names}
    with Issuer(authority, KEY) as local:
        config = one_issuer(authority, f"Auth0Issuer {local.url}")
        config += protected("/tenant", f"Auth0Issuer {TENANT}")
        watch.announce(f"{TENANT} cannot be fetched: .*resolve")
        with Httpd(config, PAGE, environment=environment) as httpd:
            wait_for(httpd, "/orders", local.token(KEY), "ok", 5)
            httpd.wait_for_log(f"{TENANT} cannot be fetched")
    assert proxy.asked == []


def test_proxy_that_asks_for_credentials(authority, tenant, proxy):
    """They are sent to it, to nobody else, and never logged."""
    config = by_proxy(authority, proxy, f"user:{QUOTED}@")
    with Httpd(config, PAGE) as httpd:
        wait_for(httpd, "/orders", tenant.token(KEY), "ok", 5)
        logs = [path.read_text() for path in httpd.directory.glob("logs/*")]
    expected = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    assert proxy.credentials == [f"Basic {expected}"] * 2
    assert "Proxy-Authorization" not in tenant.fields[JWKS]
    for log in logs:
        assert "s3cret" not in log and expected not in log


def test_proxy_that_is_down(authority, tenant, announce):
    """The outage is the issuer's; the password is not logged even now."""
    announce(FAILED)
    proxy = ConnectProxy({"tenant.test:443": tenant.port}, is_up=False)
    config = by_proxy(authority, proxy, f"user:{QUOTED}@")
    with Httpd(config, PAGE) as httpd:
        httpd.wait_for_log(f"{TENANT} cannot be fetched: .*; until they can")
        response = httpd.get("/orders", tenant.token(KEY))
        answers.refused(response, "key.unavailable")
        proxy.up()
        with proxy:
            wait_for(httpd, "/orders", tenant.token(KEY), "ok", 5)
        assert "can be fetched again" in httpd.error_log.read_text()
        assert "s3cret" not in httpd.error_log.read_text()


def test_proxy_that_refuses(authority, tenant, proxy, announce):
    announce(f"{TENANT} cannot be fetched")
    proxy.ports.clear()
    with Httpd(by_proxy(authority, proxy), PAGE) as httpd:
        httpd.wait_for_log(f"{TENANT} cannot be fetched")
        response = httpd.get("/orders", tenant.token(KEY))
        answers.refused(response, "key.unavailable")
    assert tenant.connections == 0


def test_proxy_vouches_for_nobody(authority, tenant, proxy, announce):
    """A proxy that answers in the tenant's place is not believed."""
    announce(f"{TENANT} cannot be fetched: .*certificate")
    tenant.certificate("other", hosts=("other.test",))
    with Httpd(by_proxy(authority, proxy), PAGE) as httpd:
        httpd.wait_for_log(f"{TENANT} cannot be fetched")
    assert tenant.requests == []
