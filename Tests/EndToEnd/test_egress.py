"""Providers behind a company's network: a trust root of one's own, client certificates, and an HTTP proxy."""

import os
import shutil
from pathlib import Path

import pytest

from harness.authority import Authority
from harness.gateway import UPSTREAM_KEY, Gateway
from harness.governance import governance, hard_budget
from harness.net import free_port
from harness.proxy import TunnelProxy
from harness.upstream import ScriptedUpstream, answer_chat
from harness.waiting import until

PROXY_SECRET = "agent:proxy-secret-19ab"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that no provider has its certificate from."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def make_proxy():
    made: list[TunnelProxy] = []

    def make(**options: object) -> TunnelProxy:
        made.append(TunnelProxy(**options))
        return made[-1]

    yield make
    for proxy in made:
        try:
            proxy.close()
        except OSError:
            pass


def behind(base_url: str, **settings: object) -> dict:
    """A governance file whose provider has these settings."""
    file = governance(base_url, budgets=[hard_budget(10**9)])
    file["providers"][0].update({name: str(value) for name, value in settings.items()})
    return file


def secure(make_upstream, authority: Authority, **options: object) -> ScriptedUpstream:
    return make_upstream(tls=authority.server_context("DNS:localhost,IP:127.0.0.1", **options))


def failed(gateway: Gateway, error_class: str, status: int = 502) -> None:
    """A call fails before anything is sent to the provider, and its row says why."""
    answer = gateway.chat()
    assert answer.status == status, answer.body
    story = gateway.story(answer)
    attempt = story.attempts[-1]
    assert (attempt["error_class"], attempt["dispatched"]) == (error_class, 0)
    assert story.charges == []


# Trust roots


def test_a_trust_root_of_the_provider(make_gateway, make_upstream, authority: Authority):
    upstream = secure(make_upstream, authority)
    gateway: Gateway = make_gateway(behind(upstream.base_url, ca_file=authority.certificate))
    for stream in (False, True, False):
        assert gateway.chat(stream=stream).status == 200
    assert upstream.connections == 1
    gateway.check_books()


def test_a_trust_root_of_the_provider_stands_instead_of_the_others(
    make_gateway, make_upstream, authority: Authority, stranger: Authority
):
    upstream = secure(make_upstream, authority)
    gateway: Gateway = make_gateway(
        behind(upstream.base_url, ca_file=stranger.certificate), flags=["--ca-file", str(authority.certificate)])
    failed(gateway, "tls_failed")
    assert upstream.requests == []
    # Taken back, the others count again.
    gateway.apply(behind(upstream.base_url))
    assert gateway.chat().status == 200


def test_a_trust_root_that_changes_is_followed(
    make_gateway, make_upstream, authority: Authority, stranger: Authority, tmp_path: Path
):
    upstream = secure(make_upstream, authority)
    roots = tmp_path / "roots.pem"
    shutil.copy(stranger.certificate, roots)
    gateway: Gateway = make_gateway(behind(upstream.base_url, ca_file=roots))
    failed(gateway, "tls_failed")
    replacement = tmp_path / "new.pem"
    shutil.copy(authority.certificate, replacement)
    os.replace(replacement, roots)
    until(lambda: gateway.chat().status == 200, "the new trust root")
    # A file that becomes useless changes nothing for connections; the log says so.
    roots.write_text("no certificate")
    until(lambda: "holds no certificate" in gateway.output, "the log to tell of the file")
    assert gateway.chat().status == 200


def test_a_file_that_is_missing_may_come(make_gateway, make_upstream, authority: Authority, tmp_path: Path):
    upstream = secure(make_upstream, authority)
    roots = tmp_path / "roots.pem"
    gateway: Gateway = make_gateway(behind(upstream.base_url, ca_file=roots))
    until(lambda: f"the file '{roots}' of ca_file cannot be read" in gateway.output, "the log to tell of the file")
    failed(gateway, "tls_failed")
    assert "A provider's certificate file cannot be used" in gateway.output
    assert upstream.connections == 0
    shutil.copy(authority.certificate, roots)
    until(lambda: gateway.chat().status == 200, "the file to be found")


