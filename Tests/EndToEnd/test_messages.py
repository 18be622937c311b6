"""Anthropic's messages byte by byte: what goes up and down unchanged, what each ending of a stream costs."""

import json
import re
import threading

import pytest

from harness.gateway import Gateway, cost_comments
from harness.governance import governance, hard_budget
from harness.messages import (
    CLOSE, COST, EVENTS, METERS, OPEN, OVERLOADED, PING, PRICES, START_USAGE, STOP, answer_messages, finish, message,
    send_stream, start, text)
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream
from harness.waiting import until

# Odd on purpose: spaces, numbers and unknown fields that a decoder would lose.
ODD = (
    b'{ "max_tokens":1.0e2, "messages":[{"role":"user","content":"h\\u00e9"}],\n "x_unknown":[1.50,{"a":null}],'
    b'"model":"demo","temperature":0.70 }')


@pytest.fixture(scope="module")
def relay(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    """A gateway in front of the scripted upstream as an Anthropic provider."""
    file = governance(upstream.base_url, dialect="anthropic", prices=PRICES)
    server = Gateway(tmp_path_factory.mktemp("relay"), file)
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture(autouse=True)
def ordinary(upstream: ScriptedUpstream):
    upstream.handler = answer_messages


def without_comments(body: bytes) -> bytes:
    return re.sub(rb": tollbook [^\n]*\n\n", b"", body)


def test_only_the_model_name_changes_on_the_way_up(relay: Gateway, upstream: ScriptedUpstream):
    body = ODD.replace(b"1.0e2", b"100")
    answer = relay.messages(body)
    assert answer.status == 200, answer.body
    assert upstream.last.body == body.replace(b'"demo"', b'"upstream-model"')
    assert answer.body == message()


def test_a_limit_that_is_no_plain_integer_is_refused(relay: Gateway):
    answer = relay.messages(ODD)
    assert answer.status == 400 and answer.code == "invalid_field" and answer.json["error"]["param"] == "max_tokens"


def test_headers_go_up_and_down(relay: Gateway, upstream: ScriptedUpstream):
    answer = relay.messages(headers={"anthropic-version": "2024-02-29", "anthropic-beta": "one,two", "cookie": "a=b"})
    sent = upstream.last
    assert sent.header("anthropic-version") == "2024-02-29" and sent.header("anthropic-beta") == "one,two"
    assert sent.header("x-api-key") == "sk-upstream-5f0c2b9e77aa41"
    assert sent.header("authorization") is None and sent.header("cookie") is None
    assert answer.headers["request-id"] == "req_up_1"
    assert relay.story(answer).attempts[0]["upstream_request_id"] == "req_up_1"


def test_the_query_goes_up_without_the_key(relay: Gateway, upstream: ScriptedUpstream):
    body = {"model": "demo", "max_tokens": 5, "messages": []}
    relay.post(f"/v1/messages?beta=true&key={relay.key}&x=%20", body, {})
    assert upstream.last.target == "/v1/messages?beta=true&x=%20"


def test_a_caller_without_a_version_gets_a_default(relay: Gateway, upstream: ScriptedUpstream):
    relay.post(
        "/v1/messages", {"model": "demo", "max_tokens": 5, "messages": []}, {"authorization": f"Bearer {relay.key}"})
    assert upstream.last.header("anthropic-version") == "2023-06-01"


@pytest.mark.parametrize("suffix", ["", "/v1", "/v1/"])
def test_the_base_url_may_stop_before_v1(upstream: ScriptedUpstream, make_gateway, suffix: str):
    base = upstream.base_url.removesuffix("/v1") + suffix
    gateway = make_gateway(governance(base, dialect="anthropic"))
    assert gateway.messages().status == 200
    assert upstream.last.target == "/v1/messages"


def test_a_plain_answer_is_charged_by_disjoint_meters(relay: Gateway):
    answer = relay.messages()
    story = relay.story(answer)
    assert story.tokens == METERS and story.total == COST
    assert story.sources == {"provider"} and story.caveat is None
    assert json.loads(story.attempts[0]["raw_usage"]) == json.loads(answer.body)["usage"]


def test_a_stream_is_passed_on_unchanged_and_charged_the_same(relay: Gateway):
    answer = relay.messages(stream=True)
    comments = cost_comments(answer.body)
    assert without_comments(answer.body) == b"".join(EVENTS)
    # Cost, then the terminal event, then nothing.
    assert len(comments) == 1 and answer.body.endswith(comments[0] + STOP)
    story = relay.story(answer)
    assert story.tokens == METERS and story.total == COST and story.caveat is None
    whole, decimals = re.search(rb"(\d+)\.(\d{9})", comments[0]).groups()
    assert int(whole) * 10**9 + int(decimals) == COST
    raw = json.loads(story.attempts[0]["raw_usage"])
    assert raw["message_start"] == START_USAGE and raw["message_delta"]["output_tokens"] == 25


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64])
def test_pieces_of_any_size_make_the_same_stream(relay: Gateway, upstream: ScriptedUpstream, size: int):
    whole = b"".join(EVENTS)
    upstream.handler = send_stream(*[whole[at : at + size] for at in range(0, len(whole), size)])
    answer = relay.messages(stream=True)
    assert without_comments(answer.body) == whole and relay.story(answer).tokens == METERS


