"""Responses that OpenAI and servers of its API gave, replayed through the gateway: the same bytes, the same objects in
the SDK, and rows with the tokens that were counted.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json
import os
import re
from pathlib import Path

import httpx
import jsonschema
import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent

from harness.gateway import Gateway, data_events
from harness.governance import governance
from harness.process import ROOT
from harness.responses import PRICES, respond
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared")
RECORDINGS = SHARED / "recordings"
DESCRIPTION = SHARED / "specs" / "openai" / "openapi.json"
MODEL = "recorded-model"


def cases() -> list[str]:
    index = RECORDINGS / "INDEX.jsonl"
    if not index.exists():
        return []
    found = [json.loads(line) for line in index.read_text().splitlines()]
    return sorted(case["case"] for case in found if case["api"].endswith("responses"))


CASES = cases()


@pytest.mark.skipif(not CASES, reason=f"no recordings at {RECORDINGS}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 29


class Recording:
    def __init__(self, case: str):
        directory = RECORDINGS / case
        self.meta = json.loads((directory / "meta.json").read_text())
        file = next(file for file in directory.iterdir() if file.name.startswith("response."))
        self.answer = file.read_bytes()
        self.streamed = file.suffix == ".sse"
        self.status = self.meta.get("status", 200)
        # One call names its model in a prompt that the provider keeps; a route needs a name of its own.
        self.asked = {**json.loads((directory / "request.json").read_bytes()), "model": MODEL}
        self.request = json.dumps(self.asked).encode()

    def send(self, pieces: int):
        """A handler that answers as recorded, so many bytes at a time."""

        def handle(exchange: Exchange) -> None:
            kind = "text/event-stream; charset=utf-8" if self.streamed else "application/json"
            exchange.send(
                f"HTTP/1.1 {self.status} Recorded\r\ncontent-type: {kind}\r\nx-request-id: req_recorded\r\n"
                "transfer-encoding: chunked\r\n\r\n".encode())
            for start in range(0, len(self.answer), pieces):
                exchange.send_chunk(self.answer[start : start + pieces])
            exchange.end_stream()

        return handle

    @property
    def response(self) -> dict:
        """The whole response: the answer, or what its last event holds."""
        if not self.streamed:
            return json.loads(self.answer)
        events = [json.loads(line[5:]) for line in self.answer.splitlines() if line.startswith(b"data:")]
        return events[-1]["response"]


def meters(response: dict) -> dict[str, int]:
    """A response's usage as disjoint meters, worked out here without the gateway's code."""
    usage = response["usage"]
    read = usage["input_tokens_details"]
    cached, written = read.get("cached_tokens", 0), read.get("cache_write_tokens", 0)
    reasoning = (usage.get("output_tokens_details") or {}).get("reasoning_tokens", 0)
    searches = [
        item for item in response["output"]
        if item["type"] == "web_search_call" and item.get("action", {}).get("type", "search") == "search"]
    found = {
        "input": usage["input_tokens"] - cached - written, "cache_read": cached, "cache_write": written,
        "output": usage["output_tokens"] - reasoning, "reasoning": reasoning, "search": len(searches)}
    return {name: quantity for name, quantity in found.items() if quantity}


COSTS_APART = {"file_search_call", "code_interpreter_call", "image_generation_call"}


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        file = governance(upstream.base_url, model=MODEL, prices=PRICES)
        file["routes"] = [{"name": "public-name", "strategy": "priority", "targets": ["up-d"]}]
        gateway = Gateway(tmp_path_factory.mktemp("replayed"), file)
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(replayed, case: str, pieces: int):
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(pieces)
    answer = respond(gateway, recording.request.replace(f'"{MODEL}"'.encode(), b'"public-name"'))
    assert upstream.last.body == recording.request and upstream.last.target == "/v1/responses"
    if recording.status == 401:
        assert answer.status == 502 and answer.code == "upstream_auth_failed"
        return
    assert answer.status == recording.status
    assert re.sub(rb": tollbook [^\n]*\n\n", b"", answer.body) == recording.answer
    story = gateway.story(answer)
    if recording.status >= 400:
        assert story.charges == [] and story.end_reason == "error"
        return
    response = recording.response
    assert story.end_reason == "completed"
    if response["usage"]["total_tokens"] == 0:
        # OpenAI told zeros of a stream that was cut at its limit: nothing that a prompt can cost.
        assert story.caveat == "usage_estimated" and story.tokens["output"] == 19
        return
    assert story.tokens == meters(response) and story.sources == {"provider"}
    costs_apart = any(item["type"] in COSTS_APART for item in response["output"])
    assert story.caveat == ("usage_uncounted" if costs_apart else None)
    assert all(charge["amount_nano"] is not None for charge in story.charges)


@pytest.mark.parametrize("case", CASES)
def test_the_sdk_makes_the_same_of_both(replayed, case: str):
    """The same call to the recording and to the gateway in front of it: equal objects, or errors of the same class."""
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(1 << 20)

    def outcome(url: str, key: str, name: str):
        client = openai.OpenAI(
            base_url=url, api_key=key, max_retries=0, http_client=httpx.Client(trust_env=False))
        body = {**recording.asked, "model": name}
        try:
            if not recording.streamed:
                return client.post("/responses", cast_to=Response, body=body).to_dict()
            events = client.post(
                "/responses", cast_to=Response, body=body, stream=True, stream_cls=openai.Stream[ResponseStreamEvent])
            return [event.to_dict() for event in events]
        except openai.APIStatusError as error:
            return type(error), error.status_code, error.body

    direct = outcome(upstream.base_url, "sk-direct", MODEL)
    through = outcome(f"{gateway.url}/v1", gateway.key, "public-name")
    if recording.status == 401:
        # The gateway's own credential was refused: no fault of the caller's.
        assert direct[0] is openai.AuthenticationError and through[0] is openai.InternalServerError
        return
    assert through == direct
    assert recording.status >= 400 or direct


# What the gateway itself emits, and the simulated provider behind it, against the published description.

@pytest.fixture(scope="module")
def described():
    if not DESCRIPTION.exists():
        pytest.skip(f"no description at {DESCRIPTION}: the answers were NOT checked against it")
    document = json.loads(DESCRIPTION.read_text())

    def check(value: dict, name: str) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(value)

    return check


@pytest.mark.parametrize("fields", [
    {}, {"max_output_tokens": 3},
    {"tools": [{"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}],
     "tool_choice": "required"},
    {"tools": [{"type": "custom", "name": "f"}], "tool_choice": "required"},
    {"text": {"format": {"type": "json_schema", "name": "s", "schema": {"type": "object"}}}},
])
def test_answers_are_as_described(gateway: Gateway, described, fields: dict):
    described(respond(gateway, sim="reasoning=3", **fields).json, "Response")
    events = [json.loads(event) for event in data_events_of(respond(gateway, sim="reasoning=3", stream=True, **fields))]
    assert events[-1]["type"] in ("response.completed", "response.incomplete")
    for event in events:
        described(event, "ResponseStreamEvent")


def data_events_of(answer) -> list[bytes]:
    """The payloads of events that have a name line before their data."""
    return data_events(re.sub(rb"(?m)^event: [^\n]*\n", b"", answer.body))


def test_errors_are_as_described(gateway: Gateway, described, simulator: Simulator):
    events = data_events_of(respond(gateway, sim="completion=6,fault=cut_mid_stream", stream=True))
    described(json.loads(events[-1]), "ResponseErrorEvent")
    described(respond(gateway, model="nowhere").json, "ErrorResponse")
    described(respond(gateway, background=True).json, "ErrorResponse")
    described(respond(gateway, path="/v1/responses/input_tokens").json, "TokenCountsResource")
