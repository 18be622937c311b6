"""Embeddings across dialects: OpenAI's SDK served by Gemini, Google's by OpenAI's form of servers, with the same books."""

import base64
import json
import struct

import openai
import pytest
from google.genai import errors, types

from harness import bedrock
from harness.callers import Callers, every_dialect, send_error
from harness.gateway import Gateway
from harness.media import newest
from harness.upstream import ScriptedUpstream

VECTORS = [[0.5, -0.25, 3.0517578125e-05], [1.0, 0.0, -2.0]]


@pytest.fixture(scope="module")
def served(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    server = Gateway(tmp_path_factory.mktemp("vectors"), every_dialect(upstream), environment=bedrock.ENVIRONMENT)
    try:
        yield server
        server.check_books()
    finally:
        server.close()


@pytest.fixture(scope="module")
def callers(served: Gateway) -> Callers:
    return Callers(served)


def answers(body: object):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda exchange: exchange.send_plain(content)


def gemini_vectors(*vectors: list[float], **more: object):
    return answers({"embeddings": [{"values": vector} for vector in vectors], **more})


def openai_vectors(*vectors: list[float]):
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    return answers({
        "object": "list", "data": data[::-1], "model": "served", "usage": {"prompt_tokens": 9, "total_tokens": 9}})


def sent(upstream: ScriptedUpstream) -> dict:
    return json.loads(upstream.last.body)


# OpenAI's callers, Gemini's vectors.

@pytest.mark.parametrize("encoding", ["float", "base64", None])
def test_openais_sdk_gets_geminis_vectors(
    served: Gateway, callers: Callers, upstream: ScriptedUpstream, encoding: str | None
):
    upstream.handler = gemini_vectors(*VECTORS)
    # Without a format the SDK asks for base64, and decodes it.
    more = {"encoding_format": encoding} if encoding else {}
    raw = callers.openai.embeddings.with_raw_response.create(
        model="gemini", input=["Hello, \"Oslo\".", "é\n"], dimensions=3, user="u1", **more)
    answer = raw.parse()
    if encoding == "base64":
        found = [list(struct.unpack("<3f", base64.b64decode(part.embedding))) for part in answer.data]
    else:
        found = [part.embedding for part in answer.data]
    assert found == VECTORS and [part.index for part in answer.data] == [0, 1]
    assert answer.object == "list" and answer.model == "gemini" and answer.usage.prompt_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens
    assert raw.headers["x-tollbook-token-count"] == "estimated"
    assert raw.headers["x-tollbook-dropped-fields"] == "user"
    assert upstream.last.target == "/v1beta/models/model-gemini:batchEmbedContents"
    assert sent(upstream) == {"requests": [
        {"model": "models/model-gemini", "content": {"parts": [{"text": text}]}, "outputDimensionality": 3}
        for text in ("Hello, \"Oslo\".", "é\n")]}
    story = served.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"input": answer.usage.prompt_tokens} and story.sources == {"estimated"}
    assert story.caveat == "usage_estimated" and story.end_reason == "completed"


def test_one_text_and_a_usage_that_is_told(served: Gateway, callers: Callers, upstream: ScriptedUpstream):
    upstream.handler = gemini_vectors(VECTORS[0], usageMetadata={"promptTokenCount": 7, "totalTokenCount": 7})
    raw = callers.openai.embeddings.with_raw_response.create(model="gemini", input="Hello.")
    assert raw.parse().usage.prompt_tokens == 7 and "x-tollbook-token-count" not in raw.headers
    assert len(sent(upstream)["requests"]) == 1 and "outputDimensionality" not in sent(upstream)["requests"][0]
    story = served.story(raw.headers["x-tollbook-request-id"])
    assert story.tokens == {"input": 7} and story.sources == {"provider"}


@pytest.mark.parametrize("prompt", [[1, 2, 3], [[1, 2], [3]], ["a", [1]]])
def test_prompts_of_tokens_are_refused(callers: Callers, upstream: ScriptedUpstream, prompt: list):
    before = len(upstream.requests)
    with pytest.raises(openai.UnprocessableEntityError, match="tokens") as raised:
        callers.openai.embeddings.create(model="gemini", input=prompt)
    assert raised.value.param == "input" and len(upstream.requests) == before


def test_what_is_no_prompt_is_told(served: Gateway, upstream: ScriptedUpstream):
    before = len(upstream.requests)
    headers = {"authorization": f"Bearer {served.key}"}
    for body, field in (({"model": "gemini"}, "input"), ({"model": "gemini", "input": 7}, "input"),
                        ({"model": "gemini", "input": "x", "dimensions": "many"}, "dimensions")):
        answer = served.post("/v1/embeddings", body, headers)
        assert answer.status == 400 and answer.json["error"]["param"] == field
    assert len(upstream.requests) == before