def test_line_ends_with_carriage_returns(relay: Gateway, upstream: ScriptedUpstream):
    whole = b"".join(EVENTS).replace(b"\n", b"\r\n")
    upstream.handler = send_stream(whole)
    answer = relay.messages(stream=True)
    assert without_comments(answer.body) == whole and relay.story(answer).tokens == METERS


def test_running_totals_replace_the_first(relay: Gateway, upstream: ScriptedUpstream):
    """Server tools read more than the prompt: message_delta tells the whole again."""
    totals = {"input_tokens": 900, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 7, "output_tokens": 5}
    first = {"input_tokens": 30, "cache_read_input_tokens": 2, "output_tokens": 1}
    upstream.handler = send_stream(
        start(first), OPEN, text("a"), finish({**totals, "output_tokens": 3}, reason=None), finish(totals), STOP)
    assert relay.story(relay.messages(stream=True)).tokens == {"input": 900, "cache_read": 7, "output": 5}


def test_the_terminal_event_waits_for_the_settlement(relay: Gateway):
    for _ in range(20):
        with relay.wire() as wire:
            body = {"model": "demo", "max_tokens": 5, "stream": True, "messages": []}
            raw = relay.raw_chat(body).replace(b"/v1/chat/completions", b"/v1/messages", 1)
            wire.send(raw)
            request_id = wire.read_head().header("x-tollbook-request-id")
            wire.read_until(b"message_stop")
            assert relay.ledger.story(request_id).end_reason == "completed"


def test_pings_arrive_while_the_model_thinks(relay: Gateway, upstream: ScriptedUpstream):
    go_on = threading.Event()

    def handle(exchange):
        exchange.begin_stream()
        exchange.send_chunk(start() + PING)
        assert go_on.wait(20)
        exchange.send_chunk(b"".join(EVENTS[2:]))
        exchange.end_stream()

    upstream.handler = handle
    body = {"model": "demo", "max_tokens": 5, "stream": True, "messages": []}
    with relay.wire() as wire:
        wire.send(relay.raw_chat(body).replace(b"/v1/chat/completions", b"/v1/messages", 1))
        wire.read_until(b"event: ping")
        go_on.set()
        wire.read_until(b"message_stop")


# How streams end: reported input stays the provider's, only the answer is estimated.

PROMPT = {name: METERS[name] for name in ("input", "cache_read", "cache_write_5m", "cache_write_1h")}


def estimated(story) -> dict[str, int]:
    return {c["meter"]: c["quantity"] for c in story.charges if c["usage_source"] == "estimated"}


def reported(story) -> dict[str, int]:
    return {c["meter"]: c["quantity"] for c in story.charges if c["usage_source"] == "provider"}


