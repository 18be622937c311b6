"""Answers that Anthropic gave, replayed through the gateway: the same bytes, the same objects in the SDK, and rows with
the tokens that were counted.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json
import os
import re
from pathlib import Path

import anthropic
import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.messages import PRICES
from harness.process import ROOT
from harness.upstream import Exchange, ScriptedUpstream

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared") / "recordings"


def cases() -> list[str]:
    index = SHARED / "INDEX.jsonl"
    if not index.exists():
        return []
    found = [json.loads(line) for line in index.read_text().splitlines()]
    return sorted(
        case["case"] for case in found
        if case["provider"] == "anthropic" and case["api"] in ("messages", "count_tokens"))


CASES = cases()


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 30


class Recording:
    def __init__(self, case: str):
        directory = SHARED / case
        self.meta = json.loads((directory / "meta.json").read_text())
        self.request = (directory / "request.json").read_bytes()
        self.answer = (directory / self.meta["response_file"]).read_bytes()
        self.streamed = self.meta["response_file"].endswith(".sse")
        self.status = self.meta["status"]
        self.asked = json.loads(self.request)
        self.counts = "count_tokens" in self.meta["url"]

    @property
    def path(self) -> str:
        return "/v1/messages/count_tokens" if self.counts else "/v1/messages"

    @property
    def query(self) -> str:
        return self.meta["url"].partition("?")[2]

    def send(self, pieces: int):
        """A handler that answers as recorded, so many bytes at a time."""

        def handle(exchange: Exchange) -> None:
            kind = "text/event-stream; charset=utf-8" if self.streamed else "application/json"
            exchange.send(
                f"HTTP/1.1 {self.status} Recorded\r\ncontent-type: {kind}\r\nrequest-id: req_recorded\r\n"
                "transfer-encoding: chunked\r\n\r\n".encode())
            for start in range(0, len(self.answer), pieces):
                exchange.send_chunk(self.answer[start : start + pieces])
            exchange.end_stream()

        return handle

    def usage(self) -> dict | None:
        """What the answer told last of each number."""
        if not self.streamed:
            return json.loads(self.answer).get("usage")
        merged = {}
        for line in self.answer.splitlines():
            event = json.loads(line[5:]) if line.startswith(b"data:") else {}
            told = (event.get("message") or event).get("usage") if event.get("type") != "ping" else None
            merged.update({name: value for name, value in (told or {}).items() if value is not None})
        return merged


def meters(usage: dict) -> dict[str, int]:
    """A usage object as disjoint meters, worked out here without the gateway's code."""
    split = usage.get("cache_creation") or {}
    five, hour = split.get("ephemeral_5m_input_tokens", 0), split.get("ephemeral_1h_input_tokens", 0)
    written = usage.get("cache_creation_input_tokens") or 0
    thinking = (usage.get("output_tokens_details") or {}).get("thinking_tokens", 0)
    found = {
        "input": usage["input_tokens"], "cache_read": usage.get("cache_read_input_tokens") or 0,
        "cache_write": written - five - hour, "cache_write_5m": five, "cache_write_1h": hour,
        "output": usage["output_tokens"] - thinking, "reasoning": thinking,
        "search": (usage.get("server_tool_use") or {}).get("web_search_requests", 0),
    }
    return {name: quantity for name, quantity in found.items() if quantity}


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        # Public names of their own, so that each call has its model patched.
        models = sorted({Recording(case).asked["model"] for case in CASES})
        deployments = [{"name": f"d{n}", "provider": "up", "model": model} for n, model in enumerate(models)]
        routes = [
            {"name": f"public-{model}", "strategy": "priority", "targets": [f"d{n}"]}
            for n, model in enumerate(models)]
        file = governance(
            upstream.base_url, dialect="anthropic", deployments=deployments, routes=routes, prices=PRICES)
        gateway = Gateway(tmp_path_factory.mktemp("replayed"), file)
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


def renamed(body: bytes, old: str, new: str) -> bytes:
    """The same bytes with another model; the recorder put no space, or one, behind the colon."""
    done, count = re.subn(rb'("model":\s*)' + re.escape(json.dumps(old).encode()),
                          lambda found: found[1] + json.dumps(new).encode(), body)
    assert count >= 1
    return done


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(replayed, case: str, pieces: int):
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(pieces)
    model = recording.asked["model"]
    target = recording.path + (f"?{recording.query}" if recording.query else "")
    answer = gateway.messages(renamed(recording.request, model, f"public-{model}"), path=target)
    assert upstream.last.body == recording.request and upstream.last.target == target
    if recording.status == 401:
        assert answer.status == 502 and answer.code == "upstream_auth_failed"
        return
    assert answer.status == recording.status
    assert re.sub(rb": tollbook [^\n]*\n\n", b"", answer.body) == recording.answer
    story = gateway.story(answer)
    if recording.status >= 400 or recording.counts:
        assert story.charges == [] and story.end_reason == ("completed" if recording.status < 400 else "error")
        return
    usage = recording.usage()
    assert story.tokens == meters(usage) and story.sources == {"provider"}
    advised = any(part["type"] == "advisor_message" for part in usage.get("iterations") or [])
    assert story.caveat == ("usage_uncounted" if advised else None)
    assert all(charge["amount_nano"] is not None for charge in story.charges)


@pytest.mark.parametrize("case", CASES)
def test_the_sdk_makes_the_same_of_both(replayed, case: str):
    """The same call to the recording and to the gateway in front of it: equal objects, or errors of the same class."""
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(1 << 20)
    model = recording.asked["model"]

    def outcome(url: str, key: str, name: str):
        client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
        path = recording.path
        body = {**recording.asked, "model": name}
        kind = anthropic.types.MessageTokensCount if recording.counts else anthropic.types.Message
        try:
            if not recording.streamed:
                return client.post(path, cast_to=kind, body=body).to_dict()
            events = client.post(
                path, cast_to=kind, body=body, stream=True,
                stream_cls=anthropic.Stream[anthropic.types.RawMessageStreamEvent])
            return [event.to_dict() for event in events]
        except anthropic.APIStatusError as error:
            return type(error), error.status_code, error.body

    direct = outcome(upstream.base_url.removesuffix("/v1"), "sk-direct", model)
    through = outcome(gateway.url, gateway.key, f"public-{model}")
    if recording.status == 401:
        # The gateway's own credential was refused: no fault of the caller's.
        assert direct[0] is anthropic.AuthenticationError and through[0] is anthropic.InternalServerError
        return
    assert through == direct
    assert recording.status >= 400 or direct
