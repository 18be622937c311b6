"""The Anthropic Python SDK against the binary: what an application does on its first day."""

import asyncio
import base64
import json

import anthropic
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.messages import OPEN, OVERLOADED, answer_messages, send_stream, start, text
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream

HELLO = [{"role": "user", "content": "Say hello."}]
CALL = {"model": "demo", "max_tokens": 100, "messages": HELLO}
WEATHER = {
    "name": "get_weather", "description": "The weather of a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


@pytest.fixture(scope="module")
def claude(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway in front of the simulator as an Anthropic provider."""
    server = Gateway(tmp_path_factory.mktemp("claude"), governance(simulator.base_url, dialect="anthropic"))
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


def connect(gateway: Gateway, **options: object) -> anthropic.Anthropic:
    return anthropic.Anthropic(**{"base_url": gateway.url, "api_key": gateway.key, "max_retries": 0, **options})


@pytest.fixture(scope="module")
def client(claude: Gateway) -> anthropic.Anthropic:
    return connect(claude)


def test_plain_call_costs_what_the_provider_counted(client: anthropic.Anthropic, claude: Gateway):
    raw = client.messages.with_raw_response.create(
        **CALL, extra_headers=sim("prompt=100,cached=40,cache_write=10,completion=20,reasoning=5"))
    answer = raw.parse()
    assert answer.content[0].text and answer.stop_reason == "end_turn"
    assert answer.usage.input_tokens == 50 and answer.usage.cache_read_input_tokens == 40
    story = claude.ledger.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "messages" and story.request["dialect"] == "anthropic-messages"
    assert story.tokens == {"input": 50, "cache_read": 40, "cache_write_5m": 10, "output": 15, "reasoning": 5}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 == story.outcome["total_nano"]
    assert raw.headers["x-tollbook-cost-usd"] == "0.000140000"
    assert raw.headers["x-tollbook-route"] == "demo"
    assert story.attempts[0]["upstream_request_id"] == raw.headers["request-id"]


def test_stream_events_come_in_order_and_are_metered(client: anthropic.Anthropic, claude: Gateway):
    with client.messages.stream(**CALL, extra_headers=sim("prompt=50,cached=20,completion=8")) as stream:
        kinds = [event.type for event in stream if event.type != "text"]
        message = stream.get_final_message()
        request_id = stream.response.headers["x-tollbook-request-id"]
    assert kinds == [
        "message_start", "content_block_start", *["content_block_delta"] * 8, "content_block_stop", "message_delta",
        "message_stop"]
    assert len(message.content[0].text.split()) == 8 and message.usage.output_tokens == 8
    story = claude.ledger.story(request_id)
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    assert story.request["stream"] == 1 and story.end_reason == "completed"


def test_raw_stream(client: anthropic.Anthropic):
    kinds = [event.type for event in client.messages.create(**CALL, stream=True, extra_headers=sim("completion=2"))]
    assert kinds[0] == "message_start" and kinds[-1] == "message_stop"


def test_async_client(claude: Gateway):
    async def run() -> list[str]:
        async with anthropic.AsyncAnthropic(base_url=claude.url, api_key=claude.key, max_retries=0) as client:
            answers = await asyncio.gather(*[client.messages.create(**CALL) for _ in range(8)])
            return [answer.stop_reason for answer in answers]

    assert asyncio.run(run()) == ["end_turn"] * 8


@pytest.mark.parametrize("credential", [{"api_key": True}, {"auth_token": True}])
def test_both_kinds_of_credential_find_the_key(claude: Gateway, credential: dict):
    client = connect(claude, **{"api_key": None, **{name: claude.key for name in credential}})
    assert client.messages.create(**CALL).id


def test_tools(client: anthropic.Anthropic):
    answer = client.messages.create(
        **CALL, tools=[WEATHER], tool_choice={"type": "any"}, extra_headers=sim("tool_calls=2"))
    calls = [block for block in answer.content if block.type == "tool_use"]
    assert [call.name for call in calls] == ["get_weather"] * 2 and "city" in calls[0].input
    assert answer.stop_reason == "tool_use"


def test_streamed_tools(client: anthropic.Anthropic):
    with client.messages.stream(**CALL, tools=[WEATHER], extra_headers=sim("tool_calls=1")) as stream:
        pieces = [event.partial_json for event in stream if event.type == "input_json"]
        block = stream.get_final_message().content[0]
    assert len(pieces) > 1 and json.loads("".join(pieces)) == block.input and "city" in block.input


def test_everything_reaches_the_provider_as_sent(client: anthropic.Anthropic, claude: Gateway, simulator: Simulator):
    picture = base64.b64encode(bytes(range(256)) * 16).decode()
    fields = {
        "system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture}},
                {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "word " * 900}},
            ]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Köln"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "4 °C"}]},
        ],
        "tools": [WEATHER], "thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000,
        "metadata": {"user_id": "customer-7"},
    }
    raw = client.messages.with_raw_response.create(model="demo", **fields)
    last = simulator.last()
    assert json.loads(last["body"]) == {"model": "upstream-model", **fields}
    headers = {name.lower(): value for name, value in last["headers"]}
    assert headers["x-api-key"] == "sk-upstream-5f0c2b9e77aa41" and "authorization" not in headers
    assert headers["anthropic-version"] and claude.key not in str(last)
    request = claude.ledger.story(raw.headers["x-tollbook-request-id"]).request
    # An image counts 2,000 tokens whatever its base64's length; a document of plain text counts its text.
    assert 2_000 + 4_500 // 3 < request["estimated_input_tokens"] < 2_000 + 4_500 // 3 + 400
    assert request["end_user_subject_id"] is not None


def test_tokens_are_counted_without_a_charge(client: anthropic.Anthropic, claude: Gateway, simulator: Simulator):
    raw = client.messages.with_raw_response.count_tokens(
        model="demo", messages=HELLO, tools=[WEATHER], extra_headers=sim("prompt=2095"))
    assert raw.parse().input_tokens == 2095
    assert simulator.last()["request_line"].startswith("POST /v1/messages/count_tokens ")
    story = claude.ledger.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "count_tokens" and story.end_reason == "completed"
    assert story.charges == [] and story.held == 0 and story.total == 0 and story.caveat is None
    assert raw.headers["x-tollbook-cost-usd"] == "0.000000000"


def test_models_have_anthropics_shape(client: anthropic.Anthropic):
    models = client.models.list()
    assert [model.id for model in models] == ["demo"] and models.has_more is False
    assert client.models.retrieve("demo").type == "model"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("nowhere")


def test_models_keep_openais_shape_without_the_version(claude: Gateway):
    answer = claude.client.get("/v1/models", headers={"authorization": f"Bearer {claude.key}"}).json()
    assert answer["object"] == "list" and answer["data"][0]["object"] == "model"


# Errors: the class that the SDK raises must be the one that it raises against the provider.

@pytest.mark.parametrize(("status", "expected", "kind"), [
    (400, anthropic.BadRequestError, "invalid_request_error"),
    (404, anthropic.NotFoundError, "not_found_error"),
    (413, anthropic.APIStatusError, "request_too_large"),
    (429, anthropic.RateLimitError, "rate_limit_error"),
    (500, anthropic.InternalServerError, "api_error"),
    (529, anthropic.APIStatusError, "overloaded_error"),
])
def test_errors_of_the_provider_are_passed_on(
    client: anthropic.Anthropic, claude: Gateway, status: int, expected: type, kind: str
):
    with pytest.raises(expected) as raised:
        client.messages.create(**CALL, extra_headers=sim(f"status={status}"))
    error = raised.value
    assert error.status_code == status and error.body["error"]["type"] == kind
    story = claude.story(error.response.headers["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error" and story.outcome["status"] == status


def test_a_refused_credential_is_the_gateways_fault(client: anthropic.Anthropic):
    with pytest.raises(anthropic.InternalServerError) as raised:
        client.messages.create(**CALL, extra_headers=sim("status=401"))
    assert raised.value.body["error"] == {
        "type": "api_error", "code": "upstream_auth_failed",
        "message": "The provider refused the gateway's credential."}


def test_an_unknown_key(claude: Gateway):
    with pytest.raises(anthropic.AuthenticationError) as raised:
        connect(claude, api_key="tb-nobody").messages.create(**CALL)
    assert raised.value.body["type"] == "error"
    assert raised.value.body["error"]["type"] == "authentication_error"


def test_an_unknown_model(client: anthropic.Anthropic):
    with pytest.raises(anthropic.NotFoundError) as raised:
        client.messages.create(**{**CALL, "model": "nowhere"})
    assert raised.value.body["error"]["code"] == "model_not_found"


@pytest.mark.parametrize(("body", "code"), [
    (b'{"model": "demo", "messages": []}', "missing_field"),
    (b'{"model": "demo", "max_tokens": null, "messages": []}', "missing_field"),
    (b'{"model": "demo", "max_tokens": 1, "max_tokens": 9, "messages": []}', "duplicate_field"),
    (b'{"model": "demo", "max_tokens": "many", "messages": []}', "invalid_field"),
    (b'{"model": "demo", "max_tokens": 1, "metadata": {"user_id": "a", "user_id": "b"}}', "duplicate_field"),
    (b'{"model": "demo", "max_tokens": 1', "invalid_json"),
])
def test_bodies_that_cannot_be_served(claude: Gateway, body: bytes, code: str):
    answer = claude.messages(body)
    assert answer.status == 400 and answer.json["type"] == "error"
    assert answer.json["error"]["type"] == "invalid_request_error" and answer.code == code


def test_paths_and_methods_answer_in_anthropics_form(claude: Gateway):
    headers = {"x-api-key": claude.key, "anthropic-version": "2023-06-01"}
    answer = claude.client.get("/v1/messages", headers=headers)
    assert answer.status_code == 405 and answer.headers["allow"] == "POST" and answer.json()["type"] == "error"
    assert claude.client.post("/v1/complete", headers=headers).json()["error"]["type"] == "not_found_error"


def test_an_exhausted_budget_tells_its_figures(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(simulator.base_url, dialect="anthropic", budgets=[hard_budget(1_000)]))
    with pytest.raises(anthropic.APIStatusError) as raised:
        connect(gateway).messages.create(**CALL)
    error = raised.value
    assert error.status_code == 402 and error.body["error"]["type"] == "billing_error"
    assert error.body["error"]["code"] == "budget_exhausted" and error.body["error"]["limit"] == "0.000001000"
    assert error.body["request_id"] == error.response.headers["x-tollbook-request-id"]
    # Counting is free: it needs no room in a budget.
    assert connect(gateway).messages.count_tokens(model="demo", messages=HELLO).input_tokens > 0
    gateway.check_books()


def test_the_hold_covers_max_tokens(claude: Gateway):
    small = claude.story(claude.messages(max_tokens=10))
    large = claude.story(claude.messages(max_tokens=1_010))
    assert large.held - small.held == pytest.approx(1_000 * 2_000, abs=3_000)


def test_an_error_inside_the_stream_is_raised(upstream: ScriptedUpstream, make_gateway):
    upstream.handler = send_stream(start(), OPEN, text("Hel"), OVERLOADED)
    gateway = make_gateway(governance(upstream.base_url, dialect="anthropic"))
    try:
        with pytest.raises(anthropic.APIStatusError) as raised:
            with connect(gateway).messages.stream(**CALL) as stream:
                for _ in stream:
                    pass
        assert "Overloaded" in str(raised.value)
        gateway.check_books()
    finally:
        upstream.handler = answer_messages