def test_a_cut_stream_is_estimated_from_what_was_seen(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(start(), OPEN, *[text("word ")] * 8, cut=True)
    answer = relay.messages(stream=True)
    # Told in the stream, in the caller's form, without a terminal event.
    last = answer.body.split(b"\n\n")[-2]
    assert last.startswith(b"event: error\ndata: ") and STOP not in answer.body
    error = json.loads(last.removeprefix(b"event: error\ndata: "))
    assert error["type"] == "error" and error["error"]["type"] == "api_error"
    assert error["error"]["code"] == "upstream_cut" and error["request_id"] == answer.request_id
    story = relay.story(answer)
    assert story.end_reason == "upstream_cut" and story.caveat == "usage_estimated"
    assert reported(story) == PROMPT and estimated(story) == {"output": 10}  # 40 bytes


def test_a_stream_cut_behind_its_totals_is_charged_by_them(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(*EVENTS[:-1], cut=True)
    story = relay.story(relay.messages(stream=True))
    assert story.tokens == METERS and story.end_reason == "upstream_cut"


def test_a_stream_without_its_terminal_event(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(*EVENTS[:-1])
    story = relay.story(relay.messages(stream=True))
    assert (story.end_reason, story.caveat) == ("completed", "no_terminal_event") and story.tokens == METERS


def test_a_stream_without_usage_is_estimated(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(start(None), OPEN, text("12345678"), text("1"), CLOSE, finish(None), STOP)
    story = relay.story(relay.messages(stream=True))
    assert (story.end_reason, story.caveat) == ("completed", "usage_estimated")
    assert estimated(story) == {"input": story.request["estimated_input_tokens"], "output": 3}
    assert reported(story) == {}


def test_a_stream_without_the_answers_usage_keeps_the_prompts(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(start(), OPEN, text("12345678"), CLOSE, finish(None), STOP)
    story = relay.story(relay.messages(stream=True))
    assert story.caveat == "usage_estimated" and reported(story) == PROMPT and estimated(story) == {"output": 2}


def test_an_error_event_ends_the_stream(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(start(), OPEN, text("1234"), OVERLOADED)
    answer = relay.messages(stream=True)
    assert OVERLOADED in answer.body and STOP not in answer.body
    story = relay.story(answer)
    assert (story.end_reason, story.caveat) == ("error", "usage_estimated")
    assert story.attempts[0]["error_class"] == "error_event"
    assert reported(story) == PROMPT and estimated(story) == {"output": 1}


def test_an_error_event_in_place_of_an_answer_costs_nothing(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(OVERLOADED)
    story = relay.story(relay.messages(stream=True))
    assert story.end_reason == "error" and story.charges == []


def test_a_client_that_leaves_pays_what_was_seen(relay: Gateway, upstream: ScriptedUpstream):
    gone = []

    def handle(exchange):
        exchange.begin_stream()
        exchange.send_chunk(start() + OPEN + text("12345678"))
        gone.append(exchange.wait_for_close())

    upstream.handler = handle
    body = {"model": "demo", "max_tokens": 5, "stream": True, "messages": []}
    with relay.wire() as wire:
        wire.send(relay.raw_chat(body).replace(b"/v1/chat/completions", b"/v1/messages", 1))
        request_id = wire.read_head().header("x-tollbook-request-id")
        wire.read_until(b"12345678")
    story = relay.story(request_id)
    assert (story.end_reason, story.caveat) == ("client_gone", "client_left_early")
    assert reported(story) == PROMPT and estimated(story) == {"output": 2}
    until(lambda: gone == [True], "the provider's connection to be closed")


def test_an_answer_cut_before_anything_posts_the_hold(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.close()
    answer = relay.messages()
    assert answer.status == 502 and answer.code == "upstream_closed" and answer.json["type"] == "error"
    story = relay.story(answer)
    assert story.caveat == "hold_posted" and story.total == story.held > 0


def test_a_plain_answer_without_usage_is_estimated(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(message("x" * 40, usage={}))
    story = relay.story(relay.messages())
    assert story.caveat == "usage_estimated" and estimated(story)["output"] == 10


def test_advice_of_another_model_is_not_counted_and_says_so(relay: Gateway, upstream: ScriptedUpstream):
    usage = {"input_tokens": 10, "output_tokens": 4, "iterations": [
        {"type": "message", "input_tokens": 10, "output_tokens": 4},
        {"type": "advisor_message", "model": "another", "input_tokens": 2_000, "output_tokens": 90}]}
    upstream.handler = lambda exchange: exchange.send_plain(message(usage=usage))
    story = relay.story(relay.messages())
    assert story.tokens == {"input": 10, "output": 4} and story.caveat == "usage_uncounted"


def test_an_error_body_in_a_success_is_an_error(relay: Gateway, upstream: ScriptedUpstream):
    error = b'{"type":"error","error":{"type":"api_error","message":"Internal"}}'
    upstream.handler = lambda exchange: exchange.send_plain(error)
    answer = relay.messages()
    assert answer.body == error
    assert relay.story(answer).end_reason == "error"


# Counting

def test_counting_makes_a_row_and_no_charge_even_without_a_price(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(
        governance(upstream.base_url, dialect="anthropic", prices=None, budgets=[hard_budget(1_000)]))
    seen = []

    def look(exchange):
        # In flight: open without a hold, and the books are right even now.
        seen.append(gateway.ledger.open_holds)
        answer_messages(exchange)

    upstream.handler = look
    answer = gateway.messages(path="/v1/messages/count_tokens")
    assert answer.status == 200 and answer.json == {"input_tokens": 2095} and seen == [1]
    story = gateway.story(answer)
    assert story.charges == [] and story.transfers == [] and story.caveat is None
    assert gateway.messages().code == "unpriced_model"
    gateway.check_books()


def test_a_count_that_is_cut_costs_nothing(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.close()
    story = relay.story(relay.messages(path="/v1/messages/count_tokens"))
    assert story.charges == [] and story.end_reason == "error"


def test_a_count_open_at_a_crash_costs_nothing(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(governance(upstream.base_url, dialect="anthropic"))
    reached = threading.Event()

    def hang(exchange):
        reached.set()
        exchange.wait_for_close()

    upstream.handler = hang
    with gateway.wire() as wire:
        raw = gateway.raw_chat({"model": "demo", "messages": []})
        wire.send(raw.replace(b"/v1/chat/completions", b"/v1/messages/count_tokens", 1))
        assert reached.wait(20)
        gateway.kill()
    upstream.handler = answer_messages
    gateway.start()
    story = gateway.ledger.story(gateway.ledger.requests[-1])
    assert story.end_reason == "recovered" and story.total == 0
    gateway.check_books()


# Providers of both dialects

@pytest.fixture(scope="module")
def mixed(upstream: ScriptedUpstream, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """Routes to OpenAI only, to Anthropic only, and to both."""
    file = governance(
        upstream.base_url, dialect="anthropic",
        extra_providers=[
            {"name": "open", "dialect": "openai", "base_url": simulator.base_url, "credential": "env:UPSTREAM_KEY"}],
        deployments=[
            {"name": "claude-d", "provider": "up", "model": "upstream-model"},
            {"name": "gpt-d", "provider": "open", "model": "gpt"}],
        routes=[
            {"name": "claude", "strategy": "priority", "targets": ["claude-d"]},
            {"name": "gpt", "strategy": "priority", "targets": ["gpt-d"]},
            {"name": "both", "strategy": "priority", "targets": ["gpt-d", "claude-d"]}])
    server = Gateway(tmp_path_factory.mktemp("mixed"), file)
    yield server
    try:
        server.check_books()
    finally:
        server.close()


def test_the_order_of_a_route_decides_whatever_its_targets_speak(mixed: Gateway, simulator: Simulator):
    calls = simulator.calls
    answer = mixed.messages(model="both")
    assert answer.status == 200 and json.loads(answer.body)["type"] == "message" and simulator.calls == calls + 1
    reasons = [d["reason"] for d in mixed.story(answer).decisions if d["stage"] == "plan"]
    assert reasons == ["target_chosen"]
    assert mixed.chat(model="both").json["object"] == "chat.completion"


def test_a_prices_gap_elsewhere_does_not_matter(mixed: Gateway):
    """The route's first target has no price; a call that it cannot serve is priced all the same."""
    answer = mixed.messages(model="both", stop_sequences=list("abcde"))
    story = mixed.story(answer)
    reasons = [d["reason"] for d in story.decisions if d["stage"] == "plan"]
    assert reasons == ["untranslatable_field", "target_chosen"] and story.held > 0
    assert {c["meter"]: c["price_id"] is not None for c in story.charges if c["meter"] in ("input", "output")} == {
        "input": True, "output": True}


def test_the_built_in_provider_speaks_both(make_gateway):
    file = governance("http://unused.example")
    file["providers"] = [{"name": "up", "dialect": "simulated"}]
    gateway = make_gateway(file)
    assert gateway.chat().json["object"] == "chat.completion"
    answer = gateway.messages(sim="prompt=9,completion=3")
    assert answer.json["type"] == "message" and gateway.story(answer).tokens == {"input": 9, "output": 3}
    assert gateway.messages(path="/v1/messages/count_tokens").json["input_tokens"] > 0
    gateway.check_books()
