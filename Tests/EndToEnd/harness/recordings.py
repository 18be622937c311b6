"""Answers that real providers gave. They are not part of this repository; TOLLBOOK_SHARED names their directory."""

import json
import os
from pathlib import Path

from .process import ROOT
from .upstream import Exchange, Handler

SHARED = Path(os.environ.get("TOLLBOOK_SHARED") or ROOT.parent / "shared") / "recordings"


def listed() -> list[dict]:
    """What the index of the recordings says of each; nothing where there are none."""
    index = SHARED / "INDEX.jsonl"
    return [json.loads(line) for line in index.read_text().splitlines()] if index.exists() else []


class Recording:
    """One recorded exchange."""

    def __init__(self, case: str):
        directory = SHARED / case
        self.case = case
        self.meta = json.loads((directory / "meta.json").read_text())
        self.request = (directory / "request.json").read_bytes()
        self.answer = (directory / self.meta["response_file"]).read_bytes()
        self.streamed = self.meta["response_file"].endswith((".sse", ".ndjson"))
        self.kind = "text/event-stream; charset=utf-8" if self.streamed else "application/json"
        if self.meta["response_file"].endswith(".ndjson"):
            self.kind = "application/x-ndjson"
        self.status = self.meta["status"]

    @property
    def asked(self) -> dict:
        return json.loads(self.request)

    @property
    def path(self) -> str:
        """The recorded path with its query."""
        rest = self.meta["url"].split("#")[0].split("://", 1)[1]
        return "/" + rest.split("/", 1)[1].lstrip("/")

    def send(self, pieces: int = 1 << 20) -> Handler:
        """A handler that answers as recorded, so many bytes at a time."""

        def handle(exchange: Exchange) -> None:
            exchange.send(
                f"HTTP/1.1 {self.status} Recorded\r\ncontent-type: {self.kind}\r\n"
                "transfer-encoding: chunked\r\n\r\n".encode())
            for start in range(0, len(self.answer), pieces):
                exchange.send_chunk(self.answer[start : start + pieces])
            exchange.end_stream()

        return handle

    def usage(self) -> dict | None:
        """The last usage object, plain or streamed."""
        found = None
        for text in [line[5:] for line in self.answer.splitlines() if line.startswith(b"data:")] or [self.answer]:
            try:
                value = json.loads(text)
            except ValueError:
                continue
            if isinstance(value, dict) and isinstance(value.get("usage"), dict):
                found = value["usage"]
        return found
