"""What the simulated provider puts on the wire: answers, pinned counts, times and faults.

Plain sockets and http.client, so that nothing between the test and the bytes repairs them.
"""

import base64
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import re
import selectors
import socket
import subprocess
import threading
import time

import jsonschema
import pytest

from harness.process import BINARY

TIMEOUT_SECONDS = 20
PATH = "/v1/chat/completions"


class Simulator:
    """A running simulator and how to reach it."""

    def __init__(self, port, process):
        self.port = port
        self.process = process

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_SECONDS)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, dict((k.lower(), v) for k, v in response.getheaders()), response.read()

    def chat(self, sim=None, headers=None, **fields):
        body = {"model": "sim", "messages": [{"role": "user", "content": "Hello"}], **fields}
        headers = {"content-type": "application/json", "authorization": "Bearer sk-any", **(headers or {})}
        if sim is not None:
            headers["x-sim"] = sim
        return self.ask("POST", PATH, json.dumps(body), headers)

    def answer(self, sim=None, **fields):
        status, _, body = self.chat(sim, **fields)
        assert status == 200, body
        return json.loads(body)

    def events(self, sim=None, **fields):
        status, headers, body = self.chat(sim, stream=True, **fields)
        assert status == 200, body
        assert headers["content-type"].startswith("text/event-stream")
        return events(body)

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")


def start_simulator(*flags):
    process = subprocess.Popen(
        [str(BINARY), "simulate", "--listen", "127.0.0.1:0", *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    deadline = time.monotonic() + TIMEOUT_SECONDS
    seen = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline and selector.select(deadline - time.monotonic()):
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                break
            seen += piece
            found = re.search(rb"127\.0\.0\.1:(\d+)", seen)
            if found:
                return Simulator(int(found.group(1)), process)
    process.kill()
    raise AssertionError(f"the simulator did not start: {seen!r}")


def stop_simulator(simulator):
    simulator.process.terminate()
    try:
        simulator.process.wait(timeout=TIMEOUT_SECONDS)
    finally:
        simulator.process.kill()
        simulator.process.stdout.close()


@pytest.fixture(scope="module")
def shared_simulator():
    simulator = start_simulator("--record")
    yield simulator
    stop_simulator(simulator)


@pytest.fixture
def simulator(shared_simulator):
    assert shared_simulator.ask("POST", "/sim/reset")[0] == 200
    yield shared_simulator
    assert shared_simulator.process.poll() is None, "the simulator has ended"
    assert shared_simulator.ask("GET", "/healthz")[0] == 200


def events(body):
    """The data of each server-sent event: parsed, or as text where it is no JSON."""
    found = []
    for block in body.decode().split("\n\n"):
        if block:
            assert block.startswith("data: "), block
            data = block.removeprefix("data: ")
            try:
                found.append(json.loads(data))
            except ValueError:
                found.append(data)
    return found


def text_of(chunks, choice=0):
    parts = [c["choices"] for c in chunks if isinstance(c, dict) and c.get("choices")]
    return "".join(p[0]["delta"].get("content") or "" for p in parts if p[0]["index"] == choice)


def request_bytes(body=None, sim=None, version="HTTP/1.1", extra=""):
    body = json.dumps({"model": "sim", "messages": []} if body is None else body).encode()
    lines = f"POST {PATH} {version}\r\nHost: x\r\nContent-Length: {len(body)}\r\n{extra}"
    if sim is not None:
        lines += f"x-sim: {sim}\r\n"
    return lines.encode() + b"\r\n" + body


def read_all(sock):
    """Everything until the end, and how it ended: 'closed' or 'reset'."""
    data = b""
    while True:
        try:
            piece = sock.recv(65536)
        except ConnectionResetError:
            return data, "reset"
        if not piece:
            return data, "closed"
        data += piece


def read_answer(sock, data=b""):
    """One answer with a content-length: its head, its body, and what came behind."""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        assert piece, data
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head).group(1))
    while len(rest) < length:
        piece = sock.recv(65536)
        assert piece, rest
        rest += piece
    return head, rest[:length], rest[length:]


