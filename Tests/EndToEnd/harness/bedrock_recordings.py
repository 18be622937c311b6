"""Answers that AWS Bedrock gave to Converse, and Bedrock's own description of them. Neither is part of this repository;
TOLLBOOK_SHARED names the directory that holds them.
"""

import json
import os
import struct
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .process import ROOT
from .upstream import Exchange

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
