"""Answers that AWS Bedrock gave to Converse, replayed through the gateway: the same bytes, the same objects in boto3,
and rows with the tokens that were counted. What the gateway and the simulator write is checked against Bedrock's model.

The recordings and the model are not part of this repository; TOLLBOOK_SHARED names the directory that holds them.
"""

import json
import os
import struct
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from botocore.exceptions import ClientError, EventStreamError

from harness import bedrock
from harness.bedrock import bedrock_file, connect
from harness.gateway import Gateway
from harness.process import ROOT
from harness.simulator import Simulator
from harness.upstream import Exchange, ScriptedUpstream

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared")
MODEL = SHARED / "specs/botocore/bedrock-runtime/2023-09-30/service-2.json"


def cases() -> list[str]:
    index = SHARED / "recordings/INDEX.jsonl"
    if not index.exists():
        return []
    found = [json.loads(line) for line in index.read_text().splitlines()]
    return sorted(
        case["case"] for case in found
        if case["provider"] == "bedrock" and case["api"] in ("converse", "converse-stream"))


CASES = cases()


@pytest.mark.skipif(not CASES, reason=f"no recordings at {SHARED}: the replay tests did NOT run")
def test_there_are_recordings():
    assert len(CASES) >= 15


class Recording:
    def __init__(self, case: str):
        directory = SHARED / "recordings" / case
        self.meta = json.loads((directory / "meta.json").read_text())
        self.request = (directory / "request.json").read_bytes()
        self.answer = (directory / self.meta["response_file"]).read_bytes()
        self.streamed = self.meta["response_file"].endswith(".eventstream")
        self.status = self.meta["status"]
        decoded = directory / "response.events.json"
        self.events = json.loads(decoded.read_text()) if decoded.exists() else []

    @property
    def path(self) -> str:
        return urlsplit(self.meta["url"]).path

    @property
    def model(self) -> str:
        """As people write it, not escaped."""
        return unquote(self.path.removeprefix("/model/").rpartition("/")[0])

    @property
    def operation(self) -> str:
        return self.path.rpartition("/")[2]

    def send(self, pieces: int):
        """A handler that answers as recorded, so many bytes at a time."""

        def handle(exchange: Exchange) -> None:
            kind = "application/vnd.amazon.eventstream" if self.streamed else "application/json"
            errortype = "x-amzn-errortype: ValidationException:http://internal/\r\n" if self.status >= 400 else ""
            exchange.send(
                f"HTTP/1.1 {self.status} Recorded\r\ncontent-type: {kind}\r\nx-amzn-RequestId: recorded\r\n"
                f"{errortype}transfer-encoding: chunked\r\n\r\n".encode())
            for start in range(0, len(self.answer), pieces):
                exchange.send_chunk(self.answer[start : start + pieces])
            exchange.end_stream()

        return handle

    def usage(self) -> dict:
        if not self.streamed:
            return json.loads(self.answer)["usage"]
        return next(event["payload"]["usage"] for event in self.events if "usage" in event["payload"])


def meters(usage: dict) -> dict[str, int]:
    """A usage object as disjoint meters, worked out here without the gateway's code."""
    details = {detail["ttl"]: detail["inputTokens"] for detail in usage.get("cacheDetails") or []}
    found = {
        "input": usage["inputTokens"], "cache_read": usage.get("cacheReadInputTokens", 0),
        "cache_write": usage.get("cacheWriteInputTokens", 0) - sum(details.values()),
        "cache_write_5m": details.get("5m", 0), "cache_write_1h": details.get("1h", 0),
        "output": usage["outputTokens"]}
    return {name: quantity for name, quantity in found.items() if quantity}


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory):
    with ScriptedUpstream() as upstream:
        # Public names of their own, so that each call's path is made anew.
        models = sorted({Recording(case).model for case in CASES})
        deployments = [{"name": f"d{n}", "provider": "up", "model": model} for n, model in enumerate(models)]
        routes = [
            {"name": f"public/{model}", "strategy": "priority", "targets": [f"d{n}"]}
            for n, model in enumerate(models)]
        file = bedrock_file(upstream.base_url, deployments=deployments, routes=routes)
        gateway = Gateway(tmp_path_factory.mktemp("replayed"), file, environment=bedrock.ENVIRONMENT)
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
    # A slash in a path may be escaped or not.
    path = f"/model/public/{recording.model}/{recording.operation}"
    answer = gateway.post(path, recording.request, {"authorization": f"Bearer {gateway.key}"})
    assert upstream.last.body == recording.request
    assert unquote(upstream.last.target) == unquote(recording.path) and ":" not in upstream.last.target
    assert answer.status == recording.status and answer.body == recording.answer
    story = gateway.story(answer)
    assert story.attempts[0]["upstream_request_id"] == "recorded"
    if recording.status >= 400:
        assert story.charges == [] and story.end_reason == "error"
        return
    usage = recording.usage()
    assert story.tokens == meters(usage) and story.sources == {"provider"}
    assert story.caveat is None and story.end_reason == "completed"
    assert json.loads(story.attempts[0]["raw_usage"]) == usage
    assert all(charge["amount_nano"] is not None for charge in story.charges)