def exchange(simulator, sent):
    with simulator.connect() as sock:
        sock.sendall(sent)
        return read_all(sock)


def schema_checker(name):
    root = pathlib.Path(os.environ.get("TOLLBOOK_SHARED", pathlib.Path(__file__).parents[3] / "shared"))
    path = root / "specs" / "derived" / f"openai.{name}.schema.json"
    if not path.exists():
        pytest.skip(f"no {path.name} here")
    return jsonschema.Draft202012Validator(json.loads(path.read_text()))


# Answers


def test_plain_answer_has_every_field(simulator):
    status, headers, body = simulator.chat("prompt=100,completion=20,cached=10,reasoning=5", model="any/model")
    answer = json.loads(body)
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert headers["x-request-id"].startswith("req_")
    assert answer["id"].startswith("chatcmpl-")
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "any/model"
    assert abs(answer["created"] - time.time()) < 60
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert len(answer["choices"][0]["message"]["content"].split()) == 15
    assert answer["usage"] == {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "total_tokens": 120,
        "prompt_tokens_details": {"cached_tokens": 10, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 5,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/chat/completions", "/v1/chat/completions?api-version=1"])
def test_answers_on_every_spelling_of_the_path(simulator, path):
    status, _, body = simulator.ask("POST", path, json.dumps({"model": "sim", "messages": []}))
    assert status == 200, body


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"n": 3},
        {"max_tokens": 4},
        {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "required"},
        {"tools": [{"type": "custom", "custom": {"name": "f"}}], "tool_choice": "required"},
        {"response_format": {"type": "json_object"}},
    ],
)
def test_answers_fit_the_published_schema(simulator, fields):
    schema_checker("ChatCompletion").validate(simulator.answer(**fields))
    if fields.get("tools", [{}])[0].get("type") == "custom":
        return  # The schema of chunks does not know custom tools.
    chunk = schema_checker("ChatCompletionChunk")
    for event in simulator.events(stream_options={"include_usage": True}, **fields):
        if event != "[DONE]":
            chunk.validate(event)


def test_stream_says_the_same_as_the_plain_answer(simulator):
    plain = simulator.answer("completion=700")
    chunks = simulator.events("completion=700")
    assert chunks[-1] == "[DONE]"
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
    assert text_of(chunks) == plain["choices"][0]["message"]["content"]
    assert chunks[-2]["choices"][0] == {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    assert len({c["id"] for c in chunks[:-1]}) == 1
    assert len(chunks) == 700 + 3


def test_stream_tells_usage_only_if_asked(simulator):
    without = simulator.events("completion=3")
    assert all("usage" not in chunk for chunk in without[:-1])
    with_usage = simulator.events("completion=3,prompt=7", stream_options={"include_usage": True})
    assert [chunk["usage"] for chunk in with_usage[:-2]] == [None] * 5
    assert with_usage[-2]["choices"] == []
    assert with_usage[-2]["usage"]["prompt_tokens"] == 7
    assert with_usage[-2]["usage"]["completion_tokens"] == 3


def test_stream_tells_usage_where_other_providers_do(simulator):
    always = simulator.events("completion=4,usage=always")
    assert always[-2]["choices"] == [] and always[-2]["usage"]["completion_tokens"] == 4
    finish = simulator.events("completion=4,usage=finish")
    assert finish[-2]["choices"][0]["finish_reason"] == "stop" and finish[-2]["usage"]["completion_tokens"] == 4
    assert not any("usage" in chunk for chunk in finish[:-2])
    every = simulator.events("completion=4,usage=every")
    assert [chunk["usage"]["completion_tokens"] for chunk in every[:-1]] == [0, 1, 2, 3, 4, 4, 4]


def test_chunks_share_the_tokens(simulator):
    chunks = simulator.events("completion=100,chunks=7", stream_options={"include_usage": True})
    contents = [c["choices"][0]["delta"].get("content") for c in chunks[1:-3]]
    assert len(contents) == 7
    assert len("".join(contents).split()) == 100
    assert chunks[-2]["usage"]["completion_tokens"] == 100
    assert len(simulator.events("chunks=500")) == 500 + 3


def test_choices_have_their_own_text_and_share_the_count(simulator):
    answer = simulator.answer(n=3)
    texts = [choice["message"]["content"] for choice in answer["choices"]]
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert len(set(texts)) == 3
    assert answer["usage"]["completion_tokens"] == sum(len(text.split()) for text in texts)
    chunks = simulator.events(n=3)
    assert [text_of(chunks, choice) for choice in range(3)] == texts


def test_limit_cuts_the_answer(simulator):
    for name in ["max_tokens", "max_completion_tokens"]:
        answer = simulator.answer(**{name: 5})
        assert answer["usage"]["completion_tokens"] == 5
        assert answer["choices"][0]["finish_reason"] == "length"
    overshoot = simulator.answer("completion=50", max_tokens=5)
    assert overshoot["usage"]["completion_tokens"] == 50


def test_prompt_tokens_follow_the_body(simulator):
    short = simulator.answer()["usage"]["prompt_tokens"]
    long = simulator.answer(messages=[{"role": "user", "content": "x" * 4000}])["usage"]["prompt_tokens"]
    assert 990 <= long - short <= 1010


def test_optional_counts_are_reported(simulator):
    sim = "prompt=9,completion=8,cache_write=3,audio_in=2,audio_out=1,accepted=1,rejected=2"
    usage = simulator.answer(sim)["usage"]
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0, "audio_tokens": 2, "cache_write_tokens": 3}
    assert usage["completion_tokens_details"] == {
        "reasoning_tokens": 0,
        "audio_tokens": 1,
        "accepted_prediction_tokens": 1,
        "rejected_prediction_tokens": 2,
    }


