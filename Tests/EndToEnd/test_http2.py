"""Providers that choose HTTP/2: calls share connections, and what the protocol says of each call is believed."""

import gzip
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.authority import Authority
from harness.gateway import UPSTREAM_KEY, Gateway, data_events
from harness.governance import governance, hard_budget
from harness.http2 import Http2Exchange, Http2Upstream, Nginx, frame, has_nginx, quiet_for
from harness.load import at_once
from harness.proxy import TunnelProxy
from harness.simulator import Simulator
from harness.upstream import DONE, ScriptedUpstream, answer_chat, completion, delta, usage_event
from harness.waiting import until

NAMES = "DNS:localhost,IP:127.0.0.1"
needs_nginx = pytest.mark.skipif(not has_nginx(), reason="no nginx with HTTP/2 and TLS")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def make_provider(authority: Authority):
    made: list[Http2Upstream] = []

    def make(handler=None, asks: bool = False, **options: object) -> Http2Upstream:
        made.append(Http2Upstream(authority.server_context(NAMES, asks=asks), handler, **options))
        return made[-1]

    yield make
    for provider in made:
        provider.close()


@pytest.fixture
def make_nginx(authority: Authority, tmp_path: Path):
    made: list[Nginx] = []

    def make(to: int, **options: object) -> Nginx:
        directory = tmp_path / f"nginx-{len(made)}"
        directory.mkdir()
        made.append(Nginx(directory, to, *authority.server_certificate(NAMES), **options))
        return made[-1]

    yield make
    for server in made:
        server.terminate()


@pytest.fixture
def behind(make_gateway, authority: Authority):
    """Makes a gateway of one event loop, whose provider at the address is offered HTTP/2."""

    def make(base_url: str, flags: list[str] | None = None, **settings: object) -> Gateway:
        file = governance(base_url, budgets=[hard_budget(10**9)])
        settings = {"ca_file": authority.certificate, "http2": "auto", **settings}
        file["providers"][0].update({name: str(value) for name, value in settings.items()})
        return make_gateway(file, flags=["--event-loops", "1", *(flags or [])])

    return make


def errors(gateway: Gateway, answer) -> list[tuple]:
    """How the attempts of a call ended, and whether they were sent."""
    return [(attempt["error_class"], attempt["dispatched"]) for attempt in gateway.story(answer).attempts]


# Calls share a connection


def test_calls_share_a_connection(behind, make_provider):
    provider = make_provider()
    gateway: Gateway = behind(provider.base_url)
    for stream in (False, True, False):
        answer = gateway.chat(stream=stream, headers={"X-Mixed-Case": "Kept", "connection": "x-gone", "x-gone": "1"})
        assert answer.status == 200 and errors(gateway, answer) == [(None, 1)]
        assert gateway.story(answer).sources == {"provider"}
        assert not stream or data_events(answer.body)[-1] == b"[DONE]"
    assert len(provider.connections) == 1
    request = provider.last
    names = [name for name, _ in request.headers]
    assert names[:4] == [":method", ":scheme", ":authority", ":path"] and names == [name.lower() for name in names]
    assert dict(request.headers[:4]) == {
        ":method": "POST", ":scheme": "https", ":authority": f"127.0.0.1:{provider.port}",
        ":path": "/v1/chat/completions"}
    assert not {"host", "connection", "transfer-encoding", "x-gone"} & set(names) and len(names) == len(set(names))
    assert request.header("authorization") == f"Bearer {UPSTREAM_KEY}" and request.header("x-mixed-case") == "Kept"
    assert request.header("content-length") == str(len(request.body))
    assert gateway.metrics()['tollbook_upstream_connections{state="idle"}'] == 1
    gateway.check_books()


