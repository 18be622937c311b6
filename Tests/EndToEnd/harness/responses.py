"""OpenAI responses as a scripted provider sends them."""

import json

from .gateway import Answer, Gateway
from .upstream import Exchange

USAGE = {
    "input_tokens": 300, "input_tokens_details": {"cached_tokens": 200, "cache_write_tokens": 40},
    "output_tokens": 25, "output_tokens_details": {"reasoning_tokens": 10}, "total_tokens": 325,
}
# The same as disjoint meters.
METERS = {"input": 60, "cache_read": 200, "cache_write": 40, "output": 15, "reasoning": 10}
PRICES = {"input": "1.00", "output": "2.00", "cache_read": "0.10", "cache_write": "1.25", "search": "10000.00"}
# What METERS cost at PRICES, in nano-dollars: reasoning as output.
COST = 60 * 1_000 + 200 * 100 + 40 * 1_250 + 25 * 2_000

REASONING = {"id": "rs_1", "type": "reasoning", "summary": []}


def message(text: str) -> dict:
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    return {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}


def search(action: dict | None = None, status: str = "completed") -> dict:
    return {"id": "ws_1", "type": "web_search_call", "status": status, **({"action": action} if action else {})}


def response(*items: dict, status: str = "completed", usage: dict | None = USAGE, **more: object) -> dict:
    return {
        "id": "resp_1", "object": "response", "created_at": 1_750_000_000, "status": status, "error": None,
        "incomplete_details": None, "instructions": None, "model": "upstream-model", "output": list(items),
        "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "usage": usage, "metadata": {}, **more}


class Events:
    """Numbers the events of one stream."""

    def __init__(self):
        self.number = 0

    def __call__(self, name: str, **fields: object) -> bytes:
        payload = {"type": name, "sequence_number": self.number, **fields}
        self.number += 1
        return f"event: {name}\ndata: {json.dumps(payload)}\n\n".encode()

    def start(self) -> list[bytes]:
        begun = response(status="in_progress", usage=None)
        return [self("response.created", response=begun), self("response.in_progress", response=begun)]

    def open(self) -> list[bytes]:
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        item = {**message(""), "status": "in_progress", "content": []}
        return [
            self("response.output_item.added", output_index=0, item=item),
            self("response.content_part.added", **place, part=message("")["content"][0])]

    def text(self, word: str) -> bytes:
        return self(
            "response.output_text.delta", item_id="msg_1", output_index=0, content_index=0, delta=word, logprobs=[])

    def close(self, text: str) -> list[bytes]:
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        return [
            self("response.output_text.done", **place, text=text, logprobs=[]),
            self("response.content_part.done", **place, part=message(text)["content"][0]),
            self("response.output_item.done", output_index=0, item=message(text))]

    def end(self, status: str = "completed", **more: object) -> bytes:
        return self(f"response.{status}", response=response(status=status, **more))


def stream(*words: str, ending: str | None = "completed", **more: object) -> list[bytes]:
    """The events of a whole stream, or of one that stops behind its last word."""
    events = Events()
    parts = [*events.start(), *events.open(), *[events.text(word) for word in words]]
    if ending:
        parts += [*events.close("".join(words)), events.end(ending, **more)]
    return parts


EVENTS = stream("Hel", "lo")


def answer_responses(exchange: Exchange) -> None:
    """Answers as OpenAI would: counts, plain or streamed."""
    body = json.loads(exchange.request.body)
    if exchange.request.target.endswith("/input_tokens"):
        exchange.send_plain(b'{"object": "response.input_tokens", "input_tokens": 2095}')
    elif not body.get("stream"):
        exchange.send_plain(json.dumps(response(message("Hello"))).encode(), headers={"x-request-id": "req_up_1"})
    else:
        exchange.begin_stream({"x-request-id": "req_up_2"})
        for part in EVENTS:
            exchange.send_chunk(part)
        exchange.end_stream()


def respond(
    gateway: Gateway, body: dict | bytes | None = None, *, sim: str | None = None, path: str = "/v1/responses",
    **fields: object,
) -> Answer:
    """POST /v1/responses; without a body a short one for the route `demo` with these fields."""
    if body is None:
        body = {"model": "demo", "input": "Say hello.", **fields}
    headers = {"authorization": f"Bearer {gateway.key}", **({"x-sim": sim} if sim else {})}
    return gateway.post(path, body, headers)
