"""OpenAI responses byte by byte: what goes up and down unchanged, what each ending of a stream costs."""

import json
import re
import threading

import pytest

from harness.gateway import Gateway, cost_comments
from harness.governance import governance, hard_budget
from harness.messages import send_stream
from harness.responses import (
    COST, EVENTS, METERS, PRICES, REASONING, USAGE, Events, answer_responses, message, respond, response, search,
    stream)
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream
from harness.waiting import until

# Odd on purpose: spaces, numbers and unknown fields that a decoder would lose.
ODD = (
    b'{ "max_output_tokens":100, "input":[{"role":"user","content":"h\\u00e9"}],\n "x_unknown":[1.50,{"a":null}],'
    b'"previous_response_id":"resp_0","store":false,"conversation":{"id":"conv_1"},"model":"demo","top_p":0.70 }')


@pytest.fixture(scope="module")
def relay(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    """A gateway in front of the scripted upstream."""
    server = Gateway(tmp_path_factory.mktemp("relay"), governance(upstream.base_url, prices=PRICES))
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture(autouse=True)
def ordinary(upstream: ScriptedUpstream):
    before = upstream.handler
    upstream.handler = answer_responses
    yield
    upstream.handler = before


def without_comments(body: bytes) -> bytes:
    return re.sub(rb": tollbook [^\n]*\n\n", b"", body)


def estimated(story) -> dict[str, int]:
    return {c["meter"]: c["quantity"] for c in story.charges if c["usage_source"] == "estimated"}


def answering(upstream: ScriptedUpstream, *items: dict, **more: object) -> None:
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps(response(*items, **more)).encode())


# Up and down

def test_only_the_model_name_changes_on_the_way_up(relay: Gateway, upstream: ScriptedUpstream):
    answer = respond(relay, ODD)
    assert answer.status == 200, answer.body
    assert upstream.last.target == "/v1/responses"
    assert upstream.last.body == ODD.replace(b'"demo"', b'"upstream-model"')
    assert answer.json == response(message("Hello"))
    assert answer.headers["x-request-id"] == "req_up_1"


def test_a_plain_answer_is_charged_by_disjoint_meters(relay: Gateway):
    story = relay.story(respond(relay))
    assert story.request["endpoint"] == "responses" and story.request["dialect"] == "openai-responses"
    assert story.tokens == METERS and story.total == COST
    assert story.sources == {"provider"} and story.caveat is None and story.end_reason == "completed"
    assert json.loads(story.attempts[0]["raw_usage"]) == USAGE
    assert story.attempts[0]["upstream_request_id"] == "req_up_1"


def test_a_stream_is_passed_on_unchanged_and_charged_the_same(relay: Gateway, upstream: ScriptedUpstream):
    answer = respond(relay, stream=True)
    comments = cost_comments(answer.body)
    assert without_comments(answer.body) == b"".join(EVENTS)
    # Cost, then the terminal event, then nothing.
    assert len(comments) == 1 and answer.body.endswith(comments[0] + EVENTS[-1])
    assert json.loads(upstream.last.body) == {"model": "upstream-model", "input": "Say hello.", "stream": True}
    story = relay.story(answer)
    assert story.tokens == METERS and story.total == COST and story.caveat is None
    assert story.request["stream"] == 1 and json.loads(story.attempts[0]["raw_usage"]) == USAGE
    whole, decimals = re.search(rb"(\d+)\.(\d{9})", comments[0]).groups()
    assert int(whole) * 10**9 + int(decimals) == COST


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64])
def test_pieces_of_any_size_make_the_same_stream(relay: Gateway, upstream: ScriptedUpstream, size: int):
    whole = b"".join(EVENTS)
    upstream.handler = send_stream(*[whole[at : at + size] for at in range(0, len(whole), size)])
    answer = respond(relay, stream=True)
    assert without_comments(answer.body) == whole and relay.story(answer).tokens == METERS