def test_a_burst_makes_one_connection(behind, make_provider):
    """Calls that find a connection in its handshake wait for it."""
    provider = make_provider()
    gateway: Gateway = behind(provider.base_url)
    assert {answer.status for answer in at_once(32, lambda number: gateway.chat(stream=number % 2 == 0))} == {200}
    assert len(provider.connections) == 1 and len(provider.requests) == 32
    gateway.check_books()


def test_no_more_streams_than_the_provider_takes(behind, make_provider):
    """Beyond them there are further connections, as many as the calls need."""
    open_now, most = Counter(), Counter()
    gate = threading.Barrier(12)

    def answer(exchange: Http2Exchange) -> None:
        connection = id(exchange.connection)
        open_now[connection] += 1
        most[connection] = max(most[connection], open_now[connection])
        gate.wait(20)
        open_now[connection] -= 1
        answer_chat(exchange)

    provider = make_provider(answer, max_streams=4)
    gateway: Gateway = behind(provider.base_url)
    for _ in range(2):
        answers = at_once(12, lambda _: gateway.chat())
        assert {answer.status for answer in answers} == {200}
        assert all(errors(gateway, answer) == [(None, 1)] for answer in answers)
    assert len(provider.connections) == 3 and max(most.values()) == 4


def test_a_provider_that_takes_no_streams(behind, make_provider):
    provider = make_provider(max_streams=0)
    gateway: Gateway = behind(provider.base_url, ["--connect-timeout", "300ms"])
    answer = gateway.chat()
    assert answer.status == 504 and errors(gateway, answer) == [("connect_timeout", 0)]
    assert len(provider.connections) == 1
    gateway.check_books()


def test_a_provider_that_takes_fewer_streams_than_before(behind, make_provider):
    open_now, most = Counter(), Counter()
    gate = threading.Barrier(3)

    def answer(exchange: Http2Exchange) -> None:
        connection = id(exchange.connection)
        open_now[connection] += 1
        most[connection] = max(most[connection], open_now[connection])
        gate.wait(20)
        open_now[connection] -= 1
        answer_chat(exchange)

    provider = make_provider(lambda exchange: (exchange.take_streams(1), answer_chat(exchange)))
    gateway: Gateway = behind(provider.base_url)
    assert gateway.chat().status == 200
    provider.max_streams, provider.handler = 1, answer
    assert {answer.status for answer in at_once(3, lambda _: gateway.chat())} == {200}
    assert set(most.values()) == {1} and len(provider.connections) == 3


def test_windows_of_a_few_bytes(behind, make_provider):
    provider = make_provider(window=7)
    gateway: Gateway = behind(provider.base_url)
    answers = at_once(4, lambda _: gateway.chat({
        "model": "demo", "messages": [{"role": "user", "content": "Say hello. " * 500}]}))
    assert {answer.status for answer in answers} == {200} and len(provider.connections) == 1
    assert {len(request.body) > 5_000 for request in provider.requests} == {True}
    gateway.check_books()


@needs_nginx
@pytest.mark.parametrize(
    "value", [b"x" * 20_000, b"\\" * 6_200, "Jörg".encode("latin-1"), "é".encode() * 2_000],
    ids=["large", "hard to pack", "Latin-1", "UTF-8"])
def test_heads_that_would_end_the_connection_go_over_http1(behind, make_nginx, simulator: Simulator, value: bytes):
    nginx = make_nginx(simulator.port)
    gateway: Gateway = behind(nginx.base_url)
    assert gateway.chat().status == 200
    with gateway.wire() as wire:
        request = gateway.raw_chat({"model": "demo", "messages": [{"role": "user", "content": "Say hello."}]})
        wire.send(request.replace(b"\r\n", b"\r\nx-mark: " + value + b"\r\n", 1))
        assert wire.read_answer().status == 200
    sent = [text for name, text in simulator.last()["headers"] if name.lower() == "x-mark"]
    assert sent == [value.decode("utf-8", "replace")] or sent == [value.decode("latin-1")]
    assert {answer.status for answer in at_once(4, lambda _: gateway.chat())} == {200}
    until(lambda: len(nginx.served) == 6, "the requests to be logged")
    assert Counter(protocol for protocol, _, _ in nginx.served)["HTTP/2.0"] >= 2
    assert nginx.served[1][0] == "HTTP/1.1"
    gateway.check_books()


