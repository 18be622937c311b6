"""Counts of a prompt's tokens: the provider's own counter is asked in whatever dialect it speaks, the caller gets the
count in its own form, and the gateway's estimate where no counter answers.
"""

import json

import anthropic
import pytest
from google.genai import types

from harness import bedrock
from harness.callers import Callers, every_dialect, send_error
from harness.gateway import Gateway
from harness.media import newest
from harness.upstream import Exchange, ScriptedUpstream

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
ANSWERS = {
    "anthropic": {"input_tokens": 41}, "gemini": {"totalTokens": 41, "promptTokensDetails": []},
    "bedrock": {"inputTokens": 41}, "openai": {"object": "response.input_tokens", "input_tokens": 41}}
TARGETS = {
    "anthropic": "/v1/messages/count_tokens", "gemini": "/v1beta/models/model-gemini:countTokens",
    "bedrock": "/model/model-bedrock/count-tokens", "openai": "/v1/responses/input_tokens"}
COUNTERS = ("messages", "gemini", "responses", "bedrock")
OWN = {"messages": "anthropic", "gemini": "gemini", "responses": "openai", "bedrock": "bedrock"}


@pytest.fixture(scope="module")
def served(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    server = Gateway(tmp_path_factory.mktemp("counts"), every_dialect(upstream), environment=bedrock.ENVIRONMENT)
    try:
        yield server
        server.check_books()
    finally:
        server.close()


@pytest.fixture(scope="module")
def callers(served: Gateway) -> Callers:
    return Callers(served)


def count(callers: Callers, caller: str, model: str) -> int:
    """Asks for the tokens of one prompt, with instructions and a tool, through a caller's SDK."""
    match caller:
        case "messages":
            return callers.anthropic.messages.count_tokens(
                model=model, system="Be brief.", messages=[{"role": "user", "content": "Is it warm in Oslo?"}],
                tools=[{"name": "weather", "description": "Weather.", "input_schema": SCHEMA}]).input_tokens
        case "responses":
            return callers.openai.responses.input_tokens.count(
                model=model, instructions="Be brief.", input="Is it warm in Oslo?", tools=[
                    {"type": "function", "name": "weather", "description": "Weather.", "parameters": SCHEMA,
                     "strict": False}]).input_tokens
        case "gemini":
            return callers.gemini.models.count_tokens(model=model, contents="Is it warm in Oslo?").total_tokens
        case _:
            return callers.bedrock.count_tokens(modelId=model, input={"converse": {
                "system": [{"text": "Be brief."}],
                "messages": [{"role": "user", "content": [{"text": "Is it warm in Oslo?"}]}],
                "toolConfig": {"tools": [{"toolSpec": {
                    "name": "weather", "description": "Weather.", "inputSchema": {"json": SCHEMA}}}]}}})["inputTokens"]


def asked(upstream: ScriptedUpstream, provider: str) -> dict:
    """What the counter was asked, out of its dialect's frame."""
    body = json.loads(upstream.last.body)
    if provider == "gemini" and "generateContentRequest" in body:
        assert list(body) == ["generateContentRequest"]
        return body["generateContentRequest"]
    return body["input"]["converse"] if provider == "bedrock" else body


def said(value: object) -> str:
    return json.dumps(value)


@pytest.mark.parametrize("provider", ["anthropic", "gemini", "bedrock"])
@pytest.mark.parametrize("caller", COUNTERS)
def test_the_providers_own_counter_is_asked(
    served: Gateway, callers: Callers, upstream: ScriptedUpstream, caller: str, provider: str
):
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps(ANSWERS[provider]).encode())
    before = len(upstream.requests)
    assert count(callers, caller, provider) == 41 and len(upstream.requests) == before + 1
    assert upstream.last.target == TARGETS[provider]
    body = asked(upstream, provider)
    assert "Is it warm in Oslo?" in said(body)
    if caller != "gemini":
        assert "Be brief." in said(body) and "weather" in said(body) and "city" in said(body)
    found = newest(served)
    assert found.charges == [] and found.held in (0, None) and found.caveat is None and found.end_reason == "completed"
    assert found.attempts[0]["status"] == 200 and found.outcome["status"] == 200