@pytest.mark.parametrize("wrong", ["ca_file", "client_certificate", "client_key", "other key"])
def test_a_useless_file_is_refused(make_gateway, make_upstream, authority: Authority, tmp_path: Path, wrong: str):
    upstream = secure(make_upstream, authority)
    certificate, key = authority.client_certificate("refused")
    _, other = authority.client_certificate("other")
    files = {"ca_file": authority.certificate, "client_certificate": certificate, "client_key": key}
    useless = tmp_path / "useless.pem"
    useless.write_text("-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n")
    setting = "client_key" if wrong == "other key" else wrong
    file = behind(upstream.base_url, **{**files, setting: other if wrong == "other key" else useless})
    told = {
        "ca_file": "of ca_file holds no certificate",
        "client_certificate": "of client_certificate holds no certificate",
        "client_key": "of client_key holds no private key",
        "other key": "of client_key holds a key that is not the certificate's",
    }[wrong]
    gateway: Gateway = make_gateway(behind(upstream.base_url, **files))
    for arguments in ([], ["--dry-run"]):
        refused = gateway.apply(file, *arguments, check=False)
        assert refused.returncode != 0 and told in refused.stderr and "governance.yaml:" in refused.stderr
    assert gateway.stop() == 0
    gateway.start(wait=False)
    assert gateway.wait() != 0 and told in gateway.output


# Client certificates


def test_a_client_certificate_is_shown(make_gateway, make_upstream, authority: Authority):
    upstream = secure(make_upstream, authority, asks=True)
    names = []
    answer = upstream.handler

    def note(exchange):
        names.append(dict(part[0] for part in exchange.wire.sock.getpeercert()["subject"])["commonName"])
        answer(exchange)

    upstream.handler = note
    certificate, key = authority.client_certificate("gateway")
    file = behind(
        upstream.base_url, ca_file=authority.certificate, client_certificate=certificate, client_key=key)
    gateway: Gateway = make_gateway(file)
    assert gateway.chat().status == 200 and gateway.chat(stream=True).status == 200
    # Key and certificate in one file, replaced while the server runs.
    both = authority.directory / "both.pem"
    both.write_text(certificate.read_text() + key.read_text())
    gateway.apply(behind(upstream.base_url, ca_file=authority.certificate, client_certificate=both))
    assert gateway.chat().status == 200
    certificate, key = authority.client_certificate("renewed")
    both.write_text(certificate.read_text() + key.read_text())
    upstream.handler = lambda exchange: (note(exchange), exchange.close())
    until(lambda: gateway.chat().status == 200 and names[-1] == "renewed", "the renewed certificate")
    assert set(names) == {"gateway", "renewed"}
    assert b"PRIVATE KEY" not in gateway.output.encode()


def test_without_a_client_certificate_such_a_provider_is_not_reached(make_gateway, make_upstream, authority: Authority):
    upstream = secure(make_upstream, authority, asks=True)
    gateway: Gateway = make_gateway(behind(upstream.base_url, ca_file=authority.certificate))
    answer = gateway.chat()
    # With TLS 1.3 the server refuses after the handshake, when the request is under way already.
    assert answer.status == 502 and upstream.requests == []
    gateway.check_books()


# Proxies


@pytest.mark.parametrize("encrypted", [False, True])
def test_calls_go_through_the_proxy(make_gateway, make_upstream, make_proxy, authority: Authority, encrypted: bool):
    upstream = secure(make_upstream, authority) if encrypted else make_upstream()
    proxy = make_proxy()
    more = {"ca_file": authority.certificate} if encrypted else {}
    gateway: Gateway = make_gateway(behind(upstream.base_url, proxy=f"{proxy.url}/", **more))
    for stream in (False, True, False):
        answer = gateway.chat(stream=stream)
        assert answer.status == 200 and gateway.story(answer).sources == {"provider"}
    # One tunnel for all of them.
    assert [request.start for request in proxy.requests] == [f"CONNECT 127.0.0.1:{upstream.port} HTTP/1.1"]
    assert proxy.requests[0].all("host") == [f"127.0.0.1:{upstream.port}"]
    assert proxy.requests[0].all("proxy-authorization") == [] and proxy.requests[0].all("authorization") == []
    assert upstream.last.all("host") == [f"127.0.0.1:{upstream.port}"]
    # A change of the file takes the next call straight there.
    gateway.apply(behind(upstream.base_url, **more))
    proxy.close()
    assert gateway.chat().status == 200
    gateway.check_books()