# Tools and structured answers

WEATHER = {
    "type": "function",
    "function": {
        "name": "get \"weather\"",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer"},
                "unit": {"enum": ["c", "f"]},
                "near": {"type": "array", "items": {"$ref": "#/$defs/place"}},
                "ünicode \"key\"": {"type": ["null", "boolean"]},
            },
            "$defs": {"place": {"type": "object", "properties": {"lat": {"type": "number"}}}},
        },
    },
}


def test_required_tool_is_called_with_fitting_arguments(simulator):
    choice = simulator.answer(tools=[WEATHER], tool_choice="required")["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    (call,) = choice["message"]["tool_calls"]
    assert call["type"] == "function"
    assert call["function"]["name"] == 'get "weather"'
    arguments = json.loads(call["function"]["arguments"])
    assert set(arguments) == set(WEATHER["function"]["parameters"]["properties"])
    jsonschema.validate(arguments, WEATHER["function"]["parameters"])


def test_streamed_arguments_add_up(simulator):
    plain = simulator.answer("tool_calls=2", tools=[WEATHER])["choices"][0]["message"]["tool_calls"]
    chunks = simulator.events("tool_calls=2,chunks=5", tools=[WEATHER])
    arguments = {0: "", 1: ""}
    pieces = 0
    for chunk in chunks[:-1]:
        for call in chunk["choices"][0]["delta"].get("tool_calls", []):
            arguments[call["index"]] += call["function"]["arguments"]
            pieces += 1
    assert pieces == 2 * (1 + 5)
    assert list(arguments.values()) == [call["function"]["arguments"] for call in plain]
    assert chunks[-2]["choices"][0]["finish_reason"] == "tool_calls"


def test_named_tool_is_the_one_called(simulator):
    tools = [WEATHER, {"type": "function", "function": {"name": "other"}}]
    wanted = {"type": "function", "function": {"name": "other"}}
    choice = simulator.answer(tools=tools, tool_choice=wanted)["choices"][0]
    assert choice["message"]["tool_calls"][0]["function"]["name"] == "other"
    assert choice["finish_reason"] == "stop"


def test_offered_tools_are_left_alone(simulator):
    for choice in ["auto", "none"]:
        message = simulator.answer(tools=[WEATHER], tool_choice=choice)["choices"][0]["message"]
        assert message["content"] and "tool_calls" not in message


def test_structured_answer_fits_its_schema(simulator):
    schema = WEATHER["function"]["parameters"]
    form = {"type": "json_schema", "json_schema": {"name": "w", "schema": schema, "strict": True}}
    content = simulator.answer(response_format=form)["choices"][0]["message"]["content"]
    jsonschema.validate(json.loads(content), schema)
    assert json.loads(text_of(simulator.events("chunks=9", response_format=form))) == json.loads(content)


def test_schema_that_refers_to_itself_ends(simulator):
    node = {"type": "object", "properties": {k: {"$ref": "#/$defs/node"} for k in "abcdef"}}
    form = {"type": "json_schema", "json_schema": {"schema": {"$ref": "#/$defs/node", "$defs": {"node": node}}}}
    content = simulator.answer(response_format=form)["choices"][0]["message"]["content"]
    assert isinstance(json.loads(content), dict)


# Directives


def test_header_wins_over_model_name(simulator):
    answer = simulator.answer("completion=3", model="sim/completion=9,prompt=8")
    assert answer["usage"]["completion_tokens"] == 3
    assert answer["usage"]["prompt_tokens"] == 8
    assert answer["model"] == "sim/completion=9,prompt=8"


@pytest.mark.parametrize("model", ["sim/completion=9", "sim:completion=9", "openai/sim:completion=9"])
def test_model_name_carries_directives(simulator, model):
    assert simulator.answer(model=model)["usage"]["completion_tokens"] == 9


def test_escaped_model_name_is_understood_and_echoed(simulator):
    body = b'{"model":"s\\u0069m\\/completion=9","messages":[]}'
    status, _, answer = simulator.ask("POST", PATH, body)
    assert status == 200
    assert json.loads(answer)["model"] == "sim/completion=9"
    assert json.loads(answer)["usage"]["completion_tokens"] == 9
    assert b'"model":"s\\u0069m\\/completion=9"' in answer


@pytest.mark.parametrize(
    "sim", ["complete=3", "completion", "completion=x", "completion=-1", "fault=nothing", "status=200", "percent=101"]
)
def test_misspelled_directive_is_refused(simulator, sim):
    status, _, body = simulator.chat(sim)
    assert status == 400
    assert json.loads(body)["error"]["code"] == "unknown_directive"


def test_defaults_hold_unless_pinned():
    simulator = start_simulator("--default", "completion=5,prompt=4")
    try:
        assert simulator.answer()["usage"]["total_tokens"] == 9
        assert simulator.answer("completion=6")["usage"]["total_tokens"] == 10
        assert simulator.ask("GET", "/sim/last")[0] == 404
    finally:
        stop_simulator(simulator)


# Errors


@pytest.mark.parametrize(
    ("status", "type", "code"),
    [
        (400, "invalid_request_error", None),
        (401, "invalid_request_error", "invalid_api_key"),
        (403, "invalid_request_error", "model_not_found"),
        (404, "invalid_request_error", "model_not_found"),
        (429, "tokens", "rate_limit_exceeded"),
        (500, "server_error", None),
        (503, "server_error", None),
    ],
)
def test_error_has_the_usual_shape(simulator, status, type, code):
    answered, headers, body = simulator.chat(f"status={status}")
    error = json.loads(body)["error"]
    assert answered == status
    assert headers["content-type"] == "application/json"
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["code"]) == (type, code)


