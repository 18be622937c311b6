"""What becomes of answers of another dialect that hold more than the caller's can say, and of pictures in them."""

import json
import random

import openai
import pytest
from google import genai
from google.genai import types

from harness import bedrock
from harness.gateway import Gateway
from harness.gemini import array, chunk, event, send_events, send_json, usage
from harness.governance import governance
from harness.recordings import SHARED, Recording
from harness.upstream import DONE, Exchange, ScriptedUpstream, completion, delta, usage_event
from harness.upstream import event as chat_event
from test_cross_dialect import CHAT, MESSAGES, claude_client, openai_client

THINKING = "mistral/test-mistral-model-thinking-part-iter-0"
GROUNDING = {
    "groundingChunks": [{"web": {"uri": "https://example.org/a", "title": "A"}}],
    "groundingSupports": [{"segment": {"startIndex": 0, "endIndex": 5}, "groundingChunkIndices": [0]}],
    "searchEntryPoint": {"renderedContent": "<p>"},
}


def picture(size: int) -> dict:
    """A part with a picture of so many base64 digits."""
    return {"inlineData": {"mimeType": "image/png", "data": "iVBORw0K" + "A" * (size - 8)}}


def serve(dialect: str, factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        base = upstream.base_url.removesuffix("/v1") if dialect == "gemini" else upstream.base_url
        server = Gateway(factory.mktemp(f"answers-{dialect}"), governance(base, dialect=dialect))
        try:
            yield server, upstream
            server.check_books()
        finally:
            server.close()


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory):
    """A gateway in front of a scripted provider of Gemini's dialect."""
    yield from serve("gemini", tmp_path_factory)


@pytest.fixture(scope="module")
def gpt(tmp_path_factory: pytest.TempPathFactory):
    """The same of OpenAI's dialect."""
    yield from serve("openai", tmp_path_factory)


def stream_chat(gateway: Gateway, body: dict = CHAT):
    with openai_client(gateway).chat.completions.with_streaming_response.create(**body, stream=True) as raw:
        return raw.headers["x-tollbook-request-id"], list(raw.parse())


def losses(gateway: Gateway, request_id: str) -> list[str]:
    decisions = gateway.story(request_id).decisions
    found = [row for row in decisions if row["reason"] == "answer_fields_dropped"]
    assert all(row["stage"] == "relay" and row["verdict"] == "redact" for row in found)
    assert [row["ordinal"] for row in decisions] == list(range(len(decisions)))
    return [row["detail"] for row in found]


# What is carried, and what is named.

def test_a_grounded_answer_has_citations_and_names_the_rest(google):
    gateway, upstream = google
    answer = chunk("Hello there", finish="STOP", usage=usage(3, 2))
    answer["candidates"][0]["groundingMetadata"] = GROUNDING
    upstream.handler = send_json(answer)
    raw = openai_client(gateway).chat.completions.with_raw_response.create(**CHAT)
    citation = raw.parse().choices[0].message.annotations[0].url_citation
    assert (citation.url, citation.title) == ("https://example.org/a", "A")
    assert (citation.start_index, citation.end_index) == (0, 5)
    name = "candidates[].groundingMetadata.searchEntryPoint"
    assert raw.headers["x-tollbook-dropped-answer-fields"] == name
    assert losses(gateway, raw.headers["x-tollbook-request-id"]) == [f"dropped: {name}"]

    upstream.handler = send_events(event(answer))
    request_id, chunks = stream_chat(gateway)
    deltas = [c.choices[0].delta for c in chunks if c.choices]
    told = [d.annotations for d in deltas if getattr(d, "annotations", None)]
    assert told[0][0]["url_citation"]["url"] == "https://example.org/a"
    assert losses(gateway, request_id) == [f"dropped: {name}"]
    with claude_client(gateway).messages.stream(**MESSAGES) as stream:
        message = stream.get_final_message()
    assert message.content[0].citations[0].url == "https://example.org/a"


def test_an_answer_that_is_told_whole_has_no_decision(google):
    gateway, upstream = google
    upstream.handler = send_events(event(chunk("Hello", finish="STOP", usage=usage(3, 2))))
    request_id, _ = stream_chat(gateway)
    assert losses(gateway, request_id) == []


