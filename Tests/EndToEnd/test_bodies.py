"""Hostile and unusual request bodies: the right answer or a clear error, never a crash, never a lost row."""

import gzip
import json
import zlib

import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.net import chunked, request_bytes
from harness.simulator import Simulator
from harness.upstream import ScriptedUpstream, answer_chat, completion
from harness.waiting import until

CHAT = b'{"model":"demo","messages":[{"role":"user","content":"hi"}]}'


@pytest.fixture(autouse=True)
def ordinary(upstream: ScriptedUpstream):
    upstream.handler = answer_chat


def nested(depth: int) -> bytes:
    return b'{"model":"demo","x":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", "invalid_json", id="empty"),
        pytest.param(b"   ", "invalid_json", id="blank"),
        pytest.param(b"hello", "invalid_json", id="not JSON"),
        pytest.param(CHAT[:-5], "invalid_json", id="truncated"),
        pytest.param(CHAT + b"x", "invalid_json", id="something after it"),
        pytest.param(b'{"model":"demo",}', "invalid_json", id="trailing comma"),
        pytest.param(b'{"model":"demo","x":NaN}', "invalid_json", id="NaN"),
        pytest.param(b'{"model":"demo","x":01}', "invalid_json", id="leading zero"),
        pytest.param(b'{"model":"demo","x":"\xff\xfe"}', "invalid_json", id="invalid UTF-8"),
        pytest.param(b'{"model":"demo","x":"\xed\xa0\x80"}', "invalid_json", id="surrogate in UTF-8"),
        pytest.param(b'{"model":"demo","x":"a\nb"}', "invalid_json", id="raw line break in a string"),
        pytest.param(b"[" + CHAT + b"]", "invalid_json", id="an array"),
        pytest.param(b'"model"', "invalid_json", id="a string"),
        pytest.param(b"\x00" * 100, "invalid_json", id="zeros"),
        pytest.param(b'{"model":"demo","model":"demo"}', "duplicate_field", id="model twice"),
        pytest.param(b'{"model":"demo","mod\\u0065l":"other"}', "duplicate_field", id="model twice, once escaped"),
        pytest.param(b'{"model":"demo","Model":"other"}', "duplicate_field", id="model twice, once in capitals"),
        pytest.param(
            b'{"model":"demo","stream":true,"stream":false}', "duplicate_field", id="stream twice"),
        pytest.param(
            b'{"model":"demo","stream_options":{"include_usage":true,"include_usage":false}}', "duplicate_field",
            id="include_usage twice"),
        pytest.param(nested(5_000), "too_deep", id="nested 5,000 deep"),
        pytest.param(nested(200), "too_deep", id="nested 200 deep"),
        pytest.param(b'{"messages":[]}', "missing_field", id="no model"),
        pytest.param(b'{"model":null}', "missing_field", id="model null"),
        pytest.param(b'{"model":17}', "invalid_field", id="model a number"),
        pytest.param(b'{"model":""}', "invalid_field", id="model empty"),
        pytest.param(b'{"model":"' + b"m" * 5_000 + b'"}', "invalid_field", id="model very long"),
        pytest.param(b'{"model":"demo","stream":"yes"}', "invalid_field", id="stream a string"),
        pytest.param(b'{"model":"demo","n":-1}', "invalid_field", id="n negative"),
        pytest.param(b'{"model":"demo","n":1e99}', "invalid_field", id="n huge"),
        pytest.param(
            b'{"model":"demo","max_tokens":99999999999999999999}', "invalid_field", id="max_tokens beyond 64 bits"),
    ])
