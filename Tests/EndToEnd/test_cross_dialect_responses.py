"""Callers of OpenAI's responses, providers that have none: the SDK's objects, the books, and what cannot be served."""

import json

import httpx
import openai
import pydantic
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.messages import OPEN, OVERLOADED, send_stream, start, text
from harness.process import ROOT
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

CALL = {"model": "demo", "input": "Say hello."}
WEATHER = {
    "type": "function", "name": "get_weather", "description": "The weather of a city.", "strict": True,
    "parameters": {
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
        "additionalProperties": False},
}


class Answer(pydantic.BaseModel):
    city: str
    degrees: int


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def connect(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))


def file_for(kind: str, base_url: str, **more: object) -> dict:
    """A governance file whose provider speaks Anthropic's dialect, or chat completions alone."""
    file = governance(base_url, dialect="anthropic" if kind == "claude" else "openai", **more)
    if kind == "chat":
        # A vendor of whom no responses are known, at the simulator's address.
        file["providers"][0] = {**file["providers"][0], "preset": "together"}
    return file


@pytest.fixture(scope="module", params=["claude", "chat"])
def gateway(request: pytest.FixtureRequest, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    server = Gateway(
        tmp_path_factory.mktemp(f"responses-{request.param}"), file_for(request.param, simulator.base_url))
    server.kind = request.param
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture
def client(gateway: Gateway) -> openai.OpenAI:
    return connect(gateway)


def test_a_response_is_made_of_another_dialects_answer(client: openai.OpenAI, gateway: Gateway, simulator: Simulator):
    raw = client.responses.with_raw_response.create(
        **CALL, instructions="Be kind.", temperature=0.5, max_output_tokens=200, user="customer-7",
        extra_headers=sim("prompt=100,cached=40,completion=20,reasoning=5"))
    answer = raw.parse()
    assert answer.object == "response" and answer.status == "completed" and answer.id.startswith("resp_")
    assert len(answer.output_text.split()) == 15 and answer.model == "demo" and answer.error is None
    assert answer.usage.input_tokens == 100 and answer.usage.input_tokens_details.cached_tokens == 40
    assert answer.usage.output_tokens == 20 and answer.usage.output_tokens_details.reasoning_tokens == 5
    # What the request said is repeated.
    assert answer.instructions == "Be kind." and answer.temperature == 0.5 and answer.max_output_tokens == 200
    last = simulator.last()
    path = "/v1/messages" if gateway.kind == "claude" else "/v1/chat/completions"
    assert last["request_line"].startswith(f"POST {path} HTTP")
    story = gateway.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "responses" and story.request["dialect"] == "openai-responses"
    assert story.tokens == {"input": 60, "cache_read": 40, "output": 15, "reasoning": 5}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 == story.outcome["total_nano"]
    assert raw.headers["x-tollbook-cost-usd"] == "0.000140000"


def test_stream_events_come_in_order(client: openai.OpenAI, gateway: Gateway):
    with client.responses.with_streaming_response.create(
        **CALL, stream=True, extra_headers=sim("prompt=50,cached=20,completion=8")
    ) as raw:
        events = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert [event.type.removeprefix("response.") for event in events] == [
        "created", "in_progress", "output_item.added", "content_part.added", *["output_text.delta"] * 8,
        "output_text.done", "content_part.done", "output_item.done", "completed"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    words = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    final = events[-1].response
    assert words == final.output_text and len(words.split()) == 8
    assert {event.response.id for event in events if hasattr(event, "response")} == {final.id}
    assert {event.item_id for event in events if hasattr(event, "item_id")} == {final.output[0].id}
    story = gateway.story(request_id)
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    assert story.request["stream"] == 1 and story.end_reason == "completed" and story.caveat is None


def test_the_streams_helper_collects_the_response(client: openai.OpenAI):
    with client.responses.stream(**CALL, extra_headers=sim("completion=5")) as events:
        kinds = {event.type for event in events}
        final = events.get_final_response()
    assert "response.completed" in kinds and len(final.output_text.split()) == 5


def test_an_answer_of_a_schema_is_parsed(make_gateway, request: pytest.FixtureRequest):
    said = '{"city": "K\u00f6ln", "degrees": 4}'

    def answer(exchange: Exchange) -> None:
        exchange.send_plain(json.dumps({
            "type": "message", "id": "msg_1", "content": [{"type": "text", "text": said}], "stop_reason": "end_turn",
            "usage": {"input_tokens": 9, "output_tokens": 4}}).encode())

    upstream = ScriptedUpstream(answer)
    with upstream:
        client = connect(make_gateway(file_for("claude", upstream.base_url)))
        answer = client.responses.parse(**CALL, text_format=Answer)
        sent = json.loads(upstream.last.body)
    assert answer.output_parsed == Answer(city="Köln", degrees=4)
    assert sent["output_config"]["format"]["schema"]["required"] == ["city", "degrees"]


def test_a_schema_is_asked_for(client: openai.OpenAI, gateway: Gateway, simulator: Simulator):
    client.responses.create(**CALL, text={"format": {
        "type": "json_schema", "name": "answer", "strict": True, "schema": Answer.model_json_schema()}})
    sent = json.loads(simulator.last()["body"])
    if gateway.kind == "claude":
        assert sent["output_config"]["format"]["schema"]["title"] == "Answer"
    else:
        assert sent["response_format"]["json_schema"]["name"] == "answer"


def test_tools_go_there_and_back(client: openai.OpenAI, gateway: Gateway, simulator: Simulator):
    asked = [{"role": "user", "content": "How is the weather?"}]
    answer = client.responses.create(
        model="demo", input=asked, tools=[WEATHER], tool_choice="required", extra_headers=sim("tool_calls=2"))
    calls = [item for item in answer.output if item.type == "function_call"]
    assert [call.name for call in calls] == ["get_weather"] * 2 and "city" in json.loads(calls[0].arguments)
    # As an application does: the answer's items, then the results.
    results = [{"type": "function_call_output", "call_id": call.call_id, "output": "4 °C"} for call in calls]
    again = client.responses.create(
        model="demo", input=[*asked, *answer.output, *results], tools=[WEATHER], extra_headers=sim("completion=3"))
    assert len(again.output_text.split()) == 3
    sent = json.loads(simulator.last()["body"])["messages"]
    ids = [call.call_id for call in calls]
    if gateway.kind == "claude":
        assert [message["role"] for message in sent] == ["user", "assistant", "user"]
        assert [block["tool_use_id"] for block in sent[2]["content"]] == ids
    else:
        assert [message["role"] for message in sent] == ["user", "assistant", "tool", "tool"]
        assert [message["tool_call_id"] for message in sent[2:]] == ids


def test_streamed_tools(client: openai.OpenAI):
    with client.responses.stream(**CALL, tools=[WEATHER], extra_headers=sim("tool_calls=2")) as stream:
        events = list(stream)
        final = stream.get_final_response()
    pieces = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
    done = [event.arguments for event in events if event.type == "response.function_call_arguments.done"]
    calls = [item for item in final.output if item.type == "function_call"]
    assert "".join(pieces) == "".join(done) and len(done) == 2
    assert [call.arguments for call in calls] == done and "city" in json.loads(done[0])


@pytest.mark.parametrize(("status", "expected"), [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError),
])
def test_errors_are_told_as_openais(client: openai.OpenAI, status: int, expected: type):
    with pytest.raises(expected) as raised:
        client.responses.create(**CALL, extra_headers=sim(f"status={status}"))
    assert raised.value.status_code == status and raised.value.body["message"]


def test_tokens_are_counted_or_estimated(client: openai.OpenAI, gateway: Gateway, simulator: Simulator):
    calls = simulator.calls
    raw = client.responses.input_tokens.with_raw_response.count(
        model="demo", input="Say hello.", tools=[WEATHER], extra_headers=sim("prompt=777"))
    count = raw.parse()
    story = gateway.story(raw.headers["x-tollbook-request-id"])
    assert count.object == "response.input_tokens" and story.total == 0
    if gateway.kind == "claude":
        assert count.input_tokens == 777 and story.caveat is None and len(story.attempts) == 1
        return
    assert 20 < count.input_tokens < 200 and raw.headers["x-tollbook-token-count"] == "estimated"
    assert story.caveat == "usage_estimated" and story.attempts == [] and simulator.calls == calls


@pytest.mark.parametrize(("fields", "param"), [
    ({"previous_response_id": "resp_1"}, "previous_response_id"), ({"conversation": "conv_1"}, "conversation"),
    ({"prompt": {"id": "pmpt_1"}}, "prompt"), ({"tools": [{"type": "web_search"}]}, "tools[].type"),
    ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[type=item_reference]"),
])
def test_what_only_openai_keeps_is_refused(
    client: openai.OpenAI, gateway: Gateway, simulator: Simulator, fields: dict, param: str
):
    calls = simulator.calls
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        client.responses.create(**{**CALL, **fields})
    error = raised.value
    assert error.code == "unservable" and error.param == param and error.body["reason"] == "untranslatable_field"
    story = gateway.story(error.response.headers["x-tollbook-request-id"])
    assert story.end_reason == "denied" and story.held == 0
    assert ("untranslatable_field", param) in {(row["reason"], row["detail"]) for row in story.decisions}
    assert simulator.calls == calls


def test_what_is_left_out_is_named(client: openai.OpenAI, gateway: Gateway):
    raw = client.responses.with_raw_response.create(
        **CALL, store=True, metadata={"a": "b"}, truncation="auto", extra_body={"x_vendor": 1})
    names = raw.headers["x-tollbook-dropped-fields"].split(", ")
    assert set(names) == {"x_vendor", "metadata", "store", "truncation"}
    details = [row["detail"] for row in gateway.story(raw.headers["x-tollbook-request-id"]).decisions if row["detail"]]
    assert details == [f"dropped: {', '.join(names)}"]


@pytest.mark.parametrize(("body", "code", "param"), [
    ({"model": "demo"}, "missing_field", "input"), ({"model": "demo", "input": 7}, "invalid_field", "input"),
    ({"model": "demo", "input": [{"role": "robot", "content": "x"}]}, "invalid_field", "input[].role"),
])
def test_bodies_that_are_none_are_refused_with_the_field(gateway: Gateway, body: dict, code: str, param: str):
    answer = gateway.client.post("/v1/responses", json=body, headers={"authorization": f"Bearer {gateway.key}"})
    assert answer.status_code == 400 and answer.json()["error"]["code"] == code
    assert answer.json()["error"]["param"] == param


def test_a_translated_response_is_held_against_its_budget(simulator: Simulator, make_gateway):
    gateway = make_gateway(file_for("claude", simulator.base_url, budgets=[hard_budget(1_000)]))
    with pytest.raises(openai.APIStatusError) as raised:
        connect(gateway).responses.create(**CALL)
    assert raised.value.status_code == 402 and raised.value.code == "budget_exhausted"


def test_a_provider_with_responses_gets_them_as_they_are(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(simulator.base_url, dialect="openai"))
    raw = connect(gateway).responses.with_raw_response.create(**CALL, previous_response_id="resp_before")
    assert raw.parse().status == "completed" and "x-tollbook-dropped-fields" not in raw.headers
    assert json.loads(simulator.last()["body"])["previous_response_id"] == "resp_before"


# Streams that go wrong.

def scripted(make_gateway, handler):
    upstream = ScriptedUpstream(handler)
    return upstream, make_gateway(file_for("claude", upstream.base_url))


def test_an_error_inside_a_stream_is_a_failed_response(make_gateway):
    upstream, gateway = scripted(make_gateway, send_stream(start(), OPEN, text("Hel"), OVERLOADED))
    with upstream, connect(gateway).responses.with_streaming_response.create(**CALL, stream=True) as raw:
        request_id = raw.headers["x-tollbook-request-id"]
        events = list(raw.parse())
    assert events[-1].type == "response.failed" and events[-1].response.error.message == "Overloaded"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    story = gateway.story(request_id)
    assert story.end_reason == "error" and story.caveat == "usage_estimated" and story.tokens["output"] >= 1


def test_a_stream_that_breaks_off_ends_with_an_error(make_gateway):
    upstream, gateway = scripted(make_gateway, send_stream(start(), OPEN, text("Hel")))
    with upstream, connect(gateway).responses.with_streaming_response.create(**CALL, stream=True) as raw:
        request_id = raw.headers["x-tollbook-request-id"]
        events = list(raw.parse())
    assert events[-1].type == "error" and events[-1].code == "upstream_cut"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert gateway.story(request_id).end_reason == "upstream_cut"


def test_thoughts_can_be_sent_back(make_gateway):
    blocks = [{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}, {"type": "text", "text": "Yes."}]

    def answer(exchange: Exchange) -> None:
        exchange.send_plain(json.dumps({
            "type": "message", "id": "msg_1", "content": blocks, "stop_reason": "end_turn",
            "usage": {"input_tokens": 9, "output_tokens": 4}}).encode())

    upstream, gateway = scripted(make_gateway, answer)
    with upstream:
        client = connect(gateway)
        first = client.responses.create(**CALL, reasoning={"effort": "low", "summary": "auto"})
        sent = json.loads(upstream.last.body)
        # Of a model that is no Claude nothing is known; the deployment's answers have 4,096 tokens at most.
        assert sent["thinking"] == {"type": "enabled", "budget_tokens": 4095, "display": "summarized"}
        assert first.output[0].type == "reasoning" and first.output[0].summary[0].text == "Hm."
        client.responses.create(model="demo", input=[*first.output, {"role": "user", "content": "Sure?"}])
        assert json.loads(upstream.last.body)["messages"][0]["content"] == blocks


def test_the_documented_rules_are_the_programs(gateway: Gateway):
    assert "## From openai-responses to anthropic-messages" in (ROOT / "schema" / "TRANSLATION.md").read_text()