def test_what_counters_take_is_what_they_are_sent(served: Gateway, callers: Callers, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps(ANSWERS["anthropic"]).encode())
    count(callers, "responses", "anthropic")
    body = json.loads(upstream.last.body)
    fields = set(anthropic.types.MessageCountTokensParams.__annotations__)
    assert set(body) <= fields and {"model", "messages", "system", "tools"} <= set(body)
    assert body["model"] == "model-anthropic"
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps(ANSWERS["bedrock"]).encode())
    count(callers, "messages", "bedrock")
    shape = callers.bedrock.meta.service_model.operation_model("CountTokens").input_shape.members["input"]
    sent = json.loads(upstream.last.body)["input"]
    assert set(sent) == {"converse"} and set(sent["converse"]) <= set(shape.members["converse"].members)
    upstream.handler = lambda exchange: exchange.send_plain(json.dumps(ANSWERS["gemini"]).encode())
    count(callers, "messages", "gemini")
    sent = json.loads(upstream.last.body)["generateContentRequest"]
    assert sent["model"] == "models/model-gemini" and "systemInstruction" in sent and "tools" in sent
    assert types.Content.model_validate(sent["contents"][0]).parts[0].text == "Is it warm in Oslo?"


def test_bedrocks_own_callers_reach_bedrock_unchanged(served: Gateway, callers: Callers, upstream: ScriptedUpstream):
    upstream.handler = lambda exchange: exchange.send_plain(b'{"inputTokens":41}')
    told = callers.bedrock.count_tokens(modelId="bedrock", input={"invokeModel": {"body": b'{"inputText":"x"}'}})
    assert told["inputTokens"] == 41
    assert json.loads(upstream.last.body) == {"input": {"invokeModel": {"body": "eyJpbnB1dFRleHQiOiJ4In0="}}}
    # What is no conversation cannot be asked of others.
    before = len(upstream.requests)
    told = callers.bedrock.count_tokens(modelId="anthropic", input={"invokeModel": {"body": b'{"inputText":"x"}'}})
    assert told["inputTokens"] > 0 and len(upstream.requests) == before
    assert told["ResponseMetadata"]["HTTPHeaders"]["x-tollbook-token-count"] == "estimated"


@pytest.mark.parametrize("caller", ["messages", "gemini", "bedrock"])
def test_openais_models_are_estimated(served: Gateway, callers: Callers, upstream: ScriptedUpstream, caller: str):
    before = len(upstream.requests)
    assert count(callers, caller, "openai") > 3 and len(upstream.requests) == before
    found = newest(served)
    assert found.caveat == "usage_estimated" and found.attempts == []