def test_names_behind_the_data_and_types_behind_the_rest(relay: Gateway, upstream: ScriptedUpstream):
    """As one server sends them: the event's name after its data, its type after its response."""
    turned = []
    for event in EVENTS:
        name, data = event.decode().strip().split("\n")
        payload = json.loads(data.removeprefix("data: "))
        turned.append(f"data: {json.dumps(dict(reversed(payload.items())))}\n{name}\n\n".encode())
    upstream.handler = send_stream(*turned)
    answer = respond(relay, stream=True)
    assert without_comments(answer.body) == b"".join(turned) and relay.story(answer).tokens == METERS


def test_the_terminal_event_waits_for_the_settlement(relay: Gateway):
    for _ in range(20):
        with relay.wire() as wire:
            raw = relay.raw_chat({"model": "demo", "stream": True, "input": "Hi"})
            wire.send(raw.replace(b"/v1/chat/completions", b"/v1/responses", 1))
            request_id = wire.read_head().header("x-tollbook-request-id")
            wire.read_until(b"event: response.completed")
            assert relay.ledger.story(request_id).end_reason == "completed"


def test_a_done_line_behind_the_end_is_dropped(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(*EVENTS, b"data: [DONE]\n\n")
    answer = respond(relay, stream=True)
    assert without_comments(answer.body) == b"".join(EVENTS) and relay.story(answer).end_reason == "completed"


# Holds

def test_the_hold_covers_the_limit_and_the_prompt(relay: Gateway):
    small = relay.story(respond(relay, max_output_tokens=10))
    large = relay.story(respond(relay, max_output_tokens=1_010))
    assert large.request["held_output_tokens"] - small.request["held_output_tokens"] == 1_000
    # Cache writes are the dearest input.
    assert small.held == small.request["estimated_input_tokens"] * 1_250 + 10 * 2_000
    assert relay.story(respond(relay)).request["held_output_tokens"] == 4_096


@pytest.mark.parametrize("fields", [
    {"input": "word " * 600}, {"instructions": "word " * 600},
    {"input": [{"role": "user", "content": "word " * 600}]},
    {"input": [{"role": "user", "content": [{"type": "input_text", "text": "word " * 600}]}]},
    {"input": [{"type": "function_call_output", "call_id": "c", "output": "word " * 600}]},
    {"tools": [{"type": "function", "name": "f", "description": "word " * 600, "parameters": {}}]},
    {"text": {"format": {"type": "json_schema", "name": "s", "schema": {"description": "word " * 600}}}},
])
def test_every_part_of_the_prompt_counts(relay: Gateway, fields: dict):
    request = relay.story(respond(relay, **fields)).request
    assert 1_000 < request["estimated_input_tokens"] < 1_200


@pytest.mark.parametrize("part", [
    {"type": "input_image", "image_url": "https://x.example/a.png"},
    {"type": "input_image", "image_url": "data:image/png;base64," + "QUJD" * 3_000},
    {"type": "input_image", "file_id": "file_1"}, {"type": "input_file", "file_url": "https://x.example/a.pdf"},
    {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64," + "QUJD" * 3_000},
])
def test_an_attachment_counts_once_whatever_its_length(relay: Gateway, part: dict):
    request = relay.story(respond(relay, input=[{"role": "user", "content": [part]}])).request
    assert 2_000 < request["estimated_input_tokens"] < 2_100


@pytest.mark.parametrize(("body", "code", "param"), [
    (b'{"input": "x"}', "missing_field", "model"),
    (b'{"model": "demo", "input": "a", "input": "b"}', "duplicate_field", "input"),
    (b'{"model": "demo", "input": 7}', "invalid_field", "input"),
    (b'{"model": "demo", "input": {"role": "user"}}', "invalid_field", "input"),
    (b'{"model": "demo", "max_output_tokens": "many"}', "invalid_field", "max_output_tokens"),
    (b'{"model": "demo", "max_output_tokens": 1, "Max_Output_Tokens": 9}', "duplicate_field", "max_output_tokens"),
    (b'{"model": "demo", "background": "yes"}', "invalid_field", "background"),
    (b'{"model": "demo", "input": "x"', "invalid_json", None),
])
def test_bodies_that_cannot_be_served(relay: Gateway, body: bytes, code: str, param: str | None):
    answer = respond(relay, body)
    assert answer.status == 400 and answer.code == code and answer.json["error"]["param"] == param


def test_background_is_refused(relay: Gateway, upstream: ScriptedUpstream):
    seen = []

    def look(exchange):
        seen.append(exchange.request.target)
        answer_responses(exchange)

    upstream.handler = look
    for fields in ({}, {"stream": True}):
        answer = respond(relay, background=True, **fields)
        assert answer.status == 422 and answer.code == "unservable" and answer.json["error"]["param"] == "background"
    assert seen == []
    assert respond(relay, background=False).status == 200 and respond(relay, background=None).status == 200


# How streams end

def test_a_cut_stream_is_estimated_from_what_was_seen(relay: Gateway, upstream: ScriptedUpstream):
    parts = stream(*["word "] * 8, ending=None)
    upstream.handler = send_stream(*parts, cut=True)
    answer = respond(relay, stream=True)
    # Told in the stream, in the caller's form, without a terminal event; its number goes on from the last.
    last = answer.body.split(b"\n\n")[-2]
    assert last.startswith(b"event: error\ndata: ") and b"response.completed" not in answer.body
    assert json.loads(last.removeprefix(b"event: error\ndata: ")) == {
        "type": "error", "code": "upstream_cut", "message": "The provider's stream broke off before its end.",
        "param": None, "sequence_number": len(parts)}
    story = relay.story(answer)
    assert story.end_reason == "upstream_cut" and story.caveat == "usage_estimated"
    # 40 bytes.
    assert estimated(story) == {"input": story.request["estimated_input_tokens"], "output": 10}


def test_a_stream_that_only_announced_an_answer_posts_the_hold(relay: Gateway, upstream: ScriptedUpstream):
    events = Events()
    added = events("response.output_item.added", output_index=0, item=REASONING)
    upstream.handler = send_stream(*Events().start(), added, cut=True)
    story = relay.story(respond(relay, stream=True, max_output_tokens=50))
    assert (story.end_reason, story.caveat) == ("error", "hold_posted") and story.total == story.held


def test_a_stream_that_ends_without_its_last_event_is_cut(relay: Gateway, upstream: ScriptedUpstream):
    upstream.handler = send_stream(*EVENTS[:-1])
    answer = respond(relay, stream=True)
    assert b'"code":"upstream_cut"' in answer.body
    story = relay.story(answer)
    assert (story.end_reason, story.caveat) == ("upstream_cut", "usage_estimated") and estimated(story)["output"] == 2


@pytest.mark.parametrize(("name", "fields"), [
    ("response.refusal.delta", {"delta": "12345678"}),
    ("response.reasoning_text.delta", {"delta": "12345678"}),
    ("response.reasoning_summary_text.delta", {"delta": "12345678"}),
    ("response.function_call_arguments.delta", {"delta": "12345678"}),
    ("response.custom_tool_call_input.delta", {"delta": "12345678"}),
    ("response.mcp_call_arguments.delta", {"delta": "12345678"}),
    ("response.code_interpreter_call_code.delta", {"delta": "12345678"}),
    ("response.output_item.done", {"item": message("12345678")}),
    ("response.output_item.done", {"item": {"type": "function_call", "name": "abcd", "arguments": "1234"}}),
])
def test_every_kind_of_text_counts(relay: Gateway, upstream: ScriptedUpstream, name: str, fields: dict):
    events = Events()
    upstream.handler = send_stream(*events.start(), events(name, output_index=0, **fields), cut=True)
    assert estimated(relay.story(respond(relay, stream=True)))["output"] == 2


def test_an_incomplete_response_is_whole(relay: Gateway, upstream: ScriptedUpstream):
    parts = stream("Hel", "lo", ending="incomplete", incomplete_details={"reason": "max_output_tokens"})
    upstream.handler = send_stream(*parts)
    answer = respond(relay, stream=True)
    assert without_comments(answer.body) == b"".join(parts)
    story = relay.story(answer)
    assert story.end_reason == "completed" and story.tokens == METERS and story.caveat is None


def test_zeros_beside_an_answer_are_no_usage(relay: Gateway, upstream: ScriptedUpstream):
    """OpenAI has told them of streams that were cut at their limit."""
    zeros = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    upstream.handler = send_stream(*stream("Hel", "lo", ending="incomplete", usage=zeros))
    story = relay.story(respond(relay, stream=True))
    assert (story.end_reason, story.caveat) == ("completed", "usage_estimated")
    assert estimated(story)["output"] == 2 and json.loads(story.attempts[0]["raw_usage"]) == zeros
    answering(upstream, message("12345678"), usage=zeros)
    assert estimated(relay.story(respond(relay)))["output"] == 2


def test_a_failed_response_is_an_error_and_costs_what_it_told(relay: Gateway, upstream: ScriptedUpstream):
    failure = {"code": "server_error", "message": "The model failed."}
    parts = stream("Hel", ending="failed", error=failure)
    upstream.handler = send_stream(*parts)
    answer = respond(relay, stream=True)
    assert without_comments(answer.body) == b"".join(parts)
    story = relay.story(answer)
    assert story.end_reason == "error" and story.tokens == METERS and story.attempts[0]["error_class"] == "error_event"
    answering(upstream, status="failed", error=failure, usage=None)
    story = relay.story(respond(relay))
    assert story.end_reason == "error" and story.charges == []


def test_a_response_that_failed_before_it_began_costs_nothing(relay: Gateway, upstream: ScriptedUpstream):
    events = Events()
    failed = events.end("failed", usage=None, error={"code": "rate_limit_exceeded", "message": "Slow down."})
    upstream.handler = send_stream(*Events().start(), failed)
    story = relay.story(respond(relay, stream=True))
    assert story.end_reason == "error" and story.charges == []


def test_an_error_event_ends_the_stream(relay: Gateway, upstream: ScriptedUpstream):
    events = Events()
    parts = [*events.start(), *events.open(), events.text("1234")]
    error = events("error", code="server_error", message="Overloaded", param=None)
    upstream.handler = send_stream(*parts, error)
    answer = respond(relay, stream=True)
    assert without_comments(answer.body) == b"".join(parts) + error
    story = relay.story(answer)
    assert (story.end_reason, story.caveat) == ("error", "usage_estimated") and estimated(story)["output"] == 1


def test_a_client_that_leaves_pays_what_was_seen(relay: Gateway, upstream: ScriptedUpstream):
    gone = []

    def handle(exchange):
        exchange.begin_stream()
        exchange.send_chunk(b"".join(stream("12345678", ending=None)))
        gone.append(exchange.wait_for_close())

    upstream.handler = handle
    with relay.wire() as wire:
        raw = relay.raw_chat({"model": "demo", "stream": True, "input": "Hi"})
        wire.send(raw.replace(b"/v1/chat/completions", b"/v1/responses", 1))
        request_id = wire.read_head().header("x-tollbook-request-id")
        wire.read_until(b"12345678")
    story = relay.story(request_id)
    assert (story.end_reason, story.caveat) == ("client_gone", "client_left_early")
    assert estimated(story)["output"] == 2
    until(lambda: gone == [True], "the provider's connection to be closed")


# Tools that the provider runs

def test_searches_are_charged_by_their_number(relay: Gateway, upstream: ScriptedUpstream):
    items = [
        search({"type": "search", "query": "a"}), search({"type": "open_page", "url": "https://x.example"}), search(),
        search({"type": "find_in_page", "pattern": "b"}), search({"type": "search"}, status="failed"), message("x")]
    answering(upstream, *items)
    plain = relay.story(respond(relay))
    assert plain.tokens == {**METERS, "search": 2} and plain.total == COST + 2 * 10_000_000 and plain.caveat is None
    events = Events()
    done = [events("response.output_item.done", output_index=n, item=item) for n, item in enumerate(items)]
    upstream.handler = send_stream(*done, events("response.completed", response=response(*items)))
    assert relay.story(respond(relay, stream=True)).tokens == plain.tokens


@pytest.mark.parametrize(("item", "caveat"), [
    ({"type": "file_search_call", "queries": ["a"], "results": [{"text": "long"}]}, "usage_uncounted"),
    ({"type": "code_interpreter_call", "code": "1", "container_id": "cntr_1"}, "usage_uncounted"),
    ({"type": "image_generation_call", "result": "QUJD"}, "usage_uncounted"),
    ({"type": "shell_call", "environment": {"type": "container_reference"}}, "usage_uncounted"),
    ({"type": "some_new_call"}, "usage_uncounted"),
    ({"type": "shell_call", "environment": {"type": "local"}, "action": {"commands": ["ls"]}}, None),
    ({"type": "shell_call", "action": {"commands": ["ls"]}}, None),
    ({"type": "function_call", "name": "f", "arguments": "{}"}, None),
    ({"type": "mcp_call", "name": "f", "arguments": "{}", "output": "x"}, None),
    ({"type": "custom_tool_call", "name": "f", "input": "x"}, None), ({"type": "computer_call"}, None),
])
def test_tools_that_no_meter_counts_are_named(relay: Gateway, upstream: ScriptedUpstream, item: dict, caveat: str):
    answering(upstream, item, message("x"))
    story = relay.story(respond(relay))
    assert story.tokens == METERS and story.caveat == caveat


# Beside the call itself

def test_tokens_are_counted_without_a_charge(relay: Gateway, upstream: ScriptedUpstream):
    answer = respond(relay, path="/v1/responses/input_tokens")
    assert answer.json == {"object": "response.input_tokens", "input_tokens": 2095}
    assert upstream.last.target == "/v1/responses/input_tokens"
    story = relay.story(answer)
    assert story.request["endpoint"] == "responses_input_tokens" and story.end_reason == "completed"
    assert story.charges == [] and story.held == 0 and story.caveat is None


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/v1/responses/resp_1"), ("DELETE", "/v1/responses/resp_1"), ("POST", "/v1/responses/resp_1/cancel"),
    ("GET", "/v1/responses/resp_1/input_items"), ("POST", "/v1/responses/compact")])