def test_error_has_other_providers_shapes(simulator):
    def body(sim):
        return simulator.chat(sim)[2]

    overloaded = json.loads(body("status=529"))
    assert overloaded["type"] == "error" and overloaded["error"]["type"] == "overloaded_error"
    assert json.loads(body("status=401,shape=vllm")) == {"error": "Unauthorized"}
    assert json.loads(body("status=429,shape=azure"))["error"]["code"] == "429"
    assert json.loads(body("status=429,shape=mistral"))["raw_status_code"] == 429
    assert json.loads(body("status=429,code=insufficient_quota"))["error"]["type"] == "insufficient_quota"
    assert body("status=502").startswith(b"<html>")
    assert simulator.chat("status=502")[1]["content-type"] == "text/html"
    assert body("status=500,shape=empty") == b""
    with pytest.raises(ValueError):
        json.loads(body("status=500,shape=text"))


def test_rate_limit_says_when_to_come_back(simulator):
    headers = simulator.chat("status=429")[1]
    assert headers["retry-after"] == "1"
    assert headers["x-ratelimit-remaining-tokens"] == "0"
    assert simulator.chat("status=429,retry_after=86400")[1]["retry-after"] == "86400"
    assert "retry-after" not in simulator.chat("status=429,retry_after=-1")[1]
    assert "retry-after" not in simulator.chat("status=500")[1]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"model":7}', b'{"messages":[]}', b'{"model":"a"} x', b"\xff"])