@needs_nginx
def test_a_head_that_just_fits(behind, make_nginx, simulator: Simulator):
    nginx = make_nginx(simulator.port)
    gateway: Gateway = behind(nginx.base_url)
    for character in ("\\", "<", "0"):
        assert gateway.chat(headers={"x-mark": character * 5_600}).status == 200
    until(lambda: len(nginx.served) == 3, "the requests to be logged")
    assert {protocol for protocol, _, _ in nginx.served} == {"HTTP/2.0"}
    assert len({connection for _, connection, _ in nginx.served}) == 1


# The provider chooses


@needs_nginx
@pytest.mark.parametrize("setting", ["auto", "off"])
@pytest.mark.parametrize("offered", [True, False], ids=["HTTP/2", "HTTP/1.1"])
def test_the_provider_chooses(behind, make_nginx, simulator: Simulator, setting: str, offered: bool):
    nginx = make_nginx(simulator.port, http2=offered)
    gateway: Gateway = behind(nginx.base_url, http2=setting)
    answers = at_once(8, lambda number: gateway.chat(stream=number % 2 == 0))
    assert {answer.status for answer in answers} == {200}
    assert gateway.chat().status == 200
    until(lambda: len(nginx.served) == 9, "the requests to be logged")
    chosen = "HTTP/2.0" if offered and setting == "auto" else "HTTP/1.1"
    assert {protocol for protocol, _, _ in nginx.served} == {chosen}
    connections = {connection for _, connection, _ in nginx.served}
    assert len(connections) == 1 if chosen == "HTTP/2.0" else 1 <= len(connections) <= 8
    gateway.check_books()


def test_a_provider_that_knows_nothing_of_the_choice(behind, make_upstream, authority: Authority):
    upstream: ScriptedUpstream = make_upstream(tls=authority.server_context(NAMES))
    gateway: Gateway = behind(upstream.base_url)
    for _ in range(2):
        assert {answer.status for answer in at_once(6, lambda _: gateway.chat())} == {200}
    assert upstream.connections <= 6
    gateway.check_books()


@needs_nginx
def test_connections_that_the_provider_ends(behind, make_nginx, simulator: Simulator):
    """nginx takes no more requests on a connection after some, whatever is on the way: no call suffers."""
    nginx = make_nginx(simulator.port, requests=10)
    gateway: Gateway = behind(nginx.base_url)
    answers = [
        answer for _ in range(10) for answer in at_once(16, lambda number: gateway.chat(stream=number % 2 == 0))]
    assert Counter(answer.status for answer in answers) == {200: 160}
    assert all(errors(gateway, answer)[-1] == (None, 1) for answer in answers)
    until(lambda: len(nginx.served) == 160, "the requests to be logged")
    assert {protocol for protocol, _, _ in nginx.served} == {"HTTP/2.0"}
    assert len({connection for _, connection, _ in nginx.served}) >= 16
    gateway.check_books()


# Networks with rules of their own


def test_through_a_proxy_with_a_client_certificate(behind, make_provider, authority: Authority):
    provider = make_provider(asks=True)
    certificate, key = authority.client_certificate("gateway")
    with TunnelProxy() as proxy:
        gateway: Gateway = behind(provider.base_url, proxy=proxy.url, client_certificate=certificate, client_key=key)
        assert {answer.status for answer in at_once(4, lambda _: gateway.chat(stream=True))} == {200}
        assert len(proxy.requests) == 1 and len(provider.connections) == 1
    gateway.check_books()


