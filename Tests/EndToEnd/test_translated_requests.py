"""What a provider is sent of a request in another dialect, where the gateway knows more of it than its dialect."""

import json
import re

import jsonschema
import pytest
import yaml

from harness.gateway import Gateway
from harness.governance import governance
from harness.recordings import SHARED
from harness.upstream import ScriptedUpstream

MISTRAL = SHARED.parent / "specs" / "mistral" / "openapi.yaml"
PDF = "JVBERi0="
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
ID = "call|of another provider: 1"

# One request of each dialect, with what agents send: a person, a seed, a tier, tools that were called, media.
REQUESTS = {
    "/v1/messages": {
        "model": "demo", "max_tokens": 50, "metadata": {"user_id": "u-1"}, "service_tier": "auto", "system": "s",
        "thinking": {"type": "enabled", "budget_tokens": 20000}, "temperature": 0.5, "stop_sequences": ["END"],
        "tools": [{"name": "weather", "description": "d", "input_schema": SCHEMA}], "tool_choice": {"type": "any"},
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "q"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QUJD"}},
                {"type": "document", "title": "t", "source": {
                    "type": "base64", "media_type": "application/pdf", "data": PDF}},
                {"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": ID, "name": "weather", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": ID, "content": "sun"}]}],
    },
    "/v1beta/models/demo:generateContent": {
        "systemInstruction": {"parts": [{"text": "s"}]},
        "generationConfig": {
            "seed": 7, "maxOutputTokens": 50, "topP": 0.9, "thinkingConfig": {"thinkingLevel": "low"},
            "responseMimeType": "application/json", "responseSchema": {"type": "OBJECT"}},
        "serviceTier": "standard", "tools": [{"functionDeclarations": [{"name": "weather"}]}],
        "contents": [
            {"role": "user", "parts": [{"text": "q"}, {"inlineData": {"mimeType": "audio/wav", "data": "QUJD"}}]},
            {"role": "model", "parts": [{"functionCall": {"id": ID, "name": "weather", "args": {}}}]},
            {"role": "user", "parts": [{"functionResponse": {"id": ID, "name": "weather", "response": {"a": 1}}}]}],
    },
    "/model/demo/converse": {
        "serviceTier": {"type": "default"}, "inferenceConfig": {"maxTokens": 50},
        "messages": [
            {"role": "user", "content": [{"text": "q"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": ID, "name": "weather", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": ID, "content": [{"text": "sun"}]}}]}],
    },
    "/v1/responses": {
        "model": "demo", "safety_identifier": "s-1", "service_tier": "default", "reasoning": {"effort": "none"},
        "tools": [{"type": "function", "name": "weather", "parameters": SCHEMA}],
        "input": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "I will not."}]},
            {"type": "function_call", "call_id": ID, "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": ID, "output": "sun"}],
    },
}


@pytest.fixture(scope="module")
def upstream():
    with ScriptedUpstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def mistral(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose only provider has the preset of Mistral."""
    file = governance(upstream.base_url)
    file["providers"][0] = {
        "name": "up", "preset": "mistral", "base_url": upstream.base_url, "credential": "env:UPSTREAM_KEY"}
    server = Gateway(tmp_path_factory.mktemp("mistral"), file)
    yield server
    try:
        server.check_books()
        assert server.stop() == 0, server.output[-4000:]
    finally:
        server.close()


def sent(gateway: Gateway, upstream: ScriptedUpstream, path: str) -> tuple[dict, str]:
    """What the provider got, and the names of what it did not."""
    answer = gateway.post(path, json.dumps(REQUESTS[path]).encode(), {"authorization": f"Bearer {gateway.key}"})
    assert answer.status == 200, answer.body
    return json.loads(upstream.last.body), answer.headers.get("x-tollbook-dropped-fields", "")


@pytest.mark.parametrize("path", REQUESTS)
def test_mistral_is_sent_what_it_takes(mistral: Gateway, upstream: ScriptedUpstream, path: str):
    body, dropped = sent(mistral, upstream, path)
    assert not {"user", "seed", "service_tier", "safety_identifier", "max_completion_tokens"} & set(body)
    call, result = (
        next(m for m in body["messages"] if m["role"] == role and ("tool_calls" in m or role == "tool"))
        for role in ("assistant", "tool"))
    assert call["tool_calls"][0]["id"] == result["tool_call_id"]
    assert re.fullmatch("[A-Za-z0-9]{9}", result["tool_call_id"])
    expected = {
        "/v1/messages": {"metadata.user_id", "service_tier"},
        "/v1beta/models/demo:generateContent": {"serviceTier"},
        "/model/demo/converse": {"serviceTier.type"},
        "/v1/responses": {"safety_identifier", "service_tier"},
    }
    assert expected[path] <= set(dropped.split(", "))
    if path.startswith("/v1beta"):
        assert body["random_seed"] == 7 and body["reasoning_effort"] == "none"
    if path == "/v1/messages":
        assert body["reasoning_effort"] == "high"


@pytest.mark.skipif(not MISTRAL.exists(), reason=f"no description at {MISTRAL}")
@pytest.mark.parametrize("path", REQUESTS)
def test_it_fits_mistrals_own_description(mistral: Gateway, upstream: ScriptedUpstream, path: str):
    document = yaml.load(MISTRAL.read_text(), yaml.CSafeLoader)
    schema = {"$ref": "#/components/schemas/ChatCompletionRequest", "components": document["components"]}
    assert document["components"]["schemas"]["ChatCompletionRequest"]["additionalProperties"] is False
    jsonschema.validate(sent(mistral, upstream, path)[0], schema)


def test_betas_of_the_callers_dialect_are_named(mistral: Gateway):
    headers = {"authorization": f"Bearer {mistral.key}", "anthropic-beta": "context-1m-2025-08-07"}
    body = {"model": "demo", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}], "zz": {"a": 1}}
    answer = mistral.post("/v1/messages", json.dumps(body).encode(), headers)
    assert answer.status == 200
    assert answer.headers["x-tollbook-dropped-fields"] == "zz, anthropic-beta"
    assert mistral.ledger.rows("SELECT detail FROM decision WHERE detail = 'dropped: zz, anthropic-beta'")


def test_more_names_than_are_told_are_told_as_more(mistral: Gateway):
    body = {"model": "demo", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}]}
    body |= {f"zz{number}": 1 for number in range(40)}
    answer = mistral.post("/v1/messages", json.dumps(body).encode(), {"authorization": f"Bearer {mistral.key}"})
    names = answer.headers["x-tollbook-dropped-fields"].split(", ")
    assert len(names) == 33 and names[-1] == "and more"
