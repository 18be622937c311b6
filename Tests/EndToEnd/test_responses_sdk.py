"""OpenAI responses through the OpenAI Python SDK: what an application does on its first day."""

import asyncio
import json

import httpx
import openai
import pydantic
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.messages import send_stream
from harness.responses import stream
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream

CALL = {"model": "demo", "input": "Say hello."}
WEATHER = {
    "type": "function", "name": "get_weather", "description": "The weather of a city.", "strict": True,
    "parameters": {
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
        "additionalProperties": False},
}


class Step(pydantic.BaseModel):
    explanation: str
    output: str


class Solution(pydantic.BaseModel):
    steps: list[Step]
    final_answer: str


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def connect(gateway: Gateway, **options: object) -> openai.OpenAI:
    return openai.OpenAI(**{
        "base_url": f"{gateway.url}/v1", "api_key": gateway.key, "max_retries": 0,
        "http_client": httpx.Client(trust_env=False), **options})


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> openai.OpenAI:
    return connect(gateway)


def test_plain_call_costs_what_the_provider_counted(client: openai.OpenAI, gateway: Gateway):
    raw = client.responses.with_raw_response.create(
        **CALL, extra_headers=sim("prompt=100,cached=40,cache_write=10,completion=20,reasoning=5"))
    answer = raw.parse()
    assert len(answer.output_text.split()) == 15 and answer.status == "completed"
    assert [item.type for item in answer.output] == ["reasoning", "message"]
    assert answer.usage.input_tokens == 100 and answer.usage.output_tokens_details.reasoning_tokens == 5
    story = gateway.ledger.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "responses" and story.request["dialect"] == "openai-responses"
    assert story.tokens == {"input": 50, "cache_read": 40, "cache_write": 10, "output": 15, "reasoning": 5}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 == story.outcome["total_nano"]
    assert raw.headers["x-tollbook-cost-usd"] == "0.000140000" and raw.headers["x-tollbook-route"] == "demo"


