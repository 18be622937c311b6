"""Mutated requests and answers through the port: no crash, no hang, no lost row, no memory that stays.

The seed of a round is in its test's name; what a mutation made of a body is shown when it fails.
"""

import json
import random
import socket

import pytest

from harness.gateway import Gateway
from harness.governance import governance
from harness.net import Wire, chunked
from harness.upstream import DONE, Exchange, ScriptedUpstream, answer_chat, delta, usage_event

SEEDS = [1, 2, 3, 4]
ROUNDS = 150

PIECES = [
    b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u", b"\\ud800", b",", b":", b"null", b"1e9", b"-", b"\x00", b"\xff",
    b"\xc3",
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"--", b"--xYz", b"xYz", b"data:", b"data: ", b"event:", b"id:", b"[DONE]",
    b'"model"', b'"usage"', b'"stream"', b'name="model"', b"filename=", b";", b" ", b"\xef\xbb\xbf",
]

FORM = (
    b'--xYz\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\n\r\n--xY\r\n-\x00\xff\r\n'
    b'--xYz\r\nContent-Disposition: form-data; name="model"\r\n\r\ndemo\r\n'
    b'--xYz\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n--xYz--\r\n')

REQUESTS = [
    ("/v1/chat/completions", "application/json", json.dumps({
        "model": "demo", "messages": [{"role": "user", "content": "h\u00e9 \U0001f600"}], "stream": True,
        "stream_options": {"include_usage": False}, "n": 1, "user": "u"}).encode()),
    ("/v1/messages", "application/json", json.dumps({
        "model": "demo", "max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}],
        "metadata": {"user_id": "x"}}).encode()),
    ("/v1/audio/speech", "application/json", b'{"model":"demo","input":"\\u00e9 \xe6\xbc\xa2","voice":"a"}'),
    ("/v1/rerank", "application/json", b'{"model":"demo","query":"q","documents":["a",{"text":"b"}]}'),
    ("/v1/images/generations", "application/json", b'{"prompt":"x","model":"demo","n":2}'),
    ("/v1/images/edits", "multipart/form-data; boundary=xYz", FORM),
    ("/v1/audio/transcriptions", "multipart/form-data; boundary=xYz", FORM),
]