def test_body_that_is_no_request_is_400(simulator, body):
    status, _, answer = simulator.ask("POST", PATH, body)
    assert status == 400
    assert json.loads(answer)["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("fields", [{"n": 0}, {"n": 129}, {"max_tokens": 0}, {"model": "x" * 2000}])
def test_value_out_of_range_is_400(simulator, fields):
    assert simulator.chat(**fields)[0] == 400


def test_deep_nesting_is_refused(simulator):
    body = b'{"model":"sim","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert simulator.ask("POST", PATH, body)[0] == 400


def test_unknown_path_and_method(simulator):
    assert simulator.ask("GET", "/v1/nothing")[0] == 404
    assert simulator.ask("GET", PATH)[0] == 405


def test_models_are_listed(simulator):
    status, _, body = simulator.ask("GET", "/v1/models")
    assert status == 200
    assert "sim" in [model["id"] for model in json.loads(body)["data"]]


# HTTP


def test_pipelined_requests_are_answered_in_order(simulator):
    sent = b"".join(request_bytes(sim=sim) for sim in ["completion=1,latency_ms=100", "completion=2", "completion=3"])
    with simulator.connect() as sock:
        sock.sendall(sent)
        rest, counts = b"", []
        for _ in range(3):
            _, body, rest = read_answer(sock, rest)
            counts.append(json.loads(body)["usage"]["completion_tokens"])
    assert counts == [1, 2, 3]


def test_many_pipelined_streams_do_not_nest(simulator):
    count = 5_000
    body = {"model": "sim/completion=1", "stream": True}
    with simulator.connect() as sock:
        sender = threading.Thread(target=sock.sendall, args=(request_bytes(body) * count,))
        sender.start()
        data, done, marker = b"", 0, b"data: [DONE]"
        while done < count:
            piece = sock.recv(1 << 20)
            assert piece, f"closed after {done} streams"
            data += piece
            done += data.count(marker)
            data = data[-(len(marker) - 1) :]
        sender.join()
    assert done == count


def test_request_comes_byte_by_byte(simulator):
    with simulator.connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request_bytes(sim="completion=2"):
            sock.sendall(bytes([byte]))
        _, body, _ = read_answer(sock)
    assert json.loads(body)["usage"]["completion_tokens"] == 2


def test_chunked_upload_is_read(simulator):
    body = json.dumps({"model": "sim", "messages": [{"role": "user", "content": "y" * 200_000}]}).encode()
    with simulator.connect() as sock:
        sock.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for start in range(0, len(body), 7000):
            piece = body[start : start + 7000]
            sock.sendall(b"%x;ext=1\r\n%s\r\n" % (len(piece), piece))
        sock.sendall(b"0\r\nTrailer: t\r\n\r\n" + request_bytes(sim="completion=4"))
        _, first, rest = read_answer(sock)
        _, second, _ = read_answer(sock, rest)
    assert json.loads(first)["usage"]["prompt_tokens"] == (len(body) + 3) // 4
    assert json.loads(second)["usage"]["completion_tokens"] == 4


def test_expectation_is_answered_before_the_body(simulator):
    head, _, body = request_bytes(extra="Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    with simulator.connect() as sock:
        sock.sendall(head + b"\r\n\r\n")
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        head, _, _ = read_answer(sock)
    assert head.startswith(b"HTTP/1.1 200 ")


def test_connection_close_is_obeyed(simulator):
    data, end = exchange(simulator, request_bytes(extra="Connection: close\r\n"))
    assert end == "closed"
    assert b"connection: close" in data and data.endswith(b"}")


def test_old_client_gets_a_stream_that_ends_with_the_connection(simulator):
    body = {"model": "sim/completion=3", "stream": True}
    data, end = exchange(simulator, request_bytes(body, version="HTTP/1.0"))
    head, _, rest = data.partition(b"\r\n\r\n")
    assert end == "closed"
    assert b"transfer-encoding" not in head
    assert events(rest)[-1] == "[DONE]"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"POST / HTTP/2.0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length : 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: -3\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\ncontent-length: 100000000\r\n\r\n" + b"z" * 500_000, 413),
    ],
)
def test_bytes_that_are_no_request_are_refused_and_closed(simulator, sent, status):
    data, end = exchange(simulator, sent)
    assert end == "closed"
    assert data.startswith(b"HTTP/1.1 %d " % status), data[:200]


