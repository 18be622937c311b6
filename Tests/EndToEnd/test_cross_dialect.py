"""Callers of one dialect, providers of the other: the SDK that people have works, and the books are the same."""

import json

import anthropic
import httpx
import openai
import pytest

from harness.gateway import Gateway
from harness.governance import governance, hard_budget
from harness.messages import CLOSE, EVENTS, OPEN, OVERLOADED, finish, send_stream, start, text
from harness.process import ROOT
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream
from harness.waiting import until

HELLO = [{"role": "user", "content": "Say hello."}]
CHAT = {"model": "demo", "messages": HELLO}
MESSAGES = {"model": "demo", "max_tokens": 100, "messages": HELLO}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI_TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather.", "parameters": SCHEMA}}
CLAUDE_TOOL = {"name": "get_weather", "description": "Weather.", "input_schema": SCHEMA}


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def openai_client(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))


def claude_client(gateway: Gateway) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=0)


def served_by(dialect: str, simulator: Simulator, factory: pytest.TempPathFactory):
    server = Gateway(factory.mktemp(f"cross-{dialect}"), governance(simulator.base_url, dialect=dialect))
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture(scope="module")
def claude(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider speaks Anthropic's dialect."""
    yield from served_by("anthropic", simulator, tmp_path_factory)


@pytest.fixture(scope="module")
def gpt(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider speaks OpenAI's dialect."""
    yield from served_by("openai", simulator, tmp_path_factory)


def decision_details(gateway: Gateway, request_id: str) -> list[str]:
    return [row["detail"] for row in gateway.story(request_id).decisions if row["detail"]]


# An OpenAI client, an Anthropic provider.

def test_a_chat_is_answered_by_claude(claude: Gateway, simulator: Simulator):
    raw = openai_client(claude).chat.completions.with_raw_response.create(
        **CHAT, temperature=0.5, stop=["END"], user="customer-7",
        extra_headers=sim("prompt=100,cached=40,cache_write=10,completion=20,reasoning=5"))
    answer = raw.parse()
    assert answer.object == "chat.completion" and answer.model and answer.id.startswith("chatcmpl-")
    assert len(answer.choices[0].message.content.split()) == 15 and answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens == 100 and answer.usage.completion_tokens == 20
    assert answer.usage.prompt_tokens_details.cached_tokens == 40
    last = simulator.last()
    assert last["request_line"].startswith("POST /v1/messages HTTP")
    assert json.loads(last["body"]) == {
        "model": "upstream-model", "max_tokens": 4096, "temperature": 0.5, "stop_sequences": ["END"],
        "messages": [{"role": "user", "content": "Say hello."}], "metadata": {"user_id": "customer-7"}}
    headers = {name.lower(): value for name, value in last["headers"]}
    assert headers["x-api-key"] == "sk-upstream-5f0c2b9e77aa41" and headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in headers and claude.key not in str(last)
    story = claude.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "chat_completions" and story.request["dialect"] == "openai-chat"
    assert story.tokens == {"input": 50, "cache_read": 40, "cache_write_5m": 10, "output": 15, "reasoning": 5}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 and raw.headers["x-tollbook-cost-usd"] == "0.000140000"
    assert story.attempts[0]["upstream_request_id"] == raw.headers["x-request-id"]
    assert "x-tollbook-dropped-fields" not in raw.headers
    assert decision_details(claude, raw.headers["x-tollbook-request-id"]) == []


@pytest.mark.parametrize("asks", [True, False])
def test_a_streamed_chat_is_answered_by_claude(claude: Gateway, asks: bool):
    options = {"stream_options": {"include_usage": True}} if asks else {}
    with openai_client(claude).chat.completions.with_streaming_response.create(
        **CHAT, **options, stream=True, extra_headers=sim("prompt=50,cached=20,completion=8")
    ) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        chunks = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert {chunk.id for chunk in chunks} == {chunks[0].id} and chunks[0].choices[0].delta.role == "assistant"
    words = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert len(words.split()) == 8
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    assert len(usages) == int(asks) and (not asks or (usages[0].prompt_tokens, usages[0].completion_tokens) == (50, 8))
    story = claude.story(request_id)
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    assert story.end_reason == "completed" and story.caveat is None and story.request["stream"] == 1


def test_claude_calls_the_tools_of_a_chat(claude: Gateway, simulator: Simulator):
    client = openai_client(claude)
    answer = client.chat.completions.create(
        **CHAT, tools=[OPENAI_TOOL], tool_choice="required", extra_headers=sim("tool_calls=2"))
    calls = answer.choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather"] * 2
    assert answer.choices[0].finish_reason == "tool_calls"
    assert "city" in json.loads(calls[0].function.arguments)
    sent = json.loads(simulator.last()["body"])
    assert sent["tools"][0]["input_schema"] == SCHEMA and sent["tool_choice"] == {"type": "any"}
    client.chat.completions.create(
        model="demo", tools=[OPENAI_TOOL],
        messages=[*HELLO, answer.choices[0].message.model_dump(exclude_none=True),
                  *[{"role": "tool", "tool_call_id": call.id, "content": "4 °C"} for call in calls]])
    turns = json.loads(simulator.last()["body"])["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    assert [block["tool_use_id"] for block in turns[2]["content"]] == [call.id for call in calls]


def test_claude_streams_the_tool_calls_of_a_chat(claude: Gateway):
    chunks = list(openai_client(claude).chat.completions.create(
        **CHAT, tools=[OPENAI_TOOL], stream=True, extra_headers=sim("tool_calls=2")))
    deltas = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
    for index in (0, 1):
        arguments = "".join(d.function.arguments or "" for d in deltas if d.index == index)
        assert "city" in json.loads(arguments)
    assert len({d.id for d in deltas if d.id}) == 2


@pytest.mark.parametrize(("status", "expected", "told"), [
    (400, openai.BadRequestError, 400), (404, openai.NotFoundError, 404), (429, openai.RateLimitError, 429),
    (500, openai.InternalServerError, 500), (529, openai.InternalServerError, 503),
])
def test_claudes_errors_are_told_as_openais(claude: Gateway, status: int, expected: type, told: int):
    with pytest.raises(expected) as raised:
        openai_client(claude).chat.completions.create(**CHAT, extra_headers=sim(f"status={status}"))
    error = raised.value
    assert error.status_code == told and error.body["message"]
    assert set(error.body) == {"message", "type", "param", "code"}
    story = claude.story(error.response.headers["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error"
    assert story.attempts[0]["status"] == status and story.outcome["status"] == told


# An Anthropic client, an OpenAI provider.

def test_messages_are_answered_by_an_openai_model(gpt: Gateway, simulator: Simulator):
    raw = claude_client(gpt).messages.with_raw_response.create(
        **MESSAGES, system="Be brief.", stop_sequences=["END"], metadata={"user_id": "customer-7"},
        extra_headers={**sim("prompt=100,cached=40,completion=20,reasoning=5"), "anthropic-beta": "some-beta"})
    answer = raw.parse()
    assert answer.type == "message" and answer.id.startswith("msg_") and answer.stop_reason == "end_turn"
    assert len(answer.content[0].text.split()) == 15
    assert (answer.usage.input_tokens, answer.usage.cache_read_input_tokens, answer.usage.output_tokens) == (60, 40, 20)
    last = simulator.last()
    assert last["request_line"].startswith("POST /v1/chat/completions HTTP")
    assert json.loads(last["body"]) == {
        "model": "upstream-model", "max_completion_tokens": 100, "stop": ["END"], "user": "customer-7",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello."}]}
    headers = {name.lower(): value for name, value in last["headers"]}
    assert headers["authorization"] == "Bearer sk-upstream-5f0c2b9e77aa41"
    assert not any(name.startswith("anthropic-") or name == "x-api-key" for name in headers)
    story = gpt.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "messages" and story.request["dialect"] == "anthropic-messages"
    assert story.tokens == {"input": 60, "cache_read": 40, "output": 15, "reasoning": 5} and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 and story.end_reason == "completed"


def test_streamed_messages_are_answered_by_an_openai_model(gpt: Gateway, simulator: Simulator):
    directives = sim("prompt=50,cached=20,completion=8")
    with claude_client(gpt).messages.stream(**MESSAGES, extra_headers=directives) as stream:
        kinds = [event.type for event in stream if event.type != "text"]
        message = stream.get_final_message()
        request_id = stream.response.headers["x-tollbook-request-id"]
    assert kinds == [
        "message_start", "content_block_start", *["content_block_delta"] * 8, "content_block_stop", "message_delta",
        "message_stop"]
    assert len(message.content[0].text.split()) == 8 and message.usage.output_tokens == 8
    assert json.loads(simulator.last()["body"])["stream_options"] == {"include_usage": True}
    story = gpt.story(request_id)
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}


def test_an_openai_model_calls_the_tools_of_messages(gpt: Gateway):
    client = claude_client(gpt)
    answer = client.messages.create(
        **MESSAGES, tools=[CLAUDE_TOOL], tool_choice={"type": "any"}, extra_headers=sim("tool_calls=2"))
    calls = [block for block in answer.content if block.type == "tool_use"]
    assert [call.name for call in calls] == ["get_weather"] * 2 and "city" in calls[0].input
    assert answer.stop_reason == "tool_use"
    with client.messages.stream(**MESSAGES, tools=[CLAUDE_TOOL], extra_headers=sim("tool_calls=2")) as stream:
        blocks = stream.get_final_message().content
    assert [block.type for block in blocks] == ["tool_use"] * 2 and all("city" in block.input for block in blocks)


@pytest.mark.parametrize(("status", "expected", "kind"), [
    (400, anthropic.BadRequestError, "invalid_request_error"), (404, anthropic.NotFoundError, "not_found_error"),
    (429, anthropic.RateLimitError, "rate_limit_error"), (500, anthropic.InternalServerError, "api_error"),
])
def test_openais_errors_are_told_as_claudes(gpt: Gateway, status: int, expected: type, kind: str):
    with pytest.raises(expected) as raised:
        claude_client(gpt).messages.create(**MESSAGES, extra_headers=sim(f"status={status}"))
    assert raised.value.status_code == status and raised.value.body["error"]["type"] == kind


def test_tokens_are_estimated_where_the_provider_counts_none(gpt: Gateway, simulator: Simulator):
    calls = simulator.calls
    raw = claude_client(gpt).messages.with_raw_response.count_tokens(model="demo", messages=HELLO, tools=[CLAUDE_TOOL])
    assert 20 < raw.parse().input_tokens < 200 and raw.headers["x-tollbook-token-count"] == "estimated"
    story = gpt.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "count_tokens" and story.end_reason == "completed"
    assert story.caveat == "usage_estimated" and story.attempts == [] and story.charges == [] and story.total == 0
    assert story.request["estimated_input_tokens"] == raw.parse().input_tokens and simulator.calls == calls


# Fields that the other dialect cannot say.

def test_what_is_left_out_is_named(claude: Gateway, simulator: Simulator):
    raw = openai_client(claude).chat.completions.with_raw_response.create(
        **CHAT, seed=7, temperature=1.7, frequency_penalty=0.5, extra_body={"x_vendor": {"a": 1}})
    assert raw.headers["x-tollbook-dropped-fields"] == "x_vendor, frequency_penalty, seed"
    assert raw.headers["x-tollbook-adjusted-fields"] == "temperature"
    assert decision_details(claude, raw.headers["x-tollbook-request-id"]) == [
        "dropped: x_vendor, frequency_penalty, seed; adjusted: temperature"]
    assert not {"seed", "frequency_penalty", "x_vendor"} & set(json.loads(simulator.last()["body"]))


def test_what_changes_the_meaning_is_refused(claude: Gateway, gpt: Gateway, simulator: Simulator):
    calls = simulator.calls
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        openai_client(claude).chat.completions.create(**CHAT, n=2)
    error = raised.value
    assert error.code == "unservable" and error.param == "n" and error.body["reason"] == "untranslatable_field"
    assert "Send the request n times" in error.body["message"]
    story = claude.story(error.response.headers["x-tollbook-request-id"])
    assert story.end_reason == "denied" and story.held == 0
    assert ("untranslatable_field", "n") in {(row["reason"], row["detail"]) for row in story.decisions}
    with pytest.raises(anthropic.UnprocessableEntityError) as raised:
        claude_client(gpt).messages.create(**{**MESSAGES, "stop_sequences": list("abcde")})
    assert raised.value.body["error"]["param"] == "stop_sequences" and simulator.calls == calls


def test_a_target_that_cannot_say_a_field_gives_way_to_one_that_can(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(
        simulator.base_url, dialect="anthropic",
        extra_providers=[{"name": "other", "dialect": "openai", "base_url": simulator.base_url, "credential": "none"}],
        deployments=[
            {"name": "claude", "provider": "up", "model": "c"}, {"name": "gpt", "provider": "other", "model": "g"}],
        routes=[{"name": "demo", "strategy": "priority", "targets": ["claude", "gpt"]}]))
    client = openai_client(gateway)
    assert len(client.chat.completions.create(**CHAT, n=2).choices) == 2
    assert json.loads(simulator.last()["body"])["model"] == "g"
    client.chat.completions.create(**CHAT)
    assert json.loads(simulator.last()["body"])["model"] == "c"


@pytest.mark.parametrize(("body", "code"), [
    ({"model": "demo"}, "missing_field"), ({"model": "demo", "messages": "hello"}, "invalid_field"),
    ({"model": "demo", "messages": [{"role": "robot", "content": "x"}]}, "invalid_field"),
    ({"model": "demo", "messages": HELLO, "tools": {}}, "invalid_field"),
])
def test_bodies_that_are_no_chat_are_refused_with_the_field(claude: Gateway, body: dict, code: str):
    answer = claude.client.post("/v1/chat/completions", json=body, headers={"authorization": f"Bearer {claude.key}"})
    assert answer.status_code == 400 and answer.json()["error"]["code"] == code and answer.json()["error"]["param"]


def test_a_translated_call_is_held_against_its_budget(simulator: Simulator, make_gateway):
    gateway = make_gateway(governance(simulator.base_url, dialect="anthropic", budgets=[hard_budget(1_000)]))
    with pytest.raises(openai.APIStatusError) as raised:
        openai_client(gateway).chat.completions.create(**CHAT)
    assert raised.value.status_code == 402 and raised.value.code == "budget_exhausted"


# Streams that go wrong, or come in pieces.

def scripted(make_gateway, handler, dialect: str):
    upstream = ScriptedUpstream(handler)
    return upstream, make_gateway(governance(upstream.base_url, dialect=dialect))


def test_bytes_may_come_one_by_one(make_gateway):
    def trickle(exchange: Exchange) -> None:
        exchange.begin_stream()
        for byte in b"".join(EVENTS):
            exchange.send_chunk(bytes([byte]))
        exchange.end_stream()

    upstream, gateway = scripted(make_gateway, trickle, "anthropic")
    with upstream:
        chunks = list(openai_client(gateway).chat.completions.create(**CHAT, stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello"


@pytest.mark.parametrize(("events", "reason", "code"), [
    ([start(), OPEN, text("Hel"), OVERLOADED], "error", None),
    ([start(), OPEN, text("Hel")], "upstream_cut", "upstream_cut"),
])
def test_a_stream_that_breaks_tells_an_openai_error(make_gateway, events: list[bytes], reason: str, code: str | None):
    upstream, gateway = scripted(make_gateway, send_stream(*events), "anthropic")
    with upstream, openai_client(gateway).chat.completions.with_streaming_response.create(**CHAT, stream=True) as raw:
        request_id = raw.headers["x-tollbook-request-id"]
        with pytest.raises(openai.APIError) as raised:
            list(raw.parse())
    assert code is None or raised.value.code == code
    story = gateway.story(request_id)
    assert story.end_reason == reason and story.caveat == "usage_estimated"
    assert story.tokens["cache_read"] == 2000 and story.tokens["output"] >= 1


def test_a_stream_that_only_finishes_is_whole(make_gateway):
    events = [start(), OPEN, text("Hello"), CLOSE, finish()]
    upstream, gateway = scripted(make_gateway, send_stream(*events), "anthropic")
    with upstream, openai_client(gateway).chat.completions.with_streaming_response.create(**CHAT, stream=True) as raw:
        chunks = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert chunks[-1].choices[0].finish_reason == "stop"
    story = gateway.story(request_id)
    assert story.end_reason == "completed" and story.caveat == "no_terminal_event" and story.sources == {"provider"}


def test_comments_keep_a_translated_connection_alive(make_gateway):
    events = [b": processing\n\n", *EVENTS[:2], b": still there\n\n", *EVENTS[2:]]
    upstream, gateway = scripted(make_gateway, send_stream(*events), "anthropic")
    with upstream:
        body = gateway.chat(stream=True).body
    assert body.startswith(b": processing\n\n") and b": still there\n\n" in body
    assert body.rstrip().endswith(b"data: [DONE]")


def test_a_client_that_leaves_a_translated_stream_is_charged_what_was_seen(make_gateway):
    left = []

    def hang(exchange: Exchange) -> None:
        exchange.begin_stream()
        for event in [start(), OPEN, text("Hel")]:
            exchange.send_chunk(event)
        left.append(exchange.wait_for_close())

    upstream, gateway = scripted(make_gateway, hang, "anthropic")
    with upstream:
        with openai_client(gateway).chat.completions.with_streaming_response.create(**CHAT, stream=True) as raw:
            request_id = raw.headers["x-tollbook-request-id"]
            next(raw.iter_lines())
        until(lambda: left, "the provider's connection to close")
    assert left == [True]
    story = gateway.story(request_id)
    assert story.end_reason == "client_gone" and story.caveat == "client_left_early" and story.total > 0


def test_an_answer_too_large_to_translate_is_refused_and_charged(make_gateway):
    def flood(exchange: Exchange) -> None:
        block = {"type": "text", "text": "x" * (33 << 20)}
        exchange.send_plain(json.dumps({"type": "message", "content": [block]}).encode())

    upstream, gateway = scripted(make_gateway, flood, "anthropic")
    with upstream:
        answer = gateway.chat()
    assert answer.status == 502 and answer.code == "upstream_malformed"
    assert "33554432" in answer.json["error"]["message"]
    story = gateway.story(answer.request_id)
    assert story.end_reason == "error" and story.caveat == "answer_malformed" and story.total > 0


@pytest.mark.parametrize("body", [b"<html>no</html>", b'{"type":"message"', b"[]", b""])
def test_an_answer_that_is_none_is_malformed(make_gateway, body: bytes):
    upstream, gateway = scripted(make_gateway, lambda exchange: exchange.send_plain(body), "anthropic")
    with upstream:
        answer = gateway.chat()
    assert answer.status == 502 and answer.code == "upstream_malformed"


def test_an_error_page_is_told_as_json(make_gateway):
    def page(exchange: Exchange) -> None:
        exchange.send_plain(b"<html>oops</html>", "503 Service Unavailable", {
            "content-type": "text/html", "retry-after": "7", "request-id": "req_1"})

    upstream, gateway = scripted(make_gateway, page, "anthropic")
    with upstream:
        answer = gateway.chat()
    assert answer.status == 503 and answer.headers["content-type"] == "application/json"
    assert answer.headers["retry-after"] == "7" and answer.headers["x-request-id"] == "req_1"
    assert answer.json["error"]["message"]


def test_the_documented_rules_are_the_programs(claude: Gateway):
    assert claude.cli("translation").stdout == (ROOT / "schema" / "TRANSLATION.md").read_text()


def test_explain_tells_what_became_of_the_fields(claude: Gateway):
    raw = openai_client(claude).chat.completions.with_raw_response.create(**CHAT, seed=7, temperature=1.5)
    text = claude.cli("explain", raw.headers["x-tollbook-request-id"]).stdout
    told = next(line for line in text.splitlines() if "target_chosen" in line)
    assert "deployment up-d, dropped: seed; adjusted: temperature" in told


@pytest.mark.parametrize(("path", "words", "able"), [
    ("/v1beta/models/demo:embedContent", "answers Gemini's embedContent", ["openai", "azure", "gemini", "vertex"]),
    ("/v1/embeddings", "answers OpenAI embeddings", ["openai", "azure", "gemini", "cohere"]),
    ("/v1/rerank", "ranks documents", ["openai", "cohere"]), ("/v2/chat", "answers Cohere's chat", ["cohere"]),
])
def test_a_route_that_cannot_answer_says_what_could(make_gateway, path: str, words: str, able: list[str]):
    gateway = make_gateway(governance("http://127.0.0.1:9/v1", dialect="anthropic"))
    body = {"model": "demo", "max_tokens": 5, "messages": [], "input": "x", "query": "q", "documents": ["d"],
            "contents": [], "content": {"parts": [{"text": "x"}]}}
    if "/v1beta/" in path:
        body.pop("model")
    answer = gateway.post(path, body, {"authorization": f"Bearer {gateway.key}"})
    assert answer.status == 422 and words in answer.body.decode()
    assert all(name in answer.body.decode() for name in able), answer.body
