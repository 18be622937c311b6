"""What becomes of a hold: one test a line of the rule, each with its end_reason, its basis and its amount."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from harness.gateway import Answer, Gateway, data_events
from harness.governance import governance
from harness.ledger import Story
from harness.net import free_port
from harness.upstream import DONE, USAGE, Exchange, ScriptedUpstream, answer_chat, completion, delta, event, usage_event
from harness.waiting import until

FLAGS = [
    "--connect-timeout", "500ms", "--first-byte-timeout", "400ms", "--chunk-timeout", "400ms",
    "--total-timeout", "1500ms",
]
STREAM = {"model": "demo", "stream": True, "max_tokens": 100, "messages": [{"role": "user", "content": "Say hello."}]}


@pytest.fixture(scope="module")
def impatient(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with short timeouts in front of the scripted upstream."""
    server = Gateway(tmp_path_factory.mktemp("impatient"), governance(upstream.base_url), flags=FLAGS)
    yield server
    try:
        server.check_books()
        assert server.stop() == 0
    finally:
        server.close()


def call(gateway: Gateway, stream: bool = False):
    return gateway.chat({**STREAM, "stream": stream})


def check_transfers(story: Story) -> None:
    """Debits equal credits by construction; what was pending is posted or voided to the last nano-dollar."""
    def total(*kinds: str) -> int:
        return sum(row["amount_nano"] for row in story.transfers if row["kind"] in kinds)

    assert total("pending") == story.held
    assert total("post", "single") == story.total
    assert total("pending") == total("post", "void")


def expect(
    gateway: Gateway, answer, *, status: int, end_reason: str, caveat: str | None = None,
    error_class: str | None = None, basis: str,
) -> Story:
    """Checks one line of the table. `basis`: void, usage, seen or hold."""
    assert answer.status == status, answer.body
    story = gateway.story(answer)
    check_transfers(story)
    attempt = story.attempts[-1]
    assert (story.end_reason, story.caveat, attempt["error_class"]) == (end_reason, caveat, error_class)
    if basis == "void":
        assert story.charges == [] and story.outcome["total_nano"] == 0
    elif basis == "usage":
        assert story.sources == {"provider"}
        assert story.tokens == {"input": USAGE["prompt_tokens"], "output": USAGE["completion_tokens"]}
    elif basis == "seen":
        assert story.sources == {"estimated"} and story.tokens["input"] == story.request["estimated_input_tokens"]
        assert 0 < story.total < story.held
    elif basis == "hold":
        assert story.sources == {"estimated"} and story.total == story.held > 0
        assert story.tokens["output"] == story.request["held_output_tokens"] == 100
    return story


# Not dispatched: void.


def test_connection_refused_costs_nothing(make_gateway):
    gateway = make_gateway(governance(f"http://127.0.0.1:{free_port()}/v1"))
    answer = call(gateway)
    story = expect(gateway, answer, status=502, end_reason="error", error_class="connect_failed", basis="void")
    assert answer.code == "upstream_unreachable" and story.attempts[0]["dispatched"] == 0


def test_connection_that_never_comes_costs_nothing(make_gateway):
    # Documentation addresses (RFC 5737) answer nothing; some networks say so at once.
    gateway = make_gateway(governance("http://192.0.2.1:81/v1"), flags=FLAGS)
    answer = call(gateway)
    assert answer.status in (502, 504)
    story = gateway.story(answer)
    assert story.attempts[0]["error_class"] in ("connect_timeout", "connect_failed")
    assert story.attempts[0]["dispatched"] == 0 and story.charges == []


def test_missing_credential_costs_nothing(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url, credential="env:NOT_THERE"))
    before = len(upstream.requests)
    answer = call(gateway)
    expect(
        gateway, answer, status=502, end_reason="error", error_class="credential_unavailable", basis="void")
    assert answer.code == "credential_unavailable" and len(upstream.requests) == before


# A complete error of the provider: zero.


@pytest.mark.parametrize(
    "status", ["400 Bad Request", "429 Too Many Requests", "500 Internal Server Error", "529 Busy"])
def test_an_error_status_costs_nothing(impatient: Gateway, upstream: ScriptedUpstream, status: str):
    upstream.handler = lambda exchange: exchange.send_plain(b'{"error":{"message":"no"}}', status=status)
    code = int(status.split()[0])
    answer = call(impatient)
    story = expect(
        impatient, answer, status=code, end_reason="error", error_class="upstream_status", basis="void")
    assert answer.body == b'{"error":{"message":"no"}}' and story.attempts[0]["status"] == code


def test_a_refused_credential_is_the_gateways_fault(impatient: Gateway, upstream: ScriptedUpstream):
    """A provider's 401 must not tell a caller that its own key is wrong, nor show the provider's."""
    upstream.handler = lambda exchange: exchange.send_plain(
        b'{"error":{"message":"Incorrect API key provided: sk-secret"}}', status="401 Unauthorized")
    answer = call(impatient)
    expect(impatient, answer, status=502, end_reason="error", error_class="upstream_status", basis="void")
    assert answer.code == "upstream_auth_failed" and b"sk-secret" not in answer.body