def test_slow_reader_holds_bounded_memory(simulator):
    with simulator.connect() as stream, simulator.connect() as plain, simulator.connect() as pipelined:
        stream.sendall(request_bytes({"model": "sim/chunks=1000000", "stream": True}))
        plain.sendall(request_bytes(sim="fault=large_body,bytes=250000000"))
        pipelined.setblocking(False)
        sent, quiet = 0, 0
        block = request_bytes() * 500
        while quiet < 20 and sent < 400_000_000:
            try:
                sent += pipelined.send(block)
                quiet = 0
            except BlockingIOError:
                simulator.chat()
                quiet += 1
        assert quiet == 20, "the pipelining client was never slowed"
        assert simulator.resident_bytes() < 120_000_000


# Counts and records


def test_calls_are_counted(simulator):
    for model in ["a", "b", "b", 'q"uote']:
        simulator.answer(model=model)
    simulator.chat("status=500", model="a")
    counts = json.loads(simulator.ask("GET", "/sim/calls")[2])
    assert counts == {"calls": 5, "chat": 5, "by_model": {"a": 2, "b": 2, 'q"uote': 1}}
    simulator.ask("POST", "/sim/reset")
    assert json.loads(simulator.ask("GET", "/sim/calls")[2]) == {"calls": 0, "chat": 0, "by_model": {}}


def test_concurrent_calls_are_all_counted(simulator):
    def run():
        for _ in range(50):
            simulator.answer()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert json.loads(simulator.ask("GET", "/sim/calls")[2])["by_model"] == {"sim": 400}


def test_last_request_is_kept_verbatim(simulator):
    body = b'{"model" :"sim","b":1e400,"\\u0061":[1.0, 2],"messages":[]}\n'
    with simulator.connect() as sock:
        sock.sendall(b"POST %s?q=1 HTTP/1.1\r\nHost: h\r\nX-OdD: A, b \r\nContent-Length: %d\r\n\r\n%s"
                     % (PATH.encode(), len(body), body))
        read_answer(sock)
    last = json.loads(simulator.ask("GET", "/sim/last")[2])
    assert last["request_line"] == f"POST {PATH}?q=1 HTTP/1.1"
    assert last["headers"] == [["Host", "h"], ["X-OdD", "A, b "], ["Content-Length", str(len(body))]]
    assert base64.b64decode(last["body_base64"]) == body
    simulator.chat(messages=[{"role": "user", "content": "x" * 100_000}])
    last = json.loads(simulator.ask("GET", "/sim/last")[2])
    assert last["body_bytes"] > 100_000
    assert len(base64.b64decode(last["body_base64"])) == 65_536


# Times


def test_latency_comes_before_the_head(simulator):
    started = time.monotonic()
    simulator.answer("latency_ms=150")
    assert time.monotonic() - started >= 0.15


def test_tokens_come_at_their_pace(simulator):
    started = time.monotonic()
    assert simulator.events("completion=10,tps=50")[-1] == "[DONE]"
    assert time.monotonic() - started >= 0.17
    started = time.monotonic()
    simulator.answer("completion=10,tps=50")
    assert time.monotonic() - started >= 0.19


