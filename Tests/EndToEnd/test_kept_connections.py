"""Connections to providers that are kept between calls: they are dropped in time, and a call that meets the end of one
is sent again where the provider cannot have read it."""

import threading
import time

import pytest

from harness.gateway import Answer, Gateway, data_events
from harness.governance import governance, hard_budget
from harness.load import at_once
from harness.upstream import Exchange, ScriptedUpstream, answer_chat, completion
from harness.uploads import END, FILE, HEAD, PREFIX, Upload, answer_whole, uploading

MESSAGES = [{"role": "user", "content": "Say hello."}]
# 11 tokens in and 7 out.
COST = 11 * 1_000 + 7 * 2_000


@pytest.fixture(scope="module")
def kept(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    """A gateway of one event loop, so that calls one after the other share a connection."""
    server = Gateway(
        tmp_path_factory.mktemp("kept"), governance(upstream.base_url, budgets=[hard_budget(10**9)]),
        flags=["--event-loops", "1"])
    yield server
    try:
        server.check_books()
        assert server.stop() == 0
    finally:
        server.close()


def call(gateway: Gateway, kind: str = "plain") -> Answer:
    if kind == "translated":
        return gateway.post(
            "/v1/messages", {"model": "demo", "max_tokens": 100, "messages": MESSAGES},
            {"authorization": f"Bearer {gateway.key}"})
    return gateway.chat({"model": "demo", "max_tokens": 100, "messages": MESSAGES, "stream": kind == "stream"})


def attempts(gateway: Gateway, answer: Answer) -> list[tuple]:
    """How the attempts of a call ended, and whether they were sent."""
    return [(attempt["error_class"], attempt["dispatched"]) for attempt in gateway.story(answer).attempts]


class FirstConnection:
    """Answers the first call, and does something else with what comes after it on the same connection."""

    def __init__(self, upstream: ScriptedUpstream, deed, answer=answer_chat):
        self.deed, self.answer = deed, answer
        self.wire = None
        self.before = len(upstream.requests)
        upstream.handler = self.handle

    def handle(self, exchange: Exchange) -> None:
        if self.wire is exchange.wire:
            return self.deed(exchange)
        self.wire = self.wire or exchange.wire
        self.answer(exchange)


def fresh(gateway: Gateway, upstream: ScriptedUpstream) -> None:
    """Leaves no connection between the two."""
    upstream.handler = lambda exchange: exchange.send_plain(completion(), headers={"connection": "close"})
    assert call(gateway).status == 200


# A provider that closes between calls


@pytest.mark.parametrize("how", ["close", "reset"])
def test_no_call_notices_a_connection_that_was_closed(kept: Gateway, upstream: ScriptedUpstream, how: str):
    """Whether the end comes before, with or after the next request."""

    def answer(exchange: Exchange) -> None:
        answer_chat(exchange)
        time.sleep(len(upstream.requests) % 5 / 1_000)
        getattr(exchange, how)()

    fresh(kept, upstream)
    upstream.handler = answer
    for _ in range(60):
        answer = call(kept)
        assert answer.status == 200, answer.body
        assert attempts(kept, answer) in ([(None, 1)], [("closed_idle", 1), (None, 1)])
        assert kept.story(answer).total == COST
    # None is left for the next test.
    fresh(kept, upstream)


@pytest.mark.parametrize("kind", ["plain", "stream", "translated"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_request_that_crosses_the_end_is_sent_again(kept: Gateway, upstream: ScriptedUpstream, kind: str, how: str):
    fresh(kept, upstream)
    first = FirstConnection(upstream, lambda exchange: getattr(exchange, how)())
    assert call(kept, kind).status == 200
    answer = call(kept, kind)
    assert answer.status == 200 and answer.headers["x-tollbook-attempts"] == "2"
    assert kind != "stream" or data_events(answer.body)[-1] == b"[DONE]"
    once, again = upstream.requests[-2:]
    assert len(upstream.requests) == first.before + 3
    assert (once.start, once.headers, once.body) == (again.start, again.headers, again.body)
    # The first costs nothing; both stand under the same hold.
    story = kept.story(answer)
    assert [(row["error_class"], row["dispatched"], row["status"]) for row in story.attempts] == [
        ("closed_idle", 1, None), (None, 1, 200)]
    assert {charge["attempt_ordinal"] for charge in story.charges} == {1} and story.sources == {"provider"}
    assert story.total == COST and story.end_reason == "completed" and story.caveat is None
    assert sum(row["kind"] == "pending" for row in story.transfers) == 1
    assert kept.ledger.budget()["held_nano"] == 0


# Where it is not sent again


@pytest.mark.parametrize("how", ["close", "reset"])
def test_on_a_new_connection_it_is_sent_once(kept: Gateway, upstream: ScriptedUpstream, how: str):
    fresh(kept, upstream)
    before = len(upstream.requests)
    upstream.handler = lambda exchange: getattr(exchange, how)()
    answer = call(kept)
    assert (answer.status, answer.code) == (502, "upstream_closed")
    assert len(upstream.requests) == before + 1
    assert attempts(kept, answer) == [("closed_before_head", 1)]
    story = kept.story(answer)
    assert story.caveat == "hold_posted" and story.total == story.held > 0


@pytest.mark.parametrize("how", ["close", "reset"])
def test_it_is_sent_again_once(kept: Gateway, upstream: ScriptedUpstream, how: str):
    fresh(kept, upstream)
    upstream.handler = answer_chat
    assert call(kept).status == 200
    before = len(upstream.requests)
    upstream.handler = lambda exchange: getattr(exchange, how)()
    answer = call(kept)
    assert (answer.status, answer.code) == (502, "upstream_closed")
    assert len(upstream.requests) == before + 2
    assert attempts(kept, answer) == [("closed_idle", 1), ("closed_before_head", 1)]
    # The hold is charged for the second attempt, and once.
    story = kept.story(answer)
    assert {charge["attempt_ordinal"] for charge in story.charges} == {1}
    assert story.caveat == "hold_posted" and story.total == story.held > 0


@pytest.mark.parametrize(
    "deed",
    [
        lambda exchange: (time.sleep(1.2), exchange.close()),
        lambda exchange: (exchange.send(b"H"), exchange.close()),
        lambda exchange: (exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n"), exchange.close()),
    ],
    ids=["late", "a byte", "an interim answer"])
def test_what_the_provider_may_have_read_is_not_sent_again(kept: Gateway, upstream: ScriptedUpstream, deed):
    fresh(kept, upstream)
    first = FirstConnection(upstream, deed)
    assert call(kept).status == 200
    answer = call(kept)
    assert (answer.status, answer.code) == (502, "upstream_closed")
    assert len(upstream.requests) == first.before + 2
    assert attempts(kept, answer) == [("closed_before_head", 1)]
    assert kept.story(answer).caveat == "hold_posted"


def test_an_upload_is_not_sent_again(make_gateway):
    with ScriptedUpstream(answer_whole, heads_only=True) as sink:
        gateway: Gateway = make_gateway(uploading(sink.base_url), flags=["--event-loops", "1"])

        def cut(exchange: Exchange) -> None:
            next(exchange.pieces())
            exchange.close()

        FirstConnection(sink, cut, answer_whole)
        body = HEAD + FILE + bytes(2 * PREFIX) + END
        for status in (200, 502):
            upload = Upload(gateway, len(body))
            upload.send(body)
            assert upload.wire.read_answer().status == status
        assert len(sink.requests) == 2
        gateway.check_books()


# Where the provider is gone


def test_the_next_target_is_tried_when_the_provider_is_gone(make_gateway, make_upstream):
    going, other = make_upstream(), make_upstream()
    file = governance(
        going.base_url, extra_providers=[{
            "name": "spare", "dialect": "openai", "base_url": other.base_url, "credential": "env:UPSTREAM_KEY"}],
        deployments=[
            {"name": "up-d", "provider": "up", "model": "upstream-model", "max_output": 4096},
            {"name": "spare-d", "provider": "spare", "model": "upstream-model", "max_output": 4096}],
        routes=[{"name": "demo", "strategy": "priority", "targets": ["up-d", "spare-d"]}])
    gateway: Gateway = make_gateway(file, flags=["--event-loops", "1"])
    assert call(gateway).status == 200
    going.handler = lambda exchange: (going.refuse(), exchange.close())
    answer = call(gateway)
    assert answer.status == 200 and len(other.requests) == 1
    assert attempts(gateway, answer) == [("closed_idle", 1), ("connect_failed", 0), (None, 1)]
    gateway.check_books()


# How long they are kept


def test_idle_connections_are_dropped_before_the_provider_does(kept: Gateway, upstream: ScriptedUpstream):
    """After 4 s, or a second before the time that the provider tells; where it tells one second, after half of it."""
    told = ["timeout=0", "timeout=1", "max=7, timeout=2", "timeout=600", None]
    seconds: dict[str | None, float] = {}
    gate, lock = threading.Barrier(len(told)), threading.Lock()

    def answer(exchange: Exchange) -> None:
        with lock:
            value = told[len(seconds)]
            seconds[value] = -1
        gate.wait(20)
        exchange.send_plain(completion(), headers={"keep-alive": value} if value else None)
        start = time.monotonic()
        assert exchange.wait_for_close()
        seconds[value] = time.monotonic() - start

    fresh(kept, upstream)
    upstream.handler = answer
    assert {each.status for each in at_once(len(told), lambda _: call(kept))} == {200}
    deadline = time.monotonic() + 8
    while min(seconds.values()) < 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    least = {"timeout=0": 0, "timeout=1": 0.45, "max=7, timeout=2": 0.95, "timeout=600": 3.95, None: 3.95}
    most = {"timeout=0": 0.4, "timeout=1": 0.95, "max=7, timeout=2": 1.9, "timeout=600": 4.9, None: 4.9}
    assert all(least[value] <= seconds[value] <= most[value] for value in told), seconds
    assert kept.metrics()['tollbook_upstream_connections{state="idle"}'] == 0