def test_refused_with_its_code(scripted: Gateway, upstream: ScriptedUpstream, body: bytes, code: str):
    before, rows = len(upstream.requests), len(scripted.ledger.requests)
    answer = scripted.chat(body)
    assert answer.status == 400
    error = answer.json["error"]
    assert error["code"] == code and error["type"] == "invalid_request_error" and len(error["message"]) > 10
    assert len(upstream.requests) == before and len(scripted.ledger.requests) == rows
    # The connection and the gateway go on.
    assert scripted.chat().status == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(nested(100), id="nested 100 deep"),
        pytest.param(b'{"model":"demo","x":"\\ud800"}', id="lone surrogate escaped"),
        pytest.param(b'{"model":"demo","x":"\\u0000"}', id="escaped zero"),
        pytest.param(b'\xef\xbb\xbf{"model":"demo"}', id="byte order mark"),
        pytest.param(b'{"model":"demo","n":0}', id="no choices"),
        pytest.param(b'{"model":"demo","x":' + b"9" * 4_000 + b"}", id="a number of 4,000 digits"),
        pytest.param(b'{"model":"demo","' + b"k" * 100_000 + b'":1}', id="a key of 100,000 bytes"),
        pytest.param(b'{"model":"demo",' + b'"a":1,' * 50_000 + b'"b":2}', id="50,000 unknown keys"),
    ])
def test_unusual_but_answered(scripted: Gateway, body: bytes):
    """Served, or refused as JSON that it is not: never a fault of the gateway."""
    answer = scripted.chat(body)
    assert answer.status in (200, 400), answer.body
    if answer.status == 200:
        assert scripted.story(answer).request["body_bytes"] == len(body)


def test_prompt_of_ten_megabytes(scripted: Gateway, upstream: ScriptedUpstream):
    prompt = "All work and no play makes a long prompt. " * 240_000
    body = json.dumps({"model": "demo", "messages": [{"role": "user", "content": prompt}]}).encode()
    assert len(body) > 10_000_000
    answer = scripted.chat(body)
    assert answer.status == 200
    assert upstream.last.body == body.replace(b'"demo"', b'"upstream-model"', 1)
    request = scripted.story(answer).request
    assert request["body_bytes"] == len(body)
    assert request["estimated_input_tokens"] >= len(prompt) // 4


def test_body_over_the_limit(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url), flags=["--max-body", "64KiB"])
    big = b'{"model":"demo","x":"' + b"a" * 100_000 + b'"}'
    assert gateway.chat(big).code == "request_too_large"
    with gateway.wire() as wire:
        # Announced in the head: refused before the body is sent.
        wire.send(gateway.raw_chat(b"", length=10**12))
        assert wire.read_answer().status == 413
    with gateway.wire() as wire:
        wire.send(gateway.raw_chat(b"", {"content-length": "", "transfer-encoding": "chunked"}) + chunked(big, 1000))
        assert wire.read_answer().status == 413
    assert gateway.chat(b'{"model":"demo","x":"' + b"a" * 60_000 + b'"}').status == 200
    assert gateway.chat().status == 200


def test_gzip_body(scripted: Gateway, upstream: ScriptedUpstream):
    answer = scripted.chat(gzip.compress(CHAT), headers={"content-encoding": "gzip"})
    assert answer.status == 200
    sent = upstream.last
    assert sent.body == CHAT.replace(b'"demo"', b'"upstream-model"')
    assert sent.header("content-encoding") is None and sent.header("content-length") == str(len(sent.body))
    assert scripted.story(answer).request["body_bytes"] == len(CHAT)


def test_deflate_body(scripted: Gateway, upstream: ScriptedUpstream):
    answer = scripted.chat(zlib.compress(CHAT), headers={"content-encoding": "deflate"})
    assert answer.status in (200, 415)
    if answer.status == 200:
        assert upstream.last.body == CHAT.replace(b'"demo"', b'"upstream-model"')


def test_gzip_body_that_grows_past_the_limit(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url), flags=["--max-body", "1MiB"])
    before = gateway.resident_bytes()
    bomb = gzip.compress(b'{"model":"demo","x":"' + b"a" * 300_000_000 + b'"}')
    answer = gateway.chat(bomb, headers={"content-encoding": "gzip"})
    assert answer.status == 413 and answer.code == "request_too_large"
    assert gateway.resident_bytes() - before < 64 * 1024 * 1024
    assert gateway.chat().status == 200


