"""AWS Bedrock's Converse across dialects: callers of chats, messages and responses whose model Bedrock serves, and
boto3 whose model OpenAI's or Anthropic's servers serve. The SDKs work, and the books are the same.
"""

import hashlib
import json

import anthropic
import httpx
import openai
import pytest
from botocore.exceptions import ClientError, EventStreamError
from google import genai
from google.genai import types

from harness import bedrock
from harness.bedrock import connect, metadata, send_stream
from harness.bedrock_recordings import MODEL, SHARED, Recording, Shapes, cases, messages, meters
from harness.gateway import Gateway
from harness.governance import governance
from harness.messages import EVENTS as CLAUDE_EVENTS
from harness.messages import OVERLOADED
from harness.messages import send_stream as send_claude
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

CLAUDE = "us.anthropic.claude-sonnet-4-6"
HELLO = [{"role": "user", "content": "Say hello."}]
CHAT = {"model": "demo", "messages": HELLO}
MESSAGES = {"model": "demo", "max_tokens": 100, "messages": HELLO}
CONVERSE = {"modelId": "demo", "messages": [{"role": "user", "content": [{"text": "Say hello."}]}]}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI_TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather.", "parameters": SCHEMA}}
CLAUDE_TOOL = {"name": "get_weather", "description": "Weather.", "input_schema": SCHEMA}
CONVERSE_TOOL = {"toolSpec": {"name": "get_weather", "description": "Weather.", "inputSchema": {"json": SCHEMA}}}


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def openai_client(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))


def claude_client(gateway: Gateway) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=0)


def serve(gateway: Gateway):
    yield gateway
    try:
        gateway.check_books()
        assert gateway.stop() == 0, gateway.output[-4000:]
    finally:
        gateway.close()