def test_without_a_client_certificate_nothing_is_sent(behind, make_provider):
    provider = make_provider(asks=True)
    gateway: Gateway = behind(provider.base_url)
    answers = at_once(3, lambda _: gateway.chat())
    assert {(answer.status, answer.code) for answer in answers} == {(502, "upstream_unreachable")}
    assert {errors(gateway, answer)[0] for answer in answers} == {("tls_failed", 0)}
    assert provider.requests == []
    gateway.check_books()


def test_an_unknown_authority_fails_all_that_wait(behind, make_provider, tmp_path: Path):
    provider = make_provider()
    gateway: Gateway = behind(provider.base_url, ca_file=Authority(tmp_path).certificate)
    answers = at_once(6, lambda _: gateway.chat())
    assert {errors(gateway, answer)[0] for answer in answers} == {("tls_failed", 0)}
    assert provider.connections == []
    gateway.check_books()


# Requests that were not processed


def test_a_connection_that_goes_away_before_a_request(behind, make_provider):
    """What the provider says it has not processed is sent again, and each attempt is recorded."""

    def answer(exchange: Http2Exchange) -> None:
        if len(provider.connections) == 1:
            exchange.connection.go_away(last=0)
        else:
            answer_chat(exchange)

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    answer = gateway.chat()
    assert answer.status == 200 and answer.headers["x-tollbook-attempts"] == "2"
    assert errors(gateway, answer) == [("stream_refused", 0), (None, 1)]
    story = gateway.story(answer)
    assert story.tokens == {"input": 11, "output": 7} and {charge["attempt_ordinal"] for charge in story.charges} == {1}
    gateway.check_books()


def test_requests_that_cross_the_end_of_an_idle_connection(behind, make_provider):
    """Without a word of goodbye: as over HTTP/1.1, they are sent once more."""
    gate = threading.Barrier(2)

    def answer(exchange: Http2Exchange) -> None:
        if exchange.connection is not provider.connections[0]:
            return answer_chat(exchange)
        gate.wait(20)
        exchange.close()

    provider = make_provider()
    gateway: Gateway = behind(provider.base_url)
    assert gateway.chat().status == 200
    provider.handler = answer
    for answer in at_once(2, lambda _: gateway.chat()):
        assert answer.status == 200 and errors(gateway, answer) == [("closed_idle", 1), (None, 1)]
        assert {charge["attempt_ordinal"] for charge in gateway.story(answer).charges} == {1}
    assert len(provider.requests) == 5
    # The new connection has been idle now; where that ends the same way too, no third try is made.
    provider.handler = lambda exchange: exchange.close()
    answer = gateway.chat()
    assert answer.status == 502 and errors(gateway, answer) == [("closed_idle", 1), ("closed_before_head", 1)]
    assert gateway.story(answer).caveat == "hold_posted" and len(provider.requests) == 7
    gateway.check_books()


def test_answers_on_the_way_when_a_connection_goes_away(behind, make_provider):
    begun, goes_on = threading.Barrier(3), threading.Event()

    def answer(exchange: Http2Exchange) -> None:
        if exchange.connection is not provider.connections[0]:
            return answer_chat(exchange)
        exchange.begin_stream()
        exchange.send_chunk(delta("Hel"))
        begun.wait(20)
        goes_on.wait(20)
        exchange.end_stream(delta("lo") + delta(finish="stop") + usage_event() + DONE)

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)

    def call(number: int):
        if number < 2:
            return gateway.chat(stream=True)
        begun.wait(20)
        provider.connections[0].go_away(last=3)
        answer = gateway.chat()
        goes_on.set()
        return answer

    answers = at_once(3, call)
    assert [errors(gateway, answer) for answer in answers] == [[(None, 1)]] * 3
    assert all(gateway.story(answer).total == 11 * 1_000 + 7 * 2_000 for answer in answers)
    # The old connection is closed after its last answer.
    until(lambda: provider.connections[0].is_over, "the connection to be closed")
    assert len(provider.connections) == 2
    gateway.check_books()