ANSWERS = [
    ("text/event-stream", delta("Hel") + delta("lo") + delta(finish="stop") + usage_event() + DONE),
    ("text/event-stream", b": hi\r\n\r\n" + delta("x").replace(b"\n\n", b"\r\n\r\n") + b"event: error\ndata: {}\n\n"),
    ("application/json", json.dumps({
        "id": "x", "model": "m", "choices": [{"message": {"content": "\u00e9"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}).encode()),
]


@pytest.fixture(scope="module")
def fuzzed(upstream: ScriptedUpstream, tmp_path_factory: pytest.TempPathFactory):
    gateway = Gateway(tmp_path_factory.mktemp("fuzzed"), governance(upstream.base_url))
    try:
        yield gateway
        gateway.check_books()
        assert gateway.stop() == 0, gateway.output[-4000:]
    finally:
        gateway.close()


def mutated(body: bytes, chance: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(data))
        kind = chance.randrange(6)
        if kind == 0:
            data[at:at] = chance.choice(PIECES)
        elif kind == 1:
            del data[at : at + chance.randint(1, 12)]
        elif kind == 2 and at < len(data):
            data[at] = chance.randrange(256)
        elif kind == 3:
            start = chance.randint(0, len(data))
            data[at:at] = data[start : start + chance.randint(1, 80)]
        elif kind == 4:
            data[at:at] = chance.choice(PIECES) * chance.randint(1, 300)
        else:
            del data[at:]
    return bytes(data)


def exchange(gateway: Gateway, path: str, kind: str, body: bytes, chance: random.Random) -> int:
    """Sends a body in pieces of random sizes, with one of the ways to tell its length; the answer's status."""
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gateway.key}\r\ncontent-type: {kind}\r\n"
    if chance.random() < 0.5:
        sent = f"{head}transfer-encoding: chunked\r\n\r\n".encode() + chunked(body, chance.randint(1, 400))
    else:
        sent = f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
    with Wire.connect(gateway.port) as wire:
        wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        position = 0
        while position < len(sent):
            size = chance.choice([1, 3, 17, 250, 100_000])
            try:
                wire.send(sent[position : position + size])
            except (BrokenPipeError, ConnectionResetError):
                # It answered early and closed.
                break
            position += size
        return wire.read_answer().status


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_requests_get_an_answer(fuzzed: Gateway, upstream: ScriptedUpstream, seed: int):
    def handler(exchange: Exchange) -> None:
        if exchange.request.target.endswith("/chat/completions"):
            return answer_chat(exchange)
        exchange.send_plain(b'{"data":[{}],"text":"a","usage":{"input_tokens":1,"output_tokens":1}}')

    upstream.handler = handler
    chance = random.Random(seed)
    statuses: dict[int, int] = {}
    before = fuzzed.resident_bytes()
    for number in range(ROUNDS):
        path, kind, body = REQUESTS[number % len(REQUESTS)]
        changed = mutated(body, chance)
        status = exchange(fuzzed, path, kind, changed, chance)
        assert status < 500 or status == 502, f"seed {seed}, round {number}: {status} for {changed!r}"
        statuses[status] = statuses.get(status, 0) + 1
    assert statuses.get(400, 0) > ROUNDS // 4, statuses
    assert fuzzed.is_running and fuzzed.resident_bytes() - before < 32 << 20


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_answers_are_settled(fuzzed: Gateway, upstream: ScriptedUpstream, seed: int):
    chance = random.Random(seed)
    answers: list[tuple[str, bytes]] = []

    def handler(exchange: Exchange) -> None:
        kind, body = answers[-1]
        exchange.begin_stream({"content-type": kind})
        position = 0
        while position < len(body):
            size = chance.choice([1, 5, 64, 100_000])
            exchange.send_chunk(body[position : position + size])
            position += size
        if chance.random() < 0.8:
            exchange.end_stream()
        else:
            exchange.close()

    upstream.handler = handler
    before = fuzzed.resident_bytes()
    ids = []
    for number in range(ROUNDS):
        kind, body = ANSWERS[number % len(ANSWERS)]
        answers.append((kind, mutated(body, chance)))
        answer = fuzzed.chat(stream=kind == "text/event-stream")
        assert answer.status in (200, 502), f"seed {seed}, round {number}: {answer.status} for {answers[-1][1]!r}"
        ids.append(answer.request_id)
    for number, request_id in enumerate(ids):
        story = fuzzed.story(request_id)
        sums = [charge["quantity"] for charge in story.charges]
        assert all(0 <= quantity < 1 << 40 for quantity in sums), f"{story} for {answers[number][1]!r}"
    assert fuzzed.is_running and fuzzed.resident_bytes() - before < 32 << 20


def test_endless_bodies_end(fuzzed: Gateway, upstream: ScriptedUpstream):
    """What never comes to an end is refused at a limit, in memory that is given back."""
    before = fuzzed.resident_bytes()
    endless = [
        ("application/json", b'{"model":"demo","x":"', b"a" * (1 << 20)),
        ("application/json", b'{"model":"demo","x":[', b"[" * 1_000),
        ("multipart/form-data; boundary=xYz", b"--xYz\r\nContent-Disposition: form-data; name=\"", b"a" * 10_000),
        ("multipart/form-data; boundary=xYz", b'--xYz\r\nContent-Disposition: form-data; name="file"\r\n\r\n',
         b"\r\n--xY" * 200_000),
    ]
    for kind, start, piece in endless:
        path = "/v1/audio/transcriptions" if kind.startswith("multipart") else "/v1/chat/completions"
        with Wire.connect(fuzzed.port) as wire:
            wire.send(
                f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {fuzzed.key}\r\ncontent-type: {kind}\r\n"
                "transfer-encoding: chunked\r\n\r\n".encode())
            try:
                wire.send(b"%x\r\n%s\r\n" % (len(start), start))
                for _ in range((40 << 20) // len(piece)):
                    wire.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            except OSError:
                pass
            try:
                assert wire.read_answer().status in (400, 413)
            except (EOFError, ConnectionResetError):
                # More was under way than its end of the connection takes.
                pass
    assert fuzzed.resident_bytes() - before < 96 << 20
    upstream.handler = answer_chat
    assert fuzzed.chat().status == 200
