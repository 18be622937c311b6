"""The OpenAI Python SDK against the binary: what an application does on its first day."""

import asyncio
import base64
import json

import httpx
import openai
import pytest

from harness.gateway import Gateway
from harness.simulator import Simulator

HELLO = [{"role": "user", "content": "Say hello."}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather", "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))


def test_plain_call_costs_what_the_provider_counted(client: openai.OpenAI, gateway: Gateway):
    raw = client.chat.completions.with_raw_response.create(
        model="demo", messages=HELLO, extra_headers=sim("prompt=100,cached=40,completion=20,reasoning=5"))
    answer = raw.parse()
    assert answer.choices[0].message.content
    assert answer.usage.prompt_tokens == 100 and answer.usage.completion_tokens == 20
    story = gateway.ledger.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"input": 60, "cache_read": 40, "output": 15, "reasoning": 5}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    # No price of their own: cached tokens cost input, reasoning tokens cost output.
    assert story.total == 100 * 1_000 + 20 * 2_000 == story.outcome["total_nano"]
    assert raw.headers["x-tollbook-cost-usd"] == "0.000140000"
    assert raw.headers["x-tollbook-route"] == "demo"
    assert raw.headers["x-tollbook-attempts"] == "1"


def test_stream_without_usage_is_metered_all_the_same(client: openai.OpenAI, gateway: Gateway):
    with client.chat.completions.with_streaming_response.create(
        model="demo", messages=HELLO, stream=True, extra_headers=sim("prompt=50,completion=8")
    ) as raw:
        chunks = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert len([c for c in chunks if c.choices[0].delta.content]) == 8
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)
    story = gateway.ledger.story(request_id)
    assert story.tokens == {"input": 50, "output": 8} and story.sources == {"provider"}


def test_stream_with_usage_gets_its_chunk(client: openai.OpenAI):
    chunks = list(client.chat.completions.create(
        model="demo", messages=HELLO, stream=True, stream_options={"include_usage": True},
        extra_headers=sim("prompt=50,completion=8")))
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 58


def test_tools(client: openai.OpenAI):
    answer = client.chat.completions.create(
        model="demo", messages=HELLO, tools=[WEATHER], tool_choice="required", extra_headers=sim("tool_calls=2"))
    calls = answer.choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather"] * 2
    assert "city" in json.loads(calls[0].function.arguments)
    assert answer.choices[0].finish_reason == "tool_calls"


def test_streamed_tools(client: openai.OpenAI):
    arguments = ""
    for chunk in client.chat.completions.create(
        model="demo", messages=HELLO, tools=[WEATHER], stream=True, extra_headers=sim("tool_calls=1")):
        for choice in chunk.choices:
            for call in choice.delta.tool_calls or []:
                arguments += call.function.arguments or ""
    assert "city" in json.loads(arguments)


def test_tool_results_go_back(client: openai.OpenAI, simulator: Simulator):
    messages = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": [{
            "id": "call_1", "type": "function",
            "function": {"name": "get_weather", "arguments": '{"city":"Köln"}'}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "4 °C"},
    ]
    client.chat.completions.create(model="demo", messages=messages, tools=[WEATHER])
    assert json.loads(simulator.last()["body"])["messages"] == messages


def test_json_schema_output(client: openai.OpenAI):
    schema = {
        "type": "object", "additionalProperties": False, "required": ["name", "age"],
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    }
    answer = client.chat.completions.create(
        model="demo", messages=HELLO,
        response_format={"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": schema}})
    assert set(json.loads(answer.choices[0].message.content)) == {"name", "age"}


def test_images_go_through_and_count_as_attachments(
    client: openai.OpenAI, gateway: Gateway, simulator: Simulator
):
    picture = "data:image/png;base64," + base64.b64encode(bytes(range(256)) * 16).decode()
    messages = [{"role": "user", "content": [
        {"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": picture}}]}]
    raw = client.chat.completions.with_raw_response.create(model="demo", messages=messages)
    assert json.loads(simulator.last()["body"])["messages"] == messages
    estimated = gateway.ledger.story(raw.headers["x-tollbook-request-id"]).request["estimated_input_tokens"]
    # An image is held at 2,000 tokens, not at the length of its base64.
    assert 2_000 <= estimated < 2_100


def test_several_choices(client: openai.OpenAI):
    answer = client.chat.completions.create(model="demo", messages=HELLO, n=3, max_tokens=4)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]


@pytest.mark.parametrize(
    ("directives", "error", "status"),
    [
        ("status=400", openai.BadRequestError, 400),
        ("status=404", openai.NotFoundError, 404),
        ("status=429,retry_after=7", openai.RateLimitError, 429),
        ("status=500", openai.InternalServerError, 500),
        ("status=503", openai.InternalServerError, 503),
    ])
def test_provider_errors_arrive_as_the_sdk_knows_them(
    client: openai.OpenAI, gateway: Gateway, directives: str, error: type, status: int
):
    with pytest.raises(error) as raised:
        client.chat.completions.create(model="demo", messages=HELLO, extra_headers=sim(directives))
    response = raised.value.response
    assert response.status_code == status and "Simulated" in raised.value.message
    if status == 429:
        assert response.headers["retry-after"] == "7" and raised.value.code == "rate_limit_exceeded"
    story = gateway.ledger.story(response.headers["x-tollbook-request-id"])
    assert story.end_reason == "error" and story.charges == [] and story.outcome["status"] == status


def test_error_inside_a_stream_raises(client: openai.OpenAI):
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(
            model="demo", messages=HELLO, stream=True, extra_headers=sim("completion=10,fault=error_event,after=3")))


def test_retries_of_the_sdk_are_requests_of_their_own(client: openai.OpenAI, gateway: Gateway):
    before = len(gateway.ledger.requests)
    patient = client.with_options(max_retries=3)
    # Strikes the first two calls with the model name that reaches the simulator.
    answer = patient.chat.completions.create(
        model="demo", messages=HELLO, extra_headers=sim("status=503,times=2,retry_after=0"))
    assert answer.choices
    stories = [gateway.ledger.story(number) for number in gateway.ledger.requests[before:]]
    assert [story.end_reason for story in stories] in (["error", "error", "completed"], ["completed"])


def test_wrong_key(gateway: Gateway):
    stranger = openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key="tb-wrong", max_retries=0, http_client=httpx.Client(trust_env=False))
    with pytest.raises(openai.AuthenticationError) as raised:
        stranger.chat.completions.create(model="demo", messages=HELLO)
    assert raised.value.code == "invalid_api_key"


def test_unknown_model(client: openai.OpenAI):
    with pytest.raises(openai.NotFoundError) as raised:
        client.chat.completions.create(model="no-such-model", messages=HELLO)
    assert raised.value.code == "model_not_found" and raised.value.param == "model"


def test_models(client: openai.OpenAI):
    assert [model.id for model in client.models.list()] == ["demo"]
    assert client.models.retrieve("demo").id == "demo"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")


def test_many_streams_of_the_asynchronous_client(gateway: Gateway):
    async def one(client: openai.AsyncOpenAI) -> int:
        stream = await client.chat.completions.create(
            model="demo", messages=HELLO, stream=True, extra_headers=sim("completion=30,tps=500"))
        return len([chunk async for chunk in stream if chunk.choices[0].delta.content])

    async def all_of_them() -> list[int]:
        http = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=64))
        async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key, http_client=http) as client:
            return await asyncio.gather(*(one(client) for _ in range(64)))

    assert asyncio.run(all_of_them()) == [30] * 64