def test_a_stream_that_is_refused_once(behind, make_provider):
    seen = []

    def answer(exchange: Http2Exchange) -> None:
        seen.append(exchange)
        if len(seen) == 1:
            exchange.reset(7)
        else:
            answer_chat(exchange)

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    answer = gateway.chat(stream=True)
    assert answer.status == 200 and errors(gateway, answer) == [("stream_refused", 0), (None, 1)]
    assert len(provider.connections) == 1
    gateway.check_books()


def test_streams_that_are_always_refused(behind, make_provider):
    provider = make_provider(lambda exchange: exchange.reset(7))
    gateway: Gateway = behind(provider.base_url)
    answer = gateway.chat()
    assert answer.status == 502 and answer.code == "upstream_unreachable"
    assert errors(gateway, answer) == [("stream_refused", 0)] * 3
    assert gateway.story(answer).charges == [] and gateway.ledger.budget()["held_nano"] == 0
    gateway.check_books()


def test_a_refused_upload_is_not_sent_again(behind, make_provider):
    provider = make_provider(lambda exchange: exchange.reset(7), heads_only=True)
    gateway: Gateway = behind(provider.base_url)
    answer = upload(gateway, 2 << 20)
    assert answer.status == 502 and answer.code == "upstream_closed"
    assert errors(gateway, answer) == [("stream_refused", 0)] and gateway.story(answer).charges == []
    gateway.check_books()


# Answers that break off


@pytest.mark.parametrize("how", ["reset", "connection"])
def test_cut_before_the_answer(behind, make_provider, how: str):
    provider = make_provider(lambda exchange: exchange.reset(2) if how == "reset" else exchange.close())
    gateway: Gateway = behind(provider.base_url)
    answer = gateway.chat()
    assert answer.status == 502 and answer.code == "upstream_closed"
    assert errors(gateway, answer) == [("closed_before_head", 1)]
    assert gateway.story(answer).caveat == "hold_posted"
    provider.handler = answer_chat
    assert gateway.chat().status == 200 and len(provider.connections) == (1 if how == "reset" else 2)
    gateway.check_books()


