"""HTTP at its edges, from callers and from providers: each message has one reading, or is refused.

A message that two programs read differently lets one request hide in another (RFC 9112, section 11.2).
"""

import pytest

from harness.gateway import Gateway
from harness.upstream import DONE, ScriptedUpstream, answer_chat, completion, delta, usage_event
from harness.waiting import until

BODY = b'{"model":"demo","max_tokens":50,"messages":[]}'


@pytest.fixture(autouse=True)
def ordinary(upstream: ScriptedUpstream):
    upstream.handler = answer_chat


def request(gateway: Gateway, fields: bytes = b"", *, line: bytes = b"POST /v1/chat/completions HTTP/1.1",
            body: bytes = BODY, length: bool = True, host: bytes = b"host: x\r\n") -> bytes:
    """A call with these fields besides the usual ones."""
    sized = b"content-length: %d\r\n" % len(body) if length else b""
    key = b"authorization: Bearer %s\r\n" % gateway.key.encode()
    return line + b"\r\n" + host + key + sized + fields + b"\r\n" + body


CHUNKED = {"length": False, "fields": b"transfer-encoding: chunked\r\n"}

REFUSED = {
    "both lengths": {"fields": b"transfer-encoding: chunked\r\n", "body": b"0\r\n\r\n"},
    "two different lengths": {"fields": b"content-length: 5\r\n"},
    "a negative length": {"fields": b"content-length: -5\r\n", "length": False},
    "a length with a sign": {"fields": b"content-length: +46\r\n", "length": False},
    "a length in hexadecimal": {"fields": b"content-length: 0x2e\r\n", "length": False},
    "a list of lengths": {"fields": b"content-length: 46, 5\r\n", "length": False},
    "a length past all integers": {"fields": b"content-length: 99999999999999999999\r\n", "length": False},
    "an empty length": {"fields": b"content-length: \r\n", "length": False},
    "a coding without chunked": {"fields": b"transfer-encoding: gzip\r\n", "length": False},
    "chunked that is not last": {"fields": b"transfer-encoding: chunked, identity\r\n", "length": False},
    "chunked with a vertical tab": {"fields": b"transfer-encoding: \x0bchunked\r\n", "length": False},
    "chunked in HTTP/1.0": {**CHUNKED, "line": b"POST /v1/chat/completions HTTP/1.0", "body": b"0\r\n\r\n"},
    "a chunk size that is no number": {**CHUNKED, "body": b"zz\r\nabc\r\n0\r\n\r\n"},
    "a chunk size with a sign": {**CHUNKED, "body": b"+2\r\n{}\r\n0\r\n\r\n"},
    "a chunk size past all integers": {**CHUNKED, "body": b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"},
    "a chunk longer than its size": {**CHUNKED, "body": b"1\r\n{}\r\n0\r\n\r\n"},
    "a space before the colon": {"fields": b"x-a : b\r\n"},
    "a framing field with a space before the colon": {"fields": b"transfer-encoding : chunked\r\n"},
    "a folded line": {"fields": b"x-a: b\r\n c\r\n"},
    "a NUL in a value": {"fields": b"x-a: b\0c\r\n"},
    "a bare CR in a value": {"fields": b"x-a: b\rc\r\n"},
    "a line without a colon": {"fields": b"x-a\r\n"},
    "an empty name": {"fields": b": b\r\n"},
    "no host": {"host": b""},
    "two hosts": {"fields": b"host: y\r\n"},
    "HTTP/2": {"line": b"POST /v1/chat/completions HTTP/2.0"},
    "no target": {"line": b"POST HTTP/1.1"},
    "no version": {"line": b"POST /v1/chat/completions"},
    "a method in lower case": {"line": b"post /v1/chat/completions HTTP/1.1"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_with_two_readings_is_refused(scripted: Gateway, upstream: ScriptedUpstream, name: str):
    before = len(upstream.requests)
    with scripted.wire() as wire:
        wire.send(request(scripted, **REFUSED[name]))
        answer = wire.read_answer()
        assert answer.status in (400, 405, 501, 505), answer.start
    assert len(upstream.requests) == before


@pytest.mark.parametrize("garbage", [
    b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(200), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x00\xff\r\n\r\n", b"GET\r\n\r\n",
], ids=["TLS", "HTTP/2 preface", "bytes", "a lone method"])
def test_what_is_no_request_is_told_so(scripted: Gateway, garbage: bytes):
    with scripted.wire() as wire:
        wire.send(garbage)
        assert wire.read_answer().status == 400 and wire.is_closed()


@pytest.mark.parametrize("fields", [
    b"connection: close\r\n", b"expect: 200-maybe\r\n", b"connection: upgrade\r\nupgrade: websocket\r\n",
    b"x-empty:\r\n", b"x-tabs:\t a \t\r\n", b"X-UPPER: A\r\n", b"x-latin: caf\xe9\r\n"])
def test_unusual_fields_are_no_error(scripted: Gateway, fields: bytes):
    with scripted.wire() as wire:
        wire.send(request(scripted, fields))
        assert wire.read_answer().status == 200


def test_a_request_byte_by_byte(scripted: Gateway):
    with scripted.wire() as wire:
        for byte in request(scripted, b"transfer-encoding: chunked\r\n", length=False,
                            body=b"%x;a=b\r\n%s\r\n0\r\nx-t: a\r\n\r\n" % (len(BODY), BODY)):
            wire.send(bytes([byte]))
        assert wire.read_answer().status == 200


OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
    len(completion()), completion())

ANSWERS = {
    "early hints": (b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK, 200),
    "continue": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200),
    "three interim answers": (b"HTTP/1.1 102 Processing\r\n\r\n" * 3 + OK, 200),
    "bytes after the answer": (OK + b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", 200),
    "another protocol": (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", 502),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 502),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\n\r\n", 502),
    "an empty body": (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 502),
    "two different lengths": (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}", 502),
    "a head without end": (b"HTTP/1.1 200 OK\r\nx: " + b"a" * 300_000 + b"\r\n\r\n", 502),
    "a status of two digits": (b"HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\n{}", 502),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_at_the_edge_is_settled(scripted: Gateway, upstream: ScriptedUpstream, name: str):
    data, status = ANSWERS[name]
    upstream.handler = lambda exchange: exchange.send(data)
    answer = scripted.chat(BODY)
    story = scripted.story(answer)
    assert answer.status == status and story.outcome["status"] == status
    if status == 200:
        assert answer.body == completion() and story.tokens == {"input": 11, "output": 7}
    # What came after an answer must not be taken for the next one's.
    upstream.handler = answer_chat
    follow = scripted.chat(BODY)
    assert follow.status == 200 and follow.body == completion()


STREAM = delta("a") + delta(finish="stop") + usage_event() + DONE
STREAMS = {
    "CRLF": [STREAM.replace(b"\n", b"\r\n")], "CR": [STREAM.replace(b"\n", b"\r")],
    "a byte order mark": [b"\xef\xbb\xbf" + STREAM], "single bytes": [bytes([byte]) for byte in STREAM],
    "no space after the colon": [STREAM.replace(b"data: ", b"data:")], "the end twice": [STREAM + DONE],
    "an event after the end": [STREAM + delta("late")], "no last line end": [STREAM.rstrip(b"\n")],
    "names and comments": [b": ping\n\nevent: x\nid: 5\nretry: 9\n" + STREAM],
    "usage twice": [delta("a") + usage_event({"prompt_tokens": 1, "completion_tokens": 1}) + usage_event() + DONE],
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_in_any_form_is_metered(scripted: Gateway, upstream: ScriptedUpstream, name: str):
    def send(exchange) -> None:
        exchange.begin_stream()
        for part in STREAMS[name]:
            exchange.send_chunk(part)
        exchange.end_stream()

    upstream.handler = send
    answer = scripted.chat(BODY[:-1] + b',"stream":true}')
    story = until(lambda: scripted.story(answer), "the story")
    assert story.end_reason == "completed" and story.tokens == {"input": 11, "output": 7}
    assert answer.body.count(b"[DONE]") == 1 and b"late" not in answer.body