def test_a_picture_reaches_callers_that_can_hold_one(google):
    gateway, upstream = google
    answer = chunk(parts=[picture(2 << 20)], finish="STOP", usage=usage(3, 1290))
    upstream.handler = send_json(answer)
    chat = openai_client(gateway).chat.completions.create(**CHAT)
    assert chat.choices[0].message.images[0]["image_url"]["url"].startswith("data:image/png;base64,iVBORw0K")
    response = openai_client(gateway).responses.create(model="demo", input="Draw.")
    assert response.output[0].type == "image_generation_call" and len(response.output[0].result) == 2 << 20
    converse = bedrock.connect(gateway.url, gateway.key).converse(
        modelId="demo", messages=[{"role": "user", "content": [{"text": "Draw."}]}])
    assert converse["output"]["message"]["content"][0]["image"]["format"] == "png"
    raw = claude_client(gateway).messages.with_raw_response.create(**MESSAGES)
    assert raw.headers["x-tollbook-dropped-answer-fields"] == "parts[].inlineData"

    upstream.handler = send_events(event(answer), size=60_000)
    with openai_client(gateway).responses.stream(model="demo", input="Draw.") as stream:
        final = [e for e in stream if e.type == "response.completed"][0].response
    assert final.status == "completed" and len(final.output[0].result) == 2 << 20


# Large events and answers.