def test_latencies_follow_their_distribution_and_repeat(simulator):
    def run():
        simulator.ask("POST", "/sim/reset")
        times = []
        for _ in range(60):
            started = time.monotonic()
            simulator.answer("latency_ms=4,latency_p99_ms=80,seed=7")
            times.append(time.monotonic() - started)
        return times

    first, second = run(), run()
    # The machine adds to a call's time and never takes from it: the lesser of two runs is near the draw.
    times = sorted(map(min, first, second))
    assert times[-1] > 0.02
    assert times[0] < times[-1] / 3


# Faults


def test_refusal_is_a_reset_before_any_byte(simulator):
    assert exchange(simulator, request_bytes(sim="fault=refuse")) == (b"", "reset")


def test_close_before_head_sends_nothing(simulator):
    assert exchange(simulator, request_bytes(sim="fault=close_before_head")) == (b"", "closed")


@pytest.mark.parametrize("stream", [False, True])
def test_stall_before_head_is_silent(simulator, stream):
    body = {"model": "sim", "stream": stream}
    with simulator.connect() as sock:
        sock.sendall(request_bytes(body, sim="fault=stall_before_head"))
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            sock.recv(1)
    with simulator.connect() as sock:
        started = time.monotonic()
        sock.sendall(request_bytes(body, sim="fault=stall_before_head,stall_ms=100"))
        assert sock.recv(1)
        assert time.monotonic() - started >= 0.1


def test_stall_mid_stream_stops_after_its_chunks(simulator):
    with simulator.connect() as sock:
        sock.sendall(request_bytes({"model": "sim", "stream": True}, sim="chunks=10,fault=stall_mid_stream,after=4"))
        sock.settimeout(0.3)
        data = b""
        with pytest.raises(TimeoutError):
            while True:
                data += sock.recv(65536)
    assert data.count(b'"delta":{"content"') == 4
    chunks = simulator.events("chunks=10,fault=stall_mid_stream,after=4,stall_ms=50")
    assert len(chunks) == 13 and chunks[-1] == "[DONE]"


def test_stalled_plain_answer_goes_on(simulator):
    started = time.monotonic()
    answer = simulator.answer("fault=stall_mid_stream,after=100,stall_ms=80")
    assert answer["object"] == "chat.completion"
    assert time.monotonic() - started >= 0.08


@pytest.mark.parametrize(("cut", "end"), [("close", "closed"), ("rst", "reset")])
def test_cut_ends_inside_the_stream(simulator, cut, end):
    sent = request_bytes({"model": "sim", "stream": True}, sim=f"chunks=10,fault=cut_mid_stream,after=3,cut={cut}")
    data, ended = exchange(simulator, sent)
    assert ended == end
    assert data.count(b'"delta":{"content"') == 3
    assert not data.endswith(b"0\r\n\r\n")


def test_cut_ends_inside_a_plain_body(simulator):
    data, ended = exchange(simulator, request_bytes(sim="fault=cut_mid_stream,after=100"))
    head, _, body = data.partition(b"\r\n\r\n")
    assert ended == "closed"
    assert len(body) == 100 < int(re.search(rb"content-length: (\d+)", head).group(1))


def test_clean_end_without_done(simulator):
    chunks = simulator.events("completion=3,fault=clean_close_no_done", stream_options={"include_usage": True})
    assert chunks[-1]["usage"]["completion_tokens"] == 3
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"


def test_clean_end_without_finish(simulator):
    chunks = simulator.events(
        "completion=9,fault=clean_close_no_finish,after=2", stream_options={"include_usage": True}
    )
    assert len(chunks) == 3
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in chunks)


def test_missing_finish_reason(simulator):
    chunks = simulator.events("completion=3,fault=no_finish", stream_options={"include_usage": True})
    assert chunks[-1] == "[DONE]" and chunks[-2]["usage"]
    assert all(c["choices"][0]["finish_reason"] is None for c in chunks[:-2])
    assert simulator.answer("fault=no_finish")["choices"][0]["finish_reason"] is None


def test_error_inside_the_stream(simulator):
    chunks = simulator.events("chunks=9,fault=error_event,after=2")
    assert len(chunks) == 4
    assert chunks[-1]["error"]["type"] == "server_error"
    assert simulator.chat("fault=error_event")[0] == 500


