"""Answers that real providers gave, replayed through the gateway: the same bytes, and the tokens that they counted.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json
import os
from pathlib import Path

import pytest

from harness.gateway import Gateway, cost_comments
from harness.governance import governance
from harness.process import ROOT
from harness.upstream import Exchange, ScriptedUpstream

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared") / "recordings"


def cases() -> list[str]:
    index = SHARED / "INDEX.jsonl"
    if not index.exists():
        return []
    found = [json.loads(line) for line in index.read_text().splitlines()]
    return sorted(case["case"] for case in found if case["api"].endswith("chat/completions"))


CASES = cases()


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) > 30


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        deployments, routes = [], []
        for number, model in enumerate(sorted({model_of(case) for case in CASES})):
            deployments.append({"name": f"d{number}", "provider": "up", "model": model})
            routes.append({"name": model, "strategy": "priority", "targets": [f"d{number}"]})
        gateway = Gateway(
            tmp_path_factory.mktemp("replayed"), governance(upstream.base_url, deployments=deployments, routes=routes))
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


def request_of(case: str) -> bytes:
    return (SHARED / case / "request.json").read_bytes()


def call_of(case: str) -> dict:
    """The request's fields; none for the recordings of broken requests."""
    try:
        return json.loads(request_of(case))
    except ValueError:
        return {}


def model_of(case: str) -> str:
    return call_of(case).get("model") or "none"


def usage_of(body: bytes) -> dict | None:
    """The last usage object of a recorded answer, plain or streamed."""
    found = None
    texts = [line[5:] for line in body.splitlines() if line.startswith(b"data:")] or [body]
    for text in texts:
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if isinstance(value, dict) and isinstance(value.get("usage"), dict):
            found = value["usage"]
    return found


def without_extra_usage(body: bytes) -> bytes:
    """The recorded stream without the chunk that only `include_usage` adds."""
    kept = b""
    for part in body.split(b"\n\n"):
        payload = part.strip()
        try:
            value = json.loads(payload[5:]) if payload.startswith(b"data:") else {}
        except ValueError:
            value = {}
        is_extra = isinstance(value, dict) and value.get("usage") and value.get("choices") == []
        kept += b"" if is_extra else part + b"\n\n"
    return kept.removesuffix(b"\n\n")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pieces", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(replayed, case: str, pieces: int):
    gateway, upstream = replayed
    meta = json.loads((SHARED / case / "meta.json").read_text())
    recorded = (SHARED / case / meta["response_file"]).read_bytes()
    streamed = meta["response_file"].endswith(".sse")
    types = [value for name, value in meta["response_headers"] if name.lower() == "content-type"]

    def send(exchange: Exchange) -> None:
        kind = (types or ["text/event-stream" if streamed else "application/json"])[0]
        exchange.send(
            f"HTTP/1.1 {meta['status']} Recorded\r\ncontent-type: {kind}\r\n"
            "transfer-encoding: chunked\r\n\r\n".encode())
        for start in range(0, len(recorded), pieces):
            exchange.send_chunk(recorded[start : start + pieces])
        exchange.end_stream()

    upstream.handler = send
    body = request_of(case)
    asked = call_of(case)
    answer = gateway.chat(body)
    if "model" not in asked:
        # Refused by the provider then, and by the gateway now.
        assert answer.status == 400 and answer.code in ("invalid_json", "missing_field")
        return
    if meta["status"] == 401:
        assert answer.status == 502 and answer.code == "upstream_auth_failed"
        return
    assert answer.status == meta["status"], answer.body
    got = answer.body
    for comment in cost_comments(got) if streamed else []:
        got = got.replace(comment, b"")
    wants_usage = (asked.get("stream_options") or {}).get("include_usage")
    if streamed and not wants_usage:
        assert got in (recorded, without_extra_usage(recorded))
    else:
        assert got == recorded

    story = gateway.story(answer)
    usage = usage_of(recorded)
    if meta["status"] >= 400:
        assert story.charges == [] and story.end_reason == "error"
    elif usage and usage.get("total_tokens"):
        assert story.sources == {"provider"}
        total = sum(story.tokens.values())
        assert total in (usage["total_tokens"], usage["prompt_tokens"] + usage["completion_tokens"])
        if story.caveat != "usage_inconsistent":
            inputs = sum(n for m, n in story.tokens.items() if m.startswith(("input", "cache")))
            assert inputs == usage["prompt_tokens"]
        assert json.loads(story.attempts[0]["raw_usage"]) == usage
    else:
        assert story.sources <= {"estimated"}