def test_a_redirect_is_not_followed(impatient: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(
        b"", status="302 Found", headers={"location": f"http://127.0.0.1:{upstream.port}/elsewhere"})
    before = len(upstream.requests)
    answer = call(impatient)
    assert answer.status == 502 and answer.code == "upstream_redirect"
    assert impatient.story(answer).charges == [] and len(upstream.requests) == before + 1


@pytest.mark.parametrize("status", ["600 Beyond", "999 Request Denied"])
def test_a_status_that_is_none_costs_nothing(impatient: Gateway, upstream: ScriptedUpstream, status: str):
    """RFC 9110, section 15: as an error of the server. Told on, it could not even be written down."""
    upstream.handler = lambda exchange: exchange.send_plain(b"{}", status=status)
    answer = call(impatient)
    expect(impatient, answer, status=502, end_reason="error", error_class="upstream_status", basis="void")
    assert answer.code == "upstream_malformed"


def test_an_error_in_place_of_a_stream_costs_nothing(impatient: Gateway, upstream: ScriptedUpstream):
    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(event({"error": {"message": "overloaded", "type": "server_error"}}))
        exchange.end_stream()

    upstream.handler = send
    answer = call(impatient, stream=True)
    expect(impatient, answer, status=200, end_reason="error", error_class="error_event", basis="void")
    assert b"overloaded" in answer.body


# Usage received: posted.


@pytest.mark.parametrize("stream", [False, True])
def test_usage_is_posted(impatient: Gateway, upstream: ScriptedUpstream, stream: bool):
    upstream.handler = answer_chat
    expect(impatient, call(impatient, stream), status=200, end_reason="completed", basis="usage")


def test_usage_before_the_cut_is_posted(impatient: Gateway, upstream: ScriptedUpstream):
    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(delta("x") + delta(finish="stop") + usage_event())
        exchange.close()

    upstream.handler = send
    expect(
        impatient, call(impatient, True), status=200, end_reason="upstream_cut", error_class="closed_mid_body",
        basis="usage")


# Cut, client gone or malformed: what was seen.


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_cut_stream_costs_what_was_seen(impatient: Gateway, upstream: ScriptedUpstream, how: str):
    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        for _ in range(5):
            exchange.send_chunk(delta("word "))
        until(lambda: len(arrived) == 1, "the caller to have read")
        getattr(exchange, how)()

    arrived: list[bool] = []
    upstream.handler = send
    with impatient.wire() as wire:
        wire.send(impatient.raw_chat(STREAM))
        head = wire.read_head()
        text = b"".join(wire.read_until(b"word ") for _ in range(5))
        arrived.append(True)
        assert wire.is_closed() or wire.buffer
        text += wire.buffer
    answer = Answer(head.status, httpx.Headers(head.headers), text)
    story = expect(
        impatient, answer, status=200, end_reason="upstream_cut", caveat="usage_estimated",
        error_class="closed_mid_body", basis="seen")
    assert story.tokens["output"] in range(5, 8)
    # The caller is told inside the stream, and not with the event that means a whole answer.
    assert b"upstream_cut" in text and b"[DONE]" not in text


def test_a_cut_plain_answer_costs_what_was_seen(impatient: Gateway, upstream: ScriptedUpstream):
    def send(exchange: Exchange) -> None:
        body = completion("word " * 8, usage=None)
        exchange.send_plain(body[:-20], length=len(body))
        exchange.close()

    upstream.handler = send
    answer = call(impatient)
    expect(
        impatient, answer, status=502, end_reason="upstream_cut", caveat="usage_estimated",
        error_class="closed_mid_body", basis="seen")
    assert answer.code == "upstream_cut"


def test_an_error_inside_a_stream_costs_what_was_seen(impatient: Gateway, upstream: ScriptedUpstream):
    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(delta("some words that were made") + event({"error": {"message": "crashed"}}))
        exchange.end_stream()

    upstream.handler = send
    answer = call(impatient, stream=True)
    expect(
        impatient, answer, status=200, end_reason="error", caveat="usage_estimated", error_class="error_event",
        basis="seen")
    assert b"crashed" in answer.body


def test_a_malformed_answer_costs_what_was_seen(impatient: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(completion("word " * 8, usage=None)[:-3])
    answer = call(impatient)
    story = impatient.story(answer)
    check_transfers(story)
    assert story.caveat == "answer_malformed" and story.sources == {"estimated"} and story.total > 0
    assert story.attempts[0]["error_class"] == "malformed_response"


def test_a_stalled_stream_costs_what_was_seen(impatient: Gateway, upstream: ScriptedUpstream):
    closed = []

    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(delta("three short words"))
        closed.append(exchange.wait_for_close())

    upstream.handler = send
    answer = call(impatient, stream=True)
    expect(
        impatient, answer, status=200, end_reason="upstream_cut", caveat="usage_estimated",
        error_class="idle_timeout", basis="seen")
    assert b"upstream_timeout" in answer.body
    until(lambda: closed, "the gateway to close the connection")
    assert closed == [True]


def test_an_endless_stream_is_cut_at_the_total(impatient: Gateway, upstream: ScriptedUpstream):
    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        pause = threading.Event()
        while not pause.wait(0.1):
            exchange.send_chunk(delta("on and "))

    upstream.handler = send
    answer = call(impatient, stream=True)
    expect(
        impatient, answer, status=200, end_reason="upstream_cut", caveat="usage_estimated",
        error_class="total_timeout", basis="seen")


def test_a_client_that_leaves_a_stream_is_charged_what_was_seen(impatient: Gateway, upstream: ScriptedUpstream):
    closed = []

    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(delta("three short words"))
        closed.append(exchange.wait_for_close())

    upstream.handler = send
    with impatient.wire() as wire:
        wire.send(impatient.raw_chat(STREAM))
        request_id = wire.read_head().header("x-tollbook-request-id")
        wire.read_until(b"three")
    story = impatient.story(request_id)
    check_transfers(story)
    assert (story.end_reason, story.caveat) == ("client_gone", "client_left_early")
    assert story.attempts[0]["error_class"] == "client_gone"
    assert story.sources == {"estimated"} and 0 < story.total < story.held
    until(lambda: closed, "the provider's connection to be closed")


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_client_that_leaves_before_the_answer_is_charged_the_hold(
    impatient: Gateway, upstream: ScriptedUpstream, how: str
):
    came = threading.Event()

    def send(exchange: Exchange) -> None:
        came.set()
        exchange.wait_for_close()

    upstream.handler = send
    before = set(impatient.ledger.requests)
    with impatient.wire() as wire:
        wire.send(impatient.raw_chat({**STREAM, "stream": False}))
        assert came.wait(10)
        getattr(wire, how)()
    (number,) = until(lambda: set(impatient.ledger.requests) - before, "the request's row")
    until(lambda: impatient.ledger.story(number).outcome, "the settlement")
    story = impatient.ledger.story(number)
    check_transfers(story)
    assert story.end_reason == "client_gone" and story.caveat == "hold_posted"
    assert story.total == story.held


# Dispatched and nothing seen: the hold, as an estimate.


def test_a_timeout_after_dispatch_posts_the_hold(impatient: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.wait_for_close()
    answer = call(impatient)
    expect(
        impatient, answer, status=504, end_reason="error", caveat="hold_posted",
        error_class="first_byte_timeout", basis="hold")
    assert answer.code == "upstream_timeout"


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_closed_before_the_answer_posts_the_hold(
    impatient: Gateway, upstream: ScriptedUpstream, how: str
):
    upstream.handler = lambda exchange: getattr(exchange, how)()
    answer = call(impatient)
    expect(
        impatient, answer, status=502, end_reason="error", caveat="hold_posted",
        error_class="closed_before_head", basis="hold")
    assert answer.code == "upstream_closed"


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01\x00\x00"])
def test_an_answer_that_is_no_http_posts_the_hold(impatient: Gateway, upstream: ScriptedUpstream, garbage: bytes):
    def send(exchange: Exchange) -> None:
        exchange.send(garbage)
        exchange.close()

    upstream.handler = send
    answer = call(impatient)
    story = impatient.story(answer)
    check_transfers(story)
    assert answer.status == 502 and story.caveat == "hold_posted" and story.total == story.held


def test_a_stream_that_ends_as_if_whole_is_estimated(impatient: Gateway, upstream: ScriptedUpstream):
    def send(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.send_chunk(delta("three short words") + delta(finish="stop") + DONE)
        exchange.end_stream()

    upstream.handler = send
    answer = call(impatient, stream=True)
    expect(
        impatient, answer, status=200, end_reason="completed", caveat="usage_estimated", basis="seen")
    assert data_events(answer.body)[-1] == b"[DONE]"


def test_idle_connections_that_the_provider_closed_are_not_used(impatient: Gateway, upstream: ScriptedUpstream):
    """Keep-alive that ends between two calls costs neither of them."""
    def send(exchange: Exchange) -> None:
        answer_chat(exchange)
        exchange.close()

    upstream.handler = send
    for _ in range(10):
        answer = call(impatient)
        assert answer.status == 200
        impatient.story(answer)


def test_connections_are_kept(impatient: Gateway, upstream: ScriptedUpstream):
    upstream.handler = answer_chat
    call(impatient)
    before = upstream.connections
    for _ in range(10):
        assert call(impatient).status == 200
    # One connection an event loop at most.
    assert upstream.connections - before <= 2