@pytest.mark.parametrize("case", CASES)
def test_the_sdk_makes_the_same_of_both(replayed, case: str):
    """The same call to the recording and to the gateway in front of it: equal objects, or errors of the same code."""
    gateway, upstream = replayed
    recording = Recording(case)
    upstream.handler = recording.send(1 << 20)

    def outcome(url: str, key: str, model: str):
        client = connect(url, key)
        # The recorded body as it is, whatever this version of boto3 would make of it.
        client.meta.events.register(
            "before-call.bedrock-runtime", lambda params, **_: params.update(body=recording.request))
        call = client.converse_stream if recording.operation == "converse-stream" else client.converse
        try:
            answer = call(modelId=model, messages=[{"role": "user", "content": [{"text": "x"}]}])
            answer.pop("ResponseMetadata")
            return list(answer["stream"]) if "stream" in answer else answer
        except EventStreamError as error:
            return error.response
        except ClientError as error:
            return error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]

    direct = outcome(upstream.base_url.removesuffix("/v1"), "AKIDDIRECT", recording.model)
    through = outcome(gateway.url, gateway.key, f"public/{recording.model}")
    assert through == direct and direct


# Bedrock's own description of its answers

class Shapes:
    """A validator for botocore's service models."""

    def __init__(self):
        self.shapes = json.loads(MODEL.read_text())["shapes"]

    def check(self, name: str, value: object, where: str = "$") -> None:
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            if shape.get("document"):
                return
            assert isinstance(value, dict), where
            for member in shape.get("required", []):
                assert member in value, f"{where}: {member} is missing"
            if shape.get("union"):
                assert len(value) == 1, f"{where}: a union has one member, not {sorted(value)}"
            for member, inner in value.items():
                assert member in shape["members"], f"{where}: {member} is not described"
                self.check(shape["members"][member]["shape"], inner, f"{where}.{member}")
        elif kind == "list":
            for index, inner in enumerate(value):
                self.check(shape["member"]["shape"], inner, f"{where}[{index}]")
        elif kind == "map":
            for key, inner in value.items():
                self.check(shape["value"]["shape"], inner, f"{where}.{key}")
        elif kind == "string":
            assert isinstance(value, str) and value in (shape.get("enum") or [value]), f"{where}: {value!r}"
        elif kind in ("integer", "long"):
            assert type(value) is int and value >= shape.get("min", 0), f"{where}: {value!r}"


def messages(body: bytes) -> list[tuple[dict, dict]]:
    """Headers and payload of each message of a stream."""
    found = []
    while body:
        total, headers_length = struct.unpack(">II", body[:8])
        block, payload, body = body[12 : 12 + headers_length], body[12 + headers_length : total - 4], body[total:]
        headers = {}
        while block:
            name, block = block[1 : 1 + block[0]].decode(), block[1 + block[0] :]
            length = struct.unpack(">H", block[1:3])[0]
            headers[name], block = block[3 : 3 + length].decode(), block[3 + length :]
        found.append((headers, json.loads(payload)))
    return found


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    if not MODEL.exists():
        pytest.skip(f"no model at {MODEL}: what is written was NOT checked against it")
    return Shapes()


@pytest.fixture(scope="module")
def simulated(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(
        tmp_path_factory.mktemp("simulated"), bedrock_file(simulator.base_url), environment=bedrock.ENVIRONMENT)
    yield gateway
    gateway.close()


TOOLS = {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {
    "type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}}}}]}


@pytest.mark.parametrize("sim", ["completion=9", "tool_calls=2", "cached=5,cache_write=3,prompt=20"])
@pytest.mark.parametrize("operation", ["converse", "converse-stream"])
def test_answers_fit_bedrocks_model(simulated: Gateway, shapes: Shapes, sim: str, operation: str):
    body = {"messages": [], "toolConfig": TOOLS}
    headers = {"authorization": f"Bearer {simulated.key}", "x-sim": sim}
    answer = simulated.post(f"/model/demo/{operation}", body, headers)
    assert answer.status == 200
    if operation == "converse":
        return shapes.check("ConverseResponse", answer.json)
    found = messages(answer.body)
    assert [headers[":event-type"] for headers, _ in found[-2:]] == ["messageStop", "metadata"]
    for headers, payload in found:
        # Padding, which the service's model leaves out.
        payload.pop("p", None)
        shapes.check("ConverseStreamOutput", {headers[":event-type"]: payload})


def test_errors_fit_bedrocks_model(simulated: Gateway, shapes: Shapes):
    """Tollbook's own members stand beside what is described."""
    headers = {"authorization": f"Bearer {simulated.key}"}
    answer = simulated.post("/model/nowhere/converse", {"messages": []}, headers)
    assert answer.headers["x-amzn-errortype"] in shapes.shapes
    assert set(answer.json) == {"message", "tollbook"}
    shapes.check(answer.headers["x-amzn-errortype"], {"message": answer.json["message"]})
    streamed = simulated.post(
        "/model/demo/converse-stream", {"messages": []}, {**headers, "x-sim": "fault=cut_mid_stream"})
    last, payload = messages(streamed.body)[-1]
    assert last[":message-type"] == "exception" and last[":exception-type"] == "modelStreamErrorException"
    shapes.check("ConverseStreamOutput", {last[":exception-type"]: {"message": payload["message"]}})