@pytest.mark.parametrize("behind", [b"", b"data: {}\r\n\r\n"])
def test_a_large_event_goes_on_as_it_comes_and_is_charged_by_its_usage(google, behind: bytes):
    gateway, upstream = google
    large = event(chunk(parts=[picture(40 << 20)], finish="STOP", usage=usage(10, 1290)))
    whole = event(chunk("Here: ", usage=usage(10, 2))) + large + behind
    upstream.handler = send_events(whole, size=1 << 20)
    before = gateway.resident_bytes()
    answer = gateway.post(
        "/v1beta/models/demo:streamGenerateContent?alt=sse", {"contents": [{"parts": [{"text": "Draw."}]}]},
        {"x-goog-api-key": gateway.key})
    assert answer.body == whole
    assert gateway.resident_bytes() - before < 24 << 20
    story = gateway.story(answer)
    assert story.end_reason == "completed" and story.sources == {"provider"} and story.caveat is None
    assert story.tokens == {"input": 10, "output": 1290}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_large_events_may_be_cut_anywhere(google, seed: int):
    gateway, upstream = google
    choice = random.Random(seed)
    parts = [
        b": hello\n\n", event(chunk(parts=[picture(choice.randrange(1_100_000, 2_000_000))])), b"data: {}\n\n",
        event(chunk("x")), b": still there\n\n",
        event(chunk(parts=[picture(1_500_000)], finish="STOP", usage=usage(7, 5))),
        b": bye\n\n", event(chunk(usage=usage(8, 6))),
    ]
    whole = b"".join(parts)

    def handle(exchange: Exchange) -> None:
        exchange.begin_stream()
        position = 0
        while position < len(whole):
            size = choice.choice([1, 2, 3, 50, 1_000, 65_536, 400_000])
            exchange.send_chunk(whole[position:position + size])
            position += size
        exchange.end_stream()

    upstream.handler = handle
    answer = gateway.post(
        "/v1beta/models/demo:streamGenerateContent?alt=sse", {"contents": [{"parts": [{"text": "Draw."}]}]},
        {"x-goog-api-key": gateway.key})
    assert answer.body == whole
    story = gateway.story(answer)
    assert story.tokens == {"input": 8, "output": 6} and story.sources == {"provider"}


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_large_elements_may_be_cut_anywhere(google, seed: int):
    gateway, upstream = google
    choice = random.Random(seed)
    whole = array(
        chunk(parts=[picture(choice.randrange(1_100_000, 2_000_000))]), {}, chunk("x"),
        chunk(parts=[picture(9 << 20)], finish="STOP", usage=usage(7, 5)), chunk(usage=usage(8, 6)))

    def handle(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": "application/json"})
        position = 0
        while position < len(whole):
            size = choice.choice([1, 2, 3, 50, 65_536, 400_000, 900_000])
            exchange.send_chunk(whole[position:position + size])
            position += size
        exchange.end_stream()

    upstream.handler = handle
    before = gateway.resident_bytes()
    answer = gateway.post(
        "/v1beta/models/demo:streamGenerateContent", {"contents": [{"parts": [{"text": "Draw."}]}]},
        {"x-goog-api-key": gateway.key})
    assert answer.body == whole and gateway.resident_bytes() - before < 24 << 20
    story = gateway.story(answer)
    assert story.tokens == {"input": 8, "output": 6} and story.sources == {"provider"}
    assert story.end_reason == "completed" and story.caveat is None


def test_a_large_event_that_breaks_off_is_a_cut(google):
    gateway, upstream = google
    large = event(chunk(parts=[picture(3 << 20)], finish="STOP", usage=usage(10, 1290)))
    upstream.handler = send_events(large[:2 << 20])
    answer = gateway.post(
        "/v1beta/models/demo:streamGenerateContent?alt=sse", {"contents": [{"parts": [{"text": "Draw."}]}]},
        {"x-goog-api-key": gateway.key})
    assert b"\n\ndata: {\"error\"" in answer.body[-600:]
    story = gateway.story(answer)
    assert story.end_reason == "upstream_cut" and story.caveat == "usage_estimated"


def test_googles_sdk_reads_a_large_picture(google):
    gateway, upstream = google
    upstream.handler = send_events(
        event(chunk(parts=[picture(9 << 20)], finish="STOP", usage=usage(10, 1290))), size=1 << 20)
    client = genai.Client(api_key=gateway.key, http_options=types.HttpOptions(base_url=gateway.url))
    chunks = list(client.models.generate_content_stream(model="demo", contents="Draw."))
    assert len(chunks[0].candidates[0].content.parts[0].inline_data.data) > 6 << 20


@pytest.mark.parametrize("streamed", [False, True])
def test_a_large_picture_is_translated(google, streamed: bool):
    gateway, upstream = google
    answer = chunk(parts=[picture(20 << 20)], finish="STOP", usage=usage(10, 1290))
    upstream.handler = send_events(event(answer), size=1 << 20) if streamed else send_json(answer)
    if streamed:
        request_id, chunks = stream_chat(gateway)
        deltas = [c.choices[0].delta for c in chunks if c.choices]
        images = [d.images for d in deltas if getattr(d, "images", None)]
        assert len(images[0][0]["image_url"]["url"]) > 20 << 20
        story = gateway.story(request_id)
    else:
        raw = openai_client(gateway).chat.completions.with_raw_response.create(**CHAT)
        assert len(raw.parse().choices[0].message.images[0]["image_url"]["url"]) > 20 << 20
        story = gateway.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"input": 10, "output": 1290} and story.sources == {"provider"}


def test_an_answer_too_large_to_translate_is_charged_by_its_usage(gpt):
    gateway, upstream = gpt
    body = completion("x" * (33 << 20), {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5})
    upstream.handler = lambda exchange: exchange.send_plain(body)
    answer = gateway.post("/v1/messages", MESSAGES, {"x-api-key": gateway.key})
    assert answer.status == 502 and "33554432" in answer.json["error"]["message"]
    story = gateway.story(answer.request_id)
    assert story.tokens == {"input": 3, "output": 2} and story.sources == {"provider"}
    assert story.end_reason == "error" and story.caveat == "answer_malformed"


# How answers end.

def call(index: int, arguments: str, call_id: str = "") -> dict:
    function = {"name": f"f{index}"} if call_id else {}
    return {"index": index, "function": {**function, "arguments": arguments}, **({"id": call_id} if call_id else {})}


def tool_chunk(*calls: dict, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"tool_calls": list(calls)} if calls else {}, "finish_reason": finish}
    return chat_event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]})


