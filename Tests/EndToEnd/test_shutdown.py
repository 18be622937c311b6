"""SIGTERM: calls in progress get their time, then they are cut and settled; the exit is clean."""

import signal
import threading
import time

import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.net import Wire
from harness.upstream import DONE, ScriptedUpstream, delta, usage_event
from harness.waiting import until

STREAM = {"model": "demo", "stream": True, "max_tokens": 100, "messages": []}


def open_stream(gateway: Gateway) -> tuple[Wire, str]:
    wire = gateway.wire()
    wire.send(gateway.raw_chat(STREAM))
    request_id = wire.read_head().header("x-tollbook-request-id")
    wire.read_until(b"first")
    return wire, request_id


@pytest.fixture
def paused(make_upstream):
    """An upstream whose streams stop after one word until `go_on` is set."""
    go_on = threading.Event()

    def send(exchange):
        exchange.begin_stream()
        exchange.send_chunk(delta("first"))
        go_on.wait(60)
        exchange.send_chunk(delta(finish="stop") + usage_event() + DONE)
        exchange.end_stream()

    upstream: ScriptedUpstream = make_upstream(send)
    yield upstream, go_on
    go_on.set()


def test_streams_that_end_in_time_are_whole(make_gateway, paused):
    upstream, go_on = paused
    gateway = make_gateway(governance(upstream.base_url))
    streams = [open_stream(gateway) for _ in range(5)]
    gateway.process.send_signal(signal.SIGTERM)
    until(lambda: not gateway.is_ready(), "the gateway to say that it is going down")
    go_on.set()
    for wire, _ in streams:
        wire.read_until(b"[DONE]")
        wire.close()
    assert gateway.wait() == 0
    for _, request_id in streams:
        assert gateway.ledger.story(request_id).end_reason == "completed"
    gateway.check_books()


def test_streams_that_do_not_are_cut_and_settled(make_gateway, paused):
    upstream, _ = paused
    gateway = make_gateway(governance(upstream.base_url), flags=["--drain-timeout", "500ms"])
    streams = [open_stream(gateway) for _ in range(5)]
    begun = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - begun < 2, "the exit follows the cut at once"
    for wire, request_id in streams:
        rest = b""
        try:
            while wire.fill():
                pass
        except OSError:
            pass
        rest = wire.buffer
        assert b"[DONE]" not in rest
        story = gateway.ledger.story(request_id)
        assert story.caveat == "shutdown" and story.end_reason == "error"
        assert story.attempts[0]["error_class"] == "shutdown"
        assert story.sources == {"estimated"} and 0 < story.total < story.held
    gateway.check_books()
    # Nothing is left to recover.
    gateway.start()
    assert gateway.ledger.value("SELECT count(*) FROM outcome WHERE end_reason = 6") == 0


def test_idle_connections_do_not_hold_it_up(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url))
    idle = [gateway.wire() for _ in range(20)]
    kept = gateway.wire()
    kept.send(gateway.raw_chat({"model": "demo"}))
    assert kept.read_answer().status == 200
    gateway.process.send_signal(signal.SIGTERM)
    assert gateway.wait(10) == 0
    assert all(wire.is_closed() for wire in [*idle, kept])


def test_calls_during_the_drain_are_refused(make_gateway, paused):
    upstream, go_on = paused
    gateway = make_gateway(governance(upstream.base_url))
    kept = gateway.wire()
    wire, _ = open_stream(gateway)
    gateway.process.send_signal(signal.SIGTERM)
    until(lambda: not gateway.is_ready(), "the gateway to say that it is going down")
    # Readiness goes first, so that a balancer has stopped sending; then idle connections are closed.
    until(kept.is_closed, "the gateway to close the idle connection")
    with pytest.raises(OSError):
        gateway.wire()
    assert len(upstream.requests) == 1
    go_on.set()
    wire.read_until(b"[DONE]")
    assert gateway.wait() == 0


def test_interrupt_stops_it_as_well(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url))
    gateway.process.send_signal(signal.SIGINT)
    assert gateway.wait(15) == 0


def test_a_second_signal_stops_at_once(make_gateway, paused):
    upstream, _ = paused
    gateway = make_gateway(governance(upstream.base_url))
    _, request_id = open_stream(gateway)
    gateway.process.send_signal(signal.SIGTERM)
    until(lambda: not gateway.is_ready(), "the gateway to say that it is going down")
    gateway.process.send_signal(signal.SIGTERM)
    gateway.wait(15)
    gateway.start()
    until(lambda: gateway.ledger.story(request_id).outcome, "the settlement")
    gateway.check_books()


def test_a_start_on_the_same_directory_keeps_everything(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url))
    first = gateway.chat({"model": "demo"})
    token, revision = gateway.token, gateway.ledger.value("SELECT max(log_index) FROM route_version")
    gateway.restart()
    assert gateway.token == token
    # The same key works, the file applied again made no revision, and the first call is still there.
    assert gateway.chat({"model": "demo"}).status == 200
    assert gateway.ledger.value("SELECT max(log_index) FROM route_version") == revision
    assert gateway.ledger.story(first.request_id).end_reason == "completed"
