"""Streams: metered whatever the caller asked for, settled before their end is told, never buffered without bound."""

import re
import threading
import time

import pytest

from harness.gateway import Gateway, cost_comments, data_events
from harness.governance import governance
from harness.simulator import Simulator
from harness.upstream import DONE, ScriptedUpstream, answer_chat, completion, delta, usage_event
from harness.waiting import until

STREAM = {"model": "demo", "stream": True, "messages": [{"role": "user", "content": "Say hello."}]}


@pytest.fixture(autouse=True)
def ordinary(upstream: ScriptedUpstream):
    upstream.handler = answer_chat


def nano(comment: bytes) -> int:
    """The amount in a cost comment, in nano-dollars."""
    whole, decimals = re.search(rb"(\d+)\.(\d{9})", comment).groups()
    return int(whole) * 10**9 + int(decimals)


def test_cost_is_told_before_the_terminal_event(gateway: Gateway):
    answer = gateway.chat(stream=True, sim="prompt=40,completion=6")
    assert data_events(answer.body)[-1] == b"[DONE]"
    comments = cost_comments(answer.body)
    assert len(comments) == 1 and answer.body.endswith(comments[0] + DONE)
    assert nano(comments[0]) == 40 * 1_000 + 6 * 2_000 == gateway.ledger.story(answer.request_id).total


def test_the_settlement_is_durable_before_the_terminal_event(scripted: Gateway):
    """The moment the last bytes are here the row is there: nobody waits for it."""
    for _ in range(20):
        with scripted.wire() as wire:
            wire.send(scripted.raw_chat(STREAM))
            request_id = wire.read_head().header("x-tollbook-request-id")
            wire.read_until(b"[DONE]")
            assert scripted.ledger.story(request_id).end_reason == "completed"


def test_the_settlement_is_durable_before_a_plain_answer(scripted: Gateway):
    for _ in range(20):
        with scripted.wire() as wire:
            wire.send(scripted.raw_chat({**STREAM, "stream": False}))
            head = wire.read_head()
            assert scripted.ledger.story(head.header("x-tollbook-request-id")).end_reason == "completed"
            wire.read_body(head, is_answer=True)


def test_the_hold_is_durable_before_the_call_goes_out(scripted: Gateway, upstream: ScriptedUpstream):
    seen = []

    def look(exchange):
        # No wait: whatever is not committed now was sent without a row.
        seen.append((scripted.ledger.unsettled, scripted.ledger.open_holds))
        answer_chat(exchange)

    upstream.handler = look
    answer = scripted.chat(max_tokens=10)
    number = scripted.ledger.story(answer.request_id).request["id"]
    assert seen == [([number], 1)]


def test_words_arrive_while_the_answer_is_still_made(scripted: Gateway, upstream: ScriptedUpstream):
    go_on = threading.Event()

    def send(exchange):
        exchange.begin_stream()
        exchange.send_chunk(delta("first"))
        assert go_on.wait(20)
        exchange.send_chunk(delta(finish="stop") + usage_event() + DONE)
        exchange.end_stream()

    upstream.handler = send
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(STREAM))
        wire.read_until(b"first")
        go_on.set()
        wire.read_until(b"[DONE]")


@pytest.mark.parametrize(
    ("directives", "end_reason", "caveat", "sources"),
    [
        ("prompt=9,completion=8", "completed", None, {"provider"}),
        ("completion=8,fault=no_usage", "completed", "usage_estimated", {"estimated"}),
        ("prompt=9,completion=8,usage=finish", "completed", None, {"provider"}),
        ("prompt=9,completion=8,usage=every", "completed", None, {"provider"}),
        ("prompt=9,completion=8,fault=no_finish", "completed", None, {"provider"}),
        ("prompt=9,completion=8,fault=clean_close_no_done", "completed", "no_terminal_event", {"provider"}),
        ("prompt=9,completion=8,fault=malformed_json", "completed", "answer_malformed", {"provider"}),
        ("prompt=9,completion=8,fault=drip", "completed", None, {"provider"}),
    ])