def test_stream_events_come_in_order_and_are_metered(client: openai.OpenAI, gateway: Gateway):
    with client.responses.with_streaming_response.create(
        **CALL, stream=True, extra_headers=sim("prompt=50,cached=20,completion=8")
    ) as raw:
        events = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert [event.type.removeprefix("response.") for event in events] == [
        "created", "in_progress", "output_item.added", "content_part.added", *["output_text.delta"] * 8,
        "output_text.done", "content_part.done", "output_item.done", "completed"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text == events[-1].response.output_text and len(text.split()) == 8
    story = gateway.ledger.story(request_id)
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    assert story.request["stream"] == 1 and story.end_reason == "completed"


def test_the_streams_helper_collects_the_response(client: openai.OpenAI):
    with client.responses.stream(**CALL, extra_headers=sim("completion=5")) as events:
        kinds = {event.type for event in events}
        final = events.get_final_response()
    assert "response.completed" in kinds and len(final.output_text.split()) == 5


def test_async_client(gateway: Gateway):
    async def run() -> list[str]:
        async with openai.AsyncOpenAI(
            base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0,
            http_client=httpx.AsyncClient(trust_env=False),
        ) as client:
            answers = await asyncio.gather(*[client.responses.create(**CALL) for _ in range(8)])
            return [answer.status for answer in answers]

    assert asyncio.run(run()) == ["completed"] * 8


def test_an_answer_of_a_schema_is_parsed(client: openai.OpenAI):
    answer = client.responses.parse(**CALL, text_format=Solution)
    assert isinstance(answer.output_parsed, Solution) and answer.output_parsed.steps
    with client.responses.stream(**CALL, text_format=Solution) as events:
        for _ in events:
            pass
        assert isinstance(events.get_final_response().output_parsed, Solution)


def test_tools(client: openai.OpenAI):
    answer = client.responses.create(
        **CALL, tools=[WEATHER], tool_choice="required", extra_headers=sim("tool_calls=2"))
    calls = [item for item in answer.output if item.type == "function_call"]
    assert [call.name for call in calls] == ["get_weather"] * 2 and "city" in json.loads(calls[0].arguments)
    named = client.responses.create(**CALL, tools=[WEATHER], tool_choice={"type": "function", "name": "get_weather"})
    assert named.output[0].name == "get_weather"


def test_streamed_tools(client: openai.OpenAI):
    events = list(client.responses.create(**CALL, tools=[WEATHER], stream=True, extra_headers=sim("tool_calls=2")))
    pieces = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
    done = [event.arguments for event in events if event.type == "response.function_call_arguments.done"]
    assert len(pieces) > 2 and "".join(pieces) == "".join(done)
    assert [item.arguments for item in events[-1].response.output] == done and "city" in json.loads(done[0])


def test_custom_tools(client: openai.OpenAI):
    tools = [{"type": "custom", "name": "run", "description": "Runs a script."}, {"type": "web_search"}]
    answer = client.responses.create(**CALL, tools=tools, tool_choice="required")
    assert answer.output[0].type == "custom_tool_call" and answer.output[0].input
    events = list(client.responses.create(**CALL, tools=tools, tool_choice="required", stream=True))
    assert "response.custom_tool_call_input.done" in [event.type for event in events]


def test_everything_reaches_the_provider_as_sent(client: openai.OpenAI, gateway: Gateway, simulator: Simulator):
    fields = {
        "instructions": "Be kind.", "previous_response_id": "resp_before", "store": False,
        "input": [
            {"role": "developer", "content": "Answer in French."},
            {"role": "user", "content": [
                {"type": "input_text", "text": "What is this?"},
                {"type": "input_image", "detail": "low", "image_url": "https://x.example/a.png"}]},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"},
            {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": "{\"city\":\"Köln\"}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "4 °C"},
        ],
        "tools": [WEATHER, {"type": "web_search"}], "reasoning": {"effort": "low"}, "max_output_tokens": 2000,
        "user": "customer-7", "metadata": {"a": "b"}, "include": ["reasoning.encrypted_content"],
    }
    raw = client.responses.with_raw_response.create(model="demo", **fields)
    last = simulator.last()
    assert last["request_line"].startswith("POST /v1/responses ")
    assert json.loads(last["body"]) == {"model": "upstream-model", **fields}
    headers = {name.lower(): value for name, value in last["headers"]}
    assert headers["authorization"] == "Bearer sk-upstream-5f0c2b9e77aa41" and gateway.key not in str(last)
    request = gateway.ledger.story(raw.headers["x-tollbook-request-id"]).request
    assert request["end_user_subject_id"] is not None and request["held_output_tokens"] == 2_000


def test_tokens_are_counted(client: openai.OpenAI, gateway: Gateway):
    raw = client.responses.input_tokens.with_raw_response.count(**CALL, extra_headers=sim("prompt=2095"))
    assert raw.parse().input_tokens == 2095
    assert raw.headers["x-tollbook-cost-usd"] == "0.000000000"


def test_a_limit_leaves_the_response_incomplete(client: openai.OpenAI):
    answer = client.responses.create(**CALL, max_output_tokens=4)
    assert answer.status == "incomplete" and answer.incomplete_details.reason == "max_output_tokens"
    last = list(client.responses.create(**CALL, max_output_tokens=4, stream=True))[-1]
    assert last.type == "response.incomplete" and last.response.usage.output_tokens == 4


# Errors: the class that the SDK raises must be the one that it raises against the provider.

@pytest.mark.parametrize(("status", "expected"), [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError), (503, openai.InternalServerError)])
def test_errors_of_the_provider_are_passed_on(
    client: openai.OpenAI, gateway: Gateway, status: int, expected: type
):
    with pytest.raises(expected) as raised:
        client.responses.create(**CALL, extra_headers=sim(f"status={status}"))
    story = gateway.story(raised.value.response.headers["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error" and story.outcome["status"] == status


def test_errors_of_the_gateway(client: openai.OpenAI, gateway: Gateway, simulator: Simulator, make_gateway):
    with pytest.raises(openai.AuthenticationError):
        connect(gateway, api_key="tb-nobody").responses.create(**CALL)
    with pytest.raises(openai.NotFoundError) as raised:
        client.responses.create(**{**CALL, "model": "nowhere"})
    assert raised.value.code == "model_not_found"
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        client.responses.create(**CALL, background=True)
    assert raised.value.param == "background"
    with pytest.raises(openai.NotFoundError) as raised:
        client.responses.retrieve("resp_1")
    assert raised.value.code == "not_found"
    with pytest.raises(openai.InternalServerError) as raised:
        client.responses.create(**CALL, extra_headers=sim("status=401"))
    assert raised.value.code == "upstream_auth_failed"
    poor = make_gateway(governance(simulator.base_url, budgets=[hard_budget(1_000)]))
    with pytest.raises(openai.APIStatusError) as raised:
        connect(poor).responses.create(**CALL)
    assert raised.value.status_code == 402 and raised.value.code == "budget_exhausted"


@pytest.mark.parametrize(("directives", "end_reason", "caveat"), [
    ("completion=8,fault=no_usage", "completed", "usage_estimated"),
    ("completion=8,fault=cut_mid_stream", "upstream_cut", "usage_estimated"),
    ("completion=8,fault=error_event", "error", "usage_estimated"),
    ("completion=8,fault=clean_close_no_finish", "upstream_cut", "usage_estimated"),
    ("completion=8,fault=clean_close_no_done", "upstream_cut", "usage_estimated"),
    ("completion=8,prompt=9,fault=malformed_json", "completed", "answer_malformed"),
    ("completion=8,prompt=9,fault=drip", "completed", None), ("completion=8,prompt=9,fault=gzip", "completed", None),
    ("prompt=9,fault=large_body,bytes=300000", "completed", None),
])
def test_faults_of_streams(gateway: Gateway, directives: str, end_reason: str, caveat: str | None):
    answer = gateway.post(
        "/v1/responses", {**CALL, "stream": True},
        {"authorization": f"Bearer {gateway.key}", "x-sim": directives})
    story = gateway.story(answer)
    assert (story.end_reason, story.caveat) == (end_reason, caveat)
    if story.sources == {"estimated"}:
        assert 3 <= story.tokens["output"] <= 20 and story.tokens["input"] > 0
    else:
        assert story.tokens["input"] == 9


@pytest.mark.parametrize(("directives", "status", "end_reason"), [
    ("prompt=9,completion=8,fault=large_body,bytes=3000000", 200, "completed"),
    ("fault=malformed_json", 502, "error"), ("fault=error_event", 500, "error")])
def test_faults_of_plain_answers(gateway: Gateway, directives: str, status: int, end_reason: str):
    answer = gateway.post("/v1/responses", CALL, {"authorization": f"Bearer {gateway.key}", "x-sim": directives})
    assert answer.status == status and gateway.story(answer).end_reason == end_reason
    if status == 200:
        assert len(answer.json["output"][0]["content"][0]["text"]) == 3_000_000


def test_an_error_of_the_gateway_inside_the_stream_is_an_event(
    scripted: Gateway, upstream: ScriptedUpstream
):
    before = upstream.handler
    upstream.handler = send_stream(*stream("Hel", ending=None), cut=True)
    try:
        events = list(connect(scripted).responses.create(**CALL, stream=True))
    finally:
        upstream.handler = before
    last = events[-1]
    assert isinstance(last, openai.types.responses.ResponseErrorEvent)
    assert last.code == "upstream_cut" and last.sequence_number == events[-2].sequence_number + 1
