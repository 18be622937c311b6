"""Answers that Google gave, replayed through the gateway: the same bytes, the same objects in the SDK, and rows with
the tokens that were counted; and the simulated ones, valid by Google's published description.

The recordings are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json
import os
from pathlib import Path

import jsonschema
import pytest
from google import genai
from google.genai import errors, types

from harness.gateway import UPSTREAM_KEY, Gateway
from harness.governance import governance
from harness.process import ROOT
from harness.upstream import Exchange, ScriptedUpstream

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared")
METHODS = ("generateContent", "streamGenerateContent", "countTokens")
MISSING = f"no recordings at {SHARED}: the replay tests did NOT run"


class Recording:
    """One answer; `request` is a short one where only the answer was recorded."""

    def __init__(self, name: str, method: str, request: bytes, answer: bytes, status: int = 200, query: str = "",
                 cloud: bool = False):
        self.name, self.method, self.request, self.answer = name, method, request, answer
        self.status, self.query = status, query
        self.is_events = answer.startswith(b"data:")
        self.cloud = cloud

    @property
    def payloads(self) -> list[dict]:
        """The answer's chunks, or the one answer."""
        if self.is_events:
            return [json.loads(line[5:]) for line in self.answer.splitlines() if line.startswith(b"data:")]
        told = json.loads(self.answer)
        return told if isinstance(told, list) else [told]

    def send(self, size: int):
        def handle(exchange: Exchange) -> None:
            kind = "text/event-stream" if self.is_events else "application/json; charset=UTF-8"
            exchange.send(
                f"HTTP/1.1 {self.status} Recorded\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
                .encode())
            for start in range(0, len(self.answer), size):
                exchange.send_chunk(self.answer[start : start + size])
            exchange.end_stream()

        return handle


def recorded() -> list[Recording]:
    index = SHARED / "recordings" / "INDEX.jsonl"
    found = []
    for line in index.read_text().splitlines() if index.exists() else []:
        case = json.loads(line)
        if case["provider"] not in ("gemini", "vertex") or case["api"] not in METHODS:
            continue
        directory = SHARED / "recordings" / case["case"]
        meta = json.loads((directory / "meta.json").read_text())
        found.append(Recording(
            case["case"], case["api"], (directory / "request.json").read_bytes(),
            (directory / meta["response_file"]).read_bytes(), meta["status"], meta["url"].partition("?")[2],
            case["provider"] == "vertex"))
    return found


def answers_alone() -> list[Recording]:
    """Chunks and answers without their requests."""
    request = b'{"contents":[{"parts":[{"text":"Hi"}]}]}'
    folder = SHARED / "recordings_responses_only" / "vercel-ai" / "google"
    found = []
    for file in sorted(folder.glob("google-*")) if folder.exists() else []:
        if file.name.endswith(".chunks.txt"):
            lines = [line for line in file.read_text().splitlines() if line.strip()]
            events = b"".join(b"data: %s\r\n\r\n" % line.encode() for line in lines)
            found.append(Recording(file.name, "streamGenerateContent", request, events, query="alt=sse"))
            whole = b"[" + b"\n,\r\n".join(line.encode() for line in lines) + b"\n]"
            found.append(Recording(file.name + "-array", "streamGenerateContent", request, whole))
        else:
            answer = json.loads(file.read_text())
            status = answer.get("error", {}).get("code", 200)
            found.append(Recording(file.name, "generateContent", request, file.read_bytes(), status))
    return found


CASES = recorded() + answers_alone()
NAMES = [case.name for case in CASES]


@pytest.mark.skipif(not CASES, reason=MISSING)
def test_there_are_recordings():
    assert len(CASES) >= 30 and {case.method for case in CASES} == set(METHODS)


PROJECT = "/v1/projects/p-1/locations/global"


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory):
    """A gateway whose route `demo` is Google's API, and whose route `cloud` is Vertex AI."""
    with ScriptedUpstream() as upstream:
        base_url = upstream.base_url.removesuffix("/v1")
        file = governance(
            upstream.base_url, dialect="gemini",
            extra_providers=[{
                "name": "cloud", "dialect": "vertex", "base_url": base_url + PROJECT,
                "credential": "env:UPSTREAM_KEY"}],
            deployments=[
                {"name": "up-d", "provider": "up", "model": "upstream-model"},
                {"name": "cloud-d", "provider": "cloud", "model": "upstream-model"}],
            routes=[
                {"name": "demo", "strategy": "priority", "targets": ["up-d"]},
                {"name": "cloud", "strategy": "priority", "targets": ["cloud-d"]}])
        file["prices"] += [{**price, "provider": "cloud"} for price in file["prices"]]
        gateway = Gateway(tmp_path_factory.mktemp("replayed"), file)
        try:
            yield gateway, upstream
            gateway.check_books()
        finally:
            gateway.close()