def test_missing_usage(simulator):
    assert "usage" not in simulator.answer("fault=no_usage")
    chunks = simulator.events("fault=no_usage", stream_options={"include_usage": True})
    assert not any(chunk.get("usage") for chunk in chunks[:-1])


def test_malformed_json(simulator):
    status, _, body = simulator.chat("fault=malformed_json")
    assert status == 200
    with pytest.raises(ValueError):
        json.loads(body)
    chunks = simulator.events("chunks=6,fault=malformed_json,after=2")
    assert [isinstance(chunk, str) for chunk in chunks] == [False] * 3 + [True] + [False] * 5 + [True]


def test_large_bodies(simulator):
    assert len(simulator.answer("fault=large_body,bytes=20000000")["choices"][0]["message"]["content"]) == 20_000_000
    chunks = simulator.events("fault=large_body,bytes=3000000")
    assert len(text_of(chunks)) == 3_000_000
    assert chunks[-1] == "[DONE]"


def test_gzip_although_not_asked_for(simulator):
    status, headers, body = simulator.chat("fault=gzip,completion=20000", headers={"accept-encoding": "identity"})
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert json.loads(gzip.decompress(body))["usage"]["completion_tokens"] == 20_000
    _, headers, body = simulator.chat("fault=gzip,completion=20", stream=True)
    assert headers["content-encoding"] == "gzip"
    assert events(gzip.decompress(body))[-1] == "[DONE]"


def test_length_that_is_never_reached(simulator):
    data, ended = exchange(simulator, request_bytes(sim="fault=wrong_length"))
    head, _, body = data.partition(b"\r\n\r\n")
    assert ended == "closed"
    assert json.loads(body)
    assert len(body) < int(re.search(rb"content-length: (\d+)", head).group(1))
    data, ended = exchange(simulator, request_bytes({"model": "sim", "stream": True}, sim="fault=wrong_length"))
    assert ended == "closed"
    assert b"[DONE]" in data and not data.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["slow_head", "drip"])
def test_bytes_come_one_at_a_time(simulator, fault, stream):
    whole = simulator.chat("completion=2", stream=stream)[2]
    with simulator.connect() as sock:
        sock.sendall(
            request_bytes(
                {"model": "sim", "messages": [{"role": "user", "content": "Hello"}], "stream": stream},
                sim=f"completion=2,fault={fault},gap_ms=1", extra="Connection: close\r\n")
        )
        data, pieces = b"", 0
        while piece := sock.recv(65536):
            data += piece
            pieces += 1
    assert pieces > 20
    if not stream:
        assert len(data.partition(b"\r\n\r\n")[2]) == len(whole)
    else:
        assert data.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")


def test_idle_connection_is_closed_though_kept(simulator):
    data, ended = exchange(simulator, request_bytes(sim="fault=keepalive_close"))
    assert b"connection: keep-alive" in data
    assert json.loads(data.partition(b"\r\n\r\n")[2])
    assert ended == "closed"


def test_fault_strikes_only_so_many_times(simulator):
    statuses = [simulator.chat("status=503,times=2", model="retried")[0] for _ in range(4)]
    assert statuses == [503, 503, 200, 200]


def test_fault_strikes_a_share_of_the_calls_and_repeats(simulator):
    def run():
        simulator.ask("POST", "/sim/reset")
        return [simulator.chat("status=500,percent=30,seed=3")[0] for _ in range(200)]

    first = run()
    assert first == run()
    assert 35 <= first.count(500) <= 85


def test_client_that_leaves_ends_its_answer(simulator):
    for _ in range(50):
        with simulator.connect() as sock:
            sock.sendall(request_bytes({"model": "sim", "stream": True}, sim="chunks=1000,tps=1000"))
            assert sock.recv(100)
    assert simulator.answer()["object"] == "chat.completion"


def test_ends_at_once_when_told_to():
    simulator = start_simulator()
    with simulator.connect() as sock:
        sock.sendall(request_bytes(sim="fault=stall_before_head"))
        simulator.process.terminate()
        assert simulator.process.wait(timeout=TIMEOUT_SECONDS) in (0, -15)
    stop_simulator(simulator)