def test_side_by_side_calls_come_one_after_the_other(gpt):
    gateway, upstream = gpt
    events = [
        tool_chunk(call(0, "", "a")), tool_chunk(call(1, '{"x"', "b")), tool_chunk(call(0, '{"a":')),
        tool_chunk(call(1, ":1}"), call(0, '"ü"}')), tool_chunk(finish="stop"), usage_event(), DONE,
    ]

    def handle(exchange: Exchange) -> None:
        exchange.begin_stream()
        for part in events:
            exchange.send_chunk(part)
        exchange.end_stream()

    upstream.handler = handle
    seen = []
    with claude_client(gateway).messages.stream(**MESSAGES) as stream:
        for item in stream:
            if item.type == "content_block_stop":
                seen.append((item.content_block.name, item.content_block.input))
        message = stream.get_final_message()
    assert seen == [("f0", {"a": "ü"}), ("f1", {"x": 1})] and message.stop_reason == "tool_use"
    answer = bedrock.connect(gateway.url, gateway.key).converse_stream(
        modelId="demo", messages=[{"role": "user", "content": [{"text": "Go."}]}])
    order = [(name, body.get("contentBlockIndex")) for item in answer["stream"] for name, body in item.items()]
    stops = [place for place, (name, _) in enumerate(order) if name == "contentBlockStop"]
    assert [index for _, index in order[1:stops[0] + 1]] == [0] * stops[0]
    assert [index for _, index in order[stops[0] + 1:stops[1] + 1]] == [1] * (stops[1] - stops[0])


@pytest.mark.parametrize(("events", "code"), [
    ([delta("Hi"), b"data: {oops}\n\n", delta(finish="stop"), DONE], "upstream_malformed"),
    ([DONE], "upstream_cut"), ([delta("Hi")], "upstream_cut"),
])
def test_a_stream_that_is_no_answer_ends_as_an_error(gpt, events: list[bytes], code: str):
    gateway, upstream = gpt
    upstream.handler = send_events(*events)
    answer = gateway.post("/v1/messages", {**MESSAGES, "stream": True}, {"x-api-key": gateway.key})
    assert b"event: error\n" in answer.body and code.encode() in answer.body and b"message_stop" not in answer.body
    assert gateway.story(answer).end_reason == ("upstream_cut" if b"Hi" in b"".join(events) else "error")


def test_a_failed_answer_is_an_error_and_charged(google):
    gateway, upstream = google
    answer = chunk(finish="MALFORMED_FUNCTION_CALL", usage=usage(10, 4))
    upstream.handler = send_json(answer)
    with pytest.raises(openai.InternalServerError) as raised:
        openai_client(gateway).chat.completions.create(**CHAT)
    assert raised.value.code == "MALFORMED_FUNCTION_CALL"
    story = gateway.story(raised.value.response.headers["x-tollbook-request-id"])
    assert story.tokens == {"input": 10, "output": 4} and story.sources == {"provider"}
    upstream.handler = send_events(event(answer))
    with pytest.raises(openai.APIError):
        stream_chat(gateway)


@pytest.mark.skipif(not (SHARED / THINKING).exists(), reason=f"no recordings at {SHARED}")
def test_mistrals_thoughts_are_thoughts(gpt):
    gateway, upstream = gpt
    upstream.handler = Recording(THINKING).send(97)
    with claude_client(gateway).messages.stream(**MESSAGES) as stream:
        message = stream.get_final_message()
    assert [block.type for block in message.content] == ["thinking", "text"] and len(message.content[0].thinking) > 100


@pytest.mark.parametrize(("body", "isTranslated"), [
    (b"", True), (b"<html>nope</html>", True), (DONE, True), (b"", False), (b"<html>nope</html>", False)])
def test_a_stream_without_an_answer_is_charged_its_prompt(gpt, body: bytes, isTranslated: bool):
    gateway, upstream = gpt
    upstream.handler = send_events(body)
    if isTranslated:
        answer = gateway.post("/v1/messages", {**MESSAGES, "stream": True}, {"x-api-key": gateway.key})
    else:
        answer = gateway.chat(stream=True)
    story = gateway.story(answer)
    assert story.end_reason == "error" and story.caveat == "usage_estimated"
    assert story.tokens == {"input": story.request["estimated_input_tokens"]} and story.total < story.held