@pytest.fixture(scope="module")
def aws(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider is Bedrock."""
    file = bedrock.bedrock_file(simulator.base_url, model=CLAUDE)
    yield from serve(Gateway(tmp_path_factory.mktemp("aws"), file, environment=bedrock.ENVIRONMENT))


@pytest.fixture(scope="module", params=["openai", "anthropic", "gemini"])
def other(request: pytest.FixtureRequest, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider speaks another dialect than boto3 does."""
    file = governance(simulator.base_url, dialect=request.param)
    yield from serve(Gateway(tmp_path_factory.mktemp(f"from-{request.param}"), file))


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    if not MODEL.exists():
        pytest.skip(f"no model at {MODEL}: what is written was NOT checked against it")
    return Shapes()


def boto(gateway: Gateway, directives: str = ""):
    return connect(gateway.url, gateway.key, headers=sim(directives) if directives else {})


def request_id(answer: dict) -> str:
    return answer["ResponseMetadata"]["HTTPHeaders"]["x-tollbook-request-id"]


def is_signed_right(last: dict) -> bool:
    """Whether the provider gets a signature of what it gets, with the gateway's own key."""
    headers = {name.lower(): value for name, value in last["headers"]}
    credential, names, made = (part.partition("=")[2] for part in headers["authorization"].split(", "))
    access_key, _, scope = credential.partition("/")
    return access_key == bedrock.ACCESS_KEY and made == bedrock.signature(
        bedrock.SECRET_KEY, scope, headers["x-amz-date"], "POST", last["request_line"].split()[1],
        {name: headers[name] for name in names.split(";")}, hashlib.sha256(last["body"]).hexdigest())


# Bedrock as a provider.

def test_a_chat_is_answered_by_bedrock(aws: Gateway, simulator: Simulator, shapes: Shapes):
    raw = openai_client(aws).chat.completions.with_raw_response.create(
        **CHAT, max_completion_tokens=500, temperature=0.5, stop=["END"], user="customer-7",
        metadata={"team": "search"},
        extra_headers=sim("prompt=100,cached=40,cache_write=10,completion=20"))
    answer = raw.parse()
    assert answer.object == "chat.completion" and answer.id.startswith("chatcmpl-")
    assert len(answer.choices[0].message.content.split()) == 20 and answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (100, 20)
    assert answer.usage.prompt_tokens_details.cached_tokens == 40
    last = simulator.last()
    assert last["request_line"].startswith("POST /model/us.anthropic.claude-sonnet-4-6/converse HTTP")
    sent = json.loads(last["body"])
    assert sent == {
        "messages": [{"role": "user", "content": [{"text": "Say hello."}]}], "requestMetadata": {"team": "search"},
        "inferenceConfig": {"maxTokens": 500, "temperature": 0.5, "stopSequences": ["END"]},
        "additionalModelResponseFieldPaths": ["/stop_sequence"]}
    shapes.check("ConverseRequest", {"modelId": "m", **sent})
    assert is_signed_right(last) and aws.key not in str(last)
    story = aws.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "chat_completions" and story.request["dialect"] == "openai-chat"
    assert story.tokens == {"input": 50, "cache_read": 40, "cache_write": 10, "output": 20}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 and raw.headers["x-tollbook-cost-usd"] == "0.000140000"
    assert story.attempts[0]["upstream_request_id"] == raw.headers["x-request-id"]
    assert raw.headers["x-tollbook-dropped-fields"] == "user" and raw.headers["content-type"] == "application/json"


def test_a_streamed_chat_is_answered_by_bedrock(aws: Gateway, simulator: Simulator):
    with openai_client(aws).chat.completions.with_streaming_response.create(
        **CHAT, stream=True, stream_options={"include_usage": True},
        extra_headers=sim("prompt=50,cached=20,completion=8")
    ) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        chunks = list(raw.parse())
        identity = raw.headers["x-tollbook-request-id"]
    assert {chunk.id for chunk in chunks} == {chunks[0].id} and chunks[0].choices[0].delta.role == "assistant"
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert len(words) == 8 and chunks[-1].usage.prompt_tokens == 50 and chunks[-1].usage.completion_tokens == 8
    last = simulator.last()
    assert last["request_line"].split()[1].endswith("/converse-stream") and is_signed_right(last)
    story = aws.story(identity)
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    assert story.end_reason == "completed" and story.caveat is None and story.request["stream"] == 1


def test_messages_are_answered_by_bedrock(aws: Gateway):
    directives = sim("prompt=50,cached=20,completion=8")
    answer = claude_client(aws).messages.create(**MESSAGES, extra_headers=directives)
    assert answer.type == "message" and answer.stop_reason == "end_turn" and len(answer.content[0].text.split()) == 8
    assert (answer.usage.input_tokens, answer.usage.cache_read_input_tokens, answer.usage.output_tokens) == (30, 20, 8)
    with claude_client(aws).messages.stream(**MESSAGES, extra_headers=directives) as stream:
        kinds = [event.type for event in stream if event.type != "text"]
        message = stream.get_final_message()
        story = aws.story(stream.response.headers["x-tollbook-request-id"])
    assert kinds == [
        "message_start", "content_block_start", *["content_block_delta"] * 8, "content_block_stop", "message_delta",
        "message_stop"]
    assert message.usage == answer.usage and story.tokens == {"input": 30, "cache_read": 20, "output": 8}


def test_a_response_is_answered_by_bedrock(aws: Gateway):
    client = openai_client(aws)
    answer = client.responses.create(model="demo", input="Say hello.", extra_headers=sim("completion=6"))
    assert len(answer.output_text.split()) == 6 and answer.status == "completed" and answer.usage.output_tokens == 6
    events = list(client.responses.create(
        model="demo", input="Say hello.", stream=True, extra_headers=sim("completion=6")))
    assert events[-1].type == "response.completed" and events[-1].response.usage.output_tokens == 6
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_contents_are_answered_by_bedrock(aws: Gateway, simulator: Simulator, shapes: Shapes):
    client = genai.Client(api_key=aws.key, http_options=types.HttpOptions(
        base_url=aws.url, headers=sim("prompt=50,cached=20,completion=8")))
    answer = client.models.generate_content(
        model="demo", contents="Say hello.", config=types.GenerateContentConfig(max_output_tokens=50, top_k=5))
    assert len(answer.text.split()) == 8 and answer.usage_metadata.prompt_token_count == 50
    sent = json.loads(simulator.last()["body"])
    shapes.check("ConverseRequest", {"modelId": "m", **sent})
    assert sent["inferenceConfig"] == {"maxTokens": 50} and sent["additionalModelRequestFields"] == {"top_k": 5}
    chunks = list(client.models.generate_content_stream(model="demo", contents="Say hello."))
    assert len("".join(chunk.text or "" for chunk in chunks).split()) == 8
    assert chunks[-1].usage_metadata.candidates_token_count == 8 and is_signed_right(simulator.last())
    story = aws.ledger.story(aws.ledger.requests[-1])
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.caveat is None


def test_bedrock_calls_the_tools_of_others(aws: Gateway, simulator: Simulator, shapes: Shapes):
    client = openai_client(aws)
    answer = client.chat.completions.create(
        **CHAT, tools=[OPENAI_TOOL], tool_choice="required", extra_headers=sim("tool_calls=2"))
    calls = answer.choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather"] * 2 and "city" in calls[0].function.arguments
    assert answer.choices[0].finish_reason == "tool_calls"
    client.chat.completions.create(
        model="demo", tools=[OPENAI_TOOL],
        messages=[*HELLO, answer.choices[0].message.model_dump(exclude_none=True),
                  *[{"role": "tool", "tool_call_id": call.id, "content": "4 °C"} for call in calls]])
    sent = json.loads(simulator.last()["body"])
    shapes.check("ConverseRequest", {"modelId": "m", **sent})
    assert [turn["role"] for turn in sent["messages"]] == ["user", "assistant", "user"]
    assert [block["toolResult"]["toolUseId"] for block in sent["messages"][2]["content"]] == [c.id for c in calls]
    chunks = list(client.chat.completions.create(
        **CHAT, tools=[OPENAI_TOOL], stream=True, extra_headers=sim("tool_calls=2")))
    deltas = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
    for index in (0, 1):
        assert "city" in json.loads("".join(d.function.arguments or "" for d in deltas if d.index == index))
    with claude_client(aws).messages.stream(
        **MESSAGES, tools=[CLAUDE_TOOL], extra_headers=sim("tool_calls=2")) as stream:
        blocks = stream.get_final_message().content
    assert [block.type for block in blocks] == ["tool_use"] * 2 and all("city" in block.input for block in blocks)


def test_everything_that_messages_can_say_is_put_into_converse(aws: Gateway, simulator: Simulator, shapes: Shapes):
    mark = {"type": "ephemeral", "ttl": "1h"}
    claude_client(aws).messages.create(
        model="demo", max_tokens=4096, stop_sequences=["END"], extra_body={"top_k": 5},
        system=[{"type": "text", "text": "Be brief.", "cache_control": mark}],
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
        tools=[{**CLAUDE_TOOL, "cache_control": {"type": "ephemeral"}}],
        messages=[
            {"role": "user", "content": [
                {"type": "text", "text": "See."},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
                {"type": "document", "title": "plan.pdf", "source": {
                    "type": "base64", "media_type": "application/pdf", "data": "JVBERg=="}}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "ZGF0YQ=="},
                {"type": "tool_use", "id": "t1", "name": "get_weather", "input": {"city": "Köln"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "is_error": True, "content": "no"}]}])
    sent = json.loads(simulator.last()["body"])
    shapes.check("ConverseRequest", {"modelId": "m", **sent})
    assert sent["system"] == [{"text": "Be brief."}, {"cachePoint": {"type": "default", "ttl": "1h"}}]
    assert sent["toolConfig"]["tools"][1] == {"cachePoint": {"type": "default"}}
    assert sent["messages"][0]["content"][2]["document"]["name"] == "plan"
    assert sent["messages"][2]["content"][0]["toolResult"]["status"] == "error"
    assert sent["additionalModelRequestFields"] == {"top_k": 5}
    assert json.loads(sent["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]) == {
        **SCHEMA, "additionalProperties": False}


def test_what_would_have_to_be_fetched_is_refused(aws: Gateway, simulator: Simulator):
    calls = simulator.calls
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        openai_client(aws).chat.completions.create(model="demo", messages=[{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}])
    assert raised.value.param == "messages[].content[].image_url.url" and simulator.calls == calls
    assert "none is fetched" in raised.value.body["message"]


@pytest.mark.parametrize(("status", "chat", "message"), [
    (400, openai.BadRequestError, anthropic.BadRequestError), (404, openai.NotFoundError, anthropic.NotFoundError),
    (408, openai.InternalServerError, anthropic.InternalServerError),
    (424, openai.InternalServerError, anthropic.InternalServerError),
    (429, openai.RateLimitError, anthropic.RateLimitError),
    (500, openai.InternalServerError, anthropic.InternalServerError),
    (503, openai.InternalServerError, anthropic.InternalServerError),
])
def test_bedrocks_errors_are_raised_as_the_callers_own(aws: Gateway, status: int, chat: type, message: type):
    with pytest.raises(chat) as raised:
        openai_client(aws).chat.completions.create(**CHAT, extra_headers=sim(f"status={status}"))
    assert "Simulated" in raised.value.body["message"]
    story = aws.story(raised.value.response.headers["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error" and story.attempts[0]["status"] == status
    with pytest.raises(message) as raised:
        claude_client(aws).messages.create(**MESSAGES, stream=True, extra_headers=sim(f"status={status}"))
    assert raised.value.body["error"]["message"] and raised.value.body["type"] == "error"


# Bedrock's streams that go wrong, or come in pieces.

@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream(send_stream(*bedrock.EVENTS)) as upstream:
        file = bedrock.bedrock_file(upstream.base_url, model=CLAUDE)
        gateway = Gateway(tmp_path_factory.mktemp("scripted"), file, environment=bedrock.ENVIRONMENT)
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


def streamed(gateway: Gateway) -> tuple[str, str | None, str]:
    """The text of a streamed chat, the code of the error that ends it, and the request's id."""
    text = ""
    with openai_client(gateway).chat.completions.with_streaming_response.create(**CHAT, stream=True) as raw:
        identity = raw.headers["x-tollbook-request-id"]
        try:
            for chunk in raw.parse():
                text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        except openai.APIError as error:
            return text, error.code or error.type, identity
    return text, None, identity


def test_bytes_may_come_one_by_one(scripted):
    gateway, upstream = scripted

    def trickle(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "application/vnd.amazon.eventstream"})
        for byte in b"".join(bedrock.EVENTS):
            exchange.send_chunk(bytes([byte]))
        exchange.end_stream()

    upstream.handler = trickle
    text, error, identity = streamed(gateway)
    assert (text, error) == ("Hello.", None)
    assert gateway.story(identity).tokens == {"input": 11, "output": 7}


@pytest.mark.parametrize(("parts", "cut", "told", "reason"), [
    ([bedrock.exception("throttlingException", "Too much.")], False, "rate_limit_exceeded", "error"),
    ([bedrock.exception("modelStreamErrorException", "Broken.")], False, "server_error", "error"),
    ([], True, "upstream_cut", "upstream_cut"), ([], False, "upstream_cut", "upstream_cut"),
    ([bedrock.EVENTS[3][:-5] + b"?" + bedrock.EVENTS[3][-4:]], False, "upstream_malformed", "upstream_cut"),
], ids=["throttled", "failed", "cut", "ended", "damaged"])
def test_a_stream_that_breaks_tells_the_callers_error(scripted, parts: list, cut: bool, told: str, reason: str):
    gateway, upstream = scripted
    upstream.handler = send_stream(*bedrock.EVENTS[:2], *parts, cut=cut)
    text, error, identity = streamed(gateway)
    assert (text, error) == ("Hel", told)
    story = gateway.story(identity)
    assert story.end_reason == reason and story.tokens["output"] >= 1 and story.caveat is not None


def test_a_stream_without_metadata_is_whole_and_estimated(scripted):
    gateway, upstream = scripted
    upstream.handler = send_stream(*bedrock.EVENTS[:-1])
    text, error, identity = streamed(gateway)
    story = gateway.story(identity)
    assert (text, error) == ("Hello.", None) and story.end_reason == "completed" and story.caveat == "usage_estimated"


def test_a_guardrail_that_intervenes_is_a_filter(scripted):
    gateway, upstream = scripted
    stop = bedrock.event("messageStop", stopReason="guardrail_intervened")
    upstream.handler = send_stream(
        bedrock.START, bedrock.text("Not that."), stop, metadata(inputTokens=3, outputTokens=2, totalTokens=5))
    chunks = list(openai_client(gateway).chat.completions.create(**CHAT, stream=True))
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "content_filter"
    with claude_client(gateway).messages.stream(**MESSAGES) as stream:
        message = stream.get_final_message()
    assert message.stop_reason == "refusal" and message.content[0].text == "Not that."


# Recordings.

CASES = [case for case in cases() if Recording(case).status == 200]


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 13


def said(blocks: list[dict]) -> tuple[str, str, list]:
    """Text, thoughts and calls of the caller's tools out of Converse's blocks."""
    text = "".join(block.get("text", "") for block in blocks)
    thoughts = "".join(
        block["reasoningContent"].get("reasoningText", {}).get("text", "")
        for block in blocks if "reasoningContent" in block)
    calls = [
        (block["toolUse"]["name"], block["toolUse"]["input"]) for block in blocks
        if "toolUse" in block and block["toolUse"].get("type") != "server_tool_use"]
    return text, thoughts, calls


def recorded(recording: Recording) -> tuple[list[dict], str]:
    """The blocks and the stop reason of a recording, put together here without the gateway's code."""
    if not recording.streamed:
        answer = json.loads(recording.answer)
        return answer["output"]["message"]["content"], answer["stopReason"]
    blocks: dict[int, dict] = {}
    reason = ""
    for event in recording.events:
        payload = event["payload"]
        reason = payload.get("stopReason", reason)
        index = payload.get("contentBlockIndex")
        if tool := payload.get("start", {}).get("toolUse"):
            blocks[index] = {"toolUse": {**tool, "input": ""}}
        for kind, delta in payload.get("delta", {}).items():
            if kind == "text":
                blocks.setdefault(index, {"text": ""})["text"] += delta
            elif kind == "toolUse":
                blocks[index]["toolUse"]["input"] += delta["input"]
            elif kind == "reasoningContent":
                thought = blocks.setdefault(index, {"reasoningContent": {"reasoningText": {"text": ""}}})
                thought["reasoningContent"]["reasoningText"]["text"] += delta.get("text", "")
    for block in blocks.values():
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
    return list(blocks.values()), reason


FINISHES = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls",
            "guardrail_intervened": "content_filter", "content_filtered": "content_filter"}
REASONS = {"guardrail_intervened": "refusal", "content_filtered": "refusal"}


@pytest.mark.parametrize("case", CASES)
def test_bedrocks_answers_reach_callers_of_chats_and_messages(scripted, case: str):
    gateway, upstream = scripted
    recording = Recording(case)
    blocks, reason = recorded(recording)
    text, thoughts, calls = said(blocks)
    upstream.handler = recording.send(11 if recording.streamed else 1 << 20)
    told = {"text": "", "thoughts": "", "calls": {}}
    if recording.streamed:
        for chunk in openai_client(gateway).chat.completions.create(**CHAT, stream=True):
            for choice in chunk.choices:
                told["text"] += choice.delta.content or ""
                told["thoughts"] += getattr(choice.delta, "reasoning_content", None) or ""
                told["finish"] = choice.finish_reason
                for call in choice.delta.tool_calls or []:
                    name, arguments = told["calls"].get(call.index, ("", ""))
                    arguments += call.function.arguments or ""
                    told["calls"][call.index] = (name or call.function.name, arguments)
        found = [(name, json.loads(arguments)) for name, arguments in told["calls"].values()]
    else:
        choice = openai_client(gateway).chat.completions.create(**CHAT).choices[0]
        told = {"text": choice.message.content or "", "finish": choice.finish_reason,
                "thoughts": getattr(choice.message, "reasoning_content", None) or ""}
        found = [(call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls or []]
    assert (told["text"], told["thoughts"], found) == (text, thoughts, calls)
    assert told["finish"] == FINISHES[reason]
    story = gateway.ledger.story(gateway.ledger.requests[-1])
    assert story.tokens == meters(recording.usage()) and story.end_reason == "completed" and story.caveat is None
    assert json.loads(story.attempts[0]["raw_usage"]) == recording.usage()
    if recording.streamed:
        with claude_client(gateway).messages.stream(**MESSAGES) as stream:
            message = stream.get_final_message()
    else:
        message = claude_client(gateway).messages.create(**MESSAGES)
    assert "".join(b.text for b in message.content if b.type == "text") == text
    assert "".join(b.thinking for b in message.content if b.type == "thinking") == thoughts
    assert [(b.name, b.input) for b in message.content if b.type == "tool_use"] == calls
    assert message.stop_reason == REASONS.get(reason, reason)
    usage = recording.usage()
    assert (message.usage.input_tokens, message.usage.output_tokens) == (usage["inputTokens"], usage["outputTokens"])
    assert message.usage.cache_read_input_tokens == usage.get("cacheReadInputTokens", 0)


# boto3 as a caller.

def test_converse_is_answered_by_others(other: Gateway, simulator: Simulator, shapes: Shapes):
    answer = boto(other, "prompt=100,cached=40,completion=20").converse(
        **CONVERSE, system=[{"text": "Be brief."}],
        inferenceConfig={"maxTokens": 50, "temperature": 0.5, "stopSequences": ["END"]})
    assert len(answer["output"]["message"]["content"][0]["text"].split()) == 20 and answer["stopReason"] == "end_turn"
    usage = answer["usage"]
    assert (usage["inputTokens"], usage["cacheReadInputTokens"], usage["outputTokens"]) == (60, 40, 20)
    assert usage["totalTokens"] == 120 and 0 <= answer["metrics"]["latencyMs"] < 60_000
    story = other.story(request_id(answer))
    assert story.request["endpoint"] == "converse" and story.request["dialect"] == "bedrock-converse"
    assert story.tokens == {"input": 60, "cache_read": 40, "output": 20} and story.sources == {"provider"}
    assert story.total == 100 * 1_000 + 20 * 2_000 and story.caveat is None
    last = simulator.last()
    sent = json.loads(last["body"])
    settings = sent.get("generationConfig", sent)
    limits = [settings.get(name) for name in ("max_tokens", "max_completion_tokens", "maxOutputTokens")]
    assert settings["temperature"] == 0.5 and 50 in limits
    names = {name.lower() for name, _ in last["headers"]}
    assert not any(name.startswith(("x-amz", "amz-")) for name in names) and other.key not in str(last)
    answer.pop("ResponseMetadata")
    shapes.check("ConverseResponse", answer)


def test_a_converse_stream_is_answered_by_others(other: Gateway, shapes: Shapes):
    answer = boto(other, "prompt=50,cached=20,completion=8").converse_stream(**CONVERSE)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/vnd.amazon.eventstream"
    events = list(answer["stream"])
    kinds = [next(iter(event)) for event in events]
    assert kinds == ["messageStart", *["contentBlockDelta"] * 8, "contentBlockStop", "messageStop", "metadata"]
    usage = events[-1]["metadata"]["usage"]
    assert (usage["inputTokens"], usage["cacheReadInputTokens"], usage["outputTokens"]) == (30, 20, 8)
    story = other.story(request_id(answer))
    assert story.request["endpoint"] == "converse_stream" and story.request["stream"] == 1
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    body = other.post(
        "/model/demo/converse-stream", {"messages": CONVERSE["messages"]},
        {"authorization": f"Bearer {other.key}", **sim("completion=5")}).body
    for headers, payload in messages(body):
        shapes.check("ConverseStreamOutput", {headers[":event-type"]: payload})


def test_others_call_the_tools_of_converse(other: Gateway, simulator: Simulator):
    tools = {"tools": [CONVERSE_TOOL], "toolChoice": {"any": {}}}
    shared = boto(other, "tool_calls=2")
    answer = shared.converse(**CONVERSE, toolConfig=tools)
    message = answer["output"]["message"]
    calls = [block["toolUse"] for block in message["content"]]
    assert [call["name"] for call in calls] == ["get_weather"] * 2 and "city" in calls[0]["input"]
    assert answer["stopReason"] == "tool_use"
    results = [{"toolResult": {"toolUseId": call["toolUseId"], "content": [{"json": {"c": 4}}]}} for call in calls]
    boto(other).converse(
        modelId="demo", toolConfig={"tools": [CONVERSE_TOOL]},
        messages=[*CONVERSE["messages"], message, {"role": "user", "content": results}])
    assert calls[1]["toolUseId"] in simulator.last()["body"].decode()
    pieces: dict[int, str] = {}
    for event in shared.converse_stream(**CONVERSE, toolConfig=tools)["stream"]:
        if delta := event.get("contentBlockDelta"):
            index = delta["contentBlockIndex"]
            pieces[index] = pieces.get(index, "") + delta["delta"]["toolUse"]["input"]
    assert len(pieces) == 2 and all("city" in json.loads(piece) for piece in pieces.values())


@pytest.mark.parametrize(("status", "expected"), [
    (400, "ValidationException"), (404, "ResourceNotFoundException"), (429, "ThrottlingException"),
    (500, "InternalServerException"), (503, "ServiceUnavailableException"),
])
def test_others_errors_are_raised_as_awss(other: Gateway, status: int, expected: str):
    shared = boto(other, f"status={status}")
    for call in (shared.converse, shared.converse_stream):
        with pytest.raises(getattr(shared.exceptions, expected)) as raised:
            call(**CONVERSE)
        assert raised.value.response["Error"]["Message"]
        assert other.story(request_id(raised.value.response)).charges == []


def test_a_guardrail_is_not_left_out(other: Gateway, simulator: Simulator):
    calls = simulator.calls
    with pytest.raises(ClientError) as raised:
        boto(other).converse(**CONVERSE, guardrailConfig={"guardrailIdentifier": "g" * 12, "guardrailVersion": "1"})
    error = raised.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 422 and "guardrail" in error["Error"]["Message"]
    assert simulator.calls == calls


@pytest.mark.parametrize(("parts", "told"), [
    ([CLAUDE_EVENTS[0]], "modelStreamErrorException"),
    ([CLAUDE_EVENTS[0], OVERLOADED], "serviceUnavailableException"),
])
def test_a_stream_that_breaks_raises_in_boto3(make_gateway, parts: list[bytes], told: str):
    with ScriptedUpstream(send_claude(*parts)) as upstream:
        gateway = make_gateway(governance(upstream.base_url, dialect="anthropic"))
        with pytest.raises(EventStreamError) as raised:
            list(boto(gateway).converse_stream(**CONVERSE)["stream"])
    assert raised.value.response["Error"]["Code"] == told
    gateway.check_books()
