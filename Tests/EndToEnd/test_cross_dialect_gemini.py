"""Callers of OpenAI's, Anthropic's and Bedrock's dialects served by Gemini, and Gemini's callers served by those."""

import json

import anthropic
import httpx
import openai
import pytest
from google import genai
from google.genai import errors, types

from harness import bedrock
from harness.gateway import Gateway
from harness.gemini import BLOCKED, OVERLOADED, USAGE, chunk, event, send_events, send_json, usage
from harness.governance import governance
from harness.messages import CLOSE, EVENTS, OPEN, finish, send_stream, start, text
from harness.recordings import SHARED, Recording, listed
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

HELLO = [{"role": "user", "content": "Say hello."}]
CHAT = {"model": "demo", "messages": HELLO}
MESSAGES = {"model": "demo", "max_tokens": 100, "messages": HELLO}
RESPONSES = {"model": "demo", "input": "Say hello."}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI_TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather.", "parameters": SCHEMA}}
CLAUDE_TOOL = {"name": "get_weather", "description": "Weather.", "input_schema": SCHEMA}
RESPONSES_TOOL = {"type": "function", "name": "get_weather", "parameters": SCHEMA}
GEMINI_TOOL = types.Tool(function_declarations=[types.FunctionDeclaration(
    name="get_weather", description="Weather.", parameters_json_schema=SCHEMA)])
# A part of Gemini's answers: a call whose thoughts are signed.
CALL = {"functionCall": {"name": "get_weather", "args": {"city": "Oslo"}, "id": "fc-1"}, "thoughtSignature": "c2ln"}
THOUGHT = {"text": "Weather, so a tool.", "thought": True}
clients: list[genai.Client] = []


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def openai_client(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))


def claude_client(gateway: Gateway) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=0)


def gemini_client(gateway: Gateway) -> genai.Client:
    clients.append(genai.Client(api_key=gateway.key, http_options=types.HttpOptions(base_url=gateway.url)))
    return clients[-1]


def config(directives: str = "", **more: object) -> types.GenerateContentConfig:
    options = types.HttpOptions(headers={"x-sim": directives}) if directives else None
    return types.GenerateContentConfig(http_options=options, **more)


def file_for(upstream: str, dialect: str) -> dict:
    return governance(upstream.removesuffix("/v1") if dialect == "gemini" else upstream, dialect=dialect)


def served_by(dialect: str, simulator: Simulator, factory: pytest.TempPathFactory):
    server = Gateway(factory.mktemp(f"crossed-{dialect}"), file_for(simulator.base_url, dialect))
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