@pytest.mark.parametrize("body", [
    b"{", {}, {"embeddings": 1}, {"embeddings": [{}]}, {"embeddings": [{"values": ["x"]}]},
    {"embeddings": [{"values": [None]}]}, b'{"embeddings":[{"values":[1e400]}]}'])
def test_an_answer_without_vectors_is_malformed(callers: Callers, upstream: ScriptedUpstream, body: object):
    upstream.handler = answers(body)
    with pytest.raises(openai.InternalServerError) as raised:
        callers.openai.embeddings.create(model="gemini", input="x", encoding_format="base64")
    assert raised.value.status_code == 502 and raised.value.code == "upstream_malformed"


def test_geminis_errors_are_openais(callers: Callers, upstream: ScriptedUpstream):
    upstream.handler = send_error("429 Too Many Requests", {"error": {
        "code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}})
    with pytest.raises(openai.RateLimitError, match="Slow down"):
        callers.openai.embeddings.create(model="gemini", input="x")


# Google's callers, OpenAI's vectors.

def test_googles_sdk_gets_openais_vectors(served: Gateway, callers: Callers, upstream: ScriptedUpstream):
    upstream.handler = openai_vectors(*VECTORS)
    answer = callers.gemini.models.embed_content(
        model="openai", contents=["Hello.", "Oslo."], config=types.EmbedContentConfig(
            output_dimensionality=3, task_type="RETRIEVAL_QUERY", title="A title"))
    assert [part.values for part in answer.embeddings] == VECTORS
    assert upstream.last.target == "/v1/embeddings"
    assert sent(upstream) == {
        "model": "model-openai", "input": ["Hello.", "Oslo."], "encoding_format": "float", "dimensions": 3}
    story = newest(served)
    assert story.tokens == {"input": 9} and story.sources == {"provider"} and story.caveat is None


def test_what_openai_cannot_be_told_is_named(served: Gateway, upstream: ScriptedUpstream):
    upstream.handler = openai_vectors(VECTORS[0])
    headers = {"authorization": f"Bearer {served.key}"}
    answer = served.post("/v1beta/models/openai:embedContent", {
        "content": {"parts": [{"text": "Hello, "}, {"text": "Oslo."}]}, "taskType": "RETRIEVAL_QUERY",
        "title": "T", "output_dimensionality": 3}, headers)
    assert answer.status == 200 and answer.json == {"embedding": {"values": VECTORS[0]}}
    assert answer.headers["x-tollbook-dropped-fields"] == "taskType, title"
    assert sent(upstream)["input"] == ["Hello, Oslo."] and sent(upstream)["dimensions"] == 3
    details = [row["detail"] for row in served.story(answer).decisions if row["detail"]]
    assert details == ["dropped: taskType, title"]


@pytest.mark.parametrize(("requests", "field"), [
    ([{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]}}], "content"),
    ([{"content": {"parts": [{"text": "a"}]}, "outputDimensionality": 3}, {"content": {"parts": [{"text": "b"}]}}],
     "outputDimensionality"),
])
def test_what_openai_cannot_embed_is_refused(
    served: Gateway, upstream: ScriptedUpstream, requests: list, field: str
):
    before = len(upstream.requests)
    answer = served.post(
        "/v1beta/models/openai:batchEmbedContents", {"requests": requests}, {"x-goog-api-key": served.key})
    assert answer.status == 422 and field in answer.body.decode() and len(upstream.requests) == before


def test_openais_errors_are_googles(callers: Callers, upstream: ScriptedUpstream):
    upstream.handler = send_error("404 Not Found", {"error": {"message": "No such model.", "code": "model_not_found"}})
    with pytest.raises(errors.ClientError, match="No such model") as raised:
        callers.gemini.models.embed_content(model="openai", contents="x")
    assert raised.value.code == 404 and raised.value.status == "NOT_FOUND"


def test_a_missing_vector_is_malformed(served: Gateway, upstream: ScriptedUpstream):
    for body in ({"data": []}, {"data": [{"embedding": "AAAA"}]}, {"object": "list"}):
        upstream.handler = answers(body)
        answer = served.post(
            "/v1beta/models/openai:embedContent", {"content": {"parts": [{"text": "x"}]}},
            {"x-goog-api-key": served.key})
        assert answer.status == 502 and served.story(answer).caveat == "answer_malformed"
