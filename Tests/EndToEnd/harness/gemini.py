"""Gemini's answers as a scripted provider sends them."""

import json

from .upstream import Exchange

USAGE = {
    "promptTokenCount": 100, "cachedContentTokenCount": 40, "candidatesTokenCount": 20, "thoughtsTokenCount": 7,
    "toolUsePromptTokenCount": 5, "totalTokenCount": 132,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 80}, {"modality": "AUDIO", "tokenCount": 20}],
    "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 8}, {"tokenCount": 32, "modality": "TEXT"}],
    "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 17}, {"modality": "IMAGE", "tokenCount": 3}],
}
# The same as disjoint meters.
METERS = {
    "input": 100 - 40 - 12 + 5, "cache_read": 40, "input_audio": 12, "output": 17, "reasoning": 7, "output_image": 3}


def chunk(
    text: str | None = None, *, finish: str | None = None, usage: dict | None = None, parts: list | None = None,
    index: int = 0, **more: object,
) -> dict:
    """A chunk of a stream, or a whole answer."""
    candidate = {"content": {"parts": parts or [{"text": text or ""}], "role": "model"}, "index": index}
    if finish:
        candidate["finishReason"] = finish
    answer = {"candidates": [candidate], "modelVersion": "upstream-model", "responseId": "resp-1", **more}
    if usage is not None:
        answer["usageMetadata"] = usage
    return answer


def usage(prompt: int, output: int = 0, thoughts: int = 0) -> dict:
    told = {"promptTokenCount": prompt, "totalTokenCount": prompt + output + thoughts}
    return told | ({"candidatesTokenCount": output} if output else {}) | (
        {"thoughtsTokenCount": thoughts} if thoughts else {})


def event(payload: dict) -> bytes:
    return b"data: %s\r\n\r\n" % json.dumps(payload).encode()


def array(*payloads: dict) -> bytes:
    """A stream as an array, with the white space that Google has in it."""
    return b"[" + b"\n,\r\n".join(json.dumps(payload, indent=2).encode() for payload in payloads) + b"\n]\n"


# A whole stream: running totals, and the finish reason before the last chunk.
CHUNKS = [
    chunk("Hel", usage=usage(30, 2)), chunk("lo", usage=usage(30, 4)), chunk(finish="STOP", usage=usage(35, 4)),
    {"usageMetadata": USAGE, "modelVersion": "upstream-model", "responseId": "resp-1"},
]
BLOCKED = {
    "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage(44),
    "modelVersion": "upstream-model", "responseId": "resp-1",
}
OVERLOADED = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}


def send_events(*parts: bytes, cut: bool = False, size: int = 0):
    """A handler that streams these bytes as events, so many at a time, then ends the answer or cuts it."""
    return _send("text/event-stream", b"".join(parts), cut, size)


def send_array(body: bytes, cut: bool = False, size: int = 0):
    """The same for the bytes of an array."""
    return _send("application/json; charset=UTF-8", body, cut, size)


def _send(kind: str, body: bytes, cut: bool, size: int):
    def handle(exchange: Exchange) -> None:
        exchange.begin_stream({"content-type": kind})
        for start in range(0, len(body), size or len(body) or 1):
            exchange.send_chunk(body[start : start + (size or len(body))])
        if cut:
            exchange.close()
        else:
            exchange.end_stream()

    return handle


def send_json(body: dict, status: str = "200 OK"):
    return lambda exchange: exchange.send_plain(json.dumps(body).encode(), status)