@pytest.mark.parametrize(
    "body", [gzip.compress(CHAT)[:-12], b"\x1f\x8b" + b"\x00" * 50, CHAT], ids=["truncated", "garbage", "not gzip"])
def test_broken_gzip(scripted: Gateway, body: bytes):
    answer = scripted.chat(body, headers={"content-encoding": "gzip"})
    assert answer.status == 400, answer.body
    assert scripted.chat().status == 200


def test_unknown_content_encoding(scripted: Gateway):
    answer = scripted.chat(CHAT, headers={"content-encoding": "br"})
    assert answer.status == 415 and answer.code == "unsupported_encoding"


@pytest.mark.parametrize("stream", [False, True])
def test_gzip_answer_is_metered(gateway: Gateway, simulator: Simulator, stream: bool):
    answer = gateway.chat(stream=stream, sim="prompt=30,completion=5,fault=gzip")
    body = answer.body
    if answer.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    assert answer.status == 200 and (b"data: [DONE]" in body if stream else json.loads(body)["usage"])
    story = gateway.story(answer)
    assert story.tokens == {"input": 30, "output": 5} and story.sources == {"provider"}


def test_expect_100_continue(scripted: Gateway):
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(b"", {"expect": "100-continue"}, length=len(CHAT)))
        assert wire.read_head().status == 100
        wire.send(CHAT)
        assert wire.read_answer().status == 200


def test_expect_is_not_invited_with_an_unknown_key(scripted: Gateway):
    with scripted.wire() as wire:
        head = scripted.raw_chat(b"", {"expect": "100-continue", "authorization": "Bearer tb-no"}, length=len(CHAT))
        wire.send(head)
        assert wire.read_head().status == 401


def test_body_shorter_than_announced(scripted: Gateway, upstream: ScriptedUpstream):
    before = len(upstream.requests)
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(CHAT, length=len(CHAT) + 10))
    assert scripted.chat().status == 200
    assert len(upstream.requests) == before + 1


def test_body_longer_than_announced(scripted: Gateway):
    """What follows the announced bytes is the next request, and it is none."""
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(CHAT + b"garbage that is no request\r\n\r\n", length=len(CHAT)))
        assert wire.read_answer().status == 200
        try:
            assert wire.read_answer().status == 400
        except EOFError:
            pass
        assert wire.is_closed()


@pytest.mark.parametrize(
    "fields",
    [
        b"content-length: 10\r\ncontent-length: 11\r\n",
        b"content-length: 10\r\ntransfer-encoding: chunked\r\n",
        b"content-length: -1\r\n",
        b"content-length: abc\r\n",
        b"transfer-encoding: identity, chunked, chunked\r\n",
    ])
def test_contradicting_lengths_reach_nobody(scripted: Gateway, upstream: ScriptedUpstream, fields: bytes):
    before = len(upstream.requests)
    with scripted.wire() as wire:
        wire.send(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + scripted.key.encode()
            + b"\r\n" + fields + b"\r\n" + CHAT)
        try:
            assert wire.read_answer().status == 400
        except EOFError:
            pass
        assert wire.is_closed()
    assert len(upstream.requests) == before
    assert scripted.chat().status == 200


@pytest.mark.parametrize("size", [1, 17, 4096])
def test_chunked_upload(scripted: Gateway, upstream: ScriptedUpstream, size: int):
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(b"", {"content-length": "", "transfer-encoding": "chunked"}) + chunked(CHAT, size))
        assert wire.read_answer().status == 200
    assert upstream.last.body == CHAT.replace(b'"demo"', b'"upstream-model"')