@pytest.fixture(scope="module")
def gemini(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider speaks Gemini's dialect."""
    yield from served_by("gemini", simulator, tmp_path_factory)


@pytest.fixture(scope="module")
def gpt(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from served_by("openai", simulator, tmp_path_factory)


@pytest.fixture(scope="module")
def claude(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    yield from served_by("anthropic", simulator, tmp_path_factory)


@pytest.fixture(scope="module")
def aws(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider is Bedrock."""
    file = bedrock.bedrock_file(simulator.base_url, model="us.anthropic.claude-sonnet-4-6")
    server = Gateway(tmp_path_factory.mktemp("crossed-aws"), file, environment=bedrock.ENVIRONMENT)
    try:
        yield server
        server.check_books()
    finally:
        server.close()


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory):
    """A gateway in front of a scripted provider of Gemini's dialect."""
    with ScriptedUpstream() as upstream:
        server = Gateway(tmp_path_factory.mktemp("scripted-gemini"), file_for(upstream.base_url, "gemini"))
        try:
            yield server, upstream
            server.check_books()
        finally:
            server.close()


def sent(upstream: ScriptedUpstream) -> dict:
    return json.loads(upstream.requests[-1].body)


# Callers of other dialects, a provider of Gemini's.

def test_a_chat_is_answered_by_gemini(gemini: Gateway, simulator: Simulator):
    raw = openai_client(gemini).chat.completions.with_raw_response.create(
        **CHAT, temperature=1.5, stop=["END"], seed=7, max_tokens=50, reasoning_effort="medium",
        extra_headers=sim("prompt=100,cached=40,completion=20,reasoning=5"))
    answer = raw.parse()
    assert answer.choices[0].finish_reason == "stop" and len(answer.choices[0].message.content.split()) == 15
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (100, 20)
    assert answer.usage.prompt_tokens_details.cached_tokens == 40
    assert answer.usage.completion_tokens_details.reasoning_tokens == 5
    last = simulator.last()
    assert last["request_line"] == "POST /v1beta/models/upstream-model:generateContent HTTP/1.1"
    assert json.loads(last["body"]) == {
        "contents": [{"role": "user", "parts": [{"text": "Say hello."}]}],
        "generationConfig": {
            "maxOutputTokens": 50, "temperature": 1.5, "seed": 7, "stopSequences": ["END"],
            "thinkingConfig": {"thinkingBudget": 8192, "includeThoughts": True}}}
    headers = {name.lower(): value for name, value in last["headers"]}
    assert headers["x-goog-api-key"] == "sk-upstream-5f0c2b9e77aa41" and "authorization" not in headers
    story = gemini.story(raw.headers["x-tollbook-request-id"])
    assert story.request["dialect"] == "openai-chat"
    assert story.tokens == {"input": 60, "cache_read": 40, "output": 15, "reasoning": 5}
    assert story.sources == {"provider"} and story.end_reason == "completed" and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000


@pytest.mark.parametrize("asks", [True, False])
def test_a_streamed_chat_is_answered_by_gemini(gemini: Gateway, simulator: Simulator, asks: bool):
    options = {"stream_options": {"include_usage": True}} if asks else {}
    with openai_client(gemini).chat.completions.with_streaming_response.create(
        **CHAT, **options, stream=True, extra_headers=sim("prompt=50,cached=20,completion=8")
    ) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        chunks = list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices).split()
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    assert len(usages) == int(asks) and (not asks or (usages[0].prompt_tokens, usages[0].completion_tokens) == (50, 8))
    assert simulator.last()["request_line"] == (
        "POST /v1beta/models/upstream-model:streamGenerateContent?alt=sse HTTP/1.1")
    story = gemini.story(request_id)
    assert story.tokens == {"input": 30, "cache_read": 20, "output": 8} and story.sources == {"provider"}
    assert story.end_reason == "completed" and story.caveat is None


def test_messages_and_responses_are_answered_by_gemini(gemini: Gateway):
    directives = sim("prompt=100,cached=40,completion=20,reasoning=5")
    message = claude_client(gemini).messages.create(**MESSAGES, extra_headers=directives)
    assert message.stop_reason == "end_turn" and message.content[-1].text.split()
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens, message.usage.output_tokens) == (
        60, 40, 20)
    with claude_client(gemini).messages.stream(**MESSAGES, extra_headers=directives) as stream:
        streamed = stream.get_final_message()
    assert streamed.content[-1].text.split() and streamed.usage.output_tokens == 20
    response = openai_client(gemini).responses.create(**RESPONSES, extra_headers=directives)
    assert response.status == "completed" and response.output_text.split()
    assert (response.usage.input_tokens, response.usage.output_tokens) == (100, 20)
    with openai_client(gemini).responses.stream(**RESPONSES, extra_headers=directives) as stream:
        final = stream.get_final_response()
    assert final.output_text.split() and final.usage.output_tokens_details.reasoning_tokens == 5


@pytest.mark.parametrize("streamed", [False, True])
def test_signed_calls_of_a_chat_go_back_as_they_came(scripted, streamed: bool):
    gateway, upstream = scripted
    answer = chunk(finish="STOP", parts=[THOUGHT, CALL], usage=USAGE)
    upstream.handler = send_events(event(answer), size=5) if streamed else send_json(answer)
    client = openai_client(gateway)
    if streamed:
        with client.chat.completions.stream(**CHAT, tools=[OPENAI_TOOL]) as stream:
            message = stream.get_final_completion().choices[0].message
    else:
        message = client.chat.completions.create(**CHAT, tools=[OPENAI_TOOL]).choices[0].message
    assert sent(upstream)["tools"] == [{"functionDeclarations": [
        {"name": "get_weather", "description": "Weather.", "parametersJsonSchema": SCHEMA}]}]
    call = message.tool_calls[0]
    assert (call.id, call.function.name, json.loads(call.function.arguments)) == (
        "fc-1", "get_weather", {"city": "Oslo"})
    assert message.reasoning_content == THOUGHT["text"]
    upstream.handler = send_json(chunk("4 °C", finish="STOP", usage=USAGE))
    client.chat.completions.create(model="demo", tools=[OPENAI_TOOL], messages=[
        *HELLO, message.model_dump(exclude_none=True, exclude={"parsed"}),
        {"role": "tool", "tool_call_id": call.id, "content": "{\"celsius\": 4}"}])
    contents = sent(upstream)["contents"]
    assert contents[1] == {"role": "model", "parts": [CALL]}
    assert contents[2] == {"role": "user", "parts": [
        {"functionResponse": {"id": "fc-1", "name": "get_weather", "response": {"celsius": 4}}}]}


@pytest.mark.parametrize("streamed", [False, True])
def test_signed_calls_of_messages_go_back_as_they_came(scripted, streamed: bool):
    gateway, upstream = scripted
    answer = chunk(finish="STOP", parts=[THOUGHT, CALL], usage=USAGE)
    upstream.handler = send_events(event(answer)) if streamed else send_json(answer)
    client = claude_client(gateway)
    if streamed:
        with client.messages.stream(**MESSAGES, tools=[CLAUDE_TOOL]) as stream:
            message = stream.get_final_message()
    else:
        message = client.messages.create(**MESSAGES, tools=[CLAUDE_TOOL])
    assert [block.type for block in message.content] == ["thinking", "tool_use"]
    assert message.stop_reason == "tool_use" and message.content[1].input == {"city": "Oslo"}
    upstream.handler = send_json(chunk("4 °C", finish="STOP", usage=USAGE))
    client.messages.create(model="demo", max_tokens=10, tools=[CLAUDE_TOOL], messages=[
        *HELLO, {"role": "assistant", "content": message.content},
        {"role": "user", "content": [{
            "type": "tool_result", "tool_use_id": "fc-1", "content": "no such city", "is_error": True}]}])
    contents = sent(upstream)["contents"]
    assert contents[1] == {"role": "model", "parts": [CALL]}
    assert contents[2]["parts"] == [
        {"functionResponse": {"id": "fc-1", "name": "get_weather", "response": {"error": "no such city"}}}]


@pytest.mark.parametrize("streamed", [False, True])
def test_signed_calls_of_responses_go_back_as_they_came(scripted, streamed: bool):
    gateway, upstream = scripted
    answer = chunk(finish="STOP", parts=[THOUGHT, CALL], usage=USAGE)
    upstream.handler = send_events(event(answer)) if streamed else send_json(answer)
    client = openai_client(gateway)
    if streamed:
        with client.responses.stream(**RESPONSES, tools=[RESPONSES_TOOL]) as stream:
            response = stream.get_final_response()
    else:
        response = client.responses.create(**RESPONSES, tools=[RESPONSES_TOOL])
    assert [item.type for item in response.output] == ["reasoning", "function_call"]
    upstream.handler = send_json(chunk("4 °C", finish="STOP", usage=USAGE))
    items = [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in response.output]
    client.responses.create(model="demo", tools=[RESPONSES_TOOL], input=[
        *HELLO, *items, {"type": "function_call_output", "call_id": "fc-1", "output": "4"}])
    contents = sent(upstream)["contents"]
    assert contents[1] == {"role": "model", "parts": [CALL]}
    assert contents[2]["parts"][0]["functionResponse"]["response"] == {"output": "4"}


def test_what_a_gemini_answer_costs_is_what_it_counted(scripted):
    gateway, upstream = scripted
    upstream.handler = send_json(chunk("Hello", finish="STOP", usage=usage(30, 4, 7)))
    raw = openai_client(gateway).chat.completions.with_raw_response.create(**CHAT)
    told = raw.parse().usage
    assert (told.prompt_tokens, told.completion_tokens) == (30, 11)
    story = gateway.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"input": 30, "output": 4, "reasoning": 7} and story.sources == {"provider"}


@pytest.mark.parametrize("answer", [
    BLOCKED, chunk(parts=[{"text": ""}], finish="SAFETY", usage=usage(44)),
])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_filter_is_told_as_one(scripted, answer: dict, streamed: bool):
    gateway, upstream = scripted
    upstream.handler = send_events(event(answer)) if streamed else send_json(answer)
    told = openai_client(gateway).chat.completions.create(**CHAT, stream=streamed)
    reasons = [c.choices[0].finish_reason for c in told] if streamed else [told.choices[0].finish_reason]
    assert reasons[-1] == "content_filter"
    upstream.handler = send_json(answer)
    assert claude_client(gateway).messages.create(**MESSAGES).stop_reason == "refusal"
    assert openai_client(gateway).responses.create(**RESPONSES).incomplete_details.reason == "content_filter"


def test_files_go_to_gemini_inline_or_by_address(scripted):
    gateway, upstream = scripted
    upstream.handler = send_json(chunk("An image.", finish="STOP", usage=USAGE))
    openai_client(gateway).chat.completions.create(model="demo", messages=[{"role": "user", "content": [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png?x=1"}},
        {"type": "input_audio", "input_audio": {"data": "BBBB", "format": "wav"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,CCCC"}}]}])
    assert sent(upstream)["contents"][0]["parts"] == [
        {"text": "What is this?"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
        {"fileData": {"mimeType": "image/png", "fileUri": "https://example.com/a.png?x=1"}},
        {"inlineData": {"mimeType": "audio/wav", "data": "BBBB"}},
        {"inlineData": {"mimeType": "application/pdf", "data": "CCCC"}}]


@pytest.mark.parametrize(("status", "chats", "messages"), [
    (400, openai.BadRequestError, anthropic.BadRequestError), (404, openai.NotFoundError, anthropic.NotFoundError),
    (429, openai.RateLimitError, anthropic.RateLimitError),
    (503, openai.InternalServerError, anthropic.InternalServerError),
])
def test_geminis_errors_are_told_in_the_callers_form(gemini: Gateway, status: int, chats: type, messages: type):
    with pytest.raises(chats) as raised:
        openai_client(gemini).chat.completions.create(**CHAT, extra_headers=sim(f"status={status}"))
    assert set(raised.value.body) == {"message", "type", "param", "code"}
    story = gemini.story(raised.value.response.headers["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error" and story.attempts[0]["status"] == status
    with pytest.raises(messages):
        claude_client(gemini).messages.create(**MESSAGES, extra_headers=sim(f"status={status}"))


def test_a_refused_key_is_the_gateways_own_fault(scripted):
    gateway, upstream = scripted
    upstream.handler = send_json({"error": {
        "code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT", "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}}, "400 Bad Request")
    with pytest.raises(openai.APIStatusError) as raised:
        openai_client(gateway).chat.completions.create(**CHAT)
    assert raised.value.status_code == 502 and raised.value.code == "upstream_auth_failed"


@pytest.mark.parametrize(("events", "reason"), [
    ([event(chunk("Hel", usage=usage(30, 2))), event(OVERLOADED)], "error"),
    ([event(chunk("Hel", usage=usage(30, 2)))], "upstream_cut"),
])
def test_a_gemini_stream_that_breaks_tells_an_error(scripted, events: list[bytes], reason: str):
    gateway, upstream = scripted
    upstream.handler = send_events(*events)
    with openai_client(gateway).chat.completions.with_streaming_response.create(**CHAT, stream=True) as raw:
        with pytest.raises(openai.APIError):
            list(raw.parse())
        request_id = raw.headers["x-tollbook-request-id"]
    story = gateway.story(request_id)
    assert story.end_reason == reason and story.tokens["input"] == 30 and story.tokens["output"] >= 2
    with pytest.raises(anthropic.APIError):
        list(claude_client(gateway).messages.create(**MESSAGES, stream=True))


def test_what_gemini_cannot_say_is_named_or_refused(gemini: Gateway, simulator: Simulator):
    calls = simulator.calls
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        openai_client(gemini).chat.completions.create(**CHAT, n=2)
    assert raised.value.param == "n" and simulator.calls == calls
    raw = openai_client(gemini).chat.completions.with_raw_response.create(
        **CHAT, user="customer-7", parallel_tool_calls=False, tools=[OPENAI_TOOL], metadata={"a": "b"})
    assert raw.headers["x-tollbook-dropped-fields"] == "metadata, parallel_tool_calls, user"


def test_tokens_for_gemini_are_counted_by_gemini(gemini: Gateway):
    raw = claude_client(gemini).messages.with_raw_response.count_tokens(
        model="demo", messages=HELLO, extra_headers=sim("prompt=77"))
    assert raw.parse().input_tokens == 77 and "x-tollbook-token-count" not in raw.headers


def test_a_chat_is_answered_by_vertex(make_gateway):
    with ScriptedUpstream(send_events(event(chunk("Hello", finish="STOP", usage=usage(30, 4))))) as upstream:
        place = "/v1/projects/p-1/locations/europe-west4"
        gateway = make_gateway(governance(
            upstream.base_url.removesuffix("/v1") + place, dialect="vertex"))
        raw = openai_client(gateway).chat.completions.with_raw_response.create(
            **CHAT, stream=True, service_tier="flex")
        assert "".join(c.choices[0].delta.content or "" for c in raw.parse() if c.choices) == "Hello"
    asked = upstream.requests[-1]
    assert asked.start == (
        f"POST {place}/publishers/google/models/upstream-model:streamGenerateContent?alt=sse HTTP/1.1")
    assert asked.header("authorization").startswith("Bearer ") and "serviceTier" not in json.loads(asked.body)
    assert raw.headers["x-tollbook-dropped-fields"] == "service_tier"


# Gemini's callers, providers of other dialects.

@pytest.mark.parametrize("dialect", ["gpt", "claude"])
def test_contents_are_answered_by_others(request, dialect: str, simulator: Simulator):
    gateway = request.getfixturevalue(dialect)
    client = gemini_client(gateway)
    directives = "prompt=100,cached=40,completion=20,reasoning=5"
    answer = client.models.generate_content(model="demo", contents="Say hello.", config=config(
        directives, temperature=0.5, max_output_tokens=50, stop_sequences=["END"], system_instruction="Be brief."))
    assert answer.text.split() and answer.candidates[0].finish_reason == types.FinishReason.STOP
    told = answer.usage_metadata
    assert (told.prompt_token_count, told.cached_content_token_count, told.total_token_count) == (100, 40, 120)
    sent = json.loads(simulator.last()["body"])
    assert sent["temperature"] == 0.5 and "x-goog-api-client" not in str(simulator.last()["headers"])
    if dialect == "gpt":
        assert sent["messages"] == [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello."}]
    else:
        assert sent["system"] == "Be brief." and sent["messages"] == [{"role": "user", "content": "Say hello."}]
    story = gateway.story(answer.sdk_http_response.headers["x-tollbook-request-id"])
    assert story.request["dialect"] == "gemini" and story.sources == {"provider"} and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000
    chunks = list(client.models.generate_content_stream(model="demo", contents="Say hello.", config=config(directives)))
    assert "".join(chunk.text or "" for chunk in chunks).split()
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert chunks[-1].usage_metadata.total_token_count == 120
    count = client.models.count_tokens(model="demo", contents="Say hello.")
    assert count.total_tokens > 0


@pytest.mark.parametrize("dialect", ["gpt", "claude"])
@pytest.mark.parametrize("streamed", [False, True])
def test_others_call_the_tools_of_contents(request, dialect: str, streamed: bool, simulator: Simulator):
    gateway = request.getfixturevalue(dialect)
    client = gemini_client(gateway)
    tools = config("tool_calls=2", tools=[GEMINI_TOOL], tool_config=types.ToolConfig(
        function_calling_config=types.FunctionCallingConfig(mode="ANY")))
    if streamed:
        chunks = list(client.models.generate_content_stream(model="demo", contents="Say hello.", config=tools))
        parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts or []]
    else:
        parts = client.models.generate_content(
            model="demo", contents="Say hello.", config=tools).candidates[0].content.parts
    calls = [part.function_call for part in parts if part.function_call]
    assert [call.name for call in calls] == ["get_weather"] * 2 and all("city" in call.args for call in calls)
    sent = json.loads(simulator.last()["body"])
    assert sent["tool_choice"] in ("required", {"type": "any"})
    client.models.generate_content(model="demo", config=config(tools=[GEMINI_TOOL]), contents=[
        types.Content(role="user", parts=[types.Part(text="Say hello.")]), types.Content(role="model", parts=parts),
        types.Content(role="user", parts=[types.Part(function_response=types.FunctionResponse(
            id=call.id, name=call.name, response={"output": "4 °C"})) for call in calls])])
    turns = json.loads(simulator.last()["body"])["messages"]
    ids = [turn["tool_call_id"] for turn in turns if turn["role"] == "tool"] or [
        block["tool_use_id"] for block in turns[2]["content"]]
    assert ids == [call.id for call in calls]


@pytest.mark.parametrize("dialect", ["gpt", "claude"])
def test_a_stream_for_contents_may_be_an_array(request, dialect: str):
    gateway = request.getfixturevalue(dialect)
    answer = gateway.post(
        "/v1beta/models/demo:streamGenerateContent", {"contents": [{"parts": [{"text": "Say hello."}]}]},
        {"x-goog-api-key": gateway.key, **sim("prompt=50,completion=8")})
    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    chunks = json.loads(answer.body)
    assert chunks[-1]["candidates"][0]["finishReason"] == "STOP" and len(chunks) > 2
    assert chunks[-1]["usageMetadata"]["totalTokenCount"] == 58


@pytest.mark.parametrize(("status", "expected", "name"), [
    (400, errors.ClientError, "INVALID_ARGUMENT"), (429, errors.ClientError, "RESOURCE_EXHAUSTED"),
    (500, errors.ServerError, "INTERNAL"),
])
def test_errors_of_others_are_told_as_googles(gpt: Gateway, claude: Gateway, status: int, expected: type, name: str):
    for gateway in (gpt, claude):
        with pytest.raises(expected) as raised:
            gemini_client(gateway).models.generate_content(
                model="demo", contents="Say hello.", config=config(f"status={status}"))
        assert (raised.value.code, raised.value.status) == (status, name)


@pytest.mark.parametrize("isArray", [False, True])
def test_a_broken_stream_for_contents_tells_an_error(make_gateway, isArray: bool):
    upstream = ScriptedUpstream(send_stream(start(), OPEN, text("Hel")))
    gateway = make_gateway(governance(upstream.base_url, dialect="anthropic"))
    with upstream:
        answer = gateway.post(
            "/v1beta/models/demo:streamGenerateContent" + ("" if isArray else "?alt=sse"),
            {"contents": [{"parts": [{"text": "Say hello."}]}]}, {"x-goog-api-key": gateway.key})
    chunks = json.loads(answer.body) if isArray else [
        json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: ")]
    assert chunks[0]["candidates"][0]["content"]["parts"] == [{"text": "Hel"}]
    assert chunks[-1]["error"]["code"] == 502 and len(chunks) == 2


def test_claudes_thoughts_go_back_signed(make_gateway):
    answer = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "c", "stop_reason": "tool_use", "content": [
            {"type": "thinking", "thinking": "A tool.", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "aGlk"},
            {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}],
        "usage": {"input_tokens": 5, "output_tokens": 5}}
    upstream = ScriptedUpstream(send_json(answer))
    gateway = make_gateway(governance(upstream.base_url, dialect="anthropic"))
    with upstream:
        client = gemini_client(gateway)
        parts = client.models.generate_content(
            model="demo", contents="Say hello.", config=config(tools=[GEMINI_TOOL])).candidates[0].content.parts
        assert [bool(part.thought) for part in parts] == [True, True, False]
        client.models.generate_content(model="demo", config=config(tools=[GEMINI_TOOL]), contents=[
            types.Content(role="user", parts=[types.Part(text="Say hello.")]),
            types.Content(role="model", parts=parts),
            types.Content(role="user", parts=[types.Part(function_response=types.FunctionResponse(
                name="get_weather", response={"output": "4 °C"}))])])
        turns = sent(upstream)["messages"]
    assert turns[1]["content"] == answer["content"]
    assert turns[2]["content"] == [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "4 °C"}]


# Bedrock's Converse and Gemini's contents.

@pytest.mark.parametrize("streamed", [False, True])
def test_contents_are_answered_by_bedrock(aws: Gateway, simulator: Simulator, streamed: bool):
    client = gemini_client(aws)
    call = {"model": "demo", "contents": "Say hello.", "config": config(
        "prompt=100,cached=40,completion=20", tools=[GEMINI_TOOL], system_instruction="Be brief.")}
    if streamed:
        chunks = list(client.models.generate_content_stream(**call))
        said, last = "".join(chunk.text or "" for chunk in chunks), chunks[-1]
    else:
        last = client.models.generate_content(**call)
        said = last.text
    assert said.split() and last.candidates[0].finish_reason == types.FinishReason.STOP
    assert (last.usage_metadata.prompt_token_count, last.usage_metadata.total_token_count) == (100, 120)
    body = json.loads(simulator.last()["body"])
    assert body["messages"] == [{"role": "user", "content": [{"text": "Say hello."}]}]
    assert body["system"] == [{"text": "Be brief."}]
    assert body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"] == {"json": SCHEMA}


@pytest.mark.parametrize("streamed", [False, True])
def test_converse_is_answered_by_gemini(scripted, streamed: bool):
    gateway, upstream = scripted
    client = bedrock.connect(gateway.url, gateway.key)
    tool = {"toolSpec": {"name": "get_weather", "description": "Weather.", "inputSchema": {"json": SCHEMA}}}
    call = {"modelId": "demo", "toolConfig": {"tools": [tool]}, "inferenceConfig": {"maxTokens": 50}}
    hello = {"role": "user", "content": [{"text": "Say hello."}]}
    answer = chunk(finish="STOP", parts=[THOUGHT, CALL], usage=usage(30, 4, 7))
    if streamed:
        upstream.handler = send_events(event(answer), size=5)
        events = list(client.converse_stream(**call, messages=[hello])["stream"])
        deltas = [e["contentBlockDelta"]["delta"] for e in events if "contentBlockDelta" in e]
        assert json.loads("".join(d["toolUse"]["input"] for d in deltas if "toolUse" in d)) == {"city": "Oslo"}
        assert [e["messageStop"]["stopReason"] for e in events if "messageStop" in e] == ["tool_use"]
        told = next(e["metadata"]["usage"] for e in events if "metadata" in e)
    else:
        upstream.handler = send_json(answer)
        said = client.converse(**call, messages=[hello])
        message, told = said["output"]["message"], said["usage"]
        assert said["stopReason"] == "tool_use" and message["content"][1]["toolUse"]["input"] == {"city": "Oslo"}
        upstream.handler = send_json(chunk("4 °C", finish="STOP", usage=USAGE))
        client.converse(**call, messages=[hello, message, {"role": "user", "content": [
            {"toolResult": {"toolUseId": "fc-1", "content": [{"json": {"celsius": 4}}]}}]}])
        contents = sent(upstream)["contents"]
        assert contents[1] == {"role": "model", "parts": [CALL]}
        assert contents[2]["parts"][0]["functionResponse"]["response"] == {"celsius": 4}
    assert sent(upstream)["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"] == SCHEMA
    assert (told["inputTokens"], told["outputTokens"]) == (30, 11)


# Recordings.

CASES = sorted(case["case"] for case in listed() if case["provider"] in ("gemini", "vertex")
               and case["api"] in ("generateContent", "streamGenerateContent"))


def usable() -> list[str]:
    """Those that answered; not one whose tools Google ran."""
    return [case for case in CASES if Recording(case).status == 200 and "file-search" not in case]


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(usable()) >= 8


def chunks_of(recording: Recording) -> list[dict]:
    body = recording.answer.decode()
    if body.startswith("data:"):
        return [json.loads(line[5:]) for line in body.splitlines() if line.startswith("data:")]
    value = json.loads(body)
    return value if isinstance(value, list) else [value]


def replay(recording: Recording, pieces: int):
    """Streams that were recorded as an array come as the events that the gateway asks for."""
    if recording.answer.lstrip().startswith(b"["):
        return send_events(*[event(chunk) for chunk in chunks_of(recording)], size=pieces)
    return recording.send(pieces)


@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
@pytest.mark.parametrize("case", usable())
def test_geminis_answers_reach_callers_of_other_dialects(scripted, case: str, pieces: int):
    gateway, upstream = scripted
    recording = Recording(case)
    chunks = chunks_of(recording)
    streamed = recording.streamed or recording.answer.lstrip().startswith(b"[")
    parts = [p for c in chunks for p in c["candidates"][0].get("content", {}).get("parts", [])]
    said = "".join(p.get("text", "") for p in parts if not p.get("thought"))
    thought = "".join(p.get("text", "") for p in parts if p.get("thought"))
    calls = [(p["functionCall"]["name"], p["functionCall"]["args"]) for p in parts if "functionCall" in p]
    signatures = [p["thoughtSignature"] for p in parts if "thoughtSignature" in p]
    told = chunks[-1]["usageMetadata"]
    upstream.handler = replay(recording, pieces)
    if streamed:
        with openai_client(gateway).chat.completions.stream(
            **CHAT, stream_options={"include_usage": True}) as stream:
            answer = stream.get_final_completion()
        with claude_client(gateway).messages.stream(**MESSAGES) as stream:
            message = stream.get_final_message()
    else:
        answer = openai_client(gateway).chat.completions.create(**CHAT)
        message = claude_client(gateway).messages.create(**MESSAGES)
    choice = answer.choices[0]
    assert (choice.message.content or "") == said
    assert (getattr(choice.message, "reasoning_content", None) or "") == thought
    assert [(c.function.name, json.loads(c.function.arguments)) for c in choice.message.tool_calls or []] == calls
    assert "".join(block.text for block in message.content if block.type == "text") == said
    assert [(block.name, block.input) for block in message.content if block.type == "tool_use"] == calls
    signed = [block.signature for block in message.content if block.type == "thinking" and block.signature]
    assert signed == [f"gemini.{signature}" for signature in signatures]
    output = told["totalTokenCount"] - told["promptTokenCount"] - told.get("toolUsePromptTokenCount", 0)
    prompt = told["totalTokenCount"] - output
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (prompt, output)
    for call in gateway.ledger.requests[-2:]:
        story = gateway.ledger.story(call)
        assert story.end_reason == "completed" and story.sources <= {"provider"}
        counted = story.tokens
        assert sum(counted.get(m, 0) for m in ("output", "reasoning", "output_audio", "output_image")) == output
