"""Callers of OpenAI's, Anthropic's, Gemini's and Bedrock's dialects whose model Cohere's chat serves: their SDKs
work, and what Cohere bills is charged."""

import json

import anthropic
import httpx
import openai
import pytest
from google import genai
from google.genai import types

from harness import cohere
from harness.bedrock import connect
from harness.cohere import DONE, END, EVENTS, START, check_request, cohere_file, content, event, failed, send_stream
from harness.gateway import Gateway
from harness.ledger import Story
from harness.media import newest
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream

HELLO = [{"role": "user", "content": "Say hello."}]
CHAT = {"model": "demo", "messages": HELLO}
MESSAGES = {"model": "demo", "max_tokens": 100, "messages": HELLO}
CONVERSE = {"modelId": "demo", "messages": [{"role": "user", "content": [{"text": "Say hello."}]}]}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI_TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather.", "parameters": SCHEMA}}
CLAUDE_TOOL = {"name": "get_weather", "description": "Weather.", "input_schema": SCHEMA}
CASES = cohere.recorded()
# A client of Google's that nobody holds closes itself.
clients: list[genai.Client] = []
FINISHES = {"COMPLETE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls", "STOP_SEQUENCE": "stop"}
STOPS = {"COMPLETE": "end_turn", "MAX_TOKENS": "max_tokens", "TOOL_CALL": "tool_use", "STOP_SEQUENCE": "stop_sequence"}


def sim(directives: str) -> dict[str, str]:
    return {"x-sim": directives}


def openai_client(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0, http_client=httpx.Client(trust_env=False))


def claude_client(gateway: Gateway) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=gateway.url, api_key=gateway.key, max_retries=0)


def gemini_client(gateway: Gateway, directives: str = "") -> genai.Client:
    headers = sim(directives) if directives else {}
    clients.append(
        genai.Client(api_key=gateway.key, http_options=types.HttpOptions(base_url=gateway.url, headers=headers)))
    return clients[-1]


def serve(gateway: Gateway):
    yield gateway
    try:
        gateway.check_books()
        assert gateway.stop() == 0, gateway.output[-4000:]
    finally:
        gateway.close()