def test_how_streams_end(gateway: Gateway, directives: str, end_reason: str, caveat: str | None, sources: set[str]):
    story = gateway.story(gateway.chat(stream=True, sim=directives))
    assert (story.end_reason, story.caveat, story.sources) == (end_reason, caveat, sources)
    # Estimated: a token a chunk, or one for four bytes, whichever is more.
    assert story.tokens["output"] == 8 if sources == {"provider"} else 8 <= story.tokens["output"] <= 16


def test_a_stream_without_usage_and_end_is_estimated(gateway: Gateway):
    story = gateway.story(gateway.chat(stream=True, sim="completion=8,fault=clean_close_no_finish"))
    assert story.sources == {"estimated"} and story.caveat in ("usage_estimated", "no_terminal_event")
    assert 8 <= story.tokens["output"] <= 16
    assert story.tokens["input"] == story.request["estimated_input_tokens"]


def test_first_token_and_head_have_times(gateway: Gateway):
    attempt = gateway.story(gateway.chat(stream=True, sim="completion=5,latency_ms=60,tps=100")).attempts[0]
    assert 50_000 <= attempt["head_after_micros"] <= attempt["first_token_after_micros"] < attempt["ended_after_micros"]


def test_leaving_after_the_terminal_event_is_completed(scripted: Gateway, upstream: ScriptedUpstream):
    """The connection's end may come late; the answer was whole."""
    held = threading.Event()

    def send(exchange):
        exchange.begin_stream()
        exchange.send_chunk(delta("x") + delta(finish="stop") + usage_event() + DONE)
        held.wait(5)
        exchange.end_stream()

    upstream.handler = send
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(STREAM))
        request_id = wire.read_head().header("x-tollbook-request-id")
        wire.read_until(b"[DONE]")
        wire.reset()
    held.set()
    assert scripted.story(request_id).end_reason == "completed"


def test_a_connection_serves_others_once_its_stream_has_ended(make_gateway, make_upstream):
    """Its end may come behind the terminal event: a call before that makes a connection of its own."""
    upstream: ScriptedUpstream = make_upstream()
    gateway: Gateway = make_gateway(governance(upstream.base_url))
    ends, ended = threading.Event(), threading.Event()

    def late(exchange):
        exchange.begin_stream()
        exchange.send_chunk(delta("x") + delta(finish="stop") + usage_event() + DONE)
        ends.wait(10)
        exchange.end_stream()
        ended.set()

    upstream.handler = late
    assert gateway.chat(STREAM).status == 200
    # The other one is closed by the provider.
    upstream.handler = lambda exchange: (
        ends.set(), ended.wait(10),
        exchange.send_plain(completion(), headers={"connection": "close"}), exchange.close())
    assert gateway.chat().status == 200 and upstream.connections == 2
    upstream.handler = answer_chat
    assert gateway.chat().status == 200 and upstream.connections == 2
    gateway.check_books()


def test_a_slow_reader_holds_bounded_memory(scripted: Gateway, upstream: ScriptedUpstream):
    """A caller that does not read stops its provider; when it reads on it gets everything."""
    piece = delta("x" * 16_000)
    count = 4_000
    sent = [0]

    def send(exchange):
        exchange.begin_stream()
        for _ in range(count):
            exchange.send_chunk(piece)
            sent[0] += 1
        exchange.send_chunk(delta(finish="stop") + usage_event() + DONE)
        exchange.end_stream()

    upstream.handler = send
    before = scripted.resident_bytes()
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(STREAM))
        wire.read_head()

        def stalled() -> bool:
            first = sent[0]
            time.sleep(0.5)
            return first == sent[0] > 0

        until(stalled, "the provider to be slowed down", seconds=30)
        assert sent[0] < count, "nothing held the provider back"
        assert scripted.resident_bytes() - before < 24 * 1024 * 1024
        total = 0
        while (chunk := wire.read_chunk()) is not None:
            total += len(chunk)
    assert total > count * len(piece)


def test_two_hundred_streams_at_once(gateway: Gateway, simulator: Simulator):
    from harness.load import at_once

    simulator.reset()
    answers = at_once(200, lambda _: gateway.chat(stream=True, sim="prompt=10,completion=20,tps=200"))
    assert {answer.status for answer in answers} == {200}
    assert simulator.calls == 200
    stories = [gateway.ledger.story(answer.request_id) for answer in answers]
    assert sum(story.total for story in stories) == 200 * (10 * 1_000 + 20 * 2_000)
