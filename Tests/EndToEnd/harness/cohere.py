"""Cohere's chat, version 2, for tests: its SDK as a caller, recorded answers, and what a request must look like."""

import json
import inspect
from dataclasses import dataclass
from pathlib import Path

import cohere
import httpx
import pydantic
from cohere.types import ChatMessageV2, ResponseFormatV2, Thinking, ToolV2
from cohere.v2.raw_client import RawV2Client

from .governance import governance
from .recordings import SHARED, Recording, listed
from .upstream import Exchange, Handler

SCHEMAS = SHARED.parent / "specs" / "derived"
# Answers alone, without their requests; the events of streams a line each.
ANSWERS = SHARED.parent / "recordings_responses_only" / "vercel-ai" / "cohere"
HELLO = [{"role": "user", "content": "Say hello."}]


def client(url: str, key: str, directives: str = "") -> cohere.ClientV2:
    headers = {"x-sim": directives} if directives else {}
    return cohere.ClientV2(
        api_key=key, base_url=url, httpx_client=httpx.Client(trust_env=False, headers=headers))


def cohere_file(base_url: str, **more: object) -> dict:
    """A governance file whose only provider is Cohere."""
    return governance(base_url.removesuffix("/v1"), dialect="cohere", **more)


def event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def content(text: str) -> bytes:
    return event("content-delta", index=0, delta={"message": {"content": {"text": text}}})


START = event("message-start", id="c-1", delta={"message": {"role": "assistant", "content": []}})
USAGE = {"billed_units": {"input_tokens": 11, "output_tokens": 7},
         "tokens": {"input_tokens": 507, "output_tokens": 10}, "cached_tokens": 448}
END = event("message-end", delta={"finish_reason": "COMPLETE", "usage": USAGE})
DONE = b"data: [DONE]\n\n"
EVENTS = [START, content("Hel"), content("lo."), event("content-end", index=0), END, DONE]


def failed(**delta: object) -> bytes:
    return event("message-end", delta={"finish_reason": "ERROR", **delta})


def send_stream(*events: bytes, pieces: int = 1 << 20, cut: bool = False) -> Handler:
    """A handler that sends a stream, so many bytes at a time, and ends it or breaks it off."""

    def handle(exchange: Exchange) -> None:
        exchange.begin_stream()
        body = b"".join(events)
        for start in range(0, len(body), pieces):
            exchange.send_chunk(body[start:start + pieces])
        if cut:
            exchange.close()
        else:
            exchange.end_stream()

    return handle


# Recordings.

@dataclass
class Recorded:
    """An answer that Cohere gave."""

    name: str
    streamed: bool
    answer: bytes

    def send(self, pieces: int = 1 << 20) -> Handler:
        if self.streamed:
            return send_stream(self.answer, pieces=pieces)
        return lambda exchange: exchange.send_plain(self.answer)

    @property
    def billed(self) -> dict[str, int]:
        """The billed units as meters, found without a parser of streams."""
        units = json.loads(self.answer.split(b'"billed_units"')[-1].partition(b"{")[2].partition(b"}")[0].join(
            (b"{", b"}")))
        meters = {"input": units["input_tokens"], "output": units["output_tokens"]}
        return {meter: int(count) for meter, count in meters.items() if count}


def _framed(path: Path) -> bytes:
    lines = [line for line in path.read_text().splitlines() if line]
    return b"".join(f"event: {json.loads(line)['type']}\ndata: {line}\n\n".encode() for line in lines) + DONE


def recorded() -> list[Recorded]:
    """Recorded answers of chats; none where there are no recordings."""
    found = []
    for case in listed():
        if case["provider"] == "cohere" and case["api"] == "v2/chat" and case["status"] == 200:
            recording = Recording(case["case"])
            found.append(Recorded(case["case"].partition("/")[2], recording.streamed, recording.answer))
    for path in ANSWERS.glob("*") if ANSWERS.exists() else []:
        if path.name.endswith(".chunks.txt"):
            found.append(Recorded(path.name, True, _framed(path)))
        elif b'"finish_reason"' in path.read_bytes():
            found.append(Recorded(path.name, False, path.read_bytes()))
    return sorted(found, key=lambda each: each.name)


@dataclass
class Said:
    """What an answer says, as Cohere's own SDK reads it."""

    text: str
    thoughts: str
    calls: list[tuple[str, dict]]
    finish: str
    tokens: tuple[int, int]


def arguments(text: str | None) -> dict:
    """A call without arguments has none or null for them."""
    return json.loads(text or "{}") or {}


def said(sdk: cohere.ClientV2, streamed: bool, model: str = "m") -> Said:
    """Asks, and reads the answer."""
    if streamed:
        return _streamed(sdk, model)
    answer = sdk.chat(model=model, messages=HELLO)
    blocks = answer.message.content or []
    thoughts = [answer.message.tool_plan or "", *[block.thinking for block in blocks if block.type == "thinking"]]
    calls = [(call.function.name, arguments(call.function.arguments)) for call in answer.message.tool_calls or []]
    units = answer.usage.billed_units
    return Said(
        "".join(block.text for block in blocks if block.type == "text"), "".join(thoughts), calls,
        answer.finish_reason, (int(units.input_tokens), int(units.output_tokens)))


def _streamed(sdk: cohere.ClientV2, model: str) -> Said:
    found = Said("", "", [], "", (0, 0))
    names, pieces = [], []
    for part in sdk.chat_stream(model=model, messages=HELLO):
        if part.type in ("content-start", "content-delta"):
            found.text += part.delta.message.content.text or ""
            found.thoughts += part.delta.message.content.thinking or ""
        elif part.type == "tool-plan-delta":
            found.thoughts += part.delta.message.tool_plan
        elif part.type == "tool-call-start":
            names.append(part.delta.message.tool_calls.function.name)
            pieces.append(part.delta.message.tool_calls.function.arguments or "")
        elif part.type == "tool-call-delta":
            pieces[-1] += part.delta.message.tool_calls.function.arguments
        elif part.type == "message-end":
            found.finish = part.delta.finish_reason
            units = part.delta.usage.billed_units
            found.tokens = (int(units.input_tokens), int(units.output_tokens))
    found.calls = [(name, arguments(text)) for name, text in zip(names, pieces, strict=True)]
    return found


# Requests.

_PARAMETERS = set(inspect.signature(RawV2Client.chat).parameters) - {"self", "request_options"} | {"stream"}
_TYPES = {"messages": list[ChatMessageV2], "tools": list[ToolV2], "response_format": ResponseFormatV2,
          "thinking": Thinking}


def _check(value: object) -> None:
    """No member that the SDK's types do not know, at any depth."""
    if isinstance(value, pydantic.BaseModel):
        assert not value.model_extra, f"{type(value).__name__} has no {sorted(value.model_extra)}"
        for name in type(value).model_fields:
            _check(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            _check(each)


def check_request(sent: dict) -> None:
    """A request is what Cohere's SDK, made from Cohere's description of its API, could have sent."""
    assert set(sent) <= _PARAMETERS, set(sent) - _PARAMETERS
    assert sent["model"] and sent["messages"]
    for name, kind in _TYPES.items():
        if name in sent:
            _check(pydantic.TypeAdapter(kind).validate_python(sent[name]))
    assert sent.get("tool_choice") in (None, "REQUIRED", "NONE")
