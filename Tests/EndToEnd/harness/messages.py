"""Anthropic's messages as a scripted provider sends them."""

import json

from .upstream import Exchange

START_USAGE = {
    "input_tokens": 30, "cache_creation_input_tokens": 300, "cache_read_input_tokens": 2000,
    "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200}, "output_tokens": 1,
}
DELTA_USAGE = {
    "output_tokens": 25, "output_tokens_details": {"thinking_tokens": 10},
    "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
}
# The two above as disjoint meters.
METERS = {
    "input": 30, "cache_read": 2000, "cache_write_5m": 100, "cache_write_1h": 200, "output": 15, "reasoning": 10,
    "search": 2,
}
PRICES = {
    "input": "1.00", "output": "2.00", "cache_read": "0.10", "cache_write_5m": "1.25", "cache_write_1h": "2.00",
    "search": "10000.00",
}
# What METERS cost at PRICES, in nano-dollars: reasoning as output.
COST = 30 * 1_000 + 2000 * 100 + 100 * 1_250 + 200 * 2_000 + 25 * 2_000 + 2 * 10_000_000


def event(name: str, **fields: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode()


def start(usage: dict | None = START_USAGE) -> bytes:
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "upstream-model", "content": [],
        "stop_reason": None, "stop_sequence": None}
    if usage is not None:
        message["usage"] = usage
    return event("message_start", message=message)


def text(word: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": word})


PING = event("ping")
OPEN = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
CLOSE = event("content_block_stop", index=0)
STOP = event("message_stop")
OVERLOADED = event("error", error={"type": "overloaded_error", "message": "Overloaded"})


def finish(usage: dict | None = DELTA_USAGE, reason: str | None = "end_turn") -> bytes:
    fields = {"delta": {"stop_reason": reason, "stop_sequence": None}}
    if usage is not None:
        fields["usage"] = usage
    return event("message_delta", **fields)


# A whole stream.
EVENTS = [start(), PING, OPEN, text("Hel"), text("lo"), CLOSE, finish(), STOP]


def message(content: str = "Hello", usage: dict | None = None, **more: object) -> bytes:
    answer = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "upstream-model",
        "content": [{"type": "text", "text": content}], "stop_reason": "end_turn", "stop_sequence": None, **more}
    answer["usage"] = usage if usage is not None else {**START_USAGE, **DELTA_USAGE}
    return json.dumps(answer).encode()


def answer_messages(exchange: Exchange) -> None:
    """Answers as Anthropic would: counts, plain or streamed."""
    body = json.loads(exchange.request.body)
    if exchange.request.target.split("?")[0].endswith("/count_tokens"):
        exchange.send_plain(b'{"input_tokens": 2095}', headers={"request-id": "req_up_count"})
    elif not body.get("stream"):
        exchange.send_plain(message(), headers={"request-id": "req_up_1"})
    else:
        exchange.begin_stream({"request-id": "req_up_2"})
        for part in EVENTS:
            exchange.send_chunk(part)
        exchange.end_stream()


def send_stream(*parts: bytes, cut: bool = False):
    """A handler that streams these parts, then ends the answer or cuts the connection."""

    def handle(exchange: Exchange) -> None:
        exchange.begin_stream()
        for part in parts:
            exchange.send_chunk(part)
        if cut:
            exchange.close()
        else:
            exchange.end_stream()

    return handle