@pytest.fixture(scope="module")
def served(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider is Cohere."""
    yield from serve(Gateway(tmp_path_factory.mktemp("cohere"), cohere_file(simulator.base_url)))


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream(send_stream(*EVENTS)) as upstream:
        gateway = Gateway(tmp_path_factory.mktemp("scripted"), cohere_file(upstream.base_url))
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


def sent(simulator: Simulator) -> dict:
    """The request that the provider got, in a form that Cohere's SDK could have sent."""
    last = simulator.last()
    assert last["request_line"].startswith("POST /v2/chat HTTP")
    body = json.loads(last["body"])
    check_request(body)
    return body


def test_a_chat_is_answered_by_cohere(served: Gateway, simulator: Simulator):
    raw = openai_client(served).chat.completions.with_raw_response.create(
        **CHAT, max_completion_tokens=500, temperature=0.5, top_p=1, stop=["END"], user="customer-7",
        extra_headers=sim("prompt=100,cached=40,completion=20"))
    answer = raw.parse()
    assert answer.object == "chat.completion" and answer.id.startswith("chatcmpl-")
    assert len(answer.choices[0].message.content.split()) == 20 and answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (100, 20, 120)
    assert sent(simulator) == {
        "model": "upstream-model", "messages": HELLO, "max_tokens": 500, "temperature": 0.5, "p": 0.99,
        "stop_sequences": ["END"]}
    assert raw.headers["x-tollbook-dropped-fields"] == "user" and raw.headers["x-tollbook-adjusted-fields"] == "top_p"
    story = served.story(raw.headers["x-tollbook-request-id"])
    assert story.request["endpoint"] == "chat_completions" and story.request["dialect"] == "openai-chat"
    # What Cohere counted besides is kept, and not charged.
    assert story.tokens == {"input": 100, "output": 20} and story.sources == {"provider"} and story.caveat is None
    assert story.total == 100 * 1_000 + 20 * 2_000 and raw.headers["x-tollbook-cost-usd"] == "0.000140000"
    kept = json.loads(story.attempts[0]["raw_usage"])
    assert kept["cached_tokens"] == 40 and kept["tokens"]["input_tokens"] > 100


def test_streams_are_answered_by_cohere(served: Gateway, simulator: Simulator):
    directives = sim("prompt=50,completion=8")
    with openai_client(served).chat.completions.with_streaming_response.create(
        **CHAT, stream=True, stream_options={"include_usage": True}, extra_headers=directives
    ) as raw:
        chunks = list(raw.parse())
        story = served.story(raw.headers["x-tollbook-request-id"])
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert len(words) == 8 and {chunk.id for chunk in chunks} == {chunks[0].id} and sent(simulator)["stream"] is True
    assert chunks[-1].usage.prompt_tokens == 50 and story.tokens == {"input": 50, "output": 8}
    assert story.end_reason == "completed" and story.caveat is None and story.sources == {"provider"}
    with claude_client(served).messages.stream(**MESSAGES, extra_headers=directives) as stream:
        kinds = [event.type for event in stream if event.type != "text"]
        message = stream.get_final_message()
    assert kinds == [
        "message_start", "content_block_start", *["content_block_delta"] * 8, "content_block_stop", "message_delta",
        "message_stop"]
    assert (message.usage.input_tokens, message.usage.output_tokens) == (50, 8) and message.stop_reason == "end_turn"
    events = list(openai_client(served).responses.create(
        model="demo", input="Say hello.", stream=True, extra_headers=directives))
    assert events[-1].type == "response.completed" and events[-1].response.usage.output_tokens == 8
    parts = list(gemini_client(served, "prompt=50,completion=8").models.generate_content_stream(
        model="demo", contents="Say hello."))
    assert len("".join(part.text or "" for part in parts).split()) == 8
    assert parts[-1].usage_metadata.prompt_token_count == 50
    answer = connect(served.url, served.key, headers=directives).converse_stream(**CONVERSE)
    told = list(answer["stream"])
    assert len("".join(e["contentBlockDelta"]["delta"]["text"] for e in told if "contentBlockDelta" in e).split()) == 8
    assert told[-1]["metadata"]["usage"]["inputTokens"] == 50


def test_other_callers_are_answered_by_cohere(served: Gateway, simulator: Simulator):
    directives = "prompt=50,completion=8"
    message = claude_client(served).messages.create(**MESSAGES, extra_headers=sim(directives))
    assert len(message.content[0].text.split()) == 8 and message.usage.input_tokens == 50
    assert sent(simulator) == {"model": "upstream-model", "messages": HELLO, "max_tokens": 100}
    response = openai_client(served).responses.create(
        model="demo", input="Say hello.", instructions="Be brief.", extra_headers=sim(directives))
    assert len(response.output_text.split()) == 8 and response.status == "completed"
    assert sent(simulator)["messages"] == [{"role": "system", "content": "Be brief."}, *HELLO]
    told = gemini_client(served, directives).models.generate_content(
        model="demo", contents="Say hello.", config=types.GenerateContentConfig(max_output_tokens=50, top_k=5))
    assert len(told.text.split()) == 8 and told.usage_metadata.prompt_token_count == 50
    assert sent(simulator) == {"model": "upstream-model", "messages": HELLO, "max_tokens": 50, "k": 5}
    answer = connect(served.url, served.key, headers=sim(directives)).converse(
        **CONVERSE, inferenceConfig={"maxTokens": 50})
    assert len(answer["output"]["message"]["content"][0]["text"].split()) == 8
    assert answer["usage"]["inputTokens"] == 50 and sent(simulator)["max_tokens"] == 50
    assert newest(served).tokens == {"input": 50, "output": 8} and newest(served).request["endpoint"] == "converse"


def test_tools_are_called_and_answered(served: Gateway, simulator: Simulator):
    client = openai_client(served)
    answer = client.chat.completions.create(
        **CHAT, tools=[OPENAI_TOOL], tool_choice="required", extra_headers=sim("tool_calls=2"))
    message = answer.choices[0].message
    assert [call.function.name for call in message.tool_calls] == ["get_weather"] * 2
    assert "city" in json.loads(message.tool_calls[0].function.arguments) and message.reasoning_content
    assert answer.choices[0].finish_reason == "tool_calls" and sent(simulator)["tool_choice"] == "REQUIRED"
    client.chat.completions.create(model="demo", tools=[OPENAI_TOOL], messages=[
        *HELLO, message.model_dump(exclude_none=True),
        *[{"role": "tool", "tool_call_id": call.id, "content": "4 °C"} for call in message.tool_calls]])
    turns = sent(simulator)["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "tool", "tool"]
    assert [turn["tool_call_id"] for turn in turns[2:]] == [call["id"] for call in turns[1]["tool_calls"]]
    # Of a tool that must be called, it alone is sent.
    client.chat.completions.create(
        **CHAT, tools=[OPENAI_TOOL, {**OPENAI_TOOL, "function": {"name": "other"}}],
        tool_choice={"type": "function", "function": {"name": "get_weather"}})
    body = sent(simulator)
    assert [tool["function"]["name"] for tool in body["tools"]] == ["get_weather"]
    chunks = list(client.chat.completions.create(
        **CHAT, tools=[OPENAI_TOOL], stream=True, extra_headers=sim("tool_calls=2")))
    deltas = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
    for index in (0, 1):
        assert "city" in json.loads("".join(d.function.arguments or "" for d in deltas if d.index == index))
    with claude_client(served).messages.stream(
        **MESSAGES, tools=[CLAUDE_TOOL], extra_headers=sim("tool_calls=2")) as stream:
        blocks = stream.get_final_message().content
    assert [block.type for block in blocks] == ["thinking", "tool_use", "tool_use"]
    claude_client(served).messages.create(model="demo", max_tokens=100, tools=[CLAUDE_TOOL], messages=[
        *HELLO, {"role": "assistant", "content": [block.model_dump() for block in blocks]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": block.id, "content": "4 °C"} for block in blocks[1:]]}])
    turns = sent(simulator)["messages"]
    assert turns[1]["tool_plan"] == blocks[0].thinking and len(turns[1]["tool_calls"]) == 2


def test_thoughts_come_and_go(served: Gateway, simulator: Simulator):
    message = claude_client(served).messages.create(
        model="demo", max_tokens=4096, thinking={"type": "enabled", "budget_tokens": 2048}, messages=HELLO,
        extra_headers=sim("reasoning=5,completion=9"))
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert len(message.content[0].thinking.split()) == 5
    assert sent(simulator)["thinking"] == {"type": "enabled", "token_budget": 2048}
    claude_client(served).messages.create(model="demo", max_tokens=100, messages=[
        *HELLO, {"role": "assistant", "content": [block.model_dump() for block in message.content]}, *HELLO])
    assert sent(simulator)["messages"][1]["content"][0] == {
        "type": "thinking", "thinking": message.content[0].thinking}
    chunks = list(openai_client(served).chat.completions.create(
        **CHAT, reasoning_effort="high", stream=True, extra_headers=sim("reasoning=5,completion=9")))
    thoughts = [getattr(c.choices[0].delta, "reasoning_content", None) or "" for c in chunks if c.choices]
    assert len("".join(thoughts).split()) == 5 and sent(simulator)["thinking"] == {"type": "enabled"}


def test_images_and_schemas_are_brought_over(served: Gateway, simulator: Simulator):
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}}
    raw = openai_client(served).chat.completions.with_raw_response.create(
        model="demo", messages=[{"role": "user", "content": [{"type": "text", "text": "See."}, picture]}],
        response_format={"type": "json_schema", "json_schema": {"name": "weather", "schema": SCHEMA}})
    assert "city" in json.loads(raw.parse().choices[0].message.content)
    body = sent(simulator)
    assert body["response_format"] == {"type": "json_object", "json_schema": SCHEMA}
    assert body["messages"][0]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert "image_url.detail" in raw.headers["x-tollbook-dropped-fields"]
    with pytest.raises(anthropic.UnprocessableEntityError):
        claude_client(served).messages.create(model="demo", max_tokens=9, messages=[{"role": "user", "content": [
            {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="}}]}])


def test_what_cohere_cannot_do_is_refused(served: Gateway, simulator: Simulator):
    calls = simulator.calls
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        openai_client(served).chat.completions.create(**CHAT, n=2)
    assert raised.value.param == "n" and simulator.calls == calls


def test_tokens_are_estimated(served: Gateway, simulator: Simulator):
    calls = simulator.calls
    counted = claude_client(served).messages.count_tokens(model="demo", messages=HELLO)
    assert counted.input_tokens > 0 and simulator.calls == calls


@pytest.mark.parametrize(("status", "chat", "message"), [
    (400, openai.BadRequestError, anthropic.BadRequestError), (404, openai.NotFoundError, anthropic.NotFoundError),
    (422, openai.UnprocessableEntityError, anthropic.UnprocessableEntityError),
    (429, openai.RateLimitError, anthropic.RateLimitError),
    (500, openai.InternalServerError, anthropic.InternalServerError),
    (503, openai.InternalServerError, anthropic.InternalServerError),
])
def test_errors_are_raised_as_the_callers_own(served: Gateway, status: int, chat: type, message: type):
    with pytest.raises(chat) as raised:
        openai_client(served).chat.completions.create(**CHAT, extra_headers=sim(f"status={status}"))
    assert "Simulated" in raised.value.body["message"]
    story = served.story(raised.value.response.headers["x-tollbook-request-id"])
    assert story.charges == [] and story.end_reason == "error" and story.attempts[0]["status"] == status
    with pytest.raises(message) as raised:
        claude_client(served).messages.create(**MESSAGES, stream=True, extra_headers=sim(f"status={status}"))
    assert raised.value.body["type"] == "error" and "Simulated" in raised.value.body["error"]["message"]


# Answers that go wrong, or come in pieces.

def streamed(gateway: Gateway) -> tuple[str, str | None, Story]:
    """The text of a streamed chat, the code of the error that ends it, and the request's story."""
    text, told = "", None
    with openai_client(gateway).chat.completions.with_streaming_response.create(**CHAT, stream=True) as raw:
        identity = raw.headers["x-tollbook-request-id"]
        try:
            for chunk in raw.parse():
                text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        except openai.APIError as error:
            told = error.code or error.type
    return text, told, gateway.story(identity)


def test_bytes_may_come_one_by_one(scripted):
    gateway, upstream = scripted
    upstream.handler = send_stream(*EVENTS, pieces=1)
    text, error, story = streamed(gateway)
    assert (text, error) == ("Hello.", None) and story.tokens == {"input": 11, "output": 7} and story.caveat is None


@pytest.mark.parametrize(("rest", "cut", "told", "reason", "caveat"), [
    ([failed(error="no memory left")], False, "ERROR", "error", "usage_estimated"),
    ([event("message-end", delta={"finish_reason": "TIMEOUT"})], False, "TIMEOUT", "error", "usage_estimated"),
    ([b'data: {"id":"c","message":"internal error"}\n\n'], False, "server_error", "error", "usage_estimated"),
    ([], True, "upstream_cut", "upstream_cut", "usage_estimated"),
    ([], False, "upstream_cut", "upstream_cut", "usage_estimated"),
    ([END[:40]], False, "upstream_cut", "upstream_cut", "usage_estimated"),
], ids=["failed", "late", "untyped", "cut", "ended", "half"])
def test_a_stream_that_breaks_tells_the_callers_error(
    scripted, rest: list, cut: bool, told: str, reason: str, caveat: str,
):
    gateway, upstream = scripted
    upstream.handler = send_stream(START, content("Hel"), *rest, cut=cut)
    text, error, story = streamed(gateway)
    assert (text, error) == ("Hel", told) and story.end_reason == reason and story.caveat == caveat
    assert story.tokens["output"] >= 1 and story.sources == {"estimated"}


def test_a_failure_is_charged_what_it_tells(scripted):
    gateway, upstream = scripted
    usage = {"billed_units": {"input_tokens": 3, "output_tokens": 2}}
    upstream.handler = send_stream(START, content("Hel"), failed(usage=usage), DONE)
    text, error, story = streamed(gateway)
    assert (text, error) == ("Hel", "ERROR") and story.tokens == {"input": 3, "output": 2}
    assert story.end_reason == "error" and story.sources == {"provider"}


def test_a_broken_event_is_left_out_and_noted(scripted):
    gateway, upstream = scripted
    upstream.handler = send_stream(*EVENTS[:2], b'event: content-delta\ndata: {"type":\n\n', *EVENTS[2:])
    text, error, story = streamed(gateway)
    assert (text, error) == ("Hello.", None) and story.caveat == "answer_malformed"


@pytest.mark.parametrize("rest", [[], [b": bye\n\n", DONE]], ids=["nothing", "comment"])
def test_nothing_is_waited_for_behind_the_last_event(scripted, rest: list):
    gateway, upstream = scripted
    upstream.handler = send_stream(*EVENTS[:-1], *rest)
    text, error, story = streamed(gateway)
    assert (text, error) == ("Hello.", None) and story.caveat is None and story.end_reason == "completed"


def test_a_stream_without_usage_is_estimated(scripted):
    gateway, upstream = scripted
    upstream.handler = send_stream(*EVENTS[:4], event("message-end", delta={"finish_reason": "COMPLETE"}))
    text, error, story = streamed(gateway)
    assert (text, error) == ("Hello.", None) and story.caveat == "usage_estimated"


@pytest.mark.parametrize(("body", "raised"), [
    ({"id": "c", "message": {"content": []}, "finish_reason": "ERROR"}, openai.InternalServerError),
    ({"id": "c", "message": {"content": []}, "finish_reason": "TIMEOUT"}, openai.InternalServerError),
    ({"id": "c", "message": "internal server error"}, openai.InternalServerError),
], ids=["failed", "late", "message"])
def test_a_plain_answer_that_failed_is_an_error(scripted, body: dict, raised: type):
    gateway, upstream = scripted
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps(body).encode())
    with pytest.raises(raised) as error:
        openai_client(gateway).chat.completions.create(**CHAT)
    story = gateway.story(error.value.response.headers["x-tollbook-request-id"])
    assert story.end_reason == "error" and story.charges == [] and story.attempts[0]["error_class"] == "error_event"


# Recordings.

@pytest.mark.skipif(not CASES, reason=f"no recordings at {cohere.SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 10 and sum(case.streamed for case in CASES) >= 4


def chat(gateway: Gateway, is_streamed: bool) -> dict:
    client = openai_client(gateway)
    if not is_streamed:
        answer = client.chat.completions.create(**CHAT)
        message = answer.choices[0].message
        calls = [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or []]
        return {"text": message.content or "", "thoughts": getattr(message, "reasoning_content", None) or "",
                "calls": calls, "finish": answer.choices[0].finish_reason,
                "tokens": (answer.usage.prompt_tokens, answer.usage.completion_tokens)}
    told = {"text": "", "thoughts": "", "calls": [], "finish": None, "tokens": None}
    calls: dict[int, tuple[str, str]] = {}
    for chunk in client.chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True}):
        if chunk.usage:
            told["tokens"] = (chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
        for choice in chunk.choices:
            told["text"] += choice.delta.content or ""
            told["thoughts"] += getattr(choice.delta, "reasoning_content", None) or ""
            told["finish"] = choice.finish_reason or told["finish"]
            for call in choice.delta.tool_calls or []:
                name, pieces = calls.get(call.index, ("", ""))
                calls[call.index] = (name or call.function.name, pieces + (call.function.arguments or ""))
    return {**told, "calls": [(name, json.loads(pieces)) for name, pieces in calls.values()]}


def messages(gateway: Gateway, is_streamed: bool) -> dict:
    client = claude_client(gateway)
    if is_streamed:
        with client.messages.stream(**MESSAGES) as stream:
            answer = stream.get_final_message()
    else:
        answer = client.messages.create(**MESSAGES)
    blocks = answer.content
    return {"text": "".join(block.text for block in blocks if block.type == "text"),
            "thoughts": "".join(block.thinking for block in blocks if block.type == "thinking"),
            "calls": [(block.name, block.input) for block in blocks if block.type == "tool_use"],
            "finish": answer.stop_reason, "tokens": (answer.usage.input_tokens, answer.usage.output_tokens)}


def responses(gateway: Gateway, is_streamed: bool) -> dict:
    client = openai_client(gateway)
    if is_streamed:
        answer = list(client.responses.create(model="demo", input="Say hello.", stream=True))[-1].response
    else:
        answer = client.responses.create(model="demo", input="Say hello.")
    thoughts = [part.text for item in answer.output if item.type == "reasoning" for part in item.summary]
    return {"text": answer.output_text, "thoughts": "".join(thoughts),
            "calls": [(item.name, json.loads(item.arguments)) for item in answer.output
                      if item.type == "function_call"],
            "finish": answer.status, "tokens": (answer.usage.input_tokens, answer.usage.output_tokens)}


def contents(gateway: Gateway, is_streamed: bool) -> dict:
    models = gemini_client(gateway).models
    if is_streamed:
        answers = list(models.generate_content_stream(model="demo", contents="Say hello."))
    else:
        answers = [models.generate_content(model="demo", contents="Say hello.")]
    parts = [part for answer in answers if answer.candidates and answer.candidates[0].content
             for part in answer.candidates[0].content.parts or []]
    usage = answers[-1].usage_metadata
    return {"text": "".join(part.text or "" for part in parts if not part.thought),
            "thoughts": "".join(part.text or "" for part in parts if part.thought),
            "calls": [(part.function_call.name, part.function_call.args) for part in parts if part.function_call],
            "finish": answers[-1].candidates[0].finish_reason.value,
            "tokens": (usage.prompt_token_count, usage.candidates_token_count)}


def converse(gateway: Gateway, is_streamed: bool) -> dict:
    client = connect(gateway.url, gateway.key)
    if not is_streamed:
        answer = client.converse(**CONVERSE)
        blocks = answer["output"]["message"]["content"]
        return {"text": "".join(block.get("text", "") for block in blocks),
                "thoughts": "".join(b["reasoningContent"]["reasoningText"]["text"] for b in blocks
                                    if "reasoningContent" in b),
                "calls": [(b["toolUse"]["name"], b["toolUse"]["input"]) for b in blocks if "toolUse" in b],
                "finish": answer["stopReason"],
                "tokens": (answer["usage"]["inputTokens"], answer["usage"]["outputTokens"])}
    told = {"text": "", "thoughts": "", "finish": "", "tokens": None}
    calls: list[tuple[str, str]] = []
    for part in client.converse_stream(**CONVERSE)["stream"]:
        delta = part.get("contentBlockDelta", {}).get("delta", {})
        told["text"] += delta.get("text", "")
        told["thoughts"] += delta.get("reasoningContent", {}).get("text", "")
        if tool := part.get("contentBlockStart", {}).get("start", {}).get("toolUse"):
            calls.append((tool["name"], ""))
        if "toolUse" in delta:
            calls[-1] = (calls[-1][0], calls[-1][1] + delta["toolUse"]["input"])
        told["finish"] = part.get("messageStop", {}).get("stopReason", told["finish"])
        if usage := part.get("metadata", {}).get("usage"):
            told["tokens"] = (usage["inputTokens"], usage["outputTokens"])
    return {**told, "calls": [(name, json.loads(pieces or "{}")) for name, pieces in calls]}


RESPONSE_ENDS = {"MAX_TOKENS": "incomplete"}
GEMINI_ENDS = {"MAX_TOKENS": "MAX_TOKENS"}
FRONTS = {
    "chat": (chat, FINISHES), "messages": (messages, STOPS), "responses": (responses, RESPONSE_ENDS),
    "contents": (contents, GEMINI_ENDS), "converse": (converse, STOPS)}
OTHERWISE = {"responses": "completed", "contents": "STOP"}


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_coheres_answers_reach_every_front(scripted, case: cohere.Recorded, front: str):
    gateway, upstream = scripted
    ask, ends = FRONTS[front]
    upstream.handler = case.send()
    expected = cohere.said(cohere.client(f"http://127.0.0.1:{upstream.port}", "x"), case.streamed)
    upstream.handler = case.send(13)
    told = ask(gateway, case.streamed)
    assert (told["text"], told["thoughts"], told["calls"]) == (expected.text, expected.thoughts, expected.calls)
    assert told["finish"] == ends.get(expected.finish, OTHERWISE.get(front))
    assert told["tokens"] == expected.tokens
    story = newest(gateway)
    assert story.tokens == case.billed and story.sources == {"provider"} and story.caveat is None
    assert story.end_reason == "completed"