def meters(usage: dict) -> dict[str, int]:
    """A usage object as disjoint meters, worked out here without the gateway's code."""
    def modality(details: str, *names: object) -> int:
        return sum(part["tokenCount"] for part in usage.get(details, []) if part["modality"] in names)

    cached = usage.get("cachedContentTokenCount", 0)
    audio = modality("promptTokensDetails", "AUDIO", 4) - modality("cacheTokensDetails", "AUDIO", 4)
    image = modality("promptTokensDetails", "IMAGE", 2) - modality("cacheTokensDetails", "IMAGE", 2)
    speech, picture = modality("candidatesTokensDetails", "AUDIO", 4), modality("candidatesTokensDetails", "IMAGE", 2)
    found = {
        "input": usage["promptTokenCount"] - cached - audio - image + usage.get("toolUsePromptTokenCount", 0),
        "cache_read": cached, "input_audio": audio, "input_image": image,
        "output": usage.get("candidatesTokenCount", 0) - speech - picture,
        "reasoning": usage.get("thoughtsTokenCount", 0), "output_audio": speech, "output_image": picture,
    }
    assert sum(found.values()) == usage["totalTokenCount"]
    return {name: quantity for name, quantity in found.items() if quantity}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
@pytest.mark.parametrize("size", [7, 1 << 20], ids=["pieces", "whole"])
def test_replay(replayed, case: Recording, size: int):
    gateway, upstream = replayed
    upstream.handler = case.send(size)
    query = f"?{case.query}" if case.query else ""
    answer = gateway.post(
        f"/v1beta/models/{'cloud' if case.cloud else 'demo'}:{case.method}{query}", case.request,
        {"x-goog-api-key": gateway.key})
    assert upstream.last.body == case.request
    base = f"{PROJECT}/publishers/google" if case.cloud else "/v1"
    assert upstream.last.target == f"{base}/models/upstream-model:{case.method}{query}"
    sent = {name.lower(): value for name, value in upstream.last.headers}
    name, value = ("authorization", f"Bearer {UPSTREAM_KEY}") if case.cloud else ("x-goog-api-key", UPSTREAM_KEY)
    assert sent[name] == value and not {"authorization", "x-goog-api-key"} - {name} & set(sent)
    assert answer.status == case.status
    assert answer.body == case.answer
    story = gateway.story(answer)
    if case.status >= 400 or case.method == "countTokens":
        assert story.charges == [] and story.end_reason == ("completed" if case.status < 400 else "error")
        return
    told = [part["usageMetadata"] for part in case.payloads if "promptTokenCount" in part.get("usageMetadata", {})]
    assert story.end_reason == "completed"
    if not told:
        assert story.caveat == "usage_estimated"
        return
    assert story.tokens == meters(told[-1]) and story.sources == {"provider"}
    assert json.loads(story.attempts[0]["raw_usage"]) == told[-1]
    searched = any(
        candidate.get("groundingMetadata", {}).get("webSearchQueries")
        for part in case.payloads for candidate in part.get("candidates", []))
    assert story.caveat == ("usage_uncounted" if searched else None)


@pytest.mark.parametrize("case", [case for case in CASES if case.is_events or case.method != "streamGenerateContent"],
                         ids=lambda case: case.name)
def test_the_sdk_makes_the_same_of_both(replayed, case: Recording):
    """The same call to the recording and to the gateway in front of it: equal objects, or equal errors."""
    gateway, upstream = replayed
    upstream.handler = case.send(1 << 20)

    def outcome(url: str, key: str):
        client = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=url, api_version="v1beta"))
        try:
            if case.method == "countTokens":
                return client.models.count_tokens(model="demo", contents="Hi").to_json_dict()
            if case.method == "generateContent":
                answers = [client.models.generate_content(model="demo", contents="Hi")]
            else:
                answers = list(client.models.generate_content_stream(model="demo", contents="Hi"))
        except errors.APIError as error:
            return type(error), error.code, error.status, error.message, error.details
        except AttributeError as error:
            # The SDK takes no numbers for enumerations, which one recording has.
            return str(error)
        found = [answer.to_json_dict() for answer in answers]
        for answer in found:
            answer.pop("sdk_http_response", None)
        return found

    direct = outcome(upstream.base_url.removesuffix("/v1"), "direct")
    through = outcome(gateway.url, gateway.key)
    if isinstance(direct, dict):
        direct.pop("sdk_http_response", None), through.pop("sdk_http_response", None)
    assert through == direct and direct


SCHEMAS = {
    "generateContent": "GenerateContentResponse", "streamGenerateContent": "GenerateContentResponse",
    "countTokens": "CountTokensResponse", "embedContent": "EmbedContentResponse",
}


def schema(method: str) -> dict:
    """Google's published shape, as its SDK has it; members that are newer than it are let pass."""
    text = (SHARED / "specs" / "derived" / f"gemini.{SCHEMAS[method]}.schema.json").read_text()
    return json.loads(text.replace('"additionalProperties": false', '"additionalProperties": true'))


@pytest.mark.skipif(not (SHARED / "specs").exists(), reason=f"no descriptions at {SHARED}")
@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent", "countTokens"])
def test_the_simulated_answers_are_as_published(simulator, make_gateway, method: str):
    gateway = make_gateway(governance(simulator.base_url, dialect="gemini"))
    answer = gateway.post(
        f"/v1beta/models/demo:{method}", {"contents": [{"parts": [{"text": "Hi"}]}]},
        {"x-goog-api-key": gateway.key, "x-sim": "prompt=9,cached=2,completion=7,reasoning=3,audio_in=1"})
    told = json.loads(answer.body)
    for one in told if isinstance(told, list) else [told]:
        jsonschema.validate(one, schema(method))