def cut(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{")
    exchange.close()


def streamed(exchange: Exchange) -> None:
    exchange.begin_stream()
    exchange.end_stream(b'data: {"input_tokens":41}\n\n')


FAILURES = {
    "refused": send_error("400 Bad Request", {"error": {"message": "no"}}),
    "credential": send_error("401 Unauthorized", {"error": {"message": "no"}}),
    "permission": send_error("403 Forbidden", {"error": {"message": "no"}}),
    "unknown": send_error("404 Not Found", b""), "busy": send_error("429 Too Many Requests", {}),
    "down": send_error("500 Oops", b"<html>"), "elsewhere": send_error("302 Found", b"", location="/x"),
    "no count": send_error("200 OK", {"tokens": 3}), "negative": send_error("200 OK", {"input_tokens": -3}),
    "no JSON": send_error("200 OK", b"{"), "closed": lambda exchange: exchange.close(), "cut": cut,
    "no HTTP": lambda exchange: exchange.send(b"hello\r\n\r\n"), "stream": streamed,
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_counter_that_fails_leaves_the_estimate(
    served: Gateway, callers: Callers, upstream: ScriptedUpstream, failure: str
):
    upstream.handler = FAILURES[failure]
    raw = callers.openai.responses.input_tokens.with_raw_response.count(model="anthropic", input="Is it warm in Oslo?")
    assert 0 < raw.parse().input_tokens < 40 and raw.headers["x-tollbook-token-count"] == "estimated"
    found = served.story(raw.headers["x-tollbook-request-id"])
    assert found.charges == [] and found.caveat == "usage_estimated" and found.end_reason == "completed"
    assert found.outcome["status"] == 200 and found.attempts[0]["error_class"]
    # The same dialect's callers are told what went wrong.
    if failure in ("refused", "unknown", "busy", "down", "permission"):
        with pytest.raises(anthropic.APIStatusError):
            count(callers, "messages", "anthropic")


def test_a_counter_that_does_not_answer_leaves_the_estimate(
    served: Gateway, callers: Callers, upstream: ScriptedUpstream
):
    upstream.handler = lambda exchange: exchange.wait_for_close(20)
    raw = callers.openai.responses.input_tokens.with_raw_response.count(model="gemini", input="Is it warm in Oslo?")
    assert raw.headers["x-tollbook-token-count"] == "estimated"
    found = served.story(raw.headers["x-tollbook-request-id"])
    assert found.attempts[0]["error_class"] == "first_byte_timeout" and found.charges == []


def test_a_counter_that_cannot_be_reached_leaves_the_estimate(make_gateway, make_upstream):
    upstream: ScriptedUpstream = make_upstream()
    gateway: Gateway = make_gateway(every_dialect(upstream), environment=bedrock.ENVIRONMENT)
    upstream.__exit__()
    raw = Callers(gateway).openai.responses.input_tokens.with_raw_response.count(model="anthropic", input="x")
    assert raw.headers["x-tollbook-token-count"] == "estimated"
    found = gateway.story(raw.headers["x-tollbook-request-id"])
    assert found.attempts[0]["error_class"] == "connect_failed" and found.caveat == "usage_estimated"
    gateway.check_books()


def test_a_prompt_that_no_rule_lets_over_is_estimated(served: Gateway, callers: Callers, upstream: ScriptedUpstream):
    before = len(upstream.requests)
    raw = callers.openai.responses.input_tokens.with_raw_response.count(
        model="anthropic", input="x", previous_response_id="resp_1")
    assert raw.headers["x-tollbook-token-count"] == "estimated" and len(upstream.requests) == before


def test_googles_cloud_is_asked_without_a_frame(make_gateway, make_upstream):
    upstream: ScriptedUpstream = make_upstream()
    file = every_dialect(upstream)
    base = f"http://127.0.0.1:{upstream.port}/v1/projects/acme/locations/eu"
    file["providers"].append({"name": "vertex", "dialect": "vertex", "base_url": base, "credential": "env:UPSTREAM_KEY"})
    file["deployments"].append({"name": "vertex-d", "provider": "vertex", "model": "gemini-x"})
    file["routes"].append({"name": "vertex", "strategy": "priority", "targets": ["vertex-d"]})
    gateway: Gateway = make_gateway(file, environment=bedrock.ENVIRONMENT)
    upstream.handler = lambda exchange: exchange.send_plain(b'{"totalTokens":41,"totalBillableCharacters":9}')
    assert count(Callers(gateway), "messages", "vertex") == 41
    assert upstream.last.target.endswith("/locations/eu/publishers/google/models/gemini-x:countTokens")
    assert set(json.loads(upstream.last.body)) == {"contents", "systemInstruction", "tools"}


def test_the_simulator_counts_in_bedrocks_dialect(make_gateway, simulator):
    gateway: Gateway = make_gateway(bedrock.bedrock_file(simulator.base_url), environment=bedrock.ENVIRONMENT)
    client = bedrock.connect(gateway.url, gateway.key, headers={"x-sim": "prompt=77"})
    told = client.count_tokens(modelId="demo", input={"converse": {"messages": [
        {"role": "user", "content": [{"text": "x"}]}]}})
    assert told["inputTokens"] == 77