def test_chunked_upload_with_extensions_and_trailers(scripted: Gateway):
    with scripted.wire() as wire:
        wire.send(
            scripted.raw_chat(b"", {"content-length": "", "transfer-encoding": "chunked"})
            + b"%x;note=1\r\n%s\r\n0\r\nx-trailer: 1\r\n\r\n" % (len(CHAT), CHAT))
        assert wire.read_answer().status == 200


@pytest.mark.parametrize("bad", [b"zz\r\n", b"-5\r\n", b"ffffffffffffffffff\r\n"])
def test_broken_chunks(scripted: Gateway, bad: bytes):
    with scripted.wire() as wire:
        head = scripted.raw_chat(b"", {"content-length": "", "transfer-encoding": "chunked"})
        wire.send(head + bad + b"x\r\n0\r\n\r\n")
        try:
            assert wire.read_answer().status == 400
        except EOFError:
            pass
    assert scripted.chat().status == 200


def test_pipelined_requests_are_answered_in_order(scripted: Gateway):
    bodies = [json.dumps({"model": name}).encode() for name in ("demo", "missing-1", "demo", "missing-2")]
    with scripted.wire() as wire:
        wire.send(b"".join(scripted.raw_chat(body) for body in bodies))
        answers = [wire.read_answer() for _ in bodies]
    assert [answer.status for answer in answers] == [200, 404, 200, 404]
    assert b"missing-1" in answers[1].body and b"missing-2" in answers[3].body


def test_pipelined_requests_may_be_compressed(scripted: Gateway):
    packed = scripted.raw_chat(gzip.compress(CHAT), {"content-encoding": "gzip"})
    broken = scripted.raw_chat(gzip.compress(CHAT)[:-12], {"content-encoding": "gzip"})
    plain = scripted.raw_chat(CHAT)
    with scripted.wire() as wire:
        wire.send(packed + plain + broken + packed + plain)
        answers = [wire.read_answer() for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 400, 200, 200]


def test_a_pipelined_request_that_is_none_is_refused_in_its_turn(scripted: Gateway, upstream: ScriptedUpstream):
    before = len(upstream.requests)
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(CHAT) + scripted.raw_chat(CHAT).replace(b"\r\n", b"\n") + scripted.raw_chat(CHAT))
        assert [wire.read_answer().status for _ in range(2)] == [200, 400]
        assert wire.is_closed()
    assert len(upstream.requests) == before + 1


def test_requests_byte_by_byte(scripted: Gateway):
    with scripted.wire() as wire:
        for request in (
            scripted.raw_chat(CHAT),
            scripted.raw_chat(b"", {"content-length": "", "transfer-encoding": "chunked"}) + chunked(CHAT, 7),
        ):
            for byte in request:
                wire.send(bytes([byte]))
            assert wire.read_answer().status == 200


@pytest.mark.parametrize("start", [b"\x16\x03\x01\x02\x00\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
def test_other_protocols_are_told_at_once(scripted: Gateway, start: bytes):
    with scripted.wire() as wire:
        wire.send(start)
        assert wire.read_answer().status == 400
        assert wire.is_closed()


def test_slow_headers_do_not_hold_a_connection(make_gateway, upstream: ScriptedUpstream):
    gateway = make_gateway(governance(upstream.base_url), flags=["--header-timeout", "300ms"])
    with gateway.wire() as slow:
        slow.send(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-slow: ")
        assert gateway.chat().status == 200
        try:
            assert slow.read_answer().status == 408
        except EOFError:
            pass
        assert slow.is_closed(10)


def test_headers_over_the_limit(scripted: Gateway):
    with scripted.wire() as wire:
        try:
            wire.send(scripted.raw_chat(CHAT, {"x-large": "a" * 200_000}))
            assert wire.read_answer().status in (400, 431)
        except (EOFError, OSError):
            pass
    assert scripted.chat().status == 200


def test_http_1_0_callers(scripted: Gateway):
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(CHAT).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        answer = wire.read_answer()
        assert answer.status == 200 and json.loads(answer.body)["choices"]
        assert wire.is_closed()


def test_connection_close_is_honored(scripted: Gateway):
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(CHAT, {"connection": "close"}))
        assert wire.read_answer().status == 200
        assert wire.is_closed()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/chat/completions", 405), ("POST", "/v1/models", 405), ("DELETE", "/v1/models/demo", 405),
        ("GET", "/", 404), ("POST", "/v1/unknown", 404), ("GET", "/metrics", 404), ("GET", "/readyz", 404),
        ("GET", "/api/v1/keys", 404), ("GET", "/v1/models/none", 404),
    ])