def test_the_proxy_resolves_names(make_gateway, make_upstream, make_proxy):
    upstream = make_upstream()
    proxy = make_proxy(answer=b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
    gateway: Gateway = make_gateway(
        behind(f"http://provider.nowhere.invalid:{upstream.port}/v1", proxy=proxy.url))
    failed(gateway, "proxy_failed")
    assert proxy.requests[0].target == f"provider.nowhere.invalid:{upstream.port}"


@pytest.mark.parametrize("source", ["env", "file"])
def test_a_credential_for_the_proxy(make_gateway, make_upstream, make_proxy, tmp_path: Path, source: str):
    upstream = make_upstream()
    proxy = make_proxy(credential=PROXY_SECRET)
    kept = tmp_path / "proxy-credential"
    kept.write_text(f"{PROXY_SECRET}\n")
    credential = "env:PROXY_CREDENTIAL" if source == "env" else f"file:{kept}"
    gateway: Gateway = make_gateway(
        behind(upstream.base_url, proxy=proxy.url, proxy_credential=credential),
        environment={"PROXY_CREDENTIAL": PROXY_SECRET}, flags=["--log-level", "trace"])
    assert gateway.chat().status == 200
    # It goes to the proxy alone, and the provider's to the provider alone.
    assert upstream.last.all("proxy-authorization") == []
    assert upstream.last.all("authorization") == [f"Bearer {UPSTREAM_KEY}"]
    assert proxy.requests[0].all("authorization") == []
    if source == "file":
        # A call that finds no tunnel makes one with the credential that is there now.
        upstream.handler = lambda exchange: (answer_chat(exchange), exchange.close())
        proxy.credential = "agent:changed"
        kept.write_text("agent:changed")
        until(lambda: gateway.chat().status == 200 and len(proxy.requests) > 1, "the proxy's new credential")
    gateway.check_books()
    written = [path for path in gateway.data.rglob("*") if path.is_file()]
    for secret in (PROXY_SECRET.encode(), proxy.requests[0].header("proxy-authorization").split()[1].encode()):
        assert secret not in gateway.output.encode()
        assert [path for path in written if secret in path.read_bytes()] == []


def test_a_proxy_that_wants_a_credential(make_gateway, make_upstream, make_proxy):
    upstream = make_upstream()
    proxy = make_proxy(credential=PROXY_SECRET)
    gateway: Gateway = make_gateway(
        behind(upstream.base_url, proxy=proxy.url, proxy_credential="env:PROXY_CREDENTIAL"),
        environment={"PROXY_CREDENTIAL": "agent:wrong"})
    failed(gateway, "proxy_failed")
    assert "407" in gateway.output and "agent:wrong" not in gateway.output
    assert upstream.connections == 0
    gateway.check_books()


def test_a_proxy_whose_credential_is_missing(make_gateway, make_upstream, make_proxy):
    upstream = make_upstream()
    proxy = make_proxy(credential=PROXY_SECRET)
    gateway: Gateway = make_gateway(
        behind(upstream.base_url, proxy=proxy.url, proxy_credential="env:NOT_THERE"))
    failed(gateway, "proxy_failed")
    assert proxy.requests == [] and "the proxy's credential cannot be read" in gateway.output


def test_a_proxy_that_is_gone_and_comes_back(make_gateway, make_upstream, make_proxy):
    upstream = make_upstream()
    port = free_port()
    gateway: Gateway = make_gateway(behind(upstream.base_url, proxy=f"http://127.0.0.1:{port}"))
    failed(gateway, "proxy_failed")
    assert "no connection to the proxy" in gateway.output
    # Never around it.
    assert upstream.connections == 0
    proxy = make_proxy(port=port)
    assert gateway.chat().status == 200
    # Cut while a call waits, on a connection that had been idle: as a provider that closes.
    upstream.handler = lambda exchange: (proxy.close(), exchange.wait_for_close())
    answer = gateway.chat()
    assert answer.status == 502 and answer.code == "upstream_unreachable"
    classes = [attempt["error_class"] for attempt in gateway.story(answer).attempts]
    assert classes == ["closed_idle", "proxy_failed"] and gateway.story(answer).charges == []
    gateway.check_books()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 70_000,
    ],
    ids=["forbidden", "no HTTP", "bytes behind the answer", "an endless head"])
def test_a_proxy_that_makes_no_tunnel(make_gateway, make_upstream, make_proxy, answer: bytes):
    upstream = make_upstream()
    gateway: Gateway = make_gateway(behind(upstream.base_url, proxy=make_proxy(answer=answer).url))
    failed(gateway, "proxy_failed")
    assert upstream.connections == 0
    gateway.check_books()


def test_a_proxy_that_says_nothing(make_gateway, make_upstream, make_proxy):
    upstream = make_upstream()
    gateway: Gateway = make_gateway(
        behind(upstream.base_url, proxy=make_proxy(answer=b"").url), flags=["--connect-timeout", "300ms"])
    failed(gateway, "connect_timeout", status=504)
    assert "the proxy made no tunnel in time" in gateway.output
    until(lambda: gateway.metrics()["tollbook_active_calls"] == 0, "the call to end")
    gateway.check_books()


def test_the_provider_behind_the_proxy_is_checked(
    make_gateway, make_upstream, make_proxy, authority: Authority, stranger: Authority
):
    """A proxy that ends the encryption itself shows a certificate of its own."""
    upstream = secure(make_upstream, stranger)
    proxy = make_proxy()
    gateway: Gateway = make_gateway(
        behind(upstream.base_url, proxy=proxy.url, ca_file=authority.certificate))
    failed(gateway, "tls_failed")
    assert len(proxy.requests) == 1 and upstream.requests == []
