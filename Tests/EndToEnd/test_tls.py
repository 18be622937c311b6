"""Providers over TLS: checked against the trust store and the name, and nothing is sent where that fails."""

import pytest

from harness.authority import Authority
from harness.gateway import UPSTREAM_KEY
from harness.governance import governance
from harness.upstream import ScriptedUpstream


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def url(upstream: ScriptedUpstream, host: str = "localhost") -> str:
    return f"https://{host}:{upstream.port}/v1"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_trusted_certificate(make_gateway, make_upstream, authority: Authority, host: str):
    upstream = make_upstream(tls=authority.server_context("DNS:localhost,IP:127.0.0.1"))
    gateway = make_gateway(governance(url(upstream, host)), flags=["--ca-file", str(authority.certificate)])
    for stream in (False, True, False):
        answer = gateway.chat(stream=stream)
        assert answer.status == 200
        assert gateway.story(answer).sources == {"provider"}
    assert upstream.last.all("authorization") == [f"Bearer {UPSTREAM_KEY}"]
    # Kept alive over TLS as well.
    assert upstream.connections <= 2


def test_the_server_name_is_sent(make_gateway, make_upstream, authority: Authority):
    context = authority.server_context("DNS:localhost")
    names = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    upstream = make_upstream(tls=context)
    gateway = make_gateway(governance(url(upstream)), flags=["--ca-file", str(authority.certificate)])
    assert gateway.chat().status == 200
    assert names == ["localhost"]


def refused(make_gateway, upstream: ScriptedUpstream, host: str, flags: list[str]) -> None:
    gateway = make_gateway(governance(url(upstream, host)), flags=flags)
    answer = gateway.chat()
    assert answer.status == 502 and answer.code == "upstream_unreachable"
    story = gateway.story(answer)
    attempt = story.attempts[0]
    assert (attempt["error_class"], attempt["dispatched"]) == ("tls_failed", 0)
    assert story.charges == [] and story.end_reason == "error"
    assert upstream.requests == []
    assert UPSTREAM_KEY not in gateway.output
    gateway.check_books()


def test_an_unknown_authority_is_refused(make_gateway, make_upstream, authority: Authority):
    refused(make_gateway, make_upstream(tls=authority.server_context("DNS:localhost")), "localhost", [])


def test_a_certificate_for_another_name_is_refused(make_gateway, make_upstream, authority: Authority):
    upstream = make_upstream(tls=authority.server_context("DNS:other.example"))
    refused(make_gateway, upstream, "localhost", ["--ca-file", str(authority.certificate)])


def test_a_certificate_without_the_address_is_refused(make_gateway, make_upstream, authority: Authority):
    upstream = make_upstream(tls=authority.server_context("DNS:localhost"))
    refused(make_gateway, upstream, "127.0.0.1", ["--ca-file", str(authority.certificate)])


def test_a_plain_server_behind_an_https_address_is_refused(make_gateway, make_upstream):
    upstream = make_upstream()
    gateway = make_gateway(governance(url(upstream)), flags=["--connect-timeout", "500ms"])
    answer = gateway.chat()
    # That server waits for more of what it takes for a request: the handshake runs out of time.
    assert answer.status in (502, 504)
    assert gateway.story(answer).attempts[0]["dispatched"] == 0 and upstream.requests == []