def test_paths_and_methods(scripted: Gateway, method: str, path: str, status: int):
    with scripted.wire() as wire:
        wire.send(request_bytes(path, b"", {"authorization": f"Bearer {scripted.key}"}, method=method))
        answer = wire.read_answer()
    assert answer.status == status
    assert json.loads(answer.body)["error"]["code"] in ("not_found", "method_not_allowed", "model_not_found")


@pytest.mark.parametrize("header", ["authorization", "x-api-key", "api-key", "x-goog-api-key"])
def test_places_of_the_key(scripted: Gateway, header: str):
    value = f"Bearer {scripted.key}" if header == "authorization" else scripted.key
    with scripted.wire() as wire:
        wire.send(request_bytes("/v1/chat/completions", CHAT, {header: value}))
        assert wire.read_answer().status == 200


def test_key_in_the_query(scripted: Gateway, upstream: ScriptedUpstream):
    with scripted.wire() as wire:
        wire.send(request_bytes(f"/v1/chat/completions?key={scripted.key}", CHAT))
        assert wire.read_answer().status == 200
    assert scripted.key not in upstream.last.raw.decode()


@pytest.mark.parametrize(
    "value", [None, "Bearer", "Bearer ", "Bearer tb-unknown", "Basic dXNlcjpwYXNz", "Bearer " + "x" * 9_000])
def test_no_usable_key(scripted: Gateway, upstream: ScriptedUpstream, value: str | None):
    before, rows = len(upstream.requests), len(scripted.ledger.requests)
    with scripted.wire() as wire:
        wire.send(request_bytes("/v1/chat/completions", b"not even JSON", {"authorization": value or ""}))
        answer = wire.read_answer()
    # The key comes first: nothing is said of the body.
    assert answer.status == 401 and json.loads(answer.body)["error"]["code"] == "invalid_api_key"
    assert len(upstream.requests) == before and len(scripted.ledger.requests) == rows


@pytest.mark.parametrize("headers", [
    {"x-tollbook-tags": "no-equals"}, {"x-tollbook-tags": "a=" + "v" * 500},
    {"x-tollbook-tags": ",".join(f"t{n}=1" for n in range(50))}, {"x-tollbook-interaction": "i" * 1_000},
    {"x-tollbook-end-user": "u" * 5_000},
])
def test_metadata_beyond_its_limits(scripted: Gateway, headers: dict[str, str]):
    answer = scripted.chat(headers=headers)
    assert answer.status == 400 and answer.code == "invalid_header"


def test_answer_of_gigantic_size_keeps_memory(scripted: Gateway, upstream: ScriptedUpstream):
    """An answer far above what is held whole is relayed with back-pressure."""
    before = scripted.resident_bytes()
    body = completion("z" * 60_000_000)
    upstream.handler = lambda exchange: exchange.send_plain(body)
    with scripted.wire() as wire:
        wire.send(scripted.raw_chat(CHAT))
        head = wire.read_head()
        grown = scripted.resident_bytes() - before
        wire.read_body(head, is_answer=True)
    assert head.body == body
    assert grown < 32 * 1024 * 1024
    until(lambda: scripted.ledger.open_holds == 0, "the settlement")
