"""Cohere's own chat: its SDK against the simulated provider, straight, and through the gateway, byte for byte."""

import json

import cohere as sdk
import httpx
import jsonschema
import pytest

from harness.cohere import (
    DONE, END, EVENTS, HELLO, SCHEMAS, START, Recorded, client, cohere_file, content, failed, recorded, said,
    send_stream)
from harness.gateway import UPSTREAM_KEY, Gateway, cost_comments, sse_events
from harness.governance import governance
from harness.media import newest
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather.", "parameters": SCHEMA}}
CASES = recorded()


@pytest.fixture(scope="module")
def relayed(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream(send_stream(*EVENTS)) as upstream:
        gateway = Gateway(tmp_path_factory.mktemp("relayed"), cohere_file(upstream.base_url))
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


@pytest.fixture(scope="module")
def simulated(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("simulated"), cohere_file(simulator.base_url))
    try:
        yield gateway
        gateway.check_books()
    finally:
        gateway.close()


def origin(simulator: Simulator) -> str:
    return simulator.base_url.removesuffix("/v1")


def fits(value: dict, name: str) -> None:
    path = SCHEMAS / f"cohere.{name}.schema.json"
    if path.exists():
        jsonschema.validate(value, json.loads(path.read_text()))


def raw(simulator: Simulator, directives: str, **fields: object) -> bytes:
    """The simulator's answer as it comes."""
    body = {"model": "command", "messages": HELLO, **fields}
    with httpx.Client(trust_env=False) as sender:
        return sender.post(f"{origin(simulator)}/v2/chat", json=body, headers={"x-sim": directives}).content


# The simulated provider.

def test_the_simulator_answers_coheres_sdk(simulator: Simulator):
    answer = client(origin(simulator), "k", "prompt=12,cached=448,completion=7").chat(model="command", messages=HELLO)
    assert len(answer.message.content[0].text.split()) == 7 and answer.finish_reason == "COMPLETE"
    usage = answer.usage
    assert (usage.billed_units.input_tokens, usage.billed_units.output_tokens) == (12, 7)
    assert usage.cached_tokens == 448 and usage.tokens.input_tokens > 460
    tools = client(origin(simulator), "k", "tool_calls=2").chat(model="command", messages=HELLO, tools=[TOOL])
    assert tools.finish_reason == "TOOL_CALL" and tools.message.tool_plan and len(tools.message.tool_calls) == 2
    assert "city" in json.loads(tools.message.tool_calls[1].function.arguments)
    forced = client(origin(simulator), "k").chat(model="c", messages=HELLO, tools=[TOOL], tool_choice="REQUIRED")
    assert forced.finish_reason == "TOOL_CALL"
    refused = client(origin(simulator), "k").chat(model="c", messages=HELLO, tools=[TOOL], tool_choice="NONE")
    assert refused.finish_reason == "COMPLETE" and not refused.message.tool_calls
    form = client(origin(simulator), "k").chat(
        model="c", messages=HELLO, response_format={"type": "json_object", "json_schema": SCHEMA})
    assert "city" in json.loads(form.message.content[0].text)
    short = client(origin(simulator), "k").chat(model="c", messages=HELLO, max_tokens=3)
    assert short.finish_reason == "MAX_TOKENS" and short.usage.billed_units.output_tokens == 3
    thought = client(origin(simulator), "k", "reasoning=5,completion=9").chat(model="c", messages=HELLO)
    assert [block.type for block in thought.message.content] == ["thinking", "text"]
    assert len(thought.message.content[0].thinking.split()) == 5


def test_the_simulator_streams_to_coheres_sdk(simulator: Simulator):
    def kinds(directives: str, **fields: object) -> list[str]:
        parts = list(client(origin(simulator), "k", directives).chat_stream(model="c", messages=HELLO, **fields))
        return [part.type for part in parts]

    assert kinds("completion=2") == [
        "message-start", "content-start", "content-delta", "content-delta", "content-end", "message-end"]
    assert kinds("reasoning=1,completion=2") == [
        "message-start", "content-start", "content-delta", "content-end",
        "content-start", "content-delta", "content-end", "message-end"]
    assert kinds("tool_calls=1,chunks=1", tools=[TOOL]) == [
        "message-start", "tool-plan-delta", "tool-call-start", "tool-call-delta", "tool-call-end", "message-end"]
    assert kinds("completion=1", documents=["lorem and more"]) == [
        "message-start", "content-start", "content-delta", "content-end", "citation-start", "citation-end",
        "message-end"]
    assert kinds("fault=error_event,completion=4")[-1] == "message-end"
    told = said(client(origin(simulator), "k", "prompt=3,tool_calls=2"), streamed=True)
    assert told.finish == "COMPLETE" and told.tokens[0] == 3


@pytest.mark.parametrize("directives", ["", "reasoning=3", "tool_calls=2"])
def test_what_the_simulator_sends_fits_coheres_description(simulator: Simulator, directives: str):
    fields = {"tools": [TOOL]} if "tool_calls" in directives else {"documents": ["lorem"]}
    answer = json.loads(raw(simulator, directives, **fields))
    fits(answer, "V2ChatResponse")
    assert bool(answer["message"].get("citations")) == ("documents" in fields)
    events = sse_events(raw(simulator, directives, stream=True, **fields))
    assert events[-1] == DONE and len(events) > 4
    for each in events[:-1]:
        name, _, data = each.decode().partition("\ndata: ")
        value = json.loads(data)
        assert name == f"event: {value['type']}"
        fits(value, "V2ChatStreamResponse")


@pytest.mark.parametrize(("status", "expected"), [
    (400, sdk.BadRequestError), (401, sdk.UnauthorizedError), (404, sdk.NotFoundError),
    (422, sdk.UnprocessableEntityError), (429, sdk.TooManyRequestsError), (500, sdk.InternalServerError)])
def test_the_simulators_errors_are_coheres(simulator: Simulator, status: int, expected: type):
    with pytest.raises(expected) as raised:
        client(origin(simulator), "k", f"status={status}").chat(
            model="c", messages=HELLO, request_options={"max_retries": 0})
    assert raised.value.body["message"] and set(raised.value.body) == {"id", "message"}


# The gateway's own front.

def test_coheres_sdk_calls_the_gateway(simulated: Gateway, simulator: Simulator):
    answer = client(simulated.url, simulated.key, "prompt=12,completion=7").chat(
        model="demo", messages=HELLO, max_tokens=50, safety_mode="STRICT")
    assert len(answer.message.content[0].text.split()) == 7
    sent = json.loads(simulator.last()["body"])
    assert sent == {
        "model": "upstream-model", "messages": HELLO, "max_tokens": 50, "safety_mode": "STRICT", "stream": False}
    story = newest(simulated)
    assert story.tokens == {"input": 12, "output": 7} and story.caveat is None and story.end_reason == "completed"
    assert (story.request["endpoint"], story.request["dialect"]) == ("cohere_chat", "cohere-chat")
    assert simulated.key not in str(simulator.last()) and UPSTREAM_KEY in str(simulator.last())
    told = said(client(simulated.url, simulated.key, "prompt=12,completion=7"), streamed=True, model="demo")
    assert len(told.text.split()) == 7 and told.tokens == (12, 7)
    assert newest(simulated).tokens == {"input": 12, "output": 7} and newest(simulated).request["stream"] == 1


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_sdk_makes_the_same_objects(relayed, case: Recorded):
    gateway, upstream = relayed
    upstream.handler = case.send()
    expected = said(client(f"http://127.0.0.1:{upstream.port}", "x"), case.streamed)
    upstream.handler = case.send(13)
    assert said(client(gateway.url, gateway.key), case.streamed, model="demo") == expected
    story = newest(gateway)
    assert story.tokens == case.billed and story.sources == {"provider"} and story.caveat is None


@pytest.mark.parametrize("pieces", [1, 29, 1 << 20])
def test_a_streams_bytes_are_the_providers(relayed, pieces: int):
    gateway, upstream = relayed
    upstream.handler = send_stream(*EVENTS, pieces=pieces)
    answer = gateway.post(
        "/v2/chat", {"model": "demo", "messages": HELLO, "stream": True}, {"authorization": f"Bearer {gateway.key}"})
    comments = cost_comments(answer.body)
    # The end waits for the commit, and the cost comes before it.
    assert len(comments) == 1 and answer.body == b"".join([*EVENTS[:4], comments[0], END, DONE])
    assert json.loads(upstream.last.body) == {"model": "upstream-model", "messages": HELLO, "stream": True}
    assert gateway.story(answer).tokens == {"input": 11, "output": 7} and gateway.story(answer).caveat is None


@pytest.mark.parametrize(("events", "cut", "reason", "caveat"), [
    ([*EVENTS[:2]], True, "upstream_cut", "usage_estimated"),
    ([*EVENTS[:2]], False, "upstream_cut", "usage_estimated"),
    ([*EVENTS[:2], failed(error="no memory left"), DONE], False, "error", "usage_estimated"),
    ([*EVENTS[:-1]], False, "completed", None),
    ([*EVENTS[:-2], END[:-1]], False, "completed", None),
    ([START, b'event: content-delta\ndata: {"type":\n\n', content("a"), END, DONE], False, "completed",
     "answer_malformed"),
], ids=["cut", "ended", "failed", "no-done", "no-blank-line", "broken"])
def test_streams_end_as_they_do_at_cohere(relayed, events: list, cut: bool, reason: str, caveat: str | None):
    gateway, upstream = relayed
    upstream.handler = send_stream(*events, cut=cut)
    parts = list(client(gateway.url, gateway.key).chat_stream(model="demo", messages=HELLO))
    assert parts[-1].type == "message-end"
    story = newest(gateway)
    assert story.end_reason == reason and story.caveat == caveat
    if reason == "completed":
        assert parts[-1].delta.finish_reason == "COMPLETE" and story.sources == {"provider"}
    else:
        assert parts[-1].delta.finish_reason == "ERROR" and parts[-1].delta.error


def test_the_gateways_errors_reach_coheres_sdk(simulated: Gateway):
    with pytest.raises(sdk.UnauthorizedError) as raised:
        client(simulated.url, "tb-none").chat(model="demo", messages=HELLO)
    assert raised.value.body["message"] == raised.value.body["error"]["message"]
    with pytest.raises(sdk.NotFoundError):
        client(simulated.url, simulated.key).chat(model="none", messages=HELLO)
    with pytest.raises(sdk.TooManyRequestsError):
        client(simulated.url, simulated.key, "status=429").chat(
            model="demo", messages=HELLO, request_options={"max_retries": 0})


def test_other_providers_do_not_answer_coheres_chat(simulator: Simulator, tmp_path):
    gateway = Gateway(tmp_path, governance(simulator.base_url))
    try:
        with pytest.raises(sdk.UnprocessableEntityError) as raised:
            client(gateway.url, gateway.key).chat(model="demo", messages=HELLO)
        assert raised.value.body["error"]["reason"] == "endpoint_not_served"
        assert "dialect cohere" in raised.value.body["message"]
    finally:
        gateway.close()