@pytest.mark.parametrize("how", ["reset", "connection", "goaway"])
def test_cut_inside_a_stream(behind, make_provider, how: str):
    def answer(exchange: Http2Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(delta("one two three"))
        if how == "reset":
            exchange.reset(8)
        elif how == "goaway":
            # The answer had begun: what the provider says of it now is not believed.
            exchange.connection.go_away(last=0)
        else:
            exchange.close()

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    answer = gateway.chat(stream=True)
    assert b"upstream_cut" in answer.body and b"one two three" in answer.body
    assert errors(gateway, answer) == [("closed_mid_body", 1)]
    story = gateway.story(answer)
    assert story.end_reason == "upstream_cut" and story.sources == {"estimated"} and story.tokens["output"] > 0
    gateway.check_books()


def test_one_stream_that_breaks_leaves_the_others(behind, make_provider):
    gate = threading.Barrier(4)

    def answer(exchange: Http2Exchange) -> None:
        gate.wait(20)
        if exchange.stream == 3:
            exchange.reset(2)
        elif exchange.stream == 5:
            exchange.send_plain(completion(), length=5)
        else:
            answer_chat(exchange)

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    answers = at_once(4, lambda _: gateway.chat())
    assert Counter(answer.status for answer in answers) == {200: 2, 502: 2}
    assert len(provider.connections) == 1
    gateway.check_books()


@pytest.mark.parametrize("length", [5, 100_000])
def test_a_wrong_length_is_malformed(behind, make_provider, length: int):
    provider = make_provider(lambda exchange: exchange.send_plain(completion(), length=length))
    gateway: Gateway = behind(provider.base_url)
    answer = gateway.chat()
    assert answer.status == 502 and answer.code == "upstream_malformed"
    assert errors(gateway, answer) == [("malformed_response", 1)]
    gateway.check_books()


def literal(name: bytes, value: bytes) -> bytes:
    """A field that is not indexed, with plain strings; a value of up to 126 bytes."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


STATUS = literal(b":status", b"200")


def head(*fields: bytes, status: bytes = STATUS) -> Callable[[int], bytes]:
    """The head of an answer with these fields."""
    return lambda stream: frame(1, 4, stream, status + b"".join(fields))


@pytest.mark.parametrize(
    "sent",
    [
        head(literal(b"x-two", b"1\r\nx-lines: 2")),
        head(literal(b"Upper", b"1")),
        head(literal(b"connection", b"close")),
        head(status=literal(b":status", b"2xx")),
        head(status=literal(b"content-type", b"text/plain")),
        head(status=literal(b":status", b"101")),
        head(literal(b"x-many", b"1") * 200),
        lambda stream: frame(1, 0, stream, STATUS) + b"".join(
            frame(9, 4 * (part == 3), stream, literal(b"x-large", b"1" * 120) * 120) for part in range(4)),
        head(literal(b"content-length", b"5"), literal(b"content-length", b"5")),
        lambda stream: frame(1, 0, stream, STATUS) + frame(9, 0, stream, literal(b"x", b"1")) * 20,
        lambda stream: frame(0, 1, stream, b"{}"),
        lambda stream: frame(0, 0, stream + 2, b"{}"),
        lambda _: frame(4, 0, 0, b"\x00\x03\x00\x00\x00\x64") * 1_000,
        lambda _: frame(6, 0, 0, b"12345678") * 1_000,
        lambda _: frame(8, 0, 0, b"\x7f\xff\xff\xff") * 2,
        lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    ],
    ids=[
        "a line end in a value", "a name in upper case", "a hop-by-hop field", "no number", "no status", "a switch",
        "too many fields", "too large", "two lengths", "endless continuation", "no head", "an idle stream",
        "a settings flood", "a ping flood", "a window too wide", "HTTP/1.1"])
def test_an_answer_that_breaks_the_protocol(shared, sent: Callable[[int], bytes]):
    provider, gateway = shared
    provider.handler = lambda exchange: exchange.connection.raw(sent(exchange.stream))
    answer = gateway.chat()
    assert (answer.status, answer.code) == (502, "upstream_malformed")
    assert errors(gateway, answer) == [("malformed_response", 1)]
    provider.handler = answer_chat
    assert gateway.chat().status == 200


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, authority: Authority):
    """A provider and a gateway for many answers."""
    provider = Http2Upstream(authority.server_context(NAMES))
    file = governance(provider.base_url)
    file["providers"][0].update({"ca_file": str(authority.certificate), "http2": "auto"})
    gateway = Gateway(tmp_path_factory.mktemp("shared"), file, flags=["--event-loops", "1"])
    yield provider, gateway
    try:
        gateway.check_books()
        assert gateway.stop() == 0
    finally:
        gateway.close()
        provider.close()


# What else an answer may have


def test_interim_answers_padding_and_trailers(behind, make_provider):
    """More padding than the windows hold together: it is given back like the rest."""

    def answer(exchange: Http2Exchange) -> None:
        exchange.head("103", {"link": "</style.css>"})
        exchange.begin_stream({"x-request-id": "upstream-9"})
        for _ in range(4_000):
            exchange.send_chunk(delta("x"), padding=255)
        exchange.send_chunk(delta(finish="stop") + usage_event() + DONE)
        exchange.connection.act(
            lambda engine: engine.send_headers(exchange.stream, [("x-trailer", "1")], end_stream=True))

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    answer = gateway.chat(stream=True)
    assert answer.body.count(b'"x"') == 4_000 and data_events(answer.body)[-1] == b"[DONE]"
    assert "x-trailer" not in answer.headers and "link" not in answer.headers
    assert gateway.story(answer).attempts[0]["upstream_request_id"] == "upstream-9"
    gateway.check_books()


def test_compressed_answers_side_by_side(behind, make_provider):
    gate = threading.Barrier(4)

    def answer(exchange: Http2Exchange) -> None:
        gate.wait(20)
        content = f"Answer of stream {exchange.stream}. " * 500
        packed = gzip.compress(completion(content))
        exchange.head(headers={"content-type": "application/json", "content-encoding": "gzip"})
        for start in range(0, len(packed), 10):
            exchange.send_chunk(packed[start : start + 10])
        exchange.end_stream()

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    for _ in range(2):
        answers = at_once(4, lambda _: gateway.chat())
        texts = {answer.json["choices"][0]["message"]["content"] for answer in answers}
        assert len(texts) == 4 and {answer.status for answer in answers} == {200}
    provider.handler = lambda exchange: exchange.send_plain(
        gzip.compress(completion())[:-9], headers={"content-encoding": "gzip"})
    assert gateway.chat().code == "upstream_malformed"
    assert len(provider.connections) == 1
    gateway.check_books()


# Back-pressure


def test_a_slow_reader_holds_up_itself_alone(behind, make_provider):
    piece = delta("x" * 16_000)
    count = 4_000
    sent = [0]

    def answer(exchange: Http2Exchange) -> None:
        if not json.loads(exchange.request.body).get("stream"):
            return answer_chat(exchange)
        exchange.begin_stream()
        for _ in range(count):
            exchange.send_chunk(piece)
            sent[0] += 1
        exchange.end_stream(delta(finish="stop") + usage_event() + DONE)

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    assert gateway.chat().status == 200
    before = gateway.resident_bytes()
    with gateway.wire() as wire:
        wire.send(gateway.raw_chat({
            "model": "demo", "stream": True, "messages": [{"role": "user", "content": "Say much."}]}))
        wire.read_head()
        until(lambda: sent[0] > 0 and quiet_for(0.5, lambda: sent[0]), "the provider to be slowed down", seconds=30)
        assert sent[0] < count, "nothing held the provider back"
        assert gateway.resident_bytes() - before < 24 << 20
        # On the same connection all others are served.
        assert {answer.status for answer in at_once(8, lambda _: gateway.chat())} == {200}
        assert len(provider.connections) == 1
        total = 0
        while (chunk := wire.read_chunk()) is not None:
            total += len(chunk)
    assert total > count * len(piece)
    gateway.check_books()


def test_a_client_that_leaves_ends_its_stream_alone(behind, make_provider):
    exchanges = []

    def answer(exchange: Http2Exchange) -> None:
        exchanges.append(exchange)
        exchange.begin_stream()
        exchange.send_chunk(delta("one"))
        exchange.was_reset.wait(20)

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    with gateway.wire() as wire:
        wire.send(gateway.raw_chat({"model": "demo", "stream": True, "messages": []}))
        wire.read_until(b"one")
    until(lambda: exchanges[0].was_reset.is_set(), "the stream to be reset")
    provider.handler = answer_chat
    assert gateway.chat().status == 200 and len(provider.connections) == 1
    gateway.check_books()


def upload(gateway: Gateway, size: int):
    """A transcription of a file of so many bytes."""
    boundary = "--------------------------b0undary"
    start = (
        f"--{boundary}\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\ndemo\r\n--{boundary}\r\n"
        "content-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n").encode()
    body = start + os.urandom(size) + f"\r\n--{boundary}--\r\n".encode()
    return gateway.post(
        "/v1/audio/transcriptions", body,
        {"authorization": f"Bearer {gateway.key}", "content-type": f"multipart/form-data; boundary={boundary}"})


def test_an_upload_waits_for_its_provider(behind, make_provider):
    size = 48 << 20
    seen: list[Http2Exchange] = []
    goes_on = threading.Event()

    def answer(exchange: Http2Exchange) -> None:
        seen.append(exchange)
        goes_on.wait(60)
        given = 0
        while not exchange.body_ended.is_set():
            if exchange.received > given:
                given, more = exchange.received, exchange.received - given
                exchange.take_body(more)
            else:
                exchange.body_ended.wait(0.001)
        exchange.send_plain(json.dumps({"text": "Hello.", "usage": {
            "type": "tokens", "input_tokens": 11, "output_tokens": 7, "total_tokens": 18}}).encode())

    provider = make_provider(answer, heads_only=True, acknowledges=False)
    gateway: Gateway = behind(provider.base_url)
    gateway.key  # noqa: B018 - made before memory is looked at
    before = gateway.resident_bytes()
    answers = []
    caller = threading.Thread(target=lambda: answers.append(upload(gateway, size)))
    caller.start()
    until(lambda: seen and seen[0].received > 0 and quiet_for(0.5, lambda: seen[0].received), "the upload to stall")
    assert seen[0].received <= 65_535
    assert gateway.resident_bytes() - before < 24 << 20
    goes_on.set()
    caller.join(60)
    assert answers[0].status == 200 and seen[0].received > size
    assert gateway.story(answers[0]).tokens == {"input": 11, "output": 7}
    gateway.check_books()


def test_an_upload_that_the_provider_refuses_early(behind, make_provider):
    provider = make_provider(
        lambda exchange: exchange.send_plain(b'{"error":{"message":"too large"}}', status="413"), heads_only=True)
    gateway: Gateway = behind(provider.base_url)
    answer = upload(gateway, 8 << 20)
    assert answer.status == 413 and gateway.story(answer).charges == []
    provider.heads_only, provider.handler = False, answer_chat
    assert gateway.chat().status == 200 and len(provider.connections) == 1
    gateway.check_books()


def test_a_connection_that_leads_nowhere(behind, make_provider):
    """A provider that owes an answer and is quiet is asked whether it is there."""

    def answer(exchange: Http2Exchange) -> None:
        provider.is_deaf = True

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    start = time.monotonic()
    answer = gateway.chat()
    assert answer.status == 502 and errors(gateway, answer) == [("closed_before_head", 1)]
    assert 14 < time.monotonic() - start < 25 and provider.connections[0].pings == 1
    provider.is_deaf, provider.handler = False, answer_chat
    assert gateway.chat().status == 200
    gateway.check_books()


# The connection's end


def test_a_provider_that_changes_gets_a_new_connection(behind, make_provider, authority: Authority, tmp_path: Path):
    """The old one is closed after its last answer."""
    goes_on = threading.Event()

    def answer(exchange: Http2Exchange) -> None:
        if not json.loads(exchange.request.body).get("stream"):
            return answer_chat(exchange)
        exchange.begin_stream()
        exchange.send_chunk(delta("Hel"))
        goes_on.wait(20)
        exchange.end_stream(delta("lo") + delta(finish="stop") + usage_event() + DONE)

    provider = make_provider(answer)
    gateway: Gateway = behind(provider.base_url)
    with gateway.wire() as wire:
        wire.send(gateway.raw_chat({"model": "demo", "stream": True, "messages": []}))
        wire.read_until(b"Hel")
        moved = tmp_path / "moved.pem"
        moved.write_bytes(authority.certificate.read_bytes())
        gateway.apply(gateway.file.read_text().replace(str(authority.certificate), str(moved)))
        assert gateway.chat().status == 200 and len(provider.connections) == 2
        old, new = provider.connections
        assert not old.went_away.is_set()
        goes_on.set()
        wire.read_until(b"[DONE]")
    assert old.went_away.wait(10) and not new.went_away.is_set()
    gateway.check_books()


def test_a_shutdown_says_goodbye(behind, make_provider):
    provider = make_provider()
    gateway: Gateway = behind(provider.base_url)
    assert gateway.chat().status == 200
    assert gateway.stop() == 0
    assert provider.connections[0].went_away.wait(10)