def test_what_the_provider_keeps_is_not_read(relay: Gateway, method: str, path: str):
    answer = relay.client.request(method, path, headers={"authorization": f"Bearer {relay.key}"})
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"
    assert "whose they are" in answer.json()["error"]["message"]


def test_the_methods_of_its_path(relay: Gateway):
    answer = relay.client.get("/v1/responses", headers={"authorization": f"Bearer {relay.key}"})
    assert answer.status_code == 405 and answer.headers["allow"] == "POST"


def test_the_built_in_provider_speaks_it(make_gateway):
    file = governance("http://unused.example")
    file["providers"] = [{"name": "up", "dialect": "simulated"}]
    gateway = make_gateway(file)
    answer = respond(gateway, sim="prompt=9,completion=3")
    assert answer.json["object"] == "response" and gateway.story(answer).tokens == {"input": 9, "output": 3}
    gateway.check_books()


def test_an_exhausted_budget_tells_its_figures(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(simulator.base_url, budgets=[hard_budget(1_000)]))
    answer = respond(gateway)
    assert answer.status == 402 and answer.code == "budget_exhausted"
    assert answer.json["error"]["limit"] == "0.000001000"
    # Counting is free: it needs no room in a budget.
    assert respond(gateway, path="/v1/responses/input_tokens").json["input_tokens"] > 0
    gateway.check_books()


def test_a_call_open_at_a_crash_posts_its_hold(upstream: ScriptedUpstream, make_gateway):
    gateway = make_gateway(governance(upstream.base_url))
    reached = threading.Event()

    def hang(exchange):
        reached.set()
        exchange.wait_for_close()

    upstream.handler = hang
    with gateway.wire() as wire:
        raw = gateway.raw_chat({"model": "demo", "input": "Hi"})
        wire.send(raw.replace(b"/v1/chat/completions", b"/v1/responses", 1))
        assert reached.wait(20)
        gateway.kill()
    gateway.start()
    story = gateway.ledger.story(gateway.ledger.requests[-1])
    assert (story.end_reason, story.caveat) == ("recovered", "hold_posted") and story.total == story.held > 0
    gateway.check_books()
